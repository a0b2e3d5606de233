//! What an approval is of: the same digest means that the same is done to the same systems.
//!
//! Only what is done counts: a declaration may move to another line, and live objects that are left alone may come and go,
//! without making an approved plan stale.

use super::{FORMAT_VERSION, Step, TenantPlan};
use crate::text::hex;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What counts of a tenant, in this order.
type Counted<'a, S> = (&'a str, &'a str, &'a str, &'a [String], bool, Vec<S>);

fn sum<'a, S: Serialize>(tenants: impl Iterator<Item = Counted<'a, S>>) -> String {
    let mut hash = Sha256::new();
    hash.update(FORMAT_VERSION.to_le_bytes());
    for tenant in tenants {
        // Plain data with text keys: serialising cannot fail.
        hash.update(serde_json::to_vec(&tenant).unwrap_or_default());
    }
    hex(&hash.finalize())
}

/// The digest of a plan.
pub fn of(tenants: &[TenantPlan]) -> String {
    sum(tenants.iter().map(|it| {
        let steps = it.steps.iter().map(|step| {
            let Step { address, action, critical, changes, instructions, .. } = step;
            let lines: Vec<String> = instructions.iter().map(ToString::to_string).collect();
            (address, action, critical, changes, lines)
        });
        let TenantPlan { tenant, provider, account, endpoints, blocked, .. } = it;
        let names = (tenant.as_str(), provider.as_str(), account.as_str());
        (names.0, names.1, names.2, &**endpoints, blocked.is_empty(), steps.collect())
    }))
}

/// The digest of the steps that a plan in JSON holds, whatever it says itself; `None` where it is no plan.
pub fn counted(plan: &Value) -> Option<String> {
    let Saved { tenants } = Saved::deserialize(plan).ok()?;
    Some(sum(tenants.iter().map(|it| {
        let step = |step: &'_ SavedStep| {
            let SavedStep { address, action, critical, changes, instructions } = step;
            (address.clone(), action.clone(), critical.clone(), changes.clone(), instructions.clone())
        };
        let steps = it.steps.iter().map(step).collect();
        let SavedTenant { tenant, provider, account, endpoints, blocked, steps: _ } = it;
        (
            tenant.as_str(),
            provider.as_str(),
            account.as_str(),
            endpoints.as_slice(),
            blocked.is_empty(),
            steps,
        )
    })))
}

/// A plan in JSON, as far as its digest counts it.
#[derive(Deserialize)]
struct Saved {
    tenants: Vec<SavedTenant>,
}

#[derive(Deserialize)]
struct SavedTenant {
    tenant: String,
    provider: String,
    account: String,
    endpoints: Vec<String>,
    #[serde(default)]
    blocked: Vec<IgnoredAny>,
    steps: Vec<SavedStep>,
}

#[derive(Deserialize)]
struct SavedStep {
    address: Value,
    action: Value,
    #[serde(default)]
    critical: Value,
    changes: Value,
    #[serde(default)]
    instructions: Vec<String>,
}
