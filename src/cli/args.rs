//! What can be said on the command line.
//!
//! - `common`: what several commands take
//! - `import`: bringing live accounts into a workspace
//! - [`ci`]: what the jobs of a host ask
//! - `emergency`: the day of an outage
//! - `drill`: an outage, rehearsed
//! - `zones`: other time-zone tables
//! - `merge`: plans of shards
//! - `levels`: what becomes of warnings
//! - `trace`: following a call
//! - `graph`: drawing the way of calls
//! - `rehearse`: calling at a switch of this machine
//! - `test`: assertions about calls

pub mod ci;
mod common;
mod drill;
mod emergency;
mod graph;
mod import;
mod levels;
mod merge;
mod rehearse;
mod test;
mod trace;
mod zones;

use common::as_meant;
pub use common::{CheckFormat, Emulation, Format, ListFormat, PlanFormat, Selection, Showing, Watching};
pub use drill::DrillArgs;
pub use emergency::{EmergencyArgs, EmergencyCommand, EmergencyTarget, SwitchArgs};
pub use graph::{GraphArgs, GraphFormat};
pub use import::{ImportArgs, InitArgs};
pub use levels::Levels;
pub use merge::MergeArgs;
pub use rehearse::RehearseArgs;
pub use test::{TestArgs, TestFormat, TestOn};
pub use trace::{TraceArgs, TraceFormat};
pub use zones::ZonesArgs;

use crate::{guide, render};
use ci::CiArgs;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Plan and apply phone-call routing: YAML in git, applied to live phone systems.
#[derive(Debug, Parser)]
#[command(
    name = "dialform",
    version = env!("DIALFORM_VERSION"),
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = guide::contents()
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Args)]
pub struct Global {
    /// The workspace: the directory of dialform.yaml
    #[arg(short = 'C', long = "dir", value_name = "DIR", default_value = ".", global = true)]
    pub dir: PathBuf,
    /// When to use colours; `auto` obeys NO_COLOR and uses none off a terminal
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: Color,
    /// What time it is, where a program says so and not the clock.
    #[arg(skip)]
    pub now: Option<jiff::Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the files; asks no phone system, unless `--calls` comes with `--live` or `--sandbox`
    #[command(
        after_help = "More: `dialform help yaml`",
        mut_arg("tenant", |it| it.help("With `--calls`: only calls to tenants whose name matches this \
            pattern; `label:PATTERN` goes by their labels")),
        mut_arg("live", |it| it.help("With `--calls`: read the live accounts too; left out, no phone system is \
            asked")),
        mut_arg("sandbox", |it| it.help("With `--calls`: run against emulated phone systems, seeded from live/, \
            with their state under .dialform/sandbox/"))
    )]
    Check(CheckArgs),
    /// Show a tenant with what it takes from its template and from shared files, and where each line comes from
    Show(ShowArgs),
    /// List what is declared and only a person can set or look at, with every click and value
    Checklist(ChecklistArgs),
    /// Show what apply would change
    #[command(after_help = "More: `dialform help plans`")]
    Plan(PlanArgs),
    /// Join the saved plans of all shards (`plan --shard I/N --out FILE`) into one plan; asks no phone system
    #[command(after_help = "More: `dialform help fleets`")]
    Merge(MergeArgs),
    /// Change the live phone systems to match the files
    #[command(after_help = "More: `dialform help applying`")]
    Apply(ApplyArgs),
    /// Make a workspace: its files, and those of the accounts that are live already
    #[command(after_help = "More: `dialform help adopting`")]
    Init(InitArgs),
    /// Write the files that declare what is live already; sends nothing but reads
    #[command(after_help = "More: `dialform help adopting`")]
    Import(ImportArgs),
    /// Follow a call: who rings from which second, and how it ends
    #[command(after_help = "More: `dialform help calls`")]
    Trace(TraceArgs),
    /// Draw the way of calls: number, hours, queue or extension, and where they go from there
    Graph(GraphArgs),
    /// Hold assertions about calls (tests/*.yaml) against the files, a plan or what is live, at every time of the coming year
    #[command(after_help = "More: `dialform help assertions`")]
    Test(TestArgs),
    /// Rehearse an outage: where every number's calls go while it lasts, and what a person has to switch
    #[command(after_help = "More: `dialform help emergencies`")]
    Drill(DrillArgs),
    /// What a phone system with other time-zone tables does otherwise, for callers
    Zones(ZonesArgs),
    /// Call it: a switch of this machine, set up as the files have it, for a softphone
    Rehearse(RehearseArgs),
    /// Show what leads to an extension, a queue, a number or a schedule, e.g. before a user leaves
    WhoPointsTo(WhoArgs),
    /// List every number, queue and extension with where its calls go, for a spreadsheet or a program
    #[command(after_help = "More: `dialform help reports`")]
    Export(ExportArgs),
    /// Compare two tenants of the files, field by field
    Diff(DiffArgs),
    /// Switch the emergency forwards that are stored, on the day of an outage: through the carrier alone
    #[command(after_help = "More: `dialform help emergencies`")]
    Emergency(EmergencyArgs),
    /// Show which apply has which account locked, or remove shared locks
    #[command(after_help = "More: `dialform help restore`")]
    Unlock(UnlockArgs),
    /// Write the YAML files in one form; comments, order and what they say stay
    Fmt(FmtArgs),
    /// List the phone systems dialform knows and what it can do with each
    #[command(after_help = "More: `dialform help systems`")]
    Providers(ProvidersArgs),
    /// Explain a finding by its code
    Explain(ExplainArgs),
    /// Print the JSON Schema of the YAML files
    Schema(SchemaArgs),
    /// Serve an editor on the standard streams: findings, names, where calls go. Speaks the Language Server Protocol, asks no phone system
    #[command(after_help = "More: `dialform help yaml`")]
    Lsp,
    /// Run the emulated phone systems on their own, or forget their state
    Sandbox(SandboxArgs),
    /// What the jobs of GitHub Actions and GitLab CI ask, between a plan and its apply
    #[command(after_help = "More: `dialform help ci-jobs`")]
    Ci(CiArgs),
    /// Print shell completions
    Completions { shell: clap_complete::Shell },
    /// Print the manual page of the program, or write those of all commands
    Man(ManArgs),
    /// Print the help of a command, or a page of the guide
    Help(HelpArgs),
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Place every call at every time and in every state: each phone busy, offline or silent, queues without agents, the phone system
    /// down
    #[arg(long)]
    pub calls: bool,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub levels: Levels,
    /// How to print findings
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CheckFormat,
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The name of the tenant
    pub tenant: String,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,
}

