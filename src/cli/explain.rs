//! `dialform explain`

use super::{Io, args::ExplainArgs};
use crate::{
    error::{Ending, Failure},
    lint::LINTS,
    page::say,
    run,
};

pub fn run(args: &ExplainArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    match &args.code {
        Some(code) => {
            run::lint(code)?.explanation().lines().try_for_each(|line| say!(io.page(), "{}", line))?;
        }
        None => LINTS.iter().try_for_each(|lint| say!(io.page(), "{}", lint.code))?,
    }
    Ok(Ending::Fine)
}
