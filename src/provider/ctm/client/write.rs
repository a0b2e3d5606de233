//! Carries out steps. Only what a step is about is ever sent: what is undocumented is in a step only with
//! `experimental: true`.

use super::{
    API,
    api::{Api, send},
    index::{ForWrites, Index, path},
};
use crate::{
    http::{ApiError, Method, WriteClient},
    model::{
        Agent, Destination, Divert, E164, Forward, Kind, Limit, NoAnswer, OrOff, Queue, Receiver, Resource,
        Ringable, Schedule, TaggingHours, Weekly, Whisper,
    },
    path::Segment,
    plan::{Action, Step},
    provider::{
        Endpoints, NotBack, Write,
        answer::{conflict, endpoint},
        ctm::{
            convert::{self, TargetType, target},
            wire::{Row, text},
            zones,
        },
    },
};
use async_trait::async_trait;
use serde_json::{Map, Value, json};

pub struct CtmWriter {
    endpoints: Endpoints<WriteClient>,
}

impl CtmWriter {
    pub fn new(endpoints: Endpoints<WriteClient>) -> Self {
        Self { endpoints }
    }
}

#[async_trait]
impl Write for CtmWriter {
    async fn execute(&self, account: &str, step: &Step) -> Result<NotBack, ApiError> {
        let http = endpoint(&self.endpoints, API)?;
        let known = http.known::<ForWrites>();
        let indexes = &known.0;
        let mut to = Writing { http, account, index: indexes.get(account), step };
        let done = match (step.action, &step.after) {
            (Action::Delete, _) => to.delete().await,
            (_, Some(Resource::Schedule(wanted))) => to.schedule(wanted).await,
            (_, Some(Resource::Receiver(wanted))) => to.receiver(wanted).await,
            (_, Some(Resource::Queue(wanted))) => to.queue(wanted).await,
            (_, Some(Resource::Number(wanted))) => to.number(wanted).await,
            (_, Some(Resource::Forward(wanted))) => to.forward(wanted).await,
            _ => Err(conflict(step, "this step has nothing to write")),
        };
        indexes.put(account, to.index);
        done.map(|()| NotBack::new())
    }
}

/// One step on one account.
pub(super) struct Writing<'a> {
    http: &'a WriteClient,
    account: &'a str,
    index: Index,
    pub(super) step: &'a Step,
}

