//! What is live in an account, as the objects of a file that declare it. Pure.
//!
//! Nothing is hidden: what has a word is declared, and what has none is a comment that says why.
//!
//! - [`declare`]: each live object with what of it can be declared
//! - `brief`: a value without what goes without saying
//! - [`text`]: the file
//! - [`template`]: what several accounts share, and what is left for the file of each
//! - `report`: what an import has done

mod brief;
mod report;
pub mod template;
pub mod text;

pub use report::{Count, Extending, Imported, ImportedAccount, ImportedTemplate, Refusal, Written};

use crate::{
    explained::message_of,
    model::{Address, Kind, Number, Resource, Route},
    path::{Path, Segment},
    plan::{Dialect, Observed, Unsupported},
    text::is_unseen,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An account, object by object.
#[derive(Debug, Clone, Default)]
pub struct Import {
    pub declared: BTreeMap<Address, Declared>,
    /// Objects that stand in the file as comments alone, and why.
    pub commented: BTreeMap<Address, Vec<String>>,
    /// Those of them whose comment stands in the file already.
    pub noted: BTreeSet<Address>,
    /// How many live objects such a comment stands for, where it is more than one.
    pub namesakes: BTreeMap<Address, usize>,
    /// How many objects of each kind are live and nobody asked for.
    pub left_alone: BTreeMap<Kind, usize>,
}

/// A live object that is declared.
#[derive(Debug, Clone)]
pub struct Declared {
    /// As a person would write it.
    pub value: Value,
    /// The same with what goes without saying.
    pub full: Value,
    /// What of it has no word, or is not shown.
    pub comments: Vec<String>,
    /// What has gone out of it: something is live there, and no file can say it.
    pub left: LeftOut,
}

impl Declared {
    /// Whether it says what a change at this path is about. What it does not say is not known, and not nothing.
    pub fn says(&self, path: &Path) -> bool {
        let has = |keys: &[&str]| keys.iter().try_fold(&self.full, |value, key| value.get(*key)).is_some();
        let said = match (path.field(), path.get(1).and_then(Segment::as_key)) {
            (Some("callers"), Some(part)) => has(&["callers", part]),
            (Some(field), _) => has(&[field]),
            (None, _) => true,
        };
        said && !self.left.has(path)
    }
}

/// Fields of an object that are live and cannot be declared, each with why.
#[derive(Debug, Clone, Default)]
pub struct LeftOut(Vec<(Path, String)>);

impl LeftOut {
    /// Whether a change at this path is about one of them.
    pub fn has(&self, path: &Path) -> bool {
        self.within(path).next().is_some()
    }

    /// Those of them that a change at this path is about.
    pub fn within<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = (&'a Path, &'a str)> {
        let met = self.0.iter().filter(|(field, _)| path.is_inside(field) || field.is_inside(path));
        met.map(|(field, why)| (field, why.as_str()))
    }

    /// The parts of a field that are managed by themselves: the rest of it can be declared.
    pub fn parts_of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        let inside = self.0.iter().filter(move |(path, _)| path.len() > 1 && path.field() == Some(field));
        inside.filter_map(|(path, _)| path.get(1)?.as_key())
    }
}

impl Import {
    /// Takes an object out of what is declared: it stands in the file as a comment.
    pub fn comment_out(&mut self, address: &Address, why: impl Into<String>) {
        let earlier = self.declared.remove(address).map(|it| it.comments).unwrap_or_default();
        let comments = self.commented.entry(address.clone()).or_default();
        comments.extend(earlier);
        comments.push(why.into());
    }

    /// Takes a field out of what is declared of an object; the whole of it where nothing else is.
    pub fn take_out(&mut self, address: &Address, field: &str, why: &str) {
        let Some(declared) = self.declared.get_mut(address) else { return };
        let removed = declared.value.as_object_mut().is_some_and(|it| it.shift_remove(field).is_some());
        if !removed || declared.value.as_object().is_none_or(|it| it.is_empty()) {
            return self.comment_out(address, format!("{field}: {why}"));
        }
        declared.comments.push(format!("{field}: {why}"));
    }

