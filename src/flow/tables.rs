//! The time-zone tables of another edition, in the place of those of [`edition`](super::edition).

use super::{
    dated::Days,
    horizon::Horizon,
    hours::{Clock, Hours, hours_by},
    point::Assumptions,
};
use crate::model::Schedule;
use jiff::tz::TimeZone;
use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

/// Zones of which another edition says something else. Every other zone is as it is here.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    zones: BTreeMap<String, TimeZone>,
    /// What was laid out by them already: one network after another has mostly the same schedules.
    laid: RefCell<BTreeMap<String, Vec<Laid>>>,
}

/// A schedule, laid out.
#[derive(Debug, Clone)]
struct Laid {
    schedule: Schedule,
    horizon: Horizon,
    assumed: Assumptions,
    hours: Arc<Hours>,
    days: Days,
}

/// Zones of which 2025b says something else about 2026 and 2027 than 2026f, as far as a rule for every year says it. What
/// Morocco does changes each year.
const OF_2025B: [(&str, &str); 13] = [
    ("America/Edmonton", "MST7MDT,M3.2.0,M11.1.0"),
    ("America/Havana", "CST5CDT,M3.2.0/0,M11.1.0/1"),
    ("America/Inuvik", "MST7MDT,M3.2.0,M11.1.0"),
    ("America/Vancouver", "PST8PDT,M3.2.0,M11.1.0"),
    ("America/Winnipeg", "CST6CDT,M3.2.0,M11.1.0"),
    ("Europe/Chisinau", "EET-2EEST,M3.5.0,M10.5.0/3"),
    ("America/Rainy_River", "CST6CDT,M3.2.0,M11.1.0"),
    ("America/Yellowknife", "MST7MDT,M3.2.0,M11.1.0"),
    ("Canada/Central", "CST6CDT,M3.2.0,M11.1.0"),
    ("Canada/Mountain", "MST7MDT,M3.2.0,M11.1.0"),
    ("Canada/Pacific", "PST8PDT,M3.2.0,M11.1.0"),
    ("Cuba", "CST5CDT,M3.2.0/0,M11.1.0/1"),
    ("Europe/Tiraspol", "EET-2EEST,M3.5.0,M10.5.0/3"),
];

impl Tables {
    /// Those of edition 2025b, which many systems still have: right for 2026 and 2027.
    pub fn of_2025b() -> Self {
        let zone = |(name, rule): (&str, &str)| Some((name.to_owned(), TimeZone::posix(rule).ok()?));
        Self { zones: OF_2025B.into_iter().filter_map(zone).collect(), ..Self::default() }
    }

    /// Takes the table of a zone, as `zic` compiles it. False: it is none.
    pub fn insert(&mut self, zone: &str, table: &[u8]) -> bool {
        match TimeZone::tzif(zone, table) {
            Ok(it) => {
                self.zones.insert(zone.to_owned(), it);
                true
            }
            Err(_) => false,
        }
    }

    /// When a schedule is in force, by the clocks of a zone: one for each part of the horizon.
    pub(super) fn hours(
        &self,
        zone: &str,
        schedule: &Schedule,
        horizon: &Horizon,
        clocks: &[Clock],
        assumed: Assumptions,
    ) -> (Arc<Hours>, Days) {
        let mut laid = self.laid.borrow_mut();
        let known = laid.entry(zone.to_owned()).or_default();
        let is_same =
            |it: &&Laid| it.schedule == *schedule && it.horizon == *horizon && it.assumed == assumed;
        if let Some(it) = known.iter().find(is_same) {
            return (Arc::clone(&it.hours), it.days.clone());
        }
        let hours = Arc::new(hours_by(schedule, clocks, assumed));
        let of = |clock| Days::of(schedule, Some(&hours), clock, assumed);
        let days = clocks.first().map(of).unwrap_or_default();
        let (schedule, horizon) = (schedule.clone(), horizon.clone());
        known.push(Laid { schedule, horizon, assumed, hours: Arc::clone(&hours), days: days.clone() });
        (hours, days)
    }

    /// A zone by its name.
    pub fn zone(&self, name: &str) -> Option<TimeZone> {
        self.zones.get(name).cloned().or_else(|| TimeZone::get(name).ok())
    }
}
