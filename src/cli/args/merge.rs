//! Joining the plans of shards, and how their applies went.

use super::{PlanFormat, as_meant, most};
use crate::render;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The saved plans of all shards, in any order; with `--outcomes` what their applies have printed
    #[arg(value_name = "PLAN", required = true)]
    pub plans: Vec<PathBuf>,
    /// Join what `apply --format json` has printed for each shard, instead of plans: one report of how it went, one exit code
    #[arg(long, conflicts_with_all = ["out", "redact", "expect_change", "detailed_exitcode", "max_bytes"])]
    pub outcomes: bool,
    /// Save the plan for `apply FILE`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How to print the plan
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: PlanFormat,
    /// How long `--format markdown` may be, for the system that takes the comment: GitHub takes 65536 characters, GitLab 1000000
    #[arg(long, value_name = "BYTES", default_value_t = render::COMMENT, value_parser = most)]
    pub max_bytes: usize,
    /// Show every tenant by itself, also where three or more have the same change
    #[arg(long)]
    pub expand: bool,
    /// Show nothing that only the live systems know, for a public repository; what is saved has everything
    #[arg(long)]
    pub redact: bool,
    /// Fail where callers notice something of anything else, or nothing of this: as in `plan`. A file is that of the workspace in
    /// `--dir`, or, of a plan with `--merge`, that of the merge
    #[arg(long, value_name = "NUMBER|FILE", value_parser = as_meant, conflicts_with = "redact")]
    pub expect_change: Vec<String>,
    /// Exit with 2 when there is something to apply
    #[arg(long)]
    pub detailed_exitcode: bool,
}
