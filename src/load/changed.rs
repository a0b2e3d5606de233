//! Which tenants' files differ from a git revision.

use super::{
    Tree, decode,
    expected::PROVIDERS,
    revision::Revision,
    source::WORKSPACE_FILE,
    workspace::{Files, LoadedTenant, Workspace, head},
};
use crate::{
    file,
    finding::Finding,
    model::{Tenant, WorkspaceFile},
    path::Segment,
};
use std::{collections::BTreeSet, path::Path};

/// How a workspace has changed.
pub struct Changed {
    /// The places in [`Workspace::tenants`] of those that have.
    pub tenants: BTreeSet<usize>,
    /// What a reviewer would miss.
    pub findings: Vec<Finding>,
}

/// The tenants whose file has changed since this branch left the revision: edited, new, not known to git, or newly named by
/// a pattern. A tenant also counts when the settings of its provider have changed.
pub fn changed_since<P>(workspace: &Workspace<P>, root: &Path, named: &str) -> Result<Changed, String> {
    let revision = Revision::where_left(root, named)?;
    // What git has noted of a file may hide an edit (`assume-unchanged`), and a new one it does not look at: bytes tell.
    let mut files: Vec<&str> = workspace.tenants.iter().map(LoadedTenant::file).collect();
    files.push(WORKSPACE_FILE);
    let files = revision.differing(&files);

    let then = Files::Revision(revision);
    let earlier = match earlier(&then, named, &files) {
        Ok(earlier) => earlier,
        Err(why) => {
            let message = format!("every tenant counts as changed: {why}");
            let all = (0..workspace.tenants.len()).collect();
            return Ok(Changed { tenants: all, findings: vec![Finding::warning("changed-since", message)] });
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
        let newly_named = earlier.as_ref().is_some_and(|earlier| !earlier.named.contains(loaded.file()));
        if files.contains(loaded.file()) || newly_named || other_settings {
            tenants.insert(index);
        }
    }
    let now: BTreeSet<&str> = workspace.tenants.iter().map(|loaded| loaded.file()).collect();
    let tenants_then = match &earlier {
        Some(earlier) => earlier.named.clone(),
        None => matching(&then, &workspace.file)?,
    };
    // A file under another name is still the tenant whose account it manages.
    let moved = |name: &str| {
        let tree =
            then.read(name, file::LARGEST_OF_ALL).ok().and_then(|bytes| Tree::parse_bytes(name, &bytes).ok());
        let tenant = tree.and_then(|tree| decode::<Tenant>(&tree, tree.root(), &mut Vec::new()));
        tenant.is_some_and(|it| {
            let mut all = workspace.tenants.iter().map(|loaded| &loaded.tenant);
            all.any(|now| (&now.provider, &now.account) == (&it.provider, &it.account))
        })
    };
    let lost = tenants_then.iter().filter(|name| !now.contains(name.as_str()) && !moved(name));
    let gone = lost.map(|name| {
        let message = format!("`{name}` was a tenant file at `{named}` and no longer is");
        Finding::warning("changed-since", message)
            .help("what it declared stays live, and dialform no longer manages it")
    });
    Ok(Changed { tenants, findings: gone.collect() })
}

/// `dialform.yaml` as it was.
struct Earlier {
    tree: Tree,
    /// The tenants it named.
    named: BTreeSet<String>,
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
    let named = matching(then, &file)?;
    Ok(Some(Earlier { tree, named }))
}

fn matching(files: &Files, file: &WorkspaceFile) -> Result<BTreeSet<String>, String> {
    let mut found = BTreeSet::new();
    for pattern in &file.tenants {
        found.extend(files.matching(pattern).map_err(|error| error.message)?);
    }
    Ok(found)
}
