//! Recurrence against an implementation of RFC 5545 that is not ours (crate `rrule`).
//!
//! What is written is turned into a rule by what the vendor's text says of its words (FACTS stratus/frames-14), and not by
//! our code. The days of that rule have to be those that our words mean, over ten years. So a wrong type or option on the
//! wire is found, and a wrong count of days.

use super::{arrays::FrameChange, entry::text, repeat::first_time, schedule::schedule, times::date};
use crate::{
    model::{
        CalendarDay, DateSpan, Dated, Day, Every, Moment, Monthly, MonthlyDay, Nth, Recurring, RecurringDay,
        Schedule, Term, TimeOfDay, Unit, Weekly, Window, YearDay, Yearly,
    },
    provider::stratus::wire::TimeFrame,
};
use jiff::{ToSpan, civil::Date};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use rrule::RRuleSet;
use serde_json::{Map, Value};

/// A part of all recurrences by default, 10,000 with `DIALFORM_CASES`.
fn cases() -> u32 {
    if std::env::var_os("DIALFORM_CASES").is_some() { 10_000 } else { 500 }
}

const DAYS: [(Day, &str); 7] = [
    (Day::Mon, "MO"),
    (Day::Tue, "TU"),
    (Day::Wed, "WE"),
    (Day::Thu, "TH"),
    (Day::Fri, "FR"),
    (Day::Sat, "SA"),
    (Day::Sun, "SU"),
];

/// The rule that an entry of dates is, as the vendor describes its words.
fn rule(entry: &Map<String, Value>) -> Option<String> {
    let said = |key: &str| text(entry, &format!("timeframe-recurrence-{key}")).into_owned();
    let begin = date(&text(entry, "timeframe-specific-dates-begin-date")).unwrap();
    let day = DAYS[begin.weekday().to_monday_zero_offset() as usize].1;
    let nth = (begin.day() - 1) / 7 + 1;
    // "The first or last instance of the selected weekday in the month."
    let end = if begin.day() + 7 > begin.days_in_month() { -1 } else { 1 };
    let (month, date) = (begin.month(), begin.day());
    let kind = said("type");
    let by = match if kind == "custom" { said("custom-interval-option") } else { kind.clone() }.as_str() {
        "doesNotRecur" => return None,
        "monthly-date" | "monthly-same-day" => format!("FREQ=MONTHLY;BYMONTHDAY={date}"),
        "monthly-on-last-day" => "FREQ=MONTHLY;BYMONTHDAY=-1".to_owned(),
        "monthly-on-first-last" | "monthly-first-last-weekday" => format!("FREQ=MONTHLY;BYDAY={end}{day}"),
        "monthly-ordinal-weekday" => format!("FREQ=MONTHLY;BYDAY={nth}{day}"),
        "yearly-on-selected-dates" | "yearly-same-day" => {
            format!("FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={date}")
        }
        "yearly-last" => format!("FREQ=YEARLY;BYMONTH={month};BYDAY=-1{day}"),
        "yearly-ordinal-weekday" => format!("FREQ=YEARLY;BYMONTH={month};BYDAY={nth}{day}"),
        "yearly-first-last-weekday" => format!("FREQ=YEARLY;BYMONTH={month};BYDAY={end}{day}"),
        "" => match said("custom-interval").as_str() {
            "days" => "FREQ=DAILY".to_owned(),
            "weeks" => "FREQ=WEEKLY".to_owned(),
            other => panic!("interval {other}"),
        },
        other => panic!("type {other}"),
    };
    let interval = if kind == "custom" { said("custom-interval-count") } else { "1".to_owned() };
    Some(format!("{by};INTERVAL={interval}{}", ends(&said("end-option"), &said("end-date"))))
}

fn ends(option: &str, date: &str) -> String {
    match option {
        "onADate" => format!(";UNTIL={date}T235959Z"),
        "never" => String::new(),
        other => panic!("end {other}"),
    }
}

/// The days on which a rule is between two others, by the other implementation.
fn days(rule: &str, begin: Date, from: Date, until: Date) -> Vec<Date> {
    let text = format!("DTSTART:{}T000000Z\nRRULE:{rule}", begin.strftime("%Y%m%d"));
    let set: RRuleSet = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    let all = set.into_iter().map(|at| date(&at.format("%Y%m%d").to_string()).unwrap());
    all.take_while(|day| *day <= until).filter(|day| *day >= from).collect()
}

