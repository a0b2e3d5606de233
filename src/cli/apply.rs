//! `dialform apply`

use super::{
    Io,
    args::{ApplyArgs, Format, Global},
    events,
    lock::{Locks, Wanted},
    progress::View,
    restore,
    session::{Access, Session},
    watch::{Feed, Watch},
    workspace::Checked,
};
use crate::{
    apply::{self, Event, Fence, Job, Outcome, Status, Stop},
    error::{Ending, Failure},
    finding::Finding,
    plan::{FORMAT_VERSION, Plan},
    render,
    text::plain,
};
use serde::Deserialize;
use std::{path::Path, sync::Arc, time::Duration};

pub async fn run(global: &Global, args: &ApplyArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let approved = match &args.plan {
        Some(path) => Some(approved_digest(path)?),
        None => args.digest.clone(),
    };
    let wait = args.wait.as_deref().map(|text| duration("--wait", text)).transpose()?;
    let timeout = args.lock_timeout.as_deref().map(|text| duration("--lock-timeout", text)).transpose()?;
    let checked = restore::check(&global.dir, &args.selection, args.emulation.sandbox)?;
    render::findings(io.err, &checked.warnings)?;
    let stop = Stop::default();
    let (watch, mut feed) = Watch::open("apply", &args.watching, &io.secrets, &stop)?;
    let interrupt = tokio::spawn(interrupted(stop.clone()));
    let wanted = Wanted {
        checked: &checked,
        command: "dialform apply",
        timeout: timeout.unwrap_or_default(),
        sandbox: args.emulation.sandbox,
        stop: &stop,
    };
    let locks = Locks::take(&wanted, io).await?;
    let run =
        Run { args, checked: &checked, approved: approved.as_deref(), wait, watch: &watch, stop: &stop };
    let ended = run.under(&locks, &mut feed, io).await;
    // However it ended, nobody else should have to wait.
    tokio::select! {
        () = locks.release(io) => {}
        () = stop.hurried() => {}
    }
    interrupt.abort();
    ended
}

/// An apply whose accounts are locked.
struct Run<'a> {
    args: &'a ApplyArgs,
    checked: &'a Checked,
    approved: Option<&'a str>,
    wait: Option<Duration>,
    watch: &'a Arc<Watch>,
    stop: &'a Stop,
}

