//! Schedules: every word that says when.

use super::{chance, dice::Dice, maybe, one};
use jiff::{Span, civil::Date};
use serde_json::{Value, json};

pub const ZONES: [&str; 9] = [
    "America/Chicago",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "Pacific/Apia",
    "America/Vancouver",
    // Its clocks change at midnight.
    "America/Havana",
];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// On which clocks change somewhere.
const CHANGES: [&str; 12] = [
    "2026-02-15",
    "2026-03-08",
    "2026-03-22",
    "2026-03-29",
    "2026-04-05",
    "2026-10-04",
    "2026-10-25",
    "2026-11-01",
    "2027-03-14",
    "2027-03-28",
    "2027-10-31",
    "2027-11-07",
];

pub fn schedule(dice: &mut Dice) -> Value {
    let mut all = json!({});
    if dice.one_in(16) {
        return all;
    }
    let first = one(
        dice,
        &["weekly", "weekly", "weekly", "dates", "dates", "monthly", "yearly", "holidays", "other"],
    );
    for word in ["weekly", "dates", "monthly", "yearly", "holidays", "other"] {
        if word != first && !chance(dice, 8) {
            continue;
        }
        all[word] = match word {
            "weekly" => weekly(dice),
            "dates" => list(dice, date),
            "monthly" => list(dice, monthly),
            "yearly" => list(dice, yearly),
            "holidays" => holidays(dice),
            _ if chance(dice, 20) => json!([]),
            _ => json!([{ "timeframe-type": "custom", "timeframe-name": "the third moon" }]),
        };
    }
    maybe(dice, 25, &mut all, "time_zone", |dice| json!(one(dice, &ZONES)));
    maybe(dice, 10, &mut all, "enabled", |dice| json!(chance(dice, 30)));
    maybe(dice, 5, &mut all, "extension", |_| json!("101"));
    all
}

fn list(dice: &mut Dice, of: fn(&mut Dice) -> Value) -> Value {
    let count = [1, 1, 2, 0][dice.below(4)];
    (0..count).map(|_| of(dice)).collect()
}

pub fn day(dice: &mut Dice) -> Date {
    if chance(dice, 25) {
        return one(dice, &CHANGES).parse().unwrap();
    }
    Date::constant(2026, 1, 1) + Span::new().days(i64::try_from(dice.below(800)).unwrap())
}

fn later(dice: &mut Dice, day: Date, most: usize) -> Date {
    day + Span::new().days(i64::try_from(dice.below(most)).unwrap())
}

/// Minutes of the day; often those at which clocks change.
fn minute(dice: &mut Dice) -> usize {
    let hour = if chance(dice, 35) { dice.below(4) } else { dice.below(24) };
    hour * 60 + one(dice, &[0, 0, 0, 1, 15, 30, 59])
}

fn clock(minutes: usize) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn windows(dice: &mut Dice) -> Value {
    let mut times: Vec<usize> = (0..if chance(dice, 25) { 4 } else { 2 }).map(|_| minute(dice)).collect();
    if chance(dice, 20) {
        times.push(24 * 60);
    }
    times.sort_unstable();
    times.dedup();
    let window = |from, to| format!("{}-{}", clock(from), clock(to));
    match times.as_slice() {
        [only] if *only < 24 * 60 => json!([window(*only, 24 * 60)]),
        [first, .., last] if *last < 24 * 60 && *first > 0 && chance(dice, 25) => {
            json!([window(*last, *first)])
        }
        [a, b, c, d, ..] => json!([window(*a, *b), window(*c, *d)]),
        [a, b, ..] => json!([window(*a, *b)]),
        _ => json!(["00:00-24:00"]),
    }
}

/// The hours at which clocks change, on the days on which they do.
pub fn clock_change(dice: &mut Dice) -> Value {
    let times = ["00:30", "01:00", "01:30", "01:45", "02:00", "02:15", "02:30", "03:00", "03:30", "05:00"];
    let mut pair = [one(dice, &times), one(dice, &times)];
    pair.sort_unstable();
    let [from, to] = if pair[0] == pair[1] { ["01:30", "02:30"] } else { pair };
    let window = match dice.below(8) {
        0..2 => format!("{to}-{from}"),
        2 => format!("{to}-24:00"),
        _ => format!("{from}-{to}"),
    };
    let days = one(dice, &["mon-sun", "sat,sun", "sun", "sat", "mon-sat"]);
    json!({ "weekly": { days: [window] } })
}

fn weekly(dice: &mut Dice) -> Value {
    let keys = one(
        dice,
        &[
            vec!["mon-fri"],
            vec!["mon-fri", "sat"],
            vec!["mon-sun"],
            vec!["sat,sun"],
            vec!["fri-mon"],
            vec!["mon,wed", "thu-sat"],
            vec!["sun"],
            vec!["tue"],
            vec![],
        ],
    );
    let mut weekly = json!({});
    for key in keys {
        weekly[key] = windows(dice);
    }
    if chance(dice, 30) {
        term(dice, &mut weekly, "weeks");
    }
    weekly
}

