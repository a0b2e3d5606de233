//! `dialform fmt`

use super::{
    Io,
    args::{FmtArgs, Global},
};
use crate::{
    error::{Ending, Failure},
    page::say,
    run::{self, Formatted, FormattedFile as File},
};

pub fn run(global: &Global, args: &FmtArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let mut page = io.page();
    let mut differs = false;
    let command = if args.sort { "dialform fmt --sort" } else { "dialform fmt" };
    for File { name, formatted, kept, leads_to } in run::format(&global.dir, !args.check, args.sort)? {
        match formatted {
            Formatted::Same => {}
            Formatted::Changed if args.check => {
                differs = true;
                match leads_to {
                    None => say!(page, "{}: has another form; `{}` writes it", name, command)?,
                    Some(to) => say!(page, "{}: has another form; format `{}`, which it leads to", name, to)?,
                }
            }
            Formatted::Changed => say!(page, "{}: written", name)?,
            Formatted::Left(why) => say!(page, "{}: left as it is: {}", name, why)?,
        }
        for map in kept {
            say!(page, "{}: {} keeps its order: an alias would stand above its anchor", name, map)?;
        }
    }
    Ok(if differs { Ending::Error } else { Ending::Fine })
}
