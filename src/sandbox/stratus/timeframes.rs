//! Serves time frames, shared by a domain or owned by a user (FACTS stratus/frames-1).

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::call::{ApiCall, ErrorResponse, RouteResult, show, text};
use super::entries::{EntryType, KINDS, TYPES, WEEK};
use super::forms::{FrameLists, FramePut, WeekUpdate};
use super::users;
use crate::sandbox::document::Document;
use crate::sandbox::vendor::{Commit, Response};
use crate::text::hex;

/// Where a time frame is kept.
#[derive(Debug, Clone, Copy)]
pub enum Shelf<'a> {
    Domain,
    User(&'a str),
}

pub fn of_domain(call: &ApiCall, path: &[&str]) -> RouteResult {
    route(call, Shelf::Domain, path)
}

pub fn of_user(call: &ApiCall, user: &str, path: &[&str]) -> RouteResult {
    users::find(call, if call.request.is_write() { call.held } else { call.seen }, user)?;
    route(call, Shelf::User(user), path)
}

fn route(call: &ApiCall, shelf: Shelf, path: &[&str]) -> RouteResult {
    match (call.method(), path) {
        ("GET", []) => {
            let frames = shelf.frames(call.seen);
            call.list(frames.values().map(|frame| listed(call, render(call, shelf, frame))).collect())
        }
        ("POST", []) => create(call, shelf),
        ("GET", [id]) => show(render(call, shelf, &shelf.find(call.seen, id)?)),
        ("POST", [id]) => add(call, shelf, id),
        ("PUT", [id]) => update(call, shelf, id),
        ("DELETE", [id]) => delete(call, shelf, id),
        _ => Err(ErrorResponse::no_route()),
    }
}

impl Shelf<'_> {
    /// Returns the frames by name.
    pub fn frames(self, document: &Document) -> Map<String, Value> {
        match self {
            Self::Domain => {
                document.table("timeframes").map(|(name, frame)| (name.to_owned(), frame.clone())).collect()
            }
            Self::User(user) => {
                document.get("user-timeframes", user).and_then(Value::as_object).cloned().unwrap_or_default()
            }
        }
    }

    /// Stores a frame, or takes it away.
    pub fn store(self, document: &mut Document, name: &str, frame: Option<Value>) {
        match (self, frame) {
            (Self::Domain, Some(frame)) => document.put("timeframes", name, frame),
            (Self::Domain, None) => document.remove("timeframes", name),
            (Self::User(user), frame) => {
                let mut frames = self.frames(document);
                match frame {
                    Some(frame) => frames.insert(name.to_owned(), frame),
                    None => frames.shift_remove(name),
                };
                frames.sort_keys();
                document.put("user-timeframes", user, frames.into());
            }
        }
    }

    fn find(self, document: &Document, id: &str) -> Result<Value, ErrorResponse> {
        let is_meant = |frame: &&Value| text(frame, "timeframe-id") == id;
        let found = match self {
            Self::Domain => document.table("timeframes").map(|(_, frame)| frame).find(is_meant),
            Self::User(user) => {
                let frames = document.get("user-timeframes", user).and_then(Value::as_object);
                frames.into_iter().flat_map(Map::values).find(is_meant)
            }
        };
        found.cloned().ok_or_else(missing)
    }
}

pub fn missing() -> ErrorResponse {
    ErrorResponse::new(404, "Not Found. Timeframe input was not found.")
}

/// Tells whether a deleted record still holds this name.
pub fn is_reserved(document: &Document, name: &str) -> bool {
    document.single("reserved-names").as_array().into_iter().flatten().any(|kept| kept == name)
}

/// Keeps a deleted name, if this server deletes softly (FACTS stratus/readings-4).
pub fn reserve(call: &ApiCall, document: &mut Document, name: &str) {
    if call.server.keeping.lingering_frames {
        let mut kept = document.single("reserved-names").as_array().cloned().unwrap_or_default();
        kept.push(name.into());
        document.set("reserved-names", kept.into());
    }
}

