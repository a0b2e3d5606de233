//! Which tenants' files differ from a git revision.

use super::{
    Tree, decode,
    earlier::Earlier as EarlierTenants,
    files::Files,
    head::head,
    library::{Library, parsed},
    part::Part,
    pieces::adds_to,
    showable::PROVIDERS,
    source::WORKSPACE_FILE,
    tenant::LoadedTenant,
    until::Untils,
    workspace::Workspace,
};
use crate::{
    file,
    finding::Finding,
    model::{LintLevel, Tenant},
    path::Segment,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// How a workspace has changed.
pub struct Changed {
    /// The places in [`Workspace::tenants`] of those that have.
    pub tenants: BTreeSet<usize>,
    /// What a reviewer would miss.
    pub findings: Vec<Finding>,
    earlier: Files,
    /// How the revision was named.
    named: String,
    /// The levels of warnings in `dialform.yaml`, if that was another file.
    lints: Option<BTreeMap<String, LintLevel>>,
}

impl Changed {
    /// The text that a file had.
    pub fn then(&self, file: &str) -> Option<String> {
        String::from_utf8(self.earlier.read(file, file::LARGEST_OF_ALL).ok()?).ok()
    }

    /// The tenants of then. Those that have not changed may be missing.
    pub fn tenants_then<P>(&self, workspace: &Workspace<P>) -> Option<EarlierTenants> {
        let Files::Revision(revision) = &self.earlier else { return None };
        let same = workspace.tenants.iter().enumerate().filter(|(index, _)| !self.tenants.contains(index));
        let mut same: BTreeSet<&str> = same.flat_map(|(_, it)| it.written()).map(|(name, _)| name).collect();
        if let Some(part) = &workspace.part {
            same.extend(part.files().filter(|name| part.is_as_at(name, revision)));
        }
        let wanted = |name: &str| !same.contains(name);
        EarlierTenants::load_of(Arc::clone(revision), &self.named, &workspace.file, workspace.at, &wanted)
            .ok()
    }

    /// The levels that `dialform.yaml` gave warnings, if it was another file.
    pub fn lints(&self) -> Option<&BTreeMap<String, LintLevel>> {
        self.lints.as_ref()
    }
}

/// The tenants of these files whose file has changed since they left the revision: edited, new, not known to git, or newly named by
/// a pattern. A tenant also counts when the settings of its provider have changed.
pub fn changed_since<P>(workspace: &Workspace<P>, now: &Files, named: &str) -> Result<Changed, String> {
    let part = workspace.part.as_ref();
    let known = part.and_then(|part| part.left.clone());
    let revision = known.map_or_else(|| now.where_left(named).map(Arc::new), Ok)?;
    // What git has noted of a file may hide an edit (`assume-unchanged`), and a new one it does not look at: bytes tell.
    let files: BTreeSet<&str> = workspace.tenants.iter().flat_map(LoadedTenant::files).collect();
    let files: Vec<&str> = files.into_iter().chain([WORKSPACE_FILE]).collect();
    let files = now.differing(&revision, &files);

    let then = Files::Revision(revision);
    let earlier = match earlier(&then, named, &files) {
        Ok(earlier) => earlier,
        Err(why) => {
            let message = format!("every tenant counts as changed: {why}");
            let all = (0..workspace.tenants.len()).collect();
            let findings = vec![Finding::warning("changed-since", message)];
            return Ok(Changed {
                tenants: all,
                findings,
                earlier: then,
                named: named.to_owned(),
                lints: None,
            });
        }
    };
    let mut tenants = BTreeSet::new();
    for (index, loaded) in workspace.tenants.iter().enumerate() {
        let provider = &loaded.tenant.provider;
        let other_settings = earlier.as_ref().is_some_and(|earlier| {
            let then = earlier.tree.get(&[Segment::key(PROVIDERS), Segment::key(provider)]);
            match (then, workspace.written(provider)) {
                (Some(then), Some(now)) => !then.says_as(now),
                (then, now) => then.is_some() != now.is_some(),
            }
        });
        let newly_named = earlier.as_ref().is_some_and(|earlier| {
            let newly_shared = |name: &str| {
                workspace.library.shared_files().contains(name) && !earlier.shared.contains(name)
            };
            let newly_named = |name: &str| !earlier.named.contains(name);
            loaded.written().any(|(name, _)| newly_named(name)) || loaded.files().any(newly_shared)
        });
        if loaded.files().any(|name| files.contains(name)) || newly_named || other_settings {
            tenants.insert(index);
        }
    }
    let others = part.into_iter().flat_map(Part::files);
    let now: BTreeSet<&str> = workspace
        .tenants
        .iter()
        .flat_map(LoadedTenant::written)
        .map(|(name, _)| name)
        .chain(others)
        .collect();
    // A file that is there no more, or is another.
    let is_gone = |name: &str| !now.contains(name) || files.contains(name);
    let gone = match &earlier {
        Some(earlier) => earlier.named.iter().filter(|name| is_gone(name)).cloned().collect(),
        None => matching(&then, &workspace.file.tenants, &is_gone)?,
    };
    let shared = earlier.as_ref().map_or(&workspace.file.shared, |earlier| &earlier.patterns);
    let mut library = Library::read(&then, shared, &workspace.tree, &mut Vec::new());
    // A file under another name is still the tenant whose account it manages.
    let read = |name: &str| {
        let bytes = then.read(name, file::LARGEST_OF_ALL).ok()?;
        parsed(name, &bytes, &mut Vec::new())
    };
    // What a file added to a tenant is gone with it, whoever has it now.
    let mut added_to = |name: &str| {
        let tree = read(name)?;
        let tenant = adds_to(tree.root())?;
        let had = workspace.tenants.iter().enumerate().filter(|(_, it)| it.tenant.tenant == tenant);
        tenants.extend(had.map(|(index, _)| index));
        Some(())
    };
    let pieces: BTreeSet<&String> = gone.iter().filter(|name| added_to(name).is_some()).collect();
    let mut account = |name: &str| {
        let tree = read(name).map(|tree| library.tenant(&then, (tree, true), &mut Vec::new()));
        let tree = tree.map(|(tree, _)| Untils::find(&tree, &mut Vec::new()).split(tree, workspace.at).0);
        let tenant = tree.and_then(|tree| decode::<Tenant>(&tree, tree.root(), &mut Vec::new()));
        tenant.map(|it| (it.provider, it.account))
    };
    let loaded = workspace.tenants.iter().map(|it| (it.tenant.provider.as_str(), it.tenant.account.as_str()));
    let others = part.into_iter().flat_map(Part::accounts).map(|(_, account)| account);
    let managed: BTreeSet<(&str, &str)> = loaded.chain(others).collect();
    // A provider under another name is still that system.
    let entry = |name: &str| match &earlier {
        Some(earlier) => earlier.tree.get(&[Segment::key(PROVIDERS), Segment::key(name)]),
        None => workspace.written(name),
    };
    let is_same = |then: &str, now: &str| {
        then == now
            || entry(then)
                .zip(workspace.written(now))
                .is_some_and(|(then, now)| then.says_as_but(now, "limits"))
    };
    let lost = gone.iter().filter(|name| !pieces.contains(name)).filter_map(|name| {
        let was = account(name);
        let is_managed = was.as_ref().is_some_and(|(provider, account)| {
            managed.iter().any(|(now, its)| its == account && is_same(provider, now))
        });
        let message = match (was, now.contains(name.as_str())) {
            _ if is_managed => return None,
            (_, false) => format!("`{name}` was a tenant file at `{named}` and no longer is"),
            // The name of a tenant that is gone is another's now.
            (Some((provider, account)), true) => {
                format!("`{name}` was of account `{account}` of `{provider}` at `{named}`, which no tenant has any more")
            }
            (None, true) => return None,
        };
        let finding = Finding::warning("changed-since", message);
        Some(finding.help("what it declared stays live, and dialform no longer manages it"))
    });
    let findings = lost.collect();
    let lints = earlier.map(|earlier| earlier.lints);
    Ok(Changed { tenants, findings, earlier: then, named: named.to_owned(), lints })
}

/// `dialform.yaml` as it was.
struct Earlier {
    tree: Tree,
    /// The tenants it named.
    named: BTreeSet<String>,
    /// The files of shared schedules it named, and how.
    shared: BTreeSet<String>,
    patterns: Vec<String>,
    lints: BTreeMap<String, LintLevel>,
}

/// `dialform.yaml` as it was, if it was another one.
fn earlier(then: &Files, revision: &str, changed: &BTreeSet<&str>) -> Result<Option<Earlier>, String> {
    if !changed.contains(WORKSPACE_FILE) {
        return Ok(None);
    }
    let bytes = then
        .read(WORKSPACE_FILE, file::LARGEST)
        .map_err(|_| format!("there is no `{WORKSPACE_FILE}` at `{revision}`"))?;
    let unreadable = || format!("`{WORKSPACE_FILE}` cannot be read as it was at `{revision}`");
    let tree = Tree::parse_bytes(WORKSPACE_FILE, &bytes).map_err(|_| unreadable())?;
    let mut findings = Vec::new();
    let file = head(&tree, &mut findings).filter(|_| findings.is_empty()).ok_or_else(unreadable)?;
    let named = matching(then, &file.tenants, &|_| true)?;
    let shared = matching(then, &file.shared, &|_| true)?;
    Ok(Some(Earlier { tree, named, shared, patterns: file.shared, lints: file.lints }))
}

/// The files that are asked for and that one of the patterns matches.
fn matching(
    files: &Files,
    patterns: &[String],
    is_asked_for: &dyn Fn(&str) -> bool,
) -> Result<BTreeSet<String>, String> {
    let mut found = BTreeSet::new();
    for pattern in patterns {
        found.extend(files.matching_among(pattern, is_asked_for).map_err(|error| error.message)?);
    }
    Ok(found)
}
