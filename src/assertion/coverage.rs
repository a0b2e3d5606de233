//! What of the configuration no assertion's calls come to.

use crate::{
    flow::{Call, Network, Part, Points, Seconds, SiteId, Target, Timetable, Unreachable, Verdict},
    path::{Path, Segment},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    Rules,
    Windows,
    Forwards,
    Agents,
}

impl Sort {
    pub const ALL: [Self; 4] = [Self::Rules, Self::Windows, Self::Forwards, Self::Agents];

    pub fn word(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Windows => "windows",
            Self::Forwards => "forwards",
            Self::Agents => "agents",
        }
    }
}

/// A rule, a number while some schedules are in force, a forward, or an agent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    pub tenant: String,
    pub sort: Sort,
    /// "101: rule `holidays`"
    pub text: String,
    /// Where it stands in the tenant's YAML.
    pub path: Path,
}

/// How many of a sort there are, and how many of them are reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub reached: usize,
    pub of: usize,
}

impl Tally {
    /// Rounded down, so that 100 means all.
    pub fn percent(self) -> usize {
        (self.reached * 100).checked_div(self.of).unwrap_or(100)
    }
}

/// What there is, and what of it calls have come to.
#[derive(Debug, Default)]
pub struct Coverage {
    items: BTreeSet<Item>,
    reached: BTreeSet<Item>,
    unreachable: BTreeMap<Item, &'static str>,
}

impl Coverage {
    /// Takes in what there is of some tenants in a stretch of time.
    pub fn add(&mut self, network: &Network, tenants: &[SiteId], within: Range<Seconds>) {
        for tenant in tenants {
            let parts = network.parts(*tenant, within.clone());
            for part in parts.reachable {
                self.items.insert(item(network, part));
            }
            for (part, why) in parts.unreachable {
                let why = match why {
                    Unreachable::NeverInForce => "never in force in the coming 53 weeks",
                    Unreachable::Shadowed => "no call comes to it: something else comes first",
                };
                self.unreachable.insert(item(network, part), why);
            }
            let own = network.numbers().filter(|it| network.tenant_of(*it) == *tenant);
            for number in own.filter(|it| network.is_routed(*it)) {
                let to = Target::Number(number);
                let stretches = network.stretches(&network.schedules_on(to), within.clone());
                let once: BTreeMap<_, _> =
                    stretches.into_iter().map(|it| (it.in_force, it.during.start)).collect();
                self.items.extend(once.into_values().filter_map(|at| window(network, to, at)));
            }
        }
    }

    /// Takes note of what a call has come to.
    pub fn note(&mut self, network: &Network, call: &Call, verdict: &Verdict) {
        let numbers: BTreeSet<_> =
            verdict.timelines.iter().flat_map(|it| network.numbers_of(call.to, it)).collect();
        let windows = numbers.into_iter().filter_map(|it| window(network, Target::Number(it), call.at));
        let parts = network.reached(call, verdict).into_iter().map(|part| item(network, part));
        self.reached.extend(windows.chain(parts));
    }

    pub fn tally(&self, sort: Option<Sort>) -> Tally {
        let of = self.items.iter().filter(|item| sort.is_none_or(|sort| item.sort == sort));
        let mut tally = Tally::default();
        for item in of {
            tally.of += 1;
            tally.reached += usize::from(self.reached.contains(item));
        }
        tally
    }

    /// What no call has come to.
    pub fn missing(&self) -> impl Iterator<Item = &Item> {
        self.items.difference(&self.reached)
    }

    /// What no call can come to, and why. What is reachable at one time is reachable.
    pub fn unreachable(&self) -> impl Iterator<Item = (&Item, &'static str)> {
        let never = self.unreachable.iter().filter(|(item, _)| !self.items.contains(item));
        never.map(|(item, why)| (item, *why))
    }
}

fn item(network: &Network, part: Part) -> Item {
    let (site, path) = network.part_source(part);
    let sort = match part {
        Part::Rule(..) => Sort::Rules,
        Part::Forward(..) => Sort::Forwards,
        Part::Agent(..) => Sort::Agents,
    };
    Item { tenant: network.tenant_name(site).to_owned(), sort, text: network.part_text(part, site), path }
}

/// A number with what is in force at an instant.
fn window(network: &Network, to: Target, at: Seconds) -> Option<Item> {
    let Target::Number(number) = to else { return None };
    let site = network.tenant_of(number);
    let name = network.number_text(number);
    let mut schedules = network.schedules_on(to);
    schedules.retain(|it| network.timetable(*it) == Timetable::Hours);
    let names = |is_in_force: bool| {
        let of = schedules
            .iter()
            .filter(|it| network.is_in_force(**it, at, &mut Points::default()) == is_in_force);
        let mut names: Vec<String> = of.map(|it| network.schedule_text(*it, site)).collect();
        names.sort_unstable();
        names.join(", ")
    };
    let text = match (names(true), schedules.is_empty()) {
        (_, true) => format!("{name} at any time"),
        (in_force, _) if in_force.is_empty() => format!("{name} outside {}", names(false)),
        (in_force, _) => format!("{name} during {in_force}"),
    };
    let path = ["numbers", name, "route"].map(Segment::key).into_iter().collect();
    Some(Item { tenant: network.tenant_name(site).to_owned(), sort: Sort::Windows, text, path })
}
