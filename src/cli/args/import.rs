//! What brings live accounts into a workspace: `dialform init`, `dialform import`.

use super::common::{Emulation, ListFormat, Watching, as_meant};
use clap::Args;

#[derive(Debug, Clone, Args)]
pub struct InitArgs {
    /// The kind of phone system, as `dialform providers` lists them; asked for where it is left out
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// What the workspace calls it; default: its kind
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// A setting of it, e.g. `url=https://stratus.example.net/ns-api/v2`; for credentials the environment variable that
    /// holds it, e.g. `token=STRATUS_TOKEN`
    #[arg(long, value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// An account to import; may be given several times
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Vec<String>,
    /// Every account that the credential reaches
    #[arg(long, conflicts_with = "account")]
    pub all: bool,
    /// Only objects whose address matches this pattern, e.g. `numbers.+12145550100`: a small beginning
    #[arg(long, value_name = "ADDRESS-GLOB", value_parser = as_meant)]
    pub only: Vec<String>,
    #[command(flatten)]
    pub emulation: Emulation,
    #[command(flatten)]
    pub watching: Watching,
}

#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    /// A provider of dialform.yaml; can be left out where there is one
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// An account, as `account` in a tenant's file names it; may be given several times
    #[arg(long, value_name = "ACCOUNT", required_unless_present = "all")]
    pub account: Vec<String>,
    /// Every account that the credential reaches
    #[arg(long, conflicts_with = "account")]
    pub all: bool,
    /// Only objects whose address matches this pattern, e.g. `queues.*`
    #[arg(long, value_name = "ADDRESS-GLOB", value_parser = as_meant)]
    pub only: Vec<String>,
    /// No objects whose address matches this pattern
    #[arg(long, value_name = "ADDRESS-GLOB", value_parser = as_meant)]
    pub except: Vec<String>,
    /// The directory for new files, below the workspace; default: that of the first pattern in `tenants`
    #[arg(long, value_name = "DIR")]
    pub out: Option<String>,
    /// Write the files of these accounts anew; what people have written in them is lost
    #[arg(long)]
    pub force: bool,
    /// Take the portal's side: change what the file says of the objects of `--only` to what is live, and no byte beside it
    #[arg(long, requires = "only", conflicts_with = "force")]
    pub write: bool,
    /// Put what new files share into a template that they extend; default: `templates/PROVIDER.yaml`
    #[arg(long, value_name = "FILE", conflicts_with = "write")]
    pub template: Option<Option<String>>,
    /// New tenants with a file for each section, in a directory of their own
    #[arg(long, conflicts_with_all = ["force", "write", "template"])]
    pub split: bool,
    #[command(flatten)]
    pub emulation: Emulation,
    #[command(flatten)]
    pub watching: Watching,
    /// How to print what was written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,
}
