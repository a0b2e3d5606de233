//! What the applies of all shards have printed, joined.

use crate::{
    error::{Ending, Failure},
    file,
    outcome::{Joined, join, told},
    plan::{NoWhole, saved},
    text::io_reason,
};
use std::path::PathBuf;

const SAVE: &str = "save each with `dialform apply PLANFILE --format json > FILE`";

/// How the applies of all shards of a plan went, as one apply would have told it. What does not belong together is refused.
pub fn merge_outcomes(paths: &[PathBuf]) -> Result<Joined, Failure> {
    let all = paths.iter().map(|path| {
        let shown = path.display();
        let text = file::read_cut_off(path).map_err(|error| {
            Failure::refused(format!("cannot read the outcome `{shown}`: {}", io_reason(&error))).help(SAVE)
        })?;
        let told = told(&text).map_err(|why| match saved::unaltered(&text) {
            Ok(_) => {
                Failure::refused(format!("`{shown}` is a saved plan, and not what an apply has printed"))
                    .help("join plans without `--outcomes`")
            }
            Err(_) => {
                Failure::refused(format!("`{shown}` is not what an apply has printed: {why}")).help(SAVE)
            }
        })?;
        Ok((shown.to_string(), told))
    });
    let all = all.collect::<Result<Vec<_>, Failure>>()?;
    join(all).map_err(|NoWhole { message, help }| Failure::refused(message).help(help))
}

/// How all of it ended: what one apply would have ended with, and 4 where some was applied and some was not.
pub fn ending(joined: &Joined) -> Ending {
    let codes = || joined.shards.iter().filter_map(|it| it.exit_code);
    match (joined.all_done, joined.carried_out) {
        (true, _) if codes().all(|code| code == Ending::Fine as i32) => Ending::Fine,
        // A log that is not whole, beside steps that are all done.
        (true, _) if codes().all(|code| code <= Ending::Error as i32) => Ending::Error,
        (_, true) => Ending::Partial,
        (_, false) if codes().any(|code| code == Ending::Refused as i32) => Ending::Refused,
        (_, false) => Ending::Error,
    }
}
