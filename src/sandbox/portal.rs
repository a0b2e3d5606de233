//! A person in a vendor's portal: `POST /_portal/ACCOUNT {"path": [CLICK, …], "values": {LABEL: VALUE, …}}` opens a page
//! and saves what only people can set, by the words that stand on the page.
//!
//! No vendor has this endpoint and no provider may call it: it stands for somebody with a mouse. An empty value empties a
//! box; a tick is `ticked` or `unticked`.

use serde_json::{Map, Value};

use super::document::Document;
use super::vendor::{Answer, Commit, Request, Vendor, Views};

/// The first segment of the path.
const PORTAL: &str = "_portal";

/// A page that somebody has opened, and what is to stand on it.
#[derive(Debug)]
pub struct Page<'a> {
    pub clicks: Vec<&'a str>,
    pub values: Vec<(&'a str, &'a str)>,
}

/// Whether a request is a person's, which no fault of the API touches.
pub fn is_visit(request: &Request) -> bool {
    request.segments.first().is_some_and(|first| first == PORTAL)
}

/// Answers a visit: 200, or 422 with what the portal has no such page, box or entry for.
pub fn respond(vendor: &dyn Vendor, request: &Request, views: &Views) -> Answer {
    let [_, account] = request.segments.as_slice() else { return Answer::coded(404, "no such account") };
    let Some(view) = views.get(account).filter(|_| request.method == "POST") else {
        return Answer::coded(404, "no such account, or no POST");
    };
    let Some(page) = page(request) else {
        return Answer::coded(
            400,
            "the body is {\"path\": [CLICK, …], \"values\": {LABEL: VALUE, …}}, all text",
        );
    };
    match vendor.portal(&view.committed, &page) {
        Ok(document) => {
            let commit = Commit { account: account.clone(), object: page.clicks.join(" > "), document };
            Answer::coded(200, "Saved").with(commit)
        }
        Err(why) => Answer::coded(422, &why),
    }
}

fn page(request: &Request) -> Option<Page<'_>> {
    let body = request.body.as_ref()?;
    let clicks = body.get("path")?.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
    let values = body.get("values").and_then(Value::as_object)?.iter();
    let values = values.map(|(label, value)| Some((label.as_str(), value.as_str()?)));
    Some(Page { clicks, values: values.collect::<Option<_>>()? })
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
