//! The reader against random input, and against serde_yaml as second opinion.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::decode::decode;
use super::super::tree::Tree;

/// One of each shape user-facing types are made of, but for enums with data: serde_yaml reads those only as tags.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
struct Sample {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<i64>,
    active: bool,
    when: When,
    words: Vec<String>,
    texts: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    inner: BTreeMap<String, Sample>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    order: Vec<Sample>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum When {
    Default,
    BusinessHours,
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}",
        "[+]?[0-9]{1,12}",
        "[0-9]{2}:[0-9]{2}",
        "\\PC{0,12}",
        "[a-z\"'\\\\:# \\-\\[\\]{},&*!|>%@`~?=<]{0,8}",
        Just("null".to_owned()),
        Just("yes".to_owned()),
        Just("1e3".to_owned()),
    ]
    // libyaml knows three line breaks that YAML 1.2 has dropped, and refuses a byte order mark.
    .prop_map(|text| text.replace(['\u{85}', '\u{2028}', '\u{2029}', '\u{feff}'], "x"))
}

fn sample() -> impl Strategy<Value = Sample> {
    let leaf = (
        text(),
        prop::option::of(text()),
        prop::option::of(any::<i64>()),
        any::<bool>(),
        prop_oneof![Just(When::Default), Just(When::BusinessHours)],
        prop::collection::vec(text(), 0..4),
        prop::collection::btree_map(text(), text(), 0..4),
    )
        .prop_map(|(name, label, count, active, when, words, texts)| Sample {
            name,
            label,
            count,
            active,
            when,
            words,
            texts,
            inner: BTreeMap::new(),
            order: Vec::new(),
        });
    leaf.prop_recursive(3, 12, 3, |inner| {
        (
            inner.clone(),
            prop::collection::btree_map(text(), inner.clone(), 0..3),
            prop::collection::vec(inner, 0..3),
        )
            .prop_map(|(sample, inner, order)| Sample { inner, order, ..sample })
    })
}

/// How a document is written; one bit of `style` decides at each turn.
struct Writer {
    out: String,
    style: u64,
    turn: u32,
}

impl Writer {
    fn choose(&mut self) -> bool {
        self.turn = (self.turn + 1) % 64;
        self.style >> self.turn & 1 == 1
    }

    fn scalar(&mut self, value: &serde_json::Value) {
        let serde_json::Value::String(text) = value else {
            self.out.push_str(&value.to_string());
            return;
        };
        let simple = text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '+')
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '+' || c == '_')
            && text != "null";
        match (self.choose(), self.choose()) {
            (true, _) if simple => self.out.push_str(text),
            (_, true) => self.out.push_str(&format!("'{}'", text.replace('\'', "''"))),
            _ => self.out.push_str(&format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))),
        }
    }

    fn flow(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                self.out.push('{');
                for (at, (key, value)) in map.iter().enumerate() {
                    self.out.push_str(if at > 0 { ", " } else { " " });
                    self.scalar(&key.as_str().into());
                    self.out.push_str(": ");
                    self.flow(value);
                }
                self.out.push('}');
            }
            serde_json::Value::Array(items) => {
                self.out.push('[');
                for (at, value) in items.iter().enumerate() {
                    self.out.push_str(if at > 0 { ", " } else { "" });
                    self.flow(value);
                }
                self.out.push(']');
            }
            scalar => self.scalar(scalar),
        }
    }

    fn line(&mut self, indent: usize) {
        if self.choose() && self.choose() {
            self.out.push_str(" # note: - x");
        }
        self.out.push_str(if self.style & 1 == 1 { "\r\n" } else { "\n" });
        self.out.push_str(&" ".repeat(indent));
    }

    /// Writes what follows a `key:` or `-`; `indent` is that of the parent.
    fn block(&mut self, value: &serde_json::Value, indent: usize) {
        let inner = indent + 2;
        match value {
            serde_json::Value::Object(map) if !map.is_empty() && self.choose() => {
                for (key, value) in map {
                    self.line(inner);
                    self.scalar(&key.as_str().into());
                    self.out.push(':');
                    self.block(value, inner);
                }
            }
            serde_json::Value::Array(items) if !items.is_empty() && self.choose() => {
                for value in items {
                    self.line(inner);
                    self.out.push('-');
                    self.block(value, inner);
                }
            }
            value => {
                self.out.push(' ');
                self.flow(value);
            }
        }
    }
}

