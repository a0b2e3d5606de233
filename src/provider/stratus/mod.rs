//! SpectrumVoIP Stratus: the NetSapiens API v2, and the carrier-level emergency forward that is not in it.
//!
//! Facts are cited as sections of the NetSapiens fact sheet and as help articles 000 (emergency forward), 001 (queue
//! failover) and 003 (answering rules).
//!
#![doc = include_str!("FACTS.md")]

mod client;
mod convert;
mod grades;
mod wire;

use super::{EndpointSpec, Login, Provider, SettingsFindings};
use crate::{
    finding::{Finding, Seg},
    model::{Carrier, Kind, Limits, ProviderConfig},
    plan::Dialect,
    sandbox::stratus::Stratus,
};
use client::{API, CARRIER, StratusReader, StratusWriter};
use std::collections::BTreeSet;

pub static PROVIDER: Provider = Provider {
    kind: "stratus",
    title: "SpectrumVoIP Stratus (NetSapiens API v2)",
    dialect: Dialect {
        order: &[Kind::Schedules, Kind::Queues, Kind::Rules, Kind::Diverts, Kind::Forwards, Kind::Numbers],
        grades: grades::GRADES,
        accepts: grades::ACCEPTS,
        propagation: None,
        zoned_schedules: false,
        by_hand: &[(
            Kind::Forwards,
            "Inventory > click the number {key} > Forwarding Number and Active as above > Save (article 000)",
        )],
        normalize: convert::normalize,
    },
    check,
    // NetSapiens documents no limits; integrators use 5 at once and hardly more than 10 a second (fact sheet 3.6).
    limits: Limits { concurrency: 4, requests_per_second: 10, timeout: 30, retries: 3, settle: 10 },
    single_account: false,
    unobservable,
    endpoints,
    reader: |endpoints| Box::new(StratusReader::new(endpoints)),
    writer: |endpoints| Box::new(StratusWriter::new(endpoints)),
    emulation: Stratus::emulate,
};

fn check(config: &ProviderConfig, declared: &BTreeSet<Kind>) -> SettingsFindings {
    let mut found = Vec::new();
    if config.url.is_none() {
        let finding = Finding::error("missing-key", "a `stratus` provider needs `url`")
            .help("write `url: https://HOST/ns-api/v2`");
        found.push((Vec::new(), finding));
    }
    if config.token.is_none() && config.read_token.is_none() {
        let finding =
            Finding::error("missing-key", "a `stratus` provider needs `token`, `read_token` or both")
                .help("write `token: { env: STRATUS_TOKEN }`");
        found.push((Vec::new(), finding));
    }
    if config.carrier.is_none() && declared.contains(&Kind::Forwards) {
        let finding = Finding::error(
            "missing-key",
            "emergency forwards are declared, but not where they are switched",
        )
        .help(
            "write `carrier: manual`, or `carrier: { url: …, token: … }` where there is an interface to it",
        );
        found.push((Vec::new(), finding));
    }
    found
}

fn unobservable(config: &ProviderConfig) -> BTreeSet<Kind> {
    match config.carrier {
        Some(Carrier::Http(_)) => BTreeSet::new(),
        Some(Carrier::Manual) | None => BTreeSet::from([Kind::Forwards]),
    }
}

fn endpoints(config: &ProviderConfig) -> Vec<EndpointSpec> {
    let mut endpoints = vec![EndpointSpec {
        name: API,
        url: config.url.clone(),
        login: Login::Token { token: config.token.clone(), read_token: config.read_token.clone() },
        url_path: vec![Seg::key("url")],
        login_at: Vec::new(),
        sandbox_path: "/ns-api/v2",
    }];
    if let Some(Carrier::Http(carrier)) = &config.carrier {
        endpoints.push(EndpointSpec {
            name: CARRIER,
            url: Some(carrier.url.clone()),
            login: Login::Token {
                token: Some(carrier.token.clone()),
                read_token: carrier.read_token.clone(),
            },
            url_path: vec![Seg::key("carrier"), Seg::key("url")],
            login_at: vec![Seg::key("carrier")],
            sandbox_path: "/_carrier/v1",
        });
    }
    endpoints
}
