//! What the help article says of a change of diverts, for whoever reviews it.

use crate::{
    model::{Destination, Divert, Diverts, Kind, Resource},
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
        field: &[],
        when: |_, after| matches!(after, Resource::Diverts(it) if to_mailbox_of_another(it)),
        text: "the dashboard leads to the extension's own mailbox: whether that of another can be set anew is not known",
        source: "FACTS deskphone/dashboard-6; FACTS deskphone/contract-12",
    },
    Remark {
        kind: Kind::Diverts,
        field: &["no_answer"],
        when: |_, after| matches!(after, Resource::Diverts(it) if matches!(it.no_answer, Some(Divert::To(_)))),
        text: "`no_answer` begins after 300 seconds by default: callers hear it ring for five minutes",
        source: "FACTS deskphone/dashboard-6",
    },
];

fn to_mailbox_of_another(diverts: &Diverts) -> bool {
    let conditions = diverts.conditions();
    conditions.iter().any(|(_, to)| matches!(to, Some(Divert::To(Destination::Voicemail(_)))))
}
