//! A plan and its outcome as Markdown, for the comment of a pull request: what matters most first, and cut last.

use super::{
    by_hand, experience,
    findings::{finding_markdown, findings_markdown},
    fit::{Block, fit},
    groups::{self, Groups},
    notes,
    plan::{NO_WAY_BACK, changes, noticed, summary, withheld},
    value,
};
use crate::{
    diff::FieldChange,
    experience::Class,
    finding::{Finding, Level},
    outcome::{Outcome, Status},
    page::{Code, Form, Joined, Own, Page, Show, add, say},
    plan::{Action, MadeFrom, NamedCommit, Plan, Step, TenantPlan},
    text::{count, printable, shell},
};
use serde_json::Value;
use std::{fmt, io};

/// How a plan is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// Every tenant by itself, also where many have a change in common.
    pub expand: bool,
    /// How many bytes a comment may have; `None`: any number.
    pub most: Option<usize>,
}

/// What GitHub takes as a comment, less what a job writes around it. GitLab takes more.
pub const COMMENT: usize = 65_000;

/// Less than this holds no plan.
pub const LEAST: usize = 2_000;

/// Ranks of blocks: the first is cut last.
const BLOCKED: u8 = 0;
const CRITICAL: u8 = 1;
const NOTICED: u8 = 2;
const DELETED: u8 = 3;
const BY_HAND: u8 = 4;
const CHANGED: u8 = 5;
const FOUND: u8 = 6;
const NOTED: u8 = 7;
const DETAILS: u8 = 8;
const UNMANAGED: u8 = 9;

/// Writes a plan: one line of summary, what needs a person first, what changes in a few words, and everything folded.
pub fn plan_markdown(out: &mut Page<'_>, plan: &Plan, look: Look) -> io::Result<()> {
    let head = Page::apart(|page| head(page, plan))?;
    let foot = Page::apart(|page| say!(page, "\n<sub>digest <code>{}</code></sub>", plan.digest))?;
    let blocks = blocks(plan, look)?;
    let most =
        look.most.map_or(usize::MAX, |most| most.saturating_sub(head.len() + foot.len() + CUT.len() + 20));
    let (body, lost) = fit(&blocks, most, |cut| format!("\n… and {cut} more\n"));
    out.raw(&head)?;
    out.raw(&body)?;
    if lost > 0 {
        say!(out, "\n{}", Own(CUT))?;
    }
    out.raw(&foot)
}

/// What is said where something is left out.
const CUT: &str = ":scissors: This is too long for a comment: some of it is left out, what matters least first. Everything is in \
                   the saved plan (`plan --out`) and in what `dialform plan` prints.";

/// The mark by which a comment is found again, the heading, and of which commit the plan is.
fn head(out: &mut Page<'_>, plan: &Plan) -> io::Result<()> {
    let MadeFrom { head, base, merge, environment, .. } = &plan.made_from;
    say!(out, "<!-- dialform:plan:{} -->", plan.made_from.mark())?;
    match environment {
        Some(environment) => say!(out, "## dialform plan, {}\n", printable(environment.clone()))?,
        None => say!(out, "## dialform plan\n")?,
    }
    summary(out, plan)?;
    let critical = plan.steps().filter(|(_, step)| step.critical.is_some()).count();
    if critical > 0 {
        say!(out, ":warning: **{}** to approve.  ", count(critical, "critical change"))?;
    }
    let merged = merge.as_ref().and_then(|merge| merge.commit.as_ref());
    if let Some(head) = merged.or(head.as_ref()) {
        add!(out, "<sub>commit <code>{}</code>", short(head).to_owned())?;
        if let Some(NamedCommit { named, commit: Some(commit) }) = base {
            let how = if merged.is_some() { Own(" as merged into") } else { Own(", compared with") };
            add!(out, "{} {} at <code>{}</code>", how, printable(named.clone()), short(commit).to_owned())?;
        }
        say!(out, "</sub>")?;
    }
    Ok(())
}

/// The beginning of a commit's name.
fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

/// Steps that are shown together: those of one tenant, or those that several have in common.
struct Part<'p> {
    name: String,
    steps: Vec<&'p Step>,
    /// Where each is declared.
    places: Vec<Option<String>>,
}

