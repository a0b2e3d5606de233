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
    files::{Files, TOGETHER},
    revision::Revision,
    scan::{Scanned, account, names, scan},
    source::WORKSPACE_FILE,
};
use crate::{
    cores, file,
    git::ObjectId,
    model::{E164, Kind, Tenant, WorkspaceFile, phone_numbers_that},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
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
    /// Whether the files are compared with those of another revision as well.
    pub has_base: bool,
    /// The kinds of provider that reach one account only.
    pub single_account: &'a [&'static str],
}

/// What is known of the tenants that are not loaded, and of all files.
pub struct Part {
    /// By file. A file that is loaded is not among them.
    pub(super) others: BTreeMap<String, Scanned>,
    /// All files of tenants.
    all: Vec<String>,
    /// What git calls the bytes of the files, where that is asked for.
    objects: Objects,
    /// Where the files left the revision that they are compared with.
    pub(super) left: Option<Arc<Revision>>,
}

type Objects = HashMap<String, ObjectId>;

/// What files have in common.
#[derive(Default)]
struct Keys {
    /// Names, accounts and providers.
    who: Sums,
    declared: Sums,
    named: Sums,
}

/// How many bits say that a number may be among others.
const BITS: usize = 1 << 16;

/// Numbers. Every file of a fleet is asked for its own, and has hardly ever one of them: that a bit tells.
#[derive(Default)]
struct Sums {
    bits: Vec<bool>,
    all: HashSet<u64>,
}

impl Sums {
    fn contains(&self, number: u64) -> bool {
        self.bits.get(bit(number)).is_some_and(|it| *it) && self.all.contains(&number)
    }
}

impl Extend<u64> for Sums {
    fn extend<T: IntoIterator<Item = u64>>(&mut self, numbers: T) {
        for number in numbers {
            if self.bits.is_empty() {
                self.bits.resize(BITS, false);
            }
            self.bits[bit(number)] = true;
            self.all.insert(number);
        }
    }
}

fn bit(number: u64) -> usize {
    usize::try_from(number % BITS as u64).unwrap_or_default()
}

/// A file, what git calls its bytes where that is asked for, and what a look at it has found.
type LookedAt<'n> = (&'n str, Option<ObjectId>, Scanned);