impl Writing<'_> {
    pub(super) fn api(&self) -> Api<'_> {
        Api { http: self.http, account: self.account }
    }

    pub(super) fn key(&self) -> &str {
        &self.step.address.key
    }

    /// Whether the step is about a field.
    pub(super) fn about(&self, field: &str) -> bool {
        self.step.concerns(&[Segment::key(field)])
    }

    pub(super) async fn send(
        &self,
        method: Method,
        rest: &str,
        body: Option<Value>,
    ) -> Result<Value, ApiError> {
        let verb = match self.step.action {
            Action::Create => "making",
            Action::Delete => "deleting",
            Action::Update | Action::Manual => "changing",
        };
        let what = format!("{verb} {}", self.step.address);
        send(self.http, self.account, method, rest, body, &what).await
    }

    /// The id of something by its name: there must be one and only one.
    pub(super) async fn id(&mut self, target_type: TargetType, name: &str) -> Result<String, ApiError> {
        let ids = self.index.find(Api { http: self.http, account: self.account }, target_type, name).await?;
        match ids.as_slice() {
            [id] => Ok(id.clone()),
            [] => Err(conflict(self.step, format!("there is no live `{name}`"))),
            several => {
                Err(conflict(self.step, format!("{} live objects are called `{name}`", several.len())))
            }
        }
    }

    async fn delete(&mut self) -> Result<(), ApiError> {
        let key = self.key().to_owned();
        let target_type = match self.step.address.kind {
            Kind::Schedules => TargetType::Schedule,
            Kind::Receivers => TargetType::Receiver,
            Kind::Forwards => {
                let id = self.id(TargetType::Number, &key).await?;
                return self.update_number(&id, [("failsafe_number", json!(""))]).await;
            }
            _ => return Err(conflict(self.step, "this cannot be deleted through the API")),
        };
        let id = self.id(target_type, &key).await?;
        let reviewed = self.step.own.as_ref().and_then(|own| text(own.value().get("id")?));
        if reviewed.is_some_and(|reviewed| reviewed != id) {
            return Err(conflict(self.step, "another one has been made in its place since the plan"));
        }
        self.send(Method::DELETE, &path(target_type, &id), None).await?;
        self.index.forget(target_type, &key);
        Ok(())
    }

    async fn schedule(&mut self, wanted: &Schedule) -> Result<(), ApiError> {
        // Days beside the hours are set by hand.
        let Schedule { weekly, time_zone, .. } = wanted;
        let key = self.key().to_owned();
        let zone = time_zone.as_deref().map(|zone| zones::rails(zone).unwrap_or(zone));
        if self.step.action == Action::Create {
            let times = self.earlier_times(weekly.as_ref());
            let times =
                times.unwrap_or_else(|| convert::times(weekly.as_ref().unwrap_or(&Weekly::default()), &[]));
            let mut body = json!({ "name": key, "times": times });
            if let Some(zone) = zone {
                body["timezone"] = json!(zone);
            }
            return self.send(Method::POST, "/schedules", Some(json!({ "schedule": body }))).await.map(drop);
        }
        let id = self.id(TargetType::Schedule, &key).await?;
        let rest = path(TargetType::Schedule, &id);
        let live = self.api().object(&rest, &["schedule"], &id, &format!("schedule `{key}`")).await?;
        // Whether a PUT that leaves a field out keeps it is not documented: everything goes back, also what nobody knows
        // (FACTS ctm/readings-6).
        let mut body = live.0;
        body.retain(|field, value| !(value.is_null() || field == "id" || field.ends_with("url")));
        if let Some(weekly) = weekly.as_ref().filter(|_| self.about("weekly")) {
            let live = body.get("times").and_then(Value::as_array).cloned().unwrap_or_default();
            let earlier = self.earlier_times(Some(weekly));
            body.insert("times".to_owned(), earlier.unwrap_or_else(|| convert::times(weekly, &live)));
        }
        if let Some(zone) = zone.filter(|_| self.about("time_zone")) {
            body.insert("timezone".to_owned(), json!(zone));
        }
        self.send(Method::PUT, &rest, Some(json!({ "schedule": body }))).await.map(drop)
    }

    /// The entries of a schedule as they were, where they are brought back and say what is wanted.
    fn earlier_times(&self, wanted: Option<&Weekly>) -> Option<Value> {
        let times = self.step.restored.as_ref()?.get("times")?;
        let mut said = convert::weekly(times.as_array()?).ok()?;
        said.complete();
        let mut wanted = wanted?.clone();
        wanted.complete();
        (said == wanted).then(|| times.clone())
    }

    /// Writes what is brought back as it was, to the letter. What points to something else is found by its name, for its id
    /// may be another one now.
    fn as_earlier(&self, body: &mut Map<String, Value>) {
        let Some(earlier) = self.step.restored.as_ref().and_then(Value::as_object) else { return };
        for (field, value) in body.iter_mut() {
            let points = field.starts_with("default_action_") || field == "tag_schedule_id";
            let empty = |value: &Value| value.is_null() || value == "";
            // A name is a text, also where there was none (FACTS ctm/readings-5).
            let earlier = earlier.get(field).filter(|was| field != "name" || !was.is_null());
            if let Some(was) = earlier.filter(|was| !points || (empty(was) && empty(value))) {
                *value = was.clone();
            }
        }
    }

    async fn receiver(&mut self, wanted: &Receiver) -> Result<(), ApiError> {
        let Receiver { label, dial_extension, whisper, skip_whisper, no_answer, tagging_hours, protect: _ } =
            wanted;
        let key = self.key().to_owned();
        let mut body = Map::new();
        if let Some(label) = label.as_ref().filter(|_| self.about("label")) {
            body.insert("name".to_owned(), json!(label));
        }
        if let Some(extension) = dial_extension.as_ref().filter(|_| self.about("dial_extension")) {
            let (digits, delay) = extension.set().map_or(("", 0), |it| (it.digits.as_str(), it.delay));
            body.insert("dial_extension".to_owned(), json!(digits));
            body.insert("dial_extension_delay".to_owned(), json!(delay));
        }
        if let Some(whisper) = whisper.as_ref().filter(|_| self.about("whisper")) {
            let prompt = match whisper {
                Whisper::Off => "",
                Whisper::Prompt(prompt) => prompt,
            };
            body.insert("receiving_whisper".to_owned(), json!(prompt));
        }
        if let Some(skip) = skip_whisper.filter(|_| self.about("skip_whisper")) {
            body.insert("skip_receiving_whisper".to_owned(), json!(skip));
        }
        match no_answer.as_ref().filter(|_| self.about("no_answer")) {
            Some(OrOff::Set(NoAnswer { after, to })) => {
                body.insert("no_answer_seconds".to_owned(), json!(after));
                body.extend(self.action(to).await?);
            }
            Some(OrOff::Off) => {
                body.insert("no_answer_seconds".to_owned(), json!(0));
                body.extend(convert::no_answer_off());
            }
            None => {}
        }
        match tagging_hours.as_ref().filter(|_| self.about("tagging_hours")) {
            Some(TaggingHours::Schedule(name)) => {
                let id = self.id(TargetType::Schedule, name).await?;
                body.insert("tag_schedule_id".to_owned(), json!(id));
            }
            Some(TaggingHours::Off) => {
                body.insert("tag_schedule_id".to_owned(), json!(""));
            }
            None => {}
        }
        self.as_earlier(&mut body);
        if self.step.action == Action::Create {
            body.insert("number".to_owned(), json!(key));
            return self.send(Method::POST, "/receiving_numbers", Some(body.into())).await.map(drop);
        }
        let id = self.id(TargetType::Receiver, &key).await?;
        let rest = path(TargetType::Receiver, &id);
        if !body.contains_key("name") {
            let what = format!("receiver `{key}`");
            let live = self.api().object(&rest, &["receiving_number"], &id, &what).await?;
            body.insert("name".to_owned(), json!(live.text("name").unwrap_or_default()));
        }
        // Both of what the vendor's own library sends, whatever changes (FACTS ctm/readings-5).
        body.insert("number".to_owned(), json!(key));
        self.send(Method::PUT, &rest, Some(body.into())).await.map(drop)
    }

    /// Where a queue or a receiving number sends calls: label, class and id.
    async fn action(&mut self, to: &Destination) -> Result<Map<String, Value>, ApiError> {
        let one = match to {
            Destination::DialString(word) => convert::meant(word),
            _ => None,
        };
        let found = match (one, convert::named(to)) {
            (Some((target_type, id, _)), _) => Some((target_type, id.to_owned())),
            (None, Some((target_type, name))) => Some((target_type, self.id(target_type, &name).await?)),
            (None, None) => None,
        };
        let action = match found {
            Some((target_type, id)) => {
                let target = target(target_type).filter(|target| !target.class.is_empty());
                target.map(|target| convert::Action {
                    class: Some(target.class.to_owned()),
                    label: Some(target.label.to_owned()),
                    id: Some(id),
                })
            }
            None => convert::Action::alone(to).or_else(|| match to {
                Destination::DialString(word) => convert::Action::said(word),
                _ => None,
            }),
        };
        let Some(convert::Action { class, label, id }) = action else {
            return Err(conflict(self.step, format!("calls cannot be sent to `{}` from here", to.word())));
        };
        let parts = [("label", label), ("type", class), ("id", id)];
        let field = |(field, value): (&str, Option<String>)| {
            (format!("default_action_{field}"), json!(value.unwrap_or_default()))
        };
        Ok(parts.into_iter().map(field).collect())
    }

    async fn queue(&mut self, wanted: &Queue) -> Result<(), ApiError> {
        let Queue {
            name: _,
            dispatch,
            agent_ring,
            require_agents: _,
            agents,
            failover: _,
            unavailable: _,
            max_callers: _,
            max_expected_wait: _,
            ring_timeout: _,
            max_wait,
            no_answer,
            protect: _,
        } = wanted;
        let key = self.key().to_owned();
        let mut body = Map::new();
        if let Some(word) = dispatch.filter(|_| self.about("dispatch")).and_then(convert::dispatch_word) {
            body.insert("routing".to_owned(), json!(word));
        }
        if let Some(seconds) = agent_ring.filter(|_| self.about("agent_ring")) {
            body.insert("seconds_per_agent".to_owned(), json!(seconds));
        }
        // The grade table has no other limit.
        if let Some(seconds) = max_wait.filter(|_| self.about("max_wait")).and_then(Limit::number) {
            body.insert("seconds_to_answer".to_owned(), json!(seconds));
        }
        match no_answer.as_ref().filter(|_| self.about("no_answer")) {
            Some(Divert::To(to)) => body.extend(self.action(to).await?),
            Some(Divert::Off) => body.extend(convert::no_answer_off()),
            None => {}
        }
        let agents = agents.as_ref().filter(|_| self.about("agents"));
        if self.step.action != Action::Create {
            let id = self.id(TargetType::Queue, &key).await?;
            // Before the first write: the list that the step has looked at is the one that is changed.
            let list = match agents {
                Some(agents) => {
                    let live = super::observe::queue(self.api(), &id).await?.1.unwrap_or_default();
                    Some(self.agents(&live, agents).await?)
                }
                None => None,
            };
            let rest = path(TargetType::Queue, &id);
            if !body.is_empty() {
                self.send(Method::PUT, &rest, Some(json!({ "call_queue": body }))).await?;
            }
            return self.send_agents(&id, list).await;
        }
        body.insert("name".to_owned(), json!(key));
        self.send(Method::POST, "/queues", Some(json!({ "call_queue": body }))).await?;
        let Some(agents) = agents else { return Ok(()) };
        let api = Api { http: self.http, account: self.account };
        // A server that accepted the queue and did not make it is found out when the queue is read back.
        let ids = self.index.find(api, TargetType::Queue, &key).await?;
        let Some(id) = ids.first().cloned() else { return Ok(()) };
        let list = self.agents(&[], agents).await?;
        self.send_agents(&id, Some(list)).await
    }

    async fn send_agents(&self, queue: &str, list: Option<Vec<Value>>) -> Result<(), ApiError> {
        let Some(list) = list else { return Ok(()) };
        let rest = format!("{}/agents", path(TargetType::Queue, queue));
        self.send(Method::PUT, &rest, Some(json!({ "agents": list }))).await.map(drop)
    }

    /// The list of agents as it is written, complete. Who is in it already keeps all that the YAML has no word for.
    async fn agents(&mut self, live: &[Row], agents: &[Agent]) -> Result<Vec<Value>, ApiError> {
        let earlier = self.step.restored.as_ref().and_then(|own| own["agents"].as_array());
        let earlier: Vec<Map<String, Value>> =
            earlier.into_iter().flatten().filter_map(|row| row.as_object().cloned()).collect();
        let mut list = Vec::new();
        for agent in agents {
            let Ringable::Agent(email) = &agent.target else {
                return Err(conflict(self.step, "an agent of a queue is a person, by e-mail address"));
            };
            let id = self.id(TargetType::Agent, email).await?;
            let known = live.iter().find(|row| row.id() == id);
            // Who is there keeps what somebody has set since; who comes back has what he had.
            let before = earlier.iter().find(|row| Row((*row).clone()).id() == id);
            let mut body = known.map(|row| &row.0).or(before).cloned().unwrap_or_default();
            body.insert("id".to_owned(), json!(id));
            body.insert("priority".to_owned(), json!(agent.order));
            list.push(body.into());
        }
        Ok(list)
    }

    pub(super) async fn update_number(
        &self,
        id: &str,
        fields: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<(), ApiError> {
        let body: Map<String, Value> =
            fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let rest = format!("{}/update_number", path(TargetType::Number, id));
        self.send(Method::POST, &rest, Some(body.into())).await.map(drop)
    }

    async fn forward(&mut self, wanted: &Forward) -> Result<(), ApiError> {
        let Forward { to, active: _, protect: _ } = wanted;
        let key = self.key().to_owned();
        let id = self.id(TargetType::Number, &key).await?;
        let number = to.as_ref().map(E164::to_string).unwrap_or_default();
        self.update_number(&id, [("failsafe_number", json!(number))]).await
    }
}
