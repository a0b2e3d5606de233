//! What callers notice of a plan: its steps as states of a tenant, one after the other, and the calls that differ. Pure.
//!
//! - [`state`]: the tenant after each step
//! - [`line`](mod@line): differences in sentences, equal ones together
//! - [`mod@told`]: a course in words; [`given`]: what a call finds; [`when`]: windows of time, [`clock`] by the clock on the wall
//! - [`instant`]: what calls do while the steps are carried out
//! - [`table`]: every difference, for programs
//! - [`sides`](mod@sides): the tables of calls before and after

mod clock;
mod given;
mod instant;
mod line;
mod sides;
mod state;
mod table;
mod told;
mod when;

use crate::{
    flow::{
        self, Assumptions, Called, Config, Differing, Horizon, Network, Noticed, Occasion, Pair, Seconds,
        System, Tables,
    },
    model::{Address, Circumstances, Kind, Resource, Schedule, Tenant},
};
pub use instant::Meanwhile;
use instant::{Each, Looked};
use jiff::tz::TimeZone;
pub use line::Line;
use line::Sides;
use serde::{Deserialize, Serialize};
pub use sides::sides;
use state::States;
use std::{collections::BTreeMap, ops::Range};
pub use table::{Goes, Table};
use told::Labels;
pub use told::listed;
use when::Calendar;

/// When callers notice a change. The first is the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The next caller may be treated otherwise.
    CallerVisible,
    /// Only with the phone system down, or a phone offline or gone.
    OnFailure,
    /// No caller notices.
    Cosmetic,
}

impl From<Occasion> for Class {
    fn from(occasion: Occasion) -> Self {
        match occasion {
            Occasion::Everyday => Self::CallerVisible,
            Occasion::Failure => Self::OnFailure,
        }
    }
}

/// One step of a plan.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    pub address: &'a Address,
    pub before: Option<&'a Resource>,
    pub after: Option<&'a Resource>,
    /// How it is between the writes of this step, where there are several.
    pub between: Vec<Resource>,
    /// Whether a person does it, when all others are done.
    pub is_by_hand: bool,
}

/// A tenant, what is live, and what is done to it.
pub struct Input<'a> {
    /// Of what it declares nothing counts but its names and its zone.
    pub tenant: &'a Tenant,
    pub system: System,
    pub live: &'a BTreeMap<Address, Resource>,
    /// What else is live: it stays so.
    pub circumstances: &'a Circumstances,
    /// In the order in which they are carried out.
    pub steps: &'a [Change<'a>],
    /// The tenant's clock before, where files are compared and nothing is live: what they leave out is supposed, so that calls go
    /// on.
    pub files: Option<Option<&'a str>>,
    pub at: Seconds,
}

/// What callers notice.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Experience {
    /// In sentences, the gravest first. None: callers notice nothing.
    pub lines: Vec<Line>,
    /// What calls do while it is applied, and neither before nor after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meanwhile: Vec<Meanwhile>,
    /// Objects of which something changes that is about calls, and that no call which is placed here depends on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beyond: Vec<Address>,
    /// Whether there are more phones on a call's ways than are looked at one by one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_limited: bool,
    /// Whether there are too many steps for a look at what calls do between them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unwatched: bool,
    #[serde(default)]
    pub table: Table,
    /// What is kept of the table where it is not: see [`Table::goes`].
    #[serde(skip)]
    pub goes: Vec<Goes>,
    /// When all of these steps are done, calls to a place go as the sentences say; by what people call it.
    #[serde(skip)]
    pub brought: BTreeMap<String, Vec<Address>>,
}

/// What callers notice of a plan, and of each of its steps.
pub struct Judged {
    pub experience: Experience,
    pub classes: Vec<Class>,
    /// For each step the earlier ones after which it has to be carried out, so that no call is where nobody has looked.
    pub follows: Vec<Vec<usize>>,
}

/// The tables of one state.
fn network(config: Config<'_>, horizon: &Horizon, tables: &Tables) -> Network {
    Network::with_tables(&[config], horizon.clone(), Assumptions::default(), tables)
}

/// The clock by which people at a tenant live.
fn zone(tenants: [&Tenant; 2]) -> TimeZone {
    let own = tenants.iter().rev().filter_map(|it| it.time_zone.as_deref());
    let of_schedules = tenants.iter().rev().flat_map(|it| it.schedules.values());
    let mut named = own.chain(of_schedules.filter_map(|it| it.time_zone.as_deref()));
    named.find_map(|it| TimeZone::get(it).ok()).unwrap_or(TimeZone::UTC)
}

