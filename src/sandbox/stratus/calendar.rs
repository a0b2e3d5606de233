//! Serves a small calendar of holidays (FACTS stratus/frames-16).

use jiff::civil::{Date, Weekday};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::call::{ErrorResponse, RouteResult};
use crate::sandbox::vendor::{Request, Response};
use crate::text::hex;

/// On which day of a year.
enum On {
    Date(i8, i8),
    /// Which one of a month: counted, or -1 for the last.
    Nth(i8, Weekday, i8),
}

/// Holidays of one country: the name, the day, and the regions that have it; none for all.
type Holiday = (&'static str, On, &'static [&'static str]);

const REGIONS: [(&str, &[(&str, &str)]); 2] = [
    ("US", &[("US-MA", "Massachusetts"), ("US-TX", "Texas"), ("US-WI", "Wisconsin")]),
    ("CA", &[("CA-ON", "Ontario"), ("CA-QC", "Quebec")]),
];

const US: &[Holiday] = &[
    ("New Year's Day", On::Date(1, 1), &[]),
    // The vendor's own example lists it once more for some states.
    ("New Year's Day", On::Date(1, 1), &["US-TX"]),
    ("Martin Luther King Jr. Day", On::Nth(3, Weekday::Monday, 1), &[]),
    ("Patriots' Day", On::Nth(3, Weekday::Monday, 4), &["US-MA"]),
    ("Memorial Day", On::Nth(-1, Weekday::Monday, 5), &[]),
    ("Juneteenth", On::Date(6, 19), &[]),
    ("Independence Day", On::Date(7, 4), &[]),
    ("Labor Day", On::Nth(1, Weekday::Monday, 9), &[]),
    ("Veterans Day", On::Date(11, 11), &[]),
    ("Thanksgiving Day", On::Nth(4, Weekday::Thursday, 11), &[]),
    ("Christmas Day", On::Date(12, 25), &[]),
    // Two states, two days.
    ("Founders Day", On::Date(3, 2), &["US-TX"]),
    ("Founders Day", On::Date(5, 29), &["US-WI"]),
];

const CA: &[Holiday] = &[
    ("New Year's Day", On::Date(1, 1), &[]),
    ("Canada Day", On::Date(7, 1), &[]),
    ("Thanksgiving", On::Nth(2, Weekday::Monday, 10), &[]),
    ("Fête nationale", On::Date(6, 24), &["CA-QC"]),
    ("Christmas Day", On::Date(12, 25), &[]),
];

pub fn route(request: &Request, path: &[&str]) -> RouteResult {
    let answer = match (request.method.as_str(), path) {
        ("GET", ["countries"]) => {
            let row = |(code, name): (&str, &str)| json!({ "country_name": name, "iso-3166": code });
            [("CA", "Canada"), ("US", "United States")].map(row).to_vec().into()
        }
        ("GET", ["regions"]) => {
            let of = |regions: &[(&str, &str)]| {
                regions.iter().map(|(code, name)| ((*code).to_owned(), Value::from(*name))).collect::<Value>()
            };
            REGIONS.iter().map(|(country, regions)| ((*country).to_owned(), of(regions))).collect()
        }
        ("GET", [country, year]) => rows(country, None, year)?,
        ("GET", [country, region, year]) => rows(country, Some(region), year)?,
        _ => return Err(ErrorResponse::no_route()),
    };
    Ok(Response::new(200, answer))
}

fn rows(country: &str, region: Option<&str>, year: &str) -> Result<Value, ErrorResponse> {
    let year: i16 = year.parse().map_err(|_| ErrorResponse::invalid("Invalid value for year."))?;
    let country = country.to_uppercase();
    let all = match country.as_str() {
        "US" => US,
        "CA" => CA,
        _ => &[],
    };
    let here = |(_, _, regions): &&Holiday| {
        region.is_none_or(|region| regions.is_empty() || regions.contains(&region))
    };
    let row = |(name, on, regions): &Holiday| {
        let date = on.date(year)?;
        let short: Vec<&str> = regions.iter().filter_map(|region| region.split('-').nth(1)).collect();
        let states: Vec<String> = regions.iter().map(|region| region.to_lowercase()).collect();
        Some(json!({
            "uuid": hex(&Sha256::digest(format!("{country} {name}"))[..16]),
            "name": name,
            "description": "",
            "country": country.to_lowercase(),
            "date": date.strftime("%Y%m%d").to_string().parse::<u32>().ok(),
            "type": [if regions.is_empty() { "National holiday" } else { "Local holiday" }],
            "primary_type": if regions.is_empty() { "Federal Holiday" } else { "State Holiday" },
            "locations": if regions.is_empty() { "All".to_owned() } else { short.join(", ") },
            "states": if regions.is_empty() { Value::from("All") } else { states.into() },
        }))
    };
    Ok(all.iter().filter(here).filter_map(row).collect())
}

impl On {
    fn date(&self, year: i16) -> Option<Date> {
        match *self {
            Self::Date(month, day) => Date::new(year, month, day).ok(),
            Self::Nth(nth, day, month) => Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, day).ok(),
        }
    }
}
