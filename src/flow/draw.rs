//! Draws the network as far as calls to some places can come. What no call can come to is left out, but for what a schedule has
//! switched off: somebody has prepared that.

use super::{
    drawn::{Drawing, Edge, Kind, Line, Mark, Node, Sort},
    network::{
        ExtensionId, Forwards, LabelId, Leg, Network, NumberId, PartyId, QueueId, ReceiverId, Rule,
        ScheduleState, SiteId, Standing, Target, Way,
    },
    point::Point,
    system::System,
};
use crate::model::{Dispatch, Pattern, Spam};
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    num::NonZero,
};

impl Drawing {
    /// Everything that calls to some places can come to, with the names that it has at one of the tenants. What an earlier
    /// place has led to is not drawn again.
    pub fn new(network: &Network, from: &[Target], home: SiteId) -> Self {
        let mut pen = Pen {
            network,
            home,
            drawing: Self::default(),
            places: HashMap::new(),
            owners: Vec::new(),
            followed: network.followed(),
            waiting: VecDeque::new(),
        };
        for start in from {
            pen.target(*start, None);
            while let Some((node, what)) = pen.waiting.pop_front() {
                pen.go_on(node, what);
            }
        }
        pen.drawing
    }
}

impl Network {
    /// Where calls of a tenant can begin: its numbers, then its extensions, queues and receiving numbers.
    pub fn starts(&self, tenant: SiteId) -> Vec<Target> {
        let count = |length: usize| 0..u32::try_from(length).unwrap_or(u32::MAX);
        let numbers = self.numbers().filter(|it| self.numbers[it.at()].site == tenant).map(Target::Number);
        let extensions = count(self.extensions.len()).map(ExtensionId).filter(|it| {
            let it = &self.extensions[it.at()];
            it.site == tenant && it.unknown.is_none()
        });
        let queues = count(self.queues.len()).map(QueueId).filter(|it| {
            let it = &self.queues[it.at()];
            it.site == tenant && it.is_declared
        });
        let receivers = count(self.receivers.len()).map(ReceiverId).filter(|it| {
            let it = &self.receivers[it.at()];
            it.site == tenant && it.unknown.is_none()
        });
        let mut numbers: Vec<Target> = numbers.collect();
        numbers.sort_by_key(|it| match it {
            Target::Number(number) => self.number_text(*number),
            _ => "",
        });
        numbers.extend(queues.map(Target::Queue));
        numbers.extend(extensions.map(Target::Extension));
        numbers.extend(receivers.map(Target::Receiver));
        numbers
    }
}

/// What there is to draw behind a box.
enum What<'n> {
    At(Target),
    /// A rule, or the forwards where none is in force.
    Rule(ExtensionId, Option<&'n Rule>),
}

struct Pen<'n> {
    network: &'n Network,
    home: SiteId,
    drawing: Drawing,
    places: HashMap<String, usize>,
    /// By box: the box whose it is. A rule is its extension's.
    owners: Vec<usize>,
    /// Receiving numbers whose no-answer routing some call comes under.
    followed: BTreeSet<ReceiverId>,
    waiting: VecDeque<(usize, What<'n>)>,
}

/// ", after 12.5 s"
fn after(ms: Option<u32>) -> String {
    let after = |ms: NonZero<u32>| format!(", after {} s", f64::from(ms.get()) / 1000.0);
    ms.and_then(NonZero::new).map_or_else(String::new, after)
}

impl<'n> Pen<'n> {
    /// The name of something of a tenant, for an id.
    fn id(&self, site: SiteId, sort: &str, name: &str) -> String {
        format!("{}/{sort}/{name}", self.network.site(site).name)
    }

    /// The box of an id, and whether it is a new one.
    fn node(&mut self, id: String, kind: Kind, name: String) -> (usize, bool) {
        if let Some(place) = self.places.get(&id) {
            return (*place, false);
        }
        let place = self.drawing.nodes.len();
        self.places.insert(id.clone(), place);
        self.owners.push(place);
        self.drawing.nodes.push(Node { id, kind, name, lines: Vec::new(), mark: Mark::Kept });
        (place, true)
    }

    fn line(&mut self, node: usize, text: impl Into<String>) {
        self.drawing.nodes[node].lines.push(Line { text: text.into(), mark: Mark::Kept });
    }

    fn edge(&mut self, from: usize, to: usize, sort: Sort, text: impl Into<String>) {
        let edge = Edge { from, to, sort, text: text.into(), mark: Mark::Kept };
        // Those of one box come together.
        let mut own = self.drawing.edges.iter().rev().take_while(|it| it.from == from);
        if !own.any(|it| *it == edge) {
            self.drawing.edges.push(edge);
        }
    }

