//! What a call finds: phones, mailboxes, queues, platforms, and who is calling.

use super::{
    network::{MailboxId, Network, NumberId, Party, PartyId, QueueId},
    system::System,
};
use crate::{explained::Explained, model::E164};
use std::{fmt, str::FromStr};

/// What a phone does when it is called. Times are milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phone {
    /// Somebody lifts after so long.
    Answers(u32),
    NoAnswer,
    /// Somebody presses *reject* after so long.
    Rejects(u32),
    /// On a call; a second one is signalled and not taken.
    OnCallRings,
    /// On a call; a second one is refused.
    OnCallBusy,
    /// Not registered.
    Offline,
    /// Registered, and nothing is there.
    Gone,
    /// Its own do not disturb.
    Dnd,
    /// An agent who is not in the queue.
    LoggedOut,
}

/// The words, and those that take `@SECONDS` with how many they have without it.
const PHONES: [(&str, Phone, Option<u32>); 9] = [
    ("answers", Phone::Answers(1000), Some(1)),
    ("no_answer", Phone::NoAnswer, None),
    ("rejects", Phone::Rejects(2000), Some(2)),
    ("on_call_rings", Phone::OnCallRings, None),
    ("on_call_busy", Phone::OnCallBusy, None),
    ("offline", Phone::Offline, None),
    ("gone", Phone::Gone, None),
    ("dnd", Phone::Dnd, None),
    ("logged_out", Phone::LoggedOut, None),
];

/// Nobody waits an hour for a phone to be lifted.
const LONGEST: u32 = 3600;

impl Phone {
    pub fn is_on_call(self) -> bool {
        matches!(self, Self::OnCallRings | Self::OnCallBusy)
    }

    /// Every word, with the usual seconds.
    pub fn all() -> impl Iterator<Item = Self> {
        PHONES.into_iter().map(|(_, phone, _)| phone)
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let same =
            |it: &&(&str, Self, Option<u32>)| std::mem::discriminant(&it.1) == std::mem::discriminant(self);
        let (word, usual, _) = PHONES.iter().find(same).unwrap_or(&PHONES[1]);
        f.write_str(word)?;
        match self {
            Self::Answers(ms) | Self::Rejects(ms) if self != usual => write!(f, "@{}", ms / 1000),
            _ => Ok(()),
        }
    }
}

impl FromStr for Phone {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, after) = text.split_once('@').map_or((text, None), |(word, after)| (word, Some(after)));
        let known = PHONES.iter().find(|(it, ..)| *it == word);
        let Some((_, phone, usual)) = known else {
            let words: Vec<&str> = PHONES.iter().map(|(word, ..)| *word).collect();
            return Err(Explained::with_help(
                format!("`{text}` is not what a phone does"),
                format!("write one of {}", words.join(", ")),
            ));
        };
        let Some(after) = after else { return Ok(*phone) };
        if usual.is_none() {
            return Err(Explained::with_help(
                format!("`{word}` takes no seconds"),
                format!("write `{word}`"),
            ));
        }
        let digits = !after.is_empty() && after.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = digits.then(|| after.parse::<u32>().ok()).flatten().filter(|it| *it <= LONGEST);
        let Some(seconds) = seconds else {
            return Err(Explained::with_help(
                format!("`{after}` is not a number of seconds"),
                format!("write 0 to {LONGEST}: `{word}@5`"),
            ));
        };
        Ok(match phone {
            Self::Answers(_) => Self::Answers(seconds * 1000),
            _ => Self::Rejects(seconds * 1000),
        })
    }
}

/// Whether a phone system works.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    #[default]
    Up,
    /// Nobody has switched its forwards on yet.
    Down,
    /// Down, and stored forwards have been switched on.
    Switched,
}

