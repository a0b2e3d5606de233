//! Answers about a workspace: from the files alone, or from what is live. Only reads go out.

use super::{Checked, CheckedTenant, Context, Options, place::locate, session::Session};
use crate::{
    error::Failure,
    finding::Finding,
    load::LoadedTenant,
    model::{Address, Circumstances, Kind, Resource, Tenant, Until},
    path::Segment,
    plan::{Observed, Source},
    provider::Scope,
    report::{self, Coming, Comparison, Pointers, Side, Target, TenantPointers},
    text::closest,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The accounts of the tenants of a run, as far as they could be read.
pub struct Live(BTreeMap<usize, Result<Observed, Vec<Finding>>>);

impl Live {
    /// Reads all that each account holds. One that cannot be read does not keep the others from being read.
    pub async fn read(checked: &Checked, options: &Options, context: &Context) -> Result<Self, Failure> {
        let session = Session::reporting(checked, options, context).await?;
        let reads = session.each_tenant(async |tenant| {
            let loaded = checked.loaded(tenant);
            let scope = Scope { uses: options.asks_for_uses, ..Scope::everything() };
            let Tenant { provider, account, .. } = &loaded.tenant;
            let read = session.read_everything(provider, account, &scope).await;
            let place = loaded.place(&[Segment::key("account")]);
            let read = read.map_err(|failure| match failure {
                Failure::Message { cause, .. } => {
                    vec![Finding::explained("unreadable-account", cause).at(place)]
                }
                Failure::Findings(found) => found,
                Failure::Output(error) => vec![Finding::error("failed", error.to_string())],
            });
            (tenant.index, read)
        });
        let read: BTreeMap<_, _> = reads.await.into_iter().collect();
        let logged = session.ensure_logged();
        session.close().await;
        if context.shutdown.stop.is_cancelled() {
            return Err(context.stopped());
        }
        logged.map(|()| Self(read))
    }

    /// What the account of a workspace's tenant holds. None: it could not be read.
    pub fn objects(&self, tenant: usize) -> Option<&BTreeMap<Address, Resource>> {
        self.0.get(&tenant)?.as_ref().ok().map(|observed| &observed.objects)
    }

    /// What calls depend on there and no object says.
    pub fn circumstances(&self, tenant: usize) -> Option<&Circumstances> {
        self.0.get(&tenant)?.as_ref().ok().map(|observed| &observed.circumstances)
    }

    /// The same with what could not be read of it, or why. None: it was not to be read.
    pub(super) fn observed(&self, tenant: usize) -> Option<&Result<Observed, Vec<Finding>>> {
        self.0.get(&tenant)
    }

    /// Why accounts could not be read.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.0.values().filter_map(|read| read.as_ref().err()).flatten()
    }
}

/// The tenants of a run, by their names.
pub(super) fn sorted(checked: &Checked) -> Vec<&CheckedTenant> {
    let mut tenants: Vec<&CheckedTenant> = checked.tenants.iter().collect();
    tenants.sort_by(|a, b| checked.loaded(a).tenant.tenant.cmp(&checked.loaded(b).tenant.tenant));
    tenants
}

/// Where each object of a tenant is declared.
pub(super) fn sources(checked: &Checked, tenant: &CheckedTenant) -> BTreeMap<Address, Source> {
    let loaded = checked.loaded(tenant);
    let place = |address: &Address| Source::from(locate(loaded, &address.path()));
    loaded.tenant.resources().map(|(address, _)| (address.clone(), place(&address))).collect()
}

/// What somebody asks about, in the tenants of a run: known before anything is read.
pub fn target(checked: &Checked, named: &str) -> Result<Target, Failure> {
    let target = Target::parse(named)?;
    if let Some(name) = target.shared_schedule().filter(|_| !checked.workspace.file.shared.is_empty()) {
        let message = format!("`shared/{name}` is a schedule of no tenant");
        let help = format!(
            "a tenant that names it has a schedule `{name}` of its own: ask for `schedule:{name}`; those that take its days by `use` \
             are found by a search for `shared/{name}` in the files"
        );
        return Err(Failure::error(message).help(help));
    }
    let is_there = |name: &str| checked.tenants.iter().any(|it| checked.loaded(it).tenant.tenant == name);
    match &target.tenant {
        Some(tenant) if !is_there(tenant) => Err(no_tenant(checked, tenant)),
        _ => Ok(target),
    }
}

