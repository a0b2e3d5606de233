//! `dialform plan`

use super::{
    Io,
    args::{Format, Global, PlanArgs},
    json, restore,
    session::{Access, Session},
};
use crate::{
    error::{Ending, Failure},
    plan::Plan,
    render,
};
use std::path::Path;

pub async fn run(global: &Global, args: &PlanArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let checked = restore::check(&global.dir, &args.selection, args.emulation.sandbox)?;
    render::findings(io.err, &checked.warnings)?;
    let session = Session::open(&checked, &args.emulation, Access::Read).await?;
    let plan = session.plan(&checked).await;
    session.close().await;
    if let Some(path) = &args.out {
        save(path, &plan)?;
    }
    match args.format {
        Format::Text => render::plan(io.out, &plan)?,
        Format::Markdown => render::plan_markdown(io.out, &plan)?,
        Format::Json => json::write(io.out, &plan)?,
    }
    Ok(match (plan.is_blocked(), plan.is_empty()) {
        (true, _) => Ending::Error,
        (false, false) if args.detailed_exitcode => Ending::Changes,
        _ => Ending::Fine,
    })
}

fn save(path: &Path, plan: &Plan) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    json::write(&mut bytes, plan)?;
    std::fs::write(path, bytes)
        .map_err(|error| Failure::error(format!("cannot save the plan to `{}`: {error}", path.display())))
}
