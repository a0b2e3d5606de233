//! A fourth provider, whole, with its server: emergency forwards, a key, and a token that expires.

use async_trait::async_trait;
use dialform::{
    http::{ApiError, ApiKey, Conventions, Method, ReadClient, WriteClient, segment},
    model::{Address, ApiUrl, E164, Forward, Kind, Limits, LimitsConfig, Resource, Secret},
    plan::{Action, Dialect, GradeRow, Observed, Step},
    provider::{
        self, Endpoint, Endpoints, Form, Keyring, NotBack, Provider, Read, Scope, Settings, Write,
        answer::{decode, endpoint},
        refresh::Refreshing,
    },
    sandbox::{
        self, Emulation,
        vendor::{Accounts, Commit, Request, Response, Vendor},
    },
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

static TOY: Provider = Provider {
    kind: "toy",
    title: "A toy",
    dialect: Dialect {
        order: &[Kind::Forwards],
        grades: &[
            GradeRow::api(Kind::Forwards, &[], "this file"),
            GradeRow::api(Kind::Forwards, &["to"], "this file"),
            GradeRow::api(Kind::Forwards, &["active"], "this file"),
        ],
        ..Dialect::PLAIN
    },
    settings: Form::of::<ToySettings>(),
    conventions: &Conventions::PLAIN,
    limits: Limits { requests_per_second: 100, timeout: 5, retries: 1, settle: 2, ..Limits::PLAIN },
    single_account: false,
    reader: |endpoints| Box::new(Toy(endpoints)),
    writer: |endpoints| Box::new(Toy(endpoints)),
};

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToySettings {
    url: ApiUrl,
    key: Secret,
    refresh_token: Secret,
    #[serde(default)]
    limits: LimitsConfig,
}

impl Settings for ToySettings {
    fn url(&self) -> Option<&ApiUrl> {
        Some(&self.url)
    }

    fn limits(&self) -> LimitsConfig {
        self.limits
    }

    fn endpoints(&self, keys: &mut Keyring<'_>) -> Vec<Endpoint> {
        let key = ApiKey::new("x-toy-key", keys.find(&self.key, &["key"]));
        let token = Refreshing::new(None, keys.find(&self.refresh_token, &["refresh_token"]), "/tokens");
        vec![Endpoint { name: "toy", url: self.url.clone(), auth: Box::new((key, token)) }]
    }
}

struct Toy<T>(Endpoints<T>);

#[async_trait]
impl Read for Toy<ReadClient> {
    async fn observe(&self, account: &str, _: &Scope) -> Result<Observed, ApiError> {
        let (path, what) =
            (format!("/{}/forwards", segment(account)), format!("the forwards of `{account}`"));
        let answer = endpoint(&self.0, "toy")?.get(&path, &[], &what).await?;
        let rows: BTreeMap<E164, Forward> = decode(&answer, &what, &path)?;
        let object = |(number, it)| (Address::new(Kind::Forwards, number), Resource::Forward(it));
        Ok(Observed { objects: rows.into_iter().map(object).collect(), ..Observed::default() })
    }
}

#[async_trait]
impl Write for Toy<WriteClient> {
    async fn execute(&self, account: &str, step: &Step) -> Result<NotBack, ApiError> {
        let body = match step.action {
            Action::Delete => json!({ "to": null, "active": false }),
            _ => step.changes.iter().filter_map(|it| Some((it.path.field()?, json!(it.new)))).collect(),
        };
        let path = format!("/{}/forwards/{}", segment(account), segment(&step.address.key));
        let what = format!("changing {}", step.address);
        endpoint(&self.0, "toy")?.send(Method::PUT, &path, Some(&body), &what).await.map(|_| NotBack::new())
    }
}

static EMULATION: Emulation = Emulation {
    kind: "toy",
    endpoints: &[("toy", "/toy")],
    switches: &[],
    vendor: |_| Ok(Box::<Server>::default()),
};

/// Its server. Counts requests; a token is good for three of them.
#[derive(Debug, Default)]
struct Server(AtomicU64);

impl Vendor for Server {
    fn tables(&self) -> &'static [&'static str] {
        &["forwards"]
    }

    fn respond(&self, request: &Request, accounts: &Accounts) -> Response {
        let steps = request.steps();
        let token = format!("toy-token-{}", self.0.load(Ordering::Relaxed) / 3);
        if steps == ["toy", "tokens"] && request.method == "POST" {
            return Response::new(200, json!({ "access_token": token }));
        }
        if request.header("x-toy-key") != Some("sandbox") || request.token() != Some(&token) {
            return Response::coded(401, "expired");
        }
        self.0.fetch_add(1, Ordering::Relaxed);
        let ["toy", account, "forwards", rest @ ..] = steps.as_slice() else {
            return Response::coded(404, "no such path");
        };
        let Some(view) = accounts.view(account) else { return Response::coded(404, "no such account") };
        match (request.method.as_str(), rest, &request.body) {
            ("GET", [], _) => Response::new(200, view.visible.to_value()["forwards"].clone()),
            ("PUT", [number], Some(Value::Object(body))) => {
                let Some(Value::Object(mut row)) = view.committed.get("forwards", number).cloned() else {
                    return Response::coded(404, "no such number");
                };
                row.extend(body.clone());
                let commit = Commit::put(account, &view.committed, "forwards", number, row.into());
                Response::new(200, json!({})).with(commit)
            }
            _ => Response::coded(405, "no such method"),
        }
    }
}

/// The acceptance line: a provider nobody here has seen passes its share of the transition list in 150 lines, without
/// one in planning, applying, rendering, `http` or `cli`.
#[test]
fn a_toy_provider_passes_its_share() {
    assert!(include_str!("toy.rs").lines().count() <= 150, "a provider has become more than 150 lines");
    provider::register(&TOY);
    sandbox::register(&EMULATION);
    assert!(crate::transitions::share(&TOY) >= 10, "the list has hardly a case for it");
}
