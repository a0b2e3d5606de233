//! Whether a plan is one that somebody has approved.

use super::Approval;
use crate::{error::Failure, finding::Finding, plan::Plan};

impl Approval {
    /// Refuses a plan that is not the one approved, exceeds the guard, or has a critical change that nobody approved.
    pub fn permit(&self, plan: &Plan) -> Result<(), Failure> {
        self.same(plan)?;
        let beyond = plan.tenants.iter().find(|tenant| !tenant.refused.is_empty());
        if let Some(tenant) = beyond.filter(|_| !self.override_guard) {
            let message = format!("tenant `{}`: {}", tenant.tenant, tenant.refused.join("; "));
            return Err(Failure::refused(message)
                .help("if that is meant, raise `guard` in dialform.yaml, or `--override-guard`"));
        }
        self.permit_critical(plan)
    }

    fn same(&self, plan: &Plan) -> Result<(), Failure> {
        match &self.digest {
            Some(digest) if *digest != plan.digest => {
                if let Some((tenant, why)) = unread(plan) {
                    let message = format!(
                        "the approved plan cannot be compared with one of now: tenant `{tenant}`: {why}"
                    );
                    return Err(Failure::refused(message)
                        .help("nothing was changed; apply the same plan again when it can be read"));
                }
                let message = format!("the plan of now ({}) is not the approved one ({digest})", plan.digest);
                Err(Failure::refused(message)
                    .help("files or live systems have changed since: plan and review again"))
            }
            _ => Ok(()),
        }
    }

    fn permit_critical(&self, plan: &Plan) -> Result<(), Failure> {
        for (tenant, step) in plan.steps() {
            let Some(why) = &step.critical else { continue };
            let address = step.address.to_string();
            let full = format!("{}/{address}", tenant.tenant);
            // Without a tenant an address names one object only if there is only one.
            let same = plan.steps().filter(|(_, it)| it.critical.is_some() && it.address == step.address);
            let alone = same.count() == 1;
            if !self.critical.iter().any(|approved| *approved == full || (alone && *approved == address)) {
                let message = format!("{full} {why}");
                return Err(
                    Failure::refused(message).help(format!("if that is meant: `--approve-critical {full}`"))
                );
            }
        }
        Ok(())
    }

    /// A warning for each approval of nothing: left over, or a slip.
    pub fn unused(&self, plan: &Plan) -> Vec<Finding> {
        let critical = || plan.steps().filter(|(_, step)| step.critical.is_some());
        let names = |given: &str| {
            critical().any(|(tenant, step)| {
                let address = step.address.to_string();
                given == address || given == format!("{}/{address}", tenant.tenant)
            })
        };
        let unused = self.critical.iter().filter(|given| !names(given));
        unused
            .map(|given| {
                let message = format!("`--approve-critical {given}` approves nothing in this plan");
                Finding::warning("unused-approval", message)
            })
            .collect()
    }
}

/// A tenant of which nothing is known now, and why: the plan of now says nothing about what has changed.
fn unread(plan: &Plan) -> Option<(&str, &str)> {
    plan.tenants.iter().find_map(|tenant| {
        let why = tenant.blocked.iter().find(|finding| finding.code == "unreadable-account")?;
        Some((tenant.tenant.as_str(), why.message.as_str()))
    })
}
