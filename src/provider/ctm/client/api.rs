//! Lists read to their end, objects unwrapped, errors that come with status 200.

use crate::{
    http::{Answer, ApiError, Body, Method, Problem, ReadClient, WriteClient, segment},
    provider::{
        answer::{self, Extent, decode, failure, undecodable},
        ctm::wire::{Row, refusal, text},
    },
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Rows a page. More than 150 are refused, and some lists may be cut at 100 (FACTS ctm/lists-2).
const PAGE: usize = 100;
/// A server that never ends does not hang a plan.
const MOST_PAGES: usize = 1000;

/// The API, seen from one account.
#[derive(Clone, Copy)]
pub struct Api<'a> {
    pub http: &'a ReadClient,
    pub account: &'a str,
}

impl Api<'_> {
    /// The path of something in the account.
    pub fn path(&self, rest: &str) -> String {
        format!("/accounts/{}{rest}", segment(self.account))
    }

    /// A whole list; `keys` are the names its rows may stand under.
    ///
    /// Driven by the numbers of pages and rows in the answer: the next page comes as a URL, a number, `false` or null. A
    /// list that does not come to what it says it is, is an error and never a short list.
    pub async fn list(
        &self,
        rest: &str,
        keys: &[&str],
        filter: &[(&str, String)],
        what: &str,
    ) -> Result<Vec<Row>, ApiError> {
        self.pages(&self.path(rest), keys, filter, what).await
    }

    /// Every account of the credential.
    pub async fn accounts(&self) -> Result<Vec<Row>, ApiError> {
        self.pages("/accounts", &["accounts"], &[], "the accounts of the credential").await
    }

    async fn pages(
        &self,
        path: &str,
        keys: &[&str],
        filter: &[(&str, String)],
        what: &str,
    ) -> Result<Vec<Row>, ApiError> {
        let incomplete = |why: String| failure(what, path, Problem::Incomplete(why));
        let mut rows: Vec<Row> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut extent = Extent::default();
        for page in 1..=MOST_PAGES {
            let mut query = filter.to_vec();
            query.push(("page", page.to_string()));
            query.push(("per_page", PAGE.to_string()));
            let Answer { body, received, .. } = self.http.fetch(path, &query, what).await?;
            let body = accepted(&body, what, path)?;
            // An empty collection may have no body at all.
            if body.is_null() && page == 1 {
                return Ok(rows);
            }
            let items = keys.iter().find_map(|key| body.get(*key)?.as_array());
            let Some(items) = items else {
                let why = format!("there is no list `{}`", keys.join("` or `"));
                return Err(undecodable(why, &body.to_string(), what, path));
            };
            let length = items.len();
            extent.add(length, received).map_err(|problem| failure(what, path, problem))?;
            for item in items {
                let Some(row) = Row::unwrap(item.clone(), "").filter(|row| !row.id().is_empty()) else {
                    return Err(undecodable("a row has no id", &item.to_string(), what, path));
                };
                if !seen.insert(row.id()) {
                    return Err(incomplete(
                        "the same row came twice; the list may have changed meanwhile".to_owned(),
                    ));
                }
                rows.push(row);
            }
            let number = |key: &str| text(body.get(key)?)?.parse::<usize>().ok();
            let last = match number("total_pages") {
                Some(pages) => page >= pages,
                None => length < PAGE,
            };
            if last {
                return match number("total_entries") {
                    Some(total) if total != rows.len() => {
                        Err(incomplete(format!("expected {total} rows, got {}", rows.len())))
                    }
                    _ => Ok(rows),
                };
            }
            if length == 0 {
                return Err(incomplete(format!("page {page} is empty and not the last")));
            }
        }
        Err(incomplete(format!("more than {MOST_PAGES} pages")))
    }

    /// The account itself.
    pub async fn account(&self, what: &str) -> Result<Row, ApiError> {
        let path = self.path("");
        let body = accepted(&self.http.get(&path, &[], what).await?, what, &path)?;
        let row = Row::unwrap(body.clone(), "account").filter(|row| !row.0.is_empty());
        row.ok_or_else(|| undecodable("no object", &body.to_string(), what, &path))
    }

    /// The object with an id, bare or under one of these keys. Another answer is not taken for it: an object without a name
    /// would be one that is not there, and be made a second time.
    pub async fn object(&self, rest: &str, keys: &[&str], id: &str, what: &str) -> Result<Row, ApiError> {
        let path = self.path(rest);
        let body = accepted(&self.http.get(&path, &[], what).await?, what, &path)?;
        one_of(&body, keys, id).ok_or_else(|| {
            undecodable(format!("it is not the object with the id {id}"), &body.to_string(), what, &path)
        })
    }
}

/// Sends a write; an error that comes with status 200 is one all the same.
pub async fn send(
    http: &WriteClient,
    account: &str,
    method: Method,
    rest: &str,
    body: Option<Value>,
    what: &str,
) -> Result<Value, ApiError> {
    let path = format!("/accounts/{}{rest}", segment(account));
    let answer = http.send(method.clone(), &path, body.as_ref(), what).await?;
    let answer: Value = decode(&answer, what, &path)?;
    match refusal(&answer) {
        None => Ok(answer),
        Some(message) => Err(ApiError {
            what: what.to_owned(),
            method: method.to_string(),
            path,
            problem: Problem::refused(200, message),
        }),
    }
}

fn accepted(body: &Body, what: &str, path: &str) -> Result<Value, ApiError> {
    let body: Value = decode(body, what, path)?;
    match refusal(&body) {
        None => Ok(body),
        Some(message) => Err(failure(what, path, Problem::refused(200, message))),
    }
}

/// `None` where the object is not there: `<kind> not found` (FACTS ctm/errors-3). The account itself is no object.
pub fn present<T>(read: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    answer::present(read, |message| message.ends_with("not found") && !message.starts_with("account"))
}

/// The object with an id, bare or under one of these keys.
fn one_of(body: &Value, keys: &[&str], id: &str) -> Option<Row> {
    let mut forms = keys.iter().chain(&[""]).filter_map(|key| Row::unwrap(body.clone(), key));
    forms.find(|row| row.id() == id)
}

/// An answer that is some other object says nothing of the one that was asked for: without its name that one would be taken
/// for missing, and be made a second time.
#[test]
fn only_the_object_that_was_asked_for_is_taken_for_it() {
    use serde_json::json;

    let object = json!({ "id": "CQU1", "name": "Sales" });
    for (body, is_it) in [
        (object.clone(), true),
        (json!({ "call_queue": object }), true),
        (json!({ "status": "success", "queue": object }), true),
        (json!({ "id": 1, "name": "Sales" }), false),
        (json!({ "id": "CQU2", "name": "Sales" }), false),
        (json!({ "message": "please try again" }), false),
        (json!({ "status": "success", "config": object }), false),
        (json!({}), false),
        (json!(null), false),
        (json!([object]), false),
    ] {
        assert_eq!(one_of(&body, &["call_queue", "queue"], "CQU1").is_some(), is_it, "{body}");
    }
}
