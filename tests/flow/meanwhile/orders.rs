//! The steps from one tenant to another, the tenant after some of them, and the orders that they may be carried out in.

use crate::random::dice::Dice;
use dialform::{
    experience::Change,
    model::{Address, Kind, Resource, Tenant, references},
    provider,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

struct Step {
    address: Address,
    before: Option<Resource>,
    after: Option<Resource>,
    /// As the file has it after.
    value: Option<Value>,
    /// How it is between the writes of this step.
    between: Vec<Resource>,
}

impl Step {
    fn is_deletion(&self) -> bool {
        self.after.is_none()
    }
}

/// How far a plan is: which steps are done, as bits, and which one is after how many of its writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Done {
    pub steps: u64,
    pub part: Option<(usize, usize)>,
}

impl Done {
    pub fn steps(steps: u64) -> Self {
        Self { steps, part: None }
    }
}

pub struct Steps {
    pub tenant: Tenant,
    pub live: BTreeMap<Address, Resource>,
    /// In the order of the plan.
    steps: Vec<Step>,
    /// For each the steps that it needs.
    needs: Vec<BTreeSet<usize>>,
}

fn tenant(value: &Value) -> Tenant {
    let mut own = value.clone();
    own.as_object_mut().unwrap().remove("kind");
    serde_json::from_value(own).unwrap()
}

fn targets(address: &Address, resource: Option<&Resource>) -> BTreeSet<Address> {
    let found = resource.map(|it| references(address, it)).unwrap_or_default();
    found.iter().filter_map(|(_, it)| it.address()).filter(|it| it != address).collect()
}

impl Steps {
    /// In the order in which `src/plan/order.rs` has them: by kind, what is used first, deletions last. New objects that point at
    /// each other in a circle are not made in two steps here: they go by kind.
    pub fn of(before: &Value, after: &Value) -> Self {
        let objects = |it: &Value| tenant(it).resources().collect::<BTreeMap<Address, Resource>>();
        let (live, then) = (objects(before), objects(after));
        let all: BTreeSet<&Address> = live.keys().chain(then.keys()).collect();
        let differs = |it: &&Address| live.get(*it) != then.get(*it);
        let kind = before["kind"].as_str().unwrap();
        let writes = provider::find(kind).unwrap().dialect.between;
        let step = |address: &Address| Step {
            address: address.clone(),
            before: live.get(address).cloned(),
            after: then.get(address).cloned(),
            value: after[address.kind.section()].get(&address.key).cloned(),
            between: writes(live.get(address), then.get(address)),
        };
        let mut waiting: Vec<Step> = all.into_iter().filter(differs).map(step).collect();
        waiting.sort_by_key(|it| {
            let kind = it.address.kind as usize;
            (it.is_deletion(), if it.is_deletion() { Kind::ALL.len() - kind } else { kind })
        });
        let wanted = needs(&waiting);
        let (mut steps, mut needs): (Vec<Step>, Vec<BTreeSet<usize>>) = (Vec::new(), Vec::new());
        while !waiting.is_empty() {
            let is_done = |need: &Address| steps.iter().any(|it: &Step| it.address == *need);
            let is_open = |it: &Step| wanted.get(&it.address).is_none_or(|all| all.iter().all(is_done));
            let step = waiting.remove(waiting.iter().position(is_open).unwrap_or(0));
            let own = wanted.get(&step.address).into_iter().flatten();
            needs.push(own.filter_map(|need| steps.iter().position(|it| it.address == *need)).collect());
            steps.push(step);
        }
        Self { tenant: tenant(before), live, steps, needs }
    }

    pub fn len(&self) -> usize {
        self.steps.len()
    }

