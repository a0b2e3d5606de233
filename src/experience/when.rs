//! Windows of time as people say them: "on Saturdays 09:00-12:00", "outside Monday to Friday 08:00-17:00".

use crate::{
    flow::{
        Seconds,
        spans::{both, joined, length, outside, overlap},
    },
    text::count,
};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeMap, HashMap},
    ops::Range,
};

/// What is in both of two schedules, by their places.
type Shared = (usize, usize, Vec<Range<Seconds>>);

/// Minutes of a day on the wall: in order, without touching each other.
type Day = Vec<Range<u16>>;

const WHOLE: u16 = 24 * 60;

/// Of more days than this only so many are named.
const NAMED: usize = 3;

/// A weekday has usual hours if as many of its days in a hundred have them.
const USUAL: usize = 60;

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// By what people at a tenant tell time: the clock on the wall, and the schedules that they know by name.
pub struct Calendar {
    zone: TimeZone,
    within: Range<Seconds>,
    /// Those that are the same before and after, with the stretches in which each is in force.
    named: Vec<(String, Vec<Range<Seconds>>)>,
    /// What was said of windows already: many calls differ in the same.
    said: RefCell<HashMap<Vec<Range<Seconds>>, String>>,
    /// Each two of them, by their places, and what is in both.
    together: OnceCell<Vec<Shared>>,
}

/// Of more schedules than this no two are tried together.
const TOGETHER: usize = 12;

/// Windows that are further apart, beyond a year, are told by the first day alone.
const LATER: Seconds = 2 * 373 * 24 * 3600;

/// Words of more letters than this are many.
const FEW: usize = 48;

impl Calendar {
    pub fn new(zone: TimeZone, within: Range<Seconds>, named: Vec<(String, Vec<Range<Seconds>>)>) -> Self {
        let clipped = |spans: Vec<Range<Seconds>>| {
            let each = spans.into_iter().map(|it| it.start.max(within.start)..it.end.min(within.end));
            joined(each.filter(|it| it.start < it.end).collect())
        };
        let named = named.into_iter().map(|(name, spans)| (name, clipped(spans)));
        let named = named.filter(|(_, spans)| !spans.is_empty()).collect();
        Self { zone, within, named, said: RefCell::default(), together: OnceCell::new() }
    }

    pub fn within(&self) -> &Range<Seconds> {
        &self.within
    }

    /// When some windows are. Empty: always.
    pub fn words(&self, windows: &[Range<Seconds>]) -> String {
        let whole = joined(windows.to_vec());
        if whole.len() == 1 && whole[0].start <= self.within.start && whole[0].end >= self.within.end {
            return String::new();
        }
        if let Some(said) = self.said.borrow().get(&whole) {
            return said.clone();
        }
        let said = self.said_of(&whole);
        self.said.borrow_mut().insert(whole, said.clone());
        said
    }

    fn said_of(&self, whole: &[Range<Seconds>]) -> String {
        let (near, later) = whole.split_at(whole.partition_point(|it| it.start < self.within.end));
        match (near, later) {
            (near, []) => self.said_of_near(near),
            ([], later) => self.said_of_later(later),
            (near, later) => match self.said_of_near(near) {
                always if always.is_empty() => always,
                near => format!("{near} and {}", self.said_of_later(later)),
            },
        }
    }

    /// What comes after the time that is looked at as a whole: from which day on.
    fn said_of_later(&self, whole: &[Range<Seconds>]) -> String {
        let (Some(first), Some(last)) = (whole.first(), whole.last()) else { return String::new() };
        let Ok(begin) = Timestamp::from_second(first.start) else { return String::new() };
        let begin = self.zone.to_datetime(begin).date();
        let from = format!("from {begin}");
        if last.end - first.start > LATER {
            return format!("at times {from}");
        }
        // Up to the end of its last day.
        let said = by_clock(whole, &(first.start..last.end + 24 * 3600), &self.zone);
        let is_unclear = said.len() > FEW || said.contains('(') || said.contains("other day");
        let by_date = [format!("on {begin}"), from.clone()];
        match said.as_str() {
            "" => from,
            _ if is_unclear => format!("at times {from}"),
            _ if by_date.iter().any(|it| said.starts_with(it)) => said,
            _ => format!("{from}, {said},"),
        }
    }

