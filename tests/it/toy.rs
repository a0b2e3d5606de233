//! A fourth provider, whole. It holds emergency forwards and nothing else; it wants a key, and a token that expires.

mod emulation;

use async_trait::async_trait;
use dialform::{
    http::{ApiError, ApiKey, Conventions, Method, ReadClient, WriteClient, segment},
    model::{Address, ApiUrl, E164, Forward, Kind, Limits, LimitsConfig, Resource, Secret},
    plan::{Action, Dialect, GradeRow, Observed, Step},
    provider::{
        self, Endpoints, Form, Keyring, Provider, Read, Scope, Settings, Write,
        answer::{conflict, decode, endpoint},
        refresh::Refreshing,
        settings::Endpoint,
    },
    sandbox,
};
use serde_json::json;
use std::collections::BTreeMap;

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
        example_number: "+12145550100",
        normalize: |_, mut resource| {
            resource.strip_local();
            Ok(resource)
        },
    },
    settings: Form::of::<ToySettings>(),
    conventions: &Conventions::PLAIN,
    limits: Limits { concurrency: 4, requests_per_second: 100, timeout: 5, retries: 1, settle: 2 },
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
        let rows: BTreeMap<E164, Forward> =
            decode(endpoint(&self.0, "toy")?.get(&path, &[], &what).await?, &what, &path)?;
        let named = rows
            .into_iter()
            .map(|(number, it)| (Address::new(Kind::Forwards, number), Resource::Forward(it)));
        Ok(Observed { objects: named.collect(), ..Observed::default() })
    }
}

#[async_trait]
impl Write for Toy<WriteClient> {
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

/// The acceptance line: a provider nobody here has seen passes its share of the transition list, without a line of code
/// in planning, applying or rendering.
#[test]
fn a_toy_provider_passes_its_share() {
    provider::register(&TOY);
    sandbox::register(&emulation::EMULATION);
    let ran = crate::transitions::share(&TOY);
    assert!(ran >= 10, "{ran}");
}
