//! What the plan of a restore says beside its steps.

use super::{Lost, Restoration, StepRecord};
use crate::{
    finding::Finding,
    model::{Address, DEFAULT_RULE, Kind, Reference, Resource, references},
    path::{Path, Segment},
    plan::{Action, DeadEnds, DeletedNames, Desired, Dialect, Note, Observed, Propagation, Step, TenantPlan},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl Restoration {
    /// Takes a word of the provider's own that was in use before as one that works, also where its dial plan does not
    /// list it: the plan of an apply treats words that are in use like that, and refusing them would keep a route from
    /// coming back. Returns a note for each.
    pub fn accept_earlier_dial_strings(&self, observed: &mut Observed) -> Vec<Note> {
        let mut notes = Vec::new();
        for (address, words) in &mut observed.unknown_dial_strings {
            let Some(resource) = self.desired.get(address) else { continue };
            let own = references(address, resource);
            words.retain(|word| {
                let known =
                    own.iter().any(|(_, to)| matches!(to, Reference::DialString(token) if token == word));
                if known {
                    let text = format!("the dial plan lists no rule `{word}`; it was in use before");
                    notes.push(Note::new(address, text));
                }
                !known
            });
        }
        notes
    }

    /// Takes what leads nowhere out of what is desired, and says what: `dead` looks for it in one object. It is left as it is, and
    /// keeps nothing else from being restored.
    pub fn leave_out(
        &self,
        desired: &mut BTreeMap<Address, Desired>,
        dead: &dyn Fn(&Address, &Resource) -> DeadEnds,
    ) -> Vec<Lost> {
        let mut lost = Vec::new();
        for address in self.desired.keys() {
            let Some(wanted) = desired.get_mut(address) else { continue };
            let found = dead(address, &wanted.resource);
            for it in dead_fields(address, &wanted.resource, found) {
                it.fields.iter().for_each(|field| take_out(&mut wanted.resource, field));
                lost.push(it);
            }
        }
        lost
    }

    /// Adds to a plan what a reviewer of a restore should know: what stays as it is, and what somebody changed since.
    pub fn annotate(
        &self,
        named: &dyn Fn(&Address) -> bool,
        dialect: &Dialect,
        notes: Vec<Note>,
        dead: &[Lost],
        plan: &mut TenantPlan,
    ) {
        for finding in plan.blocked.iter_mut().filter(|finding| finding.code == "out-of-scope") {
            let help = "a restored object points to it: create it first; what does not need it is restored";
            finding.help = Some(help.to_owned());
        }
        let lost = self.lost.iter().filter(|lost| named(&lost.address));
        let text = |lost: &Lost| {
            let file = if lost.is_recorded() { "; the restore file says what it was" } else { "" };
            format!("not restored, it stays as it is now: {}{file}", lost.text())
        };
        plan.notes.extend(lost.map(|lost| Note::new(&lost.address, text(lost))));
        // Whoever restores is told at the end as well that not all is as it was.
        for lost in dead.iter().filter(|lost| named(&lost.address)) {
            let fields = plan.withheld_fields.entry(lost.address.clone()).or_default();
            fields.extend(lost.fields.iter().cloned());
            let (place, why) = (lost.place(), &lost.why);
            let message = match lost.fields.iter().any(is_agent) {
                true => format!("{place} is left out of what comes back: {why}"),
                false => format!("{place} stays as it is now: {why}"),
            };
            let help = "set it by hand to something that is there; the restore file says what it was";
            plan.blocked.push(Finding::error("not-restored", message).help(help));
        }
        let done = |address: &Address| plan.steps.iter().any(|step| step.address == *address);
        let again = self.still_declared.note(done);
        plan.notes.extend(again.map(|(address, text)| Note::new(&address, text)));
        if let Some(time) = &dialect.propagation {
            let is_tried = |it: &Address| named(it) && dead.iter().all(|dead| dead.address != *it);
            plan.notes.extend(not_seen(self, &plan.steps, time, &is_tried));
        }
        plan.notes.extend(later_changes(self, &plan.steps));
        plan.notes.extend(plan.steps.iter().filter_map(|step| {
            let (now, then) = step.own.as_ref().zip(step.restored.as_ref())?;
            let text = (dialect.stays)(step.address.kind, &now.value(), then)?;
            Some(Note::new(&step.address, text))
        }));
        plan.notes.extend(notes.into_iter().filter(|note| named(&note.address)));
    }
}

/// Whether it is an agent of a queue, and no field.
fn is_agent(path: &Path) -> bool {
    path.field() == Some("agents") && path.len() > 1
}

/// Takes out a field, or one agent: the others of its queue go on answering. A list of which nobody is left stays as it is.
fn take_out(resource: &mut Resource, path: &Path) {
    let agents = match resource {
        Resource::Queue(queue) if is_agent(path) => &mut queue.agents,
        resource => return resource.forget(path),
    };
    let name = path.get(1).and_then(Segment::name);
    *agents = agents.take().and_then(|mut all| {
        all.retain(|agent| Some(agent.name().as_str()) != name);
        (!all.is_empty()).then_some(all)
    });
}

/// Where a pointer stands, as far as it can be left out by itself: its field, or the agent.
fn part(resource: &Resource, path: &Path) -> Path {
    let field: Path = path.iter().take(1).cloned().collect();
    match (resource, path.get(1)) {
        (Resource::Queue(queue), Some(Segment::Index(at))) if is_agent(path) => {
            let agent = queue.agents.as_ref().and_then(|all| all.get(*at));
            agent.map_or(field.clone(), |agent| field.join(Segment::element(agent.name())))
        }
        _ => field,
    }
}

/// The parts that these pointers stand in, each with why it cannot be brought back.
fn dead_fields(address: &Address, earlier: &Resource, found: DeadEnds) -> Vec<Lost> {
    let mut whys: BTreeMap<Path, BTreeSet<String>> = BTreeMap::new();
    for (path, why) in found {
        whys.entry(part(earlier, &path)).or_default().insert(why);
    }
    let lost = whys.into_iter().map(|(field, whys)| {
        let mut fields = BTreeSet::from([field]);
        // A forward that was on must not be switched on to another number.
        if address.kind == Kind::Forwards {
            fields.insert(Path::from(["active"]));
        }
        Lost { address: address.clone(), fields, why: Vec::from_iter(whys).join("; ") }
    });
    lost.collect()
}

/// Says at each step of a plan what of that which it takes away a restore could not bring back. `hidden` is what of an
/// object could not be read; `dead` what of its earlier value leads nowhere.
pub fn mark_lost(
    plan: &mut TenantPlan,
    hidden: &dyn Fn(&Address) -> BTreeSet<Path>,
    dead: &dyn Fn(&Step, &Resource) -> DeadEnds,
    observed: &Observed,
    dialect: &Dialect,
) {
    let mut seen = BTreeSet::new();
    for step in plan.steps.iter_mut().filter(|step| step.action != Action::Manual) {
        // The second step of an object completes its creation.
        if !seen.insert(step.address.clone()) {
            continue;
        }
        let Restoration { mut lost, desired, .. } = Restoration::of(&[StepRecord::of(step)], dialect);
        for (address, earlier) in &desired {
            lost.extend(dead_fields(address, earlier, dead(step, earlier)));
        }
        step.lost = lost.iter().map(Lost::text).collect();
        let unread = hidden(&step.address);
        if step.removes() && !unread.is_empty() {
            let fields: Vec<String> = unread.iter().map(|field| format!("`{field}`")).collect();
            step.lost.push(format!("{}: no earlier value could be read", fields.join(", ")));
        }
        let fields = observed.not_kept_of.get(&step.address).into_iter().flatten();
        let changed = fields.filter(|(field, _)| step.changes.iter().any(|it| it.path.is_inside(field)));
        step.lost.extend(changed.map(|(_, text)| (*text).to_owned()).collect::<Vec<_>>());
        if step.action == Action::Delete {
            step.lost.extend(observed.not_kept.get(&step.address).map(|text| (*text).to_owned()));
            // The phone system may take it out of every route (FACTS ctm/choices-4), and a restore brings back the object alone.
            if step.address.kind == Kind::Receivers && !step.used_by.is_empty() {
                let users: Vec<&str> = step.used_by.iter().map(String::as_str).collect();
                step.lost.push(format!("what sends calls there is not led back: {}", users.join(", ")));
            }
        }
        if step.address.kind == Kind::Rules {
            step.lost.extend(taken_names(step, observed.deleted_names));
        }
    }
}

/// Rules that the step deletes, where names of deleted ones may stay taken.
fn taken_names(step: &Step, deleted: DeletedNames) -> Option<String> {
    let why = match deleted {
        DeletedNames::Free => return None,
        DeletedNames::PerhapsTaken => {
            "the names of deleted rules may stay taken here; one with `enabled: false` stays and does nothing"
        }
        DeletedNames::Taken => "names of deleted rules stay taken here until the vendor purges them",
    };
    let order = Path::from(["order"]);
    let gone = step.changes.iter().filter(|it| it.new.is_none() && it.path.len() == 2);
    let gone = gone.filter(|it| it.path.is_inside(&order)).filter_map(|it| it.old.as_ref()?["when"].as_str());
    let names: Vec<String> = gone.map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("{}: {why}", names.join(", ")))
}

