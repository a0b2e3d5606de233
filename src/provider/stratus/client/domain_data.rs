//! What is read of a domain, as the API says it.

use super::{queue_record::Whole, standing::Standing};
use crate::{
    plan::Obstacle,
    provider::stratus::{
        convert::Context,
        wire::{Agent, AnswerRule, CallQueue, CarrierForward, Domain, PhoneNumber, TimeFrame, User},
    },
};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// What was read, before it is put into words.
#[derive(Default)]
pub struct DomainData {
    /// `None` where the domain itself was not read.
    pub domain: Option<Domain>,
    pub users: Vec<User>,
    pub numbers: Vec<PhoneNumber>,
    pub queues: Vec<CallQueue>,
    pub agents: Vec<Agent>,
    /// Queues that the run is about, as they are, for a restore file.
    pub queue_records: BTreeMap<String, Whole>,
    pub frames: Vec<TimeFrame>,
    /// The ids of those of which the list shows no hours and that were not read by themselves: when they are active is not known.
    pub unread_frames: BTreeSet<String>,
    /// Time frames of one extension that declared schedules name, with that extension.
    pub own_frames: Vec<(String, TimeFrame)>,
    /// Declared holidays that the vendor's calendar does not have.
    pub missing_holidays: Vec<Obstacle>,
    /// Extensions of queues that are not there: a user with the service code of a queue, and no queue.
    pub half_queues: Vec<String>,
    pub rules: BTreeMap<String, Vec<AnswerRule>>,
    /// The same with all that the server shows of them, of those that the run is about.
    pub raw_rules: BTreeMap<String, Vec<Box<RawValue>>>,
    /// What they do not show; no rule that lingers is in `rules`.
    pub standing: Standing,
    pub carrier: Vec<CarrierForward>,
    /// Why the forwards of a run that is not about them are not known.
    pub unread_forwards: Option<String>,
    pub context: Context,
}
