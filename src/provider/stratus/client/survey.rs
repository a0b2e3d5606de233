//! What of a live domain cannot be said in the words of the YAML, and what that means for managing it: obstacles,
//! pointers nobody would see, fields without a word, and things worth a note.

use super::domain_data::DomainData;
use crate::{
    model::{Address, Callers, DEFAULT_RULE, Destination, Extension, Kind, Resource},
    path::Path,
    plan::{HiddenUse, Observed, Obstacle, Role},
    provider::{
        Scope,
        scalar::Scalar,
        stratus::{
            convert::{self, Context},
            wire::{AnswerRule, DEFAULT, Feature, Text},
        },
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// Adds to `observed` what the objects in it do not show.
pub fn survey(live: &DomainData, scope: &Scope, observed: &mut Observed) {
    for address in scope.wanted.keys().filter(|it| matches!(it.kind, Kind::Rules | Kind::Diverts)) {
        own_rules(address, live, observed);
    }
    for (key, rules) in &live.rules {
        let is_queue =
            key.parse().is_ok_and(|extension| live.context.roles.get(&extension) == Some(&Role::Queue));
        if is_queue {
            queue_rules(key, rules, &live.context, observed);
        } else {
            person_rules(key, rules, scope, observed);
        }
        uses(key, rules, live, observed);
    }
    for number in &live.numbers {
        let target = Address::new(Kind::Queues, number.dial_rule_translation_destination_user.as_str());
        if let Some((key, ..)) = convert::number(number, &live.context) {
            let owners = vec![Address::new(Kind::Numbers, &key)];
            observed.hidden_uses.push(HiddenUse {
                target,
                owners,
                by: format!("number {key}"),
                is_unshown: false,
                is_possible: false,
            });
        }
    }
    for agent in
        live.agents.iter().filter(|agent| agent.callqueue_agent_availability_type.as_str() == "disabled")
    {
        let address = Address::new(Kind::Queues, agent.callqueue.as_str());
        let note = format!("agent `{}` is disabled and is not rung", agent.callqueue_agent_id.as_str());
        observed.notes.entry(address).or_default().push(note);
    }
}

/// The rules of a queue's own user lead calls into the queue, and those of an attendant's past its menu: they are not managed
/// as those of a person are (FACTS stratus/queues-11, FACTS stratus/users-12).
fn own_rules(address: &Address, live: &DomainData, observed: &mut Observed) {
    let key = address.key.clone();
    let extension: Option<Extension> = key.parse().ok();
    let role = extension.and_then(|extension| live.context.roles.get(&extension).copied());
    let (address, field) = (address.clone(), None);
    match (role, address.kind) {
        (Some(Role::Queue), Kind::Rules | Kind::Diverts) => observed.obstacles.push(Obstacle {
            message: format!("extension `{key}` is a queue's own: its rules lead calls into the queue"),
            address,
            field,
            code: "queue-extension",
            help: "say where its callers go with `failover`, `unavailable` and `no_answer` of the queue; for hours and holidays \
                   route the number to an extension whose rules lead to the queue (`dialform explain one-place`)",
        }),
        (Some(Role::Attendant), _) => observed.reserved.push(Obstacle {
            message: format!("extension `{key}` is an auto attendant's: rules of its own lead calls past the menu"),
            address,
            field,
            code: "attendant-extension",
            help: "for hours and holidays route the number to an extension whose rules lead to the attendant",
        }),
        _ => {}
    }
}

fn note(observed: &mut Observed, address: Address, text: String) {
    observed.notes.entry(address).or_default().push(text);
}

fn person_rules(key: &str, rules: &[AnswerRule], scope: &Scope, observed: &mut Observed) {
    let address = Address::new(Kind::Rules, key);
    let mut obstacle = |field, code, message: String, help| {
        observed.obstacles.push(Obstacle { address: address.clone(), field, code, message, help });
    };
    let mut seen = BTreeSet::new();
    for name in rules.iter().map(|rule| rule.time_frame.as_str()) {
        if name == DEFAULT_RULE {
            let message =
                format!("extension `{key}` has a rule for a time frame that is really called `{name}`");
            obstacle(
                Some(Path::from(["order"])),
                "reserved-name",
                message,
                "make a time frame with another name in the portal, and a rule for it",
            );
        }
        if !seen.insert(name) {
            let message = format!("extension `{key}` has two rules for `{name}`");
            obstacle(
                Some(Path::from(["order"])),
                "ambiguous-object",
                message,
                "remove one of them in the portal; dialform does not guess",
            );
        }
    }
    let Some(default) = convert::default_rule(rules) else { return };
    let allow = &default.phone_numbers_to_allow;
    let reject = &default.phone_numbers_to_reject;
    let wanted = match scope.wanted.get(&address) {
        Some(Resource::Rules(wanted)) => wanted.callers.as_ref(),
        _ => None,
    };
    // Of a block list those that the file does not name, and where it names any: what is not added to stays off.
    let surplus = |word: &&Text| {
        let Some(Callers { block: Some(block), block_anonymous, .. }) = wanted else { return false };
        let said = match convert::is_anonymous(word.as_str()) {
            true => *block_anonymous == Some(true),
            false => block.contains(&convert::caller(word.as_str())),
        };
        !block.is_empty() && !said
    };
    for (field, list, stored, help) in [
        (
            "allow",
            allow,
            allow.parameters.len(),
            "remove them in the portal first: Answering Rules > Allow / Block > ALLOWED NUMBERS",
        ),
        (
            "block",
            reject,
            reject.parameters.iter().filter(surplus).count(),
            "remove them in the portal first: Answering Rules > Allow / Block > BLOCKED NUMBERS",
        ),
    ] {
        if stored > 0 && is_off(list) {
            let stored = crate::text::count(stored, "number");
            let message = format!(
                "the {field} list of `{key}` is off but still holds {stored}, which adding one would switch on"
            );
            obstacle(Some(Path::from(["callers", field])), "stale-list", message, help);
        }
    }
    let adds = wanted.and_then(|wanted| wanted.block.as_ref()).is_some_and(|block| !block.is_empty());
    if adds && is_off(reject) && !reject.parameters.is_empty() {
        let lost = BTreeMap::from([(Path::from(["callers", "block"]), OFF)]);
        observed.not_kept_of.insert(address.clone(), lost);
    }
    if default.enabled.flag() == Scalar::Known(false) {
        let message = format!("the Default rule of `{key}` is switched off, and its forwards with it");
        let help = "switch it on in the portal, or manage it as `when: default` in `rules`";
        let address = Address::new(Kind::Diverts, key);
        observed.obstacles.push(Obstacle { address, field: None, code: "default-rule-off", message, help });
    }
    let spam = &default.forward_on_spam_call;
    let known = spam.parameters.first().is_none_or(|word| word.as_str() == format!("vmail_{key}"));
    if spam.enabled.is_yes() && !known {
        let hidden = Path::from(["callers", "spam"]);
        observed.opaque.entry(Address::new(Kind::Rules, key)).or_default().insert(hidden);
    }
}

/// What of a block list that is off a restore does not bring back: it takes off what the list had not blocked.
const OFF: &str = "the numbers that the block list holds while it is off";

fn is_off(list: &Feature) -> bool {
    matches!(list.enabled.flag(), Scalar::Unset | Scalar::Known(false))
}

/// A queue has one place for its failover, the Default rule of its own extension; what stands in its way is said.
fn queue_rules(key: &str, rules: &[AnswerRule], context: &Context, observed: &mut Observed) {
    let address = Address::new(Kind::Queues, key);
    for rule in rules.iter().filter(|rule| rule.time_frame.as_str() != DEFAULT && rule.enabled.is_yes()) {
        let name = rule.time_frame.as_str();
        note(
            observed,
            address.clone(),
            format!(
                "the queue's own extension has a rule for `{name}`; while it applies, `failover`, `unavailable` and \
                 `no_answer` are not used"
            ),
        );
    }
    let Some(default) = convert::default_rule(rules) else { return };
    if default.enabled.flag() == Scalar::Known(false) {
        for field in ["failover", "unavailable", "no_answer"] {
            let message =
                format!("the Default rule of queue `{key}` is switched off, and its `{field}` with it");
            let help = "switch it on in the portal: Users, show system users, Answering Rules of the queue's own extension";
            observed.obstacles.push(Obstacle {
                address: address.clone(),
                field: Some(Path::from([field])),
                code: "default-rule-off",
                message,
                help,
            });
        }
    }
    let own = [format!("queue_{key}"), key.to_owned()];
    let always =
        default.forward_always.parameters.first().filter(|_| default.forward_always.enabled.is_yes());
    if let Some(to) = always.filter(|to| !own.iter().any(|word| word == to.as_str())) {
        let to = convert::described(to.as_str(), context);
        note(observed, address, format!("every call to the queue's own extension is forwarded to {to}"));
    }
}

/// Every queue and time frame these rules lead to, whether or not the vocabulary can say how.
fn uses(key: &str, rules: &[AnswerRule], live: &DomainData, observed: &mut Observed) {
    let target = |word: &str| {
        let plain = word.split_once(";delay=").map_or(word, |(word, _)| word);
        let to = match convert::destination(plain, &live.context) {
            Destination::Queue(to) => to,
            Destination::Extension(to) | Destination::Phone(to) | Destination::Voicemail(to) => {
                to.to_string()
            }
            _ => return None,
        };
        Some(Address::new(Kind::Queues, to))
    };
    // Of the rules of a queue's own user objects show the Default one.
    let is_queue = key.parse().is_ok_and(|it| live.context.roles.get(&it) == Some(&Role::Queue));
    let is_left_out = |rule: &AnswerRule| is_queue && rule.time_frame.as_str() != DEFAULT;
    let left_out = rules.iter().filter(|rule| is_left_out(rule)).flat_map(AnswerRule::words);
    let unshown = rules.iter().flat_map(AnswerRule::unshown_words).chain(left_out);
    let unshown: BTreeSet<Address> = unshown.filter_map(target).collect();
    let frames = rules.iter().map(|rule| Address::new(Kind::Schedules, rule.time_frame.as_str()));
    let targets: BTreeSet<Address> =
        rules.iter().flat_map(AnswerRule::words).filter_map(target).chain(frames).collect();
    let owners: Vec<Address> =
        [Kind::Rules, Kind::Diverts, Kind::Queues].map(|kind| Address::new(kind, key)).into();
    for target in targets {
        let by = format!("the rules of extension {key}");
        let is_unshown = unshown.contains(&target);
        observed.hidden_uses.push(HiddenUse {
            target,
            owners: owners.clone(),
            by,
            is_unshown,
            is_possible: false,
        });
    }
}
