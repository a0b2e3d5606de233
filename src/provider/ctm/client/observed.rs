//! What was read of an account, in the words of the YAML.

use super::{
    account_data::AccountData,
    index::{Index, key, noun},
    uses,
};
use crate::{
    model::{
        Address, Day, Destination, E164, Kind, Number, Queue, Reference, Resource, Route, Schedule, Weekly,
        Window, references,
    },
    path::{Field, Path},
    plan::{Observed, Obstacle, Own},
    provider::{
        Scope,
        ctm::{
            convert::{self, FALLBACK, LIST, ONE, Said, TargetType},
            wire::Row,
            zones,
        },
        scalar::Unreadable,
    },
    text::count,
};
use serde::Serialize;
use serde_json::{Value, json};

pub fn in_words(live: &AccountData, scope: &Scope, index: &Index) -> Observed {
    let mut observed = Observed { named_targets: index.named_targets(), ..Observed::default() };
    let zone = live.account.as_ref().and_then(|account| account.text("timezone"));
    observed.zones.account = zone.map(|zone| zones::iana(&zone));
    let mut words = Words { observed, scope };
    words.numbers(live, index);
    words.receivers(live, index);
    words.queues(live, index);
    words.schedules(live);
    words.account(live);
    if uses::are_asked_for(scope) {
        words.observed.hidden_uses = uses::hidden(live, &index.names);
    }
    if scope.lists {
        words.names(live, index);
        words.tokens(live, index);
        words.several(live, index);
        words.nights();
    }
    words.observed
}

/// What has been put into words so far.
struct Words<'a> {
    observed: Observed,
    scope: &'a Scope,
}

