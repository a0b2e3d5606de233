//! What others have merged into the base since the files left it, tenant by tenant.

use super::then::{base, was};
use crate::{
    finding::Finding,
    load::{Commit, Earlier, Left, LoadedTenant, Since, WORKSPACE_FILE, left},
    model::WorkspaceFile,
    plan::Base,
    provider::{Provider, Workspace},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// What others have merged into the base since the files left it.
pub struct Meanwhile {
    root: PathBuf,
    /// The base, as it was named.
    pub(super) named: String,
    /// The commit at which the files left it.
    left: String,
    file: WorkspaceFile,
    since: Since,
    /// The files that are not what they were.
    changed: BTreeSet<String>,
    /// What the tenants with such files declared when the files left the base.
    earlier: Earlier,
    /// The files of tenants of now, then and at the base, by their place among those of now.
    files: BTreeMap<usize, BTreeSet<String>>,
    /// The same tenants after each commit that was asked for; `None`: git does not know.
    states: Mutex<BTreeMap<String, Option<Earlier>>>,
}

impl Meanwhile {
    /// `Ok(None)` where the files have all of the base; `Err` where that is not known.
    pub(super) fn find(
        root: &Path,
        named: &str,
        at_base: &Earlier,
        now: &Workspace,
    ) -> Result<Option<Self>, Box<Finding>> {
        if now.has_all_of(named) {
            return Ok(None);
        }
        let left = match left(root, named) {
            Left::Nowhere => return Ok(None),
            Left::Unknown => return Err(unknown(named)),
            Left::At(left) => left,
        };
        let since = Since::of(root, &left, named).map_err(|_| unknown(named))?;
        let changed = since.changed();
        let mut wanted: BTreeSet<&str> = changed.iter().map(String::as_str).collect();
        for tenant in at_base.tenants.iter().chain(&now.tenants) {
            if tenant.files().any(|file| changed.contains(file)) {
                wanted.extend(tenant.files());
            }
        }
        let all = changed.contains(WORKSPACE_FILE);
        let earlier =
            Earlier::load_some(root, &left, &now.file, now.at, &|file| all || wanted.contains(file));
        let earlier = earlier.map_err(|_| unknown(named))?;
        Ok(Some(Self {
            root: root.to_owned(),
            named: named.to_owned(),
            left,
            file: now.file.clone(),
            since,
            changed,
            earlier,
            files: BTreeMap::new(),
            states: Mutex::default(),
        }))
    }

    /// What a tenant declared when the files left the base; `None` where others have changed nothing of it since.
    pub(super) fn of(
        &mut self,
        index: usize,
        at_base: &Earlier,
        now: &Workspace,
        provider: &Provider,
    ) -> Option<Base> {
        let loaded = &now.tenants[index];
        let there = [was(at_base, &loaded.tenant, now), was(&self.earlier, &loaded.tenant, now)];
        let there = there.into_iter().flatten().map(|(it, _)| it);
        let files = there.chain([loaded]).flat_map(LoadedTenant::files);
        let files: BTreeSet<String> = files.map(str::to_owned).collect();
        if self.changed.is_disjoint(&files) && !self.changed.contains(WORKSPACE_FILE) {
            return None;
        }
        self.files.insert(index, files);
        // Where that cannot be read, all that the base declares counts as what others have merged.
        base(&mut self.earlier, &self.left, loaded, now, provider, false).or_else(|| Some(Base::default()))
    }

    /// Says of a tenant of the base that it was added since, if so.
    pub(super) fn is_new(&self, tenant: &LoadedTenant, now: &Workspace) -> Option<Finding> {
        let files: BTreeSet<String> = tenant.written().map(|(file, _)| file.to_owned()).collect();
        if !files.is_subset(&self.changed) || was(&self.earlier, &tenant.tenant, now).is_some() {
            return None;
        }
        let by = match self.since.to(&files).first() {
            Some(commit) => format!(" by {}", named(commit)),
            None => String::new(),
        };
        let (name, base) = (&tenant.tenant.tenant, &self.named);
        let message = format!(
            "tenant `{name}` was added to {base}{by} after this branch left it: nothing is planned for it"
        );
        let help = format!("to have it here, merge {base} into the branch");
        Some(Finding::warning("added-since", message).help(help))
    }

    /// What was merged since and changed a file of a tenant of now, the earliest first.
    pub(super) fn commits(&self, index: usize) -> Vec<Commit> {
        self.since.to(&self.files[&index])
    }

    /// What a tenant declared after a commit.
    pub(super) fn after(&self, commit: &Commit, index: usize, now: &Workspace, provider: &Provider) -> Base {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let state = states.entry(commit.id.clone()).or_insert_with(|| {
            let wanted = |file: &str| self.files.values().any(|files| files.contains(file));
            Earlier::load_some(&self.root, &commit.id, &self.file, now.at, &wanted).ok()
        });
        let loaded = &now.tenants[index];
        let then = state.as_mut().and_then(|it| base(it, &commit.id, loaded, now, provider, false));
        then.unwrap_or_default()
    }
}

/// A commit as people know it.
pub(super) fn named(commit: &Commit) -> String {
    format!("commit {} ({})", commit.short(), commit.subject)
}

fn unknown(named: &str) -> Box<Finding> {
    let message = format!(
        "whether this takes back what others have merged into {named} is not known: this checkout lacks the commit that \
         both come from"
    );
    let help = "check out the history as well, e.g. with `fetch-depth: 0`, or plan the merge: `--merge HEAD`";
    Box::new(Finding::warning("unknown-history", message).help(help))
}
