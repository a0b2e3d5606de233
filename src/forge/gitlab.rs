//! GitLab, by its REST API, version 4.

use super::{Comment, Forge, Issue, LABEL, PullRequest, Said, Topic, answer};
use crate::{
    explained::Explained,
    http::{ApiError, ApiKey, Method, WriteClient},
    secret::KnownSecrets,
};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;
use std::sync::{Arc, OnceLock};

pub struct GitLab {
    client: WriteClient,
    /// `/projects/ID`
    at: String,
    run: Option<String>,
    /// Who we are, once that was asked.
    me: OnceLock<String>,
}

/// The access level of maintainers: who may merge into a protected branch unless a project says otherwise.
const MAINTAINER: u64 = 40;

/// GitLab keeps two instants of a note; those of one that nobody has changed are of one request.
const AT_ONCE: SignedDuration = SignedDuration::from_secs(1);

#[derive(Deserialize)]
struct User {
    username: String,
}

#[derive(Deserialize)]
struct Request {
    iid: u64,
    sha: Option<String>,
    author: Option<User>,
    #[serde(default)]
    state: String,
    #[serde(default)]
    merge_commit_sha: Option<String>,
    #[serde(default)]
    squash_commit_sha: Option<String>,
    #[serde(default)]
    merged_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Note {
    id: u64,
    author: User,
    body: String,
    #[serde(default)]
    created_at: Option<Timestamp>,
    #[serde(default)]
    updated_at: Option<Timestamp>,
    /// Written by GitLab itself.
    #[serde(default)]
    system: bool,
}

#[derive(Deserialize)]
struct Ticket {
    iid: u64,
    author: User,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Member {
    username: String,
    access_level: u64,
}

#[derive(Deserialize)]
struct Pipeline {
    id: u64,
    status: String,
    updated_at: Timestamp,
}

impl GitLab {
    pub fn open(says: &Said, secrets: &Arc<KnownSecrets>) -> Result<Self, Explained> {
        let project = says.needed("CI_PROJECT_ID")?;
        let client = says.client(
            ("gitlab", "CI_API_V4_URL"),
            ("DIALFORM_GITLAB_TOKEN", |it| Box::new(ApiKey::new("private-token", it))),
            secrets,
        )?;
        Ok(Self {
            client,
            at: format!("/projects/{project}"),
            run: says.text("CI_PIPELINE_URL"),
            me: OnceLock::new(),
        })
    }

    fn topic(&self, topic: Topic) -> String {
        match topic {
            Topic::PullRequest(number) => format!("{}/merge_requests/{number}", self.at),
            Topic::Issue(number) => format!("{}/issues/{number}", self.at),
        }
    }

    fn page() -> (&'static str, String) {
        ("per_page", "100".to_owned())
    }
}

impl From<Request> for PullRequest {
    fn from(it: Request) -> Self {
        let author = it.author.map(|it| it.username).unwrap_or_default();
        Self { number: it.iid, head: it.sha.unwrap_or_default(), author, merged_at: it.merged_at }
    }
}

#[async_trait]
impl Forge for GitLab {
    async fn with_head(&self, head: &str, into: &str) -> Result<Vec<PullRequest>, ApiError> {
        let query = [("state", "opened".to_owned()), ("target_branch", into.to_owned()), Self::page()];
        let path = format!("{}/merge_requests", self.at);
        let all: Vec<Request> = answer::all(&self.client, &path, &query, "the open merge requests").await?;
        Ok(all.into_iter().filter(|it| it.sha.as_deref() == Some(head)).map(PullRequest::from).collect())
    }

    async fn merged_as(&self, commit: &str) -> Result<Vec<PullRequest>, ApiError> {
        let path = format!("{}/repository/commits/{commit}/merge_requests", self.at);
        let all: Vec<Request> =
            answer::all(&self.client, &path, &[Self::page()], "the merge requests of a commit").await?;
        let is = |it: &Option<String>| it.as_deref() == Some(commit);
        // Where the branch was moved forward there is no other commit than its head.
        let same = |it: &Request| is(&it.merge_commit_sha) || is(&it.squash_commit_sha) || is(&it.sha);
        Ok(all.into_iter().filter(|it| it.state == "merged" && same(it)).map(PullRequest::from).collect())
    }

