//! What an object points to. One walk serves the dangling-reference lints, the order of steps and the question
//! whether something may be deleted.

use super::{
    Address, DEFAULT_RULE, Destination, Divert, Diverts, E164, Extension, Kind, Resource, Ring, Ringable,
};
use crate::finding::Seg;

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
    /// A word only the provider knows.
    Token(String),
}

impl Reference {
    /// The object of the workspace it points to; extensions are not objects, a queue's own extension is its queue.
    pub fn address(&self) -> Option<Address> {
        match self {
            Self::Schedule(name) => Some(Address::new(Kind::Schedules, name)),
            Self::Queue(key) => Some(Address::new(Kind::Queues, key)),
            Self::Extension(to) | Self::Phone(to) | Self::Voicemail(to) | Self::Attendant(to) => {
                Some(Address::new(Kind::Queues, to))
            }
            Self::Number(_) | Self::Token(_) => None,
        }
    }
}

/// Every pointer of the object at `address`, with the path inside the object.
pub fn references(address: &Address, resource: &Resource) -> Vec<(Vec<Seg>, Reference)> {
    let mut out = Walk { owner: &address.key, found: Vec::new() };
    match resource {
        Resource::Schedule(_) => {}
        Resource::Forward(forward) => {
            if let Some(to) = &forward.to {
                out.found.push((vec![Seg::key("to")], Reference::Number(to.clone())));
            }
        }
        Resource::Number(number) => {
            if let Some(route) = &number.route {
                out.destination(vec![Seg::key("route")], route);
            }
        }
        Resource::Diverts(diverts) => out.diverts(&[], diverts),
        Resource::Queue(queue) => {
            for (index, agent) in queue.agents.iter().flatten().enumerate() {
                out.ringable(vec![Seg::key("agents"), Seg::Index(index)], &agent.target);
            }
            if let Some(Divert::To(to)) = &queue.failover {
                out.destination(vec![Seg::key("failover")], to);
            }
        }
        Resource::Rules(rules) => {
            for (index, rule) in rules.order.iter().flatten().enumerate() {
                let path = vec![Seg::key("order"), Seg::Index(index)];
                if rule.when != DEFAULT_RULE {
                    let mut at = path.clone();
                    at.push(Seg::key("when"));
                    out.found.push((at, Reference::Schedule(rule.when.clone())));
                }
                if let Ring::Simultaneous(ring) = &rule.ring {
                    for (index, also) in ring.also.iter().enumerate() {
                        let mut at = path.clone();
                        at.extend(["ring", "simultaneous", "also"].map(Seg::key));
                        at.push(Seg::Index(index));
                        out.ringable(at, &also.target);
                    }
                }
                let mut at = path;
                at.push(Seg::key("forward"));
                out.diverts(&at, &rule.forward);
            }
        }
    }
    out.found
}

struct Walk<'a> {
    owner: &'a str,
    found: Vec<(Vec<Seg>, Reference)>,
}

impl Walk<'_> {
    fn diverts(&mut self, path: &[Seg], diverts: &Diverts) {
        for (word, divert) in diverts.conditions() {
            if let Some(Divert::To(to)) = divert {
                let mut at = path.to_vec();
                at.push(Seg::key(word));
                self.destination(at, to);
            }
        }
    }

    fn destination(&mut self, at: Vec<Seg>, to: &Destination) {
        let reference = match to {
            Destination::Extension(to) => Reference::Extension(to.clone()),
            Destination::Phone(to) => Reference::Phone(to.clone()),
            Destination::Voicemail(to) => Reference::Voicemail(to.clone()),
            Destination::OwnVoicemail => match self.owner.parse() {
                Ok(owner) => Reference::Voicemail(owner),
                Err(_) => return,
            },
            Destination::Queue(to) => Reference::Queue(to.clone()),
            Destination::Attendant(to) => Reference::Attendant(to.clone()),
            Destination::Number(to) => Reference::Number(to.clone()),
            Destination::Token(to) => Reference::Token(to.clone()),
        };
        self.found.push((at, reference));
    }

    fn ringable(&mut self, at: Vec<Seg>, target: &Ringable) {
        let reference = match target {
            Ringable::Extension(to) => Reference::Extension(to.clone()),
            Ringable::Number(to) => Reference::Number(to.clone()),
            // A device is not an extension; whether it exists is not known from the lists that are read.
            Ringable::Device(_) => return,
            Ringable::Token(to) => Reference::Token(to.clone()),
        };
        self.found.push((at, reference));
    }
}
