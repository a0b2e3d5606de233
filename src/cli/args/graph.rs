//! Drawing the way of calls.

use super::{Reading, common::as_meant};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct GraphArgs {
    /// A tenant; or a number, `TENANT/EXTENSION` or `TENANT/QUEUE`, where the tenant can be left out if one alone has it
    #[arg(value_name = "TENANT|NUMBER", value_parser = as_meant)]
    pub named: String,
    #[command(flatten)]
    pub reading: Reading,
    /// How to draw
    #[arg(long, value_name = "FORMAT", default_value = "svg")]
    pub format: GraphFormat,
    /// Write it to this file
    #[arg(long, visible_alias = "output", value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Forms of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    Svg,
    /// A flowchart of Mermaid.
    Mermaid,
    /// A page with the picture, and the same in words.
    Html,
}
