//! `dialform checklist`

use super::{
    Io,
    args::{ChecklistArgs, Format, Global},
};
use crate::{
    error::{Ending, Failure},
    render::{self, json},
    run::{self, Options, Selection},
};

pub fn run(global: &Global, args: &ChecklistArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let ChecklistArgs { tenant, only, format } = args.clone();
    let selection = Selection { tenant, only, ..Selection::default() };
    let checked = run::check(&global.dir, &Options { selection, now: global.now, ..Options::default() })?;
    render::findings(&mut io.talk(), &checked.warnings)?;
    let lists = run::checklist(&checked);
    match format {
        Format::Text => render::checklist(&mut io.page(), &lists)?,
        Format::Markdown => render::checklist_markdown(&mut io.markdown(), &lists)?,
        Format::Json => json::write(io.out, &serde_json::json!({ "tenants": lists }))?,
    }
    Ok(Ending::Fine)
}