impl Words<'_> {
    fn add<T>(&mut self, address: Address, said: Said<T>, wrap: fn(T) -> Resource) {
        let Said { object, hidden, notes, unreadable } = said;
        if unreadable != Unreadable::default() {
            self.observed.unreadable.insert(address.clone(), unreadable.0);
        }
        if !hidden.is_empty() {
            self.observed.opaque.insert(address.clone(), hidden.into_iter().map(Path::from).collect());
        }
        if !notes.is_empty() {
            self.observed.notes.insert(address.clone(), notes);
        }
        self.observed.objects.insert(address, wrap(object));
    }

    fn obstacle(
        &mut self,
        address: Address,
        field: Option<Field>,
        code: &'static str,
        message: String,
        help: &'static str,
    ) {
        let field = field.map(Path::from);
        self.observed.obstacles.push(Obstacle { address, field, code, message, help });
    }

    fn numbers(&mut self, live: &AccountData, index: &Index) {
        for row in &live.numbers {
            let Some((number, mut said)) = convert::tracking_number(row, &index.names) else { continue };
            let address = Address::new(Kind::Numbers, &number);
            if let Some(why) = convert::out_of_service(row) {
                self.observed.circumstances.out_of_service.insert(number.clone(), why);
            }
            said.notes.extend(self.fallback(&address, &said.object, row));
            // A number that goes elsewhere keeps the pattern of a list.
            if let Some(Route::To(_)) = said.object.route
                && let Some(word) = convert::shown_pattern(row)
            {
                let pattern = convert::pattern(row).map_or_else(|| json!(word), |pattern| json!(pattern));
                let kept = self.observed.kept.entry(address.clone()).or_default();
                kept.insert(["route", "pattern"].into(), pattern);
            }
            if let Some(beside) = said.object.route.as_ref().and_then(|it| convert::beside_route(row, it)) {
                self.own(address.clone(), &beside);
            }
            self.add(address, said, Resource::Number);
            self.add(Address::new(Kind::Forwards, &number), convert::forward(row), Resource::Forward);
            if let Some(value) = row.text("failsafe_number").filter(|value| value.parse::<E164>().is_err()) {
                let message = format!(
                    "the live fail-safe number is `{value}`, which is not in international form (E.164)"
                );
                self.obstacle(
                    Address::new(Kind::Forwards, number),
                    None,
                    "unreadable-value",
                    message,
                    FAILSAFE,
                );
            }
        }
    }

    /// What is sent beside a new route to an agent because nothing is live: it is no part of the route in the YAML.
    fn fallback(&self, address: &Address, live: &Number, row: &Row) -> Option<String> {
        let Some(Resource::Number(Number { route: Some(wanted), .. })) = self.scope.wanted.get(address)
        else {
            return None;
        };
        if !matches!(wanted, Route::To(Destination::Agent(_))) || live.route.as_ref() == Some(wanted) {
            return None;
        }
        let earlier = self.scope.earlier.get(address);
        let is_known =
            |key| earlier.is_some_and(|it| it.get(key).is_some()) || convert::fallback(row, key).is_some();
        let missing = FALLBACK.iter().filter(|(key, _)| !is_known(key));
        let sent: Vec<String> = missing.map(|(key, value)| format!("`{key}: {value}`")).collect();
        let text =
            "what becomes of a caller whom the agent does not answer is not shown; sent with the route:";
        (!sent.is_empty()).then(|| format!("{text} {}", sent.join(", ")))
    }

    fn receivers(&mut self, live: &AccountData, index: &Index) {
        for row in &live.receivers {
            // One that is no phone number cannot be declared, and so never goes (FACTS ctm/receivers-5).
            let name = key(TargetType::Receiver, row);
            let number = name.as_ref().and_then(|key| key.parse::<E164>().ok());
            let Some(number) = number else {
                self.aside(Kind::Receivers, name, row, "it is no phone number: there is no word for it");
                continue;
            };
            let said = convert::receiver(row, &index.names);
            self.own(Address::new(Kind::Receivers, &number), &row.0);
            self.add(Address::new(Kind::Receivers, number), said, Resource::Receiver);
        }
    }

    fn queues(&mut self, live: &AccountData, index: &Index) {
        for row in &live.automatic {
            self.aside(
                Kind::Queues,
                key(TargetType::Queue, row),
                row,
                "the system has made it for itself (`AQ:`)",
            );
        }
        for (row, agents) in &live.queues {
            let Some(name) = key(TargetType::Queue, row) else { continue };
            let address = Address::new(Kind::Queues, name);
            let Some(agents) = agents else {
                self.observed.objects.insert(address, Resource::Queue(Queue::default()));
                continue;
            };
            let mut said = convert::queue(row, agents, &index.names);
            if !self.scope.is_about(&["agents"]) {
                // Nobody has asked for them.
                said.object.agents = None;
                let unseen = self.observed.unseen.entry(address.clone()).or_default();
                unseen.insert(["agents"].into());
            } else if let Some(total) =
                row.number("total_agents").filter(|total| *total as usize != agents.len())
            {
                let (total, listed) = (count(total as usize, "agent"), agents.len());
                said.notes.push(format!(
                    "the API counts {total} and lists {listed}: its agents are perhaps not all shown"
                ));
                if self.changes_agents(&address, &said.object) {
                    let shown = format!("a list of {listed} where {total} are counted");
                    said.unreadable.0.entry(["agents"].into()).or_insert(shown);
                    said.object.agents = None;
                }
            }
            let agents: Vec<Value> = agents.iter().map(|row| row.0.clone().into()).collect();
            self.own(address.clone(), &json!({ "queue": row.0, "agents": agents }));
            self.add(address, said, Resource::Queue);
        }
    }

    /// Something that no file declares.
    fn aside(&mut self, kind: Kind, name: Option<String>, row: &Row, why: &'static str) {
        let name = name.unwrap_or_else(|| format!("(id {})", row.id()));
        self.observed.aside.push((Address::new(kind, name), why));
    }

    /// The object as it was read, for a restore file.
    fn own(&mut self, address: Address, own: &impl Serialize) {
        self.observed.own.insert(address, Own::of(own));
    }

    fn changes_agents(&self, address: &Address, live: &Queue) -> bool {
        let Some(Resource::Queue(Queue { agents: Some(wanted), .. })) = self.scope.wanted.get(address) else {
            return false;
        };
        live.agents.as_ref() != Some(wanted)
    }

    fn schedules(&mut self, live: &AccountData) {
        for (row, whole) in &live.schedules {
            let Some(name) = key(TargetType::Schedule, row) else { continue };
            let address = Address::new(Kind::Schedules, name);
            if *whole {
                self.own(address.clone(), &row.0);
                self.add(address, convert::schedule(row), Resource::Schedule);
            } else {
                self.observed.objects.insert(address, Resource::Schedule(Schedule::default()));
            }
        }
    }

    /// An account that may take no calls: said once, where its numbers are.
    fn account(&mut self, live: &AccountData) {
        let Some(account) = &live.account else { return };
        if let Some(why) = convert::out_of_service(account) {
            let why = format!("belongs to account `{}`, which {why}", account.id());
            let numbers = self.observed.objects.keys().filter(|it| it.kind == Kind::Numbers);
            for number in numbers.filter_map(|it| it.key.parse::<E164>().ok()) {
                let known = &mut self.observed.circumstances.out_of_service;
                known.entry(number).or_insert_with(|| why.clone());
            }
        }
        let declared = || self.scope.wanted.keys();
        let first = declared().find(|it| it.kind == Kind::Numbers).or(declared().next()).cloned();
        if let (Some(why), Some(first)) = (convert::out_of_service(account), first) {
            let text = format!("account `{}` {why}", account.id());
            self.observed.notes.entry(first).or_default().insert(0, text);
        }
    }

    /// What several things are called, and what a new one cannot be called.
    fn names(&mut self, live: &AccountData, index: &Index) {
        for (kind, target_type) in [
            (Kind::Schedules, TargetType::Schedule),
            (Kind::Receivers, TargetType::Receiver),
            (Kind::Queues, TargetType::Queue),
            (Kind::Numbers, TargetType::Number),
        ] {
            for (name, ids) in index.twice(target_type) {
                self.observed.namesakes.insert(Address::new(kind, name), ids.to_vec());
                let message = format!("{} live `{}` are called `{name}`", ids.len(), kind.section());
                let help = "give each a name of its own in the portal, or delete the one that is not used";
                self.obstacle(Address::new(kind, name), None, "ambiguous-object", message, help);
            }
        }
        let account = live.account.as_ref().map(Row::id).unwrap_or_default();
        for (address, wanted) in &self.scope.wanted {
            let bare = [Resource::Queue(Queue::default()), Resource::Schedule(Schedule::default())];
            let named = matches!(address.kind, Kind::Queues | Kind::Schedules);
            if !named || self.observed.objects.contains_key(address) || bare.contains(wanted) {
                continue;
            }
            let Address { kind, key, .. } = address;
            let (why, help) = if self.scope.restores {
                continue;
            } else if key.trim() != key {
                ("and a new one cannot have spaces around its name", "write the name without them")
            } else if *kind == Kind::Queues && key.starts_with("AQ:") {
                ("and the system calls its own queues so", "choose another name for a new queue")
            } else {
                continue;
            };
            let message = format!("account `{account}` has no {} `{key}`, {why}", kind.noun());
            self.obstacle(address.clone(), None, "bad-name", message, help);
        }
    }
}

