//! Answering rules (FACTS stratus/rules) and the allow and block lists (FACTS stratus/filters).

use super::{Context, destination, ring_token, ringable, token};
use crate::{
    model::{
        Also, Caller, Callers, DEFAULT_RULE, Divert, Diverts, E164, Ring, RingTimeout, Ringable, Rule, Rules,
        Simultaneous, Spam,
    },
    path::Field,
    provider::stratus::wire::{AnswerRule, DEFAULT, Feature, Text, User},
};
use serde_json::{Map, Value, json};

/// "Ring all user's phones".
pub const OWN_DEVICES: &str = "<OwnDevices>";

/// The extension's rules in the words of the YAML, and what they hold beyond them.
pub fn rules(user: &User, live: &[AnswerRule], context: &Context) -> (Rules, Vec<String>) {
    let owner = user.user.as_str();
    let mut notes = Vec::new();
    let ordered = in_order(live);
    let order = ordered.iter().map(|rule| self::rule(rule, owner, context)).collect();
    if let Some(at) = ordered.iter().position(|rule| rule.time_frame.as_str() == DEFAULT)
        && at + 1 < ordered.len()
    {
        notes.push("the live Default rule stands above others, which therefore never apply".to_owned());
    }
    let default = default_rule(live);
    let rules = Rules {
        ring_timeout: Some(ring_timeout(&user.ring_no_answer_timeout_seconds)),
        callers: Some(callers(user, default, &mut notes)),
        order: Some(order),
        protect: None,
    };
    (rules, notes)
}

/// The rule that always matches.
pub fn default_rule(rules: &[AnswerRule]) -> Option<&AnswerRule> {
    rules.iter().find(|rule| rule.time_frame.as_str() == DEFAULT)
}

fn ring_timeout(live: &Text) -> RingTimeout {
    match live.number() {
        Some(seconds) if seconds > 0 => RingTimeout::Seconds(seconds),
        // Inferred: `0` and empty stand for the portal's "Unlimited" (FACTS stratus/portal-2).
        _ => RingTimeout::Unlimited,
    }
}

/// The rules by priority, those without one where they stood.
pub fn in_order(live: &[AnswerRule]) -> Vec<&AnswerRule> {
    let mut ordered: Vec<(usize, &AnswerRule)> = live.iter().enumerate().collect();
    ordered.sort_by_key(|(at, rule)| (rule.priority().map_or(*at, |p| p as usize), *at));
    ordered.into_iter().map(|(_, rule)| rule).collect()
}

fn rule(live: &AnswerRule, owner: &str, context: &Context) -> Rule {
    let when = match live.time_frame.as_str() {
        DEFAULT => DEFAULT_RULE.to_owned(),
        name => name.to_owned(),
    };
    Rule {
        when,
        enabled: live.enabled.is_yes(),
        do_not_disturb: live.do_not_disturb.enabled.is_yes(),
        call_screening: live.call_screening.enabled.is_yes(),
        ring: ring(&live.simultaneous_ring, owner, context),
        forward: diverts(Some(live), context),
    }
}

/// The five forwards of a rule; all off if there is no rule.
pub fn diverts(live: Option<&AnswerRule>, context: &Context) -> Diverts {
    let one = |feature: fn(&AnswerRule) -> &Feature| {
        let feature = live.map(feature).filter(|feature| feature.enabled.is_yes());
        // Only the first parameter of a forward is used (FACTS stratus/rules-6).
        Some(match feature.and_then(|feature| feature.parameters.first()) {
            Some(word) if !word.as_str().is_empty() => Divert::To(destination(word.as_str(), context)),
            _ => Divert::Off,
        })
    };
    Diverts {
        always: one(|rule| &rule.forward_always),
        on_call: one(|rule| &rule.forward_on_active),
        busy: one(|rule| &rule.forward_on_busy),
        no_answer: one(|rule| &rule.forward_no_answer),
        unreachable: one(|rule| &rule.forward_when_unregistered),
        protect: None,
    }
}

