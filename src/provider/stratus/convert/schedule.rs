//! Time frames in the words of the YAML (FACTS stratus/frames).

use super::{
    week::{self, closed},
    word::{Array, Word},
};
use crate::{
    model::Schedule,
    provider::{
        scalar::{Scalar, Unreadable},
        stratus::{frame_type::ALWAYS, wire::TimeFrame},
    },
};

/// A live time frame in the words of the YAML, the entries that it holds beyond them as people read them, and what is not
/// understood.
pub fn schedule(live: &TimeFrame) -> (Schedule, Vec<String>, Unreadable) {
    let mut unreadable = Unreadable::default();
    let weekly = match live.timeframe_days_of_week_array.as_slice() {
        [] => match live.kind() {
            Some(ALWAYS) => Scalar::Known(week::open()),
            Some(_) => Scalar::Known(closed()),
            None => Scalar::Strange(live.shown_type().to_owned()),
        },
        [entry] => week::weekly(entry),
        several => Scalar::Strange(format!("{} weeks at once", several.len())),
    };
    let weekly = unreadable.field(["weekly"], weekly);
    let (mut dates, mut monthly, mut yearly) = (Vec::new(), Vec::new(), Vec::new());
    let (mut holidays, mut other, mut beyond) = (Vec::new(), Vec::new(), Vec::new());
    for array in [Array::Dates, Array::Holidays] {
        for entry in array.entries(live) {
            match array.word(entry) {
                Word::Dated(it) => dates.push(it),
                Word::Monthly(it) => monthly.push(it),
                Word::Yearly(it) => yearly.push(it),
                Word::Holiday(it) => holidays.push(it),
                Word::Other(it) => {
                    other.push(it);
                    beyond.push(array.told(entry));
                }
            }
        }
    }
    let schedule = Schedule {
        weekly,
        dates: Some(in_order(dates)),
        monthly: Some(in_order(monthly)),
        yearly: Some(in_order(yearly)),
        holidays: Some(in_order(holidays)),
        easter: None,
        other: Some(in_order(other)),
        extension: None,
        time_zone: None,
        enabled: None,
        protect: None,
    };
    (schedule, beyond, unreadable)
}

/// Two entries that say the same are one.
pub fn in_order<T: Ord>(mut entries: Vec<T>) -> Vec<T> {
    entries.sort();
    entries.dedup();
    entries
}
