//! Windows of time by the clock on the wall: usual hours of each weekday, and the days that are otherwise.

use crate::{flow::Seconds, text::count};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use std::{collections::BTreeMap, ops::Range};

/// Minutes of a day on the wall: in order, without touching each other.
pub type Day = Vec<Range<u16>>;

/// The days that are looked at, each with its part of some windows. Of the first and the last one only a part may be looked at:
/// what is so where that part begins or ends counts as so on the rest of that day.
pub struct Days {
    pub all: BTreeMap<Date, Day>,
    /// Those of which only a part is looked at, and which part.
    parts: BTreeMap<Date, Range<u16>>,
}

const WHOLE: u16 = 24 * 60;

/// Of more days than this only so many are named.
const NAMED: usize = 3;

/// A weekday has usual hours if as many of its days in a hundred have them.
const USUAL: usize = 60;

pub const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Days on which it is otherwise.
pub fn exceptions(dates: &[Date]) -> Option<String> {
    Some(match dates {
        [] => return None,
        [date] => date.to_string(),
        [one, other] => format!("{one} and {other}"),
        [first, ..] => format!("{first} and {}", count(dates.len() - 1, "other day")),
    })
}

/// By the clock on the wall.
pub fn by_clock(days: &Days) -> String {
    let week: Vec<Option<Day>> = WEEK.iter().map(|weekday| usual(days, *weekday)).collect();
    // A weekday without usual hours is told day by day.
    let usual: Vec<Day> = week.into_iter().map(Option::unwrap_or_default).collect();
    let is_other = |date: &Date, day: &Day| match days.parts.get(date) {
        Some(part) => clipped(day, part) != clipped(&usual[at(*date)], part),
        None => *day != usual[at(*date)],
    };
    let others: Vec<(Date, &Day)> =
        days.all.iter().filter(|(date, day)| is_other(date, day)).map(|(date, day)| (*date, day)).collect();
    if usual.iter().all(Vec::is_empty) {
        return dated(&others, &days.parts);
    }
    let said = usual_words(&usual);
    let dates: Vec<Date> = others.iter().map(|(date, _)| *date).collect();
    let Some(exceptions) = exceptions(&dates) else { return said };
    if said.is_empty() {
        return format!("on all days but {exceptions}");
    }
    format!("{said} (otherwise on {exceptions})")
}

/// A week with usual hours: what is shorter, when it is or when it is not.
fn usual_words(usual: &[Day]) -> String {
    if usual.iter().all(is_whole) {
        return String::new();
    }
    let inside = week_words(usual);
    let outside = week_words(&usual.iter().map(complement).collect::<Vec<_>>());
    if outside.len() < inside.len() {
        format!("outside {}", outside.join(" and "))
    } else if inside.first().is_some_and(|it| it.starts_with("every")) {
        inside.join(" and ")
    } else {
        format!("on {}", inside.join(" and "))
    }
}

fn at(date: Date) -> usize {
    usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())
}

fn is_whole(day: &Day) -> bool {
    matches!(day.as_slice(), [one] if *one == (0..WHOLE))
}

/// Each day that is looked at, with its part of the windows.
pub fn days(windows: &[Range<Seconds>], within: &Range<Seconds>, zone: &TimeZone) -> Option<Days> {
    let wall = |at: Seconds| Some(zone.to_datetime(Timestamp::from_second(at).ok()?));
    let minute = |time: jiff::civil::Time| {
        u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
    };
    let (first, last) = (wall(within.start)?, wall(within.end)?);
    let mut days = Days { all: BTreeMap::new(), parts: BTreeMap::new() };
    let mut date = first.date();
    while date <= last.date() {
        let from = if date == first.date() { minute(first.time()) } else { 0 };
        let to = if date == last.date() { minute(last.time()) } else { WHOLE };
        if from < to {
            days.all.insert(date, Day::new());
            if to - from < WHOLE {
                days.parts.insert(date, from..to);
            }
        }
        date = date.tomorrow().ok()?;
    }
    for window in windows {
        let (start, end) = (wall(window.start)?, wall(window.end)?);
        let mut date = start.date();
        while date <= end.date() {
            let from = if date == start.date() { minute(start.time()) } else { 0 };
            let to = if date == end.date() { minute(end.time()) } else { WHOLE };
            if from < to
                && let Some(day) = days.all.get_mut(&date)
            {
                match day.last_mut() {
                    Some(before) if from <= before.end => before.end = before.end.max(to),
                    _ => day.push(from..to),
                }
            }
            date = date.tomorrow().ok()?;
        }
    }
    for (date, part) in &days.parts {
        let Some(day) = days.all.get_mut(date) else { continue };
        if let Some(first) = day.first_mut().filter(|it| it.start <= part.start) {
            first.start = 0;
        }
        if let Some(last) = day.last_mut().filter(|it| it.end >= part.end) {
            last.end = WHOLE;
        }
    }
    Some(days)
}

