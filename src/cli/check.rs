//! `dialform check`

use super::{
    Io,
    args::{CheckArgs, Format, Global},
};
use crate::{
    error::{Ending, Failure},
    render::{self, json},
    run::{self, Options},
};

pub fn run(global: &Global, args: &CheckArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let checked = run::check(&global.dir, &Options { now: global.now, ..Options::default() })?;
    let (tenants, objects, warnings) = (checked.tenants.len(), checked.objects(), &checked.warnings);
    match args.format {
        Format::Json => json::write(io.out, &serde_json::json!({ "findings": warnings }))?,
        Format::Markdown => render::check_markdown(&mut io.markdown(), tenants, objects, warnings)?,
        Format::Text => {
            render::findings(&mut io.talk(), warnings)?;
            render::check(&mut io.page(), tenants, objects, warnings.len())?;
        }
    }
    Ok(Ending::Fine)
}
