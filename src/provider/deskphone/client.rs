//! Reads and writes the diverts of one account, one document an extension.

use super::convert;
use crate::{
    explained::Explained,
    http::{Answer, ApiError, Method, Problem, ReadClient, WriteClient, segment},
    model::{Address, Destination, Divert, Diverts, Extension, Kind, Resource, Unclear},
    path::{Path, Segment},
    plan::{Observed, Obstacle, Own, Role, Step},
    provider::{
        Endpoints, NotBack, Read, Scope, Write,
        answer::{Extent, conflict, decode, endpoint, failure, undecodable},
        scalar::Unreadable,
    },
};
use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::Mutex;

pub const API: &str = "bridge";

/// The most people a page may have (the contract's `max`).
const PAGE: usize = 1000;
/// A bridge that never ends its list does not hang a plan.
const MOST_PAGES: usize = 1000;

#[derive(Deserialize)]
struct People {
    items: Vec<Person>,
}

/// A person; those without an extension have no diverts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    id: String,
    extension: Option<String>,
}

/// The people who share an extension, by extension. More than one is an account nobody can be sure of.
type Ids = BTreeMap<Extension, Vec<String>>;

/// Everybody in an account.
#[derive(Clone, Default)]
struct Everybody {
    by_extension: Ids,
    /// By id.
    without_extension: Vec<String>,
}

/// Everybody in the one account of the bridge, as far as that was read.
#[derive(Default)]
struct Known(Mutex<Option<Everybody>>);

/// What is written goes by ids that were found after the plan was read: by then an extension may be another person's.
#[derive(Default)]
struct ForWrites(Known);

impl Known {
    /// Reads them unless they are known, or where it is said to look anew: people do not move while a run lasts.
    async fn everybody(&self, http: &ReadClient, account: &str, anew: bool) -> Result<Everybody, ApiError> {
        let mut known = self.0.lock().await;
        match known.take().filter(|_| !anew) {
            Some(everybody) => Ok(known.insert(everybody).clone()),
            None => Ok(known.insert(people(http, account).await?).clone()),
        }
    }
}

pub struct DeskphoneReader {
    endpoints: Endpoints<ReadClient>,
}

impl DeskphoneReader {
    pub fn new(endpoints: Endpoints<ReadClient>) -> Self {
        Self { endpoints }
    }
}

#[async_trait]
impl Read for DeskphoneReader {
    async fn observe(&self, account: &str, scope: &Scope) -> Result<Observed, ApiError> {
        // Without a bridge nothing can be read, and nothing is claimed.
        let Some(http) = self.endpoints.get(API) else { return Ok(Observed::default()) };
        // A look and a read-back are about the document alone.
        let Everybody { by_extension: ids, without_extension } =
            http.known::<Known>().everybody(http, account, scope.lists).await?;
        let mut observed = Observed::default();
        let aside = |id: String| (Address::new(Kind::Diverts, format!("(person {id})")), WITHOUT_EXTENSION);
        observed.aside.extend(without_extension.into_iter().map(aside));
        for (extension, people) in &ids {
            observed.extensions.insert(extension.clone(), Role::Person);
            if people.len() > 1 {
                observed.obstacles.push(Obstacle {
                    address: Address::new(Kind::Diverts, extension),
                    field: None,
                    code: "ambiguous-object",
                    message: format!(
                        "{} people in account `{account}` have extension `{extension}`",
                        people.len()
                    ),
                    help: "give each an extension of its own in the dashboard first",
                });
            }
        }
        observed.obstacles.extend(misnamed(scope, &ids));
        // What has an extension and is no person is in no list (FACTS deskphone/dashboard-13).
        observed.circumstances.extensions = Some(ids.keys().map(ToString::to_string).collect());
        observed.circumstances.unclear = Unclear::Others;
        let mut reads = Vec::new();
        let wanted = scope.wanted.keys().filter(|address| address.kind == Kind::Diverts);
        let wanted: BTreeSet<Extension> = match scope.everything {
            true => ids.keys().cloned().collect(),
            false => wanted.filter_map(|address| address.key.parse().ok()).collect(),
        };
        for extension in wanted {
            if let Some(id) = ids.get(&extension).and_then(|people| people.first()) {
                reads.push(diverts(http, id.clone(), extension, &ids));
            }
        }
        let found: Vec<_> = stream::iter(reads).buffer_unordered(http.concurrency()).try_collect().await?;
        for (address, document, mut diverts, unreadable) in found {
            observed.own.insert(address.clone(), Own::of(&document));
            if let (Some(Resource::Diverts(wanted)), Ok(own)) =
                (scope.wanted.get(&address), address.key.parse())
            {
                convert::as_written(&mut diverts, wanted, &own, &|it| ids.contains_key(it));
            }
            if unreadable != Unreadable::default() {
                observed.unreadable.insert(address.clone(), unreadable.0);
            }
            if let Ok(own) = address.key.parse() {
                observed.not_kept_of.insert(address.clone(), convert::not_taken_back(&diverts, &own));
            }
            observed.circumstances.gone.extend(gone(&address, &diverts, &ids));
            observed.objects.insert(address, Resource::Diverts(diverts));
        }
        Ok(observed)
    }
}

