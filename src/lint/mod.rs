//! Checks of what is written, before anything is asked of a phone system. Pure.
//!
//! One lint is one file: what it is called, its documentation, an example, its check. `dialform explain CODE` prints the
//! documentation and the example. A check returns findings and never stops the others; one run shows all of them.

mod absent_and_declared;
mod allowed_and_blocked;
mod bulk_conflict;
mod busy_loop;
pub mod calls;
mod confusable;
mod dead_end;
mod dead_forward;
mod default_rule_last;
mod divert_loop;
mod duplicate_rule;
mod duplicate_tenant;
mod failover_never;
mod failover_without_require_agents;
mod first_day_inside;
mod foreign_schedule;
mod forward_comes_back;
mod forward_in_doubt;
mod holiday_below_hours;
mod hosted_forward;
mod impossible_number;
mod in_part;
mod look_alike;
mod mailbox_of_another;
mod near_names;
mod no_answer_loop;
mod nobody_there;
mod number_twice;
mod number_without_forward;
mod one_place;
mod outage_loop;
mod past_date;
mod pattern_of_one;
mod phone_never_rings;
mod queue_without_agents;
mod receiver_abroad;
mod receiver_twice;
mod ring_loop;
mod rule_never_wins;
mod same_but_for_capitals;
mod same_schedule;
mod schedule_without_effect;
mod self_reference;
mod shared_account;
mod simultaneous_no_answer;
mod single_account;
mod skip_without_whisper;
mod unknown_provider;
mod unknown_queue;
mod unknown_schedule;
mod unknown_time_zone;
mod unused_number_range;

use crate::{
    finding::{Finding, Level, Place},
    flow,
    model::{Tenant, WorkspaceFile},
    path::{Path, Segment},
    text::look_alike,
};
use std::collections::{BTreeMap, BTreeSet};

pub use in_part::{Needs, check_part, check_provider, check_several, check_values, is_of_several};

/// A check with its name and its documentation.
pub struct Lint {
    /// Stable, never used again for something else.
    pub code: &'static str,
    pub level: Level,
    /// The version of dialform that first had it.
    pub since: &'static str,
    /// Markdown: what it finds, why it matters and the way out.
    pub docs: &'static str,
    pub example: Example,
    pub check: Check,
}

/// How a lint finds something.
pub enum Check {
    /// By what is written.
    Files(fn(&Subject<'_>, &mut Findings<'_>)),
    /// By placing calls to what leads back to itself.
    Calls,
    /// By placing every call at every time and in every state: `check --calls`.
    Sweep,
}

/// Files with one finding of a lint, and the same without it.
///
/// A comment that is the name of a file begins that file; without one all is a tenant's file. The keys that a file needs
/// beside those of the example are left out.
pub struct Example {
    pub bad: &'static str,
    /// `line:column: message`, before it the file's name where `bad` has several.
    pub finding: &'static str,
    pub good: &'static str,
}

impl Lint {
    fn finding(&self, message: impl Into<String>) -> Finding {
        match self.level {
            Level::Error => Finding::error(self.code, message),
            Level::Warning => Finding::warning(self.code, message),
        }
    }

    /// Markdown: the documentation and the example.
    pub fn explanation(&self) -> String {
        let Self { code, level, since, docs, example, check } = self;
        let Example { bad, finding, good } = example;
        let (bad, good) = (bad.trim(), good.trim());
        let level = match level {
            Level::Error => "Error",
            Level::Warning => "Warning",
        };
        let by = if matches!(check, Check::Sweep) { " (`dialform check --calls`)" } else { "" };
        format!(
            "# {code}\n\n{docs}\n\n### Example\n```yaml\n{bad}\n```\n{level}{by} at {finding}\n\n\
             Corrected:\n```yaml\n{good}\n```\n\nSince dialform {since}.\n"
        )
    }
}

/// Whether a lint says of something that it never happens: where that changes by itself, it is not so.
pub fn says_never(code: &str) -> bool {
    let those = [
        &dead_forward::LINT,
        &phone_never_rings::LINT,
        &rule_never_wins::LINT,
        &schedule_without_effect::LINT,
    ];
    those.iter().any(|lint| lint.code == code)
}

/// Every lint, by code.
pub static LINTS: &[&Lint] = &[
    &absent_and_declared::LINT,
    &allowed_and_blocked::LINT,
    &bulk_conflict::LINT,
    &busy_loop::LINT,
    &confusable::LINT,
    &dead_end::LINT,
    &dead_forward::LINT,
    &default_rule_last::LINT,
    &divert_loop::LINT,
    &duplicate_rule::LINT,
    &duplicate_tenant::LINT,
    &failover_never::LINT,
    &failover_without_require_agents::LINT,
    &first_day_inside::LINT,
    &foreign_schedule::LINT,
    &forward_comes_back::LINT,
    &forward_in_doubt::LINT,
    &holiday_below_hours::LINT,
    &hosted_forward::LINT,
    &impossible_number::LINT,
    &look_alike::LINT,
    &mailbox_of_another::LINT,
    &no_answer_loop::LINT,
    &nobody_there::LINT,
    &number_twice::LINT,
    &number_without_forward::LINT,
    &one_place::LINT,
    &outage_loop::LINT,
    &past_date::LINT,
    &pattern_of_one::LINT,
    &phone_never_rings::LINT,
    &queue_without_agents::LINT,
    &receiver_abroad::LINT,
    &receiver_twice::LINT,
    &ring_loop::LINT,
    &rule_never_wins::LINT,
    &same_but_for_capitals::LINT,
    &same_schedule::LINT,
    &schedule_without_effect::LINT,
    &self_reference::LINT,
    &shared_account::LINT,
    &simultaneous_no_answer::LINT,
    &single_account::LINT,
    &skip_without_whisper::LINT,
    &unknown_provider::LINT,
    &unknown_queue::LINT,
    &unknown_schedule::LINT,
    &unknown_time_zone::LINT,
    &unused_number_range::LINT,
];

