//! Which step may start when: all tenants at once, as far as their references and their providers let them.

use super::{Event, Outcome, Patience, Status, Stop, step};
use crate::{
    model::Address,
    plan::{Action, Step, TenantPlan},
    provider::{Read, Write},
};
use futures::{StreamExt, stream::FuturesUnordered};
use std::collections::{BTreeMap, BTreeSet};

/// One tenant's steps and what they are carried out with.
pub struct Job<'a> {
    pub plan: &'a TenantPlan,
    pub reader: &'a dyn Read,
    pub writer: &'a dyn Write,
    pub patience: Patience,
    /// How many steps on this provider are under way at once. Their requests keep to the provider's limits all the same.
    pub at_once: usize,
}

/// Where a step is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    UnderWay,
    Ended(Status),
}

/// Carries out the steps of all jobs. A step starts when everything it needs is there; one that is not done stops those
/// that need it, no others. Steps on one thing (the same key in one tenant) go one after the other, and deletions of a
/// tenant wait until its other steps have ended. `report` is told of every step as it starts and ends; the result is in
/// the order of the plan.
pub async fn run(jobs: &[Job<'_>], stop: &Stop, report: &mut (dyn FnMut(Event<'_>) + Send)) -> Vec<Outcome> {
    let mut progress: Vec<Progress<'_>> = jobs.iter().map(Progress::new).collect();
    let mut under_way = FuturesUnordered::new();
    let mut busy: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ended: BTreeMap<(usize, usize), Outcome> = BTreeMap::new();
    loop {
        for (number, job) in progress.iter_mut().enumerate() {
            let provider = job.job.plan.provider.as_str();
            while let Some((index, verdict)) = job.next(stop) {
                let step = &job.job.plan.steps[index];
                match verdict {
                    Verdict::End(status, detail) => {
                        job.states[index] = State::Ended(status);
                        let outcome = outcome(job.job.plan, step, (status, detail, None));
                        report(Event::Ended { plan: job.job.plan, outcome: &outcome });
                        ended.insert((number, index), outcome);
                    }
                    Verdict::Start => {
                        let running = busy.entry(provider).or_default();
                        if *running >= job.job.at_once.max(1) {
                            break;
                        }
                        *running += 1;
                        job.states[index] = State::UnderWay;
                        let job = job.job;
                        report(Event::Started { plan: job.plan, step });
                        under_way.push(async move { (number, index, step::carry_out(job, step).await) });
                    }
                }
            }
        }
        let Some((number, index, ending)) = under_way.next().await else { break };
        let job = &mut progress[number];
        job.states[index] = State::Ended(ending.0);
        if let Some(running) = busy.get_mut(job.job.plan.provider.as_str()) {
            *running = running.saturating_sub(1);
        }
        let outcome = outcome(job.job.plan, &job.job.plan.steps[index], ending);
        report(Event::Ended { plan: job.job.plan, outcome: &outcome });
        ended.insert((number, index), outcome);
    }
    ended.into_values().collect()
}

fn outcome(plan: &TenantPlan, step: &Step, (status, detail, help): step::Ending) -> Outcome {
    Outcome {
        tenant: plan.tenant.clone(),
        address: step.address.clone(),
        action: step.action,
        status,
        detail,
        help,
        instructions: step.instructions.clone(),
    }
}

/// What becomes of a step now.
enum Verdict {
    Start,
    End(Status, Option<String>),
}

/// How far one tenant is.
struct Progress<'a> {
    job: &'a Job<'a>,
    states: Vec<State>,
    /// What only a person can make.
    by_hand: BTreeSet<&'a Address>,
}

impl<'a> Progress<'a> {
    fn new(job: &'a Job<'a>) -> Self {
        let steps = &job.plan.steps;
        let sent: BTreeSet<&Address> =
            steps.iter().filter(|step| step.action != Action::Manual).map(|step| &step.address).collect();
        let by_hand =
            steps.iter().map(|step| &step.address).filter(|address| !sent.contains(address)).collect();
        Self { job, states: vec![State::Waiting; steps.len()], by_hand }
    }

    /// The first step that can start or end now.
    fn next(&self, stop: &Stop) -> Option<(usize, Verdict)> {
        let waiting = self.states.iter().enumerate().filter(|(_, state)| **state == State::Waiting);
        waiting.map(|(index, _)| index).find_map(|index| Some((index, self.verdict(index, stop)?)))
    }

    /// `None` while the step has to wait.
    fn verdict(&self, index: usize, stop: &Stop) -> Option<Verdict> {
        let step = &self.job.plan.steps[index];
        if step.action == Action::Manual {
            // A person is told last: what is to be done by hand may need what was done before.
            let open = self.job.plan.steps.iter().zip(&self.states);
            let mut open = open
                .filter(|(other, state)| other.action != Action::Manual && !matches!(state, State::Ended(_)));
            return open.next().is_none().then_some(Verdict::End(Status::Manual, None));
        }
        if stop.is_told() {
            return Some(Verdict::End(
                Status::Skipped,
                Some("the run was told to stop before it".to_owned()),
            ));
        }
        for need in &step.needs {
            if self.by_hand.contains(need) {
                let why = format!("{need} is left to a person and may not be there yet");
                return Some(Verdict::End(Status::Skipped, Some(why)));
            }
            match self.before(index, need) {
                Some(State::Ended(status)) if !status.is_there() => {
                    return Some(Verdict::End(Status::Skipped, Some(format!("{need} was not done"))));
                }
                Some(State::Waiting | State::UnderWay) => return None,
                Some(State::Ended(_)) | None => {}
            }
        }
        let earlier = self.job.plan.steps.iter().zip(&self.states).take(index);
        let mut earlier = earlier.filter(|(other, _)| other.action != Action::Manual);
        let deletes = step.action == Action::Delete;
        let blocked = earlier.any(|(other, state)| {
            let open = !matches!(state, State::Ended(_));
            open && (other.address.key == step.address.key || (deletes && other.action != Action::Delete))
        });
        (!blocked).then_some(Verdict::Start)
    }

    /// The state of the last step before `index` on an object.
    fn before(&self, index: usize, address: &Address) -> Option<State> {
        let earlier = self.job.plan.steps.iter().zip(&self.states).take(index);
        let mut mine =
            earlier.filter(|(other, _)| other.action != Action::Manual && other.address == *address);
        mine.next_back().map(|(_, state)| *state)
    }
}
