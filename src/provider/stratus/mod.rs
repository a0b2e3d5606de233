//! SpectrumVoIP Stratus: the NetSapiens API v2, and the carrier-level emergency forward that is not in it.
//!
//! What is known of it, how surely and from where, stands below and is cited by its ids.
//!
#![doc = include_str!("FACTS.md")]

mod between;
mod client;
mod convert;
mod documented;
mod frame_type;
mod grades;
mod notes;
mod portal;
mod settings;
mod wire;

use super::{Answer, Form, Provider, Question};
use crate::{
    http::{Conventions, Remedy},
    model::{Country, Kind, Limits},
    plan::Dialect,
};
use client::{StratusReader, StratusWriter};
use settings::{StratusSettings, Written};

pub static PROVIDER: Provider = Provider {
    kind: "stratus",
    title: "SpectrumVoIP Stratus (NetSapiens API v2)",
    dialect: Dialect {
        order: &[Kind::Schedules, Kind::Queues, Kind::Rules, Kind::Diverts, Kind::Forwards, Kind::Numbers],
        grades: grades::GRADES,
        accepts: grades::ACCEPTS,
        by_hand: portal::BY_HAND,
        remarks: notes::REMARKS,
        country: Some(Country::US),
        own: &[Kind::Schedules, Kind::Numbers, Kind::Rules, Kind::Diverts, Kind::Queues],
        normalize: convert::normalize,
        means: convert::means,
        keep: convert::keep_begun,
        between: between::between,
        stays: notes::stays,
        ..Dialect::PLAIN
    },
    settings: Form::from::<Written, StratusSettings>().asking(&[
        Question {
            field: "url",
            text: "The base of its API, ends in /ns-api/v2",
            answer: Answer::Url { or: None },
        },
        Question {
            field: "token",
            text: "The environment variable with its API key",
            answer: Answer::Variable("STRATUS_TOKEN"),
        },
        Question {
            field: "carrier.url",
            text: "Where emergency forwards are switched: the base of the carrier's API, or `manual`",
            answer: Answer::Url { or: Some("manual") },
        },
        Question {
            field: "carrier.token",
            text: "The environment variable with the carrier's credential",
            answer: Answer::Variable("CARRIER_TOKEN"),
        },
    ]),
    conventions: &CONVENTIONS,
    // NetSapiens documents no limits; integrators use 5 at once and hardly more than 10 a second
    // (FACTS stratus/errors-9).
    limits: Limits::PLAIN,
    single_account: false,
    reader: |endpoints| Box::new(StratusReader::new(endpoints)),
    writer: |endpoints| Box::new(StratusWriter::new(endpoints)),
};

/// Refusals in NetSapiens' own words.
const CONVENTIONS: Conventions = Conventions {
    // Seen once, for "Rate Limit Exceeded" (FACTS stratus/errors).
    rate_limit_statuses: &[420],
    messages: &["message"],
    remedies: &[
        Remedy {
            status: 401,
            says: "APP001",
            help: "the account does not exist, or the credential is bound to another one; check `account` and the scope \
                   of the key",
        },
        Remedy {
            status: 404,
            says: "No Route Found",
            help: "the server does not know this path: check `url`, it ends in /ns-api/v2 on a NetSapiens system",
        },
    ],
};
