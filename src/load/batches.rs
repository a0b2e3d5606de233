//! The tenants of a fleet in batches, so that memory follows the largest batch and not the fleet.
//!
//! Tenants that have something in common are in one batch: what is found in one of them may depend on another. Which things
//! those are stands in [`super::part`]. What two tenants have in common is known from a look at their files ([`super::scan`]);
//! a file that is not plain is read whole for it, and forgotten again.

use super::{
    files::{Files, TOGETHER},
    scan::{Numbers, account, names, scan},
};
use crate::{
    cores, file,
    model::{E164, Tenant, WorkspaceFile, phone_numbers_that},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How a run goes through a fleet.
#[derive(Debug, Clone, Copy)]
pub struct InBatches<'a> {
    /// How many bytes the files of a batch have together, unless one group of tenants has more.
    pub bytes: u64,
    /// How many tenants of each provider are in a batch at least, if all are of one size: with less most of many providers
    /// would wait for their turn.
    pub of_each: u64,
    /// The kinds of provider that reach one account only.
    pub single_account: &'a [&'static str],
}

/// What a file has in common with others.
#[derive(Default)]
struct Seen {
    provider: String,
    bytes: u64,
    who: Vec<u64>,
    numbers: Numbers,
}

/// Which files are in one group, as long as others are found to be.
struct Groups(Vec<u32>);

impl Groups {
    fn of(count: usize) -> Self {
        Self((0..).take(count).collect())
    }

    fn first(&mut self, mut at: u32) -> u32 {
        while self.0[at as usize] != at {
            let above = self.0[at as usize];
            self.0[at as usize] = self.0[above as usize];
            at = self.0[at as usize];
        }
        at
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other) as usize] = one.min(other);
    }
}

/// The files of each batch, in their order. `None`: all of them are one batch, or it is not known which belong together. `whole`
/// reads a file that is not plain.
pub(super) fn batches(
    files: &Files,
    file: &WorkspaceFile,
    named: &[&str],
    most: u64,
    how: &InBatches<'_>,
    whole: &mut dyn FnMut(&str, &[u8]) -> Option<Tenant>,
) -> Option<Vec<Vec<String>>> {
    let Files::Directory(root) = files else { return None };
    let bytes: u64 = named.iter().filter_map(|name| file::length(root, name)).sum();
    if bytes <= how.bytes {
        return None;
    }
    let is_alone = |provider: &str| {
        let kind = file.providers.get(provider).map(|it| it.kind.as_str());
        kind.is_some_and(|kind| how.single_account.contains(&kind))
    };
    let mut all = Vec::with_capacity(named.len());
    let looked = cores::each(named.chunks(TOGETHER), |some| look(files, some, most));
    for (name, seen) in named.iter().zip(looked.into_iter().flatten()) {
        let mut seen = match seen {
            Some(seen) => seen,
            None => match files.read(name, most) {
                Ok(bytes) if !bytes.is_empty() => seen_whole(&bytes, |bytes| whole(name, bytes))?,
                _ => Seen::default(),
            },
        };
        if is_alone(&seen.provider) {
            seen.who.push(account(&seen.provider, ""));
        }
        all.push(seen);
    }
    Some(in_batches(named, &groups(&all), &all, how))
}

/// Looks at files. `None`: one has to be parsed, and is read again for it: nobody holds many that are large. What cannot be read
/// has nothing in common with a tenant, and is said with its own batch.
fn look(files: &Files, names: &[&str], most: u64) -> Vec<Option<Seen>> {
    let mut read = files.reader();
    let see = |name: &&str| {
        let bytes = read(name, most).unwrap_or_default();
        let scanned = scan(&bytes);
        let mut numbers = scanned.numbers;
        numbers.keys.shrink_to_fit();
        numbers.all.shrink_to_fit();
        let seen =
            Seen { provider: scanned.provider, bytes: length(&bytes), who: scanned.who.to_vec(), numbers };
        (scanned.is_plain || bytes.is_empty()).then_some(seen)
    };
    names.iter().map(see).collect()
}

fn length(bytes: &[u8]) -> u64 {
    bytes.len().try_into().unwrap_or(u64::MAX)
}

