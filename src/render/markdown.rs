//! A plan and its outcome as Markdown, for a pull request.

use super::{
    by_hand,
    findings::{finding_markdown, findings_markdown},
    markup::{code, text},
    notes,
    plan::{NO_WAY_BACK, changes, noticed, summary_lines, withheld},
};
use crate::{
    finding::Finding,
    outcome::{Outcome, Status},
    plan::{Action, Plan, Step, TenantPlan},
    text::printable,
};
use std::io::{self, Write};

/// Before each line of a change in a plan as text.
const INDENT: &str = "      ";

/// Writes a plan: a table of what changes, the changes themselves folded, and what is left to people as a task list.
pub fn plan_markdown(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    writeln!(out, "## dialform plan\n")?;
    for line in summary_lines(plan) {
        writeln!(out, "{line}  ")?;
    }
    findings_markdown(out, &plan.findings)?;
    for tenant in plan.tenants.iter().filter(|tenant| has_news(tenant)) {
        self::tenant(out, tenant)?;
    }
    notes::alone_markdown(out, &plan.tenants)?;
    writeln!(out, "\n<sub>digest <code>{}</code></sub>", plan.digest)
}

fn has_news(plan: &TenantPlan) -> bool {
    !plan.steps.is_empty()
        || !plan.blocked.is_empty()
        || !plan.refused.is_empty()
        || !plan.unverifiable.is_empty()
        || !plan.notes.is_empty()
}

fn tenant(out: &mut dyn Write, plan: &TenantPlan) -> io::Result<()> {
    let TenantPlan { tenant, provider, account, .. } = plan;
    writeln!(out, "\n### {} on {}, account {}", text(tenant), text(provider), text(account))?;
    if !plan.blocked.is_empty() || !plan.refused.is_empty() {
        writeln!(out)?;
    }
    for finding in &plan.blocked {
        finding_markdown(out, finding, "blocked")?;
    }
    if let Some(withheld) = withheld(plan) {
        writeln!(out, "- :no_entry: {}", text(&withheld))?;
    }
    for refusal in &plan.refused {
        writeln!(out, "- :no_entry: **over the guard**: {}", text(refusal))?;
    }
    let (left, by_api): (Vec<&Step>, Vec<&Step>) =
        plan.steps.iter().partition(|step| step.action == Action::Manual);
    if !by_api.is_empty() {
        writeln!(out, "\n| | object | callers | where |\n| --- | --- | --- | --- |")?;
        for step in &by_api {
            row(out, tenant, step)?;
        }
        details(out, &by_api)?;
    }
    if !left.is_empty() {
        writeln!(out, "\n**To do by hand:**\n")?;
        by_hand::tasks(out, left.iter().map(|step| (&step.address, step.instructions.as_slice())))?;
        details(out, &left)?;
    }
    by_hand::section_markdown(out, &plan.unverifiable)?;
    notes::notes_markdown(out, &plan.notes)
}

fn row(out: &mut dyn Write, tenant: &str, step: &Step) -> io::Result<()> {
    let sign = match step.action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Delete => "**delete**",
        Action::Manual => "by hand",
    };
    let at = step.source.as_ref().map(|source| format!("`{}:{}`", code(&source.file), source.line));
    let address = code(&step.address.to_string());
    write!(out, "| {sign} | `{address}` | {}", noticed(step))?;
    if let Some(why) = &step.critical {
        write!(out, "<br>:warning: **critical**: {}", text(why))?;
        write!(out, "<br>needs `--approve-critical {}/{address}`", code(tenant))?;
    }
    for lost in &step.lost {
        write!(out, "<br>:warning: **{NO_WAY_BACK}**: {}", text(lost))?;
    }
    writeln!(out, " | {} |", at.unwrap_or_default())
}

/// What changes, as the text of a plan has it.
fn details(out: &mut dyn Write, steps: &[&Step]) -> io::Result<()> {
    writeln!(out, "\n<details><summary>Changes</summary>\n\n```diff")?;
    for step in steps {
        writeln!(out, "@@ {} @@", printable(step.address.to_string()))?;
        let mut block = anstream::StripStream::new(Vec::new());
        changes(&mut block, step)?;
        for line in String::from_utf8_lossy(&block.into_inner()).lines() {
            // Signs are coloured at the margin only, and a fence of its own would end the block.
            let line = line.strip_prefix(INDENT).unwrap_or(line).replace("```", "'''");
            writeln!(
                out,
                "{}",
                line.strip_prefix("  ").filter(|it| it.starts_with(['+', '-'])).unwrap_or(&line)
            )?;
        }
    }
    writeln!(out, "```\n\n</details>")
}

/// Writes how steps ended: a table, what is left to people as a task list, and what else went wrong.
pub fn outcomes_markdown(out: &mut dyn Write, outcomes: &[Outcome], findings: &[Finding]) -> io::Result<()> {
    writeln!(out, "\n## dialform apply\n\n{}\n", super::outcome::count_all(outcomes))?;
    writeln!(out, "| | object | |\n| --- | --- | --- |")?;
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
        let why: Vec<String> = why.map(|line| text(&line)).collect();
        let address = code(&format!("{tenant}/{address}"));
        writeln!(out, "| {word} | `{address}` | {} |", why.join("<br>"))?;
    }
    let left = outcomes.iter().filter(|it| it.status == Status::Manual || !it.instructions.is_empty());
    let mut left = left.map(|outcome| (&outcome.address, outcome.instructions.as_slice())).peekable();
    if left.peek().is_some() {
        writeln!(out, "\n**To do by hand:**\n")?;
        by_hand::tasks(out, left)?;
    }
    findings_markdown(out, findings)
}