/// What is checked: the workspace file and every tenant that could be read.
pub struct Subject<'a> {
    pub file: &'a WorkspaceFile,
    pub tenants: &'a [TenantSubject<'a>],
    /// The kinds of provider there are.
    pub kinds: &'a [&'static str],
    /// Those of which one entry of `providers` reaches one account only.
    pub single_account: &'a [&'static str],
    /// Where something stands in `dialform.yaml`.
    pub place: &'a (dyn Fn(&[Segment]) -> Place + Sync),
    /// The time that the files are of, and whether that is now.
    pub at: flow::Seconds,
    pub is_now: bool,
}

/// One tenant and where its parts stand.
pub struct TenantSubject<'a> {
    pub tenant: &'a Tenant,
    pub place: &'a (dyn Fn(&[Segment]) -> Place + Sync),
    /// The same for the key of an entry.
    pub place_of_key: &'a (dyn Fn(&[Segment]) -> Place + Sync),
    /// The same for whatever a call goes by: also where that comes of `bulk`.
    pub place_of_step: &'a (dyn Fn(&Path) -> Option<Place> + Sync),
    /// When its files say something else.
    pub until: BTreeMap<String, flow::Seconds>,
}

/// Where a check puts what it finds.
pub struct Findings<'a> {
    lint: &'a Lint,
    found: Vec<Finding>,
}

impl Findings<'_> {
    fn push(&mut self, place: Place, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(self.lint.finding(message).at(place).help(help));
    }
}

/// Whether something is found by placing calls.
pub fn is_of_calls(code: &str) -> bool {
    LINTS.iter().any(|lint| lint.code == code && !matches!(lint.check, Check::Files(_)))
}

/// Runs every lint.
pub fn check(subject: &Subject<'_>) -> Vec<Finding> {
    together(parts().into_iter().map(|part| part.find(subject)))
}

/// A part of what [`check`] does, which needs nothing of the others.
pub enum Part {
    /// What calls are placed for. It takes as long as all others.
    Calls,
    Files(&'static Lint),
}

/// All of them, the longest first.
pub fn parts() -> Vec<Part> {
    let files = LINTS.iter().filter(|lint| matches!(lint.check, Check::Files(_)));
    std::iter::once(Part::Calls).chain(files.map(|lint| Part::Files(lint))).collect()
}

impl Part {
    pub fn find(&self, subject: &Subject<'_>) -> Vec<Finding> {
        match self {
            Self::Calls => calls::circles_in_files(subject),
            Self::Files(lint) => run(lint, subject),
        }
    }
}

/// What all parts have found, as one.
pub fn together(found: impl IntoIterator<Item = Vec<Finding>>) -> Vec<Finding> {
    let mut all: Vec<Finding> = found.into_iter().flatten().collect();
    all.sort();
    // A rule of `bulk` is looked at once for each of its extensions.
    all.dedup();
    all
}

/// What only placing every call finds, and how many that are.
pub fn sweep(subject: &Subject<'_>, asked: &BTreeSet<&str>) -> (Vec<Finding>, flow::Counted) {
    let tenants = calls::declared(subject);
    let is_asked = |at: &usize| asked.contains(tenants[*at].tenant.tenant.as_str());
    let all = (0..tenants.len()).filter(is_asked).collect();
    let (mut findings, counted) = calls::sweep(&tenants, &all, subject.at);
    findings.extend(past_date::find(subject, asked));
    findings.sort();
    (findings, counted)
}

/// The dates of the named tenants that are over.
pub fn past_dates(subject: &Subject<'_>, asked: &BTreeSet<&str>) -> Vec<Finding> {
    past_date::find(subject, asked)
}

fn run(lint: &Lint, subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Findings { lint, found: Vec::new() };
    if let Check::Files(check) = lint.check {
        check(subject, &mut findings);
    }
    findings.found
}

/// Where a number of a tenant stands: the number itself, which may be the key of an object.
fn place_of_number(it: &TenantSubject<'_>, path: &[Segment]) -> Place {
    if path.len() == 2 { (it.place_of_key)(path) } else { (it.place)(path) }
}

/// A path of keys.
fn keys<const N: usize>(keys: [&dyn std::fmt::Display; N]) -> Path {
    keys.into_iter().map(Segment::key).collect()
}
