//! Live accounts to tenant files. Only reads go out, and nothing that is declared already is written again.

use super::{
    Checked, Context, Options, Session,
    check::to_be_extended,
    import_baseline::Known,
    import_files::main_file,
    pattern::{ADDRESS_HELP, Objects},
    session::explained,
};
use crate::{
    error::Failure,
    file,
    finding::Finding,
    import::{Count, Imported, ImportedAccount, ImportedTemplate, Written},
    load::{LoadedTenant, WORKSPACE_FILE},
    model::Address,
    plan::Observed,
    provider::{self, Account, Provider},
};
use futures::{StreamExt, stream};
use std::{collections::BTreeSet, path::Path};

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
    /// Whether what new files share goes into a template, and into which; `Some(None)`: one called as the provider.
    pub template: Option<Option<String>>,
    /// Whether a new tenant has a file for each section.
    pub split: bool,
}

/// Reads accounts and writes the files that declare them, account by account: what a run that is stopped has written stays
/// whole, and the next one goes on.
pub async fn import(
    root: &Path,
    options: &Options,
    import: &ImportOptions,
    context: &Context,
) -> Result<Imported, Failure> {
    import_to(to_be_extended(root, None, options.at())?, options, import, context).await
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
    let directory = match directory(&checked, import.out.as_deref(), import.split) {
        Err(_) if !import.all && !import.accounts.is_empty() && import.accounts.iter().all(has_file) => {
            String::new()
        }
        directory => directory?,
    };
    let patterns = Patterns::of(import)?;
    let work = Work {
        known: Known::default(),
        checked: &checked,
        name,
        provider,
        directory,
        patterns,
        force: import.force,
        write: import.write,
        split: import.split,
    };
    let template = import.template.as_ref().map(|named| work.template(named.as_deref())).transpose()?;
    let session = Session::importing(&checked, name, options, context).await?;
    let done = work.run(&session, import, template, context).await;
    session.close().await;
    let Done { accounts, written, template } = done?;
    let Work { known, .. } = work;
    let known = known.finish(checked, written)?;
    Ok(Imported { accounts, template, known })
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
fn directory(checked: &Checked, named: Option<&str>, split: bool) -> Result<String, Failure> {
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
    let probe = main_file(&directory, "a-tenant", split);
    let matches =
        |pattern: &String| glob::Pattern::new(pattern).is_ok_and(|it| it.matches_with(&probe, file::OPTIONS));
    if patterns.iter().any(matches) {
        return Ok(directory);
    }
    let place =
        if directory.is_empty() { "the workspace itself".to_owned() } else { format!("`{directory}/`") };
    let message = format!("no pattern in `tenants` of `{WORKSPACE_FILE}` matches a new file in {place}");
    let help = match split {
        false => {
            "name the directory in `tenants`, e.g. `tenants: [\"tenants/*.yaml\"]`, or another one with `--out`"
        }
        true => {
            "a split tenant has a directory of its own: write `tenants: [\"tenants/**/*.yaml\"]`, or leave `--split` out"
        }
    };
    Err(Failure::error(message).help(help))
}

/// Which objects are asked for.
pub(super) struct Patterns {
    only: Vec<Objects>,
    except: Vec<Objects>,
}

impl Patterns {
    fn of(import: &ImportOptions) -> Result<Self, Failure> {
        let all = |texts: &[String], option: &str| {
            texts.iter().map(|text| Objects::of(text, option)).collect::<Result<Vec<_>, _>>()
        };
        Ok(Self { only: all(&import.only, "--only")?, except: all(&import.except, "--except")? })
    }

    pub(super) fn name(&self, tenant: &str, address: &Address) -> bool {
        let named = |all: &[Objects]| all.iter().any(|it| it.name(tenant, address));
        (self.only.is_empty() || named(&self.only)) && !named(&self.except)
    }
}

/// What every account of a run has in common.
pub(super) struct Work<'a> {
    /// What has come into the baseline by this run.
    pub(super) known: Known,
    pub(super) checked: &'a Checked,
    pub(super) name: &'a str,
    pub(super) provider: &'static Provider,
    pub(super) directory: String,
    pub(super) patterns: Patterns,
    pub(super) force: bool,
    pub(super) write: bool,
    pub(super) split: bool,
}

