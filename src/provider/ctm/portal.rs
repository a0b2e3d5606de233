//! The pages of the CallTrackingMetrics portal on which people set what the API cannot (FACTS ctm/article-1).

use crate::{
    model::{
        Agent, Destination, Dispatch, Divert, Forward, Kind, Limit, NoAnswer, Number, OrOff, Pattern, Queue,
        Receiver, Resource, Ringable, Route, Schedule, TaggingHours, Whisper,
    },
    plan::{ByHand, Class, Control, Portal, Removal, Shown},
};

const SCHEDULE: &[&str] = &["Settings", "Schedules", "edit {}"];
const RECEIVER: &[&str] = &["Numbers", "Receiving Numbers", "click {}"];
const WHISPERS: &[&str] =
    &["Numbers", "Receiving Numbers", "click {}", "Click to configure advanced whisper settings"];
const QUEUE: &[&str] = &["Numbers", "Call Queues", "click {}"];
const NUMBER: &[&str] = &["Numbers", "Tracking Numbers", "click {}"];
const FAILSAFE_LABEL: &str = "Fail-safe Number";

/// What is taken away by hand where it does not show.
pub const BY_HAND: &[ByHand] = &[ByHand {
    kind: Kind::Forwards,
    set: Portal { clicks: NUMBER, controls: &[FAILSAFE_NUMBER], save: "Save" },
    removed: Some(Removal {
        portal: Portal {
            clicks: NUMBER,
            controls: &[Control { label: FAILSAFE_LABEL, shows: |_, _| Some(Shown::Empty) }],
            save: "Save",
        },
        class: Class::OnFailure,
        danger: "takes away the number that calls go to when the platform is down",
    }),
}];

const FAILSAFE_NUMBER: Control = Control {
    label: FAILSAFE_LABEL,
    shows: |_, it| match it {
        Resource::Forward(Forward { to, .. }) => to.as_ref().map(|to| Shown::Text(to.to_string())),
        _ => None,
    },
};

pub static FAILSAFE: Portal = Portal { clicks: NUMBER, controls: &[FAILSAFE_NUMBER], save: "Save" };

pub static PATTERN: Portal = Portal {
    clicks: &["Numbers", "Tracking Numbers", "click {}", "Dial Routing"],
    controls: &[Control {
        label: "dialing pattern",
        shows: |_, it| {
            let Resource::Number(Number { route: Some(Route::Receivers(list)), .. }) = it else {
                return None;
            };
            Some(Shown::Text(pattern(list.pattern?).to_owned()))
        },
    }],
    save: "Save",
};

pub static DATES: Portal = Portal {
    clicks: SCHEDULE,
    controls: &[Control { label: "holidays", shows: |_, it| days(schedule(it)?.dates.as_ref()?) }],
    save: "Save",
};

pub static YEARLY: Portal = Portal {
    clicks: SCHEDULE,
    controls: &[Control {
        label: "holidays every year",
        shows: |_, it| days(schedule(it)?.yearly.as_ref()?),
    }],
    save: "Save",
};

pub static DIAL_EXTENSION: Portal = Portal {
    clicks: &["Numbers", "Receiving Numbers", "click {}", "click to add a custom dial extension"],
    controls: &[
        Control { label: "extension", shows: |_, it| dialled(it) },
        Control { label: "delay before dialing", shows: |_, it| delayed(it) },
    ],
    save: "Save",
};

pub static NO_DIAL_EXTENSION: Portal = Portal {
    clicks: &["Numbers", "Receiving Numbers", "click {}", "click the custom dial extension"],
    controls: &[
        Control { label: "extension", shows: |_, it| dialled(it).or(Some(Shown::Empty)) },
        Control { label: "delay before dialing", shows: |_, it| delayed(it).or(Some(Shown::Empty)) },
    ],
    save: "Save",
};

pub static WHISPER: Portal = Portal {
    clicks: WHISPERS,
    controls: &[Control {
        label: "Receiving Whisper",
        shows: |_, it| {
            Some(match receiver(it)?.whisper.as_ref()? {
                Whisper::Off => Shown::Empty,
                Whisper::Prompt(prompt) => Shown::Text(prompt.clone()),
            })
        },
    }],
    save: "Save & Edit",
};

pub static SKIP_WHISPER: Portal = Portal {
    clicks: WHISPERS,
    controls: &[Control {
        label: "Skip the Receiving Whisper",
        shows: |_, it| receiver(it)?.skip_whisper.map(Shown::Ticked),
    }],
    save: "Save & Edit",
};

pub static NO_ANSWER: Portal = Portal {
    clicks: &["Numbers", "Receiving Numbers", "click {}", "No-Answer Routing"],
    controls: &[
        Control {
            label: "how long to ring",
            shows: |_, it| {
                Some(match receiver(it)?.no_answer.as_ref()? {
                    OrOff::Off => Shown::Empty,
                    OrOff::Set(NoAnswer { after, to: _ }) => seconds(*after),
                })
            },
        },
        Control {
            label: "where calls go then",
            shows: |_, it| {
                Some(match receiver(it)?.no_answer.as_ref()? {
                    OrOff::Off => Shown::Empty,
                    OrOff::Set(NoAnswer { after: _, to }) => Shown::Text(place(to)),
                })
            },
        },
    ],
    save: "Save & Edit",
};

pub static TAGGING_HOURS: Portal = Portal {
    clicks: RECEIVER,
    controls: &[Control {
        label: "Tagging Hours",
        shows: |_, it| {
            Some(match receiver(it)?.tagging_hours.as_ref()? {
                TaggingHours::Off => Shown::Empty,
                TaggingHours::Schedule(name) => Shown::Text(name.clone()),
            })
        },
    }],
    save: "Save & Edit",
};