#[derive(Debug, Clone, Args)]
pub struct ChecklistArgs {
    /// Only tenants whose name matches this pattern; `label:PATTERN` goes by their labels
    #[arg(long, value_name = "GLOB")]
    pub tenant: Option<String>,
    /// Only objects whose address matches this pattern, e.g. `forwards.*`
    #[arg(long, value_name = "ADDRESS-GLOB", value_parser = as_meant)]
    pub only: Vec<String>,
    /// How to print the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct PlanArgs {
    #[command(flatten)]
    pub showing: Showing,
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub emulation: Emulation,
    #[command(flatten)]
    pub watching: Watching,
    #[command(flatten)]
    pub levels: Levels,
    /// Plan what the files are once this git revision is merged into that of `--base` (or `--against`): for a job that has the
    /// base checked out
    #[arg(long, value_name = "REV", conflicts_with_all = ["restore", "allow_undo"])]
    pub merge: Option<String>,
    /// Compare the files with what they said at a git revision, in the place of what is live: no phone system is asked and no
    /// credential is needed, e.g. for a pull request from a fork
    #[arg(
        long,
        value_name = "REV",
        conflicts_with_all = ["base", "restore", "config", "out", "sandbox", "log", "shard"]
    )]
    pub against: Option<String>,
    /// Plan for this instant instead of now, with its offset or zone, e.g. `2027-01-16T18:00Z`: what has an `until` is what it
    /// says then
    #[arg(long, value_name = "INSTANT")]
    pub as_of: Option<String>,
    /// How to print the plan
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: PlanFormat,
    /// The git revision whose dialform.yaml is used, or `worktree` for that of the files; default: that of `--base`, else
    /// the files
    #[arg(long, value_name = "REV|worktree")]
    pub config: Option<String>,
    /// Save the plan for `apply FILE`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How long `--format markdown` may be, for the system that takes the comment: GitHub takes 65536 characters, GitLab 1000000
    #[arg(long, value_name = "BYTES", default_value_t = render::COMMENT, value_parser = most)]
    pub max_bytes: usize,
    /// Show nothing that only the live systems know, for a public repository; such a plan is not saved
    #[arg(long, conflicts_with = "out")]
    pub redact: bool,
    /// Fail where callers notice something of anything else, or nothing of this: a number, `extension 104`, `queue 400`, or a YAML
    /// file of those that are planned, with `expect_change: ["+12145550100"]`, whose empty list says that nobody notices anything.
    /// For shards it is an option of `merge`
    #[arg(long, value_name = "NUMBER|FILE", value_parser = as_meant, conflicts_with = "redact")]
    pub expect_change: Vec<String>,
    /// Exit with 2 when there is something to apply
    #[arg(long)]
    pub detailed_exitcode: bool,
}