    /// An arrow to wherever a call goes next.
    fn to(&mut self, from: usize, to: Target, sort: Sort, text: impl Into<String>) {
        let to = self.target(to, Some(from));
        self.edge(from, to, sort, text);
    }

    /// An arrow to the end of the call.
    fn ends(&mut self, from: usize, how: &str, text: impl Into<String>) {
        let id = self.last(Some(from), how);
        let (to, _) = self.node(id, Kind::End, how.to_owned());
        self.edge(from, to, Sort::Fallback, text);
    }

    /// An id for a place from which no call goes on. Each box has such places of its own, and an extension has them together with
    /// its rules: many lead to the same mailbox, and nobody follows the lines that cross the whole picture to it.
    fn last(&self, from: Option<usize>, place: &str) -> String {
        match from {
            Some(from) => format!("{}/{place}", self.drawing.nodes[self.owners[from]].id),
            None => place.to_owned(),
        }
    }

    /// The box of a place. `from`: the box that leads to it.
    fn target(&mut self, to: Target, from: Option<usize>) -> usize {
        let (network, home) = (self.network, self.home);
        let party = |it: PartyId| network.party_text(it, home);
        let phone = |it: ExtensionId| &network.extensions[it.at()];
        let (id, kind, name) = match to {
            Target::Number(it) => {
                let text = network.number_text(it);
                (format!("number/{text}"), Kind::Number, text.to_owned())
            }
            Target::Extension(it) => {
                let (site, party) = (phone(it).site, phone(it).phone);
                let id = self.id(site, "extension", &network.parties[party.at()].name);
                match phone(it).unknown {
                    Some(label) => (id, Kind::Unknown, network.label_text(label, home)),
                    None => (id, Kind::Extension, network.party_text(party, home)),
                }
            }
            Target::Phone(it) => {
                let (site, party) = (phone(it).site, phone(it).phone);
                let id = self.id(site, "phone", &network.parties[party.at()].name);
                (id, Kind::Phone, format!("the phone of {}", network.party_text(party, home)))
            }
            Target::Mailbox(it) => {
                let mailbox = &network.mailboxes[it.at()];
                let id = self.id(mailbox.site, "mailbox", &mailbox.name);
                (self.last(from, &id), Kind::Mailbox, network.mailbox_text(it, home))
            }
            Target::Queue(it) => {
                let queue = &network.queues[it.at()];
                let id = self.id(queue.site, "queue", &queue.name);
                match queue.unknown {
                    Some(label) => (id, Kind::Unknown, network.label_text(label, home)),
                    None => (id, Kind::Queue, network.queue_text(it, home)),
                }
            }
            Target::Outside(it) => {
                let id = format!("outside/{}", network.parties[it.at()].name);
                (self.last(from, &id), Kind::Outside, party(it))
            }
            Target::Receiver(it) => {
                let receiver = &network.receivers[it.at()];
                let id = self.id(receiver.site, "receiver", &network.parties[receiver.party.at()].name);
                (id, Kind::Receiver, party(receiver.party))
            }
            Target::Agent(it) => {
                let agent = &network.parties[it.at()];
                let id = agent.site.map(|site| self.id(site, "agent", &agent.name)).unwrap_or_default();
                (self.last(from, &id), Kind::Phone, format!("agent {}", network.party_text(it, home)))
            }
            Target::Menu(it) | Target::Unknown(it) => {
                let label = &network.labels[it.at()];
                let (sort, kind) = match to {
                    Target::Menu(_) => ("menu", Kind::Menu),
                    _ => ("unknown", Kind::Unknown),
                };
                let id = self.id(label.site, sort, &format!("{} {}", label.word, label.name));
                (self.last(from, &id), kind, network.label_text(it, home))
            }
            Target::HangUp => (self.last(from, "hang up"), Kind::End, "hang up".to_owned()),
        };
        let (node, is_new) = self.node(id, kind, name);
        if is_new {
            self.waiting.push_back((node, What::At(to)));
        }
        node
    }

    fn go_on(&mut self, node: usize, what: What<'n>) {
        match what {
            What::Rule(extension, rule) => self.rule(node, extension, rule),
            What::At(to) => match to {
                Target::Number(it) => self.number(node, it),
                Target::Extension(it) => self.extension(node, it),
                Target::Phone(it) => self.phone(node, it),
                Target::Queue(it) => self.queue(node, it),
                Target::Receiver(it) => self.receiver(node, it),
                Target::Unknown(label) => self.not_known(node, label),
                Target::Mailbox(_)
                | Target::Outside(_)
                | Target::Agent(_)
                | Target::Menu(_)
                | Target::HangUp => {}
            },
        }
    }

