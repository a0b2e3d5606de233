//! The portal's side taken: what a file declares otherwise than it is live is changed in its place. `import_together` does so
//! for many objects.

use super::{
    check::CheckedTenant,
    compared::compared,
    import::Work,
    import_files::TenantFiles,
    import_kept::{fields, goes, is_as_live, path_of, same_but},
    place::locate,
};
use crate::{
    edit::{self, Refused},
    emit,
    error::Failure,
    finding::Finding,
    import::{self, Declared, ImportedAccount, Refusal, Written},
    load::{LoadedTenant, Tree},
    model::{Address, Kind, Until},
    path::Segment,
    plan::{Observed, Step},
    provider::{Account, Kinds},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// More places than this differ in no object.
const MOST_PLACES: usize = 1000;

impl Work<'_> {
    /// Changes what one file says of the objects that are asked for. Each of them is as it is live then, or
    /// stays as it is and is reported.
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
        let lives: BTreeMap<Address, Declared> =
            steps.iter().filter_map(|it| Some((it.address.clone(), live(&it.address)?))).collect();
        let (mut files, mut refused) = (before.clone(), Vec::new());
        self.take_all(&mut files, &steps, &lives, observed, &mut refused);
        let mut refused: BTreeMap<&Address, Refusal> = refused
            .into_iter()
            .map(|(step, Refused(why))| {
                let why = format!("{}: {why}", step.address);
                let text = lives.get(&step.address).map(|it| emit::entry(&step.address.key, &it.value, 2));
                (&step.address, Refusal { why, text: text.unwrap_or_default() })
            })
            .collect();
        let is_taken = |step: &&&Step| !refused.contains_key(&step.address);
        let edited: Vec<Address> = steps.iter().filter(is_taken).map(|it| it.address.clone()).collect();
        if edited.is_empty()
            && refused.len() == 1
            && let Some((_, Refusal { why, text })) = refused.pop_first()
        {
            return Ok(report(Written::Refused { why, text }));
        }
        let is_edited: BTreeSet<Address> = edited.iter().cloned().collect();
        if let Ok(loaded) = self.checked.workspace.read_tenant(files.each(), &Kinds) {
            self.known.note(self.checked, &loaded, &is_edited)?;
        }
        files.publish(&self.checked.root, Some(&before))?;
        // One of several files is named where it is the only one that has changed.
        let changed: Vec<&str> =
            files.each().filter(|it| before.each().all(|other| other != *it)).map(|(name, _)| name).collect();
        let file = if let [only] = changed.as_slice() { (*only).to_owned() } else { file.clone() };
        let report = |written: Written| self.report(account, tenant, file, written, Vec::new());
        Ok(report(match refused.is_empty() {
            true => Written::Edited(edited),
            false => Written::InPart { edited, refused: refused.into_values().collect() },
        }))
    }

    /// What a plan of the file would change.
    pub(super) fn steps(
        &self,
        loaded: &LoadedTenant,
        observed: &Observed,
    ) -> Result<Vec<Step>, Vec<Finding>> {
        let tenant = CheckedTenant::of(0, loaded, self.provider, self.checked.workspace.at)?;
        let place = |path: &[Segment]| Some(locate(loaded, path));
        let none = BTreeMap::new();
        let plan = compared(&self.checked.workspace, loaded, &tenant, &|_| true, &place, observed, &none);
        let declared = |step: &Step| tenant.desired.contains_key(&step.address);
        Ok(plan.steps.into_iter().filter(declared).collect())
    }

    /// The files with one object as it is live.
    pub(super) fn taken(
        &self,
        files: &TenantFiles,
        step: &Step,
        live: Option<&Declared>,
        observed: &Observed,
    ) -> Result<TenantFiles, Refused> {
        let address = &step.address;
        let path = path_of(address);
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
        if goes(step, observed) {
            let gone = edit::remove(&own(text)?, &path)?;
            let touched = BTreeMap::from([(address.clone(), BTreeSet::new())]);
            return same_but(&before.tenant, &read(&gone)?.tenant, &touched).map(|()| files.with(at, &gone));
        }
        let Some(live) = live else { return Err(Refused("what is live cannot be declared".to_owned())) };
        let fields = fields(step);
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
            let touched = BTreeMap::from([(address.clone(), fields.clone())]);
            same_but(&before.tenant, &after.tenant, &touched)?;
            is_as_live(self, &before, &after, &|it| it == address, observed).map(|()| text)
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
    pub(super) fn values(
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
