//! What the help article says of a change of routes, receiving numbers and queues, for whoever reviews it.

use crate::{
    model::{Destination, Divert, Kind, Pattern, Resource, Route},
    plan::Remark,
};

pub const REMARKS: &[Remark] = &[
    Remark {
        kind: Kind::Numbers,
        field: &["route"],
        when: |_, after| rings_all(after),
        text: "the receiving numbers ring all at once (`simultaneous`, also where no `pattern` is written): their \
               `no_answer` never happens",
        source: "FACTS ctm/numbers-2; FACTS ctm/numbers-13",
    },
    Remark {
        kind: Kind::Numbers,
        field: &["route"],
        when: |_, after| matches!(route(after), Some(Route::To(Destination::Agent(_)))),
        text: "the agent is rung on the inbound number of the profile: see that there is one, or nobody is rung",
        source: "FACTS ctm/numbers-17",
    },
    Remark {
        kind: Kind::Receivers,
        field: &["skip_whisper"],
        when: |_, after| matches!(after, Resource::Receiver(it) if it.skip_whisper == Some(true)),
        text: "`skip_whisper` matters for calls to a tracking number that plays a whisper of its own",
        source: "FACTS ctm/numbers-18",
    },
    Remark {
        kind: Kind::Queues,
        field: &["no_answer"],
        when: |_, after| matches!(after, Resource::Queue(it) if matches!(it.no_answer, Some(Divert::To(_))) && it.max_wait.is_none()),
        text: "callers go to `no_answer` after the queue's `max_wait`, and none is known: they do not go there until it has a \
               `max_wait`",
        source: "FACTS ctm/queues-1; FACTS ctm/queues-5",
    },
];

fn route(number: &Resource) -> Option<&Route> {
    match number {
        Resource::Number(number) => number.route.as_ref(),
        _ => None,
    }
}

/// Whether a number rings several receiving numbers at once, as it does where nothing is written.
fn rings_all(number: &Resource) -> bool {
    match route(number) {
        Some(Route::Receivers(list)) => {
            list.receivers.len() > 1 && matches!(list.pattern, None | Some(Pattern::Simultaneous))
        }
        _ => false,
    }
}
