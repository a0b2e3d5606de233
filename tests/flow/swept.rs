//! The sweep against brute force: every call that the reference can place, in worlds that nobody has thought of.
//!
//! `DIALFORM_SWEEPS=2000` is the large run.

use crate::{
    held::{Compiled, courses},
    naive::{self, Call, Course, To},
    random::{self, World, account::PEOPLE},
};
use dialform::flow::{Assumptions, Caller, Fault, Found, SiteId, Target};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub const DAYS: i64 = 8;
pub const ANSWERS: &str = "answers@5";
pub const EVERYBODY: [&str; 5] = ["rejects", "on_call_rings", "on_call_busy", "offline", "dnd"];
pub const ONE: [&str; 9] = [
    ANSWERS,
    "no_answer",
    "rejects",
    "on_call_rings",
    "on_call_busy",
    "offline",
    "gone",
    "dnd",
    "logged_out",
];

/// Whether each schedule of a world is in force, by its tenant.
type InForce = BTreeMap<(usize, String), bool>;

/// What comes of a call: which number, who calls, and every course.
type Outcome = (String, &'static str, BTreeSet<Course>);

pub fn entries<'a>(of: &'a Value, word: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    of[word].as_object().into_iter().flatten()
}

/// The kinds of schedule of which nobody knows when they are in force.
fn is_doubtful(schedule: &Value) -> bool {
    schedule.get("holidays").is_some() || schedule.get("other").is_some()
}

/// Whether each schedule of a world is in force.
fn in_force(world: &World, at: Timestamp) -> InForce {
    let mut all = BTreeMap::new();
    for (tenant, it) in world.tenants.iter().enumerate() {
        for (name, schedule) in entries(it, "schedules") {
            let zone = schedule["time_zone"].as_str().or(it["time_zone"].as_str()).unwrap_or("UTC");
            let is_so = naive::is_in_force(schedule, zone, at);
            all.insert((tenant, name.clone()), is_so);
        }
    }
    all
}

/// An instant of each set of schedules that are in force together, by a clock of its own: at every full hour, and within a minute
/// of every time of day that the tenants write, in every zone.
fn instants(world: &World, from: Timestamp) -> Vec<(Timestamp, InForce)> {
    let mut seen = BTreeSet::new();
    let looked = all_instants(world, from).into_iter().map(|at| (at, in_force(world, at)));
    looked.filter(|(_, in_force)| seen.insert(in_force.clone())).collect()
}

/// Every full hour of some days, and every minute about a time of day that the tenants write.
pub fn all_instants(world: &World, from: Timestamp) -> BTreeSet<Timestamp> {
    let text = serde_json::to_string(&world.tenants).unwrap();
    let times = regex_times(&text);
    let mut zones: BTreeSet<String> = ["UTC".to_owned()].into();
    for tenant in &world.tenants {
        let own = entries(tenant, "schedules").filter_map(|(_, it)| it["time_zone"].as_str());
        zones.extend(own.chain(tenant["time_zone"].as_str()).map(str::to_owned));
    }
    let mut all: BTreeSet<Timestamp> =
        (0..DAYS * 24).map(|hour| from + SignedDuration::from_hours(hour)).collect();
    for zone in zones {
        let zone = TimeZone::get(&zone).unwrap();
        for day in -1..=DAYS {
            let date = zone.to_datetime(from + SignedDuration::from_hours(24 * day)).date();
            for (hour, minute) in &times {
                let Ok(at) = zone.to_timestamp(date.at(*hour, *minute, 0, 0)) else { continue };
                all.extend([-60, 0, 60].map(|by| at + SignedDuration::from_secs(by)));
            }
        }
    }
    let until = from + SignedDuration::from_hours(24 * DAYS);
    all.retain(|at| *at >= from && *at < until);
    all
}

/// Every `HH:MM`, and midnight.
fn regex_times(text: &str) -> BTreeSet<(i8, i8)> {
    let mut times: BTreeSet<(i8, i8)> = [(0, 0)].into();
    let bytes = text.as_bytes();
    for at in 2..bytes.len().saturating_sub(2) {
        if bytes[at] == b':'
            && let (Ok(hour), Ok(minute)) = (text[at - 2..at].parse(), text[at + 1..at + 3].parse())
            && hour < 24
            && minute < 60
        {
            times.insert((hour, minute));
        }
    }
    times
}

