//! How often hours come again.

use crate::model::Schedule;

/// How often the hours of a schedule come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cycle {
    Weekly,
    /// Single days: dates, holidays.
    Days,
    Other,
}

/// How often its hours come again.
pub fn cycle(schedule: &Schedule) -> Cycle {
    let Schedule { weekly, dates, monthly, yearly, holidays, easter, other, .. } = schedule;
    let is_weekly =
        weekly.as_ref().is_some_and(|weekly| !weekly.days.is_empty() && weekly.term == Default::default());
    let is_bounded = weekly.as_ref().is_some_and(|weekly| weekly.term != Default::default());
    let is_other = is_bounded || monthly.is_some() || other.as_ref().is_some_and(|other| !other.is_empty());
    let has_days = dates.is_some() || yearly.is_some() || holidays.is_some() || easter.is_some();
    match (is_weekly, has_days, is_other) {
        (true, _, _) => Cycle::Weekly,
        (false, true, false) => Cycle::Days,
        _ => Cycle::Other,
    }
}
