//! A plan and its outcome as Markdown, for a pull request.

use super::{
    by_hand,
    findings::{finding_markdown, findings_markdown},
    notes,
    plan::{NO_WAY_BACK, changes, noticed, summary, withheld},
};
use crate::{
    finding::Finding,
    outcome::{Outcome, Status},
    page::{Code, Joined, Own, Page, add, say},
    plan::{Action, Plan, Step, TenantPlan},
    text::printable,
};
use std::io;

/// Writes a plan: a table of what changes, the changes themselves folded, and what is left to people as a task list.
pub fn plan_markdown(out: &mut Page<'_>, plan: &Plan) -> io::Result<()> {
    say!(out, "## dialform plan\n")?;
    summary(out, plan)?;
    findings_markdown(out, &plan.findings)?;
    for tenant in plan.tenants.iter().filter(|tenant| has_news(tenant)) {
        self::tenant(out, tenant)?;
    }
    notes::alone_markdown(out, &plan.tenants)?;
    say!(out, "\n<sub>digest <code>{}</code></sub>", plan.digest)
}

fn has_news(plan: &TenantPlan) -> bool {
    !plan.steps.is_empty()
        || !plan.blocked.is_empty()
        || !plan.refused.is_empty()
        || !plan.unverifiable.is_empty()
        || !plan.notes.is_empty()
}

fn tenant(out: &mut Page<'_>, plan: &TenantPlan) -> io::Result<()> {
    let TenantPlan { tenant, provider, account, .. } = plan;
    by_hand::heading_of(out, tenant, provider, account)?;
    if !plan.blocked.is_empty() || !plan.refused.is_empty() {
        say!(out)?;
    }
    for finding in &plan.blocked {
        finding_markdown(out, finding, Own("blocked"))?;
    }
    if let Some(withheld) = withheld(plan) {
        say!(out, "- :no_entry: {}", withheld)?;
    }
    for refusal in &plan.refused {
        say!(out, "- :no_entry: **over the guard**: {}", printable(refusal.clone()))?;
    }
    let (left, by_api): (Vec<&Step>, Vec<&Step>) =
        plan.steps.iter().partition(|step| step.action == Action::Manual);
    if !by_api.is_empty() {
        say!(out, "\n| | object | callers | where |\n| --- | --- | --- | --- |")?;
        for step in &by_api {
            row(out, tenant, step)?;
        }
        details(out, &by_api)?;
    }
    if !left.is_empty() {
        say!(out, "\n**To do by hand:**\n")?;
        by_hand::tasks(out, left.iter().map(|step| (&step.address, step.instructions.as_slice())))?;
        details(out, &left)?;
    }
    by_hand::section_markdown(out, &plan.unverifiable)?;
    notes::notes_markdown(out, &plan.notes)
}

fn row(out: &mut Page<'_>, tenant: &str, step: &Step) -> io::Result<()> {
    let sign = match step.action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Delete => "**delete**",
        Action::Manual => "by hand",
    };
    let at = step.source.as_ref().map(|it| Code(printable(it.to_string())));
    let address = printable(step.address.to_string());
    add!(out, "| {} | {} | {}", Own(sign), Code(&address), noticed(step))?;
    if let Some(why) = &step.critical {
        add!(out, "<br>:warning: **critical**: {}", printable(why.clone()))?;
        let approval = format!("--approve-critical {}/{address}", printable(tenant.to_owned()));
        add!(out, "<br>needs {}", Code(approval))?;
    }
    for lost in &step.lost {
        add!(out, "<br>:warning: **{}**: {}", NO_WAY_BACK, printable(lost.clone()))?;
    }
    say!(out, " | {} |", at)
}

/// What changes, as the text of a plan has it.
fn details(out: &mut Page<'_>, steps: &[&Step]) -> io::Result<()> {
    say!(out, "\n<details><summary>Changes</summary>\n")?;
    out.fence(|out| {
        steps.iter().try_for_each(|step| {
            say!(out, "@@ {} @@", printable(step.address.to_string()))?;
            changes(out, step)
        })
    })?;
    say!(out, "\n</details>")
}

/// Writes how steps ended: a table, what is left to people as a task list, and what else went wrong.
pub fn outcomes_markdown(out: &mut Page<'_>, outcomes: &[Outcome], findings: &[Finding]) -> io::Result<()> {
    say!(out, "\n## dialform apply\n\n{}\n", super::outcome::count_all(outcomes))?;
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
    let mut left = left.map(|outcome| (&outcome.address, outcome.instructions.as_slice())).peekable();
    if left.peek().is_some() {
        say!(out, "\n**To do by hand:**\n")?;
        by_hand::tasks(out, left)?;
    }
    findings_markdown(out, findings)
}
