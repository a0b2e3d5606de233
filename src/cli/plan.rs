//! `dialform plan`

use super::{
    Io,
    args::{Format, Global, PlanArgs},
    progress::View,
};
use crate::{
    error::{Ending, Failure},
    render::{self, json},
    run::{self, Options, Progress, Session, save_plan},
};

pub async fn run(global: &Global, args: &PlanArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options = Options::from(args);
    let checked = run::check(&global.dir, &options)?;
    let (context, mut notices) = io.context();
    let session = Session::reading(&checked, &options, &context).await?;
    let progress = Progress::reading(checked.tenants.len(), session.paces());
    let view = View::new(io, args.format, progress, &context.shutdown);
    let (plan, shown) = view.follow(session.plan(), &mut notices).await;
    let logged = session.ensure_logged();
    session.close().await;
    shown?;
    let plan = plan?;
    logged?;
    if let Some(path) = &args.out {
        save_plan(path, &plan, &io.secrets)?;
    }
    let ending = match (plan.is_blocked(), plan.is_empty()) {
        (true, _) => Ending::Error,
        (false, false) if args.detailed_exitcode => Ending::Changes,
        _ => Ending::Fine,
    };
    let shown = match args.format {
        Format::Text => render::plan(&mut io.page(), &plan),
        Format::Markdown => render::plan_markdown(&mut io.markdown(), &plan),
        Format::Json => json::write(io.out, &plan),
    };
    match (shown, ending) {
        (Err(error), Ending::Fine) => Err(error.into()),
        // The exit code tells of changes even if the output was closed, as in `plan --detailed-exitcode | head`.
        (_, ending) => Ok(ending),
    }
}
