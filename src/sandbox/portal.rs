//! What a page of a portal is: the way to it, and what is to stand on it.
//!
//! An empty value empties a box; a tick is `ticked` or `unticked`.

use serde_json::{Map, Value};

use super::document::Document;

/// A page that somebody has opened, and what is to stand on it.
#[derive(Debug)]
pub struct Page<'a> {
    pub clicks: Vec<&'a str>,
    pub values: Vec<(&'a str, &'a str)>,
}

impl Page<'_> {
    /// How a page that does not exist is refused.
    pub fn missing(&self) -> String {
        format!("there is no page {}", self.clicks.join(" > "))
    }
}

/// What is clicked: `click +1 512 555 0100 (Front office)` is +15125550100.
pub fn number(click: &str) -> Option<String> {
    let shown = click.strip_prefix("click ")?;
    let shown = shown.split_once(" (").map_or(shown, |(number, _)| number);
    let digits: String = shown.strip_prefix('+')?.chars().filter(|c| *c != ' ').collect();
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("+{digits}"))
}

/// What a tick box holds.
pub fn ticked(value: &str) -> Result<bool, String> {
    match value {
        "ticked" => Ok(true),
        "unticked" => Ok(false),
        _ => Err(format!("a tick box is `ticked` or `unticked`, not `{value}`")),
    }
}

/// A label that is not on the page.
pub fn no_label(label: &str) -> String {
    format!("there is no `{label}` on this page")
}

/// Sets one field of a row.
pub fn put(row: &mut Map<String, Value>, field: &str, value: impl Into<Value>) {
    row.insert(field.to_owned(), value.into());
}

/// A changed copy of the state.
pub fn with(document: &Document, change: impl FnOnce(&mut Document)) -> Document {
    let mut next = document.clone();
    change(&mut next);
    next
}