    /// How many objects of a kind are live: each is declared, a comment, or left alone.
    pub fn live(&self, kind: Kind) -> usize {
        self.declared(kind) + self.commented(kind) + self.left_alone(kind)
    }

    pub fn declared(&self, kind: Kind) -> usize {
        self.declared.keys().filter(|address| address.kind == kind).count()
    }

    pub fn commented(&self, kind: Kind) -> usize {
        let of_kind = self.commented.keys().filter(|address| address.kind == kind);
        of_kind.map(|address| self.namesakes.get(address).copied().unwrap_or(1)).sum()
    }

    pub fn left_alone(&self, kind: Kind) -> usize {
        self.left_alone.get(&kind).copied().unwrap_or_default()
    }
}

/// Every live object, as far as it can be declared. `wanted` says which of them somebody asks for.
pub fn declare(observed: &Observed, dialect: &Dialect, wanted: &dyn Fn(&Address) -> bool) -> Import {
    let mut import = Import::default();
    for (address, live) in &observed.objects {
        // Every number has an emergency forward without a number to send calls to: there is nothing to declare.
        if live.is_vacant()
            && !observed.unreadable.contains_key(address)
            && !observed.opaque.contains_key(address)
        {
            continue;
        }
        // They are the forwards of the Default rule, which stands in the rules.
        let rules = Address::new(Kind::Rules, &address.key);
        if address.kind == Kind::Diverts && observed.objects.contains_key(&rules) {
            continue;
        }
        if !wanted(address) {
            *import.left_alone.entry(address.kind).or_default() += 1;
            continue;
        }
        let whole = observed.obstacles.iter().find(|it| it.address == *address && it.field.is_none());
        if let Some(ids) = observed.namesakes.get(address) {
            let why = format!("there are {} of this name: {}", ids.len(), ids.join(", "));
            let help = "dialform goes by names: give each one of its own in the portal, and import again";
            import.commented.insert(address.clone(), vec![why, help.to_owned()]);
            import.namesakes.insert(address.clone(), ids.len());
            continue;
        }
        if let Some(obstacle) = whole {
            import
                .commented
                .insert(address.clone(), vec![obstacle.message.clone(), obstacle.help.to_owned()]);
            continue;
        }
        if !is_writable(&address.key) {
            let why = "its name holds something that is not seen, or is too long for a file; rename it in the portal";
            import.commented.insert(address.clone(), vec![why.to_owned()]);
            continue;
        }
        match object(address, live, observed, dialect) {
            Ok(declared) => drop(import.declared.insert(address.clone(), declared)),
            Err(why) => drop(import.commented.insert(address.clone(), why)),
        }
    }
    for (address, why) in &observed.aside {
        if !wanted(address) {
            *import.left_alone.entry(address.kind).or_default() += 1;
            continue;
        }
        if import.commented.insert(address.clone(), vec![(*why).to_owned()]).is_some() {
            *import.namesakes.entry(address.clone()).or_insert(1) += 1;
        }
    }
    import
}

