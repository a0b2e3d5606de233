//! What can be said to `dialform ci`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct CiArgs {
    #[command(subcommand)]
    pub command: CiCommand,
}

/// Which environment a job is about.
#[derive(Debug, Args)]
pub struct Environment {
    /// The environment, as it was given to `plan`
    #[arg(long, value_name = "NAME")]
    pub environment: String,
}

#[derive(Debug, Subcommand)]
pub enum CiCommand {
    /// Write a plan into the open pull requests that have a commit at their head, into our own comment there
    Comment(CommentArgs),
    /// List the commits that wait to be applied, oldest first, each with its tree
    Pending(PendingArgs),
    /// Print which commit is applied, once `pending` has asked; nothing where none is
    Applied(PendingArgs),
    /// Print what the artifact with the plan of a tree or a commit is called
    Artifact(ArtifactArgs),
    /// Print the id of the artifact that holds the plan of a commit from before it was merged; nothing where there is none
    Reviewed(ReviewedArgs),
    /// List which critical changes of a plan somebody approved; ends with 3 where nobody has approved the plan
    Approved(ApprovedArgs),
    /// Record that a commit is applied
    Record(RecordArgs),
    /// Say how an apply ended: in the pull request it came from, and in one issue while it has not ended well
    Outcome(OutcomeArgs),
    /// Report at night what differs from the files: one issue, told of changes only
    Drift(DriftArgs),
}

#[derive(Debug, Args)]
pub struct CommentArgs {
    /// The plan as Markdown; without a text in it, the comment says that there is no plan
    pub markdown: PathBuf,
    /// The commit that was planned
    #[arg(long, value_name = "COMMIT")]
    pub head: String,
    /// The branch that pull requests go into
    #[arg(long, value_name = "BRANCH")]
    pub into: String,
    /// The saved plan
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// What the plan said on standard error
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// The environment, as it was given to `plan`
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
}

#[derive(Debug, Args)]
pub struct PendingArgs {
    #[command(flatten)]
    pub environment: Environment,
    /// The repository that keeps what was applied
    #[arg(long, value_name = "REMOTE", default_value = "origin")]
    pub remote: String,
}

#[derive(Debug, Args)]
pub struct ReviewedArgs {
    #[command(flatten)]
    pub environment: Environment,
    /// The commit that is to be applied
    #[arg(long, value_name = "COMMIT")]
    pub commit: String,
    /// Its tree
    #[arg(long, value_name = "TREE")]
    pub tree: String,
    /// The workflow file whose runs are trusted with plans, e.g. `.github/workflows/dialform-plan.yml`
    #[arg(long, value_name = "FILE")]
    pub workflow: String,
}

#[derive(Debug, Args)]
pub struct ApprovedArgs {
    /// The saved plan
    pub plan: PathBuf,
    #[command(flatten)]
    pub environment: Environment,
    /// The commit that is to be applied
    #[arg(long, value_name = "COMMIT")]
    pub commit: String,
    /// A commit that goes along with it
    #[arg(long, value_name = "COMMIT")]
    pub also: Vec<String>,
    /// Take it as approved where our comment in its pull request showed this very plan: for a plan from before the merge
    #[arg(long)]
    pub shown: bool,
}

#[derive(Debug, Args)]
pub struct ArtifactArgs {
    /// The tree or the commit
    pub content: String,
    #[command(flatten)]
    pub environment: Environment,
}

#[derive(Debug, Args)]
pub struct RecordArgs {
    /// The commit that is applied
    pub commit: String,
    #[command(flatten)]
    pub environment: Environment,
    /// The saved plan that was applied
    #[arg(long, value_name = "FILE")]
    pub plan: PathBuf,
    /// The repository that keeps what was applied
    #[arg(long, value_name = "REMOTE", default_value = "origin")]
    pub remote: String,
}

#[derive(Debug, Args)]
pub struct OutcomeArgs {
    /// What the apply printed, as Markdown
    pub markdown: PathBuf,
    #[command(flatten)]
    pub environment: Environment,
    /// The commit that was to be applied
    #[arg(long, value_name = "COMMIT")]
    pub commit: String,
    /// The exit code of the apply
    #[arg(long, value_name = "CODE")]
    pub code: u8,
    /// With code 0: what is left is for people to do, and an issue lists it until somebody closes that
    #[arg(long)]
    pub by_hand: bool,
    /// What it said on standard error
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// The plan that waits for approval
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct DriftArgs {
    /// The plan as Markdown
    pub markdown: PathBuf,
    #[command(flatten)]
    pub environment: Environment,
    /// The saved plan
    #[arg(long, value_name = "FILE")]
    pub plan: PathBuf,
    /// The exit code of the plan
    #[arg(long, value_name = "CODE")]
    pub code: u8,
    /// The workflow file whose schedule this is
    #[arg(long, value_name = "FILE")]
    pub workflow: String,
}
