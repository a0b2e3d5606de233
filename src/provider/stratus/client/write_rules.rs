//! Carries out steps on the answering rules of one extension.

use super::{
    raw_rule::{ATTENDANT, LISTS, RawRule},
    standing::{doubtful, is_shown},
    write::{Writing, touched, touched_in},
};
use crate::{
    http::{ApiError, Method, Problem, segment},
    model::{Caller, Callers, DEFAULT_RULE, Extension, RingTimeout, Rule, Rules},
    path::{Path, Segment},
    plan::{Action, Step},
    provider::{
        NotBack,
        answer::{decode_value, failure},
        stratus::{
            convert::{self, DefaultRuleChange},
            wire::{AnswerRule, DEFAULT, Feature},
        },
    },
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

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

    /// Changes the record of an extension; what is left out stays (FACTS stratus/writes-7).
    pub async fn user(&self, key: &str, body: Value) -> Result<(), ApiError> {
        let what = format!("changing extension `{key}`");
        self.send(Method::PUT, &format!("/users/{}", segment(key)), body, &what).await
    }

    async fn order(&self, key: &str, order: &[Rule], step: &Step) -> Result<(), ApiError> {
        let raw = self.rules_shown(key, step).await?;
        let live = typed(&raw, key)?;
        let base = format!("/users/{}/answerrules", segment(key));
        let is_live = |name: &str| live.iter().any(|rule| rule.time_frame.as_str() == name);
        let what = |verb: &str, when: &str| format!("{verb} rule `{when}` of extension `{key}`");
        let mut contents = Vec::new();
        for rule in order {
            let name = wire_name(&rule.when);
            let mut body = self.body(rule, key)?;
            if !is_live(name) {
                // A rule that comes back has all that it had, also what there is no word for.
                body.extend(self.earlier_of(name).map(RawRule::to_write).unwrap_or_default());
                // A new rule is created at any priority, so it stays off until it is in its position.
                let on = Map::from_iter([("enabled".to_owned(), "yes".into())]);
                contents.extend(rule.enabled.then_some((rule, on)));
                body.insert("enabled".into(), "no".into());
                self.create_rule(key, name, body, &what("creating", &rule.when)).await?;
            } else if touched_in(step, &path_of(&rule.when)) {
                let own = path_of(&rule.when);
                // The plan saw no such rule: writing the lists of callers has made it since, with nothing else in it.
                let whole = step.changes.iter().any(|change| change.new.is_some() && change.path == own);
                body.retain(|feature, _| {
                    let field = convert::feature_field(feature);
                    let path = field.iter().fold(own.clone(), |path, key| path.join(*key));
                    whole || touched_in(step, &path)
                });
                contents.push((rule, body));
            }
        }
        let wanted: Vec<&str> = order.iter().map(|rule| wire_name(&rule.when)).collect();
        // The live order may be one that no write would give, and then is not what the step is about.
        let all = Path::from(["order"]);
        if step.action == Action::Create || step.changes.iter().any(|change| change.path == all) {
            self.reorder(key, &wanted, &live).await?;
        }
        for (rule, body) in contents {
            self.put_rule(key, wire_name(&rule.when), &body, &raw, &what("changing", &rule.when)).await?;
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

    /// Rules that are brought back, with the extensions of attendants whose names the dial plan has no rule for: so an ordinary
    /// apply writes them (FACTS stratus/places-8).
    pub async fn with_attendants(&self, earlier: Vec<RawRule>) -> Result<Vec<RawRule>, ApiError> {
        let mut names: BTreeSet<String> = earlier.iter().flat_map(RawRule::attendants).collect();
        if names.is_empty() {
            return Ok(earlier);
        }
        let known = self.dial_words().await?;
        names.retain(|name| !known.contains(name));
        if names.is_empty() {
            return Ok(earlier);
        }
        let attendants = self.api.attendants().await?;
        let word = |(to, name): (&Extension, &String)| (format!("{ATTENDANT}{name}"), to.to_string());
        let instead: BTreeMap<String, String> =
            attendants.iter().map(word).filter(|(name, _)| names.contains(name)).collect();
        Ok(earlier.into_iter().map(|rule| rule.with(&instead)).collect())
    }

    /// The rule as it was, where the step brings it back.
    fn earlier_of(&self, name: &str) -> Option<&RawRule> {
        self.earlier.iter().find(|rule| rule.name() == name)
    }

    /// A rule as it is written. What is brought back is written as it was, to the letter, also where it has no form of ours.
    fn body(&self, rule: &Rule, key: &str) -> Result<Map<String, Value>, ApiError> {
        let earlier = self.earlier_of(wire_name(&rule.when)).map(RawRule::to_write);
        let body = match (convert::rule_body(rule, key), &earlier) {
            (Some(body), _) => body,
            (None, Some(earlier)) => earlier.clone(),
            (None, None) => return Err(no_form(key)),
        };
        Ok(as_earlier(body, earlier.as_ref()))
    }

    /// Gives an extension that is made again the rules it had, and looks until they show. Returns which of them do not: its queue is
    /// back without them, so they fail no step.
    pub async fn earlier_rules(&self, key: &str) -> NotBack {
        if self.earlier.is_empty() {
            return NotBack::new();
        }
        // Whatever a write says: what shows is what counts.
        let written = self.write_earlier(key).await;
        let deadline = tokio::time::Instant::now() + self.settle();
        loop {
            let missing = match self.api.raw_rules(key).await {
                Ok(live) => missing(self.earlier, &live, key),
                Err(error) => vec![format!("the rules of its extension ({error})")],
            };
            if missing.is_empty() || written.is_err() || tokio::time::Instant::now() > deadline {
                return missing;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    /// What the Default rule had beside what was written of it, and all others. One that is not made keeps no other out.
    async fn write_earlier(&self, key: &str) -> Result<(), ApiError> {
        let mut failed = Ok(());
        let live = self.api.raw_rules(key).await?;
        let mut made = Vec::new();
        for rule in self.earlier {
            let (name, mut body) = (rule.name(), rule.to_write());
            let what = format!("making rule `{name}` of extension `{key}`");
            if name == DEFAULT {
                // A new extension rings its own devices; the way into its queue stays, for it leads callers there.
                let ring = "simultaneous-ring";
                body.entry(ring).or_insert_with(|| json!({ "enabled": "no", "parameters": [] }));
                failed = failed.and(self.put_rule(key, &name, &body, &live, &what).await);
            } else if !live.iter().any(|it| it.name() == name) {
                // A new rule is made at any priority, so it stays off until it is in its position.
                let on = body.insert("enabled".to_owned(), "no".into());
                match already_made(self.create_rule(key, &name, body, &what).await) {
                    Ok(_) => made.push((name, on.unwrap_or_else(|| "yes".into()))),
                    Err(error) => failed = failed.and(Err(error)),
                }
            }
        }
        if made.is_empty() {
            return failed;
        }
        let (live, earlier) = (self.api.raw_rules(key).await?, typed(self.earlier, key)?);
        let order: Vec<&str> =
            convert::in_order(&earlier).iter().map(|rule| rule.time_frame.as_str()).collect();
        self.reorder(key, &order, &typed(&live, key)?).await?;
        for (name, on) in made {
            let what = format!("switching rule `{name}` of extension `{key}`");
            let change = Map::from_iter([("enabled".to_owned(), on)]);
            failed = failed.and(self.put_rule(key, &name, &change, &live, &what).await);
        }
        failed
    }

    /// Makes a rule; servers may show it late.
    async fn create_rule(
        &self,
        key: &str,
        name: &str,
        mut body: Map<String, Value>,
        what: &str,
    ) -> Result<(), ApiError> {
        self.sent.add(key, name, &body);
        body.insert("synchronous".into(), "yes".into());
        body.insert("time-frame".into(), name.into());
        self.send(Method::POST, &rules_path(key), Value::Object(body), what).await
    }

    /// Changes a rule. Every feature it has is sent along, as it was read or written before in this step: a server may take
    /// away what is not named (FACTS stratus/readings-5), and `enabled` goes along as it is (FACTS stratus/rules-10).
    async fn put_rule(
        &self,
        key: &str,
        name: &str,
        change: &Map<String, Value>,
        live: &[RawRule],
        what: &str,
    ) -> Result<(), ApiError> {
        let shown = live.iter().find(|rule| rule.name() == name);
        let mut body = shown.map(RawRule::to_write).unwrap_or_default();
        for (feature, new) in self.sent.add(key, name, change) {
            match (body.get_mut(&feature), new) {
                // What else it holds is not what the step is about.
                (Some(Value::Object(live)), Value::Object(new)) => live.extend(new),
                (_, new) => drop(body.insert(feature, new)),
            }
        }
        body.entry("enabled").or_insert_with(|| "yes".into());
        let rest = format!("{}/{}", rules_path(key), segment(name));
        self.send(Method::PUT, &rest, Value::Object(body), what).await
    }

    /// The rules as they are now, without those that were deleted and linger. Where the plan saw no Default rule, writing
    /// the lists of callers has made one: it is waited for, so that a server with stale reads is not asked to make it again.
    async fn rules_shown(&self, key: &str, step: &Step) -> Result<Vec<RawRule>, ApiError> {
        let own = path_of(DEFAULT_RULE);
        let made = touched(step, "callers")
            && step.changes.iter().any(|change| change.new.is_some() && change.path == own);
        let deadline = tokio::time::Instant::now() + self.settle();
        loop {
            let mut rules = self.api.raw_rules(key).await?;
            let shows = rules.iter().any(|rule| rule.name() == DEFAULT);
            if shows || !made || tokio::time::Instant::now() > deadline {
                let names = doubtful(rules.iter().map(RawRule::name), step.before.as_ref());
                let gone = self.api.lingering(key, names).await?;
                rules.retain(|rule| !gone.contains(&rule.name()));
                return Ok(rules);
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    /// Every rule has to be named, none twice (FACTS stratus/rules-9): the wanted ones in their order, among them those about
    /// to go, then the Default rule, which always is the last.
    async fn reorder(&self, key: &str, wanted: &[&str], live: &[AnswerRule]) -> Result<(), ApiError> {
        let now: Vec<&str> = convert::in_order(live).iter().map(|rule| rule.time_frame.as_str()).collect();
        let mut names = convert::until_they_go(&but_default(wanted), &but_default(&now));
        if now.contains(&DEFAULT) || wanted.contains(&DEFAULT) {
            names.push(DEFAULT);
        }
        // Those that go leave the others in their order.
        let stay = |name: &&&str| wanted.contains(*name) || **name == DEFAULT;
        if names.iter().filter(stay).eq(now.iter().filter(stay)) {
            return Ok(());
        }
        let body: Vec<Value> = names.iter().map(|name| json!({ "time-frame": name })).collect();
        let rest = format!("/users/{}/answerrules/reorder", segment(key));
        let what = format!("reordering the rules of extension `{key}`");
        self.send(Method::PUT, &rest, Value::Array(body), &what).await
    }

    /// Lists are appended to by POST of number filters and taken from by DELETE of them (FACTS stratus/readings-6 and
    /// FACTS stratus/filters). Taking from the allow list has no documented way and is graded `manual`.
    async fn callers(&self, key: &str, wanted: &Callers, step: &Step) -> Result<(), ApiError> {
        let Callers { allow, block, block_anonymous, spam } = wanted;
        let touched = |field: &str| touched_in(step, &["callers", field].into());
        if let Some(allow) = allow.as_ref().filter(|list| touched("allow") && !list.is_empty()) {
            self.add_callers(key, LISTS[0], allow).await?;
        }
        let mut unblock: Vec<String> = Vec::new();
        let blocked = self.blocked(key).await?;
        if let Some(block) = block.as_ref().filter(|_| touched("block")) {
            let surplus =
                |word: &&String| !convert::is_anonymous(word) && !block.contains(&convert::caller(word));
            unblock.extend(blocked.iter().filter(surplus).cloned());
        }
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
            self.add_callers(key, LISTS[1], block).await?;
        }
        let earlier = self.earlier_of(DEFAULT).map(RawRule::rejected).unwrap_or_default();
        let names: Vec<Caller> =
            earlier.into_iter().filter(|word| convert::is_anonymous(word)).map(Caller::Other).collect();
        if block_anonymous == &Some(true) && touched("block_anonymous") && !names.is_empty() {
            // The list named them, and does so again.
            self.add_callers(key, LISTS[1], &names).await?;
        } else if let Some(anonymous) = block_anonymous.filter(|_| touched("block_anonymous")) {
            let flag = if anonymous { "yes" } else { "no" };
            self.user(key, json!({ "reject-anonymous-calls-enabled": flag })).await?;
        }
        match spam.filter(|_| touched("spam")) {
            Some(spam) => self.write_default(key, &DefaultRuleChange::Spam(spam)).await,
            None => Ok(()),
        }
    }

    /// Adds callers to one of the lists of the Default rule, which is made if it is missing.
    async fn add_callers(&self, key: &str, list: &str, callers: &[Caller]) -> Result<(), ApiError> {
        if !self.api.raw_rules(key).await?.iter().any(|rule| rule.name() == DEFAULT) {
            let on = Map::from_iter([("enabled".to_owned(), "yes".into())]);
            let what = format!("making the Default rule of extension `{key}`");
            already_made(self.create_rule(key, DEFAULT, on, &what).await)?;
        }
        let words: Vec<String> = callers.iter().map(convert::caller_wire).collect();
        let rest = format!("/users/{}/number-filters", segment(key));
        let what = format!("adding to the lists of callers of extension `{key}`");
        let body = json!({ list: { "parameters": words } });
        self.send(Method::POST, &rest, body, &what).await
    }

    /// Whom the list blocks: what one holds that is off stays, for nobody has planned to take it out.
    async fn blocked(&self, key: &str) -> Result<Vec<String>, ApiError> {
        let live = self.api.rules(key).await?;
        let list = match convert::default_rule(&live).map(|rule| &rule.phone_numbers_to_reject) {
            Some(reject) if is_shown(reject) => reject.clone(),
            Some(_) => self.api.rejected(key).await?.unwrap_or_default(),
            None => Feature::default(),
        };
        let words = list.parameters.into_iter().filter(|_| list.enabled.is_yes());
        Ok(words.map(|word| word.0).collect())
    }

    /// Changes the Default rule, which holds an extension's forwards outside any schedule and its lists. A user without
    /// one gets it first; it then rings the extension alone, as no rule at all does.
    pub async fn write_default(&self, key: &str, what: &DefaultRuleChange) -> Result<(), ApiError> {
        let live = self.api.raw_rules(key).await?;
        self.write_default_as(key, what, &live, self.earlier_of(DEFAULT).map(RawRule::to_write)).await
    }

    /// The same among these rules, as it was earlier where that is given.
    pub async fn write_default_as(
        &self,
        key: &str,
        what: &DefaultRuleChange,
        live: &[RawRule],
        earlier: Option<Map<String, Value>>,
    ) -> Result<(), ApiError> {
        let body = match (convert::default_rule_change(what, key), &earlier) {
            (Some(body), _) => body,
            (None, Some(earlier)) => earlier.clone(),
            (None, None) => return Err(no_form(key)),
        };
        let body = as_earlier(body, earlier.as_ref());
        let doing = format!("changing the Default rule of extension `{key}`");
        if !live.iter().any(|rule| rule.name() == DEFAULT) {
            let mut made = body.clone();
            made.entry("enabled").or_insert_with(|| "yes".into());
            if !already_made(self.create_rule(key, DEFAULT, made, &doing).await)? {
                return Ok(());
            }
        }
        self.put_rule(key, DEFAULT, &body, live, &doing).await
    }
}

/// The same features as they were earlier, if they were.
fn as_earlier(body: Map<String, Value>, earlier: Option<&Map<String, Value>>) -> Map<String, Value> {
    let was = |feature: &str| earlier.and_then(|earlier| earlier.get(feature)).cloned();
    let each = body.into_iter().map(|(feature, now)| {
        let was = was(&feature).filter(|_| feature != "enabled");
        (feature, was.unwrap_or(now))
    });
    each.collect()
}

/// Whether a rule that was to be made is there already: it was just made, and is not visible yet.
fn already_made(made: Result<(), ApiError>) -> Result<bool, ApiError> {
    match made {
        Err(ApiError { problem: Problem::Status { status: 409, .. }, .. }) => Ok(true),
        made => made.map(|()| false),
    }
}

/// The names of rules, without that of the Default rule.
fn but_default<'a>(names: &[&'a str]) -> Vec<&'a str> {
    names.iter().copied().filter(|name| *name != DEFAULT).collect()
}

fn rules_path(key: &str) -> String {
    format!("/users/{}/answerrules", segment(key))
}

/// Which of the rules an extension had do not show as they were, each at the end of a sentence.
fn missing(earlier: &[RawRule], live: &[RawRule], key: &str) -> NotBack {
    let is_back = |rule: &&RawRule| live.iter().any(|it| it.name() == rule.name() && it.does_as(rule));
    let (back, missing): (Vec<&RawRule>, Vec<&RawRule>) = earlier.iter().partition(is_back);
    if !missing.is_empty() {
        return missing.iter().map(|rule| format!("rule `{}` of its extension", rule.name())).collect();
    }
    let order = |rules: &[RawRule]| -> Vec<String> {
        let rules = typed(rules, key).unwrap_or_default();
        let names = convert::in_order(&rules).into_iter().map(|rule| rule.time_frame.as_str().to_owned());
        names.filter(|name| name != DEFAULT && back.iter().any(|it| it.name() == *name)).collect()
    };
    match order(live) == order(earlier) {
        true => NotBack::new(),
        false => vec!["the order of the rules of its extension".to_owned()],
    }
}

/// The same rules as they are converted.
pub fn typed(raw: &[RawRule], key: &str) -> Result<Vec<AnswerRule>, ApiError> {
    let what = format!("the answering rules of `{key}`");
    raw.iter().map(|rule| decode_value(rule.shown(), &what, &rules_path(key))).collect()
}

fn no_form(key: &str) -> ApiError {
    let why = "it points to something that has no form on this system".to_owned();
    failure(&format!("the rules of extension `{key}`"), "/answerrules", Problem::Conflict(why))
}
