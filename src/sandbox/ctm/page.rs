//! Cuts lists into pages (FACTS ctm/lists).

use serde_json::{Map, Value, json};

use super::Ctm;
use super::call::show;
use super::error_response::{ErrorResponse, RouteResult};
use super::switches::NextPage;
use crate::sandbox::vendor::Request;

const PER_PAGE: usize = 10;
const MOST: usize = 150;

/// Answers one page of a list, under its key.
pub fn page(server: &Ctm, request: &Request, key: &str, rows: Vec<Value>) -> RouteResult {
    let number = |name: &str| request.query(name).and_then(|text| text.parse::<usize>().ok());
    page_of(server, request, key, number("per_page").filter(|size| *size > 0).unwrap_or(PER_PAGE), rows)
}

/// The same in pages of so many rows.
pub fn page_of(server: &Ctm, request: &Request, key: &str, size: usize, rows: Vec<Value>) -> RouteResult {
    let number = |name: &str| request.query(name).and_then(|text| text.parse::<usize>().ok());
    let page = number("page").unwrap_or(1).max(1);
    if size > MOST {
        return Err(ErrorResponse::error(400, &format!("per_page limit is {MOST}")));
    }
    let total = rows.len();
    let pages = total.div_ceil(size).max(1);
    let rows: Vec<Value> = rows.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
    let link = |to: Option<usize>| link(server.next_page, request, to);
    let mut answer = Map::new();
    answer.insert(key.to_owned(), rows.into());
    let count =
        |number: usize| if server.text_totals { number.to_string().into() } else { Value::from(number) };
    answer.insert("page".into(), count(page));
    answer.insert("per_page".into(), count(size));
    answer.insert("total_entries".into(), count(total));
    answer.insert("total_pages".into(), count(pages));
    answer.insert("next_page".into(), link((page < pages).then_some(page + 1)));
    answer.insert("previous_page".into(), link((page > 1).then(|| page - 1)));
    show(answer)
}

/// Names another page, in the form that is switched on.
fn link(form: NextPage, request: &Request, to: Option<usize>) -> Value {
    match (form, to) {
        (NextPage::Null, _) | (NextPage::Url | NextPage::Integer, None) => Value::Null,
        (NextPage::False, None) => json!(false),
        (NextPage::Integer, Some(page)) => page.into(),
        (NextPage::Url | NextPage::False, Some(page)) => {
            let others = request.query.iter().filter(|(name, _)| name != "page");
            let query = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(others)
                .append_pair("page", &page.to_string())
                .finish();
            let host = request.header("host").unwrap_or("localhost");
            format!("http://{host}{}?{query}", request.path).into()
        }
    }
}

/// Whether a filter of the query lets this value through. It looks for a part: whether the service wants the whole
/// is not known, so a client has to compare again (FACTS ctm/lists-6).
pub fn lets(request: &Request, name: &str, value: &Value) -> bool {
    let plain = |text: &str| text.trim().trim_start_matches('+').to_lowercase();
    let Some(wanted) = request.query(name).map(plain) else { return true };
    plain(value.as_str().unwrap_or_default()).contains(&wanted)
}
