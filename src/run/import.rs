//! Live accounts to tenant files. Only reads go out, and nothing that is declared already is written again.

use super::{
    Checked, Context, Options, Session,
    check::{CheckedTenant, locate, names, pattern, to_be_extended},
    compared::compared,
    import_baseline::Known,
    session::{TENANTS_AT_ONCE, explained},
};
use crate::{
    edit::{self, Refused},
    error::Failure,
    file,
    finding::Finding,
    import::{self, Count, Import, Imported, ImportedAccount, Written, text::Head},
    load::{LoadedTenant, Tree, WORKSPACE_FILE, object_at},
    model::{Address, Kind, Resource, Tenant},
    plan::Observed,
    provider::{self, Account, Kinds, Provider},
    text::io_reason,
};
use futures::{StreamExt, stream};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// What is imported, and where to.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// A provider of the workspace; `None`: the only one.
    pub provider: Option<String>,
    /// Accounts, as `account` in a tenant's file names them.
    pub accounts: Vec<String>,
    /// Every account that the credential reaches.
    pub all: bool,
    /// Patterns for addresses of objects; empty: every object.
    pub only: Vec<String>,
    /// Patterns for addresses of objects that are left alone.
    pub except: Vec<String>,
    /// The directory for new files, relative to the workspace; `None`: that of the first pattern in `tenants`.
    pub out: Option<String>,
    /// Whether a file that declares the account is written anew.
    pub force: bool,
    /// Whether what is declared otherwise than it is live is changed in its file, in the place of adding what is new.
    pub write: bool,
}

/// Reads accounts and writes the files that declare them, account by account: what a run that is stopped has written stays
/// whole, and the next one goes on.
pub async fn import(
    root: &Path,
    options: &Options,
    import: &ImportOptions,
    context: &Context,
) -> Result<Imported, Failure> {
    import_to(to_be_extended(root, None)?, options, import, context).await
}

/// The same for a workspace that is loaded.
pub(super) async fn import_to(
    checked: Checked,
    options: &Options,
    import: &ImportOptions,
    context: &Context,
) -> Result<Imported, Failure> {
    let (name, provider) = provider_of(&checked, import.provider.as_deref())?;
    let has_file = |account: &String| {
        let mut tenants = checked.workspace.tenants.iter();
        tenants.any(|it| it.tenant.provider == name && it.tenant.account == *account)
    };
    // Where every account has its file no new one is made.
    let directory = match directory(&checked, import.out.as_deref()) {
        Err(_) if !import.all && !import.accounts.is_empty() && import.accounts.iter().all(has_file) => {
            String::new()
        }
        directory => directory?,
    };
    let patterns = Patterns::of(import)?;
    let session = Session::importing(&checked, name, options, context).await?;
    let work = Work {
        known: Known::default(),
        checked: &checked,
        name,
        provider,
        directory,
        patterns,
        force: import.force,
        write: import.write,
    };
    let done = work.run(&session, import, context).await;
    session.close().await;
    let (accounts, written) = done?;
    let Work { known, .. } = work;
    let known = known.finish(checked, written)?;
    Ok(Imported { accounts, known })
}

/// The provider of that name, or the only one.
fn provider_of<'a>(
    checked: &'a Checked,
    named: Option<&str>,
) -> Result<(&'a str, &'static Provider), Failure> {
    let providers = &checked.workspace.file.providers;
    let known = || providers.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let (name, config) = match named {
        Some(named) => providers.get_key_value(named).ok_or_else(|| {
            Failure::error(format!("`--provider {named}` is not in `{WORKSPACE_FILE}`"))
                .help(format!("it has {}", known()))
        })?,
        None => match providers.first_key_value().filter(|_| providers.len() == 1) {
            Some(only) => only,
            None => {
                let failure = Failure::error("which provider is meant is not said");
                return Err(failure.help(format!("name one with `--provider`: {}", known())));
            }
        },
    };
    let provider = provider::find(&config.kind)
        .ok_or_else(|| Failure::error(format!("there is no provider of kind `{}`", config.kind)))?;
    Ok((name, provider))
}

