//! What a call finds, in words that two networks share.

use super::names::{Names, Shared};
use crate::flow::{
    network::{Network, NumberId, PartyId},
    state::{Caller, Given, Phone, Platform},
};
use std::collections::{BTreeSet, HashMap};

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
    /// Nobody answers, and every mailbox is on, also one that is known to be off.
    MailboxesOn,
    /// The emergency forward that is on has been switched off.
    ForwardsOff {
        others: Phone,
    },
    /// The phone system of the number is down; everybody would answer.
    Platform(Platform),
    Caller {
        others: Phone,
        caller: Caller,
    },
}

/// On what occasion callers notice a difference: on any day, or only when something has failed. The graver is the lesser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occasion {
    Everyday,
    /// With the phone system down, or a phone offline or gone.
    Failure,
}

impl Situation {
    /// When it comes about.
    pub fn occasion(&self) -> Occasion {
        let is_failed = |phone: Phone| matches!(phone, Phone::Offline | Phone::Gone);
        let is_failure = match self {
            Self::Everybody(phone) | Self::One { phone, .. } | Self::Agents { phone, .. } => {
                is_failed(*phone)
            }
            Self::Platform(platform) => *platform != Platform::Up,
            Self::Full { .. }
            | Self::MailboxesOff
            | Self::MailboxesOn
            | Self::ForwardsOff { .. }
            | Self::Caller { .. } => false,
        };
        if is_failure { Occasion::Failure } else { Occasion::Everyday }
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
            | Self::ForwardsOff { others }
            | Self::Caller { others, .. } => *others,
            Self::MailboxesOff | Self::MailboxesOn => Phone::NoAnswer,
            Self::Platform(_) => crate::flow::varied::ANSWERS,
        }
    }
}

/// One of two networks, with what everybody does.
pub struct Stage<'n> {
    pub network: &'n Network,
    pub names: Names,
    /// Whether a mailbox is known to be off.
    pub has_mailbox_off: bool,
    given: Vec<(Phone, Given)>,
    /// Who does something else, while a look lasts.
    set: Vec<(PartyId, Phone)>,
}

impl<'n> Stage<'n> {
    pub fn new(network: &'n Network, names: Names) -> Self {
        let has_mailbox_off = network.mailboxes.iter().any(|it| it.is_off);
        Self { network, names, has_mailbox_off, given: Vec::new(), set: Vec::new() }
    }

    fn everybody(&mut self, phone: Phone) -> usize {
        self.given.iter().position(|(it, _)| *it == phone).unwrap_or_else(|| {
            self.given.push((phone, Given::everybody(self.network, phone)));
            self.given.len() - 1
        })
    }

    /// Has a look at a situation. Everything is as it was afterwards.
    pub fn with<T>(
        &mut self,
        situation: &Situation,
        set: &[(Shared, Phone)],
        number: Option<NumberId>,
        look: impl FnOnce(&'n Network, &Names, &Given) -> T,
    ) -> T {
        let network = self.network;
        let is_phone = |party: &PartyId| network.parties[party.at()].hosted.is_none();
        let names = &self.names;
        let own = set.iter().filter_map(|(shared, phone)| Some((names.own_party(*shared)?, *phone)));
        self.set.clear();
        self.set.extend(own.filter(|(party, _)| is_phone(party)));
        let full = match situation {
            Situation::Full { queue, .. } => self.names.by_queue.get(queue).copied(),
            _ => None,
        };
        let others = situation.others();
        let at = self.everybody(others);
        let (given, names, set) = (&mut self.given[at].1, &self.names, &self.set);
        set.iter().for_each(|(party, phone)| given.set_phone(*party, *phone));
        if let Some(queue) = full {
            given.full[queue.at()] = true;
        }
        let mailboxes = match situation {
            Situation::MailboxesOff => Some(true),
            Situation::MailboxesOn => Some(false),
            _ => None,
        };
        if let Some(are_off) = mailboxes {
            given.set_mailboxes(|_| are_off);
        }
        given.are_forwards_off = matches!(situation, Situation::ForwardsOff { .. });
        if let (Situation::Platform(platform), Some(number)) = (situation, number) {
            given.set_platform(network.system_of(number), *platform);
        }
        let seen = look(network, names, given);
        set.iter().for_each(|(party, _)| given.set_phone(*party, others));
        if let Some(queue) = full {
            given.full[queue.at()] = false;
        }
        if mailboxes.is_some() {
            given.set_mailboxes(|it| network.mailboxes[it].is_off);
        }
        given.are_forwards_off = false;
        given.set_platforms(Platform::Up);
        seen
    }
}

/// Whose state a situation names: one and the same people before and after, whichever of the two configurations knows them.
#[derive(Debug)]
pub struct Concerned {
    devices: HashMap<Shared, BTreeSet<Shared>>,
    agents: HashMap<Shared, BTreeSet<Shared>>,
}

impl Concerned {
    pub(super) fn of<'a>(networks: impl IntoIterator<Item = (&'a Network, &'a Names)>) -> Self {
        let (mut devices, mut agents) =
            (HashMap::<_, BTreeSet<Shared>>::new(), HashMap::<_, BTreeSet<_>>::new());
        for (network, names) in networks {
            for (shared, party) in names.parties.iter().zip(&network.parties) {
                if !party.devices.is_empty() {
                    let all = party.devices.iter().map(|it| names.party(*it));
                    devices.entry(*shared).or_default().extend(all);
                }
            }
            for (shared, queue) in names.queues.iter().zip(&network.queues) {
                let all = queue.agents.iter().map(|it| names.party(it.party));
                agents.entry(*shared).or_default().extend(all);
            }
        }
        Self { devices, agents }
    }

    /// Who does something else than the others, and what: an extension with all its devices.
    pub fn states(&self, situation: &Situation) -> Vec<(Shared, Phone)> {
        let (parties, phone): (Vec<Shared>, Phone) = match situation {
            Situation::One { party, phone, .. } => (vec![*party], *phone),
            Situation::Agents { queue, phone, .. } => {
                (self.agents.get(queue).into_iter().flatten().copied().collect(), *phone)
            }
            _ => return Vec::new(),
        };
        let whole = |party: Shared| {
            let devices = self.devices.get(&party).into_iter().flatten().copied();
            std::iter::once(party).chain(devices).map(|it| (it, phone))
        };
        parties.into_iter().flat_map(whole).collect()
    }
}
