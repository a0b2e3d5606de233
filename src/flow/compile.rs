//! From the types of the YAML to the tables of a [`Network`].

use super::{
    caption::caption,
    cycle::{Cycle, cycle},
    dated::Days,
    device,
    horizon::Horizon,
    hours::{Clock, says_no_hours},
    network::{
        Agent, Extension, ExtensionId, Forward, Forwards, Label, LabelId, Leg, Mailbox, MailboxId, Network,
        Number, NumberId, Party, PartyId, Queue, QueueId, Receiver, ReceiverId, Rule, Schedule, ScheduleId,
        ScheduleState, Site, SiteId, Standing, Target, Way,
    },
    point::Assumptions,
    system::System,
    tables::Tables,
};
use crate::model::{
    self, Caller, Circumstances, DEFAULT_RULE, Destination, Dispatch, Divert, Diverts, E164, Limit, OrOff,
    Pattern, Ring, RingTimeout, Ringable, Route, Tenant,
};
use jiff::{Timestamp, tz::TimeZone};
use std::collections::{BTreeSet, HashMap};

/// What is configured for one tenant.
pub struct Config<'a> {
    pub tenant: &'a Tenant,
    pub system: System,
    /// Whether everything live is in it: an extension without rules has none then.
    pub is_whole: bool,
    /// What else is live, where that was read.
    pub circumstances: Option<&'a Circumstances>,
}

