//! One tenant alone, chosen in the head of the page. The style sheet hides the others: no script is needed.

use crate::{
    plan::{Plan, TenantPlan},
    render::plan::has_more,
    text::printable,
};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// The tenants of a plan, by their names and their places in it.
pub struct Tenants<'p> {
    places: BTreeMap<&'p str, usize>,
    /// Those of which the page says something.
    shown: Vec<(usize, &'p TenantPlan)>,
}

/// Whether the page says something of a tenant.
fn is_shown(tenant: &TenantPlan) -> bool {
    // Calls may differ without a step: by another time zone.
    let is_noticed = tenant.experience.as_ref().is_some_and(|it| !it.lines.is_empty());
    !tenant.steps.is_empty() || !tenant.findings.is_empty() || is_noticed || has_more(tenant)
}

impl<'p> Tenants<'p> {
    pub fn of(plan: &'p Plan) -> Self {
        let all = || plan.tenants.iter().enumerate();
        Self {
            places: all().map(|(place, it)| (it.tenant.as_str(), place)).collect(),
            shown: all().filter(|(_, it)| is_shown(it)).collect(),
        }
    }

    pub fn shown(&self) -> &[(usize, &'p TenantPlan)] {
        &self.shown
    }

    /// Whether there are several to choose from.
    pub fn are_several(&self) -> bool {
        self.shown.len() > 1
    }

    /// The classes of something that is about these tenants alone.
    pub fn class<'t>(&self, what: &str, of: impl IntoIterator<Item = &'t str>) -> String {
        let mut class = what.to_owned();
        if self.are_several() {
            class.push_str(" of");
            let places: BTreeSet<usize> =
                of.into_iter().filter_map(|name| self.places.get(name)).copied().collect();
            for place in places {
                class.push_str(&format!(" of-{place}"));
            }
        }
        class.trim_start().to_owned()
    }

    /// Where one chooses.
    pub fn choice(&self) -> Markup {
        html! {
            @if self.are_several() {
                p class="filter" {
                    label for="tenant" { "Tenant" }
                    " "
                    select id="tenant" autocomplete="off" {
                        option selected { "all " (self.shown.len()) }
                        @for (place, tenant) in &self.shown {
                            option id=(format!("only-{place}")) { (printable(tenant.tenant.clone())) }
                        }
                    }
                }
            }
        }
    }

    /// The rules that hide the others.
    pub fn rules(&self) -> String {
        let places = self.shown.iter().filter(|_| self.are_several()).map(|(place, _)| place);
        let rule = |it| format!("header:has(#only-{it}:checked)~main .of:not(.of-{it}){{display:none}}\n");
        places.map(rule).collect()
    }
}
