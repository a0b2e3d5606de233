//! The words for places in `parameters` (FACTS stratus/places and FACTS stratus/rings).

use super::Context;
use crate::{
    model::{Destination, E164, Ringable},
    plan::Role,
};

/// How a destination is written; `None` for one of another provider. An attendant goes out by its extension, as that of a
/// number does: `aa_NAME` may be a word that the dial plan does not know (FACTS stratus/places-8).
pub fn token(to: &Destination, owner: &str) -> Option<String> {
    Some(match to {
        Destination::Extension(to) | Destination::Attendant(to) => to.to_string(),
        Destination::Phone(to) => format!("phone_{to}"),
        Destination::Voicemail(to) => format!("vmail_{to}"),
        Destination::OwnVoicemail => format!("vmail_{owner}"),
        Destination::Queue(to) => format!("queue_{to}"),
        Destination::Number(to) => to.digits().to_owned(),
        Destination::DialString(to) => to.clone(),
        // The table `ACCEPTS` refuses these.
        Destination::Receiver(_)
        | Destination::Menu(_)
        | Destination::GeoRouter(_)
        | Destination::SmartRouter(_)
        | Destination::RoutingTable(_)
        | Destination::VoiceBot(_)
        | Destination::Agent(_)
        | Destination::HangUp => return None,
    })
}

/// What a word of a forward means. Never fails: what has no other name is a token.
pub fn destination(word: &str, context: &Context) -> Destination {
    known(word, context).unwrap_or_else(|| Destination::DialString(word.to_owned()))
}

/// The same in the words of the YAML, for a sentence.
pub fn described(word: &str, context: &Context) -> String {
    let to = destination(word, context);
    to.name().map_or_else(|| format!("`{}`", to.word()), |name| format!("`{}: {name}`", to.word()))
}

fn known(word: &str, context: &Context) -> Option<Destination> {
    // `front_desk` is the extension of that name, whatever the part before the line would mean.
    if context.role(word).is_some() {
        return extension(word, context);
    }
    if let Some((kind, rest)) = word.split_once('_') {
        return match kind {
            "user" => extension(rest, context),
            "phone" => Some(Destination::Phone(rest.parse().ok()?)),
            "vmail" => Some(Destination::Voicemail(rest.parse().ok()?)),
            "queue" => Some(Destination::Queue(rest.to_owned())),
            "aa" => {
                let named = context.attendants.iter().find(|(_, name)| *name == rest);
                named.map(|(extension, _)| Destination::Attendant(extension.clone()))
            }
            did if did.bytes().all(|b| b.is_ascii_digit()) => alias(rest, context),
            _ => None,
        };
    }
    extension(word, context).or_else(|| E164::from_nanp(word).map(Destination::Number))
}

/// `<did>_callqueue_<ext>` and its like, made by the portal.
fn alias(rest: &str, context: &Context) -> Option<Destination> {
    let (kind, to) = rest.split_once('_')?;
    match kind {
        "callqueue" => Some(Destination::Queue(to.to_owned())),
        "attendant" => Some(Destination::Attendant(to.parse().ok()?)),
        "user" => extension(to, context),
        "voicemail" => Some(Destination::Voicemail(to.parse().ok()?)),
        "pstn" => E164::from_nanp(to).map(Destination::Number),
        _ => None,
    }
}

/// An extension of the account, or one that has gone: a short number that nobody else could mean.
fn extension(text: &str, context: &Context) -> Option<Destination> {
    let short = text.len() <= 6 && text.bytes().all(|b| b.is_ascii_digit());
    match context.role(text) {
        Some(Role::Attendant) => Some(Destination::Attendant(text.parse().ok()?)),
        Some(_) => Some(Destination::Extension(text.parse().ok()?)),
        None if short => Some(Destination::Extension(text.parse().ok()?)),
        None => None,
    }
}

/// How a phone of a simultaneous ring is written.
pub fn ring_token(to: &Ringable, confirm_external: bool, delay: u32) -> String {
    let mut word = match to {
        Ringable::Extension(to) | Ringable::Device(to) => to.to_string(),
        Ringable::Number(to) if confirm_external => format!("confirm_{}", to.digits()),
        Ringable::Number(to) => to.digits().to_owned(),
        Ringable::Agent(to) | Ringable::DialString(to) => to.clone(),
    };
    if delay > 0 {
        word.push_str(&format!(";delay={delay}"));
    }
    word
}

/// What a word of a simultaneous ring or a queue's agent means.
pub fn ringable(word: &str, context: &Context) -> Ringable {
    if let Some(Destination::Extension(to) | Destination::Attendant(to)) = extension(word, context) {
        return Ringable::Extension(to);
    }
    if let Some(number) = E164::from_nanp(word) {
        return Ringable::Number(number);
    }
    // `101wp`: an extension of the account and what tells its devices apart.
    let stem = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    match word.parse() {
        Ok(device) if stem != word && context.role(stem).is_some() => Ringable::Device(device),
        _ => Ringable::DialString(word.to_owned()),
    }
}
