//! How an object is between the writes of a step, in the order in which the client sends them. Pure.
//!
//! What goes out is beside it in `client`: `write_queue`, `write_agents` and `write_rules`.

use super::convert;
use crate::model::{
    Agent, Caller, Callers, DEFAULT_RULE, Limit, Queue, Resource, Rule, Rules, Schedule, Weekly, Window,
};

/// The object after each write but the last, as far as it is one: equal ones follow each other where a write is of something else.
pub fn between(before: Option<&Resource>, after: Option<&Resource>) -> Vec<Resource> {
    match (before, after) {
        (Some(Resource::Queue(before)), None) => {
            queue_goes(before).into_iter().map(Resource::Queue).collect()
        }
        (before, Some(Resource::Queue(after))) => {
            let before = before.and_then(|it| if let Resource::Queue(it) = it { Some(it) } else { None });
            queue(before, after).into_iter().map(Resource::Queue).collect()
        }
        (Some(Resource::Schedule(before)), Some(Resource::Schedule(after))) => {
            schedule(before, after).into_iter().map(Resource::Schedule).collect()
        }
        (before, Some(Resource::Rules(after))) => {
            let before = before.and_then(|it| if let Resource::Rules(it) = it { Some(it) } else { None });
            rules(before, after).into_iter().map(Resource::Rules).collect()
        }
        _ => Vec::new(),
    }
}

/// An object after each write.
struct Writes<T> {
    now: T,
    after: Vec<T>,
}

impl<T: Clone> Writes<T> {
    fn from(now: T) -> Self {
        Self { now, after: Vec::new() }
    }

    /// One write.
    fn write(&mut self, change: impl FnOnce(&mut T)) {
        change(&mut self.now);
        self.after.push(self.now.clone());
    }

    fn but_the_last(mut self) -> Vec<T> {
        self.after.pop();
        self.after
    }
}

/// Whether a field is sent: it is wanted, and is another.
fn is_sent<T: PartialEq>(now: Option<&T>, wanted: Option<&T>) -> bool {
    wanted.is_some() && now != wanted
}

fn set<T: Clone>(now: &mut Option<T>, to: &Option<T>) {
    if to.is_some() {
        now.clone_from(to);
    }
}

/// A frame that is always active becomes one with a week first, and then gets its dates. One with a week that is open all day
/// looks the same and is written at once: which of the two it is a plan does not know.
fn schedule(before: &Schedule, after: &Schedule) -> Option<Schedule> {
    let is_open =
        |weekly: &Weekly| weekly.days.len() == 7 && weekly.days.values().all(|day| *day == [Window::DAY]);
    let Schedule { weekly, extension, time_zone, enabled, protect, .. } = after.clone();
    let week = weekly.or_else(|| before.weekly.clone());
    let only_week = Schedule { weekly: week, extension, time_zone, enabled, protect, ..Schedule::default() };
    let was_always = before.weekly.as_ref().is_some_and(is_open);
    (was_always && only_week.weekly != before.weekly && only_week != *after).then_some(only_week)
}

