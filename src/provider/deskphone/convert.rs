//! The document of one extension and the words of the YAML (FACTS deskphone/contract).

use crate::{
    model::{Address, Destination, Divert, Diverts, E164, Extension, Resource},
    path::Path,
    plan::Unsupported,
    provider::{
        refusal::Refusals,
        scalar::{self, Scalar, Unreadable},
    },
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Where each condition stands in the document, by its word in the YAML.
const SECTIONS: [(&str, &[&str]); 4] = [
    ("always", &["callForwarding", "always"]),
    ("busy", &["callForwarding", "busy"]),
    ("no_answer", &["callForwarding", "noAnswer"]),
    ("unreachable", &["businessContinuity"]),
];

/// The section of a condition; `None` if the document has none.
fn section<'a>(document: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(document, |value, key| value.get(key))
}

/// A live document in the words of the YAML, and what of it is not understood; the error says what is wrong with it.
///
/// Compared are meanings: `enabled: false` is off whatever the destination says. An extension is what the list of people has
/// as one, however many digits it has.
pub fn diverts(
    document: &Value,
    own: &Extension,
    is_person: &dyn Fn(&Extension) -> bool,
) -> Result<(Diverts, Unreadable), String> {
    let (mut diverts, mut unreadable) = (Diverts::default(), Unreadable::default());
    for (word, path) in SECTIONS {
        let dotted = path.join(".");
        let section = section(document, path).ok_or_else(|| format!("there is no `{dotted}`"))?;
        let enabled = switch(section, "enabled");
        if enabled == Scalar::Unset {
            return Err(format!("there is no `{dotted}.enabled`"));
        }
        let enabled = unreadable.part([word], format!("`{dotted}.enabled`"), enabled);
        let mailbox = switch(section, MAILBOX).or(false);
        let divert = match enabled {
            None => None,
            Some(false) => Some(Divert::Off),
            Some(true) => unreadable
                .part([word], format!("`{dotted}.{MAILBOX}`"), mailbox)
                .map(|mailbox| Divert::To(destination(section, mailbox, own, is_person))),
        };
        let field = match word {
            "always" => &mut diverts.always,
            "busy" => &mut diverts.busy,
            "no_answer" => &mut diverts.no_answer,
            _ => &mut diverts.unreachable,
        };
        *field = divert;
    }
    Ok((diverts, unreadable))
}

/// Whether the destination is a mailbox.
const MAILBOX: &str = "destinationVoicemailEnabled";

fn switch(section: &Value, key: &str) -> Scalar<bool> {
    scalar::flag(&section.get(key).map(scalar::verbatim).unwrap_or_default())
}

/// Before the text of a destination that is not understood, where calls go to its mailbox.
const MAILBOX_OF: &str = "voicemail ";
/// On, and no destination.
const NOWHERE: &str = "nowhere";

/// Where an enabled section sends calls, to the byte: what would be written otherwise than it stands there is a token of
/// it, and can be written so again.
fn destination(
    section: &Value,
    mailbox: bool,
    own: &Extension,
    is_person: &dyn Fn(&Extension) -> bool,
) -> Destination {
    let text = section.get("destination").map(scalar::verbatim).unwrap_or_default();
    if text.trim().is_empty() {
        return Destination::DialString(NOWHERE.to_owned());
    }
    let meant = meaning(&text, mailbox, own, is_person);
    match meant.filter(|meant| spelled(meant, own) == Some((text.clone(), mailbox))) {
        Some(meant) => meant,
        None if mailbox => Destination::DialString(format!("{MAILBOX_OF}{text}")),
        None => Destination::DialString(text),
    }
}

/// What a destination means, however it is written; `None` where nobody knows.
fn meaning(
    text: &str,
    mailbox: bool,
    own: &Extension,
    is_person: &dyn Fn(&Extension) -> bool,
) -> Option<Destination> {
    let to: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    match to.parse::<Extension>() {
        Ok(extension) if mailbox && extension == *own => Some(Destination::OwnVoicemail),
        Ok(extension) if mailbox && is_person(&extension) => Some(Destination::Voicemail(extension)),
        Ok(extension) if is_person(&extension) => Some(Destination::Extension(extension)),
        _ => outside(&to).filter(|_| !mailbox).map(Destination::Number),
    }
}

