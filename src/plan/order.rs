//! The order of steps: what is used is made first, what was used goes last.

use super::{Action, Step, onward};
use crate::{
    diff::{self, FieldChange},
    model::{Address, Kind, OrOff, Reference, Resource, references},
    path::Path,
};
use std::collections::{BTreeMap, BTreeSet};

fn targets(address: &Address, resource: Option<&Resource>) -> BTreeSet<Address> {
    let found = resource.map(|resource| references(address, resource)).unwrap_or_default();
    found.iter().filter_map(|(_, reference)| Reference::address(reference)).collect()
}

/// Fills in `needs` and sorts.
///
/// A step needs the creation of what it will point to, and the update of what it will newly point to, so that no call
/// is sent to something half made (make before break). It also needs what changes the way of calls from there on (see
/// [`onward`]). A deletion needs every step that takes a pointer to the object away. Kinds without such ties follow `kinds`,
/// deletions the other way round; what a person does comes after them, and what waits for that last. New objects that point at
/// each other in a circle are created without the field that closes it, which a second step sets; where such a circle goes, the
/// field that closes it is emptied first, if it is `settable`. Updates in a circle are ordered by kind only.
pub(super) fn arrange(
    steps: &mut Vec<Step>,
    live: &BTreeMap<Address, Resource>,
    kinds: &[Kind],
    settable: &dyn Fn(Kind, &FieldChange) -> bool,
) {
    let mut action: BTreeMap<Address, Action> =
        steps.iter().filter(|s| s.action != Action::Manual).map(|s| (s.address.clone(), s.action)).collect();
    // Objects that are made by hand are not waited for.
    let by_hand: BTreeSet<Address> = steps
        .iter()
        .filter(|s| s.action == Action::Manual && s.before.is_none() && !action.contains_key(&s.address))
        .map(|s| s.address.clone())
        .collect();
    action.extend(by_hand.iter().map(|address| (address.clone(), Action::Create)));
    let mut needs: BTreeMap<Address, BTreeSet<Address>> = BTreeMap::new();
    for step in steps.iter().filter(|s| s.action != Action::Manual) {
        let will_use = targets(&step.address, step.after.as_ref());
        let used = targets(&step.address, step.before.as_ref());
        for target in &will_use {
            // Only new pointers count: an object that was pointed to before may be changed later.
            let ready_first = match action.get(target) {
                Some(Action::Create) => true,
                Some(Action::Update) => !used.contains(target),
                _ => false,
            };
            if *target != step.address && ready_first {
                needs.entry(step.address.clone()).or_default().insert(target.clone());
            }
        }
        for target in used.difference(&will_use) {
            if *target != step.address && action.get(target) == Some(&Action::Delete) {
                needs.entry(target.clone()).or_default().insert(step.address.clone());
            }
        }
    }
    for (address, ways) in onward::needs_of_ways(steps, live, &needs) {
        needs.entry(address).or_default().extend(ways);
    }
    let rank = |step: &Step| {
        let rank = kinds.iter().position(|k| *k == step.address.kind).unwrap_or(kinds.len());
        match step.action {
            Action::Create | Action::Update => (0, rank),
            Action::Delete => (1, kinds.len() - rank),
            Action::Manual => (2, rank),
        }
    };
    let mut sorted = std::mem::take(steps);
    sorted.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.address.cmp(&b.address)));
    let mut waiting: Waiting = sorted.into_iter().enumerate().collect();
    let (mut waits_for_hand, mut last) = (by_hand.clone(), Vec::new());
    let mut done = Done::of(&needs, &waiting, by_hand);
    // Created, but without the field that closes a circle.
    let mut half: BTreeSet<Address> = BTreeSet::new();
    while !waiting.is_empty() {
        let on_half = |index: &usize| {
            let needs = waiting.get(index).and_then(|step| Some((step, needs.get(&step.address)?)));
            needs.is_some_and(|(step, needs)| {
                needs.iter().any(|need| *need != step.address && half.contains(need))
            })
        };
        // An object that is not complete is used only by the others of its circle.
        let whole = done.open.iter().find(|index| half.is_empty() || !on_half(index)).copied();
        let index = whole.or_else(|| done.open.first().copied());
        let mut step = match index.and_then(|index| waiting.remove(&index)) {
            Some(step) => {
                done.open.remove(&index.unwrap_or_default());
                step
            }
            None => {
                let end = waiting.last_key_value().map_or(0, |(last, _)| last + 1);
                let Some((now, later)) = break_circle(&mut waiting, &needs, &done.all, settable) else {
                    break;
                };
                if let Some(later) = later {
                    let open: BTreeSet<Address> = needs
                        .get(&now.address)
                        .into_iter()
                        .flatten()
                        .cloned()
                        .chain([now.address.clone()])
                        .collect();
                    needs.insert(now.address.clone(), open.clone());
                    waiting.insert(end, later);
                    let mut now = now;
                    now.needs = open.into_iter().filter(|n| done.all.contains(n)).collect();
                    done.wait(&now.address, end);
                    done.insert(&now.address, &waiting);
                    half.insert(now.address.clone());
                    steps.push(now);
                    continue;
                }
                now
            }
        };
        if step.action != Action::Manual {
            let needs = needs.remove(&step.address).unwrap_or_default();
            step.needs = needs.into_iter().filter(|n| done.all.contains(n)).collect();
            done.release(&step.address, &waiting);
            done.insert(&step.address, &waiting);
            half.remove(&step.address);
        }
        if step.action != Action::Manual && step.needs.iter().any(|it| waits_for_hand.contains(it)) {
            waits_for_hand.insert(step.address.clone());
            last.push(step);
        } else {
            steps.push(step);
        }
    }
    // What is led to something that a person makes is led there after that.
    steps.extend(last);
}