fn write(sample: &Sample, style: u64) -> String {
    let mut writer = Writer { out: String::new(), style, turn: 0 };
    let value = serde_json::to_value(sample).unwrap();
    for (key, value) in value.as_object().unwrap() {
        writer.out.push_str(&format!("{key}:"));
        writer.block(value, 0);
        writer.line(0);
    }
    writer.out
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Vec<crate::finding::Finding>> {
    let tree = Tree::parse("f", text)?;
    let mut findings = Vec::new();
    decode(&tree, tree.root(), &mut findings).ok_or(findings)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// What was written is what is read, whatever the notation, and serde_yaml reads the same.
    #[test]
    fn reads_what_was_written_and_agrees_with_serde_yaml(sample in sample(), style in any::<u64>()) {
        let text = write(&sample, style);
        match read::<Sample>(&text) {
            Ok(read) => prop_assert_eq!(&read, &sample, "{}", text),
            // A quoted key is limited to 1024 characters and one line by YAML; the writer stays below both.
            Err(findings) => prop_assert!(false, "{}\n{:?}", text, findings),
        }
        match serde_yaml::from_str::<Sample>(&text) {
            Ok(second) => prop_assert_eq!(&second, &sample, "{}", text),
            Err(error) => prop_assert!(false, "{}\n{}", text, error),
        }
    }

    /// serde_yaml's own output reads back as the same value.
    #[test]
    fn reads_what_serde_yaml_writes(sample in sample()) {
        let text = serde_yaml::to_string(&sample).unwrap();
        // It leaves the text `<<` bare, which makes a merge key of it for every reader that knows them.
        prop_assume!(!text.contains("<<"));
        match read::<Sample>(&text) {
            Ok(read) => prop_assert_eq!(read, sample, "{}", text),
            Err(findings) => prop_assert!(false, "{}\n{:?}", text, findings),
        }
    }

    /// No bytes panic, and each refusal has a place that fits its source line.
    #[test]
    fn never_panics_on_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_any(&bytes)?;
    }

    /// Nor does text made of YAML's own marks, which gets further into the reader than random bytes.
    #[test]
    fn never_panics_on_marks(text in "([a-c]|[ \n\t\r]|[-:?,#&*!|>'\"%@`{}\\[\\]]|: |- |\n  |<<: |&a |\\*a|é|\u{feff}|null|~|---\n|\\.\\.\\.\n){0,60}") {
        check_any(text.as_bytes())?;
        check_any(format!("name: x\nwords:\n{text}").as_bytes())?;
    }

    /// Damage to a good file is the common case: one character too many, or the end missing.
    #[test]
    fn never_panics_on_damage(sample in sample(), style in any::<u64>(), at in any::<prop::sample::Index>(), mark in "[\t\n:'\"{}\\[\\],#&*é -]", cut in any::<bool>()) {
        let mut text = write(&sample, style);
        let at = text.floor_char_boundary(at.index(text.len()));
        text.insert_str(at, &mark);
        if cut {
            text.truncate(at);
        }
        check_any(text.as_bytes())?;
    }
}

fn check_any(bytes: &[u8]) -> Result<(), TestCaseError> {
    let mut findings = Vec::new();
    match Tree::parse_bytes("f", bytes) {
        Err(refused) => {
            prop_assert!(!refused.is_empty());
            findings = refused;
        }
        Ok(tree) => {
            let value = decode::<Sample>(&tree, tree.root(), &mut findings);
            prop_assert_eq!(value.is_some(), findings.is_empty());
        }
    }
    for finding in findings {
        let Some(place) = finding.place else {
            return Err(TestCaseError::fail(format!("no place: {}", finding.message)));
        };
        prop_assert!(place.line >= 1 && place.column >= 1 && place.length >= 1);
        let width = place.source.chars().count().max(1);
        prop_assert!(place.column - 1 - place.skipped + place.length <= width, "{place:?}");
        prop_assert!(!place.source.contains(['\r', '\n']));
    }
    Ok(())
}
