//! Somebody changes something: a field of an object, an object, the order of rules, hours, agents, a tenant's zone.

use crate::random::{
    account::{self, Parties},
    chance,
    dice::Dice,
    one,
    schedules::{self, ZONES},
    theme::Theme,
};
use dialform::model::Tenant;
use serde_json::{Value, json};

const SECTIONS: [&str; 7] = ["schedules", "receivers", "queues", "rules", "diverts", "numbers", "forwards"];
const CONDITIONS: [&str; 5] = ["always", "on_call", "busy", "no_answer", "unreachable"];

/// Changes a tenant. `donor` is another one of the same names. False: there is nothing that could be changed so.
pub type Change = fn(&mut Dice, &mut Value, &Value) -> bool;

pub const CHANGES: [(&str, Change); 22] = [
    ("field", field),
    ("object", object),
    ("object added", added),
    ("object removed", removed),
    ("hours", hours),
    ("schedule switched", switched),
    ("rule moved", rule_moved),
    ("rule added", rule_added),
    ("rule removed", rule_removed),
    ("field of a rule", rule_field),
    ("condition", condition),
    ("forward", forward),
    ("phones of a rule", phones),
    ("ring_timeout", ring_timeout),
    ("callers", callers),
    ("agent added", agent_added),
    ("agent removed", agent_removed),
    ("agent moved", agent_moved),
    ("field of a queue", queue_field),
    ("route", route),
    ("zone", zone),
    ("same name", same_name),
];

/// The same tenants after one to three changes, and which.
pub fn changed(dice: &mut Dice, before: &[Value]) -> (Vec<Value>, Vec<&'static str>) {
    let kinds: Vec<&str> = before.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    let parties = Parties::of(&kinds, Theme::Any);
    let most = [1, 1, 1, 2, 3][dice.below(5)];
    changed_by(dice, before, most, &CHANGES, &|dice, at| account::tenant(dice, &parties, at))
}

