//! Whether a plan does what was reviewed, and nothing else. It may do less: what is so already is done by nobody again.
//!
//! Nobody keeps what an apply has done until it was killed. So a field may stand anywhere on the way that was reviewed: as it
//! was, as it was to be, or, in what was not there or was to go, with nothing in it yet.
//!
//! - `way`: the way of a value; `calls`: whether calls go where it was read that they would

mod calls;
mod way;

use super::{Action, Class, Plan, SavedPlan, Step, TenantPlan, saved::SavedStep, saved::SavedTenant};
use crate::{
    diff::{self, FieldChange},
    model::{Address, Resource},
    path::Segment,
};
use serde_json::Value;

/// A plan that does what was reviewed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// What of that is so already, by tenant and address.
    pub already: Vec<String>,
}

/// Compares a plan with the one that was reviewed; every difference, in words.
pub fn as_reviewed(now: &Plan, reviewed: &SavedPlan) -> Result<Reviewed, Vec<String>> {
    let (mut already, mut wrong) = (Vec::new(), Vec::new());
    for then in &reviewed.tenants {
        match now.tenants.iter().find(|it| it.tenant == then.tenant) {
            Some(now) => tenant(now, then, &mut already, &mut wrong),
            None if then.steps.is_empty() => {}
            None => {
                wrong.push(format!("tenant `{}` of the reviewed plan is not declared any more", then.tenant))
            }
        }
    }
    for now in &now.tenants {
        if !reviewed.tenants.iter().any(|then| then.tenant == now.tenant) && !now.steps.is_empty() {
            wrong.push(format!("tenant `{}` is not in the reviewed plan", now.tenant));
        }
    }
    if wrong.is_empty() { Ok(Reviewed { already }) } else { Err(wrong) }
}

fn tenant(now: &TenantPlan, then: &SavedTenant, already: &mut Vec<String>, wrong: &mut Vec<String>) {
    let name = &now.tenant;
    let mut said = |what: String| wrong.push(format!("{name}/{what}"));
    // What cannot be read is left alone, and the run says so.
    if now.is_unread() || (now.steps.is_empty() && then.steps.is_empty()) {
        return;
    }
    let places = [
        ("provider", &then.provider, &now.provider),
        ("account", &then.account, &now.account),
        ("system", &then.endpoints.join(", "), &now.endpoints.join(", ")),
    ];
    let blocked = now.is_stopped();
    if let Some(why) = now.blocked.first().filter(|_| blocked) {
        return wrong.push(format!("tenant `{name}` cannot be planned now: {}", why.message));
    }
    if let Some((what, then, now)) = places.into_iter().find(|(_, then, now)| then != now) {
        return wrong.push(format!("tenant `{name}` has another {what} now: `{now}`, and had `{then}`"));
    }
    let is = |step: &Step, then: &SavedStep| {
        step.address == then.address && (step.action == Action::Manual) == (then.action == Action::Manual)
    };
    for step in &now.steps {
        let address = &step.address;
        match then.steps.iter().find(|then| is(step, then)) {
            None => said(format!("{address} {}, and not in the reviewed plan", does(step.action))),
            Some(then) => {
                let otherwise = || (!is_wanted(now, then)).then(|| OTHERWISE.to_owned());
                if let Some(why) = differs(step, then).or_else(otherwise) {
                    said(format!("{address} {why}"));
                }
            }
        }
    }
    for then in then.steps.iter().filter(|then| !now.steps.iter().any(|step| is(step, then))) {
        let address = &then.address;
        match is_so(now, then) {
            Ok(()) => already.push(format!("{name}/{address}")),
            Err(why) => said(format!("{address} {why}")),
        }
    }
    if is_whole(now, then) {
        let name = &now.tenant;
        wrong.extend(calls::otherwise(now, then).into_iter().map(|what| format!("{name}: {what}")));
    }
}

/// Whether nothing of what was reviewed is done yet. What is done in part may have changed calls that are to go in the end as they
/// did before, and that the reviewed plan therefore does not name.
fn is_whole(now: &TenantPlan, then: &SavedTenant) -> bool {
    let same = |step: &Step, then: &SavedStep| {
        step.address == then.address && step.action == then.action && step.changes == then.changes
    };
    // A change that no caller notices changes no call, done or not. What is made is called by others once it is there.
    let is_beside = |class: Class, action: Action| class == Class::Cosmetic && action == Action::Update;
    let left = then.steps.iter().filter(|it| !is_beside(it.class, it.action));
    left.clone().all(|then| now.steps.iter().any(|step| same(step, then)))
        && now
            .steps
            .iter()
            .all(|step| is_beside(step.class, step.action) || left.clone().any(|then| same(step, then)))
}

/// What a step does, in words.
fn does(action: Action) -> &'static str {
    match action {
        Action::Create => "is created now",
        Action::Update => "is changed now",
        Action::Delete => "is deleted now",
        Action::Manual => "is to be set by hand now",
    }
}

