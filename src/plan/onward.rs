//! Which steps go before others so that calls do not come half of a new way: what they are newly led to leads on as it will
//! before they are led there, and where it does not come to that, they are not led there.

use super::{Action, Desired, Step, leading::Held, planned::planned};
use crate::{
    model::{Address, E164, Kind, Pointed, Reference, Resource, Rules, references},
    path::Path,
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

pub(super) type Needs = BTreeMap<Address, BTreeSet<Address>>;

/// The kinds that send calls on. Those with one key are one place.
const KINDS: [Kind; 5] = [Kind::Receivers, Kind::Queues, Kind::Rules, Kind::Diverts, Kind::Numbers];

/// What else steps have to wait for, by what is newly led to; `needs` is what they wait for anyhow. Of steps that would wait
/// for each other none waits.
pub(super) fn needs_of_ways(steps: &[Step], live: &BTreeMap<Address, Resource>, needs: &Needs) -> Needs {
    let ways = Ways::of(steps, live);
    let (mut more, mut known) = (Needs::new(), BTreeMap::new());
    for (key, changed) in &ways.changed {
        let before = ways.ready_first(key, &mut known).steps;
        for step in changed.iter().filter(|_| !before.is_empty()) {
            more.insert(step.address.clone(), before.iter().map(|it| (*it).clone()).collect());
        }
    }
    let all =
        || more.iter().chain(needs).flat_map(|(step, needs)| needs.iter().map(move |need| (step, need)));
    let after = stuck(all());
    let circle: BTreeSet<Address> =
        stuck(all().map(|(step, need)| (need, step))).intersection(&after).map(|it| (*it).clone()).collect();
    for (_, needs) in more.iter_mut().filter(|(step, _)| circle.contains(*step)) {
        needs.retain(|need| !circle.contains(need));
    }
    more
}

/// The numbers of others to which steps newly lead calls, by the step: straight, or over what leads there already.
pub fn leads(steps: &[Step], live: &BTreeMap<Address, Resource>) -> BTreeMap<Address, BTreeSet<E164>> {
    let ways = Ways::of(steps, live);
    let (mut leads, mut known) = (BTreeMap::new(), BTreeMap::new());
    for (key, changed) in &ways.changed {
        let numbers = ways.ready_first(key, &mut known).numbers;
        for step in changed.iter().filter(|_| !numbers.is_empty()) {
            leads.insert(step.address.clone(), numbers.clone());
        }
    }
    leads
}

/// What those come by who call each of some numbers of the tenant. `staying`: what is declared and not planned.
pub fn come_by<'a>(
    numbers: impl Iterator<Item = &'a E164>,
    steps: &'a [Step],
    live: &'a BTreeMap<Address, Resource>,
    staying: &BTreeSet<Address>,
) -> BTreeMap<&'a E164, OnWay<'a>> {
    let mut ways = Ways::of(steps, live);
    let by_place = staying.iter().filter(|it| KINDS.contains(&it.kind));
    ways.staying = by_place.map(|it| (it.key.clone(), it.clone())).collect();
    let mut known = BTreeMap::new();
    let come = |number: &'a E164| {
        let mut on_way = ways.on_way(BTreeSet::new(), vec![number.to_string()], &mut known);
        on_way.numbers.remove(number);
        (number, on_way)
    };
    numbers.map(come).collect()
}

/// What is left when, one after the other, all goes that waits for nothing that is left. Each pair is one that waits, and what it
/// waits for.
pub fn stuck<T: Copy + Ord>(waits: impl Iterator<Item = (T, T)>) -> BTreeSet<T> {
    let mut open: BTreeMap<T, usize> = BTreeMap::new();
    let mut needed_by: BTreeMap<T, Vec<T>> = BTreeMap::new();
    for (step, need) in waits {
        *open.entry(step).or_default() += 1;
        open.entry(need).or_default();
        needed_by.entry(need).or_default().push(step);
    }
    let mut free: Vec<T> = open.iter().filter(|(_, open)| **open == 0).map(|(it, _)| *it).collect();
    while let Some(it) = free.pop() {
        for step in needed_by.get(&it).into_iter().flatten() {
            if let Some(open) = open.get_mut(step) {
                *open -= 1;
                free.extend((*open == 0).then_some(*step));
            }
        }
    }
    open.into_iter().filter(|(_, open)| *open > 0).map(|(it, _)| it).collect()
}