/// The same by some changes, that many. `donor` makes another tenant of the names of one.
pub fn changed_by(
    dice: &mut Dice,
    before: &[Value],
    most: usize,
    changes: &[(&'static str, Change)],
    donor: &dyn Fn(&mut Dice, usize) -> Value,
) -> (Vec<Value>, Vec<&'static str>) {
    let (mut after, mut what) = (before.to_vec(), Vec::new());
    for _ in 0..200 {
        if what.len() == most {
            break;
        }
        let at = dice.below(after.len());
        let donor = donor(dice, at);
        let (word, change) = one(dice, changes);
        let mut tenant = after[at].clone();
        if change(dice, &mut tenant, &donor) && tenant != after[at] && is_valid(&tenant) {
            after[at] = tenant;
            what.push(word);
        }
    }
    (after, what)
}

fn is_valid(tenant: &Value) -> bool {
    let mut own = tenant.clone();
    own.as_object_mut().unwrap().remove("kind");
    // A forward that is switched on leads somewhere.
    let forwards = tenant["forwards"].as_object().into_iter().flatten();
    forwards.into_iter().all(|(_, it)| it["active"] != true || it.get("to").is_some())
        && serde_json::from_value::<Tenant>(own).is_ok()
}

fn keys(of: &Value) -> Vec<String> {
    of.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
}

fn pick(dice: &mut Dice, of: &Value) -> Option<String> {
    let keys = keys(of);
    (!keys.is_empty()).then(|| one(dice, &keys))
}

/// A section that has objects.
fn section(dice: &mut Dice, of: &Value) -> Option<&'static str> {
    let all: Vec<&str> = SECTIONS.into_iter().filter(|it| !keys(&of[*it]).is_empty()).collect();
    (!all.is_empty()).then(|| one(dice, &all))
}

/// Takes one word over from another object, or away.
fn take(dice: &mut Dice, of: &mut Value, from: &Value) -> bool {
    let mut words = keys(of);
    words.extend(keys(from));
    if words.is_empty() || !of.is_object() {
        return false;
    }
    let word = one(dice, &words);
    match from.get(&word) {
        Some(value) if !chance(dice, 20) => of[&word] = value.clone(),
        _ => drop(of.as_object_mut().unwrap().shift_remove(&word)),
    }
    true
}

fn field(dice: &mut Dice, tenant: &mut Value, donor: &Value) -> bool {
    let Some(section) = section(dice, tenant) else { return false };
    in_section(dice, tenant, donor, section)
}

fn in_section(dice: &mut Dice, tenant: &mut Value, donor: &Value, section: &str) -> bool {
    let Some(key) = pick(dice, &tenant[section]) else { return false };
    let Some(other) = pick(dice, &donor[section]) else { return false };
    take(dice, &mut tenant[section][&key], &donor[section][&other])
}

fn object(dice: &mut Dice, tenant: &mut Value, donor: &Value) -> bool {
    let Some(section) = section(dice, tenant) else { return false };
    let Some(key) = pick(dice, &tenant[section]) else { return false };
    let Some(other) = donor[section].get(&key) else { return false };
    tenant[section][&key] = other.clone();
    true
}

fn added(dice: &mut Dice, tenant: &mut Value, donor: &Value) -> bool {
    let Some(section) = section(dice, donor) else { return false };
    let Some(key) = pick(dice, &donor[section]) else { return false };
    if tenant[section].get(&key).is_some() {
        return false;
    }
    tenant[section][&key] = donor[section][&key].clone();
    true
}

fn removed(dice: &mut Dice, tenant: &mut Value, _: &Value) -> bool {
    let Some(section) = section(dice, tenant) else { return false };
    let Some(key) = pick(dice, &tenant[section]) else { return false };
    tenant[section].as_object_mut().unwrap().shift_remove(&key);
    true
}

fn hours(dice: &mut Dice, tenant: &mut Value, _: &Value) -> bool {
    let Some(key) = pick(dice, &tenant["schedules"]) else { return false };
    let own = tenant["schedules"][&key]["weekly"].as_object_mut();
    if let Some(weekly) = own.filter(|_| chance(dice, 40)) {
        for windows in weekly.values_mut().filter_map(Value::as_array_mut) {
            *windows = vec![json!(one(dice, &["08:00-17:00", "08:00-12:00", "22:00-06:00", "13:00-24:00"]))];
        }
        return true;
    }
    tenant["schedules"][&key] =
        if chance(dice, 30) { schedules::clock_change(dice) } else { schedules::schedule(dice) };
    true
}

fn switched(dice: &mut Dice, tenant: &mut Value, _: &Value) -> bool {
    let Some(key) = pick(dice, &tenant["schedules"]) else { return false };
    let it = &mut tenant["schedules"][&key];
    it["enabled"] = json!(it["enabled"] == false);
    true
}

/// The rules of an extension that has some.
fn order<'a>(dice: &mut Dice, tenant: &'a mut Value) -> Option<&'a mut Vec<Value>> {
    let key = pick(dice, &tenant["rules"])?;
    tenant["rules"][&key].get_mut("order")?.as_array_mut().filter(|it| !it.is_empty())
}

/// Any rule of a tenant.
fn rule(dice: &mut Dice, tenant: &Value) -> Option<Value> {
    let rules = tenant["rules"].as_object().into_iter().flatten();
    let all: Vec<&Value> = rules.flat_map(|(_, it)| it["order"].as_array().into_iter().flatten()).collect();
    (!all.is_empty()).then(|| one(dice, &all).clone())
}

fn rule_moved(dice: &mut Dice, tenant: &mut Value, _: &Value) -> bool {
    let Some(order) = order(dice, tenant) else { return false };
    let moved = order.remove(dice.below(order.len()));
    order.insert(dice.below(order.len() + 1), moved);
    true
}

