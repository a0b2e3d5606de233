//! Holidays of the vendor's calendar (FACTS stratus/frames-8, FACTS stratus/frames-16 and FACTS stratus/frames-19).

use super::{
    entry::{Entry, text, written},
    repeat::last_day,
    times::{compact, date, end_time, hhmm, time},
    week::DAYS,
};
use crate::{
    model::{Day, Holidays, Observe, ObserveOn, Window, Workweek, Year},
    provider::stratus::wire::CalendarRow,
    text::closest,
};

const NAME: &str = "timeframe-holiday-name";
const BEGIN: &str = "timeframe-holiday-begin-date";
const COUNTRY: &str = "country-abbreviation";
const REGION: &str = "state-province-abbreviation";
const WORKWEEK: &str = "timeframe-workweek-list";

/// What identifies a holiday to the vendor. Nothing of it can be changed.
const FIXED: [&str; 6] =
    ["timeframe-holiday-uuid", NAME, BEGIN, COUNTRY, REGION, "holiday-api-location-hint"];

const OBSERVED: [(ObserveOn, &str); 7] = [
    (ObserveOn::OnTheDay, "observe-on-holiday-only"),
    (ObserveOn::AndNextDay, "observe-on-holiday-and-next-day"),
    (ObserveOn::AndPriorDay, "observe-on-holiday-and-prior-day"),
    (ObserveOn::AndNextWorkday, "observe-on-exact-date-and-next-workday"),
    (ObserveOn::AndPriorWorkday, "observe-on-holiday-and-prior-workday"),
    (ObserveOn::NextWorkday, "observe-on-next-workday"),
    (ObserveOn::PriorWorkday, "observe-on-prior-workday"),
];

const LETTERS: [(Day, &str); 7] = [
    (Day::Mon, "M"),
    (Day::Tue, "T"),
    (Day::Wed, "W"),
    (Day::Thu, "Th"),
    (Day::Fri, "F"),
    (Day::Sat, "S"),
    (Day::Sun, "Su"),
];

/// An entry in the words of the YAML, if there are any.
pub fn holiday(entry: &Entry) -> Option<Holidays> {
    let name = text(entry, NAME).into_owned();
    let region = text(entry, REGION);
    let region = if region.is_empty() { None } else { Some(region.to_uppercase().parse().ok()?) };
    let begin = date(&text(entry, BEGIN))?.year();
    let (year, first_year) = match &*text(entry, "timeframe-recurrence-type") {
        "never" => (Some(Year(begin)), None),
        "yearlyOnHoliday" => (None, from(Some(Year(begin)))),
        _ => return None,
    };
    let last_day = last_day(
        &text(entry, "timeframe-recurrence-end-option"),
        &text(entry, "timeframe-recurrence-end-date"),
    )?;
    let observe = DAYS.into_iter().map(|(day, word)| {
        let option = text(entry, &format!("timeframe-weekly-{word}-observance-option"));
        let known = OBSERVED.into_iter().find(|(_, wire)| *wire == option || option.is_empty());
        known.map(|(how, _)| (day, how))
    });
    let observe = observe.collect::<Option<Vec<_>>>()?;
    let holiday = Holidays {
        country: text(entry, COUNTRY).to_uppercase().parse().ok()?,
        region,
        days: vec![name],
        observe: Some(Observe::new(observe)),
        hours: Some(hours(entry)?),
        workweek: Some(workweek(&text(entry, WORKWEEK))?),
        year,
        first_year,
        last_day,
    };
    holiday.plain().next().filter(|holiday| !holiday.days.iter().any(|name| name.trim().is_empty()))
}

fn hours(entry: &Entry) -> Option<Vec<Window>> {
    let mut hours = Vec::new();
    for n in 1..=2 {
        let begin = text(entry, &format!("timeframe-holiday-begin-time-{n}"));
        let end = text(entry, &format!("timeframe-holiday-end-time-{n}"));
        if begin.is_empty() && end.is_empty() {
            continue;
        }
        let window = Window { begin: time(&begin)?, end: end_time(&end)? };
        hours.push(Some(window).filter(|window| window.begin < window.end)?);
    }
    Some(hours)
}

fn workweek(list: &str) -> Option<Workweek> {
    if list.is_empty() {
        return Some(Workweek::default());
    }
    let day = |letter: &str| LETTERS.into_iter().find(|(_, it)| *it == letter).map(|(day, _)| day);
    Workweek::new(list.split(',').map(|letter| day(letter.trim())).collect::<Option<_>>()?)
}

/// Whether two are the same holiday from the same year on, however it is observed.
pub fn is_same_day(one: &Holidays, other: &Holidays) -> bool {
    let what =
        |it: &Holidays| (it.country.clone(), it.region.clone(), it.days.clone(), it.year.or(it.first_year));
    what(one) == what(other)
}

