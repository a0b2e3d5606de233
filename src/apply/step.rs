//! One step, from the look before to the look after.

use super::{
    Job, ReadBackTimes, Shutdown,
    leads::Leads,
    read_back::{self, Difference, ReadBack},
};
use crate::{
    http::{ApiError, Looked, Phase, Problem, WriteTally, during},
    model::Kind,
    outcome::Status,
    path::Path,
    plan::{Action, Clicks, Propagation, Step, join},
    text::count,
};
use std::time::Duration;

/// How a step ended.
pub(super) struct Ending {
    pub status: Status,
    /// Why it is not done, or what it is done without.
    pub detail: Option<String>,
    /// The way out.
    pub help: Option<String>,
    /// What is left to a person.
    pub left: Vec<Clicks>,
    /// How long it may take, of what is accepted.
    pub slow: Option<&'static str>,
}

impl Ending {
    pub fn new(status: Status, detail: Option<String>, help: Option<String>) -> Self {
        Self { status, detail, help, left: Vec::new(), slow: None }
    }

    fn done() -> Self {
        Self::new(Status::Done, None, None)
    }
}

fn failed(status: Status, error: &ApiError) -> Ending {
    Ending::new(status, Some(error.to_string()), error.help().map(str::to_owned))
}

/// Somebody has changed what the step is about.
fn moved(how: String) -> Ending {
    let help = "somebody changed it in the meantime: plan and review again";
    Ending::new(Status::Failed, Some(how), Some(help.to_owned()))
}

/// Looks, writes, and looks until it is true. Every request says which step it belongs to; `tally` counts what it writes.
/// Beside the ending: whether anything may have been sent.
pub(super) async fn carry_out(
    job: &Job<'_>,
    step: &Step,
    leads: &Leads,
    shutdown: &Shutdown,
    tally: &WriteTally,
) -> (Ending, bool) {
    let looked = Looked::default();
    match look(job, step, leads, &looked).await {
        Ok(None) => {}
        Ok(Some(how)) => return (moved(how), false),
        Err(error) => return (failed(Status::Failed, &error), false),
    }
    (with_rest(step, write(job, step, leads, looked, shutdown, tally).await), true)
}

/// A queue that is brought back and not done may be there in part. The next plan finds it, and compares what a file can say.
fn with_rest(step: &Step, ending: Ending) -> Ending {
    const REST: &str = "another restore leaves the rules and settings of its extension as they are: compare them with the restore file";
    if !is_queue_again(step) || matches!(ending.status, Status::Done | Status::Accepted) {
        return ending;
    }
    let help = ending.help.map_or_else(|| REST.to_owned(), |help| format!("{help}; {REST}"));
    Ending { help: Some(help), ..ending }
}

fn is_queue_again(step: &Step) -> bool {
    step.restored.is_some() && (step.action, step.address.kind) == (Action::Create, Kind::Queues)
}

/// What has changed since the plan; what it reads of the object is what the write that follows merges into.
async fn look(
    job: &Job<'_>,
    step: &Step,
    leads: &Leads,
    looked: &Looked,
) -> Result<Option<String>, ApiError> {
    let of = format!("{}/{}", job.plan.tenant, step.address);
    let look = async {
        let changed = looked.by(read_back::changed_since_plan(job.plan, step, job.reader)).await?;
        if changed.is_some() { Ok(changed) } else { leads.news(job, step).await }
    };
    during(Phase::Look, of, look).await
}

async fn write(
    job: &Job<'_>,
    step: &Step,
    leads: &Leads,
    mut looked: Looked,
    shutdown: &Shutdown,
    tally: &WriteTally,
) -> Ending {
    let of = || format!("{}/{}", job.plan.tenant, step.address);
    // The error of the first try, where it does not say whether the write was carried out.
    let mut first: Option<ApiError> = None;
    loop {
        let written = looked.before(job.writer.execute(&job.plan.account, step));
        let written = during(Phase::Write, of(), written).await;
        let error = match written {
            Ok(missing) => {
                let ending = during(Phase::ReadBack, of(), accepted(job, step, shutdown)).await;
                return but_for(ending, &missing);
            }
            Err(error) if matches!(error.problem, Problem::Conflict(_)) && first.is_none() => {
                return failed(Status::Failed, &error);
            }
            // Nothing was written, and what was looked at is old: from the look on once more.
            Err(error) if matches!(error.problem, Problem::Waited) => {
                looked = looked.anew();
                match (look(job, step, leads, &looked).await, &first) {
                    (Ok(None), _) => continue,
                    (Ok(Some(how)), None) => return moved(how),
                    (Err(error), None) => return failed(Status::Failed, &error),
                    (_, Some(_)) => error,
                }
            }
            Err(error) if !error.problem.is_ambiguous() && first.is_none() => {
                // A step may send several writes. If the last is refused, the earlier ones may have done everything.
                let seen = read_back::wait_until_applied(job.plan, step, job.reader, Duration::ZERO);
                return match during(Phase::ReadBack, of(), seen).await {
                    ReadBack::AsPlanned => shows(step, &error),
                    // It is a read that was refused, and what was written before it may have been all.
                    ReadBack::Unreadable(_) if error.is_of_a_read() && !tally.writes().is_empty() => {
                        failed(Status::Unknown, &error)
                    }
                    ReadBack::Different(_) | ReadBack::Unreadable(_) => failed(Status::Failed, &error),
                };
            }
            Err(error) => error,
        };
        // The write may have been carried out: read the object before reporting.
        let seen = read_back::wait_until_applied(job.plan, step, job.reader, job.read_back.wait);
        let how = match during(Phase::ReadBack, of(), seen).await {
            ReadBack::AsPlanned => return shows(step, &error),
            ReadBack::Unreadable(_) => return failed(Status::Unknown, &error),
            ReadBack::Different(how) => how,
        };
        // It did not happen: what is live is still what the step was planned on. To change or delete the same object once
        // more does no harm, even if the first write comes true late; a second creation might make a second object.
        looked = Looked::default();
        let unmoved = matches!(look(job, step, leads, &looked).await, Ok(None));
        if first.is_none() && unmoved && step.action != Action::Create && !shutdown.stop.is_cancelled() {
            first = Some(error);
            continue;
        }
        // Even if the second try surely failed, the first may still take effect.
        let before = first.map(|first| format!("{first}; then ")).unwrap_or_default();
        return Ending::new(
            Status::Unknown,
            Some(format!("{before}{error}; {how}")),
            Some(format!("it may still take effect; run {} before trying again", to_look(step))),
        );
    }
}

