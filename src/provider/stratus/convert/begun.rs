//! What a file leaves unsaid of the first day, where it has passed long ago (FACTS stratus/frames-20).

use super::schedule::in_order;
use crate::model::{CalendarDay, Holidays, Recurring, Resource, Schedule, Term};
use jiff::civil::Date;

/// A plan has no clock. Whoever runs this lives after it was written: what began before this day has begun.
const BEGUN: Date = Date::constant(2026, 11, 1);

/// A schedule that does not say from when it is keeps what is live of that, as long as it makes no difference any more.
pub fn keep_begun(wanted: &mut Resource, live: &Resource) {
    let (Resource::Schedule(wanted), Resource::Schedule(live)) = (wanted, live) else { return };
    let Schedule { weekly, monthly, yearly, holidays, .. } = wanted;
    if let (Some(wanted), Some(live)) = (weekly, &live.weekly) {
        let kept = Term { first_day: live.term.first_day, ..wanted.term };
        let is_silent = wanted.term.first_day.is_none() && wanted.term.every.is_none();
        let is_alive = kept.last_day.is_none_or(|last| kept.first_day.is_none_or(|first| first <= last));
        if is_silent && is_alive && has_begun(&live.term) {
            wanted.term = kept;
        }
    }
    days(monthly, &live.monthly);
    days(yearly, &live.yearly);
    entries(holidays, &live.holidays, |wanted, live| {
        let silent = Holidays { first_year: None, ..live.clone() };
        silent == *wanted && live.first_year.is_none_or(|year| year.0 < BEGUN.year())
    });
}

fn has_begun(live: &Term) -> bool {
    live.every.is_none() && live.first_day.is_none_or(|CalendarDay(first)| first < BEGUN)
}

fn days<D: Copy + Ord>(wanted: &mut Option<Vec<Recurring<D>>>, live: &Option<Vec<Recurring<D>>>) {
    entries(wanted, live, |wanted, live| {
        let silent = Recurring { term: Term { first_day: None, ..live.term }, ..*live };
        silent == *wanted && has_begun(&live.term)
    });
}

/// Each entry as it is live, if it is there: several that say the same are one in a file.
fn entries<T: Clone + Ord>(
    wanted: &mut Option<Vec<T>>,
    live: &Option<Vec<T>>,
    is_same: impl Fn(&T, &T) -> bool,
) {
    let (Some(wanted), Some(live)) = (wanted, live) else { return };
    let kept = std::mem::take(wanted).into_iter().flat_map(|it| {
        let same: Vec<T> = live.iter().filter(|live| is_same(&it, live)).cloned().collect();
        if same.is_empty() { vec![it] } else { same }
    });
    *wanted = in_order(kept.collect());
}
