//! What an account holds that no file declares, and that calls depend on.

use super::{E164, Reference, Tenant, destination::Destination, is_somebodys, lost_owner};
use std::collections::{BTreeMap, BTreeSet};

/// As far as it was read: of what is not in it nothing is known, and it counts as usual.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Extensions whose mailboxes take no messages.
    pub mailboxes_off: BTreeSet<String>,
    /// Where rules send callers with `do_not_disturb`, and not to voicemail: by the extension, and what the rule is for.
    pub on_dnd: BTreeMap<(String, String), Destination>,
    /// Every extension that calls come to as usual: those of queues are objects. None: the list was not read.
    pub extensions: Option<BTreeSet<String>>,
    pub unclear: Unclear,
    /// Live tokens that are likely extensions of people who have left, or mailboxes of such, by the word. Notes and pointers
    /// go by it, and no call: nobody knows that they have.
    pub gone: BTreeMap<String, Destination>,
    /// Numbers that take no calls now, or may take none, and why: "takes no calls now: …". What they lead to is told all the same.
    pub out_of_service: BTreeMap<E164, String>,
    /// Queues that a plan deletes: of one that no object stands for it is known that it is not there.
    pub deleted_queues: BTreeSet<String>,
}

/// Of which of the extensions that are not listed it is not known what becomes of calls there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unclear {
    /// They are there. None of the others is.
    These(BTreeSet<String>),
    /// The list is one of people alone: others may be there or not.
    Others,
}

impl Default for Unclear {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl Unclear {
    fn has(&self, extension: &str) -> bool {
        match self {
            Self::These(these) => these.contains(extension),
            Self::Others => true,
        }
    }
}

impl Circumstances {
    pub fn extend(&mut self, more: Self) {
        self.mailboxes_off.extend(more.mailboxes_off);
        self.on_dnd.extend(more.on_dnd);
        if more.extensions.is_some() {
            (self.extensions, self.unclear) = (more.extensions, more.unclear);
        }
        self.gone.extend(more.gone);
        self.out_of_service.extend(more.out_of_service);
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
        !self.is_listed(tenant, extension) && !self.unclear.has(extension)
    }

    /// Whether nobody says what is at an extension.
    pub fn is_unclear(&self, tenant: &Tenant, extension: &str) -> bool {
        !self.is_listed(tenant, extension) && self.unclear.has(extension)
    }

    /// Also where no list was read.
    fn is_listed(&self, tenant: &Tenant, extension: &str) -> bool {
        self.extensions.as_ref().is_none_or(|all| all.contains(extension))
            || tenant.queues.contains_key(extension)
    }

    /// Whether a phone of it may be registered.
    fn may_ring(&self, tenant: &Tenant, extension: &str) -> bool {
        self.is_listed(tenant, extension) || self.unclear == Unclear::Others
    }

    /// Whether nobody can be registered at the phone of an extension. What is no extension may be the device of one.
    pub fn lacks_phone(&self, tenant: &Tenant, extension: &str) -> bool {
        !is_somebodys(extension, &|it| self.may_ring(tenant, it))
    }

    /// The same of a device.
    pub fn lacks_device(&self, tenant: &Tenant, device: &str) -> bool {
        lost_owner(device, &|it| self.may_ring(tenant, it)).is_some()
    }
}
