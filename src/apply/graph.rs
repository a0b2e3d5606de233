//! Which step may start when: all tenants at once, as far as their references and their providers let them.

use super::{
    Event, Job, Shutdown,
    between::{self, At, Node, Waits},
    leads::Leads,
    step,
};
use crate::{
    http::{SentWrite, WriteTally},
    model::Address,
    outcome::{Outcome, Status, WriteRequest, Writes},
    plan::{Action, Step, TenantPlan},
};
use futures::{StreamExt, stream::FuturesUnordered};
use std::collections::{BTreeMap, BTreeSet};

/// How far a step has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StepState {
    Waiting,
    UnderWay,
    Ended(Status),
}

/// Carries out the steps of all jobs. A step starts when everything it needs is there; one that is not done stops those
/// that need it, no others: also steps of other tenants that lead calls there. Steps on one thing (the same key in one
/// tenant) go one after the other, and deletions of a tenant wait until its other steps have ended. `report` is told of
/// every step as it starts and ends; the result is in the order of the plan.
pub async fn run(
    jobs: &[Job<'_>],
    shutdown: &Shutdown,
    report: &mut (dyn FnMut(Event<'_>) + Send),
) -> Vec<Outcome> {
    let mut progress = Tenants::new(jobs);
    let leads: Vec<Leads> = jobs.iter().map(|_| Leads::default()).collect();
    let mut under_way = FuturesUnordered::new();
    let mut busy: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ended: BTreeMap<(usize, usize), Outcome> = BTreeMap::new();
    let mut sent: BTreeMap<(usize, usize), WriteTally> = BTreeMap::new();
    let mut turns = Turns { moved: (0..jobs.len()).collect(), ..Turns::default() };
    loop {
        while let Some(number) = turns.next(jobs, &busy, shutdown) {
            let job = &jobs[number];
            let provider = job.plan.provider.as_str();
            while let Some((index, next)) = progress.each[number].next(shutdown) {
                let step = &job.plan.steps[index];
                match next {
                    NextAction::End(status, detail) => {
                        turns.moved.extend(progress.end((number, index), status));
                        let ending = step::Ending::new(status, detail, None);
                        let outcome = outcome(job.plan, step, (ending, false), None);
                        report(Event::Ended { plan: job.plan, outcome: &outcome });
                        ended.insert((number, index), outcome);
                    }
                    NextAction::Start => {
                        let running = busy.entry(provider).or_default();
                        if *running >= job.at_once.max(1) {
                            turns.held.entry(provider).or_default().insert(number);
                            break;
                        }
                        *running += 1;
                        progress.each[number].start(index);
                        let leads = &leads[number];
                        report(Event::Started { plan: job.plan, step });
                        let tally = sent.entry((number, index)).or_default().clone();
                        under_way.push(async move {
                            let ending = tally.of(step::carry_out(job, step, leads, shutdown, &tally)).await;
                            (number, index, ending)
                        });
                    }
                }
            }
        }
        let next = tokio::select! {
            biased;
            next = under_way.next() => next,
            () = shutdown.abort.cancelled() => None,
        };
        let Some((number, index, ending)) = next else { break };
        let plan = jobs[number].plan;
        turns.moved.extend(progress.end((number, index), ending.0.status));
        turns.moved.insert(number);
        turns.freed = Some(plan.provider.as_str());
        if let Some(running) = busy.get_mut(plan.provider.as_str()) {
            *running = running.saturating_sub(1);
        }
        let tally = sent.remove(&(number, index));
        let outcome = outcome(plan, &plan.steps[index], ending, tally.as_ref());
        report(Event::Ended { plan, outcome: &outcome });
        ended.insert((number, index), outcome);
    }
    // Every step of the plan is reported, also after an abort.
    for (number, progress) in progress.each.iter().enumerate() {
        for (index, state) in progress.states.iter().enumerate() {
            let ending = match state {
                StepState::Ended(_) => continue,
                StepState::UnderWay => {
                    (Status::Unknown, "the run was interrupted a second time while this was under way")
                }
                StepState::Waiting => (Status::Skipped, "the run ended before this step"),
            };
            let plan = progress.plan;
            let ending = step::Ending::new(ending.0, Some(ending.1.to_owned()), None);
            let tally = sent.get(&(number, index));
            let ending = (ending, *state == StepState::UnderWay);
            let outcome = outcome(plan, &plan.steps[index], ending, tally);
            report(Event::Ended { plan, outcome: &outcome });
            ended.insert((number, index), outcome);
        }
    }
    ended.into_values().collect()
}

/// Which tenants are looked at, each by its number: those in which something has ended, and those that wait for a provider
/// that has room again; all of them once, when the run is told to stop. The others stand as they stood.
#[derive(Default)]
struct Turns<'a> {
    moved: BTreeSet<usize>,
    /// Those that have a step to start, by the provider that has no room for it.
    held: BTreeMap<&'a str, BTreeSet<usize>>,
    /// The provider on which a step has ended last.
    freed: Option<&'a str>,
    is_stopped: bool,
}

impl Turns<'_> {
    /// The first of them, which is in it no more.
    fn next(&mut self, jobs: &[Job<'_>], busy: &BTreeMap<&str, usize>, shutdown: &Shutdown) -> Option<usize> {
        if shutdown.stop.is_cancelled() && !self.is_stopped {
            self.is_stopped = true;
            self.moved.extend(0..jobs.len());
        }
        let held = self.freed.and_then(|provider| {
            let first = *self.held.get(provider)?.first()?;
            let running = busy.get(provider).copied().unwrap_or_default();
            (running < jobs[first].at_once.max(1)).then_some(first)
        });
        let number = self.moved.first().copied().into_iter().chain(held).min()?;
        self.moved.remove(&number);
        if let Some(held) = self.held.get_mut(jobs[number].plan.provider.as_str()) {
            held.remove(&number);
        }
        Some(number)
    }
}

/// With the ending: whether anything may have been sent. `tally` holds the writes of a step that was begun.
fn outcome(
    plan: &TenantPlan,
    step: &Step,
    (ending, written): (step::Ending, bool),
    tally: Option<&WriteTally>,
) -> Outcome {
    let step::Ending { status, detail, help, left, slow } = ending;
    let tally = tally.filter(|_| status.leaves_halves());
    let writes = tally.map(|tally| writes(tally.writes()));
    // A step whose every write was refused has changed nothing, and takes nothing back.
    let refused = status == Status::Failed && writes.as_ref().is_some_and(|it| *it == Writes::default());
    Outcome {
        tenant: plan.tenant.clone(),
        address: step.address.clone(),
        action: step.action,
        status,
        detail,
        help,
        writes,
        instructions: if left.is_empty() { step.instructions.clone() } else { left },
        slow,
        written: written && !refused,
    }
}

fn writes(sent: Vec<SentWrite>) -> Writes {
    let mut writes = Writes::default();
    for SentWrite { method, path, what, accepted } in sent {
        let list = if accepted { &mut writes.accepted } else { &mut writes.unclear };
        list.push(WriteRequest { method, path, what });
    }
    writes
}

/// What to do with a step now.
enum NextAction {
    Start,
    End(Status, Option<String>),
}

/// Which steps do not wait for one of another tenant to which they lead calls, because tenants would wait for each other. Each with
/// that one: a step is the number of its plan, and its place there.
pub fn not_waited_for(plans: &[&TenantPlan]) -> BTreeSet<(At, At)> {
    if plans.iter().all(|plan| plan.across.waits.is_empty()) {
        return BTreeSet::new();
    }
    let each: Vec<Progress<'_>> = plans.iter().map(|plan| Progress::new(plan)).collect();
    waits(plans, &each).left_out
}

fn waits(plans: &[&TenantPlan], each: &[Progress<'_>]) -> Waits {
    between::waits(plans, || (0..).zip(each).flat_map(|(number, it)| it.waits(number)).collect())
}

/// How far all tenants are.
struct Tenants<'a> {
    each: Vec<Progress<'a>>,
    /// Who waits for a step of another tenant.
    waiting: BTreeMap<At, Vec<At>>,
}

impl<'a> Tenants<'a> {
    fn new(jobs: &'a [Job<'a>]) -> Self {
        let plans: Vec<&TenantPlan> = jobs.iter().map(|job| job.plan).collect();
        let mut each: Vec<Progress<'_>> = plans.iter().map(|plan| Progress::new(plan)).collect();
        each.iter_mut().for_each(Progress::leave_held);
        let Waits { kept, left_out: _ } = waits(&plans, &each);
        let mut tenants = Self { each, waiting: BTreeMap::new() };
        for (step, before) in kept {
            tenants.each[step.0].hold(step.1);
            tenants.waiting.entry(before).or_default().push(step);
        }
        tenants
    }

    /// A step has ended. Returns the other tenants in which one has waited for it.
    fn end(&mut self, (number, index): At, status: Status) -> BTreeSet<usize> {
        self.each[number].end(index, status);
        let plan = self.each[number].plan;
        let mut others = BTreeSet::new();
        for (other, waits) in self.waiting.remove(&(number, index)).into_iter().flatten() {
            if !status.satisfies_dependents() {
                let why = || format!("{}/{} was not done", plan.tenant, plan.steps[index].address);
                self.each[other].skipped.entry(waits).or_insert_with(why);
            }
            self.each[other].free(waits);
            others.insert(other);
        }
        others
    }
}

/// How far one tenant is. Everything a step waits for is found once; a step that ends tells those that wait for it, so
/// that thousands of steps cost no more each than a few.
struct Progress<'a> {
    plan: &'a TenantPlan,
    states: Vec<StepState>,
    /// Who waits for each step.
    waiting: Vec<Vec<Edge>>,
    /// How many others each step still waits for.
    open: Vec<usize>,
    /// Steps that will be skipped, with the reason.
    skipped: BTreeMap<usize, String>,
    /// What can start or end now, in the order of the plan.
    ready: BTreeSet<usize>,
    deletions: Vec<usize>,
    /// How many automatic steps have not ended.
    left: usize,
}

