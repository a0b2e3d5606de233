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

fn system(kind: &str) -> System {
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

    pub fn network(&self, horizon: std::ops::Range<i64>, assumed: Assumptions) -> Network {
        let configs: Vec<Config<'_>> = self
            .tenants
            .iter()
            .map(|(tenant, system)| Config { tenant, system: *system, is_whole: false })
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
                // A number that nobody has is nobody's to answer for.
                None => continue,
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
