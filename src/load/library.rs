//! What tenants take from other files: templates and shared schedules, read once and put into each tenant's tree before that is
//! decoded.

use super::{
    Tree,
    files::Files,
    shared::Shared,
    template::{Extent, Templates},
};
use crate::finding::Finding;
use std::collections::BTreeSet;

/// The files of a workspace that tenants take from.
#[derive(Default)]
pub(super) struct Library {
    templates: Templates,
    shared: Shared,
}

/// A template that is about to be written, as tenants will find it.
pub struct Proposed(Templates);

impl Proposed {
    /// `Err` if nobody could extend it.
    pub fn read(name: &str, text: &str) -> Result<Self, Vec<Finding>> {
        Templates::proposed(name, text).map(Self)
    }
}

impl Library {
    /// With the shared schedules of the files that these patterns name; `tree` is the one of `dialform.yaml`.
    pub fn read(files: &Files, shared: &[String], tree: &Tree, findings: &mut Vec<Finding>) -> Self {
        Self { templates: Templates::default(), shared: Shared::read(files, shared, tree, findings) }
    }

    /// The files of the shared schedules.
    pub fn shared_files(&self) -> &BTreeSet<String> {
        &self.shared.files
    }

    /// What a tenant's own files say, and whether that is all of it, as it is decoded.
    pub fn tenant(
        &mut self,
        files: &Files,
        (tree, whole): (Tree, bool),
        findings: &mut Vec<Finding>,
    ) -> (Tree, Extent) {
        self.templates.read_for(files, &tree, findings);
        self.known((tree, whole), None, findings)
    }

    /// The same where the template has been read before, or is the one that is proposed.
    pub fn known(
        &self,
        (tree, whole): (Tree, bool),
        proposed: Option<&Proposed>,
        findings: &mut Vec<Finding>,
    ) -> (Tree, Extent) {
        let templates = proposed.map_or(&self.templates, |Proposed(templates)| templates);
        let (tree, extent) = self.composed(tree, templates, findings);
        (tree, if whole { extent } else { extent.min(Extent::Part) })
    }

    fn composed(&self, tree: Tree, templates: &Templates, findings: &mut Vec<Finding>) -> (Tree, Extent) {
        let (tree, extent) = templates.extended(tree, findings);
        let (tree, all) = self.shared.used_in(tree, findings);
        (tree, if all { extent } else { extent.min(Extent::Part) })
    }
}

/// A file as it is written; what is wrong with it is said.
pub(super) fn parsed(name: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Option<Tree> {
    Tree::parse_bytes(name, bytes).map_err(|found| findings.extend(found)).ok()
}
