//! The portal's side taken: what a file declares otherwise than it is live is changed in its place.

use super::{
    check::CheckedTenant, compared::compared, import::Work, import_files::TenantFiles, place::locate,
};
use crate::{
    edit::{self, Refused},
    emit,
    error::Failure,
    finding::Finding,
    import::{self, Declared, ImportedAccount, Written},
    load::{LoadedTenant, Tree},
    model::{Address, Kind, Resource, Tenant, Until},
    path::Segment,
    plan::{Action, Observed, Step},
    provider::{Account, Kinds},
};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// More places than this differ in no object.
const MOST_PLACES: usize = 1000;

impl Work<'_> {
    /// Changes what one file says of the objects that are asked for. All of it is as it is live then, or nothing is written.
    pub(super) fn take(
        &self,
        account: &Account,
        tenant: &str,
        observed: &Observed,
    ) -> Result<ImportedAccount, Failure> {
        let Some(existing) = self.existing(&account.id) else {
            let message = format!("no file declares account `{}`", account.id);
            let finding = Finding::error("failed", message).help("leave `--write` out to make one");
            return Ok(self.failed(account, tenant, vec![finding]));
        };
        let before = TenantFiles::of(existing);
        let file = existing.file().to_owned();
        let report = |written: Written| self.report(account, tenant, file.clone(), written, Vec::new());
        let steps = match self.steps(existing, observed) {
            Ok(steps) => steps,
            Err(found) => return Ok(report(Written::Failed(found))),
        };
        let named = |step: &&Step| self.patterns.name(tenant, &step.address);
        let steps: Vec<&Step> = steps.iter().filter(named).collect();
        if steps.is_empty() {
            return Ok(report(Written::AsLive));
        }
        let live = |address: &Address| {
            let live = observed.objects.get(address).filter(|it| !it.is_vacant())?;
            import::object(address, live, observed, &self.provider.dialect).ok()
        };
        let mut files = before.clone();
        for step in &steps {
            let live = live(&step.address);
            match self.taken(&files, step, live.as_ref(), observed) {
                Ok(taken) => files = taken,
                Err(Refused(why)) => {
                    let why = format!("{}: {why}", step.address);
                    let text = live.map(|it| emit::entry(&step.address.key, &it.value, 2));
                    return Ok(report(Written::Refused { why, text: text.unwrap_or_default() }));
                }
            }
        }
        let edited: BTreeSet<Address> = steps.iter().map(|step| step.address.clone()).collect();
        if let Ok(loaded) = self.checked.workspace.read_tenant(files.each(), &Kinds) {
            self.known.note(self.checked, &loaded, &edited)?;
        }
        files.publish(&self.checked.root, Some(&before))?;
        // One of several files is named where it is the only one that has changed.
        let changed: Vec<&str> =
            files.each().filter(|it| before.each().all(|other| other != *it)).map(|(name, _)| name).collect();
        let file = if let [only] = changed.as_slice() { (*only).to_owned() } else { file.clone() };
        let report = |written: Written| self.report(account, tenant, file, written, Vec::new());
        Ok(report(Written::Edited(steps.iter().map(|step| step.address.clone()).collect())))
    }

    /// What a plan of the file would change.
    fn steps(&self, loaded: &LoadedTenant, observed: &Observed) -> Result<Vec<Step>, Vec<Finding>> {
        let tenant = CheckedTenant::of(0, loaded, self.provider, self.checked.workspace.at)?;
        let place = |path: &[Segment]| Some(locate(loaded, path));
        let none = BTreeMap::new();
        let plan = compared(&self.checked.workspace, loaded, &tenant, &|_| true, &place, observed, &none);
        let declared = |step: &Step| tenant.desired.contains_key(&step.address);
        Ok(plan.steps.into_iter().filter(declared).collect())
    }

    /// The files with one object as it is live.
    fn taken(
        &self,
        files: &TenantFiles,
        step: &Step,
        live: Option<&Declared>,
        observed: &Observed,
    ) -> Result<TenantFiles, Refused> {
        let address = &step.address;
        let path = [Segment::key(address.kind.section()), Segment::key(&address.key)];
        // Only the tenant's own files are written: what stands in a template or a shared file does not stand there.
        let at = files.with_path(&path);
        let text = files.text(at);
        let read = |text: &str| {
            let wrong = |_| Refused("the file cannot be read once it is changed".to_owned());
            self.checked.workspace.read_tenant(files.with(at, text).each(), &Kinds).map_err(wrong)
        };
        let own = |text: &str| {
            let wrong = |_| Refused("the file cannot be read once it is changed".to_owned());
            Tree::parse(files.name(at), text).map_err(wrong)
        };
        let before = read(text)?;
        let at_now = self.checked.workspace.at;
        let passed = |it: &Until| it.address == *address && it.has_passed(at_now);
        if let Some((until, place)) = before.untils().find(|(it, _)| passed(it)) {
            let why = format!(
                "its `until` of {until} has passed ({}:{}): write what `then` says in the place of what stands before it, and \
                 import again",
                place.file, place.line
            );
            return Err(Refused(why));
        }
        let is_vacant = observed.objects.get(address).is_some_and(Resource::is_vacant);
        if step.action == Action::Create || is_vacant {
            let gone = edit::remove(&own(text)?, &path)?;
            return same_but(&before.tenant, &read(&gone)?.tenant, address, &BTreeSet::new())
                .map(|()| files.with(at, &gone));
        }
        let Some(live) = live else { return Err(Refused("what is live cannot be declared".to_owned())) };
        let fields: BTreeSet<String> =
            step.changes.iter().filter_map(|change| change.path.field().map(str::to_owned)).collect();
        // As little as can be; where that does not read as what is live, each field as a whole.
        let fine = fields.iter().try_fold(text.to_owned(), |text, field| {
            let mut text = text;
            for _ in 0..MOST_PLACES {
                let loaded = read(&text)?;
                let at = [&path[..], &[Segment::key(field)]].concat();
                let [full, brief] = self.values(&loaded, &at, live, field, address.kind);
                let own = own(&text)?;
                let Some(full) = full else { return edit::remove(&own, &at) };
                let brief = brief.unwrap_or_else(|| full.clone());
                match edit::towards(&own, &at, &full, &brief) {
                    Some(change) => text = change?,
                    None => return Ok(text),
                }
            }
            Err(Refused("it differs in too many places".to_owned()))
        });
        let verified = |text: String| {
            let after = read(&text)?;
            same_but(&before.tenant, &after.tenant, address, &fields)?;
            if untils(&before) != untils(&after) {
                return Err(Refused("an `until` in it would go with it".to_owned()));
            }
            let wrong = |_| Refused("it cannot be planned once it is changed".to_owned());
            let steps = self.steps(&after, observed).map_err(wrong)?;
            match steps.iter().any(|step| step.address == *address) {
                false => Ok(text),
                true => Err(Refused("it does not read as what is live once it is changed".to_owned())),
            }
        };
        let taken = fine.and_then(verified).or_else(|fault| {
            let whole = fields.iter().try_fold(text.to_owned(), |text, field| {
                let loaded = read(&text)?;
                let at = [&path[..], &[Segment::key(field)]].concat();
                match self.values(&loaded, &at, live, field, address.kind) {
                    [_, Some(brief)] => edit::set(&own(&text)?, &at, &brief),
                    _ => Err(fault.clone()),
                }
            });
            whole.and_then(verified)
        });
        taken.map(|text| files.with(at, &text))
    }

    /// The live value of a field, whole and brief. Of a group whose parts are managed one by one those that the file names.
    fn values(
        &self,
        loaded: &LoadedTenant,
        at: &[Segment],
        live: &Declared,
        field: &str,
        kind: Kind,
    ) -> [Option<Value>; 2] {
        // Days in a row are one entry in a file.
        let full = if kind == Kind::Schedules { &live.value } else { &live.full };
        let named = |value: &Value| {
            let mut value = value.clone();
            if let (Some(node), Value::Object(parts), "callers") = (loaded.tree().get(at), &mut value, field)
            {
                parts.retain(|part, _| node.get(part).is_some());
            }
            value
        };
        [full.get(field).map(named), live.value.get(field).map(named)]
    }
}

