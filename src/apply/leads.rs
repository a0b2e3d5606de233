//! Who leads to what is about to be deleted, by what is live just before.

use super::Job;
use crate::{
    http::ApiError,
    model::{Address, Kind, Resource},
    plan::{Action, Observed, Step, leads_to, still_lead_to},
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
        let mut new = Vec::new();
        for (name, user) in now.into_iter().filter(|(name, _)| !step.used_by.contains(name)) {
            let is_so = match user.and_then(|user| Some((observed.objects.get(&user)?.clone(), user))) {
                Some((seen, user)) => confirmed(job, &user, seen, &step.address).await?,
                None => true,
            };
            new.extend(is_so.then_some(name));
        }
        let verb = if new.len() == 1 { "leads" } else { "lead" };
        Ok((!new.is_empty()).then(|| format!("{} {verb} to it now", new.join(", "))))
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

/// Whether an object leads there when it is looked at by itself. A list may show what was deleted and lingers
/// (FACTS stratus/readings-4).
async fn confirmed(job: &Job<'_>, user: &Address, seen: Resource, to: &Address) -> Result<bool, ApiError> {
    let wanted = [(user.clone(), seen)].into_iter().collect();
    let observed = job.reader.observe(&job.plan.account, &Scope { wanted, ..Scope::default() }).await?;
    Ok(observed.objects.get(user).is_some_and(|live| leads_to(user, live, to)))
}
