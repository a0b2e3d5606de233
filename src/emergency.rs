//! Emergency forwards on the day they are needed: which there are, and which of them a command switches. Pure.

use crate::{
    finding::Finding,
    model::{E164, Forward},
    plan::{Clicks, Desired, Source},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Which way forwards are switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    On,
    Off,
}

impl Switch {
    pub fn is_on(self) -> bool {
        self == Self::On
    }

    pub fn word(self) -> &'static str {
        if self.is_on() { "on" } else { "off" }
    }
}

/// The emergency forwards of one account.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    pub tenant: String,
    pub provider: String,
    /// Its system, whatever it is called in the workspace.
    #[serde(skip)]
    pub system: String,
    pub account: String,
    #[serde(flatten)]
    pub forwards: Forwards,
}

/// How the forwards of an account are switched, and what is known of them.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Forwards {
    /// Read just now; switched through the carrier.
    Switched { stored: Vec<Stored> },
    /// The carrier could not be asked; what the files declare, with the clicks.
    Unreachable { finding: Finding, declared: Vec<ByHand> },
    /// There is no interface to the carrier: what the files declare, with the clicks.
    ByHand { declared: Vec<ByHand> },
    /// They take over by themselves: there is nothing to switch.
    AlwaysArmed { declared: Vec<ByHand> },
    /// Its system has none.
    None { system: String },
}

impl Forwards {
    /// Those that no request switches; of which there are none where a request does.
    fn declared(&mut self) -> Option<&mut Vec<ByHand>> {
        match self {
            Self::Unreachable { declared, .. }
            | Self::ByHand { declared }
            | Self::AlwaysArmed { declared } => Some(declared),
            Self::Switched { .. } | Self::None { .. } => None,
        }
    }

    /// Whether a person has to switch them.
    pub fn by_hand(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::ByHand { .. })
    }

    fn numbers(&self) -> BTreeSet<&str> {
        match self {
            Self::Switched { stored } => stored.iter().map(|it| it.number.as_str()).collect(),
            Self::Unreachable { declared, .. }
            | Self::ByHand { declared }
            | Self::AlwaysArmed { declared } => declared.iter().map(|it| it.number.as_str()).collect(),
            Self::None { .. } => BTreeSet::new(),
        }
    }
}

/// A forward that is stored at the carrier.
#[derive(Debug, Clone, Serialize)]
pub struct Stored {
    pub number: String,
    /// Where its calls go while it is on; `None`: no number is stored.
    pub to: Option<E164>,
    pub active: bool,
    /// What the carrier shows instead of whether it is on, where that is not understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
    /// What the files say of it, if they declare it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<Declared>,
}

/// What the files say of a forward.
#[derive(Debug, Clone, Serialize)]
pub struct Declared {
    /// `None`: they leave it to people whether it is on.
    pub active: Option<bool>,
    /// `None`: they leave it to people where its calls go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<E164>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

impl Declared {
    pub fn of(wanted: &Desired, forward: &Forward) -> Self {
        let Forward { to, active, protect: _ } = forward;
        Self { active: *active, to: to.clone(), source: wanted.source.clone() }
    }

    /// The file and line, for a message.
    pub fn at(&self) -> String {
        self.source.as_ref().map_or_else(|| "the files".to_owned(), |it| format!("{}:{}", it.file, it.line))
    }
}

/// A forward that a person has to look at.
#[derive(Debug, Clone, Serialize)]
pub struct ByHand {
    pub number: String,
    /// Where its calls go while it is on, as `emergency on` has found it, or else as the files say.
    pub to: Option<E164>,
    /// What the files say of it, if they declare it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<Declared>,
    /// What to click to switch it on, and off; empty where there is nothing to switch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Clicks>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub off: Vec<Clicks>,
}

impl ByHand {
    pub fn clicks(&self, switch: Switch) -> &[Clicks] {
        if switch.is_on() { &self.on } else { &self.off }
    }
}

/// What one `on` has switched, kept for the `off` that follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub tenant: String,
    pub provider: String,
    /// Its system: the entry of `dialform.yaml` may get another name while a forward is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    pub account: String,
    pub number: String,
    pub to: Option<String>,
    /// When it was seen to be off again, UTC; `None`: not yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switched_off: Option<String>,
}

