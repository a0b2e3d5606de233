//! What has changed live: since when the file has stood, and both ways out as commands.

use super::{
    Checked,
    check::CheckedTenant,
    place::{lines_of, lines_of_field},
};
use crate::{
    load::{LastChange, last_change},
    plan::{Action, Note, Reason, Step, TenantPlan},
    text::shell,
};
use std::collections::BTreeSet;

/// Of more objects than this in one tenant that have changed live, the rest is told without the commit: each is a question to git.
const ASKED: usize = 100;

/// A plan with a note for each object that has changed live, where it is compared with the commit that is checked out. Of a change
/// that is under review neither command would be the way out.
pub(super) fn with_ways_out(checked: &Checked, tenant: &CheckedTenant, mut plan: TenantPlan) -> TenantPlan {
    if !checked.at_base {
        return plan;
    }
    let moved = |step: &&Step| {
        matches!(step.reason, Some(Reason::Drift | Reason::Both)) && step.action != Action::Manual
    };
    let steps = plan.steps.iter().filter(moved).enumerate();
    let notes: Vec<Note> = steps
        .map(|(number, step)| {
            let since = if number < ASKED { since(checked, tenant, step) } else { String::new() };
            let TenantPlan { tenant, provider, account, .. } = &plan;
            // Both take patterns.
            let address = glob::Pattern::escape(&step.address.to_string());
            let object = format!("{}/{address}", glob::Pattern::escape(tenant));
            // What is to go is declared nowhere: there is nothing to change, and something to add.
            let (first, write) = match (step.removes(), &step.source) {
                (true, Some(_)) => ("take it out of `absent`, and ", ""),
                (true, None) => ("", ""),
                (false, _) => ("", " --write"),
            };
            let text = format!(
                "it has changed live{since}. Back to the file: `dialform apply --only {}`. What is live into the file: \
                 {first}`dialform import --provider {} --account {} --only {}{write}`",
                shell(&object),
                shell(provider),
                shell(account),
                shell(&address),
            );
            Note::new(&step.address, text)
        })
        .collect();
    plan.notes.extend(notes);
    plan
}

/// Which commit last changed the lines that a step is about.
fn since(checked: &Checked, tenant: &CheckedTenant, step: &Step) -> String {
    let loaded = checked.loaded(tenant);
    let mut lines = BTreeSet::new();
    step.source.iter().for_each(|source| lines_of(source, &mut lines));
    for change in &step.changes {
        lines_of_field(loaded, &step.address, &change.path, &mut lines);
    }
    match last_change(&checked.root, &lines) {
        Some(LastChange::Commit { id, subject }) => {
            format!(", and the file stands so since {id} \"{subject}\"")
        }
        Some(LastChange::NotCommitted) => ", and the file is not committed".to_owned(),
        None => String::new(),
    }
}
