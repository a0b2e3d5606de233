//! What somebody asks about: an extension, a queue, a number, a schedule, or any other place that calls are sent to.

use crate::{
    explained::Explained,
    model::{Address, Destination, E164, Extension, Kind, Reference, Resource},
    text::closest,
};

/// What pointers are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The tenant whose it is, where it was named with one.
    pub tenant: Option<String>,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// A person's, a queue's or an attendant's extension: however calls are sent there.
    Extension(Extension),
    /// A queue without an extension.
    Queue(String),
    /// A phone number, whether it rings outside or is one to ring.
    Number(E164),
    Receiver(E164),
    Schedule(String),
    /// One way to send calls somewhere: `voicemail:101`, `menu:Front`.
    Place(&'static str, String),
}

/// The one word that is no place of a call.
const SCHEDULE: &str = "schedule";

/// How to write one.
const HELP: &str = "write it as `extension:102`, `queue:400`, `number:+12145550100`, `schedule:storm`, `receiver:+14105550123`, \
                    or as a plan prints it: `queues.400`, `acme/rules.102`";

impl Target {
    /// `extension:102`, or an address as a plan prints it, with or without its tenant.
    pub fn parse(text: &str) -> Result<Self, Explained> {
        if let Some(what) = named(text)? {
            return Ok(Self { tenant: None, what });
        }
        if let Some((tenant, rest)) = text.split_once('/')
            && !tenant.is_empty()
            && let Some(what) = named(rest)?
        {
            return Ok(Self { tenant: Some(tenant.to_owned()), what });
        }
        let word = text.split([':', '.']).next().unwrap_or_default();
        let words = Reference::WORDS.iter().copied().chain([SCHEDULE]);
        let help = match closest(word, words).filter(|near| *near != word) {
            Some(near) => format!("did you mean `{near}:…`? {HELP}"),
            None => HELP.to_owned(),
        };
        Err(Explained::with_help(format!("`{text}` names nothing that calls are sent to"), help))
    }

    /// The name of a schedule as the workspace shares it, where that is asked about.
    pub fn shared_schedule(&self) -> Option<&str> {
        match &self.what {
            What::Schedule(name) => name.strip_prefix("shared/"),
            _ => None,
        }
    }

    /// Whether a pointer leads to it.
    pub fn is(&self, reference: &Reference) -> bool {
        match (&self.what, reference) {
            (
                What::Extension(own),
                Reference::Extension(to)
                | Reference::Phone(to)
                | Reference::Voicemail(to)
                | Reference::Attendant(to),
            ) => own == to,
            // A queue's own extension is its queue.
            (What::Extension(own), Reference::Queue(to)) => own.as_str() == to,
            (What::Queue(own), Reference::Queue(to)) => own == to,
            (What::Number(own), Reference::Number(to) | Reference::Receiver(to)) => own == to,
            (What::Receiver(own), Reference::Receiver(to)) => own == to,
            (What::Schedule(own), Reference::Schedule(to)) => own == to,
            (What::Place(word, own), to) => *word == to.word() && name(to).as_deref() == Some(own),
            _ => false,
        }
    }

