//! The tenants that a run is about, and of all others what those must know.
//!
//! What is found in one tenant depends on another in these ways alone, each of which needs something that both have:
//!
//! - `number-twice`: a number or forward is declared by both
//! - `hosted-forward`, and circles of calls through several tenants: one names a number that the other declares
//! - `duplicate-tenant`, `look-alike`, `confusable`, `same-but-for-capitals`, files that add to a tenant, and the tenant that one
//!   was at another revision: names that are taken for each other
//! - `shared-account`, and what a tenant was at another revision: the account
//! - `single-account`: the provider, if it reaches one account
//!
//! Files that have nothing of that in common with a tenant of the run, nor with one that has, and so on, are looked at and not
//! parsed ([`super::scan`]). They are known by name, account and kinds of objects: a provider's settings are checked for what
//! all its tenants declare, and a tenant that is gone is one that nobody is now. What is wrong with such a tenant by itself is
//! found by `check`, and by a run that is about it.
//!
//! A file that is not plain is parsed, whoever it is: one with a template, whose variables may be numbers; one with errors of
//! form; one that adds to a tenant. Where `dialform.yaml`, or a file that several take from, differs from the revision that is
//! compared with, all files are parsed.

use super::{
    files::{AHEAD, Files},
    revision::Revision,
    scan::{Scanned, account, names, scan},
    source::WORKSPACE_FILE,
};
use crate::model::{E164, Kind, Tenant, WorkspaceFile, phone_numbers};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

/// Which tenants a run is about.
pub struct About<'a> {
    /// Those whose names are selected so; `None`: whatever their names.
    pub tenant: Option<&'a dyn Fn(&str) -> bool>,
    /// Whether labels may select others.
    pub labels: bool,
    /// Those whose files differ from where they left a revision.
    pub changed_since: Option<&'a str>,
    /// The kinds of provider that reach one account only.
    pub single_account: &'a [&'static str],
}

/// What is known of the tenants that are not loaded, and of all files.
pub struct Part {
    /// By file. A file that is loaded is not among them.
    pub(super) others: BTreeMap<String, Scanned>,
    /// All files of tenants.
    all: Vec<String>,
    /// The names of the files' bytes in git, where they were asked for.
    objects: BTreeMap<String, String>,
    /// Where the files left the revision that they are compared with.
    pub(super) left: Option<Arc<Revision>>,
}

/// What files have in common.
#[derive(Default)]
struct Keys {
    /// Names, accounts and providers.
    who: HashSet<u64>,
    declared: HashSet<u64>,
    named: HashSet<u64>,
}

impl Part {
    /// The files of tenants to be loaded are those that are not among the others. `None`: all are.
    pub(super) fn of(
        files: &Files,
        file: &WorkspaceFile,
        named: &BTreeSet<&str>,
        most: u64,
        about: &About<'_>,
    ) -> Option<Self> {
        let mut keys = Keys::default();
        let mut left = None;
        let mut objects = BTreeMap::new();
        if let Some(revision) = about.changed_since {
            let revision = files.where_left(revision).ok()?;
            let revision = Arc::new(revision);
            let then = Files::Revision(Arc::clone(&revision));
            let shared = |files: &Files| -> BTreeSet<String> {
                file.shared.iter().flat_map(|it| files.matching(it).unwrap_or_default()).collect()
            };
            let now = shared(files);
            let taken: Vec<&str> = now.iter().map(String::as_str).chain([WORKSPACE_FILE]).collect();
            objects =
                files.objects(&named.iter().copied().chain(taken.iter().copied()).collect::<Vec<_>>())?;
            if now != shared(&then) || !taken.iter().all(|name| is_as_at(&objects, name, &revision)) {
                return None;
            }
            // Who was in a file that is not as it was is asked for among those of now.
            let tenants = file.tenants.iter().flat_map(|it| then.matching(it).unwrap_or_default());
            let gone: BTreeSet<String> =
                tenants.filter(|name| !is_as_at(&objects, name, &revision)).collect();
            then.read_ahead(gone.iter().map(String::as_str));
            for name in &gone {
                let was = scan(&then.read(name, most).unwrap_or_default());
                if was.extends {
                    return None;
                }
                keys.who.extend(was.who);
            }
            left = Some(revision);
        }
        let is_changed =
            |name: &str| left.as_ref().is_some_and(|revision| !is_as_at(&objects, name, revision));
        let is_selected = |name: &str, it: &Scanned| match about.changed_since {
            Some(_) => is_changed(name),
            None => about.tenant.is_none_or(|selects| selects(&it.tenant) || (about.labels && it.has_labels)),
        };
        let alone: BTreeSet<&str> = file
            .providers
            .iter()
            .filter(|(_, it)| about.single_account.contains(&it.kind.as_str()))
            .map(|(name, _)| name.as_str())
            .collect();
        let mut others = BTreeMap::new();
        let names: Vec<&str> = named.iter().copied().collect();
        let mut read = files.reader();
        for some in names.chunks(AHEAD) {
            files.read_ahead(some.iter().copied());
            for name in some {
                // What cannot be read is read again where that is a finding.
                let scanned = read(name, most).map(|bytes| scan(&bytes)).unwrap_or_default();
                if scanned.is_plain && !is_selected(name, &scanned) {
                    others.insert((*name).to_owned(), scanned);
                } else {
                    keys.take(&scanned, &alone);
                }
            }
        }
        let all = names.into_iter().map(str::to_owned).collect();
        let mut part = Self { others, all, objects, left };
        part.take_related(keys, &alone);
        Some(part)
    }

