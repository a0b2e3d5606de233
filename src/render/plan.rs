//! A plan as text: what a reviewer reads before anything happens.

use super::{
    BOLD, DIM, GREEN, RED, YELLOW, by_hand,
    experience::{experience, is_nothing, is_noticed, nothing},
    findings,
    groups::{self, Groups},
    notes, paint, value,
};
use crate::{
    diff::FieldChange,
    page::{Exact, Joined, Own, Page, Painted, add, say},
    path::{Path, Segment, quoted},
    plan::{Action, Class, Plan, Reason, Step, TenantPlan},
    text::{count, printable, shell},
};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};
use std::io;

/// Of more objects than this that are not planned only so many are named in the summary.
const NAMED: usize = 6;

/// Values longer than this are shown line by line.
const ONE_LINE: usize = 72;

/// Writes a plan: what callers notice, what was found, what many tenants have in common, then by tenant, one block an object, old -> new, and a
/// summary. With `expand` everything stands with its tenant.
pub fn plan(out: &mut Page<'_>, plan: &Plan, expand: bool) -> io::Result<()> {
    experience(out, plan, expand)?;
    findings(out, &plan.findings)?;
    let groups = Groups::of(plan, expand);
    for (tenants, steps) in groups.by_tenants() {
        let many = format!("{} tenants", tenants.len());
        say!(out, "{}: {}\n", paint(BOLD, many), printable(groups::names(&tenants)))?;
        self::steps(out, MANY, &steps, &|step| groups.place(step))?;
        say!(out)?;
    }
    for tenant in &plan.tenants {
        let TenantPlan { tenant: name, provider, account, .. } = tenant;
        let rest = groups.rest(tenant);
        // Of one that has nothing but what is shown above there is nothing to say.
        let compared = plan.made_from.against.is_some();
        if rest.is_empty() && (compared || !tenant.steps.is_empty()) && !has_more(tenant) {
            continue;
        }
        by_hand::heading_of(out, name, provider, account)?;
        self::tenant(out, tenant, &rest)?;
    }
    summary(out, plan)
}

/// Whether there is something to say of a tenant beside its steps.
pub(super) fn has_more(plan: &TenantPlan) -> bool {
    let TenantPlan { blocked, refused, unverifiable, notes, unmanaged, unmanaged_extensions, .. } = plan;
    let lists = [blocked.len(), refused.len(), unverifiable.len(), notes.len(), unmanaged.len()];
    lists.iter().sum::<usize>() + unmanaged_extensions > 0
}

/// In the place of a tenant, for steps that several have.
const MANY: &str = "";

/// Where a step is declared.
type Placer<'a> = &'a dyn Fn(&Step) -> Option<String>;

fn steps(out: &mut Page<'_>, tenant: &str, steps: &[&Step], place: Placer<'_>) -> io::Result<()> {
    let width = steps.iter().map(|step| step.address.to_string().len()).max().unwrap_or_default();
    steps.iter().try_for_each(|step| self::step(out, tenant, step, width, place(step)))
}