/// How long a comment may be.
fn most(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(bytes) if bytes >= render::LEAST => Ok(bytes),
        _ => Err(format!("it is a number of bytes, {} or more", render::LEAST)),
    }
}

#[derive(Debug, Clone, Args)]
pub struct FmtArgs {
    /// Change nothing, and exit with 1 where a file has another form
    #[arg(long)]
    pub check: bool,
    /// Put the keys in order too: fields as the schema has them, objects by number or name
    #[arg(long)]
    pub sort: bool,
}

/// Of what a report is.
#[derive(Debug, Clone, Args)]
pub struct Reading {
    /// Only tenants whose name matches this pattern; `label:PATTERN` goes by their labels
    #[arg(long, value_name = "GLOB")]
    pub tenant: Option<String>,
    /// Read the live accounts too; left out, no phone system is asked
    #[arg(long)]
    pub live: bool,
    #[command(flatten)]
    pub emulation: Emulation,
    #[command(flatten)]
    pub watching: Watching,
}

#[derive(Debug, Args)]
pub struct WhoArgs {
    /// `extension:102`, `queue:400`, `number:+12145550100`, `schedule:storm`, or an address: `acme/queues.400`
    #[arg(value_name = "TARGET", value_parser = as_meant)]
    pub target: String,
    #[command(flatten)]
    pub reading: Reading,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The instant from which on it is looked ahead: `2026-12-25T10:00-06:00`, with an offset. Left out: now
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    #[command(flatten)]
    pub reading: Reading,
    /// How to write the list
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    pub format: TableFormat,
    /// Write it to this file
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Output formats of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    Csv,
    Json,
    Xlsx,
}

impl TableFormat {
    /// How what goes wrong is said.
    pub fn shown(self) -> Format {
        if self == Self::Json { Format::Json } else { Format::Text }
    }
}

#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The tenant to compare with
    #[arg(value_name = "TENANT")]
    pub first: String,
    /// The tenant that is compared
    #[arg(value_name = "TENANT")]
    pub second: String,
    /// End with 2 if they differ
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,
}

#[derive(Debug, Args)]
pub struct ApplyArgs {
    #[command(flatten)]
    pub showing: Showing,
    /// A saved plan: its part of the workspace, and what is left of its steps; refused where there is any other step now
    #[arg(
        value_name = "PLANFILE",
        conflicts_with_all = ["tenant", "only", "changed_since", "shard", "base", "allow_undo", "restore"]
    )]
    pub plan: Option<PathBuf>,
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub emulation: Emulation,
    #[command(flatten)]
    pub watching: Watching,
    /// How to print what happens
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Write how it ended to this file as well: the last line of `--format json`
    #[arg(long, value_name = "FILE")]
    pub outcome: Option<PathBuf>,
    /// Do not ask for approval
    #[arg(long)]
    pub auto_approve: bool,
    /// The digest of the approved plan; refused when the current plan differs
    #[arg(long, value_name = "DIGEST", conflicts_with = "plan")]
    pub digest: Option<String>,
    /// How long to wait for an accepted change that does not show yet, e.g. `30s`, `10m`, `24h`
    #[arg(long, value_name = "DURATION")]
    pub wait: Option<String>,
    /// How long to wait while another apply has an account locked, e.g. `10m`; default: do not wait
    #[arg(long, value_name = "DURATION")]
    pub lock_timeout: Option<String>,
    /// Approve one critical change, e.g. `acme-dental/forwards.+12145550100`
    #[arg(long, value_name = "ADDRESS", value_parser = as_meant)]
    pub approve_critical: Vec<String>,
    /// Go beyond the limits of `guard` this once
    #[arg(long)]
    pub override_guard: bool,
}

