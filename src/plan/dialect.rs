//! What planning may know of a provider: facts and pure functions. A provider fills one in, as a static.

use super::{
    Class,
    portal::{Clicks, Lists, Portal},
};
use crate::{
    diff::FieldChange,
    model::{Address, Country, Kind, Means, Reference, Resource, Schedule, Skeleton},
    path::{self, Field, Path, Segment},
};
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::time::Duration;

/// What planning may know of a provider.
pub struct Dialect {
    /// The kinds it holds, in the order in which objects are made.
    pub order: &'static [Kind],
    /// How far each field of each kind can be managed; the first row that fits counts. Every field has a row for
    /// [`When::Always`]: one without is unsupported. The empty path is the object itself, its making and deleting.
    pub grades: &'static [GradeRow],
    /// Which destinations a field takes; a field without a row takes any.
    pub accepts: &'static [Accepts],
    /// How long a change that was accepted may take to show, beyond what `limits.settle` waits for.
    pub propagation: Option<Propagation>,
    /// Whether a schedule has a time zone of its own; the tenant's is its default.
    pub zoned_schedules: bool,
    /// How the kinds that may be beyond reading are set and taken away by hand.
    pub by_hand: &'static [ByHand],
    /// What the vendor says of a change, for whoever reviews it.
    pub remarks: &'static [Remark],
    /// The country whose people write its numbers, where there is one. It is for help.
    pub country: Option<Country>,
    /// Kinds whose objects are brought back from the provider's own words, whether or not there is a form of ours for all of
    /// them.
    pub own: &'static [Kind],
    /// Whether an entry of the hours may end before it begins: from the evening on, into the next day.
    pub overnight: bool,
    /// A desired object in the form in which the provider reports it. Idempotent.
    pub normalize: fn(&Address, Resource) -> Result<Resource, Vec<Unsupported>>,
    /// What a token of an object means, as far as it is known without the account.
    pub means: Means,
    /// Takes over into a desired object what its file leaves unsaid and what is live may be any of: it makes no difference.
    pub keep: fn(&mut Resource, &Resource),
    /// How an object is between the writes of one step, before it and after it, in the order of the writes: callers meet it so.
    pub between: fn(Option<&Resource>, Option<&Resource>) -> Vec<Resource>,
    /// What of a live object does not become again as it was, both in the provider's own words, when it is brought back.
    pub stays: fn(Kind, &Value, &Value) -> Option<&'static str>,
}

/// How slow a provider is to do what it has accepted.
#[derive(Debug, Clone, Copy)]
pub struct Propagation {
    pub most: Duration,
    /// The same for whoever waits: "Deskphone may take up to 24 hours".
    pub text: &'static str,
}

/// How far a provider lets a change be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Documented: read and written.
    Api,
    /// The wire form is inferred: written only with `experimental: true`, always read back.
    Experimental,
    /// There is no way in: a person clicks.
    Manual,
    /// The provider has no such thing.
    Unsupported,
}

impl Grade {
    pub fn word(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Experimental => "experimental",
            Self::Manual => "manual",
            Self::Unsupported => "unsupported",
        }
    }
}

/// How objects of a kind are set by hand, all of their fields on one page, where the kind cannot be read.
#[derive(Debug)]
pub struct ByHand {
    pub kind: Kind,
    pub set: Portal,
    /// For kinds of which an object can be `absent`.
    pub removed: Option<Removal>,
}

/// How an object that nobody can read is taken away by hand.
#[derive(Debug)]
pub struct Removal {
    /// What its controls show does not depend on the object.
    pub portal: Portal,
    pub class: Class,
    /// Why it needs a word.
    pub danger: &'static str,
}

