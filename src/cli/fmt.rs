//! `dialform fmt`

use super::{
    Io,
    args::{FmtArgs, Global},
};
use crate::{
    error::{Ending, Failure},
    page::say,
    run::{self, Formatted},
};

pub fn run(global: &Global, args: &FmtArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let mut page = io.page();
    let mut differs = false;
    for (name, formatted) in run::format(&global.dir, !args.check)? {
        match formatted {
            Formatted::Same => {}
            Formatted::Changed if args.check => {
                differs = true;
                say!(page, "{}: has another form; `dialform fmt` writes it", name)?;
            }
            Formatted::Changed => say!(page, "{}: written", name)?,
            Formatted::Left(why) => say!(page, "{}: left as it is: {}", name, why)?,
        }
    }
    Ok(if differs { Ending::Error } else { Ending::Fine })
}
