//! Which tenants' files differ from a git revision.

use super::{
    Tree, decode,
    workspace::{Files, WORKSPACE_FILE, Workspace, git},
};
use crate::{finding::Finding, model::WorkspaceFile};
use std::{collections::BTreeSet, path::Path};

/// How a workspace has changed.
pub struct Changed {
    /// The places in [`Workspace::tenants`] of those that have.
    pub tenants: BTreeSet<usize>,
    /// What a reviewer would miss.
    pub findings: Vec<Finding>,
}

/// The tenants whose file is not the one of the revision: edited, new, not known to git, or newly named by a pattern. A
/// tenant also counts when the settings of its provider have changed.
pub fn changed_since(workspace: &Workspace, root: &Path, revision: &str) -> Result<Changed, String> {
    let commit = format!("{revision}^{{commit}}");
    git(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
        .map_err(|_| format!("git knows no revision `{revision}`"))?;
    // Not what git takes for text or what a user's settings make of a rename, but which files are other files.
    let differ =
        ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z", revision, "--", "."];
    let mut files = names(&git(root, &differ)?);
    files.extend(names(&git(root, &["ls-files", "--others", "-z", "--", "."])?));

    let then = Files::Revision(root.to_owned(), revision.to_owned());
    let earlier = match earlier(&then, revision, &files) {
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
        let other_settings = earlier
            .as_ref()
            .is_some_and(|(file, _)| file.providers.get(provider) != workspace.file.providers.get(provider));
        let newly_named = earlier.as_ref().is_some_and(|(_, named)| !named.contains(loaded.file()));
        if files.contains(loaded.file()) || newly_named || other_settings {
            tenants.insert(index);
        }
    }
    let now: BTreeSet<&str> = workspace.tenants.iter().map(|loaded| loaded.file()).collect();
    let named = match &earlier {
        Some((_, named)) => named.clone(),
        None => matching(&then, &workspace.file)?,
    };
    let gone = named.iter().filter(|name| !now.contains(name.as_str())).map(|name| {
        let message = format!("`{name}` was a tenant at `{revision}` and is none now");
        Finding::warning("changed-since", message)
            .help("what it declared stays as it is, and is managed by nobody")
    });
    Ok(Changed { tenants, findings: gone.collect() })
}

/// `dialform.yaml` as it was and the tenants it named, if it was another one.
fn earlier(
    then: &Files,
    revision: &str,
    changed: &BTreeSet<String>,
) -> Result<Option<(WorkspaceFile, BTreeSet<String>)>, String> {
    if !changed.contains(WORKSPACE_FILE) {
        return Ok(None);
    }
    let bytes =
        then.read(WORKSPACE_FILE).map_err(|_| format!("`{revision}` has no `{WORKSPACE_FILE}` here"))?;
    let mut findings = Vec::new();
    let file = Tree::parse_bytes(WORKSPACE_FILE, &bytes)
        .ok()
        .and_then(|tree| decode::<WorkspaceFile>(&tree, tree.root(), &mut findings))
        .filter(|_| findings.is_empty())
        .ok_or_else(|| format!("`{WORKSPACE_FILE}` cannot be read as it was at `{revision}`"))?;
    let named = matching(then, &file)?;
    Ok(Some((file, named)))
}

fn matching(files: &Files, file: &WorkspaceFile) -> Result<BTreeSet<String>, String> {
    let mut found = BTreeSet::new();
    for pattern in &file.tenants {
        found.extend(files.matching(pattern).map_err(|(why, _)| why)?);
    }
    Ok(found)
}

fn names(listed: &[u8]) -> BTreeSet<String> {
    let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}