/// What is in a part of a day.
fn clipped(day: &Day, part: &Range<u16>) -> Day {
    let each = day.iter().map(|it| it.start.max(part.start)..it.end.min(part.end));
    each.filter(|it| it.start < it.end).collect()
}

/// What most days of a weekday have.
fn usual(days: &Days, weekday: Weekday) -> Option<Day> {
    let is_own = |date: &Date| date.weekday() == weekday && !days.parts.contains_key(date);
    let own: Vec<&Day> = days.all.iter().filter(|(date, _)| is_own(date)).map(|(_, it)| it).collect();
    let mut counted: BTreeMap<Vec<(u16, u16)>, (usize, &Day)> = BTreeMap::new();
    for day in &own {
        let key = day.iter().map(|it| (it.start, it.end)).collect();
        counted.entry(key).or_insert((0, day)).0 += 1;
    }
    let (most, day) = counted.into_values().max_by_key(|(count, _)| *count)?;
    (most * 100 >= own.len() * USUAL && own.len() > 3).then(|| day.clone())
}

fn complement(day: &Day) -> Day {
    let mut out = Day::new();
    let mut from = 0;
    for part in day {
        if from < part.start {
            out.push(from..part.start);
        }
        from = part.end;
    }
    if from < WHOLE {
        out.push(from..WHOLE);
    }
    out
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn hours(day: &Day) -> String {
    if is_whole(day) {
        return String::new();
    }
    let each: Vec<String> = day.iter().map(|it| format!("{}-{}", clock(it.start), clock(it.end))).collect();
    format!(" {}", each.join(" and "))
}

/// A week, each run of weekdays with the same hours once: "Monday to Friday 08:00-17:00".
fn week_words(week: &[Day]) -> Vec<String> {
    let mut said: Vec<(Vec<usize>, &Day)> = Vec::new();
    for (at, day) in week.iter().enumerate().filter(|(_, day)| !day.is_empty()) {
        match said.iter_mut().find(|(_, it)| *it == day) {
            Some((days, _)) => days.push(at),
            None => said.push((vec![at], day)),
        }
    }
    let run = |days: &[usize]| -> String {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for day in days {
            match runs.last_mut() {
                Some(last) if last.end == *day => last.end = day + 1,
                _ => runs.push(*day..day + 1),
            }
        }
        let named = runs.into_iter().map(|run| match run.len() {
            1 => format!("{}s", NAMES[run.start]),
            2 => format!("{}s and {}s", NAMES[run.start], NAMES[run.end - 1]),
            _ => format!("{} to {}", NAMES[run.start], NAMES[run.end - 1]),
        });
        named.collect::<Vec<_>>().join(", ")
    };
    let words = said.into_iter().map(|(days, day)| match days.len() {
        7 => format!("every day{}", hours(day)),
        _ => format!("{}{}", run(&days), hours(day)),
    });
    words.collect()
}

/// The hours of a day of which only a part is looked at: what begins or ends with that part may do so on any day.
fn hours_of_part(day: &Day, part: &Range<u16>) -> String {
    // Nobody has looked at how the last day goes on.
    if is_whole(day) && part.end == WHOLE {
        return String::new();
    }
    let each =
        day.iter().map(|it| match (it.start == 0 && part.start > 0, it.end == WHOLE && part.end < WHOLE) {
            (true, _) => format!("until {}", clock(it.end)),
            (_, true) => format!("from {}", clock(it.start)),
            _ => format!("{}-{}", clock(it.start), clock(it.end)),
        });
    format!(" {}", each.collect::<Vec<_>>().join(" and "))
}

/// Days by themselves, those in a row together.
fn dated(days: &[(Date, &Day)], parts: &BTreeMap<Date, Range<u16>>) -> String {
    let mut runs: Vec<(Date, Date, &Day)> = Vec::new();
    for (date, day) in days {
        match runs.last_mut() {
            Some((_, last, it))
                if is_whole(day) && it == day && last.checked_add(1.day()).ok() == Some(*date) =>
            {
                *last = *date;
            }
            _ => runs.push((*date, *date, day)),
        }
    }
    let all = runs.len();
    let said: Vec<String> = runs
        .iter()
        .take(NAMED)
        .map(|(first, last, day)| match first == last {
            true => match parts.get(first) {
                Some(part) => format!("on {first}{}", hours_of_part(day, part)),
                None => format!("on {first}{}", hours(day)),
            },
            false => format!("from {first} to {last}"),
        })
        .collect();
    let said = said.join(", ");
    match all.saturating_sub(NAMED) {
        0 => said,
        more => format!("{said} and on {}", count(more, "other day")),
    }
}
