//! The tenants as numbers and tables: made once, walked many times.

use super::{cycle::Cycle, dated::Days, horizon::Horizon, hours::Hours, point::Assumptions, system::System};
use crate::model::{Dispatch, E164, Pattern, Spam};
use jiff::tz::TimeZone;
use std::{collections::HashMap, sync::Arc};

/// Makes the handles: places in the tables of a [`Network`].
macro_rules! handles {
    ($($name:ident)*) => { $(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(super) u32);

        impl $name {
            pub(super) fn at(self) -> usize {
                self.0 as usize
            }
        }
    )* };
}

handles!(SiteId NumberId ExtensionId QueueId ReceiverId ScheduleId PartyId MailboxId LabelId);

/// Everything that calls can come to.
#[derive(Debug, Default)]
pub struct Network {
    pub(super) sites: Vec<Site>,
    pub(super) numbers: Vec<Number>,
    pub(super) extensions: Vec<Extension>,
    pub(super) queues: Vec<Queue>,
    pub(super) receivers: Vec<Receiver>,
    pub(super) schedules: Vec<Schedule>,
    pub(super) parties: Vec<Party>,
    pub(super) mailboxes: Vec<Mailbox>,
    pub(super) labels: Vec<Label>,
    pub(super) by_number: HashMap<E164, NumberId>,
    pub(super) assumed: Assumptions,
    pub(super) horizon: Horizon,
}

/// A tenant.
#[derive(Debug)]
pub struct Site {
    pub name: String,
    pub system: System,
    pub zone: TimeZone,
    pub extensions: HashMap<String, ExtensionId>,
    pub queues: HashMap<String, QueueId>,
    pub parties: HashMap<String, PartyId>,
    pub mailboxes: HashMap<String, MailboxId>,
    pub schedules: HashMap<String, ScheduleId>,
}

/// Somebody who can be rung: a phone of a tenant, or an outside number.
#[derive(Debug)]
pub struct Party {
    /// None: an outside number.
    pub site: Option<SiteId>,
    pub name: String,
    /// The extension whose device it is.
    pub device_of: Option<PartyId>,
    /// The devices of an extension.
    pub devices: Vec<PartyId>,
    /// An outside number that one of the tenants has: the call comes in there.
    pub hosted: Option<NumberId>,
    /// Whether it is of an extension that is seen not to be there: it is never registered.
    pub is_missing: bool,
}

#[derive(Debug)]
pub struct Mailbox {
    pub site: SiteId,
    pub name: String,
    /// Whether it is known to take no messages.
    pub is_off: bool,
}

/// What only has a name here: a menu, or what is not declared.
#[derive(Debug)]
pub struct Label {
    pub site: SiteId,
    pub word: &'static str,
    pub name: String,
    pub standing: Standing,
}

/// Why nothing more than a name is known of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is neither declared nor read, or is none of what is followed here.
    Unread,
    /// It is there, and neither the files nor what was read say where it leads.
    Unsaid,
    /// The files use it as it is live, which was not read.
    AsLive,
    /// It was looked for, and nobody says what it is.
    Unclear,
    /// It is seen not to be there.
    Missing,
}

/// Where a call goes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    Number(NumberId),
    Extension(ExtensionId),
    Phone(ExtensionId),
    Mailbox(MailboxId),
    Queue(QueueId),
    /// An outside number that is nobody's here.
    Outside(PartyId),
    Receiver(ReceiverId),
    Agent(PartyId),
    Menu(LabelId),
    Unknown(LabelId),
    HangUp,
}

#[derive(Debug)]
pub struct Number {
    pub site: SiteId,
    pub label: Option<String>,
    pub number: PartyId,
    pub route: Option<Way>,
    pub unknown: LabelId,
    pub forward: Option<Forward>,
}

#[derive(Debug, Clone, Copy)]
pub struct Forward {
    pub to: Option<Target>,
    pub active: Option<bool>,
}

#[derive(Debug)]
pub enum Way {
    To(Target),
    Receivers(Pattern, Vec<ReceiverId>),
}

/// The forwards of an extension or of one of its rules. `off` is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forwards {
    pub always: Option<Target>,
    pub on_call: Option<Target>,
    pub busy: Option<Target>,
    pub no_answer: Option<Target>,
    pub unreachable: Option<Target>,
}

impl Forwards {
    pub(super) fn is_empty(&self) -> bool {
        let Self { always, on_call, busy, no_answer, unreachable } = self;
        [always, on_call, busy, no_answer, unreachable].into_iter().all(Option::is_none)
    }
}

#[derive(Debug)]
pub struct Extension {
    pub site: SiteId,
    pub phone: PartyId,
    pub mailbox: MailboxId,
    /// What stands for it where nothing is declared or read. None: it is.
    pub unknown: Option<LabelId>,
    /// What stands for it where its rules are neither declared nor read. None: they are.
    pub unknown_rules: Option<LabelId>,
    pub allow: Vec<E164>,
    pub block: Vec<E164>,
    pub block_anonymous: bool,
    pub spam: Option<Spam>,
    /// Milliseconds. The outer None: not declared; the inner one: unlimited.
    pub ring_timeout: Option<Option<u32>>,
    pub rules: Vec<Rule>,
    /// Those of `diverts`.
    pub forwards: Forwards,
    /// The phone alone.
    pub own_leg: [Leg; 1],
}