fn rule_added(dice: &mut Dice, tenant: &mut Value, donor: &Value) -> bool {
    let Some(rule) = rule(dice, donor) else { return false };
    let Some(order) = order(dice, tenant) else { return false };
    order.insert(dice.below(order.len() + 1), rule);
    true
}

fn rule_removed(dice: &mut Dice, tenant: &mut Value, _: &Value) -> bool {
    let Some(order) = order(dice, tenant) else { return false };
    order.remove(dice.below(order.len()));
    true
}

fn rule_field(dice: &mut Dice, tenant: &mut Value, donor: &Value) -> bool {
    let Some(other) = rule(dice, donor) else { return false };
    let Some(order) = order(dice, tenant) else { return false };
    let at = dice.below(order.len());
    let when = order[at]["when"].clone();
    take(dice, &mut order[at], &other);
    if order[at].get("when").is_none() {
        order[at]["when"] = when;
    }
    true
}

/// The forwards of a rule, or those of `diverts`.
fn conditions<'a>(dice: &mut Dice, tenant: &'a mut Value) -> Option<&'a mut Value> {
    if chance(dice, 60) && tenant["kind"] == "stratus" {
        let order = order(dice, tenant)?;
        let at = dice.below(order.len());
        return order[at].get_mut("forward").filter(|it| it.is_object());
    }
    let key = pick(dice, &tenant["diverts"])?;
    Some(&mut tenant["diverts"][&key])
}

fn condition(dice: &mut Dice, tenant: &mut Value, donor: &Value) -> bool {
    let Some(other) = pick(dice, &donor["diverts"]) else { return false };
    let Some(own) = conditions(dice, tenant) else { return false };
    take(dice, own, &donor["diverts"][&other])
}

fn forward(dice: &mut Dice, tenant: &mut Value, donor: &Value) -> bool {
    let known = if tenant["kind"] == "deskphone" { "2003" } else { "104" };
    let Some(own) = conditions(dice, tenant) else { return false };
    let mut all: Vec<Value> = vec![json!("voicemail"), json!("off"), json!({ "extension": known })];
    let given = donor["diverts"].as_object().into_iter().flatten();
    all.extend(given.flat_map(|(_, it)| it.as_object().unwrap().values().cloned()));
    own[one(dice, &CONDITIONS)] = one(dice, &all);
    if known == "2003" {
        own.as_object_mut().unwrap().shift_remove("on_call");
    }
    true
}

fn phones(dice: &mut Dice, tenant: &mut Value, _: &Value) -> bool {
    let Some(order) = order(dice, tenant) else { return false };
    let at = dice.below(order.len());
    let Some(ring) = order[at].pointer_mut("/ring/simultaneous") else {
        order[at]["ring"] =
            json!({ "simultaneous": { "own_extension": chance(dice, 80), "all_phones": chance(dice, 50) } });
        return true;
    };
    match dice.below(4) {
        0 => ring["own_extension"] = json!(ring["own_extension"] != true),
        1 => ring["all_phones"] = json!(ring["all_phones"] != true),
        2 => {
            let Some(also) = ring.get_mut("also").and_then(Value::as_array_mut) else { return false };
            also.remove(dice.below(also.len()));
            if also.is_empty() {
                ring.as_object_mut().unwrap().shift_remove("also");
            }
        }
        _ => {
            let Some(also) = ring.get_mut("also").and_then(Value::as_array_mut) else { return false };
            let at = dice.below(also.len());
            also[at]["delay"] = json!(one(dice, &[0, 1, 3, 5, 12, 20]));
        }
    }
    true
}

fn ring_timeout(dice: &mut Dice, tenant: &mut Value, _: &Value) -> bool {
    let Some(key) = pick(dice, &tenant["rules"]) else { return false };
    tenant["rules"][&key]["ring_timeout"] =
        one(dice, &[json!(5), json!(12), json!(20), json!(60), json!("unlimited")]);
    true
}

