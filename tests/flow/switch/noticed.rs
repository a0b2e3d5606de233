//! Calls that differ after a change, as calls for the switch: each at the tenants before and at those after. What is placed is
//! what is said to be noticed: its place, an instant of one of its windows, and its situation. Left out are those that `expected`
//! and `avoided` leave out of all calls, and those of which only the end of a ring differs, which the switch does not show.

use super::{
    avoided::AVOIDED,
    course, expected,
    world::{self, World, is_held},
    written,
};
use crate::{
    held::{Compiled, courses, given, target},
    naive::{Call, To},
    noticed::{
        change::{CHANGES, changed_by},
        compared::{differing, named},
    },
    random::dice::Dice,
};
use dialform::flow::{
    self, Assumptions, Called, Caller, Concerned, Network, Pair, Phone, Platform, Shared, Situation, Timeline,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Changes that leave such a switch nothing that it can hold: of what is not declared it knows nothing. And where all agents ring
/// at once, nobody hears in which order they stand.
const NOT: [&str; 4] = ["object added", "object removed", "same name", "agent moved"];
/// Minutes of the years 2026 to 2029.
const MINUTES: (i64, usize) = (1_767_225_600, 4 * 365 * 24 * 60);
const DAY: i64 = 24 * 3600;

/// So many calls that differ, as many of each kind of change as of any other, each as two cases: before and after.
pub fn cases(seed: u64, most: usize, zones: &[&'static str]) -> Vec<Value> {
    let kinds: Vec<&str> = CHANGES.iter().map(|(word, _)| *word).filter(|word| !NOT.contains(word)).collect();
    let each = most.div_ceil(kinds.len());
    let mut by_kind: BTreeMap<&str, Vec<[Value; 2]>> = kinds.iter().map(|word| (*word, Vec::new())).collect();
    for number in 0.. {
        let found: usize = by_kind.values().map(Vec::len).sum();
        if by_kind.values().all(|it| it.len() >= each) || found >= most && number > 60 * most {
            break;
        }
        assert!(number < 1_000 + 200 * most, "hardly anything is noticed: {:?}", counted(&by_kind));
        let mut dice = Dice::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (1 << 42) ^ number as u64);
        let world = World::of(&mut dice, zones);
        let kind = kinds[number % kinds.len()];
        if by_kind[kind].len() >= each {
            continue;
        }
        if let Some(pair) = pair(&mut dice, &world, kind, zones, &format!("{seed}/{number}")) {
            by_kind.get_mut(kind).unwrap().push(pair);
        }
    }
    let rounds = (0..each).flat_map(|round| by_kind.values().filter_map(move |it| it.get(round)));
    rounds.take(most).flatten().cloned().collect()
}

fn counted<'a>(by_kind: &BTreeMap<&'a str, Vec<[Value; 2]>>) -> Vec<(&'a str, usize)> {
    by_kind.iter().map(|(kind, it)| (*kind, it.len())).collect()
}

/// Whether the switch can hold such a tenant.
fn can_be_held(tenant: &Value, zones: &[&str]) -> bool {
    let all = |section: &str, is_it: &dyn Fn(&Value) -> bool| {
        tenant[section].as_object().into_iter().flatten().all(|(_, it)| is_it(it))
    };
    let is_zone = |it: &Value| it["time_zone"].as_str().is_none_or(|zone| zones.contains(&zone));
    is_zone(tenant)
        && all("schedules", &|it| is_held(it) && is_zone(it))
        && all("queues", &|it| it["agents"].is_array())
        && all("numbers", &|it| it["route"].is_object())
        && all("forwards", &|it| it["to"].is_string())
        && all("diverts", &|it| it.is_object())
        && tenant["time_zone"].is_string()
}

