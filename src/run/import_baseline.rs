//! What was wrong in what is imported goes into the baseline.

use super::{
    Checked, baseline,
    lints::{lint_all, lint_one},
};
use crate::{
    error::Failure,
    file,
    load::{BASELINE_FILE, LoadedTenant},
    model::{Address, Baseline, KnownFinding},
    text::io_reason,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

/// What has come into the baseline by one run.
#[derive(Default)]
pub struct Known(Mutex<BTreeSet<KnownFinding>>);

impl Known {
    /// Puts what the lints find in objects of a file into the baseline.
    pub fn note(
        &self,
        checked: &Checked,
        loaded: &LoadedTenant,
        objects: &BTreeSet<Address>,
    ) -> Result<(), Failure> {
        let workspace = &checked.workspace;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.len();
        for finding in lint_one(workspace, loaded) {
            let address = finding.place.as_ref().and_then(|place| loaded.object_at(place));
            let Some(address) = address.filter(|it| objects.contains(it)) else { continue };
            let entry = baseline::entry(&finding, loaded, &address);
            known.extend(entry.filter(|entry| !workspace.baseline.known.contains(entry)));
        }
        if known.len() == before {
            return Ok(());
        }
        // The file still says what it said: what is known of that stays until it is written.
        save(checked, checked.workspace.baseline.known.iter().chain(known.iter()))
    }

    /// The same for what is found of several tenants together. `written` are the files with the objects that are new in them.
    pub fn finish(
        self,
        mut checked: Checked,
        written: Vec<(LoadedTenant, BTreeSet<Address>)>,
    ) -> Result<Vec<KnownFinding>, Failure> {
        let mut known = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let earlier: BTreeSet<KnownFinding> = lint_all(&checked.workspace)
            .iter()
            .filter_map(|finding| baseline::entry_of(finding, &checked.workspace))
            .collect();
        let mut new: BTreeMap<String, BTreeSet<Address>> = BTreeMap::new();
        for (loaded, addresses) in written {
            new.extend(loaded.written().map(|(file, _)| (file.to_owned(), addresses.clone())));
            let tenants = &mut checked.workspace.tenants;
            match tenants.iter_mut().find(|it| it.file() == loaded.file()) {
                Some(earlier) => *earlier = loaded,
                None => tenants.push(loaded),
            }
        }
        // As they are read: of two that say the same, the later one is at fault.
        checked.workspace.tenants.sort_by(|a, b| a.file().cmp(b.file()));
        let (workspace, before) = (&checked.workspace, known.len());
        for finding in lint_all(workspace) {
            let Some(place) = &finding.place else { continue };
            let Some((tenant, address)) = baseline::object_at(place, workspace) else { continue };
            let Some(entry) = baseline::entry(&finding, tenant, &address) else { continue };
            // It may stand in a template.
            let is_new = new.get(tenant.file()).is_some_and(|addresses| addresses.contains(&address));
            // Of two accounts with one number the later file is at fault, whichever of them has come in.
            let is_alone = || lint_one(workspace, tenant).iter().any(|it| it.code == finding.code);
            if (is_new || !(earlier.contains(&entry) || is_alone()))
                && !workspace.baseline.known.contains(&entry)
            {
                known.insert(entry);
            }
        }
        // An object that this run has written says something else now: what was known of it as it was is found no more.
        let is_of =
            |new: &KnownFinding, it: &KnownFinding| (&new.code, &new.address) == (&it.code, &it.address);
        let is_replaced = |it: &&KnownFinding| known.iter().any(|new| is_of(new, it));
        let (replaced, kept): (Vec<_>, Vec<_>) = workspace.baseline.known.iter().partition(is_replaced);
        if known.len() > before || !replaced.is_empty() {
            save(&checked, kept.into_iter().chain(&known))?;
        }
        Ok(known.into_iter().collect())
    }
}

/// Writes the baseline.
fn save<'a>(checked: &Checked, known: impl Iterator<Item = &'a KnownFinding>) -> Result<(), Failure> {
    let all = Baseline { known: known.cloned().collect() };
    file::publish(&checked.root, BASELINE_FILE, &baseline::text(&all)).map_err(|error| {
        Failure::error(format!("cannot write `{BASELINE_FILE}`: {}", io_reason(&error)))
            .help("make it writable, and import again")
    })
}
