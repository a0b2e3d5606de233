//! What of `dialform.yaml` may be shown beside a finding.
//!
//! Credentials do not belong into the file, and a finding says so where one stands there; then its line must not repeat
//! it. What is a credential follows from the types: their schema says where one may stand (`writeOnly`) and which text is
//! an address (`format: uri`). What a type does not expect may be anything, and is hidden; so is everything in a file that
//! is not even YAML, but for the names of settings.

use super::{
    source::Span,
    tree::{Node, Value},
};
use crate::finding::{Finding, Place};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Where the phone systems stand in the file.
pub(super) const PROVIDERS: &str = "providers";

/// How much of a text may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Show {
    Hidden,
    /// An address, without who signs in and without the query.
    Address,
    Whole,
}

/// What of one file may be shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Visible {
    /// The texts of the file by their beginning. Without a tree there are none.
    texts: BTreeMap<usize, (usize, Show)>,
    /// Names of settings.
    words: BTreeSet<String>,
    parsed: bool,
}

/// What a file is expected to hold.
pub(super) struct Expected {
    pub root: Json,
    /// The settings of each kind of provider.
    pub kinds: Vec<(&'static str, Json)>,
}

impl Visible {
    /// Of a file that could not be read as YAML: the names of settings.
    pub fn names(expected: &Expected) -> Self {
        let mut words = BTreeSet::new();
        names(&expected.root, &mut words);
        expected.kinds.iter().for_each(|(_, schema)| names(schema, &mut words));
        Self { words, ..Self::default() }
    }

    /// Of a file that has become a tree.
    pub fn of(root: &Node, expected: &Expected) -> Self {
        let mut found = Self { parsed: true, ..Self::default() };
        let property = |name: &str| expected.root.get("properties")?.get(name);
        for (key, value) in root.entries() {
            found.note(key, Show::Whole);
            match property(key.text()) {
                Some(schema) if key.text() == PROVIDERS => found.providers(value, schema, expected),
                Some(schema) => found.walk(value, schema, false),
                None => found.hide(value),
            }
        }
        found
    }

    /// Each entry is read as its kind says; one of no kind has a kind only.
    fn providers(&mut self, node: &Node, schema: &Json, expected: &Expected) {
        if node.entries().is_empty() {
            return self.hide(node);
        }
        let any = schema.get("additionalProperties").unwrap_or(&Json::Null);
        for (name, entry) in node.entries() {
            self.note(name, Show::Whole);
            let kind = entry.get("kind").map(Node::text).unwrap_or_default();
            let own = expected.kinds.iter().find(|(known, _)| *known == kind);
            self.walk(entry, own.map_or(any, |(_, schema)| schema), false);
        }
    }

    /// A line with a dot for every character that may be a part of a credential, so that columns stay what they are.
    pub fn line(&self, text: &str, line: Span) -> String {
        let text = text.get(line.start..line.end).unwrap_or_default();
        if self.parsed { self.of_tree(text, line.start) } else { self.of_names(text) }
    }

    /// A finding without the text at its place, where that is hidden.
    pub fn conceal(&self, finding: &mut Finding, raw: &str) {
        let Some(Place { column, length, source, .. }) = &finding.place else { return };
        let at = |line: &str| -> String { line.chars().skip(column - 1).take(*length).collect() };
        let (written, shown) = (at(raw), at(source));
        if written != shown {
            finding.message = without(&finding.message, &written);
            finding.help = finding.help.take().map(|help| without(&help, &written));
        }
    }