/// Every phone of a world, as a tenant calls it.
fn phones(world: &World, home: usize) -> Vec<(String, Vec<String>)> {
    // Numbers that are written somewhere and that nobody has.
    let text = serde_json::to_string(&world.tenants).unwrap();
    let written = text.match_indices("\"+1").map(|(at, _)| text[at + 1..at + 13].to_owned());
    let is_had = |number: &String| {
        world
            .tenants
            .iter()
            .any(|it| ["numbers", "forwards"].iter().any(|word| it[*word].get(number).is_some()))
    };
    let outside: BTreeSet<String> = written.filter(|number| !is_had(number)).collect();
    let mut all: Vec<(String, Vec<String>)> = outside.into_iter().map(|it| (it, vec![])).collect();
    for (at, tenant) in world.tenants.iter().enumerate() {
        let name = |it: &str| match at == home {
            true => it.to_owned(),
            false => format!("{}/{it}", tenant["tenant"].as_str().unwrap()),
        };
        let extensions: &[&str] = match tenant["kind"].as_str().unwrap() {
            "stratus" => &["101", "102", "103", "104"],
            "deskphone" => &["2001", "2002", "2003"],
            _ => &PEOPLE,
        };
        let devices = if tenant["kind"] == "stratus" { ["101wp", "101m", "102wp"].as_slice() } else { &[] };
        for extension in extensions {
            let own = devices.iter().filter(|it| it.starts_with(extension)).map(|it| name(it)).collect();
            all.push((name(extension), own));
        }
        all.extend(devices.iter().map(|it| (name(it), vec![])));
    }
    all
}

/// Every thing that a number may lead to, by all that is written: its tenant and its name.
fn reached(world: &World, number: &str) -> BTreeSet<(usize, String)> {
    fn strings(of: &Value, out: &mut Vec<String>) {
        match of {
            Value::String(text) => out.push(text.clone()),
            Value::Array(list) => list.iter().for_each(|it| strings(it, out)),
            // A mailbox or a phone alone leads nowhere.
            Value::Object(map) => {
                let on = map.iter().filter(|(word, _)| !["voicemail", "phone"].contains(&word.as_str()));
                on.for_each(|(_, it)| strings(it, out));
            }
            _ => {}
        }
    }
    let mut all: BTreeSet<(usize, String)> = BTreeSet::new();
    // From which tenant: a receiving number is one's own.
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<(usize, usize, String)> =
        (0..world.tenants.len()).map(|tenant| (usize::MAX, tenant, number.to_owned())).collect();
    while let Some((from, tenant, name)) = waiting.pop() {
        if !seen.insert((from == tenant, tenant, name.clone())) {
            continue;
        }
        all.insert((tenant, name.clone()));
        let mut found = Vec::new();
        for word in ["numbers", "forwards", "receivers", "rules", "diverts", "queues"] {
            if word == "receivers" && from != tenant {
                continue;
            }
            let mut of = world.tenants[tenant][word][&name].clone();
            // `diverts` hold where no rule is in force.
            let order = world.tenants[tenant]["rules"][&name]["order"].as_array();
            let has_default = order.is_some_and(|it| {
                it.iter().any(|rule| rule["when"] == "default" && rule["enabled"] != false)
            });
            if word == "diverts" && has_default {
                continue;
            }
            // Rules that are off, and those below Default, never lead anywhere.
            if let Some(order) = of.get_mut("order").and_then(Value::as_array_mut) {
                let default = order.iter().position(|rule| rule["when"] == "default");
                order.truncate(default.map_or(order.len(), |at| at + 1));
                order.retain(|rule| rule["enabled"] != false);
            }
            // What rings rings: nobody's rules are followed.
            let mut rung = Vec::new();
            let rings = of["order"].as_array_mut().into_iter().flatten().map(|rule| rule["ring"].take());
            let rings: Vec<Value> = rings.collect();
            rings.iter().for_each(|it| strings(it, &mut rung));
            strings(&of["agents"].take(), &mut rung);
            found.extend(rung.into_iter().filter(|it| it.starts_with('+')));
            strings(&of, &mut found);
        }
        for name in found {
            match name.starts_with('+') {
                true => waiting.extend((0..world.tenants.len()).map(|to| (tenant, to, name.clone()))),
                false => waiting.push((tenant, tenant, name)),
            }
        }
    }
    all
}

