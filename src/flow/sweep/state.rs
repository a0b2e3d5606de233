//! What is varied: who is called when, and what the call finds.

use super::Sweep;
use crate::flow::{
    network::{NumberId, PartyId, QueueId, SiteId, Target},
    spans::Seconds,
    state::{Caller, Given, Phone, Platform},
    varied::{EVERYBODY, FIRST_PHONES, MOST_PHONES, ONE},
    windows::Classes,
};

pub use crate::flow::varied::{ANSWERS, SILENT};

/// How many calls stand for one window: beside those in which one phone is varied, and for each phone.
pub const WITHOUT_PHONES: u64 = 2 + EVERYBODY.len() as u64 + 4;
pub const OF_EACH_PHONE: u64 = 2 * ONE.len() as u64;

/// Who is called, and when.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    pub to: Target,
    /// Whose names stand alone.
    pub site: SiteId,
    pub at: Seconds,
    /// Whether no schedule matters.
    pub is_any_time: bool,
}

impl Classes {
    pub fn sights(&self, to: Target, site: SiteId) -> impl Iterator<Item = Sight> {
        let is_any_time = self.are_any_time();
        self.instants().map(move |at| Sight { to, site, at, is_any_time })
    }
}

/// The two states in which the end of a call is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    EverybodyAnswers,
    NobodyAnswers,
}

impl Sweep<'_, '_> {
    /// Has a look at the states in which everybody does the same.
    pub fn everybody(&mut self, sight: Sight) {
        for (given, state) in
            [(self.answers.clone(), State::EverybodyAnswers), (self.silent.clone(), State::NobodyAnswers)]
        {
            let verdict = self.place(sight, Caller::Unlisted, &given);
            self.end(sight, &given, state, &verdict);
        }
        for phone in EVERYBODY {
            let given = Given::everybody(self.network, phone);
            self.place(sight, Caller::Unlisted, &given);
        }
    }

    /// The states in which everybody does the same.
    pub fn uniform(&self) -> Vec<Given> {
        let others = EVERYBODY.into_iter().map(|phone| Given::everybody(self.network, phone));
        // In the busiest hour every queue has as many callers as it takes.
        let full = [&self.answers, &self.silent].map(|base| {
            let mut full = base.clone();
            self.network.queue_ids().for_each(|queue| full.fill(queue));
            full
        });
        [self.answers.clone(), self.silent.clone()].into_iter().chain(others).chain(full).collect()
    }

    /// Sets an extension's phone with its devices, or one phone.
    pub fn set(&self, given: &mut Given, party: PartyId, phone: Phone) {
        if self.network.parties[party.at()].hosted.is_some() {
            return;
        }
        given.set_phone(party, phone);
        for device in &self.network.parties[party.at()].devices {
            given.set_phone(*device, phone);
        }
    }

    /// Has a look at each phone in each state, while all others answer and while none does.
    pub fn each_phone(&mut self, sight: Sight) {
        for base in [ANSWERS, SILENT] {
            let mut given = if base == ANSWERS { self.answers.clone() } else { self.silent.clone() };
            self.place(sight, Caller::Unlisted, &given);
            let network = self.network;
            let mut looked = std::mem::take(&mut self.met.phones);
            looked.retain(|party| network.parties[party.at()].hosted.is_none());
            // A person's phones are often all in one state.
            let owners = looked.iter().filter_map(|it| network.parties[it.at()].device_of);
            looked.extend(owners.collect::<Vec<_>>());
            looked.sort_unstable();
            looked.dedup();
            if looked.len() > MOST_PHONES {
                self.counted.limited += 1;
                looked.truncate(FIRST_PHONES);
            }
            for party in looked {
                for phone in ONE.into_iter().filter(|phone| *phone != base) {
                    self.set(&mut given, party, phone);
                    self.place(sight, Caller::Unlisted, &given);
                }
                self.set(&mut given, party, base);
            }
        }
    }

    /// Has a look at each queue without agents, while all others answer and while none does.
    pub fn each_queue(&mut self, sight: Sight, queues: &[QueueId]) {
        let network = self.network;
        for base in [ANSWERS, SILENT] {
            let mut given = if base == ANSWERS { self.answers.clone() } else { self.silent.clone() };
            self.place(sight, Caller::Unlisted, &given);
            let looked = std::mem::take(&mut self.met.phones);
            for queue in queues {
                let agents = || network.queues[queue.at()].agents.iter().map(|agent| agent.party);
                let concerns = |party: PartyId| {
                    looked.contains(&party)
                        || network.parties[party.at()].devices.iter().any(|it| looked.contains(it))
                };
                if !agents().any(concerns) {
                    continue;
                }
                agents().for_each(|agent| self.set(&mut given, agent, Phone::Offline));
                let verdict = self.place(sight, Caller::Unlisted, &given);
                self.without_agents(sight, &given, *queue, &verdict);
                agents().for_each(|agent| self.set(&mut given, agent, base));
            }
        }
    }

    /// Has a look at the phone system of a number being down.
    pub fn outage(&mut self, sight: Sight, number: NumberId) {
        for platform in [Platform::Down, Platform::Switched] {
            let mut given = self.answers.clone();
            given.set_platform(self.network.system_of(number), platform);
            let verdict = self.place(sight, Caller::Unlisted, &given);
            self.down(sight, &given, number, platform, &verdict);
        }
    }

    /// Has a look at callers who are nobody, or marked as spam.
    pub fn callers(&mut self, sight: Sight) {
        let given = self.answers.clone();
        for caller in [Caller::Anonymous, Caller::Spam] {
            self.place(sight, caller, &given);
        }
    }
}