    async fn comments(&self, topic: Topic) -> Result<Vec<Comment>, ApiError> {
        let query = [("sort", "asc".to_owned()), ("order_by", "created_at".to_owned()), Self::page()];
        let path = format!("{}/notes", self.topic(topic));
        let all: Vec<Note> = answer::all(&self.client, &path, &query, "the notes").await?;
        let ours = all.into_iter().filter(|it| !it.system);
        let changed = |it: &Note| {
            let both = it.created_at.zip(it.updated_at);
            both.is_none_or(|(written, now)| now.duration_since(written) > AT_ONCE)
        };
        let comment = |it: Note| Comment {
            id: it.id,
            is_anybodys: changed(&it),
            author: it.author.username,
            body: it.body,
        };
        Ok(ours.map(comment).collect())
    }

    async fn comment(&self, topic: Topic, body: &str) -> Result<(), ApiError> {
        let path = format!("{}/notes", self.topic(topic));
        self.client
            .send(Method::POST, &path, Some(&json!({ "body": body })), "writing a note")
            .await
            .map(drop)
    }

    async fn edit_comment(&self, topic: Topic, comment: u64, body: &str) -> Result<(), ApiError> {
        let path = format!("{}/notes/{comment}", self.topic(topic));
        self.client
            .send(Method::PUT, &path, Some(&json!({ "body": body })), "writing a note anew")
            .await
            .map(drop)
    }

    async fn issues(&self) -> Result<Vec<Issue>, ApiError> {
        let me = self.me().await?;
        let query = [
            ("state", "opened".to_owned()),
            ("labels", LABEL.to_owned()),
            ("scope", "all".to_owned()),
            ("sort", "asc".to_owned()),
            Self::page(),
        ];
        let path = format!("{}/issues", self.at);
        let all: Vec<Ticket> = answer::all(&self.client, &path, &query, "the open issues").await?;
        let ours = all.into_iter().filter(|it| it.author.username == me);
        Ok(ours.map(|it| Issue { number: it.iid, body: it.description.unwrap_or_default() }).collect())
    }

    async fn open_issue(&self, title: &str, body: &str) -> Result<u64, ApiError> {
        let path = format!("{}/issues", self.at);
        let issue = json!({ "title": title, "description": body, "labels": LABEL });
        let answer = self.client.send(Method::POST, &path, Some(&issue), "opening an issue").await?;
        answer::decoded::<Ticket>(&answer, &path, "an issue").map(|it| it.iid)
    }

    async fn edit_issue(&self, issue: u64, body: &str) -> Result<(), ApiError> {
        let path = self.topic(Topic::Issue(issue));
        self.client
            .send(Method::PUT, &path, Some(&json!({ "description": body })), "writing an issue anew")
            .await
            .map(drop)
    }

    async fn close_issue(&self, issue: u64) -> Result<(), ApiError> {
        let path = self.topic(Topic::Issue(issue));
        self.client
            .send(Method::PUT, &path, Some(&json!({ "state_event": "close" })), "closing an issue")
            .await
            .map(drop)
    }

    async fn may_approve(&self, person: &str) -> Result<bool, ApiError> {
        let query = [("query", person.to_owned()), Self::page()];
        let path = format!("{}/members/all", self.at);
        let all: Vec<Member> = answer::all(&self.client, &path, &query, "what a person may do").await?;
        Ok(all.iter().any(|it| it.username == person && it.access_level >= MAINTAINER))
    }

    async fn me(&self) -> Result<String, ApiError> {
        if let Some(me) = self.me.get() {
            return Ok(me.clone());
        }
        let answer = self.client.get("/user", &[], "who we are").await?;
        let User { username } = answer::decoded(&answer, "/user", "who we are")?;
        Ok(self.me.get_or_init(|| username).clone())
    }

    async fn artifact(
        &self,
        _name: &str,
        _workflow: &str,
        _before: Timestamp,
    ) -> Result<Option<u64>, ApiError> {
        Ok(None)
    }

    async fn last_scheduled(&self, _workflow: &str) -> Result<Option<Timestamp>, ApiError> {
        let query = [
            ("source", "schedule".to_owned()),
            ("scope", "finished".to_owned()),
            ("per_page", "30".to_owned()),
        ];
        let path = format!("{}/pipelines", self.at);
        let answer = self.client.get(&path, &query, "the pipelines of the schedule").await?;
        let all: Vec<Pipeline> = answer::decoded(&answer, &path, "the pipelines of the schedule")?;
        let now = self.run.as_deref().and_then(|run| run.rsplit('/').next()?.parse::<u64>().ok());
        let ended = |it: &Pipeline| matches!(it.status.as_str(), "success" | "failed");
        let before = all.into_iter().filter(|it| Some(it.id) != now && ended(it));
        Ok(before.map(|it| it.updated_at).max())
    }

    fn approvers(&self) -> &'static str {
        "A maintainer who opened none of these merge requests"
    }

    fn run(&self) -> Option<&str> {
        self.run.as_deref()
    }
}
