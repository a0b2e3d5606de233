//! What a plan says beside its steps, in Markdown and as text: notes, and what nobody declared.

use super::{
    DIM,
    markup::{code, text},
    paint,
};
use crate::{
    model::Address,
    plan::{Note, TenantPlan},
    text::{count, printable},
};
use std::io::{self, Write};

/// Of more objects than this that share a note only so many are named.
const NAMED: usize = 6;

/// Notes of the same words are one, over all of their objects; in the order of the first of each.
fn grouped(notes: &[Note]) -> Vec<(Vec<&Address>, &Note)> {
    let mut groups: Vec<(Vec<&Address>, &Note)> = Vec::new();
    for note in notes {
        match groups.iter_mut().find(|(_, first)| (&first.text, first.source) == (&note.text, note.source)) {
            Some((addresses, _)) if addresses.contains(&&note.address) => {}
            Some((addresses, _)) => addresses.push(&note.address),
            None => groups.push((vec![&note.address], note)),
        }
    }
    groups
}

/// "rules.101, rules.102 and 40 more"
fn names(addresses: &[&Address], show: impl Fn(&Address) -> String) -> String {
    let named = if addresses.len() > NAMED { NAMED - 1 } else { addresses.len() };
    let list = addresses.iter().take(named).map(|it| show(it)).collect::<Vec<_>>().join(", ");
    match addresses.len() - named {
        0 => list,
        more => format!("{list} and {more} more"),
    }
}

/// One line a note.
pub fn notes(out: &mut dyn Write, notes: &[Note]) -> io::Result<()> {
    for (addresses, note) in grouped(notes) {
        let names = names(&addresses, |it| printable(it.to_string()));
        let source = note.source.map(|it| paint(DIM, format!(" ({it})"))).unwrap_or_default();
        writeln!(out, "  note: {names}: {}{source}", printable(note.text.clone()))?;
    }
    Ok(())
}

/// One paragraph a note.
pub fn notes_markdown(out: &mut dyn Write, notes: &[Note]) -> io::Result<()> {
    for (addresses, note) in grouped(notes) {
        let names = names(&addresses, |it| format!("`{}`", code(&it.to_string())));
        let source = note.source.map(|it| format!(" <sub>{}</sub>", text(it))).unwrap_or_default();
        writeln!(out, "\nNote on {names}: {}{source}", text(&note.text))?;
    }
    Ok(())
}

/// What is live and nobody declared; empty for nothing.
fn unmanaged(plan: &TenantPlan, show: impl Fn(&Address) -> String) -> Vec<String> {
    let mut alone: Vec<String> = plan.unmanaged.iter().map(show).collect();
    if plan.unmanaged_extensions > 0 {
        alone.push(count(plan.unmanaged_extensions, "undeclared extension"));
    }
    alone
}

/// One line for a tenant.
pub fn alone(out: &mut dyn Write, plan: &TenantPlan) -> io::Result<()> {
    match unmanaged(plan, |it| printable(it.to_string())).as_slice() {
        [] => Ok(()),
        alone => writeln!(out, "  unmanaged, left alone: {}", alone.join(", ")),
    }
}

/// One folded list for all tenants, also for those of which there is nothing else to say.
pub fn alone_markdown(out: &mut dyn Write, tenants: &[TenantPlan]) -> io::Result<()> {
    let each = tenants.iter().map(|it| (it, unmanaged(it, |it| format!("`{}`", code(&it.to_string())))));
    let each: Vec<_> = each.filter(|(_, alone)| !alone.is_empty()).collect();
    if each.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n<details><summary>Unmanaged, left alone</summary>\n")?;
    for (tenant, alone) in each {
        writeln!(out, "- {}: {}", text(&tenant.tenant), alone.join(", "))?;
    }
    writeln!(out, "\n</details>")
}