/// What is seen of a file by parsing it.
fn seen_whole(bytes: &[u8], whole: impl FnOnce(&[u8]) -> Option<Tenant>) -> Option<Seen> {
    let tenant = whole(bytes)?;
    let mut who = names(&tenant.tenant).to_vec();
    who.push(account(&tenant.provider, &tenant.account));
    let digits = |number: &E164| number.digits().parse::<u64>().ok();
    let keys: Vec<u64> = tenant.numbers.keys().chain(tenant.forwards.keys()).filter_map(digits).collect();
    let mut named = keys.clone();
    phone_numbers_that(&tenant, &mut |number| {
        named.extend(digits(number));
        false
    });
    Some(Seen { provider: tenant.provider, bytes: length(bytes), who, numbers: Numbers { keys, all: named } })
}

/// The group of each file.
fn groups(all: &[Seen]) -> Vec<u32> {
    let mut groups = Groups::of(all.len());
    let mut whose: HashMap<u64, u32> = HashMap::new();
    let mut declared: HashMap<u64, u32> = HashMap::new();
    for (at, seen) in (0..).zip(all) {
        for who in &seen.who {
            groups.join(at, *whose.entry(*who).or_insert(at));
        }
        for number in &seen.numbers.keys {
            groups.join(at, *declared.entry(*number).or_insert(at));
        }
    }
    for (at, seen) in (0..).zip(all) {
        for host in seen.numbers.all.iter().filter_map(|number| declared.get(number)) {
            groups.join(at, *host);
        }
    }
    (0..).take(all.len()).map(|at| groups.first(at)).collect()
}

/// Groups put together to batches, each with tenants of every provider: providers are worked beside each other.
fn in_batches(named: &[&str], groups: &[u32], all: &[Seen], how: &InBatches<'_>) -> Vec<Vec<String>> {
    let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        members.entry(*group).or_default().push(at);
    }
    let mut lanes: BTreeMap<&str, Vec<Vec<usize>>> = BTreeMap::new();
    for group in members.into_values() {
        lanes.entry(&all[group[0]].provider).or_default().push(group);
    }
    let all_bytes: u64 = all.iter().map(|it| it.bytes).sum();
    let of_each = all_bytes / (all.len() as u64).max(1) * how.of_each * lanes.len() as u64;
    let most = how.bytes.max(of_each);
    // The first of each provider, then those in the middle of each, and so on to the last.
    let spread = lanes.into_values().flat_map(|lane| {
        let count = lane.len() as u64;
        (0..).zip(lane).map(move |(at, group): (u64, _)| ((at << 32) / count, group))
    });
    let mut spread: Vec<(u64, Vec<usize>)> = spread.collect();
    spread.sort();
    let mut batches: Vec<BTreeSet<usize>> = Vec::new();
    let mut room = 0;
    for (_, group) in spread {
        let bytes: u64 = group.iter().map(|at| all[*at].bytes.max(1)).sum();
        match batches.last_mut() {
            Some(last) if bytes <= room => {
                last.extend(group);
                room -= bytes;
            }
            _ => {
                batches.push(group.into_iter().collect());
                room = most.saturating_sub(bytes);
            }
        }
    }
    let names = |batch: BTreeSet<usize>| batch.into_iter().map(|at| named[at].to_owned()).collect();
    batches.into_iter().map(names).collect()
}

/// However many providers there are, and in whatever order their tenants stand, none of them waits for a later batch: each has as
/// many tenants in a batch as it takes to keep it busy.
#[test]
fn every_batch_has_tenants_of_every_provider() {
    for (providers, is_grouped) in [(2, true), (2, false), (500, true), (500, false)] {
        let of = |at: usize| if is_grouped { at / 12 } else { at % providers };
        let seen = |at| Seen { provider: of(at).to_string(), bytes: 3000, ..Seen::default() };
        let all: Vec<Seen> = (0..providers * 12).map(seen).collect();
        let names: Vec<String> = (0..all.len()).map(|at| at.to_string()).collect();
        let named: Vec<&str> = names.iter().map(String::as_str).collect();
        let groups: Vec<u32> = (0..).take(all.len()).collect();
        let how = InBatches { bytes: 30_000, of_each: 3, single_account: &[] };
        let batches = in_batches(&named, &groups, &all, &how);
        assert_eq!(batches.iter().flatten().collect::<BTreeSet<_>>().len(), all.len());
        assert!(batches.len() > 1, "{providers}");
        for batch in batches {
            let mut counts = vec![0; providers];
            batch.iter().for_each(|name| counts[of(name.parse().unwrap())] += 1);
            assert!(
                counts.iter().all(|count| (2..=6).contains(count)),
                "{providers} {is_grouped}: {counts:?}"
            );
        }
    }
}
