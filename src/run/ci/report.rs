//! How an apply ended, in the pull request it came from and in one issue; what differs at night, in another.

use super::{Job, body, comment::hexadecimal, failed, written};
use crate::{
    error::Failure,
    forge::{Comment, Issue, Topic},
    plan::SavedPlan,
    run::saved_plan,
    text::{count, hex},
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::path::Path;

/// How an apply of a commit ended.
pub struct Outcome<'a> {
    pub commit: &'a str,
    /// The exit code of the apply.
    pub code: u8,
    /// Whether people have to do what is left of one that ended well.
    pub by_hand: bool,
    /// What it printed, as Markdown.
    pub markdown: &'a Path,
    /// What it said on standard error.
    pub log: Option<&'a Path>,
    /// The plan that waits for approval.
    pub plan: Option<&'a Path>,
}

/// Says how an apply ended where its change was reviewed. One issue is open as long as it has not ended well.
pub async fn outcome(job: &Job, outcome: &Outcome<'_>) -> Result<Vec<String>, Failure> {
    let commit = hexadecimal(outcome.commit)?;
    let short = &commit[..12];
    let printed = written(outcome.markdown)?;
    let log = outcome.log.map(written).transpose()?.unwrap_or_default();
    let well = outcome.code == 0;
    let by_hand = well && outcome.by_hand;
    let ended = match outcome.code {
        0 if by_hand => {
            format!(
                ":white_check_mark: Commit <code>{short}</code> is applied, but for what is left to do by hand."
            )
        }
        0 => format!(":white_check_mark: Commit <code>{short}</code> is applied."),
        3 => format!(":stop_sign: Commit <code>{short}</code> waits: this run has changed nothing."),
        4 => format!(":x: Commit <code>{short}</code> is applied in part."),
        _ => format!(":x: Commit <code>{short}</code> could not be applied."),
    };
    let waits = match outcome.plan.filter(|_| outcome.code == 3).map(saved_plan).transpose()? {
        Some(plan) => format!(
            "\n{} approves this plan with a comment that begins:\n\n    {} {}\n",
            job.forge.approvers(),
            body::APPROVE,
            plan.digest
        ),
        None => String::new(),
    };
    let log = if well { String::new() } else { body::fenced(&log) };
    let printed = body::fitting(printed.trim_end());
    // The mark of a plan is that of its own comment.
    let printed = if printed.starts_with("<!-- dialform:") { body::rest(&printed) } else { &printed };
    let said = format!("{ended}{}\n{log}{waits}\n{printed}\n", body::run(job.forge.run()));
    let mark = body::mark("applied", &format!("{}:{short}", job.mark));
    let mut lines = Vec::new();
    for request in job.forge.merged_as(commit).await.map_err(failed)? {
        let topic = Topic::PullRequest(request.number);
        keep(job, topic, &mark, &said, outcome.code).await?;
        lines.push(format!("#{}: said how it ended", request.number));
    }
    if by_hand {
        lines.push(left(job, &said, short).await?);
    }
    lines.extend(trouble(job, outcome.code, &said, short).await?);
    Ok(lines)
}

/// Writes a comment, or the one with its mark anew.
async fn keep(job: &Job, topic: Topic, mark: &str, said: &str, code: u8) -> Result<(), Failure> {
    let me = job.forge.me().await.map_err(failed)?;
    let all = job.forge.comments(topic).await.map_err(failed)?;
    let ours: Option<Comment> = all.into_iter().rfind(|it| it.author == me && body::begins(&it.body, mark));
    let text = body::told(mark, said, code, ours.as_ref().map(|it| it.body.as_str()));
    match ours {
        Some(ours) if ours.body.trim_end() == text.trim_end() => Ok(()),
        Some(ours) => job.forge.edit_comment(topic, ours.id, &text).await.map_err(failed),
        None => job.forge.comment(topic, &text).await.map_err(failed),
    }
}

/// Keeps an issue about what a commit leaves to people. They alone know when it is done: no later apply closes it.
async fn left(job: &Job, said: &str, short: &str) -> Result<String, Failure> {
    let mark = body::mark("by-hand", &format!("{}:{short}", job.mark));
    let text = format!("{mark}\nSomebody does this in the portal, and closes the issue then.\n\n{said}");
    let open = job.forge.issues().await.map_err(failed)?;
    Ok(match open.into_iter().find(|it| body::begins(&it.body, &mark)) {
        Some(issue) => {
            job.forge.edit_issue(issue.number, &text).await.map_err(failed)?;
            format!("#{}: lists what is left to do by hand", issue.number)
        }
        None => {
            let title = format!("dialform: commit {short} leaves something to do by hand");
            let number = job.forge.open_issue(&title, &text).await.map_err(failed)?;
            format!("#{number}: opened, something is left to do by hand")
        }
    })
}

