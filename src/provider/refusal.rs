//! What a provider cannot hold, gathered while a desired object is put into its form.

use crate::{finding::Seg, model::Resource, plan::Unsupported};

/// Gathers what cannot be held.
#[derive(Default)]
pub struct Check {
    found: Vec<Unsupported>,
}

impl Check {
    pub fn no(&mut self, path: &[Seg], message: impl Into<String>, help: impl Into<String>) {
        self.found.push(Unsupported { path: path.to_vec(), message: message.into(), help: help.into() });
    }

    /// The object, if nothing speaks against it.
    pub fn result(self, resource: Resource) -> Result<Resource, Vec<Unsupported>> {
        if self.found.is_empty() { Ok(resource) } else { Err(self.found) }
    }
}

pub fn at(path: &[Seg], word: &str) -> Vec<Seg> {
    let mut path = path.to_vec();
    path.push(Seg::key(word));
    path
}

pub fn item(path: &[Seg], index: usize) -> Vec<Seg> {
    let mut path = path.to_vec();
    path.push(Seg::Index(index));
    path
}
