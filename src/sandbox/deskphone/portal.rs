//! The diverts at the bottom of an extension's page on the dashboard (FACTS deskphone/article-1).

use serde_json::{Map, Value};

use super::sections::{ALWAYS, BUSY, DESTINATION, ENABLED, NO_ANSWER, Section, UNREACHABLE, VOICEMAIL};
use super::sections::{is_extension, is_number};
use crate::sandbox::document::Document;
use crate::sandbox::portal::{Page, no_label, with};

pub fn visit(document: &Document, page: &Page) -> Result<Document, String> {
    let ["dashboard", click] = page.clicks.as_slice() else { return Err(page.missing()) };
    let own = click.strip_prefix("edit beside extension ").unwrap_or_default();
    let mut row = document.get("people", own).cloned().ok_or_else(|| page.missing())?;
    let diverts = row.get_mut("document").ok_or_else(|| page.missing())?;
    for (label, value) in &page.values {
        let section = section(label).ok_or_else(|| no_label(label))?;
        let divert = section.make(diverts).ok_or_else(|| no_label(label))?;
        choose(divert, own, value)?;
    }
    Ok(with(document, |next| next.put("people", own, row)))
}

fn section(label: &str) -> Option<&'static Section> {
    match label {
        "FORWARD ALWAYS" => Some(&ALWAYS),
        "ON NO ANSWER" => Some(&NO_ANSWER),
        "ON BUSY" => Some(&BUSY),
        "PHONE UNREACHABLE" => Some(&UNREACHABLE),
        _ => None,
    }
}

/// Selects a button and fills the box beside it. `off` leaves what the box holds.
fn choose(divert: &mut Map<String, Value>, own: &str, value: &str) -> Result<(), String> {
    let (to, mailbox) = match value.split_once(' ') {
        None if value == "off" => {
            divert.insert(ENABLED.to_owned(), false.into());
            return Ok(());
        }
        None if value == "voicemail" => (own, true),
        Some(("extension", to)) if is_extension(to) => (to, false),
        Some(("number", to)) if is_number(to) => (to, false),
        _ => return Err(format!("`{value}` is none of off, voicemail, extension and number")),
    };
    divert.insert(ENABLED.to_owned(), true.into());
    divert.insert(DESTINATION.to_owned(), to.into());
    divert.insert(VOICEMAIL.to_owned(), mailbox.into());
    Ok(())
}
