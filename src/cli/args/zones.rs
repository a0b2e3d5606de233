//! Other time-zone tables.

use super::{ListFormat, Reading};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct ZonesArgs {
    /// A directory of tables as `zic` compiles them (`/usr/share/zoneinfo` of the edition in question). Left out: what edition
    /// 2025b says of 2026 and 2027
    #[arg(long, value_name = "DIR")]
    pub tables: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,
}
