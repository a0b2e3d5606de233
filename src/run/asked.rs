//! What somebody asks about a call, understood: who has what is called, when that is, and what the call finds.

use super::{
    Checked,
    report::{Live, no_tenant},
    scene::numbers,
};
use crate::{
    error::Failure,
    explained::Explained,
    flow::{Given, Network, System, Target},
    model::E164,
    text::closest,
};
use jiff::{
    Timestamp, Zoned,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};
use std::collections::{BTreeSet, HashMap};

/// Who has what can be called, among the tenants of a run.
pub(super) struct Callees {
    numbers: HashMap<E164, BTreeSet<usize>>,
    names: HashMap<String, BTreeSet<usize>>,
    tenants: HashMap<String, usize>,
}

impl Callees {
    pub fn of(checked: &Checked, live: Option<&Live>) -> Self {
        let mut callees = Self { numbers: HashMap::new(), names: HashMap::new(), tenants: HashMap::new() };
        for (at, it) in checked.tenants.iter().enumerate() {
            let tenant = &checked.loaded(it).tenant;
            callees.tenants.entry(tenant.tenant.clone()).or_insert(at);
            for number in numbers(checked, it, live) {
                callees.numbers.entry(number).or_default().insert(at);
            }
            let extensions = tenant.rules.keys().chain(tenant.diverts.keys());
            let extensions = extensions.map(|it| it.as_str().to_owned());
            for name in extensions.chain(tenant.queues.keys().cloned()) {
                callees.names.entry(name).or_default().insert(at);
            }
        }
        callees
    }

    /// The tenant that has a number; of several the first.
    pub fn owner(&self, number: &E164) -> Option<usize> {
        self.numbers.get(number)?.first().copied()
    }

    /// The tenant of a name, among those of the run.
    pub fn tenant(&self, checked: &Checked, named: &str) -> Result<usize, Failure> {
        self.tenants.get(named).copied().ok_or_else(|| no_tenant(checked, named))
    }

    /// The tenant that has what is called, and its time zone.
    pub fn called(&self, checked: &Checked, named: &str) -> Result<(usize, Option<String>), Failure> {
        let tenant = |at: usize| &checked.loaded(&checked.tenants[at]).tenant;
        let (only, name) = match named.split_once('/') {
            Some((tenant, name)) => (Some(self.tenant(checked, tenant)?), name),
            None => (None, named),
        };
        let number: Option<E164> = name.parse().ok();
        let has = match &number {
            Some(number) => self.numbers.get(number),
            None => self.names.get(name),
        };
        let is_asked = |at: &&usize| only.is_none_or(|only| only == **at);
        let found: Vec<usize> = has.into_iter().flatten().filter(is_asked).copied().collect();
        match (found.as_slice(), only) {
            ([one], _) => Ok((*one, tenant(*one).time_zone.clone())),
            // It may be live alone.
            ([], Some(at)) if number.is_none() => Ok((at, tenant(at).time_zone.clone())),
            ([], _) => Err(unknown(checked, named, number.is_some())),
            ([first, ..], _) => {
                let names: Vec<&str> = found.iter().map(|at| tenant(*at).tenant.as_str()).collect();
                let names = names.join(", ");
                Err(Failure::error(format!("`{named}` is something of several tenants: {names}"))
                    .help(format!("name the tenant as well: `{}/{named}`", tenant(*first).tenant)))
            }
        }
    }
}

/// That no tenant has what is called.
pub(super) fn unknown(checked: &Checked, named: &str, is_number: bool) -> Failure {
    let failure = Failure::error(format!("no tenant has `{named}`"));
    let tenants = checked.tenants.iter().map(|it| &checked.loaded(it).tenant);
    let known: Vec<String> = tenants
        .flat_map(|it| {
            let numbers = it.numbers.keys().map(ToString::to_string);
            let extensions =
                it.rules.keys().chain(it.diverts.keys()).map(|extension| extension.as_str().to_owned());
            let others: Vec<String> = extensions.chain(it.queues.keys().cloned()).collect();
            if is_number { numbers.collect::<Vec<_>>() } else { others }
        })
        .collect();
    match closest(named, known.iter().map(String::as_str)) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help(
            "write a number as `+12145550100`, or `TENANT/EXTENSION` or `TENANT/QUEUE` as its file has it",
        ),
    }
}

