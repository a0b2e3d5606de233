//! Break-glass on emergency forwards: through the carrier alone, without a read of the platform, without git.
//!
//! What is wrong elsewhere in the workspace or on another account is said, and stops nothing.

use super::{
    Access, Applied, Checked, CheckedTenant, Context, Intent, Options, Session, emergency_record as record,
    pattern::TenantPattern, place::locate,
};
use crate::{
    emergency::{Account, ByHand, Choice, Chosen, Declared, Forwards, Record, Stored, Switch, choose},
    error::{Ending, Failure},
    finding::{Finding, Level},
    http::{Phase, during},
    load::Files,
    model::{Address, E164, Forward, Guard, Kind, Resource, Tenant},
    outcome::{Outcome, Status},
    plan::{self, Base, Clicks, Desired, Input, Observed, Plan, Policy, TenantPlan},
    provider::{Emergency as How, Entry, Kinds, Provider, Scope, Workspace},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Which emergency forwards a run is about.
#[derive(Debug, Clone, Default)]
pub struct EmergencySelection {
    /// A pattern for names of tenants, or behind `label:` for one of their labels.
    pub tenant: Option<String>,
    /// Numbers, as people write them: `+12145550100`, `214-555-0100`. Empty: all.
    pub numbers: Vec<String>,
}

/// The accounts of a workspace, read for their emergency forwards.
pub struct Emergency<'a> {
    session: Session<'a>,
    root: &'a Path,
    numbers: BTreeSet<String>,
    /// As they were read, in the order of the tenants.
    pub accounts: Vec<Account>,
    observed: BTreeMap<String, Observed>,
}

/// Loads a workspace as far as emergency forwards need it. What is wrong with the rest is a warning.
pub fn load(root: &Path, selection: &EmergencySelection, options: &Options) -> Result<Checked, Failure> {
    let tenant = selection.tenant.as_deref().map(TenantPattern::of).transpose()?;
    let numbers = numbers(selection)?;
    let files = Files::Directory(root.to_owned());
    let mut workspace = Workspace::load(&files, &Kinds, options.at()).map_err(Failure::Findings)?;
    // What names the account is enough.
    let parts = std::mem::take(&mut workspace.parts);
    workspace.tenants.extend(parts);
    let mut tenants = Vec::new();
    let mut warnings: Vec<Finding> = workspace.findings.clone();
    for (index, loaded) in workspace.tenants.iter().enumerate() {
        let Some(entry) = workspace.providers.get(&loaded.tenant.provider) else { continue };
        let only_forwards = only_forwards(&loaded.tenant);
        let dialect = &entry.provider.dialect;
        let desired = plan::desired(&only_forwards, dialect, &|path| Some(locate(loaded, path)));
        let desired = desired.unwrap_or_else(|found| {
            warnings.extend(found);
            BTreeMap::new()
        });
        tenants.push(CheckedTenant {
            index,
            provider: entry.provider,
            desired,
            absent: BTreeMap::new(),
            switched_off: BTreeSet::new(),
            bulk: Vec::new(),
            exhaustive: BTreeSet::new(),
            protected: BTreeSet::new(),
            passed: Vec::new(),
            base: None,
            intent: Intent::Declared,
        });
    }
    let named = |it: &CheckedTenant| {
        tenant.as_ref().is_none_or(|tenant| tenant.selects(&workspace.tenants[it.index].tenant))
    };
    tenants.retain(named);
    if tenants.is_empty() && workspace.findings.iter().any(|finding| finding.level == Level::Error) {
        return Err(Failure::Findings(workspace.findings));
    }
    if let (true, Some(text)) = (tenants.is_empty(), &selection.tenant) {
        return Err(Failure::error(format!("no tenant matches `{text}`")));
    }
    // A number that is declared says which account it is in; the others need not be asked.
    let declares = |it: &CheckedTenant, number: &String| {
        let tenant = &workspace.tenants[it.index].tenant;
        it.desired.keys().any(|address| address.key == *number)
            || tenant.numbers.keys().any(|own| own.to_string() == *number)
    };
    if !numbers.is_empty() && numbers.iter().all(|number| tenants.iter().any(|it| declares(it, number))) {
        tenants.retain(|it| numbers.iter().any(|number| declares(it, number)));
    }
    for finding in &mut warnings {
        finding.level = Level::Warning;
    }
    Ok(Checked::of(root, workspace, tenants, warnings))
}