impl Record {
    pub fn is_of(&self, account: &Account) -> bool {
        let is_there = self.provider == account.provider || self.system.as_ref() == Some(&account.system);
        is_there && self.account == account.account
    }

    /// Whether its forward is off, as it was read. One that the carrier no longer has is.
    pub fn is_off(&self, accounts: &[Account]) -> bool {
        let stored = accounts.iter().filter(|it| self.is_of(it)).find_map(|it| match &it.forwards {
            Forwards::Switched { stored } => Some(stored),
            _ => None,
        });
        let is_on = |it: &Stored| it.number == self.number && (it.active || it.unreadable.is_some());
        stored.is_some_and(|stored| !stored.iter().any(is_on))
    }
}

/// A forward by tenant and number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chosen {
    pub tenant: String,
    pub number: String,
    pub to: Option<E164>,
    /// What the next apply will do about it, where the files say otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// A forward that was looked at and is not switched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    pub tenant: String,
    pub number: String,
    pub why: String,
    /// Whether its number was named and it is not as it was asked to be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undone: bool,
}

/// What a command switches, and what it leaves as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub switched: Vec<Chosen>,
    pub left: Vec<Left>,
    /// How many a person has to switch, as far as is known.
    pub by_hand: usize,
    /// Numbers that were asked for and are in no account that was read.
    pub unknown: Vec<String>,
}

impl Choice {
    /// How many of the numbers that were named are not as they were asked to be.
    pub fn undone(&self) -> usize {
        self.left.iter().filter(|it| it.undone).count()
    }
}

/// Chooses what to switch. Of what a person has to switch, `accounts` keep what the command is about. `numbers` are those
/// that were named; empty: all. `on_by` is what earlier runs of `on` have switched and no `off` has switched back.
/// Without any that may still be on, `off` takes what is on and not declared `active: true`.
pub fn choose(
    accounts: &mut Vec<Account>,
    switch: Switch,
    numbers: &BTreeSet<String>,
    on_by: &[Record],
) -> Choice {
    let known: BTreeSet<&str> = accounts.iter().flat_map(|it| it.forwards.numbers()).collect();
    let unknown = numbers.iter().filter(|it| !known.contains(it.as_str())).cloned().collect();
    let mut choice = Choice { unknown, ..Choice::default() };
    let still_on: Vec<&Record> = on_by.iter().filter(|it| !it.is_off(accounts)).collect();
    let named = !numbers.is_empty();
    let asked = |number: &String| !named || numbers.contains(number);
    for account in accounts.iter_mut() {
        let own: BTreeSet<&str> =
            still_on.iter().filter(|it| it.is_of(account)).map(|it| it.number.as_str()).collect();
        // Of what a person has switched where no request does nothing is written down.
        let says_nothing = match account.forwards {
            Forwards::ByHand { .. } => own.is_empty(),
            _ => still_on.is_empty(),
        };
        let recorded = |number: &str| (!says_nothing).then(|| own.contains(number));
        let tenant = account.tenant.clone();
        let left = |number: &str, why: String, undone: bool| Left {
            tenant: tenant.clone(),
            number: number.to_owned(),
            why,
            undone,
        };
        let by_hand = account.forwards.by_hand();
        if let Some(declared) = account.forwards.declared() {
            declared.retain(|it| asked(&it.number));
        }
        if let Some(declared) = account.forwards.declared().filter(|_| by_hand) {
            declared.retain(|it| match keep_by_hand(it, switch, named, recorded(&it.number)) {
                Some(why) => {
                    choice.left.push(left(&it.number, why, false));
                    false
                }
                None => true,
            });
            choice.by_hand += declared.len();
        }
        let Forwards::Switched { stored } = &account.forwards else { continue };
        for forward in stored.iter().filter(|it| asked(&it.number)) {
            let Stored { number, to, active, .. } = forward;
            let was_on = on_by.iter().any(|it| it.is_of(account) && it.number == *number);
            match keep(forward, switch, named, (recorded(number), was_on)) {
                Some(why) => {
                    let undone = named && *active != switch.is_on();
                    choice.left.extend(why.map(|why| left(number, why, undone)));
                }
                None => choice.switched.push(Chosen {
                    tenant: tenant.clone(),
                    number: number.clone(),
                    to: to.clone(),
                    warning: contradiction(forward, switch),
                }),
            }
        }
    }
    // Who names a number asks nothing of an account without it.
    accounts.retain_mut(|it| match &it.forwards {
        Forwards::Switched { .. } | Forwards::Unreachable { .. } => true,
        other => !named || !other.numbers().is_empty(),
    });
    choice
}