    fn of_tree(&self, line: &str, start: usize) -> String {
        let mut shown = String::with_capacity(line.len());
        let (mut at, mut blank) = (0, true);
        while let Some(c) = line[at..].chars().next() {
            let offset = start + at;
            let inside = self.texts.range(..=offset).next_back().filter(|(_, (end, _))| offset < *end);
            let Some((begin, (end, show))) = inside else {
                if c == '#' && blank {
                    return shown + &line[at..];
                }
                // Outside of texts there are only marks of YAML, and names of anchors.
                shown.push(if c.is_alphanumeric() { DOT } else { c });
                blank = c.is_whitespace();
                at += c.len_utf8();
                continue;
            };
            let length = line.floor_char_boundary((end - start).min(line.len())).max(at + c.len_utf8()) - at;
            let part = &line[at..at + length];
            match show {
                Show::Whole => shown.push_str(part),
                Show::Address if *begin == offset => shown.push_str(&address(part)),
                Show::Address | Show::Hidden => shown.extend(part.chars().map(hidden)),
            }
            blank = false;
            at += length;
        }
        shown
    }

    fn of_names(&self, line: &str) -> String {
        let in_word = |c: char| c.is_alphanumeric() || c == '_';
        let mut shown = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            let length = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
            if length == 0 {
                shown.push(if c == ':' { c } else { hidden(c) });
                rest = &rest[c.len_utf8()..];
                continue;
            }
            let (word, after) = rest.split_at(length);
            let names = after.trim_start_matches(['"', '\'']).starts_with(':') && self.words.contains(word);
            if names {
                shown.push_str(word)
            } else {
                shown.extend(word.chars().map(|_| DOT))
            }
            rest = after;
        }
        shown
    }

    /// Takes note of a text; one that stands at several places, behind aliases, is hidden where one of them is.
    fn note(&mut self, node: &Node, show: Show) {
        let Span { start, end } = node.span;
        if start < end {
            let (_, known) = self.texts.entry(start).or_insert((end, show));
            *known = show.min(*known);
        }
    }

    fn walk(&mut self, node: &Node, schema: &Json, hidden: bool) {
        let mut forms = Vec::new();
        alternatives(schema, &mut forms);
        let marked = |value| forms.iter().any(|form| form.get("writeOnly") == Some(&Json::Bool(value)));
        let hidden = marked(true) || (hidden && !marked(false));
        match &node.value {
            Value::Scalar { .. } => {
                let address = forms.iter().any(|form| form.get("format") == Some(&Json::from("uri")));
                let show = match () {
                    () if hidden || !forms.iter().any(|form| takes_text(form)) => Show::Hidden,
                    () if address => Show::Address,
                    () => Show::Whole,
                };
                self.note(node, show);
            }
            Value::Map(entries) => {
                let any = forms
                    .iter()
                    .find_map(|form| form.get("additionalProperties").filter(|it| it.is_object()));
                let takes_map = any.is_some() || forms.iter().any(|form| form.get("properties").is_some());
                for (key, value) in entries {
                    let expected =
                        forms.iter().find_map(|form| form.get("properties")?.get(key.text())).or(any);
                    // The name of a setting is no credential, not even a misspelt one; what stands for a whole map may be.
                    let name = takes_map && (expected.is_some() || !(hidden && value.is_null()));
                    self.note(key, if name { Show::Whole } else { Show::Hidden });
                    match expected {
                        Some(schema) => self.walk(value, schema, hidden),
                        None => self.hide(value),
                    }
                }
            }
            Value::Seq(items) => {
                let schema = forms.iter().find_map(|form| form.get("items"));
                for item in items {
                    match schema {
                        Some(schema) => self.walk(item, schema, hidden),
                        None => self.hide(item),
                    }
                }
            }
        }
    }

    fn hide(&mut self, node: &Node) {
        self.walk(node, &Json::Null, true);
    }
}

const DOT: char = '\u{2022}';

/// A character of a text that is hidden.
fn hidden(c: char) -> char {
    let mark = c.is_whitespace() || matches!(c, '{' | '}' | '[' | ']' | '"' | '\'' | ',' | '-' | '|' | '>');
    if mark { c } else { DOT }
}