    pub fn changes(&self) -> Vec<Change<'_>> {
        let all = self.steps.iter().map(|Step { address, before, after, between, .. }| Change {
            address,
            before: before.as_ref(),
            after: after.as_ref(),
            between: between.clone(),
            is_by_hand: false,
        });
        all.collect()
    }

    /// For each step those that end before it starts, as `src/apply/graph.rs` has it.
    pub fn waits(&self, follows: &[Vec<usize>]) -> Vec<BTreeSet<usize>> {
        let of = |at: usize| {
            let step = &self.steps[at];
            let earlier = (0..at).filter(|it| {
                self.steps[*it].address.key == step.address.key
                    || step.is_deletion() && !self.steps[*it].is_deletion()
            });
            earlier.chain(follows[at].iter().copied()).chain(self.needs[at].iter().copied()).collect()
        };
        (0..self.steps.len()).map(of).collect()
    }

    pub fn is_done(&self, section: &str, key: &str, done: u64) -> bool {
        let is_it = |it: &Step| it.address.kind.section() == section && it.address.key == key;
        self.steps.iter().zip(0..).any(|(it, at)| is_it(it) && done & (1 << at) != 0)
    }

    /// How often an object is another between the writes of a step.
    pub fn writes_within(&self, step: usize) -> usize {
        self.steps[step].between.len()
    }

    /// The tenant when some steps are done, and one more in part.
    pub fn after(&self, before: &Value, Done { steps: done, part }: Done) -> Value {
        let mut tenant = before.clone();
        for Step { address, before, .. } in &self.steps {
            if before.is_none() {
                put(&mut tenant, address, None);
            }
        }
        let half = part.map(|(step, at)| {
            let Step { address, before, between, .. } = &self.steps[step];
            let resource = between[at].clone();
            let value = Some(serde_json::to_value(&resource).unwrap());
            let (address, before) = (address.clone(), before.clone());
            Step { address, before, after: Some(resource), value, between: Vec::new() }
        });
        let done = self.steps.iter().zip(0..).filter(|(_, at)| done & (1 << at) != 0).map(|(it, _)| it);
        let done: Vec<&Step> = done.chain(&half).collect();
        for step in &done {
            put(&mut tenant, &step.address, step.value.as_ref());
        }
        // The forwards of the Default rule have a section of their own.
        for step in done.iter().filter(|it| it.address.kind == Kind::Diverts) {
            let default = |it: &Option<Resource>| match it {
                Some(Resource::Rules(rules)) => {
                    let mut order = rules.order.clone().into_iter().flatten();
                    order.find(|rule| rule.when == "default").map(|rule| rule.forward)
                }
                _ => None,
            };
            let sets_order = |it: &&&Step| {
                it.address.kind == Kind::Rules
                    && it.address.key == step.address.key
                    && default(&it.before) != default(&it.after)
            };
            let Some(diverts) = step.value.as_ref().filter(|_| !done.iter().any(|it| sets_order(&it))) else {
                continue;
            };
            let rules = tenant["rules"].get_mut(&step.address.key).and_then(|it| it.get_mut("order"));
            let rules = rules.and_then(Value::as_array_mut).into_iter().flatten();
            for rule in rules.filter(|it| it["when"] == "default") {
                for (word, to) in diverts.as_object().unwrap().iter().filter(|(word, _)| *word != "protect") {
                    rule["forward"][word] = to.clone();
                }
            }
        }
        tenant
    }

    pub fn text(&self, at: usize) -> String {
        let Step { address, before, after, .. } = &self.steps[at];
        let action = match (before, after) {
            (None, _) => "create",
            (_, None) => "delete",
            _ => "update",
        };
        format!("{at}: {action} {}", address)
    }
}

/// What stands for an object that is not there: calls go on as if it said nothing.
fn put(tenant: &mut Value, address: &Address, value: Option<&Value>) {
    let missing = match address.kind {
        Kind::Rules => Some(json!({ "order": [] })),
        Kind::Diverts => Some(json!({})),
        Kind::Schedules => Some(json!({ "enabled": false })),
        Kind::Numbers | Kind::Forwards | Kind::Queues | Kind::Receivers => None,
    };
    let section = &mut tenant[address.kind.section()];
    match value.cloned().or(missing) {
        Some(value) => section[&address.key] = value,
        None => drop(section.as_object_mut().and_then(|it| it.shift_remove(&address.key))),
    }
}

/// The objects that have to be done before each: what it will point to, and what points to it where it goes.
fn needs(steps: &[Step]) -> BTreeMap<Address, BTreeSet<Address>> {
    let known: BTreeMap<&Address, &Step> = steps.iter().map(|it| (&it.address, it)).collect();
    let mut needs: BTreeMap<Address, BTreeSet<Address>> = BTreeMap::new();
    for step in steps {
        let will_use = targets(&step.address, step.after.as_ref());
        let used = targets(&step.address, step.before.as_ref());
        for target in &will_use {
            let is_first = known
                .get(target)
                .is_some_and(|it| !it.is_deletion() && (it.before.is_none() || !used.contains(target)));
            if is_first {
                needs.entry(step.address.clone()).or_default().insert(target.clone());
            }
        }
        for target in used.difference(&will_use) {
            if known.get(target).is_some_and(|it| it.is_deletion()) {
                needs.entry(target.clone()).or_default().insert(step.address.clone());
            }
        }
    }
    needs
}

/// Any order in which each step comes after those that it waits for.
pub fn any(dice: &mut Dice, waits: &[BTreeSet<usize>]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < waits.len() {
        let is_ready = |it: &usize| !order.contains(it) && waits[*it].iter().all(|it| order.contains(it));
        let ready: Vec<usize> = (0..waits.len()).filter(is_ready).collect();
        order.push(ready[dice.below(ready.len())]);
    }
    order
}
