//! Carries out steps on numbers and forwards. Schedules, queues, rules and diverts are next door.

use super::{
    API, CARRIER,
    again::Again,
    api::{Api, present},
    queue_record::QueueRecord,
    raw_rule::RawRule,
    sent::Sent,
};
use crate::{
    http::{ApiError, Method, WriteClient, segment},
    model::{self, Diverts, Forward, Kind, Number, Resource},
    path::Path,
    plan::{Action, Step},
    provider::{
        Endpoints, NotBack, Write,
        answer::{conflict, decode, endpoint},
        scalar::Scalar,
        stratus::{
            convert::{self, DefaultRuleChange},
            wire::{ForwardState, PhoneNumber, Text},
        },
    },
};
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

/// Writes to one domain at a time.
pub struct StratusWriter {
    endpoints: Endpoints<WriteClient>,
}

/// One account being written to.
#[derive(Clone, Copy)]
pub struct Writing<'a> {
    pub http: &'a WriteClient,
    pub api: Api<'a>,
    /// What this step has written of answering rules: a read may not show it yet.
    pub sent: &'a Sent,
    /// The answering rules as they were, where the step brings them back.
    pub earlier: &'a [RawRule],
    /// The queue as it was, where the step brings it back.
    pub record: &'a QueueRecord,
    /// What of it new objects did not take.
    pub again: &'a Again,
}

/// Whether a field, or something in it, is among the changes of a step.
pub fn touched(step: &Step, field: &str) -> bool {
    touched_in(step, &[field].into())
}

/// The same for what is further inside.
pub fn touched_in(step: &Step, path: &Path) -> bool {
    step.action == Action::Create || step.changes.iter().any(|change| change.path.is_inside(path))
}

impl StratusWriter {
    pub fn new(endpoints: Endpoints<WriteClient>) -> Self {
        Self { endpoints }
    }
}

#[async_trait]
impl Write for StratusWriter {
    async fn execute(&self, account: &str, step: &Step) -> Result<NotBack, ApiError> {
        let key = step.address.key.as_str();
        // The carrier alone, whatever state the platform is in.
        match (step.action, &step.after, &step.before) {
            (Action::Delete, _, Some(Resource::Forward(_))) => {
                let off = Forward { to: None, active: Some(false), protect: None };
                return self.forward(key, &off, step).await.map(|()| NotBack::new());
            }
            (Action::Create | Action::Update, Some(Resource::Forward(wanted)), _) => {
                return self.forward(key, wanted, step).await.map(|()| NotBack::new());
            }
            _ => {}
        }
        let http = endpoint(&self.endpoints, API)?;
        let sent = Sent::default();
        let earlier = earlier_rules(step).map_err(|error| unreadable_own(step, &error))?;
        let record = step.restored.clone().filter(|_| step.address.kind == Kind::Queues);
        let record = QueueRecord(record.unwrap_or_default());
        let again = Again::default();
        let api = Api { http, domain: account };
        let to = Writing { http, api, sent: &sent, earlier: &[], record: &record, again: &again };
        let earlier = to.with_attendants(earlier).await?;
        let to = Writing { earlier: &earlier, ..to };
        let mut not_back = NotBack::new();
        match (step.action, &step.after, &step.before) {
            (Action::Manual, _, _) => Ok(()),
            (Action::Delete, _, Some(Resource::Schedule(live))) => to.delete_schedule(key, live).await,
            (Action::Delete, _, Some(Resource::Queue(_))) => to.delete_queue(key).await,
            (Action::Create, Some(Resource::Schedule(wanted)), _) => {
                to.create_schedule(key, wanted, step).await
            }
            (Action::Update, Some(Resource::Schedule(wanted)), _) => {
                to.update_schedule(key, wanted, step).await
            }
            (_, Some(Resource::Number(wanted)), _) => to.number(key, wanted, step).await,
            (_, Some(Resource::Queue(wanted)), _) => {
                // Rules of an extension that was there are nobody's wish.
                if to.queue(key, wanted, step).await? {
                    not_back = to.earlier_rules(key).await;
                }
                Ok(())
            }
            (_, Some(Resource::Rules(wanted)), _) => to.rules(key, wanted, step).await,
            (_, Some(Resource::Diverts(wanted)), _) => {
                to.default_forwards(key, changed_only(wanted, step)).await
            }
            _ => Err(conflict(step, "this step has nothing to write")),
        }?;
        not_back.extend(to.settings_again().await);
        Ok(not_back)
    }
}

/// The answering rules that a restore file has of what the step brings back.
fn earlier_rules(step: &Step) -> Result<Vec<RawRule>, serde_json::Error> {
    match (step.address.kind, &step.restored) {
        (Kind::Rules | Kind::Diverts, Some(own)) => Vec::deserialize(own),
        (Kind::Queues, Some(own)) => Vec::deserialize(&own["rules"]),
        _ => Ok(Vec::new()),
    }
}

