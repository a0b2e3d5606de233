//! Where a call goes now, and what a key is for.

use super::{described::described, site::Site};
use crate::{
    load::WORKSPACE_FILE,
    model::{Kind, Reference},
    report::{Trace, What},
    run::{Edited, SchemaOf},
    text::{grouped, printable},
};

/// Of more events than this the others are counted.
const EVENTS: usize = 12;
/// Of more ways that a call may go as well.
const COURSES: usize = 3;

/// What is said of what stands at a byte of a file, in Markdown.
pub fn hover(edited: &Edited, file: &str, text: &str, byte: usize) -> Option<String> {
    if file == WORKSPACE_FILE {
        let tree = crate::load::Tree::parse(file, text).ok()?;
        let path = tree.path_at(file, byte)?;
        return described(&SchemaOf::Workspace.schema(), &path, None);
    }
    let site = Site::at(edited, file, byte)?;
    let word = site.loaded.tree().get(&site.path).filter(|it| it.is_scalar()).map(|it| it.text());
    let schema = match edited.kind(&site.loaded.tenant.provider) {
        Some(kind) => SchemaOf::TenantOn(kind),
        None => SchemaOf::Tenant,
    };
    let said = described(&schema.schema(), &site.path, word);
    let traced = called(&site).map(|called| match (edited.trace(&called), edited.is_whole()) {
        (Some(trace), _) => told(&trace),
        (None, false) => "Where calls go is told when the files have no errors.".to_owned(),
        (None, true) => String::new(),
    });
    let parts: Vec<String> = traced.into_iter().chain(said).filter(|it| !it.is_empty()).collect();
    Some(parts.join("\n\n")).filter(|it| !it.is_empty())
}

/// What can be called, as `trace` takes it.
fn called(site: &Site<'_>) -> Option<String> {
    let tenant = &site.loaded.tenant.tenant;
    let own = |name: &str| Some(format!("{tenant}/{name}"));
    if let Some(reference) = &site.reference {
        return match reference {
            Reference::Queue(name) => own(name),
            Reference::Extension(to) => own(to.as_str()),
            _ => None,
        };
    }
    let address = site.address().filter(|_| site.is_declaration())?;
    match address.kind {
        Kind::Numbers | Kind::Forwards => Some(address.key),
        Kind::Queues | Kind::Rules | Kind::Diverts => own(&address.key),
        Kind::Schedules | Kind::Receivers => None,
    }
}

fn seconds(ms: u32) -> String {
    match ms % 1000 {
        0 => format!("{} s", ms / 1000),
        rest => format!("{}.{} s", ms / 1000, format!("{rest:03}").trim_end_matches('0')),
    }
}

/// A call, in short.
fn told(trace: &Trace) -> String {
    let mut lines = vec![format!(
        "**A call to {} now** ({}; every phone rings, nobody answers)",
        printable(trace.called.clone()),
        trace.at
    )];
    for course in trace.courses.iter().take(COURSES) {
        lines.push(String::new());
        for event in course.events.iter().take(EVENTS) {
            let what = match &event.what {
                What::Step { step, .. } => printable(step.clone()),
                What::Rings { rings, until: Some(until) } => {
                    format!("{} rings until {}", printable(rings.clone()), seconds(*until))
                }
                What::Rings { rings, until: None } => format!("{} rings on", printable(rings.clone())),
            };
            lines.push(format!("- {}: {what}", seconds(event.at)));
        }
        if course.events.len() > EVENTS {
            lines.push(format!("- … and {} more", course.events.len() - EVENTS));
        }
        let at = course.at.map(|at| format!("{}: ", seconds(at))).unwrap_or_default();
        lines.push(format!("- {at}**{}**", printable(course.story.clone())));
    }
    if trace.courses.len() > COURSES {
        lines.push(format!("\n… or in {} other ways: `dialform trace`", trace.courses.len() - COURSES));
    }
    grouped(&lines.join("\n")).into_owned()
}
