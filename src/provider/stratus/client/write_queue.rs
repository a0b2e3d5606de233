//! Carries out steps on queues: the queue, the system user at its extension, and the failover on that one's rules.

use super::{
    api::present,
    write::{Writing, touched},
};
use crate::{
    http::{ApiError, Method, Problem, segment},
    model::{Divert, Diverts, Queue},
    plan::{Action, Step},
    provider::{
        answer::failure,
        stratus::{convert, wire::User},
    },
};
use serde_json::{Map, Value, json};

impl Writing<'_> {
    pub async fn queue(&self, key: &str, wanted: &Queue, step: &Step) -> Result<(), ApiError> {
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
            // The agents of an earlier queue of this extension may have come back with it (FACTS stratus/readings-12).
            self.agents(key, agents.as_deref().unwrap_or_default(), step).await?;
        } else if let Some(agents) = agents.as_ref().filter(|_| touched(step, "agents")) {
            self.agents(key, agents, step).await?;
        }
        if let Some(failover) = failover.filter(|failover| !(fresh && **failover == Divert::Off)) {
            if self.system_user(key, name.as_deref().unwrap_or(key)).await? {
                self.way_in(key).await?;
            }
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

    /// The system user that answers at a queue's extension, the way from there into the queue, then the queue; says whether
    /// that user is new. A queue that is there is taken for whole: what it needs comes first, so that no half of it is ever
    /// left over for good (FACTS stratus/queues-10).
    async fn create_queue(
        &self,
        key: &str,
        name: &str,
        mut body: Map<String, Value>,
    ) -> Result<bool, ApiError> {
        let fresh = self.system_user(key, name).await?;
        self.way_in(key).await?;
        body.insert("synchronous".into(), "yes".into());
        body.insert("domain".into(), self.api.domain.into());
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
            // It has none; some servers want the key (FACTS stratus/readings-9).
            "email-address": "",
        });
        self.send(Method::POST, "/users", user, &format!("making the extension of queue `{key}`")).await?;
        self.user_shows(key, true).await?;
        Ok(true)
    }

    /// The agents, which may stay behind their queue (FACTS stratus/readings-12), the dial rule that starts it, the system
    /// user at its extension, then the queue, by which all are found; a person's user is never deleted.
    pub async fn delete_queue(&self, key: &str) -> Result<(), ApiError> {
        let what = format!("deleting queue `{key}`");
        self.no_agents(key).await?;
        self.no_start(key).await?;
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
}