    fn said_of_near(&self, whole: &[Range<Seconds>]) -> String {
        let by_clock = by_clock(whole, &self.within, &self.zone);
        if by_clock.len() <= FEW && !by_clock.contains('(') && !by_clock.contains("other day") {
            return by_clock;
        }
        self.by_name(whole).filter(|it| it.len() < by_clock.len()).unwrap_or(by_clock)
    }

    /// In the names of schedules: those that fit best, and the days on which they do not.
    fn by_name(&self, whole: &[Range<Seconds>]) -> Option<String> {
        let clipped = both(whole, std::slice::from_ref(&self.within));
        let all = length(&clipped);
        let mut best: Option<(Seconds, Fit)> = None;
        // How long some stretches are, and how much of that is in the windows.
        let mut offer = |(spans, shared): (Seconds, Seconds), fit: Fit| {
            let off = spans + all - 2 * shared;
            if best.is_none_or(|(least, _)| off < least) {
                best = Some((off, fit));
            }
        };
        let total = self.within.end - self.within.start;
        let own: Vec<(Seconds, Seconds)> =
            self.named.iter().map(|(_, spans)| (length(spans), overlap(spans, &clipped))).collect();
        for (at, (spans, shared)) in own.iter().enumerate() {
            offer((*spans, *shared), Fit { one: at, other: None, how: How::During });
            offer((total - spans, all - shared), Fit { one: at, other: None, how: How::Outside });
        }
        for (one, other, spans) in self.together() {
            let ((a, in_a), (b, in_b)) = (own[*one], own[*other]);
            let (shared, in_shared) = (length(spans), overlap(spans, &clipped));
            let mut offer = |lengths, how| offer(lengths, Fit { one: *one, other: Some(*other), how });
            offer((a - shared, in_a - in_shared), How::DuringOutside);
            offer((b - shared, in_b - in_shared), How::OutsideDuring);
            offer((shared, in_shared), How::During);
            offer((total - a - b + shared, all - in_a - in_b + in_shared), How::Outside);
            offer((a + b - shared, in_a + in_b - in_shared), How::DuringEither);
        }
        let (least, fit) = best?;
        // One hour in twenty that does not fit is an exception, and more is something else.
        if least * 20 > length(whole) {
            return None;
        }
        let not = |spans: &[Range<Seconds>]| outside(spans, &self.within);
        let (spans, said) = self.fit(fit);
        let off = joined([both(&spans, &not(whole)), both(&not(&spans), whole)].concat());
        let days = days(&off, &self.within, &self.zone)?;
        let dates: Vec<Date> =
            days.into_iter().filter(|(_, day)| !day.is_empty()).map(|(date, _)| date).collect();
        Some(match exceptions(&dates) {
            None => said,
            Some(exceptions) => format!("{said} (otherwise on {exceptions})"),
        })
    }

    /// What is in each two of the schedules.
    fn together(&self) -> &[Shared] {
        self.together.get_or_init(|| {
            let count = if self.named.len() <= TOGETHER { self.named.len() } else { 0 };
            let pairs = (0..count).flat_map(|one| (one + 1..count).map(move |other| (one, other)));
            pairs.map(|(one, other)| (one, other, both(&self.named[one].1, &self.named[other].1))).collect()
        })
    }

