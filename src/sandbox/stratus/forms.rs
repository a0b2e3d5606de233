//! In what forms this server takes and shows things, where public evidence allows several (FACTS stratus/readings).

use serde_json::{Map, Value};

use crate::sandbox::notation::{SwitchError, Switches};

/// Of a time frame, what a `PUT` with one array replaces (FACTS stratus/readings-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FramePut {
    Array,
    Frame,
}

/// Which word a `PUT` of weekly hours needs (FACTS stratus/readings-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeekUpdate {
    /// None.
    Free,
    /// `update-only` or `update_only`.
    Either,
    Hyphen,
    Underscore,
}

/// Under which key a type is converted (FACTS stratus/frames-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConvertKey {
    Either,
    Type,
    TimeframeType,
}

/// What lists show of time frames (FACTS stratus/readings-14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameLists {
    Whole,
    /// Everything but the weekly hours, also of a frame that has dates beside them.
    NoWeek,
    /// None of their entries.
    Bare,
}

/// The forms of one server.
#[derive(Debug, Clone)]
pub struct Forms {
    pub frame_put: FramePut,
    pub week_update: WeekUpdate,
    pub convert_key: ConvertKey,
    /// A conversion is queued: until it shows, arrays are held against the old type (FACTS stratus/readings-13).
    pub convert_late: bool,
    pub frame_lists: FrameLists,
    /// `aa_…` and `phone_…` are words like any other: without a dial rule of that name they lead nowhere, and are refused
    /// here, because no call is there to be lost (FACTS stratus/readings-3).
    pub plain_dial_words: bool,
    /// The longest expected wait of a queue has the name of release 44.1 (FACTS stratus/readings-16).
    pub accepts_wait: bool,
    /// An empty list is shown as null or an empty text, one of a single object as that object (FACTS stratus/readings-8).
    loose_lists: bool,
    /// Flags are shown as truth values and digits, numbers with a fraction, types with a capital
    /// (FACTS stratus/readings-15).
    typed_scalars: bool,
}

impl Forms {
    pub fn read(set: &Switches) -> Result<Self, SwitchError> {
        Ok(Self {
            frame_put: set.get("frame-put", frame_put, FramePut::Frame)?,
            week_update: set.get("week-update", week_update, WeekUpdate::Hyphen)?,
            convert_key: set.get("convert-key", convert_key, ConvertKey::Either)?,
            convert_late: set.get("convert", |text| one_of(text, "late", "at-once", CONVERT), true)?,
            frame_lists: set.get("frame-lists", frame_lists, FrameLists::Whole)?,
            plain_dial_words: set.get(
                "dial-words",
                |text| one_of(text, "dial-rule", "known", WORDS),
                true,
            )?,
            accepts_wait: set.get(
                "queue-wait",
                |text| one_of(text, "accepts", "accept", QUEUE_WAIT),
                false,
            )?,
            loose_lists: set.get("lists", |text| one_of(text, "loose", "arrays", LISTS), false)?,
            typed_scalars: set.get("scalars", |text| one_of(text, "typed", "words", SCALARS), false)?,
        })
    }

    /// What is read, in these forms.
    pub fn shown(&self, mut body: Value) -> Value {
        if self.typed_scalars {
            typed("", &mut body);
        }
        if self.loose_lists {
            loosened(&mut body);
        }
        body
    }
}

impl WeekUpdate {
    /// Whether a body asks for a merge of entries by their ids.
    pub fn merges(self, body: &Map<String, Value>) -> bool {
        let says = |key: &str| body.get(key).is_some_and(|word| word == "yes");
        match self {
            Self::Free | Self::Either => says("update-only") || says("update_only"),
            Self::Hyphen => says("update-only"),
            Self::Underscore => says("update_only"),
        }
    }
}

impl ConvertKey {
    /// The type a body converts to.
    pub fn wanted(self, body: &Map<String, Value>) -> Option<&str> {
        let (ours, other) = (body.get("timeframe-type"), body.get("type"));
        let value = match self {
            Self::Either => ours.or(other),
            Self::Type => other,
            Self::TimeframeType => ours,
        };
        value.and_then(Value::as_str)
    }
}

