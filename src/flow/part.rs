//! What of the configuration decides about calls: rules, forwards, agents; and which of it a call comes to.

use super::{
    course::extensions_of,
    network::{
        Agent, ExtensionId, Forwards, Network, NumberId, Queue, QueueId, ReceiverId, Rule, SiteId, Target,
        Way,
    },
    point::{Point, Points},
    spans::Seconds,
    stretch::Timetable,
    system::System,
    timeline::{Condition, Place, RulePlace, Timeline, Verdict, Why},
    walk::Call,
};
use crate::{
    model::{Dispatch, Pattern},
    path::{Path, Segment},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// Something that decides about calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// An answering rule, by its place among those of its extension.
    Rule(ExtensionId, u32),
    /// Where calls go on from somewhere.
    Forward(Place, Why),
    /// Somebody in a queue, by the place in its list.
    Agent(QueueId, u32),
}

/// Why no call comes to a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreachable {
    /// Its rule is never the one in force in that time.
    NeverInForce,
    /// Something else takes every call before it.
    Shadowed,
}

/// The parts of a tenant.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    pub reachable: BTreeSet<Part>,
    pub unreachable: Vec<(Part, Unreachable)>,
}

const CONDITIONS: [Condition; 5] =
    [Condition::Always, Condition::OnCall, Condition::Busy, Condition::NoAnswer, Condition::Unreachable];

fn set(forwards: &Forwards, condition: Condition) -> Option<Target> {
    match condition {
        Condition::Always => forwards.always,
        Condition::OnCall => forwards.on_call,
        Condition::Busy => forwards.busy,
        Condition::NoAnswer => forwards.no_answer,
        Condition::Unreachable => forwards.unreachable,
        Condition::DoNotDisturb => None,
    }
}

impl Network {
    /// What decides about calls to a tenant in a stretch of time.
    pub fn parts(&self, tenant: SiteId, within: Range<Seconds>) -> Parts {
        let mut parts = Parts::default();
        let count = |length: usize| 0..u32::try_from(length).unwrap_or(u32::MAX);
        for at in count(self.numbers.len()).map(NumberId).filter(|it| self.tenant_of(*it) == tenant) {
            let it = &self.numbers[at.at()];
            let Some(forward) = it.forward.filter(|it| it.to.is_some()) else { continue };
            let is_off =
                self.site(tenant).system == System::CallTrackingMetrics && forward.active == Some(false);
            parts.add(Part::Forward(Place::Number(at), Why::Down), is_off.then_some(Unreachable::Shadowed));
        }
        for at in count(self.extensions.len()).map(ExtensionId) {
            if self.extensions[at.at()].site == tenant && self.extensions[at.at()].unknown.is_none() {
                self.parts_of_extension(at, &within, &mut parts);
            }
        }
        for at in count(self.queues.len()).map(QueueId) {
            let it = &self.queues[at.at()];
            if it.site == tenant && it.unknown.is_none() {
                self.parts_of_queue(at, it, &mut parts);
            }
        }
        let followed = self.followed();
        for at in count(self.receivers.len()).map(ReceiverId) {
            let it = &self.receivers[at.at()];
            if it.site == tenant && it.no_answer.is_some() {
                let why = (!followed.contains(&at)).then_some(Unreachable::Shadowed);
                parts.add(Part::Forward(Place::Receiver(at), Why::NoAnswer), why);
            }
        }
        parts
    }

    fn parts_of_extension(&self, handle: ExtensionId, within: &Range<Seconds>, parts: &mut Parts) {
        let it = &self.extensions[handle.at()];
        let system = self.site(it.site).system;
        let place = Place::Extension(handle);
        let schedules = it.rules.iter().filter_map(|rule| rule.schedule).collect();
        let in_force: BTreeSet<Option<u32>> = match system {
            System::Deskphone => BTreeSet::from([None]),
            _ => {
                let all = self.stretches(&schedules, within.clone());
                let once: BTreeMap<_, _> = all.into_iter().map(|it| (it.in_force, it.during.start)).collect();
                let rules = once.into_values().flat_map(|at| self.rules_at(handle, at));
                rules.map(|rule| rule.map(|it| it.place)).collect()
            }
        };
        for rule in &it.rules {
            let never = (!in_force.contains(&Some(rule.place))).then_some(Unreachable::NeverInForce);
            parts.add(Part::Rule(handle, rule.place), never);
            let dnd = rule.do_not_disturb && it.allow.is_empty();
            let order = RulePlace::Order(rule.place);
            add_forwards(parts, place, order, &rule.forward, system, never, dnd);
        }
        // Where a rule is always in force, what stands outside all rules is not followed.
        let never = (!in_force.contains(&None)).then_some(Unreachable::Shadowed);
        add_forwards(parts, place, RulePlace::Diverts, &it.forwards, system, never, false);
    }