/// What a token means. Who there is says the account: digits that are no outside number are taken for an extension.
pub fn means(address: &Address, word: &str) -> Option<Destination> {
    let own = address.key.parse().ok()?;
    let is_person = |it: &Extension| is_extension(it.as_str()) && outside(it.as_str()).is_none();
    match word.strip_prefix(MAILBOX_OF) {
        Some(to) => meaning(to, true, &own, &is_person),
        None => meaning(word, false, &own, &is_person),
    }
}

/// The text of a destination and whether it is a mailbox; `None` for what has no place here.
fn spelled(to: &Destination, own: &Extension) -> Option<(String, bool)> {
    Some(match to {
        Destination::OwnVoicemail => (own.to_string(), true),
        Destination::Voicemail(to) => (to.to_string(), true),
        Destination::Extension(to) => (to.to_string(), false),
        Destination::Number(to) => (to.digits().to_owned(), false),
        Destination::DialString(word) => match word.strip_prefix(MAILBOX_OF) {
            Some(to) => (to.to_owned(), true),
            None => (word.clone(), false),
        },
        _ => return None,
    })
}

/// How a destination is read back.
pub fn read_back(
    to: &Destination,
    own: &Extension,
    is_person: &dyn Fn(&Extension) -> bool,
) -> Option<Destination> {
    let (text, mailbox) = spelled(to, own)?;
    Some(destination(&json!({ "destination": text }), mailbox, own, is_person))
}

/// What of live diverts the system would not take, by condition: it holds them, and they cannot be set
/// (FACTS deskphone/contract-10).
pub fn not_taken_back(diverts: &Diverts, own: &Extension) -> BTreeMap<Path, &'static str> {
    let why = |to: &Destination| match to {
        Destination::DialString(word) if word == NOWHERE => {
            Some("a divert that is on without a destination cannot be set")
        }
        Destination::Extension(to) if to == own => Some("a divert of an extension to itself cannot be set"),
        _ => None,
    };
    let of = |(word, divert): (&str, Option<&Divert>)| match divert {
        Some(Divert::To(to)) => Some((Path::from([word]), why(to)?)),
        _ => None,
    };
    diverts.conditions().into_iter().filter_map(of).collect()
}

/// Puts live diverts in the spelling that the file has, where both mean the same.
pub fn as_written(
    live: &mut Diverts,
    wanted: &Diverts,
    own: &Extension,
    is_person: &dyn Fn(&Extension) -> bool,
) {
    let meant = |to: &Destination| {
        let (text, mailbox) = spelled(to, own)?;
        meaning(&text, mailbox, own, is_person)
    };
    for (live, (_, wanted)) in live.conditions_mut().into_iter().zip(wanted.conditions()) {
        if let (Some(Divert::To(live)), Some(Divert::To(wanted))) = (live, wanted)
            && meant(live).is_some_and(|it| meant(wanted) == Some(it))
        {
            *live = wanted.clone();
        }
    }
}

/// The outside number that a destination is: country code and national number, perhaps with a plus.
fn outside(to: &str) -> Option<E164> {
    let digits = to.strip_prefix('+').unwrap_or(to);
    let whole = to.len() >= 8 && digits.bytes().all(|b| b.is_ascii_digit());
    format!("+{digits}").parse().ok().filter(|_| whole)
}

