//! GitHub's REST API.

use super::{Asked, BOT, LATE, MERGED, State, Ticket, asked, page};
use axum::{
    body::Body,
    extract::Request,
    http::{Method, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

pub async fn answer(state: Arc<Mutex<State>>, request: Request) -> Response {
    let Asked { parts, path, query, body } = asked(request, "/github").await;
    let mut state = state.lock().unwrap();
    let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let token = bearer.and_then(|it| it.strip_prefix("Bearer ")).unwrap_or_default().to_owned();
    let (scopes, needed) = scope(&parts.method, &path);
    match scopes.iter().map(|scope| state.level(&token, scope)).max().unwrap() {
        None => return said(StatusCode::UNAUTHORIZED, &json!({ "message": "Bad credentials" }), None),
        Some(level) if level < needed => {
            let message = "Resource not accessible by integration";
            return said(StatusCode::FORBIDDEN, &json!({ "message": message }), None);
        }
        Some(_) => {}
    }
    if parts.method != Method::GET {
        state.writes.push(format!("{} {path}", parts.method));
        if let Some(status) = state.refuse.take() {
            let status = StatusCode::from_u16(status).unwrap();
            return said(status, &json!({ "message": "refused for a test" }), None);
        }
    }
    let words: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let list = |all: Vec<Value>| {
        let (value, next) = page(all, &query, &format!("http://elsewhere.example/github{path}"));
        said(StatusCode::OK, &value, next)
    };
    let one = |value: Value| said(StatusCode::OK, &value, None);
    let none = || said(StatusCode::NOT_FOUND, &json!({ "message": "Not Found" }), None);
    let number = |word: &str| word.parse::<u64>().unwrap();
    match (parts.method.as_str(), &words[..]) {
        // As with the token of a job.
        ("GET", ["user"]) => {
            said(StatusCode::FORBIDDEN, &json!({ "message": "Resource not accessible by integration" }), None)
        }
        (method, ["repos", "acme", "phones", rest @ ..]) => match (method, rest) {
            ("GET", ["pulls"]) => {
                state.listed();
                assert_eq!(query["state"], "open");
                let open = state.pulls.iter().filter(|it| it.open && it.into == query["base"]);
                list(open.map(pull).collect())
            }
            ("GET", ["commits", commit, "pulls"]) => {
                let of = state
                    .pulls
                    .iter()
                    .filter(|it| it.merged_as.as_deref() == Some(commit) || it.head == *commit);
                list(of.map(pull).collect())
            }
            ("GET", ["issues", topic, "comments"]) => list(comments(&state, number(topic))),
            ("POST", ["issues", topic, "comments"]) => {
                state.comment(number(topic), BOT, body["body"].as_str().unwrap());
                one(json!({}))
            }
            ("PATCH", ["issues", "comments", id]) => {
                let theirs = state.comments.values().flatten().find(|it| it.id == number(id));
                assert_eq!(theirs.map(|it| it.author.as_str()), Some(BOT), "somebody else's comment");
                state.edit(number(id), body["body"].as_str().unwrap());
                one(json!({}))
            }
            ("GET", ["issues"]) => {
                let pulls = state.pulls.iter().filter(|it| it.open);
                let pulls = pulls.map(|it| json!({ "number": it.number, "user": { "login": BOT }, "body": "", "pull_request": {} }));
                let open = state.issues.iter().filter(|it| it.open && it.labels.contains(&query["labels"]));
                let all = open.map(
                    |it| json!({ "number": it.number, "user": { "login": it.author }, "body": it.body }),
                );
                list(pulls.chain(all).collect())
            }
            ("POST", ["issues"]) => {
                let number = state.next();
                state.issues.push(Ticket {
                    number,
                    title: body["title"].as_str().unwrap().to_owned(),
                    author: BOT.to_owned(),
                    body: body["body"].as_str().unwrap().to_owned(),
                    open: true,
                    labels: serde_json::from_value(body["labels"].clone()).unwrap(),
                });
                one(json!({ "number": number }))
            }
            ("PATCH", ["issues", issue]) => {
                let found = state.issues.iter_mut().find(|it| it.number == number(issue)).unwrap();
                body["body"].as_str().into_iter().for_each(|text| text.clone_into(&mut found.body));
                found.open &= body["state"] != "closed";
                one(json!({}))
            }
            ("GET", ["collaborators", person, "permission"]) => match state.permissions.get(*person) {
                Some(permission) => one(json!({ "permission": permission })),
                None => none(),
            },
            ("GET", ["actions", "artifacts"]) => {
                let all = state.all_artifacts();
                let of = all.iter().filter(|it| it.name == query["name"]);
                let all: Vec<Value> = of
                    .map(|it| {
                        json!({ "id": it.id, "name": it.name, "expired": it.expired,
                            "created_at": it.created, "workflow_run": { "id": it.run } })
                    })
                    .collect();
                one(json!({ "total_count": all.len(), "artifacts": all }))
            }
            ("GET", ["actions", "artifacts", id, "zip"]) => {
                match state.all_artifacts().into_iter().find(|it| it.id == number(id)) {
                    Some(found) => Response::new(Body::from(found.zip)),
                    None => none(),
                }
            }
            ("GET", ["actions", "runs", id]) => {
                match state.all_runs().iter().find(|it| it.id == number(id)) {
                    Some(found) => one(run(found)),
                    None => none(),
                }
            }
            ("GET", ["actions", "workflows", file, "runs"]) => {
                let all = state.all_runs();
                let of = all
                    .iter()
                    .filter(|it| it.path.ends_with(&format!("/{file}")) && it.event == query["event"]);
                one(json!({ "workflow_runs": of.map(run).collect::<Vec<_>>() }))
            }
            other => panic!("GitHub has no {other:?}"),
        },
        other => panic!("GitHub has no {other:?}"),
    }
}

/// What a token has to have for a request: one of these scopes, to read or to write.
fn scope(method: &Method, path: &str) -> (&'static [&'static str], u8) {
    let level = if *method == Method::GET { 1 } else { 2 };
    let part = path.trim_start_matches("/repos/acme/phones/").split('/').next().unwrap();
    match part {
        "actions" => (&["actions"], level),
        "pulls" | "commits" => (&["pull-requests"], level),
        "issues" => (&["issues", "pull-requests"], level),
        // Whatever a token may do, it may do this.
        _ => (&["contents"], 0),
    }
}

fn pull(it: &super::Pull) -> Value {
    json!({
        "number": it.number,
        "head": { "sha": it.head },
        "user": { "login": it.author },
        "merged_at": it.merged_as.as_ref().map(|_| MERGED),
        "merge_commit_sha": it.merged_as,
    })
}

fn run(it: &super::Run) -> Value {
    json!({
        "id": it.id, "path": it.path, "event": it.event, "updated_at": it.ended, "conclusion": it.conclusion,
        "head_repository": { "full_name": it.head_repository },
    })
}

fn comments(state: &State, topic: u64) -> Vec<Value> {
    let all = state.comments.get(&topic).into_iter().flatten();
    let kind = |author: &str| if author.ends_with("[bot]") { "Bot" } else { "User" };
    all.map(|it| {
        json!({
            "id": it.id, "user": { "login": it.author, "type": kind(&it.author) }, "body": it.body,
            "created_at": MERGED, "updated_at": if it.edited { LATE } else { MERGED },
        })
    })
    .collect()
}

pub fn said(status: StatusCode, value: &Value, next: Option<String>) -> Response {
    let mut answer = Response::builder().status(status).header("content-type", "application/json");
    if let Some(next) = next {
        answer = answer.header("link", next);
    }
    answer.body(Body::from(value.to_string())).unwrap()
}