/// One step that waits for another.
#[derive(Clone, Copy)]
struct Edge {
    to: usize,
    /// Whether it needs the result of the other step. If not, the two only must not run at the same time.
    needs: bool,
}

impl<'a> Progress<'a> {
    fn new(plan: &'a TenantPlan) -> Self {
        let steps = &plan.steps;
        let sent: BTreeSet<&Address> =
            steps.iter().filter(|step| step.action != Action::Manual).map(|step| &step.address).collect();
        let mut progress = Self {
            plan,
            states: vec![StepState::Waiting; steps.len()],
            waiting: vec![Vec::new(); steps.len()],
            open: vec![0; steps.len()],
            skipped: BTreeMap::new(),
            ready: BTreeSet::new(),
            deletions: Vec::new(),
            left: 0,
        };
        let by_hand: BTreeSet<&Address> =
            steps.iter().map(|step| &step.address).filter(|address| !sent.contains(address)).collect();
        // Among the steps before this one: the last on each object, and all on each key.
        let mut last: BTreeMap<&Address, usize> = BTreeMap::new();
        let mut same: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut changes = 0;
        for (index, step) in steps.iter().enumerate().filter(|(_, step)| step.action != Action::Manual) {
            progress.left += 1;
            if let Some(need) = step.needs.iter().find(|need| by_hand.contains(need)) {
                let why = format!("{need} has to be done by hand first");
                progress.skipped.insert(index, why);
            }
            for before in step.needs.iter().filter_map(|need| last.get(need)) {
                progress.wait(index, *before, true);
            }
            for before in step.follows.iter().filter_map(|it| last.get(it)) {
                progress.wait(index, *before, false);
            }
            let same = same.entry(step.address.key.as_str()).or_default();
            same.iter().for_each(|before| progress.wait(index, *before, false));
            same.push(index);
            last.insert(&step.address, index);
            if step.action == Action::Delete {
                progress.open[index] += changes;
                progress.deletions.push(index);
            } else {
                changes += 1;
            }
            if progress.open[index] == 0 || progress.skipped.contains_key(&index) {
                progress.ready.insert(index);
            }
        }
        progress.release_manual_steps();
        progress
    }

