//! What stands at a position of a file, and what that points to.

use crate::{
    load::LoadedTenant,
    model::{Address, Kind, Reference, references},
    path::{Path, Segment},
    run::Edited,
};

/// Something in a tenant's file.
pub struct Site<'a> {
    pub loaded: &'a LoadedTenant,
    pub path: Path,
    /// What it points to, if it is a pointer.
    pub reference: Option<Reference>,
}

impl<'a> Site<'a> {
    /// What stands at a byte of a file.
    pub fn at(edited: &'a Edited, file: &str, byte: usize) -> Option<Self> {
        let mut tenants = edited.tenants().filter(|it| it.files().any(|own| own == file));
        tenants.find_map(|loaded| {
            let path = loaded.tree().path_at(file, byte)?;
            let reference = pointer(loaded, &path);
            Some(Self { loaded, path, reference })
        })
    }

    /// The object that it is of.
    pub fn address(&self) -> Option<Address> {
        address(&self.path)
    }

    /// Whether it is the key of an object, which declares it.
    pub fn is_declaration(&self) -> bool {
        self.path.len() == 2 && self.address().is_some()
    }
}

fn address(path: &[Segment]) -> Option<Address> {
    let (section, key) = (path.first()?.as_key()?, path.get(1)?.as_key()?);
    let kind = Kind::ALL.into_iter().find(|kind| kind.section() == section)?;
    Some(Address::new(kind, key))
}

/// The pointer that a path leads to: to its value, or to the word before it.
fn pointer(loaded: &LoadedTenant, path: &Path) -> Option<Reference> {
    let address = address(path)?;
    let within = path.get(2..)?;
    let (_, resource) = loaded.tenant.resources().find(|(own, _)| *own == address)?;
    let found = references(&address, &resource);
    let is_it =
        |own: &Path| !within.is_empty() && (own[..] == *within || own[..] == within[..within.len() - 1]);
    found.into_iter().find(|(own, _)| is_it(own)).map(|(_, reference)| reference)
}
