//! The portal's side taken: what a file declares otherwise than it is live is changed in its place. `import_together` does so
//! for many objects.

use super::{
    check::CheckedTenant,
    compared::input,
    import::Work,
    import_files::TenantFiles,
    import_kept::{fields, goes, is_as_live, live, path_of, same_but},
};
use crate::{
    edit::{self, Refused},
    emit,
    error::Failure,
    finding::{Finding, Place},
    import::{self, Declared, ImportedAccount, Refusal, Written},
    load::{LoadedTenant, Tree},
    model::{Address, Kind, Until},
    path::{Path, Segment},
    plan::{self, Dialect, Input, Observed, Step, TenantPlan},
    provider::{Account, Kinds},
};
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

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
        let compared = match self.compare(existing, observed) {
            Ok(compared) => compared,
            Err(found) => return Ok(report(Written::Failed(found))),
        };
        let mut asked = compared.asked(&|it| self.patterns.name(tenant, it));
        asked.look(observed, &self.provider.dialect);
        for address in self.still_deleted(existing, observed) {
            if self.patterns.name(tenant, &address) {
                let by = if is_absent(existing, &address) { ABSENT } else { EXHAUSTIVE };
                asked.refuse(&address, by);
            }
        }
        let Asked { steps, lives, mut refused } = asked;
        let steps: Vec<&Step> = steps.iter().collect();
        let (mut files, mut faults) = (before.clone(), Vec::new());
        self.take_all(&mut files, &steps, &lives, observed, &mut faults);
        let mut is_edited: BTreeSet<Address> = steps.iter().map(|it| it.address.clone()).collect();
        for (step, Refused(why)) in faults {
            is_edited.remove(&step.address);
            let gone = goes(step, observed);
            let live = lives.get(&step.address).filter(|_| !gone);
            let text = live.map(|it| by_hand(existing, &step.address, it)).unwrap_or_default();
            let why = format!("{}: {why}", step.address);
            refused.entry(step.address.clone()).or_default().push(Refusal { why, text, gone });
        }
        for address in &is_edited {
            let last = refused.get_mut(address).and_then(|it| it.last_mut());
            last.into_iter().for_each(|it| it.why.push_str(" (all else of it is as it is live)"));
        }
        if is_edited.is_empty() {
            let refused: Vec<Refusal> = refused.into_values().flatten().collect();
            return Ok(report(match <[Refusal; 1]>::try_from(refused) {
                Ok([only]) => Written::Refused(only),
                Err(none) if none.is_empty() => Written::AsLive,
                Err(refused) => Written::InPart { edited: Vec::new(), refused },
            }));
        }
        if let Ok(loaded) = self.checked.workspace.read_tenant(files.each(), &Kinds) {
            self.known.note(self.checked, &loaded, &is_edited)?;
        }
        files.publish(&self.checked.root, Some(&before))?;
        // One of several files is named where it is the only one that has changed.
        let changed: Vec<&str> =
            files.each().filter(|it| before.each().all(|other| other != *it)).map(|(name, _)| name).collect();
        let file = if let [only] = changed.as_slice() { (*only).to_owned() } else { file.clone() };
        let report = |written: Written| self.report(account, tenant, file, written, Vec::new());
        let edited: Vec<Address> = is_edited.into_iter().filter(|it| !refused.contains_key(it)).collect();
        Ok(report(match refused.is_empty() {
            true => Written::Edited(edited),
            false => Written::InPart { edited, refused: refused.into_values().flatten().collect() },
        }))
    }

    /// What a plan of the file says of what it declares. What it protects is no matter here: the portal's side is taken.
    pub(super) fn compare(
        &self,
        loaded: &LoadedTenant,
        observed: &Observed,
    ) -> Result<Compared, Vec<Finding>> {
        let tenant = CheckedTenant::of(0, loaded, self.provider, self.checked.workspace.at)?;
        let none = BTreeMap::new();
        // A finding says its object by the number of the path that it was found at.
        let paths: RefCell<Vec<Path>> = RefCell::default();
        let place = |path: &[Segment]| {
            let mut paths = paths.borrow_mut();
            paths.push(Path::from(path));
            let (file, source) = (String::new(), String::new());
            Some(Place { file, line: paths.len(), column: 1, length: 1, source, skipped: 0, also: None })
        };
        let input = input(&self.checked.workspace, loaded, &tenant, &|_| true, &place, observed, &none);
        let plan = plan::build(Input { protected: BTreeSet::new(), exhaustive: BTreeSet::new(), ..input });
        let declared = |address: &Address| tenant.desired.contains_key(address);
        let TenantPlan { mut steps, blocked, withheld, notes, .. } = plan;
        steps.retain(|step| declared(&step.address));
        let paths = paths.into_inner();
        let object = |finding: &Finding| {
            let path = paths.get(finding.place.as_ref()?.line.checked_sub(1)?)?;
            tenant.desired.keys().find(|it| path.is_inside(&it.path())).cloned()
        };
        let mut found: BTreeMap<Address, Vec<Finding>> = BTreeMap::new();
        for finding in blocked {
            object(&finding).into_iter().for_each(|it| found.entry(it).or_default().push(finding.clone()));
        }
        // What is kept back by another object is no matter where it is as it is live.
        let because = |address: &Address| {
            let wanted = &tenant.desired.get(address)?.resource;
            let differs = live(address, observed).is_none_or(|live| plan::differs(live, wanted));
            let note = notes.iter().find(|it| it.address == *address && it.text.starts_with(plan::KEPT_BY));
            let text = note.map_or_else(|| "it is not planned".to_owned(), |it| it.text.clone());
            (differs && !found.contains_key(address)).then_some((address.clone(), text))
        };
        let kept = withheld.iter().filter_map(because).collect();
        Ok(Compared { steps, found, kept })
    }

    /// What is live and the next apply deletes, though no file says it object by object: nothing of it differs from what is
    /// declared, and it is not left alone either.
    fn still_deleted(&self, loaded: &LoadedTenant, observed: &Observed) -> Vec<Address> {
        if loaded.tenant.absent.addresses().is_empty() && loaded.tenant.exhaustive.is_empty() {
            return Vec::new();
        }
        let at = self.checked.workspace.at;
        let Ok(tenant) = CheckedTenant::of(0, loaded, self.provider, at) else { return Vec::new() };
        let none = BTreeMap::new();
        let input = input(&self.checked.workspace, loaded, &tenant, &|_| true, &|_| None, observed, &none);
        let plan = plan::build(Input { protected: BTreeSet::new(), ..input });
        let goes = |step: &Step| step.removes() && !tenant.desired.contains_key(&step.address);
        plan.steps.into_iter().filter(goes).map(|step| step.address).collect()
    }

    /// The files with one object as it is live.
    pub(super) fn taken(
        &self,
        files: &TenantFiles,
        step: &Step,
        lives: &BTreeMap<Address, Declared>,
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
        let Some(live) = lives.get(address) else {
            return Err(Refused("what is live cannot be declared".to_owned()));
        };
        let fields = fields(step);
        // As little as can be; where that does not read as what is live, each field as a whole.
        let fine = fields.iter().try_fold(text.to_owned(), |text, field| {
            let mut text = text;
            for _ in 0..MOST_PLACES {
                let loaded = read(&text)?;
                let at = [&path[..], &[Segment::key(field)]].concat();
                let [full, brief] = self.values(&loaded, &at, live, address);
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
            is_as_live(self, &before, &after, &|it| it == address, lives, observed).map(|()| text)
        };
        let taken = fine.and_then(verified).or_else(|fault| {
            let whole = fields.iter().try_fold(text.to_owned(), |text, field| {
                let loaded = read(&text)?;
                let at = [&path[..], &[Segment::key(field)]].concat();
                match self.values(&loaded, &at, live, address) {
                    [_, Some(brief)] => edit::set(&own(&text)?, &at, &brief),
                    _ => Err(fault.clone()),
                }
            });
            whole.and_then(verified)
        });
        taken.map(|text| files.with(at, &text))
    }

    /// The live value of a field, whole and brief. Of a group whose parts are managed one by one those that the file names; one
    /// that no file can say stays as it stands.
    pub(super) fn values(
        &self,
        loaded: &LoadedTenant,
        at: &[Segment],
        live: &Declared,
        address: &Address,
    ) -> [Option<Value>; 2] {
        let field = at.last().and_then(Segment::as_key).unwrap_or_default();
        // Days in a row are one entry in a file.
        let full = if address.kind == Kind::Schedules { &live.value } else { &live.full };
        let mut stays = live.left.parts_of(field).peekable();
        let said = stays.peek().is_some().then(|| said(loaded, address)).flatten();
        let stays: Vec<(&str, &Value)> =
            stays.filter_map(|part| Some((part, said.as_ref()?.get(field)?.get(part)?))).collect();
        let whole = |value: &Value| {
            let mut value = value.clone();
            if let Value::Object(parts) = &mut value {
                parts.extend(stays.iter().map(|(part, said)| ((*part).to_owned(), (*said).clone())));
            }
            value
        };
        let named = |value: &Value| {
            let mut value = whole(value);
            if let (Some(node), Value::Object(parts), "callers") = (loaded.tree().get(at), &mut value, field)
            {
                parts.retain(|part, _| node.get(part).is_some());
            }
            value
        };
        [full.get(field).map(named), live.value.get(field).map(named)]
    }
}

/// What a plan of a file says of what it declares.
pub(super) struct Compared {
    /// What it would change.
    pub steps: Vec<Step>,
    /// What stops it, by object.
    found: BTreeMap<Address, Vec<Finding>>,
    /// What differs and is not planned because of that.
    kept: BTreeMap<Address, String>,
}

/// What is to be taken of an account, and what cannot be.
struct Asked {
    steps: Vec<Step>,
    lives: BTreeMap<Address, Declared>,
    refused: BTreeMap<Address, Vec<Refusal>>,
}

impl Compared {
    /// The part that is asked for.
    fn asked(self, is_asked: &dyn Fn(&Address) -> bool) -> Asked {
        let Self { mut steps, found, kept } = self;
        steps.retain(|step| is_asked(&step.address));
        let mut asked = Asked { steps, lives: BTreeMap::new(), refused: BTreeMap::new() };
        let found = found.into_iter().flat_map(|(address, found)| {
            let text =
                |it: Finding| it.help.map_or(it.message.clone(), |help| format!("{}; {help}", it.message));
            found.into_iter().map(move |it| (address.clone(), text(it))).collect::<Vec<_>>()
        });
        for (address, why) in found.chain(kept).filter(|(address, _)| is_asked(address)) {
            asked.refuse(&address, &why);
        }
        asked
    }
}

impl Asked {
    fn refuse(&mut self, address: &Address, why: &str) {
        let refusal = Refusal { why: format!("{address}: {why}"), ..Refusal::default() };
        self.refused.entry(address.clone()).or_default().push(refusal);
    }

    /// Looks what of each object a file can say. The rest is refused, and stays as the file has it.
    fn look(&mut self, observed: &Observed, dialect: &Dialect) {
        for mut step in std::mem::take(&mut self.steps) {
            let address = step.address.clone();
            let Some(live) = live(&address, observed).filter(|_| !goes(&step, observed)) else {
                self.steps.push(step);
                continue;
            };
            let declared = match import::object(&address, live, observed, dialect) {
                Ok(declared) => declared,
                Err(_) if self.refused.contains_key(&address) => continue,
                Err(why) => {
                    let why = format!("what is live cannot be declared: {}", why.join("; "));
                    self.refuse(&address, &format!("{why}; {}", way_out("it")));
                    continue;
                }
            };
            let mut whys: BTreeMap<Path, BTreeSet<String>> = BTreeMap::new();
            let (sayable, rest): (Vec<_>, Vec<_>) =
                step.changes.into_iter().partition(|it| declared.says(&it.path));
            for change in rest {
                let left: Vec<_> = declared.left.within(&change.path).collect();
                let field = left.first().map(|(field, _)| (*field).clone());
                let unread = || {
                    // Of a number they say that no route stands there, or is of use, and why.
                    let notes = observed.notes.get(&address).filter(|_| address.kind == Kind::Numbers);
                    notes.map_or_else(|| "no live value of it could be read".to_owned(), |it| it.join("; "))
                };
                let why = if left.is_empty() { vec![unread()] } else { texts(left) };
                let field = field.unwrap_or_else(|| change.path.iter().take(1).cloned().collect());
                whys.entry(field).or_default().extend(why);
            }
            step.changes = sayable;
            for (field, why) in whys {
                let what = match live.value(&field).and_then(|it| emit::short(&it)) {
                    Some(text) => format!("`{field}` is `{text}`, which cannot be written"),
                    None => format!("`{field}` cannot be written"),
                };
                let why = Vec::from_iter(why).join("; ");
                self.refuse(&address, &format!("{what}: {why}; {}", way_out(&format!("`{field}`"))));
            }
            if !step.changes.is_empty() {
                self.steps.push(step);
                self.lives.insert(address, declared);
            }
        }
    }
}

const ABSENT: &str = "`absent` deletes it: take it out there, and import it without `--write` to declare it";
const EXHAUSTIVE: &str =
    "nobody declares it, and `exhaustive` deletes it: import it without `--write` to declare it";

fn is_absent(loaded: &LoadedTenant, address: &Address) -> bool {
    loaded.tenant.absent.addresses().into_iter().any(|(it, _)| it == *address)
}

fn texts(left: Vec<(&Path, &str)>) -> Vec<String> {
    left.into_iter().map(|(_, why)| why.to_owned()).collect()
}

fn way_out(what: &str) -> String {
    format!("set it in the portal, or take {what} out of the file to leave it alone")
}

/// What a file says of an object.
fn said(loaded: &LoadedTenant, address: &Address) -> Option<Value> {
    let (_, resource) = loaded.tenant.resources().find(|(it, _)| it == address)?;
    serde_json::to_value(resource).ok()
}

/// An object as it is live, to be written by hand; what no file can say as it stands.
fn by_hand(loaded: &LoadedTenant, address: &Address, live: &Declared) -> String {
    let mut value = live.value.clone();
    if let (Some(Value::Object(said)), Some(fields)) = (said(loaded, address), value.as_object_mut()) {
        let stays = said.into_iter().filter(|(field, _)| live.left.has(&Path::from([field.as_str()])));
        fields.extend(stays);
    }
    emit::entry(&address.key, &value, 2)
}
