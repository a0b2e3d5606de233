//! `dialform plan`

use super::{
    Io,
    args::{Global, PlanArgs, PlanFormat},
    progress::View,
    signal,
};
use crate::{
    aside,
    error::{Ending, Failure},
    finding::Level,
    picture,
    plan::Plan,
    render::{self, Picture, Pictures, json},
    run::{self, Checked, Detail, Drawings, Drawn, Expected, Options, Session, save_plan},
};
use std::{collections::BTreeSet, io};

pub async fn run(global: &Global, args: &PlanArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    if args.selection.shard.is_some() && !args.expect_change.is_empty() {
        let failure =
            Failure::error("`--expect-change` is about the whole plan, and `--shard` is a part of it");
        return Err(failure.help("leave it out here, and give it to the `dialform merge` of all shards"));
    }
    let is_drawn = args.format == PlanFormat::Html;
    // What is expected is looked up in the files of all tenants.
    let in_batches = (!is_drawn && args.expect_change.is_empty()).then(run::in_batches);
    let options = Options { now: global.now, in_batches, ..args.try_into()? };
    let mut checked = run::check(&global.dir, &options)?;
    let expected = run::expected_changes(&checked, &args.expect_change)?;
    // What only the live systems know is not drawn either.
    let is_hidden = args.redact && args.against.is_none();
    let mut drawings = Drawings::wanted(is_drawn && !is_hidden);
    let plan = match args.against {
        Some(_) => run::plan_against_drawn(&checked, &options, &mut drawings),
        None => live(&mut checked, &options, args, &mut drawings, io).await?,
    };
    let plan = if args.redact { plan.redacted() } else { plan };
    if let Some(path) = &args.out {
        save_plan(path, &plan, &io.secrets)?;
    }
    let plan = as_expected(plan, expected.as_ref());
    let ending = ending(&plan, args.detailed_exitcode);
    let written = match args.format {
        PlanFormat::Text => text(&plan, args, io),
        PlanFormat::Markdown => {
            let look = render::Look { expand: args.showing.expand, most: Some(args.max_bytes) };
            render::plan_markdown(&mut io.markdown(), &plan, look)
        }
        PlanFormat::Json => json::write(io.out, &plan),
        PlanFormat::Html => render::plan_html(io.out, &plan, &pictures(drawings), args.showing.expand),
    };
    shown(written, ending)
}

/// The plan as text, with what is left alone by name where everything is to be shown.
fn text(plan: &Plan, args: &PlanArgs, io: &mut Io<'_>) -> io::Result<()> {
    render::plan(&mut io.page(), plan, args.showing.expand)?;
    if args.watching.verbose {
        render::undeclared_extensions(&mut io.page(), &plan.tenants)?;
    }
    Ok(())
}

/// Drawings as pictures. What cannot be drawn is named with those that are not.
fn pictures(drawings: Drawings) -> Pictures {
    let mut pictures = Pictures { left_out: drawings.left_out, ..Pictures::default() };
    for Drawn { tenant, called, before, after } in drawings.each {
        let svg = |drawing, when: &str| picture::svg(drawing, &format!("Calls to {called} {when}"));
        let before = before.as_ref().map(|it| svg(it, "before")).transpose();
        let after = after.as_ref().map(|it| svg(it, "after")).transpose();
        match (before, after) {
            (Ok(before), Ok(after)) => pictures.each.push(Picture { tenant, called, before, after }),
            _ => pictures.left_out.push((tenant, called)),
        }
    }
    pictures
}

/// The same plan with what of it nobody expects. That is about what was asked now: a plan is saved without it.
pub fn as_expected(mut plan: Plan, expected: Option<&BTreeSet<Expected>>) -> Plan {
    let unexpected = expected.map(|expected| run::unexpected(&plan, expected)).unwrap_or_default();
    plan.findings.splice(0..0, unexpected);
    plan
}

/// How a plan ends.
pub fn ending(plan: &Plan, detailed: bool) -> Ending {
    // What else is wrong with the files or the calls is for an apply to refuse, or for somebody to approve.
    let is_wrong = plan.findings.iter().any(|it| it.code == "unexpected-change" && it.level == Level::Error);
    match (plan.is_blocked() || is_wrong, plan.is_empty()) {
        (true, _) => Ending::Error,
        (false, false) if detailed => Ending::Changes,
        _ => Ending::Fine,
    }
}

/// The same when it was written, or could not be.
pub fn shown(written: io::Result<()>, ending: Ending) -> Result<Ending, Failure> {
    match (written, ending) {
        (Err(error), Ending::Fine) => Err(error.into()),
        // The exit code tells of changes even if the output was closed, as in `plan --detailed-exitcode | head`.
        (_, ending) => Ok(ending),
    }
}

/// The plan against what is live.
async fn live(
    checked: &mut Checked,
    options: &Options,
    args: &PlanArgs,
    drawings: &mut Drawings,
    io: &mut Io<'_>,
) -> Result<Plan, Failure> {
    let (context, mut notices) = io.context();
    // Until the plan is written as well.
    aside::spawn(signal::end_reading(context.shutdown.clone()));
    let session = Session::reading(checked, options, &context).await?;
    let progress = session.reading_progress();
    let terminal = io.terminal;
    let view = View::new(io, args.format.shown(), progress, &context.shutdown).with_bars(terminal);
    let opened = session.into_opened();
    let is_read = matches!(args.format, PlanFormat::Text | PlanFormat::Markdown) && args.out.is_none();
    let detail = if is_read { Detail::InWords } else { Detail::Whole };
    let work = run::plan_over(opened, checked, &context, detail, drawings);
    let ((opened, plan), shown) = view.follow(work, &mut notices).await;
    let session = Session::over(opened, checked, &context);
    let logged = session.ensure_logged();
    session.close().await;
    shown?;
    let plan = plan.map_err(|failure| context.how_far(failure, checked.counts().0))?;
    logged?;
    Ok(plan)
}
