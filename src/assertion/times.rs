//! When a call is judged. Between two changes of the schedules on its paths nothing changes, and where the same schedules are in
//! force the same becomes of it: one instant stands for all of them.

use crate::{
    explained::Explained,
    flow::{Network, Points, ScheduleId, Seconds, SiteId, Target, Timetable},
    model::{InForce, When},
    text::closest,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// An instant, and how many stretches of time it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub at: Seconds,
    pub windows: usize,
}

/// The schedules that are meant, each with whether it is not to be in force.
fn named(network: &Network, home: SiteId, when: &When) -> Result<Vec<(ScheduleId, bool)>, Explained> {
    let When::While(all) = when else { return Ok(Vec::new()) };
    let one = |InForce { outside, schedule: name }: &InForce| {
        let found = network.schedule(home, name);
        found.map(|it| (it, *outside)).ok_or_else(|| {
            let names = network.schedule_names(home);
            let tenant = network.tenant_name(home);
            let error = Explained::new(format!("tenant `{tenant}` has no schedule `{name}`"));
            match closest(name, names.iter().copied()) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None if names.is_empty() => error.help("write `any time` or an instant: the tenant has none"),
                None => error.help(format!("its schedules are `{}`", names.join("`, `"))),
            }
        })
    };
    all.iter().map(one).collect()
}

/// The instants of a stretch of time at which a call has to be judged. None: `when` never is.
pub fn moments(
    network: &Network,
    to: Target,
    home: SiteId,
    when: &When,
    within: Range<Seconds>,
) -> Result<Vec<Moment>, Explained> {
    let named = named(network, home, when)?;
    if named.iter().any(|(it, _)| network.timetable(*it) == Timetable::Unknown) {
        return Ok(Vec::new());
    }
    let mut schedules = network.schedules_on(to);
    schedules.extend(named.iter().map(|(it, _)| *it));
    let mut moments: BTreeMap<(BTreeSet<ScheduleId>, Points), Moment> = BTreeMap::new();
    for stretch in network.stretches(&schedules, within) {
        if named.iter().all(|(it, outside)| stretch.in_force.contains(it) != *outside) {
            let key = (stretch.in_force, stretch.asked);
            let first = Moment { at: stretch.during.start, windows: 0 };
            moments.entry(key).or_insert(first).windows += 1;
        }
    }
    let mut moments: Vec<Moment> = moments.into_values().collect();
    moments.sort_unstable_by_key(|it| it.at);
    Ok(moments)
}

/// Why there is no instant at which `when` is.
pub fn never(network: &Network, home: SiteId, when: &When) -> String {
    let When::While(all) = when else { return "there is no such time".to_owned() };
    let table = |it: &InForce| network.schedule(home, &it.schedule).map(|it| network.timetable(it));
    let with = |wanted: Timetable| all.iter().find(|it| table(it) == Some(wanted));
    let off = with(Timetable::SwitchedOff).filter(|it| !it.outside);
    match (with(Timetable::Unknown), off, all.as_slice()) {
        (Some(it), ..) => {
            let name = &it.schedule;
            format!("nobody knows when `{name}` is in force, whose hours are neither declared nor read")
        }
        (None, Some(it), _) => format!("`{}` is switched off and never in force", it.schedule),
        (None, None, [InForce { outside: false, schedule }]) => {
            format!("`{schedule}` is never in force in the coming 53 weeks")
        }
        (None, None, [InForce { outside: true, schedule }]) => {
            format!("`{schedule}` is always in force in the coming 53 weeks")
        }
        (None, None, _) => format!("it is never `{when}` in the coming 53 weeks"),
    }
}