impl Words<'_> {
    /// Names that several things have, and words for one of several that is none or is not there.
    fn several(&mut self, live: &AccountData, index: &Index) {
        let account = live.account.as_ref().map(Row::id).unwrap_or_default();
        for (address, wanted) in &self.scope.wanted {
            for (path, reference) in references(address, wanted) {
                let (code, message, help) = match &reference {
                    Reference::Queue(name) => {
                        let ids = index.ids(TargetType::Queue, name);
                        if ids.len() < 2 {
                            continue;
                        }
                        let (count, ids) = (ids.len(), ids.join(", "));
                        (
                            "ambiguous-name",
                            format!("account `{account}` has {count} queues called `{name}`: {ids}"),
                            "write which one is meant, `token: \"Queue ID: NAME\"`, or give each a name of its own",
                        )
                    }
                    Reference::DialString(word) => {
                        let Some((sort, id, name)) = convert::meant(word) else { continue };
                        let is_there = index.names.get(sort, id) == Some(name);
                        if is_there && index.names.are_several(sort, name) {
                            continue;
                        }
                        let (message, help) = if is_there {
                            (
                                format!(
                                    "there is one `{name}` in account `{account}` now, and `token` is for one of several"
                                ),
                                "write it by its name: `queue`, `menu`, `receiver`…",
                            )
                        } else {
                            (
                                format!(
                                    "among the {} of account `{account}` there is none with the id {id} called `{name}`",
                                    noun(sort)
                                ),
                                "write it as the plan shows it, or what it leads to: `queue`, `menu`, `receiver`…",
                            )
                        };
                        ("no-such-place", message, help)
                    }
                    _ => continue,
                };
                self.observed.obstacles.push(Obstacle {
                    address: address.clone(),
                    field: Some(path),
                    code,
                    message,
                    help,
                });
            }
        }
    }

    /// Receiving numbers that a token names and that are not there.
    fn tokens(&mut self, live: &AccountData, index: &Index) {
        let account = live.account.as_ref().map(Row::id).unwrap_or_default();
        for (address, wanted) in &self.scope.wanted {
            for (path, reference) in references(address, wanted) {
                let Reference::DialString(word) = reference else { continue };
                let list = word.strip_prefix(LIST).map(|list| list.split(", ").collect::<Vec<_>>());
                let names = list.or_else(|| word.strip_prefix(ONE).map(|one| vec![one])).unwrap_or_default();
                let is_there = |entry: &&str| match convert::meant_in_list(entry) {
                    Some((number, id)) => index.names.get(TargetType::Receiver, id) == Some(number),
                    None => index.knows(TargetType::Receiver, entry),
                };
                for name in names.into_iter().filter(|name| !is_there(name)) {
                    self.observed.obstacles.push(Obstacle {
                        address: address.clone(),
                        field: Some(path.clone()),
                        code: "no-such-receiver",
                        message: format!("account `{account}` has no receiving number `{name}`"),
                        help: "name one as the plan shows it; one that has gone is made again in the portal",
                    });
                }
            }
        }
    }
}

