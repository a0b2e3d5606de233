//! What a check found, and how much it looked at.

use super::findings_markdown;
use crate::{finding::Finding, text::count};
use std::io::{self, Write};

/// How much was checked.
pub fn check(out: &mut dyn Write, tenants: usize, objects: usize, warnings: usize) -> io::Result<()> {
    let tenants = count(tenants, "tenant");
    let objects = count(objects, "object");
    writeln!(out, "{tenants}, {objects}: no errors, {}.", count(warnings, "warning"))
}

/// The same with the warnings as a list, for a pull request.
pub fn check_markdown(
    out: &mut dyn Write,
    tenants: usize,
    objects: usize,
    warnings: &[Finding],
) -> io::Result<()> {
    writeln!(out, "## dialform check\n")?;
    check(out, tenants, objects, warnings.len())?;
    findings_markdown(out, warnings)
}
