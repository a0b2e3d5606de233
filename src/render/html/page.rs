//! The frame: head, parts and foot.

use super::{
    attention::attention,
    callers::callers,
    changes::steps,
    filter::Tenants,
    findings::findings,
    foot::foot,
    notes::notes,
    pictures::{Pictures, pictures},
    style::STYLE,
    summary::overview,
    words::END,
};
use crate::{plan::Plan, text::printable};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::io;

/// Nothing runs and nothing is fetched, whatever a name holds.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A part of the page: its anchor, its name in the head, its heading, what it says.
type Part = (&'static str, &'static str, &'static str, Markup);

/// The whole page.
pub fn page(plan: &Plan, pictures: &Pictures, expand: bool) -> io::Result<String> {
    let tenants = Tenants::of(plan);
    let parts: Vec<Part> = vec![
        ("summary", "Summary", "Summary", overview(plan)?),
        ("callers", "Callers", "What callers notice", callers(plan, &tenants)),
        ("attention", "To do", "What needs a person", attention(plan, &tenants)),
        ("numbers", "Numbers", "Numbers before and after", self::pictures(pictures, &tenants)),
        ("changes", "Changes", "Changes", steps(plan, &tenants, expand)?),
        ("findings", "Findings", "Findings", findings(plan, &tenants)),
        ("notes", "Notes", "Notes", notes(plan, &tenants)?),
    ];
    let parts: Vec<Part> = parts.into_iter().filter(|(.., body)| !body.0.is_empty()).collect();
    let title = match &plan.made_from.environment {
        Some(environment) => format!("dialform plan, {}", printable(environment.clone())),
        None => "dialform plan".to_owned(),
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(tenants.rules())) }
            }
            (END)
            body {
                a class="skip" href="#report" { "Skip to the report" }
                header {
                    h1 { (title) }
                    nav aria-label="Parts of the report" {
                        ul { @for (id, name, ..) in &parts { li { a href=(format!("#{id}")) { (name) } } } }
                    }
                    (tenants.choice())
                }
                (END)
                main id="report" tabindex="-1" {
                    @for (id, _, name, body) in &parts {
                        section id=(id) aria-labelledby=(format!("{id}-title")) {
                            h2 id=(format!("{id}-title")) { (name) }
                            (body)
                        }
                        (END)
                    }
                }
                (foot(plan))
            }
        }
    };
    Ok(quiet(page.into_string() + "\n"))
}

/// A page that no CI system takes for commands when it stands in a log.
fn quiet(page: String) -> String {
    page.replace("##", "#&#35;")
}
