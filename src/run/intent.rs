//! What a run wants of a tenant: what its file declares, or what was live before an earlier apply (`--restore`).

use crate::{model::Address, restore::Restoration};

/// Where the desired state of a tenant comes from.
#[derive(Debug)]
pub enum Intent {
    /// The tenant's file.
    Declared,
    /// The restore file of an earlier apply.
    Restore(Restoration),
}

impl Intent {
    pub fn restore(&self) -> Option<&Restoration> {
        match self {
            Self::Declared => None,
            Self::Restore(restoration) => Some(restoration),
        }
    }

    /// Whether anything is wanted of an object. A restore is about what its file can bring back, and nothing else.
    pub fn covers(&self, address: &Address) -> bool {
        self.restore().is_none_or(|restoration| restoration.wants(address))
    }
}
