//! Calls, and how everything is when they come in.

use super::{
    account::{CALLERS, OUTSIDE, PEOPLE, Parties, TENANTS},
    chance,
    dice::Dice,
    instants::instant,
    one,
    theme::Theme,
};
use crate::naive::{Assume, Call, To};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Section 9, without U9 and U31, which there are not.
pub const IDS: [&str; 30] = [
    "U1", "U2", "U3", "U4", "U5", "U6", "U7", "U8", "U10", "U11", "U12", "U13", "U14", "U15", "U16", "U17",
    "U18", "U19", "U20", "U21", "U22", "U23", "U24", "U25", "U26", "U27", "U28", "U29", "U30", "U32",
];
const STATES: [&str; 16] = [
    "answers",
    "answers",
    "answers@1",
    "answers@2",
    "answers@5",
    "answers@12",
    "no_answer",
    "no_answer",
    "rejects",
    "rejects@4",
    "on_call_rings",
    "on_call_busy",
    "offline",
    "gone",
    "dnd",
    "logged_out",
];

pub fn call(dice: &mut Dice, tenants: &[Value], parties: &Parties) -> (Call, Assume) {
    let home = dice.below(tenants.len());
    let prefix = |tenant: usize| if tenant == home { String::new() } else { format!("{}/", TENANTS[tenant]) };
    let to = match dice.below(10) {
        0..2 if !parties.extensions(home).is_empty() => {
            let mut names = parties.extensions(home);
            names.extend(parties.queues(home));
            To::Extension(one(dice, &names))
        }
        _ => To::Number(one(dice, &numbers_of(&tenants[home]))),
    };
    let from = match dice.below(16) {
        0..2 => one(dice, &CALLERS).to_owned(),
        2 => "anonymous".to_owned(),
        3..5 => "spam".to_owned(),
        _ => "+13125550000".to_owned(),
    };
    // In some calls nearly all are alike.
    let alike = ["rejects", "offline", "on_call_busy", "dnd"];
    let usual = match parties.theme {
        Theme::Phones | Theme::Queue if chance(dice, 60) => Some(one(dice, &alike)),
        _ => chance(dice, 35).then(|| one(dice, &STATES)),
    };
    let mut given = BTreeMap::new();
    let (mut mailbox_off, mut full) = (BTreeSet::new(), BTreeSet::new());
    let mut state = |dice: &mut Dice, name: String, percent: usize| {
        if chance(dice, percent) {
            let word = usual.filter(|_| chance(dice, 75)).unwrap_or_else(|| one(dice, &STATES));
            given.insert(name, word.to_owned());
        }
    };
    for tenant in 0..tenants.len() {
        for name in parties.extensions(tenant) {
            state(dice, prefix(tenant) + &name, 75);
        }
        for name in parties.devices(tenant) {
            state(dice, prefix(tenant) + &name, 20);
        }
        if parties.kinds[tenant] == "ctm" {
            for name in PEOPLE {
                state(dice, prefix(tenant) + name, 75);
            }
        }
        for name in parties.extensions(tenant).into_iter().chain(parties.queues(tenant)) {
            if chance(dice, 12) {
                mailbox_off.insert(prefix(tenant) + &name);
            }
        }
        for name in parties.queues(tenant) {
            if chance(dice, 20) {
                full.insert(prefix(tenant) + &name);
            }
        }
    }
    for name in OUTSIDE {
        state(dice, name.to_owned(), 75);
    }
    let mut platform = BTreeMap::new();
    if parties.theme == Theme::Any && chance(dice, 15) {
        for kind in ["stratus", "ctm", "deskphone"] {
            platform.insert(kind.to_owned(), one(dice, &["up", "down", "switched"]).to_owned());
        }
    }
    // The first that is called is mostly in a state in which much is decided.
    let first = first_called(&tenants[home], &to);
    if let Some(extension) = &first
        && chance(dice, if parties.theme == Theme::Phones { 90 } else { 50 })
    {
        let decisive = ["offline", "rejects", "on_call_busy", "on_call_rings", "dnd", "no_answer", "gone"];
        given.insert(extension.clone(), one(dice, &decisive).to_owned());
    }
    if parties.theme == Theme::Clock && chance(dice, 70) {
        given.insert("101".to_owned(), "no_answer".to_owned());
    }
    let used = first.map(|it| schedules_of(&tenants[home], &it)).unwrap_or_default();
    let (at, is_edge) = instant(dice, tenants, home, &used, parties.theme);
    let mut assume = Assume::new();
    if chance(dice, 60) {
        for _ in 0..1 + dice.below(4) {
            let of_time = is_edge && chance(dice, 50);
            let own: &[&str] = match parties.kinds[home].as_str() {
                "ctm" => &["U19", "U20", "U21", "U22", "U23", "U25", "U32"],
                "deskphone" => &["U17", "U18", "U30"],
                _ => parties.theme.ids(),
            };
            let ids: &[&str] = match () {
                () if of_time => Theme::Clock.ids(),
                () if chance(dice, 70) => own,
                () => &IDS,
            };
            let id = one(dice, ids);
            assume.insert(id, matches!(id, "U11" | "U29"));
        }
    }
    let tenant = TENANTS[home].to_owned();
    (Call { tenant, to, at, from, given, mailbox_off, full, platform }, assume)
}

/// Those that a tenant has, some without more than a forward.
fn numbers_of(tenant: &Value) -> Vec<String> {
    let keys = |word: &str| tenant[word].as_object().into_iter().flatten().map(|(number, _)| number.clone());
    keys("numbers").chain(keys("forwards")).collect::<BTreeSet<String>>().into_iter().collect()
}

/// The extension that a call comes to first.
fn first_called(tenant: &Value, to: &To) -> Option<String> {
    match to {
        To::Extension(extension) => Some(extension.clone()),
        To::Number(number) => Some(tenant["numbers"][number]["route"]["extension"].as_str()?.to_owned()),
    }
}

/// The names in the rules of an extension.
fn schedules_of(tenant: &Value, extension: &str) -> Vec<String> {
    let order = tenant["rules"][extension]["order"].as_array();
    order.into_iter().flatten().filter_map(|rule| Some(rule["when"].as_str()?.to_owned())).collect()
}