/// The ids are 32 bits wide: no fleet has four thousand million of anything.
fn id(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Network {
    /// The tables of some tenants, for instants within a horizon.
    pub fn new(configs: &[Config<'_>], horizon: impl Into<Horizon>, assumed: Assumptions) -> Self {
        Self::with_tables(configs, horizon, assumed, &Tables::default())
    }

    /// The same by other time-zone tables.
    pub fn with_tables(
        configs: &[Config<'_>],
        horizon: impl Into<Horizon>,
        assumed: Assumptions,
        tables: &Tables,
    ) -> Self {
        // Clocks have an end.
        let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let horizon = horizon.into().clamped(first, last);
        let mut network = Self { assumed, horizon, ..Self::default() };
        let mut outside = HashMap::new();
        // Numbers first: whatever leads to one has to know.
        for config in configs {
            network.sites.push(Site {
                name: config.tenant.tenant.clone(),
                system: config.system,
                zone: zone(config.tenant, tables),
                extensions: HashMap::new(),
                queues: HashMap::new(),
                parties: HashMap::new(),
                mailboxes: HashMap::new(),
                schedules: HashMap::new(),
            });
        }
        // Whoever routes a number has it; else whoever has a forward for it.
        let keys = |config: &'_ Config<'_>, is_routed: bool| -> Vec<E164> {
            let tenant = config.tenant;
            if is_routed {
                tenant.numbers.keys().cloned().collect()
            } else {
                tenant.forwards.keys().cloned().collect()
            }
        };
        for is_routed in [true, false] {
            for (at, config) in configs.iter().enumerate() {
                for number in keys(config, is_routed) {
                    network.add_number(SiteId(id(at)), &number, &mut outside);
                }
            }
        }
        for (at, config) in configs.iter().enumerate() {
            let compiler = Compiler {
                network: &mut network,
                outside: &mut outside,
                config,
                tables,
                site: SiteId(id(at)),
                receivers: HashMap::new(),
                devices: device::named(config.tenant),
            };
            compiler.compile();
        }
        network
    }

    fn add_number(&mut self, site: SiteId, number: &E164, outside: &mut HashMap<String, PartyId>) {
        if self.by_number.contains_key(number) {
            return;
        }
        let handle = NumberId(id(self.numbers.len()));
        let party = self.outside(outside, number);
        self.parties[party.at()].hosted = Some(handle);
        let unknown = self.label(site, "number", number.to_string());
        self.labels[unknown.at()].standing = Standing::Unsaid;
        self.numbers.push(Number { site, label: None, number: party, route: None, unknown, forward: None });
        self.by_number.insert(number.clone(), handle);
    }

    fn outside(&mut self, known: &mut HashMap<String, PartyId>, number: &E164) -> PartyId {
        let name = number.to_string();
        if let Some(party) = known.get(&name) {
            return *party;
        }
        let party = PartyId(id(self.parties.len()));
        self.parties.push(Party {
            site: None,
            name: name.clone(),
            device_of: None,
            devices: Vec::new(),
            hosted: None,
            is_missing: false,
        });
        known.insert(name, party);
        party
    }

    fn label(&mut self, site: SiteId, word: &'static str, name: String) -> LabelId {
        self.labels.push(Label { site, word, name, standing: Standing::Unread });
        LabelId(id(self.labels.len() - 1))
    }
}

pub(super) struct Compiler<'n, 'a> {
    pub(super) network: &'n mut Network,
    outside: &'n mut HashMap<String, PartyId>,
    pub(super) config: &'n Config<'a>,
    tables: &'n Tables,
    pub(super) site: SiteId,
    receivers: HashMap<PartyId, ReceiverId>,
    /// Every device that the tenant names.
    pub(super) devices: BTreeSet<&'a str>,
}

impl<'a> Compiler<'_, 'a> {
    fn site(&mut self) -> &mut Site {
        &mut self.network.sites[self.site.at()]
    }

    pub(super) fn party(&mut self, name: &str) -> PartyId {
        if let Some(party) = self.site().parties.get(name) {
            return *party;
        }
        let party = PartyId(id(self.network.parties.len()));
        let site = Some(self.site);
        self.network.parties.push(Party {
            site,
            name: name.to_owned(),
            device_of: None,
            devices: Vec::new(),
            hosted: None,
            is_missing: false,
        });
        self.site().parties.insert(name.to_owned(), party);
        party
    }

    fn outside(&mut self, number: &E164) -> PartyId {
        self.network.outside(self.outside, number)
    }

    fn mailbox(&mut self, name: &str) -> MailboxId {
        if let Some(mailbox) = self.site().mailboxes.get(name) {
            return *mailbox;
        }
        let mailbox = MailboxId(id(self.network.mailboxes.len()));
        let site = self.site;
        let is_off = self.config.circumstances.is_some_and(|it| it.mailboxes_off.contains(name));
        self.network.mailboxes.push(Mailbox { site, name: name.to_owned(), is_off });
        self.site().mailboxes.insert(name.to_owned(), mailbox);
        mailbox
    }

    pub(super) fn label(&mut self, word: &'static str, name: &str) -> LabelId {
        self.network.label(self.site, word, name.to_owned())
    }

    fn compile(mut self) {
        let tenant = self.config.tenant;
        for name in tenant.queues.keys() {
            self.queue(name);
        }
        let named: BTreeSet<&model::Extension> = tenant.rules.keys().chain(tenant.diverts.keys()).collect();
        for extension in named {
            self.extension(extension.as_str());
        }
        self.fill_schedules();
        for (name, queue) in &tenant.queues {
            self.fill_queue(name, queue);
        }
        for (extension, diverts) in &tenant.diverts {
            let handle = self.extension(extension.as_str());
            let forwards = self.forwards(diverts, extension.as_str());
            self.network.extensions[handle.at()].forwards = forwards;
        }
        for (extension, rules) in &tenant.rules {
            self.fill_rules(extension.as_str(), rules);
        }
        self.fill_receivers();
        self.fill_numbers();
        self.fill_devices();
    }

    /// The extension of a name. One that is not declared, in a tenant that is not read, stands for what is not known.
    fn extension(&mut self, name: &str) -> ExtensionId {
        if let Some(extension) = self.site().extensions.get(name) {
            return *extension;
        }
        let (phone, mailbox) = (self.phone(name, Circumstances::lacks_phone), self.mailbox(name));
        let tenant = self.config.tenant;
        let is_named = |it: &model::Extension| it.as_str() == name;
        // What is no extension is in none of its sections.
        let key = name.parse::<model::Extension>().ok();
        let in_rules = key.as_ref().and_then(|key| tenant.rules.get(key));
        let is_known = in_rules.is_some() || key.as_ref().is_some_and(|key| tenant.diverts.contains_key(key));
        let is_whole = self.config.is_whole;
        let nobodys = self.nobodys(name);
        let unknown = nobodys.or_else(|| (!is_known && !is_whole).then(|| self.label("extension", name)));
        // A rule that `bulk` has put on top of others says nothing of those.
        let is_on_top = |rule: &model::Rule| {
            tenant.bulk.iter().any(|it| {
                it.rule.is_some() && it.schedule == rule.when && it.extensions.named().iter().any(is_named)
            })
        };
        let order = in_rules.and_then(|rules| rules.order.as_ref());
        let has_order = order.is_some_and(|order| order.is_empty() || !order.iter().all(is_on_top));
        let is_stratus = self.config.system == System::Stratus;
        let unknown_rules = (is_stratus && !has_order && !is_whole).then(|| self.label("rules", name));
        let handle = ExtensionId(id(self.network.extensions.len()));
        self.network.extensions.push(Extension {
            site: self.site,
            phone,
            mailbox,
            unknown,
            unknown_rules,
            allow: Vec::new(),
            block: Vec::new(),
            block_anonymous: false,
            spam: None,
            ring_timeout: None,
            rules: Vec::new(),
            forwards: Forwards::default(),
            own_leg: [Leg { party: phone, delay: 0 }],
        });
        self.site().extensions.insert(name.to_owned(), handle);
        handle
    }

    /// The queue of a name. One that is not declared stands for what is not known.
    fn queue(&mut self, name: &str) -> QueueId {
        if let Some(queue) = self.site().queues.get(name) {
            return *queue;
        }
        let (mailbox, unknown) = (self.mailbox(name), self.label("queue", name));
        let declared = self.config.tenant.queues.get(name);
        let is_declared = declared.is_some();
        // Over what is live nothing would be laid.
        let says_nothing = declared.is_none_or(|it| *it == model::Queue::default());
        let circumstances = self.config.circumstances.filter(|_| !is_declared);
        let is_deleted = circumstances.is_some_and(|it| it.deleted_queues.contains(name));
        self.network.labels[unknown.at()].standing = match (is_declared, self.config.is_whole) {
            _ if is_deleted => Standing::Missing,
            (true, false) => Standing::AsLive,
            (_, true) if says_nothing => Standing::Missing,
            _ => Standing::Unread,
        };
        let handle = QueueId(id(self.network.queues.len()));
        self.network.queues.push(Queue {
            site: self.site,
            name: name.to_owned(),
            label: None,
            mailbox,
            is_declared,
            unknown: Some(unknown),
            require_agents: false,
            agents: Vec::new(),
            dispatch: Dispatch::RingAll,
            agent_ring: None,
            failover: None,
            unavailable: None,
            no_answer: None,
            ring_timeout: None,
            max_wait: None,
        });
        self.site().queues.insert(name.to_owned(), handle);
        handle
    }

    fn receiver(&mut self, number: &E164) -> ReceiverId {
        let party = self.outside(number);
        if let Some(receiver) = self.receivers.get(&party) {
            return *receiver;
        }
        let unknown = Some(self.label("receiver", &number.to_string()));
        let handle = ReceiverId(id(self.network.receivers.len()));
        self.network.receivers.push(Receiver {
            site: self.site,
            label: None,
            party,
            unknown,
            no_answer: None,
        });
        self.receivers.insert(party, handle);
        handle
    }

    /// Where a number of somebody leads: in again, where one of the tenants has it.
    fn number(&mut self, number: &E164) -> Target {
        match self.network.by_number.get(number) {
            Some(ours) => Target::Number(*ours),
            None => Target::Outside(self.outside(number)),
        }
    }

    /// A destination of what belongs to `owner`.
    fn target(&mut self, to: &Destination, owner: &str) -> Target {
        match to {
            Destination::Extension(to) => {
                let name = to.as_str();
                if self.config.tenant.queues.contains_key(name) {
                    Target::Queue(self.queue(name))
                } else {
                    Target::Extension(self.extension(name))
                }
            }
            Destination::Phone(to) => match self.nobodys(to.as_str()) {
                Some(label) => Target::Unknown(label),
                None => Target::Phone(self.extension(to.as_str())),
            },
            Destination::Voicemail(to) => match self.nobodys(to.as_str()) {
                Some(label) => Target::Unknown(label),
                None => Target::Mailbox(self.mailbox(to.as_str())),
            },
            Destination::OwnVoicemail => Target::Mailbox(self.mailbox(owner)),
            Destination::Queue(to) => Target::Queue(self.queue(to)),
            Destination::Number(to) => self.number(to),
            Destination::Receiver(to) => Target::Receiver(self.receiver(to)),
            Destination::Agent(to) => Target::Agent(self.party(to)),
            Destination::HangUp => Target::HangUp,
            Destination::Attendant(_)
            | Destination::Menu(_)
            | Destination::GeoRouter(_)
            | Destination::SmartRouter(_)
            | Destination::RoutingTable(_)
            | Destination::VoiceBot(_)
            | Destination::DialString(_) => {
                let name = to.name().unwrap_or_default();
                Target::Menu(self.label(to.word(), &name))
            }
        }
    }

    fn divert(&mut self, divert: Option<&Divert>, owner: &str) -> Option<Target> {
        match divert? {
            Divert::Off => None,
            Divert::To(to) => Some(self.target(to, owner)),
        }
    }

    fn forwards(&mut self, diverts: &Diverts, owner: &str) -> Forwards {
        let Diverts { always, on_call, busy, no_answer, unreachable, protect: _ } = diverts;
        Forwards {
            always: self.divert(always.as_ref(), owner),
            on_call: self.divert(on_call.as_ref(), owner),
            busy: self.divert(busy.as_ref(), owner),
            no_answer: self.divert(no_answer.as_ref(), owner),
            unreachable: self.divert(unreachable.as_ref(), owner),
        }
    }

    fn fill_schedules(&mut self) {
        let tenant = self.config.tenant;
        let own = tenant.time_zone.as_deref();
        let mut clocks: HashMap<&str, Vec<Clock>> = HashMap::new();
        for (name, schedule) in &tenant.schedules {
            let zone = schedule.time_zone.as_deref().or(own).unwrap_or("UTC");
            let network = &self.network;
            let clocks = clocks.entry(zone).or_insert_with(|| {
                let zone = self.tables.zone(zone).unwrap_or(TimeZone::UTC);
                network.horizon.laid_out().map(|it| Clock::new(zone.clone(), it)).collect()
            });
            let Some(clock) = clocks.first() else { continue };
            let is_named_only = !self.config.is_whole && says_no_hours(schedule);
            let (horizon, assumed) = (&self.network.horizon, self.network.assumed);
            let (state, days) = match schedule.enabled {
                Some(false) => (ScheduleState::SwitchedOff, Days::of(schedule, None, clock, assumed)),
                _ if is_named_only => (ScheduleState::Unknown, Days::of(schedule, None, clock, assumed)),
                _ => {
                    let (hours, days) = self.tables.hours(zone, schedule, horizon, clocks, assumed);
                    (ScheduleState::Hours(hours), days)
                }
            };
            let handle = self.schedule(name, state, cycle(schedule), days);
            self.network.schedules[handle.at()].caption = caption(schedule);
        }
    }

    fn schedule(&mut self, name: &str, state: ScheduleState, cycle: Cycle, days: Days) -> ScheduleId {
        let handle = ScheduleId(id(self.network.schedules.len()));
        let (site, name, caption) = (self.site, name.to_owned(), Vec::new());
        self.network.schedules.push(Schedule { site, name: name.clone(), state, cycle, days, caption });
        self.site().schedules.insert(name, handle);
        handle
    }

    fn ringable(&mut self, target: &Ringable) -> PartyId {
        match target {
            Ringable::Extension(it) => self.phone(it.as_str(), Circumstances::lacks_phone),
            Ringable::Device(it) => self.phone(it.as_str(), Circumstances::lacks_device),
            Ringable::Number(number) => self.outside(number),
            Ringable::Agent(email) => self.party(email),
            // Somebody, of whom only the dial rule is known.
            Ringable::DialString(token) => self.party(token),
        }
    }

    fn fill_queue(&mut self, name: &str, queue: &model::Queue) {
        let handle = self.queue(name);
        let agents = queue.agents.as_ref().map(|agents| {
            let agents = agents.iter().zip(0..).map(|(agent, place)| {
                let party = self.ringable(&agent.target);
                let extension = match &agent.target {
                    Ringable::Extension(it) => self.site().extensions.get(it.as_str()).copied(),
                    _ => None,
                };
                let is_outside = matches!(agent.target, Ringable::Number(_));
                Agent { party, order: agent.order.unwrap_or(place + 1), place, extension, is_outside }
            });
            let mut agents: Vec<Agent> = agents.collect();
            agents.sort_by_key(|agent| agent.order);
            agents
        });
        let failover = self.divert(queue.failover.as_ref(), name);
        let unavailable = self.divert(queue.unavailable.as_ref(), name);
        let no_answer = self.divert(queue.no_answer.as_ref(), name);
        let ms = |limit: Option<Limit>| limit.and_then(Limit::number).map(|it| it.saturating_mul(1000));
        let it = &mut self.network.queues[handle.at()];
        if let Some(agents) = agents {
            (it.unknown, it.agents) = (None, agents);
        }
        it.label = queue.name.clone();
        it.require_agents = queue.require_agents == Some(true);
        it.dispatch = queue.dispatch.unwrap_or(Dispatch::RingAll);
        it.agent_ring = queue.agent_ring.map(|seconds| seconds.saturating_mul(1000));
        (it.failover, it.unavailable, it.no_answer) = (failover, unavailable, no_answer);
        (it.ring_timeout, it.max_wait) = (ms(queue.ring_timeout), ms(queue.max_wait));
    }

    fn fill_rules(&mut self, extension: &str, rules: &model::Rules) {
        let handle = self.extension(extension);
        let numbers = |list: Option<&Vec<Caller>>| {
            let number = |caller: &Caller| match caller {
                Caller::Number(number) => Some(number.clone()),
                Caller::Other(_) => None,
            };
            list.into_iter().flatten().filter_map(number).collect::<Vec<E164>>()
        };
        let mut compiled = Vec::new();
        for (rule, place) in rules.order.iter().flatten().zip(0..) {
            let is_default = rule.when == DEFAULT_RULE;
            if !rule.enabled {
                // What is below Default never fires, also where Default is switched off.
                if is_default {
                    break;
                }
                continue;
            }
            let schedule = (!is_default).then(|| match self.site().schedules.get(&rule.when).copied() {
                Some(schedule) => schedule,
                // A rule whose frame is gone is inert.
                None if self.config.is_whole => {
                    self.schedule(&rule.when, ScheduleState::SwitchedOff, Cycle::Other, Days::default())
                }
                None => self.schedule(&rule.when, ScheduleState::Unknown, Cycle::Other, Days::default()),
            });
            let simultaneous = match &rule.ring {
                Ring::Extension => None,
                Ring::Simultaneous(ring) => Some(self.legs(extension, ring)),
            };
            compiled.push(Rule {
                schedule,
                place,
                do_not_disturb: rule.do_not_disturb,
                on_dnd: self.on_dnd(extension, rule),
                confirms: matches!(&rule.ring, Ring::Simultaneous(ring) if ring.confirm_external),
                also: match &rule.ring {
                    Ring::Simultaneous(ring) => ring.also.len(),
                    Ring::Extension => 0,
                },
                simultaneous,
                forward: self.forwards(&rule.forward, extension),
            });
            if is_default {
                break;
            }
        }
        let callers = rules.callers.as_ref();
        let it = &mut self.network.extensions[handle.at()];
        it.allow = numbers(callers.and_then(|it| it.allow.as_ref()));
        it.block = numbers(callers.and_then(|it| it.block.as_ref()));
        it.block_anonymous = callers.is_some_and(|it| it.block_anonymous == Some(true));
        it.spam = callers.and_then(|it| it.spam);
        it.ring_timeout = rules.ring_timeout.map(|timeout| match timeout {
            RingTimeout::Seconds(seconds) => Some(seconds.saturating_mul(1000)),
            RingTimeout::Unlimited => None,
        });
        it.rules = compiled;
    }

    fn on_dnd(&mut self, extension: &str, rule: &model::Rule) -> Option<Target> {
        let known = self.config.circumstances.filter(|it| rule.do_not_disturb && !it.on_dnd.is_empty())?;
        let to = known.on_dnd.get(&(extension.to_owned(), rule.when.clone()))?;
        Some(self.target(to, extension))
    }

    fn legs(&mut self, extension: &str, ring: &model::Simultaneous) -> Vec<Leg> {
        let mut legs = Vec::new();
        if ring.own_extension || ring.all_phones {
            legs.push(Leg { party: self.party(extension), delay: 0 });
        }
        if ring.all_phones {
            for device in device::of(&self.devices, extension) {
                legs.push(Leg { party: self.party(device), delay: 0 });
            }
        }
        for also in &ring.also {
            legs.push(Leg { party: self.ringable(&also.target), delay: also.delay.saturating_mul(1000) });
        }
        legs
    }

    fn fill_receivers(&mut self) {
        let tenant = self.config.tenant;
        for (number, receiver) in &tenant.receivers {
            let handle = self.receiver(number);
            let no_answer = match &receiver.no_answer {
                Some(OrOff::Set(it)) => {
                    Some((it.after.saturating_mul(1000), self.target(&it.to, &number.to_string())))
                }
                _ => None,
            };
            let it = &mut self.network.receivers[handle.at()];
            (it.unknown, it.no_answer) = (None, no_answer);
            it.label = receiver.label.clone();
        }
    }

    fn fill_numbers(&mut self) {
        let tenant = self.config.tenant;
        for (number, entry) in &tenant.numbers {
            let Some(handle) = self.network.number(number) else { continue };
            let owner = number.to_string();
            let route = match &entry.route {
                None => None,
                Some(Route::To(to)) => Some(Way::To(self.target(to, &owner))),
                Some(Route::Receivers(list)) => {
                    let receivers: Vec<ReceiverId> =
                        list.receivers.iter().map(|number| self.receiver(number)).collect();
                    Some(match receivers.as_slice() {
                        [one] => Way::To(Target::Receiver(*one)),
                        _ => Way::Receivers(list.pattern.unwrap_or(Pattern::Simultaneous), receivers),
                    })
                }
            };
            if self.network.numbers[handle.at()].site == self.site {
                let it = &mut self.network.numbers[handle.at()];
                (it.route, it.label) = (route, entry.label.clone());
            }
        }
        for (number, forward) in &tenant.forwards {
            let Some(handle) = self.network.number(number) else { continue };
            let to = forward.to.as_ref().map(|to| self.number(to));
            if self.network.numbers[handle.at()].site == self.site {
                self.network.numbers[handle.at()].forward = Some(Forward { to, active: forward.active });
            }
        }
    }
}

fn zone(tenant: &Tenant, tables: &Tables) -> TimeZone {
    tenant.time_zone.as_deref().and_then(|zone| tables.zone(zone)).unwrap_or(TimeZone::UTC)
}
