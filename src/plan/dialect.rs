//! What planning may know of a provider: facts and pure functions. A provider fills one in, as a static.

use crate::{
    diff::{self, FieldChange},
    finding::Seg,
    model::{Address, Kind, Resource},
};
use serde::Serialize;

/// What planning may know of a provider.
pub struct Dialect {
    /// The kinds it holds, in the order in which objects are made.
    pub order: &'static [Kind],
    /// What is not simply written through the API; the first row that fits counts.
    pub grades: &'static [GradeRow],
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
}

/// Which changes a row of the grade table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
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
    /// What to click, `{key}` being the object's key.
    pub portal: &'static str,
    /// Where the fact is from.
    pub source: &'static str,
}

impl Dialect {
    /// The grade of one change, and the portal's way to make it by hand.
    pub fn grade(&self, kind: Kind, change: &FieldChange) -> (Grade, &'static str) {
        let fits = |row: &&GradeRow| {
            let inside = diff::inside(&change.path, row.path);
            let when = match row.when {
                When::Value(text) => change.new.as_ref().and_then(|v| v.as_str()) == Some(text),
                When::Removed => change.new.is_none(),
            };
            row.kind == kind && inside && when
        };
        self.grades.iter().find(fits).map_or((Grade::Api, ""), |row| (row.grade, row.portal))
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
