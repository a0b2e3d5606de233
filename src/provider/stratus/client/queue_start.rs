//! The way from an extension or a menu into a queue: the dial rule `queue_EXT`, and the forward of the queue's own user to
//! it (FACTS stratus/readings-10). Numbers need neither. The way into a queue's own mailbox is the dial rule `vmail_EXT`.

use super::{write::Writing, write_rules::typed};
use crate::{
    http::{ApiError, Method, Problem, segment},
    model::{Destination, Divert, Diverts},
    provider::{
        answer::failure,
        scalar::Scalar,
        stratus::{
            convert::{self, DefaultRuleChange},
            wire::{AnswerRule, DialPlan, DialRule},
        },
    },
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// The dial plan of each domain, which none changes while a run lasts.
#[derive(Default)]
struct DialPlans(Mutex<BTreeMap<String, String>>);

impl DialPlans {
    fn of(&self, domain: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(domain).cloned()
    }

    fn put(&self, domain: &str, plan: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(domain.to_owned(), plan.to_owned());
    }
}

impl Writing<'_> {
    /// Makes what is missing of the way into a queue, in the order of the portal (FACTS stratus/queues-7), and waits until
    /// it shows.
    pub async fn way_in(&self, key: &str) -> Result<(), ApiError> {
        let word = word(key);
        self.dial_rule(key, &word, "to-callqueue", format!("Call Queue - {key}")).await?;
        let live = self.api.raw_rules(key).await?;
        if forwarded(&typed(&live, key)?).is_none() {
            let always = Some(Divert::To(Destination::Queue(key.to_owned())));
            // Also for what is brought back and led elsewhere: until its own rules are written, the way leads into the queue.
            let way = DefaultRuleChange::Forwards(Diverts { always, ..Diverts::default() });
            self.write_default_as(key, &way, &live, None).await?;
            let what = format!("leading calls to extension `{key}` into its queue");
            let deadline = Instant::now() + self.settle();
            while forwarded(&self.api.rules(key).await?).as_ref() != Some(&word) {
                self.wait(deadline, &what).await?;
            }
        }
        Ok(())
    }

    /// Makes what is missing of the way into a queue's own mailbox (FACTS stratus/queues-17).
    pub async fn way_to_mailbox(&self, key: &str) -> Result<(), ApiError> {
        self.dial_rule(key, &mailbox(key), "to-voicemail-residential", mailbox_note(key)).await
    }

    /// Makes a dial rule that leads to the extension of a queue, unless there is one of its name, and waits until it shows.
    async fn dial_rule(
        &self,
        key: &str,
        word: &str,
        application: &str,
        note: String,
    ) -> Result<(), ApiError> {
        let base = self.dial_rules().await?;
        if !self.starts(&base, word).await?.is_empty() {
            return Ok(());
        }
        let rule = json!({
            "synchronous": "yes",
            "dial-rule-matching-to-uri": word,
            "dial-rule-application": application,
            "dial-rule-translation-destination-user": key,
            "dial-rule-translation-destination-host": self.api.spelling().await?,
            "dial-rule-description": note,
        });
        let what = format!("making the dial rule `{word}` of queue `{key}`");
        self.send(Method::POST, &base, rule, &what).await?;
        let deadline = Instant::now() + self.settle();
        while self.starts(&base, word).await?.is_empty() {
            self.wait(deadline, &what).await?;
        }
        Ok(())
    }

    /// Takes away the dial rules of a queue that goes, if they lead there and nowhere else, and waits until they show no more:
    /// nobody looks for them once the queue is gone. That of its mailbox goes if it was made here.
    pub async fn no_start(&self, key: &str) -> Result<(), ApiError> {
        let base = self.dial_rules().await?;
        let (start, mailbox, note) = (word(key), mailbox(key), mailbox_note(key));
        let is_own = |rule: &DialRule| {
            let word = rule.dial_rule_matching_to_uri.as_str();
            let is_made_here = word == mailbox && rule.dial_rule_description.as_str() == note;
            rule.dial_rule_translation_destination_user.as_str() == key && (word == start || is_made_here)
        };
        let own = async || {
            let rules = self.all_dial_rules(&base).await?;
            Ok(rules.into_iter().filter(is_own).collect::<Vec<_>>())
        };
        let mut left = own().await?;
        let what = format!("deleting the dial rules of queue `{key}`");
        for rule in &left {
            self.delete(&format!("{base}/{}", segment(rule.dialrule.as_str())), &what).await?;
        }
        let deadline = Instant::now() + self.settle();
        while !left.is_empty() {
            left = own().await?;
            if !left.is_empty() {
                self.wait(deadline, &what).await?;
            }
        }
        Ok(())
    }

    async fn dial_rules(&self) -> Result<String, ApiError> {
        let path = |plan: &str| format!("/dialplans/{}/dialrules", segment(plan));
        let known = self.http.known::<DialPlans>();
        if let Some(plan) = known.of(self.api.domain) {
            return Ok(path(&plan));
        }
        let domain: DialPlan = self.api.object("", &format!("domain `{}`", self.api.domain)).await?;
        let plan = match domain.dial_plan.as_str() {
            "" => self.api.domain,
            plan => plan,
        };
        known.put(self.api.domain, plan);
        Ok(path(plan))
    }

    /// The words that the dial plan has a rule for.
    pub async fn dial_words(&self) -> Result<BTreeSet<String>, ApiError> {
        let rules = self.all_dial_rules(&self.dial_rules().await?).await?;
        Ok(rules.into_iter().map(|rule| rule.dial_rule_matching_to_uri.0).collect())
    }

    async fn starts(&self, base: &str, word: &str) -> Result<Vec<DialRule>, ApiError> {
        let rules = self.all_dial_rules(base).await?;
        Ok(rules.into_iter().filter(|rule| rule.dial_rule_matching_to_uri.as_str() == word).collect())
    }

    async fn all_dial_rules(&self, base: &str) -> Result<Vec<DialRule>, ApiError> {
        self.api.list(base, &format!("the dial rules of `{}`", self.api.domain)).await
    }

    /// Waits a little for what was accepted, until it should have shown.
    pub async fn wait(&self, deadline: Instant, what: &str) -> Result<(), ApiError> {
        if Instant::now() > deadline {
            let why =
                "the provider accepted it, but that does not show; the queue was left as it is".to_owned();
            let problem = Problem::Conflict(why);
            return Err(ApiError { what: what.to_owned(), ..failure(what, &self.api.path(""), problem) });
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok(())
    }
}

/// Where every call to an extension with these rules is forwarded.
fn forwarded(rules: &[AnswerRule]) -> Option<String> {
    let always = convert::default_rule(rules).map(|rule| &rule.forward_always);
    // One that is not understood may be on, and is left alone.
    let always = always.filter(|it| !matches!(it.enabled.flag(), Scalar::Unset | Scalar::Known(false)));
    always.and_then(|always| always.parameters.first()).map(|word| word.as_str().to_owned())
}

/// The word by which rules and menus lead into a queue.
fn word(key: &str) -> String {
    format!("queue_{key}")
}

/// The word by which rules lead into its mailbox.
fn mailbox(key: &str) -> String {
    format!("vmail_{key}")
}

/// What says that a dial rule to a mailbox was made here.
fn mailbox_note(key: &str) -> String {
    format!("Voicemail - {key}")
}
