//! What `apply --format json` tells programs: one event a line, the last one with everything.

use super::json;
use crate::{
    finding::Finding,
    outcome::Outcome,
    plan::{Action, Plan},
};
use serde::Serialize;
use serde_json::Value;
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
    planned_as(out, plan, &serde_json::to_value(plan)?)
}

/// The same of a plan that is in JSON already.
pub fn planned_as(out: &mut dyn Write, plan: &Plan, json: &Value) -> io::Result<()> {
    // As the steps below say it.
    let of = |action| plan.steps().filter(|(_, step)| step.action == action).count();
    let mut tenants = json["tenants"].clone();
    for tenant in tenants.as_array_mut().into_iter().flatten() {
        // The plan itself has every call that differs; who follows an apply reads the sentences.
        if let Some(experience) = tenant.get_mut("experience").and_then(Value::as_object_mut) {
            experience.remove("table");
        }
    }
    let mut event = serde_json::json!({
            "event": "planned",
            "format_version": plan.format_version,
            "digest": plan.digest,
            "made_from": json["made_from"],
            "blocked": blocked(plan),
            "create": of(Action::Create),
            "update": of(Action::Update),
            "delete": of(Action::Delete),
            "manual": of(Action::Manual),
            "unchecked": plan.unchecked(),
            "findings": json["findings"],
            "tenants": tenants,
    });
    // Of a shard: what joins it with the others.
    if let Some((part, fields)) = json.get("part").zip(event.as_object_mut()) {
        fields.insert("part".to_owned(), part.clone());
    }
    json::line(out, &event)
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
pub fn failed(out: &mut dyn Write, findings: &[Finding], exit_code: i32) -> io::Result<()> {
    let event = serde_json::json!({ "event": "failed", "findings": findings, "exit_code": exit_code });
    json::line(out, &event)
}

/// How a run has ended.
#[derive(Debug, Clone, Copy)]
pub struct End<'e> {
    pub outcomes: &'e [Outcome],
    /// The restore file, if there was something to keep.
    pub restore: Option<&'e Path>,
    /// What went wrong beside the steps.
    pub findings: &'e [Finding],
    pub exit_code: i32,
}

/// How it ended, the last event.
pub fn finished(out: &mut dyn Write, plan: &Plan, end: End<'_>) -> io::Result<()> {
    json::line(out, &end_of(plan, end)?)
}

/// The same as its line.
pub fn last_line(plan: &Plan, end: End<'_>) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    finished(&mut line, plan, end)?;
    Ok(line)
}

/// The same of several runs, with how each of them ended.
pub fn finished_together(
    out: &mut dyn Write,
    plan: &Plan,
    end: End<'_>,
    shards: &impl Serialize,
) -> io::Result<()> {
    let mut event = end_of(plan, end)?;
    event["shards"] = serde_json::to_value(shards)?;
    json::line(out, &event)
}

fn end_of(plan: &Plan, end: End<'_>) -> serde_json::Result<Value> {
    let End { outcomes, restore, findings, exit_code } = end;
    let mut summary: BTreeMap<String, usize> = BTreeMap::new();
    for outcome in outcomes {
        let word = serde_json::to_value(outcome.status)?;
        *summary.entry(word.as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    Ok(serde_json::json!({
        "event": "finished",
        "digest": plan.digest,
        "blocked": blocked(plan),
        "restore": restore.map(Path::to_string_lossy),
        "unchecked": plan.unchecked(),
        "summary": summary,
        "steps": outcomes,
        "findings": findings,
        "exit_code": exit_code,
    }))
}

fn blocked(plan: &Plan) -> Vec<&str> {
    let blocked = plan.tenants.iter().filter(|tenant| !tenant.blocked.is_empty());
    blocked.map(|tenant| tenant.tenant.as_str()).collect()
}