/// The agents of each queue that a number may lead to: an extension with its devices.
fn queues(world: &World, home: usize, number: &str) -> Vec<Vec<String>> {
    let reached = reached(world, number);
    let all = phones(world, home);
    let mut queues = Vec::new();
    for (at, tenant) in world.tenants.iter().enumerate() {
        let led_to = entries(tenant, "queues").filter(|(name, _)| reached.contains(&(at, (*name).clone())));
        for (_, queue) in led_to {
            let mut agents = Vec::new();
            for agent in queue["agents"].as_array().into_iter().flatten() {
                let words = ["extension", "device", "number", "agent"];
                let name = agent.as_str().or(words.iter().find_map(|word| agent[*word].as_str()));
                let Some(name) = name else { continue };
                let name = match at == home || name.starts_with('+') {
                    true => name.to_owned(),
                    false => format!("{}/{name}", tenant["tenant"].as_str().unwrap()),
                };
                let devices = all.iter().find(|(it, _)| *it == name).map(|(_, devices)| devices.clone());
                agents.push(name);
                agents.extend(devices.unwrap_or_default());
            }
            queues.push(agents);
        }
    }
    queues
}

/// Every call to a number at an instant, in every state.
fn brute(world: &World, home: usize, number: &str, at: Timestamp, out: &mut BTreeMap<Outcome, Call>) {
    let phones = phones(world, home);
    let names: Vec<&String> =
        phones.iter().flat_map(|(name, devices)| [name].into_iter().chain(devices)).collect();
    let base = |state: &str| -> BTreeMap<String, String> {
        names.iter().map(|name| ((*name).clone(), state.to_owned())).collect()
    };
    let tenant = world.tenants[home]["tenant"].as_str().unwrap();
    let mut place = |given: &BTreeMap<String, String>, from: &'static str, platform: Option<&str>| {
        let kind = world.tenants[home]["kind"].as_str().unwrap();
        let call = Call {
            tenant: tenant.to_owned(),
            to: To::Number(number.to_owned()),
            at,
            from: if from.is_empty() { "+13125550000".to_owned() } else { from.to_owned() },
            given: given.clone(),
            mailbox_off: BTreeSet::new(),
            full: BTreeSet::new(),
            platform: platform.map(|it| (kind.to_owned(), it.to_owned())).into_iter().collect(),
        };
        let judged = naive::judge(&world.tenants, &call, &naive::Assume::new());
        out.entry((number.to_owned(), from, judged)).or_insert(call);
    };
    for state in [ANSWERS, "no_answer"] {
        let given = base(state);
        place(&given, "", None);
        for (name, devices) in &phones {
            for one in ONE {
                let mut given = given.clone();
                for name in devices.iter().chain([name]) {
                    given.insert(name.clone(), one.to_owned());
                }
                place(&given, "", None);
            }
        }
    }
    for state in EVERYBODY {
        place(&base(state), "", None);
    }
    for agents in queues(world, home, number) {
        for state in [ANSWERS, "no_answer"] {
            let offline = agents.iter().map(|name| (name.clone(), "offline".to_owned()));
            place(&base(state).into_iter().chain(offline).collect(), "", None);
        }
    }
    let given = base(ANSWERS);
    place(&given, "", Some("down"));
    place(&given, "", Some("switched"));
    place(&given, "anonymous", None);
    place(&given, "spam", None);
}

const CIRCLES: [Fault; 5] =
    [Fault::DivertLoop, Fault::NoAnswerLoop, Fault::BusyLoop, Fault::OutageLoop, Fault::RingLoop];

fn is_bad(end: &str) -> bool {
    let is_meant = ["dropped blocked", "dropped spam", "dropped hang_up"].contains(&end);
    ["loop", "rings_on"].contains(&end)
        || end.starts_with("waits ")
        || (end.starts_with("dropped ") && !is_meant)
}

