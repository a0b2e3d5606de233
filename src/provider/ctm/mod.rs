//! CallTrackingMetrics: tracking numbers, receiving numbers, queues, schedules (REST API v1).
//!
//! Facts are cited as sections of the CTM fact sheet and as help article 004. Much of what the portal offers has no
//! documented field: the grade table says which, and undocumented forms are sent only with `experimental: true`.
//!
#![doc = include_str!("FACTS.md")]

mod client;
mod convert;
mod grades;
mod wire;
mod zones;

use super::{EndpointSpec, Login, Provider, SettingsFindings};
use crate::{
    finding::{Finding, Seg},
    model::{Kind, Limits, ProviderConfig},
    plan::Dialect,
    sandbox::ctm::Ctm,
};
use client::{API, CtmReader, CtmWriter};
use std::collections::BTreeSet;

/// Where the vendor's own service is (fact sheet section 2).
const SERVICE: &str = "https://api.calltrackingmetrics.com/api/v1";

pub static PROVIDER: Provider = Provider {
    kind: "ctm",
    title: "CallTrackingMetrics (REST API v1)",
    dialect: Dialect {
        // Fact sheet section 9: what is pointed to is made first.
        order: &[Kind::Schedules, Kind::Receivers, Kind::Queues, Kind::Forwards, Kind::Numbers],
        grades: grades::GRADES,
        accepts: grades::ACCEPTS,
        propagation: None,
        zoned_schedules: true,
        by_hand: &[(
            Kind::Forwards,
            "Numbers > Tracking Numbers > {key} > Fail-safe Number > Save (article 004)",
        )],
        normalize: convert::normalize,
    },
    check,
    // 10 a second are allowed; clients that last use 8, four at once (fact sheet section 2.2).
    limits: Limits { concurrency: 4, requests_per_second: 8, timeout: 30, retries: 3, settle: 3 },
    single_account: false,
    unobservable: |_| BTreeSet::new(),
    endpoints,
    reader: |endpoints| Box::new(CtmReader::new(endpoints)),
    writer: |endpoints| Box::new(CtmWriter::new(endpoints)),
    emulation: Ctm::emulate,
};

fn check(config: &ProviderConfig, _declared: &BTreeSet<Kind>) -> SettingsFindings {
    let missing = |word: &str, secret: bool| {
        let finding = Finding::error("missing-key", format!("a `ctm` provider needs `{word}`"))
            .help("write `access_key: { env: CTM_KEY }` and `secret_key: { env: CTM_SECRET }`");
        (!secret).then(|| (Vec::new(), finding))
    };
    let keys = [("access_key", config.access_key.is_some()), ("secret_key", config.secret_key.is_some())];
    keys.into_iter().filter_map(|(word, said)| missing(word, said)).collect()
}

fn endpoints(config: &ProviderConfig) -> Vec<EndpointSpec> {
    vec![EndpointSpec {
        name: API,
        url: Some(config.url.clone().unwrap_or_else(|| SERVICE.to_owned())),
        login: Login::Keys { access_key: config.access_key.clone(), secret_key: config.secret_key.clone() },
        url_path: vec![Seg::key("url")],
        login_at: Vec::new(),
        sandbox_path: "/api/v1",
    }]
}
