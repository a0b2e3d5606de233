//! Declared names where the YAML takes them.

use super::{
    context::{self, Wanted},
    position::Counted,
};
use crate::{
    load::LoadedTenant,
    model::{Kind, Reference, Resource, references},
    run::Edited,
    text::as_key,
};
use lsp_types::{CompletionItem, CompletionItemKind, CompletionTextEdit, Position, Range, TextEdit};
use std::collections::{BTreeMap, BTreeSet};

/// What a tenant's file can name, by the word of the YAML, each with what is said beside it.
#[derive(Debug, Clone, Default)]
pub struct Names {
    names: BTreeMap<&'static str, BTreeMap<String, String>>,
    /// Which words of destinations its provider does not take, by the section and the key.
    refused: BTreeSet<(&'static str, &'static str, &'static str)>,
}

/// Keys whose value is a place that calls are sent to.
const DESTINATIONS: [&str; 9] =
    ["always", "on_call", "busy", "no_answer", "unreachable", "failover", "unavailable", "route", "to"];

/// The words of such places of which names are known here.
const WORDS: [&str; 7] = ["queue", "extension", "phone", "voicemail", "attendant", "receiver", "number"];

/// Where a number is one of elsewhere: no declared one is right.
const FORWARDS: &str = "forwards";
/// What is listed here is declared nowhere.
const ABSENT: &str = "absent";

impl Names {
    /// Those of a tenant, and the numbers of all.
    pub fn of(edited: &Edited, loaded: &LoadedTenant) -> Self {
        let mut names = Self::default();
        let own = &loaded.tenant.provider;
        // A tenant does not move to another kind of system.
        let kind = edited.kind(own);
        for provider in edited.providers().filter(|it| kind.is_none() || edited.kind(it) == kind) {
            names.add("provider", provider, "provider");
        }
        for section in Kind::ALL.map(Kind::section) {
            for (key, word) in DESTINATIONS.into_iter().flat_map(|key| WORDS.map(|word| (key, word))) {
                if !edited.takes(own, section, key, word) {
                    names.refused.insert((section, key, word));
                }
            }
        }
        names.add("schedule", "default", "outside every schedule");
        for (address, resource) in loaded.tenant.resources() {
            let key = &address.key;
            match (address.kind, &resource) {
                (Kind::Queues, Resource::Queue(queue)) => {
                    names.add("queue", key, queue.name.as_deref().unwrap_or("queue"));
                }
                (Kind::Schedules, _) => names.add("schedule", key, "schedule"),
                (Kind::Rules | Kind::Diverts, _) => names.add("extension", key, "extension"),
                (Kind::Receivers, _) => names.add("receiver", key, "receiving number"),
                _ => {}
            }
            for (_, reference) in references(&address, &resource) {
                match reference {
                    Reference::Extension(to) | Reference::Phone(to) | Reference::Voicemail(to) => {
                        names.add("extension", to.as_str(), "extension");
                    }
                    Reference::Attendant(to) => names.add("attendant", to.as_str(), "auto attendant"),
                    Reference::Number(to) => names.add("number", &to.to_string(), "number"),
                    _ => {}
                }
            }
        }
        for other in edited.tenants() {
            let about = format!("number of {}", other.tenant.tenant);
            other.tenant.numbers.keys().for_each(|it| names.add("number", &it.to_string(), &about));
        }
        names
    }

    /// What was said first of a name stays.
    fn add(&mut self, word: &'static str, name: &str, about: &str) {
        let own = self.names.entry(word).or_default();
        own.entry(name.to_owned()).or_insert_with(|| about.to_owned());
    }

    /// Without those that a text had and no longer has.
    pub fn still_in(mut self, before: &str, now: &str) -> Self {
        // Providers are declared elsewhere.
        for (_, names) in self.names.iter_mut().filter(|(word, _)| **word != "provider") {
            names.retain(|name, _| !before.contains(name.as_str()) || now.contains(name.as_str()));
        }
        self
    }

    /// Without an object itself: its calls do not go on to it.
    fn without_itself(mut self, section: &str, object: &str) -> Self {
        let word = match section {
            "queues" => "queue",
            "rules" | "diverts" => "extension",
            _ => return self,
        };
        if let Some(names) = self.names.get_mut(word) {
            names.remove(object);
        }
        self
    }

