//! Values in the words of the YAML.

use crate::{
    diff::FieldChange,
    path::{Path, Segment},
    text::{as_drawn, as_seen, printable},
};
use serde_json::{Map, Value};

/// One line of YAML: `{queue: "400"}`.
pub fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{}: {}", scalar(key), flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Two values of one field. Where they are drawn alike, every letter that is not Latin stands as an escape: the eye finds no
/// difference otherwise.
pub fn both(old: &Value, new: &Value) -> [String; 2] {
    spelled_out(old, new).unwrap_or_else(|| [flow(old), flow(new)])
}

/// The same for two texts that are drawn alike; none for others.
pub fn spelled_out(old: &Value, new: &Value) -> Option<[String; 2]> {
    let (old, new) = (old.as_str()?, new.as_str()?);
    let is_drawn_alike = as_seen(old) != as_seen(new) && as_drawn(old) == as_drawn(new);
    is_drawn_alike.then(|| [old, new].map(crate::text::spelled_out))
}

/// What rings, in the words of the portal; `None` for what is no such value.
pub fn ring(value: &Value) -> Option<String> {
    let Some(ring) = value.get("simultaneous") else {
        return (value.as_str()? == "extension").then(|| "just ring the user's extension".to_owned());
    };
    let on = |field: &str| ring.get(field).and_then(Value::as_bool) == Some(true);
    let also: Vec<String> = ring.get("also").and_then(Value::as_array)?.iter().map(rung).collect();
    let own = [(on("own_extension"), "the user's extension"), (on("all_phones"), "all user's phones")];
    let own = own.into_iter().filter(|(on, _)| *on).map(|(_, words)| words.to_owned());
    let all: Vec<String> = own.chain(also).collect();
    let confirmed = if on("confirm_external") { ", answer confirmation for outside numbers" } else { "" };
    Some(match all.as_slice() {
        [] => "ring nothing".to_owned(),
        [one] => format!("ring {one}{confirmed}"),
        several => format!("simultaneous ring: {}{confirmed}", several.join(", ")),
    })
}

/// "extension 204 after 10 s"
fn rung(also: &Value) -> String {
    let Some(map) = also.as_object() else { return flow(also) };
    let to = map.iter().find(|(key, _)| *key != "delay");
    let to = to.map(|(word, to)| {
        format!("{word} {}", to.as_str().map_or_else(|| flow(to), |to| printable(to.to_owned())))
    });
    match map.get("delay").and_then(Value::as_u64).unwrap_or_default() {
        0 => to.unwrap_or_default(),
        delay => format!("{} after {delay} s", to.unwrap_or_default()),
    }
}

/// A text as it has to be written so that every YAML reader sees a text: quoted if there is any doubt.
pub fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '/' | '.' | '@'))
        && !text.ends_with(' ')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "null" | "y" | "n"
        );
    // Anybody can set the names and labels of live objects: no control character reaches the terminal.
    if plain { text.to_owned() } else { printable(Value::from(text).to_string()) }
}

/// What an object says, without what is off or as it always is: the lines a reviewer reads when something is new.
pub fn without_defaults(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(false) | Value::Null => None,
        Value::Array(items) if items.is_empty() => None,
        Value::String(text) if text == "off" => None,
        Value::Object(map) if is_week(map) => Some(Value::Object(join_week(map))),
        Value::Object(map) => {
            let usual = |key: &str, value: &Value| match key {
                "enabled" => *value == Value::Bool(true),
                "max_callers" | "max_expected_wait" | "ring_timeout" | "max_wait" => value == "unlimited",
                // The path has the name already.
                "when" => true,
                _ => false,
            };
            let kept: Map<String, Value> = map
                .iter()
                .filter(|(key, value)| !usual(key, value))
                .filter_map(|(key, value)| match (key.as_str(), value) {
                    // The one switch whose usual position is on.
                    ("enabled", Value::Bool(false)) => Some((key.clone(), value.clone())),
                    _ => Some((key.clone(), without_defaults(value)?)),
                })
                .collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        other => Some(other.clone()),
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn is_week(map: &Map<String, Value>) -> bool {
    let is_day = |key: &String| DAYS.contains(&key.as_str());
    let is_term = |key: &String| ["first_day", "last_day", "every"].contains(&key.as_str());
    map.keys().any(is_day) && map.keys().all(|key| is_day(key) || is_term(key))
}

fn range(first: usize, last: usize) -> String {
    if first == last { DAYS[first].to_owned() } else { format!("{}-{}", DAYS[first], DAYS[last]) }
}

/// Days with equal hours as one range, closed days left out, as a person writes them.
fn join_week(map: &Map<String, Value>) -> Map<String, Value> {
    let hours: Vec<Option<&Value>> = DAYS.iter().map(|day| map.get(*day)).collect();
    let mut joined = Map::new();
    let mut first = 0;
    while first < DAYS.len() {
        let mut last = first;
        while last + 1 < DAYS.len() && hours[last + 1] == hours[first] {
            last += 1;
        }
        match hours[first] {
            Some(Value::Array(windows)) if windows.is_empty() => {}
            Some(windows) => {
                joined.insert(range(first, last), windows.clone());
            }
            None => {}
        }
        first = last + 1;
    }
    let term = map.iter().filter(|(key, _)| !DAYS.contains(&key.as_str()));
    joined.extend(term.map(|(key, value)| (key.clone(), value.clone())));
    joined
}

/// Changes of neighbouring days that are the same change, as one change of a range.
pub fn join_days(changes: &[FieldChange]) -> Vec<FieldChange> {
    let day = |change: &FieldChange| match &*change.path {
        [Segment::Key(field), Segment::Key(name)] if field == "weekly" => {
            DAYS.iter().position(|day| day == name)
        }
        _ => None,
    };
    let mut joined: Vec<FieldChange> = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    for change in changes {
        let same = joined.last().is_some_and(|last| (&last.old, &last.new) == (&change.old, &change.new));
        open = match (open, day(change)) {
            (Some((first, last)), Some(now)) if same && now == last + 1 => {
                if let Some(previous) = joined.last_mut() {
                    previous.path = Path::from(["weekly", &range(first, now)]);
                }
                Some((first, now))
            }
            (_, now) => {
                joined.push(change.clone());
                now.map(|now| (now, now))
            }
        };
    }
    joined
}

/// The value as lines of block YAML, for a diff by line.
pub fn block(value: &Value) -> String {
    match value {
        Value::Array(items) if items.is_empty() => "[]\n".to_owned(),
        Value::Array(items) => items.iter().map(|item| format!("- {}\n", flow(item))).collect(),
        Value::Object(map) => {
            map.iter().map(|(key, value)| format!("{}: {}\n", scalar(key), flow(value))).collect()
        }
        Value::String(text) => format!("{text}\n"),
        other => format!("{other}\n"),
    }
}
