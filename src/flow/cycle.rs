//! How often hours come again.

use crate::model::{Schedule, Weekly};

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
    // A week without an hour in it, as a schedule of days has it.
    let is_open = |weekly: &Weekly| weekly.days.values().any(|windows| !windows.is_empty());
    let Schedule { weekly, dates, monthly, yearly, holidays, easter, other, .. } = schedule;
    let is_weekly =
        weekly.as_ref().is_some_and(|weekly| is_open(weekly) && weekly.term == Default::default());
    let is_bounded =
        weekly.as_ref().is_some_and(|weekly| is_open(weekly) && weekly.term != Default::default());
    // What is live has every list, most of them empty.
    fn has<T>(list: Option<&Vec<T>>) -> bool {
        list.is_some_and(|list| !list.is_empty())
    }
    let is_other = is_bounded || has(monthly.as_ref()) || has(other.as_ref());
    let has_days = has(dates.as_ref()) || has(yearly.as_ref()) || has(holidays.as_ref()) || easter.is_some();
    match (is_weekly, has_days, is_other) {
        (true, _, _) => Cycle::Weekly,
        (false, true, false) => Cycle::Days,
        _ => Cycle::Other,
    }
}

/// What is live has every list, also those in which nothing is; a file has those that it is about.
#[test]
fn empty_lists_come_again_never() {
    let schedule = |text: &str| serde_json::from_str::<Schedule>(text).unwrap();
    for (text, expected) in [
        (r#"{ "dates": ["2027-12-25"] }"#, Cycle::Days),
        (r#"{ "dates": [], "monthly": [], "yearly": ["12-25"], "other": [] }"#, Cycle::Days),
        (r#"{ "dates": [], "monthly": [1], "yearly": ["12-25"] }"#, Cycle::Other),
        (r#"{ "weekly": { "mon": ["09:00-17:00"] }, "dates": [], "monthly": [] }"#, Cycle::Weekly),
        (r#"{ "weekly": { "mon": [] }, "dates": [], "monthly": [], "yearly": ["12-25"] }"#, Cycle::Days),
        (r#"{ "dates": [], "monthly": [], "yearly": [] }"#, Cycle::Other),
    ] {
        assert_eq!(cycle(&schedule(text)), expected, "{text}");
    }
}
