//! What only the live account can answer: does everything a tenant names exist there?

use super::{Desired, Note, Observed, Obstacle, Policy, Role, Source, leading, onward, part, taken};
use crate::{
    diff,
    finding::{Finding, Place},
    model::{Address, Destination, E164, Extension, Kind, Reference, Resource, references},
    path::{Path, Segment},
    text::{as_read, as_seen, closest, is_slip, look_alike, shell, spelled},
};
use std::collections::{BTreeMap, BTreeSet};

/// Every name that leads nowhere on the live account, by the object that says it; and new ways out of which only accounts that
/// were not read could say so.
pub(super) fn check(
    account: &str,
    desired: &BTreeMap<Address, Desired>,
    absent: &BTreeMap<Address, Option<Source>>,
    observed: &Observed,
    platform: &BTreeMap<String, String>,
    policy: &Policy,
    place: &dyn Fn(&[Segment]) -> Option<Place>,
) -> (Vec<(Address, Finding)>, Vec<part::WayOut>) {
    let (mut found, mut ways_out) = (Vec::new(), Vec::new());
    let mut say = |address: &Address, finding: Finding| found.push((address.clone(), finding));
    let is_changed = |it: &&Obstacle| {
        let (wanted, live) = (desired.get(&it.address), observed.objects.get(&it.address));
        let is_so = wanted.zip(live).is_some_and(|(it, live)| diff::diff(&it.resource, live).is_empty());
        !policy.restores && !is_so
    };
    let reserved = observed.reserved.iter().filter(is_changed);
    for Obstacle { address, field, code, message, help } in observed.obstacles.iter().chain(reserved) {
        let managed = match desired.get(address) {
            Some(wanted) => field.as_ref().is_none_or(|field| wanted.resource.value(field).is_some()),
            None => field.is_none() && absent.contains_key(address),
        };
        if managed {
            let mut at = address.path();
            at.extend(field.iter().flat_map(|field| field.iter().cloned()));
            say(address, Finding::error(code, message.as_str()).help(*help).at(place(&at)));
        }
    }
    for (address, taken) in &observed.taken {
        for (field, finding) in
            desired.get(address).into_iter().flat_map(|it| taken::finding(address, &it.resource, taken))
        {
            let mut at = address.path();
            at.extend(field);
            say(address, finding.at(place(&at)));
        }
    }
    for (address, wanted) in desired {
        // A number of the platform is known from the read, also where the object that leads there cannot be read.
        let read = !policy.unobservable.contains(&address.kind);
        if let Some(finding) =
            object(account, address, &wanted.resource, absent, observed, policy).filter(|_| read)
        {
            say(address, finding.at(place(&address.path())));
            continue;
        }
        let live = observed.objects.get(address).filter(|_| read);
        let held = leading::Held::by(address, live);
        for (path, reference) in references(address, &wanted.resource) {
            // What is so already can be declared as it is: a plan that leaves it says so (`leading::nowhere`).
            if held.has(&wanted.resource, &path, &reference) {
                continue;
            }
            let number = leading::way_out(address, &path, &reference);
            let host = leading::hosted(address, &path, &reference, platform);
            ways_out.extend(number.filter(|_| host.is_none()).map(|it| part::WayOut::new(address, it)));
            let hosted = number.zip(host).map(|(number, host)| hosted_number(number, host));
            let pointer = || pointer(account, &reference, desired, observed).filter(|_| read);
            if let Some(finding) = hosted.or_else(pointer) {
                let mut at = address.path();
                at.extend(path);
                say(address, finding.at(place(&at)));
            }
        }
        if !read {
            continue;
        }
        for token in observed.unknown_dial_strings.get(address).into_iter().flatten() {
            let message = format!("the dial plan of account `{account}` has no rule `{token}` yet");
            let help = if token.starts_with("phone_") {
                "write `extension`, whose rules then apply; or add the rule to the dial plan: calls sent to a missing \
                 rule are lost"
            } else {
                "save the queue or mailbox once in the portal, which creates the rule; calls sent to a missing rule are \
                 lost"
            };
            say(address, Finding::error("no-dial-rule", message).help(help).at(place(&address.path())));
        }
    }
    (found, ways_out)
}

/// Pointers that lead nowhere, each with why.
pub type DeadEnds = Vec<(Path, String)>;