/// The tokens of live diverts that are likely extensions of people who have left: as long as one that somebody has
/// (FACTS deskphone/dashboard-11), for a shorter or longer number may be one of the network, as those of three digits are that
/// begin with 1 or 9. What has an extension and is no person is in no list: it is not certain (FACTS deskphone/dashboard-13).
fn gone(address: &Address, diverts: &Diverts, ids: &Ids) -> Vec<(String, Destination)> {
    let is_code = |it: &Extension| it.as_str().len() == 3 && it.as_str().starts_with(['1', '9']);
    let is_long = |it: &Extension| ids.keys().any(|other| other.as_str().len() == it.as_str().len());
    let is_left = |it: &Extension| is_long(it) && !is_code(it) && !ids.contains_key(it);
    let tokens = diverts.conditions().into_iter().filter_map(|(_, divert)| match divert {
        Some(Divert::To(Destination::DialString(word))) => Some(word),
        _ => None,
    });
    let meant = tokens.filter_map(|word| Some((word.clone(), convert::means(address, word)?)));
    let is_gone = |(_, to): &(String, Destination)| matches!(to, Destination::Extension(it) | Destination::Voicemail(it) if is_left(it));
    meant.filter(is_gone).collect()
}

/// Extensions that are declared as something else: they would be read back as extensions, and never be as declared.
fn misnamed(scope: &Scope, ids: &Ids) -> Vec<Obstacle> {
    let mut found = Vec::new();
    for (address, wanted) in &scope.wanted {
        let Resource::Diverts(diverts) = wanted else { continue };
        let Ok(own) = address.key.parse::<Extension>() else { continue };
        for (condition, divert) in diverts.conditions() {
            let Some(Divert::To(to @ (Destination::DialString(_) | Destination::Number(_)))) = divert else {
                continue;
            };
            let read = convert::read_back(to, &own, &|it| ids.contains_key(it));
            let extension = match read {
                Some(Destination::Extension(it) | Destination::Voicemail(it)) => it,
                Some(Destination::OwnVoicemail) => own.clone(),
                _ => continue,
            };
            let said = format!("{}: {}", to.word(), to.name().unwrap_or_default());
            found.push(Obstacle {
                address: address.clone(),
                field: Some(Path::from([condition])),
                code: "bad-value",
                message: format!("`{said}`: `{extension}` is an extension of this account"),
                help: "write `extension: \"…\"`, or `voicemail` for its mailbox",
            });
        }
    }
    found
}

const WITHOUT_EXTENSION: &str = "this person has no extension, and so no diverts";

/// Every person, over all pages.
async fn people(http: &ReadClient, account: &str) -> Result<Everybody, ApiError> {
    let what = format!("the people of `{account}`");
    let mut all = Everybody::default();
    let mut path = "/people".to_owned();
    let mut query = vec![("callingData".to_owned(), "true".to_owned()), ("max".to_owned(), PAGE.to_string())];
    let mut extent = Extent::default();
    let mut asked = BTreeSet::new();
    let mut seen: BTreeMap<String, Option<String>> = BTreeMap::new();
    for _ in 0..MOST_PAGES {
        let pairs: Vec<(&str, String)> =
            query.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        let Answer { body, next, received, .. } = http.fetch(&path, &pairs, &what).await?;
        let page: People = decode(&body, &what, &path)?;
        extent.add(page.items.len(), received).map_err(|problem| failure(&what, &path, problem))?;
        asked.insert((path.clone(), query.clone()));
        for Person { id, extension } in page.items {
            // Whoever joins while pages are read moves the last of one page to the next: that is one person all the same.
            match seen.insert(id.clone(), extension.clone()) {
                Some(before) if before == extension => continue,
                Some(_) => {
                    let why = "the same person came twice; the list may have changed meanwhile".to_owned();
                    return Err(failure(&what, &path, Problem::Incomplete(why)));
                }
                None => {}
            }
            let Some(extension) = extension.filter(|it| !it.is_empty()) else {
                all.without_extension.push(id);
                continue;
            };
            let parsed = extension.parse().map_err(|error: Explained| {
                failure(&what, &path, Problem::Decode { why: error.message, body: extension.clone() })
            })?;
            all.by_extension.entry(parsed).or_default().push(id);
        }
        let Some(link) = next else { return Ok(all) };
        let Some((to, pairs)) = http.below(&link) else {
            let why = "its next page is not below `url`".to_owned();
            return Err(failure(&what, &path, Problem::Incomplete(why)));
        };
        if asked.contains(&(to.clone(), pairs.clone())) {
            let why = "its next page is one that was read before".to_owned();
            return Err(failure(&what, &path, Problem::Incomplete(why)));
        }
        (path, query) = (to, pairs);
    }
    Err(failure(&what, &path, Problem::Incomplete(format!("more than {MOST_PAGES} pages"))))
}

