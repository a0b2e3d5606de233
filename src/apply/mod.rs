//! Carries out a plan and reads every change back until it is true. Makes no decisions.
//!
//! A write that was accepted proves nothing: servers answer 202 and change nothing (fact sheet NetSapiens section 1,
//! fact 7). A step is done when the live object says what the step says, and not before.
//!
//! - `graph`: which step may start when, all tenants at once
//! - `step`: one step from the look before to the look after
//! - `settle`: what is live now, in comparison with the step

mod fence;
mod graph;
mod settle;
mod step;

pub use fence::Fence;
pub use graph::{Job, run};

use crate::{
    model::Address,
    plan::{Action, Step, TenantPlan},
};
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

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
    /// Not tried, because something it needs was not done, or because the run was told to stop.
    Skipped,
    /// Nobody knows: the write got no clear answer and does not show, or what is live cannot be read.
    Unknown,
    /// Left to a person.
    Manual,
}

impl Status {
    /// Whether what needs the step may go on.
    fn is_there(self) -> bool {
        matches!(self, Self::Done | Self::Accepted)
    }
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
    /// Whether anything may have been sent for it.
    #[serde(skip)]
    pub written: bool,
}

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

/// How long apply looks for a change that was accepted.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How long a change usually takes to show.
    pub usual: Duration,
    /// That, or longer if the run was told to wait.
    pub settle: Duration,
    /// How long the provider itself says it may take.
    pub propagation: Option<Duration>,
}

/// Tells a run to start nothing more, and to finish what is under way; or, told again, to leave that as well.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<Told>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Nothing,
    Finish,
    Leave,
}

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Told::Nothing)))
    }
}

impl Stop {
    /// Start nothing more.
    pub fn now(&self) {
        self.tell(Told::Finish);
    }

    /// Do not even wait for what is under way. Nobody knows then how that ends.
    pub fn at_once(&self) {
        self.tell(Told::Leave);
    }

    fn tell(&self, what: Told) {
        self.0.send_if_modified(|told| std::mem::replace(told, (*told).max(what)) < what);
    }

    pub fn is_told(&self) -> bool {
        *self.0.borrow() >= Told::Finish
    }

    /// Waits until nothing more is to be started.
    pub async fn told(&self) {
        self.until(Told::Finish).await;
    }

    /// Waits until what is under way is to be left.
    pub async fn hurried(&self) {
        self.until(Told::Leave).await;
    }

    async fn until(&self, what: Told) {
        // The sender lives as long as this does.
        let _ = self.0.subscribe().wait_for(|told| *told >= what).await;
    }
}