/// A message in which what it quotes of a text is hidden.
fn without(message: &str, text: &str) -> String {
    let quoted = |(index, part): (usize, &str)| {
        let words = part.trim_matches(['"', '…']);
        let repeats = index % 2 == 1 && !words.is_empty() && text.contains(words);
        if repeats { part.chars().map(hidden).collect() } else { part.to_owned() }
    };
    message.split('`').enumerate().map(quoted).collect::<Vec<String>>().join("`")
}

/// An address without who signs in and without the query.
fn address(text: &str) -> String {
    let query = text.find(['?', '#']).unwrap_or(text.len());
    let host = text.find("//").map_or(0, |at| at + 2);
    let from = text.rfind('@').filter(|sign| *sign >= host).unwrap_or(host).max(host);
    let end = query.max(from);
    let dots = |part: &str| part.chars().map(hidden).collect::<String>();
    format!("{}{}{}{}", &text[..host], dots(&text[host..from]), &text[from..end], dots(&text[end..]))
}

/// A schema and whatever else counts at its place.
fn alternatives<'a>(schema: &'a Json, found: &mut Vec<&'a Json>) {
    found.push(schema);
    for word in ["allOf", "anyOf", "oneOf"] {
        let forms = schema.get(word).and_then(Json::as_array);
        forms.into_iter().flatten().for_each(|form| alternatives(form, found));
    }
}

/// Whether a text may stand here.
fn takes_text(schema: &Json) -> bool {
    let is_text = |kind: &Json| matches!(kind.as_str(), Some("string" | "integer" | "number" | "boolean"));
    let kind = schema.get("type");
    kind.is_some_and(|kind| is_text(kind) || kind.as_array().is_some_and(|kinds| kinds.iter().any(is_text)))
        || schema.get("const").is_some()
        || schema.get("enum").is_some()
}