    /// What would lead calls to something of another tenant that is not planned is not done.
    fn leave_held(&mut self) {
        let held = &self.plan.across.held;
        for (index, step) in self.plan.steps.iter().enumerate().filter(|_| !held.is_empty()) {
            if let Some((tenant, address)) = held.get(&step.address).filter(|_| step.action.sets()) {
                self.skipped.entry(index).or_insert_with(|| format!("{tenant}/{address} is not planned"));
                self.ready.insert(index);
            }
        }
    }

    fn wait(&mut self, step: usize, before: usize, needs: bool) {
        self.waiting[before].push(Edge { to: step, needs });
        self.open[step] += 1;
    }

    /// What waits for what, as the number of this tenant says it. A deletion waits for all changes before it.
    fn waits(&self, number: usize) -> Vec<(Node, Node)> {
        let step = |index: usize| Node::Step((number, index));
        let mut waits = Vec::new();
        for (before, edges) in self.waiting.iter().enumerate() {
            waits.extend(edges.iter().map(|edge| (step(edge.to), step(before))));
        }
        let mut all = None;
        for (index, it) in self.plan.steps.iter().enumerate() {
            match it.action {
                Action::Manual => {}
                Action::Delete => waits.extend(all.map(|all| (step(index), all))),
                Action::Create | Action::Update => {
                    let now = Node::UpTo((number, index));
                    waits.push((now, step(index)));
                    waits.extend(all.map(|before| (now, before)));
                    all = Some(now);
                }
            }
        }
        waits
    }

