//! The host of the repository: pull requests, their comments, issues, and who may approve.
//!
//! - `github`, `gitlab`: one each
//!
//! Whatever somebody wrote there is foreign text. Which comment is our own is told by who wrote it, and by its first line.

mod answer;
mod github;
mod gitlab;

use crate::{
    explained::Explained,
    http::{
        ApiError, Authenticate, ClientInfo, Conventions, Pacer, ReadClient, RequestObserver, RequestRecord,
        WriteClient,
    },
    model::Limits,
    secret::{KnownSecrets, variables},
};
use async_trait::async_trait;
use github::GitHub;
use gitlab::GitLab;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;

/// A pull request; GitLab says merge request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    pub number: u64,
    /// The commit at its head.
    pub head: String,
    /// Who opened it.
    pub author: String,
    pub merged_at: Option<Timestamp>,
}

/// What can be commented on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    PullRequest(u64),
    Issue(u64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub id: u64,
    pub author: String,
    pub body: String,
    /// Whether a program wrote it, or somebody has changed it since: it need not be what its author said.
    pub is_anybodys: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub number: u64,
    pub body: String,
}

/// What every host can do. Lists are whole: all pages are read.
#[async_trait]
pub trait Forge: Send + Sync {
    /// The open pull requests into a branch with exactly this commit at their head.
    async fn with_head(&self, head: &str, into: &str) -> Result<Vec<PullRequest>, ApiError>;

    /// The pull requests that were merged as this commit.
    async fn merged_as(&self, commit: &str) -> Result<Vec<PullRequest>, ApiError>;

    /// Oldest first.
    async fn comments(&self, topic: Topic) -> Result<Vec<Comment>, ApiError>;

    async fn comment(&self, topic: Topic, body: &str) -> Result<(), ApiError>;

    async fn edit_comment(&self, topic: Topic, comment: u64, body: &str) -> Result<(), ApiError>;

    /// The open issues of ours, oldest first.
    async fn issues(&self) -> Result<Vec<Issue>, ApiError>;

    async fn open_issue(&self, title: &str, body: &str) -> Result<u64, ApiError>;

    async fn edit_issue(&self, issue: u64, body: &str) -> Result<(), ApiError>;

    async fn close_issue(&self, issue: u64) -> Result<(), ApiError>;

    /// Whether a person may approve what is critical: on GitHub who may write, on GitLab maintainers.
    async fn may_approve(&self, person: &str) -> Result<bool, ApiError>;

    /// Who we are there.
    async fn me(&self) -> Result<String, ApiError>;

    /// The newest artifact of this name that a run of this workflow file has kept before an instant, if that run was one of the
    /// default branch's own file; `None` also where the host has no such artifacts.
    async fn artifact(&self, name: &str, workflow: &str, before: Timestamp) -> Result<Option<u64>, ApiError>;

    /// When the last scheduled run of a workflow file before this one ended by itself, well or not.
    async fn last_scheduled(&self, workflow: &str) -> Result<Option<Timestamp>, ApiError>;

    /// Whom [`may_approve`](Self::may_approve) means, for people.
    fn approvers(&self) -> &'static str;

    /// Where the run of now can be looked at.
    fn run(&self) -> Option<&str>;
}

/// What issues of ours are labelled with.
const LABEL: &str = "dialform";

/// The host whose job this is, as its variables say.
pub fn of_this_job(secrets: &Arc<KnownSecrets>) -> Result<Box<dyn Forge>, Explained> {
    let says = Said::default();
    match (says.known("GITHUB_ACTIONS"), says.known("GITLAB_CI")) {
        (Some(_), _) => Ok(Box::new(GitHub::open(&says, secrets)?)),
        (None, Some(_)) => Ok(Box::new(GitLab::open(&says, secrets)?)),
        (None, None) => Err(Explained::with_help(
            "this is no job of GitHub Actions or GitLab CI",
            "run it in one: neither `GITHUB_ACTIONS` nor `GITLAB_CI` is set".to_owned(),
        )),
    }
}

/// How a token is presented.
type Presented = fn(SecretString) -> Box<dyn Authenticate>;

/// What the variables of the job say.
struct Said(Vec<(String, SecretString)>);

impl Default for Said {
    fn default() -> Self {
        Self(["GITHUB_", "GITLAB_", "CI_", "DIALFORM_"].iter().flat_map(|it| variables(it)).collect())
    }
}

impl Said {
    fn known(&self, name: &str) -> Option<&SecretString> {
        let found = self.0.iter().find(|(it, _)| it == name).map(|(_, value)| value);
        found.filter(|value| !value.expose_secret().is_empty())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.known(name).map(|it| it.expose_secret().to_owned())
    }

    fn needed(&self, name: &str) -> Result<String, Explained> {
        self.text(name).ok_or_else(|| missing(name))
    }

    /// The API at the address in a variable. Its credential is hidden from now on in whatever the run shows.
    fn client(
        &self,
        (provider, url): (&'static str, &str),
        (token, auth): (&str, Presented),
        secrets: &Arc<KnownSecrets>,
    ) -> Result<WriteClient, Explained> {
        let base = self.needed(url)?;
        let token = self.known(token).cloned().ok_or_else(|| missing(token))?;
        secrets.learn(&token);
        let failed = |why: String| {
            Explained::with_help(
                format!("cannot use the address in `{url}`: {why}"),
                "leave the variable as the host sets it".to_owned(),
            )
        };
        let limits = Limits::PLAIN;
        let info = ClientInfo {
            provider: provider.into(),
            endpoint: "api",
            secrets: Arc::clone(secrets),
            observer: Arc::new(Nobody),
        };
        let pacer = Arc::new(Pacer::new(limits.concurrency, limits.requests_per_second));
        let base = base.parse().map_err(failed)?;
        let client = ReadClient::new(&base, auth(token), &Conventions::PLAIN, limits, pacer, info);
        Ok(client.map_err(failed)?.into_write_client())
    }
}

fn missing(name: &str) -> Explained {
    let help = "hand it to the step, as the workflows in `examples/ci` do".to_owned();
    Explained::with_help(format!("the variable `{name}` is not set"), help)
}

/// Watches no requests.
struct Nobody;

impl RequestObserver for Nobody {
    fn request_ended(&self, _: &RequestRecord<'_>) {}
}
