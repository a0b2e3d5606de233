//! What a schedule says by date, apart from its hours of the week: among it are the holidays.

use super::{
    hours::{Clock, Hours, hours},
    point::Assumptions,
    spans::Seconds,
};
use crate::model::Schedule;
use jiff::tz::TimeZone;
use std::ops::Range;

/// The dates of a schedule. The default is that of one that is not there.
#[derive(Clone, Debug, Default)]
pub struct Days {
    /// Its clock.
    pub zone: Option<TimeZone>,
    pub has_week: bool,
    pub spans: Vec<Range<Seconds>>,
    /// Whether it has holidays of which the provider alone knows the dates.
    pub has_unknown: bool,
}

impl Days {
    /// `all`: when it is in force. None: it is switched off, or nobody knows.
    pub fn of(schedule: &Schedule, all: Option<&Hours>, clock: &Clock, assumed: Assumptions) -> Self {
        let has_week = schedule.weekly.is_some() || schedule.monthly.is_some();
        let has_dates = schedule.dates.is_some() || schedule.yearly.is_some() || schedule.easter.is_some();
        let spans = match all {
            Some(all) if !has_week => all.spans.clone(),
            Some(_) if has_dates => {
                let by_date = Schedule { weekly: None, monthly: None, ..schedule.clone() };
                hours(&by_date, clock, assumed).spans
            }
            _ => Vec::new(),
        };
        let has_unknown = all.is_some() && schedule.holidays.as_ref().is_some_and(|it| !it.is_empty());
        Self { zone: Some(clock.zone.clone()), has_week, spans, has_unknown }
    }
}
