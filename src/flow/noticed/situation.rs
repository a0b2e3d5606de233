//! What a call finds, in words that two networks share.

use super::names::{Names, Shared};
use crate::flow::{
    network::{Network, NumberId, PartyId},
    state::{Caller, Given, Phone, Platform},
};

/// Who calls, and what everybody does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Situation {
    /// Everybody does the same.
    Everybody(Phone),
    /// One extension with its phones, or one phone, does something else than the others.
    One {
        others: Phone,
        party: Shared,
        phone: Phone,
    },
    /// All agents of a queue do.
    Agents {
        others: Phone,
        queue: Shared,
        phone: Phone,
    },
    /// As many callers wait in a queue as it takes.
    Full {
        others: Phone,
        queue: Shared,
    },
    /// Nobody answers, and every mailbox is off.
    MailboxesOff,
    /// The phone system of the number is down; everybody would answer.
    Platform(Platform),
    Caller {
        others: Phone,
        caller: Caller,
    },
}

/// When callers notice a difference: in everyday states, or when something has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    Everyday,
    /// With the phone system down, or a phone offline or gone.
    Failure,
}

impl Situation {
    pub fn grade(&self) -> Grade {
        let is_failed = |phone: Phone| matches!(phone, Phone::Offline | Phone::Gone);
        let is_failure = match self {
            Self::Everybody(phone) | Self::One { phone, .. } | Self::Agents { phone, .. } => {
                is_failed(*phone)
            }
            Self::Platform(platform) => *platform != Platform::Up,
            Self::Full { .. } | Self::MailboxesOff | Self::Caller { .. } => false,
        };
        if is_failure { Grade::Failure } else { Grade::Everyday }
    }

    pub fn caller(&self) -> Caller {
        match self {
            Self::Caller { caller, .. } => caller.clone(),
            _ => Caller::Unlisted,
        }
    }

    /// What every other phone does.
    fn others(&self) -> Phone {
        match self {
            Self::Everybody(phone) => *phone,
            Self::One { others, .. }
            | Self::Agents { others, .. }
            | Self::Full { others, .. }
            | Self::Caller { others, .. } => *others,
            Self::MailboxesOff => Phone::NoAnswer,
            Self::Platform(_) => crate::flow::varied::ANSWERS,
        }
    }
}

/// One of two networks, with what everybody does.
pub struct Stage<'n> {
    pub network: &'n Network,
    pub names: Names,
    given: Vec<(Phone, Given)>,
}

impl<'n> Stage<'n> {
    pub fn new(network: &'n Network, names: Names) -> Self {
        Self { network, names, given: Vec::new() }
    }

    fn everybody(&mut self, phone: Phone) -> &mut Given {
        let at = self.given.iter().position(|(it, _)| *it == phone).unwrap_or_else(|| {
            self.given.push((phone, Given::everybody(self.network, phone)));
            self.given.len() - 1
        });
        &mut self.given[at].1
    }

    /// Has a look at a situation. Everything is as it was afterwards.
    pub fn with<T>(
        &mut self,
        situation: &Situation,
        number: Option<NumberId>,
        look: impl FnOnce(&Given) -> T,
    ) -> T {
        let network = self.network;
        let mut set: Vec<(PartyId, Phone)> = Vec::new();
        let whole = |party: PartyId, phone: Phone, set: &mut Vec<(PartyId, Phone)>| {
            let it = &network.parties[party.at()];
            if it.hosted.is_none() {
                set.push((party, phone));
                set.extend(it.devices.iter().map(|device| (*device, phone)));
            }
        };
        match situation {
            Situation::One { party, phone, .. } => {
                if let Some(party) = self.names.by_party.get(party) {
                    whole(*party, *phone, &mut set);
                }
            }
            Situation::Agents { queue, phone, .. } => {
                if let Some(queue) = self.names.by_queue.get(queue) {
                    for agent in &network.queues[queue.at()].agents {
                        whole(agent.party, *phone, &mut set);
                    }
                }
            }
            _ => {}
        }
        let full = match situation {
            Situation::Full { queue, .. } => self.names.by_queue.get(queue).copied(),
            _ => None,
        };
        let others = situation.others();
        let given = self.everybody(others);
        let earlier: Vec<(PartyId, Option<Phone>)> =
            set.iter().map(|(party, _)| (*party, given.phones[party.at()])).collect();
        set.iter().for_each(|(party, phone)| given.set_phone(*party, *phone));
        if let Some(queue) = full {
            given.full[queue.at()] = true;
        }
        if *situation == Situation::MailboxesOff {
            given.mailboxes_off.fill(true);
        }
        if let (Situation::Platform(platform), Some(number)) = (situation, number) {
            given.set_platform(network.system_of(number), *platform);
        }
        let seen = look(given);
        // The last one that was set first: one party may stand there twice.
        for (party, phone) in earlier.into_iter().rev() {
            given.phones[party.at()] = phone;
        }
        if let Some(queue) = full {
            given.full[queue.at()] = false;
        }
        given.mailboxes_off.fill(false);
        given.platforms = [Platform::Up; 3];
        seen
    }
}