fn any_date() -> impl Strategy<Value = Date> {
    // Month ends and leap days come oftener than chance has them.
    let edge = prop::sample::select(vec![
        Date::constant(2027, 1, 31),
        Date::constant(2028, 2, 29),
        Date::constant(2027, 12, 31),
        Date::constant(2028, 1, 1),
        Date::constant(2027, 2, 28),
        Date::constant(2027, 3, 14),
    ]);
    let any = (0..1500i64).prop_map(|days| Date::constant(2027, 1, 1).checked_add(days.days()).unwrap());
    prop_oneof![1 => edge, 3 => any]
}

fn any_nth() -> impl Strategy<Value = (Nth, Day)> {
    (prop::sample::select(Nth::ALL.to_vec()), prop::sample::select(Day::ALL.to_vec()))
}

fn year_day() -> BoxedStrategy<YearDay> {
    let day = (any_date(), 0..20i64)
        .prop_map(|(first, more)| YearDay::days(first, first.checked_add(more.days()).unwrap()));
    prop_oneof![
        day,
        (any_nth(), 1..=12i8).prop_map(|((nth, day), month)| YearDay::Ordinal { nth, day, month })
    ]
    .boxed()
}

fn month_day() -> BoxedStrategy<MonthlyDay> {
    prop_oneof![
        (1..=31i8).prop_map(MonthlyDay::Date),
        Just(MonthlyDay::Last),
        any_nth().prop_map(|(nth, day)| MonthlyDay::Ordinal { nth, day }),
    ]
    .boxed()
}

fn any_times() -> impl Strategy<Value = (TimeOfDay, TimeOfDay)> {
    let noon = TimeOfDay::new(12, 0).unwrap();
    prop::sample::select(vec![
        (TimeOfDay::START, TimeOfDay::END),
        (noon, TimeOfDay::END),
        (TimeOfDay::START, noon),
    ])
}

/// A first day where there is an interval, and otherwise perhaps; a last day perhaps.
fn any_term(unit: Unit) -> impl Strategy<Value = Term> {
    (prop::option::of(any_date()), prop::option::of(0..4000i64), 1..=5u16).prop_map(
        move |(first, last, count)| {
            let last_day = last.map(|days| {
                CalendarDay(first.unwrap_or(Date::constant(2027, 1, 1)).checked_add(days.days()).unwrap())
            });
            let every = (count > 1 && first.is_some()).then_some(Every { count, unit });
            Term { first_day: first.map(CalendarDay), last_day, every }
        },
    )
}

fn recurring<D: RecurringDay + std::fmt::Debug + 'static>(
    day: BoxedStrategy<D>,
) -> BoxedStrategy<Recurring<D>> {
    (day, 1..4u16, any_times(), any_term(D::UNIT))
        .prop_map(|(day, days, (from, to), term)| {
            let days = if day.says_length() { 1 } else { days };
            Recurring { day, days, from, to, term }
        })
        // One that ends before its first time is refused.
        .prop_filter("never", |it| match (first_time(it), it.term.last_day) {
            (Some((first, _)), Some(last)) => first <= last.0,
            (first, _) => first.is_some(),
        })
        .boxed()
}

fn any_dated() -> BoxedStrategy<Dated> {
    let every = (1..40u16, prop::sample::select(vec![Unit::Days, Unit::Weeks]));
    (any_date(), 0..3i64, any_times(), every, prop::option::of(0..4000i64))
        .prop_map(|(first, more, (from, to), (count, unit), last)| Dated {
            date: DateSpan {
                begin: Moment { date: first, time: from },
                end: Moment { date: first.checked_add(more.days()).unwrap(), time: to },
            },
            every: Some(Every { count, unit }),
            last_day: last.map(|days| CalendarDay(first.checked_add(days.days()).unwrap())),
        })
        .boxed()
}

#[derive(Debug, Clone)]
enum Any {
    Monthly(Monthly),
    Yearly(Yearly),
    Dated(Dated),
}

/// The frame that is written for a schedule.
fn written(schedule: &Schedule) -> TimeFrame {
    let change =
        FrameChange { wanted: schedule, live: None, earlier: None, touched: &|_| true, calendar: &[] };
    let arrays = change.arrays();
    let kind = arrays.frame_type();
    let mut body = Value::Object(arrays.body(kind));
    body["timeframe-name"] = "x".into();
    body["timeframe-type"] = kind.into();
    serde_json::from_value(body).unwrap()
}