    fn not_known(&mut self, node: usize, label: LabelId) {
        let text = match self.network.labels[label.at()].standing {
            Standing::Unread => "neither declared here nor read",
            Standing::Unsaid => "nothing says where it leads",
            Standing::AsLive => "used as it is live, not read",
            Standing::Unclear => "the phone system does not say what it is",
            Standing::Missing => "the account does not have it",
        };
        self.line(node, text);
    }

    fn number(&mut self, node: usize, handle: NumberId) {
        let network = self.network;
        let it = &network.numbers[handle.at()];
        let site = network.site(it.site);
        if let Some(label) = &it.label {
            self.line(node, label.clone());
        }
        if it.site != self.home {
            self.line(node, format!("of {}", site.name));
        }
        let forward = it.forward.filter(|_| site.system != System::Deskphone);
        let is_stratus = site.system == System::Stratus;
        let is_on = is_stratus && forward.is_some_and(|it| it.active == Some(true));
        if is_on && let Some(to) = forward.and_then(|it| it.to) {
            self.to(node, to, Sort::Emergency, "the emergency forward is switched on");
        }
        let (sort, lead) =
            if is_on { (Sort::Off, "while the emergency forward is off") } else { (Sort::Leads, "") };
        match &it.route {
            None => self.to(node, Target::Unknown(it.unknown), sort, lead),
            Some(Way::To(to)) => self.to(node, *to, sort, lead),
            Some(Way::Receivers(pattern, receivers)) => {
                for (at, receiver) in receivers.iter().enumerate() {
                    let how = match pattern {
                        Pattern::Simultaneous => "all at once".to_owned(),
                        Pattern::RoundRobin => "in turn".to_owned(),
                        Pattern::Sequential => format!("one after the other: {}", at + 1),
                        Pattern::LeastConnected => "whoever is not busy".to_owned(),
                    };
                    self.to(node, Target::Receiver(*receiver), sort, how);
                }
            }
        }
        let is_stored = is_stratus || forward.is_some_and(|it| it.active != Some(false));
        if !is_on
            && is_stored
            && let Some(to) = forward.and_then(|it| it.to)
        {
            self.to(node, to, Sort::Emergency, "the phone system is down");
        }
    }

    fn extension(&mut self, node: usize, handle: ExtensionId) {
        let network = self.network;
        let it = &network.extensions[handle.at()];
        if let Some(label) = it.unknown {
            return self.not_known(node, label);
        }
        if network.site(it.site).system == System::Deskphone {
            return self.deskphone(node, handle);
        }
        let refused = match (it.block.len(), it.block_anonymous) {
            (0, false) => None,
            (0, true) => Some("refuses anonymous callers".to_owned()),
            (count, false) => Some(format!("refuses {}", callers(count))),
            (count, true) => Some(format!("refuses {} and anonymous ones", callers(count))),
        };
        if let Some(refused) = refused {
            self.line(node, refused);
        }
        match it.spam.filter(|_| network.assumed.get(Point::U16)) {
            Some(Spam::Voicemail) => self.to(node, Target::Mailbox(it.mailbox), Sort::Fallback, "spam"),
            Some(Spam::Drop) => self.ends(node, "refused", "spam"),
            _ => {}
        }
        if let Some(label) = it.unknown_rules {
            if !network.assumed.get(Point::U26) {
                return self.to(node, Target::Unknown(label), Sort::Leads, "");
            }
            self.line(node, "its rules are neither declared here nor read");
        }
        let default = it.rules.iter().find(|rule| rule.schedule.is_none());
        if it.rules.iter().all(|rule| rule.schedule.is_none()) {
            return self.forwards(node, handle, default);
        }
        for (rule, place) in it.rules.iter().zip(1..) {
            let Some(schedule) = rule.schedule else { continue };
            let schedule = &network.schedules[schedule.at()];
            let (to, is_new) = self.rule_node(node, handle, &schedule.name);
            if is_new {
                match &schedule.state {
                    ScheduleState::Hours(_) => {
                        schedule.caption.iter().for_each(|it| self.line(to, it.clone()));
                    }
                    ScheduleState::SwitchedOff => self.line(to, "switched off"),
                    ScheduleState::Unknown => self.line(to, "its hours are neither declared here nor read"),
                }
                self.waiting.push_back((to, What::Rule(handle, Some(rule))));
            }
            let is_off = matches!(schedule.state, ScheduleState::SwitchedOff);
            let sort = if is_off { Sort::Off } else { Sort::Rule };
            self.edge(node, to, sort, format!("{place}. in `{}`", schedule.name));
        }
        let (to, is_new) = self.rule_node(node, handle, "default");
        if is_new {
            self.waiting.push_back((to, What::Rule(handle, default)));
        }
        self.edge(node, to, Sort::Rule, "else");
    }

