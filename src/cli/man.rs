//! `dialform man`

use super::{
    Io,
    args::{Cli, ManArgs},
};
use crate::{
    error::{Ending, Failure},
    text::io_reason,
};
use clap::CommandFactory;

pub fn run(args: &ManArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    match &args.out {
        Some(directory) => clap_mangen::generate_to(Cli::command(), directory).map_err(|error| {
            let reason = io_reason(&error);
            Failure::error(format!("cannot write the pages to `{}`: {reason}", directory.display()))
                .help("the directory has to be there")
        })?,
        None => {
            // Into memory: what cannot be written is said in one way.
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            io.out.write_all(&page)?;
        }
    }
    Ok(Ending::Fine)
}
