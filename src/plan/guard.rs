//! What needs a person's word before it is carried out.

use super::{Action, HiddenUse, Observed, Step, planned::planned};
use crate::{
    model::{
        Address, Destination, Divert, Guard, Kind, Number, Queue, Reference, Resource, Route, Rules,
        Schedule, references,
    },
    path::Segment,
};
use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

/// The limits of `guard` that these steps go beyond.
pub(super) fn limits(steps: &[Step], declared: usize, guard: &Guard) -> Vec<String> {
    let Guard { max_deletes, max_changed_percent, min_population } = *guard;
    let mut refused = Vec::new();
    let deletes = steps.iter().filter(|step| step.action == Action::Delete).count();
    if deletes > max_deletes as usize {
        let deletes = crate::text::count(deletes, "deletion");
        refused.push(format!("{deletes}, `guard.max_deletes` is {max_deletes}"));
    }
    // The second step of an object that this plan creates does not count as a change.
    let made: BTreeSet<&Address> =
        steps.iter().filter(|step| step.action == Action::Create).map(|step| &step.address).collect();
    let changes = |step: &&Step| matches!(step.action, Action::Update | Action::Delete);
    let changed: BTreeSet<&Address> =
        steps.iter().filter(changes).map(|step| &step.address).filter(|it| !made.contains(it)).collect();
    let changed = changed.len();
    if declared >= min_population as usize && changed * 100 > declared * max_changed_percent as usize {
        // What goes is declared no more: there may be more of it than there is of all that is.
        let share = match changed > declared {
            true => format!("{changed} objects change where {declared} are declared"),
            false => format!("{changed} of {declared} objects change"),
        };
        refused.push(format!("{share}, `guard.max_changed_percent` is {max_changed_percent}"));
    }
    refused
}

/// Marks the steps that need `--approve-critical`: what may cut callers off when it is wrong. Returns the addresses that
/// something about to be deleted leaves without a target.
pub(super) fn mark_critical(steps: &mut [Step], observed: &Observed) -> BTreeSet<Address> {
    let after = After::of(steps, observed);
    let mut stranded = BTreeSet::new();
    for step in steps.iter_mut() {
        step.critical = match (&step.before, &step.after, step.action) {
            (_, Some(Resource::Number(now)), Action::Create | Action::Update)
                if step.concerns(&[Segment::key("route")]) =>
            {
                let to = after.empty_queue(now);
                to.map(|queue| format!("sends callers to {queue}, where nobody answers"))
            }
            // What nobody can read has been judged by its files.
            (None, _, Action::Manual) => step.critical.take(),
            (_, Some(_), Action::Manual) | (_, _, Action::Create) => None,
            (Some(Resource::Forward(before)), after, _) if before.is_armed() => match after {
                Some(Resource::Forward(after)) if after.is_armed() => None,
                _ if before.is_active() => {
                    Some("switches off an emergency forward that is active now".to_owned())
                }
                _ => Some("removes the number that calls go to when the platform is down".to_owned()),
            },
            (Some(Resource::Queue(before)), Some(Resource::Queue(now)), _)
                if answers(before) && !answers(now) =>
            {
                let numbers = after.users(&step.address, |user| user.kind == Kind::Numbers);
                let names: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                (!names.is_empty())
                    .then(|| format!("leaves nobody to answer the calls of {}", names.join(", ")))
            }
            (Some(_), None, _) => {
                let users = after.users(&step.address, |_| true);
                let mut names: Vec<String> = users.iter().map(ToString::to_string).collect();
                names.extend(after.hidden(&step.address));
                step.used_by = names.iter().cloned().collect();
                stranded.extend(users);
                let what = step.address.kind.noun_phrase();
                let used = format!("deletes {what} that others still use: {}", names.join(", "));
                let why = (!names.is_empty()).then_some(used).into_iter().chain(wordless(step, observed));
                Some(why.collect::<Vec<_>>().join("; ")).filter(|why| !why.is_empty())
            }
            (Some(Resource::Schedule(_)), Some(Resource::Schedule(_)), _) => wordless(step, observed),
            _ => None,
        };
    }
    stranded
}

/// What leads to an object by what is live, apart from what goes with it by these steps: in words, and which object it is
/// where that is seen.
pub fn still_lead_to(
    target: &Address,
    steps: &[Step],
    observed: &Observed,
) -> BTreeMap<String, Option<Address>> {
    let going: Vec<Step> = steps.iter().filter(|step| step.action == Action::Delete).cloned().collect();
    let after = After::of(&going, observed);
    let users = after.users(target, |_| true).into_iter().map(|user| (user.to_string(), Some(user)));
    users.chain(after.hidden(target).into_iter().map(|by| (by, None))).collect()
}

