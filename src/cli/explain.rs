//! `dialform explain`

use super::{Io, args::ExplainArgs};
use crate::{
    error::{Ending, Failure},
    lint::LINTS,
    run,
};

pub fn run(args: &ExplainArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    match &args.code {
        Some(code) => write!(io.out, "{}", run::lint(code)?.explanation())?,
        None => LINTS.iter().try_for_each(|lint| writeln!(io.out, "{}", lint.code))?,
    }
    Ok(Ending::Fine)
}
