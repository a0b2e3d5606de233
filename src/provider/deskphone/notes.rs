//! What the help article says of a change of diverts, for whoever reviews it.

use crate::{
    model::{Divert, Kind, Resource},
    plan::Remark,
};

pub const REMARKS: &[Remark] = &[
    Remark {
        kind: Kind::Diverts,
        field: &[],
        when: |_, _| true,
        text: "a change may take up to 24 hours; made outside office hours it may have to wait until the office re-opens",
        source: "FACTS deskphone/dashboard-9",
    },
    Remark {
        kind: Kind::Diverts,
        field: &["no_answer"],
        when: |_, after| matches!(after, Resource::Diverts(it) if matches!(it.no_answer, Some(Divert::To(_)))),
        text: "`no_answer` begins after 300 seconds by default: callers hear it ring for five minutes",
        source: "FACTS deskphone/dashboard-6",
    },
];
