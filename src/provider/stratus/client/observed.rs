//! What was read of a domain, put into the words of the YAML.

use super::{domain_data::DomainData, preconditions, survey::survey};
use crate::{
    model::{Address, E164, Extension, Forward, Kind, Queue, Resource},
    plan::{Observed, Obstacle, Remnant, Role},
    provider::{
        Scope,
        stratus::{
            convert,
            wire::{Agent, Text},
        },
    },
};

/// The account as planning sees it.
pub fn observed(live: &DomainData, scope: &Scope) -> Observed {
    let context = &live.context;
    let mut observed = Observed { extensions: context.roles.clone(), ..Observed::default() };
    let default = |extension: &str| convert::default_rule(live.rules.get(extension)?);
    let add =
        |observed: &mut Observed, address: Address, resource: Resource, notes: Vec<String>, id: &str| {
            if !notes.is_empty() {
                observed.notes.entry(address.clone()).or_default().extend(notes);
            }
            if observed.objects.insert(address.clone(), resource).is_some() {
                let message =
                    format!("{} `{}` exists twice: the second one is {id}", address.kind.noun(), address.key);
                let help = "remove one of the two in the portal; dialform does not guess which one is meant";
                observed.obstacles.push(Obstacle {
                    address,
                    field: None,
                    code: "ambiguous-object",
                    message,
                    help,
                });
            }
        };
    for frame in &live.frames {
        let (schedule, notes) = convert::schedule(frame);
        let address = Address::new(Kind::Schedules, frame.timeframe_name.as_str());
        add(&mut observed, address, Resource::Schedule(schedule), notes, frame.timeframe_id.as_str());
    }
    for (extension, frame) in &live.own_frames {
        let (schedule, mut notes) = convert::schedule(frame);
        let address = Address::new(Kind::Schedules, frame.timeframe_name.as_str());
        notes.push(format!("it belongs to extension `{extension}` alone"));
        for field in ["weekly", "dates", "yearly"] {
            let message = format!("schedule `{}` belongs to extension `{extension}` alone", address.key);
            let help = "use it as it is, `{}`, or make one for the whole account under another name";
            let address = address.clone();
            observed.obstacles.push(Obstacle {
                address,
                field: Some([field].into()),
                code: "own-schedule",
                message,
                help,
            });
        }
        observed.objects.insert(address.clone(), Resource::Schedule(schedule));
        observed.notes.entry(address).or_default().extend(notes);
    }
    for queue in &live.queues {
        let key = queue.callqueue.as_str();
        let agents: Vec<&Agent> =
            live.agents.iter().filter(|agent| agent.callqueue.as_str() == key).collect();
        let (words, notes) = convert::queue(queue, &agents, default(key), context);
        add(&mut observed, Address::new(Kind::Queues, key), Resource::Queue(words), notes, key);
    }
    for key in &live.half_queues {
        let text = format!(
            "extension {key} is a queue's user without a queue, left behind by a creation that was refused"
        );
        let object = Resource::Queue(Queue::default());
        observed.remnants.insert(Address::new(Kind::Queues, key), Remnant { object, text });
    }
    for number in &live.numbers {
        if let Some((key, words)) = convert::number(number, context) {
            let id = number.phonenumber.as_str();
            add(&mut observed, Address::new(Kind::Numbers, &key), Resource::Number(words), Vec::new(), id);
        }
    }
    for forward in &live.carrier {
        let digits = forward.number.as_str();
        let Some(key) = E164::from_nanp(digits) else { continue };
        let to = forward.destination.as_ref().map(|to| to.as_str()).filter(|to| !to.is_empty());
        let words = Forward { to: to.and_then(E164::from_nanp), active: Some(forward.active), protect: None };
        let mut notes = Vec::new();
        if let (Some(to), None) = (to, &words.to) {
            notes.push(format!("calls are forwarded to `{to}`, which is no phone number"));
        }
        add(&mut observed, Address::new(Kind::Forwards, &key), Resource::Forward(words), notes, digits);
    }
    for user in &live.users {
        let key = user.user.as_str();
        let Some(rules) = live.rules.get(key) else { continue };
        let Ok(extension) = key.parse::<Extension>() else { continue };
        let diverts = Address::new(Kind::Diverts, key);
        if scope.wanted.contains_key(&diverts) {
            let words = convert::diverts(default(key), context);
            add(&mut observed, diverts, Resource::Diverts(words), Vec::new(), key);
        }
        // A queue's own rules are part of the queue; its `failover` says what there is to say.
        if context.roles.get(&extension) == Some(&Role::Queue) {
            continue;
        }
        let (words, notes) = convert::rules(user, rules, context);
        add(&mut observed, Address::new(Kind::Rules, key), Resource::Rules(words), notes, key);
    }
    observed.unread_forwards.clone_from(&live.unread_forwards);
    survey(live, &mut observed);
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
