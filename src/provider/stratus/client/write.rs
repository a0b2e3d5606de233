//! Carries out steps on schedules, numbers and forwards. Queues, rules and diverts are next door.

use super::{
    API, CARRIER,
    api::{Api, present},
    sent::Sent,
};
use crate::{
    http::{ApiError, Method, Problem, WriteClient, segment},
    model::{self, Divert, Diverts, Forward, Number, Resource, Schedule},
    path::Path,
    plan::{Action, Role, Step},
    provider::{
        Endpoints, Write,
        answer::{conflict, decode, endpoint, failure},
        stratus::{
            convert::{self, Context, DefaultRuleChange},
            wire::{ForwardState, Text, TimeFrame},
        },
    },
};
use async_trait::async_trait;
use serde_json::{Map, Value, json};

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
    async fn execute(&self, account: &str, step: &Step) -> Result<(), ApiError> {
        let key = step.address.key.as_str();
        // The carrier alone, whatever state the platform is in.
        match (step.action, &step.after, &step.before) {
            (Action::Delete, _, Some(Resource::Forward(_))) => {
                let off = Forward { to: None, active: Some(false), protect: None };
                return self.forward(key, &off, step).await;
            }
            (Action::Create | Action::Update, Some(Resource::Forward(wanted)), _) => {
                return self.forward(key, wanted, step).await;
            }
            _ => {}
        }
        let http = endpoint(&self.endpoints, API)?;
        let sent = Sent::default();
        let to = Writing { http, api: Api { http, domain: account }, sent: &sent };
        match (step.action, &step.after, &step.before) {
            (Action::Manual, _, _) => Ok(()),
            (Action::Delete, _, Some(Resource::Schedule(_))) => to.delete_schedule(key).await,
            (Action::Delete, _, Some(Resource::Queue(_))) => to.delete_queue(key).await,
            (Action::Create, Some(Resource::Schedule(wanted)), _) => to.create_schedule(key, wanted).await,
            (Action::Update, Some(Resource::Schedule(wanted)), _) => {
                to.update_schedule(key, wanted, step).await
            }
            (_, Some(Resource::Number(wanted)), _) => to.number(key, wanted, step).await,
            (_, Some(Resource::Queue(wanted)), _) => to.queue(key, wanted, step).await,
            (_, Some(Resource::Rules(wanted)), _) => to.rules(key, wanted, step).await,
            (_, Some(Resource::Diverts(wanted)), _) => {
                to.default_forwards(key, changed_only(wanted, step)).await
            }
            _ => Err(conflict(step, "this step has nothing to write")),
        }
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
    ) -> Result<Value, ApiError> {
        self.http.send(method, &self.api.path(rest), body.into().as_ref(), what).await
    }

    async fn frame(&self, name: &str) -> Result<TimeFrame, ApiError> {
        let what = format!("schedule `{name}`");
        let frames: Vec<TimeFrame> = self.api.list("/timeframes", &what).await?;
        let mut named = frames.into_iter().filter(|frame| frame.timeframe_name.as_str() == name);
        match (named.next(), named.next()) {
            (Some(frame), None) => Ok(frame),
            (None, _) => {
                Err(failure(&what, &self.api.path("/timeframes"), Problem::Conflict("it is gone".into())))
            }
            (Some(_), Some(_)) => Err(failure(
                &what,
                &self.api.path("/timeframes"),
                Problem::Conflict("it exists twice".into()),
            )),
        }
    }

    async fn create_schedule(&self, name: &str, wanted: &Schedule) -> Result<(), ApiError> {
        let arrays = convert::arrays(wanted, None, |_| true);
        let mut body = Map::new();
        body.insert("synchronous".into(), "yes".into());
        body.insert("timeframe-name".into(), name.into());
        body.insert("timeframe-type".into(), arrays.frame_type().into());
        let convert::Arrays { weekly, dates } = arrays;
        if let Some(weekly) = weekly {
            body.insert("timeframe-days-of-week-array".into(), weekly.into());
        }
        if let Some(dates) = dates.filter(|dates| !dates.is_empty()) {
            body.insert("timeframe-specific-dates-array".into(), dates.into());
        }
        let what = format!("creating schedule `{name}`");
        self.send(Method::POST, "/timeframes", Value::Object(body), &what).await.map(drop)
    }

    /// Replaces whole arrays; never renames (FACTS stratus/frames). A frame of one type that is to hold entries of
    /// another becomes `custom` first, which keeps what it has.
    async fn update_schedule(&self, name: &str, wanted: &Schedule, step: &Step) -> Result<(), ApiError> {
        let live = self.frame(name).await?;
        let what = format!("changing schedule `{name}`");
        let rest = format!("/timeframes/{}", segment(live.timeframe_id.as_str()));
        let convert::Arrays { weekly, dates } =
            convert::arrays(wanted, Some(&live), |field| touched(step, field));
        let fits = match live.timeframe_type.as_str() {
            "custom" => true,
            "days-of-week" => dates.as_ref().is_none_or(Vec::is_empty),
            "specific-dates" => weekly.is_none(),
            _ => false,
        };
        if !fits {
            // The name the specification has for it on domain frames; those of users take another
            // (FACTS stratus/frames-10).
            let mut custom = json!({ "type": "custom" });
            // A custom frame does not say that it was always active, so its week is written with it.
            if let Some(weekly) = weekly.as_ref().filter(|_| live.timeframe_type.as_str() == convert::ALWAYS)
            {
                custom["timeframe-days-of-week-array"] = weekly.clone().into();
            }
            self.send(Method::PUT, &rest, custom, &what).await?;
        }
        let mut body = Map::new();
        if let Some(weekly) = weekly {
            body.insert("timeframe-days-of-week-array".into(), weekly.into());
        }
        if let Some(dates) =
            dates.filter(|dates| !fits || !dates.is_empty() || live.timeframe_type.as_str() != "days-of-week")
        {
            body.insert("timeframe-specific-dates-array".into(), dates.into());
        }
        self.send(Method::PUT, &rest, Value::Object(body), &what).await.map(drop)
    }

    async fn delete_schedule(&self, name: &str) -> Result<(), ApiError> {
        let live = self.frame(name).await?;
        let rest = format!("/timeframes/{}", segment(live.timeframe_id.as_str()));
        self.delete(&rest, &format!("deleting schedule `{name}`")).await
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
        if let Some(route) = route.as_ref().filter(|_| touched(step, "route")) {
            convert::route_into(&mut number, route, self.api.domain)
                .ok_or_else(|| conflict(step, "the number cannot be routed there"))?;
        }
        let body = serde_json::to_value(&number)
            .map_err(|error| conflict(step, format!("the number cannot be written: {error}")))?;
        self.send(Method::PUT, &rest, body, &what).await.map(drop)
    }

    /// Forwards of the Default rule of an extension; the rule is made if it is missing.
    pub async fn default_forwards(&self, key: &str, diverts: Diverts) -> Result<(), ApiError> {
        let context = self.context(diverts.conditions().into_iter().filter_map(|(_, divert)| divert)).await?;
        self.write_default(key, &DefaultRuleChange::Forwards(diverts), &context).await
    }

    /// What the conversions need; attendants are looked up only where one is pointed to.
    pub async fn context<'d>(
        &self,
        mut diverts: impl Iterator<Item = &'d Divert>,
    ) -> Result<Context, ApiError> {
        let mut context = Context { domain: self.api.domain.to_owned(), ..Context::default() };
        let attendant = |divert: &Divert| matches!(divert, Divert::To(model::Destination::Attendant(_)));
        if diverts.any(attendant) {
            for (extension, name) in self.api.attendants().await? {
                context.roles.insert(extension.clone(), Role::Attendant);
                context.attendants.insert(extension, name);
            }
        }
        Ok(context)
    }
}

