//! A person in a vendor's portal: `POST /_portal/ACCOUNT {"path": [CLICK, …], "values": {LABEL: VALUE, …}}` opens a page
//! and saves what only people can set, by the words that stand on the page.
//!
//! No vendor has this endpoint and no provider may call it: it stands for somebody with a mouse.

use serde_json::Value;

use super::accounts::Accounts;
use super::portal::Page;
use super::vendor::{Commit, Request, Response, Vendor};

/// The first segment of the path.
const PORTAL: &str = "_portal";

/// Whether a request is a person's, which no fault of the API touches.
pub fn is_visit(request: &Request) -> bool {
    request.segments.first().is_some_and(|first| first == PORTAL)
}

/// Answers a visit: 200, or 422 with what the portal has no such page, box or entry for.
pub fn respond(vendor: &dyn Vendor, request: &Request, accounts: &Accounts) -> Response {
    let [_, account] = request.segments.as_slice() else { return Response::coded(404, "no such account") };
    let Some(view) = accounts.view(account).filter(|_| request.method == "POST") else {
        return Response::coded(404, "no such account, or no POST");
    };
    let Some(page) = page(request) else {
        return Response::coded(
            400,
            "the body is {\"path\": [CLICK, …], \"values\": {LABEL: VALUE, …}}, all text",
        );
    };
    match vendor.portal(&view.committed, &page) {
        Ok(document) => {
            let commit = Commit { account: account.clone(), object: page.clicks.join(" > "), document };
            Response::coded(200, "Saved").with(commit)
        }
        Err(why) => Response::coded(422, &why),
    }
}

fn page(request: &Request) -> Option<Page<'_>> {
    let body = request.body.as_ref()?;
    let clicks = body.get("path")?.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
    let values = body.get("values").and_then(Value::as_object)?.iter();
    let values = values.map(|(label, value)| Some((label.as_str(), value.as_str()?)));
    Some(Page { clicks, values: values.collect::<Option<_>>()? })
}