pub static NEW_QUEUE: Portal = Portal {
    clicks: &["Numbers", "Call Queues", "New Call Queue"],
    controls: &[Control { label: "Name", shows: |address, _| Some(Shown::Text(address.key.clone())) }],
    save: "Save",
};

pub static NO_QUEUE: Portal = Portal { clicks: QUEUE, controls: &[], save: "Delete" };

pub static RING_PATTERN: Portal = Portal {
    clicks: QUEUE,
    controls: &[Control {
        label: "ring pattern",
        shows: |_, it| Some(Shown::Text(dispatch(queue(it)?.dispatch?)?.to_owned())),
    }],
    save: "Save",
};

pub static AGENT_RING: Portal = Portal {
    clicks: QUEUE,
    controls: &[Control {
        label: "how long to ring each agent",
        shows: |_, it| queue(it)?.agent_ring.map(seconds),
    }],
    save: "Save",
};

pub static AGENTS: Portal = Portal {
    clicks: QUEUE,
    controls: &[Control {
        label: "agents",
        shows: |_, it| {
            let agents: Vec<String> = queue(it)?.agents.as_ref()?.iter().map(agent).collect();
            Some(if agents.is_empty() { Shown::Empty } else { Shown::Text(agents.join("; ")) })
        },
    }],
    save: "Save",
};

pub static MAX_WAIT: Portal = Portal {
    clicks: QUEUE,
    controls: &[Control {
        label: "how long to wait for an answer",
        shows: |_, it| queue(it)?.max_wait.and_then(Limit::number).map(seconds),
    }],
    save: "Save",
};

pub static QUEUE_NO_ANSWER: Portal = Portal {
    clicks: QUEUE,
    controls: &[Control {
        label: "no-answer routing",
        shows: |_, it| {
            Some(match queue(it)?.no_answer.as_ref()? {
                Divert::Off => Shown::Empty,
                Divert::To(to) => Shown::Text(place(to)),
            })
        },
    }],
    save: "Save",
};

fn schedule(resource: &Resource) -> Option<&Schedule> {
    match resource {
        Resource::Schedule(schedule) => Some(schedule),
        _ => None,
    }
}

fn receiver(resource: &Resource) -> Option<&Receiver> {
    match resource {
        Resource::Receiver(receiver) => Some(receiver),
        _ => None,
    }
}

fn queue(resource: &Resource) -> Option<&Queue> {
    match resource {
        Resource::Queue(queue) => Some(queue),
        _ => None,
    }
}

fn dialled(resource: &Resource) -> Option<Shown> {
    Some(Shown::Text(receiver(resource)?.dial_extension.as_ref()?.set()?.digits.clone()))
}

fn delayed(resource: &Resource) -> Option<Shown> {
    Some(seconds(receiver(resource)?.dial_extension.as_ref()?.set()?.delay))
}

fn days(spans: &[impl ToString]) -> Option<Shown> {
    let spans: Vec<String> = spans.iter().map(|span| span.to_string().replace("..", " to ")).collect();
    Some(if spans.is_empty() { Shown::Empty } else { Shown::Text(spans.join("; ")) })
}

fn seconds(seconds: u32) -> Shown {
    Shown::Text(crate::text::count(seconds as usize, "second"))
}

fn agent(agent: &Agent) -> String {
    let name = match &agent.target {
        Ringable::Agent(email) => email.clone(),
        Ringable::Extension(to) | Ringable::Device(to) => to.to_string(),
        Ringable::Number(to) => to.to_string(),
        Ringable::DialString(to) => to.clone(),
    };
    agent.order.map_or_else(|| name.clone(), |order| format!("{order}: {name}"))
}

/// An entry of the drop-down "Choose a phone number, call queue, smart router, or voice menu", to which a queue has more.
fn place(to: &Destination) -> String {
    let name = to.name().unwrap_or_default();
    match to {
        Destination::Receiver(number) => format!("receiving number {number}"),
        Destination::Queue(_) => format!("call queue {name}"),
        Destination::SmartRouter(_) => format!("smart router {name}"),
        Destination::Menu(_) => format!("voice menu {name}"),
        Destination::GeoRouter(_) => format!("geo router {name}"),
        Destination::VoiceBot(_) => format!("voice bot {name}"),
        Destination::OwnVoicemail => "voicemail".to_owned(),
        Destination::HangUp => "hang up".to_owned(),
        Destination::DialString(_) => name,
        other => format!("{} {name}", other.word()),
    }
}

/// The words of the drop-down that chooses the dialing pattern.
fn pattern(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Simultaneous => "Simultaneous",
        Pattern::RoundRobin => "Round Robin",
        Pattern::Sequential => "Sequentially",
        Pattern::LeastConnected => "Least Connected",
    }
}

/// The ring patterns of a queue; the others are refused before.
fn dispatch(dispatch: Dispatch) -> Option<&'static str> {
    Some(match dispatch {
        Dispatch::RingAll => "Simultaneous",
        Dispatch::RoundRobin => "Round Robin",
        Dispatch::Sticky => "Sticky",
        Dispatch::Weighted => "Weighted",
        Dispatch::Smart => "Smart",
        Dispatch::LongestWait => "Longest Wait",
        Dispatch::TieredRoundRobin | Dispatch::LinearCascade | Dispatch::LinearHunt | Dispatch::CallPark => {
            return None;
        }
    })
}