/// What shows is as planned, though a write has failed. Of a queue that is brought back more is written than a plan compares.
fn shows(step: &Step, error: &ApiError) -> Ending {
    if !is_queue_again(step) {
        return Ending::done();
    }
    let why = format!("{error}; what a file can say of it is back, and perhaps not all else that it had");
    Ending::new(Status::Unknown, Some(why), error.help().map(str::to_owned))
}

/// A step that is done, but for what the phone system does not take back.
fn but_for(ending: Ending, missing: &[String]) -> Ending {
    if missing.is_empty() || !matches!(ending.status, Status::Done | Status::Accepted) {
        return ending;
    }
    let text = format!("it is back but for {}, which the phone system did not take", missing.join(", "));
    let detail = match ending.detail {
        Some(detail) => format!("{detail}; {text}"),
        None => text,
    };
    let help = ending.help.unwrap_or_else(|| "set it by hand: the restore file says what it was".to_owned());
    Ending { detail: Some(detail), help: Some(help), ..ending }
}

/// The provider has accepted the write: reads until it shows.
async fn accepted(job: &Job<'_>, step: &Step, shutdown: &Shutdown) -> Ending {
    let ReadBackTimes { settle, wait, propagation } = job.read_back;
    let look = |bound| read_back::wait_until_applied(job.plan, step, job.reader, bound);
    let enough = async {
        shutdown.stop.cancelled().await;
        tokio::time::sleep(settle).await;
    };
    // A wait of hours can be interrupted.
    let seen = tokio::select! {
        biased;
        seen = look(wait) => seen,
        () = enough, if wait > settle => look(Duration::ZERO).await,
    };
    let how = match seen {
        ReadBack::AsPlanned => return Ending::done(),
        ReadBack::Unreadable(error) => return failed(Status::Unknown, &error),
        ReadBack::Different(how) => how,
    };
    match propagation {
        Some(Propagation { most: _, text }) => {
            let help = format!("{text}; `--wait DURATION` keeps looking, and a plan shows it until then");
            let detail = format!("accepted, not yet visible: {how}");
            Ending { slow: Some(text), ..Ending::new(Status::Accepted, Some(detail), Some(help)) }
        }
        None => not_applied(step, &how, wait),
    }
}

/// `1 second`, `3 seconds`.
fn seconds(time: Duration) -> String {
    count(usize::try_from(time.as_secs()).unwrap_or(usize::MAX), "second")
}

/// What shows how it is now. Forwards are switched when the phone system may be down, and a plan needs that.
fn to_look(step: &Step) -> &'static str {
    match step.address.kind {
        Kind::Forwards => "`dialform emergency status`",
        _ => "`dialform plan`",
    }
}

/// Accepted and not done. What was written in a form that is only inferred is a person's to do, for no waiting helps.
fn not_applied(step: &Step, how: &Difference, wait: Duration) -> Ending {
    let mut left = Vec::new();
    let mut waiting = 0;
    for field in &how.fields {
        let concerned = |path: &Path| path.is_inside(field) || (!path.is_empty() && field.is_inside(path));
        let pages = step.fallback.iter().filter(|(path, _)| concerned(path));
        let before = left.len();
        left.extend(pages.map(|(_, page)| page.clone()));
        waiting += usize::from(left.len() == before);
    }
    let help = match (left.is_empty(), waiting) {
        (true, _) => match step.address.kind {
            Kind::Forwards => {
                "run `dialform emergency status` to see what is live; a slow system can be given a longer `limits.settle`"
            }
            _ => {
                "run `dialform plan` to see what is live; a slow system can be given a longer `limits.settle`"
            }
        },
        (false, 0) => "the phone system ignores this form (`experimental`): set it by hand, as listed here",
        (false, _) => {
            "the phone system ignores some of these forms (`experimental`): set those by hand, as listed here; run \
             `dialform plan` to see what else is left"
        }
    };
    let why = format!("accepted, but not applied by the provider: after {} {how}", seconds(wait));
    Ending { left: join(left), ..Ending::new(Status::NotApplied, Some(why), Some(help.to_owned())) }
}
