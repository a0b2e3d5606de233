//! What was live before an apply, kept on disk so that it can be had again.
//!
//! A restore file is no second state: it says what one apply was about to change and what was there before. Applying it
//! is another plan, observed, guarded and approved like any other, and leaves a restore file of its own. Files are kept
//! until somebody deletes them: the one that is needed is seldom the last.
//!
//! - `snapshot`: writes what is live before a plan, with its `checksum`
//! - `file`: where the files are, and reads one
//! - `restoration`: what a restore wants of a tenant; `contradiction`: what the tenant's file wants otherwise; `declared`: what it
//!   declares all the same after the restore
//! - `review`: what the plan of a restore says beside its steps

mod checksum;
mod contradiction;
mod declared;
mod file;
mod restoration;
mod review;
mod snapshot;

pub use declared::StillDeclared;
pub use file::{directory, load};
pub use restoration::{Lost, Restoration};
pub use review::mark_lost;
pub use snapshot::Snapshot;

use crate::{
    diff::FieldChange,
    model::{Address, Resource},
    plan::{Action, Step, TenantPlan},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the form of a restore file.
pub const FORMAT_VERSION: u32 = 3;

/// An earlier one that can be read: without the provider's own words.
const WITHOUT_OWN: u32 = 2;

/// What tells a restore file from other JSON.
const FILE_KIND: &str = "dialform restore";

/// The before-values of one apply.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub kind: String,
    pub format_version: u32,
    /// When it was written, UTC.
    pub created: String,
    /// The digest of the plan that was about to be applied.
    pub digest: String,
    /// Whether it is about the emulated phone systems.
    pub sandbox: bool,
    pub tenants: Vec<TenantRecord>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantRecord {
    pub tenant: String,
    pub provider: String,
    /// Which system that was, the kind of provider and a sum of its address.
    pub system: String,
    pub account: String,
    pub steps: Vec<StepRecord>,
}

/// One object and what was about to be done to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepRecord {
    pub address: Address,
    pub action: Action,
    /// The object as it was; `None` if there was none. Kept as it was written: what only a provider can say is looked at
    /// when it is restored.
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// The object as it was, in the provider's own words. None where there was no object, or they say nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Value>,
    pub changes: Vec<FieldChange>,
}

/// What a phone system says of an object, without what could let somebody in.
fn without_credentials(mut own: Value) -> Value {
    const PARTS: [&str; 4] = ["password", "secret", "pin", "credential"];
    let is_secret = |key: &str| key.split(['-', '_']).any(|part| PARTS.contains(&part));
    match &mut own {
        Value::Object(fields) => {
            fields.retain(|key, _| !is_secret(key));
            fields.values_mut().for_each(|value| *value = without_credentials(value.take()));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| *value = without_credentials(value.take())),
        _ => {}
    }
    own
}

impl StepRecord {
    pub(crate) fn of(step: &Step) -> Self {
        // Model types serialise to plain maps with text keys; that cannot fail.
        let value = |it: &Resource| serde_json::to_value(it).unwrap_or_default();
        Self {
            address: step.address.clone(),
            action: step.action,
            before: step.before.as_ref().map(value),
            after: step.after.as_ref().map(value),
            own: step.own.as_ref().map(|own| without_credentials(own.value())),
            changes: step.changes.clone(),
        }
    }
}

impl TenantRecord {
    /// The before-values of a tenant's plan, of the objects that are kept; `None` where there is nothing to keep. Steps for a
    /// person are left out: nobody knows whether they will be taken.
    fn of(plan: &TenantPlan, system: String, is_kept: &dyn Fn(&Address) -> bool) -> Option<Self> {
        let steps = plan.steps.iter().filter(|it| it.action != Action::Manual && is_kept(&it.address));
        let steps: Vec<StepRecord> = steps.map(StepRecord::of).collect();
        (!steps.is_empty()).then(|| Self {
            tenant: plan.tenant.clone(),
            provider: plan.provider.clone(),
            system,
            account: plan.account.clone(),
            steps,
        })
    }
}