/// `first_day`, `last_day`, `every`.
fn term(dice: &mut Dice, entry: &mut Value, unit: &str) {
    let first = day(dice);
    let is_counted = chance(dice, 60);
    if is_counted || chance(dice, 60) {
        entry["first_day"] = json!(first.to_string());
    }
    if is_counted {
        entry["every"] = json!(format!("{} {unit}", 2 + dice.below(2)));
    } else if chance(dice, 20) {
        entry["every"] = json!(format!("1 {}", unit.trim_end_matches('s')));
    }
    maybe(dice, 50, entry, "last_day", |dice| json!(later(dice, first, 500).to_string()));
}

fn date(dice: &mut Dice) -> Value {
    let first = day(dice);
    let last = later(dice, first, 5);
    let (from, to) = (minute(dice), if chance(dice, 20) { 24 * 60 } else { minute(dice) });
    let timed = || format!("{first}T{}..{last}T{}", clock(from), clock(to));
    let text = match dice.below(5) {
        0 => first.to_string(),
        1 => format!("{first}..{last}"),
        2 if last > first => format!("{first}T{}..{last}", clock(from)),
        3 if last > first => format!("{first}..{last}T{}", clock(to.max(1))),
        _ if last > first || to > from => timed(),
        _ => first.to_string(),
    };
    if !chance(dice, 35) {
        return json!(text);
    }
    let mut entry = json!({ "date": text });
    if chance(dice, 90) {
        entry["every"] = json!(one(dice, &["1 day", "3 days", "10 days", "1 week", "2 weeks"]));
        maybe(dice, 50, &mut entry, "last_day", |dice| json!(later(dice, first, 300).to_string()));
    }
    entry
}

/// What `days`, `from`, `to` and a term make of a day.
fn fuller(dice: &mut Dice, day: Value, unit: &str, can_last: bool, is_range: bool) -> Value {
    if chance(dice, 40) {
        return day;
    }
    let mut entry = json!({ "day": day.as_str().map_or_else(|| day.to_string(), str::to_owned) });
    let mut is_long = is_range;
    if can_last && chance(dice, 35) {
        let days = [1, 2, 3, 8][dice.below(4)];
        entry["days"] = json!(days);
        is_long |= days > 1;
    }
    let (from, to) = (minute(dice), if chance(dice, 15) { 24 * 60 } else { minute(dice) });
    if chance(dice, 40) {
        entry["from"] = json!(clock(from));
    }
    let begins = if entry["from"].is_string() { from } else { 0 };
    if chance(dice, 40) && (is_long || to > begins) {
        entry["to"] = json!(clock(to));
    }
    if chance(dice, 45) {
        term(dice, &mut entry, unit);
    }
    entry
}

fn nth(dice: &mut Dice) -> String {
    format!("{} {}", one(dice, &["1st", "2nd", "3rd", "4th", "last"]), one(dice, &DAYS))
}

fn monthly(dice: &mut Dice) -> Value {
    let day = match dice.below(5) {
        0 => json!(1 + dice.below(31)),
        1 => json!(one(dice, &["1", "15", "29", "30", "31"])),
        2 => json!("last day"),
        _ => json!(nth(dice)),
    };
    fuller(dice, day, "months", true, false)
}

fn yearly(dice: &mut Dice) -> Value {
    let first = day(dice);
    let written = |day: Date| day.strftime("%m-%d").to_string();
    let (day, is_range, can_last) = match dice.below(6) {
        0 => (written(first), false, false),
        1 => {
            let last = later(dice, first, 9);
            (format!("{}..{}", written(first), written(last)), last > first, false)
        }
        2 => {
            let days = ["12-31..01-01", "02-28..03-01", "02-20..02-29", "02-29..03-02", "11-15..02-10"];
            (one(dice, &days).to_owned(), true, false)
        }
        3 => (one(dice, &["02-29", "07-04", "12-25"]).to_owned(), false, false),
        _ => (format!("{} {}", nth(dice), one(dice, &MONTHS)), false, true),
    };
    fuller(dice, json!(day), "years", can_last, is_range)
}

fn holidays(dice: &mut Dice) -> Value {
    let mut group = json!({ "country": "US", "days": ["Thanksgiving Day"] });
    maybe(dice, 40, &mut group, "hours", |dice| json!([windows(dice)[0]]));
    maybe(dice, 20, &mut group, "observe", |_| json!("next-workday"));
    if chance(dice, 30) {
        json!([group, { "country": "US", "region": "US-TX", "days": ["Juneteenth"] }])
    } else {
        group
    }
}