/// What of a step was not reviewed.
fn differs(step: &Step, then: &SavedStep) -> Option<String> {
    let same = step.action == then.action;
    // What was to be created may be there in part.
    if !same && (then.action, step.action) != (Action::Create, Action::Update) {
        return Some(format!("{}, and in the reviewed plan it {}", does(step.action), was(then.action)));
    }
    if let Some(why) = step.critical.as_ref().filter(|why| then.critical.as_ref() != Some(why)) {
        return Some(format!("{why}, which the reviewed plan does not say"));
    }
    // A forward that is on by now, for one: what was to matter in the next outage matters at once.
    if same && step.class < then.class {
        return Some("is noticed by callers otherwise than when it was reviewed".to_owned());
    }
    step.changes.iter().find_map(|change| not_reviewed(change, then))
}

fn was(action: Action) -> &'static str {
    match action {
        Action::Create => "is created",
        Action::Update => "is changed",
        Action::Delete => "is deleted",
        Action::Manual => "is set by hand",
    }
}

/// Why a change is not one of those that were reviewed, or what is left of one.
fn not_reviewed(change: &FieldChange, then: &SavedStep) -> Option<String> {
    if then.changes.contains(change) {
        return None;
    }
    let field = || match change.path.is_empty() {
        true => "it".to_owned(),
        false => format!("`{}`", change.path),
    };
    // The sequence of rules is a change beside the rules in it.
    let around = then.changes.iter().filter(|it| change.path.is_inside(&it.path));
    let around = around.max_by_key(|it| it.path.len());
    let inside = |it: &FieldChange| change.path[it.path.len()..].to_vec();
    let at = |it: &FieldChange, side: &Option<Value>| way::at(side.as_ref(), &inside(it));
    let was = around.and_then(|it| at(it, &it.old));
    let will = around.and_then(|it| at(it, &it.new));
    if was.is_none() && will.is_none() {
        let (now, new) = (shown(change.old.as_ref()), shown(change.new.as_ref()));
        let field = field();
        return Some(format!("would have {field} changed from {now} to {new}, which was not reviewed"));
    }
    if !way::same(change.new.as_ref(), will.as_ref()) {
        let (now, will) = (shown(change.new.as_ref()), shown(will.as_ref()));
        return Some(format!("would have {} set to {now}, in the reviewed plan to {will}", field()));
    }
    if !way::is_on(change.old.as_ref(), was.as_ref(), will.as_ref()) {
        // Of an object that goes the field is named.
        let fields = change.old.as_ref().and_then(Value::as_object).filter(|_| change.path.is_empty());
        let moved = |key: &str| {
            let of = |it: &Option<Value>| it.as_ref().and_then(|it| it.get(key)).cloned();
            let (now, was) = (of(&change.old), of(&was));
            (!way::is_on(now.as_ref(), was.as_ref(), None))
                .then(|| (shown(now.as_ref()), shown(was.as_ref())))
        };
        let named = fields.into_iter().flatten().find_map(|(key, _)| Some((key, moved(key)?)));
        if let Some((key, (now, was))) = named {
            return Some(format!("has changed since: `{key}` is {now} now, and was {was}"));
        }
        let (now, was) = (shown(change.old.as_ref()), shown(was.as_ref()));
        return Some(format!("has changed since: {} is {now} now, and was {was}", field()));
    }
    None
}

fn shown(value: Option<&Value>) -> String {
    const LONGEST: usize = 60;
    let text = value.map_or_else(|| "not there".to_owned(), |it| format!("`{it}`"));
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…`", &text[..at]),
        None => text,
    }
}

/// Whether what a step was to do is so already; why not, where it is not.
fn is_so(now: &TenantPlan, then: &SavedStep) -> Result<(), String> {
    let address: &Address = &then.address;
    if now.withheld.contains(address) || now.withheld_fields.contains_key(address) {
        let why = now.blocked.iter().map(|finding| finding.message.as_str()).next();
        return Err(format!("cannot be planned now: {}", why.unwrap_or("see what is blocked")));
    }
    if is_wanted(now, then) { Ok(()) } else { Err(OTHERWISE.to_owned()) }
}

const OTHERWISE: &str = "is not wanted as the reviewed plan says: the files have changed since";

/// Whether the files want of what a step changes what they did; all of it, so that nothing is taken for done which nobody
/// asks for any more.
fn is_wanted(now: &TenantPlan, then: &SavedStep) -> bool {
    let address: &Address = &then.address;
    let Some(after) = &then.after else { return now.wanted.gone(address) };
    let Ok(after) = Resource::from_value(address.kind, after.clone()) else { return false };
    let Some(wanted) = now.wanted.objects.get(address) else { return false };
    let otherwise = diff::diff(wanted, &after);
    then.changes.iter().all(|change| {
        let touches = |it: &FieldChange| it.path.is_inside(&change.path) || change.path.is_inside(&it.path);
        // What stands in a list is wanted with the list.
        let keys = change.path.iter().take_while(|it| it.as_key().is_some());
        let mut field: Vec<Segment> = keys.cloned().collect();
        if change.new.is_none() && field.len() == change.path.len() {
            field.pop();
        }
        !otherwise.iter().any(touches) && wanted.value(&field.as_slice().into()).is_some()
    })
}
