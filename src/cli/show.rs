//! `dialform show`

use super::{
    Io,
    args::{Global, ListFormat, ShowArgs},
};
use crate::{
    error::{Ending, Failure},
    render::{self, json},
    run::{self, ShownLine},
};

pub fn run(global: &Global, args: &ShowArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let lines = run::show(&global.dir, &args.tenant)?;
    match args.format {
        ListFormat::Json => {
            let lines: Vec<_> = lines.iter().map(ShownLine::to_json).collect();
            json::write(io.out, &serde_json::json!({ "tenant": args.tenant, "lines": lines }))?;
        }
        ListFormat::Text => {
            let lines = lines.iter().map(|line| (line.text.as_str(), line.from.as_slice()));
            render::show(&mut io.page(), lines)?;
        }
    }
    Ok(Ending::Fine)
}
