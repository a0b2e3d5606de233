//! The variables of a template: what they are declared as, what a tenant gives them, and every place where they are used.
//!
//! `$(name)` stands for a value, as a whole value or inside of one, and as a key; `$$(` is read as `$(`. It is replaced in
//! the tree, before anything is decoded: what comes in can make no list and no map.

use super::{
    source::Places,
    sources::Sources,
    span::Span,
    tree::{Node, Value},
};
use crate::{
    finding::{Finding, Place},
    model::{Var, VarType},
    text::closest,
};
use std::collections::BTreeMap;

const OPEN: &str = "$(";

/// A variable as a template declares it.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    pub var: Var,
    /// Where, as the tree of the template has it.
    pub at: Span,
    /// Where its default stands.
    pub default: Option<Span>,
}

/// What a variable comes to in one tenant.
struct Given {
    text: String,
    r#type: VarType,
    at: Span,
}

/// The values of all variables; `None` for one that has none, which has been said.
pub(super) struct Values(BTreeMap<String, Option<Given>>);

/// A part of a text.
enum Part<'a> {
    Text(&'a str),
    Var(&'a str),
}

/// A text, taken apart.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(OPEN) {
        let (before, after) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('$') {
            found.extend([Part::Text(before), Part::Text(OPEN)]);
            rest = &after[OPEN.len()..];
            continue;
        }
        let Some((name, after)) = after[OPEN.len()..].split_once(')') else { break };
        found.extend([Part::Text(before), Part::Var(name)]);
        rest = after;
    }
    found.push(Part::Text(rest));
    found.retain(|part| !matches!(part, Part::Text("")));
    found
}

/// The uses of variables that are not declared.
pub(super) fn unknown(
    node: &Node,
    declared: &BTreeMap<String, Declared>,
    sources: &Sources,
    findings: &mut Vec<Finding>,
) {
    if node.text().contains(OPEN) {
        for part in parts(node.text()) {
            if let Part::Var(name) = part
                && !declared.contains_key(name)
            {
                let finding = Finding::error("unknown-var", format!("there is no variable `{name}`"));
                let help = match closest(name, declared.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `$({near})`?"),
                    None => {
                        "declare it in `vars` of the template; for the text itself write `$$(`".to_owned()
                    }
                };
                findings.push(finding.help(help).at(sources.place(node.span)));
            }
        }
    }
    for (key, value) in node.entries() {
        unknown(key, declared, sources, findings);
        unknown(value, declared, sources, findings);
    }
    node.items().iter().for_each(|item| unknown(item, declared, sources, findings));
}

