//! `dialform emergency`

use super::common::{Emulation, ListFormat, Watching};
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct EmergencyArgs {
    #[command(subcommand)]
    pub command: EmergencyCommand,
}

impl EmergencyArgs {
    /// Whether it is to change anything.
    pub fn switches(&self) -> bool {
        match &self.command {
            EmergencyCommand::Status { .. } => false,
            EmergencyCommand::On(args) | EmergencyCommand::Off(args) => !args.dry_run,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum EmergencyCommand {
    /// Show which forwards are stored, where they lead, and which are on
    Status {
        #[command(flatten)]
        target: EmergencyTarget,
    },
    /// Switch forwards on: every call to their numbers goes to the stored number
    On(SwitchArgs),
    /// Switch forwards off: those that `on` has switched here; if none, those the files do not declare active
    Off(SwitchArgs),
}

/// Which forwards, and how they are shown.
#[derive(Debug, Clone, Args)]
pub struct EmergencyTarget {
    /// Only tenants whose name matches this pattern; `label:PATTERN` goes by their labels
    #[arg(long, value_name = "GLOB")]
    pub tenant: Option<String>,
    /// Only this number, e.g. `+12145550100`; may be given several times
    #[arg(long, value_name = "NUMBER")]
    pub number: Vec<String>,
    #[command(flatten)]
    pub emulation: Emulation,
    #[command(flatten)]
    pub watching: Watching,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,
}

#[derive(Debug, Clone, Args)]
#[group(id = "which", required = true, multiple = true, args = ["tenant", "number", "all"])]
pub struct SwitchArgs {
    #[command(flatten)]
    pub target: EmergencyTarget,
    /// The forwards of every tenant
    #[arg(long)]
    pub all: bool,
    /// Show what would be switched, and switch nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub auto_approve: bool,
}

impl EmergencyArgs {
    pub fn target(&self) -> &EmergencyTarget {
        match &self.command {
            EmergencyCommand::Status { target } => target,
            EmergencyCommand::On(args) | EmergencyCommand::Off(args) => &args.target,
        }
    }
}
