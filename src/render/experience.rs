//! What callers notice of a plan, before anything else is said of it.

use super::{BOLD, DIM, RED, YELLOW, paint};
use crate::{
    experience::{Class, Line, Meanwhile, listed},
    outcome::{Outcome, Status},
    page::{Own, Page, say},
    plan::{Plan, TenantPlan},
    text::{count, printable},
};
use std::{collections::BTreeSet, io};

/// Of more sentences than this only so many are in the text of a plan; JSON has them all.
const MOST: usize = 40;

/// One sentence, and the tenants of whose calls it is true.
pub struct Said<'p> {
    pub class: Class,
    pub tenants: Vec<&'p str>,
    pub sentence: String,
}

/// Every sentence of a plan, equal ones of several tenants together: the gravest first.
pub fn sentences(plan: &Plan) -> Vec<Said<'_>> {
    type Same<'p> = (Line, Vec<&'p str>);
    let mut all: Vec<Same<'_>> = Vec::new();
    for tenant in &plan.tenants {
        for line in tenant.experience.iter().flat_map(|it| &it.lines) {
            let is_same = |(it, _): &&mut Same<'_>| Line { to: line.to.clone(), ..it.clone() } == *line;
            match all.iter_mut().find(is_same) {
                Some((it, tenants)) => {
                    it.to.extend(line.to.iter().cloned());
                    tenants.push(&tenant.tenant);
                }
                None => all.push((line.clone(), vec![&tenant.tenant])),
            }
        }
    }
    all.sort_by_key(|(line, _)| line.class);
    all.into_iter()
        .map(|(line, mut tenants)| {
            tenants.dedup();
            Said { class: line.class, tenants, sentence: line.sentence() }
        })
        .collect()
}

/// What calls do while the plan is applied, by tenant.
pub fn meanwhile(plan: &Plan) -> Vec<(&str, &Meanwhile)> {
    let mut all = Vec::new();
    for tenant in &plan.tenants {
        let own = tenant.experience.iter().flat_map(|it| &it.meanwhile);
        all.extend(own.map(|one| (tenant.tenant.as_str(), one)));
    }
    all
}

/// Objects of which no call shows what changes, with their tenants.
pub fn beyond(plan: &Plan) -> Option<String> {
    let of = |tenant: &'_ TenantPlan| -> Vec<String> {
        let all = tenant.experience.iter().flat_map(|it| &it.beyond);
        all.map(|address| format!("{}/{address}", tenant.tenant)).collect()
    };
    let all: Vec<String> = plan.tenants.iter().flat_map(of).collect();
    (!all.is_empty()).then(|| {
        let what = listed(all, "and", "object");
        format!("What changes of {what} is not part of any call that is placed here; callers may notice it.")
    })
}

/// Whether it was worked out for every tenant with steps, and no caller notices anything.
pub fn is_nothing(plan: &Plan) -> bool {
    let mut tenants = plan.tenants.iter().filter(|it| !it.steps.is_empty()).peekable();
    tenants.peek().is_some()
        && tenants.all(|it| {
            it.experience.as_ref().is_some_and(|it| {
                it.lines.is_empty() && it.meanwhile.is_empty() && it.beyond.is_empty() && !it.is_limited
            })
        })
}

/// Whether callers notice anything.
pub fn is_noticed(plan: &Plan) -> bool {
    plan.tenants.iter().any(|it| it.experience.as_ref().is_some_and(|it| !it.lines.is_empty()))
}

/// The number of single changes.
pub fn fields(plan: &Plan) -> usize {
    plan.steps().map(|(_, step)| step.changes.len()).sum()
}

/// The sentence of a plan of which no caller notices anything.
pub fn nothing(plan: &Plan) -> String {
    let fields = fields(plan);
    let verb = if fields == 1 { "changes" } else { "change" };
    format!("{} {verb}, callers notice nothing.", count(fields, "field"))
}

