//! How much changes, and whose.

use super::{
    filter::Tenants,
    words::{END, lines, sentence},
};
use crate::{
    plan::{Action, Class, Plan, TenantPlan},
    render::plan::summary,
    text::{count, printable},
};
use maud::{Markup, html};
use std::io;

/// Of more tenants than this the table is folded.
const LONG: usize = 25;

/// The columns of the table.
const HEADS: [&str; 8] =
    ["Tenant", "Provider, account", "Create", "Update", "Delete", "By hand", "Callers notice", "Blocked"];

/// The sentences that end a plan as text.
pub fn overview(plan: &Plan) -> io::Result<Markup> {
    let digest = format!("digest {}", plan.digest);
    let said = lines(|page| summary(page, plan))?;
    let critical = plan.steps().filter(|(_, step)| step.critical.is_some()).count();
    Ok(html! {
        @for (at, line) in said.iter().filter(|it| **it != digest).enumerate() {
            p class=[(at == 0).then_some("lead")] { (sentence(line)) }
        }
        @if critical > 0 {
            p { strong class="bad" { (count(critical, "critical change")) " to approve." } }
        }
    })
}

/// How many steps each tenant has, with a link to them.
pub fn table(tenants: &Tenants<'_>) -> Markup {
    let shown = tenants.shown();
    let of = |it: &TenantPlan, action: Action| it.steps.iter().filter(|step| step.shown() == action).count();
    let noticed = |it: &TenantPlan| it.steps.iter().filter(|step| step.class == Class::CallerVisible).count();
    let table = html! {
        table {
            caption { "Steps by tenant" }
            thead {
                tr {
                    @for head in HEADS { th scope="col" { (head) } }
                }
            }
            tbody {
                @for (place, it) in shown {
                    tr class=(tenants.class("", [it.tenant.as_str()])) {
                        th scope="row" {
                            @if it.steps.is_empty() { (printable(it.tenant.clone())) }
                            @else { a href=(format!("#tenant-{place}")) { (printable(it.tenant.clone())) } }
                        }
                        td { (printable(it.provider.clone())) ", " (printable(it.account.clone())) }
                        @for action in [Action::Create, Action::Update, Action::Delete, Action::Manual] {
                            td class="number" { (of(it, action)) }
                        }
                        td class="number" { (noticed(it)) }
                        td { @if it.blocked.is_empty() { "no" } @else { strong class="bad" { "blocked" } } }
                    }
                    (END)
                }
            }
        }
    };
    html! {
        @if shown.len() > LONG {
            details { summary { "Steps by tenant (" (shown.len()) ")" } div class="wide" tabindex="0" role="region" aria-label="Steps by tenant" { (table) } }
        } @else {
            div class="wide" tabindex="0" role="region" aria-label="Steps by tenant" { (table) }
        }
    }
}
