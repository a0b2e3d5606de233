//! The grade table of a provider, as text.

use super::{BOLD, paint};
use crate::plan::{Dialect, Grade, GradeRow, When};
use std::io::{self, Write};

/// Writes what a provider holds and what of it is not simply read and written.
pub fn providers(out: &mut dyn Write, kind: &str, title: &str, dialect: &Dialect) -> io::Result<()> {
    writeln!(out, "{}  {title}", paint(BOLD, kind))?;
    let kinds: Vec<&str> = dialect.order.iter().map(|kind| kind.section()).collect();
    writeln!(out, "  holds: {}", kinds.join(", "))?;
    writeln!(out, "  api, read and written: everything but")?;
    for (kind, portal) in dialect.by_hand {
        writeln!(out, "  manual        {} where they cannot be read", kind.section())?;
        writeln!(out, "                by hand: {}", portal.replace("{key}", "X"))?;
    }
    for GradeRow { kind, path, when, grade, portal, source } in dialect.grades {
        let what = match when {
            When::Value(value) => format!("{path}: {value}"),
            When::Removed => format!("taking away from {path}"),
        };
        let grade = match grade {
            Grade::Api => "api",
            Grade::Experimental => "experimental",
            Grade::Manual => "manual",
        };
        writeln!(out, "  {grade:12}  {}.{what}", kind.section())?;
        writeln!(out, "                by hand: {}", portal.replace("{key}", "X"))?;
        writeln!(out, "                {source}")?;
    }
    Ok(())
}
