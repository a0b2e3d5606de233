//! Lists of several pages, and what is in an answer.

use crate::http::{ApiError, Body, Problem, ReadClient};
use serde::de::DeserializeOwned;

/// More pages than this are no list that people keep.
const MOST_PAGES: usize = 200;

/// Every entry of a list, and of its next pages.
pub async fn all<T: DeserializeOwned>(
    client: &ReadClient,
    path: &str,
    query: &[(&str, String)],
    what: &str,
) -> Result<Vec<T>, ApiError> {
    let mut found = Vec::new();
    let mut next: Option<(String, Vec<(String, String)>)> = None;
    for _ in 0..MOST_PAGES {
        let answer = match &next {
            None => client.fetch(path, query, what).await?,
            Some((path, query)) => {
                let query: Vec<(&str, String)> =
                    query.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
                client.fetch(path, &query, what).await?
            }
        };
        found.extend(decoded::<Vec<T>>(&answer.body, path, what)?);
        match answer.next.as_deref().map(|link| client.below(link)) {
            None => return Ok(found),
            Some(Some(below)) => next = Some(below),
            Some(None) => return Err(strange("the next page is elsewhere", path, what)),
        }
    }
    Err(strange("it has no end", path, what))
}

/// One answer as what it should be.
pub fn decoded<T: DeserializeOwned>(body: &Body, path: &str, what: &str) -> Result<T, ApiError> {
    body.read().map_err(|why| strange(&why, path, what))
}

fn strange(why: &str, path: &str, what: &str) -> ApiError {
    let problem = Problem::Decode { why: why.to_owned(), body: String::new() };
    ApiError { what: format!("reading {what}"), method: "GET".to_owned(), path: path.to_owned(), problem }
}
