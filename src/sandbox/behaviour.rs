//! Holds what can be switched about an emulated server, and its notation.
//!
//! The default is the faithful server: delays, caps and odd names as the fact sheets tell, and no faults.

use std::str::FromStr;
use std::time::Duration;

use crate::text;

/// Every switch. Probabilities are 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Behaviour {
    /// How long a committed write stays invisible to reads (fact sheet section 3.4).
    pub visible_after: Duration,
    /// How often `is-active` is recomputed (fact sheet section 3.4: right only after minutes).
    pub active_lag: Duration,
    /// Rows of a list without `limit` (fact sheet section 3.2).
    pub page_cap: usize,
    /// Which release's paths exist (fact sheet section 2.1).
    pub release: Release,
    /// Numbers and strings mixed, `""` for unset integers, features missing (fact sheet section 3.1).
    pub mixed_types: bool,
    /// A write to an object whose last write is not visible yet is accepted and lost.
    pub pending_first: bool,
    /// Deleted names stay reserved (fact sheet section 6.4).
    pub soft_delete: bool,
    /// `remove: "yes"` takes entries out of a list; off, it is accepted and does nothing (section 9).
    pub list_remove: bool,
    /// Writes answered 202 that change nothing (fact sheet section 1, fact 7).
    pub accept_and_ignore: f64,
    pub too_many_requests: f64,
    pub rate_limit: f64,
    /// Seconds in `Retry-After` of a 429.
    pub retry_after: u32,
    pub server_error: f64,
    pub bad_gateway_after_commit: f64,
    pub reset_before_commit: f64,
    pub reset_after_commit: f64,
    /// Half of the body under the full `Content-Length`, then the end.
    pub truncate: f64,
    /// 200 with an HTML page, as a proxy in the way answers.
    pub garbage: f64,
    /// A write whose change stays invisible for `stale_for`, and with it every later one.
    pub stale: f64,
    pub stale_for: Duration,
    /// An answer after which the server goes away for `refuse_for`: connections are closed, and refused.
    pub refuse: f64,
    pub refuse_for: Duration,
    /// Added before every answer.
    pub slow: Duration,
    /// An answer that takes ten times `slow`.
    pub slow_ten_times: f64,
    /// Faults meet only requests whose `METHOD /path` starts so, or only `writes`.
    pub only: String,
    /// Faults spare this many requests first.
    pub skip: u64,
    /// Faults stop after this many.
    pub at_most: u64,
    /// Chooses another sequence of faults.
    pub seed: u64,
    /// 503, before anything is done.
    pub unavailable: f64,
    /// No `ETag`, and `If-Match` is not looked at (fact sheet Deskphone section 4: both are optional).
    pub no_etag: bool,
    /// Someone in the dashboard changes each person's diverts right before the first write to them is handled.
    pub meddle: bool,
    /// Outside numbers are read as `+44…`, some with spaces, and taken so (fact sheet Deskphone section 4).
    pub plus_numbers: bool,
    /// `destination` is missing where none was ever set (fact sheet Deskphone section 3.1).
    pub bare_destination: bool,
    /// Documents carry a field that no schema names; a write that leaves it out loses it.
    pub extra_field: bool,
    /// People on one page at most, whatever `max` asks for (fact sheet Deskphone section 4).
    pub people_page: usize,
    /// Mistakes are refused instead of passed over (fact sheet CTM section 11, column "strict").
    pub strict: bool,
    /// Fields without a documented name are taken and shown instead of dropped (fact sheet CTM section 10).
    pub experimental: bool,
    /// Requests in one second that are answered before it is 429; 0 is no limit, `None` the vendor's own.
    pub requests_per_second: Option<u32>,
    /// How a page names its neighbours (fact sheet CTM section 3).
    pub next_page: NextPage,
    /// The answer to a new schedule holds its id (fact sheet CTM section 7.6: it is documented without).
    pub schedule_id: bool,
}

