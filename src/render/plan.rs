//! A plan as text: what a reviewer reads before anything happens.

use super::{BOLD, DIM, GREEN, RED, YELLOW, findings, paint, value};
use crate::{
    diff::FieldChange,
    path::{Path, Segment, quoted},
    plan::{Action, Class, Plan, Reason, Step, TenantPlan, Unverifiable},
    text::{count, printable},
};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};
use std::io::{self, Write};

/// Values longer than this are shown line by line.
const ONE_LINE: usize = 72;

/// Writes a plan: by tenant, one block an object, old -> new, and a summary.
pub fn plan(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    for tenant in &plan.tenants {
        let TenantPlan { tenant: name, provider, account, .. } = tenant;
        writeln!(out, "{} on {provider}, account {account}\n", paint(BOLD, name))?;
        self::tenant(out, tenant)?;
    }
    summary(out, plan)
}

fn tenant(out: &mut dyn Write, plan: &TenantPlan) -> io::Result<()> {
    if !plan.blocked.is_empty() {
        writeln!(out, "  {}: nothing is planned for this tenant\n", paint(RED, "blocked"))?;
        return findings(out, &plan.blocked);
    }
    let width = plan.steps.iter().map(|step| step.address.to_string().len()).max().unwrap_or_default();
    for step in &plan.steps {
        self::step(out, &plan.tenant, step, width)?;
    }
    for note in &plan.notes {
        writeln!(out, "  note: {}: {}", printable(note.address.to_string()), printable(note.text.clone()))?;
    }
    if !plan.unverifiable.is_empty() {
        let list: Vec<String> = plan.unverifiable.iter().map(unverifiable).collect();
        writeln!(out, "  declared, not verifiable: {}", list.join(", "))?;
    }
    let mut alone: Vec<String> =
        plan.unmanaged.iter().map(|address| printable(address.to_string())).collect();
    if plan.unmanaged_extensions > 0 {
        let extensions = count(plan.unmanaged_extensions, "extension");
        alone.push(format!("{extensions} without declared rules"));
    }
    if !alone.is_empty() {
        writeln!(out, "  unmanaged, left alone: {}", alone.join(", "))?;
    }
    for refusal in &plan.refused {
        writeln!(out, "  {}: {refusal}", paint(RED, "beyond the guard"))?;
    }
    writeln!(out)
}

pub(super) fn unverifiable(it: &Unverifiable) -> String {
    let Unverifiable { address, fields } = it;
    let address = printable(address.to_string());
    if fields.is_empty() {
        address
    } else {
        format!(
            "{address} ({})",
            printable(fields.iter().map(Path::to_string).collect::<Vec<_>>().join(", "))
        )
    }
}

fn step(out: &mut dyn Write, tenant: &str, step: &Step, width: usize) -> io::Result<()> {
    let Step {
        address,
        action,
        class: _,
        reason: _,
        critical,
        changes: _,
        before: _,
        after: _,
        source,
        needs: _,
        instructions,
    } = step;
    let sign = match action {
        Action::Create => paint(GREEN, "+"),
        Action::Update => paint(YELLOW, "~"),
        Action::Delete => paint(RED, "-"),
        Action::Manual => paint(YELLOW, "!"),
    };
    let by_hand = if *action == Action::Manual { ", by hand" } else { "" };
    let source = source.as_ref().map(|source| format!("{}:{}", source.file, source.line)).unwrap_or_default();
    let noticed = format!("{}{by_hand}", self::noticed(step));
    let address = format!("{address:width$}", address = printable(address.to_string()));
    writeln!(
        out,
        "  {sign} {}  {}",
        paint(BOLD, address),
        paint(DIM, format!("{noticed:15}  {source}").trim_end())
    )?;
    if let Some(why) = critical {
        writeln!(out, "      {}: {}", paint(RED, "critical"), printable(why.clone()))?;
        writeln!(out, "      needs --approve-critical {tenant}/{}", printable(step.address.to_string()))?;
    }
    changes(out, step)?;
    for instruction in instructions {
        writeln!(out, "      [ ] {}", printable(instruction.clone()))?;
    }
    writeln!(out)
}

/// When callers notice a step, and why it is there.
pub(super) fn noticed(step: &Step) -> String {
    let class = match step.class {
        Class::CallerVisible => "callers notice",
        Class::OnFailure => "only on failure",
        Class::Cosmetic => "cosmetic",
    };
    let reason = match step.reason {
        None => "",
        Some(Reason::Config) => ", files changed",
        Some(Reason::Drift) => ", live changed",
        Some(Reason::Both) => ", files and live changed",
    };
    format!("{class}{reason}")
}

/// What of the object changes.
pub(super) fn changes(out: &mut dyn Write, step: &Step) -> io::Result<()> {
    let Step { action, changes, .. } = step;
    // For a new object fields that are off are not listed.
    let idle = |change: &FieldChange| {
        *action == Action::Create
            && change.new.as_ref().is_some_and(|new| value::without_defaults(new).is_none())
    };
    let changes: Vec<FieldChange> = changes.iter().filter(|change| !idle(change)).cloned().collect();
    for change in value::join_days(&changes) {
        self::change(out, &change)?;
    }
    Ok(())
}