fn ring(live: &Feature, owner: &str, context: &Context) -> Ring {
    if !live.enabled.is_yes() {
        return Ring::Extension;
    }
    let mut ring = Simultaneous::default();
    let split = |word: &str| match word.split_once(";delay=") {
        Some((word, delay)) => (word.to_owned(), delay.parse().unwrap_or(0)),
        None => (word.to_owned(), 0),
    };
    let words: Vec<(String, u32)> = live.parameters.iter().map(|word| split(word.as_str())).collect();
    let is_number = |word: &str| matches!(ringable(word, context), Ringable::Number(_));
    let outside = |word: &str| is_number(word.strip_prefix("confirm_").unwrap_or(word));
    // One checkbox in the portal, a prefix of each number on the wire (FACTS stratus/rings-3).
    let numbers: Vec<&str> =
        words.iter().map(|(word, _)| word.as_str()).filter(|word| outside(word)).collect();
    ring.confirm_external = !numbers.is_empty() && numbers.iter().all(|word| word.starts_with("confirm_"));
    for (word, delay) in words {
        if word == OWN_DEVICES && delay == 0 {
            ring.all_phones = true;
        } else if word == owner && delay == 0 {
            ring.own_extension = true;
        } else {
            let plain = word.strip_prefix("confirm_").filter(|_| ring.confirm_external).unwrap_or(&word);
            ring.also.push(Also { target: ringable(plain, context), delay });
        }
    }
    ring.also.sort_by(|a, b| (&a.target, a.delay).cmp(&(&b.target, b.delay)));
    Ring::Simultaneous(ring)
}

fn callers(user: &User, default: Option<&AnswerRule>, notes: &mut Vec<String>) -> Callers {
    let list = |feature: fn(&AnswerRule) -> &Feature| {
        let feature = default.map(feature).filter(|feature| feature.enabled.is_yes());
        let words = feature.map(|feature| feature.parameters.clone()).unwrap_or_default();
        words.into_iter().map(|word| word.0).collect::<Vec<_>>()
    };
    let numbers = |words: Vec<String>| {
        let mut callers: Vec<Caller> = words.iter().map(|word| caller(word)).collect();
        callers.sort();
        callers.dedup();
        Some(callers)
    };
    let (anonymous, block): (Vec<String>, Vec<String>) =
        list(|rule| &rule.phone_numbers_to_reject).into_iter().partition(|word| is_anonymous(word));
    let spam = default.map(|rule| &rule.forward_on_spam_call);
    let spam = match spam.filter(|feature| feature.enabled.is_yes()).and_then(|f| f.parameters.first()) {
        None => Some(Spam::Ring),
        Some(word) if word.as_str() == format!("vmail_{}", user.user.as_str()) => Some(Spam::Voicemail),
        Some(word) => {
            notes.push(format!(
                "SPAM CALLS is set to `{}`, which dialform has no name for (Drop Call or Screen Call); it is left alone",
                word.as_str()
            ));
            None
        }
    };
    Callers {
        allow: numbers(list(|rule| &rule.phone_numbers_to_allow)),
        block: numbers(block),
        block_anonymous: Some(user.reject_anonymous_calls_enabled.is_yes() || !anonymous.is_empty()),
        spam,
    }
}

/// The entries of a block list that stand for callers without a number.
pub fn is_anonymous(word: &str) -> bool {
    matches!(word, "anonymous" | "unknown")
}

/// What an entry of an allow or block list means.
pub fn caller(word: &str) -> Caller {
    E164::from_nanp(word).map_or_else(|| Caller::Other(word.to_owned()), Caller::Number)
}

/// An entry of an allow or block list, ten digits as in the specification's example.
pub fn caller_wire(caller: &Caller) -> String {
    match caller {
        Caller::Number(number) => number.nanp().unwrap_or(number.digits()).to_owned(),
        Caller::Other(text) => text.clone(),
    }
}

