//! Assertions about calls.

use super::{Emulation, Format, Reading, Watching};
use clap::{Args, ValueEnum};

#[derive(Debug, Clone, Args)]
pub struct TestArgs {
    /// Files of assertions, or patterns for some, relative to the workspace. Left out: tests/*.yaml
    #[arg(value_name = "FILE", conflicts_with = "suggest")]
    pub files: Vec<String>,
    /// Only assertions about calls to tenants whose name matches this pattern; `label:PATTERN` goes by their labels
    #[arg(long, value_name = "GLOB", conflicts_with = "suggest")]
    pub tenant: Option<String>,
    /// Only assertions whose name matches this pattern
    #[arg(long, value_name = "GLOB", conflicts_with = "suggest")]
    pub name: Option<String>,
    /// What is tested: the files, the files laid over what is live, or what is live alone. Only the files ask no phone system
    #[arg(long, value_name = "WHAT", default_value = "files")]
    pub on: TestOn,
    /// How something is taken that no source says, e.g. `U7=no`
    #[arg(long, value_name = "POINT=yes|no")]
    pub assume: Vec<String>,
    /// Name the rules, windows, forwards and agents that no assertion's calls come to
    #[arg(long, conflicts_with = "suggest")]
    pub coverage: bool,
    /// End with 1 where calls come to less than so many percent of them
    #[arg(long, value_name = "PERCENT", requires = "coverage", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub min: Option<u8>,
    /// Print assertions that hold today, for each number of a tenant, as a file for tests/
    #[arg(long, value_name = "TENANT")]
    pub suggest: Option<String>,
    #[command(flatten)]
    pub emulation: Emulation,
    #[command(flatten)]
    pub watching: Watching,
    /// How to print what came of them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: TestFormat,
}

/// What assertions are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TestOn {
    Files,
    Plan,
    Live,
}

/// Output formats of assertions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    Text,
    Json,
    /// XML that CI systems show as a list of tests.
    Junit,
}

impl TestFormat {
    /// How what goes wrong is said.
    pub fn shown(self) -> Format {
        if self == Self::Json { Format::Json } else { Format::Text }
    }
}

impl TestArgs {
    /// What is read.
    pub fn reading(&self) -> Reading {
        Reading {
            tenant: self.tenant.clone(),
            live: self.on != TestOn::Files,
            emulation: self.emulation.clone(),
            watching: self.watching.clone(),
        }
    }
}