/// What of a file changes by itself, wherever in its objects.
fn untils(loaded: &LoadedTenant) -> BTreeSet<(Address, String, String)> {
    loaded.untils().map(|(it, _)| (it.address.clone(), it.to_string(), it.then.clone())).collect()
}

/// Whether two readings of a file say the same but for these fields of one object.
fn same_but(
    before: &Tenant,
    after: &Tenant,
    address: &Address,
    fields: &BTreeSet<String>,
) -> Result<(), Refused> {
    let said = |tenant: &Tenant| -> BTreeMap<Address, Value> {
        let each = tenant.resources().map(|(at, resource): (Address, Resource)| {
            let mut value = serde_json::to_value(&resource).unwrap_or_default();
            if at == *address
                && let Some(own) = value.as_object_mut()
            {
                own.retain(|field, _| !fields.contains(field));
            }
            (at, value)
        });
        // An object that goes is none, and neither is one of which every field changes.
        each.filter(|(at, value)| {
            at != address || value.as_object().is_some_and(|own: &Map<String, Value>| !own.is_empty())
        })
        .collect()
    };
    let rest = |tenant: &Tenant| {
        let Tenant { tenant, provider, account, time_zone, bulk, exhaustive, absent, .. } = tenant.clone();
        (tenant, provider, account, time_zone, bulk, exhaustive, absent)
    };
    let (mut one, two) = (said(before), said(after));
    if fields.is_empty() {
        one.remove(address);
    }
    match one == two && rest(before) == rest(after) {
        true => Ok(()),
        false => Err(Refused("something else would say another thing with it".to_owned())),
    }
}