/// What a vendor says of a change. It is a note in the plan of each object that is changed so.
#[derive(Debug)]
pub struct Remark {
    pub kind: Kind,
    /// The field whose change it is about; empty for any.
    pub field: Field,
    /// Whether it is true of the object as it was, if it was there, and as it will be.
    pub when: fn(Option<&Resource>, &Resource) -> bool,
    /// `{key}` stands for the key of the object, `{to}` for the number of an emergency forward.
    pub text: &'static str,
    /// Where the fact is from.
    pub source: &'static str,
}

/// The destinations that a field takes.
#[derive(Debug, Serialize)]
pub struct Accepts {
    pub kind: Kind,
    /// The field; positions in lists are left out.
    #[serde(flatten, serialize_with = "path::both")]
    pub path: Field,
    /// As [`crate::model::Reference::word`] says them.
    pub words: &'static [&'static str],
    /// What to do where others are wanted: the word, and the way out.
    #[serde(skip)]
    pub instead: &'static [(&'static str, &'static str)],
}

/// Which changes a row of the grade table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    Always,
    /// The new value is this text.
    Value(&'static str),
    /// Something is taken away.
    Removed,
}

/// One row of the grade table.
#[derive(Debug, Serialize)]
pub struct GradeRow {
    pub kind: Kind,
    /// The field, or the list an element belongs to.
    #[serde(flatten, serialize_with = "path::both")]
    pub path: Field,
    pub when: When,
    pub grade: Grade,
    #[serde(rename = "portal", serialize_with = "outline")]
    pub way: Way,
    /// Whether the provider never shows it: once a person has set it, only a person can tell.
    pub unseen: bool,
    /// Where the fact is from.
    pub source: &'static str,
}

/// What there is beside an API.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// Nothing; there is no need.
    None,
    /// A person does it there.
    Portal(&'static Portal),
    /// What to do instead of something that is unsupported.
    Instead(&'static str),
}

impl Way {
    /// In words; empty for none.
    pub fn outline(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Portal(portal) => portal.outline(),
            Self::Instead(text) => text.to_owned(),
        }
    }
}

fn outline<S: Serializer>(way: &Way, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&way.outline())
}

impl GradeRow {
    const fn new(kind: Kind, path: Field, grade: Grade, way: Way, source: &'static str) -> Self {
        Self { kind, path, when: When::Always, grade, way, unseen: false, source }
    }

    /// Documented: read and written.
    pub const fn api(kind: Kind, path: Field, source: &'static str) -> Self {
        Self::new(kind, path, Grade::Api, Way::None, source)
    }

    /// The same, of something that some servers do not show: then a person looks for it there.
    pub const fn seen_at(self, portal: &'static Portal) -> Self {
        Self { way: Way::Portal(portal), ..self }
    }

    /// Written only with `experimental: true`; `portal` says how it is done by hand.
    pub const fn experimental(
        kind: Kind,
        path: Field,
        portal: &'static Portal,
        source: &'static str,
    ) -> Self {
        Self::new(kind, path, Grade::Experimental, Way::Portal(portal), source)
    }

    pub const fn manual(kind: Kind, path: Field, portal: &'static Portal, source: &'static str) -> Self {
        Self::new(kind, path, Grade::Manual, Way::Portal(portal), source)
    }

    /// `instead` says what the provider can do in its place.
    pub const fn unsupported(kind: Kind, path: Field, instead: &'static str, source: &'static str) -> Self {
        Self::new(kind, path, Grade::Unsupported, Way::Instead(instead), source)
    }

    /// The same, for one value or for taking something away.
    pub const fn when(self, when: When) -> Self {
        Self { when, ..self }
    }

    /// The same, of something that the provider never shows.
    pub const fn unseen(self) -> Self {
        Self { unseen: true, ..self }
    }

    /// What a person does to have the field so; `None` where there is no page for it.
    pub fn clicks(&self, address: &Address, wanted: &Resource, earlier: Option<&Resource>) -> Option<Clicks> {
        let Way::Portal(portal) = self.way else { return None };
        let lists = if self.when == When::Removed { Lists::Removals } else { Lists::Whole };
        Some(portal.clicks(address, wanted, earlier, lists))
    }
}

