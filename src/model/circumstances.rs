//! What an account holds that no file declares, and that calls depend on.

use super::{Tenant, destination::Destination};
use std::collections::{BTreeMap, BTreeSet};

/// As far as it was read: of what is not in it nothing is known, and it counts as usual.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Extensions whose mailboxes take no messages.
    pub mailboxes_off: BTreeSet<String>,
    /// Where rules send callers with `do_not_disturb`, and not to voicemail: by the extension, and what the rule is for.
    pub on_dnd: BTreeMap<(String, String), Destination>,
    /// Every extension that there is, but for those of queues, which are objects. None: the list was not read.
    pub extensions: Option<BTreeSet<String>>,
}

impl Circumstances {
    pub fn extend(&mut self, more: Self) {
        self.mailboxes_off.extend(more.mailboxes_off);
        self.on_dnd.extend(more.on_dnd);
        self.extensions = more.extensions.or_else(|| self.extensions.take());
    }

    /// Whether nothing answers at an extension: it is seen not to be there, and is no queue of the tenant.
    pub fn lacks(&self, tenant: &Tenant, extension: &str) -> bool {
        let is_missing = self.extensions.as_ref().is_some_and(|all| !all.contains(extension));
        is_missing && !tenant.queues.contains_key(extension)
    }
}