/// Where new files go, so that a pattern in `tenants` matches them.
fn directory(checked: &Checked, named: Option<&str>) -> Result<String, Failure> {
    let patterns = &checked.workspace.file.tenants;
    let directory = match named {
        Some(named) => named.trim_end_matches('/').trim_start_matches("./").to_owned(),
        None => {
            let first = patterns.first().map(String::as_str).unwrap_or_default();
            let fixed = first.split('/').take_while(|part| !part.contains(['*', '?', '[']));
            let parts: Vec<&str> = fixed.filter(|part| !part.ends_with(".yaml")).collect();
            parts.join("/")
        }
    };
    let probe = in_directory(&directory, "a-tenant");
    let matches =
        |pattern: &String| glob::Pattern::new(pattern).is_ok_and(|it| it.matches_with(&probe, file::OPTIONS));
    if patterns.iter().any(matches) {
        return Ok(directory);
    }
    let place =
        if directory.is_empty() { "the workspace itself".to_owned() } else { format!("`{directory}/`") };
    let message = format!("no pattern in `tenants` of `{WORKSPACE_FILE}` matches a new file in {place}");
    let help =
        "name the directory in `tenants`, e.g. `tenants: [\"tenants/*.yaml\"]`, or another one with `--out`";
    Err(Failure::error(message).help(help))
}

fn in_directory(directory: &str, tenant: &str) -> String {
    if directory.is_empty() { format!("{tenant}.yaml") } else { format!("{directory}/{tenant}.yaml") }
}

/// Which objects are asked for.
pub(super) struct Patterns {
    only: Vec<glob::Pattern>,
    except: Vec<glob::Pattern>,
}

impl Patterns {
    fn of(import: &ImportOptions) -> Result<Self, Failure> {
        let all = |texts: &[String], option: &str| {
            texts.iter().map(|text| pattern(text, option)).collect::<Result<Vec<_>, _>>()
        };
        Ok(Self { only: all(&import.only, "--only")?, except: all(&import.except, "--except")? })
    }

    pub(super) fn name(&self, tenant: &str, address: &Address) -> bool {
        let named = |patterns: &[glob::Pattern]| patterns.iter().any(|it| names(it, tenant, address));
        (self.only.is_empty() || named(&self.only)) && !named(&self.except)
    }
}

/// What every account of a run has in common.
pub(super) struct Work<'a> {
    /// What has come into the baseline by this run.
    pub(super) known: Known,
    pub(super) checked: &'a Checked,
    name: &'a str,
    pub(super) provider: &'static Provider,
    directory: String,
    pub(super) patterns: Patterns,
    force: bool,
    write: bool,
}

/// What of a new object does not read as what is live.
struct Wrong {
    /// None where it is the whole of it.
    fields: BTreeSet<String>,
    why: String,
}

impl Wrong {
    fn whole(why: &str) -> Self {
        Self { fields: BTreeSet::new(), why: why.to_owned() }
    }
}

/// A file that was written, as it is read, with the objects that are new in it.
type New = (LoadedTenant, BTreeSet<Address>);

