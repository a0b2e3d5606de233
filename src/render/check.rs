//! What a check found, and how much it looked at.

use super::findings_markdown;
use crate::{
    finding::{Finding, Level},
    flow::Counted,
    page::{Page, say},
    text::count,
};
use std::io;

/// How much was checked, and how many calls were placed.
pub fn check(
    out: &mut Page<'_>,
    tenants: usize,
    objects: usize,
    findings: &[Finding],
    placed: Option<Counted>,
) -> io::Result<()> {
    let errors = findings.iter().filter(|finding| finding.level == Level::Error).count();
    let warnings = count(findings.len() - errors, "warning");
    let errors = if errors == 0 { "no errors".to_owned() } else { count(errors, "error") };
    say!(out, "{}, {}: {}, {}.", count(tenants, "tenant"), count(objects, "object"), errors, warnings)?;
    if let Some(Counted { classes, combinations, limited }) = placed {
        let placed = if classes == 1 {
            "1 call was placed".to_owned()
        } else {
            format!("{classes} calls were placed")
        };
        say!(
            out,
            "{}, for {} combinations of number, window of time and state within a year.",
            placed,
            combinations
        )?;
        if limited > 0 {
            say!(
                out,
                "Of {} not every way or every phone was looked at: they can go too many.",
                count(usize::try_from(limited).unwrap_or(usize::MAX), "call")
            )?;
        }
    }
    Ok(())
}

/// The same with the findings as a list, for a pull request.
pub fn check_markdown(
    out: &mut Page<'_>,
    tenants: usize,
    objects: usize,
    findings: &[Finding],
    placed: Option<Counted>,
) -> io::Result<()> {
    say!(out, "## dialform check\n")?;
    check(out, tenants, objects, findings, placed)?;
    findings_markdown(out, findings)
}
