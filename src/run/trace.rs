//! One call, followed through what the files declare, and through what is live beneath it.

use super::{
    Checked, Options,
    asked::{self, Callees, give},
    clocks::clocks,
    declared::declared,
    out_of_service::out_of_service,
    report::Live,
    scene::Scene,
};
use crate::{
    error::Failure,
    explained::Explained,
    finding::Finding,
    flow::{self, Assumptions, Call, Caller, Given, Network, Point, Reach, System},
    model::{E164, Tenant},
    path::Path,
    report::{self, Home, Trace, Week, What},
};
use jiff::{Timestamp, tz::TimeZone};
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
    let (_, zone) = Callees::of(&checked, live).called(&checked, &question.called)?;
    let at = instant(question, zone.as_deref(), options)?;
    if !checked.has_until() {
        return Ok(checked);
    }
    let options = Options {
        selection: super::Selection { as_of: Some(at), ..options.selection.clone() },
        ..options.clone()
    };
    declared(root, &options, None)
}

/// Understands a question: which tenants it is about, and what each name in it means there.
pub fn ask(
    checked: &Checked,
    question: &Question,
    live: Option<&Live>,
    options: &Options,
) -> Result<Asked, Failure> {
    let (first, zone_name) = Callees::of(checked, live).called(checked, &question.called)?;
    let at = instant(question, zone_name.as_deref(), options)?;
    let assumed = assumptions(&question.assume)?;
    let scene = Scene::reached(checked, &[first], live);
    // Wide enough for a week from that instant.
    let at = at.as_second();
    let around = flow::around(at);
    let network = scene.network(checked, live, around.start..around.end + 7 * 24 * 3600, assumed);
    let name = checked.loaded(&checked.tenants[first]).tenant.tenant.clone();
    let not_there = || asked::unknown(checked, &question.called, question.called.starts_with('+'));
    let site = network.tenant(&name).ok_or_else(not_there)?;
    let to = asked::target(&network, &name, &question.called).ok_or_else(not_there)?;
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

    /// What `--given` says of something that the call cannot come to, or that is not there: it changes nothing.
    pub fn beside(&self, question: &Question) -> Vec<Finding> {
        let reach = self.network.reach(self.call.to);
        let states = question.given.iter().flat_map(|it| it.split(','));
        let named = states.filter_map(|text| Some((text, text.split_once('=')?.0)));
        let called = &question.called;
        let beside = named.filter_map(|(text, name)| {
            let why = match is_nobodys(&self.network, &self.tenant, name) {
                true => format!("the account does not have `{name}`"),
                false if is_reached(&self.network, &reach, &self.tenant, name) => return None,
                false => format!("a call to `{called}` cannot come to `{name}`"),
            };
            Some(Finding::warning("beside-the-call", format!("`--given {text}` changes nothing: {why}")))
        });
        beside.collect()
    }

    /// What of the way of the call counts in another time zone than it is told in.
    pub fn clocks(&self, checked: &Checked, live: Option<&Live>) -> Vec<Finding> {
        clocks(checked, &self.scene, live, &self.network, [self.call.to])
    }

    /// Which numbers that the call can come to take no calls now.
    pub fn out_of_service(&self, checked: &Checked, live: Option<&Live>) -> Vec<Finding> {
        let reach = self.network.reach(self.call.to);
        let is_reached = |it: &E164| self.network.number(it).is_some_and(|it| reach.has_number(it));
        out_of_service(checked, live, self.scene.tenants.iter().map(|(at, _)| *at), &is_reached)
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
    pub fn case(&self, checked: &Checked, question: &Question, trace: &Trace) -> Result<Value, Failure> {
        if self.said.iter().any(|it| it.split('=').next() == Some(asked::EVERYBODY)) {
            return Err(Failure::error("a case names every phone, and `everybody` is none")
                .help("write what each phone does: `--given 101=answers@5,102=answers@5`"));
        }
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
        Ok(json!({
            "tenants": self.scene.tenants.iter().map(tenant).collect::<Vec<_>>(),
            "calls": [{
                "tenant": trace.tenant,
                word: name,
                "at": Timestamp::from_second(self.call.at).unwrap_or_default().to_string(),
                "from": question.from,
                "given": given.collect::<BTreeMap<_, _>>(),
                "expect": courses.collect::<Vec<_>>(),
            }]
        }))
    }
}

fn wrong(option: &str, why: Explained) -> Failure {
    let failure = Failure::error(format!("`{option}`: {}", why.message));
    match why.help {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// The instant of a question. A time without an offset is of the tenant's clock.
fn instant(question: &Question, zone: Option<&str>, options: &Options) -> Result<Timestamp, Failure> {
    let Some(text) = &question.at else { return Ok(options.at()) };
    asked::instant(text, zone).map_err(|why| wrong(&format!("--at {text}"), why))
}

pub(super) fn assumptions(list: &[String]) -> Result<Assumptions, Failure> {
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

/// Whether a call can come to what `--given` names.
fn is_reached(network: &Network, reach: &Reach, tenant: &str, name: &str) -> bool {
    if let Some(system) = System::of_kind(name) {
        return reach.has_system(network, system);
    }
    // Whoever else there is.
    if name == "everybody" {
        return true;
    }
    let (sort, name) = name.split_once(':').map_or((None, name), |(sort, name)| (Some(sort), name));
    let (tenant, name) = name.split_once('/').unwrap_or((tenant, name));
    match sort {
        Some("mailbox") => network.mailbox(tenant, name).is_some_and(|it| reach.has_mailbox(it)),
        Some(_) => network.queue(tenant, name).is_some_and(|it| reach.has_queue(it)),
        None => network.party(tenant, name).is_some_and(|it| reach.has_party(network, it)),
    }
}

/// Whether a state is of the phone of an extension that is seen not to be there.
fn is_nobodys(network: &Network, tenant: &str, name: &str) -> bool {
    let (tenant, name) = name.split_once('/').unwrap_or((tenant, name));
    network.party(tenant, name).is_some_and(|it| network.is_missing(it))
}

/// What a call finds, as somebody has written it.
fn given(network: &Network, tenant: &str, list: &[String]) -> Result<Given, Failure> {
    let mut given = Given::new(network);
    for text in list.iter().flat_map(|it| it.split(',')) {
        let Some((name, state)) = text.split_once('=') else {
            return Err(Failure::error(format!("`--given {text}` says nothing of it"))
                .help(format!("write what it is: `--given {text}=offline`")));
        };
        let set = give(&mut given, network, tenant, (name, state));
        set.map_err(|why| wrong(&format!("--given {text}"), why))?;
    }
    Ok(given)
}