/// The tenant with nothing but its emergency forwards.
fn only_forwards(tenant: &Tenant) -> Tenant {
    Tenant {
        tenant: tenant.tenant.clone(),
        provider: tenant.provider.clone(),
        account: tenant.account.clone(),
        extends: None,
        vars: BTreeMap::new(),
        without: Vec::new(),
        labels: Vec::new(),
        time_zone: None,
        country: None,
        schedules: BTreeMap::new(),
        receivers: BTreeMap::new(),
        numbers: BTreeMap::new(),
        forwards: tenant.forwards.clone(),
        rules: BTreeMap::new(),
        queues: BTreeMap::new(),
        diverts: BTreeMap::new(),
        bulk: Vec::new(),
        exhaustive: Vec::new(),
        absent: crate::model::Absent::default(),
    }
}

/// The numbers that were named, in the form of an address.
fn numbers(selection: &EmergencySelection) -> Result<BTreeSet<String>, Failure> {
    let number = |text: &String| {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
        let number = match digits.strip_prefix('+') {
            Some(_) => digits.parse().ok(),
            None => E164::from_nanp(&digits),
        };
        number.map(|number: E164| number.to_string()).ok_or_else(|| {
            Failure::error(format!("`--number {text}` is not a phone number"))
                .help("write it as `+12145550100` or `2145550100`")
        })
    };
    selection.numbers.iter().map(number).collect()
}

impl<'a> Emergency<'a> {
    /// Reads the emergency forwards of every selected account.
    pub async fn read(
        checked: &'a Checked,
        selection: &EmergencySelection,
        options: &Options,
        access: Access,
        context: &'a Context,
    ) -> Result<Self, Failure> {
        let numbers = numbers(selection)?;
        let (session, closed) =
            Session::emergency(checked, options, access, "dialform emergency", context).await?;
        let read = session.each_tenant(|tenant| account(&session, checked, tenant, &closed));
        let read = tokio::select! {
            biased;
            () = context.shutdown.stop.cancelled() => None,
            read = read => Some(read),
        };
        let Some(read) = read else {
            session.close().await;
            return Err(context.stopped());
        };
        let (mut accounts, mut observed) = (Vec::new(), BTreeMap::new());
        for (account, seen) in read {
            observed.extend(seen.map(|seen| (account.tenant.clone(), seen)));
            accounts.push(account);
        }
        Ok(Self { session, root: &checked.root, numbers, accounts, observed })
    }

    /// What a command would switch. `off` asks what `on` has written down on this machine. Of what a person has to switch,
    /// the accounts then show what the command is about.
    pub fn choose(&mut self, switch: Switch) -> Result<Choice, Failure> {
        let records = match switch {
            Switch::On => Vec::new(),
            Switch::Off => match record::open(self.root, self.session.sandbox) {
                Ok(records) => records,
                // What is named needs no record, readable or not.
                Err(failure) if !self.numbers.is_empty() => {
                    if self.accounts.iter().any(|it| it.forwards.by_hand()) {
                        let why = format!("where calls go is taken from the files: {failure}");
                        self.session.context.info(why);
                    }
                    Vec::new()
                }
                Err(failure) => return Err(failure),
            },
        };
        for record in &records {
            self.as_recorded(record);
        }
        let choice = choose(&mut self.accounts, switch, &self.numbers, &records);
        match choice.unknown.first() {
            None => Ok(choice),
            Some(number) => Err(Failure::error(format!("no account that was read has number {number}"))
                .help("`dialform emergency status` lists what there is")),
        }
    }

