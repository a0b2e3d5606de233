//! One call, followed through what the files declare, and through what is live beneath it.

use super::{
    Checked, Options,
    check::declared,
    report::{Live, no_tenant},
    scene::{Scene, numbers},
};
use crate::{
    error::Failure,
    explained::Explained,
    finding::Finding,
    flow::{self, Assumptions, Call, Caller, Given, Network, Point, Reach, Target},
    lint::calls::system,
    model::{E164, Tenant},
    path::Path,
    report::{self, Home, Trace, Week, What},
    text::closest,
};
use jiff::{
    Timestamp, Zoned,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path as FilePath};

/// What somebody asks about a call.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// A number, `TENANT/EXTENSION` or `TENANT/QUEUE`; without the tenant where one alone has it.
    pub called: String,
    /// When, in the tenant's zone if it says none. None: now.
    pub at: Option<String>,
    /// A number, `anonymous` or `spam`.
    pub from: Option<String>,
    /// What a call finds: `101=offline`, `mailbox:101=off`, `queue:400=full`, `stratus=down`.
    pub given: Vec<String>,
    /// `U7=no`.
    pub assume: Vec<String>,
}

/// A question that has been understood.
pub struct Asked {
    network: Network,
    /// Whose is what is called.
    tenant: String,
    home: Home,
    call: Call,
    given: Given,
    assumed: Assumptions,
    /// What a call finds, as somebody has written it.
    said: Vec<String>,
    /// Whether the account of the tenant was read.
    is_live: bool,
    scene: Scene,
}

/// The files as they are at the instant that a question is about.
pub fn files(
    root: &FilePath,
    question: &Question,
    checked: Checked,
    live: Option<&Live>,
    options: &Options,
) -> Result<Checked, Failure> {
    let (_, zone) = called(&checked, live, &question.called)?;
    let at = instant(question, zone.as_deref(), options)?;
    if !checked.has_until() {
        return Ok(checked);
    }
    let options = Options {
        selection: super::Selection { as_of: Some(at), ..options.selection.clone() },
        ..options.clone()
    };
    declared(root, &options)
}

/// Understands a question: which tenants it is about, and what each name in it means there.
pub fn ask(
    checked: &Checked,
    question: &Question,
    live: Option<&Live>,
    options: &Options,
) -> Result<Asked, Failure> {
    let (first, zone_name) = called(checked, live, &question.called)?;
    let at = instant(question, zone_name.as_deref(), options)?;
    let assumed = assumptions(&question.assume)?;
    let scene = Scene::reached(checked, &[first], live);
    // Wide enough for a week from that instant.
    let at = at.as_second();
    let around = flow::around(at);
    let network = scene.network(checked, live, around.start..around.end + 7 * 24 * 3600, assumed);
    let name = checked.loaded(&checked.tenants[first]).tenant.tenant.clone();
    let not_there = || unknown(checked, &question.called, question.called.starts_with('+'));
    let site = network.tenant(&name).ok_or_else(not_there)?;
    let to = target(&network, &name, &question.called).ok_or_else(not_there)?;
    let caller = match &question.from {
        None => Caller::Unlisted,
        Some(text) => text.parse().map_err(|why: Explained| wrong("--from", why))?,
    };
    let given = given(&network, &name, &question.given)?;
    let zone_name = zone_name.unwrap_or_else(|| "UTC".to_owned());
    let zone = TimeZone::get(&zone_name).unwrap_or(TimeZone::UTC);
    let home = Home { site, zone, zone_name };
    let said = question.given.iter().flat_map(|it| it.split(',')).map(str::to_owned).collect();
    let is_live = live.is_some_and(|live| live.objects(checked.tenants[first].index).is_some());
    Ok(Asked {
        is_live,
        network,
        tenant: name,
        home,
        call: Call { to, at, caller },
        given,
        assumed,
        said,
        scene,
    })
}

