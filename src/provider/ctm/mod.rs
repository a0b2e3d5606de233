//! CallTrackingMetrics: tracking numbers, receiving numbers, queues, schedules (REST API v1).
//!
//! What is known of it, how surely and from where, stands below and is cited by its ids. Much of what the portal offers
//! has no documented field: the grade table says which, and undocumented forms are sent only with `experimental: true`.
//!
#![doc = include_str!("FACTS.md")]

mod between;
mod client;
mod convert;
mod grades;
mod notes;
mod portal;
mod settings;
mod wire;
mod zones;

use super::{Answer, Form, Provider, Question};
use crate::{
    http::Conventions,
    model::{Kind, Limits},
    plan::Dialect,
};
use client::{CtmReader, CtmWriter};
use settings::{CtmSettings, Written};

pub static PROVIDER: Provider = Provider {
    kind: "ctm",
    title: "CallTrackingMetrics (REST API v1)",
    dialect: Dialect {
        // FACTS ctm/order: what is pointed to is made first.
        order: &[Kind::Schedules, Kind::Receivers, Kind::Queues, Kind::Forwards, Kind::Numbers],
        grades: grades::GRADES,
        accepts: grades::ACCEPTS,
        zoned_schedules: true,
        overnight: true,
        by_hand: portal::BY_HAND,
        remarks: notes::REMARKS,
        normalize: convert::normalize,
        means: convert::means,
        between: between::between,
        ..Dialect::PLAIN
    },
    settings: Form::from::<Written, CtmSettings>().asking(&[
        Question {
            field: "access_key",
            text: "The environment variable with its access key",
            answer: Answer::Variable("CTM_ACCESS_KEY"),
        },
        Question {
            field: "secret_key",
            text: "The environment variable with its secret key",
            answer: Answer::Variable("CTM_SECRET_KEY"),
        },
    ]),
    conventions: &CONVENTIONS,
    // 10 a second are allowed, to all who use the account; clients that last start 8, four at once (FACTS ctm/access-4).
    limits: Limits { requests_per_second: 8, settle: 3, ..Limits::PLAIN },
    single_account: false,
    reader: |endpoints| Box::new(CtmReader::new(endpoints)),
    writer: |endpoints| Box::new(CtmWriter::new(endpoints)),
};

/// Errors come in several shapes (FACTS ctm/errors).
const CONVENTIONS: Conventions =
    Conventions { rate_limit_statuses: &[], messages: &["message", "reason", "error"], remedies: &[] };