    fn takes(&self, section: &str, key: &str, word: &str) -> bool {
        !self.refused.iter().any(|refused| *refused == (section, key, word))
    }

    fn of_word(&self, word: &str) -> impl Iterator<Item = (&str, &str)> {
        let word = match word {
            "phone" | "voicemail" => "extension",
            word => word,
        };
        self.names.get(word).into_iter().flatten().map(|(name, about)| (name.as_str(), about.as_str()))
    }
}

/// The word for what a key names; `None` where it names nothing that is declared.
fn named_by(key: &str) -> Option<&'static str> {
    Some(match key {
        "queue" | "queues" => "queue",
        "extension" | "phone" | "voicemail" | "extensions" | "agents" => "extension",
        "attendant" => "attendant",
        "when" | "schedule" | "schedules" => "schedule",
        "number" | "numbers" => "number",
        "receiver" | "receivers" => "receiver",
        "provider" => "provider",
        _ => return None,
    })
}

/// What is offered at a position of a text.
pub fn completion(names: &Names, text: &str, position: Position, counted: Counted) -> Vec<CompletionItem> {
    let byte = counted.byte(text, position);
    let Some(context) = context::at(text, byte) else { return Vec::new() };
    let section = context::section(text, byte).unwrap_or_default();
    if section == ABSENT {
        return Vec::new();
    }
    let others = names.clone().without_itself(section, context::object(text, byte).unwrap_or_default());
    let begin = counted.position(text, context.from);
    // The rest of a name in which the cursor stands is replaced as well.
    let end = byte + text[byte..].find(|c| !context::is_of_name(c)).unwrap_or(text.len() - byte);
    let replaced = Range::new(begin, counted.position(text, end));
    let closes = context.is_quoted && !text[end..].starts_with(['"', '\'']);
    let item = |name: &str, about: &str, new: String, kind: CompletionItemKind| CompletionItem {
        label: name.to_owned(),
        kind: Some(kind),
        detail: Some(about.to_owned()),
        filter_text: Some(name.to_owned()),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range: replaced, new_text: new })),
        ..CompletionItem::default()
    };
    let whole = |name: &str| match (context.is_quoted, closes) {
        (true, true) => format!("{name}\""),
        (true, false) => name.to_owned(),
        (false, _) => as_key(name),
    };
    let name = |(name, about): (&str, &str)| item(name, about, whole(name), CompletionItemKind::REFERENCE);
    match &context.wanted {
        Wanted::Value(key) if key == "to" && section == FORWARDS => Vec::new(),
        Wanted::Value(key) => match named_by(key) {
            // The voicemail and the phone of one's own are places like others.
            Some(word) if matches!(key.as_str(), "phone" | "voicemail") => {
                names.of_word(word).map(name).collect()
            }
            Some(word) => others.of_word(word).map(name).collect(),
            None if DESTINATIONS.contains(&key.as_str()) && !context.is_quoted => {
                let of_word = |word: &'static str| {
                    let whole = move |name: &str| format!("{{ {word}: {} }}", as_key(name));
                    others.of_word(word).map(move |(name, about)| (whole(name), about.to_owned()))
                };
                let places: BTreeSet<(String, String)> = ["queue", "extension", "attendant", "receiver"]
                    .into_iter()
                    .filter(|word| names.takes(section, key, word))
                    .flat_map(of_word)
                    .collect();
                let place = |(new, about): (String, String)| {
                    item(&new.clone(), &about, new, CompletionItemKind::REFERENCE)
                };
                places.into_iter().map(place).collect()
            }
            None => Vec::new(),
        },
        Wanted::Word(key) if DESTINATIONS.contains(&key.as_str()) => {
            let known = WORDS
                .into_iter()
                .filter(|word| names.of_word(word).next().is_some() && names.takes(section, key, word));
            known
                .map(|word| item(word, "where calls go", format!("{word}: "), CompletionItemKind::KEYWORD))
                .collect()
        }
        Wanted::Word(_) => Vec::new(),
    }
}
