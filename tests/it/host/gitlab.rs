//! GitLab's REST API, version 4.

use super::{Asked, BOT, MERGED, State, TOKEN, Ticket, asked, github::said, page};
use axum::{
    extract::Request,
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

pub async fn answer(state: Arc<Mutex<State>>, request: Request) -> Response {
    let Asked { parts, path, query, body } = asked(request, "/gitlab").await;
    let mut state = state.lock().unwrap();
    let token = parts.headers.get("private-token").and_then(|it| it.to_str().ok());
    if token != Some(TOKEN) {
        return said(StatusCode::UNAUTHORIZED, &json!({ "message": "401 Unauthorized" }), None);
    }
    if parts.method != Method::GET {
        state.writes.push(format!("{} {path}", parts.method));
    }
    let words: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let list = |all: Vec<Value>| {
        let (value, next) = page(all, &query, &format!("http://elsewhere.example/gitlab{path}"));
        said(StatusCode::OK, &value, next)
    };
    let one = |value: Value| said(StatusCode::OK, &value, None);
    let number = |word: &str| word.parse::<u64>().unwrap();
    match (parts.method.as_str(), &words[..]) {
        ("GET", ["user"]) => one(json!({ "username": BOT })),
        (method, ["projects", "42", rest @ ..]) => match (method, rest) {
            ("GET", ["merge_requests"]) => {
                state.listed();
                assert_eq!(query["state"], "opened");
                let open = state.pulls.iter().filter(|it| it.open && it.into == query["target_branch"]);
                list(open.map(pull).collect())
            }
            ("GET", ["repository", "commits", commit, "merge_requests"]) => {
                let of = state
                    .pulls
                    .iter()
                    .filter(|it| it.merged_as.as_deref() == Some(commit) || it.head == *commit);
                list(of.map(pull).collect())
            }
            ("GET", ["merge_requests" | "issues", topic, "notes"]) => {
                let all = state.comments.get(&number(topic)).into_iter().flatten();
                // GitLab writes notes of its own.
                let system = json!({ "id": 1, "author": { "username": BOT }, "body": "changed the title", "system": true });
                let all = all
                    .map(|it| json!({
                        "id": it.id, "author": { "username": it.author }, "body": it.body, "created_at": MERGED,
                        "updated_at": if it.edited { "2026-11-01T00:10:00Z" } else { MERGED },
                    }));
                list(std::iter::once(system).chain(all).collect())
            }
            ("POST", ["merge_requests" | "issues", topic, "notes"]) => {
                state.comment(number(topic), BOT, body["body"].as_str().unwrap());
                one(json!({}))
            }
            ("PUT", ["merge_requests" | "issues", _, "notes", id]) => {
                state.edit(number(id), body["body"].as_str().unwrap());
                one(json!({}))
            }
            ("GET", ["issues"]) => {
                let open = state.issues.iter().filter(|it| it.open && it.labels.contains(&query["labels"]));
                list(open.map(ticket).collect())
            }
            ("POST", ["issues"]) => {
                let number = state.next();
                state.issues.push(Ticket {
                    number,
                    title: body["title"].as_str().unwrap().to_owned(),
                    author: BOT.to_owned(),
                    body: body["description"].as_str().unwrap().to_owned(),
                    open: true,
                    labels: body["labels"].as_str().unwrap().split(',').map(str::to_owned).collect(),
                });
                one(ticket(state.issues.last().unwrap()))
            }
            ("PUT", ["issues", issue]) => {
                let found = state.issues.iter_mut().find(|it| it.number == number(issue)).unwrap();
                body["description"].as_str().into_iter().for_each(|text| text.clone_into(&mut found.body));
                found.open &= body["state_event"] != "close";
                one(json!({}))
            }
            ("GET", ["members", "all"]) => {
                let level = |permission: &str| match permission {
                    "admin" => 50,
                    "write" => 40,
                    _ => 20,
                };
                // The search finds more than the very name.
                let all = state.permissions.iter().filter(|(name, _)| name.contains(&query["query"]));
                list(all.map(|(name, it)| json!({ "username": name, "access_level": level(it) })).collect())
            }
            ("GET", ["pipelines"]) => {
                assert_eq!(query["source"], "schedule");
                let of = state.runs.iter().filter(|it| it.event == "schedule");
                one(of.map(|it| json!({ "id": it.id, "updated_at": it.ended, "status": if it.conclusion == "failure" { "failed" } else { it.conclusion } })).collect())
            }
            other => panic!("GitLab has no {other:?}"),
        },
        other => panic!("GitLab has no {other:?}"),
    }
}

fn pull(it: &super::Pull) -> Value {
    json!({
        "iid": it.number,
        "sha": it.head,
        "author": { "username": it.author },
        "state": if it.merged_as.is_some() { "merged" } else if it.open { "opened" } else { "closed" },
        "merge_commit_sha": it.merged_as,
        "squash_commit_sha": null,
        "merged_at": it.merged_as.as_ref().map(|_| MERGED),
    })
}

fn ticket(it: &Ticket) -> Value {
    json!({ "iid": it.number, "author": { "username": it.author }, "description": it.body })
}
