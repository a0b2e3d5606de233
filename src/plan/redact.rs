//! A plan for a public repository: what stands in the files is there to be read anyway, and nothing else is shown.

use super::{Plan, Step, TenantPlan};
use crate::{
    diff::FieldChange,
    finding::{Finding, Level},
    path::Segment,
    text::count,
};
use serde_json::Value;
use std::sync::Arc;

/// In the place of what only the live systems know.
const HIDDEN: &str = "(hidden)";

impl Plan {
    /// The same without what only the live systems know. It cannot be applied.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.part = None;
        // All of it stands in the files of one revision or the other.
        if self.made_from.against.is_some() {
            return self;
        }
        let live: Vec<Finding> = self.tenants.iter().flat_map(|it| it.findings.clone()).collect();
        let before = self.findings.len();
        self.findings.retain(|it| !live.contains(it));
        let hidden = before - self.findings.len();
        if hidden > 0 {
            let message = format!("not shown here: {} about what is live", count(hidden, "finding"));
            self.findings.push(Finding::warning("redacted", message));
        }
        self.tenants.iter_mut().for_each(tenant);
        self
    }
}

fn tenant(plan: &mut TenantPlan) {
    plan.endpoints = Arc::default();
    plan.findings.clear();
    plan.unmanaged.clear();
    plan.notes.clear();
    plan.unmanaged_extensions = 0;
    plan.unmanaged_extension_names.clear();
    // Where calls go now is known by what is live.
    plan.experience = None;
    for finding in &mut plan.blocked {
        let message = format!("{HIDDEN}: `dialform plan` without `--redact` says why");
        *finding = Finding { level: Level::Error, message, help: None, ..finding.clone() };
    }
    for step in &mut plan.steps {
        let undeclared = step.after.is_none() && step.source.is_none();
        self::step(step, undeclared);
    }
}

fn step(step: &mut Step, undeclared: bool) {
    step.before = None;
    step.after = None;
    // What nobody declares is known by what is live.
    if undeclared {
        step.address.key = HIDDEN.to_owned();
    }
    if step.critical.is_some() {
        step.critical = Some(format!("{HIDDEN}: `dialform plan` without `--redact` says why"));
    }
    if !step.lost.is_empty() {
        step.lost = vec![HIDDEN.to_owned()];
    }
    step.instructions.clear();
    step.needs.clear();
    step.changes.iter_mut().for_each(change);
}

fn change(change: &mut FieldChange) {
    if change.old.is_some() {
        change.old = Some(Value::from(HIDDEN));
    }
    // What goes from a list is known by what is live.
    if change.new.is_none() {
        let mask = |segment: Segment| match segment {
            Segment::Element { .. } => Segment::element(HIDDEN),
            other => other,
        };
        change.path = change.path.clone().into_iter().map(mask).collect();
    }
}