/// What is done, and which steps wait for nothing else: each need is looked at once.
struct Done {
    all: BTreeSet<Address>,
    /// Of the steps that wait, those that may go.
    open: BTreeSet<usize>,
    /// How many of an object's needs are not done; of one without needs there is nothing here.
    unmet: BTreeMap<Address, usize>,
    /// Whose need an object is.
    needed_by: BTreeMap<Address, Vec<Address>>,
    /// The steps of an object that wait, or have waited.
    steps: BTreeMap<Address, Vec<usize>>,
}

impl Done {
    fn of(needs: &BTreeMap<Address, BTreeSet<Address>>, waiting: &Waiting, all: BTreeSet<Address>) -> Self {
        let mut done = Self {
            all,
            open: BTreeSet::new(),
            unmet: BTreeMap::new(),
            needed_by: BTreeMap::new(),
            steps: BTreeMap::new(),
        };
        for (address, needs) in needs {
            let unmet = needs.iter().filter(|need| !done.all.contains(*need)).count();
            done.unmet.insert(address.clone(), unmet);
            for need in needs {
                done.needed_by.entry(need.clone()).or_default().push(address.clone());
            }
        }
        for (index, step) in waiting {
            done.wait(&step.address, *index);
        }
        done
    }

    /// A step of an object waits.
    fn wait(&mut self, address: &Address, index: usize) {
        self.steps.entry(address.clone()).or_default().push(index);
        if self.unmet.get(address).is_none_or(|unmet| *unmet == 0) {
            self.open.insert(index);
        }
    }

    /// An object is done, as far as others wait for it.
    fn insert(&mut self, address: &Address, waiting: &Waiting) {
        if !self.all.insert(address.clone()) {
            return;
        }
        for owner in self.needed_by.get(address).into_iter().flatten() {
            let Some(unmet) = self.unmet.get_mut(owner) else { continue };
            *unmet = unmet.saturating_sub(1);
            if *unmet == 0 {
                let steps = self.steps.get(owner).into_iter().flatten();
                self.open.extend(steps.filter(|index| waiting.contains_key(index)));
            }
        }
    }

    /// An object has no needs any more.
    fn release(&mut self, address: &Address, waiting: &Waiting) {
        self.unmet.remove(address);
        let steps = self.steps.get(address).into_iter().flatten();
        self.open.extend(steps.filter(|index| waiting.contains_key(index)));
    }
}

/// Steps that have no place yet, in the order in which they would go, by number. A list would move all that follow a step
/// that is taken.
type Waiting = BTreeMap<usize, Step>;

fn first(waiting: &Waiting, is_it: impl Fn(&Step) -> bool) -> Option<usize> {
    waiting.iter().find(|(_, step)| is_it(step)).map(|(index, _)| *index)
}