    /// Whether one device is of it: `102wp` is a device of extension 102.
    pub fn has_device(&self, device: &str) -> bool {
        match &self.what {
            What::Extension(own) => device
                .strip_prefix(own.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_alphabetic())),
            What::Place("device", own) => own == device,
            _ => false,
        }
    }

    /// Whether an object is what is asked about, or a part of it.
    pub fn owns(&self, address: &Address, resource: &Resource) -> bool {
        let of_kind = |kinds: &[Kind], key: &str| kinds.contains(&address.kind) && address.key == key;
        match &self.what {
            What::Extension(own) => {
                let is_its_schedule =
                    matches!(resource, Resource::Schedule(it) if it.extension.as_ref() == Some(own));
                of_kind(&[Kind::Rules, Kind::Diverts, Kind::Queues], own.as_str()) || is_its_schedule
            }
            What::Queue(own) => of_kind(&[Kind::Queues], own),
            What::Number(own) => of_kind(&[Kind::Numbers, Kind::Forwards, Kind::Receivers], &own.to_string()),
            What::Receiver(own) => of_kind(&[Kind::Receivers], &own.to_string()),
            What::Schedule(own) => of_kind(&[Kind::Schedules], own),
            What::Place(..) => false,
        }
    }

    /// Whether a field of such an object can lead there; `None`: any of its fields.
    pub fn may_be_in(&self, kind: Kind, field: Option<&str>) -> bool {
        let leading: &[&str] = match (kind, &self.what) {
            (Kind::Rules, _) => &["order"],
            (Kind::Receivers, What::Schedule(_)) => &["tagging_hours"],
            (_, What::Schedule(_)) => &[],
            (Kind::Forwards, What::Number(_)) => &["to"],
            (Kind::Forwards | Kind::Schedules, _) => &[],
            // These are of a phone system without extensions.
            (Kind::Receivers, What::Extension(_)) => &[],
            (Kind::Receivers, _) => &["no_answer"],
            (Kind::Numbers, _) => &["route"],
            (Kind::Queues, _) => &["agents", "failover", "unavailable", "no_answer"],
            (Kind::Diverts, _) => &["always", "on_call", "busy", "no_answer", "unreachable"],
        };
        field.map_or(!leading.is_empty(), |field| leading.contains(&field))
    }

    /// The extension, if it is one.
    pub fn extension(&self) -> Option<&Extension> {
        match &self.what {
            What::Extension(own) => Some(own),
            _ => None,
        }
    }

    /// Its address, for pointers that no object shows.
    pub fn address(&self) -> Option<Address> {
        match &self.what {
            What::Extension(own) => Some(Address::new(Kind::Queues, own)),
            What::Queue(own) => Some(Address::new(Kind::Queues, own)),
            // What rings a number is a receiving number.
            What::Receiver(own) | What::Number(own) => Some(Address::new(Kind::Receivers, own)),
            What::Schedule(own) => Some(Address::new(Kind::Schedules, own)),
            What::Place(..) => None,
        }
    }

    /// The schedule, if it is one.
    pub fn schedule(&self) -> Option<&str> {
        match &self.what {
            What::Schedule(own) => Some(own),
            _ => None,
        }
    }
}

/// What a text without a tenant names; `None` if it begins with no word for anything.
fn named(text: &str) -> Result<Option<What>, Explained> {
    if let Some((word, name)) = text.split_once(':')
        && let Some(word) = Reference::WORDS.iter().copied().chain([SCHEDULE]).find(|it| *it == word)
    {
        if name.is_empty() {
            return Err(Explained::with_help(format!("`{text}` has no name"), HELP));
        }
        return Ok(Some(match word {
            "extension" => What::Extension(name.parse()?),
            "queue" => queue(name),
            "number" => What::Number(name.parse()?),
            "receiver" => What::Receiver(name.parse()?),
            SCHEDULE => What::Schedule(name.to_owned()),
            word => What::Place(word, name.to_owned()),
        }));
    }
    let Ok(Address { kind, key }) = text.parse::<Address>() else { return Ok(None) };
    if key.is_empty() {
        return Err(Explained::with_help(format!("`{text}` has no name"), HELP));
    }
    Ok(Some(match kind {
        Kind::Schedules => What::Schedule(key),
        Kind::Receivers => What::Receiver(key.parse()?),
        Kind::Queues => queue(&key),
        Kind::Rules | Kind::Diverts => What::Extension(key.parse()?),
        Kind::Numbers | Kind::Forwards => What::Number(key.parse()?),
    }))
}

/// A queue goes by its extension, or by a name.
fn queue(key: &str) -> What {
    match key.parse::<Extension>() {
        Ok(extension) if key.bytes().any(|byte| byte.is_ascii_digit()) => What::Extension(extension),
        _ => What::Queue(key.to_owned()),
    }
}

/// What a pointer calls the place.
fn name(to: &Reference) -> Option<String> {
    match to {
        Reference::Schedule(to) | Reference::Queue(to) | Reference::DialString(to) => Some(to.clone()),
        Reference::Extension(to)
        | Reference::Phone(to)
        | Reference::Voicemail(to)
        | Reference::Attendant(to) => Some(to.to_string()),
        Reference::Number(to) | Reference::Receiver(to) => Some(to.to_string()),
        Reference::Named(to) => Destination::name(to),
    }
}