fn told(
    all: &[Noticed],
    [before, after]: [&Tenant; 2],
    pair: Pair<'_>,
    within: &Range<Seconds>,
    is_past: bool,
) -> Experience {
    let labels = Labels::of(before, after);
    let (then, now) =
        (pair.before.schedules_in_force(&before.tenant), pair.after.schedules_in_force(&after.tenant));
    let named = now.into_iter().filter(|(name, spans)| then.get(name).is_none_or(|it| it == spans));
    let calendar = Calendar::new(zone([before, after]), within.clone(), named.collect());
    let sides = Sides {
        before: pair.before,
        after: pair.after,
        tenant: &after.tenant,
        labels: &labels,
        calendar: &calendar,
        is_past,
    };
    Experience {
        lines: sides.lines(all),
        meanwhile: Vec::new(),
        beyond: Vec::new(),
        is_limited: all.iter().any(|it| it.is_limited),
        is_unwatched: false,
        table: Table::of(all, &sides),
        goes: Vec::new(),
        brought: BTreeMap::new(),
    }
}

/// What callers notice where a phone system counts the hours of a tenant by other time-zone tables.
pub fn of_tables(tenant: &Tenant, system: System, at: Seconds, other: &Tables) -> Experience {
    let horizon = Horizon::of(at, tenant.schedules.values());
    let config = || Config { tenant, system, is_whole: false, circumstances: None };
    let here = network(config(), &horizon, &Tables::default());
    let there = network(config(), &horizon, other);
    let mut differing = Differing::default();
    for name in tenant.schedules.keys() {
        differing.objects.insert((tenant.tenant.clone(), Address::new(Kind::Schedules, name)));
    }
    let within = flow::ahead(at);
    let pair = Pair { before: &here, after: &there };
    let all = pair.noticed(&differing, within.clone());
    told(&all, [tenant, tenant], pair, &within, false)
}

/// What people notice. A queue or an extension that is new nobody has called.
fn called_before(all: Vec<Noticed>) -> Vec<Noticed> {
    let mut all = all;
    for it in all.iter_mut().filter(|it| !matches!(it.to, Called::Number(_))) {
        it.differences.retain(|it| it.before.is_some());
    }
    all.retain(|it| !it.differences.is_empty() || it.is_limited);
    all
}

/// Every schedule that there is before, after or between the steps.
fn schedules<'a>(input: &'a Input<'_>) -> impl Iterator<Item = &'a Schedule> {
    let steps = input.steps.iter().flat_map(|it| it.before.into_iter().chain(it.after).chain(&it.between));
    input.live.values().chain(steps).filter_map(|it| match it {
        Resource::Schedule(schedule) => Some(schedule),
        _ => None,
    })
}

/// What callers notice of the steps of a plan.
pub fn judge(input: &Input<'_>) -> Judged {
    let states = States::new(input);
    let (first, last) = (states.first(), states.last());
    // Most states have the same schedules.
    let tables = Tables::default();
    let horizon = Horizon::of(input.at, schedules(input));
    let of = |tenant: &Tenant| network(states.config(tenant), &horizon, &tables);
    let (before, after) = (of(&first), of(&last));
    let within = flow::ahead(input.at);
    let pair = Pair { before: &before, after: &after };
    if let [Change { between, .. }] = input.steps
        && between.is_empty()
    {
        // One write has no instant between.
        let all = called_before(pair.noticed(&Differing::of(&first, &last), within.clone()));
        let classes = vec![all.iter().map(instant::class_of).min().unwrap_or(Class::Cosmetic)];
        let told = told(&all, [&first, &last], pair, &within, true);
        let labels = Labels::of(&first, &last);
        let brought = all.iter().map(|it| (labels.called(&it.to), vec![input.steps[0].address.clone()]));
        let experience = Experience { brought: brought.collect(), ..told };
        return Judged { experience, classes, follows: vec![Vec::new()] };
    }
    let Looked { noticed, each } = instant::each(input, &states, [&first, &last], pair, &of);
    let Each { classes, follows, meanwhile, is_unwatched, brought } = each;
    let told = told(&noticed, [&first, &last], pair, &within, true);
    Judged { experience: Experience { meanwhile, is_unwatched, brought, ..told }, classes, follows }
}