/// Takes a step out of a circle. A new object is made without what points to objects that are not there yet; the rest
/// of it comes back as a step of its own. An object that goes is first made to point to none that goes with it. Where there
/// is neither, the first step by rank goes as it is.
fn break_circle(
    waiting: &mut Waiting,
    needs: &BTreeMap<Address, BTreeSet<Address>>,
    done: &BTreeSet<Address>,
    settable: &dyn Fn(Kind, &FieldChange) -> bool,
) -> Option<(Step, Option<Step>)> {
    let missing = |step: &Step| -> BTreeSet<Address> {
        needs.get(&step.address).into_iter().flatten().filter(|need| !done.contains(*need)).cloned().collect()
    };
    let split = first(waiting, |step| step.action == Action::Create && part(step, &missing(step)).is_some());
    let Some(step) = split.and_then(|index| waiting.remove(&index)) else {
        return break_deletions(waiting, settable);
    };
    Some(match part(&step, &missing(&step)) {
        Some((now, later)) => (now, Some(later)),
        None => (step, None),
    })
}

/// Takes a deletion out of a circle of deletions, as [`break_circle`] does.
fn break_deletions(
    waiting: &mut Waiting,
    settable: &dyn Fn(Kind, &FieldChange) -> bool,
) -> Option<(Step, Option<Step>)> {
    let going = waiting.values().filter(|step| step.action == Action::Delete);
    let going: BTreeSet<Address> = going.map(|step| step.address.clone()).collect();
    let found = waiting.iter().find_map(|(index, step)| {
        let (now, later) = emptied(step, &going)?;
        now.changes.iter().all(|change| settable(now.address.kind, change)).then_some((*index, now, later))
    });
    let Some((index, now, later)) = found else {
        return waiting.pop_first().map(|(_, step)| (step, None));
    };
    waiting.remove(&index);
    Some((now, Some(later)))
}

/// The update that takes pointers to what goes out of an object, and its deletion. Receivers alone can be in such a circle
/// and be refused in it (FACTS ctm/choices-4).
fn emptied(step: &Step, going: &BTreeSet<Address>) -> Option<(Step, Step)> {
    let before = step.before.as_ref().filter(|_| step.action == Action::Delete)?;
    let Resource::Receiver(mut after) = before.clone() else { return None };
    targets(&step.address, Some(before)).iter().find(|target| going.contains(target))?;
    after.no_answer = Some(OrOff::Off);
    let after = Resource::Receiver(after);
    let changes = diff::diff(&after, before);
    let now = Step { action: Action::Update, changes, after: Some(after.clone()), ..step.clone() };
    Some((now, Step { before: Some(after), ..step.clone() }))
}

/// The creation without the fields that point to `missing`, and the update that brings them.
fn part(step: &Step, missing: &BTreeSet<Address>) -> Option<(Step, Step)> {
    let after = step.after.as_ref()?;
    let pointing: BTreeSet<Path> = references(&step.address, after)
        .into_iter()
        .filter(|(_, reference)| reference.address().is_some_and(|target| missing.contains(&target)))
        .filter_map(|(path, _)| Some([path.field()?].into()))
        .collect();
    let (later, now): (Vec<FieldChange>, Vec<FieldChange>) = step
        .changes
        .iter()
        .cloned()
        .partition(|change| pointing.iter().any(|field| change.path.is_inside(field)));
    if later.is_empty() {
        return None;
    }
    let mut first = after.clone();
    pointing.iter().for_each(|field| first.forget(field));
    let whole = Step { changes: later, action: Action::Update, before: Some(first.clone()), ..step.clone() };
    Some((Step { changes: now, after: Some(first), ..step.clone() }, whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Destination, Divert, Queue};

    fn step(key: usize, failover: Option<usize>) -> Step {
        let to = |key: usize| Divert::To(Destination::Queue(format!("{key:06}")));
        let queue = Queue { failover: failover.map(to), ..Queue::default() };
        Step {
            after: Some(Resource::Queue(queue)),
            ..Step::plain(Address::new(Kind::Queues, format!("{key:06}")), Action::Create, None)
        }
    }

    /// Each step waits for the next one by name, so that all of them wait at first. If those that wait were looked at again for
    /// each that goes, these would be looked at two hundred million times.
    #[test]
    fn a_long_chain_is_arranged_from_its_end() {
        const STEPS: usize = 20_000;
        let mut steps: Vec<Step> =
            (0..STEPS).map(|key| step(key, Some(key + 1).filter(|it| *it < STEPS))).collect();
        arrange(&mut steps, &BTreeMap::new(), &[Kind::Queues], &|_, _| true);
        let keys: Vec<usize> = steps.iter().map(|it| it.address.key.parse().unwrap()).collect();
        assert_eq!(keys, (0..STEPS).rev().collect::<Vec<_>>());
        let needs: BTreeSet<usize> = steps.iter().map(|it| it.needs.len()).collect();
        assert_eq!(needs, BTreeSet::from([0, 1]));
    }
}
