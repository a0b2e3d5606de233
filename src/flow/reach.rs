//! Everything that a call can come to, whatever it finds.

use super::{
    network::{
        ExtensionId, Forwards, MailboxId, Network, NumberId, PartyId, QueueId, ScheduleId, Target, Way,
    },
    system::System,
};
use std::collections::{BTreeSet, HashSet};

/// Everything that a call to one place can come to.
#[derive(Debug, Default)]
pub struct Reach {
    pub(super) seen: HashSet<Target>,
    waiting: Vec<Target>,
    pub(super) schedules: BTreeSet<ScheduleId>,
    pub(super) phones: BTreeSet<PartyId>,
    mailboxes: HashSet<MailboxId>,
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
        self.mailboxes.insert(it.mailbox);
        for rule in &it.rules {
            self.schedules.extend(rule.schedule);
            self.forwards(&rule.forward);
            self.add(rule.on_dnd);
            rule.simultaneous.iter().flatten().for_each(|leg| self.phone(network, leg.party));
        }
    }

    fn queue(&mut self, network: &Network, handle: QueueId) {
        let it = &network.queues[handle.at()];
        self.mailboxes.insert(it.mailbox);
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
            Target::Phone(extension) => {
                let it = &network.extensions[extension.at()];
                self.phone(network, it.phone);
                self.mailboxes.insert(it.mailbox);
            }
            Target::Mailbox(mailbox) => drop(self.mailboxes.insert(mailbox)),
            Target::Agent(party) => self.phone(network, party),
            Target::Outside(_) | Target::Menu(_) | Target::Unknown(_) | Target::HangUp => {}
        }
    }

    pub(super) fn all(network: &Network, from: Target) -> Self {
        let mut reach = Self::default();
        reach.add([from]);
        while let Some(to) = reach.waiting.pop() {
            reach.go_on(network, to);
        }
        reach
    }

    /// Where a place can lead to in one step.
    pub(super) fn next(network: &Network, from: Target) -> Vec<Target> {
        let mut reach = Self::default();
        reach.go_on(network, from);
        reach.waiting
    }

    /// Whether a phone, or one of its devices, is rung or looked at.
    pub fn has_party(&self, network: &Network, party: PartyId) -> bool {
        let device_of = |it: &PartyId| network.parties[it.at()].device_of;
        self.phones.contains(&party) || self.phones.iter().any(|it| device_of(it) == Some(party))
    }

    pub fn has_mailbox(&self, mailbox: MailboxId) -> bool {
        self.mailboxes.contains(&mailbox)
    }

    pub fn has_number(&self, number: NumberId) -> bool {
        self.seen.contains(&Target::Number(number))
    }

    pub fn has_queue(&self, queue: QueueId) -> bool {
        self.seen.contains(&Target::Queue(queue))
    }

    /// Whether a number of such a system is called.
    pub fn has_system(&self, network: &Network, system: System) -> bool {
        let is_of = |to: &Target| matches!(to, Target::Number(it) if network.system_of(*it) == system);
        self.seen.iter().any(is_of)
    }
}

impl Network {
    /// What a call to a place can come to, whatever it finds.
    pub fn reach(&self, from: Target) -> Reach {
        Reach::all(self, from)
    }
}
