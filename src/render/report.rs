//! Answers about a workspace: who points to something, and how two tenants differ.

use super::{BOLD, DIM, GREEN, RED, YELLOW, findings, paint, plan};
use crate::{
    page::{Page, add, say},
    plan::{Action, Source},
    report::{Coming, Comparison, Difference, Pointer, Pointers, Side, TenantPointers},
    text::{count, printable},
};
use std::io;

/// Writes who points to something, tenant by tenant.
pub fn pointers(out: &mut Page<'_>, pointers: &Pointers) -> io::Result<()> {
    for tenant in &pointers.tenants {
        one(out, tenant)?;
    }
    let target = printable(pointers.target.clone());
    let declared = count(pointers.declared(), "declared pointer");
    add!(out, "{} {}", declared, paint(BOLD, format!("to {target}")))?;
    if pointers.coming() > 0 {
        add!(out, ", {} to come", pointers.coming())?;
    }
    match pointers.live() {
        None => say!(out, "; nothing live was read."),
        Some(live) => say!(out, ", {}.", count(live, "live one")),
    }
}

fn one(out: &mut Page<'_>, it: &TenantPointers) -> io::Result<()> {
    let TenantPointers { tenant, provider, account, declared, coming, live, not_read, findings: found } = it;
    let is_nothing = |side: &Side| side.own.is_empty() && side.pointers.is_empty();
    if is_nothing(declared)
        && coming.is_empty()
        && live.as_ref().is_none_or(is_nothing)
        && found.is_empty()
        && not_read.is_empty()
    {
        return Ok(());
    }
    super::by_hand::heading_of(out, tenant, provider, account)?;
    self::side(out, "declared", declared)?;
    for Coming { pointer, from } in coming {
        self::pointer(out, "coming", pointer, &format!(", from {from} on"))?;
    }
    if let Some(live) = live {
        self::side(out, "live", live)?;
    }
    for text in not_read {
        say!(out, "  {}: {}", paint(YELLOW, "not read"), printable(text.clone()))?;
    }
    findings(out, found)?;
    say!(out)
}

fn side(out: &mut Page<'_>, word: &str, side: &Side) -> io::Result<()> {
    let Side { own, pointers } = side;
    for Pointer { at, place: _, to: _, source } in own {
        say!(out, "  {:8}  {} itself{}", word, printable(at.clone()), self::source(source.as_ref()))?;
    }
    pointers.iter().try_for_each(|it| pointer(out, word, it, ""))
}

fn pointer(out: &mut Page<'_>, word: &str, it: &Pointer, when: &str) -> io::Result<()> {
    let Pointer { at, place, to, source } = it;
    let arrow = if to.is_empty() { "" } else { " -> " };
    let (at, place) = (paint(BOLD, printable(at.clone())), printable(place.clone()));
    add!(out, "  {:8}  {}: {}{}", word, at, place, arrow)?;
    say!(out, "{}{}{}", printable(to.clone()), self::source(source.as_ref()), printable(when.to_owned()))
}

/// "  tenants/acme.yaml:5"
fn source(source: Option<&Source>) -> String {
    source.map(|source| printable(format!("  {source}"))).unwrap_or_default()
}

/// Writes how the second tenant differs from the first, as a plan would make the first like it.
pub fn comparison(out: &mut Page<'_>, comparison: &Comparison) -> io::Result<()> {
    let Comparison { first, second, settings, objects, alike } = comparison;
    let (one, other) = (printable(first.clone()), printable(second.clone()));
    say!(out, "{}\n", paint(BOLD, format!("{one} -> {other}")))?;
    if !settings.is_empty() {
        plan::field_changes(out, Action::Update, settings)?;
        say!(out)?;
    }
    let width = objects.iter().map(|it| it.address.to_string().len()).max().unwrap_or_default();
    for Difference { address, action, changes, first, second } in objects {
        let sign = match action {
            Action::Create => paint(GREEN, "+"),
            Action::Delete => paint(RED, "-"),
            Action::Update | Action::Manual => paint(YELLOW, "~"),
        };
        let places: Vec<String> = [first, second].into_iter().flatten().map(Source::to_string).collect();
        let places = printable(places.join(" -> "));
        let address = printable(address.to_string());
        say!(out, "  {} {}  {}", sign, paint(BOLD, format!("{address:width$}")), paint(DIM, places))?;
        plan::field_changes(out, *action, changes)?;
        say!(out)?;
    }
    if comparison.is_empty() {
        return say!(out, "No differences: {} alike.", count(*alike, "object"));
    }
    let differ = comparison.count(Action::Update);
    add!(out, "{} differ, {} only in {}", differ, comparison.count(Action::Delete), one)?;
    say!(out, ", {} only in {}, {} alike.", comparison.count(Action::Create), other, alike)
}
