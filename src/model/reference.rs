//! What an object points to. One walk serves the dangling-reference lints, the order of steps and the question
//! whether something may be deleted.

use super::{
    Address, DEFAULT_RULE, Destination, Divert, Diverts, E164, Extension, Kind, OrOff, Resource, Ring,
    Ringable, Route, TaggingHours,
};
use crate::path::Path;

/// A pointer from one object to another thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    Schedule(String),
    Queue(String),
    Extension(Extension),
    /// The phone of an extension, bypassing its rules.
    Phone(Extension),
    Voicemail(Extension),
    Attendant(Extension),
    Number(E164),
    Receiver(E164),
    /// A thing of the provider that no section declares: a menu, a router, a person; or no thing at all, such as hanging up.
    Named(Destination),
    /// A word only the provider knows.
    DialString(String),
}

impl Reference {
    /// Every word of a place that calls are sent to.
    pub const WORDS: &[&str] = &[
        "extension",
        "phone",
        "device",
        "voicemail",
        "queue",
        "attendant",
        "number",
        "receiver",
        "menu",
        "geo_router",
        "smart_router",
        "routing_table",
        "voice_bot",
        "agent",
        "hang_up",
        "token",
    ];

    /// The word of the YAML for what it points to.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Schedule(_) => "schedule",
            Self::Queue(_) => "queue",
            Self::Extension(_) => "extension",
            Self::Phone(_) => "phone",
            Self::Voicemail(_) => "voicemail",
            Self::Attendant(_) => "attendant",
            Self::Number(_) => "number",
            Self::Receiver(_) => "receiver",
            Self::Named(to) => to.word(),
            Self::DialString(_) => "token",
        }
    }

    /// The object of the workspace it points to; extensions are not objects, a queue's own extension is its queue.
    pub fn address(&self) -> Option<Address> {
        match self {
            Self::Schedule(name) => Some(Address::new(Kind::Schedules, name)),
            Self::Queue(key) => Some(Address::new(Kind::Queues, key)),
            Self::Extension(to) | Self::Phone(to) | Self::Voicemail(to) | Self::Attendant(to) => {
                Some(Address::new(Kind::Queues, to))
            }
            Self::Receiver(to) => Some(Address::new(Kind::Receivers, to)),
            Self::Number(_) | Self::Named(_) | Self::DialString(_) => None,
        }
    }
}

/// Every pointer of the object at `address`, with the path inside the object.
pub fn references(address: &Address, resource: &Resource) -> Vec<(Path, Reference)> {
    let mut out = Walk { owner: &address.key, found: Vec::new() };
    match resource {
        Resource::Schedule(_) => {}
        Resource::Forward(forward) => {
            if let Some(to) = &forward.to {
                out.found.push((["to"].into(), Reference::Number(to.clone())));
            }
        }
        Resource::Number(number) => match &number.route {
            Some(Route::To(to)) => out.destination(["route"].into(), to),
            Some(Route::Receivers(list)) => {
                let path = Path::from(["route", "receivers"]);
                for (index, to) in list.receivers.iter().enumerate() {
                    out.found.push((path.join(index), Reference::Receiver(to.clone())));
                }
            }
            None => {}
        },
        Resource::Receiver(receiver) => {
            if let Some(OrOff::Set(no_answer)) = &receiver.no_answer {
                out.destination(["no_answer", "to"].into(), &no_answer.to);
            }
            if let Some(TaggingHours::Schedule(name)) = &receiver.tagging_hours {
                out.found.push((["tagging_hours"].into(), Reference::Schedule(name.clone())));
            }
        }
        Resource::Diverts(diverts) => out.diverts(&Path::default(), diverts),
        Resource::Queue(queue) => {
            let path = Path::from(["agents"]);
            for (index, agent) in queue.agents.iter().flatten().enumerate() {
                out.ringable(path.join(index), &agent.target);
            }
            for (word, divert) in queue.forwards() {
                if let Some(Divert::To(to)) = divert {
                    out.destination([word].into(), to);
                }
            }
        }
        Resource::Rules(rules) => {
            for (index, rule) in rules.order.iter().flatten().enumerate() {
                let path = Path::from(["order"]).join(index);
                if rule.when != DEFAULT_RULE {
                    out.found.push((path.join("when"), Reference::Schedule(rule.when.clone())));
                }
                if let Ring::Simultaneous(ring) = &rule.ring {
                    let also = path.join("ring").join("simultaneous").join("also");
                    for (index, entry) in ring.also.iter().enumerate() {
                        out.ringable(also.join(index), &entry.target);
                    }
                }
                out.diverts(&path.join("forward"), &rule.forward);
            }
        }
    }
    out.found
}

struct Walk<'a> {
    owner: &'a str,
    found: Vec<(Path, Reference)>,
}

impl Walk<'_> {
    fn diverts(&mut self, path: &Path, diverts: &Diverts) {
        for (word, divert) in diverts.conditions() {
            if let Some(Divert::To(to)) = divert {
                self.destination(path.join(word), to);
            }
        }
    }

    fn destination(&mut self, at: Path, to: &Destination) {
        let reference = match to {
            Destination::Extension(to) => Reference::Extension(to.clone()),
            Destination::Phone(to) => Reference::Phone(to.clone()),
            Destination::Voicemail(to) => Reference::Voicemail(to.clone()),
            Destination::OwnVoicemail => match self.owner.parse() {
                Ok(owner) => Reference::Voicemail(owner),
                Err(_) => Reference::Named(Destination::OwnVoicemail),
            },
            Destination::Queue(to) => Reference::Queue(to.clone()),
            Destination::Attendant(to) => Reference::Attendant(to.clone()),
            Destination::Number(to) => Reference::Number(to.clone()),
            Destination::Receiver(to) => Reference::Receiver(to.clone()),
            named @ (Destination::Menu(_)
            | Destination::GeoRouter(_)
            | Destination::SmartRouter(_)
            | Destination::RoutingTable(_)
            | Destination::VoiceBot(_)
            | Destination::Agent(_)
            | Destination::HangUp) => Reference::Named(named.clone()),
            Destination::DialString(to) => Reference::DialString(to.clone()),
        };
        self.found.push((at, reference));
    }

    fn ringable(&mut self, at: Path, target: &Ringable) {
        let reference = match target {
            Ringable::Extension(to) => Reference::Extension(to.clone()),
            Ringable::Number(to) => Reference::Number(to.clone()),
            // A device is not an extension; whether it exists is not known from the lists that are read.
            Ringable::Device(_) => return,
            Ringable::Agent(email) => Reference::Named(Destination::Agent(email.clone())),
            Ringable::DialString(to) => Reference::DialString(to.clone()),
        };
        self.found.push((at, reference));
    }
}
