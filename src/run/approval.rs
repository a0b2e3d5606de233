//! Whether a plan is one that somebody has approved.

use super::{Approval, pattern::ADDRESS_HELP, undo};
use crate::{
    error::Failure,
    finding::Finding,
    plan::{Plan, Reviewed, SavedPlan, as_reviewed},
    text::{count, printable, shell},
};

impl Approval {
    /// Whether it is of one plan and no other.
    pub fn is_of_one_plan(&self) -> bool {
        self.digest.is_some() || self.reviewed.is_some()
    }

    /// Refuses a plan that is not the one approved, exceeds the guard, or has a critical change that nobody approved. What
    /// of the approved plan is so already is returned.
    pub fn permit(&self, plan: &Plan) -> Result<Reviewed, Failure> {
        undo::permit(plan)?;
        let reviewed = self.same(plan)?;
        let beyond = plan.tenants.iter().find(|tenant| !tenant.refused.is_empty());
        if let Some(tenant) = beyond.filter(|_| !self.override_guard) {
            let message = format!("tenant `{}`: {}", tenant.tenant, tenant.refused.join("; "));
            return Err(Failure::refused(message)
                .help("if that is intended, raise the limit under `guard` in dialform.yaml, or add `--override-guard`"));
        }
        self.permit_critical(plan)?;
        Ok(reviewed)
    }

    fn same(&self, plan: &Plan) -> Result<Reviewed, Failure> {
        if let Some(saved) = &self.reviewed {
            // An account that cannot be read says nothing about the others.
            if let Some(failure) = not_comparable(plan).filter(|_| !is_comparable(plan, saved)) {
                return Err(failure);
            }
            return as_reviewed(plan, saved).map_err(|wrong| {
                let named = wrong.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
                let more = match wrong.len().saturating_sub(NAMED) {
                    0 => String::new(),
                    more => format!("; and {more} more"),
                };
                Failure::refused(printable(format!("this is not what was reviewed: {named}{more}")))
                    .help("nothing was changed; plan and review again")
            });
        }
        match &self.digest {
            Some(digest) if *digest != plan.digest => {
                if let Some(failure) = not_comparable(plan) {
                    return Err(failure);
                }
                let message =
                    format!("the current plan ({}) is not the approved one ({digest})", plan.digest);
                Err(Failure::refused(message)
                    .help("files or live systems have changed since: plan and review again"))
            }
            _ => Ok(Reviewed::default()),
        }
    }

    fn permit_critical(&self, plan: &Plan) -> Result<(), Failure> {
        let open: Vec<Critical<'_>> =
            Critical::all(plan).filter(|it| !self.critical.iter().any(|given| it.is_named(given))).collect();
        let [first, others @ ..] = open.as_slice() else { return Ok(()) };
        let (message, flag) = match others {
            [] => (format!("{} {}", first.full, first.why), first.full.clone()),
            _ => {
                let each = open.iter().map(|it| format!("{} {}", it.full, it.why));
                let each: Vec<String> = each.collect();
                (
                    format!("{}: {}", count(open.len(), "critical change"), each.join("; ")),
                    pattern_over(&open),
                )
            }
        };
        // Also where a shell would take it without: most are patterns.
        let quoted = match shell(&flag) {
            plain if plain == flag => format!("'{plain}'"),
            quoted => quoted,
        };
        Err(Failure::refused(message).help(format!("if that is intended, add `--approve-critical {quoted}`")))
    }