fn callers(dice: &mut Dice, tenant: &mut Value, donor: &Value) -> bool {
    let Some(key) = pick(dice, &tenant["rules"]) else { return false };
    let Some(other) = pick(dice, &donor["rules"]) else { return false };
    let Some(theirs) = donor["rules"][&other].get("callers") else { return false };
    let own = &mut tenant["rules"][&key];
    if own.get("callers").is_none() {
        own["callers"] = theirs.clone();
        return true;
    }
    take(dice, &mut own["callers"], theirs)
}

fn agents<'a>(dice: &mut Dice, tenant: &'a mut Value) -> Option<&'a mut Vec<Value>> {
    let key = pick(dice, &tenant["queues"])?;
    tenant["queues"][&key].get_mut("agents")?.as_array_mut()
}

fn agent_added(dice: &mut Dice, tenant: &mut Value, donor: &Value) -> bool {
    let queues = donor["queues"].as_object().into_iter().flatten();
    let all: Vec<&Value> = queues.flat_map(|(_, it)| it["agents"].as_array().into_iter().flatten()).collect();
    if all.is_empty() {
        return false;
    }
    let agent = one(dice, &all).clone();
    let Some(agents) = agents(dice, tenant) else { return false };
    // Nobody is an agent of a queue twice.
    let who = |it: &Value| {
        let words = ["extension", "device", "number", "agent"];
        let named = words.into_iter().find_map(|word| it[word].as_str());
        it.as_str().or(named).unwrap().to_owned()
    };
    if agents.iter().any(|it| who(it) == who(&agent)) {
        return false;
    }
    agents.insert(dice.below(agents.len() + 1), agent);
    true
}

fn agent_removed(dice: &mut Dice, tenant: &mut Value, _: &Value) -> bool {
    let Some(agents) = agents(dice, tenant).filter(|it| !it.is_empty()) else { return false };
    agents.remove(dice.below(agents.len()));
    true
}

fn agent_moved(dice: &mut Dice, tenant: &mut Value, _: &Value) -> bool {
    let Some(agents) = agents(dice, tenant).filter(|it| !it.is_empty()) else { return false };
    let moved = agents.remove(dice.below(agents.len()));
    agents.insert(dice.below(agents.len() + 1), moved);
    true
}

fn queue_field(dice: &mut Dice, tenant: &mut Value, donor: &Value) -> bool {
    in_section(dice, tenant, donor, "queues")
}

fn route(dice: &mut Dice, tenant: &mut Value, donor: &Value) -> bool {
    let Some(key) = pick(dice, &tenant["numbers"]) else { return false };
    let Some(other) = pick(dice, &donor["numbers"]) else { return false };
    take(dice, &mut tenant["numbers"][&key], &donor["numbers"][&other])
}

fn zone(dice: &mut Dice, tenant: &mut Value, _: &Value) -> bool {
    if chance(dice, 20) {
        return tenant.as_object_mut().unwrap().shift_remove("time_zone").is_some();
    }
    tenant["time_zone"] = json!(one(dice, &ZONES));
    true
}

/// An extension and a queue of one name.
fn same_name(dice: &mut Dice, tenant: &mut Value, donor: &Value) -> bool {
    if tenant["kind"] != "stratus" {
        return false;
    }
    let (from, to) = if chance(dice, 50) { ("rules", "queues") } else { ("queues", "rules") };
    if chance(dice, 30) {
        // It is named as a queue, and is none.
        let Some(own) = conditions(dice, tenant) else { return false };
        own[one(dice, &["busy", "no_answer", "unreachable"])] =
            json!({ "queue": one(dice, &["101", "103"]) });
        return true;
    }
    let Some(key) = pick(dice, &tenant[from]) else { return false };
    let Some(other) = pick(dice, &donor[to]) else { return false };
    if tenant[to].get(&key).is_some() {
        return false;
    }
    tenant[to][&key] = donor[to][&other].clone();
    true
}