/// Who points to it, and what may be a slip. `named` is how somebody has written it.
pub fn who_points_to(
    checked: &Checked,
    named: &str,
    target: &Target,
    live: Option<&Live>,
) -> (Pointers, Vec<Finding>) {
    let is_asked = |name: &str| target.tenant.as_deref().is_none_or(|tenant| tenant == name);
    let mut tenants = Vec::new();
    for tenant in sorted(checked) {
        let loaded = checked.loaded(tenant);
        if !is_asked(&loaded.tenant.tenant) {
            continue;
        }
        let declared = report::declared(target, &loaded.tenant, &|path| locate(loaded, path));
        let coming = coming(target, &declared, loaded, checked.workspace.at);
        let sources = sources(checked, tenant);
        let (mut side, mut not_read, mut findings) = (None, Vec::new(), Vec::new());
        match live.and_then(|live| live.0.get(&tenant.index)) {
            None => {}
            Some(Err(found)) => findings.clone_from(found),
            Some(Ok(observed)) => {
                side = Some(report::live(target, observed, &|address| sources.get(address).cloned()));
                not_read = report::unread(target, observed, &checked.config(tenant).unobservable());
            }
        }
        tenants.push(TenantPointers {
            tenant: loaded.tenant.tenant.clone(),
            provider: loaded.tenant.provider.clone(),
            account: loaded.tenant.account.clone(),
            declared,
            coming,
            live: side,
            not_read,
            findings,
        });
    }
    let pointers = Pointers { target: named.to_owned(), tenants };
    let warnings = slips(checked, target, &pointers);
    (pointers, warnings)
}

/// Who will point to it by itself, when every `until` of a tenant has passed: none of them is about what another one is about.
fn coming(target: &Target, declared: &Side, loaded: &LoadedTenant, at: Timestamp) -> Vec<Coming> {
    let untils: Vec<&Until> =
        loaded.untils().map(|(until, _)| until).filter(|it| !it.has_passed(at)).collect();
    let then = loaded.at(Timestamp::MAX).filter(|_| !untils.is_empty());
    let then =
        then.map(|it| report::coming(target, declared, &it.tenant, &untils, &|path| locate(&it, path)));
    then.unwrap_or_default()
}

pub(super) fn no_tenant(checked: &Checked, named: &str) -> Failure {
    let names: Vec<&str> =
        checked.tenants.iter().map(|it| checked.loaded(it).tenant.tenant.as_str()).collect();
    let failure = Failure::error(format!("there is no tenant `{named}`"));
    match closest(named, names.iter().copied()) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("write a name as `tenant` in its file has it"),
    }
}

/// A warning where nothing is called so, and something is called nearly so. A number close to another is no slip.
fn slips(checked: &Checked, target: &Target, pointers: &Pointers) -> Vec<Finding> {
    let is_there = |side: &Side| !side.own.is_empty() || !side.pointers.is_empty();
    let sides = pointers.tenants.iter().flat_map(|it| [Some(&it.declared), it.live.as_ref()]);
    let Some(address) = target.address().filter(|_| !sides.flatten().any(is_there)) else {
        return Vec::new();
    };
    let tenants = checked.tenants.iter().map(|it| checked.loaded(it));
    let known: Vec<Address> = tenants
        .flat_map(|it| it.tenant.resources())
        .map(|(it, _)| it)
        .filter(|it| it.kind == address.kind)
        .collect();
    let near = closest(&address.key, known.iter().map(|it| it.key.as_str()));
    let near = near.filter(|_| matches!(address.kind, Kind::Schedules | Kind::Queues));
    let finding = |near: &str| {
        let message = format!("no tenant declares a {} `{}`", address.kind.noun(), address.key);
        Finding::warning("unknown-target", message).help(format!("did you mean `{near}`?"))
    };
    near.map(finding).into_iter().collect()
}

/// How the second tenant differs from the first.
pub fn compare(checked: &Checked, first: &str, second: &str) -> Result<Comparison, Failure> {
    let find = |name: &str| {
        let named = |it: &&CheckedTenant| checked.loaded(it).tenant.tenant == name;
        checked.tenants.iter().find(named).ok_or_else(|| no_tenant(checked, name))
    };
    let (one, other) = (find(first)?, find(second)?);
    Ok(report::compare(
        (&checked.loaded(one).tenant, &one.desired),
        (&checked.loaded(other).tenant, &other.desired),
    ))
}