fn blocks(plan: &Plan, look: Look) -> io::Result<Vec<Block>> {
    let groups = Groups::of(plan, look.expand);
    let many = groups.by_tenants().into_iter();
    let mut parts: Vec<Part<'_>> = many
        .map(|(tenants, steps)| Part {
            name: format!("{} tenants: {}", tenants.len(), groups::names(&tenants)),
            places: steps.iter().map(|step| groups.place(step)).collect(),
            steps,
        })
        .collect();
    let rest = plan.tenants.iter().map(|it| (it, groups.rest(it))).filter(|(_, steps)| !steps.is_empty());
    parts.extend(rest.map(|(tenant, steps)| Part {
        name: tenant.tenant.clone(),
        places: steps.iter().map(|it| it.source.as_ref().map(ToString::to_string)).collect(),
        steps,
    }));
    let mut blocks = vec![
        list(NOTICED, "\n**What callers notice:**\n\n", noticed_by_callers(plan)?),
        list(BLOCKED, "\n**Blocked:**\n", blocked(plan)?),
        list(CRITICAL, "\n**To approve:**\n\n", critical(plan)?),
        list(DELETED, "\n**Deletions:**\n\n", deletions(plan)?),
        list(BY_HAND, "\n**To do by hand:**\n\n", manual(plan)?),
        list(FOUND, "\n**Findings:**\n", found(&plan.findings)?),
    ];
    for part in &parts {
        blocks.push(table(part)?);
    }
    let is_open = parts.iter().map(|part| part.steps.len()).sum::<usize>() <= OPEN;
    for Part { name, steps, .. } in &parts {
        blocks.push(details(name, steps, is_open)?);
    }
    for tenant in &plan.tenants {
        let head = Page::apart(|page| by_hand::section_markdown(page, &tenant.tenant, &tenant.unverifiable))?;
        blocks.push(Block { rank: NOTED, head, ..Block::default() });
        let items = notes::each_markdown(&tenant.notes)?;
        blocks.push(folded(NOTED, "Notes", &tenant.tenant, items)?);
    }
    let unmanaged = Page::apart(|page| notes::alone_markdown(page, &plan.tenants))?;
    blocks.push(Block { rank: UNMANAGED, head: unmanaged, ..Block::default() });
    blocks.retain(|it| !it.items.is_empty() || !it.head.is_empty());
    Ok(blocks)
}

/// Items under a heading; nothing where there are none.
fn list(rank: u8, head: &str, items: Vec<String>) -> Block {
    let head = if items.is_empty() { "" } else { head };
    Block { rank, head: head.to_owned(), items, foot: String::new() }
}

/// Items behind a line that unfolds them.
fn folded(rank: u8, what: &'static str, name: &str, items: Vec<String>) -> io::Result<Block> {
    if items.is_empty() {
        return Ok(Block::default());
    }
    let name = printable(name.to_owned());
    let head = Page::apart(|page| say!(page, "\n<details><summary>{}: {}</summary>\n", Own(what), name))?;
    Ok(Block { rank, head, items, foot: "\n</details>\n".to_owned() })
}

/// What callers notice, a sentence each.
fn noticed_by_callers(plan: &Plan) -> io::Result<Vec<String>> {
    let mut items = Vec::new();
    for said in experience::sentences(plan) {
        let tenants = printable(experience::tenants(&said, plan));
        let sentence = printable(said.sentence.clone());
        let how = (said.class == Class::OnFailure).then_some(Own("*only when something fails*: "));
        items.push(Page::apart(|page| say!(page, "- {}{}{}", how, tenants, sentence))?);
    }
    for (tenant, one) in experience::meanwhile(plan) {
        let sign = one.is_lost.then_some(Own(":warning: "));
        let (tenant, sentence) = (printable(tenant.to_owned()), printable(one.sentence()));
        items.push(Page::apart(|page| say!(page, "- {}{}: {}", sign, tenant, sentence))?);
    }
    for remark in experience::remarks(plan) {
        items.push(Page::apart(|page| say!(page, "- {}", printable(remark)))?);
    }
    Ok(items)
}

/// Why something is not planned, or may not be applied.
fn blocked(plan: &Plan) -> io::Result<Vec<String>> {
    let mut items = Vec::new();
    for tenant in &plan.tenants {
        let name = printable(tenant.tenant.clone());
        for finding in &tenant.blocked {
            let what = format!("blocked, {name}");
            items.push(Page::apart(|page| finding_markdown(page, finding, what))?);
        }
        if let Some(withheld) = withheld(tenant) {
            items.push(Page::apart(|page| say!(page, "- :no_entry: **{}**: {}", name, withheld))?);
        }
        for refusal in &tenant.refused {
            let refusal = printable(refusal.clone());
            items.push(Page::apart(|page| {
                say!(page, "- :no_entry: **over the guard, {}**: {}", name, refusal)
            })?);
        }
    }
    if let Some(first) = items.first_mut() {
        first.insert(0, '\n');
    }
    Ok(items)
}