/// What keeps callers out is taken back first and set last.
fn queue(before: Option<&Queue>, after: &Queue) -> Vec<Queue> {
    let is_new = before.is_none();
    let open = |now: &mut Queue| {
        if after.require_agents == Some(false) {
            now.require_agents = Some(false);
        }
        for (now, to) in limits(now).into_iter().zip(limits_of(after)) {
            if to == Some(&Limit::Unlimited) {
                *now = to.copied();
            }
        }
    };
    let record = |now: &mut Queue| {
        set(&mut now.name, &after.name);
        set(&mut now.dispatch, &after.dispatch);
        set(&mut now.agent_ring, &after.agent_ring);
    };
    let mut writes = Writes::from(before.cloned().unwrap_or_default());
    let opened = |now: &Queue| {
        let mut then = now.clone();
        open(&mut then);
        then != *now
    };
    if is_new {
        writes.write(|now| {
            record(now);
            open(now);
            now.require_agents = Some(false);
            now.agents = Some(Vec::new());
        });
    } else if opened(&writes.now) {
        writes.write(open);
    }
    let is_unlimited = after.ring_timeout == Some(Limit::Unlimited);
    if is_unlimited && !is_new && writes.now.ring_timeout != after.ring_timeout {
        writes.write(|now| now.ring_timeout = after.ring_timeout);
    }
    agents(&mut writes, after.agents.as_deref());
    let forwards = writes.now.forwards().into_iter().zip(after.forwards());
    if forwards.into_iter().any(|((_, now), (_, to))| is_sent(now, to)) {
        writes.write(|now| {
            for (now, (_, to)) in now.forwards_mut().into_iter().zip(after.forwards()) {
                if let Some(to) = to {
                    *now = Some(to.clone());
                }
            }
        });
    }
    if !is_unlimited && is_sent(writes.now.ring_timeout.as_ref(), after.ring_timeout.as_ref()) {
        writes.write(|now| now.ring_timeout = after.ring_timeout);
    }
    let mut last = writes.now.clone();
    record(&mut last);
    set(&mut last.require_agents, &after.require_agents);
    for (now, to) in limits(&mut last).into_iter().zip(limits_of(after)) {
        if to.is_some() {
            *now = to.copied();
        }
    }
    if last != writes.now {
        writes.write(|now| *now = last);
    }
    writes.but_the_last()
}

fn limits(queue: &mut Queue) -> [&mut Option<Limit>; 3] {
    [&mut queue.max_callers, &mut queue.max_expected_wait, &mut queue.max_wait]
}

fn limits_of(queue: &Queue) -> [Option<&Limit>; 3] {
    [queue.max_callers.as_ref(), queue.max_expected_wait.as_ref(), queue.max_wait.as_ref()]
}

/// New agents come in before old ones go.
fn agents(writes: &mut Writes<Queue>, wanted: Option<&[Agent]>) {
    let Some(wanted) = wanted else { return };
    let live = writes.now.agents.clone().unwrap_or_default();
    for agent in wanted.iter().filter(|it| !live.contains(it)) {
        writes.write(|now| {
            let list = now.agents.get_or_insert_default();
            match list.iter_mut().find(|it| it.target == agent.target) {
                Some(known) => known.clone_from(agent),
                None => list.push(agent.clone()),
            }
        });
    }
    for gone in live.iter().filter(|it| !wanted.iter().any(|kept| kept.target == it.target)) {
        writes.write(|now| now.agents.get_or_insert_default().retain(|it| it.target != gone.target));
    }
}

/// The agents of a queue leave before it goes, and then what starts it and its own user.
fn queue_goes(before: &Queue) -> Vec<Queue> {
    let mut writes = Writes::from(before.clone());
    agents(&mut writes, before.agents.as_ref().map(|_| &[][..]));
    for _ in ["start", "user", "queue"] {
        writes.write(|_| {});
    }
    writes.but_the_last()
}

/// Callers and timeout, then the order; in it the rules, and then those that are no longer wanted go.
fn rules(before: Option<&Rules>, after: &Rules) -> Vec<Rules> {
    let nothing = || Rules { order: Some(Vec::new()), ..Rules::default() };
    let mut writes = Writes::from(before.cloned().unwrap_or_else(nothing));
    if let Some(wanted) = &after.callers {
        callers(&mut writes, wanted);
    }
    if is_sent(writes.now.ring_timeout.as_ref(), after.ring_timeout.as_ref()) {
        writes.write(|now| now.ring_timeout = after.ring_timeout);
    }
    if let Some(order) = &after.order {
        in_order(&mut writes, order);
    }
    writes.but_the_last()
}

