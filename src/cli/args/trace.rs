//! Following a call.

use super::{Reading, common::as_meant};
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct TraceArgs {
    /// A number, `TENANT/EXTENSION` or `TENANT/QUEUE`; the tenant can be left out where one alone has it
    #[arg(value_name = "NUMBER", value_parser = as_meant)]
    pub called: String,
    /// When the call comes in: `2026-12-25T10:00` by the tenant's clock, or with an offset. Left out: now
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Who calls: a number, `anonymous`, or `spam`. Left out: somebody whom no list names
    #[arg(long, value_name = "CALLER", value_parser = as_meant)]
    pub from: Option<String>,
    /// What the call finds, e.g. `101=offline,102=answers@5`, `mailbox:101=off`, `queue:400=full`, `stratus=down`,
    /// `everybody=answers@5`. A phone of which nothing is said rings, and nobody answers
    #[arg(long, value_name = "STATES")]
    pub given: Vec<String>,
    /// How something is taken that no source says, e.g. `U7=no`
    #[arg(long, value_name = "POINT=yes|no")]
    pub assume: Vec<String>,
    /// The week from that time on: when the call ends in which way
    #[arg(long)]
    pub week: bool,
    #[command(flatten)]
    pub reading: Reading,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "week")]
    pub format: TraceFormat,
}

/// Output formats of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TraceFormat {
    Text,
    Json,
    /// A flowchart of Mermaid.
    Mermaid,
    /// A case that a switch can place as a real call.
    Case,
}