/// An instant as somebody has written it. A time without an offset is of the clock of a zone.
pub(super) fn instant(text: &str, zone: Option<&str>) -> Result<Timestamp, Explained> {
    let zoned = || text.parse::<Zoned>().ok().map(|it| it.timestamp());
    if let Some(at) = text.parse::<Timestamp>().ok().or_else(zoned) {
        return Ok(at);
    }
    let Ok(local) = text.parse::<DateTime>() else {
        return Err(Explained::with_help(
            format!("`{text}` is not a time"),
            "write date and time: `2026-12-25T10:00`, or with an offset `2026-12-25T10:00-06:00`",
        ));
    };
    let name = zone.unwrap_or("UTC");
    let with_offset = "write a time before or after, or one with an offset";
    let zone = TimeZone::get(name).map_err(|_| {
        Explained::with_help(format!("`{name}` is not a time zone"), "write the time with an offset")
    })?;
    let ambiguous = zone.to_ambiguous_zoned(local);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        let message = format!("there is no {local} in {name}: clocks go forward over it");
        return Err(Explained::with_help(message, with_offset));
    }
    // Of a time that comes twice, the first.
    let first = ambiguous.earlier();
    first.map(|it| it.timestamp()).map_err(|error| Explained::with_help(error.to_string(), with_offset))
}

/// What is called, in the tables of the tenants.
pub(super) fn target(network: &Network, tenant: &str, named: &str) -> Option<Target> {
    let name = named.split_once('/').map_or(named, |(_, name)| name);
    match name.parse::<E164>() {
        Ok(number) => network.number(&number).map(Target::Number),
        Err(_) => network.called(tenant, name),
    }
}

/// The word for every phone of which nothing else is said.
pub(super) const EVERYBODY: &str = "everybody";

/// Sets one thing that a call finds: `101` is `offline`, `mailbox:101` is `off`.
pub(super) fn give(
    given: &mut Given,
    network: &Network,
    tenant: &str,
    (name, state): (&str, &str),
) -> Result<(), Explained> {
    if let Some(system) = System::of_kind(name) {
        given.set_platform(system, state.parse()?);
        return Ok(());
    }
    if name == EVERYBODY {
        given.set_others(state.parse()?);
        return Ok(());
    }
    let (sort, name) = name.split_once(':').map_or((None, name), |(sort, name)| (Some(sort), name));
    let (tenant, name) = name.split_once('/').unwrap_or((tenant, name));
    let unknown = || {
        Explained::with_help(
            format!("the call cannot come to `{name}`"),
            "name an extension, a device, an agent or an outside number that its paths lead to",
        )
    };
    let only = |word: &str| {
        Explained::with_help(
            format!("`{state}` is not what that can be"),
            format!("write `{word}`, or leave it out"),
        )
    };
    match sort {
        None => {
            let party = network.party(tenant, name).ok_or_else(unknown)?;
            given.set_phone(party, state.parse()?);
        }
        Some("mailbox") => {
            let mailbox = network.mailbox(tenant, name).ok_or_else(unknown)?;
            if state != "off" {
                return Err(only("off"));
            }
            given.switch_mailbox_off(mailbox);
        }
        Some("queue") => {
            let queue = network.queue(tenant, name).ok_or_else(unknown)?;
            if state != "full" {
                return Err(only("full"));
            }
            given.fill(queue);
        }
        Some(sort) => {
            return Err(Explained::with_help(
                format!("`{sort}` is not a sort of thing"),
                "write `101=…` for a phone, `mailbox:101=off` or `queue:400=full`",
            ));
        }
    }
    Ok(())
}
