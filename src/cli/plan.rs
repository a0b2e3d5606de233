//! `dialform plan`

use super::{
    Io,
    args::{Global, PlanArgs, PlanFormat},
    progress::View,
};
use crate::{
    error::{Ending, Failure},
    plan::Plan,
    render::{self, json},
    run::{self, Checked, Options, Progress, Session, save_plan},
};
use std::io;

pub async fn run(global: &Global, args: &PlanArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options = Options { now: global.now, ..args.try_into()? };
    let checked = run::check(&global.dir, &options)?;
    let expected = run::expected_changes(&checked, &args.expect_change)?;
    let mut plan = match args.against {
        Some(_) => run::plan_against(&checked, &options),
        None => live(&checked, &options, args, io).await?,
    };
    let unexpected = expected.map(|expected| run::unexpected(&plan, &expected)).unwrap_or_default();
    let is_as_expected = unexpected.is_empty();
    plan.findings.splice(0..0, unexpected);
    let plan = if args.redact { plan.redacted() } else { plan };
    if let Some(path) = &args.out {
        save_plan(path, &plan, &io.secrets)?;
    }
    let ending = if is_as_expected { ending(&plan, args.detailed_exitcode) } else { Ending::Error };
    let written = match args.format {
        PlanFormat::Text => render::plan(&mut io.page(), &plan, args.showing.expand),
        PlanFormat::Markdown => {
            let look = render::Look { expand: args.showing.expand, most: Some(args.max_bytes) };
            render::plan_markdown(&mut io.markdown(), &plan, look)
        }
        PlanFormat::Json => json::write(io.out, &plan),
        PlanFormat::Html => render::plan_html(io.out, &plan, &render::Pictures::default(), args.showing.expand),
    };
    shown(written, ending)
}

/// How a plan ends.
pub fn ending(plan: &Plan, detailed: bool) -> Ending {
    match (plan.is_blocked(), plan.is_empty()) {
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
    checked: &Checked,
    options: &Options,
    args: &PlanArgs,
    io: &mut Io<'_>,
) -> Result<Plan, Failure> {
    let (context, mut notices) = io.context();
    let session = Session::reading(checked, options, &context).await?;
    let progress = Progress::reading(checked.tenants.len(), session.paces());
    let view = View::new(io, args.format.shown(), progress, &context.shutdown);
    let (plan, shown) = view.follow(session.plan(), &mut notices).await;
    let logged = session.ensure_logged();
    session.close().await;
    shown?;
    let plan = plan?;
    logged?;
    Ok(plan)
}