/// Makes a frame's record and mints its ids.
pub fn record(
    document: &mut Document,
    account: &str,
    body: &Map<String, Value>,
) -> Result<(String, Value), ErrorResponse> {
    let text_of = |name: &str| body.get(name).and_then(super::fields::plain).unwrap_or_default();
    let (name, frame_type) = (text_of("timeframe-name"), text_of("timeframe-type"));
    if name.is_empty() || name == "*" {
        return Err(ErrorResponse::invalid("Invalid value for timeframe-name."));
    }
    if !TYPES.contains(&frame_type.as_str()) {
        return Err(ErrorResponse::invalid("Invalid value for timeframe-type."));
    }
    let id = given_id(body).unwrap_or_else(|| mint(document, account, &name));
    let mut frame = Map::new();
    frame.insert("timeframe-id".into(), id.into());
    frame.insert("timeframe-name".into(), name.as_str().into());
    frame.insert("timeframe-type".into(), frame_type.as_str().into());
    for (kind, sent) in arrays(&frame_type, body)? {
        whole_week(kind, &frame_type, sent.len())?;
        let entries = sent.iter().map(|entry| new_entry(document, account, &name, kind, entry, given_id));
        let entries: Vec<Value> = entries.collect::<Result<_, ErrorResponse>>()?;
        frame.insert(kind.array.into(), entries.into());
    }
    if frame_type == WEEK.of_type && !frame.contains_key(WEEK.array) {
        whole_week(WEEK, &frame_type, 0)?;
    }
    Ok((name, frame.into()))
}

/// Names are unique over the domain and all its users, deleted ones included (FACTS stratus/frames-3).
pub fn unique(document: &Document, name: &str) -> Result<(), ErrorResponse> {
    let of_user = |frames: &Value| frames.get(name).is_some();
    let taken = document.get("timeframes", name).is_some()
        || document.table("user-timeframes").any(|(_, frames)| of_user(frames))
        || is_reserved(document, name);
    let message = "A timeframe with this name already exists for the given user.";
    if taken { Err(ErrorResponse::invalid(message)) } else { Ok(()) }
}

fn create(call: &ApiCall, shelf: Shelf) -> RouteResult {
    let mut next = call.held.clone();
    let (name, frame) = record(&mut next, call.account, call.body()?)?;
    unique(call.held, &name)?;
    let shown = render(call, shelf, &frame);
    shelf.store(&mut next, &name, Some(frame));
    call.created(format!("timeframes/{name}"), next, shown)
}

/// Adds entries to those there are.
fn add(call: &ApiCall, shelf: Shelf, id: &str) -> RouteResult {
    let (name, frame_type, mut frame) = open(call, shelf, id)?;
    let mut next = call.held.clone();
    for (kind, sent) in arrays(&frame_type, call.body()?)? {
        let mut entries = entries_of(&frame, kind);
        for entry in sent {
            entries.push(new_entry(&mut next, call.account, &name, kind, entry, fresh)?);
        }
        whole_week(kind, &frame_type, entries.len())?;
        frame.insert(kind.array.into(), entries.into());
    }
    shelf.store(&mut next, &name, Some(frame.into()));
    call.accept(format!("timeframes/{name}"), next)
}