impl Asked {
    pub fn trace(&self, checked: &Checked) -> Trace {
        let place = |tenant: &str, path: &Path| self.scene.place(checked, tenant, path);
        Trace {
            given: self.said.clone(),
            is_live: self.is_live,
            ..report::trace(&self.network, (&self.call, &self.given), &self.home, self.assumed, &place)
        }
    }

    pub(super) fn scene(&self) -> &Scene {
        &self.scene
    }

    pub(super) fn tenant(&self) -> &str {
        &self.tenant
    }

    pub(super) fn caller(&self) -> &Caller {
        &self.call.caller
    }

    /// The instant of the call, by the tenant's clock.
    pub(super) fn at(&self) -> String {
        self.home.text(self.call.at)
    }

    /// Whether a schedule is in force when the call comes in. None: nobody knows.
    pub(super) fn is_in_force(&self, tenant: &str, schedule: &str) -> Option<bool> {
        self.network.schedule_in_force(tenant, schedule, self.call.at)
    }

    /// How the call ends, in words, where some phones of tenants do the same.
    pub(super) fn ends(&self, phones: &[(&str, String)], phone: flow::Phone) -> Vec<String> {
        let mut given = self.given.clone();
        let parties = phones.iter().filter_map(|(tenant, name)| self.network.party(tenant, name));
        parties.for_each(|party| given.set_phone(party, phone));
        let verdict = self.network.verdict(&self.call, &given);
        let story = |it: &flow::Timeline| self.network.end_story(it.end, self.home.site);
        let mut ends: Vec<String> = verdict.timelines.iter().map(story).collect();
        ends.dedup();
        ends
    }

    /// What `--given` says of something that the call cannot come to: it changes nothing.
    pub fn beside(&self, question: &Question) -> Vec<Finding> {
        let reach = self.network.reach(self.call.to);
        let states = question.given.iter().flat_map(|it| it.split(','));
        let named = states.filter_map(|text| Some((text, text.split_once('=')?.0)));
        let beside = named.filter(|(_, name)| !is_reached(&self.network, &reach, &self.tenant, name));
        let called = &question.called;
        beside
            .map(|(text, name)| {
                let message =
                    format!("`--given {text}` changes nothing: a call to `{called}` cannot come to `{name}`");
                Finding::warning("beside-the-call", message)
            })
            .collect()
    }

    /// What changes by itself within the week that begins with the call, in words: a week is told as it begins.
    pub fn changes(&self, checked: &Checked) -> Vec<String> {
        let within = self.call.at..self.call.at + 7 * 24 * 3600;
        let tenants = self.scene.tenants.iter().filter_map(|(at, _)| checked.tenants.get(*at));
        let untils = tenants.flat_map(|it| checked.loaded(it).untils().map(move |(until, _)| until));
        let untils = untils.filter(|until| within.contains(&until.instant.as_second()));
        untils
            .map(|until| {
                format!("{} changes on {until}, and this week is told as it is before", until.address)
            })
            .collect()
    }

    /// The week that begins with the call.
    pub fn week(&self) -> Week {
        report::week(&self.network, &self.call, &self.given, &self.home, self.assumed)
    }

    /// The configuration and the call, with what is expected of it, for a switch that places it as a real one.
    pub fn case(&self, checked: &Checked, question: &Question, trace: &Trace) -> Value {
        let tenant = |(index, tenant): &(usize, Tenant)| {
            let mut value = serde_json::to_value(tenant).unwrap_or_default();
            if let (Some(map), Some(it)) = (value.as_object_mut(), checked.tenants.get(*index)) {
                map.insert("kind".to_owned(), it.provider.kind.into());
            }
            value
        };
        let name = question.called.split_once('/').map_or(&*question.called, |(_, name)| name);
        let word = if name.starts_with('+') { "number" } else { "extension" };
        let given = question.given.iter().flat_map(|it| it.split(',')).filter_map(|it| it.split_once('='));
        let courses = trace.courses.iter().map(|course| {
            let rang = course.events.iter().filter_map(|event| match &event.what {
                What::Rings { rings, .. } => Some(json!({ "who": rings, "from": event.at })),
                What::Step { .. } => None,
            });
            json!({ "end": course.end, "at": course.at, "rang": rang.collect::<Vec<_>>() })
        });
        json!({
            "tenants": self.scene.tenants.iter().map(tenant).collect::<Vec<_>>(),
            "calls": [{
                "tenant": trace.tenant,
                word: name,
                "at": Timestamp::from_second(self.call.at).unwrap_or_default().to_string(),
                "from": question.from,
                "given": given.collect::<BTreeMap<_, _>>(),
                "expect": courses.collect::<Vec<_>>(),
            }]
        })
    }
}