fn callers(writes: &mut Writes<Rules>, wanted: &Callers) {
    let Callers { allow, block, block_anonymous, spam } = wanted;
    let was = writes.now.callers.clone().unwrap_or_default();
    let mut write = |is_sent: bool, change: &dyn Fn(&mut Callers)| {
        if is_sent {
            writes.write(|now| change(now.callers.get_or_insert_default()));
        }
    };
    let has = |list: &Option<Vec<Caller>>| list.as_ref().is_some_and(|it| !it.is_empty());
    write(is_sent(was.allow.as_ref(), allow.as_ref()) && has(allow), &|now| set(&mut now.allow, allow));
    let is_blocked_otherwise = is_sent(was.block.as_ref(), block.as_ref());
    let is_surplus = |it: &Caller| block.as_ref().is_some_and(|wanted| !wanted.contains(it));
    let is_taken_off = is_blocked_otherwise && was.block.iter().flatten().any(is_surplus);
    write(is_taken_off, &|now| now.block.get_or_insert_default().retain(|it| !is_surplus(it)));
    write(is_blocked_otherwise && has(block), &|now| set(&mut now.block, block));
    write(is_sent(was.block_anonymous.as_ref(), block_anonymous.as_ref()), &|now| {
        set(&mut now.block_anonymous, block_anonymous);
    });
    write(is_sent(was.spam.as_ref(), spam.as_ref()), &|now| set(&mut now.spam, spam));
}

fn in_order(writes: &mut Writes<Rules>, wanted: &[Rule]) {
    let live = writes.now.order.clone().unwrap_or_default();
    let was = |when: &str| live.iter().find(|it| it.when == when);
    let is_default = |it: &&Rule| it.when == DEFAULT_RULE;
    let new = wanted.iter().filter(|it| was(&it.when).is_none());
    let gone: Vec<&Rule> =
        live.iter().filter(|it| !is_default(it) && !wanted.iter().any(|rule| rule.when == it.when)).collect();
    // A new rule is made switched off.
    for _ in new {
        writes.write(|_| {});
    }
    let first =
        |rule: &Rule| was(&rule.when).cloned().unwrap_or_else(|| Rule { enabled: false, ..rule.clone() });
    let until_they_go = convert::until_they_go(&but_default(wanted), &but_default(&live));
    let named =
        |when: &str| wanted.iter().find(|it| it.when == when).map(first).or_else(|| was(when).cloned());
    let mut order: Vec<Rule> = until_they_go.into_iter().filter_map(named).collect();
    order.extend(wanted.iter().find(is_default).map(first).or_else(|| was(DEFAULT_RULE).cloned()));
    let names = |rules: &[Rule]| rules.iter().map(|it| it.when.clone()).collect::<Vec<String>>();
    let kept = |rules: &[Rule]| {
        let mut names = names(rules);
        names.retain(|when| was(when).is_some() && wanted.iter().any(|rule| rule.when == *when));
        names
    };
    // That some go moves none of the others.
    let is_moved = wanted.iter().any(|it| was(&it.when).is_none()) || kept(wanted) != kept(&live);
    if is_moved && names(&order) != names(&live) {
        writes.write(|now| now.order = Some(order));
    }
    let is_sent = |it: &&Rule| was(&it.when).map_or(it.enabled, |was| was != *it);
    for rule in wanted.iter().filter(is_sent) {
        writes.write(|now| {
            if let Some(known) = now.order.iter_mut().flatten().find(|it| it.when == rule.when) {
                known.clone_from(rule);
            }
        });
    }
    for gone in gone {
        writes.write(|now| now.order.get_or_insert_default().retain(|it| it.when != gone.when));
    }
}