/// Replaces what is sent, or all there is; with `update-only` merges by entry id; converts. Answers 200 at once.
fn update(call: &ApiCall, shelf: Shelf, id: &str) -> RouteResult {
    let forms = &call.server.forms;
    let body = call.body()?;
    let (name, mut frame_type, mut frame) = open(call, shelf, id)?;
    // A conversion that does not show yet is still queued.
    let mut known = frame_type.clone();
    if forms.convert_late {
        known = text(&shelf.find(call.seen, id)?, "timeframe-type").to_owned();
    }
    if let Some(wanted) = forms.convert_key.wanted(body).filter(|wanted| *wanted != frame_type) {
        convert(&mut frame, &frame_type, wanted)?;
        frame_type = wanted.to_owned();
        known = wanted.to_owned();
    }
    let merges = forms.week_update.merges(body);
    let mut next = call.held.clone();
    let sent = arrays(&known, body)?;
    if forms.frame_put == FramePut::Frame && !merges && !sent.is_empty() {
        KINDS.iter().for_each(|kind| drop(frame.shift_remove(kind.array)));
    }
    for (kind, sent) in sent {
        let mut entries = if merges { entries_of(&frame, kind) } else { Vec::new() };
        for entry in sent {
            let found =
                entries.iter_mut().find(|known| text(known, "timeframe-id") == text(entry, "timeframe-id"));
            match found.and_then(Value::as_object_mut).filter(|_| merges) {
                Some(known) => kind.merge(known, entry)?,
                None if merges && !text(entry, "timeframe-id").is_empty() => return Err(missing()),
                None => {
                    // A week has one entry, so without an id it is the one meant; it gets a new id.
                    if frame_type == WEEK.of_type && merges {
                        entries.clear();
                    }
                    entries.push(new_entry(&mut next, call.account, &name, kind, entry, fresh)?);
                }
            }
        }
        whole_week(kind, &frame_type, entries.len())?;
        // "Undesired behavior" of the vendor's text: here the hours are gone.
        if frame_type == WEEK.of_type && !merges && forms.week_update != WeekUpdate::Free {
            entries = vec![new_entry(&mut next, call.account, &name, kind, &json!({}), fresh)?];
        }
        frame.insert(kind.array.into(), entries.into());
    }
    let frame = Value::from(frame);
    let shown = render(call, shelf, &frame);
    shelf.store(&mut next, &name, Some(frame));
    let commit =
        Commit { account: call.account.to_owned(), object: format!("timeframes/{name}"), document: next };
    Ok(Response::new(200, shown).with(commit))
}

/// Converts a type: only `custom` keeps the entries, and there is no way back from it (FACTS stratus/frames-10).
fn convert(frame: &mut Map<String, Value>, from: &str, to: &str) -> Result<(), ErrorResponse> {
    if from == "custom" || !TYPES.contains(&to) {
        return Err(ErrorResponse::invalid("Invalid value for timeframe-type."));
    }
    if to != "custom" {
        KINDS.iter().for_each(|kind| drop(frame.shift_remove(kind.array)));
    }
    frame.insert("timeframe-type".into(), to.into());
    Ok(())
}

/// Deletes a frame, leaving its rules dead, or with `child_id` one of its entries.
fn delete(call: &ApiCall, shelf: Shelf, id: &str) -> RouteResult {
    let (name, _, mut frame) = open(call, shelf, id)?;
    let mut next = call.held.clone();
    let child = call.request.body.as_ref().and_then(|body| body.get("child_id")).and_then(Value::as_str);
    let Some(child) = child else {
        shelf.store(&mut next, &name, None);
        reserve(call, &mut next, &name);
        return call.accept(format!("timeframes/{name}"), next);
    };
    let is_child = |entry: &Value| text(entry, "timeframe-id") == child;
    let kind =
        KINDS.into_iter().find(|kind| entries_of(&frame, *kind).iter().any(is_child)).ok_or_else(missing)?;
    let mut entries = entries_of(&frame, kind);
    entries.retain(|entry| !is_child(entry));
    frame.insert(kind.array.into(), entries.into());
    shelf.store(&mut next, &name, Some(frame.into()));
    call.accept(format!("timeframes/{name}"), next)
}

fn open(
    call: &ApiCall,
    shelf: Shelf,
    id: &str,
) -> Result<(String, String, Map<String, Value>), ErrorResponse> {
    let frame = shelf.find(call.held, id)?;
    let (name, frame_type) = (text(&frame, "timeframe-name"), text(&frame, "timeframe-type"));
    Ok((name.to_owned(), frame_type.to_owned(), frame.as_object().cloned().unwrap_or_default()))
}

