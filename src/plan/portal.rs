//! What a person does in a portal: the way to a page, and every value to be set there in the portal's own words.
//!
//! A provider says once which page holds a field and what the page shows of an object. Text, Markdown and JSON are made of
//! the same values, so that none of them can leave one out.

use crate::model::{Address, E164, Resource};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use std::fmt;

/// A page of a portal and what of an object stands on it.
#[derive(Debug)]
pub struct Portal {
    /// The way there, `{}` being the name of the object.
    pub clicks: &'static [&'static str],
    pub controls: &'static [Control],
    /// What is clicked in the end; empty where a choice is kept at once.
    pub save: &'static str,
}

/// A box, a drop-down or a tick on a page.
#[derive(Debug)]
pub struct Control {
    pub label: &'static str,
    /// What it shows when the object is so; `None` where the object says nothing about it.
    pub shows: fn(&Address, &Resource) -> Option<Shown>,
}

/// What a control shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// What is typed or chosen.
    Text(String),
    Ticked(bool),
    /// Nothing: what was there is deleted.
    Empty,
    /// Entries that are added and removed one by one.
    List(Vec<String>),
}

/// Which entries of lists are a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lists {
    Whole,
    /// Only what is taken away.
    Removals,
}

/// Everything a person does on one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clicks {
    pub clicks: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Setting>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub save: &'static str,
}

/// One value that is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    pub label: String,
    #[serde(rename = "do")]
    pub act: Act,
    /// What the control holds afterwards; for an entry of a list `Remove` or `Add` and the entry.
    pub value: String,
    /// What it holds before, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Type it or choose it.
    Set,
    Tick,
    Untick,
    /// Delete what is there.
    Clear,
    Add,
    Remove,
}

impl Portal {
    /// The way and the labels, for a table: `Inventory > click the number > Forwarding Number, Active > Save`.
    pub fn outline(&self) -> String {
        let labels: Vec<&str> = self.controls.iter().map(|control| control.label).collect();
        let labels = (!labels.is_empty()).then(|| labels.join(", "));
        let clicks = self.clicks.iter().map(|click| click.replace("{}", "X"));
        let parts = clicks.chain(labels).chain([self.save.to_owned()]).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(" > ")
    }

    /// What a person does so that the page shows `wanted`. `earlier` is what it shows now, as far as anybody knows.
    pub fn clicks(
        &self,
        address: &Address,
        wanted: &Resource,
        earlier: Option<&Resource>,
        lists: Lists,
    ) -> Clicks {
        let name = name(address, [Some(wanted), earlier]);
        let values = self.controls.iter().flat_map(|Control { label, shows }| {
            let then = earlier.and_then(|earlier| shows(address, earlier));
            shows(address, wanted).into_iter().flat_map(move |now| settings(label, now, then.as_ref(), lists))
        });
        Clicks {
            clicks: self.clicks.iter().map(|click| click.replace("{}", &name)).collect(),
            values: values.collect(),
            save: self.save,
        }
    }
}

/// What a portal calls an object: a number as people write it, with its label if it has one.
fn name(address: &Address, known: [Option<&Resource>; 2]) -> String {
    let Ok(number) = address.key.parse::<E164>() else { return address.key.clone() };
    let number = match number.nanp() {
        Some(it) => format!("+1 {} {} {}", &it[..3], &it[3..6], &it[6..]),
        None => number.to_string(),
    };
    let label = known.into_iter().flatten().find_map(|resource| match resource {
        Resource::Receiver(receiver) => receiver.label.as_deref().filter(|label| !label.is_empty()),
        _ => None,
    });
    label.map_or_else(|| number.clone(), |label| format!("{number} ({label})"))
}

fn settings(label: &str, now: Shown, then: Option<&Shown>, lists: Lists) -> Vec<Setting> {
    let old = match then {
        Some(Shown::Text(old)) if now != Shown::Text(old.clone()) => Some(old.clone()),
        _ => None,
    };
    let one = |act, value: String| Setting { label: label.to_owned(), act, value, instead_of: None };
    match now {
        Shown::Text(value) => vec![Setting { instead_of: old, ..one(Act::Set, value) }],
        Shown::Empty => vec![Setting { instead_of: old, ..one(Act::Clear, String::new()) }],
        Shown::Ticked(true) => vec![one(Act::Tick, "ticked".to_owned())],
        Shown::Ticked(false) => vec![one(Act::Untick, "unticked".to_owned())],
        Shown::List(now) => {
            let then = match then {
                Some(Shown::List(then)) => then.as_slice(),
                _ => &[],
            };
            let gone = then.iter().filter(|it| !now.contains(it));
            let new = now.iter().filter(|it| lists == Lists::Whole && !then.contains(it));
            let gone = gone.map(|it| one(Act::Remove, format!("Remove {it}")));
            gone.chain(new.map(|it| one(Act::Add, format!("Add {it}")))).collect()
        }
    }
}

/// Pages that are the same become one, with the values of each.
pub fn join(pages: impl IntoIterator<Item = Clicks>) -> Vec<Clicks> {
    let mut joined: Vec<Clicks> = Vec::new();
    for page in pages {
        let same = joined.iter_mut().find(|it| (&it.clicks, it.save) == (&page.clicks, page.save));
        match same {
            Some(same) => {
                let new = page.values.into_iter().filter(|value| !same.values.contains(value));
                let new: Vec<Setting> = new.collect();
                same.values.extend(new);
            }
            None => joined.push(page),
        }
    }
    joined
}

/// How many values these pages set; a page without any is one thing to do.
pub fn count(pages: &[Clicks]) -> usize {
    pages.iter().map(|page| page.values.len().max(1)).sum()
}

/// For a map in JSON: each page as a line of text and as values.
pub fn both<S: Serializer>(pages: &[Clicks], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    let lines: Vec<String> = pages.iter().map(ToString::to_string).collect();
    map.serialize_entry("instructions", &lines)?;
    map.serialize_entry("by_hand", pages)?;
    map.end()
}

/// `Inventory > click +1 512 555 0100 > Forwarding Number: 5125559999, Active: ticked > Save`
impl fmt::Display for Clicks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { clicks, values, save } = self;
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        let values = (!values.is_empty()).then(|| values.join(", "));
        let parts = clicks.iter().map(String::as_str).chain(values.as_deref()).chain([*save]);
        let parts = parts.filter(|part| !part.is_empty());
        f.write_str(&parts.collect::<Vec<_>>().join(" > "))
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { label, act, value, instead_of } = self;
        match (act, instead_of) {
            (Act::Clear, Some(old)) => write!(f, "{label}: delete {}", quoted(old)),
            (Act::Clear, None) => write!(f, "{label}: delete what is there"),
            (Act::Set, Some(old)) => write!(f, "{label}: {} instead of {}", quoted(value), quoted(old)),
            (Act::Set, None) => write!(f, "{label}: {}", quoted(value)),
            (Act::Tick | Act::Untick | Act::Add | Act::Remove, _) => write!(f, "{label}: {value}"),
        }
    }
}

/// In quotes where it would read as something else: `"Hello, you have a call"`.
fn quoted(value: &str) -> String {
    let plain = !value.contains(", ") && !value.contains(" > ") && !value.contains('"');
    if plain && !value.is_empty() { value.to_owned() } else { format!("\"{value}\"") }
}
