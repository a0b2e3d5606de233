//! What an account holds that no file declares, and that calls depend on.

use super::{Reference, Tenant, destination::Destination, is_somebodys, lost_owner};
use std::collections::{BTreeMap, BTreeSet};

/// As far as it was read: of what is not in it nothing is known, and it counts as usual.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Extensions whose mailboxes take no messages.
    pub mailboxes_off: BTreeSet<String>,
    /// Where rules send callers with `do_not_disturb`, and not to voicemail: by the extension, and what the rule is for.
    pub on_dnd: BTreeMap<(String, String), Destination>,
    /// Every extension that there is, but for those of queues, which are objects. None: the list was not read, or is one of
    /// people alone, and of what is not in it nothing is known.
    pub extensions: Option<BTreeSet<String>>,
    /// Live tokens that are likely extensions of people who have left, or mailboxes of such, by the word. Notes and pointers
    /// go by it, and no call: nobody knows that they have.
    pub gone: BTreeMap<String, Destination>,
}

impl Circumstances {
    pub fn extend(&mut self, more: Self) {
        self.mailboxes_off.extend(more.mailboxes_off);
        self.on_dnd.extend(more.on_dnd);
        self.extensions = more.extensions.or_else(|| self.extensions.take());
        self.gone.extend(more.gone);
    }

    /// What a pointer means, whatever word it is written with.
    pub fn meant_by(&self, to: Reference) -> Reference {
        let Reference::DialString(word) = &to else { return to };
        match self.gone.get(word) {
            Some(Destination::Extension(gone)) => Reference::Extension(gone.clone()),
            Some(Destination::Voicemail(gone)) => Reference::Voicemail(gone.clone()),
            _ => to,
        }
    }

    /// Whether nothing answers at an extension: it is seen not to be there, and is no queue of the tenant.
    pub fn lacks(&self, tenant: &Tenant, extension: &str) -> bool {
        let is_missing = self.extensions.as_ref().is_some_and(|all| !all.contains(extension));
        is_missing && !tenant.queues.contains_key(extension)
    }

    /// Whether nobody can be registered at the phone of an extension. What is no extension may be the device of one.
    pub fn lacks_phone(&self, tenant: &Tenant, extension: &str) -> bool {
        !is_somebodys(extension, &|it| !self.lacks(tenant, it))
    }

    /// The same of a device.
    pub fn lacks_device(&self, tenant: &Tenant, device: &str) -> bool {
        lost_owner(device, &|it| !self.lacks(tenant, it)).is_some()
    }
}