/// The document just read with the planned conditions as wanted, or as they were in an earlier one that is brought back.
/// All else goes back as it came, but for `systemMaxNumberOfRings`, which is read only.
pub fn merged(
    document: &Value,
    own: &Extension,
    wanted: &Diverts,
    earlier: Option<&Value>,
    planned: impl Fn(&str) -> bool,
) -> Option<Value> {
    let mut document = document.clone();
    if let Some(section) = document.pointer_mut("/callForwarding/noAnswer").and_then(Value::as_object_mut) {
        section.remove("systemMaxNumberOfRings");
    }
    let conditions = wanted.conditions();
    for (word, path) in SECTIONS {
        let divert = conditions.iter().find(|(name, _)| *name == word).and_then(|(_, divert)| *divert);
        let Some(divert) = divert.filter(|_| planned(word)) else { continue };
        let section =
            path.iter().try_fold(&mut document, |value, key| value.get_mut(key))?.as_object_mut()?;
        match earlier.and_then(|earlier| self::section(earlier, path)).and_then(Value::as_object) {
            Some(earlier) => {
                let kept = earlier
                    .iter()
                    .filter(|(key, _)| ["enabled", "destination", MAILBOX].contains(&key.as_str()));
                let kept: Vec<_> = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
                // One that was not shown was not set.
                section.shift_remove(MAILBOX);
                section.extend(kept);
            }
            None => write(section, divert, own)?,
        }
    }
    Some(document)
}

/// One condition. `off` leaves the destination as it was read.
fn write(section: &mut Map<String, Value>, divert: &Divert, own: &Extension) -> Option<()> {
    let (to, mailbox) = match divert {
        Divert::Off => {
            section.insert("enabled".to_owned(), json!(false));
            return Some(());
        }
        Divert::To(to) => spelled(to, own)?,
    };
    section.insert("enabled".to_owned(), json!(true));
    section.insert("destination".to_owned(), json!(to));
    section.insert(MAILBOX.to_owned(), json!(mailbox));
    Some(())
}

/// A desired object as it is read back, or why it cannot be held. Idempotent.
pub fn normalize(address: &Address, mut resource: Resource) -> Result<Resource, Vec<Unsupported>> {
    resource.strip_local();
    let mut refusals = Refusals::default();
    if let Resource::Diverts(diverts) = &mut resource {
        if !is_extension(&address.key) {
            refusals.add(
                &Path::default(),
                format!("`{}` is not a Deskphone extension", address.key),
                EXTENSIONS,
            );
        }
        let words = diverts.conditions().map(|(word, _)| word);
        for (word, divert) in words.into_iter().zip(diverts.conditions_mut()) {
            if let Some(Divert::To(to)) = divert {
                place(&mut refusals, &Path::from([word]), &address.key, to);
            }
        }
    }
    refusals.result(resource)
}

const EXTENSIONS: &str = "an extension is digits, at most 10 of them: \"2001\"";

/// How many digits an extension has is for the list of people to say (FACTS deskphone/dashboard-11).
fn is_extension(text: &str) -> bool {
    (1..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn place(refusals: &mut Refusals, path: &Path, own: &str, to: &mut Destination) {
    match to {
        Destination::Voicemail(mailbox) if mailbox.as_str() == own => *to = Destination::OwnVoicemail,
        Destination::Voicemail(to) if !is_extension(to.as_str()) => {
            refusals.add(path, format!("`{to}` is not a Deskphone extension"), EXTENSIONS);
        }
        Destination::Extension(to) if !is_extension(to.as_str()) => {
            refusals.add(path, format!("`{to}` is not a Deskphone extension"), EXTENSIONS);
        }
        Destination::DialString(word) if word.trim().is_empty() || word == NOWHERE => {
            refusals.add(path, "a divert that is on leads somewhere", "write `off`, or where calls go");
        }
        // As it is read back.
        Destination::DialString(word) => {
            if let Some(number) = outside(word).filter(|number| number.digits() == word) {
                *to = Destination::Number(number);
            }
        }
        Destination::Number(to) if to.digits().len() < 8 => refusals.add(
            path,
            format!("{to} is too short for an outside number"),
            "outside numbers have a country code, 8 to 15 digits in all: \"+441234567890\"",
        ),
        _ => {}
    }
}
