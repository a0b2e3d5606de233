//! One account of an import: what its file is to say, read back before it is written.

use super::{
    check::CheckedTenant,
    compared::compared,
    import::{New, Work},
    import_files::TenantFiles,
    place::locate,
    schema::SchemaOf,
};
use crate::{
    edit::Refused,
    error::Failure,
    finding::Finding,
    import::{self, Count, Import, ImportedAccount, Refusal, Written, text::Head},
    load::{LoadedTenant, object_at},
    model::{Address, Bulk, Extensions, Kind, Resource, Tenant},
    plan::Observed,
    provider::{Account, Kinds},
};
use std::collections::{BTreeMap, BTreeSet};

/// Files that are about to be written, as they will be read.
pub(super) struct Prepared {
    pub account: Account,
    pub tenant: String,
    /// The main one.
    pub file: String,
    pub head: Head,
    pub import: Import,
    pub counts: Vec<Count>,
    pub loaded: LoadedTenant,
    /// Whether nothing of a file that was there before stays.
    pub is_whole: bool,
}

/// What can be done about an account.
pub(super) enum Ready {
    File(Box<Prepared>),
    /// Nothing is written, and why.
    Report(ImportedAccount),
}

/// What of a new object does not read as what is live.
pub(super) struct Wrong {
    /// None where it is the whole of it.
    fields: BTreeSet<String>,
    why: String,
}

impl Wrong {
    fn whole(why: &str) -> Self {
        Self { fields: BTreeSet::new(), why: why.to_owned() }
    }
}

