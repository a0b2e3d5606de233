//! Calls, and how everything is when they come in.

use super::world::{CALLERS, DEVICES, OUTSIDE, QUEUES, TENANTS, World, extensions, numbers};
use crate::{
    naive::{Call, To},
    random::{chance, dice::Dice, instants::instant, one, theme::Theme},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const STATES: [&str; 19] = [
    "answers",
    "answers",
    "answers",
    "answers",
    "answers@4",
    "answers@8",
    "answers@13",
    "no_answer",
    "no_answer",
    "no_answer",
    "rejects",
    "rejects@5",
    "on_call_rings",
    "on_call_busy",
    "offline",
    "offline",
    "gone",
    "dnd",
    "logged_out",
];

pub fn call(dice: &mut Dice, world: &World) -> Call {
    let home = dice.below(world.tenants.len());
    let kind = |tenant: usize| world.tenants[tenant]["kind"].as_str().unwrap();
    let prefix = |tenant: usize| if tenant == home { String::new() } else { format!("{}/", TENANTS[tenant]) };
    let to = match dice.below(10) {
        0 => To::Extension(one(dice, extensions(kind(home))).to_owned()),
        1 if kind(home) == "stratus" => To::Extension(one(dice, &QUEUES).to_owned()),
        _ => To::Number(one(dice, &numbers(home))),
    };
    let from = match dice.below(16) {
        0..2 => one(dice, &CALLERS),
        2 => "anonymous",
        3..5 => "spam",
        _ => "+13125550000",
    };
    // In some calls nearly all are alike.
    let usual =
        chance(dice, 35).then(|| one(dice, &["rejects", "offline", "offline", "on_call_busy", "dnd"]));
    let (mut given, mut mailbox_off, mut full) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
    let mut state = |dice: &mut Dice, name: String, percent: usize| {
        if chance(dice, percent) {
            let state = usual.filter(|_| chance(dice, 80)).unwrap_or_else(|| one(dice, &STATES));
            given.insert(name, state.to_owned());
        }
    };
    for tenant in 0..world.tenants.len() {
        let is_stratus = kind(tenant) == "stratus";
        for name in extensions(kind(tenant)) {
            state(dice, prefix(tenant) + name, 85);
            if chance(dice, 10) {
                mailbox_off.insert(prefix(tenant) + name);
            }
        }
        for name in if is_stratus { &DEVICES[..] } else { &[] } {
            state(dice, prefix(tenant) + name, 40);
        }
        for name in if is_stratus { &QUEUES[..] } else { &[] } {
            if chance(dice, 12) {
                full.insert(prefix(tenant) + name);
            }
            if chance(dice, 10) {
                mailbox_off.insert(prefix(tenant) + name);
            }
        }
    }
    for name in OUTSIDE {
        state(dice, name.to_owned(), 85);
    }
    let mut platform = BTreeMap::new();
    if chance(dice, 10) {
        for kind in ["stratus", "deskphone"] {
            platform.insert(kind.to_owned(), one(dice, &["up", "down", "switched"]).to_owned());
        }
    }
    // The first that is called decides most.
    let first = first_called(&world.tenants[home], &to);
    if let Some(extension) = first.as_ref().filter(|_| chance(dice, 40)) {
        let decisive = ["offline", "rejects", "on_call_busy", "on_call_rings", "dnd", "no_answer", "gone"];
        given.insert(extension.clone(), one(dice, &decisive).to_owned());
    }
    if world.is_clock && chance(dice, 70) {
        given.insert("101".to_owned(), "no_answer".to_owned());
    }
    let used = first.map(|it| schedules_of(&world.tenants[home], &it)).unwrap_or_default();
    let theme = if world.is_clock || chance(dice, 20) { Theme::Clock } else { Theme::Any };
    let (at, _) = instant(dice, &world.tenants, home, &used, theme);
    let tenant = TENANTS[home].to_owned();
    Call { tenant, to, at, from: from.to_owned(), given, mailbox_off, full, platform }
}

fn first_called(tenant: &Value, to: &To) -> Option<String> {
    match to {
        To::Extension(extension) => Some(extension.clone()),
        To::Number(number) => Some(tenant["numbers"][number]["route"]["extension"].as_str()?.to_owned()),
    }
}

fn schedules_of(tenant: &Value, extension: &str) -> Vec<String> {
    let order = tenant["rules"][extension]["order"].as_array();
    order.into_iter().flatten().filter_map(|rule| Some(rule["when"].as_str()?.to_owned())).collect()
}
