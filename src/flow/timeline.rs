//! What comes of a call.

use super::{
    network::{
        ExtensionId, LabelId, MailboxId, Network, NumberId, PartyId, QueueId, ReceiverId, SiteId, Standing,
        Target,
    },
    point::Points,
};

/// Every course that one call can take, in order, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub timelines: Vec<Timeline>,
    /// What it rests on that no source says.
    pub assumed: Points,
    /// Whether there are more courses than are looked at.
    pub is_cut: bool,
}

/// One course of a call. Times are milliseconds since it came in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timeline {
    pub end: End,
    /// When that is reached. None: the caller gives up some time.
    pub at: Option<u32>,
    pub rings: Vec<Ringing>,
    pub hops: Vec<Hop>,
}

/// A phone that rings, so that somebody could hear it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ringing {
    pub from: u32,
    /// None: until the caller gives up.
    pub until: Option<u32>,
    pub party: PartyId,
}

/// A step from one place to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hop {
    pub at: u32,
    pub from: Place,
    pub why: Why,
    pub to: Target,
}

/// Where a call can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Number(NumberId),
    Extension(ExtensionId),
    Queue(QueueId),
    Receiver(ReceiverId),
}

/// Why it goes on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    Route,
    /// The emergency forward is switched on.
    Active,
    /// The platform is down.
    Down,
    /// A condition of a rule, or of `diverts`.
    Rule(Condition, RulePlace),
    /// Marked as spam.
    Spam,
    /// The queue takes nobody, and which of its two forwards that is.
    Failover,
    Unavailable,
    /// The queue's own.
    NoAnswer,
    /// There is nothing else.
    Mailbox,
    /// A phone that rings there is a number that the call comes in at. No step: what rings goes on ringing.
    Rings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    Always,
    OnCall,
    Busy,
    NoAnswer,
    Unreachable,
    DoNotDisturb,
}

impl Condition {
    /// The word of the YAML.
    pub fn word(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::OnCall => "on_call",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Unreachable => "unreachable",
            Self::DoNotDisturb => "do_not_disturb",
        }
    }
}

/// Which of an extension's rules: its place in `order`, or `diverts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RulePlace {
    Order(u32),
    Diverts,
}

/// How a call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    Answered(PartyId),
    Voicemail(MailboxId),
    /// To an outside number.
    Leaves(PartyId),
    /// In a queue, until the caller gives up.
    Waits(QueueId),
    /// A menu, router or bot, where the model ends.
    Menu(LabelId),
    /// It goes on ringing, or there is silence, until the caller gives up.
    RingsOn,
    Dropped(Dropped),
    Loop,
    /// Neither declared nor read.
    Unknown(LabelId),
}

/// Why the system ends a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dropped {
    Blocked,
    Spam,
    Busy,
    NoMailbox,
    NoAnswer,
    HangUp,
    Unavailable,
    MaxWait,
    PlatformDown,
}

impl Dropped {
    pub fn word(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Spam => "spam",
            Self::Busy => "busy",
            Self::NoMailbox => "no_mailbox",
            Self::NoAnswer => "no_answer",
            Self::HangUp => "hang_up",
            Self::Unavailable => "unavailable",
            Self::MaxWait => "max_wait",
            Self::PlatformDown => "platform_down",
        }
    }
}

impl Network {
    /// What a thing of a tenant is called by somebody at another one.
    fn name(&self, of: SiteId, name: &str, home: SiteId) -> String {
        if of == home { name.to_owned() } else { format!("{}/{name}", self.site(of).name) }
    }

    pub fn party_text(&self, party: PartyId, home: SiteId) -> String {
        let party = &self.parties[party.at()];
        match party.site {
            Some(site) => self.name(site, &party.name, home),
            None => party.name.clone(),
        }
    }

    pub fn mailbox_text(&self, mailbox: MailboxId, home: SiteId) -> String {
        let mailbox = &self.mailboxes[mailbox.at()];
        self.name(mailbox.site, &mailbox.name, home)
    }

    pub fn queue_text(&self, queue: QueueId, home: SiteId) -> String {
        let queue = &self.queues[queue.at()];
        self.name(queue.site, &queue.name, home)
    }

    /// Its word and its name.
    pub fn label_text(&self, label: LabelId, home: SiteId) -> String {
        let label = &self.labels[label.at()];
        let is_number = matches!(label.word, "number" | "receiver");
        let name = if is_number { label.name.clone() } else { self.name(label.site, &label.name, home) };
        format!("{} {name}", label.word)
    }

    /// Whether what becomes of a call is not known.
    pub fn is_not_known(&self, end: End) -> bool {
        self.standing(end).is_some_and(|it| it != Standing::Missing)
    }

    /// Whether a call is lost: it leads to what is seen not to be there.
    pub fn leads_nowhere(&self, end: End) -> bool {
        self.standing(end) == Some(Standing::Missing)
    }

    /// Why what becomes of a call is not known; none where it is.
    pub fn standing(&self, end: End) -> Option<Standing> {
        match end {
            End::Unknown(label) => Some(self.labels[label.at()].standing),
            _ => None,
        }
    }

    /// An end in the words of `SEMANTICS.md`, as it is called at one of the tenants.
    pub fn end_text(&self, end: End, home: SiteId) -> String {
        match end {
            End::Answered(party) => format!("answered {}", self.party_text(party, home)),
            End::Voicemail(mailbox) => format!("voicemail {}", self.mailbox_text(mailbox, home)),
            End::Leaves(party) => format!("leaves {}", self.party_text(party, home)),
            End::Waits(queue) => format!("waits {}", self.queue_text(queue, home)),
            End::Menu(label) => format!("menu {}", self.label_text(label, home)),
            End::RingsOn => "rings_on".to_owned(),
            End::Dropped(why) => format!("dropped {}", why.word()),
            End::Loop => "loop".to_owned(),
            End::Unknown(label) => format!("unknown {}", self.label_text(label, home)),
        }
    }
}
