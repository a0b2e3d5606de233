//! The text of a file that declares an account.

use super::{
    Import,
    template::{Own, Part, Proposal, Variable},
};
use crate::{
    emit::{comment, entry},
    model::{Address, Kind, VarType},
    text::by_number_and_name,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The sections in the order in which a file is read: what calls meet first.
const SECTIONS: [Kind; 7] = [
    Kind::Schedules,
    Kind::Receivers,
    Kind::Numbers,
    Kind::Forwards,
    Kind::Rules,
    Kind::Queues,
    Kind::Diverts,
];

/// What a tenant's file begins with.
#[derive(Debug, Clone)]
pub struct Head {
    /// The schema, as the file's editor finds it.
    pub schema: Option<String>,
    pub tenant: String,
    pub provider: String,
    pub account: String,
    /// What people call the account, for whoever reads the file.
    pub name: Option<String>,
    pub time_zone: Option<String>,
}

/// A whole file.
pub fn file(head: &Head, import: &Import) -> String {
    self::head(head) + &sections(import)
}

/// What a file says of its tenant: all that a main file says whose sections stand in other files.
pub fn head(head: &Head) -> String {
    let Head { tenant, provider, account, time_zone, .. } = head;
    let fields = [
        ("tenant", Some(tenant)),
        ("provider", Some(provider)),
        ("account", Some(account)),
        ("time_zone", time_zone.as_ref()),
    ];
    opening(head) + &said(&fields)
}

/// A file for each section, by its name.
pub fn by_section(head: &Head, import: &Import) -> Vec<(&'static str, String)> {
    let start = modeline(head) + &said(&[("tenant", Some(&head.tenant))]);
    let file = |kind: Kind| Some((kind.section(), format!("{start}{}", section(kind, import)?)));
    SECTIONS.into_iter().filter_map(file).collect()
}

/// The file of a tenant that extends a template, as `template` names it there. `import` is all that the account holds.
pub fn extending(head: &Head, template: &str, part: &Part, own: &Own, import: &Import) -> String {
    let Head { tenant, account, .. } = head;
    let template = template.to_owned();
    let fields = [
        ("tenant", Some(tenant)),
        ("account", Some(account)),
        ("time_zone", part.time_zone.as_ref()),
        ("extends", Some(&template)),
    ];
    // What people call it stands among its variables then.
    let is_said = |name: &String| part.vars.iter().any(|(_, value)| value == name);
    let head = Head { name: head.name.clone().filter(|name| !is_said(name)), ..head.clone() };
    let mut text = opening(&head) + &said(&fields);
    if !part.vars.is_empty() {
        let vars = part.vars.iter().map(|(name, value)| (name.clone(), Value::String(value.clone())));
        text.push_str(&entry("vars", &Value::Object(vars.collect()), 0));
    }
    if !own.without.is_empty() {
        text.push_str(&entry("without", &json!(own.without), 0));
    }
    let rest =
        Import { declared: own.objects.clone(), commented: import.commented.clone(), ..Import::default() };
    text.push_str(&sections(&rest));
    let notes = own.notes.iter().flat_map(|(address, lines)| lines.iter().map(move |line| (address, line)));
    let notes: String = notes.map(|(address, line)| comment(&format!("{address}: {line}"), 0)).collect();
    if !notes.is_empty() {
        text.push('\n');
    }
    text + &notes
}

/// A template.
pub fn template(provider: &str, proposal: Proposal) -> (String, Vec<Option<Part>>) {
    let Proposal { time_zone, vars, objects, parts } = proposal;
    let mut text = comment(
        &format!("What tenants of {provider} share. A change here is one of each that extends it."),
        0,
    );
    if !vars.is_empty() {
        let vars: Map<String, Value> = vars.into_iter().map(declared).collect();
        text.push_str("vars:\n");
        text.extend(vars.iter().map(|(name, var)| entry(name, var, 2)));
    }
    text.push_str(&said(&[("provider", Some(&provider.to_owned())), ("time_zone", time_zone.as_ref())]));
    (text + &sections(&Import { declared: objects, ..Import::default() }), parts)
}

/// A variable as a template declares it.
fn declared(var: Variable) -> (String, Value) {
    let Variable { name, r#type, default } = var;
    let word = match r#type {
        VarType::Number => "number",
        VarType::Extension => "extension",
        VarType::Text => "text",
        VarType::Integer => "integer",
        VarType::Boolean => "boolean",
    };
    let value = match default {
        Some(default) => json!({ "type": word, "default": default }),
        None => json!({ "type": word }),
    };
    (name, value)
}

/// The comments that a tenant's file begins with.
fn opening(head: &Head) -> String {
    modeline(head) + &head.name.iter().map(|name| comment(name, 0)).collect::<String>()
}

fn modeline(head: &Head) -> String {
    let schema = head.schema.iter().map(|schema| format!("yaml-language-server: $schema={schema}"));
    schema.map(|line| comment(&line, 0)).collect()
}

/// Fields of a file that are texts.
fn said(fields: &[(&str, Option<&String>)]) -> String {
    let fields = fields.iter().filter_map(|(field, value)| Some((field, value.cloned()?)));
    fields.map(|(field, value)| entry(field, &Value::String(value), 0)).collect()
}

fn sections(import: &Import) -> String {
    SECTIONS.into_iter().filter_map(|kind| section(kind, import)).collect()
}

/// A section with a blank line above it.
fn section(kind: Kind, import: &Import) -> Option<String> {
    let declares = import.declared.keys().any(|address| address.kind == kind);
    let section = entries(kind, import, if declares { 2 } else { 0 });
    // A section of comments alone would be one without a value.
    let title = format!("{}:", kind.section());
    let title = if declares { title + "\n" } else { comment(&title, 0) };
    (!section.is_empty()).then(|| format!("\n{title}{section}"))
}

/// The objects of one section, one below the other.
pub fn entries(kind: Kind, import: &Import, indent: usize) -> String {
    let of_kind = |address: &&Address| address.kind == kind;
    let all: BTreeSet<&Address> =
        import.declared.keys().chain(import.commented.keys()).filter(of_kind).collect();
    let mut all = all.difference(&import.noted.iter().collect()).copied().collect::<Vec<_>>();
    all.sort_by_cached_key(|address| by_number_and_name(&address.key));
    let mut text = String::new();
    for address in all {
        match (import.declared.get(address), import.commented.get(address)) {
            (Some(declared), _) => {
                text.extend(declared.comments.iter().map(|line| comment(line, indent)));
                text.push_str(&entry(&address.key, &declared.value, indent));
            }
            (None, Some(why)) => {
                text.push_str(&comment(&mark(address), indent));
                text.extend(why.iter().map(|line| comment(&format!("  {line}"), indent)));
            }
            (None, None) => {}
        }
    }
    text
}

/// The first line of the comment that stands for an object.
pub fn mark(address: &Address) -> String {
    format!("{address} is live and not declared here:")
}
