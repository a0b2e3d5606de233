//! Findings with the lines they are about.

use super::{
    filter::Tenants,
    words::{END, code, sentence},
};
use crate::{
    finding::{Finding, Level, Place},
    plan::Plan,
    render::findings::TOGETHER,
    text::{marked, printable},
};
use maud::{Markup, html};

/// All of a plan, errors first. What is known to be about one tenant goes with it.
pub fn findings(plan: &Plan, tenants: &Tenants<'_>) -> Markup {
    let class = |it: &Finding| {
        let of: Vec<&str> = plan
            .tenants
            .iter()
            .filter(|tenant| tenant.findings.contains(it))
            .map(|it| it.tenant.as_str())
            .collect();
        if of.is_empty() { String::new() } else { tenants.class("", of) }
    };
    html! {
        @for level in [Level::Error, Level::Warning] {
            @for it in plan.findings.iter().filter(|it| it.level == level) {
                div class=(class(it)) { (finding(it, None)) }
                (END)
            }
        }
    }
}

/// One finding. `what`: what comes of it, if that is more than its code says.
pub fn finding(finding: &Finding, what: Option<&str>) -> Markup {
    let Finding { place, level, code: name, message, help } = finding;
    let (class, word) = match level {
        Level::Error => ("bad", "error"),
        Level::Warning => ("some", "warning"),
    };
    html! {
        div class="finding" {
            p {
                @match what {
                    Some(what) => strong class="bad" { (what) },
                    None => { strong class=(class) { (word) } " " (code(name)) }
                }
                ": " (sentence(&printable(message.clone())))
            }
            @if let Some(place) = place {
                (excerpt(place))
                @if let Some(also) = &place.also { p { (TOGETHER) ":" } (excerpt(also)) }
            }
            @if let Some(help) = help { p { strong { "help:" } " " (sentence(&printable(help.clone()))) } }
        }
    }
}

/// The line of a place, with the stretch that it is about.
fn excerpt(place: &Place) -> Markup {
    let Place { file, line, column, length, source, skipped, also: _ } = place;
    // Replaced character by character, so that columns stay the same.
    let source = marked(source);
    let letters = |from: usize, count: usize| source.chars().skip(from).take(count).collect::<String>();
    let from = column.saturating_sub(1 + skipped);
    html! {
        p class="at" { (code(format!("{file}:{line}"))) }
        pre {
            span class="line" { (line) " | " }
            span { (letters(0, from)) }
            mark { (letters(from, *length)) }
            span { (letters(from + length, usize::MAX)) }
        }
    }
}