fn entries_of(frame: &Map<String, Value>, kind: EntryType) -> Vec<Value> {
    frame.get(kind.array).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// Returns the arrays a body sends; one that does not fit the type is refused.
fn arrays<'a>(
    frame_type: &str,
    body: &'a Map<String, Value>,
) -> Result<Vec<(EntryType, &'a Vec<Value>)>, ErrorResponse> {
    let mut arrays = Vec::new();
    for (kind, sent) in KINDS.iter().filter_map(|kind| Some((*kind, body.get(kind.array)?))) {
        let entries = sent.as_array().filter(|entries| entries.is_empty() || kind.fits(frame_type));
        let entries =
            entries.ok_or_else(|| ErrorResponse::invalid(format!("Invalid value for {}.", kind.array)))?;
        if kind.fits(frame_type) {
            arrays.push((kind, entries));
        }
    }
    Ok(arrays)
}

/// A days-of-week frame has exactly one entry (FACTS stratus/frames-6).
fn whole_week(kind: EntryType, frame_type: &str, entries: usize) -> Result<(), ErrorResponse> {
    if kind == WEEK && frame_type == WEEK.of_type && entries != 1 {
        return Err(ErrorResponse::invalid("Days of week timeframes have exactly one entry."));
    }
    Ok(())
}

fn new_entry(
    document: &mut Document,
    account: &str,
    name: &str,
    kind: EntryType,
    sent: &Value,
    given: fn(&Map<String, Value>) -> Option<String>,
) -> Result<Value, ErrorResponse> {
    let fields = kind.create(sent)?;
    let id = sent.as_object().and_then(given).unwrap_or_else(|| mint(document, account, name));
    let mut entry = Map::new();
    entry.insert("timeframe-id".into(), id.into());
    entry.extend(fields);
    Ok(entry.into())
}

/// A seed may carry ids taken from a live system.
fn given_id(body: &Map<String, Value>) -> Option<String> {
    body.get("timeframe-id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned)
}

fn fresh(_: &Map<String, Value>) -> Option<String> {
    None
}

/// Mints 32 hexadecimal digits from the account, the name and a counter in the state: never from chance.
fn mint(document: &mut Document, account: &str, name: &str) -> String {
    let ordinal = document.single("sequence").as_u64().unwrap_or(0);
    document.set("sequence", (ordinal + 1).into());
    let digest = Sha256::digest(format!("{account}\n{name}\n{ordinal}"));
    hex(&digest[..16])
}

/// A frame as a row of a list, whose entries the server may leave out.
fn listed(call: &ApiCall, mut frame: Value) -> Value {
    let left_out: &[EntryType] = match call.server.forms.frame_lists {
        FrameLists::Whole => &[],
        FrameLists::NoWeek => &[WEEK],
        FrameLists::Bare => &KINDS,
    };
    for kind in left_out {
        if let Some(array) = frame.get_mut(kind.array) {
            *array = json!([]);
        }
    }
    frame
}

fn render(call: &ApiCall, shelf: Shelf, frame: &Value) -> Value {
    let frame_type = text(frame, "timeframe-type");
    let id = text(frame, "timeframe-id");
    let mut shown = json!({
        "timeframe-id": id,
        "timeframe-name": text(frame, "timeframe-name"),
        "user": match shelf { Shelf::Domain => "*", Shelf::User(user) => user },
        "domain": call.domain,
        "timeframe-type": frame_type,
    });
    for kind in KINDS.iter().filter(|kind| kind.fits(frame_type)) {
        let entries = frame.get(kind.array).and_then(Value::as_array).into_iter().flatten().enumerate();
        shown[kind.array] =
            entries.map(|(index, entry)| kind.render(entry, index, id, &call.domain)).collect();
    }
    shown
}
