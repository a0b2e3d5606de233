//! What callers notice, in the sentences of a plan as text.

use super::{
    filter::Tenants,
    words::{END, list, sentence},
};
use crate::{
    plan::{Class, Plan},
    render::experience::{self, Said},
    text::{count, printable},
};
use maud::{Markup, html};

/// The sentences of all tenants, the gravest first.
pub fn callers(plan: &Plan, tenants: &Tenants<'_>) -> Markup {
    let said = experience::sentences(plan);
    let meanwhile = experience::meanwhile(plan);
    let unknown: Vec<&str> = plan
        .tenants
        .iter()
        .filter(|it| it.experience.is_none() && !it.steps.is_empty())
        .map(|it| it.tenant.as_str())
        .collect();
    html! {
        @if experience::is_nothing(plan) { p { (experience::nothing(plan)) } }
        @for (class, title) in HEADS {
            @let own: Vec<&Said<'_>> = said.iter().filter(|it| it.class == class).collect();
            @if !own.is_empty() {
                section class=(tenants.class("", own.iter().flat_map(|it| it.tenants.iter().copied()))) {
                    h3 { (title) }
                    (list(&own.iter().map(|it| said_of(it, plan, tenants)).collect::<Vec<_>>(), "sentence"))
                }
            }
        }
        @if !meanwhile.is_empty() {
            section class=(tenants.class("", meanwhile.iter().map(|(tenant, _)| *tenant))) {
                h3 { "While it is applied" }
                ul {
                    @for (tenant, one) in &meanwhile {
                        li class=(tenants.class("", [*tenant])) {
                            @if one.is_lost { strong class="bad" { "warning:" } } @else { strong class="some" { "note:" } }
                            " "
                            @if plan.tenants.len() > 1 { (printable((*tenant).to_owned())) ": " }
                            (sentence(&printable(one.sentence())))
                        }
                        (END)
                    }
                }
            }
        }
        @for remark in experience::remarks(plan) {
            p { strong class="some" { "note:" } " " (sentence(&printable(remark))) }
        }
        @if !unknown.is_empty() {
            @let whose = if plan.tenants.len() > 1 { format!(" for {}", count(unknown.len(), "tenant")) } else { String::new() };
            p class=(tenants.class("", unknown)) {
                "What calls do is not worked out" (whose) ": each change says by itself whether callers may notice it."
            }
        }
    }
}

const HEADS: [(Class, &str); 3] = [
    (Class::CallerVisible, "Callers notice"),
    (Class::OnFailure, "Callers notice only when something fails"),
    (Class::Cosmetic, "Callers notice nothing"),
];

fn said_of(one: &Said<'_>, plan: &Plan, tenants: &Tenants<'_>) -> Markup {
    html! {
        li class=(tenants.class("", one.tenants.iter().copied())) {
            (printable(experience::tenants(one, plan)))
            (sentence(&printable(one.sentence.clone())))
        }
    }
}
