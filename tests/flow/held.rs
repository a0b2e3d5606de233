//! The evaluator against the reference: the same tenants and the same calls, every timeline.
//!
//! `DIALFORM_CALLS=100000` is the large run.

use crate::{
    naive::{self, Course, To},
    random,
};
use dialform::{
    flow::{Assumptions, Call, Config, Given, Network, Point, System, Target, Verdict, around},
    model::Tenant,
};
use serde_json::Value;
use std::collections::BTreeSet;

pub fn system(kind: &str) -> System {
    match kind {
        "stratus" => System::Stratus,
        "ctm" => System::CallTrackingMetrics,
        "deskphone" => System::Deskphone,
        kind => panic!("{kind}"),
    }
}

/// A world as the evaluator takes it.
pub struct Compiled {
    tenants: Vec<(Tenant, System)>,
}

impl Compiled {
    pub fn of(tenants: &[Value]) -> Self {
        let tenants = tenants.iter().map(|value| {
            let mut value = value.clone();
            let kind = value.as_object_mut().unwrap().remove("kind").unwrap();
            (serde_json::from_value(value).unwrap(), system(kind.as_str().unwrap()))
        });
        Self { tenants: tenants.collect() }
    }

    pub fn with(tenants: Vec<(Tenant, System)>) -> Self {
        Self { tenants }
    }

    pub fn tenants(&self) -> impl Iterator<Item = &Tenant> {
        self.tenants.iter().map(|(tenant, _)| tenant)
    }

    pub fn network(&self, horizon: std::ops::Range<i64>, assumed: Assumptions) -> Network {
        let configs: Vec<Config<'_>> = self
            .tenants
            .iter()
            .map(|(tenant, system)| Config { tenant, system: *system, is_whole: false, circumstances: None })
            .collect();
        Network::new(&configs, horizon, assumed)
    }
}

pub fn assumed(assume: &naive::Assume) -> Assumptions {
    let mut assumed = Assumptions::default();
    for (id, yes) in assume {
        assumed.set(id.parse::<Point>().unwrap(), *yes);
    }
    assumed
}

/// A name of a call's states: "beta/101", or "101" of the tenant that is called.
fn split<'a>(home: &'a str, name: &'a str) -> (&'a str, &'a str) {
    name.split_once('/').unwrap_or((home, name))
}

pub fn given(network: &Network, call: &naive::Call) -> Given {
    let mut given = Given::new(network);
    for (name, state) in &call.given {
        let (tenant, name) = split(&call.tenant, name);
        if let Some(party) = network.party(tenant, name) {
            given.set_phone(party, state.parse().unwrap());
        }
    }
    for name in &call.mailbox_off {
        let (tenant, name) = split(&call.tenant, name);
        network.mailbox(tenant, name).into_iter().for_each(|it| given.switch_mailbox_off(it));
    }
    for name in &call.full {
        let (tenant, name) = split(&call.tenant, name);
        network.queue(tenant, name).into_iter().for_each(|it| given.fill(it));
    }
    for (kind, state) in &call.platform {
        given.set_platform(system(kind), state.parse().unwrap());
    }
    given
}

/// What is called. None: nothing that the evaluator knows of.
pub fn target(network: &Network, call: &naive::Call) -> Option<Target> {
    match &call.to {
        To::Number(number) => network.number(&number.parse().unwrap()).map(Target::Number),
        To::Extension(extension) => network.called(&call.tenant, extension),
    }
}

pub fn verdict(network: &Network, call: &naive::Call) -> Option<Verdict> {
    let to = target(network, call)?;
    let placed = Call { to, at: call.at.as_second(), caller: call.from.parse().unwrap() };
    Some(network.verdict(&placed, &given(network, call)))
}

/// A verdict in the words of the reference.
pub fn courses(network: &Network, call: &naive::Call, verdict: &Verdict) -> BTreeSet<Course> {
    let home = network.tenant(&call.tenant).unwrap();
    let course = |timeline: &dialform::flow::Timeline| {
        let ring =
            |ring: &dialform::flow::Ringing| (network.party_text(ring.party, home), u64::from(ring.from));
        let mut rings: Vec<(String, u64)> = timeline.rings.iter().map(ring).collect();
        rings.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        Course { end: network.end_text(timeline.end, home), rings, at: timeline.at.map(u64::from) }
    };
    verdict.timelines.iter().map(course).collect()
}