    /// Its stretches, and how it is said.
    fn fit(&self, fit: Fit) -> (Vec<Range<Seconds>>, String) {
        let not = |spans: &[Range<Seconds>]| outside(spans, &self.within);
        let (one, spans) = &self.named[fit.one];
        let Some((other, others)) = fit.other.map(|it| &self.named[it]) else {
            return match fit.how {
                How::Outside => (not(spans), format!("outside {one}")),
                _ => (spans.clone(), format!("during {one}")),
            };
        };
        match fit.how {
            How::During => (both(spans, others), format!("during {one} and {other}")),
            How::Outside => (both(&not(spans), &not(others)), format!("outside {one} and {other}")),
            How::DuringOutside => (both(spans, &not(others)), format!("during {one}, outside {other}")),
            How::OutsideDuring => (both(&not(spans), others), format!("during {other}, outside {one}")),
            How::DuringEither => {
                (joined([spans.clone(), others.clone()].concat()), format!("during {one} or {other}"))
            }
        }
    }
}

/// Schedules that windows may be told by, by their places.
#[derive(Clone, Copy)]
struct Fit {
    one: usize,
    other: Option<usize>,
    how: How,
}

#[derive(Clone, Copy)]
enum How {
    /// In it, or in both.
    During,
    /// In it not, or in neither.
    Outside,
    /// In the first and not in the second.
    DuringOutside,
    /// In the second and not in the first.
    OutsideDuring,
    DuringEither,
}

/// Days on which it is otherwise.
fn exceptions(dates: &[Date]) -> Option<String> {
    Some(match dates {
        [] => return None,
        [date] => date.to_string(),
        [one, other] => format!("{one} and {other}"),
        [first, ..] => format!("{first} and {}", count(dates.len() - 1, "other day")),
    })
}

