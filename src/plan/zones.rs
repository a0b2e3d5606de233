//! The time zone that the files count in against those the account counts in: which hours move, and by how much.

use super::{Observed, Zones};
use crate::{
    finding::Finding,
    model::{Address, DEFAULT_RULE, Extension, Kind, Resource},
    text::count,
};
use jiff::{Timestamp, tz::TimeZone, tz::TimeZoneDatabase};
use std::collections::{BTreeMap, BTreeSet};

/// Of more names than this only so many are named.
const NAMED: usize = 6;

/// The year over which two zones are compared, week by week: rules of summer time are the same in any year to come.
const FIRST_DAY: i64 = 1_767_225_600;
const WEEK: i64 = 7 * 24 * 3600;

/// What is compared.
pub(super) struct Clocks<'a> {
    pub tenant: &'a str,
    pub account: &'a str,
    /// As the tenant's file says.
    pub time_zone: Option<&'a str>,
    pub zones: &'a Zones,
    /// Whether calls are told by the clock of the file, and not hours compared with it: without one, by UTC.
    pub is_of_calls: bool,
}

/// What of the way of calls counts in another zone than they are told in: the rules that they come to, and where these are written.
/// `rules` are all that there is, declared or live.
pub fn of_calls(
    (tenant, account): (&str, &str),
    time_zone: Option<&str>,
    zones: &Zones,
    rules: &BTreeMap<Address, Resource>,
) -> Vec<(Finding, Option<Address>)> {
    let clocks = Clocks { tenant, account, time_zone, zones, is_of_calls: true };
    let desired: BTreeMap<&Address, &Resource> = rules.iter().collect();
    clocks.findings(&desired, &Observed::default(), false)
}

/// Who counts in a zone: the account, extensions, or schedules that have a zone of their own.
#[derive(Default)]
struct Who<'a> {
    account: bool,
    extensions: Vec<&'a str>,
    schedules: BTreeSet<&'a str>,
}

impl<'a> Clocks<'a> {
    /// A finding for each zone whose hours are others than those of the file's, or of the account's where the file says
    /// none. Each with the first extension that it is about.
    pub fn findings(
        &self,
        desired: &BTreeMap<&'a Address, &'a Resource>,
        observed: &'a Observed,
        zoned_schedules: bool,
    ) -> Vec<(Finding, Option<Address>)> {
        let account = self.zones.account.as_deref();
        let or_else = if self.is_of_calls { Some("UTC") } else { account };
        let Some(reference) = self.time_zone.or(or_else) else { return Vec::new() };
        // Who counts in a zone of its own does not count in that of the account.
        let has_none = |it: &&Address| {
            it.key.parse().ok().is_none_or(|it: Extension| !self.zones.extensions.contains_key(&it))
        };
        let account = account.filter(|_| !self.is_of_calls || desired.keys().any(has_none));
        let mut found: BTreeMap<&str, Who<'_>> = BTreeMap::new();
        if let Some(zone) = account {
            let who = found.entry(zone).or_default();
            who.account = true;
            if !zoned_schedules {
                let schedules = desired.keys().filter(|it| it.kind == Kind::Schedules);
                who.schedules.extend(schedules.map(|it| it.key.as_str()));
                let without = desired.iter().filter(|(it, _)| self.is_of_calls && has_none(it));
                who.schedules.extend(without.flat_map(|(_, rules)| used(rules)));
            }
        }
        let mut said = BTreeSet::new();
        for address in desired.keys().filter(|it| matches!(it.kind, Kind::Rules | Kind::Diverts)) {
            let Ok(extension) = address.key.parse() else { continue };
            let Some(zone) = self.zones.extensions.get(&extension) else { continue };
            let who = found.entry(zone).or_default();
            // Of rules and diverts once.
            if said.insert(&address.key) {
                who.extensions.push(&address.key);
            }
            let rules = Address::new(Kind::Rules, &address.key);
            let wanted = desired.get(&rules).copied();
            who.schedules.extend(wanted.into_iter().chain(observed.objects.get(&rules)).flat_map(used));
        }
        // The account's zone first: most extensions have it.
        let (account, others): (Vec<_>, Vec<_>) = found.iter().partition(|(_, who)| who.account);
        let finding = |(zone, who): (&&str, &Who<'_>)| {
            let first = who.extensions.first().map(|it| Address::new(Kind::Rules, it));
            Some((self.finding(zone, reference, who, zoned_schedules)?, first))
        };
        let mut all: Vec<(Finding, Option<Address>)> =
            account.into_iter().chain(others).filter_map(finding).collect();
        if zoned_schedules && self.time_zone.is_some() {
            all.extend(own_zones(desired, observed).iter().filter_map(|(zone, names)| {
                let whose = format!("{} counts in {zone}", joined(names, "schedule"));
                Some((self.differs(zone, reference, &whose, "its hours")?, None))
            }));
        }
        all
    }

