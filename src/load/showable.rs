//! Which texts of `dialform.yaml` may be shown beside a finding, as the types of the file say.
//!
//! The schema of a type says where a credential may stand (`writeOnly`) and which text is an address (`format: uri`). What
//! no type expects may be anything, and is hidden.

use super::{
    tree::{Node, Value},
    visible::{Show, Visible},
};
use crate::model::pasted;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Where the phone systems stand in the file.
pub(super) const PROVIDERS: &str = "providers";

/// What a file is expected to hold.
pub(super) struct Expected {
    pub root: Json,
    /// The settings of each kind of provider.
    pub kinds: Vec<(&'static str, Json)>,
}

impl Expected {
    /// Of a file that could not be read as YAML: the names of settings.
    pub fn names(&self) -> Visible {
        let mut words = BTreeSet::new();
        names(&self.root, &mut words);
        self.kinds.iter().for_each(|(_, schema)| names(schema, &mut words));
        Visible::words(words)
    }

    /// Of a file that has become a tree.
    pub fn visible(&self, root: &Node) -> Visible {
        let mut found = Visible::tree();
        let property = |name: &str| self.root.get("properties")?.get(name);
        for (key, value) in root.entries() {
            found.note(key.span, Show::Whole);
            match property(key.text()) {
                Some(schema) if key.text() == PROVIDERS => self.providers(value, schema, &mut found),
                Some(schema) => walk(value, schema, false, &mut found),
                None => hide(value, &mut found),
            }
        }
        found
    }

    /// Each entry is read as its kind says; one of no kind has a kind only.
    fn providers(&self, node: &Node, schema: &Json, found: &mut Visible) {
        if node.entries().is_empty() {
            return hide(node, found);
        }
        let any = schema.get("additionalProperties").unwrap_or(&Json::Null);
        for (name, entry) in node.entries() {
            found.note(name.span, Show::Whole);
            let kind = entry.get("kind").map(Node::text).unwrap_or_default();
            let own = self.kinds.iter().find(|(known, _)| *known == kind);
            walk(entry, own.map_or(any, |(_, schema)| schema), false, found);
        }
    }
}

/// Notes which texts of a node may be shown, as its schema says.
fn walk(node: &Node, schema: &Json, hidden: bool, found: &mut Visible) {
    let mut forms = Vec::new();
    alternatives(schema, &mut forms);
    let marked = |value| forms.iter().any(|form| form.get("writeOnly") == Some(&Json::Bool(value)));
    let hidden = marked(true) || (hidden && !marked(false));
    match &node.value {
        Value::Scalar { .. } => {
            let address = forms.iter().any(|form| form.get("format") == Some(&Json::from("uri")));
            // Where a credential is named, a credential may have been pasted.
            let pasted = marked(false) && !is_name(node.text());
            let show = match () {
                () if pasted || hidden || !forms.iter().any(|form| takes_text(form)) => Show::Hidden,
                () if address => Show::Address,
                () => Show::Whole,
            };
            found.note(node.span, show);
        }
        Value::Map(entries) => {
            let any =
                forms.iter().find_map(|form| form.get("additionalProperties").filter(|it| it.is_object()));
            let takes_map = any.is_some() || forms.iter().any(|form| form.get("properties").is_some());
            for (key, value) in entries {
                let expected = forms.iter().find_map(|form| form.get("properties")?.get(key.text())).or(any);
                // The name of a setting is no credential, not even a misspelt one; what stands for a whole map may be.
                let name = takes_map && (expected.is_some() || !(hidden && value.is_null()));
                found.note(key.span, if name { Show::Whole } else { Show::Hidden });
                match expected {
                    Some(schema) => walk(value, schema, hidden, found),
                    None => hide(value, found),
                }
            }
        }
        Value::Seq(items) => {
            let schema = forms.iter().find_map(|form| form.get("items"));
            for item in items {
                match schema {
                    Some(schema) => walk(item, schema, hidden, found),
                    None => hide(item, found),
                }
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    pasted::is_variable(text) || pasted::is_path(text)
}

fn hide(node: &Node, found: &mut Visible) {
    walk(node, &Json::Null, true, found);
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
    use crate::{
        finding::{Finding, Place},
        load::span::Span,
    };
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
            Ok(tree) => expected.visible(tree.root()),
            Err(_) => expected.names(),
        };
        let mut start = 0;
        let line = |line: &str| {
            let span = Span::new(start, start + line.len());
            start = span.end() + 1;
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
            ("token: { env: nss_Zm9vYmFyYmF6 }", "token: { env: •••••••••••••••• }"),
            ("token: { env: hunter2 }", "token: { env: ••••••• }"),
            ("token: { file: hunter2 }", "token: { file: ••••••• }"),
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
            also: None,
            file: "f".to_owned(),
            line: 1,
            column: 4,
            length: 3,
            source: source.to_owned(),
            skipped: 0,
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
