//! What becomes of warnings.

use clap::Args;

/// What becomes of warnings about the files.
#[derive(Debug, Clone, Default, Args)]
pub struct Levels {
    /// Make warnings of this code errors
    #[arg(long, value_name = "CODE")]
    pub deny: Vec<String>,
    /// Show warnings of this code, whatever `lints` in dialform.yaml says
    #[arg(long, value_name = "CODE")]
    pub warn: Vec<String>,
    /// Leave warnings of this code out; an error stays one
    #[arg(long, value_name = "CODE")]
    pub allow: Vec<String>,
}
