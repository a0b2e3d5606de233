//! What other time-zone tables change for callers, as text.

use super::{BOLD, paint};
use crate::{
    page::{Page, say},
    report::Zones,
    text::printable,
};
use std::io;

/// Writes it, tenant by tenant.
pub fn zones(out: &mut Page<'_>, zones: &Zones) -> io::Result<()> {
    let other = printable(zones.other.clone());
    let here = format!("by {}", zones.edition);
    for it in &zones.tenants {
        let names = it.zones.iter().cloned().collect::<Vec<_>>().join(", ");
        say!(out, "{} ({})", paint(BOLD, printable(it.tenant.clone())), printable(names))?;
        if it.experience.lines.is_empty() {
            say!(out, "  Callers notice nothing where the tables are those of {}.", other)?;
        }
        for line in &it.experience.lines {
            let sentence = line.sentence_between(&here, &format!("by {}", zones.other));
            say!(out, "  {}", printable(sentence))?;
        }
    }
    Ok(())
}