#[derive(Debug)]
pub struct Rule {
    /// None: `default`.
    pub schedule: Option<ScheduleId>,
    /// Among the rules as they are written.
    pub place: u32,
    pub do_not_disturb: bool,
    /// Where callers go then. None: to voicemail.
    pub on_dnd: Option<Target>,
    /// Whether who answers outside is asked to press 1.
    pub confirms: bool,
    /// None: the extension alone.
    pub simultaneous: Option<Vec<Leg>>,
    /// How many of these are named one by one: the last ones.
    pub also: usize,
    pub forward: Forwards,
}

/// One phone of several that ring.
#[derive(Debug, Clone, Copy)]
pub struct Leg {
    pub party: PartyId,
    pub delay: u32,
}

#[derive(Debug)]
pub struct Queue {
    pub site: SiteId,
    pub name: String,
    /// What people call it.
    pub label: Option<String>,
    pub mailbox: MailboxId,
    /// Or read; not only named by something.
    pub is_declared: bool,
    pub unknown: Option<LabelId>,
    pub require_agents: bool,
    pub agents: Vec<Agent>,
    pub dispatch: Dispatch,
    pub agent_ring: Option<u32>,
    pub failover: Option<Target>,
    pub unavailable: Option<Target>,
    pub no_answer: Option<Target>,
    pub ring_timeout: Option<u32>,
    pub max_wait: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
pub struct Agent {
    pub party: PartyId,
    pub order: u32,
    /// Among the agents as they are written.
    pub place: u32,
    /// Whose rules say whether the agent is to be disturbed.
    pub extension: Option<ExtensionId>,
    pub is_outside: bool,
}

#[derive(Debug)]
pub struct Receiver {
    pub site: SiteId,
    pub label: Option<String>,
    pub party: PartyId,
    pub unknown: Option<LabelId>,
    /// After how long, and where.
    pub no_answer: Option<(u32, Target)>,
}

#[derive(Debug)]
pub struct Schedule {
    pub site: SiteId,
    pub name: String,
    pub state: ScheduleState,
    pub cycle: Cycle,
    pub days: Days,
    /// Its hours in words.
    pub caption: Vec<String>,
}

#[derive(Debug)]
pub enum ScheduleState {
    Hours(Arc<Hours>),
    SwitchedOff,
    /// Neither declared nor read.
    Unknown,
}

impl SiteId {
    /// The tenant at a place among those that a network was made of.
    pub fn of(at: usize) -> Self {
        Self(u32::try_from(at).unwrap_or(u32::MAX))
    }
}

impl Network {
    pub(super) fn site(&self, id: SiteId) -> &Site {
        &self.sites[id.at()]
    }

    fn site_named(&self, tenant: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.name == tenant)
    }

    pub fn tenant(&self, name: &str) -> Option<SiteId> {
        let at = self.sites.iter().position(|site| site.name == name)?;
        Some(SiteId::of(at))
    }

    pub fn tenant_name(&self, tenant: SiteId) -> &str {
        &self.site(tenant).name
    }

    /// What answers at an extension of a tenant: a queue, or the extension.
    pub fn called(&self, tenant: &str, name: &str) -> Option<Target> {
        let is_declared = |queue: &QueueId| self.queues[queue.at()].is_declared;
        let queue = self.queue(tenant, name).filter(is_declared).map(Target::Queue);
        queue.or_else(|| self.extension(tenant, name).map(Target::Extension))
    }

    pub fn number(&self, number: &E164) -> Option<NumberId> {
        self.by_number.get(number).copied()
    }

    pub fn numbers(&self) -> impl Iterator<Item = NumberId> {
        (0..u32::try_from(self.numbers.len()).unwrap_or(u32::MAX)).map(NumberId)
    }

    /// The number as people write it.
    pub fn number_text(&self, number: NumberId) -> &str {
        &self.parties[self.numbers[number.at()].number.at()].name
    }

    pub fn extension(&self, tenant: &str, extension: &str) -> Option<ExtensionId> {
        self.site_named(tenant)?.extensions.get(extension).copied()
    }

    pub fn queue(&self, tenant: &str, queue: &str) -> Option<QueueId> {
        self.site_named(tenant)?.queues.get(queue).copied()
    }

    pub fn mailbox(&self, tenant: &str, name: &str) -> Option<MailboxId> {
        self.site_named(tenant)?.mailboxes.get(name).copied()
    }

    /// A phone of a tenant, an agent, or an outside number.
    pub fn party(&self, tenant: &str, name: &str) -> Option<PartyId> {
        if name.starts_with('+') {
            let outside = |party: &Party| party.site.is_none() && party.name == name;
            let at = self.parties.iter().position(outside)?;
            return Some(PartyId(u32::try_from(at).ok()?));
        }
        self.site_named(tenant)?.parties.get(name).copied()
    }

    /// Whether a phone is that of an extension which is seen not to be there.
    pub fn is_missing(&self, party: PartyId) -> bool {
        self.parties[party.at()].is_missing
    }

    pub fn tenant_of(&self, number: NumberId) -> SiteId {
        self.numbers[number.at()].site
    }

    /// The system of the tenant that has a number.
    pub fn system_of(&self, number: NumberId) -> System {
        self.site(self.numbers[number.at()].site).system
    }
}
