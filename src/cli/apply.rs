//! `dialform apply`

use super::{
    Io,
    args::{ApplyArgs, Format, Global},
    json,
    lock::{Locks, Wanted},
    restore,
    session::{Access, Session},
    workspace::Checked,
};
use crate::{
    apply::{self, Fence, Job, Outcome, Status, Stop},
    error::{Ending, Failure},
    plan::{FORMAT_VERSION, Plan},
    render,
    text::plain,
};
use serde::Deserialize;
use std::{path::Path, time::Duration};

pub async fn run(global: &Global, args: &ApplyArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let approved = match &args.plan {
        Some(path) => Some(approved_digest(path)?),
        None => args.digest.clone(),
    };
    let wait = args.wait.as_deref().map(|text| duration("--wait", text)).transpose()?;
    let timeout = args.lock_timeout.as_deref().map(|text| duration("--lock-timeout", text)).transpose()?;
    let checked = restore::check(&global.dir, &args.selection, args.emulation.sandbox)?;
    render::findings(io.err, &checked.warnings)?;
    let wanted = Wanted {
        checked: &checked,
        command: "dialform apply",
        timeout: timeout.unwrap_or_default(),
        sandbox: args.emulation.sandbox,
        tell: args.format != Format::Json,
    };
    let locks = Locks::take(&wanted, io).await?;
    let ended = under_locks(args, &checked, approved.as_deref(), wait, &locks, io).await;
    // However it ended, nobody else should have to wait.
    locks.release(io).await;
    ended
}

async fn under_locks(
    args: &ApplyArgs,
    checked: &Checked,
    approved: Option<&str>,
    wait: Option<Duration>,
    locks: &Locks,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    let session = Session::open(checked, &args.emulation, Access::Write).await?;
    let plan = session.plan(checked).await;
    let text = args.format == Format::Text;
    match args.format {
        Format::Text => render::plan(io.out, &plan)?,
        Format::Markdown => render::plan_markdown(io.out, &plan)?,
        Format::Json => {}
    }
    io.out.flush()?;
    permit(args, &plan, approved)?;
    if plan.is_empty() {
        if args.format == Format::Json {
            json::write(
                io.out,
                &serde_json::json!({ "digest": plan.digest, "blocked": blocked(&plan), "restore": null, "steps": [] }),
            )?;
        }
        session.close().await;
        return Ok(if plan.is_blocked() { Ending::Error } else { Ending::Fine });
    }
    if !args.auto_approve && approved.is_none() {
        if args.format == Format::Json && io.ask.is_some() {
            render::plan(io.err, &plan)?;
        }
        confirm(io)?;
    }

    let before = restore::save(&checked.root, &plan, args.emulation.sandbox)?;
    if let Some(path) = before.as_deref().filter(|_| args.format != Format::Json) {
        // Nobody listening to talk is no reason to end, and least of all to end as if all were done.
        let _ =
            writeln!(io.err, "what is live now is kept in {}; `--restore` brings it back", path.display());
    }
    if text {
        writeln!(io.out)?;
    }
    let stop = Stop::default();
    let interrupt = tokio::spawn(interrupted(stop.clone()));
    let lost = || locks.lost().map(|why| format!("the lock of this run is lost: {why}"));
    let jobs = session.jobs(&plan, wait);
    let fences: Vec<Fence<'_>> = jobs.iter().map(|job| Fence { writer: job.writer, lost: &lost }).collect();
    let jobs: Vec<Job<'_>> = jobs.iter().zip(&fences).map(|(job, fence)| Job { writer: fence, ..*job }).collect();
    let mut written = Ok(());
    let mut report = |outcome: &Outcome| {
        if text && written.is_ok() {
            written = render::outcome(io.out, outcome).and_then(|()| io.out.flush());
            // What is under way is finished before a closed output ends the run.
            if written.is_err() {
                stop.now();
            }
        }
    };
    let outcomes = apply::run(&jobs, &stop, &mut report).await;
    interrupt.abort();
    written?;
    session.close().await;
    match args.format {
        Format::Text => render::summary(io.out, &outcomes)?,
        Format::Markdown => render::outcomes_markdown(io.out, &outcomes)?,
        Format::Json => {
            let blocked = blocked(&plan);
            let all = serde_json::json!({
                "digest": plan.digest, "blocked": blocked, "restore": before, "steps": outcomes
            });
            json::write(io.out, &all)?;
        }
    }
    let fine = |outcome: &Outcome| matches!(outcome.status, Status::Done | Status::Accepted);
    // Who took a lost lock may have read an account while it was still being written.
    let lost = lost();
    if let Some(why) = &lost {
        let _ = writeln!(io.err, "{why}");
    }
    let all_done = outcomes.iter().all(fine) && !plan.is_blocked() && lost.is_none();
    Ok(if all_done { Ending::Fine } else { Ending::Partial })
}

fn blocked(plan: &Plan) -> Vec<&str> {
    let blocked = plan.tenants.iter().filter(|tenant| !tenant.blocked.is_empty());
    blocked.map(|tenant| tenant.tenant.as_str()).collect()
}

/// Waits for Ctrl-C: nothing more is started then, and what is under way is finished and reported.
async fn interrupted(stop: Stop) {
    if tokio::signal::ctrl_c().await.is_ok() {
        stop.now();
    }
}

/// How long an option means.
fn duration(option: &str, text: &str) -> Result<Duration, Failure> {
    let parsed = text.parse::<jiff::SignedDuration>().ok().and_then(|it| Duration::try_from(it).ok());
    parsed.ok_or_else(|| {
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

fn confirm(io: &mut Io<'_>) -> Result<(), Failure> {
    let Some(ask) = io.ask else {
        return Err(Failure::refused("nobody is there to approve this plan")
            .help("apply a saved plan: `dialform apply PLANFILE`, or `--auto-approve`"));
    };
    let answer = ask("\nApply this plan? Only `yes` is taken for an answer: ")?;
    if answer.trim() == "yes" { Ok(()) } else { Err(Failure::refused("not approved, nothing was changed")) }
}
