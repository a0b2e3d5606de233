//! Who leads to what is about to be deleted, by what is live just before.

use super::Job;
use crate::{
    http::ApiError,
    model::Kind,
    plan::{Action, Observed, Step, still_lead_to},
    provider::Scope,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::{sync::Mutex, time::Instant};

/// Deletions that follow each other within this time go by one look at the account: it may take a request for each extension.
const FRESH: Duration = Duration::from_secs(10);

/// What one tenant's account was like when deletions were last about to begin.
#[derive(Default)]
pub(super) struct Leads(Mutex<Option<(Instant, Arc<Observed>)>>);

impl Leads {
    /// What leads to the object of a deletion now and did not when the plan was made, in words. The other steps of the tenant
    /// have ended by then: what is live is what they have left.
    pub async fn news(&self, job: &Job<'_>, step: &Step) -> Result<Option<String>, ApiError> {
        let can_be_led_to = matches!(step.address.kind, Kind::Queues | Kind::Schedules | Kind::Receivers);
        if step.action != Action::Delete || !can_be_led_to {
            return Ok(None);
        }
        let observed = self.look(job).await?;
        let now = still_lead_to(&step.address, &job.plan.steps, &observed);
        let new: Vec<&str> = now.difference(&step.used_by).map(String::as_str).collect();
        // One and the same may be named in two ways, by what the plan has read beside it.
        let more = now.len() > step.used_by.len() && !new.is_empty();
        let verb = if new.len() == 1 { "leads" } else { "lead" };
        Ok(more.then(|| format!("{} {verb} to it now", new.join(", "))))
    }

    async fn look(&self, job: &Job<'_>) -> Result<Arc<Observed>, ApiError> {
        let mut last = self.0.lock().await;
        if let Some((when, observed)) = &*last
            && when.elapsed() < FRESH
        {
            return Ok(Arc::clone(observed));
        }
        let going = job.plan.steps.iter().filter(|step| step.action == Action::Delete);
        let going = going.filter_map(|step| Some((step.address.clone(), step.before.clone()?)));
        let wanted: BTreeMap<_, _> = going.collect();
        let absent: BTreeSet<_> = wanted.keys().cloned().collect();
        // A forward leads to a number outside and to nothing else.
        let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Forwards).collect();
        let scope = Scope { wanted, absent, kinds, lists: true, ..Scope::default() };
        let observed = Arc::new(job.reader.observe(&job.plan.account, &scope).await?);
        *last = Some((Instant::now(), Arc::clone(&observed)));
        Ok(observed)
    }
}
