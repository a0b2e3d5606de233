//! Patterns for tenants and objects, as `--tenant` and `--only` take them.

use crate::{
    error::Failure,
    model::{Address, Tenant},
};

/// Whether a pattern names an object: by its address, or by tenant and address as a plan prints them.
pub(super) fn names(pattern: &glob::Pattern, tenant: &str, address: &Address) -> bool {
    let address = address.to_string();
    pattern.matches(&address) || pattern.matches(&format!("{tenant}/{address}"))
}

/// What to write for a pattern that names nothing.
pub(super) const ADDRESS_HELP: &str =
    "write an address as the plan prints it, or a pattern: `queues.400`, `rules.*`, `acme/forwards.*`";

pub(super) fn pattern(text: &str, option: &str) -> Result<glob::Pattern, Failure> {
    glob::Pattern::new(text).map_err(|error| {
        let help = "`*` stands for any text, `[ab]` for one of these letters, and `[[]` for a bracket itself";
        Failure::error(format!("`{option} {text}` is not a pattern: {error}")).help(help)
    })
}

/// What begins a pattern for labels.
const LABEL: &str = "label:";

/// Which tenants `--tenant` names.
pub(super) struct TenantPattern {
    name: glob::Pattern,
    label: Option<glob::Pattern>,
}

impl TenantPattern {
    pub fn of(text: &str) -> Result<Self, Failure> {
        let label = text.strip_prefix(LABEL).map(|label| pattern(label, "--tenant")).transpose()?;
        Ok(Self { name: pattern(text, "--tenant")?, label })
    }

    /// Whether it names tenants by their labels.
    pub fn is_of_labels(&self) -> bool {
        self.label.is_some()
    }

    /// Whether it selects a tenant by its name.
    pub fn selects_name(&self, name: &str) -> bool {
        self.name.matches(name)
    }

    pub fn selects(&self, tenant: &Tenant) -> bool {
        let labelled = |label: &glob::Pattern| tenant.labels.iter().any(|it| label.matches(it));
        self.selects_name(&tenant.tenant) || self.label.as_ref().is_some_and(labelled)
    }
}