impl Values {
    /// What a tenant gives, and the defaults for the rest. `sources` are the tenant's with those of the template, of which
    /// the first is the `first` one; `by` is where the tenant names the template.
    pub fn of(
        tenant: &Node,
        declared: &BTreeMap<String, Declared>,
        sources: &Sources,
        first: u16,
        by: Span,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let shifted = |span: Span| span.of_file(span.file() + first);
        let with = |at: Span, there: Span| {
            let there = Place { also: None, ..sources.place(shifted(there)) };
            Place { also: Some(Box::new(there)), ..sources.place(at) }
        };
        let vars = tenant.get("vars");
        let mut values = BTreeMap::new();
        for (name, Declared { var, at, default }) in declared {
            let own = vars.and_then(|vars| vars.get(name));
            let given = match own {
                // What is no text, or nothing at all, is said when the file is decoded.
                Some(own) if !own.is_scalar() || own.is_null() => None,
                Some(own) => match var.refusal(own.text()) {
                    None => Some(Given { text: own.text().to_owned(), r#type: var.r#type, at: own.span }),
                    Some(why) => {
                        let message = format!("`{name}` is {}: {}", var.r#type.word(), why.message);
                        let help = why.help.unwrap_or_default();
                        let finding = Finding::error("bad-var", message).help(help);
                        findings.push(finding.at(with(own.span, *at)));
                        None
                    }
                },
                None => match (&var.default, default) {
                    (Some(text), Some(at)) => {
                        Some(Given { text: text.0.clone(), r#type: var.r#type, at: shifted(*at) })
                    }
                    _ => {
                        let message =
                            format!("the template needs a value for `{name}`, {}", var.r#type.word());
                        let finding = Finding::error("missing-var", message);
                        let help = format!("add it: `vars: {{ {name}: … }}`");
                        let key = tenant.entry("vars").map_or(by, |(key, _)| key.span);
                        findings.push(finding.help(help).at(with(key, *at)));
                        None
                    }
                },
            };
            values.insert(name.clone(), given);
        }
        for (key, _) in vars.into_iter().flat_map(Node::entries) {
            if !declared.contains_key(key.text()) {
                let message = format!("the template has no variable `{}`", key.text());
                let known: Vec<String> = declared.keys().map(|it| format!("`{it}`")).collect();
                let help = match closest(key.text(), declared.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if known.is_empty() => "it has none".to_owned(),
                    None => format!("it has {}", known.join(", ")),
                };
                let finding = Finding::error("unknown-var", message).help(help);
                findings.push(finding.at(sources.place(key.span)));
            }
        }
        Self(values)
    }

    /// Whether a variable has no value.
    pub fn are_incomplete(&self) -> bool {
        self.0.values().any(Option::is_none)
    }

    /// Puts the values in. What needs one that is missing is taken out.
    pub fn put(&self, node: &mut Node, sources: &mut Sources, findings: &mut Vec<Finding>) -> bool {
        let Node { span, value, incomplete } = node;
        match value {
            Value::Scalar { text, plain } => match self.replaced(*span, text, *plain, sources) {
                Some((new, bare)) => (*text, *plain) = ((*new).into(), bare),
                None => return false,
            },
            Value::Seq(items) => {
                let mut rest = std::mem::take(items).into_vec();
                let before = rest.len();
                rest.retain_mut(|item| self.put(item, sources, findings));
                *incomplete |= rest.len() < before;
                *items = rest.into();
            }
            Value::Map(entries) => {
                let mut rest = entries.take();
                let before = rest.len();
                rest.retain_mut(|(key, value)| {
                    self.put(key, sources, findings) && self.put(value, sources, findings)
                });
                *incomplete |= rest.len() < before;
                let mut seen = BTreeMap::new();
                for (key, _) in &rest {
                    if let Some(other) = seen.insert(key.text().to_owned(), key.span) {
                        let message = format!("two keys of the template come to `{}`", key.text());
                        let other: Place = sources.place(other);
                        let help = format!(
                            "the other one is in line {}; give the variables different values",
                            other.line
                        );
                        let finding = Finding::error("duplicate-key", message).help(help);
                        findings.push(finding.at(sources.place(key.span)));
                    }
                }
                let mut kept = std::collections::BTreeSet::new();
                rest.retain(|(key, _)| kept.insert(key.text().to_owned()));
                *entries = rest.into();
            }
        }
        true
    }

    /// A text with the values in it, and whether it is one without quotes. `None` if one of them is missing.
    fn replaced(
        &self,
        span: Span,
        text: &str,
        plain: bool,
        sources: &mut Sources,
    ) -> Option<(Box<str>, bool)> {
        if !text.contains(OPEN) {
            return Some((text.into(), plain));
        }
        let parts = parts(text);
        let mut whole = String::new();
        let mut bare = plain;
        for part in &parts {
            match part {
                Part::Text(text) => whole.push_str(text),
                Part::Var(name) => {
                    let given = self.0.get(*name)?.as_ref()?;
                    whole.push_str(&given.text);
                    sources.give(span, given.at);
                    if parts.len() == 1 {
                        bare = given.r#type.is_bare();
                    }
                }
            }
        }
        Some((whole.into(), bare))
    }
}
