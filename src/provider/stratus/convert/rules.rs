//! Answering rules (FACTS stratus/rules) and the allow and block lists (FACTS stratus/filters).

use super::{Context, destination, ring_token, ringable, token};
use crate::{
    model::{
        Also, Caller, Callers, DEFAULT_RULE, Divert, Diverts, E164, Ring, RingTimeout, Ringable, Rule, Rules,
        Simultaneous, Spam,
    },
    path::{Field, Path},
    provider::{
        scalar::{self, Scalar, Unreadable},
        stratus::wire::{AnswerRule, DEFAULT, Feature, Text, User},
    },
};
use serde_json::{Map, Value, json};

/// "Ring all user's phones".
pub const OWN_DEVICES: &str = "<OwnDevices>";

/// The extension's rules in the words of the YAML, and what they hold beyond them.
pub fn rules(user: &User, live: &[AnswerRule], context: &Context) -> (Rules, Vec<String>, Unreadable) {
    let owner = user.user.as_str();
    let (mut notes, mut unreadable) = (Vec::new(), Unreadable::default());
    live.iter().for_each(|rule| strange_parts(rule, &mut unreadable));
    let ordered = in_order(live);
    let order: Vec<Rule> = ordered.iter().map(|rule| self::rule(rule, owner, context)).collect();
    if let Some(at) = ordered.iter().position(|rule| rule.time_frame.as_str() == DEFAULT)
        && at + 1 < ordered.len()
    {
        notes.push("the live Default rule stands above others, which therefore never apply".to_owned());
    }
    let default = default_rule(live);
    let rules = Rules {
        ring_timeout: unreadable.field(["ring_timeout"], ring_timeout(&user.ring_no_answer_timeout_seconds)),
        callers: Some(callers(user, default, &mut notes, &mut unreadable)),
        order: Some(order).filter(|_| !unreadable.has(["order"])),
        protect: None,
    };
    (rules, notes, unreadable)
}

/// What of a rule is not understood. The lists of callers and the spam treatment have fields of their own.
fn strange_parts(live: &AnswerRule, unreadable: &mut Unreadable) {
    const ELSEWHERE: [&str; 4] =
        ["forward-on-dnd", "forward-on-spam-call", "phone-numbers-to-allow", "phone-numbers-to-reject"];
    let when = live.time_frame.as_str();
    unreadable.part(["order"], format!("the priority of rule `{when}`"), live.priority());
    unreadable.part(["order"], format!("`enabled` of rule `{when}`"), live.enabled.flag());
    for (name, feature) in live.features().into_iter().filter(|(name, _)| !ELSEWHERE.contains(name)) {
        unreadable.part(["order"], format!("`{name}` of rule `{when}`"), feature.enabled.flag());
        if name.starts_with("forward-") && leads_nowhere(feature) {
            let shown = format!("{NOWHERE} for `{name}` of rule `{when}`");
            unreadable.0.entry(["order"].into()).or_insert(shown);
        }
    }
}

/// What is said of a feature that is on and names no place: what becomes of a call nobody has written down.
const NOWHERE: &str = "on without a place to send calls to";

fn leads_nowhere(feature: &Feature) -> bool {
    feature.enabled.is_yes() && feature.parameters.first().is_none_or(|to| to.as_str().is_empty())
}

/// The rule that always matches.
pub fn default_rule(rules: &[AnswerRule]) -> Option<&AnswerRule> {
    rules.iter().find(|rule| rule.time_frame.as_str() == DEFAULT)
}

fn ring_timeout(live: &Text) -> Scalar<RingTimeout> {
    match live.whole() {
        // Inferred: `0` and empty stand for the portal's "Unlimited" (FACTS stratus/portal-2).
        Scalar::Unset | Scalar::Known(0) => Scalar::Known(RingTimeout::Unlimited),
        Scalar::Known(seconds) => Scalar::Known(RingTimeout::Seconds(seconds)),
        Scalar::Strange(text) => Scalar::Strange(text),
    }
}

/// The rules by priority, those without one where they stood.
pub fn in_order(live: &[AnswerRule]) -> Vec<&AnswerRule> {
    let mut ordered: Vec<(usize, &AnswerRule)> = live.iter().enumerate().collect();
    ordered.sort_by_key(|(at, rule)| (rule.priority().known().map_or(*at, |p| p as usize), *at));
    ordered.into_iter().map(|(_, rule)| rule).collect()
}