/// Where calls go on from each place.
struct Ways<'a> {
    live: &'a BTreeMap<Address, Resource>,
    planned: BTreeMap<Address, Option<Resource>>,
    /// The steps of each place.
    changed: BTreeMap<&'a str, Vec<&'a Step>>,
    /// What is declared and stays as it is, by its place.
    staying: BTreeMap<String, Address>,
}

/// Where each place leads already, once that was asked for.
type Leads = BTreeMap<String, Vec<String>>;

/// What calls come by.
#[derive(Default)]
pub struct OnWay<'a> {
    /// What is changed there.
    pub steps: BTreeSet<&'a Address>,
    /// Numbers of others to which they go on, as it is already.
    pub numbers: BTreeSet<E164>,
    /// What is declared there and is not planned.
    pub staying: Option<Address>,
}

impl<'a> Ways<'a> {
    fn of(steps: &'a [Step], live: &'a BTreeMap<Address, Resource>) -> Self {
        let mut changed: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
        for step in steps.iter().filter(|step| KINDS.contains(&step.address.kind)) {
            if matches!(step.action, Action::Create | Action::Update) {
                changed.entry(step.address.key.as_str()).or_default().push(step);
            }
        }
        Self { live, planned: planned(steps, live), changed, staying: BTreeMap::new() }
    }

    /// The steps that are done before those of a place: all at the places to which it newly leads, and on the way from there.
    fn ready_first(&self, key: &str, known: &mut Leads) -> OnWay<'a> {
        self.on_way(BTreeSet::from([key.to_owned()]), self.on_from(key, true), known)
    }

    fn is_own(&self, number: &Address) -> bool {
        let is_live = || self.live.contains_key(number);
        self.planned.get(number).map_or_else(is_live, Option::is_some)
    }

    /// What is at some places and on the way from there, but for those that are `seen`.
    fn on_way(&self, mut seen: BTreeSet<String>, mut next: Vec<String>, known: &mut Leads) -> OnWay<'a> {
        let mut on_way = OnWay::default();
        while let Some(place) = next.pop() {
            if !seen.insert(place.clone()) {
                continue;
            }
            on_way
                .steps
                .extend(self.changed.get(place.as_str()).into_iter().flatten().map(|step| &step.address));
            on_way.staying = on_way.staying.or_else(|| self.staying.get(&place).cloned());
            if place.starts_with('+') && !self.is_own(&Address::new(Kind::Numbers, &place)) {
                on_way.numbers.extend(place.parse::<E164>().ok());
            }
            let on = known.entry(place).or_insert_with_key(|place| self.on_from(place, false));
            next.extend(on.iter().cloned());
        }
        on_way
    }

    /// The places to which a place will lead: newly, or as it does already.
    fn on_from(&self, key: &str, newly: bool) -> Vec<String> {
        let mut places = Vec::new();
        for address in KINDS.map(|kind| Address::new(kind, key)) {
            let live = self.live.get(&address);
            let will = self.planned.get(&address).map_or(live, Option::as_ref);
            let Some(will) = will.map(in_force) else { continue };
            let was = live.map(in_force);
            let held = Held::by(&address, was.as_deref());
            let ways = ways(&address, &will).into_iter();
            let wanted = ways.filter(|(path, to, _)| held.has(&will, path, to) != newly);
            places.extend(wanted.map(|(_, _, place)| place));
        }
        places
    }
}