    /// What each approval approves, where a pattern may stand for several; and a warning for each approval of nothing:
    /// left over, or a slip.
    pub fn explain(&self, plan: &Plan) -> (Vec<String>, Vec<Finding>) {
        let (mut lines, mut unused) = (Vec::new(), Vec::new());
        for given in &self.critical {
            let named: Vec<String> =
                Critical::all(plan).filter(|it| it.is_named(given)).map(|it| it.full).collect();
            match named.as_slice() {
                [] => {
                    let message =
                        format!("`--approve-critical {given}` matches no critical change in this plan");
                    unused.push(Finding::warning("unused-approval", message).help(ADDRESS_HELP));
                }
                // One approval for one change says which by itself.
                [one] if one == given => {}
                several => {
                    let changes = count(several.len(), "critical change");
                    let names = several.join(", ");
                    lines
                        .push(printable(format!("`--approve-critical {given}` approves {changes}: {names}")));
                }
            }
        }
        (lines, unused)
    }
}

/// A change that needs a person's word.
struct Critical<'a> {
    /// Tenant and address, as a plan prints them.
    full: String,
    address: String,
    /// Whether no other critical change has this address.
    alone: bool,
    /// Whether every critical change of the plan is this tenant's.
    one_tenant: bool,
    why: &'a str,
}

impl<'a> Critical<'a> {
    fn all(plan: &'a Plan) -> impl Iterator<Item = Self> {
        let mut tenants =
            plan.tenants.iter().filter(|tenant| tenant.steps.iter().any(|step| step.critical.is_some()));
        let one_tenant = tenants.next().is_some() && tenants.next().is_none();
        plan.steps().filter_map(move |(tenant, step)| {
            let same = plan.steps().filter(|(_, it)| it.critical.is_some() && it.address == step.address);
            let address = step.address.to_string();
            let full = format!("{}/{address}", tenant.tenant);
            Some(Self { full, address, alone: same.count() == 1, one_tenant, why: step.critical.as_deref()? })
        })
    }

    /// Whether an approval names it: tenant and address, or a pattern for them. Without a tenant an address names an object
    /// only if no other tenant has one like it, and a pattern only if all critical changes are one tenant's.
    fn is_named(&self, given: &str) -> bool {
        // A name may hold what a pattern has a meaning for: it is taken as it is first.
        let exactly = given == self.full || (self.alone && given == self.address);
        exactly
            || glob::Pattern::new(given).is_ok_and(|pattern| {
                pattern.matches(&self.full) || (self.one_tenant && pattern.matches(&self.address))
            })
    }
}

/// A pattern that names all of these and as little else as can be.
fn pattern_over(open: &[Critical<'_>]) -> String {
    let common = |part: fn(&str) -> &str| {
        let mut parts = open.iter().map(|it| part(&it.full));
        let first = parts.next()?;
        parts.all(|it| it == first).then(|| first.to_owned())
    };
    let tenant = common(|full| full.split('/').next().unwrap_or_default());
    let section = common(|full| {
        full.split_once('/').and_then(|(_, address)| address.split('.').next()).unwrap_or_default()
    });
    let star = || "*".to_owned();
    format!("{}/{}.*", tenant.unwrap_or_else(star), section.unwrap_or_else(star))
}

/// Of more differences than this only so many are named.
const NAMED: usize = 5;

/// Whether something that the approved plan does can be compared.
fn is_comparable(plan: &Plan, saved: &SavedPlan) -> bool {
    let mut does = saved.tenants.iter().filter(|then| !then.steps.is_empty());
    does.any(|then| plan.tenants.iter().all(|now| now.tenant != then.tenant || !now.is_unread()))
}

/// Why a plan cannot be compared with the approved one.
fn not_comparable(plan: &Plan) -> Option<Failure> {
    let (tenant, why) = unread(plan)?;
    let message =
        format!("the approved plan cannot be compared with the current one: tenant `{tenant}`: {why}");
    Some(Failure::refused(message).help("nothing was changed; apply the same plan again when it can be read"))
}

/// A tenant of which nothing is known now, and why: the plan of now says nothing about what has changed.
fn unread(plan: &Plan) -> Option<(&str, &str)> {
    plan.tenants.iter().find_map(|tenant| {
        let why = tenant.blocked.first().filter(|_| tenant.is_unread())?;
        Some((tenant.tenant.as_str(), why.message.as_str()))
    })
}