/// One change, and a call that it changes.
fn pair(
    dice: &mut Dice,
    world: &World,
    kind: &'static str,
    zones: &[&'static str],
    name: &str,
) -> Option<[Value; 2]> {
    let kinds: Vec<&str> = world.tenants.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    let donor = |dice: &mut Dice, at: usize| world::tenant(dice, &kinds, at, zones);
    let change: Vec<_> = CHANGES.into_iter().filter(|(word, _)| *word == kind).collect();
    let (after, _) = changed_by(dice, &world.tenants, 1, &change, &donor);
    if after == world.tenants || !after.iter().all(|it| can_be_held(it, zones)) {
        return None;
    }
    let tenants = [&world.tenants, &after];
    let compiled = tenants.map(|it| Compiled::of(it));
    let from = MINUTES.0 + 60 * dice.below(MINUTES.1) as i64;
    let within = from..from + 8 * DAY;
    let horizon = within.start - 2 * DAY..within.end + 2 * DAY;
    let networks = compiled.each_ref().map(|it| it.network(horizon.clone(), Assumptions::default()));
    let both = Pair { before: &networks[0], after: &networks[1] };
    let noticed = both.noticed(&differing(&compiled[0], &compiled[1]), within);
    let words = Words { tenants, networks: &networks, names: both.names(), concerned: both.concerned() };
    for _ in 0..12 {
        if noticed.is_empty() {
            return None;
        }
        let noticed = &noticed[dice.below(noticed.len())];
        if noticed.differences.is_empty() {
            continue;
        }
        let difference = &noticed.differences[dice.below(noticed.differences.len())];
        let (class, situation) = &difference.cells[dice.below(difference.cells.len())];
        let windows = &noticed.classes[*class];
        let window = &windows[dice.below(windows.len())];
        let at = window.start + dice.below(usize::try_from(window.end - window.start).unwrap()) as i64;
        let call = words.call(&noticed.to, at, situation)?;
        let sides = [&difference.before, &difference.after];
        let placed: Vec<Value> = (0..2)
            .filter_map(|side| {
                let (tenants, compiled) = (words.tenants[side], &compiled[side]);
                if AVOIDED.iter().any(|(_, is_so)| is_so(tenants, &call)) {
                    return None;
                }
                let (course_expected, flipped) = expected(compiled, &call, world.patience)?;
                let said = words.said(side, &call, sides[side].as_deref()?);
                assert_eq!(vec![course_expected.clone()], said, "{name} {kind}: {situation:?} is {call:?}");
                if said[0]["end"].as_str().unwrap().starts_with("unknown") {
                    return None;
                }
                let word = ["before", "after"][side];
                let mut written = written(
                    &format!("{kind} {name} {word}"),
                    &call,
                    world.patience,
                    course_expected,
                    flipped,
                );
                written["noticed"] = json!({ "pair": format!("{kind} {name}"), "change": kind });
                Some(json!({ "tenants": tenants, "calls": [written] }))
            })
            .collect();
        if let [before, after] = placed.as_slice()
            && before["calls"][0]["expect"] != after["calls"][0]["expect"]
        {
            return Some([before.clone(), after.clone()]);
        }
    }
    None
}

/// A situation in the words of a call.
struct Words<'a> {
    tenants: [&'a Vec<Value>; 2],
    networks: &'a [Network; 2],
    names: (flow::Names, flow::Names),
    concerned: Concerned,
}

impl Words<'_> {
    fn names(&self) -> [&flow::Names; 2] {
        [&self.names.0, &self.names.1]
    }

    fn call(&self, to: &Called, at: i64, situation: &Situation) -> Option<Call> {
        let (home, to) = match to {
            Called::Number(number) => {
                let number = number.to_string();
                let has = |it: &&Value| it["numbers"].get(&number).is_some();
                (self.tenants[0].iter().find(has)?["tenant"].as_str()?, To::Number(number))
            }
            Called::Extension { tenant, extension: name } | Called::Queue { tenant, queue: name } => {
                (tenant.as_str(), To::Extension(name.clone()))
            }
        };
        let of_home = |tenant: &str, name: &str| match tenant == home || name.starts_with('+') {
            true => name.to_owned(),
            false => format!("{tenant}/{name}"),
        };
        let others = match situation {
            Situation::Everybody(phone) => *phone,
            Situation::One { others, .. }
            | Situation::Agents { others, .. }
            | Situation::Full { others, .. }
            | Situation::Caller { others, .. } => *others,
            Situation::MailboxesOff => Phone::NoAnswer,
            // No case of a switch says that.
            Situation::ForwardsOff { .. } | Situation::MailboxesOn => return None,
            Situation::Platform(_) => Phone::Answers(5000),
        };
        let set: BTreeMap<Shared, Phone> = self.concerned.states(situation).into_iter().collect();
        let (mut given, mut mailbox_off, mut full) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        for (at, tenant) in self.tenants[0].iter().enumerate() {
            let word = tenant["tenant"].as_str().unwrap();
            let mut all: BTreeSet<String> = world::OUTSIDE.iter().map(|it| (*it).to_owned()).collect();
            all.extend(named(tenant));
            all.extend(named(&self.tenants[1][at]));
            if tenant["kind"] == "stratus" {
                all.extend(world::DEVICES.iter().chain(&world::EXTENSIONS).map(|it| (*it).to_owned()));
            }
            for name in all {
                let shared =
                    |side: usize| Some(self.names()[side].party(self.networks[side].party(word, &name)?));
                let own = [0, 1].into_iter().filter_map(shared).find_map(|it| set.get(&it));
                given.insert(of_home(word, &name), own.copied().unwrap_or(others).to_string());
                if *situation == Situation::MailboxesOff {
                    mailbox_off.insert(of_home(word, &name));
                }
                if let Situation::Full { queue, .. } = situation {
                    let shared =
                        |side: usize| Some(self.names()[side].queue(self.networks[side].queue(word, &name)?));
                    if [0, 1].into_iter().filter_map(shared).any(|it| it == *queue) {
                        full.insert(of_home(word, &name));
                    }
                }
            }
        }
        mailbox_off.retain(|it| !it.starts_with('+'));
        let kind = self.tenants[0].iter().find(|it| it["tenant"] == home)?["kind"].as_str()?;
        let platform = match situation {
            Situation::Platform(Platform::Down) => Some("down"),
            Situation::Platform(Platform::Switched) => Some("switched"),
            _ => None,
        };
        Some(Call {
            tenant: home.to_owned(),
            to,
            at: Timestamp::from_second(at).unwrap(),
            from: match situation.caller() {
                Caller::Unlisted => "+13125550000".to_owned(),
                Caller::Number(number) => number.to_string(),
                Caller::Anonymous => "anonymous".to_owned(),
                Caller::Spam => "spam".to_owned(),
            },
            given,
            mailbox_off,
            full,
            platform: platform.map(|it| (kind.to_owned(), it.to_owned())).into_iter().collect(),
        })
    }

    /// The courses that a row has, as the switch is told them.
    fn said(&self, side: usize, call: &Call, timelines: &[Timeline]) -> Vec<Value> {
        let network = &self.networks[side];
        let placed = flow::Call {
            to: target(network, call).unwrap(),
            at: call.at.as_second(),
            caller: call.from.parse().unwrap(),
        };
        let mut verdict = network.verdict(&placed, &given(network, call));
        verdict.timelines = timelines.to_vec();
        courses(network, call, &verdict).iter().map(course).collect()
    }
}

/// What is said to be noticed is what its call comes to, before and after: of every kind of change, also where no switch can be
/// had.
#[test]
fn a_difference_is_what_its_calls_come_to() {
    let kinds = CHANGES.len() - NOT.len();
    let cases = cases(2, kinds, &world::ZONES);
    let changes: BTreeSet<&str> =
        cases.iter().map(|it| it["calls"][0]["noticed"]["change"].as_str().unwrap()).collect();
    assert_eq!((changes.len(), cases.len()), (kinds, 2 * kinds), "{changes:?}");
}
