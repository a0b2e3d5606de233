//! What a run shares with whoever started it.

use crate::{
    apply::{Cause, Shutdown},
    error::Failure,
    finding::Finding,
    http::Pacer,
    outcome::Outcome,
    plan::{Action, Step, TenantPlan},
    secret::KnownSecrets,
    text::count,
};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Credentials to hide, a way to end the run early, and a listener.
#[derive(Clone)]
pub struct Context {
    /// Every credential the run finds. Whatever the caller shows of a run is to pass [`KnownSecrets::hide`].
    pub secrets: Arc<KnownSecrets>,
    pub shutdown: Shutdown,
    /// Called from any thread while the run lasts; it must not block.
    pub listener: Arc<dyn Fn(Notice) + Send + Sync>,
    /// How many accounts have been read.
    pub read: Arc<AtomicUsize>,
}

impl Default for Context {
    /// Nobody listens.
    fn default() -> Self {
        Self {
            secrets: Arc::default(),
            shutdown: Shutdown::default(),
            listener: Arc::new(|_| {}),
            read: Arc::default(),
        }
    }
}

impl Context {
    /// A context of the same run whose notices go to another listener.
    #[must_use]
    pub fn listener(self, listener: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        Self { listener: Arc::new(listener), ..self }
    }

    pub fn notify(&self, notice: Notice) {
        (self.listener)(notice);
    }

    /// Says that an account has been read, or could not be.
    pub(super) fn tenant_read(&self, provider: &str) {
        self.read.fetch_add(1, Ordering::Relaxed);
        self.notify(Notice::TenantRead { provider: provider.to_owned() });
    }

    /// Why a run that was told to stop before its first write has changed nothing: it was interrupted, or its log broke.
    pub fn stopped(&self) -> Failure {
        match self.shutdown.cause() {
            Some(Cause::Log(why)) => unlogged(why),
            _ => Failure::stopped(),
        }
    }

    /// Why a run that only reads ended, with how far it was where it was told to stop. `all`: how many tenants it is about.
    pub fn how_far(&self, failure: Failure, all: usize) -> Failure {
        if !self.shutdown.stop.is_cancelled() || self.shutdown.cause().is_some() {
            return failure;
        }
        let read = self.read.load(Ordering::Relaxed).min(all);
        let all = count(all, "tenant");
        failure
            .help(format!("{read} of {all} had been read; a plan is made of all that is live: run it again"))
    }

    pub fn info(&self, text: impl Into<String>) {
        self.notify(Notice::Info(text.into()));
    }
}

/// Ends a run whose log is not whole before it has written anything.
pub(super) fn unlogged(why: &str) -> Failure {
    Failure::error(why).help("nothing was changed; free disk space, and run again")
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("shutdown", &self.shutdown).finish_non_exhaustive()
    }
}

/// Something that has happened during a run.
#[derive(Debug)]
pub enum Notice {
    /// A line for people: a lock that is waited for, where the restore file is.
    Info(String),
    /// Something a person should know that does not end the run.
    Finding(Finding),
    /// A request has ended; `line` describes it if [`Logging::verbose`](super::Logging::verbose) is set.
    Request {
        provider: String,
        line: Option<String>,
    },
    /// A tenant's account has been read, or could not be.
    TenantRead {
        provider: String,
    },
    StepStarted {
        tenant: String,
        address: String,
        action: Action,
    },
    /// Also for steps that never started.
    StepEnded {
        provider: String,
        outcome: Box<Outcome>,
    },
}

impl Notice {
    pub(super) fn started(plan: &TenantPlan, step: &Step) -> Self {
        Self::StepStarted {
            tenant: plan.tenant.clone(),
            address: step.address.to_string(),
            action: step.action,
        }
    }

    pub(super) fn ended(plan: &TenantPlan, outcome: &Outcome) -> Self {
        Self::StepEnded { provider: plan.provider.clone(), outcome: Box::new(outcome.clone()) }
    }
}

/// How fast one phone system is being worked.
#[derive(Clone, Default)]
pub struct Pace(pub(crate) Vec<Arc<Pacer>>);

impl Pace {
    /// How long no request starts because the server has asked to wait; `None` while it has not.
    pub fn paused(&self) -> Option<Duration> {
        self.0.iter().filter_map(|pacer| pacer.paused_for()).max()
    }
}
