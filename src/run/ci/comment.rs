//! The comment of a pull request: one for each workspace and environment, written anew for each head.

use super::{Job, body, failed, written};
use crate::{
    error::Failure,
    forge::{Comment, PullRequest, Topic},
    run::saved_plan,
};
use std::path::Path;

/// What is shown of which commit.
pub struct Shown<'a> {
    /// The commit that was planned: only pull requests that still have it at their head get a comment.
    pub head: &'a str,
    /// The branch they go into.
    pub into: &'a str,
    /// The plan as Markdown. Without a text in it there is no plan.
    pub markdown: &'a Path,
    /// The saved plan, which tells how it is approved.
    pub plan: Option<&'a Path>,
    /// What was said on standard error, shown where there is no plan.
    pub log: Option<&'a Path>,
}

/// Writes the comment into each open pull request with that head; says what was done, a line each.
pub async fn comment(job: &Job, shown: &Shown<'_>) -> Result<Vec<String>, Failure> {
    let commit = hexadecimal(shown.head)?;
    let mark = body::mark("plan", &job.mark);
    let plan = written(shown.markdown)?;
    if !plan.trim().is_empty() && !body::begins(&plan, &mark) {
        let message =
            format!("`{}` is no comment of this workspace and environment", shown.markdown.display());
        return Err(Failure::error(message)
            .help("write it with `dialform plan --format markdown`, and the same `-C` and `--environment`"));
    }
    let requests = job.forge.with_head(commit, shown.into).await.map_err(failed)?;
    if requests.is_empty() {
        let line =
            format!("no open pull request into {} has {commit} at its head: nothing is written", shown.into);
        return Ok(vec![line]);
    }
    let me = job.forge.me().await.map_err(failed)?;
    let mut said = Vec::new();
    for PullRequest { number, .. } in requests {
        let topic = Topic::PullRequest(number);
        let all = job.forge.comments(topic).await.map_err(failed)?;
        let mut ours: Vec<Comment> = all.into_iter().filter(|it| is_ours(it, &me, &mark)).collect();
        let newest = ours.pop();
        for older in ours {
            let text = body::outdated(&older.body, &mark, "A later comment holds the plan.");
            if text != older.body {
                job.forge.edit_comment(topic, older.id, &text).await.map_err(failed)?;
            }
        }
        // The head may have moved while all this was read: a plan of another commit is none of this one.
        let still = job.forge.with_head(commit, shown.into).await.map_err(failed)?;
        if !still.iter().any(|it| it.number == number) {
            said.push(format!("#{number} has another head by now: nothing is written"));
            continue;
        }
        let text = text(job, shown, &plan, newest.as_ref(), &mark)?;
        let what = if plan.trim().is_empty() { "there is no plan" } else { "the plan" };
        match newest {
            Some(newest) => job.forge.edit_comment(topic, newest.id, &text).await.map_err(failed)?,
            None => job.forge.comment(topic, &text).await.map_err(failed)?,
        }
        said.push(format!("#{number}: {what}"));
    }
    Ok(said)
}

/// What the comment is to say.
fn text(
    job: &Job,
    shown: &Shown<'_>,
    plan: &str,
    newest: Option<&Comment>,
    mark: &str,
) -> Result<String, Failure> {
    if plan.trim().is_empty() {
        let log = shown.log.map(written).transpose()?.unwrap_or_default();
        let commit = shown.head.get(..12).unwrap_or(shown.head);
        let why = format!(
            "There is no plan of commit <code>{commit}</code>.{}\n{}",
            body::run(job.forge.run()),
            body::fenced(&log)
        );
        return Ok(match newest.filter(|it| body::shows_any(&it.body)) {
            Some(newest) => body::outdated(&newest.body, mark, &why),
            None => format!("{mark}\n## dialform plan\n\n:x: {why}"),
        });
    }
    let Some(saved) = shown.plan.filter(|path| path.exists()).map(saved_plan).transpose()? else {
        return Ok(plan.to_owned());
    };
    let critical = saved.tenants.iter().flat_map(|it| &it.steps).any(|step| step.critical.is_some());
    Ok(if critical { body::to_approve(plan, job.forge.approvers(), &saved.digest) } else { plan.to_owned() })
}

/// Whether a comment is ours: we wrote it, and its first line is our mark. A mark alone is anybody's.
fn is_ours(comment: &Comment, me: &str, mark: &str) -> bool {
    comment.author == me && body::begins(&comment.body, mark)
}

/// The full name of a commit, which is part of what is written and asked.
pub fn hexadecimal(commit: &str) -> Result<&str, Failure> {
    let whole = matches!(commit.len(), 40 | 64) && commit.bytes().all(|it| it.is_ascii_hexdigit());
    whole.then_some(commit).ok_or_else(|| {
        Failure::error(format!("`{commit}` is not the full name of a commit"))
            .help("as `git rev-parse HEAD` prints it")
    })
}
