//! Carries out steps on the answering rules of one extension.

use super::write::{Writing, touched, touched_in};
use crate::{
    http::{ApiError, Method, Problem, segment},
    model::{Callers, DEFAULT_RULE, RingTimeout, Rule, Rules},
    path::{Path, Segment},
    plan::Step,
    provider::{
        answer::failure,
        scalar::Scalar,
        stratus::{
            convert::{self, DefaultRuleChange},
            wire::{AnswerRule, DEFAULT},
        },
    },
};
use serde_json::{Map, Value, json};

/// Where a rule stands in the changes of a step.
fn path_of(when: &str) -> Path {
    Path::from(["order"]).join(Segment::element(when))
}

/// The wire name of a rule.
fn wire_name(when: &str) -> &str {
    if when == DEFAULT_RULE { DEFAULT } else { when }
}

impl Writing<'_> {
    /// Timeout and callers, then the rules: new ones are made switched off, one reorder puts all of them where they
    /// belong, then they get their contents, and only then the ones that are no longer wanted go. No rule is ever
    /// deleted to be made again: its name may stay reserved (FACTS stratus/readings-4).
    pub async fn rules(&self, key: &str, wanted: &Rules, step: &Step) -> Result<(), ApiError> {
        let Rules { ring_timeout, callers, order, protect: _ } = wanted;
        if let Some(callers) = callers.as_ref().filter(|_| touched(step, "callers")) {
            self.callers(key, callers, step).await?;
        }
        if let Some(timeout) = ring_timeout.filter(|_| touched(step, "ring_timeout")) {
            // Inferred: nothing documents how the portal's "Unlimited" is written (FACTS stratus/portal-2).
            let seconds = match timeout {
                RingTimeout::Seconds(seconds) => seconds,
                RingTimeout::Unlimited => 0,
            };
            self.user(key, json!({ "ring-no-answer-timeout-seconds": seconds })).await?;
        }
        match order.as_ref().filter(|_| touched(step, "order")) {
            Some(order) => self.order(key, order, step).await,
            None => Ok(()),
        }
    }

    async fn user(&self, key: &str, body: Value) -> Result<(), ApiError> {
        let what = format!("changing extension `{key}`");
        self.send(Method::PUT, &format!("/users/{}", segment(key)), body, &what).await.map(drop)
    }

    async fn order(&self, key: &str, order: &[Rule], step: &Step) -> Result<(), ApiError> {
        let live = self.rules_shown(key, step).await?;
        let base = format!("/users/{}/answerrules", segment(key));
        let is_live = |name: &str| live.iter().any(|rule| rule.time_frame.as_str() == name);
        let what = |verb: &str, when: &str| format!("{verb} rule `{when}` of extension `{key}`");
        let mut contents = Vec::new();
        for rule in order {
            let name = wire_name(&rule.when);
            let mut body = convert::rule_body(rule, key).ok_or_else(|| no_form(key))?;
            if !is_live(name) {
                // A new rule is created at any priority, so it stays off until it is in its position.
                contents.extend(rule.enabled.then(|| (rule, json!({ "enabled": "yes" }))));
                body.insert("enabled".into(), "no".into());
                body.insert("synchronous".into(), "yes".into());
                body.insert("time-frame".into(), name.into());
                self.send(Method::POST, &base, Value::Object(body), &what("creating", &rule.when)).await?;
            } else if touched_in(step, &path_of(&rule.when)) {
                let own = path_of(&rule.when);
                // The plan saw no such rule: writing the lists of callers has made it since, with nothing else in it.
                let whole = step.changes.iter().any(|change| change.new.is_some() && change.path == own);
                body.retain(|feature, _| {
                    let field = convert::feature_field(feature);
                    let path = field.iter().fold(own.clone(), |path, key| path.join(*key));
                    whole || feature == "enabled" || touched_in(step, &path)
                });
                contents.push((rule, Value::Object(body)));
            }
        }
        let wanted: Vec<&str> = order.iter().map(|rule| wire_name(&rule.when)).collect();
        self.reorder(key, &wanted, &live).await?;
        for (rule, body) in contents {
            let rest = format!("{base}/{}", segment(wire_name(&rule.when)));
            self.send(Method::PUT, &rest, body, &what("changing", &rule.when)).await?;
        }
        for rule in &live {
            let name = rule.time_frame.as_str();
            // Deletes only the rules that the plan names: one that was added since was not reviewed.
            let reviewed =
                step.changes.iter().any(|change| change.new.is_none() && change.path == path_of(name));
            if name != DEFAULT && !wanted.contains(&name) && reviewed {
                self.delete(&format!("{base}/{}", segment(name)), &what("deleting", name)).await?;
            }
        }
        Ok(())
    }

    /// The rules as they are now. Where the plan saw no Default rule, writing the lists of callers has made one: it is
    /// waited for, so that a server with stale reads is not asked to make it again.
    async fn rules_shown(&self, key: &str, step: &Step) -> Result<Vec<AnswerRule>, ApiError> {
        let own = path_of(DEFAULT_RULE);
        let made = touched(step, "callers")
            && step.changes.iter().any(|change| change.new.is_some() && change.path == own);
        let deadline = tokio::time::Instant::now() + self.settle();
        loop {
            let rules = self.api.rules(key).await?;
            let shows = convert::default_rule(&rules).is_some();
            if shows || !made || tokio::time::Instant::now() > deadline {
                return Ok(rules);
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    /// Every rule has to be named, none twice (FACTS stratus/rules-9): the wanted ones in their order, then those about
    /// to go, then the Default rule, which always is the last.
    async fn reorder(&self, key: &str, wanted: &[&str], live: &[AnswerRule]) -> Result<(), ApiError> {
        let now: Vec<&str> = convert::in_order(live).iter().map(|rule| rule.time_frame.as_str()).collect();
        let mut names: Vec<&str> = wanted.iter().copied().filter(|name| *name != DEFAULT).collect();
        names.extend(now.iter().filter(|name| **name != DEFAULT && !wanted.contains(name)));
        if now.contains(&DEFAULT) || wanted.contains(&DEFAULT) {
            names.push(DEFAULT);
        }
        if names == now {
            return Ok(());
        }
        let body: Vec<Value> = names.iter().map(|name| json!({ "time-frame": name })).collect();
        let rest = format!("/users/{}/answerrules/reorder", segment(key));
        let what = format!("reordering the rules of extension `{key}`");
        self.send(Method::PUT, &rest, Value::Array(body), &what).await.map(drop)
    }

    /// Lists are appended to by a PUT of the Default rule and taken from by DELETE of number filters
    /// (FACTS stratus/filters). Taking from the allow list has no documented way and is graded `manual`.
    async fn callers(&self, key: &str, wanted: &Callers, step: &Step) -> Result<(), ApiError> {
        let Callers { allow, block, block_anonymous, spam } = wanted;
        let touched = |field: &str| touched_in(step, &["callers", field].into());
        if let Some(allow) = allow.as_ref().filter(|list| touched("allow") && !list.is_empty()) {
            self.write_default(key, &DefaultRuleChange::Allow(allow.clone())).await?;
        }
        let mut unblock: Vec<String> = Vec::new();
        let blocked = self.blocked(key).await?;
        if let Some(block) = block.as_ref().filter(|_| touched("block")) {
            let surplus =
                |word: &&String| !convert::is_anonymous(word) && !block.contains(&convert::caller(word));
            unblock.extend(blocked.iter().filter(surplus).cloned());
        }
        // A list that is off may still hold callers without a number, whom adding one would switch on.
        if block_anonymous == &Some(false) && (touched("block") || touched("block_anonymous")) {
            unblock.extend(blocked.iter().filter(|word| convert::is_anonymous(word)).cloned());
        }
        if !unblock.is_empty() {
            let rest = format!("/users/{}/number-filters", segment(key));
            let body = json!({ "phone-numbers-to-reject": { "parameters": unblock } });
            let what = format!("taking numbers off the block list of extension `{key}`");
            self.send(Method::DELETE, &rest, body, &what).await?;
        }
        if let Some(block) = block.as_ref().filter(|list| touched("block") && !list.is_empty()) {
            self.write_default(key, &DefaultRuleChange::Reject(block.clone())).await?;
        }
        if let Some(anonymous) = block_anonymous.filter(|_| touched("block_anonymous")) {
            let flag = if anonymous { "yes" } else { "no" };
            self.user(key, json!({ "reject-anonymous-calls-enabled": flag })).await?;
        }
        match spam.filter(|_| touched("spam")) {
            Some(spam) => self.write_default(key, &DefaultRuleChange::Spam(spam)).await,
            None => Ok(()),
        }
    }

    async fn blocked(&self, key: &str) -> Result<Vec<String>, ApiError> {
        let live = self.api.rules(key).await?;
        let default = convert::default_rule(&live);
        let words = default.map(|rule| rule.phone_numbers_to_reject.parameters.clone()).unwrap_or_default();
        Ok(words.into_iter().map(|word| word.0).collect())
    }

    /// Changes the Default rule, which holds an extension's forwards outside any schedule and its lists. A user without
    /// one gets it first; it then rings the extension alone, as no rule at all does.
    pub async fn write_default(&self, key: &str, what: &DefaultRuleChange) -> Result<(), ApiError> {
        let live = self.api.rules(key).await?;
        let default = convert::default_rule(&live);
        // As it is, in whatever form it was read.
        let enabled = match default.map(|rule| rule.enabled.flag().or(true)) {
            None | Some(Scalar::Known(true)) => "yes".to_owned(),
            Some(Scalar::Strange(shown)) => shown,
            Some(Scalar::Known(false) | Scalar::Unset) => "no".to_owned(),
        };
        let body = convert::default_rule_change(what, &enabled, key).ok_or_else(|| no_form(key))?;
        let base = format!("/users/{}/answerrules", segment(key));
        let doing = format!("changing the Default rule of extension `{key}`");
        if default.is_some() {
            return self.send(Method::PUT, &format!("{base}/{DEFAULT}"), body, &doing).await.map(drop);
        }
        let mut create = Map::new();
        create.insert("synchronous".into(), "yes".into());
        create.insert("time-frame".into(), DEFAULT.into());
        if let Value::Object(fields) = &body {
            create.extend(fields.clone());
        }
        match self.send(Method::POST, &base, Value::Object(create), &doing).await {
            // It was just created and is not visible yet.
            Err(ApiError { problem: Problem::Status { status: 409, .. }, .. }) => {
                self.send(Method::PUT, &format!("{base}/{DEFAULT}"), body, &doing).await.map(drop)
            }
            made => made.map(drop),
        }
    }
}

fn no_form(key: &str) -> ApiError {
    let why = "it points to something that has no form on this system".to_owned();
    failure(&format!("the rules of extension `{key}`"), "/answerrules", Problem::Conflict(why))
}
