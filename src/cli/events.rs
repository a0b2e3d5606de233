//! What `apply --format json` tells programs: one event a line, the last one with everything.

use super::json;
use crate::{
    apply::Outcome,
    plan::{Action, Plan},
};
use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::Path,
};

/// What is about to be done.
pub fn planned(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    let of = |action| plan.count(action);
    json::line(
        out,
        &serde_json::json!({
            "event": "planned",
            "digest": plan.digest,
            "blocked": blocked(plan),
            "create": of(Action::Create),
            "update": of(Action::Update),
            "delete": of(Action::Delete),
            "manual": of(Action::Manual),
        }),
    )
}

/// How it ended; with the restore file, if there was something to keep.
pub fn finished(
    out: &mut dyn Write,
    plan: &Plan,
    restore: Option<&Path>,
    outcomes: &[Outcome],
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
            "summary": summary,
            "steps": outcomes,
        }),
    )
}

fn blocked(plan: &Plan) -> Vec<&str> {
    let blocked = plan.tenants.iter().filter(|tenant| !tenant.blocked.is_empty());
    blocked.map(|tenant| tenant.tenant.as_str()).collect()
}