/// The pointers of an earlier value that lead nowhere now: whatever is tried, they do not come back. `live` is what
/// it would be brought back over, `comes`: what comes back with it.
pub fn dead_ends(
    account: &str,
    address: &Address,
    earlier: &Resource,
    live: Option<&Resource>,
    comes: &dyn Fn(&Address) -> bool,
    observed: &Observed,
    platform: &BTreeMap<String, String>,
) -> DeadEnds {
    let held = leading::Held::by(address, live);
    let own = |number: &E164| {
        let is_here = |kind: Kind| observed.objects.contains_key(&Address::new(kind, number));
        (is_here(Kind::Numbers) || is_here(Kind::Forwards)).then_some(account)
    };
    let mut found = Vec::new();
    for (path, reference) in references(address, earlier) {
        if held.has(earlier, &path, &reference) {
            continue;
        }
        let hosted = || {
            let number = leading::way_out(address, &path, &reference)?;
            let host = leading::hosted(address, &path, &reference, platform).or_else(|| own(number))?;
            Some(part::hosted(number, host))
        };
        let missing = || match &reference {
            Reference::Extension(to) | Reference::Phone(to) | Reference::Voicemail(to)
                if !comes(&Address::new(Kind::Queues, to)) =>
            {
                extension(account, to.as_str(), observed).map(|it| it.message)
            }
            Reference::Attendant(to) => extension(account, to.as_str(), observed).map(|it| it.message),
            _ => None,
        };
        // A system without extensions has nothing to look them up in.
        let missing = || missing().filter(|_| !observed.extensions.is_empty());
        found.extend(hosted().or_else(missing).map(|why| (path, why)));
    }
    found
}

/// The objects that cannot be planned because these cannot: they send calls there, now or in the files. Each with the one that
/// keeps it, if it is not blocked itself. `in_part`: the objects of which something that says where calls go stays as it is:
/// nothing is newly led there. `goes`: whether an object is to be deleted; what else the files do not say is not planned anyway.
pub(super) fn dependents(
    blocked: impl Iterator<Item = Address>,
    in_part: &BTreeSet<Address>,
    desired: &BTreeMap<Address, Desired>,
    observed: &Observed,
    goes: &dyn Fn(&Address) -> bool,
) -> BTreeMap<Address, Option<Address>> {
    let mut all: BTreeMap<Address, Option<Address>> = blocked.map(|it| (it, None)).collect();
    let targets = |address: &Address, resource: &Resource| -> Vec<Address> {
        let references = references(address, resource);
        references.iter().filter_map(|(_, to)| to.address()).collect()
    };
    loop {
        let open = || desired.iter().filter(|(address, _)| !all.contains_key(*address));
        let points = |(address, wanted): (&Address, &Desired)| {
            let kept = targets(address, &wanted.resource).into_iter().find(|to| all.contains_key(to))?;
            Some((address.clone(), Some(kept)))
        };
        let mut more: BTreeMap<Address, Option<Address>> = open().filter_map(points).collect();
        let staying = || all.keys().chain(in_part);
        for (address, kept) in onward::newly_led_to(staying(), desired, &observed.objects) {
            if !all.contains_key(address) {
                more.entry(address.clone()).or_insert_with(|| Some(kept.clone()));
            }
        }
        if more.is_empty() {
            break;
        }
        all.extend(more);
    }
    // What they lead to now must not go while they do.
    let mut used = BTreeMap::new();
    for address in all.keys() {
        let live = observed.objects.get(address);
        let hidden = observed.hidden_uses.iter().filter(|it| it.owners.contains(address));
        let hidden = hidden.map(|it| it.target.clone());
        let each = live.map(|live| targets(address, live)).unwrap_or_default().into_iter().chain(hidden);
        used.extend(each.map(|it| (it, Some(address.clone()))));
    }
    used.retain(|it, _| !desired.contains_key(it) && observed.objects.contains_key(it) && goes(it));
    for (address, by) in used {
        all.entry(address).or_insert(by);
    }
    all
}

/// Before the object that keeps another from being planned, in a note.
pub const KEPT_BY: &str = "not planned because of ";

/// Which object keeps another from being planned.
pub(super) fn kept_notes(withheld: &BTreeMap<Address, Option<Address>>) -> Vec<Note> {
    let each = withheld.iter().filter_map(|(address, by)| Some((address, by.as_ref()?)));
    each.map(|(address, by)| Note::new(address, format!("{KEPT_BY}{by}"))).collect()
}

/// A number of the platform that a forward or a failover is to lead away from.
fn hosted_number(to: &E164, host: &str) -> Finding {
    Finding::error("hosted-forward", part::hosted(to, host)).help(part::ELSEWHERE)
}

