//! What was read of a domain, put into the words of the YAML.

use super::{
    domain_data::DomainData,
    frames, preconditions,
    queue_record::{NOT_KEPT, QueueRecord},
    standing::{is_shown, looks_up_blocked},
    survey::survey,
};
use crate::{
    model::{Address, Callers, E164, Extension, Kind, Queue, Resource, Schedule},
    path::Path,
    plan::{DeletedNames, Observed, Obstacle, Own, Remnant, Role},
    provider::{
        Scope,
        scalar::Unreadable,
        stratus::{
            convert::{self, QueueParts},
            wire::{Agent, AnswerRule, Text},
        },
    },
};

/// The account as planning sees it.
pub fn observed(live: &DomainData, scope: &Scope) -> Observed {
    let context = &live.context;
    let mut observed = Observed {
        extensions: context.roles.clone(),
        attendants: context.attendants.clone(),
        ..Observed::default()
    };
    observed.obstacles.extend(live.missing_holidays.iter().cloned());
    observed.obstacles.extend(frames::without_owner(live, scope));
    observed.reserved.extend(frames::misnamed(live, scope));
    schedules(live, scope, &mut observed);
    queues(live, scope, &mut observed);
    left_agents(live, scope, &mut observed);
    half_queues(live, &mut observed);
    numbers(live, &mut observed);
    forwards(live, &mut observed);
    rules(live, scope, &mut observed);
    observed.namesakes.retain(|_, ids| ids.len() > 1);
    observed.circumstances = preconditions::circumstances(live);
    observed.unread_forwards.clone_from(&live.unread_forwards);
    observed.deleted_names =
        if live.standing.lingering.is_empty() { DeletedNames::PerhapsTaken } else { DeletedNames::Taken };
    lingering_rules(live, scope, &mut observed);
    survey(live, scope, &mut observed);
    if let Some(domain) = &live.domain {
        let zone = |text: &Text| Some(text.0.trim().to_owned()).filter(|zone| !zone.is_empty());
        observed.zones.account = zone(&domain.time_zone);
        let own = live
            .users
            .iter()
            .filter_map(|user| Some((user.user.as_str().parse().ok()?, zone(&user.time_zone)?)));
        observed.zones.extensions = own.collect();
        preconditions::note(live, scope, &mut observed);
    }
    observed
}

fn schedules(live: &DomainData, scope: &Scope, observed: &mut Observed) {
    let shared = live.frames.iter().map(|frame| (None, frame));
    let own = live.own_frames.iter().map(|(extension, frame)| (Some(extension.as_str()), frame));
    for (owner, frame) in shared.chain(own) {
        let (mut schedule, beyond, strange) = convert::schedule(frame);
        // What was not read is not closed.
        if owner.is_none() && live.unread_frames.contains(frame.timeframe_id.as_str()) {
            schedule = Schedule::default();
        }
        schedule.extension = owner.and_then(|owner| owner.parse().ok());
        let address = Address::new(Kind::Schedules, frame.timeframe_name.as_str());
        if !beyond.is_empty() {
            observed.beyond.insert(address.clone(), beyond);
        }
        observed.obstacles.extend(frames::obstacles(scope, &address, owner));
        if frame.kind().is_none() {
            observed.obstacles.extend(frames::of_no_type(&address, frame.shown_type()));
        }
        if let Some(owner) = owner {
            note(observed, &address, vec![format!("it belongs to extension `{owner}` alone")]);
        }
        observed.own.insert(address.clone(), Own::of(frame));
        add(observed, address, Resource::Schedule(schedule), strange, frame.timeframe_id.as_str());
    }
}

