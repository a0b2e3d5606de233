//! Carries out a plan and reads every change back until it is true. Makes no decisions.
//!
//! A write that was accepted proves nothing: servers answer 202 and change nothing (FACTS stratus/writes-2). A step is
//! done when the live object says what the step says, and not before.
//!
//! - `job`: one tenant's steps and what they are carried out with
//! - `graph`: which step may start when, all tenants at once
//! - `between`: which steps wait for steps of other tenants
//! - `step`: one step from the look before to the look after
//! - `leads`: who leads to what is about to be deleted
//! - `read_back`: what is live now, in comparison with the step

mod between;
mod fence;
mod graph;
mod job;
mod leads;
mod read_back;
mod shutdown;
mod step;

pub use fence::Fence;
pub use graph::{not_waited_for, run};
pub use job::Job;
pub use shutdown::{Cause, Shutdown};

use crate::{
    outcome::Outcome,
    plan::{Propagation, Step, TenantPlan},
};
use std::time::Duration;

/// What is told of a run while it lasts.
#[derive(Debug)]
pub enum Event<'a> {
    Started {
        plan: &'a TenantPlan,
        step: &'a Step,
    },
    /// Also for steps that never started.
    Ended {
        plan: &'a TenantPlan,
        outcome: &'a Outcome,
    },
}

/// How long apply waits until a change that was accepted can be read back.
#[derive(Debug, Clone, Copy)]
pub struct ReadBackTimes {
    /// How long a change usually takes to show: `limits.settle` of the provider.
    pub settle: Duration,
    /// The longest apply looks: `settle`, or what `--wait` asks for if that is longer.
    pub wait: Duration,
    /// How long the provider itself says a change may take.
    pub propagation: Option<Propagation>,
}
