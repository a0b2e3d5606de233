//! `dialform check`

use super::{
    Io,
    args::{CheckArgs, Global, ListFormat, Selection},
    json, workspace,
};
use crate::{
    error::{Ending, Failure},
    render,
    text::count,
};

pub fn run(global: &Global, args: &CheckArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let checked = workspace::check(&global.dir, &Selection::default())?;
    match args.format {
        ListFormat::Json => json::write(io.out, &serde_json::json!({ "findings": checked.warnings }))?,
        ListFormat::Text => {
            render::findings(io.err, &checked.warnings)?;
            let objects = checked.tenants.iter().map(|tenant| tenant.desired.len()).sum();
            let tenants = count(checked.tenants.len(), "tenant");
            let warnings = count(checked.warnings.len(), "warning");
            writeln!(io.out, "{tenants}, {}: no errors, {warnings}.", count(objects, "object"))?;
        }
    }
    Ok(Ending::Fine)
}
