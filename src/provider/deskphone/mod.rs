//! Deskphone: the four diverts of each extension, through a bridge to its dashboard.
//!
//! The vendor publishes no API. What is spoken here is a small contract of this project's own
//! (`schema/deskphone-bridge.openapi.yaml`), shaped like the call-forwarding document of Webex Calling; it claims
//! nothing about Webex. Where no bridge runs, `bridge: manual` makes every change a step for a person
//! (FACTS deskphone/article-1).
//!
#![doc = include_str!("FACTS.md")]

mod client;
mod convert;
mod notes;
mod portal;
mod settings;

use super::{Answer, Form, Provider, Question};
use crate::{
    http::Conventions,
    model::{Country, Kind, Limits},
    plan::{Accepts, Dialect, GradeRow, Propagation},
};
use client::{DeskphoneReader, DeskphoneWriter};
use settings::{DeskphoneSettings, Written};
use std::time::Duration;

pub static PROVIDER: Provider = Provider {
    kind: "deskphone",
    title: "Deskphone, through a bridge to its dashboard",
    dialect: Dialect {
        order: &[Kind::Diverts],
        grades: GRADES,
        accepts: ACCEPTS,
        // FACTS deskphone/article-1: "it can take up to 24 hours for these updates to go through".
        propagation: Some(Propagation {
            most: Duration::from_secs(24 * 3600),
            // FACTS deskphone/dashboard-9.
            text: "Deskphone may take up to 24 hours, longer outside office hours",
        }),
        by_hand: portal::BY_HAND,
        remarks: notes::REMARKS,
        country: Some(Country::GB),
        own: &[Kind::Diverts],
        normalize: convert::normalize,
        means: convert::means,
        ..Dialect::PLAIN
    },
    settings: Form::from::<Written, DeskphoneSettings>().asking(&[
        Question {
            field: "url",
            text: "The base of the bridge to the dashboard",
            answer: Answer::Url { or: None },
        },
        Question {
            field: "token",
            text: "The environment variable with its token",
            answer: Answer::Variable("DESKPHONE_TOKEN"),
        },
    ]),
    conventions: &Conventions::PLAIN,
    limits: Limits { settle: 5, ..Limits::PLAIN },
    single_account: true,
    reader: |endpoints| Box::new(DeskphoneReader::new(endpoints)),
    writer: |endpoints| Box::new(DeskphoneWriter::new(endpoints)),
};

const ARTICLE: &str = "FACTS deskphone/contract; help article: How to change your divert settings";

const GRADES: &[GradeRow] = &[
    GradeRow::api(Kind::Diverts, &[], ARTICLE),
    GradeRow::api(Kind::Diverts, &["always"], ARTICLE),
    GradeRow::unsupported(
        Kind::Diverts,
        &["on_call"],
        "`busy` is this case here: \"the user is already on the phone\" \
         (help article: How to change your divert settings, ON BUSY)",
        ARTICLE,
    ),
    GradeRow::api(Kind::Diverts, &["busy"], ARTICLE),
    GradeRow::api(Kind::Diverts, &["no_answer"], ARTICLE),
    GradeRow::api(Kind::Diverts, &["unreachable"], ARTICLE),
];

/// `token` is what stands in the dashboard and has no other word here.
const DESTINATIONS: &[&str] = &["extension", "voicemail", "number", "token"];

const ACCEPTS: &[Accepts] = &[
    Accepts { kind: Kind::Diverts, path: &["always"], words: DESTINATIONS, instead: &[] },
    Accepts { kind: Kind::Diverts, path: &["busy"], words: DESTINATIONS, instead: &[] },
    Accepts { kind: Kind::Diverts, path: &["no_answer"], words: DESTINATIONS, instead: &[] },
    Accepts { kind: Kind::Diverts, path: &["unreachable"], words: DESTINATIONS, instead: &[] },
];
