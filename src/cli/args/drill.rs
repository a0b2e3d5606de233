//! An outage, rehearsed.

use super::{ListFormat, Reading};
use clap::Args;

#[derive(Debug, Args)]
#[group(id = "outage", required = true, multiple = false, args = ["platform_down", "extensions"])]
pub struct DrillArgs {
    /// The phone systems themselves are down
    #[arg(long)]
    pub platform_down: bool,
    /// The phones of these extensions are offline, e.g. `101,102`, at every tenant that has them (see `--tenant`)
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub extensions: Vec<String>,
    /// When: `2026-12-25T10:00-06:00`, with an offset. Left out: now
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    #[command(flatten)]
    pub reading: Reading,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,
}
