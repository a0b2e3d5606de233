//! What an account has switched off and a declared object relies on: said in its plan, before callers find out.

use super::domain_data::DomainData;
use crate::{
    model::{
        Address, Circumstances, DEFAULT_RULE, Destination, Extension, Kind, Reference, Resource, Rule, Rules,
        Spam, Unclear, references,
    },
    path::Path,
    plan::{Observed, Role, in_words},
    provider::{
        Scope,
        stratus::{
            convert,
            wire::{AnswerRule, DEFAULT, User},
        },
    },
};
use std::collections::BTreeSet;

/// What calls depend on here, as far as it was read.
pub fn circumstances(live: &DomainData) -> Circumstances {
    let of = |(extension, rules): (&String, &Vec<AnswerRule>)| -> Vec<((String, String), Destination)> {
        let to = |rule: &AnswerRule| {
            let to = on_dnd(rule)?;
            let name =
                if rule.time_frame.as_str() == DEFAULT { DEFAULT_RULE } else { rule.time_frame.as_str() };
            Some(((extension.clone(), name.to_owned()), convert::destination(to, &live.context)))
        };
        rules.iter().filter_map(to).collect()
    };
    let roles = &live.context.roles;
    let all = || roles.iter().map(|(it, role)| (it.to_string(), role));
    // That of a queue that there is goes by the queue.
    let queues = all().filter(|(_, role)| **role == Role::Queue).map(|(it, _)| it);
    let others = all().filter(|(_, role)| **role != Role::Queue).map(|(it, _)| it);
    Circumstances {
        mailboxes_off: without_mailbox(live).into_iter().map(str::to_owned).collect(),
        on_dnd: live.rules.iter().flat_map(of).collect(),
        extensions: (!roles.is_empty()).then(|| others.collect()),
        unclear: Unclear::These(queues.collect()),
        ..Circumstances::default()
    }
}

/// Adds a note to each object in scope for everything it relies on that is switched off.
pub fn note(live: &DomainData, scope: &Scope, observed: &mut Observed) {
    let off = without_mailbox(live);
    for (address, wanted) in &scope.wanted {
        let mut notes = mailboxes(address, wanted, &off, observed);
        if let Resource::Rules(rules) = wanted {
            notes.extend(rule_notes(&address.key, rules, live, observed));
        }
        if !notes.is_empty() {
            observed.notes.entry(address.clone()).or_default().extend(notes);
        }
    }
}

fn user<'a>(extension: &str, live: &'a DomainData) -> Option<&'a User> {
    live.users.iter().find(|user| user.user.as_str() == extension)
}

/// Whether an extension's mailbox takes no messages (FACTS stratus/users-11).
fn has_no_mailbox(extension: &str, live: &DomainData) -> bool {
    user(extension, live).is_some_and(|user| user.voicemail_enabled.is_no())
}

/// The extensions whose mailboxes take none.
fn without_mailbox(live: &DomainData) -> BTreeSet<&str> {
    live.users.iter().filter(|user| user.voicemail_enabled.is_no()).map(|user| user.user.as_str()).collect()
}

/// The mailboxes among these that an object sends calls to, by what is declared and, where nothing is, by what is live.
fn mailboxes(address: &Address, wanted: &Resource, off: &BTreeSet<&str>, observed: &Observed) -> Vec<String> {
    if off.is_empty() {
        return Vec::new();
    }
    let of = |object| {
        references(address, object).into_iter().filter_map(|(path, to)| match to {
            Reference::Voicemail(to) if off.contains(to.as_str()) => Some((path, to)),
            _ => None,
        })
    };
    let said = |object, path: &Path, to: &Extension| {
        format!("{}: {}", in_words(object, path), mailbox_off(to.as_str()))
    };
    let mut notes: Vec<String> = of(wanted).map(|(path, to)| said(wanted, &path, &to)).collect();
    if let Some(object) = observed.objects.get(address) {
        let is_undeclared =
            |path: &Path| path.field().is_some_and(|field| wanted.value(&Path::from([field])).is_none());
        let undeclared = of(object).filter(|(path, _)| is_undeclared(path));
        notes.extend(undeclared.map(|(path, to)| said(object, &path, &to)));
    }
    notes
}

fn mailbox_off(extension: &str) -> String {
    format!(
        "the mailbox of extension {extension} is switched off, and calls sent there are dropped; switch it on in the \
         portal: Users > {extension} > Voicemail"
    )
}

fn whose(rule: &Rule) -> String {
    match rule.when.as_str() {
        DEFAULT_RULE => "the Default rule".to_owned(),
        name => format!("rule `{name}`"),
    }
}

fn rule_notes(extension: &str, wanted: &Rules, live: &DomainData, observed: &Observed) -> Vec<String> {
    let mut notes = Vec::new();
    let owner = user(extension, live);
    let screens_not = owner.is_some_and(|user| user.call_screening_enabled.is_no());
    let live_words = observed.objects.get(&Address::new(Kind::Rules, extension));
    let order = match (&wanted.order, live_words) {
        (Some(order), _) => order.as_slice(),
        (None, Some(Resource::Rules(rules))) => rules.order.as_deref().unwrap_or_default(),
        _ => &[],
    };
    let stored = live.rules.get(extension).map(Vec::as_slice).unwrap_or_default();
    for rule in order {
        if rule.do_not_disturb {
            notes.extend(do_not_disturb(extension, rule, stored, live));
        }
        if rule.call_screening && screens_not {
            notes.push(format!(
                "{}: Call screening is switched off for extension {extension}, and nobody is screened; ask the \
                 provider to switch it on",
                whose(rule)
            ));
        }
    }
    let marks_not = live.domain.as_ref().is_some_and(|domain| domain.is_stir_enabled.is_no());
    let spam = wanted.callers.as_ref().and_then(|callers| callers.spam);
    let live_spam = match live_words {
        Some(Resource::Rules(rules)) => rules.callers.as_ref().and_then(|callers| callers.spam),
        _ => None,
    };
    if marks_not && spam.is_some_and(|spam| spam != Spam::Ring) {
        notes.push(
            "SPAM CALLS does nothing here: the account does not check callers (STIR/SHAKEN is off), and no call is marked \
             as spam; ask the provider to switch it on"
                .to_owned(),
        );
    } else if !marks_not && spam.or(live_spam) == Some(Spam::Voicemail) && has_no_mailbox(extension, live) {
        // It names no mailbox: it is the extension's own.
        notes.push(format!("`callers.spam`: {}", mailbox_off(extension)));
    }
    notes
}

/// Where a rule sends callers with Do not disturb, in the words of the vendor. None: to voicemail.
fn on_dnd(rule: &AnswerRule) -> Option<&str> {
    let forward = Some(&rule.forward_on_dnd).filter(|it| it.enabled.is_yes())?;
    forward.parameters.first().map(|it| it.as_str())
}

/// Where callers really go with Do not disturb, if that is not a mailbox that takes messages.
fn do_not_disturb(extension: &str, rule: &Rule, stored: &[AnswerRule], live: &DomainData) -> Option<String> {
    let name = if rule.when == DEFAULT_RULE { DEFAULT } else { rule.when.as_str() };
    let stored = stored.iter().find(|it| it.time_frame.as_str() == name);
    if let Some(to) = stored.and_then(on_dnd) {
        let to = convert::described(to, &live.context);
        return Some(format!("with Do not disturb, {} sends callers to {to}, not to voicemail", whose(rule)));
    }
    has_no_mailbox(extension, live).then(|| {
        format!("with Do not disturb, {} sends callers to voicemail: {}", whose(rule), mailbox_off(extension))
    })
}