fn wrong(option: &str, why: Explained) -> Failure {
    let failure = Failure::error(format!("`{option}`: {}", why.message));
    match why.help {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// The tenant that has what is called, among those of the run, and its time zone.
fn called(checked: &Checked, live: Option<&Live>, named: &str) -> Result<(usize, Option<String>), Failure> {
    let tenant = |at: usize| &checked.loaded(&checked.tenants[at]).tenant;
    let all = 0..checked.tenants.len();
    let (only, name) = match named.split_once('/') {
        Some((tenant, name)) => (Some(tenant), name),
        None => (None, named),
    };
    if let Some(wanted) = only
        && !all.clone().any(|at| tenant(at).tenant == wanted)
    {
        return Err(no_tenant(checked, wanted));
    }
    let number: Option<E164> = name.parse().ok();
    let has = |at: &usize| {
        let it = tenant(*at);
        let is_asked = only.is_none_or(|wanted| it.tenant == wanted);
        let has = match &number {
            Some(number) => numbers(checked, &checked.tenants[*at], live).contains(number),
            None => {
                let is_named = |extension: &crate::model::Extension| extension.as_str() == name;
                it.queues.contains_key(name) || it.rules.keys().chain(it.diverts.keys()).any(is_named)
            }
        };
        is_asked && has
    };
    let found: Vec<usize> = all.filter(has).collect();
    match found.as_slice() {
        [one] => Ok((*one, tenant(*one).time_zone.clone())),
        [] if only.is_some() && number.is_none() => {
            // It may be live alone.
            let at = (0..checked.tenants.len()).find(|at| only == Some(tenant(*at).tenant.as_str()));
            at.map(|at| (at, tenant(at).time_zone.clone()))
                .ok_or_else(|| unknown(checked, named, number.is_some()))
        }
        [] => Err(unknown(checked, named, number.is_some())),
        [first, ..] => {
            let names: Vec<&str> = found.iter().map(|at| tenant(*at).tenant.as_str()).collect();
            Err(Failure::error(format!("`{named}` is something of several tenants: {}", names.join(", ")))
                .help(format!("name the tenant as well: `{}/{named}`", tenant(*first).tenant)))
        }
    }
}

fn unknown(checked: &Checked, named: &str, is_number: bool) -> Failure {
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

/// The instant of a question. A time without an offset is of the tenant's clock.
fn instant(question: &Question, zone: Option<&str>, options: &Options) -> Result<Timestamp, Failure> {
    let Some(text) = &question.at else { return Ok(options.at()) };
    let zoned = || text.parse::<Zoned>().ok().map(|it| it.timestamp());
    if let Some(at) = text.parse::<Timestamp>().ok().or_else(zoned) {
        return Ok(at);
    }
    let Ok(local) = text.parse::<DateTime>() else {
        return Err(Failure::error(format!("`--at {text}` is not a time"))
            .help("write date and time: `2026-12-25T10:00`, or with an offset `2026-12-25T10:00-06:00`"));
    };
    let name = zone.unwrap_or("UTC");
    let zone = TimeZone::get(name).map_err(|_| {
        Failure::error(format!("`{name}` is not a time zone")).help("write `--at` with an offset")
    })?;
    let ambiguous = zone.to_ambiguous_zoned(local);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(Failure::error(format!("there is no {local} in {name}: clocks go forward over it"))
            .help("write a time before or after, or one with an offset"));
    }
    // Of a time that comes twice, the first.
    let first = ambiguous.earlier().map_err(|error| Failure::error(format!("`--at {text}`: {error}")))?;
    Ok(first.timestamp())
}

fn assumptions(list: &[String]) -> Result<Assumptions, Failure> {
    let mut assumed = Assumptions::default();
    for text in list.iter().flat_map(|it| it.split(',')) {
        let (id, way) = text.split_once('=').unwrap_or((text, "yes"));
        let point: Point = id.parse().map_err(|why| wrong("--assume", why))?;
        match way {
            "yes" => assumed.set(point, true),
            "no" => assumed.set(point, false),
            _ => {
                let message = format!("`--assume {text}`: `{way}` is neither `yes` nor `no`");
                return Err(
                    Failure::error(message).help(format!("write `--assume {id}=yes` or `--assume {id}=no`"))
                );
            }
        }
    }
    Ok(assumed)
}

fn target(network: &Network, tenant: &str, named: &str) -> Option<Target> {
    let name = named.split_once('/').map_or(named, |(_, name)| name);
    match name.parse::<E164>() {
        Ok(number) => network.number(&number).map(Target::Number),
        Err(_) => network.called(tenant, name),
    }
}

/// Whether a call can come to what `--given` names.
fn is_reached(network: &Network, reach: &Reach, tenant: &str, name: &str) -> bool {
    if let Some(system) = system(name) {
        return reach.has_system(network, system);
    }
    let (sort, name) = name.split_once(':').map_or((None, name), |(sort, name)| (Some(sort), name));
    let (tenant, name) = name.split_once('/').unwrap_or((tenant, name));
    match sort {
        Some("mailbox") => network.mailbox(tenant, name).is_some_and(|it| reach.has_mailbox(it)),
        Some(_) => network.queue(tenant, name).is_some_and(|it| reach.has_queue(it)),
        None => network.party(tenant, name).is_some_and(|it| reach.has_party(network, it)),
    }
}

/// What a call finds, as somebody has written it.
fn given(network: &Network, tenant: &str, list: &[String]) -> Result<Given, Failure> {
    let mut given = Given::new(network);
    for text in list.iter().flat_map(|it| it.split(',')) {
        let Some((name, state)) = text.split_once('=') else {
            return Err(Failure::error(format!("`--given {text}` says nothing of it"))
                .help(format!("write what it is: `--given {text}=offline`")));
        };
        if let Some(system) = system(name) {
            given.set_platform(system, state.parse().map_err(|why| wrong("--given", why))?);
            continue;
        }
        let (sort, name) = name.split_once(':').map_or((None, name), |(sort, name)| (Some(sort), name));
        let (tenant, name) = name.split_once('/').unwrap_or((tenant, name));
        let unknown = || {
            Failure::error(format!("`--given {text}`: the call cannot come to `{name}`"))
                .help("name an extension, a device, an agent or an outside number that its paths lead to")
        };
        let only = |word: &str, found: &str| {
            let message = format!("`--given {text}`: `{found}` is not what that can be");
            Failure::error(message).help(format!("write `{word}`, or leave it out"))
        };
        match sort {
            None => {
                let party = network.party(tenant, name).ok_or_else(unknown)?;
                given.set_phone(party, state.parse().map_err(|why| wrong("--given", why))?);
            }
            Some("mailbox") => {
                let mailbox = network.mailbox(tenant, name).ok_or_else(unknown)?;
                match state {
                    "off" => given.switch_mailbox_off(mailbox),
                    _ => return Err(only("off", state)),
                }
            }
            Some("queue") => {
                let queue = network.queue(tenant, name).ok_or_else(unknown)?;
                match state {
                    "full" => given.fill(queue),
                    _ => return Err(only("full", state)),
                }
            }
            Some(sort) => {
                return Err(Failure::error(format!("`--given {text}`: `{sort}` is not a sort of thing"))
                    .help("write `101=…` for a phone, `mailbox:101=off` or `queue:400=full`"));
            }
        }
    }
    Ok(given)
}