impl StratusWriter {
    /// Emergency forwards are switched at the carrier (FACTS stratus/carrier-1). What the step is not about is read and
    /// written again.
    async fn forward(&self, key: &str, wanted: &Forward, step: &Step) -> Result<(), ApiError> {
        let carrier = endpoint(&self.endpoints, CARRIER)?;
        let path = format!("/numbers/{}/forward", key.trim_start_matches("+1"));
        let what = format!("emergency forward {key}");
        let live = carrier.get(&path, &[], &what).await?;
        let ForwardState { destination, active } = decode(live, &what, &path)?;
        let delete = step.action == Action::Delete;
        let Forward { to, active: wanted_active, protect: _ } = wanted;
        let nanp = |to: &model::E164| {
            let digits = to.nanp().map(str::to_owned);
            digits.ok_or_else(|| conflict(step, format!("the carrier takes no number like {to}")))
        };
        let to = to.as_ref().map(nanp).transpose()?;
        let destination = if delete || touched(step, "to") { to } else { destination.map(|to| to.0) };
        let active = if delete || touched(step, "active") { wanted_active.unwrap_or(active) } else { active };
        let body = json!({ "destination": destination, "active": active });
        let what = format!("setting emergency forward {key}");
        carrier.send(Method::PUT, &path, Some(&body), &what).await.map(drop)
    }
}