impl Words<'_> {
    /// Hours over midnight that are not live: what they mean nobody has written down (FACTS ctm/schedules-7).
    fn nights(&mut self) {
        if self.scope.restores {
            return;
        }
        for (address, wanted) in &self.scope.wanted {
            let Resource::Schedule(Schedule { weekly: Some(weekly), .. }) = wanted else { continue };
            let live = match self.observed.objects.get(address) {
                Some(Resource::Schedule(live)) => live.weekly.clone().unwrap_or_default(),
                _ => Weekly::default(),
            };
            let is_new = |day: &Day, window: &Window| {
                window.is_overnight() && live.days.get(day).is_none_or(|list| !list.contains(window))
            };
            let mut windows = weekly.days.iter().flat_map(|(day, list)| list.iter().map(move |it| (day, it)));
            let Some((_, window)) = windows.find(|(day, window)| is_new(day, window)) else { continue };
            self.observed.obstacles.push(Obstacle {
                address: address.clone(),
                field: Some(["weekly"].into()),
                code: "bad-value",
                message: format!(
                    "window `{window}` ends before it begins, and what that means is not documented"
                ),
                help: "write two windows: one up to 24:00, and one from 00:00 on the next day",
            });
        }
    }
}

const FAILSAFE: &str =
    "enter it with `+` and its country code in the portal first, so that the plan can show what is replaced";
