//! `dialform explain`

use super::{Io, args::ExplainArgs};
use crate::{
    codes,
    error::{Ending, Failure},
    page::{Exact, say},
};

pub fn run(args: &ExplainArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    match &args.code {
        Some(code) => {
            codes::find(code)?
                .explanation()
                .lines()
                .try_for_each(|line| say!(io.page(), "{}", Exact(line)))?;
        }
        None => {
            let all = codes::all();
            let width = all.iter().map(|it| it.code.len()).max().unwrap_or_default();
            let lines = all.iter().map(|it| format!("{:width$}  {}", it.code, it.summary()));
            lines.into_iter().try_for_each(|line| say!(io.page(), "{}", Exact(line)))?;
        }
    }
    Ok(Ending::Fine)
}
