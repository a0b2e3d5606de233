//! Patterns for tenants and objects, as `--tenant` and `--only` take them.

use crate::{
    error::Failure,
    model::{Address, Kind, Tenant},
};

/// What names objects: an address, or a pattern for several. A name may hold what a pattern has a meaning for, so that a
/// text is taken as it is first.
#[derive(Debug, Clone)]
pub(super) struct Objects {
    text: String,
    /// `None`: it can only be an address.
    pattern: Option<glob::Pattern>,
}

impl Objects {
    pub fn of(text: &str, option: &str) -> Result<Self, Failure> {
        let address = text.split_once('/').map_or(text, |(_, address)| address);
        let section = address.split_once('.').map(|(section, _)| section);
        let pattern = match pattern(text, option) {
            Err(_) if Kind::ALL.iter().any(|kind| Some(kind.section()) == section) => None,
            pattern => Some(pattern?),
        };
        Ok(Self { text: text.to_owned(), pattern })
    }

    /// Whether the text is the address of an object.
    pub fn is(&self, tenant: &str, address: &Address) -> bool {
        let address = address.to_string();
        self.text == address || self.text == format!("{tenant}/{address}")
    }

    /// It is no pattern.
    pub fn only_as_written(&mut self) {
        self.pattern = None;
    }

    /// Whether an object is named: by its address, or by tenant and address as a plan prints them.
    pub fn name(&self, tenant: &str, address: &Address) -> bool {
        let address = address.to_string();
        let full = format!("{tenant}/{address}");
        let is_meant =
            |text: &str| self.text == text || self.pattern.as_ref().is_some_and(|it| it.matches(text));
        is_meant(&address) || is_meant(&full)
    }
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
