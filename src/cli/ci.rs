//! `dialform ci`

use super::{
    Io,
    args::{
        Global,
        ci::{
            ApprovedArgs, ArtifactArgs, CiArgs, CiCommand, CommentArgs, DriftArgs, OutcomeArgs, PendingArgs,
            RecordArgs, ReviewedArgs,
        },
    },
};
use crate::{
    error::{Ending, Failure},
    page::say,
    run::ci::{self, Job},
    text::printable,
};

pub async fn run(global: &Global, args: &CiArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    match &args.command {
        CiCommand::Comment(args) => comment(global, args, io).await,
        CiCommand::Pending(args) => pending(global, args, io),
        CiCommand::Applied(args) => applied(global, args, io),
        CiCommand::Artifact(args) => artifact(global, args, io),
        CiCommand::Reviewed(args) => reviewed(global, args, io).await,
        CiCommand::Approved(args) => approved(global, args, io).await,
        CiCommand::Record(args) => record(global, args),
        CiCommand::Outcome(args) => outcome(global, args, io).await,
        CiCommand::Drift(args) => drift(global, args, io).await,
    }
}

fn job(global: &Global, environment: Option<&str>, io: &Io<'_>) -> Result<Job, Failure> {
    Job::open(&global.dir, environment, &io.secrets)
}

async fn comment(global: &Global, args: &CommentArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let job = job(global, args.environment.as_deref(), io)?;
    let shown = ci::Shown {
        head: &args.head,
        into: &args.into,
        markdown: &args.markdown,
        plan: args.plan.as_deref(),
        log: args.log.as_deref(),
    };
    told(&ci::comment(&job, &shown).await?, io)
}

fn pending(global: &Global, args: &PendingArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let waiting = ci::waiting(&global.dir, &args.environment.environment, &args.remote)?;
    if let Some(notice) = waiting.notice {
        say!(io.talk(), "{}", printable(notice))?;
    }
    for ci::Commit { commit, tree } in waiting.commits {
        say!(io.page(), "{} {}", commit, tree)?;
    }
    Ok(Ending::Fine)
}

fn applied(global: &Global, args: &PendingArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    if let Some(commit) = ci::applied(&global.dir, &args.environment.environment)? {
        say!(io.page(), "{}", commit)?;
    }
    Ok(Ending::Fine)
}

fn artifact(global: &Global, args: &ArtifactArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let name = ci::artifact(&global.dir, &args.environment.environment, &args.content)?;
    say!(io.page(), "{}", printable(name))?;
    Ok(Ending::Fine)
}

async fn reviewed(global: &Global, args: &ReviewedArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let environment = &args.environment.environment;
    let job = job(global, Some(environment), io)?;
    match job.reviewed(environment, &args.commit, &args.tree, &args.workflow).await? {
        Some(artifact) => say!(io.page(), "{}", artifact)?,
        None => {
            say!(io.talk(), "no plan of {} from before its merge is kept", printable(args.commit.clone()))?
        }
    }
    Ok(Ending::Fine)
}

async fn approved(global: &Global, args: &ApprovedArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let job = job(global, Some(&args.environment.environment), io)?;
    let found = ci::approved(&job, &args.plan, &args.commit, &args.also).await?;
    let shown = args.shown && found.shown;
    if found.by.is_empty() && !shown {
        say!(io.talk(), "nobody has approved this plan")?;
        return Ok(Ending::Refused);
    }
    if shown {
        say!(io.talk(), "the pull request showed this plan when it was merged")?;
    }
    if !found.by.is_empty() {
        let by: Vec<String> = found.by.into_iter().collect();
        say!(io.talk(), "approved by {}", printable(by.join(", ")))?;
    }
    for address in found.critical {
        say!(io.page(), "{}", printable(address))?;
    }
    Ok(Ending::Fine)
}

fn record(global: &Global, args: &RecordArgs) -> Result<Ending, Failure> {
    let environment = &args.environment.environment;
    ci::record(&global.dir, environment, &args.remote, &args.commit, &args.plan)?;
    Ok(Ending::Fine)
}

async fn outcome(global: &Global, args: &OutcomeArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let job = job(global, Some(&args.environment.environment), io)?;
    let outcome = ci::Outcome {
        commit: &args.commit,
        code: args.code,
        by_hand: args.by_hand,
        markdown: &args.markdown,
        log: args.log.as_deref(),
        plan: args.plan.as_deref(),
    };
    told(&ci::outcome(&job, &outcome).await?, io)
}

async fn drift(global: &Global, args: &DriftArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let job = job(global, Some(&args.environment.environment), io)?;
    let night =
        ci::Night { code: args.code, markdown: &args.markdown, plan: &args.plan, workflow: &args.workflow };
    told(&ci::night(&job, &night).await?, io)
}

/// Says what was done, a line each.
fn told(lines: &[String], io: &mut Io<'_>) -> Result<Ending, Failure> {
    for line in lines {
        say!(io.page(), "{}", printable(line.clone()))?;
    }
    Ok(Ending::Fine)
}
