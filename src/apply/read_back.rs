//! Reads a changed object back until it is as wanted.

use crate::{
    diff::{self, FieldChange},
    http::ApiError,
    model::{Address, Resource, references},
    path::Path,
    plan::{Action, Observed, Step, TenantPlan},
    provider::{Glance, Read, Scope},
};
use std::{fmt, time::Duration};
use tokio::time::Instant;

/// What was last seen of the object.
pub enum ReadBack {
    AsPlanned,
    Different(Difference),
    Unreadable(ApiError),
}

/// What is not as the step wants it.
pub struct Difference {
    /// In words: which field still reads what.
    text: String,
    /// Which fields; the object itself where it is not there, or still is.
    pub fields: Vec<Path>,
}

impl Difference {
    fn object(text: &str) -> Self {
        Self { text: text.to_owned(), fields: vec![Path::default()] }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The one object a step is about, and of one that is changed what `glance` says.
fn scope_of(step: &Step, glance: impl FnOnce(&Step) -> Option<Glance>) -> Scope {
    let resource = step.after.as_ref().or(step.before.as_ref());
    let wanted = resource.map(|resource| (step.address.clone(), resource.clone()));
    let earlier = step.restored.clone().map(|own| (step.address.clone(), own));
    let (wanted, earlier) = (wanted.into_iter().collect(), earlier.into_iter().collect());
    let changes = step.action == Action::Update && !step.changes.is_empty();
    let glance = if changes { glance(step) } else { None };
    Scope { wanted, earlier, glance, ..Scope::default() }
}

/// Before a change: the fields that hold what changes, whole, for somebody may have changed something beside it.
fn before_change(step: &Step) -> Option<Glance> {
    let fields = step.changes.iter().map(|change| change.path.field().map(|field| Path::from([field])));
    let (about, expected) = (fields.collect::<Option<_>>()?, step.before.clone()?);
    Some(Glance { about, expected, may_be_gone: true })
}

/// After a change: what has changed.
fn after_change(step: &Step) -> Option<Glance> {
    let about = step.changes.iter().map(|change| change.path.clone()).collect();
    Some(Glance { about, expected: step.after.clone()?, may_be_gone: false })
}

/// Looks at once, then at growing intervals, until the object is as wanted or `bound` is over.
pub async fn wait_until_applied(
    plan: &TenantPlan,
    step: &Step,
    reader: &dyn Read,
    bound: Duration,
) -> ReadBack {
    let scope = scope_of(step, after_change);
    let deadline = Instant::now() + bound;
    let mut pause = Duration::from_millis(50);
    loop {
        let seen = match reader.observe(&plan.account, &scope).await {
            Ok(observed) => match differences(step, &observed) {
                None => return ReadBack::AsPlanned,
                Some(how) => ReadBack::Different(how),
            },
            Err(error) => ReadBack::Unreadable(error),
        };
        let now = Instant::now();
        if now >= deadline {
            return seen;
        }
        // The last read is exactly at the bound, so that a change that shows within it counts.
        tokio::time::sleep_until(deadline.min(now + pause)).await;
        pause = (pause * 3 / 2).min(Duration::from_secs(2));
    }
}

/// What has changed since the plan was made, in words, looking only at what the step is about.
///
/// The plan may be hours old: what nobody reviewed must not be overwritten or taken away.
pub async fn changed_since_plan(
    plan: &TenantPlan,
    step: &Step,
    reader: &dyn Read,
) -> Result<Option<String>, ApiError> {
    let scope = scope_of(step, before_change);
    let observed = reader.observe(&plan.account, &scope).await?;
    let (before, now) = match (&step.before, observed.objects.get(&step.address)) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Ok(Some("somebody has created it since".to_owned())),
        (Some(_), None) if step.action == Action::Delete => return Ok(None),
        (Some(_), None) => return Ok(Some("somebody has deleted it since".to_owned())),
        (Some(before), Some(now)) => (before, now),
    };
    let about = |change: &FieldChange| {
        step.action == Action::Delete
            || step.changes.iter().any(|planned| planned.path.field() == change.path.field())
    };
    // Compared in both directions: a field that only one of the two has is seen from that one only.
    let changed =
        diff::diff(now, before).into_iter().chain(diff::diff(before, now).into_iter().map(reversed));
    let news = |change: &FieldChange| about(change) && !of_this_run(plan, step, change, [before, now]);
    let Some(first) = changed.into_iter().find(news) else { return Ok(None) };
    let text =
        |value: &Option<serde_json::Value>| value.as_ref().map_or("nothing".to_owned(), ToString::to_string);
    let FieldChange { path, old, new } = first;
    Ok(Some(format!("`{path}` was {} and is {} now", text(&old), text(&new))))
}

/// Whether a field differs from the plan because of an earlier step of this run.
fn of_this_run(plan: &TenantPlan, step: &Step, change: &FieldChange, [before, now]: [&Resource; 2]) -> bool {
    let does =
        |action, address: &Address| plan.steps.iter().any(|it| it.action == action && it.address == *address);
    // An object that was created without the field that closes a circle has the provider's default there.
    if does(Action::Create, &step.address) {
        return change.old.is_none();
    }
    // The provider may have emptied a field that pointed to a deleted object.
    let field = change.path.field();
    let targets = |resource| {
        let found = references(&step.address, resource).into_iter();
        let here = found.filter(|(path, _)| path.field() == field);
        here.filter_map(|(_, reference)| reference.address()).collect::<Vec<_>>()
    };
    let deleted = targets(before).iter().any(|target| does(Action::Delete, target));
    step.action == Action::Delete && deleted && targets(now).is_empty()
}

fn reversed(change: FieldChange) -> FieldChange {
    FieldChange { path: change.path, old: change.new, new: change.old }
}

/// What is not yet as the step wants it, or not any more as it was.
fn differences(step: &Step, observed: &Observed) -> Option<Difference> {
    let live = observed.objects.get(&step.address);
    let Some(after) = &step.after else {
        if let Some(remnant) = observed.remnants.get(&step.address) {
            return Some(Difference::object(&remnant.text));
        }
        let gone = match live {
            None => true,
            Some(Resource::Forward(forward)) => forward.is_vacant(),
            Some(_) => false,
        };
        return (!gone).then(|| Difference::object("it is still there"));
    };
    let Some(live) = live else { return Some(Difference::object("it is not there")) };
    // Beside what the step is about, nothing may have moved that was as it should be before.
    let before = step.before.as_ref().map(|before| diff::diff(after, before)).unwrap_or_default();
    let was_so = |change: &FieldChange| before.iter().any(|earlier| earlier.path == change.path);
    let hidden = observed.unseen.get(&step.address);
    let unseen = |path: &Path| hidden.is_some_and(|fields| fields.iter().any(|field| path.is_inside(field)));
    let left: Vec<FieldChange> = diff::diff(after, live)
        .into_iter()
        .filter(|change| !unseen(&change.path))
        .filter(|change| step.concerns(&change.path) || (step.action != Action::Create && !was_so(change)))
        .collect();
    let each = left.iter().map(|change| match &change.old {
        Some(value) => format!("`{}` still reads {value}", change.path),
        None => format!("`{}` is still not set", change.path),
    });
    let text = each.collect::<Vec<_>>().join(", ");
    (!left.is_empty()).then(|| Difference { text, fields: left.into_iter().map(|it| it.path).collect() })
}