fn ten_years(begin: Date) -> (Date, Date) {
    let from = begin.max(Date::constant(2027, 1, 1));
    (from, from.checked_add(10.years()).unwrap())
}

#[test]
fn days_that_come_again_are_those_of_rfc_5545() {
    let any = prop_oneof![
        recurring(month_day()).prop_map(Any::Monthly),
        recurring(year_day()).prop_map(Any::Yearly),
        any_dated().prop_map(Any::Dated),
    ];
    let mut runner =
        TestRunner::new(Config { cases: cases(), failure_persistence: None, ..Config::default() });
    let compared = std::cell::Cell::new(0);
    let outcome = runner.run(&any, |any| {
        let mut wanted = Schedule::default();
        match any.clone() {
            Any::Monthly(it) => wanted.monthly = Some(vec![it]),
            Any::Yearly(it) => wanted.yearly = Some(vec![it]),
            Any::Dated(it) => wanted.dates = Some(vec![it]),
        }
        let frame = written(&wanted);
        let entry = &frame.timeframe_specific_dates_array[0];
        let begin = date(&text(entry, "timeframe-specific-dates-begin-date")).unwrap();
        let (from, until) = ten_years(begin);
        let theirs = days(&rule(entry).unwrap(), begin, from, until);
        let ours: Vec<Date> = match &any {
            Any::Monthly(it) => it.times(from, until).map(|(begin, _)| begin.date).collect(),
            Any::Yearly(it) => it.times(from, until).map(|(begin, _)| begin.date).collect(),
            Any::Dated(it) => it.times(from, until).map(|(begin, _)| begin.date).collect(),
        };
        prop_assert_eq!(&ours, &theirs, "{:?} {:?}", rule(entry), begin);
        // What is read back means the same days.
        let (read, beyond, _) = schedule(&frame);
        prop_assert_eq!(beyond, Vec::<String>::new());
        let again: Vec<Date> = match (&read.monthly, &read.yearly, &read.dates) {
            (Some(all), _, _) if !all.is_empty() => all[0].times(from, until).map(|it| it.0.date).collect(),
            (_, Some(all), _) if !all.is_empty() => all[0].times(from, until).map(|it| it.0.date).collect(),
            (_, _, Some(all)) => all[0].times(from, until).map(|it| it.0.date).collect(),
            _ => Vec::new(),
        };
        prop_assert_eq!(again, theirs);
        compared.set(compared.get() + ours.len());
        Ok(())
    });
    outcome.unwrap();
    assert!(compared.get() > cases() as usize, "{} days compared", compared.get());
}

#[test]
fn hours_of_some_weeks_are_those_of_rfc_5545() {
    let weeks =
        (prop::collection::btree_set(prop::sample::select(Day::ALL.to_vec()), 1..5), any_term(Unit::Weeks));
    let mut runner =
        TestRunner::new(Config { cases: cases() / 4, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&weeks, |(open, term)| {
        let mut weekly = Weekly { days: open.iter().map(|day| (*day, vec![Window::DAY])).collect(), term };
        weekly.complete();
        let frame = written(&Schedule { weekly: Some(weekly.clone()), ..Schedule::default() });
        let entry = &frame.timeframe_days_of_week_array[0];
        let said = |key: &str| text(entry, &format!("timeframe-recurrence-{key}")).into_owned();
        let begin = date(&said("begin-date")).unwrap();
        let (from, until) = ten_years(begin);
        let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let by = DAYS
            .iter()
            .zip(names)
            .filter(|(_, name)| !text(entry, &format!("timeframe-weekly-{name}-begin-time-1")).is_empty());
        let by: Vec<&str> = by.map(|((_, word), _)| *word).collect();
        let interval = if said("type") == "custom" { said("custom-interval-count") } else { "1".to_owned() };
        let end = ends(&said("end-option"), &said("end-date"));
        let rule = format!("FREQ=WEEKLY;WKST=MO;BYDAY={};INTERVAL={interval}{end}", by.join(","));
        let theirs = days(&rule, begin, from, until);
        let ours: Vec<Date> = weekly.times(from, until).map(|(begin, _)| begin.date).collect();
        prop_assert_eq!(ours, theirs, "{} {}", rule, begin);
        Ok(())
    });
    outcome.unwrap();
}
