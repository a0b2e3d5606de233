//! Carries out what a step says of a queue's agents.

use super::{write::Writing, write_again::New};
use crate::{
    http::{ApiError, Method, Problem, segment},
    model::{self, Resource, Ringable},
    plan::Step,
    provider::stratus::{
        convert::{self, Context},
        wire::{Agent, Row},
    },
};
use serde_json::{Map, Value};

/// The live row of an agent of a list: the one with its own id, else the one that says the same in another form, unless
/// another agent of the list is that one (FACTS stratus/readings-11).
fn find<'a>(
    live: &'a [Agent],
    target: &Ringable,
    list: &[model::Agent],
    context: &Context,
) -> Option<&'a Agent> {
    let named =
        |id: &str| live.iter().find(|agent| agent.callqueue_agent_id.as_str().eq_ignore_ascii_case(id));
    let by_device = || {
        let id = convert::device_id(target, &context.domain)?;
        let taken = list.iter().any(|other| convert::agent_id(&other.target, &context.domain) == id);
        named(&id).filter(|_| !taken)
    };
    named(&convert::agent_id(target, &context.domain))
        .or_else(|| live.iter().find(|agent| convert::agent(agent, context).target == *target))
        .or_else(by_device)
}

/// In the order in which a plan has them: what it says of the instants between is of that order.
fn in_order<'a>(agents: impl Iterator<Item = &'a Agent>, context: &Context) -> Vec<&'a Agent> {
    let mut agents: Vec<&Agent> = agents.collect();
    agents.sort_by_cached_key(|it| {
        let model::Agent { order, target, .. } = convert::agent(it, context);
        (order, target)
    });
    agents
}

/// A system that lists an extension as its device has no room for both (FACTS stratus/readings-11): says so.
fn one_agent(error: ApiError, target: &Ringable, list: &[model::Agent], context: &Context) -> ApiError {
    let id = |target: &Ringable| convert::agent_id(target, &context.domain);
    let device = |target: &Ringable| convert::device_id(target, &context.domain);
    let same = |other: &&model::Agent| {
        device(target).is_some_and(|it| it == id(&other.target))
            || device(&other.target).is_some_and(|it| it == id(target))
    };
    match (&error.problem, list.iter().find(same)) {
        (Problem::Status { status: 409, .. }, Some(other)) => {
            let why = format!(
                "this system takes `{}` and `{}` for one agent; declare one of the two",
                id(target),
                id(&other.target)
            );
            ApiError { problem: Problem::Conflict(why), ..error }
        }
        _ => error,
    }
}

impl Writing<'_> {
    /// New agents come in before old ones go.
    pub async fn agents(&self, key: &str, wanted: &[model::Agent], step: &Step) -> Result<(), ApiError> {
        let base = format!("/callqueues/{}/agents", segment(key));
        let live: Vec<Agent> = self.api.list(&base, &format!("the agents of queue `{key}`")).await?;
        let what = format!("changing the agents of queue `{key}`");
        // Only the shape of the id matters here, not who it is.
        let context = Context { domain: self.api.spelling().await?, ..Context::default() };
        let mut kept = Vec::new();
        for model::Agent { target, order, wrap_up } in wanted {
            let id = convert::agent_id(target, &context.domain);
            let mut body = Map::new();
            if let Some(order) = order {
                body.insert("callqueue-agent-dispatch-order-ordinal".into(), (*order).into());
            }
            if let Some(seconds) = wrap_up {
                body.insert("callqueue-agent-wrap-up-allowance-seconds".into(), (*seconds).into());
            }
            let earlier = self
                .record
                .agent(&model::Agent { target: target.clone(), order: *order, wrap_up: *wrap_up }, &context);
            let had = earlier.as_ref().and_then(|it| it.get("callqueue-agent-id")).and_then(Value::as_str);
            let known = find(&live, target, wanted, &context);
            // What is brought back is the agent that was there, and no other form of it.
            let known = known.filter(|agent| had.is_none_or(|had| had == agent.callqueue_agent_id.as_str()));
            match known {
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
                    body.insert("callqueue-agent-id".into(), had.unwrap_or(&id).into());
                    body.insert("callqueue-agent-availability-type".into(), availability.into());
                    let rest = format!("{base}/{}", segment(had.unwrap_or(&id)));
                    let of = format!("of agent `{}`", had.unwrap_or(&id));
                    let had = earlier.unwrap_or_default();
                    let made = self.make(New { list: &base, rest, own: body, had, of }, &what).await;
                    made.map_err(|error| one_agent(error, target, wanted, &context))?;
                }
            }
        }
        // Deletes only the agents that the plan names: one that was added since was not reviewed.
        let reviewed: Option<Vec<String>> = match &step.before {
            Some(Resource::Queue(before)) => {
                let known = before.agents.as_deref().unwrap_or_default();
                let rows = known.iter().filter_map(|it| find(&live, &it.target, known, &context));
                Some(rows.map(Row::key).collect())
            }
            _ => None,
        };
        let reviewed = |agent: &Agent| reviewed.as_ref().is_none_or(|keys| keys.contains(&agent.key()));
        let going = live.iter().filter(|agent| !kept.contains(&agent.key()) && reviewed(agent));
        for agent in in_order(going, &context) {
            let rest = format!("{base}/{}", segment(agent.callqueue_agent_id.as_str()));
            self.delete(&rest, &what).await?;
        }
        Ok(())
    }

    /// Takes every agent out of a queue that is about to go, and waits until none shows: one that outlives its queue is found
    /// by nobody afterwards (FACTS stratus/readings-12).
    pub async fn no_agents(&self, key: &str) -> Result<(), ApiError> {
        let base = format!("/callqueues/{}/agents", segment(key));
        let whose = format!("the agents of queue `{key}`");
        let mut live: Vec<Agent> = self.api.list(&base, &whose).await?;
        let what = format!("taking the agents out of queue `{key}`");
        let context = Context { domain: self.api.spelling().await?, ..Context::default() };
        for agent in in_order(live.iter(), &context) {
            self.delete(&format!("{base}/{}", segment(agent.callqueue_agent_id.as_str())), &what).await?;
        }
        let deadline = tokio::time::Instant::now() + self.settle();
        while !live.is_empty() {
            live = self.api.list(&base, &whose).await?;
            if !live.is_empty() {
                self.wait(deadline, &what).await?;
            }
        }
        Ok(())
    }
}
