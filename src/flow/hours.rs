//! When a schedule is in force: stretches of instants, and those that depend on how an unspecified point is taken.

use super::{
    point::{Assumptions, Point, Points},
    spans::{Seconds, differing, joined},
};
use crate::model::{DateSpan, Holidays, Moment, Schedule, TimeOfDay, Window};
use jiff::{
    Span, Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use std::ops::Range;

const DAY: Seconds = 86_400;

/// The points that are about time.
const POINTS: [Point; 6] = [Point::U10, Point::U11, Point::U12, Point::U13, Point::U14, Point::U15];

/// When a schedule is in force within a horizon.
#[derive(Debug, Clone, Default)]
pub struct Hours {
    /// In order, without touching each other.
    pub spans: Vec<Range<Seconds>>,
    /// The instants at which it would be otherwise if a point were taken the other way.
    pub doubtful: Vec<(Point, Vec<Range<Seconds>>)>,
}

/// Whether an instant is in one of some stretches that are in order.
fn within(spans: &[Range<Seconds>], at: Seconds) -> bool {
    let after = spans.partition_point(|span| span.end <= at);
    spans.get(after).is_some_and(|span| span.start <= at)
}

impl Hours {
    pub fn are_in_force(&self, at: Seconds, asked: &mut Points) -> bool {
        for (point, spans) in &self.doubtful {
            if within(spans, at) {
                asked.insert(*point);
            }
        }
        within(&self.spans, at)
    }

    /// The instants at which something changes.
    pub fn edges(&self) -> impl Iterator<Item = Seconds> {
        let doubtful = self.doubtful.iter().flat_map(|(_, spans)| spans);
        self.spans.iter().chain(doubtful).flat_map(|span| [span.start, span.end])
    }
}

/// A zone over a horizon: the stretches between changes of its clock, each with its offset.
#[derive(Debug, Clone)]
pub struct Clock {
    pub zone: TimeZone,
    horizon: Range<Seconds>,
    stretches: Vec<(Range<Seconds>, Seconds)>,
}

impl Clock {
    pub fn new(zone: TimeZone, horizon: Range<Seconds>) -> Self {
        let mut stretches = Vec::new();
        if let Ok(begin) = Timestamp::from_second(horizon.start) {
            let mut from = horizon.start;
            let mut offset = Seconds::from(zone.to_offset(begin).seconds());
            for change in zone.following(begin) {
                let at = change.timestamp().as_second();
                if at >= horizon.end {
                    break;
                }
                stretches.push((from..at, offset));
                (from, offset) = (at, Seconds::from(change.offset().seconds()));
            }
            stretches.push((from..horizon.end, offset));
        }
        Self { zone, horizon, stretches }
    }

    /// The day on the wall at the beginning and at the end of the horizon.
    fn days(&self) -> Option<(Date, Date)> {
        let day = |at: Seconds| Some(self.zone.to_datetime(Timestamp::from_second(at).ok()?).date());
        Some((day(self.horizon.start)?, day(self.horizon.end)?))
    }

    /// The instants at which the clock on the wall shows a time from `begin` up to `end`.
    fn on_the_wall(&self, begin: Seconds, end: Seconds, out: &mut Vec<Range<Seconds>>) {
        for (stretch, offset) in &self.stretches {
            let (from, to) = (stretch.start.max(begin - offset), stretch.end.min(end - offset));
            if from < to {
                out.push(from..to);
            }
        }
    }

    /// The instant of a time on the wall: the first of two, and as much later as the clock jumps.
    fn instant(&self, wall: Seconds) -> Option<Seconds> {
        let wall = TimeZone::UTC.to_datetime(Timestamp::from_second(wall).ok()?);
        Some(self.zone.to_timestamp(wall).ok()?.as_second())
    }
}

/// A stretch on the wall.
struct Entry {
    begin: Moment,
    end: Moment,
}

/// Whether a stretch ends at an earlier time of the day on which it begins.
fn is_overnight(begin: Moment, end: Moment) -> bool {
    end.date == begin.date && end.time < begin.time
}

fn wall(date: Date, time: TimeOfDay) -> Option<Seconds> {
    let midnight =
        TimeZone::UTC.to_timestamp(DateTime::from_parts(date, jiff::civil::Time::midnight())).ok()?;
    Some(midnight.as_second() + (Seconds::from(time.hour()) * 60 + Seconds::from(time.minute())) * 60)
}

/// What a schedule says, laid out over the days of a horizon.
struct Laid {
    entries: Vec<Entry>,
    /// Of holidays whose dates the provider knows: the hours of one, whichever day that is.
    holidays: Vec<Window>,
    has_own_entries: bool,
}

impl Laid {
    fn new(schedule: &Schedule, clock: &Clock) -> Self {
        let mut laid = Self { entries: Vec::new(), holidays: Vec::new(), has_own_entries: false };
        let Schedule {
            weekly,
            dates,
            monthly,
            yearly,
            holidays,
            easter,
            other,
            extension: _,
            time_zone: _,
            enabled: _,
            protect: _,
        } = schedule;
        laid.has_own_entries = other.as_ref().is_some_and(|other| !other.is_empty());
        for Holidays { hours, .. } in holidays.iter().flatten() {
            match hours {
                Some(hours) if !hours.is_empty() => laid.holidays.extend(hours),
                _ => laid.holidays.push(Window::DAY),
            }
        }
        let Some((first, last)) = clock.days() else { return laid };
        let before = |days: i32| first.checked_sub(Span::new().days(days)).unwrap_or(first);
        let mut add = |(begin, end): (Moment, Moment)| laid.entries.push(Entry { begin, end });
        // Hours over midnight begin the day before.
        weekly.iter().for_each(|weekly| weekly.times(before(2), last).for_each(&mut add));
        // What comes again lasts 366 days at most.
        monthly.iter().flatten().for_each(|it| it.times(before(370), last).for_each(&mut add));
        yearly.iter().flatten().for_each(|it| it.times(before(370), last).for_each(&mut add));
        for it in dates.iter().flatten() {
            let DateSpan { begin, end } = it.date;
            let length = (end.date - begin.date).get_days() + 1;
            it.times(before(length), last).for_each(&mut add);
        }
        for date in easter.iter().flat_map(|easter| easter.dates()) {
            add((date.date.begin, date.date.end));
        }
        laid
    }

    /// The points that can matter here.
    fn concerns(&self, point: Point, clock: &Clock) -> bool {
        let until_midnight = |it: &Entry| it.end.time == TimeOfDay::END;
        match point {
            Point::U10 => self.entries.iter().any(until_midnight),
            Point::U11 => !self.entries.iter().all(until_midnight),
            Point::U12 => clock.stretches.len() > 1,
            Point::U13 => {
                let of_holidays = self.holidays.iter().any(Window::is_overnight);
                of_holidays || self.entries.iter().any(|it| is_overnight(it.begin, it.end))
            }
            Point::U14 => !self.holidays.is_empty(),
            Point::U15 => self.has_own_entries,
            _ => false,
        }
    }

    /// The instants, in order.
    fn spans(&self, clock: &Clock, assumed: Assumptions) -> Vec<Range<Seconds>> {
        let mut spans = Vec::new();
        // `late`: seconds by which the end is another than the one that is written.
        let mut add = |begin: Option<Seconds>, end: Option<Seconds>, late: Seconds| {
            let Some((begin, end)) = begin.zip(end) else { return };
            if assumed.get(Point::U12) {
                clock.on_the_wall(begin, end + late, &mut spans);
            } else if let Some((begin, end)) = clock.instant(begin).zip(clock.instant(end)) {
                let (begin, end) = (begin.max(clock.horizon.start), (end + late).min(clock.horizon.end));
                if begin < end {
                    spans.push(begin..end);
                }
            }
        };
        let late = |time: TimeOfDay| match (
            time == TimeOfDay::END,
            assumed.get(Point::U10),
            assumed.get(Point::U11),
        ) {
            (true, false, _) => -60,
            (false, _, true) => 60,
            _ => 0,
        };
        let mut lay = |begin: Moment, end: Moment| {
            let from = wall(begin.date, begin.time);
            if !is_overnight(begin, end) {
                add(from, wall(end.date, end.time), late(end.time));
            } else if assumed.get(Point::U13) {
                let next = end.date.tomorrow().ok();
                add(from, next.and_then(|next| wall(next, end.time)), late(end.time));
            } else {
                add(wall(begin.date, TimeOfDay::START), wall(end.date, end.time), late(end.time));
                add(from, wall(begin.date, TimeOfDay::END), 0);
            }
        };
        self.entries.iter().for_each(|Entry { begin, end }| lay(*begin, *end));
        if !assumed.get(Point::U14)
            && let Some((first, last)) = clock.days()
        {
            // From the day before: hours over midnight.
            let first = first.yesterday().unwrap_or(first);
            for date in first.series(Span::new().days(1)).take_while(|date| *date <= last) {
                for hours in &self.holidays {
                    lay(Moment { date, time: hours.begin }, Moment { date, time: hours.end });
                }
            }
        }
        if !assumed.get(Point::U15) && self.has_own_entries {
            spans.push(clock.horizon.clone());
        }
        joined(spans)
    }
}

/// When a schedule is in force within the horizon of a clock.
pub fn hours(schedule: &Schedule, clock: &Clock, assumed: Assumptions) -> Hours {
    let laid = Laid::new(schedule, clock);
    let spans = laid.spans(clock, assumed);
    let doubtful = POINTS.into_iter().filter(|point| laid.concerns(*point, clock)).filter_map(|point| {
        let other = differing(&spans, &laid.spans(clock, assumed.flipped(point)));
        (!other.is_empty()).then_some((point, other))
    });
    Hours { doubtful: doubtful.collect(), spans }
}

/// The same by several clocks, each with a horizon of its own.
pub fn hours_by(schedule: &Schedule, clocks: &[Clock], assumed: Assumptions) -> Hours {
    let mut all = clocks.iter().map(|clock| hours(schedule, clock, assumed));
    let mut whole = all.next().unwrap_or_default();
    for more in all {
        whole.spans.extend(more.spans);
        for (point, spans) in more.doubtful {
            match whole.doubtful.iter_mut().find(|(it, _)| *it == point) {
                Some((_, known)) => known.extend(spans),
                None => whole.doubtful.push((point, spans)),
            }
        }
    }
    if clocks.len() > 1 {
        let doubtful = whole.doubtful.iter_mut().map(|(_, spans)| spans);
        doubtful.chain([&mut whole.spans]).for_each(|spans| *spans = joined(std::mem::take(spans)));
    }
    whole
}

/// Whether a schedule only names a live one.
pub fn says_no_hours(schedule: &Schedule) -> bool {
    let Schedule { weekly, dates, monthly, yearly, holidays, easter, other, .. } = schedule;
    let says = [
        weekly.is_some(),
        dates.is_some(),
        monthly.is_some(),
        yearly.is_some(),
        holidays.is_some(),
        easter.is_some(),
        other.is_some(),
    ];
    !says.contains(&true)
}

/// The horizon of one instant: wide enough for every zone and every stretch that touches it.
pub fn around(at: Seconds) -> Range<Seconds> {
    at - 2 * DAY..at + 2 * DAY
}