/// A file that was written, as it is read, with the objects that are new in it.
pub(super) type New = (LoadedTenant, BTreeSet<Address>);

/// What a run has done.
#[derive(Default)]
pub(super) struct Done {
    pub accounts: Vec<ImportedAccount>,
    pub template: Option<ImportedTemplate>,
    written: Vec<New>,
}

impl Done {
    pub fn add(&mut self, report: ImportedAccount, new: Option<New>) {
        self.accounts.push(report);
        self.written.extend(new);
    }
}

impl Work<'_> {
    async fn run(
        &self,
        session: &Session<'_>,
        import: &ImportOptions,
        template: Option<String>,
        context: &Context,
    ) -> Result<Done, Failure> {
        let mut accounts = self.accounts(session, import).await?;
        if template.is_some() {
            // What is shared does not depend on the order in which they are named.
            accounts.sort_by(|a, b| a.id.cmp(&b.id));
        }
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
        let mut reads = stream::iter(reads).buffered(session.tenants_at_once(self.name));
        let mut done = Done::default();
        let mut ready = Vec::new();
        let mut number = 0;
        while let Some((account, tenant, read)) = reads.next().await {
            if context.shutdown.stop.is_cancelled() {
                return Err(Failure::error("interrupted; the files that are written are whole")
                    .help("run the same again: it goes on with what no file declares"));
            }
            match read {
                Err(failure) => done.add(self.failed(account, tenant, findings_of(failure)), None),
                Ok(observed) if template.is_some() || !import.only.is_empty() => {
                    ready.push((account, tenant, observed));
                }
                Ok(observed) => {
                    let (report, new) = self.one(account, tenant, &observed)?;
                    done.add(report, new);
                }
            }
            number += 1;
            context.info(format!("{number} of {}: {}", tenants.len(), account.id));
        }
        if done.accounts.is_empty() {
            self.ensure_met(&import.only, &ready)?;
        }
        if template.is_none() {
            for (account, tenant, observed) in std::mem::take(&mut ready) {
                let (report, new) = self.one(account, tenant, &observed)?;
                done.add(report, new);
            }
        }
        if let Some(template) = template {
            let ready = ready
                .into_iter()
                .map(|(account, tenant, observed)| (self.prepare(account, tenant, &observed), observed));
            self.share(template, ready.collect(), &mut done)?;
            done.accounts.sort_by(|a, b| a.account.cmp(&b.account));
        }
        Ok(done)
    }

    /// Refuses a pattern that names nothing in any of the accounts: a slip would be an import of nothing.
    fn ensure_met(&self, only: &[String], read: &[(&Account, &String, Observed)]) -> Result<(), Failure> {
        for (pattern, text) in self.patterns.only.iter().zip(only) {
            let meets = |(account, tenant, observed): &(&Account, &String, Observed)| {
                let mut live =
                    observed.objects.keys().chain(observed.aside.iter().map(|(address, _)| address));
                let declared = || self.existing(&account.id).into_iter().flat_map(|it| it.tenant.resources());
                live.any(|address| pattern.name(tenant, address))
                    || declared().any(|(address, _)| pattern.name(tenant, &address))
            };
            if !read.iter().any(meets) {
                return Err(
                    Failure::error(format!("nothing live matches `--only {text}`")).help(ADDRESS_HELP)
                );
            }
        }
        Ok(())
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
    pub(super) fn declaring(&self, account: &str) -> impl Iterator<Item = &LoadedTenant> {
        let same = move |it: &&LoadedTenant| it.tenant.provider == self.name && it.tenant.account == account;
        self.checked.workspace.tenants.iter().filter(same)
    }

    /// Where the main file of a new tenant goes.
    pub(super) fn main_file(&self, tenant: &str) -> String {
        main_file(&self.directory, tenant, self.split)
    }

    pub(super) fn failed(&self, account: &Account, tenant: &str, why: Vec<Finding>) -> ImportedAccount {
        self.report(account, tenant, self.main_file(tenant), Written::Failed(why), Vec::new())
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
        ImportedAccount {
            tenant: tenant.to_owned(),
            provider,
            account,
            file,
            written,
            extending: None,
            counts,
        }
    }
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
pub(super) fn slug(text: &str) -> String {
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