/// The declared objects that newly lead calls to a place where one of some objects stays as it is, or on a way that comes there,
/// or newly go by a schedule that does. Each with that one.
pub(super) fn newly_led_to<'a, 'b>(
    all: impl Iterator<Item = &'b Address>,
    desired: &'a BTreeMap<Address, Desired>,
    live: &BTreeMap<Address, Resource>,
) -> Vec<(&'a Address, &'b Address)> {
    let (mut staying, mut schedules) = (BTreeMap::new(), BTreeMap::new());
    for it in all {
        match it.kind {
            Kind::Schedules => schedules.insert(it.key.as_str(), it),
            kind if KINDS.contains(&kind) => staying.insert(it.key.as_str(), it),
            _ => continue,
        };
    }
    if staying.is_empty() && schedules.is_empty() {
        return Vec::new();
    }
    let leads_on = |key: &str| {
        let each = KINDS.into_iter().filter_map(|kind| {
            let address = Address::new(kind, key);
            let mut was = live.get(&address).map(in_force)?;
            // `diverts` are about its Default rule.
            let diverts = desired.get(&Address::new(Kind::Diverts, key)).map(|it| &it.resource);
            if let (Resource::Rules(rules), Some(Resource::Diverts(diverts))) = (was.as_ref(), diverts) {
                let mut rules = rules.clone();
                rules.set_default_forward(diverts);
                was = Cow::Owned(Resource::Rules(rules));
            }
            let wanted = desired.get(&address).map(|it| &it.resource);
            let after = Held::by(&address, wanted);
            let stays = |path: &Path, to: &Reference| {
                wanted.is_none_or(|it| !says(it, path) || after.has(&was, path, to))
            };
            let ways = ways(&address, &was).into_iter().filter(|(path, to, _)| stays(path, to));
            Some(ways.map(|(_, _, place)| place).collect::<Vec<_>>())
        });
        each.flatten().collect::<Vec<_>>()
    };
    let comes_to = |first: String| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![first]);
        while let Some(place) = next.pop() {
            if let Some(it) = staying.get(place.as_str()) {
                return Some(*it);
            }
            next.extend(leads_on(&place).into_iter().filter(|it| !seen.contains(it)));
            seen.insert(place);
        }
        None
    };
    let declared = desired.iter().filter(|(address, _)| KINDS.contains(&address.kind));
    let leads_to = |address: &Address, wanted: &Resource| {
        let (was, will) = (live.get(address).map(in_force), in_force(wanted));
        let held = Held::by(address, was.as_deref());
        let is_new = |path: &Path, to: &Reference| !held.has(&will, path, to);
        let ways = ways(address, &will).into_iter().filter(|(path, to, _)| is_new(path, to));
        let place = ways.map(|(_, _, place)| place).find_map(comes_to);
        let by_time = || {
            let all = references(address, &will).into_iter().filter(|(path, to)| is_new(path, to));
            all.into_iter().find_map(|(_, to)| match to {
                Reference::Schedule(name) => schedules.get(name.as_str()).copied(),
                _ => None,
            })
        };
        place.or_else(by_time)
    };
    declared.filter_map(|(address, wanted)| Some((address, leads_to(address, &wanted.resource)?))).collect()
}

/// Whether the files say what stands at a path of a live object.
fn says(wanted: &Resource, path: &Path) -> bool {
    path.field().is_none_or(|field| wanted.value(&Path::from([field])).is_some())
}

/// Without the rules that are switched off: these lead nowhere.
fn in_force(resource: &Resource) -> Cow<'_, Resource> {
    match resource {
        Resource::Rules(rules) if rules.order.iter().flatten().any(|rule| !rule.enabled) => {
            let order = rules.order.iter().flatten().filter(|rule| rule.enabled).cloned().collect();
            Cow::Owned(Resource::Rules(Rules { order: Some(order), ..rules.clone() }))
        }
        other => Cow::Borrowed(other),
    }
}

/// The pointers by which calls go on to another place. One that only rings a phone is none.
fn ways(address: &Address, resource: &Resource) -> Vec<(Path, Reference, String)> {
    let mut ways = Vec::new();
    resource.each_pointer(&mut |within, to| {
        if matches!(to, Pointed::Ringable(_)) {
            return;
        }
        let Some(to) = to.reference(&address.key) else { return };
        let place = match &to {
            Reference::Queue(key) => key.clone(),
            Reference::Extension(to) => to.to_string(),
            Reference::Number(to) | Reference::Receiver(to) => to.to_string(),
            Reference::Schedule(_)
            | Reference::Phone(_)
            | Reference::Voicemail(_)
            | Reference::Attendant(_)
            | Reference::Named(_)
            | Reference::DialString(_) => return,
        };
        ways.push((within.path(), to, place));
    });
    ways
}
