//! What an object points to. One walk serves the dangling-reference lints, the order of steps and the question
//! whether something may be deleted.

use super::{
    Address, DEFAULT_RULE, Destination, Divert, Diverts, E164, Extension, Forward, Kind, Number, OrOff,
    Queue, Receiver, Resource, Ring, Ringable, Route, Rules, TaggingHours,
};
use crate::path::{Path, Segment};

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
    let mut found = Vec::new();
    resource.each_pointer(&mut |within, to| {
        found.extend(to.reference(&address.key).map(|reference| (within.path(), reference)));
    });
    found
}

/// The way to a pointer inside of its object. A path is made of it only where somebody is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Within {
    steps: [Option<Step>; MOST],
    length: usize,
}

/// `order[0].ring.simultaneous.also[0]`, and the word of what is pointed to.
const MOST: usize = 7;

#[derive(Debug, Clone, Copy)]
enum Step {
    Key(&'static str),
    Index(usize),
}

impl Within {
    fn key(self, key: &'static str) -> Self {
        self.then(Step::Key(key))
    }

    fn index(self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    fn then(mut self, step: Step) -> Self {
        if let Some(next) = self.steps.get_mut(self.length) {
            *next = Some(step);
            self.length += 1;
        }
        self
    }

    fn keys(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.steps.iter().filter_map(|step| match step {
            Some(Step::Key(key)) => Some(*key),
            Some(Step::Index(_)) | None => None,
        })
    }

    /// Whether a key is on the way.
    pub fn has(&self, key: &str) -> bool {
        self.keys().any(|it| it == key)
    }

    /// Whether it leads to a field or to something in it. Positions in lists are left out.
    pub fn is_in_field(&self, field: &[&str]) -> bool {
        let mut own = self.keys();
        field.iter().all(|key| own.next() == Some(key))
    }

    pub fn path(&self) -> Path {
        let segments = self.steps.iter().flatten().map(|step| match step {
            Step::Key(key) => Segment::from(*key),
            Step::Index(index) => Segment::Index(*index),
        });
        segments.collect()
    }

    /// The same for the text of what is pointed to.
    pub(super) fn path_to(self, word: &'static str) -> Path {
        self.key(word).path()
    }
}

/// What is pointed to, as the object has it.
#[derive(Debug, Clone, Copy)]
pub enum Pointed<'a> {
    Schedule(&'a str),
    Number(&'a E164),
    Receiver(&'a E164),
    Destination(&'a Destination),
    Ringable(&'a Ringable),
}

impl<'a> Pointed<'a> {
    /// As a pointer of the object with this key.
    pub fn reference(self, owner: &str) -> Option<Reference> {
        Some(match self {
            Self::Schedule(name) => Reference::Schedule(name.to_owned()),
            Self::Number(to) => Reference::Number(to.clone()),
            Self::Receiver(to) => Reference::Receiver(to.clone()),
            Self::Destination(to) => destination(owner, to),
            Self::Ringable(to) => return ringable(to),
        })
    }

    /// The phone number, if it is one, with the word for it.
    pub(super) fn number(self) -> Option<(&'static str, &'a E164)> {
        match self {
            Self::Number(to)
            | Self::Destination(Destination::Number(to))
            | Self::Ringable(Ringable::Number(to)) => Some(("number", to)),
            Self::Receiver(to) | Self::Destination(Destination::Receiver(to)) => Some(("receiver", to)),
            Self::Schedule(_) | Self::Destination(_) | Self::Ringable(_) => None,
        }
    }
}

/// Takes a pointer, with the way to it.
pub type Take<'t> = dyn FnMut(Within, Pointed<'_>) + 't;

impl Resource {
    /// Goes through its pointers.
    pub fn each_pointer(&self, take: &mut Take<'_>) {
        match self {
            Self::Schedule(_) => {}
            Self::Forward(forward) => forward.each_pointer(take),
            Self::Number(number) => number.each_pointer(take),
            Self::Receiver(receiver) => receiver.each_pointer(take),
            Self::Diverts(diverts) => diverts.each_pointer(Within::default(), take),
            Self::Queue(queue) => queue.each_pointer(take),
            Self::Rules(rules) => rules.each_pointer(take),
        }
    }
}

impl Forward {
    /// Goes through its pointers.
    pub fn each_pointer(&self, take: &mut Take<'_>) {
        if let Some(to) = &self.to {
            take(Within::default().key("to"), Pointed::Number(to));
        }
    }
}

impl Number {
    /// Goes through its pointers.
    pub fn each_pointer(&self, take: &mut Take<'_>) {
        let route = Within::default().key("route");
        match &self.route {
            Some(Route::To(to)) => take(route, Pointed::Destination(to)),
            Some(Route::Receivers(list)) => {
                let path = route.key("receivers");
                for (index, to) in list.receivers.iter().enumerate() {
                    take(path.index(index), Pointed::Receiver(to));
                }
            }
            None => {}
        }
    }
}

impl Receiver {
    /// Goes through its pointers.
    pub fn each_pointer(&self, take: &mut Take<'_>) {
        if let Some(OrOff::Set(no_answer)) = &self.no_answer {
            take(Within::default().key("no_answer").key("to"), Pointed::Destination(&no_answer.to));
        }
        if let Some(TaggingHours::Schedule(name)) = &self.tagging_hours {
            take(Within::default().key("tagging_hours"), Pointed::Schedule(name));
        }
    }
}

impl Queue {
    /// Goes through its pointers.
    pub fn each_pointer(&self, take: &mut Take<'_>) {
        let path = Within::default().key("agents");
        for (index, agent) in self.agents.iter().flatten().enumerate() {
            take(path.index(index), Pointed::Ringable(&agent.target));
        }
        for (word, divert) in self.forwards() {
            if let Some(Divert::To(to)) = divert {
                take(Within::default().key(word), Pointed::Destination(to));
            }
        }
    }
}

impl Rules {
    /// Goes through its pointers.
    pub fn each_pointer(&self, take: &mut Take<'_>) {
        for (index, rule) in self.order.iter().flatten().enumerate() {
            let path = Within::default().key("order").index(index);
            if rule.when != DEFAULT_RULE {
                take(path.key("when"), Pointed::Schedule(&rule.when));
            }
            if let Ring::Simultaneous(ring) = &rule.ring {
                let also = path.key("ring").key("simultaneous").key("also");
                for (index, entry) in ring.also.iter().enumerate() {
                    take(also.index(index), Pointed::Ringable(&entry.target));
                }
            }
            rule.forward.each_pointer(path.key("forward"), take);
        }
    }
}

impl Diverts {
    pub(super) fn each_pointer(&self, path: Within, take: &mut Take<'_>) {
        for (word, divert) in self.conditions() {
            if let Some(Divert::To(to)) = divert {
                take(path.key(word), Pointed::Destination(to));
            }
        }
    }
}

fn destination(owner: &str, to: &Destination) -> Reference {
    match to {
        Destination::Extension(to) => Reference::Extension(to.clone()),
        Destination::Phone(to) => Reference::Phone(to.clone()),
        Destination::Voicemail(to) => Reference::Voicemail(to.clone()),
        Destination::OwnVoicemail => match owner.parse() {
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
    }
}

fn ringable(target: &Ringable) -> Option<Reference> {
    Some(match target {
        Ringable::Extension(to) => Reference::Extension(to.clone()),
        Ringable::Number(to) => Reference::Number(to.clone()),
        // A device is not an extension; whether it exists is not known from the lists that are read.
        Ringable::Device(_) => return None,
        Ringable::Agent(email) => Reference::Named(Destination::Agent(email.clone())),
        Ringable::DialString(to) => Reference::DialString(to.clone()),
    })
}
