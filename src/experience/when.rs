//! Windows of time as people say them: "on Saturdays 09:00-12:00", "outside Monday to Friday 08:00-17:00".

use super::clock::{by_clock, days, exceptions};
use crate::flow::{
    Seconds,
    spans::{both, joined, length, outside, overlap},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    ops::Range,
};

/// What is in both of two schedules, by their places.
type Shared = (usize, usize, Vec<Range<Seconds>>);

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
        let said = match self.said_of(&whole) {
            said if said.is_empty() => self.said_at_times(&whole),
            said => said,
        };
        self.said.borrow_mut().insert(whole, said.clone());
        said
    }

    /// What the clock on the wall cannot tell, such as a part of the hour that comes twice: it is not always so.
    fn said_at_times(&self, whole: &[Range<Seconds>]) -> String {
        let near = both(whole, std::slice::from_ref(&self.within));
        let off = outside(&near, &self.within);
        let is_most = length(&near) > length(&off);
        let date =
            |it: &Range<Seconds>| Some(self.zone.to_datetime(Timestamp::from_second(it.start).ok()?).date());
        let mut dates: Vec<Date> = if is_most { &off } else { &near }.iter().filter_map(date).collect();
        dates.dedup();
        match exceptions(&dates) {
            Some(dates) if is_most => format!("on all days but {dates}"),
            Some(dates) => format!("on {dates}"),
            None => String::new(),
        }
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
        let said = self.said_of_days(whole, first.start, last.end).unwrap_or_default();
        let is_unclear = said.len() > FEW || said.contains('(') || said.contains("other day");
        let by_date = [format!("on {begin}"), from.clone()];
        match said.as_str() {
            "" => from,
            _ if is_unclear => format!("at times {from}"),
            _ if by_date.iter().any(|it| said.starts_with(it)) => said,
            _ => format!("{from}, {said},"),
        }
    }

    /// By whole days, up to the end of the last one.
    fn said_of_days(&self, whole: &[Range<Seconds>], first: Seconds, last: Seconds) -> Option<String> {
        let midnight = |at: Seconds| {
            let date = self.zone.to_datetime(Timestamp::from_second(at).ok()?).date();
            Some(self.zone.to_timestamp(date.at(0, 0, 0, 0)).ok()?.as_second())
        };
        let begin = midnight(first)?;
        let mut days = days(whole, &(begin..midnight(last + 24 * 3600)?), &self.zone)?;
        // What begins in the middle of a day, and then goes on, is no day's own hours.
        if begin < first && days.all.len() > 14 {
            days.all.pop_first();
        }
        Some(by_clock(&days))
    }

    fn said_of_near(&self, whole: &[Range<Seconds>]) -> String {
        let by_clock = days(whole, &self.within, &self.zone).map_or(String::new(), |it| by_clock(&it));
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
            days.all.into_iter().filter(|(_, day)| !day.is_empty()).map(|(date, _)| date).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experience::clock::WEEK;
    use jiff::{
        ToSpan,
        civil::{DateTime, Weekday, date},
    };

    /// From the first of December on, by the clock of Chicago: its changes are in March and November.
    fn look() -> (TimeZone, Range<Seconds>) {
        let zone = TimeZone::get("America/Chicago").unwrap_or(TimeZone::UTC);
        let at = instant(&zone, date(2026, 12, 1).at(12, 0, 0, 0));
        (zone, at..at + 373 * 86_400)
    }

    fn instant(zone: &TimeZone, at: DateTime) -> Seconds {
        zone.to_timestamp(at).map_or(0, |it| it.as_second())
    }

    /// One stretch.
    fn only(span: Range<Seconds>) -> Vec<Range<Seconds>> {
        std::iter::once(span).collect()
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
        let from = |day: Date, hour: i8| instant(&zone, day.at(hour, 0, 0, 0));
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
            // The day of the plan, and the last one that it looks at: a part of each is looked at.
            (only(from(date(2026, 12, 1), 12)..from(date(2026, 12, 2), 0)), "on 2026-12-01"),
            (only(from(date(2026, 12, 1), 12)..from(date(2026, 12, 1), 23)), "on 2026-12-01 until 23:00"),
            (only(from(date(2026, 12, 1), 18)..from(date(2026, 12, 2), 0)), "on 2026-12-01 18:00-24:00"),
            (only(from(date(2026, 12, 1), 12)..from(date(2026, 12, 3), 0)), "from 2026-12-01 to 2026-12-02"),
            (
                vec![from(date(2026, 12, 1), 12)..from(date(2026, 12, 2), 0), day(5, 31)],
                "on 2026-12-01, on 2027-05-31",
            ),
            (only(from(date(2026, 12, 2), 0)..within.end), "on all days but 2026-12-01"),
            (only(from(date(2027, 12, 9), 0)..within.end), "on 2027-12-09 from 00:00"),
            (only(from(date(2027, 12, 9), 8)..within.end), "on 2027-12-09 from 08:00"),
            (only(within.start..from(date(2027, 12, 9), 0)), "on all days but 2027-12-09"),
            (
                [only(from(date(2026, 12, 1), 18)..from(date(2026, 12, 2), 0)), weekly(&[Saturday], 9, 12)]
                    .concat(),
                "on Saturdays 09:00-12:00 (otherwise on 2026-12-01)",
            ),
            // The hour that comes twice.
            (
                only(from(date(2027, 11, 7), 2) - 3000..from(date(2027, 11, 7), 2) - 2400),
                "on 2027-11-07 01:10-01:20",
            ),
            (only(from(date(2027, 11, 7), 1) + 3000..from(date(2027, 11, 7), 1) + 4200), "on 2027-11-07"),
            (
                vec![
                    within.start..from(date(2027, 11, 7), 1) + 3000,
                    from(date(2027, 11, 7), 1) + 4200..within.end,
                ],
                "on all days but 2027-11-07",
            ),
        ];
        for (windows, said) in cases {
            assert_eq!(calendar.words(&windows), said);
        }
    }

    /// A sentence without a time is about every time: only what is always so has none.
    #[test]
    fn only_what_is_always_so_has_no_time() {
        let (zone, within) = look();
        let calendar = Calendar::new(zone, within.clone(), Vec::new());
        let mut state: u64 = 7;
        let mut dice = |of: Seconds| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from(state >> 33).unwrap_or_default() % of
        };
        let minutes = (within.end - within.start) / 60;
        for _ in 0..2000 {
            // Near an edge, or anywhere; long or short.
            let mut edges: Vec<Seconds> = (0..2 * (1 + dice(3)))
                .map(|_| match dice(4) {
                    0 => dice(2) * minutes,
                    1 => dice(1440),
                    2 => minutes - dice(1440),
                    _ => dice(minutes),
                })
                .collect();
            edges.sort_unstable();
            let spans = edges.chunks_exact(2).map(|it| within.start + it[0] * 60..within.start + it[1] * 60);
            let windows = joined(spans.filter(|it| it.start < it.end).collect());
            if !windows.is_empty() {
                let is_always = windows == only(within.clone());
                assert_eq!(calendar.words(&windows).is_empty(), is_always, "{windows:?}");
            }
        }
    }
}