/// The diverts of one person as they were read, and in the words of the YAML.
async fn diverts(
    http: &ReadClient,
    id: String,
    extension: Extension,
    people: &Ids,
) -> Result<(Address, Value, Diverts, Unreadable), ApiError> {
    let Document { body, path, what, .. } = document(http, &id, &extension).await?;
    let (diverts, unreadable) = convert::diverts(&body, &extension, &|it| people.contains_key(it))
        .map_err(|why| undecodable(why, &body.to_string(), &what, &path))?;
    Ok((Address::new(Kind::Diverts, &extension), body, diverts, unreadable))
}

/// The diverts of one person as the server has them.
struct Document {
    body: Value,
    etag: Option<String>,
    path: String,
    /// What is being read, in words.
    what: String,
}

async fn document(http: &ReadClient, id: &str, extension: &Extension) -> Result<Document, ApiError> {
    let path = format!("/people/{}/features/callForwarding", segment(id));
    let what = format!("the diverts of `{extension}`");
    let Answer { body, etag, .. } = http.fetch(&path, &[], &what).await?;
    Ok(Document { body: decode(&body, &what, &path)?, etag, path, what })
}

pub struct DeskphoneWriter {
    endpoints: Endpoints<WriteClient>,
}

impl DeskphoneWriter {
    pub fn new(endpoints: Endpoints<WriteClient>) -> Self {
        Self { endpoints }
    }
}

#[async_trait]
impl Write for DeskphoneWriter {
    /// Reads, merges, writes the whole document if it still is what was read.
    async fn execute(&self, account: &str, step: &Step) -> Result<NotBack, ApiError> {
        let conflict = |why: String| conflict(step, why);
        let http = endpoint(&self.endpoints, API)?;
        let (Some(Resource::Diverts(wanted)), Ok(extension)) =
            (&step.after, step.address.key.parse::<Extension>())
        else {
            return Err(conflict("only the diverts of an extension can be changed".to_owned()));
        };
        let known = http.known::<ForWrites>();
        let ids = known.0.everybody(http, account, false).await?.by_extension;
        let id = match ids.get(&extension).map(Vec::as_slice) {
            Some([id]) => id.clone(),
            Some(_) => return Err(conflict("several people have this extension".to_owned())),
            None => return Err(conflict("nobody has this extension".to_owned())),
        };
        let Document { body: document, etag, path, what } = document(http, &id, &extension).await?;
        still_as_planned(&document, &extension, step, &ids).map_err(conflict)?;
        let concerns = |word: &str| step.concerns(&[Segment::key(word)]);
        let body = convert::merged(&document, &extension, wanted, step.restored.as_ref(), concerns)
            .ok_or_else(|| conflict("the document does not match the contract".to_owned()))?;
        let what = format!("changing {what}");
        let sent = http.send_if(Method::PUT, &path, Some(&body), etag.as_deref(), &what).await;
        let refused = |error: &ApiError| matches!(error.problem, Problem::Status { status: 400 | 422, .. });
        let sent = match sent {
            // What a divert that is off would do if it were on may have become impossible: then without it.
            Err(error) if step.restored.is_some() && refused(&error) => {
                let body = convert::merged(&document, &extension, wanted, None, concerns)
                    .ok_or_else(|| conflict("the document does not match the contract".to_owned()))?;
                http.send_if(Method::PUT, &path, Some(&body), etag.as_deref(), &what).await
            }
            sent => sent,
        };
        match sent {
            Err(ApiError { problem: Problem::Status { status: 412, .. }, .. }) => {
                let now = self::document(http, &id, &extension).await?;
                still_as_planned(&now.body, &extension, step, &ids).map_err(conflict)?;
                Err(conflict("somebody changed another divert of this extension at this moment".to_owned()))
            }
            other => other.map(|_| NotBack::new()),
        }
    }
}

/// What is about to be changed must be what the plan saw.
fn still_as_planned(
    document: &Value,
    extension: &Extension,
    step: &Step,
    people: &Ids,
) -> Result<(), String> {
    let (now, _) = convert::diverts(document, extension, &|it| people.contains_key(it))?;
    let Some(Resource::Diverts(before)) = &step.before else { return Ok(()) };
    let both = before.conditions().into_iter().zip(now.conditions());
    for ((word, then), (_, now)) in both.filter(|((word, _), _)| step.concerns(&[(*word).into()])) {
        if then != now {
            let text = |divert| serde_json::to_string(&divert).unwrap_or_default();
            return Err(format!("`{word}` was {} and is {} now", text(then), text(now)));
        }
    }
    Ok(())
}
