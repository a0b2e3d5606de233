//! Call queues and their agents.

use super::{Divert, E164, Extension, Limit, Ringable, rules::ONE_EACH, text::Email};
use crate::explained::{Explained, decoding};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

/// A call queue. `{}` names a live queue that is used as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How calls are handed to agents (portal: Type).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<Dispatch>,
    /// Seconds one agent rings (portal: Agent Ring Timeout).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_ring: Option<u32>,
    /// Take callers only while an agent is available; `failover` needs it (help article *Create an Offline Failover
    /// Rule for a Call Queue*, step 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_agents: Option<bool>,
    /// The agents, complete as written; the position in the list is their order unless `order` says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agents: Option<Vec<Agent>>,
    /// Where callers go when every agent is offline: "When offline" of the queue's own Default rule (help article
    /// *Create an Offline Failover Rule for a Call Queue*, step 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failover: Option<Divert>,
    /// Where callers go whom the queue does not take: with `require_agents` no agent is available, or there are as many as
    /// `max_callers` and `max_expected_wait` allow. "When busy" of the queue's own Default rule (Stratus: If unavailable,
    /// which sets `failover` as well).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<Divert>,
    /// How many callers may wait at once, or `unlimited` (Stratus: Max Queue Length). Further ones go to `unavailable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_callers: Option<Limit>,
    /// Seconds that a new caller may have to wait, as the system expects it, or `unlimited` (Stratus: Max Expected Wait).
    /// Callers who would wait longer go to `unavailable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_expected_wait: Option<Limit>,
    /// Seconds a caller waits before `no_answer` (Stratus: Queue Ring Timeout): 1 to 3600, or `unlimited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ring_timeout: Option<Limit>,
    /// Seconds a caller may wait. CallTrackingMetrics: before `no_answer`. Stratus: before the caller is put out of the queue,
    /// in whole minutes, or `unlimited`; `no_answer` comes after `ring_timeout`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_wait: Option<Limit>,
    /// Where callers go whom no agent answered in time (Stratus: If unanswered, after `ring_timeout`; CallTrackingMetrics:
    /// no-answer routing, after `max_wait`). `off` on Stratus: they stay in the queue; `voicemail`: the queue's own mailbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<Divert>,
    /// Refuse to delete this object or to leave it with nobody to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
}

impl Queue {
    /// Where it sends callers, with the YAML names.
    pub fn forwards(&self) -> [(&'static str, Option<&Divert>); 3] {
        let Self { failover, unavailable, no_answer, .. } = self;
        [
            ("failover", failover.as_ref()),
            ("unavailable", unavailable.as_ref()),
            ("no_answer", no_answer.as_ref()),
        ]
    }

    /// The same, to be changed in place.
    pub fn forwards_mut(&mut self) -> [&mut Option<Divert>; 3] {
        let Self { failover, unavailable, no_answer, .. } = self;
        [failover, unavailable, no_answer]
    }
}

/// How a queue hands its calls to agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dispatch {
    RoundRobin,
    TieredRoundRobin,
    RingAll,
    LinearCascade,
    LinearHunt,
    /// Calls wait to be picked up; nobody is rung.
    CallPark,
    /// The agent the caller spoke to before (CallTrackingMetrics).
    Sticky,
    /// By the weights of the agents (CallTrackingMetrics).
    Weighted,
    /// By the rules of the account (CallTrackingMetrics).
    Smart,
    /// The agent who has waited longest for a call (CallTrackingMetrics).
    LongestWait,
}

/// One agent: an extension in short, or a map with its place in the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(into = "AgentForm")]
#[schemars(with = "AgentSchema")]
pub struct Agent {
    pub target: Ringable,
    /// Position, 1-based, lower first; agents of one cascade round share it.
    pub order: Option<u32>,
    /// Wrap-up time after a call, in seconds.
    pub wrap_up: Option<u32>,
}

impl Agent {
    /// How it is known in its list: an extension and its device of the same name are two agents.
    pub fn name(&self) -> String {
        match &self.target {
            Ringable::Device(to) => format!("device:{to}"),
            target => target.name(),
        }
    }
}

/// One agent: exactly one of `extension`, `number`, `device`, `agent`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AgentForm {
    /// Rings the extension and follows its rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extension: Option<Extension>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<E164>,
    /// Rings only this device, e.g. `102wp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<Extension>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// A person by e-mail address (CallTrackingMetrics).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<Email>,
    /// Position, 1-based, lower first; agents of one cascade round share it. Left out: the place in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<u32>,
    /// Wrap-up time after a call, in seconds. Left out: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrap_up: Option<u32>,
}

/// Only for the schema: the two ways to write an agent.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "AgentEntry")]
#[expect(dead_code, reason = "its shape is all that is used")]
enum AgentSchema {
    Short(Extension),
    Full(AgentForm),
}

impl From<Agent> for AgentForm {
    fn from(agent: Agent) -> Self {
        let Agent { target, order, wrap_up } = agent;
        let agent = match &target {
            Ringable::Agent(email) => Some(Email(email.clone())),
            _ => None,
        };
        let (extension, number, device, token) = target.parts();
        Self { extension, number, device, token, agent, order, wrap_up }
    }
}

impl<'de> Deserialize<'de> for Agent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Agent;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an extension, or a map with `extension`, `number`, `device` or `agent`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Agent, E> {
                let target = if text.contains('@') {
                    text.parse().map(|Email(email)| Ringable::Agent(email))
                } else {
                    text.parse().map(Ringable::Extension)
                };
                let target = target.map_err(Explained::into_decoding)?;
                Ok(Agent { target, order: None, wrap_up: None })
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Agent, A::Error> {
                let form = AgentForm::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let AgentForm { extension, number, device, token, agent, order, wrap_up } = form;
                let others = [extension.is_some(), number.is_some(), device.is_some(), token.is_some()];
                let target = match agent {
                    Some(Email(email)) if !others.contains(&true) => Some(Ringable::Agent(email)),
                    Some(_) => None,
                    None => Ringable::one_of(extension, number, device, token),
                };
                let target = target.ok_or_else(|| {
                    decoding("name exactly one of `extension`, `number`, `device`, `agent`", ONE_EACH)
                })?;
                Ok(Agent { target, order, wrap_up })
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
