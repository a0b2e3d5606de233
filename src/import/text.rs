//! The text of a file that declares an account.

use super::Import;
use crate::{
    emit::{comment, entry},
    model::{Address, Kind},
};
use serde_json::Value;
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
    let Head { schema, tenant, provider, account, name, time_zone } = head;
    let mut text = String::new();
    if let Some(schema) = schema {
        text.push_str(&comment(&format!("yaml-language-server: $schema={schema}"), 0));
    }
    text.extend(name.iter().map(|name| comment(name, 0)));
    let fields = [
        ("tenant", Some(tenant)),
        ("provider", Some(provider)),
        ("account", Some(account)),
        ("time_zone", time_zone.as_ref()),
    ];
    for (field, value) in fields {
        text.extend(value.map(|value| entry(field, &Value::String(value.clone()), 0)));
    }
    for kind in SECTIONS {
        let declares = import.declared.keys().any(|address| address.kind == kind);
        let section = entries(kind, import, if declares { 2 } else { 0 });
        if section.is_empty() {
            continue;
        }
        text.push('\n');
        // A section of comments alone would be one without a value.
        let title = format!("{}:", kind.section());
        text.push_str(&if declares { title + "\n" } else { comment(&title, 0) });
        text.push_str(&section);
    }
    text
}

/// The objects of one section, one below the other.
pub fn entries(kind: Kind, import: &Import, indent: usize) -> String {
    let of_kind = |address: &&Address| address.kind == kind;
    let all: BTreeSet<&Address> =
        import.declared.keys().chain(import.commented.keys()).filter(of_kind).collect();
    let all = all.difference(&import.noted.iter().collect()).copied().collect::<Vec<_>>();
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