    /// Where no request switches a forward, what `on` has found stored is better known than what the files say.
    fn as_recorded(&mut self, record: &Record) {
        let mut accounts = self.accounts.iter_mut().filter(|it| record.is_of(it));
        let Some(account) = accounts.find(|it| it.forwards.by_hand()) else { return };
        let Some(entry) = self.session.checked.workspace.providers.get(&account.provider) else { return };
        let to = record.to.as_ref().and_then(|to| to.parse().ok());
        let click =
            |to: &Option<E164>, switch| clicks(account, entry.provider, &record.number, to.as_ref(), switch);
        let (on, off) = (click(&to, Switch::On), click(&to, Switch::Off));
        let (Forwards::Unreachable { declared, .. } | Forwards::ByHand { declared }) = &mut account.forwards
        else {
            return;
        };
        match declared.binary_search_by(|it| it.number.cmp(&record.number)) {
            Ok(at) if to.is_some() => declared[at] = ByHand { to, on, off, ..declared[at].clone() },
            Ok(_) => {}
            Err(at) => {
                let number = record.number.clone();
                declared.insert(at, ByHand { number, to, declared: None, on, off });
            }
        }
    }

    /// The choice as a plan.
    pub fn plan(&self, choice: &Choice, switch: Switch) -> Plan {
        let tenants = self.accounts.iter().filter_map(|account| {
            let chosen = choice.switched.iter().filter(|it| it.tenant == account.tenant);
            let wanted: Vec<Address> = chosen.map(|it| Address::new(Kind::Forwards, &it.number)).collect();
            let observed = self.observed.get(&account.tenant)?;
            let provider = self.session.checked.workspace.providers.get(&account.provider)?.provider;
            let wanted = wanted.into_iter().map(|address| (address, forward(None, switch)));
            (choice.switched.iter().any(|it| it.tenant == account.tenant))
                .then(|| build(account, provider, wanted.collect(), None, observed))
        });
        Plan::new(tenants.collect())
    }

    /// Carries it out. What `on` switches is written down before the first write, for the `off` that follows.
    pub async fn carry_out(&self, plan: &Plan, choice: &Choice, switch: Switch) -> Result<Applied, Failure> {
        if self.session.context.shutdown.stop.is_cancelled() {
            return Err(self.session.context.stopped());
        }
        let file = match switch {
            Switch::Off => None,
            Switch::On => match record::save(self.root, self.session.sandbox, &self.records(choice)) {
                Ok(path) => Some(path),
                Err(why) => {
                    // The list is on the screen; callers must not wait for a disk.
                    self.session.context.info(format!("cannot write down what is switched on: {why}"));
                    None
                }
            },
        };
        let mut outcomes = self.session.carry_out(plan, None).await;
        for outcome in outcomes.iter_mut().filter(|it| it.status != Status::Done) {
            let chosen = choice
                .switched
                .iter()
                .find(|it| it.tenant == outcome.tenant && it.number == outcome.address.key);
            outcome.instructions = chosen.map(|it| self.clicks(it, switch)).unwrap_or_default();
        }
        let (ending, mut findings) = self.session.judge(plan, &outcomes);
        if switch == Switch::Off {
            self.note_off(&outcomes);
        }
        let log = record::log(self.root, self.session.sandbox, switch, choice, &outcomes);
        findings.extend(log.err().map(|why| {
            Finding::warning("failed", format!("cannot write the line of the emergency log: {why}"))
        }));
        Ok(Applied { outcomes, restore: file, findings, ending })
    }

    /// Writes down what is off, as it was read or switched, so that no later `off` takes it for what `on` has switched.
    pub fn note_off(&self, outcomes: &[Outcome]) {
        let done = |record: &Record| {
            let mut accounts = self.accounts.iter().filter(|it| record.is_of(it));
            accounts.any(|account| {
                let of = |it: &&Outcome| it.tenant == account.tenant && it.address.key == record.number;
                outcomes.iter().filter(of).any(|it| it.status == Status::Done)
            })
        };
        let off = |record: &Record| done(record) || record.is_off(&self.accounts);
        if let Err(why) = record::close(self.root, self.session.sandbox, &off) {
            self.session.context.info(format!("cannot note what is switched off: {why}"));
        }
    }

    /// What a person clicks where the carrier does not do it.
    fn clicks(&self, chosen: &Chosen, switch: Switch) -> Vec<Clicks> {
        let account = self.accounts.iter().find(|it| it.tenant == chosen.tenant);
        let providers = &self.session.checked.workspace.providers;
        let clicks = account.and_then(|account| {
            let provider = providers.get(&account.provider)?.provider;
            Some(clicks(account, provider, &chosen.number, chosen.to.as_ref(), switch))
        });
        clicks.unwrap_or_default()
    }