/// Opens, goes on with or closes the issue about applies that did not end well. Its text is of now: the plan that it asks
/// somebody to approve is the one that waits. People are told by a comment of each commit, once.
async fn trouble(job: &Job, code: u8, said: &str, short: &str) -> Result<Vec<String>, Failure> {
    let mark = body::mark("failed", &job.mark);
    let open = job.forge.issues().await.map_err(failed)?.into_iter().find(|it| body::begins(&it.body, &mark));
    Ok(match (open, code) {
        (None, 0) => Vec::new(),
        (None, _) => {
            let title = format!("dialform: commit {short} is not applied");
            let text = body::told(&mark, said, code, None);
            let number = job.forge.open_issue(&title, &text).await.map_err(failed)?;
            vec![format!("#{number}: opened")]
        }
        (Some(issue), 0) => {
            close(job, &issue, &format!("Commit <code>{short}</code> is applied.")).await?;
            vec![format!("#{}: closed", issue.number)]
        }
        (Some(issue), _) => {
            let text = body::told(&mark, said, code, Some(&issue.body));
            job.forge.edit_issue(issue.number, &text).await.map_err(failed)?;
            let topic = Topic::Issue(issue.number);
            keep(job, topic, &body::mark("failed", &format!("{}:{short}", job.mark)), said, code).await?;
            vec![format!("#{}: said that it is still so", issue.number)]
        }
    })
}

async fn close(job: &Job, issue: &Issue, why: &str) -> Result<(), Failure> {
    let text = format!("{why}{}\n", body::run(job.forge.run()));
    job.forge.comment(Topic::Issue(issue.number), &text).await.map_err(failed)?;
    job.forge.close_issue(issue.number).await.map_err(failed)
}

/// What a night has found.
pub struct Night<'a> {
    /// The exit code of the plan.
    pub code: u8,
    /// The plan as Markdown.
    pub markdown: &'a Path,
    /// The saved plan.
    pub plan: &'a Path,
    /// The file of the workflow whose schedule this is.
    pub workflow: &'a str,
}

/// A report that is missing for longer than this is said: one night and half of the next.
const SILENT: SignedDuration = SignedDuration::from_hours(36);

/// Keeps one issue as long as something differs, and says in it what differs only when that has changed.
pub async fn night(job: &Job, night: &Night<'_>) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    if let Some(last) = job.forge.last_scheduled(night.workflow).await.map_err(failed)? {
        let silent = Timestamp::now().duration_since(last);
        if silent > SILENT {
            let nights = count(usize::try_from(silent.as_hours() / 24).unwrap_or_default(), "day");
            lines.push(format!("no report for {nights}: the last one is of {last:.0}"));
        }
    }
    // A plan of which a part is missing is saved as well.
    let whole = matches!(night.code, 0 | 2);
    let plan =
        if whole || (night.code == 1 && night.plan.exists()) { Some(saved_plan(night.plan)?) } else { None };
    let set = plan.as_ref().and_then(differing);
    if !whole {
        lines.push("what is live could not be read, or not all of it".to_owned());
        if set.is_none() {
            return Ok(lines);
        }
    }
    let kind = format!("<!-- dialform:drift:{}:", job.mark);
    let open = job.forge.issues().await.map_err(failed)?.into_iter().find(|it| it.body.starts_with(&kind));
    let Some(set) = set else {
        if let Some(issue) = open {
            close(job, &issue, "What is live is as the files say.").await?;
            lines.push(format!("#{}: closed, nothing differs", issue.number));
        }
        return Ok(lines);
    };
    let mark = body::mark("drift", &format!("{}:{set}", job.mark));
    let silence: String = lines.iter().map(|it| format!("{it}.\n\n")).collect();
    let printed = written(night.markdown)?;
    let printed = body::fitting(if printed.starts_with("<!-- ") { body::rest(&printed) } else { &printed });
    let run = body::run(job.forge.run());
    let text = format!(
        "{mark}\nWhat is live differs from the files on the main branch.{run}\n\n{silence}Either side may be right: the notes say \
         how to take each.\n\n{printed}"
    );
    match open {
        Some(issue) if body::begins(&issue.body, &mark) => {
            lines.push(format!("#{}: the same differs as before", issue.number));
        }
        Some(issue) => {
            job.forge.edit_issue(issue.number, &text).await.map_err(failed)?;
            let changed = format!("What differs has changed.{run} {silence}The report above is of now.\n");
            job.forge.comment(Topic::Issue(issue.number), &changed).await.map_err(failed)?;
            lines.push(format!("#{}: what differs has changed", issue.number));
        }
        None => {
            let title = "dialform: what is live differs from the files";
            let number = job.forge.open_issue(title, &text).await.map_err(failed)?;
            lines.push(format!("#{number}: opened, something differs"));
        }
    }
    Ok(lines)
}

/// A sum of what differs; nothing where nothing does. The order of steps does not count.
fn differing(plan: &SavedPlan) -> Option<String> {
    let steps = plan.tenants.iter().flat_map(|tenant| tenant.steps.iter().map(move |step| (tenant, step)));
    let mut all: Vec<String> = steps
        .map(|(tenant, step)| {
            format!("{}\0{}\0{:?}\0{:?}", tenant.tenant, step.address, step.action, step.changes)
        })
        .collect();
    all.sort();
    (!all.is_empty()).then(|| hex(&Sha256::digest(all.join("\u{1}")))[..16].to_owned())
}
