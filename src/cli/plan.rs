//! `dialform plan`

use super::{
    Io,
    args::{Format, Global, PlanArgs},
    json,
    progress::View,
    restore,
    session::{Access, Session},
    watch::Watch,
};
use crate::{
    apply::Stop,
    error::{Ending, Failure},
    plan::Plan,
    render,
    secret::Known,
};
use std::path::Path;

pub async fn run(global: &Global, args: &PlanArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let checked = restore::check(&global.dir, &args.selection, args.emulation.sandbox)?;
    render::findings(io.err, &checked.warnings)?;
    // Nothing is started here that could be stopped: a run that only reads ends by itself.
    let stop = Stop::default();
    let (watch, mut feed) = Watch::open("plan", &args.watching, &io.secrets, &stop)?;
    let session = Session::open(&checked, &args.emulation, Access::Read, &watch).await?;
    let view = View::new(io, args.format, session.reading(&checked), &stop);
    let (plan, shown) = view.follow(session.plan(&checked), &mut feed).await;
    shown?;
    session.close().await;
    watch.intact()?;
    if let Some(path) = &args.out {
        save(path, &plan, &io.secrets)?;
    }
    let ending = match (plan.is_blocked(), plan.is_empty()) {
        (true, _) => Ending::Error,
        (false, false) if args.detailed_exitcode => Ending::Changes,
        _ => Ending::Fine,
    };
    let shown = match args.format {
        Format::Text => render::plan(io.out, &plan),
        Format::Markdown => render::plan_markdown(io.out, &plan),
        Format::Json => json::write(io.out, &plan),
    };
    match (shown, ending) {
        (Err(error), Ending::Fine) => Err(error.into()),
        // What was found is found, whoever still reads it: `plan --detailed-exitcode | head` is no "nothing to do".
        (_, ending) => Ok(ending),
    }
}

fn save(path: &Path, plan: &Plan, secrets: &Known) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    json::write(&mut bytes, plan)?;
    let text = String::from_utf8_lossy(&bytes);
    std::fs::write(path, secrets.hide(&text).as_bytes())
        .map_err(|error| Failure::error(format!("cannot save the plan to `{}`: {error}", path.display())))
}