fn full(tenant: &TenantPlan, step: &Step) -> String {
    printable(format!("{}/{}", tenant.tenant, step.address))
}

fn critical(plan: &Plan) -> io::Result<Vec<String>> {
    let critical = plan.steps().filter_map(|(tenant, step)| Some((tenant, step, step.critical.clone()?)));
    critical
        .map(|(tenant, step, why)| {
            let full = full(tenant, step);
            let approval = Code(format!("--approve-critical {}", shell(&full)));
            Page::apart(|page| {
                add!(page, "- :warning: **critical**: {} {}", Code(&full), printable(why))?;
                say!(page, "; needs {}", approval)
            })
        })
        .collect()
}

fn deletions(plan: &Plan) -> io::Result<Vec<String>> {
    let gone = plan.steps().filter(|(_, step)| step.action == Action::Delete);
    gone.map(|(tenant, step)| {
        Page::apart(|page| {
            add!(page, "- **delete** {}", Code(full(tenant, step)))?;
            for lost in &step.lost {
                add!(page, "<br>:warning: **{}**: {}", NO_WAY_BACK, printable(lost.clone()))?;
            }
            say!(page)
        })
    })
    .collect()
}

fn manual(plan: &Plan) -> io::Result<Vec<String>> {
    let by_hand = plan.steps().filter(|(_, step)| step.action == Action::Manual);
    by_hand
        .map(|(tenant, step)| {
            Page::apart(|page| by_hand::tasks(page, &full(tenant, step), &step.instructions))
        })
        .collect()
}

fn found(findings: &[Finding]) -> io::Result<Vec<String>> {
    let mut items = Vec::new();
    // An error is read before a warning.
    for level in [Level::Error, Level::Warning] {
        for finding in findings.iter().filter(|it| it.level == level) {
            items.push(Page::apart(|page| finding_markdown(page, finding, Own(finding.code)))?);
        }
    }
    if let Some(first) = items.first_mut() {
        first.insert(0, '\n');
    }
    Ok(items)
}

/// What changes of one tenant or of several, a row each.
fn table(part: &Part<'_>) -> io::Result<Block> {
    let Part { name, steps, places } = part;
    let by_api = steps.iter().zip(places).filter(|(step, _)| step.action != Action::Manual);
    let row = |(step, at): (&&Step, &Option<String>)| Page::apart(|page| row(page, step, at.as_deref()));
    let items = by_api.map(row).collect::<io::Result<Vec<_>>>()?;
    if items.is_empty() {
        return Ok(Block::default());
    }
    let head = Page::apart(|page| {
        say!(page, "\n### {}\n", printable(name.clone()))?;
        say!(page, "| | object | change | callers | where |\n| --- | --- | --- | --- | --- |")
    })?;
    Ok(Block { rank: CHANGED, head, items, foot: String::new() })
}

fn row(out: &mut Page<'_>, step: &Step, at: Option<&str>) -> io::Result<()> {
    let sign = match step.shown() {
        Action::Create => "create",
        Action::Update => "update",
        Action::Delete => "**delete**",
        Action::Manual => "by hand",
    };
    let at = at.map(|it| Code(printable(it.to_owned())));
    let address = Code(printable(step.address.to_string()));
    add!(out, "| {} | {} | ", Own(sign), address)?;
    words(out, step)?;
    add!(out, " | {}", noticed(step))?;
    if step.critical.is_some() {
        add!(out, "<br>:warning: **critical**")?;
    }
    if step.action != Action::Delete {
        for lost in &step.lost {
            add!(out, "<br>:warning: **{}**: {}", NO_WAY_BACK, printable(lost.clone()))?;
        }
    }
    say!(out, " | {} |", at)
}

/// Of more changes than this only so many are in the table.
const FEW: usize = 3;

/// Characters of a value in the table.
const SHORT: usize = 48;

/// What a step changes, in a few words.
fn words(out: &mut Page<'_>, step: &Step) -> io::Result<()> {
    if step.action == Action::Delete {
        return Ok(());
    }
    let said = |value: &Value| value::without_defaults(value).is_some();
    let idle = |it: &FieldChange| it.old.is_none() && !it.new.as_ref().is_some_and(said);
    let changes: Vec<_> = step.changes.iter().filter(|it| !idle(it)).cloned().collect();
    let changes = value::join_days(&changes);
    for (at, FieldChange { path, old, new }) in changes.iter().take(FEW).enumerate() {
        let (then, path) = ((at > 0).then_some(Own("; ")), Code(printable(path.to_string())));
        match (old, new) {
            (Some(old), Some(new)) => {
                let [old, new] = Few::both(old, new);
                add!(out, "{}{} {} → {}", then, path, old, new)?;
            }
            (None, Some(new)) => add!(out, "{}{} {}", then, path, Few::of(new))?,
            (Some(_), None) => add!(out, "{}without {}", then, path)?,
            (None, None) => add!(out, "{}{}", then, path)?,
        }
    }
    match changes.len().saturating_sub(FEW) {
        0 => Ok(()),
        more => add!(out, "; and {} more", more),
    }
}