    fn records(&self, choice: &Choice) -> Vec<Record> {
        let account = |tenant: &str| self.accounts.iter().find(|it| it.tenant == tenant);
        let record = |it: &Chosen| {
            let account = account(&it.tenant)?;
            Some(Record {
                tenant: it.tenant.clone(),
                provider: account.provider.clone(),
                system: Some(account.system.clone()),
                account: account.account.clone(),
                number: it.number.clone(),
                to: it.to.as_ref().map(ToString::to_string),
                switched_off: None,
            })
        };
        choice.switched.iter().filter_map(record).collect()
    }

    /// How a run ends that only looked: not well where an account could not be read.
    pub fn looked(&self) -> Ending {
        let unread = |it: &Account| matches!(it.forwards, Forwards::Unreachable { .. });
        if self.accounts.iter().any(unread) { Ending::Error } else { Ending::Fine }
    }

    /// How a run ends that was to switch: well if nothing is left to do, by hand or otherwise.
    pub fn switched(&self, choice: &Choice, applied: Option<&Applied>) -> Ending {
        let done = applied.is_none_or(|it| it.ending == Ending::Fine);
        match (choice.switched.is_empty(), self.looked()) {
            (true, Ending::Error) => Ending::Error,
            (_, Ending::Fine) if done && choice.by_hand == 0 && choice.undone() == 0 => Ending::Fine,
            _ => Ending::Partial,
        }
    }

    pub fn paces(&self) -> BTreeMap<String, super::Pace> {
        self.session.paces()
    }

    pub async fn close(self) {
        self.session.close().await;
    }
}

/// What is known of the forwards of one account, and what was read of it.
async fn account(
    session: &Session<'_>,
    checked: &Checked,
    tenant: &CheckedTenant,
    closed: &BTreeMap<String, Vec<Finding>>,
) -> (Account, Option<Observed>) {
    let entry: &Entry = checked.config(tenant);
    let Tenant { tenant: name, provider, account, .. } = &checked.loaded(tenant).tenant;
    let report = |forwards| Account {
        tenant: name.clone(),
        provider: provider.clone(),
        system: entry.system(),
        account: account.clone(),
        forwards,
    };
    let Some(how) = entry.emergency() else {
        let system = entry.provider.title.split(',').next().unwrap_or_default().to_owned();
        return (report(Forwards::None { system }), None);
    };
    let declared = || by_hand(&report(Forwards::ByHand { declared: Vec::new() }), tenant, how);
    let unreachable = |finding| Forwards::Unreachable { finding, declared: declared() };
    let reader = match (how, session.reader(provider)) {
        (How::AlwaysArmed, _) => return (report(Forwards::AlwaysArmed { declared: declared() }), None),
        (How::ByHand, _) => return (report(Forwards::ByHand { declared: declared() }), None),
        (How::Endpoint, Some(reader)) => reader,
        (How::Endpoint, None) => {
            let why = closed.get(provider).and_then(|found| found.first()).cloned();
            let why = why.unwrap_or_else(|| {
                Finding::error("unreadable-account", format!("provider `{provider}` is not open"))
            });
            return (report(unreachable(why)), None);
        }
    };
    let scope = Scope { lists: true, kinds: BTreeSet::from([Kind::Forwards]), ..Scope::default() };
    let read = during(Phase::Observe, name.as_str(), reader.observe(account, &scope)).await;
    session.context.tenant_read(provider);
    match read {
        Ok(observed) => {
            let stored = stored(&observed, tenant);
            (report(Forwards::Switched { stored }), Some(observed))
        }
        Err(error) => {
            let finding = Finding::error("unreadable-account", error.to_string());
            let finding = Finding { help: error.help().map(str::to_owned), ..finding };
            (report(unreachable(finding)), None)
        }
    }
}

fn stored(observed: &Observed, tenant: &CheckedTenant) -> Vec<Stored> {
    let forwards = observed.objects.iter().filter_map(|(address, live)| match live {
        Resource::Forward(live) => Some((address, live)),
        _ => None,
    });
    let stored = forwards.map(|(address, live)| {
        let declared = tenant.desired.get(address).and_then(|wanted| match &wanted.resource {
            Resource::Forward(it) => Some(Declared::of(wanted, it)),
            _ => None,
        });
        let mut strange = observed.unreadable.get(address).into_iter().flatten();
        let unreadable = strange.find(|(field, _)| field.field() == Some("active"));
        let unreadable = unreadable.map(|(_, shown)| shown.clone());
        let (number, to, active) = (address.key.clone(), live.to.clone(), live.is_active());
        Stored { number, to, active, unreadable, declared }
    });
    stored.collect()
}