fn change(out: &mut dyn Write, change: &FieldChange) -> io::Result<()> {
    let FieldChange { path, old, new } = change;
    let is_order = path.last().and_then(Segment::as_key) == Some("order");
    match (old, new) {
        (Some(Value::Array(old)), Some(Value::Array(new))) if is_order => {
            let path = field(path);
            writeln!(out, "      {path}: {} -> {}", names(old), names(new))
        }
        (Some(old), Some(new)) => {
            let path = field(path);
            let line = format!("{} -> {}", value::flow(old), value::flow(new));
            let lines = |v: &Value| matches!(v, Value::String(text) if text.contains('\n'));
            if line.len() <= ONE_LINE && !lines(old) && !lines(new) {
                return writeln!(out, "      {path}: {line}");
            }
            writeln!(out, "      {path}:")?;
            by_line(out, &value::block(old), &value::block(new))
        }
        (None, Some(new)) => one_sided(out, path, new, &paint(GREEN, "+")),
        (Some(old), None) if path.is_empty() => whole(out, old),
        (Some(old), None) => one_sided(out, path, old, &paint(RED, "-")),
        (None, None) => Ok(()),
    }
}

/// A path as it is printed.
fn field(path: &[Segment]) -> String {
    printable(Path::from(path).to_string())
}

/// The names of a sequence, without brackets, in quotes only as in a path.
fn names(list: &[Value]) -> String {
    let text = |item: &Value| item.as_str().map_or_else(|| value::flow(item), |name| printable(quoted(name)));
    list.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn one_sided(out: &mut dyn Write, path: &Path, value: &Value, sign: &str) -> io::Result<()> {
    // An element that is known by itself is named once: `callers.block: "+13125550123"`.
    let path = match path.split_last() {
        Some((Segment::Element { element }, list)) if value.as_str() == Some(element) => field(list),
        _ => field(path),
    };
    let shown = value::without_defaults(value).unwrap_or_else(|| value.clone());
    let line = value::flow(&shown);
    match &shown {
        Value::Object(map) if line.len() > ONE_LINE => {
            writeln!(out, "      {sign} {path}:")?;
            for (key, value) in map {
                writeln!(out, "          {key}: {}", value::flow(value))?;
            }
            Ok(())
        }
        _ => writeln!(out, "      {sign} {path}: {line}"),
    }
}

/// What goes when an object goes.
fn whole(out: &mut dyn Write, object: &Value) -> io::Result<()> {
    let Some(Value::Object(map)) = value::without_defaults(object) else { return Ok(()) };
    for (key, value) in &map {
        writeln!(out, "      {} {key}: {}", paint(RED, "-"), value::flow(value))?;
    }
    Ok(())
}

fn by_line(out: &mut dyn Write, old: &str, new: &str) -> io::Result<()> {
    let diff = TextDiff::from_lines(old, new);
    for change in diff.iter_all_changes() {
        let line = printable(change.value().trim_end_matches('\n').to_owned());
        match change.tag() {
            ChangeTag::Equal => writeln!(out, "          {line}")?,
            ChangeTag::Delete => writeln!(out, "        {}", paint(RED, format!("- {line}")))?,
            ChangeTag::Insert => writeln!(out, "        {}", paint(GREEN, format!("+ {line}")))?,
        }
    }
    Ok(())
}

fn summary(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    let lines = summary_lines(plan);
    let [first, rest @ ..] = lines.as_slice() else { return Ok(()) };
    match first.strip_prefix("Plan:") {
        Some(counts) => writeln!(out, "{}{counts}", paint(BOLD, "Plan:"))?,
        None => writeln!(out, "{first}")?,
    }
    for line in rest {
        writeln!(out, "{line}")?;
    }
    if !rest.is_empty() {
        writeln!(out, "{}", paint(DIM, format!("digest {}", plan.digest)))?;
    }
    Ok(())
}

/// How much changes, and how much of it callers notice.
pub(super) fn summary_lines(plan: &Plan) -> Vec<String> {
    let blocked = plan.tenants.iter().filter(|tenant| !tenant.blocked.is_empty()).count();
    if plan.is_empty() && blocked == 0 {
        let unseen = plan.tenants.iter().any(|tenant| !tenant.unverifiable.is_empty());
        let but = if unseen { ", but for what is not verifiable" } else { "" };
        return vec![format!("No changes. {} as declared{but}.", agree(plan.tenants.len()))];
    }
    let mut parts = vec![
        format!("{} to create", plan.count(Action::Create)),
        format!("{} to update", plan.count(Action::Update)),
        format!("{} to delete", plan.count(Action::Delete)),
    ];
    let manual = plan.count(Action::Manual);
    if manual > 0 {
        parts.push(format!("{manual} by hand"));
    }
    if blocked > 0 {
        parts.push(format!("{} blocked", count(blocked, "tenant")));
    }
    let of = |class: Class| plan.steps().filter(|(_, step)| step.class == class).count();
    vec![
        format!("Plan: {}.", parts.join(", ")),
        format!(
            "Callers notice {}, {} only when something fails, {} not at all.",
            of(Class::CallerVisible),
            of(Class::OnFailure),
            of(Class::Cosmetic)
        ),
    ]
}

fn agree(tenants: usize) -> String {
    match tenants {
        1 => "1 tenant is".to_owned(),
        n => format!("{n} tenants are"),
    }
}