    fn rule_node(&mut self, extension: usize, handle: ExtensionId, name: &str) -> (usize, bool) {
        let it = &self.network.extensions[handle.at()];
        let phone = &self.network.parties[it.phone.at()].name;
        let id = self.id(it.site, "rule", &format!("{phone}/{name}"));
        let (node, is_new) = self.node(id, Kind::Rule, name.to_owned());
        self.owners[node] = extension;
        (node, is_new)
    }

    /// A rule in a box of its own says who rings.
    fn rule(&mut self, node: usize, handle: ExtensionId, rule: Option<&Rule>) {
        let it = &self.network.extensions[handle.at()];
        let forwards = rule.map_or(&it.forwards, |rule| &rule.forward);
        let rings = forwards.always.is_none() && !rule.is_some_and(|rule| rule.do_not_disturb);
        if rings && rule.is_none_or(|rule| rule.simultaneous.is_none()) {
            let name = self.network.party_text(it.phone, self.home);
            self.line(node, format!("rings {name}"));
        }
        self.forwards(node, handle, rule);
    }

    /// What a rule does, or the forwards where none is in force, in the order in which it is asked.
    fn forwards(&mut self, node: usize, handle: ExtensionId, rule: Option<&Rule>) {
        let network = self.network;
        let it = &network.extensions[handle.at()];
        let Forwards { always, on_call, busy, no_answer, unreachable } =
            rule.map_or(it.forwards, |rule| rule.forward);
        let does_not_disturb = rule.is_some_and(|rule| rule.do_not_disturb);
        if let Some(to) = always.filter(|_| !does_not_disturb || network.assumed.get(Point::U1)) {
            return self.to(node, to, Sort::Leads, "always");
        }
        let own = Target::Mailbox(it.mailbox);
        if does_not_disturb {
            self.line(node, "do not disturb");
            let to = rule.and_then(|rule| rule.on_dnd).unwrap_or(own);
            if it.allow.is_empty() {
                return self.to(node, to, Sort::Leads, "always");
            }
            let allowed = callers(it.allow.len());
            self.to(node, to, Sort::Leads, format!("always, but for {allowed} on the allow list"));
        }
        let legs = rule.and_then(|rule| rule.simultaneous.as_deref());
        if let Some(legs) = legs {
            self.legs(node, legs);
        }
        let busy = busy.filter(|_| legs.is_none() || network.assumed.get(Point::U2));
        if let Some(to) = on_call {
            self.to(node, to, Sort::Fallback, "on a call");
        }
        if let Some(to) = busy {
            self.to(node, to, Sort::Fallback, "the call is refused");
        }
        let unanswered = match it.ring_timeout {
            None => "nobody answers".to_owned(),
            Some(Some(ms)) => format!("nobody answers{}", after(Some(ms))),
            Some(None) => {
                self.line(node, "rings until the caller gives up");
                "nothing rings".to_owned()
            }
        };
        self.to(node, no_answer.unwrap_or(own), Sort::Fallback, unanswered);
        if let Some(to) = unreachable {
            self.to(node, to, Sort::Fallback, "no phone is registered");
        }
    }

    /// Several phones that ring at once. One that is a number of a tenant leads there.
    fn legs(&mut self, node: usize, legs: &[Leg]) {
        let network = self.network;
        let mut rings = Vec::new();
        for leg in legs {
            let later = after(Some(leg.delay)).replace(", after", " after");
            match network.parties[leg.party.at()].hosted {
                Some(number) => self.to(node, Target::Number(number), Sort::Leads, format!("rings{later}")),
                None => rings.push(format!("{}{later}", network.party_text(leg.party, self.home))),
            }
        }
        if !rings.is_empty() {
            self.line(node, format!("rings {}", rings.join(", ")));
        }
    }

    fn phone(&mut self, node: usize, handle: ExtensionId) {
        let it = &self.network.extensions[handle.at()];
        self.line(node, "past its rules");
        let unanswered = format!("nobody answers{}", after(it.ring_timeout.flatten()));
        if self.network.assumed.get(Point::U5) {
            self.to(node, Target::Mailbox(it.mailbox), Sort::Fallback, unanswered);
        } else {
            self.ends(node, "the call ends", unanswered);
        }
    }