/// The forwards a step is about; the others stay as they are.
fn changed_only(wanted: &Diverts, step: &Step) -> Diverts {
    let mut diverts = wanted.clone();
    let words = diverts.conditions().map(|(word, _)| word);
    for (word, divert) in words.into_iter().zip(diverts.conditions_mut()) {
        if !touched(step, word) {
            *divert = None;
        }
    }
    diverts
}

impl<'a> Writing<'a> {
    /// How long an accepted change may take to show.
    pub fn settle(&self) -> std::time::Duration {
        self.http.settle()
    }

    pub async fn send(
        &self,
        method: Method,
        rest: &str,
        body: impl Into<Option<Value>>,
        what: &str,
    ) -> Result<(), ApiError> {
        self.http.send(method, &self.api.path(rest), body.into().as_ref(), what).await.map(drop)
    }

    /// An object that does not exist counts as deleted.
    pub async fn delete(&self, rest: &str, what: &str) -> Result<(), ApiError> {
        present(self.send(Method::DELETE, rest, None, what).await).map(drop)
    }

    /// Read, merge, write: the server clears every field that a PUT leaves out, the destination included
    /// (FACTS stratus/numbers-4).
    async fn number(&self, key: &str, wanted: &Number, step: &Step) -> Result<(), ApiError> {
        let what = format!("changing number {key}");
        let number = self.api.number(key).await?;
        let mut number = number.ok_or_else(|| conflict(step, "the number is not there any more"))?;
        let rest = format!("/phonenumbers/{}", segment(number.phonenumber.as_str()));
        let Number { label, route, protect: _ } = wanted;
        if let Some(label) = label.as_ref().filter(|_| touched(step, "label")) {
            number.dial_rule_description = Text(label.clone());
        }
        let earlier = step.restored.as_ref().map(PhoneNumber::deserialize);
        let earlier = earlier.transpose().map_err(|error| unreadable_own(step, &error))?;
        if let Some(earlier) = earlier.filter(|_| touched(step, "route")) {
            // As it was.
            number.enabled = earlier.enabled;
            number.dial_rule_application = earlier.dial_rule_application;
            number.dial_rule_parameter = earlier.dial_rule_parameter;
            number.dial_rule_translation_destination_user = earlier.dial_rule_translation_destination_user;
            number.dial_rule_translation_destination_host = earlier.dial_rule_translation_destination_host;
        } else if let Some(route) = route.as_ref().filter(|_| touched(step, "route")) {
            convert::route_into(&mut number, route, &self.api.spelling().await?)
                .ok_or_else(|| conflict(step, "the number cannot be routed there"))?;
        }
        // Read in any form, written in the documented one; unset means on.
        if let Scalar::Known(on) = number.enabled.flag().or(true) {
            number.enabled = Text(if on { "yes" } else { "no" }.to_owned());
        }
        let body = serde_json::to_value(&number)
            .map_err(|error| conflict(step, format!("the number cannot be written: {error}")))?;
        self.send(Method::PUT, &rest, body, &what).await
    }

    /// Forwards of the Default rule of an extension; the rule is made if it is missing.
    pub async fn default_forwards(&self, key: &str, diverts: Diverts) -> Result<(), ApiError> {
        self.write_default(key, &DefaultRuleChange::Forwards(diverts)).await
    }
}

/// A restore file that does not hold what this version wrote.
pub fn unreadable_own(step: &Step, error: &serde_json::Error) -> ApiError {
    conflict(step, format!("what the restore file has of it cannot be read: {error}"))
}

impl StratusWriter {
    /// Emergency forwards are switched at the carrier (FACTS stratus/carrier-1). What the step is not about is read and
    /// written again.
    async fn forward(&self, key: &str, wanted: &Forward, step: &Step) -> Result<(), ApiError> {
        let carrier = endpoint(&self.endpoints, CARRIER)?;
        let path = format!("/numbers/{}/forward", key.trim_start_matches("+1"));
        let what = format!("emergency forward {key}");
        let live = carrier.get(&path, &[], &what).await?;
        let ForwardState { destination, active } = decode(&live, &what, &path)?;
        let delete = step.action == Action::Delete;
        let Forward { to, active: wanted_active, protect: _ } = wanted;
        let nanp = |to: &model::E164| {
            let digits = to.nanp().map(str::to_owned);
            digits.ok_or_else(|| conflict(step, format!("the carrier takes no number like {to}")))
        };
        let to = to.as_ref().map(nanp).transpose()?;
        let kept = Some(destination.0).filter(|to| !to.is_empty());
        let destination = if delete || touched(step, "to") { to } else { kept };
        let active = match (wanted_active, active.flag()) {
            (Some(wanted), _) if delete || touched(step, "active") => *wanted,
            (_, Scalar::Known(active)) => active,
            // Nobody said that it be switched, and what it is cannot be sent again.
            _ => {
                let shown =
                    format!("whether it is on is not understood: the carrier shows `{}`", active.as_str());
                return Err(conflict(step, shown));
            }
        };
        let body = json!({ "destination": destination, "active": active });
        let what = format!("setting emergency forward {key}");
        carrier.send(Method::PUT, &path, Some(&body), &what).await.map(drop)
    }
}