impl Work<'_> {
    async fn run(
        &self,
        session: &Session<'_>,
        import: &ImportOptions,
        context: &Context,
    ) -> Result<(Vec<ImportedAccount>, Vec<New>), Failure> {
        let accounts = self.accounts(session, import).await?;
        let mut taken: BTreeSet<String> =
            self.checked.workspace.tenants.iter().map(|it| it.tenant.tenant.clone()).collect();
        let tenants: Vec<(Account, String)> = accounts
            .into_iter()
            .map(|account| {
                let tenant = match self.existing(&account.id) {
                    Some(existing) => existing.tenant.tenant.clone(),
                    None => tenant_name(&account, &mut taken),
                };
                (account, tenant)
            })
            .collect();
        let reads = tenants.iter().map(|(account, tenant)| async move {
            (account, tenant, session.read_all(self.name, &account.id).await)
        });
        let mut reads = stream::iter(reads).buffered(TENANTS_AT_ONCE);
        let (mut done, mut written) = (Vec::new(), Vec::new());
        while let Some((account, tenant, read)) = reads.next().await {
            if context.shutdown.stop.is_cancelled() {
                return Err(Failure::error("interrupted; the files that are written are whole")
                    .help("run the same again: it goes on with what no file declares"));
            }
            let (report, new) = match read {
                Ok(observed) => self.one(account, tenant, &observed)?,
                Err(failure) => (self.failed(account, tenant, findings_of(failure)), None),
            };
            let total = tenants.len();
            context.info(format!("{} of {total}: {}", done.len() + 1, account.id));
            done.push(report);
            written.extend(new);
        }
        Ok((done, written))
    }

    /// The accounts that are asked for.
    async fn accounts(&self, session: &Session<'_>, import: &ImportOptions) -> Result<Vec<Account>, Failure> {
        let none = || {
            Failure::error("which account is meant is not said").help(
                "name it with `--account`, as `account` in a tenant's file; `--all` takes all that the credential reaches",
            )
        };
        if !import.all {
            let mut seen = BTreeSet::new();
            let named = import.accounts.iter().filter(|id| seen.insert((*id).clone()));
            let accounts: Vec<Account> = named.map(|id| Account { id: id.clone(), name: None }).collect();
            return if accounts.is_empty() { Err(none()) } else { Ok(accounts) };
        }
        let Some(reader) = session.reader(self.name) else { return Err(none()) };
        let mut accounts = reader.accounts().await.map_err(explained)?;
        if accounts.is_empty() {
            let message = format!("provider `{}` lists no accounts", self.name);
            return Err(Failure::error(message).help("name one with `--account`"));
        }
        accounts.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(accounts)
    }

    pub(super) fn existing(&self, account: &str) -> Option<&LoadedTenant> {
        self.declaring(account).next()
    }

    /// The files that declare an account.
    fn declaring(&self, account: &str) -> impl Iterator<Item = &LoadedTenant> {
        let same = move |it: &&LoadedTenant| it.tenant.provider == self.name && it.tenant.account == account;
        self.checked.workspace.tenants.iter().filter(same)
    }

    pub(super) fn failed(&self, account: &Account, tenant: &str, why: Vec<Finding>) -> ImportedAccount {
        self.report(account, tenant, in_directory(&self.directory, tenant), Written::Failed(why), Vec::new())
    }

    pub(super) fn report(
        &self,
        account: &Account,
        tenant: &str,
        file: String,
        written: Written,
        counts: Vec<Count>,
    ) -> ImportedAccount {
        let (provider, account) = (self.name.to_owned(), account.id.clone());
        ImportedAccount { tenant: tenant.to_owned(), provider, account, file, written, counts }
    }

    /// Writes what one account holds and nobody declares.
    fn one(
        &self,
        account: &Account,
        tenant: &str,
        observed: &Observed,
    ) -> Result<(ImportedAccount, Option<New>), Failure> {
        let files: Vec<&str> = self.declaring(&account.id).map(LoadedTenant::file).collect();
        if let [first, second, ..] = files.as_slice() {
            let why = format!("account `{}` is declared in `{first}` and in `{second}`", account.id);
            let finding = Finding::error("shared-account", why).help("make one file of the two");
            return Ok((self.failed(account, tenant, vec![finding]), None));
        }
        if self.write {
            return Ok((self.take(account, tenant, observed)?, None));
        }
        let existing = self.existing(&account.id).filter(|_| !self.force);
        let declared = existing.map(|it| declared(&it.tenant)).unwrap_or_default();
        let wanted = |address: &Address| !declared.contains(address) && self.patterns.name(tenant, address);
        let mut import = import::declare(observed, &self.provider.dialect, &wanted);
        let file = match (existing, self.existing(&account.id)) {
            (Some(it), _) | (None, Some(it)) => it.file().to_owned(),
            (None, None) => in_directory(&self.directory, tenant),
        };
        if let Some(existing) = existing {
            // What stands there as a comment is no news.
            let text = existing.tree().text();
            let noted = |it: &&Address| text.contains(&import::text::mark(it));
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
            None => Ok(import::text::file(&head, import)),
            Some(existing) => self.added(existing, import),
        };
        let loaded = loop {
            let text = match write(&import) {
                Ok(text) => text,
                Err(Refused(why)) => {
                    let text = import::text::file(&head, &import);
                    let counts = counts(&import, &declared, observed);
                    let written = Written::Refused { why, text };
                    return Ok((self.report(account, tenant, file, written, counts), None));
                }
            };
            let (loaded, wrong) = self.read_back(&file, &text, &import, observed);
            if wrong.is_empty() {
                match loaded {
                    Ok(loaded) => break loaded,
                    // Nothing that came in is at fault.
                    Err(found) => return Ok((self.failed(account, tenant, found), None)),
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
        if let Some(existing) = existing
            && !keeps(existing, &loaded)
        {
            let why = "what stands in the file would say something else with it".to_owned();
            let text = import::text::file(&head, &import);
            let counts = counts(&import, &declared, observed);
            return Ok((self.report(account, tenant, file, Written::Refused { why, text }, counts), None));
        }
        let counts = counts(&import, &declared, observed);
        let new: BTreeSet<Address> = import.declared.keys().cloned().collect();
        let text = loaded.tree().text();
        let before = self.existing(&account.id).map(|it| it.tree().text());
        let written = match (existing, before) {
            (_, Some(before)) if before == text => Written::Unchanged,
            (Some(_), _) => {
                Written::Added { declared: new.len(), commented: import.commented.len() - import.noted.len() }
            }
            (None, _) => Written::New,
        };
        if !matches!(written, Written::Unchanged) {
            let root = &self.checked.root;
            let free = existing.is_some() || before.is_some() || !root.join(&file).exists();
            if !free {
                let why = format!("`{file}` is there already, and declares another account");
                let help = "give the tenant of that file another name, or this import another directory with `--out`";
                let found = vec![Finding::error("failed", why).help(help)];
                return Ok((self.failed(account, tenant, found), None));
            }
            // Before the file: whoever stops in between has an entry too many, and no finding that stops everybody.
            self.known.note(self.checked, &loaded, &new)?;
            file::publish(root, &file, text)
                .map_err(|error| Failure::error(format!("cannot write `{file}`: {}", io_reason(&error))))?;
        }
        Ok((self.report(account, tenant, file, written, counts), Some((loaded, new))))
    }

    /// The way from a file to the schema of the workspace, if that has one.
    fn schema(&self, file: &str) -> Option<String> {
        const SCHEMA: &str = "schema/tenant.schema.json";
        let up = "../".repeat(file.matches('/').count());
        self.checked.root.join(SCHEMA).is_file().then(|| format!("{up}{SCHEMA}"))
    }

    /// The text of a file with what is new in it.
    fn added(&self, existing: &LoadedTenant, import: &Import) -> Result<String, Refused> {
        let mut text = existing.tree().text().to_owned();
        for kind in Kind::ALL {
            let news = |indent: usize| import::text::entries(kind, import, indent);
            if import.declared.keys().all(|it| it.kind != kind) {
                // Comments need no section.
                let comments = news(0);
                if !comments.is_empty() {
                    let end = if text.ends_with('\n') { "" } else { "\n" };
                    text = format!("{text}{end}\n{comments}");
                }
                continue;
            }
            // Only its own file is written, whatever it takes from others.
            let read = Tree::parse(existing.file(), &text);
            let read =
                read.map_err(|_| Refused("the file cannot be read once something is added".to_owned()))?;
            text = edit::add(&read, kind.section(), &news)?;
        }
        Ok(text)
    }

    /// A file as it will be read and planned, and what of its new objects does not read as what is live.
    fn read_back(
        &self,
        file: &str,
        text: &str,
        import: &Import,
        observed: &Observed,
    ) -> (Result<LoadedTenant, Vec<Finding>>, BTreeMap<Address, Wrong>) {
        let mut wrong = BTreeMap::new();
        let loaded = match self.checked.workspace.read_tenant(file, text, &Kinds) {
            Ok(loaded) => loaded,
            Err(found) => {
                // What stands there can be read all the same, unless that is what is wrong with it.
                let tree = Tree::parse(file, text).ok();
                let at = |it: &Finding| object_at(tree.as_ref()?, it.place.as_ref()?.line);
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
        let tenant = match CheckedTenant::of(0, &loaded, self.provider) {
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
                let fields: BTreeSet<String> =
                    step.changes.iter().filter_map(|it| it.path.field().map(str::to_owned)).collect();
                let why = "what is live there has no form that is read the same".to_owned();
                wrong.insert(step.address.clone(), Wrong { fields, why });
            }
        }
        (Ok(loaded), wrong)
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

/// A name for the tenant of an account that nobody has.
fn tenant_name(account: &Account, taken: &mut BTreeSet<String>) -> String {
    let called = account.name.as_deref().map(slug).unwrap_or_default();
    let first = slug(account.id.split('.').next().unwrap_or_default());
    let whole = slug(&account.id);
    let fits = |name: &String| !name.is_empty() && !taken.contains(name);
    let name = [called, first, whole.clone()].into_iter().find(fits);
    let numbered = || (2..).map(|number| format!("{whole}-{number}")).find(fits).unwrap_or(whole.clone());
    let name = name.unwrap_or_else(numbered);
    taken.insert(name.clone());
    name
}

/// Letters and digits, and `-` for what is between them.
fn slug(text: &str) -> String {
    let plain: String =
        text.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

fn findings_of(failure: Failure) -> Vec<Finding> {
    match failure {
        Failure::Findings(found) => found,
        Failure::Message { cause, .. } => vec![Finding::explained("unreadable-account", cause)],
        Failure::Output(error) => vec![Finding::error("failed", error.to_string())],
    }
}
