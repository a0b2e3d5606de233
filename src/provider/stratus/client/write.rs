//! Carries out steps on numbers, forwards and queues. Schedules, rules and diverts are next door.

use super::{API, CARRIER, api::Api, observe::present};
use crate::{
    http::{ApiError, Method, Problem, WriteClient, segment},
    model::{self, Divert, Diverts, Forward, Number, Queue, Resource},
    path::Path,
    plan::{Action, Step},
    provider::{
        Endpoints, Write,
        answer::{conflict, decode, endpoint, failure},
        scalar::Scalar,
        stratus::{
            convert::{self, Context, DefaultRuleChange},
            wire::{Agent, ForwardState, PhoneNumber, Row, Text, User},
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
        // Read in any form, written in the documented one.
        if let Scalar::Known(on) = number.enabled.flag() {
            number.enabled = Text(if on { "yes" } else { "no" }.to_owned());
        }
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
        let deadline = tokio::time::Instant::now() + self.http.settle();
        loop {
            let rules = self.api.rules(key).await?;
            let default = convert::default_rule(&rules);
            // Compared as it is written: too little is known here of the account to put it into words.
            let word = default.filter(|rule| rule.forward_when_unregistered.enabled.is_yes());
            let word = word
                .and_then(|rule| rule.forward_when_unregistered.parameters.first())
                .map(|word| word.as_str());
            let expected = match wanted {
                Divert::Off => None,
                Divert::To(to) => convert::token(to, key),
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
        self.write_default(key, &DefaultRuleChange::Forwards(diverts)).await
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
