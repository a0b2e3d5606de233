//! What an account holds that no file declares, and that calls depend on.

use super::destination::Destination;
use std::collections::{BTreeMap, BTreeSet};

/// As far as it was read: of what is not in it nothing is known, and it counts as usual.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Extensions whose mailboxes take no messages.
    pub mailboxes_off: BTreeSet<String>,
    /// Where rules send callers with `do_not_disturb`, and not to voicemail: by the extension, and what the rule is for.
    pub on_dnd: BTreeMap<(String, String), Destination>,
}

impl Circumstances {
    pub fn extend(&mut self, more: Self) {
        self.mailboxes_off.extend(more.mailboxes_off);
        self.on_dnd.extend(more.on_dnd);
    }
}
