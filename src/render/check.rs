//! What a check found, and how much it looked at.

use super::findings_markdown;
use crate::{
    finding::Finding,
    page::{Page, say},
    text::count,
};
use std::io;

/// How much was checked.
pub fn check(out: &mut Page<'_>, tenants: usize, objects: usize, warnings: usize) -> io::Result<()> {
    let warnings = count(warnings, "warning");
    say!(out, "{}, {}: no errors, {}.", count(tenants, "tenant"), count(objects, "object"), warnings)
}

/// The same with the warnings as a list, for a pull request.
pub fn check_markdown(
    out: &mut Page<'_>,
    tenants: usize,
    objects: usize,
    warnings: &[Finding],
) -> io::Result<()> {
    say!(out, "## dialform check\n")?;
    check(out, tenants, objects, warnings.len())?;
    findings_markdown(out, warnings)
}
