//! Stretches of time in which nothing changes for a call.

use super::{
    hours::Seconds,
    network::{ExtensionId, Forwards, Network, QueueId, ScheduleId, ScheduleState, Target, Way},
};
use std::{
    collections::{BTreeSet, HashSet},
    ops::Range,
};

/// Everything that a call to one place can come to.
#[derive(Debug, Default)]
struct Reach {
    seen: HashSet<Target>,
    waiting: Vec<Target>,
    schedules: BTreeSet<ScheduleId>,
}

impl Reach {
    fn add(&mut self, to: impl IntoIterator<Item = Target>) {
        for to in to {
            if self.seen.insert(to) {
                self.waiting.push(to);
            }
        }
    }

    fn forwards(&mut self, forwards: &Forwards) {
        let Forwards { always, on_call, busy, no_answer, unreachable } = *forwards;
        self.add([always, on_call, busy, no_answer, unreachable].into_iter().flatten());
    }

    fn extension(&mut self, network: &Network, handle: ExtensionId) {
        let it = &network.extensions[handle.at()];
        self.forwards(&it.forwards);
        for rule in &it.rules {
            self.schedules.extend(rule.schedule);
            self.forwards(&rule.forward);
            let legs = rule.simultaneous.iter().flatten();
            self.add(legs.filter_map(|leg| network.parties[leg.party.at()].hosted).map(Target::Number));
        }
    }

    fn queue(&mut self, network: &Network, handle: QueueId) {
        let it = &network.queues[handle.at()];
        self.add([it.failover, it.unavailable, it.no_answer].into_iter().flatten());
        for agent in &it.agents {
            self.add(network.parties[agent.party.at()].hosted.map(Target::Number));
            // An agent's own rule says whether to disturb.
            let rules = agent.extension.map(|it| network.extensions[it.at()].rules.as_slice());
            self.schedules.extend(rules.into_iter().flatten().filter_map(|rule| rule.schedule));
        }
    }

    fn all(network: &Network, from: Target) -> Self {
        let mut reach = Self::default();
        reach.add([from]);
        while let Some(to) = reach.waiting.pop() {
            match to {
                Target::Number(number) => {
                    let it = &network.numbers[number.at()];
                    reach.add(it.forward.and_then(|forward| forward.to));
                    match &it.route {
                        Some(Way::To(to)) => reach.add([*to]),
                        Some(Way::Receivers(_, list)) => {
                            reach.add(list.iter().map(|it| Target::Receiver(*it)))
                        }
                        None => {}
                    }
                }
                Target::Receiver(receiver) => {
                    let it = &network.receivers[receiver.at()];
                    reach.add(it.no_answer.map(|(_, to)| to));
                    reach.add(network.parties[it.party.at()].hosted.map(Target::Number));
                }
                Target::Extension(extension) => reach.extension(network, extension),
                Target::Queue(queue) => reach.queue(network, queue),
                Target::Phone(_)
                | Target::Mailbox(_)
                | Target::Outside(_)
                | Target::Agent(_)
                | Target::Menu(_)
                | Target::Unknown(_)
                | Target::HangUp => {}
            }
        }
        reach
    }
}

impl Network {
    /// The stretches of a time in which no schedule on a call's paths changes, nor how one is doubtful: in order, without gaps.
    pub fn windows(&self, to: Target, within: Range<Seconds>) -> Vec<Range<Seconds>> {
        let mut edges = BTreeSet::from([within.start, within.end]);
        for schedule in Reach::all(self, to).schedules {
            if let ScheduleState::Hours(hours) = &self.schedules[schedule.at()].state {
                edges.extend(hours.edges().filter(|edge| within.contains(edge)));
            }
        }
        let edges: Vec<Seconds> = edges.into_iter().collect();
        edges.windows(2).map(|pair| pair[0]..pair[1]).collect()
    }
}
