//! Every step, tenant by tenant.

use super::{
    attention::{clicks, lost_for_good},
    filter::Tenants,
    summary::table,
    words::{END, code, lines, sentence},
};
use crate::{
    plan::{Action, Plan, Step},
    render::{
        groups::{self, Groups},
        plan::{changes, noticed},
    },
    text::{count, printable, shell},
};
use maud::{Markup, html};
use std::{collections::BTreeSet, io};

/// In a plan of more steps than this those of each tenant are folded.
const LONG: usize = 80;

/// The option that approves a step, as a shell takes it.
fn approval(tenant: &str, step: &Step) -> String {
    format!("--approve-critical {}", shell(&format!("{tenant}/{}", step.address)))
}

/// Steps that are shown together.
struct Part<'p> {
    title: String,
    /// Whose account it is.
    account: Option<String>,
    /// The place of the tenant, if it is one.
    place: Option<usize>,
    of: Vec<&'p str>,
    /// Each with where it is declared.
    steps: Vec<(&'p Step, Option<String>)>,
}

/// What many tenants have in common, then by tenant.
pub fn steps(plan: &Plan, tenants: &Tenants<'_>, expand: bool) -> io::Result<Markup> {
    let groups = Groups::of(plan, expand);
    let mut parts = Vec::new();
    for (of, steps) in groups.by_tenants() {
        parts.push(Part {
            title: format!("{} tenants: {}", of.len(), groups::names(&of)),
            account: None,
            place: None,
            of: of.iter().map(|it| it.tenant.as_str()).collect(),
            steps: steps.into_iter().map(|step| (step, groups.place(step))).collect(),
        });
    }
    let rest = plan.tenants.iter().enumerate().map(|(place, it)| (place, it, groups.rest(it)));
    for (place, tenant, steps) in rest.filter(|(_, tenant, _)| !tenant.steps.is_empty()) {
        let at = |step: &Step| step.source.as_ref().map(ToString::to_string);
        parts.push(Part {
            title: tenant.tenant.clone(),
            account: Some(format!("{}, account {}", tenant.provider, tenant.account)),
            place: Some(place),
            of: vec![tenant.tenant.as_str()],
            steps: steps.into_iter().map(|step| (step, at(step))).collect(),
        });
    }
    let is_long = plan.steps().count() > LONG;
    let parts = parts.iter().map(|it| part(it, tenants, is_long)).collect::<io::Result<Vec<_>>>()?;
    Ok(html! {
        @if tenants.are_several() && !parts.is_empty() { (table(tenants)) }
        @for it in parts { (it) (END) }
    })
}

fn part(part: &Part<'_>, tenants: &Tenants<'_>, is_long: bool) -> io::Result<Markup> {
    let Part { title, account, place, of, steps } = part;
    let shown =
        steps.iter().map(|(step, at)| self::step(step, at.as_deref(), of)).collect::<io::Result<Vec<_>>>()?;
    let body = html! { @for it in shown { (it) (END) } };
    let id = place.map(|place| format!("tenant-{place}"));
    Ok(html! {
        section class=(tenants.class("part", of.iter().copied())) id=[id] {
            h3 { (printable(title.clone())) }
            @if let Some(account) = account { p class="soft" { "on " (printable(account.clone())) } }
            @if steps.is_empty() {
                p { "All of its changes are among those that several tenants have in common." }
            } @else if is_long {
                details { summary { (counted(steps)) } (body) }
            } @else {
                (body)
            }
        }
    })
}

/// "12 steps: 2 to create, 10 to update"
fn counted(steps: &[(&Step, Option<String>)]) -> String {
    let words = [
        (Action::Create, "to create"),
        (Action::Update, "to update"),
        (Action::Delete, "to delete"),
        (Action::Manual, "by hand"),
    ];
    let of = |action| steps.iter().filter(|(step, _)| step.shown() == action).count();
    let parts = words.into_iter().map(|(action, words)| (of(action), words)).filter(|(of, _)| *of > 0);
    let parts: Vec<String> = parts.map(|(of, words)| format!("{of} {words}")).collect();
    format!("{}: {}", count(steps.len(), "step"), parts.join(", "))
}

fn step(step: &Step, at: Option<&str>, of: &[&str]) -> io::Result<Markup> {
    let (class, word) = match step.shown() {
        Action::Create => ("good", "+ create"),
        Action::Update => ("some", "~ update"),
        Action::Delete => ("bad", "- delete"),
        Action::Manual => ("some", "! by hand"),
    };
    let changed = lines(|page| changes(page, step))?;
    let needed: BTreeSet<&str> = of.iter().copied().collect();
    Ok(html! {
        article class="step" {
            h4 { span class=(format!("sign {class}")) { (word) } " " (code(&step.address)) }
            p class="soft" {
                (noticed(step))
                @if let Some(at) = at { " · " (code(at)) }
            }
            @if let Some(why) = &step.critical {
                p { strong class="bad" { "critical" } ": " (sentence(&printable(why.clone()))) }
                @match needed.iter().next() {
                    Some(one) if needed.len() == 1 => {
                        p { "needs " (code(approval(one, step))) }
                    }
                    _ => p { "needs " (code(approval("TENANT", step))) " for each of them" },
                }
            }
            @if !changed.is_empty() {
                pre {
                    @for (at, line) in changed.iter().enumerate() {
                        @if at > 0 { "\n" }
                        @let line = line.strip_prefix(INDENT).unwrap_or(line);
                        span class=[sign(line)] { (line) }
                    }
                }
            }
            @for lost in &step.lost { p { (lost_for_good(lost)) } }
            @if !step.instructions.is_empty() { (clicks(&step.instructions)) }
        }
    })
}

/// Before each line of a change in a plan as text.
const INDENT: &str = "      ";

/// How a line is coloured, beside the sign that it begins with.
fn sign(line: &str) -> Option<&'static str> {
    match line.trim_start() {
        it if it.starts_with("+ ") => Some("good"),
        it if it.starts_with("- ") => Some("bad"),
        _ => None,
    }
}
