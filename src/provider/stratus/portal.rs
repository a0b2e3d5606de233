//! The pages of the Stratus portal on which people set what no API can (FACTS stratus/article-1, stratus/article-3).

use crate::{
    model::{Caller, E164, Forward, Kind, Resource, RingTimeout, Rules, Spam},
    plan::{ByHand, Class, Control, Portal, Removal, Shown},
};

const NUMBER: &[&str] = &["Inventory", "click {}"];
const ALLOW_BLOCK: &[&str] = &["Users", "edit extension {}", "Answering Rules", "Allow / Block"];

/// Where `carrier: manual` leaves the emergency forwards to people.
pub const BY_HAND: &[ByHand] = &[ByHand {
    kind: Kind::Forwards,
    set: Portal {
        clicks: NUMBER,
        controls: &[
            Control {
                label: "Forwarding Number",
                shows: |_, it| Some(Shown::Text(as_entered(forward(it)?.to.as_ref()?))),
            },
            Control { label: "Active", shows: |_, it| forward(it)?.active.map(Shown::Ticked) },
        ],
        save: "Save",
    },
    removed: Some(Removal {
        portal: Portal {
            clicks: NUMBER,
            controls: &[
                Control { label: "Forwarding Number", shows: |_, _| Some(Shown::Empty) },
                Control { label: "Active", shows: |_, _| Some(Shown::Ticked(false)) },
            ],
            save: "Save",
        },
        class: Class::CallerVisible,
        danger: "takes away an emergency forward that may be active: only the portal shows whether calls are going there now",
    }),
}];

pub static RING_TIME: Portal = Portal {
    clicks: &["Users", "edit extension {}", "Answering Rules"],
    controls: &[Control {
        label: "Ring Time",
        shows: |_, it| {
            Some(Shown::Text(match rules(it)?.ring_timeout? {
                RingTimeout::Unlimited => "Unlimited".to_owned(),
                RingTimeout::Seconds(seconds) => format!("{seconds} seconds"),
            }))
        },
    }],
    save: "",
};

pub static ALLOWED: Portal = Portal {
    clicks: ALLOW_BLOCK,
    controls: &[Control {
        label: "ALLOWED NUMBERS",
        shows: |_, it| {
            let allowed = rules(it)?.callers.as_ref()?.allow.as_ref()?;
            Some(Shown::List(allowed.iter().map(caller).collect()))
        },
    }],
    save: "Done",
};

pub static SPAM: Portal = Portal {
    clicks: ALLOW_BLOCK,
    controls: &[Control {
        label: "SPAM CALLS",
        shows: |_, it| {
            let word = match rules(it)?.callers.as_ref()?.spam? {
                Spam::Ring => "Ring as normal",
                Spam::Voicemail => "Send to Voicemail",
                Spam::Drop => "Drop Call",
                Spam::Screen => "Screen Call",
            };
            Some(Shown::Text(word.to_owned()))
        },
    }],
    save: "Done",
};

fn forward(resource: &Resource) -> Option<&Forward> {
    match resource {
        Resource::Forward(forward) => Some(forward),
        _ => None,
    }
}

fn rules(resource: &Resource) -> Option<&Rules> {
    match resource {
        Resource::Rules(rules) => Some(rules),
        _ => None,
    }
}

/// A number as people type it there: 10 digits.
fn as_entered(number: &E164) -> String {
    number.nanp().unwrap_or_else(|| number.digits()).to_owned()
}

fn caller(caller: &Caller) -> String {
    match caller {
        Caller::Number(number) => as_entered(number),
        Caller::Other(text) => text.clone(),
    }
}
