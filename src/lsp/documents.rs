//! What is open in the editor, and where the files of the workspace are.

use crate::load::Unsaved;
use lsp_types::Uri;
use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};
use url::Url;

/// An open document.
struct Document {
    uri: Uri,
    version: i32,
    text: String,
}

/// The documents of the workspace that are open, by the names of their files. Others are left alone.
pub struct Documents {
    root: PathBuf,
    open: BTreeMap<String, Document>,
}

impl Documents {
    /// Below a directory. Links on the way to it are followed, as editors do or do not.
    pub fn below(root: &Path) -> Self {
        Self { root: root.canonicalize().unwrap_or_else(|_| root.to_owned()), open: BTreeMap::new() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The name of a file of the workspace.
    pub fn name(&self, uri: &Uri) -> Option<String> {
        let path = Url::parse(uri.as_str()).ok()?.to_file_path().ok()?;
        let real = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
        let below = |path: &Path| path.strip_prefix(&self.root).ok().map(Path::to_owned);
        let below = below(&path).or_else(|| below(&real()?))?;
        let parts = below.components().map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        });
        Some(parts.collect::<Option<Vec<&str>>>()?.join("/")).filter(|name| !name.is_empty())
    }

    /// The address of a file, as the editor has it where it is open.
    pub fn uri(&self, name: &str) -> Option<Uri> {
        match self.open.get(name) {
            Some(document) => Some(document.uri.clone()),
            None => Url::from_file_path(self.root.join(name)).ok()?.as_str().parse().ok(),
        }
    }

    /// Takes in a text; whether it is one of the workspace.
    pub fn put(&mut self, uri: Uri, version: i32, text: String) -> bool {
        let Some(name) = self.name(&uri) else { return false };
        self.open.insert(name, Document { uri, version, text });
        true
    }

    pub fn close(&mut self, uri: &Uri) -> bool {
        self.name(uri).is_some_and(|name| self.open.remove(&name).is_some())
    }

    /// The names of the open files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.open.keys().map(String::as_str)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.open.get(name).map(|document| document.text.as_str())
    }

    pub fn version(&self, name: &str) -> Option<i32> {
        self.open.get(name).map(|document| document.version)
    }

    /// Every open text, in the place of what is on the disk.
    pub fn unsaved(&self) -> Unsaved {
        self.open.iter().map(|(name, document)| (name.clone(), document.text.clone())).collect()
    }
}
