//! Carrying out a plan: the restore file before it, the fence around it, and how it ended.

use super::{Notice, Session};
use crate::{
    apply::{self, Event, Fence, Job},
    error::{Ending, Failure},
    finding::Finding,
    model::Address,
    outcome::{Outcome, Status},
    plan::Plan,
    provider::Entry,
    restore::{self, Snapshot},
    text::io_reason,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

/// A plan that was carried out.
#[derive(Debug)]
pub struct Applied {
    /// Every step, in the order of the plan.
    pub outcomes: Vec<Outcome>,
    /// The file with what was live before; `None` if nothing was to be written.
    pub restore: Option<PathBuf>,
    /// What went wrong beside the steps: the lock was lost, the log could not be written.
    pub findings: Vec<Finding>,
    pub ending: Ending,
}

impl Session<'_> {
    /// Carries out a plan that was made in this session. Asks nobody: see [`Approval`](super::Approval).
    ///
    /// Fails only before anything is written.
    pub async fn apply(&self, plan: &Plan, wait: Option<Duration>) -> Result<Applied, Failure> {
        if self.context.shutdown.stop.is_cancelled() {
            return Err(self.context.stopped());
        }
        let providers = &self.checked.workspace.providers;
        let system = |name: &str| providers.get(name).map(Entry::system).unwrap_or_default();
        let snapshot = Snapshot::of(plan, self.sandbox, &system, &self.context.secrets);
        let restore = self.save(plan, &snapshot)?;
        let outcomes = self.carry_out(plan, wait).await;
        if let Some(path) = &restore {
            self.narrow(&snapshot, path, &outcomes);
        }
        let (ending, findings) = self.judge(plan, &outcomes);
        Ok(Applied { outcomes, restore, findings, ending })
    }

    /// Writes down what is live before a plan. An apply that cannot be undone is not begun.
    fn save(&self, plan: &Plan, snapshot: &Snapshot<'_>) -> Result<Option<PathBuf>, Failure> {
        let root = &self.checked.root;
        let saved = snapshot.save(root).map_err(|error| {
            let directory = restore::directory(root);
            let message = format!("cannot write a restore file into `{}`: {error}", directory.display());
            Failure::error(message).help(match error.kind() {
                std::io::ErrorKind::FileTooLarge => "nothing was sent: apply in parts, with `--shard I/N`",
                _ => "nothing was sent: apply does not start without a restore file",
            })
        })?;
        if let Some(path) = &saved {
            let path = path.display();
            let lost = plan.steps().filter(|(_, step)| !step.lost.is_empty()).count();
            let but = match lost {
                0 => String::new(),
                lost => format!(", but for what the plan says of {}", crate::text::count(lost, "object")),
            };
            self.context.info(format!(
                "the state before this apply is saved in {path}; `--restore` brings it back{but}"
            ));
        }
        Ok(saved)
    }

    pub(super) async fn carry_out(&self, plan: &Plan, wait: Option<Duration>) -> Vec<Outcome> {
        let lost = || self.locks.lost().map(|why| lost_lock(&why));
        let shutdown = &self.context.shutdown;
        let jobs = self.jobs(plan, wait);
        let fences: Vec<Fence<'_>> =
            jobs.iter().map(|job| Fence { writer: job.writer, lost: &lost, shutdown }).collect();
        let jobs: Vec<Job<'_>> =
            jobs.iter().zip(&fences).map(|(job, fence)| Job { writer: fence, ..*job }).collect();
        let mut report = |event: Event<'_>| {
            self.context.notify(match event {
                Event::Started { plan, step } => Notice::started(plan, step),
                Event::Ended { plan, outcome } => Notice::ended(plan, outcome),
            });
        };
        apply::run(&jobs, shutdown, &mut report).await
    }

    /// Leaves in the restore file what the run has written or may have written. Objects that it never touched are left out.
    fn narrow(&self, snapshot: &Snapshot<'_>, path: &Path, outcomes: &[Outcome]) {
        let all = written(outcomes);
        let written = |tenant: &str, address: &Address| all.contains(&(tenant, address));
        if let Err(error) = snapshot.narrow(path, &written) {
            let (path, why) = (path.display(), io_reason(&error));
            self.context.info(format!("{path} still names steps that were not carried out: {why}"));
        }
    }

    /// How the run ended, and what else has to be said of it.
    pub(super) fn judge(&self, plan: &Plan, outcomes: &[Outcome]) -> (Ending, Vec<Finding>) {
        let mut findings = Vec::new();
        let log_error = self.monitor.log_error();
        if let Some(why) = &log_error {
            let finding = Finding::error("failed", why);
            findings.push(finding.help("no further step was started; free disk space, and apply again"));
        }
        let lost = self.locks.lost();
        if let Some(why) = &lost {
            // The run that took the lock may have read an account while this one was still writing.
            let finding = Finding::error("failed", lost_lock(why));
            findings.push(
                finding.help("see `dialform unlock` for who has it; plan and apply when that run has ended"),
            );
        }
        findings.extend(self.still_declared(outcomes));
        // A run that was told to stop while it waited for an accepted change has not seen it.
        let accepted = !self.context.shutdown.stop.is_cancelled();
        let fine = |outcome: &Outcome| {
            // Of what is done a detail says what a restore could not bring back.
            let whole = outcome.status == Status::Done && outcome.detail.is_none();
            whole || (accepted && outcome.status == Status::Accepted)
        };
        let whole = outcomes.len() == plan.steps().count();
        let all_done = whole && outcomes.iter().all(fine) && !plan.is_blocked() && lost.is_none();
        let ending = match (all_done, log_error) {
            (true, None) => Ending::Fine,
            (true, Some(_)) => Ending::Error,
            (false, _) => Ending::Partial,
        };
        (ending, findings)
    }

    /// What a restore took back and the files declare all the same.
    fn still_declared(&self, outcomes: &[Outcome]) -> Vec<Finding> {
        let all = written(outcomes);
        let tenants = self.checked.tenants.iter().filter_map(|tenant| {
            let name = &self.checked.loaded(tenant).tenant.tenant;
            let written = |address: &Address| all.contains(&(name.as_str(), address));
            tenant.intent.restore()?.still_declared.finding(name, written)
        });
        tenants.collect()
    }

    /// Ends a run whose log is not whole before it has written anything.
    pub fn ensure_logged(&self) -> Result<(), Failure> {
        self.monitor.ensure_logged()
    }
}

/// What a run has written or may have written: the tenant, and the object.
fn written(outcomes: &[Outcome]) -> BTreeSet<(&str, &Address)> {
    let written = outcomes.iter().filter(|it| it.written);
    written.map(|it| (it.tenant.as_str(), &it.address)).collect()
}

fn lost_lock(why: &str) -> String {
    format!("this run has lost its lock: {why}")
}
