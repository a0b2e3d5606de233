//! What of an account's state each kind of object may touch.

use super::sections::{ALL, DESTINATION, ENABLED, VOICEMAIL};
use crate::model::{Address, Kind};
use crate::sandbox::footprint::{Pattern, fields, key, whole};

/// Diverts are all there is; rings and reminders are never touched (FACTS deskphone/contract-7).
pub fn of(address: &Address) -> Vec<Pattern> {
    match address.kind {
        Kind::Diverts => diverts(&address.key),
        _ => Vec::new(),
    }
}

fn diverts(extension: &str) -> Vec<Pattern> {
    let divert = |path: &[&str]| {
        let mut parts = vec![key("people"), key(extension), key("document")];
        parts.extend(path.iter().map(|name| key(name)));
        fields(&parts, &[ENABLED, DESTINATION, VOICEMAIL])
    };
    let sections = ALL.iter().flat_map(|section| divert(section.path));
    sections.chain([whole(&[key("people"), key(extension), key("spellings")])]).collect()
}
