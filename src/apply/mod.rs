//! Carries out a plan and reads every change back until it is true. Makes no decisions.
//!
//! A write that was accepted proves nothing: servers answer 202 and change nothing (fact sheet NetSapiens section 1,
//! fact 7). A step is done when the live object says what the step says, and not before.

mod fence;
mod settle;

pub use fence::Fence;

use crate::{
    http::ApiError,
    model::Address,
    plan::{Action, Step, TenantPlan},
    provider::{Read, Write},
};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Written and read back as wanted.
    Done,
    /// The provider has accepted it, and it may take hours to show.
    Accepted,
    /// The provider answered that it was done, and it was not.
    NotApplied,
    /// Surely not as wanted.
    Failed,
    /// Not tried, because something it needs was not done.
    Skipped,
    /// Nobody knows: the write got no clear answer and does not show, or what is live cannot be read.
    Unknown,
    /// Left to a person.
    Manual,
}

/// One step and how it ended.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    pub tenant: String,
    pub address: Address,
    pub action: Action,
    pub status: Status,
    /// Why it is not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instructions: Vec<String>,
}

/// How long apply looks for a change that was accepted.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How long a change usually takes to show, or longer if the run was told to wait.
    pub settle: Duration,
    /// How long the provider itself says it may take.
    pub propagation: Option<Duration>,
}

/// Carries out one tenant's steps in their order. A step that is not done stops those that need it, no others. `report`
/// is told of every step as it ends.
pub async fn tenant(
    plan: &TenantPlan,
    reader: &dyn Read,
    writer: &dyn Write,
    patience: Patience,
    report: &mut (dyn FnMut(&Outcome) + Send),
) -> Vec<Outcome> {
    let mut ended: BTreeMap<&Address, Status> = BTreeMap::new();
    let mut outcomes = Vec::new();
    // What a person has to make is not there yet.
    let by_hand = plan.steps.iter().filter(|step| step.action == Action::Manual);
    let by_hand: BTreeSet<&Address> = by_hand.map(|step| &step.address).collect();
    for step in &plan.steps {
        let ready = |need: &Address| match ended.get(need) {
            Some(status) => matches!(status, Status::Done | Status::Accepted),
            None => !by_hand.contains(need),
        };
        let missing = step.needs.iter().find(|need| !ready(need));
        let (status, detail, help) = match missing {
            _ if step.action == Action::Manual => (Status::Manual, None, None),
            Some(need) => (Status::Skipped, Some(format!("{need} was not done")), None),
            None => carry_out(plan, step, reader, writer, patience).await,
        };
        if step.action != Action::Manual {
            ended.insert(&step.address, status);
        }
        let outcome = Outcome {
            tenant: plan.tenant.clone(),
            address: step.address.clone(),
            action: step.action,
            status,
            detail,
            help,
            instructions: step.instructions.clone(),
        };
        report(&outcome);
        outcomes.push(outcome);
    }
    outcomes
}

type Ending = (Status, Option<String>, Option<String>);

async fn carry_out(
    plan: &TenantPlan,
    step: &Step,
    reader: &dyn Read,
    writer: &dyn Write,
    patience: Patience,
) -> Ending {
    let with_help =
        |status, error: &ApiError| (status, Some(error.to_string()), error.help().map(str::to_owned));
    match settle::moved(plan, step, reader).await {
        Ok(None) => {}
        Ok(Some(how)) => {
            let help = "somebody changed it in the meantime: plan and review again";
            return (Status::Failed, Some(format!("not written, {how}")), Some(help.to_owned()));
        }
        Err(error) => return with_help(Status::Failed, &error),
    }
    let Patience { settle, propagation } = patience;
    let written = writer.execute(&plan.account, step).await;
    match written {
        Ok(()) => match settle::until(plan, step, reader, settle).await {
            settle::Seen::AsWanted => (Status::Done, None, None),
            settle::Seen::Otherwise(how) => match propagation {
                Some(most) => (
                    Status::Accepted,
                    Some(format!("accepted, not yet visible: {how}")),
                    Some(format!(
                        "it may take {} hours to show; `--wait DURATION` keeps looking, and a plan shows it until then",
                        most.as_secs() / 3600
                    )),
                ),
                None => (
                    Status::NotApplied,
                    Some(format!("accepted, but not applied by the provider: after {} seconds {how}", settle.as_secs())),
                    Some("run `dialform plan` to see what is live; a slow system can be given a longer `limits.settle`".into()),
                ),
            },
            settle::Seen::Unreadable(error) => with_help(Status::Unknown, &error),
        },
        // It may have happened all the same: look before saying anything.
        Err(error) if error.problem.is_ambiguous() => match settle::until(plan, step, reader, settle).await {
            settle::Seen::AsWanted => (Status::Done, None, None),
            settle::Seen::Otherwise(how) => (
                Status::Unknown,
                Some(format!("{error}; {how}")),
                Some("it may still come true; run `dialform plan` before trying again".to_owned()),
            ),
            settle::Seen::Unreadable(_) => with_help(Status::Unknown, &error),
        },
        Err(error) => with_help(Status::Failed, &error),
    }
}
