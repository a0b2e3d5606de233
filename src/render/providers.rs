//! The tables of a provider: what it holds, how far each field can be managed, what each takes.

use super::{BOLD, DIM, paint};
use crate::{
    page::{Code, Page, say},
    path::{Path, Segment},
    plan::{Accepts, ByHand, Dialect, Grade, GradeRow, When},
};
use std::io;

/// Writes the tables as text.
pub fn providers(out: &mut Page<'_>, kind: &str, title: &str, dialect: &Dialect) -> io::Result<()> {
    say!(out, "{}  {}", paint(BOLD, kind), title)?;
    if let Some(after) = dialect.propagation {
        say!(out, "  an accepted change may take {} hours to show", after.most.as_secs() / 3600)?;
    }
    for row in dialect.grades {
        let GradeRow { kind: _, path: _, when: _, grade, way, unseen: _, source } = row;
        say!(out, "  {:12}  {}{}", grade.word(), what(row), accepts(dialect, row))?;
        if let Some(how) = how(*grade, &way.outline()) {
            say!(out, "                {}", how)?;
        }
        if *grade != Grade::Api {
            say!(out, "                {}", paint(DIM, *source))?;
        }
    }
    for ByHand { kind, set, removed: _ } in dialect.by_hand {
        say!(out, "  where {} cannot be read, by hand: {}", kind.section(), set.outline())?;
    }
    say!(out)
}

/// Writes the tables as Markdown.
pub fn providers_markdown(out: &mut Page<'_>, kind: &str, title: &str, dialect: &Dialect) -> io::Result<()> {
    say!(out, "## {}: {}\n", Code(kind), title)?;
    if let Some(after) = dialect.propagation {
        say!(out, "An accepted change may take {} hours to show.\n", after.most.as_secs() / 3600)?;
    }
    say!(out, "| field | grade | by hand, or instead | source |")?;
    say!(out, "| --- | --- | --- | --- |")?;
    for row in dialect.grades {
        let GradeRow { kind: _, path: _, when: _, grade, way, unseen: _, source } = row;
        let accepts = accepts(dialect, row);
        say!(out, "| {}{} | {} | {} | {} |", Code(what(row)), accepts, grade.word(), way.outline(), source)?;
    }
    for ByHand { kind, set, removed: _ } in dialect.by_hand {
        say!(out, "\nWhere {} cannot be read, by hand: {}", Code(kind.section()), set.outline())?;
    }
    say!(out)
}

/// The tables for programs.
pub fn providers_json(kind: &str, title: &str, dialect: &Dialect) -> serde_json::Value {
    let holds: Vec<&str> = dialect.order.iter().map(|kind| kind.section()).collect();
    let by_hand = dialect.by_hand.iter();
    let by_hand: Vec<_> =
        by_hand.map(|it| serde_json::json!({ "kind": it.kind, "portal": it.set.outline() })).collect();
    serde_json::json!({
        "kind": kind, "title": title, "holds": holds,
        "fields": dialect.grades, "accepts": dialect.accepts, "where_it_cannot_be_read": by_hand
    })
}

/// What a row is about, in the words of the YAML.
fn what(row: &GradeRow) -> String {
    let section = row.kind.section();
    let field = [section, "KEY"].iter().chain(row.path).map(|key| Segment::from(*key)).collect::<Path>();
    match row.when {
        When::Always => field.to_string(),
        When::Value(value) => format!("{field}: {value}"),
        When::Removed if row.path.is_empty() => format!("{field}, deleting it"),
        When::Removed => format!("{field}, taking an entry away"),
    }
}

/// What a field takes, if not everything.
fn accepts(dialect: &Dialect, row: &GradeRow) -> String {
    let rows = dialect.accepts.iter().filter(|it| it.kind == row.kind && row.when == When::Always);
    let named = rows.filter(|it| it.path == row.path || it.path.get(..1) == Some(row.path));
    let words: Vec<String> = named.map(|Accepts { words, .. }| words.join(", ")).collect();
    if words.is_empty() || row.path.is_empty() { String::new() } else { format!(" ({})", words.join("; ")) }
}

fn how(grade: Grade, portal: &str) -> Option<String> {
    match grade {
        Grade::Api => None,
        Grade::Experimental | Grade::Manual => Some(format!("by hand: {portal}")),
        Grade::Unsupported => Some(format!("instead: {portal}")),
    }
}
