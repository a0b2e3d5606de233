//! What a plan says beside its steps, in Markdown and as text: notes, and what nobody declared.

use super::{DIM, paint};
use crate::{
    model::Address,
    page::{Code, Joined, Own, Page, add, say},
    plan::{Note, TenantPlan},
    text::{count, printable},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

/// Of more objects than this that share a note only so many are named.
const NAMED: usize = 6;

/// Notes of the same words are one, over all of their objects; in the order of the first of each.
pub(super) fn grouped(notes: &[Note]) -> Vec<(Vec<&Address>, &Note)> {
    let mut groups: Vec<(Vec<&Address>, &Note)> = Vec::new();
    let (mut known, mut said) = (BTreeMap::new(), BTreeSet::new());
    for note in notes {
        let words = (&note.text, note.source);
        if !said.insert((words, &note.address)) {
            continue;
        }
        let group = *known.entry(words).or_insert(groups.len());
        match groups.get_mut(group) {
            Some((addresses, _)) => addresses.push(&note.address),
            None => groups.push((vec![&note.address], note)),
        }
    }
    groups
}

/// An address as it is shown.
fn name(address: &Address) -> Code<String> {
    Code(printable(address.to_string()))
}

/// Those of some objects that are named, and how many more there are.
pub(super) fn named<'a, 'n>(addresses: &'a [&'n Address]) -> (&'a [&'n Address], usize) {
    let named = if addresses.len() > NAMED { NAMED - 1 } else { addresses.len() };
    (&addresses[..named], addresses.len() - named)
}

/// "rules.101, rules.102 and 40 more"
fn names(out: &mut Page<'_>, addresses: &[&Address]) -> io::Result<()> {
    let (named, more) = named(addresses);
    let list: Vec<Code<String>> = named.iter().map(|it| name(it)).collect();
    add!(out, "{}", Joined(&list, ", "))?;
    match more {
        0 => Ok(()),
        more => add!(out, " and {} more", more),
    }
}

/// One line a note.
pub fn notes(out: &mut Page<'_>, notes: &[Note]) -> io::Result<()> {
    for (addresses, note) in grouped(notes) {
        add!(out, "  note: ")?;
        names(out, &addresses)?;
        let source = note.source.map(|it| paint(DIM, format!(" ({it})")));
        say!(out, ": {}{}", printable(note.text.clone()), source)?;
    }
    Ok(())
}

/// One item a note.
pub fn each_markdown(notes: &[Note]) -> io::Result<Vec<String>> {
    let one = |(addresses, note): (Vec<&Address>, &Note)| {
        Page::apart(|out| {
            add!(out, "- ")?;
            names(out, &addresses)?;
            add!(out, ": {}", printable(note.text.clone()))?;
            match note.source {
                Some(source) => say!(out, " <sub>{}</sub>", source),
                None => say!(out),
            }
        })
    };
    grouped(notes).into_iter().map(one).collect()
}

/// Whether anything is live that nobody declared.
fn has_unmanaged(plan: &TenantPlan) -> bool {
    !plan.unmanaged.is_empty() || plan.unmanaged_extensions > 0
}

/// What is live and nobody declared.
fn unmanaged(out: &mut Page<'_>, plan: &TenantPlan) -> io::Result<()> {
    let names: Vec<Code<String>> = plan.unmanaged.iter().map(name).collect();
    let extensions = Some(plan.unmanaged_extensions).filter(|extensions| *extensions > 0);
    let between = extensions.filter(|_| !names.is_empty()).map(|_| Own(", "));
    let extensions = extensions.map(|it| count(it, "undeclared extension"));
    say!(out, "{}{}{}", Joined(&names, ", "), between, extensions)
}

/// One line for a tenant.
pub fn alone(out: &mut Page<'_>, plan: &TenantPlan) -> io::Result<()> {
    if !has_unmanaged(plan) {
        return Ok(());
    }
    add!(out, "  unmanaged, left alone: ")?;
    unmanaged(out, plan)
}

/// Which extensions have nothing declared, a line for each tenant that has some.
pub fn undeclared_extensions(out: &mut Page<'_>, tenants: &[TenantPlan]) -> io::Result<()> {
    for tenant in tenants.iter().filter(|it| !it.unmanaged_extension_names.is_empty()) {
        let names = tenant.unmanaged_extension_names.iter().cloned().map(printable).collect::<Vec<_>>();
        let name = printable(tenant.tenant.clone());
        say!(out, "{}: neither `rules` nor `diverts` of {} here", name, Joined(&names, ", "))?;
    }
    Ok(())
}

/// One folded list for all tenants, also for those of which there is nothing else to say.
pub fn alone_markdown(out: &mut Page<'_>, tenants: &[TenantPlan]) -> io::Result<()> {
    let mut each = tenants.iter().filter(|it| has_unmanaged(it)).peekable();
    if each.peek().is_none() {
        return Ok(());
    }
    say!(out, "\n<details><summary>Unmanaged, left alone</summary>\n")?;
    for tenant in each {
        add!(out, "- {}: ", printable(tenant.tenant.clone()))?;
        unmanaged(out, tenant)?;
    }
    say!(out, "\n</details>")
}