    /// One more has to end before a step.
    fn hold(&mut self, step: usize) {
        self.open[step] += 1;
        if !self.skipped.contains_key(&step) {
            self.ready.remove(&step);
        }
    }

    /// A step has ended: those that waited for it may be ready now.
    fn end(&mut self, index: usize, status: Status) {
        self.states[index] = StepState::Ended(status);
        self.ready.remove(&index);
        let step = &self.plan.steps[index];
        if step.action == Action::Manual {
            return;
        }
        for Edge { to, needs } in std::mem::take(&mut self.waiting[index]) {
            if needs && !status.satisfies_dependents() {
                self.skipped.entry(to).or_insert_with(|| format!("{} was not done", step.address));
            }
            self.free(to);
        }
        if step.action != Action::Delete {
            let later = self.deletions.partition_point(|deletion| *deletion < index);
            for index in later..self.deletions.len() {
                self.free(self.deletions[index]);
            }
        }
        self.left -= 1;
        self.release_manual_steps();
    }

    /// One of the steps it waits for has ended.
    fn free(&mut self, step: usize) {
        self.open[step] = self.open[step].saturating_sub(1);
        let now = self.open[step] == 0 || self.skipped.contains_key(&step);
        if now && self.states[step] == StepState::Waiting {
            self.ready.insert(step);
        }
    }

    /// Manual steps come last: they may need the results of the automatic ones.
    fn release_manual_steps(&mut self) {
        if self.left == 0 {
            let steps = self.plan.steps.iter().enumerate();
            self.ready
                .extend(steps.filter(|(_, step)| step.action == Action::Manual).map(|(index, _)| index));
        }
    }

    /// The first step that can start or end now.
    fn next(&self, shutdown: &Shutdown) -> Option<(usize, NextAction)> {
        if shutdown.stop.is_cancelled() {
            let waits = |index: &usize| {
                self.states[*index] == StepState::Waiting && self.plan.steps[*index].action != Action::Manual
            };
            if let Some(index) = (0..self.states.len()).find(waits) {
                let why = shutdown.of_step().to_owned();
                return Some((index, NextAction::End(Status::Skipped, Some(why))));
            }
        }
        let index = *self.ready.first()?;
        let next = match self.skipped.get(&index) {
            _ if self.plan.steps[index].action == Action::Manual => NextAction::End(Status::Manual, None),
            Some(why) => NextAction::End(Status::Skipped, Some(why.clone())),
            None => NextAction::Start,
        };
        Some((index, next))
    }

    fn start(&mut self, index: usize) {
        self.ready.remove(&index);
        self.states[index] = StepState::UnderWay;
    }
}
