//! How an object is between the writes of a step, in the order in which the client sends them. Pure.
//!
//! What goes out is beside it in `client`: `write_queue`, `write_agents` and `write_rules`.

use crate::model::{Agent, Callers, DEFAULT_RULE, Limit, Queue, Resource, Rule, Rules};

/// The states of an object from one write to the next, without the first and the last.
pub fn between(before: Option<&Resource>, after: Option<&Resource>) -> Vec<Resource> {
    match (before, after) {
        (Some(Resource::Queue(before)), None) => {
            queue_goes(before).into_iter().map(Resource::Queue).collect()
        }
        (before, Some(Resource::Queue(after))) => {
            let before = before.and_then(|it| if let Resource::Queue(it) = it { Some(it) } else { None });
            queue(before, after).into_iter().map(Resource::Queue).collect()
        }
        (before, Some(Resource::Rules(after))) => {
            let before = before.and_then(|it| if let Resource::Rules(it) = it { Some(it) } else { None });
            rules(before, after).into_iter().map(Resource::Rules).collect()
        }
        _ => Vec::new(),
    }
}

/// States, each once where several follow each other.
struct States<T> {
    now: T,
    all: Vec<T>,
}

impl<T: Clone + PartialEq> States<T> {
    fn new(now: T) -> Self {
        Self { all: vec![now.clone()], now }
    }

    /// One write.
    fn write(&mut self, change: impl FnOnce(&mut T)) {
        change(&mut self.now);
        if self.all.last() != Some(&self.now) {
            self.all.push(self.now.clone());
        }
    }

    /// Those between: the first is how it was, the last how it will be.
    fn between(self, is_new: bool) -> Vec<T> {
        let mut all = self.all;
        all.pop();
        if !is_new && !all.is_empty() {
            all.remove(0);
        }
        all
    }
}

fn set<T: Clone>(now: &mut Option<T>, to: &Option<T>) {
    if to.is_some() {
        now.clone_from(to);
    }
}

fn is_unlimited(limit: Option<&Limit>) -> bool {
    limit == Some(&Limit::Unlimited)
}

/// What keeps callers out is taken back first and set last.
fn queue(before: Option<&Queue>, after: &Queue) -> Vec<Queue> {
    let open = |now: &mut Queue| {
        if after.require_agents == Some(false) {
            now.require_agents = Some(false);
        }
        let limits = [
            (&mut now.max_callers, &after.max_callers),
            (&mut now.max_expected_wait, &after.max_expected_wait),
            (&mut now.max_wait, &after.max_wait),
        ];
        for (now, to) in limits.into_iter().filter(|(_, to)| is_unlimited(to.as_ref())) {
            now.clone_from(to);
        }
    };
    let record = |now: &mut Queue| {
        set(&mut now.name, &after.name);
        set(&mut now.dispatch, &after.dispatch);
        set(&mut now.agent_ring, &after.agent_ring);
    };
    let close = |now: &mut Queue| {
        set(&mut now.require_agents, &after.require_agents);
        set(&mut now.max_callers, &after.max_callers);
        set(&mut now.max_expected_wait, &after.max_expected_wait);
        set(&mut now.max_wait, &after.max_wait);
    };
    let mut states = States::new(before.cloned().unwrap_or_else(|| {
        let mut new = Queue { require_agents: Some(false), agents: Some(Vec::new()), ..Queue::default() };
        record(&mut new);
        open(&mut new);
        new
    }));
    if before.is_some() {
        states.write(open);
    }
    if is_unlimited(after.ring_timeout.as_ref()) {
        states.write(|now| now.ring_timeout = Some(Limit::Unlimited));
    }
    agents(&mut states, after.agents.as_deref());
    states.write(|now| {
        for (now, to) in now.forwards_mut().into_iter().zip(after.forwards()) {
            if let (_, Some(to)) = to {
                *now = Some(to.clone());
            }
        }
    });
    states.write(|now| set(&mut now.ring_timeout, &after.ring_timeout));
    states.write(|now| {
        record(now);
        close(now);
    });
    states.between(before.is_none())
}

