//! Deskphone: the four diverts of each extension, through a bridge to its dashboard.
//!
//! The vendor publishes no API. What is spoken here is a small contract of this project's own (fact sheet Deskphone
//! section 4), shaped like the call-forwarding document of Webex Calling; it claims nothing about Webex. Where no bridge
//! runs, `bridge: manual` makes every change a step for a person (help article 002).
//!
#![doc = include_str!("FACTS.md")]

mod client;
mod convert;

use super::{EndpointSpec, Login, Provider, SettingsFindings};
use crate::{
    finding::{Finding, Seg},
    model::{Bridge, Kind, Limits, ProviderConfig},
    plan::{Accepts, Dialect, GradeRow},
    sandbox::deskphone::Deskphone,
};
use client::{API, DeskphoneReader, DeskphoneWriter};
use std::{collections::BTreeSet, time::Duration};

pub static PROVIDER: Provider = Provider {
    kind: "deskphone",
    title: "Deskphone, through a bridge to its dashboard",
    dialect: Dialect {
        order: &[Kind::Diverts],
        grades: GRADES,
        accepts: ACCEPTS,
        // Article 002: "it can take up to 24 hours for these updates to go through".
        propagation: Some(Duration::from_secs(24 * 3600)),
        zoned_schedules: false,
        by_hand: &[(
            Kind::Diverts,
            "dashboard > edit beside extension {key} > at the bottom, the divert options as above > Save (article 002)",
        )],
        normalize: convert::normalize,
    },
    check,
    limits: Limits { concurrency: 4, requests_per_second: 10, timeout: 30, retries: 3, settle: 5 },
    single_account: true,
    unobservable,
    endpoints,
    reader: |endpoints| Box::new(DeskphoneReader::new(endpoints)),
    writer: |endpoints| Box::new(DeskphoneWriter::new(endpoints)),
    emulation: Deskphone::emulate,
};

const ARTICLE: &str = "article 002, fact sheet Deskphone section 4";

const GRADES: &[GradeRow] = &[
    GradeRow::api(Kind::Diverts, "", ARTICLE),
    GradeRow::api(Kind::Diverts, "always", ARTICLE),
    GradeRow::unsupported(
        Kind::Diverts,
        "on_call",
        "`busy` is this case here: \"the user is already on the phone\" (article 002, ON BUSY)",
        ARTICLE,
    ),
    GradeRow::api(Kind::Diverts, "busy", ARTICLE),
    GradeRow::api(Kind::Diverts, "no_answer", ARTICLE),
    GradeRow::api(Kind::Diverts, "unreachable", ARTICLE),
];

const PLACES: &[&str] = &["extension", "voicemail", "number"];

const ACCEPTS: &[Accepts] = &[
    Accepts { kind: Kind::Diverts, path: "always", words: PLACES },
    Accepts { kind: Kind::Diverts, path: "busy", words: PLACES },
    Accepts { kind: Kind::Diverts, path: "no_answer", words: PLACES },
    Accepts { kind: Kind::Diverts, path: "unreachable", words: PLACES },
];

fn check(config: &ProviderConfig, _declared: &BTreeSet<Kind>) -> SettingsFindings {
    if config.bridge == Some(Bridge::Manual) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if config.url.is_none() {
        let finding =
            Finding::error("missing-key", "a `deskphone` provider needs `url`, the address of its bridge")
                .help("write `url: https://HOST/v1`, or `bridge: manual` where none runs");
        found.push((Vec::new(), finding));
    }
    if config.token.is_none() && config.read_token.is_none() {
        let finding =
            Finding::error("missing-key", "a `deskphone` provider needs `token`, `read_token` or both")
                .help("write `token: { env: DESKPHONE_TOKEN }`");
        found.push((Vec::new(), finding));
    }
    found
}

fn unobservable(config: &ProviderConfig) -> BTreeSet<Kind> {
    match config.bridge {
        Some(Bridge::Manual) => BTreeSet::from([Kind::Diverts]),
        None => BTreeSet::new(),
    }
}

fn endpoints(config: &ProviderConfig) -> Vec<EndpointSpec> {
    if config.bridge == Some(Bridge::Manual) {
        return Vec::new();
    }
    vec![EndpointSpec {
        name: API,
        url: config.url.clone(),
        login: Login::Token { token: config.token.clone(), read_token: config.read_token.clone() },
        url_path: vec![Seg::key("url")],
        login_at: Vec::new(),
        sandbox_path: "/v1",
    }]
}