fn tenant(out: &mut Page<'_>, plan: &TenantPlan, rest: &[&Step]) -> io::Result<()> {
    if !plan.blocked.is_empty() {
        let what = withheld(plan).unwrap_or_else(|| "nothing is planned for this tenant".to_owned());
        say!(out, "  {}: {}\n", paint(RED, "blocked"), what)?;
        findings(out, &plan.blocked)?;
        if withheld(plan).is_none() {
            return Ok(());
        }
    }
    steps(out, &plan.tenant, rest, &|step| step.source.as_ref().map(ToString::to_string))?;
    notes::notes(out, &plan.notes)?;
    by_hand::section(out, &plan.unverifiable)?;
    notes::alone(out, plan)?;
    for refusal in &plan.refused {
        say!(out, "  {}: {}", paint(RED, "over the guard"), printable(refusal.clone()))?;
    }
    say!(out)
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

fn step(out: &mut Page<'_>, tenant: &str, step: &Step, width: usize, at: Option<String>) -> io::Result<()> {
    let Step {
        address,
        action: _,
        class: _,
        reason: _,
        critical,
        changes: _,
        before: _,
        after: _,
        source: _,
        lost,
        needs: _,
        follows: _,
        instructions,
        own: _,
        restored: _,
        fallback: _,
        used_by: _,
    } = step;
    let sign = match step.shown() {
        Action::Create => paint(GREEN, "+"),
        Action::Update => paint(YELLOW, "~"),
        Action::Delete => paint(RED, "-"),
        Action::Manual => paint(YELLOW, "!"),
    };
    let noticed = format!("{:15}  {}", noticed(step), printable(at.unwrap_or_default()));
    let address = printable(address.to_string());
    let padded = format!("{address:width$}");
    say!(out, "  {} {}  {}", sign, paint(BOLD, padded), paint(DIM, noticed.trim_end()))?;
    if let Some(why) = critical {
        say!(out, "      {}: {}", paint(RED, "critical"), printable(why.clone()))?;
        match tenant {
            MANY => {
                let full = shell(&format!("TENANT/{address}"));
                say!(out, "      needs --approve-critical {} for each of them", full)?;
            }
            one => {
                let full = shell(&format!("{}/{address}", printable(one.to_owned())));
                say!(out, "      needs --approve-critical {}", full)?;
            }
        }
    }
    changes(out, step)?;
    for lost in lost {
        say!(out, "      {}: {}", paint(YELLOW, NO_WAY_BACK), printable(lost.clone()))?;
    }
    for instruction in instructions {
        say!(out, "      [ ] {}", Exact(instruction.to_string()))?;
    }
    say!(out)
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
        Some(Reason::Until) => ", its `until` has passed",
    };
    let by_hand = if step.action == Action::Manual { ", by hand" } else { "" };
    format!("{class}{reason}{by_hand}")
}

/// What of the object changes.
pub(super) fn changes(out: &mut Page<'_>, step: &Step) -> io::Result<()> {
    field_changes(out, step.shown(), &step.changes)
}

/// The same of what is compared without a plan.
pub(super) fn field_changes(out: &mut Page<'_>, action: Action, changes: &[FieldChange]) -> io::Result<()> {
    // For a new object fields that are off are not listed.
    let idle = |change: &FieldChange| {
        action == Action::Create
            && change.new.as_ref().is_some_and(|new| value::without_defaults(new).is_none())
    };
    let changes: Vec<FieldChange> = changes.iter().filter(|change| !idle(change)).cloned().collect();
    for change in value::join_days(&changes) {
        self::change(out, &change)?;
    }
    Ok(())
}

fn change(out: &mut Page<'_>, change: &FieldChange) -> io::Result<()> {
    let FieldChange { path, old, new } = change;
    let is_order = path.last().and_then(Segment::as_key) == Some("order");
    match (old, new) {
        (Some(Value::Array(old)), Some(Value::Array(new))) if is_order => {
            say!(out, "      {}: {} -> {}", field(path), names(old), names(new))
        }
        (Some(old), Some(new))
            if path.last().and_then(Segment::as_key) == Some("ring")
                && let (Some(old), Some(new)) = (value::ring(old), value::ring(new)) =>
        {
            say!(out, "      {}: {} -> {}", field(path), old, new)
        }
        (Some(old), Some(new)) => {
            let path = field(path);
            let line = value::both(old, new).join(" -> ");
            let lines = |v: &Value| matches!(v, Value::String(text) if text.contains('\n'));
            if line.len() <= ONE_LINE && !lines(old) && !lines(new) {
                return say!(out, "      {}: {}", path, line);
            }
            say!(out, "      {}:", path)?;
            by_line(out, &value::block(old), &value::block(new))
        }
        (None, Some(new)) => one_sided(out, path, new, paint(GREEN, "+")),
        (Some(old), None) if path.is_empty() => whole(out, old),
        (Some(old), None) => one_sided(out, path, old, paint(RED, "-")),
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

/// A sign before a line.
type Sign = Painted<&'static str>;

fn one_sided(out: &mut Page<'_>, whole: &Path, value: &Value, sign: Sign) -> io::Result<()> {
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
            say!(out, "      {} {}:", sign, path)?;
            map.iter().try_for_each(|(key, value)| {
                say!(out, "          {}: {}", value::scalar(key), value::flow(value))
            })
        }
        _ => say!(out, "      {} {}: {}", sign, path, line),
    }
}

