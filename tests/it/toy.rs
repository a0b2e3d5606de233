//! A fourth provider, whole. It holds emergency forwards and nothing else.
use async_trait::async_trait;
use dialform::{
    finding::Seg,
    http::{ApiError, Getter, Sender, segment},
    model::{Address, E164, Forward, Kind, Limits, Resource},
    plan::{Action, Dialect, GradeRow, Observed, Step},
    provider::{
        EndpointSpec, Endpoints, Login, Provider, Read, Scope, Write,
        answer::{conflict, decode, endpoint},
        register,
    },
    sandbox::{
        document::Document,
        exchange::{Answer, Commit, Request, Vendor, Views},
        footprint::{Pattern, key, whole},
    },
};
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

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
        accepts: &[],
        propagation: None,
        zoned_schedules: false,
        by_hand: &[],
        normalize: |_, mut resource| {
            resource.strip_local();
            Ok(resource)
        },
    },
    check: |_, _| Vec::new(),
    limits: Limits { concurrency: 4, requests_per_second: 100, timeout: 5, retries: 1, settle: 2 },
    single_account: false,
    unobservable: |_| BTreeSet::new(),
    endpoints: |config| {
        vec![EndpointSpec {
            name: "toy",
            url: config.url.clone(),
            login: Login::Token { token: config.token.clone(), read_token: None },
            url_path: vec![Seg::key("url")],
            login_at: Vec::new(),
            sandbox_path: "/toy",
        }]
    },
    reader: |endpoints| Box::new(Toy(endpoints)),
    writer: |endpoints| Box::new(Toy(endpoints)),
    emulation: |_| Box::new(Emulated),
};

struct Toy<T>(Endpoints<T>);

#[async_trait]
impl Read for Toy<Getter> {
    async fn observe(&self, account: &str, _: &Scope) -> Result<Observed, ApiError> {
        let (path, what) =
            (format!("/{}/forwards", segment(account)), format!("the forwards of `{account}`"));
        let rows: BTreeMap<E164, Forward> =
            decode(endpoint(&self.0, "toy")?.get(&path, &[], &what).await?, &what, &path)?;
        let named = rows
            .into_iter()
            .map(|(number, it)| (Address::new(Kind::Forwards, number), Resource::Forward(it)));
        Ok(Observed { objects: named.collect(), ..Observed::default() })
    }
}

#[async_trait]
impl Write for Toy<Sender> {
    async fn execute(&self, account: &str, step: &Step) -> Result<(), ApiError> {
        let body = match (step.action, &step.after) {
            (Action::Delete, _) => json!({ "to": null, "active": false }),
            (_, Some(Resource::Forward(it))) => {
                let fields = [("to", json!(it.to)), ("active", json!(it.active))];
                fields.into_iter().filter(|(field, _)| step.concerns(&[(*field).into()])).collect()
            }
            _ => return Err(conflict(step, "a toy has forwards only")),
        };
        let path = format!("/{}/forwards/{}", segment(account), segment(&step.address.key));
        let what = format!("changing {}", step.address);
        endpoint(&self.0, "toy")?.send(Method::PUT, &path, Some(&body), &what).await.map(drop)
    }
}

#[derive(Debug)]
struct Emulated;

impl Vendor for Emulated {
    fn tables(&self) -> &'static [&'static str] {
        &["forwards"]
    }

    fn seed(&self, _: &str, seed: &Map<String, Value>) -> Result<Document, String> {
        let mut document = Document::new(self.tables());
        let rows = seed.get("forwards").and_then(Value::as_object).ok_or("`forwards` is missing")?;
        rows.iter().for_each(|(number, row)| document.put("forwards", number, row.clone()));
        Ok(document)
    }

    fn footprint(&self, address: &Address) -> Vec<Pattern> {
        vec![whole(&[key("forwards"), key(&address.key)])]
    }

    fn respond(&self, request: &Request, views: &Views) -> Answer {
        let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
        let ["toy", account, "forwards", rest @ ..] = segments.as_slice() else {
            return Answer::coded(404, "no such path");
        };
        let Some(view) = views.get(*account) else { return Answer::coded(404, "no such account") };
        match (request.method.as_str(), rest, &request.body) {
            ("GET", [], _) => {
                let rows =
                    view.visible.table("forwards").map(|(number, row)| (number.to_owned(), row.clone()));
                Answer::new(200, rows.collect::<Map<_, _>>().into())
            }
            ("PUT", [number], Some(Value::Object(body))) => {
                let mut document = (*view.committed).clone();
                let Some(Value::Object(mut row)) = document.get("forwards", number).cloned() else {
                    return Answer::coded(404, "no such number");
                };
                row.extend(body.clone());
                row.retain(|_, value| !value.is_null());
                document.put("forwards", number, row.into());
                let (account, object) = ((*account).to_owned(), (*number).to_owned());
                Answer::new(200, json!({})).with(Commit { account, object, document })
            }
            _ => Answer::coded(405, "no such method"),
        }
    }
}

/// The acceptance line: a provider nobody here has seen passes its share of the transition list, without a line of code
/// in planning, applying or rendering.
#[test]
fn a_toy_provider_passes_its_share() {
    register(&TOY);
    let ran = crate::transitions::share(&TOY);
    assert!(ran >= 10, "{ran}");
}