/// By the clock on the wall.
fn by_clock(whole: &[Range<Seconds>], within: &Range<Seconds>, zone: &TimeZone) -> String {
    let Some(days) = days(whole, within, zone) else { return String::new() };
    let week: Vec<Option<Day>> = WEEK.iter().map(|weekday| usual(&days, *weekday)).collect();
    // A weekday without usual hours is told day by day.
    let usual: Vec<Day> = week.into_iter().map(Option::unwrap_or_default).collect();
    let is_other = |date: &Date, day: &Day| *day != usual[at(*date)];
    let others: Vec<(Date, &Day)> =
        days.iter().filter(|(date, day)| is_other(date, day)).map(|(date, day)| (*date, day)).collect();
    if usual.iter().all(Vec::is_empty) {
        return dated(&others);
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

/// Each day that is looked at as a whole, with its part of the windows.
fn days(windows: &[Range<Seconds>], within: &Range<Seconds>, zone: &TimeZone) -> Option<BTreeMap<Date, Day>> {
    let wall = |at: Seconds| Some(zone.to_datetime(Timestamp::from_second(at).ok()?));
    let (first, last) = (wall(within.start)?, wall(within.end)?);
    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    let mut date = first.date();
    while date < last.date() {
        days.insert(date, Day::new());
        date = date.tomorrow().ok()?;
    }
    for window in windows {
        let (start, end) = (wall(window.start)?, wall(window.end)?);
        let minute = |time: jiff::civil::Time| {
            u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
        };
        let mut date = start.date();
        while date <= end.date() {
            let from = if date == start.date() { minute(start.time()) } else { 0 };
            let to = if date == end.date() { minute(end.time()) } else { WHOLE };
            if from < to
                && let Some(day) = days.get_mut(&date)
            {
                match day.last_mut() {
                    Some(before) if from <= before.end => before.end = before.end.max(to),
                    _ => day.push(from..to),
                }
            }
            date = date.tomorrow().ok()?;
        }
    }
    // What had begun when the look began is no day's own hours.
    if first.time() != jiff::civil::Time::midnight() && days.len() > 14 {
        days.remove(&first.date());
    }
    Some(days)
}

/// What most days of a weekday have.
fn usual(days: &BTreeMap<Date, Day>, weekday: Weekday) -> Option<Day> {
    let own: Vec<&Day> =
        days.iter().filter(|(date, _)| date.weekday() == weekday).map(|(_, it)| it).collect();
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

/// Days by themselves, those in a row together.
fn dated(days: &[(Date, &Day)]) -> String {
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
            true => format!("on {first}{}", hours(day)),
            false => format!("from {first} to {last}"),
        })
        .collect();
    let said = said.join(", ");
    match all.saturating_sub(NAMED) {
        0 => said,
        more => format!("{said} and on {}", count(more, "other day")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{DateTime, date};

    /// From the first of December on, by the clock of Chicago: its changes are in March and November.
    fn look() -> (TimeZone, Range<Seconds>) {
        let zone = TimeZone::get("America/Chicago").unwrap_or(TimeZone::UTC);
        let at = instant(&zone, date(2026, 12, 1).at(12, 0, 0, 0));
        (zone, at..at + 373 * 86_400)
    }

    fn instant(zone: &TimeZone, at: DateTime) -> Seconds {
        zone.to_timestamp(at).map_or(0, |it| it.as_second())
    }

    /// Each day of some weekdays of the look, from one hour to another.
    fn weekly(days: &[Weekday], from: i8, to: i8) -> Vec<Range<Seconds>> {
        let (zone, within) = look();
        let first = date(2026, 11, 30);
        let dates = first.series(1.day()).take(375).filter(|it| days.contains(&it.weekday()));
        let spans = dates.map(|it| instant(&zone, it.at(from, 0, 0, 0))..instant(&zone, it.at(to, 0, 0, 0)));
        let clipped = spans.map(|it| it.start.max(within.start)..it.end.min(within.end));
        clipped.filter(|it| it.start < it.end).collect()
    }

    /// People read when something is so as they would say it, over the change of the clock too.
    #[test]
    fn windows_are_told_as_people_tell_them() {
        use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
        let (zone, within) = look();
        let workdays = [Monday, Tuesday, Wednesday, Thursday, Friday];
        let office = weekly(&workdays, 8, 17);
        let day = |month: i8, day: i8| {
            let it = date(2027, month, day);
            let next = it.tomorrow().unwrap_or(it);
            instant(&zone, it.at(0, 0, 0, 0))..instant(&zone, next.at(0, 0, 0, 0))
        };
        let holidays = vec![day(5, 31), day(7, 4), day(9, 6)];
        let named = vec![("office".to_owned(), office.clone()), ("holidays".to_owned(), holidays.clone())];
        let calendar = Calendar::new(zone.clone(), within.clone(), named);
        let clipped = calendar.named[0].1.clone();
        let cases: Vec<(Vec<Range<Seconds>>, &str)> = vec![
            (vec![within.clone()], ""),
            (weekly(&[Saturday], 9, 12), "on Saturdays 09:00-12:00"),
            (weekly(&[Saturday, Sunday], 9, 12), "on Saturdays and Sundays 09:00-12:00"),
            (clipped.clone(), "on Monday to Friday 08:00-17:00"),
            (outside(&clipped, &within), "outside Monday to Friday 08:00-17:00"),
            (weekly(&WEEK, 12, 13), "every day 12:00-13:00"),
            (
                [weekly(&[Monday], 8, 12), weekly(&[Friday], 9, 10)].concat(),
                "on Mondays 08:00-12:00 and Fridays 09:00-10:00",
            ),
            (vec![day(5, 31)], "on 2027-05-31"),
            (vec![day(5, 30), day(5, 31), day(6, 1)], "from 2027-05-30 to 2027-06-01"),
            (both(&clipped, &outside(&holidays, &within)), "during office, outside holidays"),
            (both(&outside(&clipped, &within), &outside(&holidays, &within)), "outside office and holidays"),
        ];
        for (windows, said) in cases {
            assert_eq!(calendar.words(&windows), said);
        }
    }
}