/// The forms of `next_page` and `previous_page` that clients have met (fact sheet CTM section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextPage {
    /// An absolute URL; null where there is no such page.
    Url,
    /// The number of the page; null where there is none.
    Integer,
    /// An absolute URL; `false` where there is no such page.
    False,
    /// Null on every page, whatever follows: only `total_pages` tells.
    Null,
}

/// The releases whose paths are known to differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    V44_4,
    V45_0,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            visible_after: Duration::from_millis(200),
            active_lag: Duration::from_secs(160),
            page_cap: 100,
            release: Release::V45_0,
            mixed_types: true,
            pending_first: false,
            soft_delete: false,
            list_remove: false,
            accept_and_ignore: 0.0,
            too_many_requests: 0.0,
            rate_limit: 0.0,
            retry_after: 1,
            server_error: 0.0,
            bad_gateway_after_commit: 0.0,
            reset_before_commit: 0.0,
            reset_after_commit: 0.0,
            truncate: 0.0,
            garbage: 0.0,
            stale: 0.0,
            stale_for: Duration::from_secs(2),
            refuse: 0.0,
            refuse_for: Duration::from_millis(200),
            slow: Duration::ZERO,
            slow_ten_times: 0.0,
            only: String::new(),
            skip: 0,
            at_most: u64::MAX,
            seed: 0,
            unavailable: 0.0,
            no_etag: false,
            meddle: false,
            plus_numbers: false,
            bare_destination: false,
            extra_field: false,
            people_page: 1000,
            strict: false,
            experimental: false,
            requests_per_second: None,
            next_page: NextPage::Url,
            schedule_id: true,
        }
    }
}

/// What is wrong with a notation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BehaviourError {
    #[error("no behaviour is named `{name}`{}; the names are {}", hint(.name), names())]
    Unknown { name: String },
    #[error("behaviour `{name}` takes {expected}, not `{value}`")]
    Value { name: String, value: String, expected: &'static str },
}

/// Sets one switch from its text, or says what it takes.
type Setter = fn(&mut Behaviour, &str) -> Result<(), &'static str>;

/// Every name of the notation, with what it sets.
const SWITCHES: &[(&str, Setter)] = &[
    ("visible-after", |b, text| set(&mut b.visible_after, duration(text))),
    ("active-lag", |b, text| set(&mut b.active_lag, duration(text))),
    ("page-cap", |b, text| set(&mut b.page_cap, page_cap(text))),
    ("release", |b, text| set(&mut b.release, release(text))),
    ("mixed-types", |b, text| set(&mut b.mixed_types, flag(text))),
    ("pending-first", |b, text| set(&mut b.pending_first, flag(text))),
    ("soft-delete", |b, text| set(&mut b.soft_delete, flag(text))),
    ("list-remove", |b, text| set(&mut b.list_remove, flag(text))),
    ("accept-and-ignore", |b, text| set(&mut b.accept_and_ignore, chance(text))),
    ("429", |b, text| set(&mut b.too_many_requests, chance(text))),
    ("420", |b, text| set(&mut b.rate_limit, chance(text))),
    ("retry-after", |b, text| set(&mut b.retry_after, whole(text))),
    ("500", |b, text| set(&mut b.server_error, chance(text))),
    ("502-after-commit", |b, text| set(&mut b.bad_gateway_after_commit, chance(text))),
    ("reset-before-commit", |b, text| set(&mut b.reset_before_commit, chance(text))),
    ("reset-after-commit", |b, text| set(&mut b.reset_after_commit, chance(text))),
    ("truncate", |b, text| set(&mut b.truncate, chance(text))),
    ("garbage", |b, text| set(&mut b.garbage, chance(text))),
    ("stale", |b, text| set(&mut b.stale, chance(text))),
    ("stale-for", |b, text| set(&mut b.stale_for, duration(text))),
    ("refuse", |b, text| set(&mut b.refuse, chance(text))),
    ("refuse-for", |b, text| set(&mut b.refuse_for, duration(text))),
    ("slow", |b, text| set(&mut b.slow, duration(text))),
    ("slow-10x", |b, text| set(&mut b.slow_ten_times, chance(text))),
    ("only", |b, text| set(&mut b.only, prefix(text))),
    ("skip", |b, text| set(&mut b.skip, whole(text))),
    ("at-most", |b, text| set(&mut b.at_most, whole(text))),
    ("seed", |b, text| set(&mut b.seed, whole(text))),
    ("503", |b, text| set(&mut b.unavailable, chance(text))),
    ("no-etag", |b, text| set(&mut b.no_etag, flag(text))),
    ("meddle", |b, text| set(&mut b.meddle, flag(text))),
    ("plus-numbers", |b, text| set(&mut b.plus_numbers, flag(text))),
    ("bare-destination", |b, text| set(&mut b.bare_destination, flag(text))),
    ("extra-field", |b, text| set(&mut b.extra_field, flag(text))),
    ("people-page", |b, text| set(&mut b.people_page, page_cap(text))),
    ("strict", |b, text| set(&mut b.strict, flag(text))),
    ("experimental", |b, text| set(&mut b.experimental, flag(text))),
    ("requests-per-second", |b, text| set(&mut b.requests_per_second, whole(text).map(Some))),
    ("next-page", |b, text| set(&mut b.next_page, next_page(text))),
    ("schedule-id", |b, text| set(&mut b.schedule_id, flag(text))),
];