impl Platform {
    pub const WORDS: [(&'static str, Self); 3] =
        [("up", Self::Up), ("down", Self::Down), ("switched", Self::Switched)];
}

impl FromStr for Platform {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::WORDS.into_iter().find(|(word, _)| *word == text);
        known.map(|(_, platform)| platform).ok_or_else(|| {
            let help = "write `up`, `down` (its forwards are not switched on yet) or `switched` (they are)";
            Explained::with_help(format!("`{text}` is not the state of a phone system"), help)
        })
    }
}

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caller {
    /// A number that no list names.
    Unlisted,
    Number(E164),
    Anonymous,
    /// Marked as spam.
    Spam,
}

impl FromStr for Caller {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "anonymous" => Ok(Self::Anonymous),
            "spam" => Ok(Self::Spam),
            _ => text
                .parse()
                .map(Self::Number)
                .map_err(|error: Explained| error.help("write a number, `anonymous`, or `spam`")),
        }
    }
}

/// What a call finds. What is not set: a phone rings and nobody lifts, mailboxes are on if they are not known to be off, queues have room, platforms are up.
#[derive(Debug, Clone)]
pub struct Given {
    pub(super) phones: Vec<Option<Phone>>,
    pub(super) mailboxes_off: Vec<bool>,
    pub(super) full: Vec<bool>,
    pub(super) platforms: [Platform; System::ALL.len()],
    /// A number whose stored forward a person has switched on, whether its platform works or not.
    pub(super) switched: Option<NumberId>,
    /// Whether every forward that is on at a carrier has been switched off.
    pub(super) are_forwards_off: bool,
    /// What every other phone does.
    others: Phone,
}

impl Given {
    pub fn new(network: &Network) -> Self {
        Self {
            phones: vec![None; network.parties.len()],
            mailboxes_off: network.mailboxes.iter().map(|it| it.is_off).collect(),
            full: vec![false; network.queues.len()],
            platforms: [Platform::Up; System::ALL.len()],
            switched: None,
            are_forwards_off: false,
            others: Phone::NoAnswer,
        }
    }

    /// Every phone does the same. A number that one of the tenants has is no phone: the call comes in there.
    pub fn everybody(network: &Network, phone: Phone) -> Self {
        let state = |party: &Party| party.hosted.is_none().then_some(phone);
        Self { phones: network.parties.iter().map(state).collect(), ..Self::new(network) }
    }

    pub fn set_phone(&mut self, party: PartyId, phone: Phone) {
        if let Some(it) = self.phones.get_mut(party.0 as usize) {
            *it = Some(phone);
        }
    }

    /// Every phone of which nothing is said does the same; a device does what its extension does.
    pub fn set_others(&mut self, phone: Phone) {
        self.others = phone;
    }

    pub fn switch_mailbox_off(&mut self, mailbox: MailboxId) {
        if let Some(it) = self.mailboxes_off.get_mut(mailbox.at()) {
            *it = true;
        }
    }

    /// Has as many callers wait in a queue as it takes.
    pub fn fill(&mut self, queue: QueueId) {
        if let Some(it) = self.full.get_mut(queue.at()) {
            *it = true;
        }
    }

    /// Has somebody switch on the forward that a number has stored at its carrier.
    pub fn switch_forward(&mut self, number: NumberId) {
        self.switched = Some(number);
    }

    pub fn set_platform(&mut self, system: System, platform: Platform) {
        self.platforms[system as usize] = platform;
    }

    /// The same of every system.
    pub fn set_platforms(&mut self, platform: Platform) {
        self.platforms.fill(platform);
    }

    pub(super) fn are_platforms_up(&self) -> bool {
        self.platforms.iter().all(|it| *it == Platform::Up)
    }

    /// Has each mailbox, by its place, be off or on.
    pub(super) fn set_mailboxes(&mut self, is_off: impl Fn(usize) -> bool) {
        self.mailboxes_off.iter_mut().enumerate().for_each(|(at, it)| *it = is_off(at));
    }

    pub(super) fn is_off(&self, mailbox: MailboxId) -> bool {
        self.mailboxes_off.get(mailbox.at()).copied().unwrap_or(false)
    }

    pub(super) fn is_full(&self, queue: QueueId) -> bool {
        self.full.get(queue.at()).copied().unwrap_or(false)
    }

    pub(super) fn phone(&self, network: &Network, party: PartyId) -> Phone {
        let of = |party: PartyId| self.phones.get(party.0 as usize).copied().flatten();
        let own = of(party).or_else(|| network.parties.get(party.0 as usize)?.device_of.and_then(of));
        own.unwrap_or(self.others)
    }
}
