//! A queue as it was, for a restore: its record, its agents, the user at its extension and that one's rules.

use crate::{
    model::{self, Dispatch, Limit},
    provider::stratus::{
        convert::{self, Context},
        documented,
        wire::{Agent, Text},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json, value::RawValue};

/// What the server counts itself, or what is written in an order of its own.
const NOT_WRITTEN: [&str; 6] = [
    "callqueue",
    "callqueue-require-available-agents-to-accept-new-callers",
    "callqueue-max-current-callers-to-accept-new-callers",
    "callqueue-max-current-wait-to-accept-new-callers-seconds",
    "callqueue-max-current-wait-to-accepts-new-callers-seconds",
    "callqueue-max-wait-timeout-minutes",
];

/// What is written of an agent, by the names it is read under (FACTS stratus/agents-2).
const AGENT: [(&str, &str); 8] = [
    ("callqueue-agent-availability-type", "callqueue-agent-availability-type"),
    ("callqueue-agent-dispatch-order-ordinal", "ordinal-order"),
    ("callqueue-agent-dispatch-queue-priority-ordinal", "callqueue-agent-dispatch-queue-priority-ordinal"),
    ("callqueue-agent-wrap-up-allowance-seconds", "callqueue-agent-wrap-up-allowance-seconds"),
    ("limits-max-active-calls-total", "limits-max-active-calls-total"),
    ("callqueue-agent-answer-confirmation-enabled", "callqueue-agent-answer-confirmation-enabled"),
    ("auto-answer-enabled", "auto_ans"),
    ("callqueue-agent-max-concurrent-sms-conversations", "callqueue-agent-max-concurrent-sms-conversations"),
];

/// What is written of the user at a queue's extension beside what makes it one (FACTS stratus/users-2): all that the vendor
/// documents for a new one, but for its login with its rights, and what the server works out or goes with its greetings.
const USER: [&str; 40] = [
    "name-first-name",
    "name-last-name",
    "department",
    "site",
    "time-zone",
    "language-token",
    "email-address",
    "area-code",
    "dial-plan",
    "dial-policy",
    "privacy",
    "status-message",
    "caller-id-number",
    "caller-id-name",
    "caller-id-number-emergency",
    "emergency-address-id",
    "call-screening-enabled",
    "reject-anonymous-calls-enabled",
    "phone-numbers-to-allow-enabled",
    "phone-numbers-to-reject-enabled",
    "ring-no-answer-timeout-seconds",
    "limits-max-active-calls-total",
    "limits-max-data-storage-kilobytes",
    "directory-announce-in-dial-by-name-enabled",
    "directory-name-visible-in-list-enabled",
    "voicemail-enabled",
    "voicemail-user-control-enabled",
    "voicemail-receive-broadcast-enabled",
    "voicemail-transcription-enabled",
    "voicemail-playback-announce-datetime-received",
    "voicemail-playback-announce-caller-id",
    "voicemail-playback-sort-newest-to-oldest",
    "email-send-alert-new-voicemail-enabled",
    "email-send-alert-new-voicemail-behavior",
    "email-send-alert-new-voicemail-cc-list-csv",
    "email-send-alert-new-missed-call-enabled",
    "recording-configuration",
    "call-recordings-hide-from-others-enabled",
    "music-on-hold-randomized-enabled",
    "music-on-hold-comfort-message-repeat-interval-seconds",
];

const LAST_NAME: &str = "name-last-name";

/// What a queue is deleted with and no restore file has.
pub const NOT_KEPT: &str =
    "the devices, greetings, messages, lists of callers, login and own schedules of its extension";

/// What is kept of the user at a queue's extension: no credential among it.
pub fn kept_user(user: &RawValue) -> Value {
    // A row that was read is an object.
    let mut user: Map<String, Value> = serde_json::from_str(user.get()).unwrap_or_default();
    // Written under another name than it is read (FACTS stratus/wire-7).
    if let Some(email) = user.remove("email") {
        user.entry("email-address").or_insert(email);
    }
    USER.iter().filter_map(|key| Some(((*key).to_owned(), user.get(*key)?.clone()))).collect()
}

/// A queue as it was read, but for the rules of its extension.
#[derive(Serialize)]
pub struct Whole {
    pub queue: Box<RawValue>,
    pub user: Option<Value>,
    pub agents: Vec<Box<RawValue>>,
}

impl Whole {
    /// All that a restore file keeps of it.
    pub fn with<'a>(&'a self, rules: &'a [Box<RawValue>]) -> impl Serialize + 'a {
        #[derive(Serialize)]
        struct WithRules<'a> {
            #[serde(flatten)]
            queue: &'a Whole,
            rules: &'a [Box<RawValue>],
        }

        WithRules { queue: self, rules }
    }
}