const CONVERT: &str = "`late` or `at-once`";
const WORDS: &str = "`dial-rule` or `known`";
const QUEUE_WAIT: &str = "`accepts` or `accept`";
const LISTS: &str = "`loose` or `arrays`";
const SCALARS: &str = "`typed` or `words`";

fn one_of(text: &str, on: &str, off: &str, expected: &'static str) -> Result<bool, &'static str> {
    if text == on || text == off { Ok(text == on) } else { Err(expected) }
}

fn frame_put(text: &str) -> Result<FramePut, &'static str> {
    match text {
        "array" => Ok(FramePut::Array),
        "frame" => Ok(FramePut::Frame),
        _ => Err("`frame` or `array`"),
    }
}

fn week_update(text: &str) -> Result<WeekUpdate, &'static str> {
    match text {
        "free" => Ok(WeekUpdate::Free),
        "either" => Ok(WeekUpdate::Either),
        "hyphen" => Ok(WeekUpdate::Hyphen),
        "underscore" => Ok(WeekUpdate::Underscore),
        _ => Err("`hyphen`, `underscore`, `either` or `free`"),
    }
}

fn frame_lists(text: &str) -> Result<FrameLists, &'static str> {
    match text {
        "whole" => Ok(FrameLists::Whole),
        "no-week" => Ok(FrameLists::NoWeek),
        "bare" => Ok(FrameLists::Bare),
        _ => Err("`whole`, `no-week` or `bare`"),
    }
}

fn convert_key(text: &str) -> Result<ConvertKey, &'static str> {
    match text {
        "either" => Ok(ConvertKey::Either),
        "type" => Ok(ConvertKey::Type),
        "timeframe-type" => Ok(ConvertKey::TimeframeType),
        _ => Err("`either`, `type` or `timeframe-type`"),
    }
}

/// Flags as digits where they are called `enabled`, as truth values elsewhere; seconds and positions with a fraction; types of
/// time frames with a capital, days and times of their entries as numbers.
fn typed(key: &str, value: &mut Value) {
    match value {
        Value::String(word) if key == "timeframe-type" => {
            if let Some(first) = word.get_mut(..1) {
                first.make_ascii_uppercase();
            }
        }
        // Of the entries of time frames: 9:00 is 900, and what is unset is nothing.
        Value::String(digits) if is_day_or_time(key) => {
            *value = digits.parse::<u32>().map_or(Value::Null, Value::from)
        }
        Value::String(word) if word == "yes" || word == "no" => {
            let on = word == "yes";
            *value = if key == "enabled" { u8::from(on).into() } else { on.into() };
        }
        Value::Number(number) if key.contains("seconds") || key.contains("ordinal") => {
            let with_fraction = number.as_f64().map(Value::from);
            *value = with_fraction.unwrap_or_default();
        }
        Value::Array(items) => items.iter_mut().for_each(|item| typed("", item)),
        Value::Object(map) => map.iter_mut().for_each(|(key, inner)| typed(key, inner)),
        _ => {}
    }
}

fn is_day_or_time(key: &str) -> bool {
    key.starts_with("timeframe-")
        && (key.ends_with("-date") || key.contains("begin-time") || key.contains("end-time"))
}

/// Every list inside an object, and the whole where it is a list of one.
fn loosened(value: &mut Value) {
    match value {
        Value::Array(rows) => {
            rows.iter_mut().for_each(inside);
            if let [row @ Value::Object(_)] = rows.as_mut_slice() {
                *value = row.take();
            }
        }
        other => inside(other),
    }
}

fn inside(value: &mut Value) {
    let Value::Object(map) = value else { return };
    for (key, inner) in map.iter_mut() {
        inside(inner);
        if let Value::Array(items) = inner {
            items.iter_mut().for_each(inside);
            match items.as_mut_slice() {
                [] if key == "parameters" => *inner = "".into(),
                [] => *inner = Value::Null,
                [one] => *inner = one.take(),
                _ => {}
            }
        }
    }
}
