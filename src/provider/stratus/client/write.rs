//! Carries out steps on schedules, numbers, forwards and queues. Rules and diverts are next door.

use super::{API, CARRIER, api::Api, observe::present};
use crate::{
    http::{ApiError, Method, Problem, WriteClient, segment},
    model::{self, Divert, Diverts, Forward, Number, Queue, Resource, Schedule},
    path::Path,
    plan::{Action, Role, Step},
    provider::{
        Endpoints, Write,
        answer::{conflict, decode, endpoint, failure},
        stratus::{
            convert::{self, Context, DefaultRuleChange},
            wire::{Agent, ForwardState, PhoneNumber, Row, Text, TimeFrame, User},
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
    http: &'a WriteClient,
    pub api: Api<'a>,
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
        let to = Writing { http, api: Api { http, domain: account } };
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
        let rest = format!("/phonenumbers/{}", key.trim_start_matches('+'));
        let what = format!("changing number {key}");
        let mut number: PhoneNumber = self.api.object(&rest, &format!("number {key}")).await?;
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

    async fn queue(&self, key: &str, wanted: &Queue, step: &Step) -> Result<(), ApiError> {
        let Queue {
            name,
            dispatch,
            agent_ring,
            require_agents,
            agents,
            failover,
            max_wait: _,
            no_answer: _,
            protect: _,
        } = wanted;
        let mut body = Map::new();
        if let Some(name) = name.as_ref().filter(|_| touched(step, "name")) {
            body.insert("description".into(), name.as_str().into());
        }
        if let Some(dispatch) = dispatch.filter(|_| touched(step, "dispatch")) {
            body.insert("callqueue-dispatch-type".into(), convert::dispatch_word(dispatch).into());
        }
        if let Some(seconds) = agent_ring.filter(|_| touched(step, "agent_ring")) {
            body.insert("callqueue-agent-dispatch-timeout-seconds".into(), seconds.into());
        }
        const REQUIRE: &str = "callqueue-require-available-agents-to-accept-new-callers";
        let rest = format!("/callqueues/{}", segment(key));
        let what = format!("changing queue `{key}`");
        let failover = failover.as_ref().filter(|_| touched(step, "failover"));
        let mut fresh = false;
        // Require Agents turns callers away where there is no failover: it is switched on last and off first.
        let require = require_agents.filter(|_| touched(step, "require_agents"));
        if require == Some(false) && step.action == Action::Update {
            self.send(Method::PUT, &rest, json!({ REQUIRE: "no" }), &what).await?;
        }
        if step.action == Action::Create {
            body.insert(REQUIRE.to_owned(), "no".into());
            fresh = self.create_queue(key, name.as_deref().unwrap_or(key), std::mem::take(&mut body)).await?;
        }
        if let Some(agents) = agents.as_ref().filter(|_| touched(step, "agents")) {
            self.agents(key, agents, step).await?;
        }
        if let Some(failover) = failover.filter(|failover| !(fresh && **failover == Divert::Off)) {
            self.system_user(key, name.as_deref().unwrap_or(key)).await?;
            let diverts = Diverts { unreachable: Some(failover.clone()), ..Diverts::default() };
            self.default_forwards(key, diverts).await?;
        }
        if require == Some(true) {
            if let Some(failover) = failover {
                self.failover_shows(key, failover).await?;
            }
            body.insert(REQUIRE.to_owned(), "yes".into());
        }
        if !body.is_empty() {
            self.send(Method::PUT, &rest, Value::Object(body), &what).await?;
        }
        Ok(())
    }

    /// Waits until a failover that was accepted can be read back.
    async fn failover_shows(&self, key: &str, wanted: &Divert) -> Result<(), ApiError> {
        let context = self.context(std::iter::once(wanted)).await?;
        let deadline = tokio::time::Instant::now() + self.http.settle();
        loop {
            let rules = self.api.rules(key).await?;
            let default = convert::default_rule(&rules);
            // Compared as it is written: the context holds too little of the account to put it into words.
            let word = default.filter(|rule| rule.forward_when_unregistered.enabled.is_yes());
            let word = word
                .and_then(|rule| rule.forward_when_unregistered.parameters.first())
                .map(|word| word.as_str());
            let expected = match wanted {
                Divert::Off => None,
                Divert::To(to) => convert::token(to, key, &context),
            };
            if word == expected.as_deref() {
                return Ok(());
            }
            if tokio::time::Instant::now() > deadline {
                let why = "the failover was accepted, but does not show; Require Agents was not switched on"
                    .to_owned();
                return Err(failure(
                    &format!("the failover of queue `{key}`"),
                    &self.api.path(""),
                    Problem::Conflict(why),
                ));
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    /// The system user that answers at a queue's extension, then the queue; says whether that user is new. A queue that is
    /// there is taken for whole: what it needs comes first, so that no half of it is ever left over for good.
    async fn create_queue(
        &self,
        key: &str,
        name: &str,
        mut body: Map<String, Value>,
    ) -> Result<bool, ApiError> {
        let fresh = self.system_user(key, name).await?;
        body.insert("synchronous".into(), "yes".into());
        body.insert("callqueue".into(), key.into());
        self.send(Method::POST, "/callqueues", Value::Object(body), &format!("creating queue `{key}`"))
            .await?;
        Ok(fresh)
    }

    /// Makes the system user at a queue's extension where there is none. An extension that a person has is refused when
    /// planning; it is looked up again here because queues are made over it.
    async fn system_user(&self, key: &str, name: &str) -> Result<bool, ApiError> {
        if self.user_at(key).await?.is_some() {
            return Ok(false);
        }
        let user = json!({
            "synchronous": "yes", "user": key, "name-first-name": name, "name-last-name": "Queue",
            "user-scope": "No Portal", "service-code": "system-queue",
        });
        self.send(Method::POST, "/users", user, &format!("making the extension of queue `{key}`")).await?;
        self.user_shows(key, true).await?;
        Ok(true)
    }

    /// The system user at a queue's extension, then the queue, by which both are found; a person's user is never deleted.
    async fn delete_queue(&self, key: &str) -> Result<(), ApiError> {
        let what = format!("deleting queue `{key}`");
        if self.user_at(key).await?.is_some_and(|user| user.service_code.as_str() == "system-queue") {
            self.delete(&format!("/users/{}", segment(key)), &what).await?;
            self.user_shows(key, false).await?;
        }
        self.delete(&format!("/callqueues/{}", segment(key)), &what).await
    }

    async fn user_at(&self, key: &str) -> Result<Option<User>, ApiError> {
        let rest = format!("/users/{}", segment(key));
        present(self.api.object(&rest, &format!("extension `{key}`")).await)
    }

    /// Waits until a user that was made is there, or one that was deleted is not: accepted is not done.
    async fn user_shows(&self, key: &str, there: bool) -> Result<(), ApiError> {
        let deadline = tokio::time::Instant::now() + self.http.settle();
        while self.user_at(key).await?.is_some() != there {
            if tokio::time::Instant::now() > deadline {
                let how = if there { "created, but it does not show" } else { "deleted, but it still shows" };
                let why = format!("the provider accepted that it be {how}; the queue was left as it is");
                let what = format!("the extension of queue `{key}`");
                return Err(failure(&what, &self.api.path("/users"), Problem::Conflict(why)));
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// New agents come in before old ones go.
    async fn agents(&self, key: &str, wanted: &[model::Agent], step: &Step) -> Result<(), ApiError> {
        let base = format!("/callqueues/{}/agents", segment(key));
        let live: Vec<Agent> = self.api.list(&base, &format!("the agents of queue `{key}`")).await?;
        let what = format!("changing the agents of queue `{key}`");
        // Only the shape of the id matters here, not who it is.
        let context = Context { domain: self.api.domain.to_owned(), ..Context::default() };
        let mut kept = Vec::new();
        for model::Agent { target, order, wrap_up } in wanted {
            let id = convert::agent_id(target, self.api.domain);
            let mut body = Map::new();
            if let Some(order) = order {
                body.insert("callqueue-agent-dispatch-order-ordinal".into(), (*order).into());
            }
            if let Some(seconds) = wrap_up {
                body.insert("callqueue-agent-wrap-up-allowance-seconds".into(), (*seconds).into());
            }
            let same = |agent: &&Agent| {
                agent.callqueue_agent_id.as_str() == id || convert::agent(agent, &context).target == *target
            };
            match live.iter().find(same) {
                Some(agent) => {
                    kept.push(agent.key());
                    let now = convert::agent(agent, &context);
                    if now.order != *order || now.wrap_up != *wrap_up {
                        let rest = format!("{base}/{}", segment(agent.callqueue_agent_id.as_str()));
                        self.send(Method::PUT, &rest, Value::Object(body), &what).await?;
                    }
                }
                None => {
                    // Logged in: an agent that is listed is meant to ring (FACTS stratus/agents-4).
                    let outside = matches!(target, model::Ringable::Number(_));
                    let availability = if outside { "offnet-automatic" } else { "automatic" };
                    body.insert("synchronous".into(), "yes".into());
                    body.insert("callqueue-agent-id".into(), id.into());
                    body.insert("callqueue-agent-availability-type".into(), availability.into());
                    self.send(Method::POST, &base, Value::Object(body), &what).await?;
                }
            }
        }
        // Deletes only the agents that the plan names: one that was added since was not reviewed.
        let reviewed = |agent: &Agent| match &step.before {
            Some(Resource::Queue(before)) => before.agents.iter().flatten().any(|known| {
                let id = agent.callqueue_agent_id.as_str();
                convert::agent_id(&known.target, self.api.domain) == id
                    || convert::agent(agent, &context).target == known.target
            }),
            _ => true,
        };
        for agent in live.iter().filter(|agent| !kept.contains(&agent.key()) && reviewed(agent)) {
            let rest = format!("{base}/{}", segment(agent.callqueue_agent_id.as_str()));
            self.delete(&rest, &what).await?;
        }
        Ok(())
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
