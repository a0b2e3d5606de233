//! What `--only` names.

use super::{
    check::CheckedTenant,
    pattern::{ADDRESS_HELP, Objects},
};
use crate::{
    error::Failure,
    model::{Address, Kind},
    provider::Workspace,
};

/// Patterns for objects. None: every object is meant.
pub(super) struct Only<'a>(Vec<Pattern<'a>>);

struct Pattern<'a> {
    text: &'a str,
    objects: Objects,
}

impl<'a> Only<'a> {
    pub fn of(texts: &'a [String]) -> Result<Self, Failure> {
        let each = texts.iter().map(|text| Ok(Pattern { text, objects: Objects::of(text, "--only")? }));
        each.collect::<Result<_, _>>().map(Self)
    }

    /// A text that is the address of something declared names that alone, whatever else it would match.
    pub fn take_names_first(&mut self, workspace: &Workspace, tenants: &[CheckedTenant]) {
        for pattern in &mut self.0 {
            let is_name = tenants.iter().any(|it| {
                let name = &workspace.tenants[it.index].tenant.tenant;
                it.desired.keys().chain(it.absent.keys()).any(|address| pattern.objects.is(name, address))
            });
            if is_name {
                pattern.objects.only_as_written();
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_objects(self) -> Vec<Objects> {
        self.0.into_iter().map(|it| it.objects).collect()
    }

    /// Whether an object of a tenant is meant.
    pub fn means(&self, tenant: &str, address: &Address) -> bool {
        self.is_empty() || self.0.iter().any(|it| it.objects.name(tenant, address))
    }

    /// Whether an object of a tenant is meant that is declared, or that may be there.
    pub fn covers(&self, workspace: &Workspace, tenant: &CheckedTenant) -> bool {
        self.is_empty() || self.0.iter().any(|it| it.covers(workspace, tenant))
    }

    /// `is_reviewed`: the tenants are those of a reviewed plan.
    pub fn ensure_each_names_something(
        &self,
        workspace: &Workspace,
        tenants: &[CheckedTenant],
        is_reviewed: bool,
    ) -> Result<(), Failure> {
        let names_nothing =
            |pattern: &&Pattern<'_>| !tenants.iter().any(|tenant| pattern.covers(workspace, tenant));
        let Some(Pattern { text, .. }) = self.0.iter().find(names_nothing) else { return Ok(()) };
        let message = format!("no declared object matches `--only {text}`");
        Err(if is_reviewed {
            Failure::refused(format!("{message} of the reviewed plan"))
                .help("the files have changed since: nothing was changed; plan and review again")
        } else {
            Failure::error(message).help(ADDRESS_HELP)
        })
    }
}

impl Pattern<'_> {
    /// What is to be deleted for not being declared is known only when the account has been read.
    fn covers(&self, workspace: &Workspace, tenant: &CheckedTenant) -> bool {
        let Self { text, objects } = self;
        let name = &workspace.tenants[tenant.index].tenant.tenant;
        let mut named = tenant.desired.keys().chain(tenant.absent.keys());
        // A name may hold a `/`.
        let address = text.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('/'));
        let own = address.is_some()
            || text
                .split_once('/')
                .is_none_or(|(tenant, _)| glob::Pattern::new(tenant).is_ok_and(|it| it.matches(name)));
        let address = address.or_else(|| text.rsplit_once('/').map(|(_, address)| address)).unwrap_or(text);
        let section = address.split('.').next();
        let section = section.unwrap_or_default();
        let may_come = |kind: &Kind| kind.section() == section || section.contains(['*', '?', '[']);
        // Which extensions have a rule is known only then, too.
        let switched = tenant.bulk.iter().any(|it| it.of_all().is_some()) && may_come(&Kind::Rules);
        named.any(|address| objects.name(name, address))
            || (own && (switched || tenant.exhaustive.iter().any(may_come)))
    }
}