#[derive(Debug, Args)]
pub struct UnlockArgs {
    /// Only tenants whose name matches this pattern; `label:PATTERN` goes by their labels
    #[arg(long, value_name = "GLOB")]
    pub tenant: Option<String>,
    /// Show the locks of applies with `--sandbox`, which are separate
    #[arg(long, conflicts_with = "force")]
    pub sandbox: bool,
    /// Remove the shared locks that are shown; asks first
    #[arg(long)]
    pub force: bool,
    /// Whose locks to remove, as shown (`user@host`); does not ask
    #[arg(long, value_name = "OWNER", requires = "force")]
    pub owner: Option<String>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ListFormat,
}

#[derive(Debug, Args)]
pub struct ProvidersArgs {
    /// Only this kind
    pub kind: Option<String>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The code of a finding; left out, all are listed with what they say
    pub code: Option<String>,
}

#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write a page for the program and each command into this directory
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct HelpArgs {
    /// A command, or a topic of the guide; left out, both are listed
    #[arg(value_name = "COMMAND|TOPIC")]
    pub words: Vec<String>,
}

#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Which file
    #[arg(value_enum, default_value = "tenant")]
    pub which: SchemaName,
    /// Of a tenant on this kind of system: only what it takes
    #[arg(long, value_name = "KIND", conflicts_with = "write")]
    pub kind: Option<String>,
    /// Write those of this workspace into its `schema/`, where the first line of each YAML file can name them
    #[arg(long, conflicts_with = "which")]
    pub write: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    Tenant,
    Workspace,
    Tests,
}

#[derive(Debug, Args)]
pub struct SandboxArgs {
    #[command(subcommand)]
    pub command: SandboxCommand,
}

#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Serve the emulated systems on loopback until interrupted
    Serve {
        /// How the emulated systems behave, e.g. `429:0.1,visible-after:1s`
        #[arg(long, value_name = "LIST")]
        fault: Option<String>,
        /// Append every request and response to this file, one JSON object a line
        #[arg(long, value_name = "FILE")]
        record: Option<PathBuf>,
        /// The port of the first provider; the others follow. Default: any free ports
        #[arg(long, value_name = "PORT", default_value_t = 0)]
        port: u16,
    },
    /// Forget the state: the next run starts from live/ again
    Reset,
}

impl Cli {
    /// How standard output is written.
    pub fn format(&self) -> Format {
        match &self.command {
            Command::Check(args) => args.format.shown(),
            Command::Show(args) => args.format.into(),
            Command::Checklist(args) => args.format,
            Command::Plan(args) => args.format.shown(),
            Command::Merge(args) => args.format.shown(),
            Command::Apply(args) => args.format,
            Command::Unlock(args) => args.format.into(),
            Command::Import(args) => args.format.into(),
            Command::Trace(args) if args.format == TraceFormat::Json => Format::Json,
            Command::Test(args) => args.format.shown(),
            Command::Drill(args) => args.format.into(),
            Command::Zones(args) => args.format.into(),
            Command::WhoPointsTo(args) => args.format.into(),
            Command::Export(args) => args.format.shown(),
            Command::Diff(args) => args.format.into(),
            Command::Emergency(args) => args.target().format.into(),
            Command::Providers(args) => args.format,
            Command::Init(_)
            | Command::Trace(_)
            | Command::Graph(_)
            | Command::Rehearse(_)
            | Command::Fmt(_)
            | Command::Explain(_)
            | Command::Schema(_)
            | Command::Lsp
            | Command::Sandbox(_)
            | Command::Ci(_)
            | Command::Completions { .. }
            | Command::Man(_)
            | Command::Help(_) => Format::Text,
        }
    }
}