fn queues(live: &DomainData, scope: &Scope, observed: &mut Observed) {
    let context = &live.context;
    for queue in &live.queues {
        let key = queue.callqueue.as_str();
        let agents: Vec<&Agent> =
            live.agents.iter().filter(|agent| agent.callqueue.as_str() == key).collect();
        let user = live.users.iter().find(|user| user.user.as_str() == key);
        let parts = QueueParts { agents: &agents, user, default: default_rule(live, key) };
        let (mut words, strange) = convert::queue(queue, &parts, context);
        let address = Address::new(Kind::Queues, key);
        // A restore brings back the agent that was there, and no other form of it.
        let earlier = scope.earlier.get(&address).map(|own| QueueRecord(own.clone()));
        let had = |agent: &&Agent| {
            earlier.as_ref().is_none_or(|earlier| earlier.has_agent(agent.callqueue_agent_id.as_str()))
        };
        if let Some(Resource::Queue(wanted)) = scope.wanted.get(&address).filter(|_| agents.iter().all(had)) {
            convert::recognise_devices(&mut words, wanted);
        }
        if let Some(record) = live.queue_records.get(key) {
            let rules = live.raw_rules.get(key).map(Vec::as_slice).unwrap_or_default();
            observed.own.insert(address.clone(), Own::of(&record.with(rules)));
            observed.not_kept.insert(address.clone(), NOT_KEPT);
        }
        add(observed, address, Resource::Queue(words), strange, key);
    }
    // One that comes back comes back without it.
    let earlier = scope.earlier.keys().filter(|it| it.kind == Kind::Queues);
    for address in earlier.filter(|it| !live.queues.iter().any(|queue| queue.callqueue.as_str() == it.key)) {
        observed.not_kept.insert(address.clone(), NOT_KEPT);
    }
}

/// What a creation that was refused has left behind.
fn half_queues(live: &DomainData, observed: &mut Observed) {
    for key in &live.half_queues {
        let text = format!(
            "extension {key} is a queue's user without a queue, left behind by a creation that was refused"
        );
        let object = Resource::Queue(Queue::default());
        observed.remnants.insert(Address::new(Kind::Queues, key), Remnant { object, text });
    }
}

fn numbers(live: &DomainData, observed: &mut Observed) {
    for number in &live.numbers {
        if let Some((key, words, strange)) = convert::number(number, &live.context) {
            let id = number.phonenumber.as_str();
            observed.own.insert(Address::new(Kind::Numbers, &key), Own::of(&number.own()));
            let address = Address::new(Kind::Numbers, &key);
            if number.enabled.is_no() {
                let text = "it is switched off (`enabled: no`): its calls go nowhere; a declared route switches it on".to_owned();
                note(observed, &address, vec![text]);
            }
            add(observed, address, Resource::Number(words), strange, id);
        }
    }
}

fn forwards(live: &DomainData, observed: &mut Observed) {
    for forward in &live.carrier {
        let digits = forward.number.as_str();
        let Some(key) = E164::from_nanp(digits) else { continue };
        let (words, strange) = convert::forward(forward);
        add(observed, Address::new(Kind::Forwards, &key), Resource::Forward(words), strange, digits);
    }
}

/// The rules of extensions, and diverts, which are about their Default rule.
fn rules(live: &DomainData, scope: &Scope, observed: &mut Observed) {
    let context = &live.context;
    for user in &live.users {
        let key = user.user.as_str();
        let Some(rules) = live.rules.get(key) else { continue };
        if let Some(raw) = live.raw_rules.get(key) {
            let own = Own::of(raw);
            observed.own.insert(Address::new(Kind::Rules, key), own.clone());
            observed.own.insert(Address::new(Kind::Diverts, key), own);
        }
        let Ok(extension) = key.parse::<Extension>() else { continue };
        let diverts = Address::new(Kind::Diverts, key);
        if scope.wanted.contains_key(&diverts) {
            let (words, strange) = convert::diverts(default_rule(live, key), context);
            add(observed, diverts, Resource::Diverts(words), strange, key);
        }
        // A queue's own rules are part of the queue; its `failover` says what there is to say.
        if context.roles.get(&extension) == Some(&Role::Queue) {
            continue;
        }
        let (mut words, notes, strange) = convert::rules(user, rules, context);
        let address = Address::new(Kind::Rules, key);
        note(observed, &address, notes);
        if let (Some(callers), Some(rule)) = (&mut words.callers, default_rule(live, key)) {
            let wanted = match scope.wanted.get(&address) {
                Some(Resource::Rules(wanted)) => wanted.callers.clone().unwrap_or_default(),
                _ => Callers::default(),
            };
            let hides =
                Hides { lists: context.lists_hidden, block: live.standing.hidden_blocks.contains(key) };
            for field in unread_lists(callers, rule, &wanted, &hides) {
                let unseen = observed.unseen.entry(address.clone()).or_default();
                unseen.insert(Path::from(["callers", field]));
            }
        }
        add(observed, address, Resource::Rules(words), strange, key);
    }
}