/// Of what no row speaks the provider does not have.
static NO_ROW: GradeRow = GradeRow::unsupported(
    Kind::Schedules,
    &[],
    "leave it out: dialform does not manage it on this provider",
    "",
);

impl Dialect {
    /// Of a provider without peculiarities, to be filled in: it takes any destination, shows a change at once, and reports
    /// an object as it is written.
    pub const PLAIN: Self = Self {
        order: &[],
        grades: &[],
        accepts: &[],
        propagation: None,
        zoned_schedules: false,
        overnight: false,
        by_hand: &[],
        remarks: &[],
        country: None,
        own: &[],
        normalize: |_, mut resource| {
            resource.strip_local();
            Ok(resource)
        },
        means: |_, _| None,
        keep: |_, _| {},
        between: |_, _| Vec::new(),
        stays: |_, _, _| None,
    };

    /// The row of one change: how far it can be made, and what a person does instead.
    pub fn grade(&self, kind: Kind, change: &FieldChange) -> &GradeRow {
        let fits = |row: &&GradeRow| {
            let when = match row.when {
                When::Always => true,
                When::Value(text) => change.new.as_ref().and_then(|v| v.as_str()) == Some(text),
                When::Removed => change.new.is_none(),
            };
            covers(row, kind, &change.path) && when
        };
        self.grades.iter().find(fits).unwrap_or(&NO_ROW)
    }

    /// The row of making an object of the kind, or of deleting one.
    pub fn presence(&self, kind: Kind, deleting: bool) -> &GradeRow {
        let fits = |row: &&GradeRow| match row.when {
            When::Always => true,
            When::Removed => deleting,
            When::Value(_) => false,
        };
        let rows = self.grades.iter().filter(fits);
        rows.into_iter().find(|row| row.kind == kind && row.path.is_empty()).unwrap_or(&NO_ROW)
    }

    /// The object in the form in which the provider reports it, or why it cannot hold it.
    pub fn hold(&self, address: &Address, resource: Resource) -> Result<Resource, Vec<Unsupported>> {
        let refusals = self.refusals(address, &resource);
        if refusals.is_empty() { (self.normalize)(address, resource) } else { Err(refusals) }
    }

    /// Whether a word may stand in a field of an object, as the tables say: a destination that the field takes, or a field
    /// or a value that is not unsupported.
    pub fn takes(&self, kind: Kind, field: &Path, key: &str) -> bool {
        let field = field.keys();
        let row = self.accepts.iter().find(|row| row.kind == kind && field.is_in_field(row.path));
        let place = if matches!(key, "receivers" | "pattern") { "receiver" } else { key };
        if let Some(row) = row
            && Reference::WORDS.contains(&place)
        {
            return row.words.contains(&place);
        }
        let inner = field.join(Segment::key(key));
        !self.grades.iter().any(|row| {
            row.grade == Grade::Unsupported
                && match row.when {
                    When::Always => covers(row, kind, &inner),
                    When::Value(text) => text == key && covers(row, kind, &field),
                    When::Removed => false,
                }
        })
    }

