//! What needs a person, before anything is applied or beside it.

use super::{
    filter::Tenants,
    findings::finding,
    words::{code, list, sentence},
};
use crate::{
    plan::{Action, Clicks, Plan, Step, TenantPlan},
    render::{
        by_hand,
        plan::{NO_WAY_BACK, withheld},
    },
    text::{escaped, printable, shell},
};
use maud::{Markup, html};

/// Lists by what is to be done; nothing where there is nothing.
pub fn attention(plan: &Plan, tenants: &Tenants<'_>) -> Markup {
    let lists = [
        ("Blocked", blocked(plan, tenants)),
        ("To approve", critical(plan, tenants)),
        ("Deletions", deletions(plan, tenants)),
        ("To do by hand", manual(plan, tenants)),
        ("To check by hand", unverifiable(plan, tenants)),
    ];
    html! {
        @for (title, List { items, of }) in &lists {
            @if !items.is_empty() {
                section class=(tenants.class("", of.iter().copied())) {
                    h3 { (title) }
                    (list(items, "item"))
                }
            }
        }
    }
}

/// Items, and the tenants they are about.
#[derive(Default)]
struct List<'p> {
    items: Vec<Markup>,
    of: Vec<&'p str>,
}

impl<'p> List<'p> {
    fn add(&mut self, tenants: &Tenants<'_>, tenant: &'p TenantPlan, item: &Markup) {
        let name = tenant.tenant.as_str();
        self.items.push(html! { li class=(tenants.class("", [name])) { (item) } });
        self.of.push(name);
    }
}

/// An object behind its tenant.
fn full(tenant: &TenantPlan, step: &Step) -> String {
    format!("{}/{}", tenant.tenant, step.address)
}

fn blocked<'p>(plan: &'p Plan, tenants: &Tenants<'_>) -> List<'p> {
    let mut list = List::default();
    for tenant in &plan.tenants {
        let name = printable(tenant.tenant.clone());
        for it in &tenant.blocked {
            list.add(tenants, tenant, &finding(it, Some(&format!("blocked, {name}"))));
        }
        let all = (!tenant.blocked.is_empty()).then(|| "nothing is planned for this tenant".to_owned());
        if let Some(what) = withheld(tenant).or(all) {
            list.add(tenants, tenant, &html! { strong class="bad" { (name) } ": " (sentence(&what)) });
        }
        for refusal in &tenant.refused {
            let refusal = printable(refusal.clone());
            let item = html! { strong class="bad" { "over the guard, " (name) } ": " (sentence(&refusal)) };
            list.add(tenants, tenant, &item);
        }
    }
    list
}

fn critical<'p>(plan: &'p Plan, tenants: &Tenants<'_>) -> List<'p> {
    let mut list = List::default();
    for (tenant, step) in plan.steps() {
        let Some(why) = &step.critical else { continue };
        let full = full(tenant, step);
        let item = html! {
            strong class="bad" { "critical" } ": " (code(&full)) " " (sentence(&printable(why.clone())))
            "; needs " (code(format!("--approve-critical {}", shell(&full))))
        };
        list.add(tenants, tenant, &item);
    }
    list
}

fn deletions<'p>(plan: &'p Plan, tenants: &Tenants<'_>) -> List<'p> {
    let mut list = List::default();
    for (tenant, step) in plan.steps().filter(|(_, step)| step.action == Action::Delete) {
        let item = html! {
            strong class="bad" { "delete" } " " (code(full(tenant, step)))
            @for lost in &step.lost { br; (lost_for_good(lost)) }
        };
        list.add(tenants, tenant, &item);
    }
    list
}

/// What no restore brings back.
pub fn lost_for_good(lost: &str) -> Markup {
    html! { strong class="some" { (NO_WAY_BACK) } ": " (sentence(&printable(lost.to_owned()))) }
}

fn manual<'p>(plan: &'p Plan, tenants: &Tenants<'_>) -> List<'p> {
    let mut list = List::default();
    for (tenant, step) in plan.steps().filter(|(_, step)| step.action == Action::Manual) {
        let full = full(tenant, step);
        if step.instructions.is_empty() {
            list.add(tenants, tenant, &code(full));
            continue;
        }
        list.add(tenants, tenant, &html! { (code(full)) (clicks(&step.instructions)) });
    }
    list
}

/// What to click and to enter, to be ticked off on the screen or on paper.
pub fn clicks(instructions: &[Clicks]) -> Markup {
    tasks(instructions.iter().map(ToString::to_string))
}

fn tasks(lines: impl Iterator<Item = String>) -> Markup {
    html! {
        ul class="tasks" {
            @for line in lines {
                // Every word of it counts.
                li { label { input type="checkbox" autocomplete="off"; " " span { (escaped(line)) } } }
            }
        }
    }
}

fn unverifiable<'p>(plan: &'p Plan, tenants: &Tenants<'_>) -> List<'p> {
    let mut list = List::default();
    for tenant in &plan.tenants {
        for it in &tenant.unverifiable {
            let full = format!("{}/{}", tenant.tenant, it.address);
            let item = html! {
                (code(full))
                @if let Some(why) = &it.critical {
                    " " strong class="bad" { "critical" } ": " (sentence(&printable(why.clone())))
                }
                (tasks(by_hand::lines(it).into_iter()))
            };
            list.add(tenants, tenant, &item);
        }
    }
    list
}