impl FromStr for Behaviour {
    type Err = BehaviourError;

    /// Parses `name:value` items separated by commas, over the default; empty text is the default.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut behaviour = Self::default();
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (name, value) = item.split_once(':').unwrap_or((item, ""));
            let (name, value) = (name.trim(), value.trim());
            let unknown = || BehaviourError::Unknown { name: name.into() };
            let (_, setter) = SWITCHES.iter().find(|(known, _)| *known == name).ok_or_else(unknown)?;
            setter(&mut behaviour, value).map_err(|expected| BehaviourError::Value {
                name: name.into(),
                value: value.into(),
                expected,
            })?;
        }
        Ok(behaviour)
    }
}

fn set<T>(slot: &mut T, value: Result<T, &'static str>) -> Result<(), &'static str> {
    *slot = value?;
    Ok(())
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    text::duration(text).ok_or("a duration such as `200ms` or `1s`")
}

fn chance(text: &str) -> Result<f64, &'static str> {
    let expected = "a probability from 0 to 1";
    let value: f64 = text.parse().map_err(|_| expected)?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(expected) }
}

/// Reads a flag; its bare name switches it on.
fn flag(text: &str) -> Result<bool, &'static str> {
    match text {
        "" | "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("`on` or `off`"),
    }
}

fn whole<T: FromStr>(text: &str) -> Result<T, &'static str> {
    text.parse().map_err(|_| "a whole number")
}

fn page_cap(text: &str) -> Result<usize, &'static str> {
    let expected = "a number of rows from 1 to 1000";
    let rows: usize = text.parse().map_err(|_| expected)?;
    if (1..=1000).contains(&rows) { Ok(rows) } else { Err(expected) }
}

fn release(text: &str) -> Result<Release, &'static str> {
    match text {
        "44.4" => Ok(Release::V44_4),
        "45.0" => Ok(Release::V45_0),
        _ => Err("`44.4` or `45.0`"),
    }
}

fn next_page(text: &str) -> Result<NextPage, &'static str> {
    match text {
        "url" => Ok(NextPage::Url),
        "integer" => Ok(NextPage::Integer),
        "false" => Ok(NextPage::False),
        "null" => Ok(NextPage::Null),
        _ => Err("`url`, `integer`, `false` or `null`"),
    }
}

fn prefix(text: &str) -> Result<String, &'static str> {
    if text.is_empty() { Err("the start of `METHOD /path`, or `writes`") } else { Ok(text.to_owned()) }
}

fn names() -> String {
    SWITCHES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// Proposes the nearest name, when one is near.
fn hint(wrong: &str) -> String {
    let near = text::closest(wrong, SWITCHES.iter().map(|(name, _)| *name));
    near.map(|name| format!(", did you mean `{name}`?")).unwrap_or_default()
}