    fn deskphone(&mut self, node: usize, handle: ExtensionId) {
        let it = &self.network.extensions[handle.at()];
        let Forwards { always, on_call: _, busy, no_answer, unreachable } = it.forwards;
        if let Some(to) = always {
            return self.to(node, to, Sort::Leads, "always");
        }
        let set = [(busy, "busy"), (no_answer, "nobody answers"), (unreachable, "no phone is registered")];
        for (to, when) in set {
            if let Some(to) = to {
                self.to(node, to, Sort::Fallback, when);
            }
        }
        if no_answer.is_none() {
            self.ends(node, "the call ends", "nobody answers");
        }
    }

    fn queue(&mut self, node: usize, handle: QueueId) {
        let network = self.network;
        let it = &network.queues[handle.at()];
        if let Some(label) = it.label.as_ref().filter(|label| **label != it.name) {
            self.line(node, label.clone());
        }
        if let Some(label) = it.unknown {
            return self.not_known(node, label);
        }
        let mut agents = Vec::new();
        for agent in &it.agents {
            match network.parties[agent.party.at()].hosted {
                Some(number) => self.to(node, Target::Number(number), Sort::Leads, "rings"),
                None => agents.push(network.party_text(agent.party, self.home)),
            }
        }
        let how = dispatch(it.dispatch);
        if it.dispatch == Dispatch::CallPark {
            self.line(node, how);
        } else if !agents.is_empty() {
            self.line(node, format!("{how}: {}", agents.join(", ")));
        } else if it.agents.is_empty() {
            self.line(node, "has no agents");
        }
        let is_stratus = network.site(it.site).system == System::Stratus;
        let may_be_away = it.require_agents || !network.assumed.get(Point::U28);
        // The one that is not set goes by the other.
        let both = network.assumed.get(Point::U7);
        if is_stratus {
            let nobody = it.failover.or(it.unavailable.filter(|_| both)).filter(|_| may_be_away);
            if let Some(to) = nobody {
                self.to(node, to, Sort::Fallback, "no agent is there");
            }
            if let Some(to) = it.unavailable {
                self.to(node, to, Sort::Fallback, "it takes nobody");
            }
        }
        let limit = match is_stratus {
            true => it.ring_timeout.filter(|_| it.no_answer.is_some()).into_iter().chain(it.max_wait).min(),
            false => it.max_wait.filter(|_| it.no_answer.is_some()),
        };
        let is_answered_for =
            !is_stratus || it.ring_timeout.is_some_and(|timeout| limit.is_some_and(|limit| timeout <= limit));
        let unanswered = format!("nobody answers{}", after(limit));
        match (it.no_answer.filter(|_| is_answered_for), limit) {
            (Some(to), Some(_)) => self.to(node, to, Sort::Fallback, unanswered),
            (None, Some(_)) => self.ends(node, "the call ends", unanswered),
            (to, None) => {
                if let Some(to) = to.filter(|_| !network.assumed.get(Point::U22)) {
                    self.to(node, to, Sort::Fallback, "no agent is there");
                }
                self.line(node, "callers wait until they give up");
            }
        }
    }

    fn receiver(&mut self, node: usize, handle: ReceiverId) {
        let network = self.network;
        let it = &network.receivers[handle.at()];
        if let Some(label) = &it.label {
            self.line(node, label.clone());
        }
        if let Some(label) = it.unknown {
            self.not_known(node, label);
        }
        if let Some(number) = network.parties[it.party.at()].hosted {
            self.to(node, Target::Number(number), Sort::Leads, "rings");
        }
        if let Some((ms, to)) = it.no_answer.filter(|_| self.followed.contains(&handle)) {
            self.to(node, to, Sort::Fallback, format!("nobody answers{}", after(Some(ms))));
        }
    }
}

fn callers(count: usize) -> String {
    if count == 1 { "1 caller".to_owned() } else { format!("{count} callers") }
}

fn dispatch(dispatch: Dispatch) -> &'static str {
    match dispatch {
        Dispatch::RingAll => "rings all",
        Dispatch::LinearHunt => "rings one after the other",
        Dispatch::LinearCascade => "rings more and more",
        Dispatch::RoundRobin => "rings in turn",
        Dispatch::TieredRoundRobin => "rings in turn, tier by tier",
        Dispatch::CallPark => "parks callers, rings nobody",
        Dispatch::Sticky => "rings whom the caller spoke to",
        Dispatch::Weighted => "rings by weight",
        Dispatch::Smart => "rings by the rules of the account",
        Dispatch::LongestWait => "rings who has waited longest",
    }
}