/// Every end, every ring and every moment are the same, in worlds that nobody has thought of.
#[test]
fn the_evaluator_says_what_the_reference_says() {
    let calls: usize = std::env::var("DIALFORM_CALLS").ok().map_or(10_000, |calls| calls.parse().unwrap());
    let (mut judged, mut wrong, mut cut) = (0, 0, 0);
    for seed in 0.. {
        let world = random::world(seed);
        let compiled = Compiled::of(&world.tenants);
        for (at, (call, assume)) in world.calls.iter().enumerate() {
            let network = compiled.network(around(call.at.as_second()), assumed(assume));
            let expected = naive::judge(&world.tenants, call, assume);
            let found = match verdict(&network, call) {
                Some(verdict) if verdict.is_cut => {
                    cut += 1;
                    continue;
                }
                Some(verdict) => courses(&network, call, &verdict),
                None => match &call.to {
                    To::Number(number) => panic!("{seed}/{at}: {number} is there to be called"),
                    // Nothing in the tenant is of that name.
                    To::Extension(_) => continue,
                },
            };
            judged += 1;
            if found != expected {
                wrong += 1;
                if wrong <= 400 {
                    let show = |it: &BTreeSet<Course>| {
                        it.iter().map(|it| format!("    {it:?}\n")).collect::<String>()
                    };
                    let tenants: Vec<String> =
                        world.tenants.iter().map(|it| serde_json::to_string(it).unwrap()).collect();
                    eprintln!(
                        "{seed}/{at}: {call:?} {assume:?}\n  {}\n  evaluator:\n{}  reference:\n{}",
                        tenants.join("\n  "),
                        show(&found),
                        show(&expected)
                    );
                }
            }
        }
        if judged >= calls {
            break;
        }
    }
    assert_eq!(wrong, 0, "of {judged}");
    assert!(cut * 100 < judged, "{cut} of {judged} have more courses than are looked at");
}

/// Random instants, from a seed.
fn instants(seed: u64, within: &std::ops::Range<i64>, count: usize) -> impl Iterator<Item = i64> {
    let length = u64::try_from(within.end - within.start).unwrap();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let start = within.start;
    (0..count).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        start + i64::try_from(state % length).unwrap()
    })
}

const WEEK: i64 = 7 * 24 * 3600;

/// Within a window nothing changes for a call: its first second, its last and any between are judged alike.
#[test]
fn windows_are_complete() {
    let (mut looked, mut several) = (0, 0);
    for seed in 0..400 {
        let world = random::world(seed);
        let compiled = Compiled::of(&world.tenants);
        for (call, assume) in &world.calls {
            let mut assumed = assumed(assume);
            // What happens while a phone rings is not of the window in which the call comes in.
            assumed.set(Point::U27, true);
            let at = call.at.as_second();
            let within = at - WEEK / 2..at + WEEK / 2;
            let network = compiled.network(around(within.start).start..around(within.end).end, assumed);
            let Some(to) = target(&network, call) else { continue };
            let given = given(&network, call);
            let judge = |at: i64| {
                let placed = Call { to, at, caller: call.from.parse().unwrap() };
                network.verdict(&placed, &given).timelines
            };
            let windows = network.windows(to, within.clone());
            several += usize::from(windows.len() > 1);
            assert_eq!((windows[0].start, windows.last().unwrap().end), (within.start, within.end));
            for (this, next) in windows.iter().zip(&windows[1..]) {
                assert_eq!(this.end, next.start);
            }
            // Some windows of each call: the list can be long.
            for window in windows.iter().step_by(windows.len().div_ceil(12)) {
                let first = judge(window.start);
                for at in instants(seed, window, 2).chain([window.end - 1]) {
                    assert_eq!(judge(at), first, "{seed}: {at} in {window:?}: {call:?} {assume:?}");
                    looked += 1;
                }
            }
        }
    }
    assert!(looked > 20_000 && several > 500, "{looked} instants, {several} calls with several windows");
}

