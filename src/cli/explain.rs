//! `dialform explain`

use super::{Io, args::ExplainArgs};
use crate::{
    error::{Ending, Failure},
    lint::LINTS,
    text::closest,
};

pub fn run(args: &ExplainArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let Some(code) = &args.code else {
        for lint in LINTS {
            writeln!(io.out, "{}", lint.code)?;
        }
        return Ok(Ending::Fine);
    };
    match LINTS.iter().find(|lint| lint.code == code) {
        Some(lint) => {
            write!(io.out, "{}", lint.explanation())?;
            Ok(Ending::Fine)
        }
        None => {
            let help = match closest(code, LINTS.iter().map(|lint| lint.code)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`dialform explain` lists the codes that have an explanation".to_owned(),
            };
            Err(Failure::error(format!("there is no explanation of `{code}`")).help(help))
        }
    }
}
