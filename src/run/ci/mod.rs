//! What a CI job asks: which plan was reviewed, what is approved, what waits to be applied, and where to say how it went.
//!
//! - `body`: the texts of comments and issues
//! - `comment`: the comment of a pull request
//! - `approved`: who approved which plan
//! - `applied`: what was applied last, and what waits since
//! - `report`: how an apply ended, and what differs at night

mod applied;
mod approved;
mod body;
mod comment;
mod report;

pub use applied::{Commit, Waiting, applied, record, waiting};
pub use approved::{Approved, approved};
pub use comment::{Shown, comment};
pub use report::{Night, Outcome, night, outcome};

use super::{saved_plan, session::explained};
use crate::{
    error::Failure,
    file,
    forge::{self, Forge},
    http::ApiError,
    load::place_of,
    plan::{MadeFrom, SavedPlan},
    secret::KnownSecrets,
    text::io_reason,
};
use comment::hexadecimal;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// The job of now: its host, and which workspace and environment it is about.
pub struct Job {
    root: PathBuf,
    forge: Box<dyn Forge>,
    /// The mark of its comments and issues.
    mark: String,
}

impl Job {
    pub fn open(
        root: &Path,
        environment: Option<&str>,
        secrets: &Arc<KnownSecrets>,
    ) -> Result<Self, Failure> {
        Ok(Self { root: root.to_owned(), forge: forge::of_this_job(secrets)?, mark: mark(root, environment) })
    }

    /// The artifact in which a trusted run of a workflow file has kept the plan of a commit, before it was merged: the plan of
    /// its tree, or else that of the head of its pull request, where others were merged before it. `None` where there is none,
    /// and for a commit that no pull request was merged as: the commits of a rebase, which nobody has reviewed by themselves.
    pub async fn reviewed(
        &self,
        environment: &str,
        commit: &str,
        tree: &str,
        workflow: &str,
    ) -> Result<Option<u64>, Failure> {
        for request in self.forge.merged_as(hexadecimal(commit)?).await.map_err(failed)? {
            let Some(merged) = request.merged_at else { continue };
            for content in [tree, &request.head] {
                let name = self.artifact(environment, content)?;
                if let Some(found) = self.forge.artifact(&name, workflow, merged).await.map_err(failed)? {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    /// What the artifact with the plan of a tree or a commit is called.
    pub fn artifact(&self, environment: &str, content: &str) -> Result<String, Failure> {
        artifact(&self.root, environment, content)
    }
}

/// What the artifact with the plan of a tree or a commit is called; of a workspace that is a part of its repository, after that
/// as well.
pub fn artifact(root: &Path, environment: &str, content: &str) -> Result<String, Failure> {
    Ok(format!("dialform-{}-{content}", place(root, environment)?))
}

/// An environment, with the place of the workspace where it is a part of its repository: two in one repository share nothing.
fn place(root: &Path, environment: &str) -> Result<String, Failure> {
    let environment = named(environment)?;
    Ok(match place_of(root).is_empty() {
        true => environment.to_owned(),
        false => format!("{environment}-{}", mark(root, Some(environment))),
    })
}

/// The mark that tells comments of a workspace and an environment from those of others.
fn mark(root: &Path, environment: Option<&str>) -> String {
    let environment = environment.map(str::to_owned);
    MadeFrom { workspace: place_of(root), environment, ..MadeFrom::default() }.mark()
}

/// An environment as part of a name in git and of an artifact.
fn named(environment: &str) -> Result<&str, Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match !environment.is_empty() && !environment.starts_with('-') && environment.chars().all(plain) {
        true => Ok(environment),
        false => {
            Err(Failure::error(format!("`--environment {environment}` cannot be part of a name in git"))
                .help("use letters, digits, `-` and `_`"))
        }
    }
}

/// A saved plan of all of its tenants: that of a shard is neither approved nor recorded for the whole.
fn whole(path: &Path) -> Result<SavedPlan, Failure> {
    let saved = saved_plan(path)?;
    match saved.made_from.shard {
        None => Ok(saved),
        Some(_) => Err(Failure::refused(format!("`{}` is the plan of a shard", path.display()))
            .help("join the plans of all shards with `dialform merge`")),
    }
}

fn failed(error: ApiError) -> Failure {
    explained(error).into()
}

/// A file that an earlier step has written; nothing where it is not there.
fn written(path: &Path) -> Result<String, Failure> {
    match file::read_of_run(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Failure::error(format!("cannot read `{}`: {}", path.display(), io_reason(&error)))),
    }
}