/// In which order rules stand while some come and some go, the Default rule aside. Where those that stay keep their order, one that
/// goes stands where it stood, above what comes in its place: until it goes, calls go as before. Else it stands below all.
pub fn until_they_go<'a>(wanted: &[&'a str], now: &[&'a str]) -> Vec<&'a str> {
    let stays = |name: &&&str| wanted.contains(*name);
    let is_kept = |name: &&&str| now.contains(*name);
    let mut names = Vec::new();
    let mut next = wanted.iter().copied();
    if now.iter().filter(stays).eq(wanted.iter().filter(is_kept)) {
        for name in now {
            match wanted.contains(name) {
                false => names.push(*name),
                true => {
                    for it in next.by_ref() {
                        names.push(it);
                        if it == *name {
                            break;
                        }
                    }
                }
            }
        }
        names.extend(next);
    } else {
        names.extend(next);
        names.extend(now.iter().filter(|name| !wanted.contains(name)));
    }
    names
}

fn rule(live: &AnswerRule, owner: &str, context: &Context) -> Rule {
    let when = match live.time_frame.as_str() {
        DEFAULT => DEFAULT_RULE.to_owned(),
        name => name.to_owned(),
    };
    Rule {
        when,
        enabled: live.enabled.flag().or(true) == Scalar::Known(true),
        do_not_disturb: live.do_not_disturb.enabled.is_yes(),
        call_screening: live.call_screening.enabled.is_yes(),
        ring: ring(&live.simultaneous_ring, owner, context),
        forward: diverts(Some(live), context).0,
    }
}

/// The five forwards of a rule, each by its word; all off if there is no rule.
pub fn diverts(live: Option<&AnswerRule>, context: &Context) -> (Diverts, Unreadable) {
    let mut unreadable = Unreadable::default();
    let mut one = |word: &str, feature: fn(&AnswerRule) -> &Feature| {
        let Some(rule) = live else { return Some(Divert::Off) };
        let whole = unreadable.part([word], "`enabled` of its rule", rule.enabled.flag().or(true));
        let feature = feature(rule);
        let on = unreadable.field([word], feature.enabled.flag().or(false))?;
        // A rule that is off forwards nothing, and this one may be off.
        whole?;
        if leads_nowhere(feature) {
            unreadable.0.entry([word].into()).or_insert_with(|| NOWHERE.to_owned());
            return None;
        }
        // Only the first parameter of a forward is used (FACTS stratus/rules-6).
        Some(match feature.parameters.first().filter(|_| on) {
            Some(to) => Divert::To(destination(to.as_str(), context)),
            None => Divert::Off,
        })
    };
    let diverts = Diverts {
        always: one("always", |rule| &rule.forward_always),
        on_call: one("on_call", |rule| &rule.forward_on_active),
        busy: one("busy", |rule| &rule.forward_on_busy),
        no_answer: one("no_answer", |rule| &rule.forward_no_answer),
        unreachable: one("unreachable", |rule| &rule.forward_when_unregistered),
        protect: None,
    };
    (diverts, unreadable)
}

fn ring(live: &Feature, owner: &str, context: &Context) -> Ring {
    if !live.enabled.is_yes() {
        return Ring::Extension;
    }
    let mut ring = Simultaneous::default();
    // A delay that is no number stays a part of its word.
    let split = |word: &str| {
        let parts = word.split_once(";delay=");
        let parts = parts.and_then(|(word, delay)| Some((word, scalar::whole(delay).known()?)));
        parts.map_or_else(|| (word.to_owned(), 0), |(word, delay)| (word.to_owned(), delay))
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

fn callers(
    user: &User,
    default: Option<&AnswerRule>,
    notes: &mut Vec<String>,
    unreadable: &mut Unreadable,
) -> Callers {
    let mut list = |field: &str, feature: fn(&AnswerRule) -> &Feature| {
        let Some(Feature { enabled, parameters }) = default.map(feature) else { return Some(Vec::new()) };
        let on = unreadable.field(["callers", field], enabled.flag().or(false))?;
        let words = parameters.iter().filter(|_| on).map(|word| word.0.clone());
        Some(words.collect::<Vec<_>>())
    };
    let numbers = |words: Vec<String>| {
        let mut callers: Vec<Caller> = words.iter().map(|word| caller(word)).collect();
        callers.sort();
        callers.dedup();
        callers
    };
    let allow = list("allow", |rule| &rule.phone_numbers_to_allow).map(numbers);
    let blocked = list("block", |rule| &rule.phone_numbers_to_reject);
    let names_them = blocked.iter().flatten().any(|word| is_anonymous(word));
    let block = blocked.map(|words| numbers(words.into_iter().filter(|word| !is_anonymous(word)).collect()));
    let anonymous = match user.reject_anonymous_calls_enabled.flag().or(false) {
        _ if names_them => Scalar::Known(true),
        flag => flag,
    };
    // A block list that is not understood may name callers without a number.
    let hidden = unreadable.0.get(&Path::from(["callers", "block"])).cloned();
    if let Some(shown) = hidden.filter(|_| anonymous == Scalar::Known(false)) {
        unreadable.0.insert(["callers", "block_anonymous"].into(), shown);
    }
    let spam = default.map(|rule| &rule.forward_on_spam_call);
    let spam = match spam.filter(|feature| feature.enabled.is_yes()).and_then(|f| f.parameters.first()) {
        _ if spam.is_some_and(leads_nowhere) => {
            unreadable.0.insert(["callers", "spam"].into(), NOWHERE.to_owned());
            None
        }
        None => {
            let on = spam.map_or(Scalar::Unset, |feature| feature.enabled.flag());
            unreadable.field(["callers", "spam"], on.or(false)).map(|_| Spam::Ring)
        }
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
        allow,
        block,
        block_anonymous: unreadable
            .field(["callers", "block_anonymous"], anonymous)
            .filter(|_| !unreadable.has(["callers", "block_anonymous"])),
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
fn forwards_into(body: &mut Map<String, Value>, diverts: &Diverts, owner: &str) -> Option<()> {
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
                body.insert(name.to_owned(), feature(true, vec![token(to, owner)?]));
            }
        }
    }
    Some(())
}

/// A rule as it is written, features whole; what dialform has no word for is not named and so stays as it is.
/// `None` if it points to something that has no form here.
pub fn rule_body(rule: &Rule, owner: &str) -> Option<Map<String, Value>> {
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
    forwards_into(&mut body, forward, owner)?;
    Some(body)
}

/// Where the Default rule and the spam treatment are written.
pub enum DefaultRuleChange {
    /// The five forwards of the Default rule (`diverts`, a queue's `failover`).
    Forwards(Diverts),
    Spam(Spam),
}

/// A change to the Default rule.
pub fn default_rule_change(what: &DefaultRuleChange, owner: &str) -> Option<Map<String, Value>> {
    let mut body = Map::new();
    match what {
        DefaultRuleChange::Forwards(diverts) => forwards_into(&mut body, diverts, owner)?,
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