/// Why a forward is left as it is that a person would have to switch, and of which nobody knows whether it is on.
fn keep_by_hand(forward: &ByHand, switch: Switch, named: bool, recorded: Option<bool>) -> Option<String> {
    if switch.is_on() || named {
        return None;
    }
    let clicks = format!("`--number {}` shows what to click", forward.number);
    match (recorded, &forward.declared) {
        (Some(true), _) => None,
        (Some(false), _) => Some(format!(
            "was not switched on by `emergency on` here; whether it is on is not known: {clicks}"
        )),
        (None, Some(declared)) if declared.active == Some(true) => {
            Some(format!("is to be on, as {} says: {clicks} all the same", declared.at()))
        }
        (None, _) => None,
    }
}

/// Why a forward is left as it is: `Some(None)` where there is nothing to say of it, `None` where it is switched.
/// `recorded`: whether a run of `on` has switched it, if anything that may still be on is written down; and whether any
/// that may be off says so.
fn keep(
    forward: &Stored,
    switch: Switch,
    named: bool,
    (recorded, was_on): (Option<bool>, bool),
) -> Option<Option<String>> {
    let say = |why: &str| Some(Some(why.to_owned()));
    match switch {
        Switch::On if forward.active => say("is on already"),
        Switch::On if forward.to.is_none() => {
            let declared = forward.declared.as_ref();
            match declared.and_then(|it| Some((it.to.as_ref()?, it))) {
                Some((to, it)) => say(&format!(
                    "has no number stored, and {} says {to}: `dialform apply --only 'forwards.*'` stores it",
                    it.at()
                )),
                None if named => say("has no number stored to forward to"),
                // Every number has that much.
                None => Some(None),
            }
        }
        Switch::On => None,
        Switch::Off if forward.unreadable.is_some() && !named && recorded != Some(true) => {
            say(&format!("may be on, which is not understood: `--number {}` switches it off", forward.number))
        }
        Switch::Off if forward.unreadable.is_some() => None,
        Switch::Off if !forward.active => match named || was_on {
            true => say("is off already"),
            false => Some(None),
        },
        Switch::Off if named => None,
        Switch::Off => match (recorded, &forward.declared) {
            (Some(true), _) => None,
            (Some(false), _) => {
                let number = &forward.number;
                say(&format!("is on, but not by `emergency on` here: `--number {number}` switches it off"))
            }
            (None, Some(declared)) if declared.active == Some(true) => say(&format!(
                "is on, as {} says: `--number {}` switches it off all the same",
                declared.at(),
                forward.number
            )),
            (None, _) => None,
        },
    }
}

/// What the files say against it.
fn contradiction(forward: &Stored, switch: Switch) -> Option<String> {
    let declared = forward.declared.as_ref()?;
    if let Some(said) = declared.active.filter(|active| *active != switch.is_on()) {
        let back = if switch.is_on() { "off" } else { "on" };
        return Some(format!(
            "{} says `active: {said}`: the next apply switches it {back} again",
            declared.at()
        ));
    }
    let other = declared.to.as_ref().filter(|to| switch.is_on() && forward.to.as_ref() != Some(*to))?;
    Some(format!("{} says {other}: the next apply stores that", declared.at()))
}