/// The names of rules, without that of the Default rule.
fn but_default(rules: &[Rule]) -> Vec<&str> {
    rules.iter().map(|it| it.when.as_str()).filter(|when| *when != DEFAULT_RULE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, from_value, json};

    fn states(section: &str, before: &Value, after: &Value) -> Vec<Value> {
        let read = |it: &Value| match section {
            "queues" => from_value(it.clone()).ok().map(Resource::Queue),
            "rules" => from_value(it.clone()).ok().map(Resource::Rules),
            _ => from_value(it.clone()).ok().map(Resource::Schedule),
        };
        between(read(before).as_ref(), read(after).as_ref())
            .iter()
            .map(|it| serde_json::to_value(it).unwrap())
            .collect()
    }

    /// What the client sends one by one, in the words of a file. Each shows an order that once was taken for another.
    #[test]
    fn an_object_is_so_between_its_writes() {
        let week = json!({ "mon": ["08:00-17:00"] });
        let always = json!({ "weekly": { "mon-sun": ["00:00-24:00"] } });
        let (night, default) =
            (json!({ "when": "night", "do_not_disturb": true }), json!({ "when": "default" }));
        let day = |to: &str| json!({ "when": "day", "forward": { "always": { "extension": to } } });
        // A section, before, after, how many states there are between, and one of them in part.
        let cases = [
            (
                "schedules",
                always.clone(),
                json!({ "weekly": week, "dates": ["2027-03-13"] }),
                1,
                json!({ "weekly": week }),
            ),
            (
                "schedules",
                json!({ "weekly": week }),
                json!({ "weekly": week, "dates": ["2027-03-13"] }),
                0,
                Value::Null,
            ),
            // That a rule goes moves no other.
            (
                "rules",
                json!({ "order": [night, day("101"), default] }),
                json!({ "order": [day("102"), default] }),
                1,
                json!({ "order": [{ "when": "night" }, { "when": "day", "forward": { "always": { "extension": "102" } } }, {}] }),
            ),
            // Who comes comes before who goes.
            (
                "queues",
                json!({ "agents": ["101", "102"] }),
                json!({ "agents": ["103"] }),
                2,
                json!({ "agents": [{ "extension": "101" }, { "extension": "102" }, { "extension": "103" }] }),
            ),
            // Those who leave leave in order, then come what starts it and its user.
            (
                "queues",
                json!({ "agents": ["101", "102"] }),
                Value::Null,
                4,
                json!({ "agents": [{ "extension": "102" }] }),
            ),
        ];
        for (section, before, after, count, first) in cases {
            let found = states(section, &before, &after);
            assert_eq!(found.len(), count, "{before} to {after}: {found:?}");
            if let Some(found) = found.first() {
                assert!(has(found, &first), "{before} to {after}: {found}, not {first}");
            }
        }
    }

    /// A rule that goes stands where it stood until what comes in its place is on: above the others nothing is missing meanwhile.
    /// Where the others change places, one that goes stands below them.
    #[test]
    fn a_rule_that_goes_is_not_moved_below_those_that_stay() {
        let rule = |when: &str| json!({ "when": when });
        let order = |names: &[&str]| json!({ "order": names.iter().map(|it| rule(it)).collect::<Vec<_>>() });
        for (before, after, expected) in [
            (&["day", "default"][..], &["week", "default"][..], "day week- default, day week default"),
            (
                &["feast", "day", "default"],
                &["holiday", "day", "default"],
                "feast holiday- day default, feast holiday day default",
            ),
            (
                &["a", "old", "b", "default"],
                &["new", "a", "last", "b", "default"],
                "new- a old last- b default, new a old last- b default, new a old last b default",
            ),
            (&["old", "a", "b", "default"], &["b", "a", "default"], "b a old default"),
        ] {
            let mut found: Vec<String> = Vec::new();
            let names = |state: &Value| {
                let name = |it: &Value| {
                    let off = if it["enabled"] == false { "-" } else { "" };
                    format!("{}{off}", it["when"].as_str().unwrap())
                };
                state["order"].as_array().unwrap().iter().map(name).collect::<Vec<_>>().join(" ")
            };
            found.extend(states("rules", &order(before), &order(after)).iter().map(names));
            found.retain(|it| *it != before.join(" "));
            assert_eq!(found.join(", "), expected, "{before:?} to {after:?}");
        }
    }

    /// Whether a value says all that another one does.
    fn has(value: &Value, part: &Value) -> bool {
        match (value, part) {
            (Value::Object(value), Value::Object(part)) => {
                part.iter().all(|(key, part)| value.get(key).is_some_and(|value| has(value, part)))
            }
            (Value::Array(value), Value::Array(part)) => {
                value.len() == part.len() && value.iter().zip(part).all(|(value, part)| has(value, part))
            }
            _ => value == part,
        }
    }
}
