//! Weekly hours of a time frame: one entry (FACTS stratus/frames-6).

use super::{
    entry::{Entry, recurs, text, written},
    repeat::{self, LONG_AGO, interval, recurrence, repeat},
    times::{compact, date, end_time, hhmm, time},
};
use crate::{
    model::{Day, Every, Term, Unit, Weekly, Window},
    provider::scalar::Scalar,
};
use jiff::civil::Date;

const BEGIN: &str = "timeframe-recurrence-begin-date";

/// When a week begins that has always been.
const ALWAYS: Date = Date::constant(LONG_AGO, 1, 1);

pub const DAYS: [(Day, &str); 7] = [
    (Day::Sun, "sunday"),
    (Day::Mon, "monday"),
    (Day::Tue, "tuesday"),
    (Day::Wed, "wednesday"),
    (Day::Thu, "thursday"),
    (Day::Fri, "friday"),
    (Day::Sat, "saturday"),
];

pub fn closed() -> Weekly {
    let mut weekly = Weekly::default();
    weekly.complete();
    weekly
}

/// What a frame that is always active says in hours.
pub fn open() -> Weekly {
    Weekly {
        days: Day::ALL.into_iter().map(|name| (name, vec![Window::DAY])).collect(),
        term: Term::default(),
    }
}

/// The same without what goes without saying.
pub fn plain(Term { first_day, last_day, every }: Term) -> Term {
    repeat::term(first_day.map(|day| day.0), last_day, every, Some(ALWAYS))
}

/// From which week on, until which, and every how many. Hours of some months are not understood (FACTS stratus/frames-21).
fn term(entry: &Entry) -> Option<Term> {
    let repeat = repeat(entry);
    let every = match &*repeat.kind {
        "" | "weekly" => None,
        "custom" if repeat.interval == "weeks" => Some(Every { count: repeat.count()?, unit: Unit::Weeks }),
        _ => return None,
    };
    let begin = text(entry, BEGIN);
    let begin = if begin.is_empty() { None } else { Some(date(&begin)?) };
    Some(repeat::term(begin, repeat.last_day()?, every, Some(ALWAYS)))
}

pub fn weekly(entry: &Entry) -> Scalar<Weekly> {
    let mut weekly = closed();
    let Some(term) = term(entry) else { return Scalar::Strange(recurs(entry)) };
    weekly.term = term;
    for (day, name) in DAYS {
        for n in 1..=2 {
            let begin = text(entry, &format!("timeframe-weekly-{name}-begin-time-{n}"));
            let end = text(entry, &format!("timeframe-weekly-{name}-end-time-{n}"));
            if begin.is_empty() && end.is_empty() {
                continue;
            }
            let (Some(begin), Some(end)) = (time(&begin), end_time(&end)) else {
                return Scalar::Strange(format!("{begin} to {end}"));
            };
            weekly.days.entry(day).or_default().push(Window { begin, end });
        }
    }
    weekly.complete();
    Scalar::Known(weekly)
}

/// The entry for these hours. A week that has always been begins as `known` says it.
pub fn entry(weekly: &Weekly, known: Option<&Entry>) -> Entry {
    let mut entry = Entry::new();
    for (day, name) in DAYS {
        let windows = weekly.days.get(&day).map(Vec::as_slice).unwrap_or_default();
        for n in 1..=2_usize {
            let window = windows.get(n - 1);
            let (begin, end) = window.map(|w| (hhmm(w.begin), hhmm(w.end))).unwrap_or_default();
            entry.insert(format!("timeframe-weekly-{name}-begin-time-{n}"), begin.into());
            entry.insert(format!("timeframe-weekly-{name}-end-time-{n}"), end.into());
        }
    }
    let Term { first_day, last_day, every } = weekly.term;
    match every {
        None => recurrence(&mut entry, "weekly", last_day),
        Some(Every { count, .. }) => {
            recurrence(&mut entry, "custom", last_day);
            interval(&mut entry, "weeks", count, "");
        }
    }
    let same = known.filter(|it| term(it) == Some(weekly.term));
    let begin = same
        .and_then(|it| it.get(BEGIN))
        .map(|begin| written(BEGIN, begin))
        .unwrap_or_else(|| compact(first_day.map_or(ALWAYS, |day| day.0)).into());
    entry.insert(BEGIN.into(), begin);
    entry
}
