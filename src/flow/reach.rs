//! Everything that a call can come to, whatever it finds.

use super::network::{ExtensionId, Forwards, Network, PartyId, QueueId, ScheduleId, Target, Way};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Everything that a call to one place can come to.
#[derive(Debug, Default)]
pub(super) struct Reach {
    pub seen: HashSet<Target>,
    waiting: Vec<Target>,
    pub schedules: BTreeSet<ScheduleId>,
    pub phones: BTreeSet<PartyId>,
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

    fn phone(&mut self, network: &Network, party: PartyId) {
        let it = &network.parties[party.at()];
        self.add(it.hosted.map(Target::Number));
        self.phones.insert(party);
        self.phones.extend(&it.devices);
    }

    fn extension(&mut self, network: &Network, handle: ExtensionId) {
        let it = &network.extensions[handle.at()];
        // They hold where no rule is in force.
        if it.rules.iter().all(|rule| rule.schedule.is_some()) {
            self.forwards(&it.forwards);
        }
        self.phone(network, it.phone);
        for rule in &it.rules {
            self.schedules.extend(rule.schedule);
            self.forwards(&rule.forward);
            rule.simultaneous.iter().flatten().for_each(|leg| self.phone(network, leg.party));
        }
    }

    fn queue(&mut self, network: &Network, handle: QueueId) {
        let it = &network.queues[handle.at()];
        self.add([it.failover, it.unavailable, it.no_answer].into_iter().flatten());
        for agent in &it.agents {
            self.phone(network, agent.party);
            // An agent's own rule says whether to disturb.
            let rules = agent.extension.map(|it| network.extensions[it.at()].rules.as_slice());
            self.schedules.extend(rules.into_iter().flatten().filter_map(|rule| rule.schedule));
        }
    }

    /// Adds what a place can lead to.
    fn go_on(&mut self, network: &Network, from: Target) {
        match from {
            Target::Number(number) => {
                let it = &network.numbers[number.at()];
                self.add(it.forward.and_then(|forward| forward.to));
                match &it.route {
                    Some(Way::To(to)) => self.add([*to]),
                    Some(Way::Receivers(_, list)) => self.add(list.iter().map(|it| Target::Receiver(*it))),
                    None => {}
                }
            }
            Target::Receiver(receiver) => {
                let it = &network.receivers[receiver.at()];
                self.add(it.no_answer.map(|(_, to)| to));
                self.phone(network, it.party);
            }
            Target::Extension(extension) => self.extension(network, extension),
            Target::Queue(queue) => self.queue(network, queue),
            Target::Phone(extension) => self.phone(network, network.extensions[extension.at()].phone),
            Target::Agent(party) => self.phone(network, party),
            Target::Mailbox(_)
            | Target::Outside(_)
            | Target::Menu(_)
            | Target::Unknown(_)
            | Target::HangUp => {}
        }
    }

    pub fn all(network: &Network, from: Target) -> Self {
        let mut reach = Self::default();
        reach.add([from]);
        while let Some(to) = reach.waiting.pop() {
            reach.go_on(network, to);
        }
        reach
    }

    /// Where a place can lead to in one step.
    fn next(network: &Network, from: Target) -> Vec<Target> {
        let mut reach = Self::default();
        reach.go_on(network, from);
        reach.waiting
    }
}

/// The places from which a call may come back: sets of places that all lead to each other. Tarjan's algorithm, without recursion.
pub(super) fn circuits(network: &Network) -> Vec<Vec<Target>> {
    struct Node {
        low: usize,
        on_stack: bool,
    }
    let count = |length: usize| 0..u32::try_from(length).unwrap_or(u32::MAX);
    let numbers = count(network.numbers.len()).map(|it| Target::Number(super::network::NumberId(it)));
    let extensions = count(network.extensions.len()).map(|it| Target::Extension(ExtensionId(it)));
    let queues = count(network.queues.len()).map(|it| Target::Queue(QueueId(it)));
    let receivers = count(network.receivers.len());
    let receivers = receivers.map(|it| Target::Receiver(super::network::ReceiverId(it)));
    let mut index: BTreeMap<Target, usize> = BTreeMap::new();
    let (mut nodes, mut stack, mut found): (Vec<Node>, Vec<Target>, Vec<Vec<Target>>) = Default::default();
    for root in numbers.chain(extensions).chain(queues).chain(receivers) {
        if index.contains_key(&root) {
            continue;
        }
        let mut path: Vec<(Target, Vec<Target>)> = Vec::new();
        let mut enter = Some(root);
        loop {
            if let Some(at) = enter.take() {
                index.insert(at, nodes.len());
                nodes.push(Node { low: nodes.len(), on_stack: true });
                stack.push(at);
                path.push((at, Reach::next(network, at)));
            }
            let Some((at, next)) = path.last_mut() else { break };
            let own = index[at];
            match next.pop() {
                Some(to) => match index.get(&to) {
                    None => enter = Some(to),
                    Some(other) if nodes[*other].on_stack => nodes[own].low = nodes[own].low.min(*other),
                    Some(_) => {}
                },
                None => {
                    let at = *at;
                    path.pop();
                    let low = nodes[own].low;
                    if let Some((outer, _)) = path.last() {
                        let outer = index[outer];
                        nodes[outer].low = nodes[outer].low.min(low);
                    }
                    if low == own {
                        let begin = stack.iter().rposition(|it| *it == at).unwrap_or_default();
                        let set = stack.split_off(begin);
                        set.iter().for_each(|it| nodes[index[it]].on_stack = false);
                        if set.len() > 1 || Reach::next(network, at).contains(&at) {
                            found.push(set);
                        }
                    }
                }
            }
        }
    }
    found
}