/// A verdict names every unspecified point that it rests on: whichever other one is taken the other way, nothing changes.
#[test]
fn what_a_verdict_does_not_name_it_does_not_rest_on() {
    let (mut flipped, mut named) = (0, 0);
    for seed in 0..250 {
        let world = random::world(seed);
        let compiled = Compiled::of(&world.tenants);
        for (call, assume) in &world.calls {
            let (at, assumed) = (call.at.as_second(), assumed(assume));
            let network = compiled.network(around(at), assumed);
            let Some(verdict) = verdict(&network, call) else { continue };
            for point in Point::all() {
                let other = compiled.network(around(at), assumed.flipped(point));
                let other = self::verdict(&other, call).unwrap();
                let is_same = other.timelines == verdict.timelines;
                flipped += usize::from(!is_same);
                named += usize::from(verdict.assumed.contains(point));
                assert!(
                    is_same || verdict.assumed.contains(point),
                    "{seed}: {point} decides and is not named: {call:?} {assume:?}\n{verdict:?}\n{other:?}"
                );
            }
        }
    }
    // Most of what is named does decide: a verdict that named all of them would say nothing.
    assert!(flipped > 500 && named < flipped * 3, "{flipped} decided, {named} named");
}

/// A horizon that begins with the call is as good as a wide one: hours that began before it are in it.
#[test]
fn the_horizon_does_not_matter() {
    let mut judged = 0;
    for seed in 0..1_000 {
        let world = random::world(seed);
        let compiled = Compiled::of(&world.tenants);
        for (call, assume) in &world.calls {
            let (at, assumed) = (call.at.as_second(), assumed(assume));
            let wide = verdict(&compiled.network(around(at), assumed), call);
            let narrow = verdict(&compiled.network(at..at + 3_600, assumed), call);
            let timelines = |it: Option<Verdict>| it.map(|it| it.timelines);
            assert_eq!(timelines(narrow), timelines(wide), "{seed}: {call:?} {assume:?}");
            judged += 1;
        }
    }
    assert!(judged > 5_000, "{judged}");
}

/// What a call is said not to come to changes nothing: without all those states it goes as before. What is said to be reached
/// does change calls, or the sight would be of everything.
#[test]
fn what_is_out_of_reach_changes_nothing() {
    let (mut out, mut within, mut changed) = (0, 0, 0);
    for seed in 0..600 {
        let world = random::world(seed);
        let compiled = Compiled::of(&world.tenants);
        for (call, assume) in &world.calls {
            let network = compiled.network(around(call.at.as_second()), assumed(assume));
            let Some(to) = target(&network, call) else { continue };
            let reach = network.reach(to);
            let is_phone = |name: &String| {
                let (tenant, name) = split(&call.tenant, name);
                network.party(tenant, name).is_some_and(|it| reach.has_party(&network, it))
            };
            let is_mailbox = |name: &String| {
                let (tenant, name) = split(&call.tenant, name);
                network.mailbox(tenant, name).is_some_and(|it| reach.has_mailbox(it))
            };
            let is_queue = |name: &String| {
                let (tenant, name) = split(&call.tenant, name);
                network.queue(tenant, name).is_some_and(|it| reach.has_queue(it))
            };
            let keep = |is_kept: bool| {
                let mut other = call.clone();
                other.given.retain(|name, _| is_phone(name) == is_kept);
                other.mailbox_off.retain(|name| is_mailbox(name) == is_kept);
                other.full.retain(|name| is_queue(name) == is_kept);
                other.platform.retain(|kind, _| reach.has_system(&network, system(kind)) == is_kept);
                other
            };
            let states =
                |it: &naive::Call| it.given.len() + it.mailbox_off.len() + it.full.len() + it.platform.len();
            let (near, far) = (keep(true), keep(false));
            (within, out) = (within + states(&near), out + states(&far));
            let whole = verdict(&network, call).unwrap().timelines;
            assert_eq!(verdict(&network, &near).unwrap().timelines, whole, "{seed}: {call:?} {assume:?}");
            changed += usize::from(verdict(&network, &far).unwrap().timelines != whole);
        }
    }
    assert!(
        out > 3_000 && changed > 1_000,
        "{out} states out of reach, {within} within, {changed} calls changed"
    );
}
