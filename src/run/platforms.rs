//! Which numbers are on one platform, and which plans lead to them: only when every account is read is that known.

use crate::{model::E164, plan::TenantPlan};
use std::collections::{BTreeMap, HashMap};

/// The numbers of each platform, by its system, with the account that has them.
pub(super) type Platforms = BTreeMap<String, BTreeMap<String, String>>;

/// The numbers of a system: which tenant's file is the last to say so, and its account.
type Hosts = HashMap<u64, (u32, u32)>;

/// The numbers to which the ways out of a plan lead, and the system that it is on.
pub(super) struct WaysOut {
    system: u32,
    numbers: Vec<u64>,
}

/// The accounts that were read, as far as others may lead to their numbers.
#[derive(Default)]
pub(super) struct Known {
    /// Systems and accounts by their position.
    names: Vec<String>,
    positions: HashMap<String, u32>,
    /// By system.
    hosts: BTreeMap<u32, Hosts>,
}

impl Known {
    fn position(&mut self, name: &str) -> u32 {
        if let Some(known) = self.positions.get(name) {
            return *known;
        }
        let position = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.positions.insert(name.to_owned(), position);
        position
    }

    /// Adds the numbers of an account, and says where its plan leads. `file` is the position of the tenant's file.
    pub fn add(&mut self, file: u32, plan: &TenantPlan) -> WaysOut {
        let across = &plan.across;
        let (system, account) = (self.position(&across.system), self.position(&plan.account));
        let known = self.hosts.entry(system).or_default();
        for number in across.hosts.iter().filter_map(|it| digits(it)) {
            let host = known.entry(number).or_default();
            *host = (*host).max((file, account));
        }
        let mut numbers: Vec<u64> = across.ways_out.iter().filter_map(|it| digits(&it.to)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.shrink_to_fit();
        WaysOut { system, numbers }
    }

    /// The numbers on its own system to which a plan leads, each with the account that has it: that may be its own.
    fn hosts_of<'a>(&'a self, it: &'a WaysOut) -> impl Iterator<Item = (u64, u32)> + 'a {
        let known = self.hosts.get(&it.system);
        it.numbers.iter().filter_map(move |number| Some((*number, known?.get(number)?.1)))
    }

    /// The position of the file of whoever has a number, on whichever system.
    pub fn owner(&self, number: &E164) -> Option<u32> {
        let number = digits(number.as_str())?;
        self.hosts.values().find_map(|hosts| hosts.get(&number)).map(|(file, _)| *file)
    }

    /// Whether a plan leads to a number on its own system.
    pub fn leads_there(&self, it: &WaysOut) -> bool {
        self.hosts_of(it).next().is_some()
    }

    /// All such numbers of some plans.
    pub fn led_to(&self, plans: &[WaysOut]) -> Platforms {
        let mut platforms = Platforms::new();
        for it in plans {
            for (number, host) in self.hosts_of(it) {
                let numbers = platforms.entry(self.names[it.system as usize].clone()).or_default();
                numbers.insert(format!("+{number}"), self.names[host as usize].clone());
            }
        }
        platforms
    }
}

fn digits(number: &str) -> Option<u64> {
    number.strip_prefix('+')?.parse().ok()
}
