//! The page of the Deskphone dashboard that has the four diverts of an extension (FACTS deskphone/article-1).

use crate::{
    model::{Destination, Divert, Diverts, Kind, Resource},
    plan::{ByHand, Control, Portal, Shown},
};

/// Where `bridge: manual` leaves every divert to people.
pub const BY_HAND: &[ByHand] = &[ByHand {
    kind: Kind::Diverts,
    set: Portal {
        clicks: &["dashboard", "edit beside extension {}"],
        controls: &[
            Control { label: "FORWARD ALWAYS", shows: |_, it| option(diverts(it)?.always.as_ref()?) },
            Control { label: "ON NO ANSWER", shows: |_, it| option(diverts(it)?.no_answer.as_ref()?) },
            Control { label: "ON BUSY", shows: |_, it| option(diverts(it)?.busy.as_ref()?) },
            Control { label: "PHONE UNREACHABLE", shows: |_, it| option(diverts(it)?.unreachable.as_ref()?) },
        ],
        save: "Save",
    },
    // An extension always has its diverts.
    removed: None,
}];

fn diverts(resource: &Resource) -> Option<&Diverts> {
    match resource {
        Resource::Diverts(diverts) => Some(diverts),
        _ => None,
    }
}

/// The button to select, and what goes into the box beside it.
fn option(divert: &Divert) -> Option<Shown> {
    let text = match divert {
        Divert::Off => "off".to_owned(),
        Divert::To(Destination::OwnVoicemail) => "voicemail".to_owned(),
        Divert::To(Destination::Voicemail(to)) => format!("voicemail of extension {to}"),
        Divert::To(Destination::Extension(to)) => format!("extension {to}"),
        Divert::To(Destination::Number(to)) => format!("number {}", to.digits()),
        Divert::To(Destination::DialString(to)) => to.clone(),
        // Refused before: the dashboard has no such button.
        Divert::To(_) => return None,
    };
    Some(Shown::Text(text))
}