    fn finding(&self, zone: &str, reference: &str, who: &Who<'_>, zoned_schedules: bool) -> Option<Finding> {
        let mut subjects = Vec::new();
        if who.account {
            subjects.push(format!("account `{}`", self.account));
        }
        if !who.extensions.is_empty() {
            subjects.push(joined(&who.extensions, "extension"));
        }
        let verb = if subjects.len() + who.extensions.len() > 2 { "are" } else { "is" };
        let whose = format!("{} {verb} in {zone}", subjects.join(" and "));
        if zoned_schedules {
            return self.differs(zone, reference, &whose, "");
        }
        let names: Vec<&str> = who.schedules.iter().copied().collect();
        let hours = match names.as_slice() {
            [] => "the hours of its schedules".to_owned(),
            names => format!("the hours of {}", listed(names)),
        };
        self.differs(zone, reference, &whose, &hours)
    }

    /// What moves by how much. Without `hours` nothing does.
    fn differs(&self, zone: &str, reference: &str, whose: &str, hours: &str) -> Option<Finding> {
        let says = match self.time_zone {
            Some(_) => format!("the file says {reference}"),
            None if self.is_of_calls => {
                format!("the file says no `time_zone`, so that calls are told by {reference}")
            }
            None => format!("account `{}` is in {reference}", self.account),
        };
        let start = format!("tenant `{}`: {whose}, and {says}", self.tenant);
        let (Some(there), Some(here)) = (known(zone), known(reference)) else {
            let unknown = if known(zone).is_none() { zone } else { reference };
            let message = format!(
                "{start}: `{unknown}` is no zone that dialform knows, and the hours are not compared"
            );
            return (zone != reference).then(|| Finding::warning("time-zone", message));
        };
        let shifts = shifts(&there, &here);
        if shifts.iter().all(|minutes| *minutes == 0) {
            return None;
        }
        let (message, help) = if hours.is_empty() {
            let message =
                format!("{start}: no declared hours move, because each schedule has a zone of its own");
            (message, "set the same zone in the portal and in the file if they are meant to be the same")
        } else {
            let by = by(&shifts);
            let message = match self.time_zone {
                Some(_) => format!("{start}: {hours} come {by} than the file says"),
                None if self.is_of_calls => format!("{start}: {hours} come {by} than this shows"),
                None => format!("{start}: {hours} come {by} than in the zone of the account"),
            };
            (message, "set the zone in the portal, or write the hours and `time_zone` as they count there")
        };
        Some(Finding::warning("time-zone", message).help(help))
    }
}

/// The schedules that an extension's rules name.
fn used(rules: &Resource) -> Vec<&str> {
    let Resource::Rules(rules) = rules else { return Vec::new() };
    let names = rules.order.iter().flatten().map(|rule| rule.when.as_str());
    names.filter(|name| *name != DEFAULT_RULE).collect()
}

/// Declared schedules whose zone the file leaves as it is live, by that zone.
fn own_zones<'a>(
    desired: &BTreeMap<&'a Address, &'a Resource>,
    observed: &'a Observed,
) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (address, wanted) in desired {
        if let (Resource::Schedule(wanted), Some(Resource::Schedule(live))) =
            (wanted, observed.objects.get(address))
            && wanted.time_zone.is_none()
            && let Some(zone) = &live.time_zone
        {
            found.entry(zone).or_default().push(&address.key);
        }
    }
    found
}

fn known(zone: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(zone).ok()
}

/// How many minutes later the hours of one zone come than those of the other, through the year.
fn shifts(there: &TimeZone, here: &TimeZone) -> BTreeSet<i32> {
    let weeks = (0..53).filter_map(|week| Timestamp::from_second(FIRST_DAY + week * WEEK).ok());
    weeks.map(|at| (here.to_offset(at).seconds() - there.to_offset(at).seconds()) / 60).collect()
}

/// "3 hours later", "5 to 6 hours later, depending on the season"
fn by(shifts: &BTreeSet<i32>) -> String {
    let (first, last) =
        (shifts.first().copied().unwrap_or_default(), shifts.last().copied().unwrap_or_default());
    let word = |minutes: i32| if minutes < 0 { "earlier" } else { "later" };
    let season = "depending on the season";
    if first == last {
        return format!("{} {}", long(first), word(first));
    }
    match (first, last) {
        (0, most) | (most, 0) => format!("up to {} {}, {season},", long(most), word(most)),
        (first, last) if (first < 0) == (last < 0) => {
            let (least, most) = if first < 0 { (last, first) } else { (first, last) };
            let least = match (least % 60, most % 60) {
                (0, 0) => (least.abs() / 60).to_string(),
                _ => long(least),
            };
            format!("{least} to {} {}, {season},", long(most), word(most))
        }
        (first, last) => format!("from {} earlier to {} later, {season},", long(first), long(last)),
    }
}

fn long(minutes: i32) -> String {
    let minutes = minutes.unsigned_abs() as usize;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => count(minutes, "minute"),
        (hours, 0) => count(hours, "hour"),
        (hours, minutes) => format!("{} {}", count(hours, "hour"), count(minutes, "minute")),
    }
}

/// "extensions 101, 102 and 40 more"
pub(super) fn joined(names: &[&str], noun: &str) -> String {
    match names {
        [one] => format!("{noun} {one}"),
        names => format!("{noun}s {}", listed(names)),
    }
}

fn listed(names: &[&str]) -> String {
    let named = if names.len() > NAMED { NAMED - 1 } else { names.len() };
    let list = names[..named].join(", ");
    match names.len() - named {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}