/// All that a restore file has of a queue.
#[derive(Debug, Clone, Default)]
pub struct QueueRecord(pub Value);

impl QueueRecord {
    fn part(&self, name: &str) -> Option<&Map<String, Value>> {
        self.0.get(name).and_then(Value::as_object)
    }

    /// What there was beside the fields that are written by themselves.
    pub fn body(&self) -> Map<String, Value> {
        let own = |key: &str| {
            (key.starts_with("callqueue-") || matches!(key, "description" | "recording-configuration"))
                && !key.starts_with("callqueue-count-")
                && !NOT_WRITTEN.contains(&key)
        };
        // Nothing at all is what a new queue has anyway.
        let fields = self.part("queue").into_iter().flatten().filter(|(key, _)| own(key));
        fields.filter_map(|(key, value)| Some((key.clone(), documented::field(key, value)?))).collect()
    }

    /// The word that a type of dispatch had.
    pub fn dispatch(&self, wanted: Dispatch) -> Option<Value> {
        let shown = self.part("queue")?.get("callqueue-dispatch-type")?;
        (convert::dispatch(shown.as_str()?) == Some(wanted)).then(|| shown.clone())
    }

    /// The ring timeout as it stood there.
    pub fn ring_timeout(&self, wanted: Limit) -> Option<Value> {
        const SECONDS: &str = "ring-no-answer-timeout-seconds";
        let shown = self.part("user")?.get(SECONDS)?;
        let number = Text::deserialize(shown).ok()?.whole().known().filter(|number| *number > 0);
        documented::field(SECONDS, shown).filter(|_| number == wanted.number())
    }

    /// What there was of the user at its extension. A new one has a last name of its own: that there was none is written as well.
    pub fn user(&self) -> Map<String, Value> {
        let fields = self.part("user").into_iter().flatten().filter(|(key, _)| USER.contains(&key.as_str()));
        let written = |key: &str, value: &Value| match key {
            LAST_NAME if value.as_str().is_some_and(str::is_empty) => Some(value.clone()),
            key => documented::field(key, value),
        };
        fields.filter_map(|(key, value)| Some((key.clone(), written(key, value)?))).collect()
    }

    /// The agents, each with its id.
    fn agents(&self) -> impl Iterator<Item = (Agent, &Map<String, Value>)> {
        let rows = self.0.get("agents").and_then(Value::as_array).into_iter().flatten();
        rows.filter_map(|row| Some((Agent::deserialize(row).ok()?, row.as_object()?)))
    }

    /// Whether the queue had an agent of that id.
    pub fn has_agent(&self, id: &str) -> bool {
        self.agents().any(|(agent, _)| agent.callqueue_agent_id.as_str() == id)
    }

    /// What is to be written so that an agent is what it was.
    pub fn agent(&self, wanted: &model::Agent, context: &Context) -> Option<Map<String, Value>> {
        let mut all = self.agents();
        let (agent, row) = all.find(|(agent, _)| convert::agent(agent, context) == *wanted)?;
        let mut body = Map::new();
        for (write, read) in AGENT {
            let shown = [read, write].into_iter().filter_map(|name| row.get(name));
            if let Some(value) = shown.filter_map(|value| documented::field(write, value)).next() {
                body.insert(write.to_owned(), value);
            }
        }
        body.insert("callqueue-agent-id".to_owned(), json!(agent.callqueue_agent_id.as_str()));
        Some(body)
    }
}