/// The names of settings in a schema.
fn names(schema: &Json, found: &mut BTreeSet<String>) {
    match schema {
        Json::Object(map) => {
            let properties = map.get("properties").and_then(Json::as_object);
            found.extend(properties.into_iter().flat_map(|properties| properties.keys().cloned()));
            map.values().for_each(|inner| names(inner, found));
        }
        Json::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{load::Tree, model::WorkspaceFile};
    use schemars::{JsonSchema, generate::SchemaSettings};

    /// The settings of a kind that has one of everything.
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "its shape is all that is used")]
    struct Settings {
        kind: String,
        url: crate::model::ApiUrl,
        token: Option<crate::model::Secret>,
        experimental: bool,
        limits: crate::model::LimitsConfig,
    }

    fn expected() -> Expected {
        let generator = || SchemaSettings::draft07().with(|it| it.inline_subschemas = true).into_generator();
        let root = generator().into_root_schema_for::<WorkspaceFile>().to_value();
        Expected { root, kinds: vec![("pbx", generator().into_root_schema_for::<Settings>().to_value())] }
    }

    fn shown(text: &str) -> String {
        let expected = expected();
        let visible = match Tree::parse("f", text) {
            Ok(tree) => Visible::of(tree.root(), &expected),
            Err(_) => Visible::names(&expected),
        };
        let mut start = 0;
        let line = |line: &str| {
            let span = Span::new(start, start + line.len());
            start = span.end + 1;
            visible.line(text, span)
        };
        text.split('\n').map(line).collect::<Vec<_>>().join("\n")
    }

    /// The line beside a finding is for finding the mistake; a credential in it would stand in every log of a CI.
    #[test]
    fn only_what_holds_no_credential_is_shown() {
        let cases = [
            ("token: nsd_abc", "token: •••••••"),
            ("token: \"a b\"\n    experimental: yes", "token: \"• •\"\n    experimental: yes"),
            ("token: { env: STRATUS_TOKEN }  # env or file", "token: { env: STRATUS_TOKEN }  # env or file"),
            ("token: { file: a/b.txt }", "token: { file: a/b.txt }"),
            ("token: { command: [curl, -H, 'X: abc'] }", "token: { command: [••••, -•, '•• •••'] }"),
            ("token: { command: curl -H abc }", "token: { command: •••• -• ••• }"),
            ("token: { value: abc, env: X }", "token: { value: •••, env: X }"),
            ("token: { abc }", "token: { ••• }"),
            ("token: { env: { abc: d } }", "token: { env: { •••: • } }"),
            ("token: [abc]", "token: [•••]"),
            ("url: https://u:p@x.example/v1?key=abc", "url: https://•••@x.example/v1••••••••"),
            ("url: https://x.example/v1", "url: https://x.example/v1"),
            ("url: u:p@x.example", "url: •••@x.example"),
            ("url: { abc: def }", "url: { •••: ••• }"),
            ("tokn: abc", "tokn: •••"),
            ("tokn: { abc: [def] }", "tokn: { •••: [•••] }"),
            ("token:\n      abc", "token:\n      •••"),
            (
                "token: |\n      abc\n      # def\n\n      ghi",
                "token: |\n      •••\n      • •••\n\n      •••",
            ),
            ("token: >-\n      abc # def", "token: >-\n      ••• • •••"),
            ("token: \"abc\n      # def\"", "token: \"•••\n      • •••\""),
            ("token: abc\n      def", "token: •••\n      •••"),
            ("url: &a abc\n    token: *a", "url: &• •••\n    token: *•"),
            ("limits: { timeout: 30s, conc: 4 }", "limits: { timeout: 30s, conc: • }"),
        ];
        for (settings, expected) in cases {
            let text = |settings| format!("providers:\n  one:\n    kind: pbx\n    {settings}\n");
            assert_eq!(shown(&text(settings)), text(expected));
        }
        let files = [
            ("providers: { one: abc }", "providers: { one: ••• }"),
            ("providers: abc", "providers: •••"),
            (
                "providers: { one: { kind: odd, token: abc } }",
                "providers: { one: { kind: odd, token: ••• } }",
            ),
            (
                "providers: { a: { kind: pbx, token: &t abc }, b: { kind: *t } }",
                "providers: { a: { kind: pbx, token: &• ••• }, b: { kind: *• } }",
            ),
            (
                "providers:\n  a: { kind: pbx, token: { env: X } }\nlock: { url: \"s3://u:p@x/y\", lease: 5 }",
                "providers:\n  a: { kind: pbx, token: { env: X } }\nlock: { url: \"s3://•••@x/y\", lease: 5 }",
            ),
            (
                "version: 1\ntenants:\n  - tenants/*.yaml\nextra: abc",
                "version: 1\ntenants:\n  - tenants/*.yaml\nextra: •••",
            ),
            (
                r#"{"providers":{"pbx":{"kind":"pbx","token":"abc","n":7}}}"#,
                r#"{"providers":{"pbx":{"kind":"pbx","token":"•••","n":•}}}"#,
            ),
            // Not YAML.
            ("token: \"abc def\nurl: x", "token: \"••• •••\nurl: •"),
            ("token: abc: def\ntokn: x", "token: •••: •••\n••••: •"),
            ("\ttoken: abc # def", "\ttoken: ••• • •••"),
        ];
        for (text, expected) in files {
            assert_eq!(shown(text), expected);
        }
    }

    /// What is hidden beside a message must not stand in it.
    #[test]
    fn a_message_does_not_repeat_what_is_hidden() {
        let place = |source: &str| Place {
            file: "f".to_owned(),
            line: 1,
            column: 4,
            length: 3,
            source: source.to_owned(),
        };
        let conceal = |source: &str| {
            let mut finding =
                Finding::error("x", "`abc` is no `abd`, nor is abc").help("quote it: \"`abc`\"");
            finding.place = Some(place(source));
            Visible::default().conceal(&mut finding, "a: abc");
            format!("{} | {}", finding.message, finding.help.unwrap_or_default())
        };
        assert_eq!(conceal("a: •••"), "`•••` is no `abd`, nor is abc | quote it: \"`•••`\"");
        assert_eq!(conceal("a: abc"), "`abc` is no `abd`, nor is abc | quote it: \"`abc`\"");
    }
}
