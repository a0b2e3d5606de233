//! Dates of a time frame, with how they come again (FACTS stratus/frames-7, -14).

use super::{
    entry::{Entry, recurs, text},
    repeat::{self, Again, interval, recurrence, repeat},
    times::{compact, date, end_time, hhmm, time},
};
use crate::model::{DateSpan, Dated, Moment, Monthly, Recurring, RecurringDay, TimeOfDay, Yearly};

/// An entry in the words of the YAML, or for people where it has none.
pub fn again(entry: &Entry) -> Result<Again, String> {
    let repeat = repeat(entry);
    let Some((begin, end)) = span(entry) else {
        let shown = ["begin-date", "begin-time", "end-date", "end-time"]
            .map(|key| text(entry, &format!("timeframe-specific-dates-{key}")).into_owned());
        return Err(format!("{} {}", shown.join(" ").trim(), recurs(entry)));
    };
    repeat.words(begin, end).ok_or_else(|| repeat.told(begin, end))
}

/// From when until when the first time of an entry lasts.
fn span(entry: &Entry) -> Option<(Moment, Moment)> {
    let begin = text(entry, "timeframe-specific-dates-begin-date");
    let end = text(entry, "timeframe-specific-dates-end-date");
    let end = if end.is_empty() { begin.clone() } else { end };
    let from = match &*text(entry, "timeframe-specific-dates-begin-time") {
        "" => TimeOfDay::START,
        at => time(at)?,
    };
    let to = match &*text(entry, "timeframe-specific-dates-end-time") {
        "" => TimeOfDay::END,
        at => end_time(at)?,
    };
    Some((Moment { date: date(&begin)?, time: from }, Moment { date: date(&end)?, time: to }))
}

fn new(begin: Moment, end: Moment) -> Entry {
    let mut entry = Entry::new();
    entry.insert("timeframe-specific-dates-begin-date".into(), compact(begin.date).into());
    entry.insert("timeframe-specific-dates-begin-time".into(), hhmm(begin.time).into());
    entry.insert("timeframe-specific-dates-end-date".into(), compact(end.date).into());
    entry.insert("timeframe-specific-dates-end-time".into(), hhmm(end.time).into());
    entry
}

pub fn dated(dated: &Dated) -> Entry {
    let Dated { date: DateSpan { begin, end }, every, last_day } = *dated;
    let mut entry = new(begin, end);
    match every {
        None => {
            recurrence(&mut entry, "doesNotRecur", None);
            entry.insert("timeframe-recurrence-end-option".into(), "".into());
        }
        Some(every) => {
            recurrence(&mut entry, "custom", last_day);
            interval(&mut entry, every.unit.word(), every.count, "");
        }
    }
    entry
}

pub fn yearly(yearly: &Yearly) -> Option<Entry> {
    recurring(yearly, repeat::yearly_wire(yearly))
}

pub fn monthly(monthly: &Monthly) -> Option<Entry> {
    recurring(monthly, repeat::monthly_wire(monthly))
}

fn recurring<D: RecurringDay>(it: &Recurring<D>, (kind, custom): repeat::Wire) -> Option<Entry> {
    let (first, last) = repeat::first_time(it)?;
    let mut entry = new(Moment { date: first, time: it.from }, Moment { date: last, time: it.to });
    recurrence(&mut entry, kind, it.term.last_day);
    if let Some((count, option)) = custom {
        interval(&mut entry, D::UNIT.word(), count, option);
    }
    Some(entry)
}