fn default_rule<'a>(live: &'a DomainData, extension: &str) -> Option<&'a AnswerRule> {
    convert::default_rule(live.rules.get(extension)?)
}

/// Adds an object. `id`: what the platform calls it.
fn add(observed: &mut Observed, address: Address, resource: Resource, strange: Unreadable, id: &str) {
    if strange != Unreadable::default() {
        observed.unreadable.insert(address.clone(), strange.0);
    }
    let namesakes = observed.namesakes.entry(address.clone()).or_default();
    namesakes.push(id.to_owned());
    if observed.objects.insert(address.clone(), resource).is_some() {
        let message =
            format!("{} `{}` exists twice: the second one is {id}", address.kind.noun(), address.key);
        let help = "remove one of the two in the portal; dialform does not guess which one is meant";
        observed.obstacles.push(Obstacle { address, field: None, code: "ambiguous-object", message, help });
    }
}

fn note(observed: &mut Observed, address: &Address, notes: Vec<String>) {
    if !notes.is_empty() {
        observed.notes.entry(address.clone()).or_default().extend(notes);
    }
}

/// What this server does not show of one extension.
struct Hides {
    /// Both lists, in its rules.
    lists: bool,
    /// The block list, anywhere.
    block: bool,
}

/// Takes out the lists that the Default rule does not show and that were looked up nowhere else: they are not empty for all
/// that. Says which declared fields are ones that cannot be seen.
fn unread_lists(
    callers: &mut Callers,
    rule: &AnswerRule,
    wanted: &Callers,
    hides: &Hides,
) -> Vec<&'static str> {
    let mut unseen = Vec::new();
    if !is_shown(&rule.phone_numbers_to_allow) && (hides.lists || wanted.allow.is_none()) {
        callers.allow = None;
        unseen.extend(wanted.allow.as_ref().map(|_| "allow"));
    }
    if !is_shown(&rule.phone_numbers_to_reject) && (hides.block || !looks_up_blocked(wanted)) {
        callers.block = None;
        unseen.extend(wanted.block.as_ref().map(|_| "block"));
        // The flag of the user alone says that it is on, not that it is off: the list may name them all the same. To switch it on
        // takes the flag alone.
        let is_wanted = wanted.block_anonymous == Some(true);
        callers.block_anonymous = callers.block_anonymous.filter(|on| *on || is_wanted);
        let is_unseen = !is_wanted && callers.block_anonymous.is_none();
        let anonymous = wanted.block_anonymous.filter(|_| is_unseen);
        unseen.extend(anonymous.map(|_| "block_anonymous"));
    }
    unseen
}

/// Rules that were deleted and linger: they count as gone, and their names cannot be used again.
fn lingering_rules(live: &DomainData, scope: &Scope, observed: &mut Observed) {
    for (extension, names) in &live.standing.lingering {
        let address = Address::new(Kind::Rules, extension);
        observed.taken.insert(address.clone(), names.iter().cloned().collect());
        let Some(Resource::Rules(wanted)) = scope.wanted.get(&address) else { continue };
        for name in names.iter().filter(|name| !wanted.order.iter().flatten().any(|rule| rule.when == **name))
        {
            let text = format!("a deleted rule for `{name}` lingers; only the vendor can purge it");
            observed.notes.entry(address.clone()).or_default().push(text);
        }
    }
}

/// Agents that an earlier queue of the extension has left behind.
fn left_agents(live: &DomainData, scope: &Scope, observed: &mut Observed) {
    let made = |key: &str| {
        let address = Address::new(Kind::Queues, key);
        scope.wanted.contains_key(&address) && !observed.objects.contains_key(&address)
    };
    let left: Vec<&Agent> = live.agents.iter().filter(|agent| made(agent.callqueue.as_str())).collect();
    for agent in left {
        let id = agent.callqueue_agent_id.as_str();
        let text = format!(
            "agent `{id}` of an earlier queue is still listed; it is not taken over unless `agents` names it"
        );
        let address = Address::new(Kind::Queues, agent.callqueue.as_str());
        observed.notes.entry(address).or_default().push(text);
    }
}
