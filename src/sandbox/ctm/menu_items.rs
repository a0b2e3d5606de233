//! Converts the choices of a voice menu: written plain, read wrapped and typed (FACTS ctm/menus-1).

use serde_json::{Map, Value, json};

use super::body::text as plain;
use super::error_response::ErrorResponse;
use super::fields::{self, Field, Lookup, flag, id, one_of, text};
use super::kinds::{MENU_ITEM, TARGETS, Target};
use super::rows;
use crate::sandbox::document::Document;

const ACTIONS: &[&str] = &[
    "dial",
    "menu",
    "message",
    "configured",
    "sms",
    "collect_input",
    "fire_pixel",
    "call_agent",
    "conference",
    "hangup",
    "call_queue",
    "geo",
    "conditional_router",
];

const COMMON: &[Field] =
    &[text("keypress"), one_of("voice_action_type", ACTIONS), flag("default_action", false)];

/// Shown only when they were sent.
const PROMPTS: &[Field] = &[text("play_message"), text("whisper_message")];
const MESSAGE: &[Field] = &[flag("play_beep", false), flag("recording", false), flag("transcribe", false)];

/// Taken, and nowhere to be read.
const SWALLOWED: &[&str] = &["id", "timer", "tag_id", "assign_agent_id", "physical_phone_number_id"];

/// The two targets whose key is documented; the others' are proposals (FACTS ctm/unnamed-7).
const DOCUMENTED: &[&str] = &["dial", "menu"];

/// Every key that a choice may have.
pub fn keys(experimental: bool) -> Vec<&'static str> {
    let fields = [COMMON, PROMPTS, MESSAGE].concat().into_iter().map(|field| field.name);
    let targets = targets(experimental).map(|target| target.action_key);
    fields.chain(targets).chain(SWALLOWED.iter().copied()).collect()
}

fn targets(experimental: bool) -> impl Iterator<Item = &'static Target> {
    let known = move |target: &&Target| experimental || DOCUMENTED.contains(&target.action);
    TARGETS.iter().filter(|target| !target.action.is_empty()).filter(known)
}

/// Makes a choice, or changes one that is there.
pub fn write(
    lookup: Lookup,
    experimental: bool,
    next: &mut Document,
    held: Option<&Map<String, Value>>,
    body: &Map<String, Value>,
) -> Result<Value, ErrorResponse> {
    let mut item = held.cloned().unwrap_or_else(|| {
        let mut item = Map::new();
        item.insert("id".into(), rows::draw(next, &MENU_ITEM).0);
        item.extend(fields::fresh(COMMON));
        item.insert("tag_list".into(), json!([]));
        item
    });
    fields::write(COMMON, lookup, &mut item, body)?;
    if item["voice_action_type"].is_null() {
        return Err(ErrorResponse::invalid("voice_action_type can't be blank"));
    }
    fields::write(PROMPTS, lookup, &mut item, body)?;
    if item["voice_action_type"] == "message" {
        fields::write(MESSAGE, lookup, &mut item, body)?;
        item.insert("max_recording_time".into(), Value::Null);
    } else {
        MESSAGE.iter().for_each(|field| drop(item.shift_remove(field.name)));
        item.shift_remove("max_recording_time");
    }
    if let Some(tag) = body.get("tag_id").and_then(plain) {
        let tags: Vec<String> = Some(tag).filter(|tag| !tag.is_empty()).into_iter().collect();
        item.insert("tag_list".into(), tags.into());
    }
    point(lookup, experimental, &mut item, body)?;
    Ok(item.into())
}

/// Keeps the target of the choice's own action, and no other.
fn point(
    lookup: Lookup,
    experimental: bool,
    item: &mut Map<String, Value>,
    body: &Map<String, Value>,
) -> Result<(), ErrorResponse> {
    for target in targets(true) {
        let own = item["voice_action_type"] == target.action;
        if !own {
            item.shift_remove(target.action_key);
            continue;
        }
        if !experimental && !DOCUMENTED.contains(&target.action) {
            continue;
        }
        let older = body.get("physical_phone_number_id").filter(|_| target.action == "dial");
        let sent = body.get(target.action_key).or(older);
        item.entry(target.action_key).or_insert(Value::Null);
        if let Some(sent) = sent {
            let body = Map::from_iter([(target.action_key.to_owned(), sent.clone())]);
            fields::write(&[field(target)], lookup, item, &body)?;
        }
    }
    Ok(())
}

fn field(target: &'static Target) -> Field {
    id(target.action_key, std::slice::from_ref(&target.kind.table))
}

/// A choice as it is read.
pub fn render(item: &Map<String, Value>, experimental: bool, url: impl Fn(&str) -> String) -> Value {
    let mut shown = item.clone();
    for target in targets(true).filter(|target| !experimental && !DOCUMENTED.contains(&target.action)) {
        shown.shift_remove(target.action_key);
    }
    shown.insert("url".into(), url(item["id"].as_str().unwrap_or_default()).into());
    shown.insert("sms_authorized".into(), false.into());
    shown.into()
}
