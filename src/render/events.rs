//! What `apply --format json` tells programs: one event a line, the last one with everything.

use super::json;
use crate::{
    finding::Finding,
    outcome::Outcome,
    plan::{Action, Plan},
};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::Path,
};

#[derive(Serialize)]
struct Ended<'a> {
    event: &'static str,
    #[serde(flatten)]
    outcome: &'a Outcome,
}

/// What is about to be done: counts, and the plan as `plan --format json` has it.
pub fn planned(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    let of = |action| plan.count(action);
    json::line(
        out,
        &serde_json::json!({
            "event": "planned",
            "format_version": plan.format_version,
            "digest": plan.digest,
            "blocked": blocked(plan),
            "create": of(Action::Create),
            "update": of(Action::Update),
            "delete": of(Action::Delete),
            "manual": of(Action::Manual),
            "unchecked": plan.unchecked(),
            "findings": plan.findings,
            "tenants": plan.tenants,
        }),
    )
}

/// What of a reviewed plan is so already, if anything is.
pub fn already(out: &mut dyn Write, objects: &[String]) -> io::Result<()> {
    match objects {
        [] => Ok(()),
        objects => json::line(out, &serde_json::json!({ "event": "already", "objects": objects })),
    }
}

/// A step begins.
pub fn started(out: &mut dyn Write, tenant: &str, address: &str, action: Action) -> io::Result<()> {
    json::line(
        out,
        &serde_json::json!({ "event": "started", "tenant": tenant, "address": address, "action": action }),
    )
}

/// A step has ended.
pub fn ended(out: &mut dyn Write, outcome: &Outcome) -> io::Result<()> {
    json::line(out, &Ended { event: "step", outcome })
}

/// The run ended before there was a plan to carry out.
pub fn failed(out: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    json::line(out, &serde_json::json!({ "event": "failed", "findings": findings }))
}

/// How it ended; with the restore file, if there was something to keep, and what went wrong beside the steps.
pub fn finished(
    out: &mut dyn Write,
    plan: &Plan,
    restore: Option<&Path>,
    outcomes: &[Outcome],
    findings: &[Finding],
) -> io::Result<()> {
    let mut summary: BTreeMap<String, usize> = BTreeMap::new();
    for outcome in outcomes {
        let word = serde_json::to_value(outcome.status)?;
        *summary.entry(word.as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    json::line(
        out,
        &serde_json::json!({
            "event": "finished",
            "digest": plan.digest,
            "blocked": blocked(plan),
            "restore": restore.map(Path::to_string_lossy),
            "unchecked": plan.unchecked(),
            "summary": summary,
            "steps": outcomes,
            "findings": findings,
        }),
    )
}

fn blocked(plan: &Plan) -> Vec<&str> {
    let blocked = plan.tenants.iter().filter(|tenant| !tenant.blocked.is_empty());
    blocked.map(|tenant| tenant.tenant.as_str()).collect()
}