/// The entry for one holiday; `fixed` is what the vendor's calendar says of it.
pub fn entry(holiday: &Holidays, fixed: &Entry) -> Entry {
    let Holidays { country, region, days: _, observe, hours, workweek, year, first_year: _, last_day } =
        holiday;
    let mut entry: Entry =
        FIXED.iter().filter_map(|key| Some(((*key).to_owned(), written(key, fixed.get(*key)?)))).collect();
    entry.insert(COUNTRY.to_owned(), country.as_str().into());
    if let Some(region) = region {
        entry.insert(REGION.to_owned(), region.as_str().into());
    }
    let hours = hours.clone().unwrap_or_else(|| vec![Window::DAY]);
    for n in 1..=2_usize {
        let (begin, end) = hours.get(n - 1).map(|it| (hhmm(it.begin), hhmm(it.end))).unwrap_or_default();
        entry.insert(format!("timeframe-holiday-begin-time-{n}"), begin.into());
        entry.insert(format!("timeframe-holiday-end-time-{n}"), end.into());
    }
    let observe = observe.clone().unwrap_or_default();
    for (day, word) in DAYS {
        let option = OBSERVED.into_iter().find(|(how, _)| *how == observe.on(day));
        let option = option.map(|(_, wire)| wire).unwrap_or_default();
        entry.insert(format!("timeframe-weekly-{word}-observance-option"), option.into());
    }
    let week = workweek.clone().unwrap_or_default();
    let letters = LETTERS.into_iter().filter(|(day, _)| week.days().contains(day));
    let list = letters.map(|(_, letter)| letter).collect::<Vec<_>>().join(",");
    entry.insert(WORKWEEK.to_owned(), list.into());
    let kind = if year.is_some() { "never" } else { "yearlyOnHoliday" };
    entry.insert("timeframe-recurrence-type".to_owned(), kind.into());
    let end = match (year, last_day) {
        (Some(_), None) => "",
        (_, Some(_)) => "onDate",
        (None, None) => "never",
    };
    entry.insert("timeframe-recurrence-end-option".to_owned(), end.into());
    let last_day = last_day.map(|day| compact(day.0)).unwrap_or_default();
    entry.insert("timeframe-recurrence-end-date".to_owned(), last_day.into());
    entry
}

/// The year in which holidays are looked up that have always been: their first time is that of this year
/// (FACTS stratus/frames-20).
const ALWAYS: i16 = 2026;

/// The first year, without the one that goes without saying.
pub fn from(first_year: Option<Year>) -> Option<Year> {
    first_year.filter(|year| year.0 != ALWAYS)
}

/// In which year a holiday is looked up: that of its first time.
pub fn first_year(holiday: &Holidays) -> i16 {
    holiday.year.or(holiday.first_year).map_or(ALWAYS, |year| year.0)
}

/// What the vendor's calendar has of a holiday, or why it has none. One that is of all regions goes before one of some.
pub fn in_calendar(holiday: &Holidays, rows: &[CalendarRow]) -> Result<Entry, String> {
    let Holidays { country, region, days, .. } = holiday;
    let name = days.first().map(String::as_str).unwrap_or_default();
    let place = region.as_ref().map_or(country.as_str(), |region| region.as_str());
    let year = first_year(holiday);
    let calendar = format!("the holiday calendar of `{place}` for {year}");
    let mut named: Vec<&CalendarRow> = rows.iter().filter(|row| row.name.as_str() == name).collect();
    if named.iter().any(|row| row.locations.as_str() == ALL) {
        named.retain(|row| row.locations.as_str() == ALL);
    }
    let Some(row) = named.first() else {
        let known = rows.iter().map(|row| row.name.as_str());
        let near = closest(name, known).map(|near| format!("; it has `{near}`")).unwrap_or_default();
        return Err(format!("{calendar} has no `{name}`{near}"));
    };
    if named.iter().any(|other| (&other.uuid, &other.date) != (&row.uuid, &row.date)) {
        return Err(format!("{calendar} has several of `{name}`: name a `region`"));
    }
    let begin = date(row.date.as_str()).map(compact);
    let begin =
        begin.ok_or_else(|| format!("{calendar} has no date for `{name}`: `{}`", row.date.as_str()))?;
    let values = [
        row.uuid.as_str(),
        name,
        &begin,
        country.as_str(),
        region.as_ref().map_or("", |region| region.as_str()),
        row.locations.as_str(),
    ];
    Ok(FIXED.iter().zip(values).map(|(key, value)| ((*key).to_owned(), value.into())).collect())
}

/// The word of the calendar for every region.
const ALL: &str = "All";

/// What has no word, for people: "Thanksgiving Day (US), every year"
pub fn told(entry: &Entry) -> String {
    let place = text(entry, REGION);
    let place = if place.is_empty() { text(entry, COUNTRY) } else { place };
    let place = if place.is_empty() { String::new() } else { format!(" ({place})") };
    let when = match &*text(entry, "timeframe-recurrence-type") {
        "yearlyOnHoliday" => "every year".to_owned(),
        _ => format!("once, {}", text(entry, BEGIN)),
    };
    format!("{}{place}, {when}", text(entry, NAME))
}
