//! Lists read to their end, objects decoded, paths.

use super::{raw_rule::RawRule, shown::Shown};
use crate::{
    http::{ApiError, Body, Problem, ReadClient, segment},
    model::{E164, Extension, Kind},
    provider::{
        answer::{self, Extent, decode, failure, on_one_line, undecodable},
        stratus::wire::{AnswerRule, AutoAttendant, Domain, PhoneNumber, Row, User},
    },
};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

/// The most rows one page may have (FACTS stratus/lists-1).
const PAGE: usize = 1000;
/// To how many rows lists are silently cut by default.
const CAP: usize = 100;
/// Lists are silently cut at [`CAP`], and at other round numbers by servers that limit `limit`. Nobody limits to
/// less than this.
const LEAST_CAP: usize = 10;
/// No account has more pages than this; a server that never ends does not hang a plan.
const MOST_PAGES: usize = 1000;

/// How servers spell their domains, by how files do.
#[derive(Default)]
pub struct Spellings(Mutex<BTreeMap<String, String>>);

impl Spellings {
    fn of(&self, domain: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(domain).cloned()
    }

    pub fn put(&self, domain: &str, spelling: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(domain.to_owned(), spelling.to_owned());
    }
}

/// The paths of the lists that were seen to take neither `start` nor `limit`.
#[derive(Default)]
struct Unpaged(Mutex<BTreeSet<String>>);

impl Unpaged {
    fn has(&self, path: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(path)
    }

    fn add(&self, path: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
    }
}

/// The API, seen from one domain.
#[derive(Clone, Copy)]
pub struct Api<'a> {
    pub http: &'a ReadClient,
    pub domain: &'a str,
}

impl<'a> Api<'a> {
    /// The path of something in the domain.
    pub fn path(&self, rest: &str) -> String {
        format!("/domains/{}{rest}", segment(self.domain))
    }

    /// A whole list.
    ///
    /// Lists carry no total and no next link, and servers cut them silently: a page of a round
    /// number of rows may not be the last. A server that then sends the same rows again ignores `start`, and what
    /// lies behind its cap cannot be read: an error, never a short list.
    pub async fn list<T: Row>(&self, rest: &str, what: &str) -> Result<Vec<T>, ApiError> {
        let path = self.path(rest);
        pages(self.http, &path, &[], what).await
    }

    /// One object. Some servers wrap it in a list of one.
    pub async fn object<T: DeserializeOwned>(&self, rest: &str, what: &str) -> Result<T, ApiError> {
        let path = self.path(rest);
        let body = self.http.get(&path, &[], what).await?;
        let one = if body.is_list() { body.only() } else { Some(body.clone()) };
        // A list would be taken for the fields of an object, one after the other.
        match one.filter(|one| !one.is_list()) {
            Some(one) => decode(&one, what, &path),
            None => {
                let why = "it is a list where one object is expected";
                Err(undecodable(why, &on_one_line(&body), what, &path))
            }
        }
    }

    /// Whether an object is there, whatever it is.
    pub async fn is_there(&self, rest: &str, what: &str) -> Result<bool, ApiError> {
        Ok(present(self.http.get(&self.path(rest), &[], what).await)?.is_some())
    }

    pub async fn domain(&self) -> Result<Domain, ApiError> {
        self.object("", &format!("domain `{}`", self.domain)).await
    }

    /// The domain as the server spells it: a file may write it in another case, and what is written into an object is compared
    /// there, letter by letter perhaps. Asked for unless it is known.
    pub async fn spelling(&self) -> Result<String, ApiError> {
        let known = self.http.known::<Spellings>();
        if let Some(known) = known.of(self.domain) {
            return Ok(known);
        }
        let domain = self.domain().await?;
        known.put(self.domain, domain.domain.as_str());
        Ok(domain.domain.0)
    }

    pub async fn user(&self, extension: &str) -> Result<User, ApiError> {
        self.object(&format!("/users/{}", segment(extension)), &format!("extension `{extension}`")).await
    }

    /// The names of the auto attendants, by extension.
    pub async fn attendants(&self) -> Result<BTreeMap<Extension, String>, ApiError> {
        let what = format!("the auto attendants of `{}`", self.domain);
        let rows: Vec<AutoAttendant> = self.list("/autoattendants", &what).await?;
        let named =
            rows.into_iter().filter_map(|row| Some((row.user.as_str().parse().ok()?, row.attendant_name.0)));
        Ok(named.collect())
    }

    pub async fn rules(&self, extension: &str) -> Result<Vec<AnswerRule>, ApiError> {
        self.list(&rules_path(extension), &rules_of(extension)).await
    }

    /// The same, each beside all that the server shows of it.
    pub async fn whole_rules(
        &self,
        extension: &str,
    ) -> Result<(Vec<AnswerRule>, Vec<Box<RawValue>>), ApiError> {
        let shown: Vec<Shown<AnswerRule>> = self.list(&rules_path(extension), &rules_of(extension)).await?;
        Ok(shown.into_iter().map(|it| (it.row, it.all)).unzip())
    }

    /// All that the server shows of the rules.
    pub async fn raw_rules(&self, extension: &str) -> Result<Vec<RawRule>, ApiError> {
        self.list(&rules_path(extension), &rules_of(extension)).await
    }

