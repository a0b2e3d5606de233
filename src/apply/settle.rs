//! Reads a changed object back until it is as wanted.

use crate::{
    diff::{self, FieldChange},
    http::ApiError,
    model::Resource,
    plan::{Action, Observed, Step, TenantPlan},
    provider::{Read, Scope},
};
use std::time::Duration;
use tokio::time::Instant;

/// What was last seen of the object.
pub enum Seen {
    AsWanted,
    /// In words: which field still reads what.
    Otherwise(String),
    Unreadable(ApiError),
}

/// Looks at once, then at growing intervals, until the object is as wanted or `bound` is over.
pub async fn until(plan: &TenantPlan, step: &Step, reader: &dyn Read, bound: Duration) -> Seen {
    let mut scope = Scope::default();
    let resource = step.after.as_ref().or(step.before.as_ref());
    scope.wanted.extend(resource.map(|resource| (step.address.clone(), resource.clone())));
    let deadline = Instant::now() + bound;
    let mut pause = Duration::from_millis(50);
    loop {
        let seen = match reader.observe(&plan.account, &scope).await {
            Ok(observed) => match missing(step, &observed) {
                None => return Seen::AsWanted,
                Some(how) => Seen::Otherwise(how),
            },
            Err(error) => Seen::Unreadable(error),
        };
        if Instant::now() + pause > deadline {
            return seen;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(Duration::from_secs(2));
    }
}

/// What is not yet as the step wants it.
fn missing(step: &Step, observed: &Observed) -> Option<String> {
    let live = observed.objects.get(&step.address);
    let Some(after) = &step.after else {
        let gone = match live {
            None => true,
            Some(Resource::Forward(forward)) => forward.to.is_none() && forward.active != Some(true),
            Some(_) => false,
        };
        return (!gone).then(|| "it is still there".to_owned());
    };
    let Some(live) = live else { return Some("it is not there".to_owned()) };
    let ours = |change: &FieldChange| {
        let path = change.path.as_str();
        let inside = |a: &str, b: &str| a == b || a.strip_prefix(b).is_some_and(|rest| rest.starts_with('.'));
        step.changes.iter().any(|planned| inside(path, &planned.path) || inside(&planned.path, path))
    };
    let left: Vec<FieldChange> = diff::diff(after, live)
        .into_iter()
        .filter(|change| step.action == Action::Create || ours(change))
        .collect();
    let first = left.first()?;
    let reads = match &first.old {
        Some(value) => format!("still reads {value}"),
        None => "is still not set".to_owned(),
    };
    let more = if left.len() > 1 { format!(" (and {} more)", left.len() - 1) } else { String::new() };
    Some(format!("`{}` {reads}{more}", first.path))
}