/// What the files declare, with what a person clicks to switch it.
fn by_hand(account: &Account, tenant: &CheckedTenant, how: How) -> Vec<ByHand> {
    let declared = tenant.desired.iter().filter_map(|(address, wanted)| match &wanted.resource {
        Resource::Forward(forward) => Some((address, Declared::of(wanted, forward))),
        _ => None,
    });
    let clicks = |number: &str, to: &Option<E164>, switch| match how {
        How::AlwaysArmed => Vec::new(),
        How::ByHand | How::Endpoint => clicks(account, tenant.provider, number, to.as_ref(), switch),
    };
    let forwards = declared.map(|(address, declared)| ByHand {
        number: address.key.clone(),
        on: clicks(&address.key, &declared.to, Switch::On),
        off: clicks(&address.key, &declared.to, Switch::Off),
        to: declared.to.clone(),
        declared: Some(declared),
    });
    forwards.collect()
}

/// What a person clicks to switch a forward: what a plan says where there is no interface.
fn clicks(
    account: &Account,
    provider: &'static Provider,
    number: &str,
    to: Option<&E164>,
    switch: Switch,
) -> Vec<Clicks> {
    let address = Address::new(Kind::Forwards, number);
    let before = if switch.is_on() { Switch::Off } else { Switch::On };
    let wanted = BTreeMap::from([(address.clone(), forward(to.cloned(), switch))]);
    let desired = BTreeMap::from([(address, forward(to.cloned(), before).resource)]);
    let base = Base { desired, ..Base::default() };
    let plan = build(account, provider, wanted, Some(&base), &Observed::default());
    plan.steps.into_iter().flat_map(|step| step.instructions).collect()
}

/// What a person clicks to switch a forward of a tenant on, where no command does it.
pub(super) fn by_hand_on(
    checked: &Checked,
    tenant: &CheckedTenant,
    number: &str,
    to: Option<&E164>,
) -> Vec<Clicks> {
    if checked.config(tenant).emergency() != Some(How::ByHand) {
        return Vec::new();
    }
    let Tenant { tenant: name, provider, account, .. } = &checked.loaded(tenant).tenant;
    let account = Account {
        tenant: name.clone(),
        provider: provider.clone(),
        system: checked.config(tenant).system(),
        account: account.clone(),
        forwards: Forwards::ByHand { declared: Vec::new() },
    };
    clicks(&account, tenant.provider, number, to, Switch::On)
}

fn forward(to: Option<E164>, switch: Switch) -> Desired {
    let forward = Forward { to, active: Some(switch.is_on()), protect: None };
    Desired { resource: Resource::Forward(forward), source: None, own: None }
}

/// The plan that makes these forwards so. With a base it is a person's to carry out.
fn build(
    account: &Account,
    provider: &'static Provider,
    desired: BTreeMap<Address, Desired>,
    base: Option<&Base>,
    observed: &Observed,
) -> TenantPlan {
    let unobservable = base.map(|_| Kind::Forwards).into_iter().collect();
    // Whoever chose a forward by hand knows better than what the carrier shows.
    let observed = &Observed { unreadable: BTreeMap::new(), ..observed.clone() };
    // Whoever switches every forward means every forward.
    let guard = Guard { max_changed_percent: 100, ..Guard::default() };
    plan::build(Input {
        passed: &[],
        tenant: &account.tenant,
        provider: &account.provider,
        account: &account.account,
        desired,
        time_zone: None,
        platform: &BTreeMap::new(),
        absent: BTreeMap::new(),
        protected: BTreeSet::new(),
        base,
        switched_off: BTreeSet::new(),
        bulk: &[],
        exhaustive: BTreeSet::new(),
        observed,
        dialect: &provider.dialect,
        policy: Policy { guard, experimental: false, unobservable, restores: false },
        place: &|_| None,
        only: &|_| true,
    })
}