    /// A number of the domain, with the key under which it is listed: mostly its eleven digits, and sometimes ten
    /// (FACTS stratus/readings-7).
    pub async fn number(&self, key: &str) -> Result<Option<PhoneNumber>, ApiError> {
        let what = format!("{} `{key}`", Kind::Numbers.noun());
        let digits = key.trim_start_matches('+');
        let direct = present(self.object::<PhoneNumber>(&format!("/phonenumbers/{digits}"), &what).await)?;
        if direct.is_some() {
            return Ok(direct);
        }
        let listed: Vec<PhoneNumber> = self.list("/phonenumbers", &what).await?;
        let same = |number: &PhoneNumber| {
            E164::from_nanp(number.phonenumber.as_str()).is_some_and(|number| number.to_string() == key)
        };
        Ok(listed.into_iter().find(same))
    }
}

fn rules_path(extension: &str) -> String {
    format!("/users/{}/answerrules", segment(extension))
}

fn rules_of(extension: &str) -> String {
    format!("the answering rules of `{extension}`")
}

/// `None` for an object that is not there.
pub fn present<T>(read: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    answer::present(read, |message| !says_no_route(message))
}

/// Whether this build lacks the path (FACTS stratus/errors-4).
pub fn says_no_route(message: &str) -> bool {
    message.contains("No Route Found")
}

pub async fn pages<T: Row>(
    http: &ReadClient,
    path: &str,
    query: &[(&str, String)],
    what: &str,
) -> Result<Vec<T>, ApiError> {
    let mut rows: Vec<T> = Vec::new();
    // Each key with the page that it is on.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut extent = Extent::default();
    for number in 0..MOST_PAGES {
        let mut query = query.to_vec();
        query.push(("start", rows.len().to_string()));
        query.push(("limit", PAGE.to_string()));
        let (page, bytes): (Vec<T>, usize) = match http.fetch(path, &query, what).await {
            Ok(answer) => (rows_of(&answer.body, what, path)?, answer.received),
            Err(error) if is_empty_collection(&error) => (Vec::new(), 0),
            Err(error) => return Err(error),
        };
        let length = page.len();
        let before = rows.len();
        // Keys that stand twice in one page are two objects; keys of an earlier page are that page again.
        rows.extend(page.into_iter().filter(|row| *seen.entry(row.key()).or_insert(number) == number));
        // To find out once that a list is whole is enough: a run reads some of them many times.
        let is_whole = number == 0 && !is_own_cap(length) && http.known::<Unpaged>().has(path);
        if is_whole || !may_be_cut(length) {
            return Ok(rows);
        }
        extent.add(length, bytes).map_err(|problem| failure(what, path, problem))?;
        if rows.len() == before {
            if number == 1 && length == before && takes_no_limit::<T>(http, path, length, &seen, what).await?
            {
                http.known::<Unpaged>().add(path);
                return Ok(rows);
            }
            let why = format!("the server sends the same {length} rows for every `start`");
            return Err(failure(what, path, Problem::Incomplete(why)));
        }
    }
    Err(failure(what, path, Problem::Incomplete(format!("more than {MOST_PAGES} pages"))))
}

/// Whether a list of so many rows ignores `limit` as it does `start`: not every list is said to take them
/// (FACTS stratus/lists-8). Nobody has cut it then, unless it has the length to which servers cut by themselves.
async fn takes_no_limit<T: Row>(
    http: &ReadClient,
    path: &str,
    length: usize,
    seen: &BTreeMap<String, usize>,
    what: &str,
) -> Result<bool, ApiError> {
    if is_own_cap(length) {
        return Ok(false);
    }
    let query = [("start", "0".to_owned()), ("limit", "1".to_owned())];
    let rows: Vec<T> = rows_of(&http.fetch(path, &query, what).await?.body, what, path)?;
    Ok(rows.len() == length && rows.iter().all(|row| seen.contains_key(&row.key())))
}

/// Whether a list has the length to which servers cut by themselves.
fn is_own_cap(length: usize) -> bool {
    matches!(length, CAP | PAGE)
}

/// Whether a page of so many rows may have more behind it: it has the length that somebody chose.
fn may_be_cut(length: usize) -> bool {
    length >= LEAST_CAP && (length.is_multiple_of(5) || length.is_power_of_two())
}

/// The rows of a page; a list of one may come as the object alone (FACTS stratus/readings-8).
fn rows_of<T: Row>(body: &Body, what: &str, path: &str) -> Result<Vec<T>, ApiError> {
    if body.has_row_list() {
        let why = "a row of it is a list where an object is expected";
        return Err(undecodable(why, &on_one_line(body), what, path));
    }
    let one = if body.is_list() { None } else { body.read::<T>().ok() };
    // An object without a key is something else, such as a message.
    let one = one.filter(|row| !row.key().trim().is_empty());
    one.map_or_else(|| decode(body, what, path), |row| Ok(vec![row]))
}

/// Whether a 404 means that a collection of a known parent has nothing in it (FACTS stratus/errors-5). The domain has
/// been read before any of its lists; a path that the build does not have, and a parent that is gone, say so.
fn is_empty_collection(error: &ApiError) -> bool {
    match &error.problem {
        Problem::Status { status: 404, message, .. } => {
            matches!(message.as_str(), "" | "[]" | "Not Found" | "Not Found." | "Resource not found.")
        }
        _ => false,
    }
}