    fn parts_of_queue(&self, handle: QueueId, it: &Queue, parts: &mut Parts) {
        let place = Place::Queue(handle);
        let is_stratus = self.site(it.site).system == System::Stratus;
        let mut forward = |why: Why, is_set: bool, is_followed: bool| {
            if is_set {
                let shadowed = (!is_followed).then_some(Unreachable::Shadowed);
                parts.add(Part::Forward(place, why), shadowed);
            }
        };
        let is_hosted = |party: super::network::PartyId| self.parties[party.at()].hosted.is_some();
        let may_be_away = !it.agents.iter().any(|agent| is_hosted(agent.party))
            && (it.require_agents || !self.assumed.get(Point::U28));
        let both = self.assumed.get(Point::U7);
        let is_full_alone = it.unavailable.is_none() && both;
        forward(Why::Failover, it.failover.is_some(), is_stratus && (may_be_away || is_full_alone));
        forward(Why::Unavailable, it.unavailable.is_some(), is_stratus);
        let has_limit = match is_stratus {
            true => it.ring_timeout.is_some_and(|timeout| it.max_wait.is_none_or(|most| timeout <= most)),
            false => it.max_wait.is_some() || !self.assumed.get(Point::U22),
        };
        forward(Why::NoAnswer, it.no_answer.is_some(), has_limit);
        let rings = (it.dispatch == Dispatch::CallPark).then_some(Unreachable::Shadowed);
        for agent in &it.agents {
            parts.add(Part::Agent(handle, agent.place), rings);
        }
    }

    /// Receiving numbers whose own no-answer routing may be followed: not those that ring with others.
    pub(super) fn followed(&self) -> BTreeSet<ReceiverId> {
        let mut followed = BTreeSet::new();
        let mut add = |to: Option<Target>| {
            if let Some(Target::Receiver(it)) = to {
                followed.insert(it);
            }
        };
        for number in &self.numbers {
            match &number.route {
                Some(Way::To(to)) => add(Some(*to)),
                Some(Way::Receivers(pattern, list)) => match pattern {
                    Pattern::Simultaneous => {}
                    Pattern::Sequential if self.assumed.get(Point::U20) => {
                        add(list.last().map(|it| Target::Receiver(*it)));
                    }
                    _ => list.iter().for_each(|it| add(Some(Target::Receiver(*it)))),
                },
                None => {}
            }
        }
        self.receivers.iter().for_each(|it| add(it.no_answer.map(|(_, to)| to)));
        self.queues.iter().for_each(|it| add(it.no_answer));
        followed
    }

    /// The rule in force at an extension, after those that may be: nobody knows when their schedules are. None of its own: it
    /// may be that there is none.
    fn rules_at(&self, extension: ExtensionId, at: Seconds) -> Vec<Option<&Rule>> {
        let mut rules = Vec::new();
        for rule in &self.extensions[extension.at()].rules {
            let is_known = rule.schedule.is_none_or(|it| self.timetable(it) != Timetable::Unknown);
            if !is_known {
                rules.push(Some(rule));
            } else if rule.schedule.is_none_or(|it| self.is_in_force(it, at, &mut Points::default())) {
                rules.push(Some(rule));
                return rules;
            }
        }
        rules.push(None);
        rules
    }

    /// The parts that a call comes to, on any of its courses.
    pub fn reached(&self, call: &Call, verdict: &Verdict) -> BTreeSet<Part> {
        let mut reached = BTreeSet::new();
        for timeline in &verdict.timelines {
            for hop in &timeline.hops {
                match (hop.from, hop.why) {
                    (Place::Number(_), Why::Active | Why::Down) => {
                        reached.insert(Part::Forward(hop.from, Why::Down));
                    }
                    (Place::Extension(it), Why::Rule(condition, place)) => {
                        if let RulePlace::Order(rule) = place {
                            reached.insert(Part::Rule(it, rule));
                        }
                        if condition != Condition::DoNotDisturb {
                            reached.insert(Part::Forward(hop.from, hop.why));
                        }
                    }
                    (Place::Queue(_), Why::Failover | Why::Unavailable | Why::NoAnswer)
                    | (Place::Receiver(_), Why::NoAnswer) => {
                        reached.insert(Part::Forward(hop.from, hop.why));
                    }
                    _ => {}
                }
            }
            for (after, extension) in extensions_of(call.to, timeline) {
                let there = match self.assumed.get(Point::U27) {
                    true => call.at,
                    false => call.at + Seconds::from(after / 1000),
                };
                if self.site(self.extensions[extension.at()].site).system == System::Stratus {
                    let rules = self.rules_at(extension, there).into_iter().flatten();
                    reached.extend(rules.map(|rule| Part::Rule(extension, rule.place)));
                }
            }
            self.agents_of(call.to, timeline, &mut reached);
        }
        reached
    }