/// Looks at files. What cannot be read is read again where that is a finding.
fn look_at<'n>(files: &Files, names: &[&'n str], most: u64, like: Option<ObjectId>) -> Vec<LookedAt<'n>> {
    let mut read = files.reader();
    let look = |name: &&'n str| {
        let bytes = read(name, most).ok();
        let object = like.zip(bytes.as_ref()).and_then(|(like, it)| files.object(name, it, like));
        (*name, object, bytes.map(|bytes| scan(&bytes)).unwrap_or_default())
    };
    names.iter().map(look).collect()
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
        let mut objects = Objects::new();
        let shared = |files: &Files| -> BTreeSet<String> {
            file.shared.iter().flat_map(|it| files.matching(it).unwrap_or_default()).collect()
        };
        let left = match about.changed_since {
            Some(revision) => {
                let revision = Arc::new(files.where_left(revision).ok()?);
                let then = Files::Revision(Arc::clone(&revision));
                let now = shared(files);
                for name in now.iter().map(String::as_str).chain([WORKSPACE_FILE]) {
                    let bytes = files.read(name, file::LARGEST_OF_ALL).ok()?;
                    objects.insert(name.to_owned(), files.object(name, &bytes, revision.like())?);
                    if !is_as_at(&objects, name, &revision) {
                        return None;
                    }
                }
                if now != shared(&then) {
                    return None;
                }
                Some(revision)
            }
            None => None,
        };
        let like = left.as_ref().map(|left| left.like()).or(about.has_base.then(ObjectId::usual));
        let mut all = Vec::with_capacity(named.len());
        let names: Vec<&str> = named.iter().copied().collect();
        for some in names.chunks(files.in_a_row(names.len())) {
            files.read_ahead(some.iter().copied());
            for looked_at in cores::each(some.chunks(TOGETHER), |some| look_at(files, some, most, like)) {
                for (name, object, scanned) in looked_at {
                    objects.extend(object.map(|object| (name.to_owned(), object)));
                    all.push((name, scanned));
                }
            }
        }
        if let Some(revision) = &left {
            // Who was in a file that is not as it was is asked for among those of now.
            let then = Files::Revision(Arc::clone(revision));
            let tenants = file.tenants.iter().flat_map(|it| then.matching(it).unwrap_or_default());
            let gone: BTreeSet<String> = tenants.filter(|name| !is_as_at(&objects, name, revision)).collect();
            then.read_ahead(gone.iter().map(String::as_str));
            for name in &gone {
                let was = scan(&then.read(name, most).unwrap_or_default());
                if was.extends {
                    return None;
                }
                keys.who.extend(was.who);
            }
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
        for (name, scanned) in all {
            if scanned.is_plain && !is_selected(name, &scanned) {
                others.insert(name.to_owned(), scanned);
            } else {
                keys.take(&scanned, &alone);
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
            keys.who.extend([account(&tenant.provider, &tenant.account)]);
            let digits = |number: &E164| number.digits().parse::<u64>().ok();
            keys.declared.extend(tenant.numbers.keys().chain(tenant.forwards.keys()).filter_map(digits));
            phone_numbers_that(tenant, &mut |number| {
                keys.named.extend(digits(number));
                false
            });
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

    /// Where the files left the revision that they are compared with.
    pub(super) fn left(&self) -> Option<&Revision> {
        self.left.as_deref()
    }

    /// Whether a file of now has the bytes that it had at a revision, as far as git has been asked.
    pub(super) fn is_as_at(&self, name: &str, revision: &Revision) -> bool {
        is_as_at(&self.objects, name, revision)
    }

    /// Finds out what the repository of a revision calls the bytes of all files, unless that is known.
    pub(super) fn find_objects(&mut self, files: &Files, revision: &Revision) {
        let like = revision.like();
        let is_of_it = |object: &ObjectId| object.length() == like.length();
        if self.objects.contains_key(WORKSPACE_FILE) && self.objects.values().all(is_of_it) {
            return;
        }
        let is_known = |name: &&str| !self.objects.get(*name).is_some_and(is_of_it);
        let names = self.all.iter().map(String::as_str).chain([WORKSPACE_FILE]).filter(is_known);
        let found = names.filter_map(|name| {
            let bytes = files.read(name, file::LARGEST_OF_ALL).ok()?;
            Some((name.to_owned(), files.object(name, &bytes, like)?))
        });
        let found: Objects = found.collect();
        self.objects.extend(found);
    }

    /// The kinds of what the others declare, by their providers.
    pub fn kinds(&self) -> BTreeMap<&str, BTreeSet<Kind>> {
        let mut kinds: BTreeMap<&str, BTreeSet<Kind>> = BTreeMap::new();
        for other in self.others.values() {
            kinds.entry(&other.provider).or_default().extend(&other.kinds);
        }
        kinds
    }

    /// The names of the others, each with its provider and its account.
    pub fn accounts(&self) -> impl Iterator<Item = (&str, (&str, &str))> {
        self.others.values().map(|it| (it.tenant.as_str(), (it.provider.as_str(), it.account.as_str())))
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

fn is_as_at(objects: &Objects, name: &str, revision: &Revision) -> bool {
    objects.get(name).is_some_and(|object| revision.has_object(name, *object))
}

/// What tenants of a provider have in common that reaches one account.
fn of_provider(provider: &str, alone: &BTreeSet<&str>) -> Option<u64> {
    alone.contains(provider).then(|| account(provider, ""))
}

impl Keys {
    fn take(&mut self, it: &Scanned, alone: &BTreeSet<&str>) {
        self.who.extend(it.who);
        self.who.extend(of_provider(&it.provider, alone));
        self.declared.extend(it.numbers.keys.iter().copied());
        self.named.extend(it.numbers.all.iter().copied());
    }

    fn are_of(&self, it: &Scanned, alone: &BTreeSet<&str>) -> bool {
        let mut who = it.who.into_iter().chain(of_provider(&it.provider, alone));
        who.any(|key| self.who.contains(key))
            || it.numbers.keys.iter().any(|number| self.named.contains(*number))
            || it.numbers.all.iter().any(|number| self.declared.contains(*number))
    }
}
