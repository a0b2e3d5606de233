//! GitHub, by its REST API.

use super::{Comment, Forge, Issue, LABEL, PullRequest, Said, Topic, answer};
use crate::{
    explained::Explained,
    http::{ApiError, Bearer, Method, Problem, WriteClient},
    secret::KnownSecrets,
};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use std::sync::{Arc, OnceLock};

pub struct GitHub {
    client: WriteClient,
    /// `/repos/OWNER/NAME`
    at: String,
    /// `OWNER/NAME`
    repository: String,
    run: Option<String>,
    /// Who we are, once that was asked.
    me: OnceLock<String>,
}

/// Who comments with the token that GitHub gives to a job. That token may not ask who it is.
const BOT: &str = "github-actions[bot]";

/// The events whose runs take the workflow file of the default branch, whoever caused them. A run of another event may be
/// that of a file somebody changed in a branch.
const TRUSTED_EVENTS: [&str; 1] = ["workflow_run"];

#[derive(Deserialize)]
struct User {
    login: String,
    #[serde(default, rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    head: Head,
    user: Option<User>,
    #[serde(default)]
    merged_at: Option<Timestamp>,
    #[serde(default)]
    merge_commit_sha: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    sha: String,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    id: u64,
    #[serde(default)]
    number: u64,
    user: Option<User>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    created_at: Option<Timestamp>,
    /// Whoever may write here may change what others have said, and only this tells.
    #[serde(default)]
    updated_at: Option<Timestamp>,
    /// There on what is a pull request and no issue.
    #[serde(default)]
    pull_request: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Permission {
    permission: String,
}

#[derive(Deserialize)]
struct Artifacts {
    artifacts: Vec<Artifact>,
}

#[derive(Deserialize)]
struct Artifact {
    id: u64,
    name: String,
    expired: bool,
    created_at: Timestamp,
    workflow_run: Option<OfRun>,
}

#[derive(Deserialize)]
struct OfRun {
    id: u64,
}

#[derive(Deserialize)]
struct Runs {
    workflow_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    /// The workflow file, `.github/workflows/NAME`; some answers put `@REF` behind it.
    path: String,
    event: String,
    #[serde(default)]
    conclusion: Option<String>,
    updated_at: Timestamp,
    #[serde(default)]
    head_repository: Option<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

impl GitHub {
    pub fn open(says: &Said, secrets: &Arc<KnownSecrets>) -> Result<Self, Explained> {
        let repository = says.needed("GITHUB_REPOSITORY")?;
        let client = says.client(
            ("github", "GITHUB_API_URL"),
            ("GITHUB_TOKEN", |it| Box::new(Bearer::new(it))),
            secrets,
        )?;
        let run = says.text("GITHUB_SERVER_URL").zip(says.text("GITHUB_RUN_ID"));
        let run = run.map(|(server, id)| format!("{server}/{repository}/actions/runs/{id}"));
        Ok(Self { client, at: format!("/repos/{repository}"), repository, run, me: OnceLock::new() })
    }

    fn topic(&self, topic: Topic) -> String {
        // A pull request is an issue here.
        let (Topic::PullRequest(number) | Topic::Issue(number)) = topic;
        format!("{}/issues/{number}", self.at)
    }

    fn page() -> (&'static str, String) {
        ("per_page", "100".to_owned())
    }
}

impl From<Pull> for PullRequest {
    fn from(it: Pull) -> Self {
        let author = it.user.map(|it| it.login).unwrap_or_default();
        Self { number: it.number, head: it.head.sha, author, merged_at: it.merged_at }
    }
}

#[async_trait]
impl Forge for GitHub {
    async fn with_head(&self, head: &str, into: &str) -> Result<Vec<PullRequest>, ApiError> {
        // `commits/SHA/pulls` does not know the commits of every fork.
        let query = [("state", "open".to_owned()), ("base", into.to_owned()), Self::page()];
        let path = format!("{}/pulls", self.at);
        let all: Vec<Pull> = answer::all(&self.client, &path, &query, "the open pull requests").await?;
        Ok(all.into_iter().filter(|it| it.head.sha == head).map(PullRequest::from).collect())
    }

    async fn merged_as(&self, commit: &str) -> Result<Vec<PullRequest>, ApiError> {
        let path = format!("{}/commits/{commit}/pulls", self.at);
        let all: Vec<Pull> =
            answer::all(&self.client, &path, &[Self::page()], "the pull requests of a commit").await?;
        let merged = all.into_iter().filter(|it| it.merged_at.is_some());
        Ok(merged
            .filter(|it| it.merge_commit_sha.as_deref() == Some(commit))
            .map(PullRequest::from)
            .collect())
    }

    async fn comments(&self, topic: Topic) -> Result<Vec<Comment>, ApiError> {
        let path = format!("{}/comments", self.topic(topic));
        let all: Vec<Written> = answer::all(&self.client, &path, &[Self::page()], "the comments").await?;
        let comment = |it: Written| Comment {
            id: it.id,
            is_anybodys: it.created_at != it.updated_at
                || it.user.as_ref().is_none_or(|it| it.kind != "User"),
            author: it.user.map(|it| it.login).unwrap_or_default(),
            body: it.body.unwrap_or_default(),
        };
        Ok(all.into_iter().map(comment).collect())
    }

    async fn comment(&self, topic: Topic, body: &str) -> Result<(), ApiError> {
        let path = format!("{}/comments", self.topic(topic));
        self.client
            .send(Method::POST, &path, Some(&json!({ "body": body })), "writing a comment")
            .await
            .map(drop)
    }