fn object(
    account: &str,
    address: &Address,
    wanted: &Resource,
    absent: &BTreeMap<Address, Option<Source>>,
    observed: &Observed,
    policy: &Policy,
) -> Option<Finding> {
    let live = observed.objects.get(address);
    let key = &address.key;
    match address.kind {
        Kind::Numbers | Kind::Forwards if live.is_none() => {
            let message = format!("number {key} is not in account `{account}`");
            let help = match slip(address, wanted, observed) {
                Some(near) => {
                    format!("did you mean {near}, which has this label? dialform never buys or moves numbers")
                }
                None => "dialform never buys or moves numbers: order it first, then declare it".to_owned(),
            };
            Some(Finding::error("no-such-number", message).help(help))
        }
        Kind::Rules | Kind::Diverts => extension(account, key, observed),
        Kind::Queues if live.is_none() && is_person(key, observed) => {
            let message = format!("queue `{key}` cannot be created: the extension is already taken");
            Some(Finding::error("extension-taken", message).help("choose a free extension for the queue"))
        }
        Kind::Queues | Kind::Schedules if !policy.restores && twin(address, absent, observed).is_some() => {
            let name = twin(address, absent, observed)?;
            let noun = address.kind.noun();
            let message = format!(
                "account `{account}` has a {noun} `{name}`; `{key}` differs from it only in what is not seen"
            );
            let help = format!(
                "write {}, which is its name there; or, to replace it, list that name under `absent`",
                spelled(name)
            );
            Some(Finding::error("look-alike", message).help(help))
        }
        Kind::Queues | Kind::Schedules | Kind::Receivers if live.is_none() && is_bare(wanted) => {
            let noun = address.kind.noun();
            let message = format!("account `{account}` has no {noun} `{key}`");
            let known = observed.objects.keys().filter(|a| a.kind == address.kind).map(|a| a.key.as_str());
            let help = match (called(address, observed), closest(key, known)) {
                (Some(live), _) => {
                    format!("{live} has this name in the portal: write {}", spelled(&live.key))
                }
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => format!(
                    "`{{}}` names a live {noun} that is used as it is; to create a new one, write its settings"
                ),
            };
            Some(Finding::error("no-such-object", message).help(help))
        }
        _ => None,
    }
}

/// The live queue that the portal shows under a name: here it is called by its extension.
pub(super) fn called<'a>(address: &Address, observed: &'a Observed) -> Option<&'a Address> {
    let is_called = |live: &Resource| match live {
        Resource::Queue(queue) => queue.name.as_ref().is_some_and(|it| as_read(it) == as_read(&address.key)),
        _ => false,
    };
    let queues = || observed.objects.iter().filter(|(it, _)| it.kind == address.kind);
    queues().find(|(it, live)| *it != address && is_called(live)).map(|(it, _)| it)
}

/// The one live number that is this one with two digits exchanged or one missing, and has its label.
fn slip<'a>(address: &Address, wanted: &Resource, observed: &'a Observed) -> Option<&'a str> {
    let label = |it: &Resource| match it {
        Resource::Number(number) => number.label.clone(),
        _ => None,
    };
    let own = label(wanted)?;
    let alike = observed.objects.iter().filter(|(other, live)| {
        other.kind == address.kind
            && is_slip(&address.key, &other.key)
            && label(live).is_some_and(|it| as_seen(&it) == as_seen(&own))
    });
    let mut alike = alike.map(|(other, _)| other.key.as_str());
    alike.next().filter(|_| alike.next().is_none())
}

/// The live object whose name looks like this one's, which there is none of. One that is to go is none.
fn twin<'a>(
    address: &Address,
    absent: &BTreeMap<Address, Option<Source>>,
    observed: &'a Observed,
) -> Option<&'a str> {
    if observed.objects.contains_key(address) {
        return None;
    }
    let own = as_seen(&address.key);
    let mut others =
        observed.objects.keys().filter(|it| it.kind == address.kind && !absent.contains_key(*it));
    others.find(|it| as_seen(&it.key) == own).map(|it| it.key.as_str())
}

fn is_person(key: &str, observed: &Observed) -> bool {
    let role =
        key.parse::<Extension>().ok().and_then(|extension| observed.extensions.get(&extension).copied());
    role.is_some_and(|role| role != Role::Queue)
}

/// Whether nothing is said about the object but its name.
fn is_bare(wanted: &Resource) -> bool {
    let mut wanted = wanted.clone();
    // Whose a schedule is makes none.
    wanted.forget(&["extension"].into());
    crate::diff::diff(&wanted, &crate::diff::nothing_like(&wanted)).is_empty()
}