/// Why a step needs a word that takes away entries of a schedule for which the YAML has none.
fn wordless(step: &Step, observed: &Observed) -> Option<String> {
    let entries = |resource: Option<&Resource>| match resource {
        Some(Resource::Schedule(Schedule { other, .. })) => other.clone().unwrap_or_default(),
        _ => Vec::new(),
    };
    let after = entries(step.after.as_ref());
    let goes = entries(step.before.as_ref()).iter().any(|entry| !after.contains(entry));
    let told = observed.beyond.get(&step.address).filter(|_| goes)?;
    Some(format!("takes away what the file has no word for: {}", told.join("; ")))
}

/// Whether a caller of the queue can reach anybody.
pub(super) fn answers(queue: &Queue) -> bool {
    queue.agents.as_ref().is_none_or(|agents| !agents.is_empty())
        || queue
            .forwards()
            .iter()
            .any(|(_, it)| matches!(it, Some(Divert::To(to)) if *to != Destination::HangUp))
}

/// The account as it will be.
struct After<'a> {
    observed: &'a Observed,
    /// A new object has only what is declared.
    made: BTreeSet<Address>,
    planned: BTreeMap<Address, Option<Resource>>,
    /// What will point to an object, by what it points to.
    pointing: OnceCell<BTreeMap<Address, BTreeSet<&'a Address>>>,
    /// What only the provider knows of, by what it points to.
    hidden: OnceCell<BTreeMap<&'a Address, Vec<&'a HiddenUse>>>,
}

impl<'a> After<'a> {
    fn of(steps: &[Step], observed: &'a Observed) -> Self {
        let made = steps.iter().filter(|step| step.action == Action::Create);
        Self {
            observed,
            made: made.map(|step| step.address.clone()).collect(),
            planned: planned(steps, &observed.objects),
            pointing: OnceCell::new(),
            hidden: OnceCell::new(),
        }
    }

    /// The queue that a number leads to, if nobody will answer there.
    fn empty_queue(&self, number: &Number) -> Option<Address> {
        let Some(Route::To(Destination::Queue(key))) = &number.route else { return None };
        let address = Address::new(Kind::Queues, key);
        let live = self.observed.objects.get(&address);
        let queue = self.planned.get(&address).map_or(live, Option::as_ref);
        let Some(Resource::Queue(queue)) = queue else { return None };
        let mut queue = queue.clone();
        if self.made.contains(&address) {
            queue.agents.get_or_insert_default();
        }
        (!answers(&queue)).then_some(address)
    }

    /// What will still point to an object.
    fn users(&self, target: &Address, wanted: impl Fn(&Address) -> bool) -> Vec<Address> {
        let pointing = self.pointing.get_or_init(|| {
            let mut pointing: BTreeMap<Address, BTreeSet<&Address>> = BTreeMap::new();
            for (address, live) in &self.observed.objects {
                let resource = self.planned.get(address).map_or(Some(live), Option::as_ref);
                let found = resource.map(|resource| references(address, resource)).unwrap_or_default();
                for target in found.iter().filter_map(|(_, reference)| Reference::address(reference)) {
                    pointing.entry(target).or_default().insert(address);
                }
            }
            pointing
        });
        let others = pointing.get(target).into_iter().flatten().copied();
        others.filter(|address| *address != target && wanted(address)).cloned().collect()
    }

    /// Pointers that only the provider knows of. Where one also shows in an object, that object is counted instead.
    fn hidden(&self, target: &Address) -> BTreeSet<String> {
        let live = |owner: &Address| self.observed.objects.get(owner);
        // Diverts are the Default rule alone: of other rules that are not understood they say nothing.
        let is_whole = |owner: &Address| {
            let rules = || live(&Address::new(Kind::Rules, &owner.key));
            owner.kind != Kind::Diverts
                || !matches!(rules(), Some(Resource::Rules(Rules { order: None, .. })))
        };
        let shows =
            |owner: &Address| is_whole(owner) && live(owner).is_some_and(|it| leads_to(owner, it, target));
        let hidden = self.hidden.get_or_init(|| {
            let mut hidden: BTreeMap<&Address, Vec<&HiddenUse>> = BTreeMap::new();
            for it in &self.observed.hidden_uses {
                hidden.entry(&it.target).or_default().push(it);
            }
            hidden
        });
        let hidden = hidden.get(target).into_iter().flatten();
        hidden
            .filter(|it| !it.owners.iter().any(|owner| owner == target || (!it.is_unshown && shows(owner))))
            .map(|it| it.by.clone())
            .collect()
    }
}

/// Whether an object leads to another one.
pub fn leads_to(from: &Address, resource: &Resource, to: &Address) -> bool {
    references(from, resource).iter().any(|(_, reference)| Reference::address(reference).as_ref() == Some(to))
}