impl Run<'_> {
    async fn under(&self, locks: &Locks, feed: &mut Feed, io: &mut Io<'_>) -> Result<Ending, Failure> {
        let Self { args, checked, watch, stop, .. } = self;
        let session = Session::open(checked, &args.emulation, Access::Write, watch).await?;
        let view = View::new(io, args.format, session.reading(checked), stop);
        let (plan, shown) = tokio::select! {
            biased;
            () = stop.told() => return Err(stopped()),
            plan = view.follow(session.plan(checked), feed) => plan,
        };
        shown?;
        watch.intact()?;
        match args.format {
            Format::Text => render::plan(io.out, &plan)?,
            Format::Markdown => render::plan_markdown(io.out, &plan)?,
            Format::Json => events::planned(io.out, &plan)?,
        }
        io.out.flush()?;
        unused_approvals(args, &plan, io);
        permit(args, &plan, self.approved)?;
        if plan.is_empty() {
            if args.format == Format::Json {
                events::finished(io.out, &plan, None, &[])?;
            }
            session.close().await;
            return Ok(if plan.is_blocked() { Ending::Error } else { Ending::Fine });
        }
        if !args.auto_approve && self.approved.is_none() {
            if args.format == Format::Json && io.ask.is_some() {
                render::plan(io.err, &plan)?;
            }
            confirm(io, stop).await?;
        }
        if stop.is_told() {
            return Err(stopped());
        }

        let kept = restore::save(checked, &plan, args.emulation.sandbox, &io.secrets)?;
        if let Some(path) = kept.as_deref() {
            // Nobody listening to talk is no reason to end, and least of all to end as if all were done.
            let _ = writeln!(
                io.err,
                "what is live now is kept in {}; `--restore` brings it back",
                path.display()
            );
        }
        if args.format == Format::Text {
            writeln!(io.out)?;
        }
        let (outcomes, shown) = self.carry_out(&session, &plan, locks, feed, io).await;
        session.close().await;
        if let Some(path) = &kept {
            restore::narrow(path, &outcomes, &io.secrets.clone(), io);
        }
        let shown = shown.and_then(|()| match args.format {
            Format::Text => render::summary(io.out, &outcomes),
            Format::Markdown => render::outcomes_markdown(io.out, &outcomes),
            Format::Json => events::finished(io.out, &plan, kept.as_deref(), &outcomes),
        });
        // Whether or not anybody could be told of it, how the run ended is how it ended.
        match (self.judge(&plan, &outcomes, locks, io), shown.and_then(|()| io.out.flush())) {
            (Ending::Fine, Err(error)) => Err(error.into()),
            (ending, _) => Ok(ending),
        }
    }

    async fn carry_out(
        &self,
        session: &Session,
        plan: &Plan,
        locks: &Locks,
        feed: &mut Feed,
        io: &mut Io<'_>,
    ) -> (Vec<Outcome>, std::io::Result<()>) {
        let lost = || locks.lost().map(|why| lost_lock(&why));
        let jobs = session.jobs(plan, self.wait);
        let fences: Vec<Fence<'_>> =
            jobs.iter().map(|job| Fence { writer: job.writer, lost: &lost, stop: self.stop }).collect();
        let jobs: Vec<Job<'_>> =
            jobs.iter().zip(&fences).map(|(job, fence)| Job { writer: fence, ..*job }).collect();
        let mut report = |event: Event<'_>| self.watch.report(event);
        let terminal = io.terminal;
        let board = session.applying(plan);
        let view = View::new(io, self.args.format, board, self.stop).with_bars(terminal);
        view.follow(apply::run(&jobs, self.stop, &mut report), feed).await
    }

    /// How the run ended, and what else has to be said of it.
    fn judge(&self, plan: &Plan, outcomes: &[Outcome], locks: &Locks, io: &mut Io<'_>) -> Ending {
        let mut findings = Vec::new();
        let broken = self.watch.broken();
        if let Some(why) = &broken {
            let finding = Finding::error("failed", why);
            findings.push(finding.help("no further step was started; make room, and apply again"));
        }
        let lost = locks.lost();
        if let Some(why) = &lost {
            // Who took it may have read an account while it was still being written.
            let finding = Finding::error("failed", lost_lock(why));
            findings.push(
                finding.help("see `dialform unlock` for who has it; plan and apply when that run is over"),
            );
        }
        if !findings.is_empty() {
            // Where this cannot be written there is nobody left to tell.
            let _ = io.out.flush().and_then(|()| render::findings(io.err, &findings));
        }
        // Who was told to stop while it was looking for an accepted change has not seen what it was to see.
        let accepted = !self.stop.is_told();
        let fine = |outcome: &Outcome| {
            outcome.status == Status::Done || (accepted && outcome.status == Status::Accepted)
        };
        let whole = outcomes.len() == plan.steps().count();
        let all_done = whole && outcomes.iter().all(fine) && !plan.is_blocked() && lost.is_none();
        match (all_done, broken) {
            (true, None) => Ending::Fine,
            (true, Some(_)) => Ending::Error,
            (false, _) => Ending::Partial,
        }
    }
}

/// Waits for Ctrl-C, or for what ends a job in CI or a closed terminal: nothing more is started then, and what is under
/// way is finished and reported; the second time that is left as well.
async fn interrupted(stop: Stop) {
    if signal().await {
        stop.now();
    }
    if signal().await {
        stop.at_once();
    }
}

/// Waits for a signal to end; whether there was one.
#[cfg(unix)]
async fn signal() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut end), Ok(mut gone)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) else {
        return false;
    };
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.is_ok(),
        ended = end.recv() => ended.is_some(),
        closed = gone.recv() => closed.is_some(),
    }
}

/// Waits for a signal to end; whether there was one.
#[cfg(not(unix))]
async fn signal() -> bool {
    tokio::signal::ctrl_c().await.is_ok()
}

fn lost_lock(why: &str) -> String {
    format!("the lock of this run is lost: {why}")
}

fn stopped() -> Failure {
    Failure::error("told to stop, nothing was changed")
}

