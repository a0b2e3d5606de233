//! Which numbers are on one platform, and which plans lead to them: only when every account is read is that known.

use crate::plan::TenantPlan;
use std::collections::{BTreeMap, HashMap};

/// The numbers of each platform, by its system, with the account that has them.
pub(super) type Platforms = BTreeMap<String, BTreeMap<String, String>>;

/// The numbers of a system: which tenant's file is the last to say so, and its account.
type Hosts = HashMap<u64, (u32, u32)>;

/// The ways of a plan to the numbers of others.
pub(super) struct Outwards {
    system: u32,
    ways: Vec<u64>,
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
    pub fn add(&mut self, file: u32, plan: &TenantPlan) -> Outwards {
        let across = &plan.across;
        let (system, account) = (self.position(&across.system), self.position(&plan.account));
        let known = self.hosts.entry(system).or_default();
        for number in across.hosts.iter().filter_map(|it| digits(it)) {
            let host = known.entry(number).or_default();
            *host = (*host).max((file, account));
        }
        let mut ways: Vec<u64> = across.ways_out.iter().filter_map(|it| digits(&it.to)).collect();
        ways.sort_unstable();
        ways.dedup();
        ways.shrink_to_fit();
        Outwards { system, ways }
    }

    /// The numbers to which a plan leads on its own system, each with the account that has it: that may be its own.
    pub fn led_to(&self, it: &Outwards) -> Platforms {
        let mut platforms = Platforms::new();
        let known = self.hosts.get(&it.system);
        for number in &it.ways {
            let Some((_, host)) = known.and_then(|known| known.get(number)) else { continue };
            let numbers = platforms.entry(self.names[it.system as usize].clone()).or_default();
            numbers.insert(format!("+{number}"), self.names[*host as usize].clone());
        }
        platforms
    }
}

fn digits(number: &str) -> Option<u64> {
    number.strip_prefix('+')?.parse().ok()
}
