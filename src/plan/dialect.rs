//! What planning may know of a provider: facts and pure functions. A provider fills one in, as a static.

use super::live;
use crate::{
    diff::{self, FieldChange},
    finding::Seg,
    model::{Address, Kind, Resource, references},
};
use serde::Serialize;
use std::time::Duration;

/// What planning may know of a provider.
pub struct Dialect {
    /// The kinds it holds, in the order in which objects are made.
    pub order: &'static [Kind],
    /// How far each field of each kind can be managed; the first row that fits counts. Every field has a row for
    /// [`When::Always`]; the path `""` is the object itself, its making and deleting.
    pub grades: &'static [GradeRow],
    /// Which destinations a field takes; a field without a row takes any.
    pub accepts: &'static [Accepts],
    /// How long a change that was accepted may take to show, beyond what `limits.settle` waits for.
    pub propagation: Option<Duration>,
    /// Whether a schedule has a time zone of its own; the tenant's is its default.
    pub zoned_schedules: bool,
    /// How a kind that cannot be observed is changed by hand, `{key}` being the object's key.
    pub by_hand: &'static [(Kind, &'static str)],
    /// A desired object in the form in which the provider reports it. Idempotent.
    pub normalize: fn(&Address, Resource) -> Result<Resource, Vec<Unsupported>>,
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

/// The destinations that a field takes.
#[derive(Debug, Serialize)]
pub struct Accepts {
    pub kind: Kind,
    /// The field; positions in lists are left out.
    pub path: &'static str,
    /// As [`crate::model::Reference::word`] says them.
    pub words: &'static [&'static str],
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
    pub path: &'static str,
    pub when: When,
    pub grade: Grade,
    /// What to click, `{key}` being the object's key; for what is unsupported, what to do instead.
    pub portal: &'static str,
    /// Where the fact is from.
    pub source: &'static str,
}

impl GradeRow {
    /// Documented: read and written.
    pub const fn api(kind: Kind, path: &'static str, source: &'static str) -> Self {
        Self { kind, path, when: When::Always, grade: Grade::Api, portal: "", source }
    }

    /// Written only with `experimental: true`; `portal` says how it is done by hand.
    pub const fn experimental(
        kind: Kind,
        path: &'static str,
        portal: &'static str,
        source: &'static str,
    ) -> Self {
        Self { kind, path, when: When::Always, grade: Grade::Experimental, portal, source }
    }

    pub const fn manual(kind: Kind, path: &'static str, portal: &'static str, source: &'static str) -> Self {
        Self { kind, path, when: When::Always, grade: Grade::Manual, portal, source }
    }

    /// `instead` says what the provider can do in its place.
    pub const fn unsupported(
        kind: Kind,
        path: &'static str,
        instead: &'static str,
        source: &'static str,
    ) -> Self {
        Self { kind, path, when: When::Always, grade: Grade::Unsupported, portal: instead, source }
    }

    /// The same, for one value or for taking something away.
    pub const fn when(self, when: When) -> Self {
        Self { when, ..self }
    }
}

impl Dialect {
    /// The grade of one change, and the portal's way to make it by hand.
    pub fn grade(&self, kind: Kind, change: &FieldChange) -> (Grade, &'static str) {
        let fits = |row: &&GradeRow| {
            let inside = diff::inside(&change.path, row.path);
            let when = match row.when {
                When::Always => true,
                When::Value(text) => change.new.as_ref().and_then(|v| v.as_str()) == Some(text),
                When::Removed => change.new.is_none(),
            };
            row.kind == kind && inside && when
        };
        self.grades.iter().find(fits).map_or((Grade::Api, ""), |row| (row.grade, row.portal))
    }

    /// The grade of making an object of the kind, or of deleting one.
    pub fn presence(&self, kind: Kind, deleting: bool) -> (Grade, &'static str) {
        let fits = |row: &&GradeRow| match row.when {
            When::Always => true,
            When::Removed => deleting,
            When::Value(_) => false,
        };
        let row = self.grades.iter().filter(fits).find(|row| row.kind == kind && row.path.is_empty());
        row.map_or((Grade::Api, ""), |row| (row.grade, row.portal))
    }

    /// The object in the form in which the provider reports it, or why it cannot hold it.
    pub fn hold(&self, address: &Address, resource: Resource) -> Result<Resource, Vec<Unsupported>> {
        let refusals = self.refusals(address, &resource);
        if refusals.is_empty() { (self.normalize)(address, resource) } else { Err(refusals) }
    }

    /// What the tables say a declared object cannot have.
    fn refusals(&self, address: &Address, resource: &Resource) -> Vec<Unsupported> {
        let mut found = Vec::new();
        for row in
            self.grades.iter().filter(|row| row.kind == address.kind && row.grade == Grade::Unsupported)
        {
            let value = live::said(resource, row.path);
            let (applies, what) = match row.when {
                When::Always => (value.is_some(), format!("`{}`", row.path)),
                When::Value(text) => {
                    (value.as_ref().and_then(|v| v.as_str()) == Some(text), format!("`{}: {text}`", row.path))
                }
                When::Removed => (false, String::new()),
            };
            if applies {
                let path = row.path.split('.').map(Seg::key).collect();
                let message = format!("this provider has no {what} for a {}", address.kind.noun());
                found.push(Unsupported { path, message, help: row.portal.to_owned() });
            }
        }
        for (path, reference) in references(address, resource) {
            let field: Vec<&str> = path.iter().filter_map(Seg::as_key).collect();
            let field = field.join(".");
            let row =
                self.accepts.iter().find(|row| row.kind == address.kind && diff::inside(&field, row.path));
            let Some(Accepts { words, .. }) = row else { continue };
            let word = reference.word();
            if !words.contains(&word) {
                let list: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                let message = format!("this provider has no `{word}` for these calls");
                found.push(Unsupported { path, message, help: format!("it takes {}", list.join(", ")) });
            }
        }
        found
    }
}

/// Something the provider cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// Inside the object.
    pub path: Vec<Seg>,
    pub message: String,
    /// What the provider can do instead.
    pub help: String,
}