fn feature(enabled: bool, parameters: Vec<String>) -> Value {
    json!({ "enabled": if enabled { "yes" } else { "no" }, "parameters": parameters })
}

fn flag(enabled: bool) -> Value {
    json!({ "enabled": if enabled { "yes" } else { "no" } })
}

/// The field of a rule in the YAML that a feature on the wire holds.
pub fn feature_field(feature: &str) -> Field {
    match feature {
        "do-not-disturb" => &["do_not_disturb"],
        "call-screening" => &["call_screening"],
        "simultaneous-ring" => &["ring"],
        "forward-always" => &["forward", "always"],
        "forward-on-active" => &["forward", "on_call"],
        "forward-on-busy" => &["forward", "busy"],
        "forward-no-answer" => &["forward", "no_answer"],
        "forward-when-unregistered" => &["forward", "unreachable"],
        // The only other key `rule_body` writes.
        _ => &["enabled"],
    }
}

/// The forwards that are set, each whole, under their wire names.
fn forwards_into(
    body: &mut Map<String, Value>,
    diverts: &Diverts,
    owner: &str,
    context: &Context,
) -> Option<()> {
    for (word, divert) in diverts.conditions() {
        let name = match word {
            "always" => "forward-always",
            "on_call" => "forward-on-active",
            "busy" => "forward-on-busy",
            "no_answer" => "forward-no-answer",
            _ => "forward-when-unregistered",
        };
        match divert {
            None => {}
            Some(Divert::Off) => {
                body.insert(name.to_owned(), feature(false, Vec::new()));
            }
            Some(Divert::To(to)) => {
                body.insert(name.to_owned(), feature(true, vec![token(to, owner, context)?]));
            }
        }
    }
    Some(())
}

/// A rule as it is written, features whole; what dialform has no word for is not named and so stays as it is.
/// `None` if it points to an attendant whose name is not known.
pub fn rule_body(rule: &Rule, owner: &str, context: &Context) -> Option<Map<String, Value>> {
    let Rule { when: _, enabled, do_not_disturb, call_screening, ring, forward } = rule;
    let mut body = Map::new();
    body.insert("enabled".into(), json!(if *enabled { "yes" } else { "no" }));
    body.insert("do-not-disturb".into(), flag(*do_not_disturb));
    body.insert("call-screening".into(), flag(*call_screening));
    let ring = match ring {
        Ring::Extension => feature(false, Vec::new()),
        Ring::Simultaneous(ring) => {
            let Simultaneous { own_extension, all_phones, confirm_external, also } = ring;
            let mut words = Vec::new();
            words.extend(own_extension.then(|| owner.to_owned()));
            words.extend(all_phones.then(|| OWN_DEVICES.to_owned()));
            words.extend(also.iter().map(|also| ring_token(&also.target, *confirm_external, also.delay)));
            feature(true, words)
        }
    };
    body.insert("simultaneous-ring".into(), ring);
    forwards_into(&mut body, forward, owner, context)?;
    Some(body)
}

/// Where the Default rule and the spam treatment are written.
pub enum DefaultRuleChange {
    /// The five forwards of the Default rule (`diverts`, a queue's `failover`).
    Forwards(Diverts),
    Spam(Spam),
}

/// A change to the Default rule.
pub fn default_rule_change(
    what: &DefaultRuleChange,
    owner: &str,
    context: &Context,
) -> Option<Map<String, Value>> {
    let mut body = Map::new();
    match what {
        DefaultRuleChange::Forwards(diverts) => forwards_into(&mut body, diverts, owner, context)?,
        DefaultRuleChange::Spam(Spam::Voicemail) => {
            body.insert("forward-on-spam-call".into(), feature(true, vec![format!("vmail_{owner}")]));
        }
        // The other two have no documented word and are graded `manual`.
        DefaultRuleChange::Spam(_) => {
            body.insert("forward-on-spam-call".into(), feature(false, Vec::new()));
        }
    }
    Some(body)
}