    /// The agents who ring for a queue that a call comes by, while it is there.
    fn agents_of(&self, to: Target, timeline: &Timeline, reached: &mut BTreeSet<Part>) {
        let visits = std::iter::once((0, to)).chain(timeline.hops.iter().map(|hop| (hop.at, hop.to)));
        for (hop, (since, to)) in visits.enumerate() {
            let Target::Queue(queue) = to else { continue };
            let later = timeline.hops.get(hop..).unwrap_or_default();
            let left = later.iter().find(|hop| hop.from == Place::Queue(queue)).map(|hop| hop.at);
            let is_there = |at: u32| at >= since && left.is_none_or(|left| at < left);
            let has_rung = |agent: &&Agent| {
                // A number of a tenant stands for those who ring there.
                let hosted = self.parties[agent.party.at()].hosted.map(Place::Number);
                timeline.rings.iter().any(|ring| ring.party == agent.party && is_there(ring.from))
                    || later.iter().any(|hop| Some(hop.from) == hosted && is_there(hop.at))
            };
            let agents = self.queues[queue.at()].agents.iter().filter(has_rung);
            reached.extend(agents.map(|agent| Part::Agent(queue, agent.place)));
        }
    }

    /// Whether a number has an emergency forward that leads somewhere.
    pub fn has_forward(&self, number: NumberId) -> bool {
        self.numbers[number.at()].forward.is_some_and(|it| it.to.is_some())
    }

    /// The extensions of a tenant of which something is known, in order.
    pub fn known_extensions(&self, tenant: SiteId) -> Vec<&str> {
        let own = self.extensions.iter().filter(|it| it.site == tenant && it.unknown.is_none());
        let mut names: Vec<&str> = own.map(|it| self.parties[it.phone.at()].name.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// Whether it is known where calls to a number go.
    pub fn is_routed(&self, number: NumberId) -> bool {
        let it = &self.numbers[number.at()];
        let is_active = it.forward.is_some_and(|it| it.active == Some(true));
        it.route.is_some() || (is_active && self.site(it.site).system == System::Stratus)
    }

    /// The tenant of a part, and the path to it in its YAML.
    pub fn part_source(&self, part: Part) -> (SiteId, Path) {
        match part {
            Part::Rule(extension, place) => {
                let it = &self.extensions[extension.at()];
                let name = self.parties[it.phone.at()].name.as_str();
                let mut path = vec![Segment::key("rules"), Segment::key(name), Segment::key("order")];
                path.push(Segment::Index(place as usize));
                (it.site, path.into_iter().collect())
            }
            Part::Forward(from, why) => self.source_of(from, why),
            Part::Agent(queue, place) => {
                let it = &self.queues[queue.at()];
                let mut path = vec![Segment::key("queues"), Segment::key(&it.name), Segment::key("agents")];
                path.push(Segment::Index(place as usize));
                (it.site, path.into_iter().collect())
            }
        }
    }

    /// "101, rule `holidays`", "queue 400: failover", "agent 102 of queue 400"
    pub fn part_text(&self, part: Part, home: SiteId) -> String {
        match part {
            Part::Rule(extension, place) => {
                let from = Place::Extension(extension);
                let rule = self.rule_text(from, RulePlace::Order(place));
                format!("{}: {rule}", self.place_text(from, home))
            }
            Part::Forward(from, why) => {
                let at = self.place_text(from, home);
                match why {
                    Why::Rule(condition, RulePlace::Diverts) => format!("{at}: {}", condition.word()),
                    Why::Rule(condition, rule) => {
                        format!("{at}: {} of {}", condition.word(), self.rule_text(from, rule))
                    }
                    Why::Failover => format!("{at}: failover"),
                    Why::Unavailable => format!("{at}: unavailable"),
                    Why::NoAnswer => format!("{at}: no_answer"),
                    _ => format!("{at}: emergency forward"),
                }
            }
            Part::Agent(queue, place) => {
                let it = &self.queues[queue.at()];
                let agent = it.agents.iter().find(|agent| agent.place == place);
                let agent = agent.map(|agent| self.party_text(agent.party, home)).unwrap_or_default();
                format!("queue {}: agent {agent}", self.queue_text(queue, home))
            }
        }
    }
}

impl Parts {
    fn add(&mut self, part: Part, why_not: Option<Unreachable>) {
        match why_not {
            None => {
                self.reachable.insert(part);
            }
            Some(why) => self.unreachable.push((part, why)),
        }
    }
}

/// The forwards of a rule, or of `diverts`. `never`: why that is not in force; `dnd`: it disturbs nobody.
fn add_forwards(
    parts: &mut Parts,
    place: Place,
    rule: RulePlace,
    forwards: &Forwards,
    system: System,
    never: Option<Unreachable>,
    dnd: bool,
) {
    for condition in CONDITIONS.into_iter().filter(|it| set(forwards, *it).is_some()) {
        let is_always = condition == Condition::Always;
        let is_taken = !is_always && (forwards.always.is_some() || dnd);
        // Deskphone has no such condition.
        let is_foreign = system == System::Deskphone && condition == Condition::OnCall;
        let shadowed = (is_taken || is_foreign).then_some(Unreachable::Shadowed);
        parts.add(Part::Forward(place, Why::Rule(condition, rule)), never.or(shadowed));
    }
}