/// What of a live object can be declared, or why nothing can.
pub fn object(
    address: &Address,
    live: &Resource,
    observed: &Observed,
    dialect: &Dialect,
) -> Result<Declared, Vec<String>> {
    let mut left = Left { resource: live.clone(), comments: Vec::new(), fields: LeftOut::default() };
    let shown = observed.unreadable.get(address).into_iter().flatten();
    for (field, text) in shown {
        left.out(field, &format!("what is live there is not understood: {text}"));
    }
    for field in observed.opaque.get(address).into_iter().flatten() {
        left.out(field, "what is live there has no word, or is not shown");
    }
    for field in observed.unseen.get(address).into_iter().flatten() {
        left.out(field, "this server does not show it");
    }
    for it in observed.obstacles.iter().filter(|it| it.address == *address) {
        if let Some(field) = &it.field {
            left.out(field, &it.message);
        }
    }
    let entries = observed.beyond.get(address).into_iter().flatten();
    left.comments.extend(entries.map(|entry| format!("also live, and without a word: {entry}")));
    // Of a number they say that no route stands there, or is of use, and why.
    if address.kind == Kind::Numbers {
        left.comments.extend(observed.notes.get(address).into_iter().flatten().cloned());
    }
    // What no file may hold, and what a provider cannot hold as it is read, goes out field by field.
    for (field, why) in invalid(&left.resource) {
        left.out(&field, &why);
    }
    while let Err(problems) = dialect.hold(address, left.resource.clone()) {
        let before = left.resource.clone();
        for Unsupported { path, message, .. } in problems {
            let field = path.field().map(|field| Path::from([field]));
            match field {
                Some(field) => left.out(&field, &message),
                None => return Err(vec![message]),
            }
        }
        if left.resource == before {
            return Err(left.comments);
        }
    }
    let whole = serde_json::to_value(&left.resource).unwrap_or_default();
    for (field, value) in whole.as_object().into_iter().flatten() {
        if !texts(value).iter().all(|text| is_writable(text)) {
            left.out(
                &Path::from([field.as_str()]),
                "it holds something that is not seen, which no file may hold",
            );
        }
    }
    // How calls are shared out among one says nothing.
    if let Resource::Number(Number { route: Some(Route::Receivers(route)), .. }) = &mut left.resource
        && route.receivers.len() == 1
    {
        route.pattern = None;
    }
    let full = serde_json::to_value(&left.resource).unwrap_or_default();
    let held = dialect.hold(address, left.resource.clone()).ok();
    let reads_the_same = |value: &Value| {
        let read = Resource::from_value(address.kind, value.clone()).ok();
        held.is_some() && read.and_then(|resource| dialect.hold(address, resource).ok()) == held
    };
    let short = brief::brief(address.kind, full.clone());
    let Some(value) = [short, full.clone()].into_iter().find(reads_the_same) else {
        left.comments.push("it cannot be written so that it is read the same".to_owned());
        return Err(left.comments);
    };
    let has_nothing = value.as_object().is_none_or(|fields| fields.is_empty());
    // Of these an empty one declares nothing; a schedule or a queue without settings is one that others name.
    if has_nothing && matches!(address.kind, Kind::Rules | Kind::Diverts | Kind::Forwards) {
        return Err(left.comments);
    }
    Ok(Declared { value, full, comments: left.comments, left: left.fields })
}

/// Whether a text can stand in a file, also as a key.
fn is_writable(text: &str) -> bool {
    text.len() <= LONGEST && !text.chars().any(is_unseen)
}

/// YAML has no longer key on one line.
const LONGEST: usize = 1000;

/// Every key and text in a value.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => {
            fields.iter().flat_map(|(key, value)| [vec![key.as_str()], texts(value)].concat()).collect()
        }
        _ => Vec::new(),
    }
}

/// The fields that by themselves are nothing in the words of a file, and why.
fn invalid(resource: &Resource) -> Vec<(Path, String)> {
    let value = serde_json::to_value(resource).unwrap_or_default();
    let judged = value.as_object().into_iter().flatten().filter_map(|(field, value)| {
        let alone = serde_json::json!({ field.as_str(): value });
        let error = Resource::from_value(resource.kind(), alone).err()?;
        Some((Path::from([field.as_str()]), message_of(&error.to_string()).to_owned()))
    });
    judged.collect()
}

/// What is left of an object, and what has gone out of it.
struct Left {
    resource: Resource,
    comments: Vec<String>,
    fields: LeftOut,
}

impl Left {
    fn out(&mut self, field: &Path, why: &str) {
        self.resource.forget(field);
        // What cannot go alone goes with all that it is a part of.
        let whole = field.first().and_then(Segment::as_key).map(|it| Path::from([it]));
        if let Some(whole) = whole.as_ref().filter(|_| self.resource.value(field).is_some()) {
            self.resource.forget(whole);
        }
        // Of a group whose parts are managed one by one the others are still there.
        let gone = whole.filter(|it| self.resource.value(it).is_none()).unwrap_or_else(|| field.clone());
        self.fields.0.push((gone, why.to_owned()));
        self.comments.push(format!("{field}: {why}"));
    }
}