    async fn edit_comment(&self, _: Topic, comment: u64, body: &str) -> Result<(), ApiError> {
        let path = format!("{}/issues/comments/{comment}", self.at);
        self.client
            .send(Method::PATCH, &path, Some(&json!({ "body": body })), "writing a comment anew")
            .await
            .map(drop)
    }

    async fn issues(&self) -> Result<Vec<Issue>, ApiError> {
        let me = self.me().await?;
        let query = [
            ("state", "open".to_owned()),
            ("labels", LABEL.to_owned()),
            ("direction", "asc".to_owned()),
            Self::page(),
        ];
        let path = format!("{}/issues", self.at);
        let all: Vec<Written> = answer::all(&self.client, &path, &query, "the open issues").await?;
        let ours = all.into_iter().filter(|it| it.pull_request.is_none());
        let ours = ours.filter(|it| it.user.as_ref().is_some_and(|it| it.login == me));
        Ok(ours.map(|it| Issue { number: it.number, body: it.body.unwrap_or_default() }).collect())
    }

    async fn open_issue(&self, title: &str, body: &str) -> Result<u64, ApiError> {
        let path = format!("{}/issues", self.at);
        let issue = json!({ "title": title, "body": body, "labels": [LABEL] });
        let answer = self.client.send(Method::POST, &path, Some(&issue), "opening an issue").await?;
        answer::decoded::<Written>(&answer, &path, "an issue").map(|it| it.number)
    }

    async fn edit_issue(&self, issue: u64, body: &str) -> Result<(), ApiError> {
        let path = self.topic(Topic::Issue(issue));
        self.client
            .send(Method::PATCH, &path, Some(&json!({ "body": body })), "writing an issue anew")
            .await
            .map(drop)
    }

    async fn close_issue(&self, issue: u64) -> Result<(), ApiError> {
        let path = self.topic(Topic::Issue(issue));
        let closed = json!({ "state": "closed", "state_reason": "completed" });
        self.client.send(Method::PATCH, &path, Some(&closed), "closing an issue").await.map(drop)
    }

    async fn may_approve(&self, person: &str) -> Result<bool, ApiError> {
        let person = percent_encoding::utf8_percent_encode(person, percent_encoding::NON_ALPHANUMERIC);
        let path = format!("{}/collaborators/{person}/permission", self.at);
        match self.client.get(&path, &[], "what a person may do").await {
            Ok(answer) => {
                let found: Permission = answer::decoded(&answer, &path, "what a person may do")?;
                Ok(matches!(found.permission.as_str(), "admin" | "write" | "maintain"))
            }
            Err(ApiError { problem: Problem::Status { status: 404, .. }, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn me(&self) -> Result<String, ApiError> {
        if let Some(me) = self.me.get() {
            return Ok(me.clone());
        }
        let me = match self.client.get("/user", &[], "who we are").await {
            Ok(answer) => answer::decoded::<User>(&answer, "/user", "who we are")?.login,
            Err(ApiError { problem: Problem::Status { status: 401 | 403 | 404, .. }, .. }) => BOT.to_owned(),
            Err(error) => return Err(error),
        };
        Ok(self.me.get_or_init(|| me).clone())
    }

    async fn artifact(&self, name: &str, workflow: &str, before: Timestamp) -> Result<Option<u64>, ApiError> {
        let path = format!("{}/actions/artifacts", self.at);
        let mut found = Vec::new();
        // The list is an object here, and its pages are counted.
        for page in 1..=10 {
            let query = [("name", name.to_owned()), Self::page(), ("page", page.to_string())];
            let answer = self.client.get(&path, &query, "the artifacts").await?;
            let Artifacts { artifacts } = answer::decoded(&answer, &path, "the artifacts")?;
            let whole = artifacts.len() < 100;
            found.extend(
                artifacts.into_iter().filter(|it| it.name == name && !it.expired && it.created_at <= before),
            );
            if whole {
                break;
            }
        }
        found.sort_by_key(|it| std::cmp::Reverse((it.created_at, it.id)));
        for artifact in found {
            let Some(OfRun { id }) = artifact.workflow_run else { continue };
            let path = format!("{}/actions/runs/{id}", self.at);
            let run = self.client.get(&path, &[], "the run of an artifact").await?;
            let run: Run = answer::decoded(&run, &path, "the run of an artifact")?;
            let file = run.path.split('@').next().unwrap_or_default();
            let ours = run.head_repository.is_some_and(|it| it.full_name == self.repository);
            if ours && file == workflow && TRUSTED_EVENTS.contains(&run.event.as_str()) {
                return Ok(Some(artifact.id));
            }
        }
        Ok(None)
    }

    async fn last_scheduled(&self, workflow: &str) -> Result<Option<Timestamp>, ApiError> {
        let file = workflow.rsplit('/').next().unwrap_or(workflow);
        let path = format!("{}/actions/workflows/{file}/runs", self.at);
        let query = [
            ("event", "schedule".to_owned()),
            ("status", "completed".to_owned()),
            ("per_page", "30".to_owned()),
        ];
        let answer = self.client.get(&path, &query, "the runs of the schedule").await?;
        let Runs { workflow_runs } = answer::decoded(&answer, &path, "the runs of the schedule")?;
        let now = self.run.as_deref().and_then(|run| run.rsplit('/').next()?.parse::<u64>().ok());
        let ended = |it: &Run| matches!(it.conclusion.as_deref(), Some("success" | "failure"));
        let before = workflow_runs.into_iter().filter(|it| Some(it.id) != now && ended(it));
        Ok(before.map(|it| it.updated_at).max())
    }

    fn approvers(&self) -> &'static str {
        "Somebody who may write here, and opened none of these pull requests,"
    }

    fn run(&self) -> Option<&str> {
        self.run.as_deref()
    }
}
