//! Calling at a switch of this machine.

use super::{Reading, common::as_meant};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// A number, `TENANT/EXTENSION` or `TENANT/QUEUE`; the tenant can be left out where one alone has it
    #[arg(value_name = "NUMBER", value_parser = as_meant)]
    pub called: String,
    /// When the calls come in: `2026-12-25T10:00` by the tenant's clock, or with an offset. Left out: now
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Who calls: a number, `anonymous`, or `spam`. Left out: somebody whom no list names
    #[arg(long, value_name = "CALLER", value_parser = as_meant)]
    pub from: Option<String>,
    /// Where softphones reach it: an address of this machine and a port, 0 for any free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:5060")]
    pub listen: String,
    /// A directory with an Asterisk of its own; left out, that of DIALFORM_SWITCH, else the one that is installed
    #[arg(long, value_name = "DIR")]
    pub switch: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
}
