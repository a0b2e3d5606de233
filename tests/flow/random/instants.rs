//! When calls come in: mostly where something begins or ends.

use super::{
    chance,
    dice::Dice,
    one,
    schedules::{ZONES, day},
    theme::Theme,
};
use jiff::{
    SignedDuration, Span, Timestamp,
    civil::{Date, DateTime, Weekday},
    tz::TimeZone,
};
use serde_json::Value;

/// An instant, and whether it is one at which something begins or ends. `used` are the schedules of `home` that decide first.
pub fn instant(
    dice: &mut Dice,
    tenants: &[Value],
    home: usize,
    used: &[String],
    theme: Theme,
) -> (Timestamp, bool) {
    if theme == Theme::Clock && chance(dice, 35) {
        return (change(dice, tenants, 100, 4), true);
    }
    match dice.below(10) {
        0..5 => match edge(dice, tenants, home, used) {
            Some(at) => (at, true),
            None => (any(dice), false),
        },
        5 => (change(dice, tenants, 70, 8), true),
        _ => (any(dice), false),
    }
}

fn any(dice: &mut Dice) -> Timestamp {
    let begin: Timestamp = "2026-01-01T00:00Z".parse().unwrap();
    let minutes = i64::try_from(dice.below(800 * 1440)).unwrap();
    begin + SignedDuration::from_mins(minutes) + SignedDuration::from_secs(one(dice, &[0, 0, 1, 59]))
}

fn zone_of(schedule: &Value, tenant: &Value) -> TimeZone {
    let name = schedule["time_zone"].as_str().or(tenant["time_zone"].as_str()).unwrap_or("UTC");
    TimeZone::get(name).unwrap()
}

/// Within a minute of where a schedule of the world begins or ends.
fn edge(dice: &mut Dice, tenants: &[Value], home: usize, used: &[String]) -> Option<Timestamp> {
    let of = |tenant: usize| {
        tenants[tenant]["schedules"].as_object().into_iter().flatten().map(move |it| (tenant, it))
    };
    let is_used = |(tenant, (name, _)): &(usize, (&String, &Value))| *tenant == home && used.contains(name);
    let every: Vec<_> = (0..tenants.len()).flat_map(of).collect();
    let first: Vec<_> = every.iter().copied().filter(is_used).collect();
    let all = if !first.is_empty() && chance(dice, 80) { first } else { every };
    let all: Vec<(&Value, &Value)> =
        all.into_iter().map(|(tenant, (_, it))| (it, &tenants[tenant])).collect();
    if all.is_empty() {
        return None;
    }
    let (schedule, tenant) = one(dice, &all);
    let words: Vec<&str> = ["weekly", "dates", "monthly", "yearly"]
        .into_iter()
        .filter(|word| {
            schedule[*word].as_array().map_or(schedule[*word].is_object(), |list| !list.is_empty())
        })
        .collect();
    if words.is_empty() {
        return None;
    }
    let word = one(dice, &words);
    let local = match word {
        "weekly" => of_week(dice, &schedule["weekly"]),
        "dates" => of_date(dice, &schedule["dates"]),
        word => of_recurring(dice, &schedule[word], word == "yearly"),
    }?;
    let ambiguous = zone_of(schedule, tenant).to_ambiguous_timestamp(local);
    let instant = if chance(dice, 50) { ambiguous.later() } else { ambiguous.earlier() };
    Some(
        instant.ok()?
            + SignedDuration::from_secs(one(dice, &[-60, -45, -25, -10, -5, -1, 0, 0, 0, 1, 30, 30, 59, 60])),
    )
}

fn at(day: Date, clock: &str) -> Option<DateTime> {
    let (hour, minute) = clock.split_once(':')?;
    let minutes = hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?;
    Some(day.at(0, 0, 0, 0) + Span::new().minutes(minutes))
}

fn days(count: usize) -> Span {
    Span::new().days(i64::try_from(count).unwrap())
}

fn of_week(dice: &mut Dice, weekly: &Value) -> Option<DateTime> {
    let keys: Vec<&Value> = weekly.as_object()?.values().filter(|it| it.is_array()).collect();
    if keys.is_empty() {
        return None;
    }
    let windows = one(dice, &keys).as_array()?;
    let window = windows[dice.below(windows.len())].as_str()?;
    let (begin, end) = window.split_once('-')?;
    let clock = if chance(dice, 50) { begin } else { end };
    let term = one(dice, &["first_day", "last_day", ""]);
    let near: Option<Date> = weekly[term].as_str().and_then(|day| day.parse().ok());
    let day = match near {
        Some(day) => day + days(dice.below(22)) - days(dice.below(8)),
        None => day(dice),
    };
    at(day, clock)
}

