//! A plan as text: what a reviewer reads before anything happens.

use super::{BOLD, DIM, GREEN, RED, YELLOW, by_hand, findings, notes, paint, value};
use crate::{
    diff::FieldChange,
    path::{Path, Segment, quoted},
    plan::{Action, Class, Plan, Reason, Step, TenantPlan},
    text::{count, escaped, printable},
};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};
use std::io::{self, Write};

/// Of more objects than this that are not planned only so many are named in the summary.
const NAMED: usize = 6;

/// Values longer than this are shown line by line.
const ONE_LINE: usize = 72;

/// Writes a plan: what was found, then by tenant, one block an object, old -> new, and a summary.
pub fn plan(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    findings(out, &plan.findings)?;
    for tenant in &plan.tenants {
        let TenantPlan { tenant: name, provider, account, .. } = tenant;
        writeln!(out, "{} on {provider}, account {account}\n", paint(BOLD, name))?;
        self::tenant(out, tenant)?;
    }
    summary(out, plan)
}

fn tenant(out: &mut dyn Write, plan: &TenantPlan) -> io::Result<()> {
    if !plan.blocked.is_empty() {
        let what = withheld(plan).unwrap_or_else(|| "nothing is planned for this tenant".to_owned());
        writeln!(out, "  {}: {what}\n", paint(RED, "blocked"))?;
        findings(out, &plan.blocked)?;
        if withheld(plan).is_none() {
            return Ok(());
        }
    }
    let width = plan.steps.iter().map(|step| step.address.to_string().len()).max().unwrap_or_default();
    for step in &plan.steps {
        self::step(out, &plan.tenant, step, width)?;
    }
    notes::notes(out, &plan.notes)?;
    by_hand::section(out, &plan.unverifiable)?;
    notes::alone(out, plan)?;
    for refusal in &plan.refused {
        writeln!(out, "  {}: {refusal}", paint(RED, "over the guard"))?;
    }
    writeln!(out)
}

/// What a tenant's findings keep from being planned; `None` if that is everything.
pub(super) fn withheld(plan: &TenantPlan) -> Option<String> {
    let mut names: Vec<String> = plan.withheld.iter().map(|it| printable(it.to_string())).collect();
    for (address, fields) in &plan.withheld_fields {
        names.extend(fields.iter().map(|field| printable(format!("`{field}` of {address}"))));
    }
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("{one} is not planned")),
        several => Some(format!("{} are not planned", several.join(", "))),
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
        lost,
        needs: _,
        instructions,
        fallback: _,
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
    for lost in lost {
        writeln!(out, "      {}: {}", paint(YELLOW, NO_WAY_BACK), printable(lost.clone()))?;
    }
    for instruction in instructions {
        writeln!(out, "      [ ] {}", escaped(instruction.to_string()))?;
    }
    writeln!(out)
}

/// What a restore cannot bring back.
pub(super) const NO_WAY_BACK: &str = "no way back with --restore";

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
        (Some(old), Some(new))
            if path.last().and_then(Segment::as_key) == Some("ring")
                && let (Some(old), Some(new)) = (value::ring(old), value::ring(new)) =>
        {
            writeln!(out, "      {}: {old} -> {new}", field(path))
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
    if list.is_empty() {
        return "(empty)".to_owned();
    }
    let text = |item: &Value| item.as_str().map_or_else(|| value::flow(item), |name| printable(quoted(name)));
    list.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn one_sided(out: &mut dyn Write, whole: &Path, value: &Value, sign: &str) -> io::Result<()> {
    let path_end = whole.last().and_then(Segment::as_key);
    // An element that is known by itself is named once: `callers.block: "+13125550123"`.
    let path = match whole.split_last() {
        Some((Segment::Element { element }, list)) if value.as_str() == Some(element) => field(list),
        _ => field(whole),
    };
    // A whole order is shown as its rules are, one by one.
    if let (Some("order"), Value::Array(rules)) = (path_end, value)
        && rules.iter().all(Value::is_object)
    {
        return rules.iter().try_for_each(|rule| {
            let when = rule.get("when").and_then(Value::as_str).unwrap_or_default();
            one_sided(out, &whole.join(Segment::Element { element: when.to_owned() }), rule, sign)
        });
    }
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
    let sign = paint(RED, "-").to_string();
    for (key, value) in &map {
        match key.as_str() {
            "order" => one_sided(out, &Path::from(["order"]), value, &sign)?,
            _ => writeln!(out, "      {sign} {key}: {}", value::flow(value))?,
        }
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
    let whole = |tenant: &&TenantPlan| !tenant.blocked.is_empty() && tenant.withheld.is_empty();
    let blocked = plan.tenants.iter().filter(whole).count();
    let parts = plan
        .tenants
        .iter()
        .flat_map(|it| it.withheld.iter().map(|address| format!("{}/{address}", it.tenant)));
    let withheld: Vec<String> = parts.map(printable).collect();
    if plan.is_empty() && !plan.is_blocked() {
        let unchecked = plan.unchecked();
        return vec![match unchecked {
            0 => format!("No changes. {} as declared.", agree(plan.tenants.len())),
            _ => format!("Nothing dialform can change. {}", by_hand::unchecked(unchecked)),
        }];
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
    if !withheld.is_empty() {
        parts.push(format!("{} not planned", count(withheld.len(), "object")));
    }
    let of = |class: Class| plan.steps().filter(|(_, step)| step.class == class).count();
    let unchecked = Some(plan.unchecked()).filter(|unchecked| *unchecked > 0);
    let mut lines = vec![
        format!("Plan: {}.", parts.join(", ")),
        format!(
            "Callers notice {} of these changes, {} only when something fails, {} not at all.",
            of(Class::CallerVisible),
            of(Class::OnFailure),
            of(Class::Cosmetic)
        ),
    ];
    if !withheld.is_empty() {
        let named = withheld.len().min(NAMED);
        let more = withheld.len() - named;
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lines.push(format!("Not planned: {}{more}.", withheld[..named].join(", ")));
    }
    lines.extend(unchecked.map(by_hand::unchecked));
    lines
}

fn agree(tenants: usize) -> String {
    match tenants {
        1 => "1 tenant is".to_owned(),
        n => format!("{n} tenants are"),
    }
}