    /// Leaves to be loaded what has anything in common with the tenants that were. Whether there was something.
    pub(super) fn take_related_to(
        &mut self,
        file: &WorkspaceFile,
        tenants: &[&Tenant],
        about: &About<'_>,
    ) -> bool {
        let mut keys = Keys::default();
        for tenant in tenants {
            keys.who.extend(names(&tenant.tenant));
            keys.who.insert(account(&tenant.provider, &tenant.account));
            let digits = |number: &E164| number.digits().parse::<u64>().ok();
            keys.declared.extend(tenant.numbers.keys().chain(tenant.forwards.keys()).filter_map(digits));
            keys.named.extend(phone_numbers(tenant).iter().filter_map(|(_, number)| digits(number)));
        }
        let alone = file.providers.iter().filter(|(_, it)| about.single_account.contains(&it.kind.as_str()));
        let alone: BTreeSet<&str> = alone.map(|(name, _)| name.as_str()).collect();
        keys.who.extend(tenants.iter().filter_map(|it| of_provider(&it.provider, &alone)));
        self.take_related(keys, &alone)
    }

    fn take_related(&mut self, mut keys: Keys, alone: &BTreeSet<&str>) -> bool {
        let before = self.others.len();
        loop {
            let related: Vec<String> = self
                .others
                .iter()
                .filter(|(_, it)| keys.are_of(it, alone))
                .map(|(name, _)| name.clone())
                .collect();
            if related.is_empty() {
                return self.others.len() < before;
            }
            for name in related {
                if let Some(it) = self.others.remove(&name) {
                    keys.take(&it, alone);
                }
            }
        }
    }

    /// Whether a file of now has the bytes that it had at a revision, as far as git has been asked.
    pub(super) fn is_as_at(&self, name: &str, revision: &Revision) -> bool {
        is_as_at(&self.objects, name, revision)
    }

    /// Asks git for the names of all files' bytes, unless it has been asked.
    pub(super) fn ask(&mut self, files: &Files) {
        if self.objects.is_empty() {
            let names: Vec<&str> = self.all.iter().map(String::as_str).chain([WORKSPACE_FILE]).collect();
            self.objects = files.objects(&names).unwrap_or_default();
        }
    }

    /// The kinds of what the others declare on a provider.
    pub fn kinds(&self, provider: &str) -> BTreeSet<Kind> {
        let others = self.others.values().filter(|it| it.provider == provider);
        others.flat_map(|it| it.kinds.iter().copied()).collect()
    }

    /// Whether a tenant of this name, or with this account, is among the others.
    pub fn has(&self, tenant: &str, provider: &str, account: &str) -> bool {
        let same = |it: &Scanned| it.tenant == tenant || (it.provider == provider && it.account == account);
        self.others.values().any(same)
    }

    /// The names of the others.
    pub fn names(&self) -> Vec<&str> {
        self.others.values().map(|it| it.tenant.as_str()).collect()
    }

    /// The files of the others.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.others.keys().map(String::as_str)
    }
}

fn is_as_at(objects: &BTreeMap<String, String>, name: &str, revision: &Revision) -> bool {
    objects.get(name).is_some_and(|object| revision.has_object(name, object))
}

/// What tenants of a provider have in common that reaches one account.
fn of_provider(provider: &str, alone: &BTreeSet<&str>) -> Option<u64> {
    alone.contains(provider).then(|| account(provider, ""))
}

impl Keys {
    fn take(&mut self, it: &Scanned, alone: &BTreeSet<&str>) {
        self.who.extend(it.who);
        self.who.extend(of_provider(&it.provider, alone));
        self.declared.extend(&it.numbers.keys);
        self.named.extend(&it.numbers.all);
    }

    fn are_of(&self, it: &Scanned, alone: &BTreeSet<&str>) -> bool {
        let mut who = it.who.into_iter().chain(of_provider(&it.provider, alone));
        who.any(|key| self.who.contains(&key))
            || it.numbers.keys.iter().any(|number| self.named.contains(number))
            || it.numbers.all.iter().any(|number| self.declared.contains(number))
    }
}
