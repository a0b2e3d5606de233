//! Values as YAML that people keep: what readers of YAML 1.1 and 1.2 take as it is meant, formatted as `prettier` would.
//! Pure.
//!
//! A map or a list stands on one line where it fits there, as a person would write it, and else as a block.

use crate::text::is_unseen;
use serde_json::Value;
use serde_saphyr::{FlowSeq, ser_options};

/// The longest line that a map or a list is put on.
const WIDTH: usize = 80;
/// What is nested deeper than this is easier read as a block.
const DEEPEST: usize = 3;

const LINE_ENDS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// `key: value`, indented by so many spaces. It ends with a line break.
pub fn entry(key: &str, value: &Value, indent: usize) -> String {
    let mut out = String::new();
    put_entry(&mut out, &" ".repeat(indent), key, value, indent);
    out
}

/// What stands behind `key:` whose map is indented by so many spaces, without the last line break. `block`: on lines of its own
/// even where it fits behind the key.
pub fn value(key: &str, value: &Value, indent: usize, block: bool) -> String {
    let mut out = String::new();
    match on_one_line(value, indent + key.chars().count() + 2).filter(|_| !block || depth(value) == 0) {
        Some(text) => {
            out.push(' ');
            out.push_str(&text);
        }
        None => {
            out.push('\n');
            put_block(&mut out, value, indent + 2);
            out.pop();
        }
    }
    out
}

/// What stands behind a dash whose item is indented by so many spaces, without the last line break.
pub fn item(value: &Value, indent: usize) -> String {
    let mut out = String::new();
    put_item(&mut out, value, indent);
    out.pop();
    out
}

/// Text on one line, quoted where it has to be.
pub fn text(text: &str) -> String {
    scalar(&Value::String(text.to_owned()))
}

/// A value on one line, however long.
pub fn one_line(value: &Value) -> String {
    flow(value)
}

/// The lines of a comment, indented.
pub fn comment(text: &str, indent: usize) -> String {
    let line = |line: &str| format!("{:indent$}# {line}", "").trim_end().to_owned() + "\n";
    // A line break of any kind would end the comment; what is not seen does not come in.
    let text: String = text
        .chars()
        .map(|c| if c != '\n' && is_unseen(c) && !LINE_ENDS.contains(&c) { '\u{fffd}' } else { c })
        .collect();
    text.split(LINE_ENDS).map(line).collect()
}

/// An entry of a map whose entries begin at `indent`; `lead` is what stands before it on its line.
fn put_entry(out: &mut String, lead: &str, key: &str, value: &Value, indent: usize) {
    let key = scalar(&Value::String(key.to_owned()));
    out.push_str(lead);
    out.push_str(&key);
    out.push(':');
    match on_one_line(value, indent + key.chars().count() + 2) {
        Some(text) => {
            out.push(' ');
            out.push_str(&text);
            out.push('\n');
        }
        None => {
            out.push('\n');
            put_block(out, value, indent + 2);
        }
    }
}

/// The parts of a value that is not put on one line.
fn put_block(out: &mut String, value: &Value, indent: usize) {
    let space = " ".repeat(indent);
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| put_entry(out, &space, key, value, indent));
        }
        Value::Array(items) => {
            for item in items {
                out.push_str(&space);
                out.push_str("- ");
                put_item(out, item, indent + 2);
            }
        }
        // Text stands on one line, however long it is.
        _ => {}
    }
}

/// What stands behind a dash.
fn put_item(out: &mut String, item: &Value, indent: usize) {
    match (on_one_line(item, indent), item) {
        (Some(text), _) => {
            out.push_str(&text);
            out.push('\n');
        }
        (None, Value::Object(fields)) => {
            let space = " ".repeat(indent);
            for (index, (key, value)) in fields.iter().enumerate() {
                put_entry(out, if index == 0 { "" } else { &space }, key, value, indent);
            }
        }
        // A list in a list; no file of ours has one.
        (None, item) => {
            out.push_str(&flow(item));
            out.push('\n');
        }
    }
}

/// A value that is not longer than a few words.
pub fn short(value: &Value) -> Option<String> {
    let text = flow(value);
    (text.chars().count() <= SHORT && depth(value) < 2).then_some(text)
}

const SHORT: usize = 40;