/// The rules that never win, by the reference's clock: the tenant, the extension, the place.
fn never_win(world: &World, instants: &[(Timestamp, InForce)]) -> BTreeSet<(usize, String)> {
    let mut found = BTreeSet::new();
    for (tenant, it) in world.tenants.iter().enumerate().filter(|(_, it)| it["kind"] == "stratus") {
        for (extension, rules) in entries(it, "rules") {
            let order: Vec<&Value> = rules["order"].as_array().into_iter().flatten().collect();
            let known = |rule: &Value| {
                let schedule = &it["schedules"][rule["when"].as_str().unwrap()];
                rule["when"] == "default"
                    || schedule.is_object() && !is_doubtful(schedule) && says_hours(schedule)
            };
            if !order.iter().all(|rule| known(rule)) {
                continue;
            }
            let is_on = |rule: &Value, now: &InForce| {
                let when = rule["when"].as_str().unwrap();
                let is_off = it["schedules"][when]["enabled"] == false;
                rule["enabled"] != false && (when == "default" || !is_off && now[&(tenant, when.to_owned())])
            };
            let default = order.iter().position(|rule| rule["when"] == "default").unwrap_or(order.len());
            for (at, rule) in order.iter().enumerate().take(default) {
                let is_off = it["schedules"][rule["when"].as_str().unwrap()]["enabled"] == false;
                if rule["enabled"] == false || is_off {
                    continue;
                }
                let wins = instants
                    .iter()
                    .any(|(_, now)| is_on(rule, now) && !order[..at].iter().any(|above| is_on(above, now)));
                if !wins {
                    found.insert((tenant, format!("rules.{extension}.order[{at}]")));
                }
            }
        }
    }
    found
}

fn says_hours(schedule: &Value) -> bool {
    ["weekly", "dates", "monthly", "yearly"].iter().any(|word| schedule.get(*word).is_some())
}