fn extension(account: &str, key: &str, observed: &Observed) -> Option<Finding> {
    let known = key.parse().is_ok_and(|extension: Extension| observed.extensions.contains_key(&extension));
    if known {
        return None;
    }
    let message = format!("account `{account}` has no extension `{key}`");
    let help = format!(
        "dialform never creates or deletes extensions: create the user in the portal or dashboard first; if the user has \
         left, `dialform who-points-to extension:{key} --live` lists what leads there"
    );
    Some(Finding::error("no-such-extension", message).help(help))
}

/// An auto attendant that is written by the name that the portal shows.
fn attendant(name: &Extension, observed: &Observed) -> Option<Finding> {
    let is_called = |it: &&Extension| {
        observed.attendants.get(*it).is_some_and(|it| as_read(it) == as_read(name.as_str()))
    };
    let mut attendants = observed.extensions.iter().filter(|(_, role)| **role == Role::Attendant);
    let at = attendants.find_map(|(extension, _)| Some(extension).filter(is_called))?;
    let message = format!("`{name}` is the name of an auto attendant, not its extension");
    let help = format!("write `{{ attendant: \"{at}\" }}`");
    Some(Finding::error("no-such-attendant", message).help(help))
}

/// A thing of the provider that is found by its name.
fn named_target(account: &str, to: &Destination, observed: &Observed) -> Option<Finding> {
    let word = to.word();
    // A place without a name is no thing.
    let name = to.name()?;
    match observed.named_targets.get(to) {
        Some(1) => None,
        Some(several) => {
            let message = format!("account `{account}` has {several} of `{word}` called `{name}`");
            Some(
                Finding::error("ambiguous-name", message)
                    .help("give each a name of its own in the portal first"),
            )
        }
        None => {
            let known: Vec<String> = observed
                .named_targets
                .keys()
                .filter(|it| it.word() == word)
                .filter_map(Destination::name)
                .collect();
            let alike = known.iter().find(|it| look_alike(it, &name));
            let near = closest(&name, known.iter().map(String::as_str));
            let help = match (alike, near) {
                (Some(alike), _) => format!(
                    "write {}, which is its name there; `{name}` differs from it only in what is not seen",
                    spelled(alike)
                ),
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => "dialform does not create it: create it in the portal first".to_owned(),
            };
            let message = format!("account `{account}` has no `{word}` called `{name}`");
            Some(Finding::error("no-such-place", message).help(help))
        }
    }
}

fn pointer(
    account: &str,
    reference: &Reference,
    desired: &BTreeMap<Address, Desired>,
    observed: &Observed,
) -> Option<Finding> {
    let planned = |kind, key: &str| desired.contains_key(&Address::new(kind, key));
    // The lints check that it is declared, so only `--only` can leave it out.
    let narrowed = |kind: Kind, key: &str| {
        let address = Address::new(kind, key);
        let known = desired.contains_key(&address) || observed.objects.contains_key(&address);
        let message = format!("account `{account}` has no {} `{key}` yet", kind.noun());
        let help = format!(
            "{address} is declared, but not part of this run: add `--only {}`",
            shell(&address.to_string())
        );
        (!known).then(|| Finding::error("out-of-scope", message).help(help))
    };
    match reference {
        Reference::Extension(to) | Reference::Phone(to) | Reference::Voicemail(to) => {
            if planned(Kind::Queues, to.as_str()) { None } else { extension(account, to.as_str(), observed) }
        }
        Reference::Attendant(to) => match observed.extensions.get(to) {
            Some(Role::Attendant) => None,
            Some(_) => {
                let message = format!("no auto attendant answers at extension `{to}`");
                Some(Finding::error("no-such-attendant", message).help("write `extension` to reach a person"))
            }
            None => attendant(to, observed).or_else(|| extension(account, to.as_str(), observed)),
        },
        Reference::Queue(key) => narrowed(Kind::Queues, key),
        Reference::Schedule(key) => narrowed(Kind::Schedules, key),
        Reference::Receiver(to) => {
            let address = Address::new(Kind::Receivers, to);
            if desired.contains_key(&address) || observed.objects.contains_key(&address) {
                return None;
            }
            let message = format!("account `{account}` has no receiving number {to}");
            let help = "declare it under `receivers`: calls are only sent to numbers that are entered there";
            Some(Finding::error("no-such-receiver", message).help(help))
        }
        Reference::Named(to) => named_target(account, to, observed),
        Reference::Number(_) | Reference::DialString(_) => None,
    }
}