/// What goes when an object goes.
fn whole(out: &mut Page<'_>, object: &Value) -> io::Result<()> {
    let Some(Value::Object(map)) = value::without_defaults(object) else { return Ok(()) };
    let sign = paint(RED, "-");
    for (key, value) in &map {
        match key.as_str() {
            "order" => one_sided(out, &Path::from(["order"]), value, sign)?,
            _ => say!(out, "      {} {}: {}", sign, value::scalar(key), value::flow(value))?,
        }
    }
    Ok(())
}

fn by_line(out: &mut Page<'_>, old: &str, new: &str) -> io::Result<()> {
    let diff = TextDiff::from_lines(old, new);
    for change in diff.iter_all_changes() {
        let line = printable(change.value().trim_end_matches('\n').to_owned());
        match change.tag() {
            ChangeTag::Equal => say!(out, "          {}", line)?,
            ChangeTag::Delete => say!(out, "        {}", paint(RED, format!("- {line}")))?,
            ChangeTag::Insert => say!(out, "        {}", paint(GREEN, format!("+ {line}")))?,
        }
    }
    Ok(())
}

/// How much changes, and how much of it callers notice. Each line of a paragraph in Markdown ends with two spaces.
pub(super) fn summary(out: &mut Page<'_>, plan: &Plan) -> io::Result<()> {
    let end = out.is_markdown().then_some(Own("  "));
    if let Some(against) = &plan.made_from.against {
        let named = printable(against.named.clone());
        say!(out, "Compared with {}; no phone system was asked, and what is live may differ.{}", named, end)?;
    }
    if let Some(shard) = &plan.made_from.shard {
        say!(out, "This is shard {} of the plan: `dialform merge` joins them.{}", shard.to_string(), end)?;
    }
    if plan.is_empty() && !plan.is_blocked() {
        match plan.unchecked() {
            0 if is_noticed(plan) => {
                add!(out, "No object changes, and callers notice something all the same.")?
            }
            0 if plan.made_from.against.is_some() => add!(out, "No changes.")?,
            0 => add!(out, "No changes. {} as declared.", agree(plan.tenants.len()))?,
            unchecked => {
                add!(out, "Nothing dialform can change. ")?;
                by_hand::unchecked(out, unchecked)?;
            }
        }
        return say!(out, "{}", end);
    }
    let whole = |tenant: &&TenantPlan| !tenant.blocked.is_empty() && tenant.withheld.is_empty();
    let blocked = plan.tenants.iter().filter(whole).count();
    let withheld = |it: &'_ TenantPlan| {
        let name = it.tenant.clone();
        it.withheld.iter().map(move |address| format!("{name}/{address}")).collect::<Vec<_>>()
    };
    let withheld: Vec<String> = plan.tenants.iter().flat_map(withheld).map(printable).collect();
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
    say!(out, "{} {}.{}", paint(BOLD, "Plan:"), Joined(&parts, ", "), end)?;
    if is_nothing(plan) {
        return after_count(out, plan, &withheld, nothing(plan));
    }
    let of = |class: Class| plan.steps().filter(|(_, step)| step.class == class).count();
    let (visible, failing) = (of(Class::CallerVisible), of(Class::OnFailure));
    let noticed = format!(
        "Callers notice {visible} of these changes, {failing} only when something fails, {} not at all.",
        of(Class::Cosmetic)
    );
    after_count(out, plan, &withheld, noticed)
}

/// What stands after the numbers of steps.
fn after_count(out: &mut Page<'_>, plan: &Plan, withheld: &[String], noticed: String) -> io::Result<()> {
    let end = out.is_markdown().then_some(Own("  "));
    say!(out, "{}{}", noticed, end)?;
    if !withheld.is_empty() {
        let named = &withheld[..withheld.len().min(NAMED)];
        add!(out, "Not planned: {}", Joined(named, ", "))?;
        match withheld.len() - named.len() {
            0 => say!(out, ".{}", end)?,
            more => say!(out, " and {} more.{}", more, end)?,
        }
    }
    if plan.unchecked() > 0 {
        by_hand::unchecked(out, plan.unchecked())?;
        say!(out, "{}", end)?;
    }
    if out.is_markdown() {
        return Ok(());
    }
    say!(out, "{}", paint(DIM, format!("digest {}", plan.digest)))
}

fn agree(tenants: usize) -> String {
    match tenants {
        1 => "1 tenant is".to_owned(),
        n => format!("{n} tenants are"),
    }
}