/// Every outcome of brute force comes of a call that the sweep has placed, and no other does. What is found follows from them.
#[test]
fn the_sweep_misses_nothing_and_invents_nothing() {
    let worlds: u64 = std::env::var("DIALFORM_SWEEPS").ok().map_or(12, |it| it.parse().unwrap());
    let (mut placed, mut outcomes, mut numbers, mut circles, mut nobody, mut rules) = (0, 0, 0, 0, 0, 0);
    for seed in 0..worlds {
        let world = random::world(seed);
        let compiled = Compiled::of(&world.tenants);
        let minute = world.calls[0].0.at.as_second().div_euclid(60) * 60;
        let from = Timestamp::from_second(minute).unwrap();
        let within = minute..minute + DAYS * 24 * 3600;
        let horizon = within.start - 2 * 24 * 3600..within.end + 2 * 24 * 3600;
        let network = compiled.network(horizon, Assumptions::default());
        let sites: BTreeSet<SiteId> = (0..world.tenants.len()).map(SiteId::of).collect();
        let mut swept: BTreeSet<Outcome> = BTreeSet::new();
        let mut cut: BTreeSet<String> = BTreeSet::new();
        let result = network.sweep_seen(&sites, within, &mut |call, _, verdict| {
            let Target::Number(number) = call.to else { return };
            let name = network.number_text(number).to_owned();
            let home = network.tenant_name(network.tenant_of(number)).to_owned();
            let from = match call.caller {
                Caller::Anonymous => "anonymous",
                Caller::Spam => "spam",
                _ => "",
            };
            if verdict.is_cut {
                cut.insert(name.clone());
            }
            let call = Call { tenant: home, ..world.calls[0].0.clone() };
            placed += 1;
            swept.insert((name, from, courses(&network, &call, verdict)));
        });
        let instants = instants(&world, from);
        let found = |fault: Fault| result.found.iter().filter(move |it| it.fault == fault);
        let text = serde_json::to_string(&world.tenants).unwrap();
        // Three numbers of a world are enough of each.
        for number in network.numbers().step_by(3) {
            let name = network.number_text(number).to_owned();
            let home = network.tenant_name(network.tenant_of(number));
            let home = world.tenants.iter().position(|it| it["tenant"] == home).unwrap();
            if cut.contains(&name) {
                continue;
            }
            let mut expected = BTreeMap::new();
            let mut at_nobody = false;
            for (at, _) in &instants {
                brute(&world, home, &name, *at, &mut expected);
            }
            let own: BTreeSet<Outcome> = swept.iter().filter(|it| it.0 == name).cloned().collect();
            let missed: Vec<(&Outcome, &Call)> =
                expected.iter().filter(|(it, _)| !own.contains(it)).collect();
            let invented: Vec<&Outcome> = own.iter().filter(|it| !expected.contains_key(it)).collect();
            assert!(
                missed.is_empty() && invented.is_empty(),
                "{seed}: {name}\n  missed {missed:?}\n  invented {invented:?}\n{text}"
            );
            outcomes += expected.len();
            numbers += 1;
            let ends = |it: &Outcome| it.2.iter().map(|course| course.end.clone()).collect::<BTreeSet<_>>();
            let loops = expected.keys().any(|it| ends(it).contains("loop"));
            let in_circle = |it: &&Found| CIRCLES.contains(&it.fault);
            if loops {
                circles += 1;
                assert!(
                    result.found.iter().any(|it| in_circle(&it) || it.fault == Fault::ForwardComesBack)
                        || expected.keys().all(|it| !ends(it).contains("loop") || is_down(it)),
                    "{seed}: {name} goes in a circle, which is not found\n{text}"
                );
            }
            let is_of = |it: &Found| it.path.get(1).and_then(|it| it.as_key()) == Some(name.as_str());
            for at in instants.iter().map(|(at, _)| *at) {
                let all: BTreeMap<String, String> = phones(&world, home)
                    .into_iter()
                    .flat_map(|(name, devices)| devices.into_iter().chain([name]))
                    .map(|name| (name, ANSWERS.to_owned()))
                    .collect();
                let call = Call {
                    tenant: world.tenants[home]["tenant"].as_str().unwrap().to_owned(),
                    to: To::Number(name.clone()),
                    at,
                    from: "+13125550000".to_owned(),
                    given: all,
                    mailbox_off: BTreeSet::new(),
                    full: BTreeSet::new(),
                    platform: BTreeMap::new(),
                };
                let judged = naive::judge(&world.tenants, &call, &naive::Assume::new());
                at_nobody |=
                    judged.iter().all(|it| is_bad(&it.end)) && judged.iter().any(|it| it.end != "loop");
            }
            let says = found(Fault::NobodyThere).any(is_of);
            // A circle, or what a phone comes to that nobody knows, is told instead.
            let is_told = result.found.iter().any(|it| in_circle(&it))
                || text.contains("unknown")
                || at_nobody_is_inside(&world);
            assert!(!says || at_nobody, "{seed}: {name} reaches somebody at any time\n{text}");
            assert!(
                says || !at_nobody || is_told,
                "{seed}: {name} reaches nobody, which is not found\n{text}"
            );
            nobody += usize::from(says);
        }
        let expected = never_win(&world, &instants);
        for (tenant, rule) in &expected {
            let is_it = |it: &Found| it.tenant == SiteId::of(*tenant) && it.path.to_string() == *rule;
            assert!(
                found(Fault::RuleNeverWins).any(is_it),
                "{seed}: {rule} never wins, which is not found\n{text}"
            );
            rules += 1;
        }
    }
    println!(
        "{worlds} worlds, {numbers} numbers: {placed} calls placed, {outcomes} different outcomes of brute force; {circles} with circles, \
         {nobody} with nobody there, {rules} rules that never win"
    );
    assert!(placed > outcomes && numbers > 0 && outcomes > 0);
}

/// Whether a call comes in at a number of the world because a phone rings: what becomes of it there is not in the end.
fn at_nobody_is_inside(world: &World) -> bool {
    let text = serde_json::to_string(&world.tenants).unwrap();
    text.contains("\"also\":") || text.contains("\"agents\":") || text.contains("\"receivers\":")
}

/// Of the phone system being down nothing is told but emergency forwards.
fn is_down(outcome: &Outcome) -> bool {
    outcome.2.iter().all(|it| it.at == Some(0))
}
