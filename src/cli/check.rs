//! `dialform check`

use super::{
    Io,
    args::{CheckArgs, Global, ListFormat},
};
use crate::{
    error::{Ending, Failure},
    render::{self, json},
    run::{self, Options},
    text::count,
};

pub fn run(global: &Global, args: &CheckArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let checked = run::check(&global.dir, &Options::default())?;
    match args.format {
        ListFormat::Json => json::write(io.out, &serde_json::json!({ "findings": checked.warnings }))?,
        ListFormat::Text => {
            render::findings(io.err, &checked.warnings)?;
            let tenants = count(checked.tenants.len(), "tenant");
            let objects = count(checked.objects(), "object");
            let warnings = count(checked.warnings.len(), "warning");
            writeln!(io.out, "{tenants}, {objects}: no errors, {warnings}.")?;
        }
    }
    Ok(Ending::Fine)
}
