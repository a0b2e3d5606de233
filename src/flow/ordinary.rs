//! Which instants people mean by "in hours", "out of hours" and "the next holiday" of a place that is called: from the schedules
//! on the paths of such a call, and from nothing else.
//!
//! - A *holiday* is a stretch of a schedule's dates (`dates`, `yearly`, `easter`) of a whole day to two weeks.
//! - Which schedules are in force makes the state of an instant. *In hours* is the state in which the coming ten workdays have
//!   most of Monday to Friday, 9:00 to 17:00, holidays apart; *out of hours* is the state of most of all other time of them.

use super::{
    network::{Network, ScheduleId, ScheduleState, Target},
    point::Points,
    spans::{Seconds, joined},
};
use jiff::{
    Span, Timestamp,
    civil::{Date, Time, Weekday, time},
    tz::TimeZone,
};
use std::{collections::BTreeMap, ops::Range};

const HOUR: Seconds = 3600;
const DAY: Seconds = 24 * HOUR;
/// Whose hours are looked at, holidays apart, and within which time.
const WORKDAYS: usize = 10;
const SIX_WEEKS: Seconds = 42 * DAY;
/// How far ahead holidays are looked for.
const YEAR: Seconds = 366 * DAY;
/// A holiday lasts as long: a day may lose an hour, and what goes on for longer is a season.
const HOLIDAY: Range<Seconds> = 23 * HOUR..14 * DAY + HOUR + 1;
/// When people are in, and when they have gone home.
const IN: Time = time(10, 0, 0, 0);
const GONE: Time = time(20, 0, 0, 0);

/// Instants of one place.
#[derive(Debug, Clone)]
pub struct Ordinary {
    /// The clock by which they are meant: the tenant's, else that of the first schedule with hours.
    pub zone: TimeZone,
    pub open: Seconds,
    /// None: nothing on its paths goes by the hours of a week.
    pub closed: Option<Seconds>,
    pub holiday: Holiday,
    /// Schedules on its paths of which nobody knows the hours.
    pub unknown: Vec<String>,
}

/// The next holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holiday {
    /// No schedule on its paths has any within a year.
    None,
    At(Seconds),
    /// It may be one of the provider's own calendar, which alone knows the day.
    Unknown,
}

/// The schedules in force, in order.
type State = Vec<ScheduleId>;

impl Network {
    /// How far a network has to see for [`Network::ordinary`].
    pub fn year(from: Seconds) -> Range<Seconds> {
        from - 2 * DAY..from + YEAR + 2 * DAY
    }

    /// The instants that people mean. `zone` is the tenant's, if it has one.
    pub fn ordinary(&self, to: Target, zone: Option<&TimeZone>, from: Seconds) -> Ordinary {
        let paths = Paths::new(self, to);
        let zone = zone.cloned().or_else(|| paths.zone()).unwrap_or(TimeZone::UTC);
        let until = from.saturating_add(SIX_WEEKS).min(self.horizon.near.end).max(from);
        let hours =
            |date: Date| instant(&zone, date, time(9, 0, 0, 0))..instant(&zone, date, time(17, 0, 0, 0));
        let is_usual = |it: &Range<Seconds>| covered(&paths.holidays, it) < it.end - it.start;
        let workdays: Vec<Date> =
            dates(&zone, from..until).into_iter().filter(|it| is_workday(*it)).collect();
        let workdays: Vec<Date> =
            workdays.into_iter().filter(|it| is_usual(&hours(*it))).take(WORKDAYS).collect();
        let office: Vec<_> = workdays.iter().map(|it| hours(*it)).collect();
        let midnight = |date: &Date| instant(&zone, date.tomorrow().unwrap_or(*date), Time::midnight());
        let until = workdays.last().map_or(until, |last| midnight(last).clamp(from, until));
        let windows = paths.windows(self.windows(to, from..until));
        let open = heaviest(&windows, None, |window| {
            covered(&office, window) - covered_in(&office, &paths.holidays, window)
        });
        let at = |state: &State, clock: Time, within: &[Range<Seconds>]| {
            let usual = workdays.iter().map(|date| instant(&zone, *date, clock));
            let fits = |at: &Seconds| {
                *at >= from && *at < until && !paths.is_holiday(*at) && paths.state(*at) == *state
            };
            let first = usual.into_iter().find(fits);
            first.or_else(|| middle(&windows, state, within, &paths.holidays))
        };
        let everything = from..until;
        let open_at = open.as_ref().and_then(|open| at(open, IN, &office)).unwrap_or(from);
        let closed = heaviest(&windows, open.as_ref(), |window| {
            window.end - window.start - covered(&paths.holidays, window)
        });
        let closed = closed.and_then(|closed| at(&closed, GONE, std::slice::from_ref(&everything)));
        let holiday = paths.next_holiday(&zone, from, open_at);
        Ordinary { open: open_at, closed, holiday, unknown: paths.unknown(), zone }
    }
}

/// What the paths of a call depend on.
struct Paths<'a> {
    network: &'a Network,
    schedules: Vec<ScheduleId>,
    /// In order; they may overlap.
    holidays: Vec<Range<Seconds>>,
}

