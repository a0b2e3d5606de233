//! Compares two states of an account: what differs outside of what may.

use dialform::{
    model::Address,
    sandbox::{
        find,
        footprint::{Extent, Part, Pattern},
    },
};
use serde_json::Value;
use std::collections::BTreeSet;

/// What of an account these objects may touch.
pub fn footprint(kind: &str, addresses: impl Iterator<Item = Address>) -> Vec<Pattern> {
    let vendor = find(kind).unwrap().faithful().unwrap();
    addresses.flat_map(|address| vendor.footprint(&address)).collect()
}

/// Every difference that no pattern allows.
pub fn strays(before: &Value, after: &Value, allowed: Vec<Pattern>) -> Vec<String> {
    let patterns: Vec<Rest<'_>> = allowed.iter().map(|it| (it.path.as_slice(), it.extent)).collect();
    let mut found = Vec::new();
    compare(Some(before), Some(after), "", &patterns, &mut found);
    found
}

/// What is left of a pattern on the way down.
type Rest<'a> = (&'a [Part], Extent);

fn compare(
    before: Option<&Value>,
    after: Option<&Value>,
    at: &str,
    patterns: &[Rest<'_>],
    found: &mut Vec<String>,
) {
    let here = |extent| patterns.iter().any(|(rest, of)| rest.is_empty() && *of == extent);
    let text = |value: Option<&Value>| value.map(Value::to_string);
    let same = match (before, after) {
        (Some(_), Some(_)) | (None, None) => text(before) == text(after),
        _ => here(Extent::Presence),
    };
    if same || here(Extent::Whole) {
        return;
    }
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let below = down(patterns, |part| match part {
                    Part::Key(key) => key == name,
                    Part::Any => true,
                    Part::Named(..) | Part::Each(_) => false,
                });
                compare(old.get(name), new.get(name), &format!("{at}/{name}"), &below, found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => elements(old, new, at, patterns, found),
        _ => {
            let show = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
            found.push(format!("{at}: {} became {}", show(before), show(after)));
        }
    }
}

/// Compares lists whose elements are known by a field; in a list of which no pattern speaks none may differ.
fn elements(old: &[Value], new: &[Value], at: &str, patterns: &[Rest<'_>], found: &mut Vec<String>) {
    let field = patterns.iter().find_map(|(rest, _)| match rest.first() {
        Some(Part::Named(field, _) | Part::Each(field)) => Some(*field),
        _ => None,
    });
    let Some(field) = field else {
        found.push(format!("{at}: {old:?} became {new:?}"));
        return;
    };
    let names = |list: &[Value]| -> Vec<String> {
        list.iter().map(|element| element[field].as_str().unwrap_or_default().to_owned()).collect()
    };
    let (was, is) = (names(old), names(new));
    let all: BTreeSet<&String> = was.iter().chain(&is).collect();
    for name in &all {
        let below = down(patterns, |part| match part {
            Part::Named(_, wanted) => wanted == *name,
            Part::Each(_) => true,
            Part::Key(_) | Part::Any => false,
        });
        let named = |list: &[Value]| -> Vec<Value> {
            list.iter().filter(|element| element[field] == ***name).cloned().collect()
        };
        let (old, new) = (named(old), named(new));
        for index in 0..old.len().max(new.len()) {
            compare(old.get(index), new.get(index), &format!("{at}/[{name}]"), &below, found);
        }
    }
    let may_move = patterns.iter().any(|(rest, _)| matches!(rest.first(), Some(Part::Each(_))));
    let stayed = |list: &[String], other: &[String]| -> Vec<String> {
        list.iter().filter(|name| other.contains(name)).cloned().collect()
    };
    if !may_move && stayed(&was, &is) != stayed(&is, &was) {
        found.push(format!("{at}: {was:?} became {is:?}"));
    }
}

/// The patterns that go on below.
fn down<'a>(patterns: &[Rest<'a>], fits: impl Fn(&Part) -> bool) -> Vec<Rest<'a>> {
    patterns
        .iter()
        .filter_map(|(rest, extent)| {
            rest.split_first().filter(|(first, _)| fits(first)).map(|(_, rest)| (rest, *extent))
        })
        .collect()
}

/// The comparison would hide a stray write if it let anything through: each kind of pattern allows what it says only.
#[test]
fn a_pattern_allows_what_it_says_and_no_more() {
    use dialform::sandbox::footprint::{key, presence, whole};
    use serde_json::json;
    let rule = |name: &str, dnd: &str, forward: &str| json!({"name": name, "dnd": dnd, "forward": forward});
    let before = json!({"rules": {"1": [rule("*", "no", "a"), rule("x", "no", "a")]}, "other": 1});
    let each = [key("rules"), key("1"), Part::Each("name")];
    let dnd = [key("rules"), key("1"), Part::Named("name", "*".to_owned()), key("dnd")];
    let table = [
        (json!({"rules": {"1": [rule("*", "yes", "a"), rule("x", "no", "a")]}, "other": 1}), 0),
        (json!({"rules": {"1": [rule("x", "no", "a"), rule("*", "no", "a")]}, "other": 1}), 0),
        (json!({"rules": {"1": [rule("x", "no", "a")]}, "other": 1}), 0),
        (json!({"rules": {"1": [rule("*", "no", "b"), rule("x", "yes", "a")]}, "other": 1}), 2),
        (json!({"rules": {"1": before["rules"]["1"], "2": []}, "other": 2}), 2),
        (json!({"other": 1}), 1),
    ];
    for (after, strays) in table {
        let found = super::scope::strays(&before, &after, vec![presence(&each), whole(&dnd)]);
        assert_eq!(found.len(), strays, "{found:?}");
    }
}