/// The tenants of a sentence, where a plan has several.
pub fn tenants(said: &Said<'_>, plan: &Plan) -> String {
    if plan.tenants.len() < 2 {
        return String::new();
    }
    let names: Vec<String> = said.tenants.iter().map(|it| (*it).to_owned()).collect();
    format!("{}: ", listed(names, "and", "tenant"))
}

/// Writes what callers notice.
pub fn experience(out: &mut Page<'_>, plan: &Plan, expand: bool) -> io::Result<()> {
    let said = sentences(plan);
    let (meanwhile, beyond) = (meanwhile(plan), beyond(plan));
    if said.is_empty() && meanwhile.is_empty() && beyond.is_none() {
        return Ok(());
    }
    let most = if expand { usize::MAX } else { MOST };
    let mut told: BTreeSet<Class> = BTreeSet::new();
    for one in said.iter().take(most) {
        if told.insert(one.class) {
            let head = match one.class {
                Class::CallerVisible => "Callers notice:",
                Class::OnFailure => "Callers notice only when something fails:",
                Class::Cosmetic => "Callers notice nothing:",
            };
            say!(out, "{}", paint(BOLD, head))?;
        }
        say!(out, "  {}{}", printable(tenants(one, plan)), printable(one.sentence.clone()))?;
    }
    if said.len() > most {
        let more =
            format!("  … and {}: `--expand` or `--format json`", count(said.len() - most, "more sentence"));
        say!(out, "{}", paint(DIM, more))?;
    }
    for (tenant, one) in meanwhile {
        let tenant = if plan.tenants.len() < 2 { String::new() } else { format!("{tenant}: ") };
        let sign = if one.is_lost { paint(RED, "warning:") } else { paint(YELLOW, "note:") };
        say!(out, "{} {}{}", sign, printable(tenant), printable(one.sentence()))?;
    }
    if let Some(beyond) = beyond {
        say!(out, "{} {}", paint(YELLOW, "note:"), printable(beyond))?;
    }
    say!(out)
}

/// Writes what callers notice of what was done, when an apply has ended: of a tenant of which not every step is done nobody
/// knows it.
pub fn noticed_now(out: &mut Page<'_>, plan: &Plan, outcomes: &[Outcome]) -> io::Result<()> {
    let is_done = |it: &&Outcome| matches!(it.status, Status::Done);
    let undone: BTreeSet<&str> =
        outcomes.iter().filter(|it| !is_done(it)).map(|it| it.tenant.as_str()).collect();
    let all = plan.tenants.iter().filter(|it| !undone.contains(it.tenant.as_str()));
    let done = Plan { tenants: all.cloned().collect(), ..Plan::new(Vec::new()) };
    let said: Vec<Said<'_>> = sentences(&done);
    let end = if out.is_markdown() { "\n" } else { "" };
    if !said.is_empty() {
        let head = if out.is_markdown() { "**Callers notice:**\n" } else { "Callers notice:" };
        say!(out, "{}", Own(head))?;
    }
    for one in said.iter().take(MOST) {
        let how = (one.class == Class::OnFailure).then_some(Own("only when something fails: "));
        let sign = if out.is_markdown() { "- " } else { "  " };
        let (tenants, sentence) = (printable(tenants(one, plan)), printable(one.sentence.clone()));
        say!(out, "{}{}{}{}", Own(sign), how, tenants, sentence)?;
    }
    if said.len() > MOST {
        say!(out, "  … and {}", count(said.len() - MOST, "more sentence"))?;
    }
    if is_nothing(&done) {
        say!(out, "{}{}", nothing(&done), Own(end))?;
    }
    let touched = plan.tenants.iter().filter(|it| undone.contains(it.tenant.as_str()));
    let names: Vec<String> = touched.map(|it| it.tenant.clone()).collect();
    if !names.is_empty() {
        let names = printable(listed(names, "and", "tenant"));
        say!(
            out,
            "Not every step of {} is done: calls there may go otherwise than the plan says.{}",
            names,
            Own(end)
        )?;
    }
    Ok(())
}