    /// What the tables say a declared object cannot have.
    fn refusals(&self, address: &Address, resource: &Resource) -> Vec<Unsupported> {
        let mut found = Vec::new();
        let missing =
            |what: String| format!("this provider has no {what} for {}", address.kind.noun_phrase());
        let said = Skeleton::of(resource);
        let value = |field: Field| field.iter().try_fold(&said, |value, key| value.get(key));
        for row in
            self.grades.iter().filter(|row| row.kind == address.kind && row.grade == Grade::Unsupported)
        {
            let value = value(row.path);
            let what = match row.when {
                When::Always if value.is_some() => format!("`{}`", Path::from(row.path)),
                When::Value(text) if value.and_then(Skeleton::as_word) == Some(text) => {
                    format!("`{}: {text}`", Path::from(row.path))
                }
                When::Always | When::Value(_) | When::Removed => continue,
            };
            let path = Path::from(row.path);
            found.push(Unsupported { path, message: missing(what), help: row.way.outline() });
        }
        found.extend(self.overnight(resource));
        let mut without = Vec::new();
        self.without_row(address.kind, &mut Vec::new(), &said, &mut without);
        for path in without {
            let message = missing(format!("`{path}`"));
            found.push(Unsupported { path, message, help: NO_ROW.way.outline() });
        }
        resource.each_pointer(&mut |within, to| {
            let is_of = |row: &&Accepts| row.kind == address.kind && within.is_in_field(row.path);
            let Some(Accepts { words, instead, .. }) = self.accepts.iter().find(is_of) else { return };
            let Some(reference) = to.reference(&address.key) else { return };
            let word = reference.word();
            if !words.contains(&word) {
                let list: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                let message = format!("this provider cannot send these calls to `{word}`");
                let help = match reference {
                    Reference::Number(number) if words.contains(&"receiver") => {
                        format!("declare it under `receivers`, then write `{{ receiver: \"{number}\" }}`")
                    }
                    _ => match instead.iter().find(|(other, _)| *other == word) {
                        Some((_, help)) => (*help).to_owned(),
                        None => format!("it takes {}", list.join(", ")),
                    },
                };
                found.push(Unsupported { path: within.path(), message, help });
            }
        });
        found
    }

    /// Hours over midnight where an entry stays within its day, each once.
    fn overnight(&self, resource: &Resource) -> Option<Unsupported> {
        let Resource::Schedule(Schedule { weekly: Some(weekly), .. }) = resource else { return None };
        let windows = weekly
            .days
            .iter()
            .flat_map(|(day, list)| list.iter().enumerate().map(move |(index, window)| (day, index, window)));
        let (day, index, window) = windows.filter(|_| !self.overnight).find(|(.., it)| it.is_overnight())?;
        Some(Unsupported {
            path: Path::from(["weekly", day.word()]).join(index),
            message: format!("window `{window}` ends before it begins"),
            help: format!("a window stays within one day: write {}", window.in_two()),
        })
    }

    /// Adds the fields of a declared object of which no row speaks. A group of fields has a row for each of them.
    fn without_row<'s>(
        &self,
        kind: Kind,
        path: &mut Vec<&'s str>,
        said: &'s Skeleton,
        found: &mut Vec<Path>,
    ) {
        let mut rows = self.grades.iter().filter(|row| row.kind == kind && row.when == When::Always);
        if !path.is_empty() && rows.clone().any(|row| covers_keys(row, path)) {
            return;
        }
        let is_group = rows.any(|row| row.path.starts_with(path));
        let Skeleton::Fields(fields) = said else { return found.push(keys(path)) };
        if !is_group {
            return found.push(keys(path));
        }
        let is_whole = path.is_empty();
        for (field, value) in fields.iter().filter(|(field, _)| !(is_whole && *field == PROTECT)) {
            path.push(field);
            self.without_row(kind, path, value, found);
            path.pop();
        }
    }
}

/// The same of a field by its keys.
fn covers_keys(row: &GradeRow, path: &[&str]) -> bool {
    row.path.is_empty() == path.is_empty() && path.starts_with(row.path)
}

/// A path of keys.
fn keys(path: &[&str]) -> Path {
    path.iter().map(Segment::key).collect()
}

/// What a file says to dialform and not to a provider, of every kind.
const PROTECT: &str = "protect";

/// Whether a row speaks of a field. The row of the object itself speaks of nothing in it.
fn covers(row: &GradeRow, kind: Kind, path: &Path) -> bool {
    row.kind == kind && row.path.is_empty() == path.is_empty() && path.is_in_field(row.path)
}

/// Something the provider cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// Inside the object.
    pub path: Path,
    pub message: String,
    /// What the provider can do instead.
    pub help: String,
}