impl Work<'_> {
    /// Writes what one account holds and nobody declares.
    pub(super) fn one(
        &self,
        account: &Account,
        tenant: &str,
        observed: &Observed,
    ) -> Result<(ImportedAccount, Option<New>), Failure> {
        match self.write {
            true => Ok((self.take(account, tenant, observed)?, None)),
            false => match self.prepare(account, tenant, observed) {
                Ready::File(prepared) => self.put(*prepared),
                Ready::Report(report) => Ok((report, None)),
            },
        }
    }

    /// The file of one account, as it is to be written.
    pub(super) fn prepare(&self, account: &Account, tenant: &str, observed: &Observed) -> Ready {
        let files: Vec<&str> = self.declaring(&account.id).map(LoadedTenant::file).collect();
        if let [first, second, ..] = files.as_slice() {
            let why = format!("account `{}` is declared in `{first}` and in `{second}`", account.id);
            let finding = Finding::error("shared-account", why).help("make one file of the two");
            return Ready::Report(self.failed(account, tenant, vec![finding]));
        }
        let before = self.existing(&account.id).map(TenantFiles::of);
        if self.force
            && let Some((second, _)) = before.as_ref().and_then(|files| files.each().nth(1))
        {
            let why = format!(
                "tenant `{tenant}` has several files, `{second}` among them: `--force` writes one anew"
            );
            let finding =
                Finding::error("failed", why).help("delete its files, and import again without `--force`");
            return Ready::Report(self.failed(account, tenant, vec![finding]));
        }
        let existing = self.existing(&account.id).filter(|_| !self.force);
        let declared = existing.map(|it| declared(&it.tenant)).unwrap_or_default();
        let wanted = |address: &Address| !declared.contains(address) && self.patterns.name(tenant, address);
        let mut import = import::declare(observed, &self.provider.dialect, &wanted);
        if let Some(existing) = existing {
            leave_to_bulk(&existing.tenant, observed, &mut import);
        }
        let file = match (existing, self.existing(&account.id)) {
            (Some(it), _) | (None, Some(it)) => it.file().to_owned(),
            (None, None) => self.main_file(tenant),
        };
        if let Some(existing) = existing {
            // What stands there as a comment is no news.
            let noted =
                |it: &&Address| existing.written().any(|(_, text)| text.contains(&import::text::mark(it)));
            import.noted = import.commented.keys().filter(noted).cloned().collect();
        }
        let head = Head {
            schema: self.schema(&file),
            tenant: tenant.to_owned(),
            provider: self.name.to_owned(),
            account: account.id.clone(),
            name: account.name.clone(),
            time_zone: observed.zones.account.clone().filter(|zone| jiff::tz::TimeZone::get(zone).is_ok()),
        };
        let write = |import: &Import| match existing {
            // What is written anew stays one file.
            None => Ok(TenantFiles::new(&file, &head, import, self.split && before.is_none())),
            Some(existing) => TenantFiles::of(existing).added(import),
        };
        let loaded = loop {
            let files = match write(&import) {
                Ok(files) => files,
                Err(Refused(why)) => {
                    let text = import::text::file(&head, &import);
                    let counts = counts(&import, &declared, observed);
                    let written = Written::Refused(Refusal { why, text, gone: false });
                    return Ready::Report(self.report(account, tenant, file, written, counts));
                }
            };
            let (loaded, wrong) = self.read_back(&files, &import, observed);
            if wrong.is_empty() {
                match loaded {
                    Ok(loaded) => break loaded,
                    // Nothing that came in is at fault.
                    Err(found) => return Ready::Report(self.failed(account, tenant, found)),
                }
            }
            for (address, Wrong { fields, why }) in wrong {
                for field in &fields {
                    import.take_out(&address, field, &why);
                }
                if fields.is_empty() {
                    import.comment_out(&address, why);
                }
            }
        };
        let counts = counts(&import, &declared, observed);
        if let Some(existing) = existing
            && !keeps(existing, &loaded)
        {
            let why = "what stands in the file would say something else with it".to_owned();
            let text = import::text::file(&head, &import);
            let written = Written::Refused(Refusal { why, text, gone: false });
            return Ready::Report(self.report(account, tenant, file, written, counts));
        }
        let (account, tenant) = (account.clone(), tenant.to_owned());
        let is_whole = existing.is_none();
        let prepared = Prepared { account, tenant, file, head, import, counts, loaded, is_whole };
        match self.occupied(&prepared) {
            Some(report) => Ready::Report(report),
            None => Ready::File(Box::new(prepared)),
        }
    }

    /// Says so where another file has the place of a new one.
    fn occupied(&self, prepared: &Prepared) -> Option<ImportedAccount> {
        let Prepared { account, tenant, loaded, .. } = prepared;
        if self.existing(&account.id).is_some() {
            return None;
        }
        let (taken, _) = loaded.written().find(|(name, _)| self.checked.root.join(name).exists())?;
        let why = format!("`{taken}` is there already, and declares another account");
        let help = "give the tenant of that file another name, or this import another directory with `--out`";
        Some(self.failed(account, tenant, vec![Finding::error("failed", why).help(help)]))
    }

    /// Writes its files.
    pub(super) fn put(&self, prepared: Prepared) -> Result<(ImportedAccount, Option<New>), Failure> {
        let Prepared { account, tenant, file, import, counts, loaded, is_whole, head: _ } = prepared;
        let new: BTreeSet<Address> = import.declared.keys().cloned().collect();
        let files = TenantFiles::of(&loaded);
        let before = self.existing(&account.id).map(TenantFiles::of);
        let written = match &before {
            Some(before) if *before == files => Written::Unchanged,
            Some(_) if !is_whole => {
                Written::Added { declared: new.len(), commented: import.commented.len() - import.noted.len() }
            }
            _ => Written::New,
        };
        if !matches!(written, Written::Unchanged) {
            // Before the file: whoever stops in between has an entry too many, and no finding that stops everybody.
            self.known.note(self.checked, &loaded, &new)?;
            files.publish(&self.checked.root, before.as_ref())?;
        }
        Ok((self.report(&account, &tenant, file, written, counts), Some((loaded, new))))
    }

    /// The way from a file to the schema of the workspace, if that has one.
    fn schema(&self, file: &str) -> Option<String> {
        let up = "../".repeat(file.matches('/').count());
        let found = [SchemaOf::TenantOn(self.provider.kind), SchemaOf::Tenant]
            .map(|it| format!("schema/{}", it.file()));
        found.into_iter().find(|it| self.checked.root.join(it).is_file()).map(|it| format!("{up}{it}"))
    }

    /// A tenant's files as they will be read and planned, and what of its new objects does not read as what is live.
    fn read_back(
        &self,
        files: &TenantFiles,
        import: &Import,
        observed: &Observed,
    ) -> (Result<LoadedTenant, Vec<Finding>>, BTreeMap<Address, Wrong>) {
        let loaded = self.checked.workspace.read_tenant(files.each(), &Kinds);
        self.judge(loaded, files, import, observed)
    }

    /// The same of files that have been read.
    pub(super) fn judge(
        &self,
        loaded: Result<LoadedTenant, Vec<Finding>>,
        files: &TenantFiles,
        import: &Import,
        observed: &Observed,
    ) -> (Result<LoadedTenant, Vec<Finding>>, BTreeMap<Address, Wrong>) {
        let mut wrong = BTreeMap::new();
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(found) => {
                // What stands there can be read all the same, unless that is what is wrong with it.
                let at = |it: &Finding| {
                    let place = it.place.as_ref()?;
                    object_at(&files.tree(&place.file)?, place.line)
                };
                for finding in &found {
                    if let Some(address) = at(finding).filter(|it| import.declared.contains_key(it)) {
                        wrong.insert(address, Wrong::whole(&finding.message));
                    }
                }
                return (Err(found), wrong);
            }
        };
        let at = |finding: &Finding| loaded.object_at(finding.place.as_ref()?);
        let is_new = |address: &Address| import.declared.contains_key(address);
        let tenant = match CheckedTenant::of(0, &loaded, self.provider, self.checked.workspace.at) {
            Ok(tenant) => tenant,
            Err(found) => {
                let of = |it: &Finding| {
                    Some((at(it).filter(|address| is_new(address))?, Wrong::whole(&it.message)))
                };
                wrong.extend(found.iter().filter_map(of));
                return (Err(found), wrong);
            }
        };
        let (none, place) = (BTreeMap::new(), |path: &[crate::path::Segment]| Some(locate(&loaded, path)));
        let workspace = &self.checked.workspace;
        let plan = compared(workspace, &loaded, &tenant, &|_| true, &place, observed, &none);
        for finding in &plan.blocked {
            if let Some(address) = at(finding).filter(is_new) {
                wrong.insert(address, Wrong::whole(&finding.message));
            }
        }
        // What depends on something else that is blocked is in order once that is gone.
        if wrong.is_empty() {
            for step in plan.steps.iter().filter(|step| is_new(&step.address)) {
                // Rules that are not declared are changed by `bulk` alone.
                let says_order =
                    import.declared.get(&step.address).is_some_and(|it| it.value.get("order").is_some());
                let mut fields: BTreeSet<String> =
                    step.changes.iter().filter_map(|it| it.path.field().map(str::to_owned)).collect();
                if !says_order && fields.remove("order") && fields.is_empty() {
                    continue;
                }
                let why = "what is live there has no form that is read the same".to_owned();
                wrong.insert(step.address.clone(), Wrong { fields, why });
            }
        }
        (Ok(loaded), wrong)
    }
}