/// A value in a few characters. Between backticks it is no link and tells nobody.
struct Few(Option<String>);

impl Few {
    /// Of values that are drawn alike every letter that is not Latin is seen.
    fn both(old: &Value, new: &Value) -> [Self; 2] {
        match value::spelled_out(old, new) {
            Some(both) => both.map(|text| Self::of(&Value::String(text))),
            None => [Self::of(old), Self::of(new)],
        }
    }

    /// Hours without their brackets, a destination without its braces.
    fn of(value: &Value) -> Self {
        let text = match value {
            Value::Array(items) if items.iter().all(Value::is_string) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
            }
            Value::Object(fields) if fields.len() == 1 && fields.values().all(Value::is_string) => {
                let each =
                    fields.iter().map(|(key, value)| format!("{key} {}", value.as_str().unwrap_or_default()));
                each.collect()
            }
            Value::String(text) => text.clone(),
            other => value::flow(other),
        };
        let text = printable(text);
        Self(match text.char_indices().nth(SHORT) {
            _ if text.trim().is_empty() => None,
            Some((at, _)) => Some(format!("{}…", &text[..at])),
            None => Some(text),
        })
    }
}

impl Show for Few {
    fn show(&self, form: Form, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(text) => Code(text).show(form, f),
            None => Own("nothing").show(form, f),
        }
    }
}

/// So few changes are seen without unfolding them.
const OPEN: usize = 3;

/// What changes, as the text of a plan has it.
fn details(name: &str, steps: &[&Step], is_open: bool) -> io::Result<Block> {
    const FENCE: (&str, &str) = ("```diff\n", "```\n");
    let one = |step: &&Step| {
        let fenced = Page::apart(|page| {
            page.fence(|page| {
                say!(page, "@@ {} @@", printable(step.address.to_string()))?;
                changes(page, step)
            })
        });
        // All of them stand in one.
        fenced.map(|it| it.trim_start_matches(FENCE.0).trim_end_matches(FENCE.1).to_owned())
    };
    let items = steps.iter().map(one).collect::<io::Result<Vec<_>>>()?;
    let mut block = folded(DETAILS, "Every change", name, items)?;
    if is_open {
        block.head = block.head.replacen("<details>", "<details open>", 1);
    }
    if !block.items.is_empty() {
        block.head.push_str(FENCE.0);
        block.foot.insert_str(0, FENCE.1);
    }
    Ok(block)
}

/// Writes how steps ended: a table, what is left to people as a task list, and what else went wrong.
pub fn outcomes_markdown(
    out: &mut Page<'_>,
    plan: &Plan,
    outcomes: &[Outcome],
    findings: &[Finding],
) -> io::Result<()> {
    say!(out, "\n## dialform apply\n")?;
    experience::noticed_now(out, plan, outcomes)?;
    say!(out, "\n{}\n", super::outcome::count_whole(plan, outcomes))?;
    say!(out, "| | object | |\n| --- | --- | --- |")?;
    for outcome in outcomes {
        let Outcome {
            tenant,
            address,
            action: _,
            status,
            detail,
            help,
            writes,
            instructions: _,
            slow: _,
            written: _,
        } = outcome;
        let word = super::outcome::word(*status);
        let writes = writes.iter().flat_map(|writes| super::outcome::writes(*status, writes));
        let why = detail.iter().cloned().chain(writes).chain(help.clone());
        let why: Vec<String> = why.map(printable).collect();
        let address = Code(printable(format!("{tenant}/{address}")));
        say!(out, "| {} | {} | {} |", word, address, Joined(&why, "<br>"))?;
    }
    let left = outcomes.iter().filter(|it| it.status == Status::Manual || !it.instructions.is_empty());
    let mut left = left.peekable();
    if left.peek().is_some() {
        say!(out, "\n**To do by hand:**\n")?;
        for it in left {
            by_hand::tasks(out, &printable(format!("{}/{}", it.tenant, it.address)), &it.instructions)?;
        }
    }
    findings_markdown(out, findings)
}