/// A value as it stands on one line of which so much is taken, if it is to.
fn on_one_line(value: &Value, taken: usize) -> Option<String> {
    let text = flow(value);
    let nested = depth(value) > 0;
    let fits = taken + text.chars().count() <= WIDTH && depth(value) <= DEEPEST;
    (!nested || fits).then_some(text)
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let pair = |(key, value): (&String, &Value)| {
                format!("{}: {}", scalar(&Value::String(key.clone())), flow(value))
            };
            format!("{{ {} }}", fields.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            let mut items: Vec<String> = items.iter().map(flow).collect();
            // One that needs quotes does not stand out among others of its sort.
            if items.iter().any(|item| item.starts_with('"')) {
                items.iter_mut().filter(|item| is_plain(item)).for_each(|item| *item = format!("\"{item}\""));
            }
            format!("[{}]", items.join(", "))
        }
        value => scalar(value),
    }
}

/// Whether it is text without quotes, in which nothing means anything else inside of them.
fn is_plain(item: &str) -> bool {
    let is_text = !item.starts_with(['"', '\'', '{', '[']) && !item.contains(['"', '\\']);
    let is_other = item.parse::<f64>().is_ok() || matches!(item, "true" | "false" | "null");
    is_text && !is_other
}

/// How many maps and lists are in one another; an empty one is none.
fn depth(value: &Value) -> usize {
    let inner =
        |values: &mut dyn Iterator<Item = &Value>| values.map(|it| 1 + depth(it)).max().unwrap_or_default();
    match value {
        Value::Object(fields) => inner(&mut fields.values()),
        Value::Array(items) => inner(&mut items.iter()),
        _ => 0,
    }
}

/// Text, a number or a switch, quoted where a reader could take it for something else, also inside a list on one line.
pub fn scalar(value: &Value) -> String {
    let Value::String(text) = value else { return value.to_string() };
    let options = ser_options! { yaml_12: false, prefer_block_scalars: false };
    // Text cannot fail to be written.
    let listed = serde_saphyr::to_string_with_options(&FlowSeq([text]), options).unwrap_or_default();
    let written = listed.trim_end().trim_start_matches('[');
    quoted(written.strip_suffix(']').unwrap_or(written))
}

/// The same in the quotes that `prettier` prefers: double ones, unless single ones need fewer escapes.
pub fn quoted(written: &str) -> String {
    let inside = |quote: char| written.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    if let Some(inner) = inside('\'').filter(|inner| !inner.contains(['"', '\\', '\''])) {
        return format!("\"{inner}\"");
    }
    let doubles = "\\\"";
    match inside('"').filter(|inner| inner.contains(doubles)) {
        Some(inner) if !inner.replace(doubles, "").contains(['\\', '\'']) => {
            format!("'{}'", inner.replace(doubles, "\""))
        }
        _ => written.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What a portal user would write by hand, and what a YAML reader must not take for something else.
    #[test]
    fn an_entry_reads_as_a_person_would_write_it() {
        let value = json!({
            "name": "yes",
            "a: b": "x # y",
            "none": {},
            "empty": [],
            "lines": "a\nb",
            "quoted": "the \"new\" one",
            "callers": { "allow": ["+12145550177", "0101"], "block": [], "on": true },
            "order": [
                { "when": "holidays", "do_not_disturb": true },
                {
                    "when": "business-hours",
                    "ring": { "simultaneous": { "also": [{ "extension": "102", "delay": 10 }, { "number": "+19725550111", "delay": 20 }] } },
                    "forward": { "no_answer": { "voicemail": "101" }, "unreachable": "off" },
                },
            ],
            "sat": ["=", "12:30", "<<", "~", "null", "1e3", "😀", "a, b]", "-"],
        });
        let expected = r##"  "101":
    name: "yes"
    "a: b": "x # y"
    none: {}
    empty: []
    lines: "a\nb"
    quoted: the "new" one
    callers: { allow: ["+12145550177", "0101"], block: [], "on": true }
    order:
      - { when: holidays, do_not_disturb: true }
      - when: business-hours
        ring:
          simultaneous:
            also:
              - { extension: "102", delay: 10 }
              - { number: "+19725550111", delay: 20 }
        forward: { no_answer: { voicemail: "101" }, unreachable: "off" }
    sat: ["=", "12:30", "<<", "~", "null", "1e3", "😀", "a, b]", "-"]
"##;
        assert_eq!(entry("101", &value, 2), expected);
    }

    /// A name with a line break must not become a line of the file.
    #[test]
    fn a_comment_stays_one() {
        assert_eq!(comment("one\ntwo: {}\r\u{2028}", 2), "  # one\n  # two: {}\n  #\n  #\n");
    }
}