/// What `bulk` of a file is about to switch cannot be declared as it is live: the rules of such an extension stay its business.
fn leave_to_bulk(tenant: &Tenant, observed: &Observed, import: &mut Import) {
    for (address, live) in &observed.objects {
        let (Resource::Rules(rules), true) = (live, import.declared.contains_key(address)) else { continue };
        let order = rules.order.as_deref().unwrap_or_default();
        let switched = tenant.bulk.iter().filter(|it| it.rule.is_none() && it.extensions == Extensions::All);
        let differs =
            |it: &&Bulk| order.iter().any(|rule| rule.when == it.schedule && rule.enabled != it.enabled);
        let Some(Bulk { schedule, enabled, .. }) = switched.clone().find(differs) else { continue };
        let (now, then) = if *enabled { ("off", "on") } else { ("on", "off") };
        let why = format!(
            "`bulk` switches its rule for `{schedule}` {then}, which is {now}: to declare its rules, apply that, take this \
             entry out, and import again"
        );
        import.take_out(address, "order", &why);
    }
}

/// Whether every object that a file had says the same in its new text.
fn keeps(before: &LoadedTenant, after: &LoadedTenant) -> bool {
    let after: BTreeMap<Address, Resource> = after.tenant.resources().collect();
    before.tenant.resources().all(|(address, resource)| after.get(&address) == Some(&resource))
}

/// What a tenant's file is about: what it declares, and what it says must not be.
fn declared(tenant: &Tenant) -> BTreeSet<Address> {
    let mut all: BTreeSet<Address> = tenant.resources().map(|(address, _)| address).collect();
    all.extend(tenant.absent.addresses().into_iter().map(|(address, _)| address));
    // An extension has one page, whichever part of it is declared.
    let extensions: Vec<String> = all
        .iter()
        .filter(|it| matches!(it.kind, Kind::Rules | Kind::Diverts))
        .map(|it| it.key.clone())
        .chain(tenant.bulk.iter().flat_map(|it| it.extensions.named()).map(ToString::to_string))
        .collect();
    all.extend(extensions.iter().map(|key| Address::new(Kind::Rules, key)));
    all.extend(extensions.iter().map(|key| Address::new(Kind::Diverts, key)));
    all
}

/// The live objects of each kind, and what has become of them. What the file declared before counts as declared.
fn counts(import: &Import, declared: &BTreeSet<Address>, observed: &Observed) -> Vec<Count> {
    let lives = observed.objects.iter().filter(|(_, it)| !it.is_vacant()).map(|(address, _)| address);
    let lives = lives.chain(observed.aside.iter().map(|(address, _)| address));
    let before: Vec<Kind> = lives.filter(|it| declared.contains(it)).map(|it| it.kind).collect();
    let count = |kind: Kind| {
        // What the file declared before was left alone by this run.
        let before = before.iter().filter(|it| **it == kind).count();
        Count {
            kind,
            live: import.live(kind),
            declared: import.declared(kind) + before,
            commented: import.commented(kind),
            left_alone: import.left_alone(kind).saturating_sub(before),
        }
    };
    Kind::ALL.into_iter().map(count).filter(|it| it.live > 0).collect()
}
