//! The dialplan. A place is a number, a phone is the name of an account that [`Phones`](super::Phones) has made, and a step is
//! one of these: no text that anybody has written becomes a part of a line.

use std::fmt::{self, Write};

/// The one context that places are in.
const CONTEXT: &str = "plan";

/// What begins a line of the log that tells of a call.
pub const MARK: &str = "DF|";

/// Somewhere in the dialplan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(pub usize);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{CONTEXT},p{},1", self.0)
    }
}

/// What is dialled.
#[derive(Debug, Clone)]
pub(super) enum Leg {
    /// A registered phone, by its account.
    Phone(String),
    /// A place of the dialplan, as a call within the switch.
    Local(Place),
}

impl fmt::Display for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phone(account) => write!(f, "PJSIP/{account}"),
            Self::Local(place) => write!(f, "Local/p{}@{CONTEXT}/n", place.0),
        }
    }
}

/// What a step depends on.
#[derive(Debug, Clone)]
pub(super) enum Test {
    /// One of these accounts is on a call.
    OnCall(Vec<String>),
    /// None of them is registered.
    Gone(Vec<String>),
    /// How dialling ended.
    Dialled(&'static str),
    /// Whoever was dialled has refused with the word for it that says no more.
    Declined,
    /// How a queue has ended.
    Queued(&'static str),
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |f: &mut fmt::Formatter<'_>, accounts: &[String], state: &str, joint: &str| {
            let test = |it: &String| format!("\"${{DEVICE_STATE(PJSIP/{it})}}\"=\"{state}\"");
            f.write_str(&accounts.iter().map(test).collect::<Vec<_>>().join(joint))
        };
        match self {
            Self::OnCall(accounts) => all(f, accounts, "INUSE", " | "),
            Self::Gone(accounts) => all(f, accounts, "UNAVAILABLE", " & "),
            Self::Dialled(status) => write!(f, "\"${{DIALSTATUS}}\"=\"{status}\""),
            Self::Declined => f.write_str("\"${HANGUPCAUSE}\"=\"21\""),
            Self::Queued(status) => write!(f, "\"${{QUEUESTATUS}}\"=\"{status}\""),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Goto(Place),
    GotoIf(Test, Place),
    /// Goes on where a call comes here for the first time for this reason; a second time it is a loop.
    Once(usize),
    Say(usize),
    /// None: for as long as it takes.
    Dial {
        legs: Vec<Leg>,
        seconds: Option<u32>,
        is_confirmed: bool,
    },
    /// Dials a phone that may not be registered.
    DialIfThere(String),
    Queue {
        queue: usize,
        seconds: Option<u32>,
    },
    /// An agent who is not to be disturbed.
    Pause {
        queue: usize,
        member: Leg,
    },
    Wait(u32),
    Ringing,
    Answer,
    Beep,
    HangUpBusy,
    /// As whoever was dialled has refused.
    HangUpAsDialled,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |it: &Option<u32>| it.map(|it| it.to_string()).unwrap_or_default();
        match self {
            Self::Goto(to) => write!(f, "Goto({to})"),
            Self::GotoIf(test, to) => write!(f, "GotoIf($[{test}]?{to})"),
            Self::Once(reason) => write!(f, "Gosub(once,s,1({reason}))"),
            Self::Say(event) => write!(f, "Log(NOTICE,{MARK}{event})"),
            Self::Dial { legs, seconds: limit, is_confirmed } => {
                let legs: Vec<String> = legs.iter().map(ToString::to_string).collect();
                let then = if *is_confirmed { "confirm" } else { "lifted" };
                write!(f, "Dial({},{},U({then}))", legs.join("&"), seconds(limit))
            }
            Self::DialIfThere(account) => write!(
                f,
                "ExecIf($[\"${{DEVICE_STATE(PJSIP/{account})}}\"!=\"UNAVAILABLE\"]?Dial(PJSIP/{account},60))"
            ),
            Self::Queue { queue, seconds: limit } => write!(f, "Queue(q{queue},r,,,{})", seconds(limit)),
            Self::Pause { queue, member } => write!(f, "PauseQueueMember(q{queue},{member})"),
            Self::Wait(time) => write!(f, "Wait({time})"),
            Self::Ringing => f.write_str("Ringing()"),
            Self::Answer => f.write_str("Answer()"),
            Self::Beep => f.write_str("Playtones(!440/400)"),
            Self::HangUpBusy => f.write_str("Hangup(17)"),
            Self::HangUpAsDialled => {
                f.write_str("Hangup(${IF($[\"${DIALSTATUS}\"=\"BUSY\" | \"${HANGUPCAUSE}\"=\"21\"]?17:20)})")
            }
        }
    }
}

/// What is told of a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// An end is in the words of `SEMANTICS.md`: `voicemail 101`.
    pub text: String,
    pub is_end: bool,
}

/// extensions.conf. `dialled` is what phones can dial, and where that is.
pub(super) fn text(places: &[Vec<Step>], dialled: &[(String, Place)], the_loop: Place) -> String {
    let mut text = "[general]\nstatic=yes\nwriteprotect=yes\n[nowhere]\n".to_owned();
    text += "[once]\nexten => s,1,";
    // A variable that every leg of the call inherits.
    let _ = writeln!(text, "GotoIf($[\"${{ONCE_${{ARG1}}}}\"=\"1\"]?{the_loop})");
    text += " same => n,Set(__ONCE_${ARG1}=1)\n same => n,Return()\n";
    let lifted = format!("Log(NOTICE,{MARK}lifted|${{CHANNEL(name)}})");
    let _ = writeln!(text, "[lifted]\nexten => s,1,{lifted}\n same => n,Return()");
    text += "[confirm]\nexten => s,1,Read(KEY,,1,,1,10)\n";
    text += " same => n,GotoIf($[\"${KEY}\"=\"1\"]?lifted,s,1)\n same => n,Set(GOSUB_RESULT=BUSY)\n";
    text += " same => n,Return()\n[entry]\n";
    for (number, place) in dialled {
        let _ = writeln!(text, "exten => {number},1,Goto({place})");
    }
    let _ = writeln!(text, "[{CONTEXT}]");
    for (at, steps) in places.iter().enumerate() {
        for (nth, step) in steps.iter().enumerate() {
            let _ = match nth {
                0 => writeln!(text, "exten => p{at},1,{step}"),
                _ => writeln!(text, " same => n,{step}"),
            };
        }
    }
    text
}

/// What a line of the log tells: an event by its number, or the account that has lifted.
pub fn heard(line: &str) -> Option<Result<usize, &str>> {
    let (_, told) = line.split_once(MARK)?;
    match told.strip_prefix("lifted|") {
        Some(channel) => Some(Err(channel.strip_prefix("PJSIP/")?.rsplit_once('-')?.0)),
        None => told.trim().parse().ok().map(Ok),
    }
}