/// How long an option means.
fn duration(option: &str, text: &str) -> Result<Duration, Failure> {
    /// Longer is a slip, and clocks have an end.
    const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);
    crate::text::duration(text).filter(|it| *it <= LONGEST).ok_or_else(|| {
        Failure::error(format!("`{option} {text}` is not a duration"))
            .help("write it as `30s`, `10m` or `24h`")
    })
}

/// What of a saved plan matters here.
#[derive(Deserialize)]
struct Saved {
    format_version: u32,
    digest: String,
}

fn approved_digest(path: &Path) -> Result<String, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::error(format!("cannot read the plan `{shown}`: {}", plain(&error))))?;
    let saved: Saved = serde_json::from_str(&text).map_err(|error| {
        Failure::error(format!("`{shown}` is not a saved plan: {error}"))
            .help("save one with `dialform plan --out FILE`")
    })?;
    if saved.format_version != FORMAT_VERSION {
        return Err(Failure::refused(format!(
            "`{shown}` has plan format {}, not {FORMAT_VERSION}",
            saved.format_version
        ))
        .help("plan again with this version of dialform"));
    }
    Ok(saved.digest)
}

/// Approvals of nothing: left over, or a slip.
fn unused_approvals(args: &ApplyArgs, plan: &Plan, io: &mut Io<'_>) {
    let critical: Vec<(String, String)> = plan
        .steps()
        .filter(|(_, step)| step.critical.is_some())
        .map(|(tenant, step)| (step.address.to_string(), format!("{}/{}", tenant.tenant, step.address)))
        .collect();
    let unused =
        |given: &&String| !critical.iter().any(|(address, full)| address == *given || full == *given);
    for given in args.approve_critical.iter().filter(unused) {
        let message = format!("`--approve-critical {given}` approves nothing in this plan");
        let _ = render::findings(io.err, &[Finding::warning("unused-approval", message)]);
    }
}

/// Refuses a plan that is not the one approved, goes beyond the guard, or does what needs a word of its own.
fn permit(args: &ApplyArgs, plan: &Plan, approved: Option<&str>) -> Result<(), Failure> {
    if let Some(digest) = approved
        && digest != plan.digest
    {
        let message = format!("the plan of now ({}) is not the approved one ({digest})", plan.digest);
        return Err(
            Failure::refused(message).help("files or live systems have changed since: plan and review again")
        );
    }
    let beyond = plan.tenants.iter().find(|tenant| !tenant.refused.is_empty());
    if let Some(tenant) = beyond.filter(|_| !args.override_guard) {
        let message = format!("tenant `{}`: {}", tenant.tenant, tenant.refused.join("; "));
        return Err(Failure::refused(message)
            .help("if that is meant, raise `guard` in dialform.yaml, or `--override-guard`"));
    }
    for (tenant, step) in plan.steps() {
        let Some(why) = &step.critical else { continue };
        let address = step.address.to_string();
        let full = format!("{}/{address}", tenant.tenant);
        // Without a tenant an address is a word for one object only if there is only one.
        let alone = plan
            .steps()
            .filter(|(_, other)| other.critical.is_some() && other.address == step.address)
            .count()
            == 1;
        if !args.approve_critical.iter().any(|approved| *approved == full || (alone && *approved == address))
        {
            let message = format!("{full} {why}");
            return Err(
                Failure::refused(message).help(format!("if that is meant: `--approve-critical {full}`"))
            );
        }
    }
    Ok(())
}

async fn confirm(io: &mut Io<'_>, stop: &Stop) -> Result<(), Failure> {
    let Some(ask) = io.ask else {
        return Err(Failure::refused("nobody is there to approve this plan")
            .help("apply a saved plan: `dialform apply PLANFILE`, or `--auto-approve`"));
    };
    let no = || Failure::refused("not approved, nothing was changed");
    let asked =
        tokio::task::spawn_blocking(move || ask("\nApply this plan? Only `yes` is taken for an answer: "));
    let answer = tokio::select! {
        biased;
        () = stop.told() => return Err(no()),
        answer = asked => answer.map_err(|_| no())??,
    };
    if answer.trim() == "yes" { Ok(()) } else { Err(no()) }
}