/// A value without the Default rule, which an order that comes back may leave out.
pub(super) fn in_order(value: &Option<Value>) -> Option<Value> {
    let mut value = value.clone()?;
    if let Value::Array(order) = &mut value {
        order.retain(|name| name != DEFAULT_RULE);
    }
    Some(value)
}

/// What is already as it was before the apply that is taken back: its write may not have come true yet.
fn not_seen(
    restoration: &Restoration,
    steps: &[Step],
    time: &Propagation,
    named: &dyn Fn(&Address) -> bool,
) -> Vec<Note> {
    let is_left = |address: &&Address| named(address) && !steps.iter().any(|step| step.address == **address);
    let text = format!(
        "it is as it was before that apply, whose write may still take effect ({}): plan the restore again then",
        time.text
    );
    restoration.desired.keys().filter(is_left).map(|address| Note::new(address, text.clone())).collect()
}

/// What somebody changed after the apply that is taken back: taking it back takes that away too.
fn later_changes(restoration: &Restoration, steps: &[Step]) -> Vec<Note> {
    let mut notes = Vec::new();
    for step in steps {
        let Some(applied) = restoration.applied.get(&step.address) else { continue };
        let later = step.changes.iter().filter(|now| {
            let mut same = applied.iter().filter(|then| then.path == now.path).peekable();
            same.peek().is_some() && !same.any(|then| in_order(&then.new) == in_order(&now.old))
        });
        let fields: Vec<String> = later.map(|change| format!("`{}`", change.path)).collect();
        if !fields.is_empty() {
            let text = format!(
                "{} changed after that apply; restoring undoes that change as well",
                fields.join(", ")
            );
            notes.push(Note::new(&step.address, text));
        }
    }
    notes
}
