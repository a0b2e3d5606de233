//! What planning may know of a provider: facts and pure functions. A provider fills one in, as a static.

use crate::{
    diff::FieldChange,
    model::{Address, Kind, Resource, references},
    path::{self, Field, Path},
};
use serde::Serialize;
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
    #[serde(flatten, serialize_with = "path::both")]
    pub path: Field,
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
    #[serde(flatten, serialize_with = "path::both")]
    pub path: Field,
    pub when: When,
    pub grade: Grade,
    /// What to click, `{key}` being the object's key; for what is unsupported, what to do instead.
    pub portal: &'static str,
    /// Where the fact is from.
    pub source: &'static str,
}

impl GradeRow {
    /// Documented: read and written.
    pub const fn api(kind: Kind, path: Field, source: &'static str) -> Self {
        Self { kind, path, when: When::Always, grade: Grade::Api, portal: "", source }
    }

    /// Written only with `experimental: true`; `portal` says how it is done by hand.
    pub const fn experimental(kind: Kind, path: Field, portal: &'static str, source: &'static str) -> Self {
        Self { kind, path, when: When::Always, grade: Grade::Experimental, portal, source }
    }

    pub const fn manual(kind: Kind, path: Field, portal: &'static str, source: &'static str) -> Self {
        Self { kind, path, when: When::Always, grade: Grade::Manual, portal, source }
    }

    /// `instead` says what the provider can do in its place.
    pub const fn unsupported(kind: Kind, path: Field, instead: &'static str, source: &'static str) -> Self {
        Self { kind, path, when: When::Always, grade: Grade::Unsupported, portal: instead, source }
    }

    /// The same, for one value or for taking something away.
    pub const fn when(self, when: When) -> Self {
        Self { when, ..self }
    }
}

impl Dialect {
    /// Of a provider without peculiarities, to be filled in: it takes any destination, shows a change at once, and reports
    /// an object as it is written.
    pub const PLAIN: Self = Self {
        order: &[],
        grades: &[],
        accepts: &[],
        propagation: None,
        zoned_schedules: false,
        by_hand: &[],
        normalize: |_, mut resource| {
            resource.strip_local();
            Ok(resource)
        },
    };

    /// The grade of one change, and the portal's way to make it by hand.
    pub fn grade(&self, kind: Kind, change: &FieldChange) -> (Grade, &'static str) {
        let fits = |row: &&GradeRow| {
            let when = match row.when {
                When::Always => true,
                When::Value(text) => change.new.as_ref().and_then(|v| v.as_str()) == Some(text),
                When::Removed => change.new.is_none(),
            };
            covers(row, kind, &change.path) && when
        };
        graded(self.grades.iter().find(fits))
    }

    /// The grade of making an object of the kind, or of deleting one.
    pub fn presence(&self, kind: Kind, deleting: bool) -> (Grade, &'static str) {
        let fits = |row: &&GradeRow| match row.when {
            When::Always => true,
            When::Removed => deleting,
            When::Value(_) => false,
        };
        graded(self.grades.iter().filter(fits).find(|row| row.kind == kind && row.path.is_empty()))
    }

    /// The object in the form in which the provider reports it, or why it cannot hold it.
    pub fn hold(&self, address: &Address, resource: Resource) -> Result<Resource, Vec<Unsupported>> {
        let refusals = self.refusals(address, &resource);
        if refusals.is_empty() { (self.normalize)(address, resource) } else { Err(refusals) }
    }

    /// What the tables say a declared object cannot have.
    fn refusals(&self, address: &Address, resource: &Resource) -> Vec<Unsupported> {
        let mut found = Vec::new();
        let missing = |what: String| format!("this provider has no {what} for a {}", address.kind.noun());
        for row in
            self.grades.iter().filter(|row| row.kind == address.kind && row.grade == Grade::Unsupported)
        {
            let path = Path::from(row.path);
            let value = resource.value(&path);
            let (applies, what) = match row.when {
                When::Always => (value.is_some(), format!("`{path}`")),
                When::Value(text) => {
                    (value.as_ref().and_then(|v| v.as_str()) == Some(text), format!("`{path}: {text}`"))
                }
                When::Removed => (false, String::new()),
            };
            if applies {
                found.push(Unsupported { path, message: missing(what), help: row.portal.to_owned() });
            }
        }
        let said = serde_json::to_value(resource).unwrap_or_default();
        for path in self.without_row(address.kind, &Path::default(), &said) {
            let message = missing(format!("`{path}`"));
            found.push(Unsupported { path, message, help: NO_ROW.to_owned() });
        }
        for (path, reference) in references(address, resource) {
            let field = path.keys();
            let row = self.accepts.iter().find(|row| row.kind == address.kind && field.is_in_field(row.path));
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

    /// The fields of a declared object of which no row speaks. A group of fields has a row for each of them.
    fn without_row(&self, kind: Kind, path: &Path, said: &Value) -> Vec<Path> {
        let mut rows = self.grades.iter().filter(|row| row.kind == kind && row.when == When::Always);
        if !path.is_empty() && rows.clone().any(|row| covers(row, kind, path)) {
            return Vec::new();
        }
        let is_group = rows.any(|row| Path::from(row.path).is_inside(path));
        match said {
            Value::Object(fields) if is_group => {
                let own = fields.iter().filter(|(field, _)| !(path.is_empty() && *field == PROTECT));
                own.flat_map(|(field, value)| self.without_row(kind, &path.join(field.as_str()), value))
                    .collect()
            }
            _ => vec![path.clone()],
        }
    }
}

/// What a file says to dialform and not to a provider, of every kind.
const PROTECT: &str = "protect";

const NO_ROW: &str = "leave it out: nothing says how it is managed here";

/// Whether a row speaks of a field. The row of the object itself speaks of nothing in it.
fn covers(row: &GradeRow, kind: Kind, path: &Path) -> bool {
    row.kind == kind && row.path.is_empty() == path.is_empty() && path.is_in_field(row.path)
}

/// A field without a row is unsupported.
fn graded(row: Option<&GradeRow>) -> (Grade, &'static str) {
    row.map_or((Grade::Unsupported, NO_ROW), |row| (row.grade, row.portal))
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