fn of_date(dice: &mut Dice, list: &Value) -> Option<DateTime> {
    let entry = &list[dice.below(list.as_array()?.len())];
    let text = entry.as_str().or(entry["date"].as_str())?;
    let (begin, end) = text.split_once("..").unwrap_or((text, text));
    let local = match (chance(dice, 50), begin.split_once('T'), end.split_once('T')) {
        (true, Some((day, clock)), _) | (false, _, Some((day, clock))) => at(day.parse().ok()?, clock)?,
        (true, None, _) => at(begin.parse().ok()?, "00:00")?,
        (false, _, None) => at(end.parse().ok()?, "24:00")?,
    };
    let step = entry["every"].as_str().and_then(|it| it.split_once(' ')).map_or(0, |(count, unit)| {
        count.parse::<usize>().unwrap_or(0) * if unit.starts_with('w') { 7 } else { 1 }
    });
    let most = one(dice, &[8, 8, 60]);
    let times = dice.below(most);
    Some(local + days(step * times))
}

fn of_recurring(dice: &mut Dice, list: &Value, is_yearly: bool) -> Option<DateTime> {
    let entry = &list[dice.below(list.as_array()?.len())];
    let words = if entry.is_object() { &entry["day"] } else { entry };
    let words = words.as_str().map_or_else(|| words.to_string(), str::to_owned);
    let near: Option<Date> = entry["first_day"].as_str().and_then(|it| it.parse().ok());
    let year = near.filter(|_| chance(dice, 60)).map_or(2026, Date::year) + one(dice, &[0, 0, 1, 2]);
    let month = 1 + i8::try_from(dice.below(12)).ok()?;
    let (begin, end) = words.split_once("..").unwrap_or((&words, &words));
    let is_begin = chance(dice, 50);
    let mut day = day_of(if is_begin { begin } else { end }, year, month, is_yearly)?;
    if !is_begin {
        let more = entry["days"].to_string().parse::<usize>().unwrap_or(1) - 1;
        day += days(more);
    }
    let clock = match is_begin {
        true => entry["from"].as_str().unwrap_or("00:00"),
        false => entry["to"].as_str().unwrap_or("24:00"),
    };
    at(day, clock)
}

fn day_of(words: &str, year: i16, month: i8, is_yearly: bool) -> Option<Date> {
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let first = |month| Date::new(year, month, 1).ok();
    match words.split(' ').collect::<Vec<_>>().as_slice() {
        ["last", "day"] => Some(first(month)?.last_of_month()),
        [nth, name, in_month @ ..] => {
            let month = match in_month {
                [name] => i8::try_from(months.iter().position(|it| it == name)?).ok()? + 1,
                _ => month,
            };
            let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
            let weekday = weekdays.iter().position(|it| it == name)?;
            let weekday = Weekday::from_monday_zero_offset(i8::try_from(weekday).ok()?).ok()?;
            let nth = if *nth == "last" { -1 } else { nth[..1].parse().ok()? };
            first(month)?.nth_weekday_of_month(nth, weekday).ok()
        }
        [date] if is_yearly => format!("{year}-{date}").parse().ok(),
        [day] => Date::new(year, month, day.parse().ok()?).ok(),
        [] => None,
    }
}

/// Around an hour that is skipped, or comes twice: so many quarters of an hour from it at most.
fn change(dice: &mut Dice, tenants: &[Value], own_zone: usize, most: usize) -> Timestamp {
    let own = one(dice, tenants);
    let other = one(dice, &ZONES);
    let name = own["time_zone"].as_str().filter(|_| chance(dice, own_zone)).unwrap_or(other);
    let zone = TimeZone::get(name).unwrap();
    let begin: Timestamp = "2026-01-01T00:00Z".parse().unwrap();
    let skipped = dice.below(6);
    let Some(change) = zone.following(begin).nth(skipped).map(|it| it.timestamp()) else { return any(dice) };
    if change > "2029-01-01T00:00Z".parse().unwrap() {
        return any(dice);
    }
    let quarters = i64::try_from(dice.below(2 * most + 1)).unwrap() - i64::try_from(most).unwrap();
    change + SignedDuration::from_mins(15 * quarters) + SignedDuration::from_secs(one(dice, &[-1, 0, 0, 30]))
}