/// New agents come in before old ones go.
fn agents(states: &mut States<Queue>, wanted: Option<&[Agent]>) {
    let Some(wanted) = wanted else { return };
    for agent in wanted {
        states.write(|now| {
            let list = now.agents.get_or_insert_default();
            match list.iter_mut().find(|it| it.target == agent.target) {
                Some(known) => known.clone_from(agent),
                None => list.push(agent.clone()),
            }
        });
    }
    let all = states.now.agents.clone().unwrap_or_default();
    for gone in all.iter().filter(|it| !wanted.iter().any(|kept| kept.target == it.target)) {
        states.write(|now| now.agents.get_or_insert_default().retain(|it| it.target != gone.target));
    }
}

/// The agents of a queue leave before it goes.
fn queue_goes(before: &Queue) -> Vec<Queue> {
    let mut states = States::new(before.clone());
    agents(&mut states, before.agents.as_ref().map(|_| &[][..]));
    let mut all = states.all;
    all.remove(0);
    all
}

/// Callers and timeout, then the order; in it the rules, and then those that are no longer wanted go.
fn rules(before: Option<&Rules>, after: &Rules) -> Vec<Rules> {
    let first = before.cloned();
    let mut states =
        States::new(first.unwrap_or_else(|| Rules { order: Some(Vec::new()), ..Rules::default() }));
    if let Some(wanted) = &after.callers {
        callers(&mut states, wanted);
    }
    states.write(|now| set(&mut now.ring_timeout, &after.ring_timeout));
    if let Some(order) = &after.order {
        in_order(&mut states, order);
    }
    states.between(false)
}

fn callers(states: &mut States<Rules>, wanted: &Callers) {
    let Callers { allow, block, block_anonymous, spam } = wanted;
    let mut write = |change: &dyn Fn(&mut Callers)| {
        states.write(|now| change(now.callers.get_or_insert_default()));
    };
    write(&|now| set(&mut now.allow, allow));
    write(&|now| {
        if let (Some(now), Some(wanted)) = (&mut now.block, block) {
            now.retain(|it| wanted.contains(it));
        }
        if *block_anonymous == Some(false) && now.block_anonymous.is_some() {
            now.block_anonymous = Some(false);
        }
    });
    write(&|now| set(&mut now.block, block));
    write(&|now| set(&mut now.block_anonymous, block_anonymous));
    write(&|now| set(&mut now.spam, spam));
}

fn in_order(states: &mut States<Rules>, wanted: &[Rule]) {
    let live = states.now.order.clone().unwrap_or_default();
    let was = |when: &str| live.iter().find(|it| it.when == when);
    let is_wanted = |it: &&Rule| wanted.iter().any(|rule| rule.when == it.when);
    let is_default = |it: &&Rule| it.when == DEFAULT_RULE;
    // A new rule is made switched off.
    let first =
        |rule: &Rule| was(&rule.when).cloned().unwrap_or_else(|| Rule { enabled: false, ..rule.clone() });
    let gone: Vec<&Rule> = live.iter().filter(|it| !is_wanted(it)).collect();
    let mut order: Vec<Rule> = wanted.iter().filter(|it| !is_default(it)).map(first).collect();
    order.extend(gone.iter().filter(|it| !is_default(it)).copied().cloned());
    order.extend(wanted.iter().find(is_default).map(first).or_else(|| was(DEFAULT_RULE).cloned()));
    states.write(|now| now.order = Some(order));
    for rule in wanted {
        states.write(|now| {
            let known = now.order.iter_mut().flatten().find(|it| it.when == rule.when);
            if let Some(known) = known {
                known.clone_from(rule);
            }
        });
    }
    for gone in gone.iter().filter(|it| !is_default(it)) {
        states.write(|now| now.order.get_or_insert_default().retain(|it| it.when != gone.when));
    }
}