impl<'a> Paths<'a> {
    fn new(network: &'a Network, to: Target) -> Self {
        let schedules: Vec<ScheduleId> = network.reach(to).schedules.into_iter().collect();
        let spans = schedules.iter().flat_map(|it| &network.schedules[it.at()].days.spans);
        let days: Vec<_> = spans.filter(|it| HOLIDAY.contains(&(it.end - it.start))).cloned().collect();
        Self { network, schedules, holidays: joined(days) }
    }

    fn zone(&self) -> Option<TimeZone> {
        let of = |is_wanted: fn(bool) -> bool| {
            let days = self.schedules.iter().map(|it| &self.network.schedules[it.at()].days);
            days.filter(|it| is_wanted(it.has_week)).find_map(|it| it.zone.clone())
        };
        of(|has_week| has_week).or_else(|| of(|_| true))
    }

    fn unknown(&self) -> Vec<String> {
        let all = self.schedules.iter().map(|it| &self.network.schedules[it.at()]);
        let unknown = all.filter(|it| matches!(it.state, ScheduleState::Unknown));
        unknown.map(|it| it.name.clone()).collect()
    }

    fn state(&self, at: Seconds) -> State {
        let in_force = |it: &&ScheduleId| match &self.network.schedules[it.at()].state {
            ScheduleState::Hours(hours) => hours.are_in_force(at, &mut Points::default()),
            _ => false,
        };
        self.schedules.iter().filter(in_force).copied().collect()
    }

    fn windows(&self, windows: Vec<Range<Seconds>>) -> Vec<(Range<Seconds>, State)> {
        windows.into_iter().map(|window| (window.clone(), self.state(window.start))).collect()
    }

    fn is_holiday(&self, at: Seconds) -> bool {
        self.holidays.iter().any(|it| it.contains(&at))
    }

    /// The next holiday, at the time of the day at which people are in where that is part of it.
    fn next_holiday(&self, zone: &TimeZone, from: Seconds, open: Seconds) -> Holiday {
        if self.schedules.iter().any(|it| self.network.schedules[it.at()].days.has_unknown) {
            return Holiday::Unknown;
        }
        let next = self.holidays.iter().find(|it| it.end > from && it.start < from.saturating_add(YEAR));
        let Some(next) = next else { return Holiday::None };
        let rest = next.start.max(from)..next.end;
        let clock = local(zone, open).time();
        let usual = dates(zone, rest.clone()).into_iter().map(|date| instant(zone, date, clock));
        Holiday::At(usual.into_iter().find(|at| rest.contains(at)).unwrap_or(rest.start.midpoint(rest.end)))
    }
}

/// The state that most of a time has, apart from one. Of two that are as heavy, the one that comes first.
fn heaviest(
    windows: &[(Range<Seconds>, State)],
    apart_from: Option<&State>,
    weight: impl Fn(&Range<Seconds>) -> Seconds,
) -> Option<State> {
    let mut weights: BTreeMap<&State, (Seconds, usize)> = BTreeMap::new();
    for (at, (window, state)) in windows.iter().enumerate() {
        if Some(state) != apart_from {
            weights.entry(state).or_insert((0, usize::MAX - at)).0 += weight(window);
        }
    }
    let heaviest = weights.into_iter().max_by_key(|(_, weight)| *weight);
    heaviest.filter(|(_, (weight, _))| *weight > 0).map(|(state, _)| state.clone())
}

/// How much of a stretch some others cover, which do not overlap.
fn covered(by: &[Range<Seconds>], stretch: &Range<Seconds>) -> Seconds {
    by.iter().map(|it| (it.end.min(stretch.end) - it.start.max(stretch.start)).max(0)).sum()
}

/// How much of a stretch is covered by two lists at once.
fn covered_in(by: &[Range<Seconds>], also_by: &[Range<Seconds>], stretch: &Range<Seconds>) -> Seconds {
    let both = by.iter().map(|it| it.start.max(stretch.start)..it.end.min(stretch.end));
    both.filter(|it| it.start < it.end).map(|it| covered(also_by, &it)).sum()
}

/// The middle of the first stretch with a state, to the minute.
fn middle(
    windows: &[(Range<Seconds>, State)],
    state: &State,
    within: &[Range<Seconds>],
    holidays: &[Range<Seconds>],
) -> Option<Seconds> {
    let own = windows.iter().filter(|(_, it)| it == state);
    let pieces = own
        .flat_map(|(window, _)| within.iter().map(|it| it.start.max(window.start)..it.end.min(window.end)));
    let middles = pieces.filter(|it| it.start < it.end).map(|it| {
        let middle = it.start.midpoint(it.end);
        (middle - middle.rem_euclid(60)).max(it.start)
    });
    middles.into_iter().find(|at| !holidays.iter().any(|it| it.contains(at)))
}

fn is_workday(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn local(zone: &TimeZone, at: Seconds) -> jiff::civil::DateTime {
    zone.to_datetime(Timestamp::from_second(at).unwrap_or_default())
}

/// The days on the wall that a time touches.
fn dates(zone: &TimeZone, within: Range<Seconds>) -> Vec<Date> {
    let (first, last) = (local(zone, within.start).date(), local(zone, within.end).date());
    first.series(Span::new().days(1)).take_while(|date| *date <= last).collect()
}

/// The instant of a time on the wall; near the end of all clocks, that end.
fn instant(zone: &TimeZone, date: Date, clock: Time) -> Seconds {
    let wall = jiff::civil::DateTime::from_parts(date, clock);
    zone.to_timestamp(wall).unwrap_or(Timestamp::MAX).as_second()
}
