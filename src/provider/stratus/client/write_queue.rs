//! Carries out steps on queues: the queue, the system user at its extension, and the failover on that one's rules.

use super::{
    api::present,
    observe::role,
    write::{Writing, touched},
    write_again::New,
};
use crate::{
    http::{ApiError, Method, Problem, segment},
    model::{Destination, Divert, Diverts, Limit, Queue},
    plan::{Action, Role, Step},
    provider::{
        answer::failure,
        stratus::{
            convert::{self, MINUTE},
            wire::{AnswerRule, CallQueue, DEFAULT, EXPECTED_WAIT, Feature, User},
        },
    },
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const REQUIRE: &str = "callqueue-require-available-agents-to-accept-new-callers";
const MAX_CALLERS: &str = "callqueue-max-current-callers-to-accept-new-callers";
const MAX_WAIT: &str = "callqueue-max-wait-timeout-minutes";

/// Where a rule shows one of them.
type Shown = fn(&AnswerRule) -> &Feature;

/// Which of a queue's forwards does not show yet. Compared as it is written: too little is known here of the account to put
/// it into words.
fn missing(
    rule: Option<&AnswerRule>,
    wanted: &Diverts,
    earlier: Option<&AnswerRule>,
    key: &str,
) -> Option<&'static str> {
    let shown = |feature: &Feature| {
        let word = feature.parameters.first().filter(|_| feature.enabled.is_yes());
        word.map(|word| word.as_str().to_owned())
    };
    let each: [(&'static str, &Option<Divert>, Shown); 3] = [
        ("failover", &wanted.unreachable, |rule| &rule.forward_when_unregistered),
        ("`unavailable`", &wanted.busy, |rule| &rule.forward_on_busy),
        ("`no_answer`", &wanted.no_answer, |rule| &rule.forward_no_answer),
    ];
    let differs = |(_, to, feature): &(&'static str, &Option<Divert>, Shown)| {
        let expected = match to {
            None => return false,
            Some(Divert::Off) => None,
            // What is brought back is written as it was.
            Some(Divert::To(to)) => earlier.map(feature).and_then(shown).or_else(|| convert::token(to, key)),
        };
        rule.map(feature).and_then(shown) != expected
    };
    each.into_iter().find(differs).map(|(word, ..)| word)
}

/// The forwards that lead somewhere.
fn without_off(mut diverts: Diverts) -> Diverts {
    for divert in diverts.conditions_mut() {
        *divert = divert.take().filter(|to| *to != Divert::Off);
    }
    diverts
}

impl Writing<'_> {
    /// What keeps callers out of the queue, or puts them out of it, is taken back first and set last, when the places where
    /// they go then show: nobody is turned away for want of one. Returns whether its extension was made with it.
    pub async fn queue(&self, key: &str, wanted: &Queue, step: &Step) -> Result<bool, ApiError> {
        let Queue {
            name,
            dispatch,
            agent_ring,
            require_agents,
            agents,
            failover,
            unavailable,
            max_callers,
            max_expected_wait,
            ring_timeout,
            max_wait,
            no_answer,
            protect: _,
        } = wanted;
        let mut body = Map::new();
        if let Some(name) = name.as_ref().filter(|_| touched(step, "name")) {
            body.insert("description".into(), name.as_str().into());
        }
        if let Some(dispatch) = dispatch.filter(|_| touched(step, "dispatch")) {
            let earlier = self.record.dispatch(dispatch);
            let word = earlier.unwrap_or_else(|| convert::dispatch_word(dispatch).into());
            body.insert("callqueue-dispatch-type".into(), word);
        }
        if let Some(seconds) = agent_ring.filter(|_| touched(step, "agent_ring")) {
            body.insert("callqueue-agent-dispatch-timeout-seconds".into(), seconds.into());
        }
        let set = |field: &str, to: &Option<Divert>| to.clone().filter(|_| touched(step, field));
        let forwards = convert::queue_diverts(
            set("failover", failover),
            set("unavailable", unavailable),
            set("no_answer", no_answer),
        );
        let ring_timeout = ring_timeout.filter(|_| touched(step, "ring_timeout"));
        let (mut open, mut close) = (Map::new(), Map::new());
        if let Some(require) = require_agents.filter(|_| touched(step, "require_agents")) {
            let (to, word) = if require { (&mut close, "yes") } else { (&mut open, "no") };
            to.insert(REQUIRE.to_owned(), word.into());
        }
        let limits = [
            (MAX_CALLERS, max_callers.filter(|_| touched(step, "max_callers")), 1),
            (EXPECTED_WAIT[0], max_expected_wait.filter(|_| touched(step, "max_expected_wait")), 1),
            (MAX_WAIT, max_wait.filter(|_| touched(step, "max_wait")), MINUTE),
        ];
        for (name, limit, unit) in limits {
            let Some(limit) = limit else { continue };
            let to = if limit == Limit::Unlimited { &mut open } else { &mut close };
            to.insert(name.to_owned(), convert::limit_number(limit, unit).into());
        }
        let mut fresh = false;
        if step.action == Action::Create {
            body.extend(open);
            body.insert(REQUIRE.to_owned(), "no".into());
            fresh = self.create_queue(key, name.as_deref().unwrap_or(key), std::mem::take(&mut body)).await?;
            // The agents of an earlier queue of this extension may have come back with it (FACTS stratus/readings-12).
            self.agents(key, agents.as_deref().unwrap_or_default(), step).await?;
        } else {
            self.change_queue(key, open).await?;
            if ring_timeout == Some(Limit::Unlimited) {
                self.ring_timeout(key, Limit::Unlimited).await?;
            }
            if let Some(agents) = agents.as_ref().filter(|_| touched(step, "agents")) {
                self.agents(key, agents, step).await?;
            }
        }
        if step.action == Action::Create && !fresh && ring_timeout == Some(Limit::Unlimited) {
            self.ring_timeout(key, Limit::Unlimited).await?;
        }
        // A user that was just made has none of them.
        let forwards = if fresh { without_off(forwards) } else { forwards };
        let says = |diverts: &Diverts| diverts.conditions().iter().any(|(_, to)| to.is_some());
        let user_is_touched = says(&forwards) || matches!(ring_timeout, Some(Limit::To(_)));
        // Whose rules are to be changed, and has some, is there.
        let has_rules = says(&forwards) && step.action == Action::Update && self.has_rules(key).await?;
        if user_is_touched && !has_rules && self.system_user(key, name.as_deref().unwrap_or(key)).await? {
            self.way_in(key).await?;
        }
        let own = |to: &Destination| match to {
            Destination::OwnVoicemail => true,
            Destination::Voicemail(extension) => extension.as_str() == key,
            _ => false,
        };
        if forwards.conditions().iter().any(|(_, to)| matches!(to, Some(Divert::To(to)) if own(to))) {
            self.way_to_mailbox(key).await?;
        }
        if says(&forwards) {
            self.default_forwards(key, forwards.clone()).await?;
        }
        let timeout = ring_timeout.filter(|limit| *limit != Limit::Unlimited);
        if says(&forwards) && (timeout.is_some() || !close.is_empty()) {
            self.forwards_show(key, &forwards).await?;
        }
        if let Some(timeout) = timeout {
            self.ring_timeout(key, timeout).await?;
        }
        body.extend(close);
        self.change_queue(key, body).await?;
        Ok(fresh)
    }

    /// Changes the record of a queue; what is left out stays (FACTS stratus/writes-7). The longest expected wait goes out
    /// under the name that this server shows (FACTS stratus/queues-14).
    async fn change_queue(&self, key: &str, mut body: Map<String, Value>) -> Result<(), ApiError> {
        if body.is_empty() {
            return Ok(());
        }
        let rest = format!("/callqueues/{}", segment(key));
        if let Some(wait) = body.shift_remove(EXPECTED_WAIT[0]) {
            let queue: Option<CallQueue> = present(self.api.object(&rest, &format!("queue `{key}`")).await)?;
            let name = queue.map_or(EXPECTED_WAIT[0], |queue| queue.expected_wait().0);
            body.insert(name.to_owned(), wait);
        }
        let what = format!("changing queue `{key}`");
        self.send(Method::PUT, &rest, Value::Object(body), &what).await
    }

    /// The ring timeout of a queue is that of its own user; nothing is no limit (FACTS stratus/queues-8).
    async fn ring_timeout(&self, key: &str, limit: Limit) -> Result<(), ApiError> {
        let seconds = limit.number().map_or_else(|| Value::from(""), Value::from);
        let seconds = self.record.ring_timeout(limit).unwrap_or(seconds);
        self.user(key, json!({ "ring-no-answer-timeout-seconds": seconds })).await
    }

    /// Waits until forwards that were accepted can be read back.
    async fn forwards_show(&self, key: &str, wanted: &Diverts) -> Result<(), ApiError> {
        let deadline = tokio::time::Instant::now() + self.http.settle();
        let earlier = self.earlier.iter().find(|rule| rule.name() == DEFAULT);
        let earlier = earlier.and_then(|rule| AnswerRule::deserialize(rule.shown()).ok());
        loop {
            let rules = self.api.rules(key).await?;
            let rule = convert::default_rule(&rules);
            let Some(missing) = missing(rule, wanted, earlier.as_ref(), key) else { return Ok(()) };
            if tokio::time::Instant::now() > deadline {
                let why = format!(
                    "the {missing} was accepted, but does not show; what sends callers there was not switched on"
                );
                return Err(failure(
                    &format!("the {missing} of queue `{key}`"),
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
        if let Some(user) = self.user_at(key).await?
            && role(&user) != Role::Queue
        {
            let why =
                "somebody or something has had this extension since the plan; the queue was not made over it";
            let what = format!("the extension of queue `{key}`");
            return Err(failure(&what, &self.api.path("/users"), Problem::Conflict(why.to_owned())));
        }
        let fresh = self.system_user(key, name).await?;
        self.way_in(key).await?;
        body.insert("synchronous".into(), "yes".into());
        body.insert("domain".into(), self.api.spelling().await?.into());
        body.insert("callqueue".into(), key.into());
        let mut had = self.record.body();
        had.retain(|field, _| !body.contains_key(field));
        let rest = format!("/callqueues/{}", segment(key));
        let new = New { list: "/callqueues", rest, own: body, had, of: "of the queue".to_owned() };
        self.make(new, &format!("creating queue `{key}`")).await?;
        Ok(fresh)
    }

    /// Makes the system user at a queue's extension where there is none. An extension that a person has is refused when
    /// planning; it is looked up again here because queues are made over it.
    async fn system_user(&self, key: &str, name: &str) -> Result<bool, ApiError> {
        if self.user_at(key).await?.is_some() {
            return Ok(false);
        }
        let own = [
            ("synchronous", "yes"),
            ("user", key),
            ("name-first-name", name),
            ("name-last-name", "Queue"),
            ("user-scope", "No Portal"),
            ("service-code", "system-queue"),
            // It has none; some servers want the key (FACTS stratus/readings-9).
            ("email-address", ""),
        ];
        let own = own.into_iter().map(|(field, value)| (field.to_owned(), value.into())).collect();
        let rest = format!("/users/{}", segment(key));
        let new =
            New { list: "/users", rest, own, had: self.record.user(), of: "of its extension".to_owned() };
        self.make(new, &format!("making the extension of queue `{key}`")).await?;
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

    async fn has_rules(&self, key: &str) -> Result<bool, ApiError> {
        Ok(present(self.api.rules(key).await)?.is_some_and(|rules| !rules.is_empty()))
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
