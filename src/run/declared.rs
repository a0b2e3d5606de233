//! What the files declare, loaded and checked, for the tenants that a run is about.

use super::{
    Options, Selection,
    allowed::Allowed,
    allows::{self, Allows},
    baseline,
    check::{Checked, CheckedTenant, add_kinds, in_files, settings},
    levels::{self, Levels},
    lints::single_account,
    meanwhile::Meanwhile,
    only::Only,
    pattern::TenantPattern,
    then::{at_revision, base, removed_tenants, was},
    untils,
};
use crate::{
    error::Failure,
    finding::{Finding, Level, bounded},
    lint,
    load::{
        About, BASELINE_FILE, Changed, Earlier, Files, LoadedTenant, Merge, Part, Which, changed_since,
        way_out,
    },
    model::{Address, Tenant},
    plan::{Base, Shard},
    provider::{Kinds, Workspace},
    text::closest,
};
use jiff::Timestamp;
use std::{collections::BTreeSet, path::Path, sync::Arc};

/// Loads and checks what the files declare. `loaded`: the workspace, if it is.
pub(super) fn declared(
    root: &Path,
    options: &Options,
    loaded: Option<Workspace>,
) -> Result<Checked, Failure> {
    let selection = &options.selection;
    let mut only = Only::of(&selection.only)?;
    let tenant = selection.tenant.as_deref().map(TenantPattern::of).transpose()?;
    let merge = merge(root, selection)?;
    let files = match &merge {
        Some(merge) => merge.files(root)?,
        None if options.unsaved.is_empty() => Files::Directory(root.to_owned()),
        None => Files::Unsaved(root.to_owned(), Arc::clone(&options.unsaved)),
    };
    let allowed = Allowed::find(root, &selection.allow_undo, selection.tenants.is_some())?;
    let (workspace, mut earlier) = load_for(root, options, &files, tenant.as_ref(), loaded)?;
    let mut findings = workspace.findings.clone();
    findings.extend(in_files(&workspace).into_iter().flatten());
    let meanwhile = match (&selection.base, &earlier) {
        // What is planned with a merge is what everybody has merged.
        (Some(base), Some(earlier)) if merge.is_none() => Meanwhile::find(root, base, earlier, &workspace),
        _ => Ok(None),
    };
    let mut meanwhile = meanwhile.unwrap_or_else(|unknown| {
        findings.push(*unknown);
        None
    });
    let compared = Compared::of(selection);
    let then = earlier.as_mut().zip(compared.as_ref());
    let (mut tenants, new_allows) =
        each_with_base(&workspace, options.at(), then, meanwhile.as_mut(), &mut findings);
    findings.extend(earlier.map(|earlier| earlier.findings).unwrap_or_default());
    let known = workspace.part.as_ref().map(Part::kinds).unwrap_or_default();
    let mut kinds = known.into_iter().map(|(name, kinds)| (name.to_owned(), kinds)).collect();
    add_kinds(&workspace, &mut kinds);
    findings.extend(settings(&workspace, &kinds));
    findings.extend(new_allows);
    let allows = Allows::of(&workspace);
    let levels = Levels::of(options, &workspace, &mut findings)?;
    findings = levels.of_files(findings, &allows, &workspace);
    if options.follows_calls {
        let of_calls = findings.iter_mut().filter(|finding| lint::is_of_calls(finding.code));
        of_calls.for_each(|finding| finding.level = Level::Warning);
    }
    if findings.iter().any(|finding| finding.level == Level::Error) {
        findings.sort();
        findings.dedup();
        return Err(Failure::Findings(bounded(findings)));
    }
    only.take_names_first(&workspace, &tenants);
    let reviewed = keep_selected(&workspace, options, tenant.as_ref(), &only, &mut tenants)?;
    if let Some(revision) = &selection.changed_since {
        let changed = keep_changed_since(revision, &workspace, &files, &mut tenants)?;
        findings.extend(levels.judge(changed.findings.clone(), &allows).0);
        // With a base that is said of all that it has not.
        if compared.is_none() {
            findings.extend(news(&changed, revision, &workspace, &tenants, &levels));
        }
    }
    if findings.iter().any(|finding| finding.level == Level::Error) {
        return Err(Failure::Findings(bounded(findings)));
    }
    let split = selection.shard.filter(|_| selection.tenants.is_none());
    let whole = split.map(|shard| keep(shard, &mut tenants, &workspace)).or(reviewed);
    let commit_of = |named: &str| workspace.commit_of(root, named);
    let stands = |base: &String| commit_of(base).is_some_and(|it| commit_of("HEAD") == Some(it));
    let at_base = merge.is_none() && selection.base.as_ref().is_some_and(stands);
    Ok(Checked {
        merge,
        at_base,
        meanwhile,
        allowed,
        only: only.into_objects(),
        whole,
        levels,
        allows,
        ..Checked::of(root, workspace, tenants, bounded(findings))
    })
}

/// The revision that the files are compared with.
struct Compared<'a> {
    /// Which option names it.
    option: &'static str,
    revision: &'a str,
    /// Whether every tenant of then is wanted as a whole.
    is_whole: bool,
}

impl<'a> Compared<'a> {
    fn of(selection: &'a Selection) -> Option<Self> {
        let (option, is_whole) =
            if selection.against.is_some() { ("--against", true) } else { ("--base", false) };
        let revision = selection.base.as_deref().or(selection.against.as_deref())?;
        Some(Self { option, revision, is_whole })
    }
}

/// The workspace, as far as the run needs it, and what it is compared with. `loaded`: the workspace, if it is.
fn load_for(
    root: &Path,
    options: &Options,
    files: &Files,
    tenant: Option<&TenantPattern>,
    loaded: Option<Workspace>,
) -> Result<(Workspace, Option<Earlier>), Failure> {
    let selection = &options.selection;
    let compared = Compared::of(selection);
    let load = |about: Option<&About<'_>>| -> Result<_, Failure> {
        let which = about.map_or(Which::All, Which::About);
        let mut workspace =
            Workspace::load_to_check(files, &Kinds, options.at(), &which).map_err(Failure::Findings)?;
        let earlier =
            compared.as_ref().map(|it| at_revision(root, it.option, it.revision, &mut workspace, files));
        Ok((workspace, earlier.transpose()?))
    };
    let selects = |name: &str| tenant.is_none_or(|it| it.selects_name(name));
    let single_account = single_account();
    let about = About {
        tenant: Some(&selects),
        labels: tenant.is_some_and(TenantPattern::is_of_labels),
        changed_since: selection.changed_since.as_deref(),
        has_base: compared.is_some(),
        single_account: &single_account,
    };
    // Patterns for objects have to name something, of whatever tenant.
    let selected = tenant.is_some() || (selection.changed_since.is_some() && selection.only.is_empty());
    let about = Some(&about).filter(|_| {
        options.in_part && selected && selection.tenants.is_none() && selection.restore.is_none()
    });
    let (mut workspace, mut earlier) = match loaded {
        Some(workspace) => (workspace, None),
        None => load(about)?,
    };
    if let Some(revision) = &selection.config {
        let known = earlier.as_ref();
        if workspace.part.is_some() && workspace.is_configured_otherwise(files, revision, known) {
            (workspace, earlier) = load(None)?;
        }
        let known = earlier.as_ref();
        workspace = workspace.configured_at(files, revision, &Kinds, known).map_err(|why| {
            Failure::error(format!("`--config {revision}`: {why}"))
                .help(way_out(&why, "name a revision that is here; a shallow checkout may lack it"))
        })?;
    }
    Ok((workspace, earlier))
}

/// What the tenants declare, each with what it was at the base, and which comments let more be than there.
fn each_with_base(
    workspace: &Workspace,
    at: Timestamp,
    mut then: Option<(&mut Earlier, &Compared<'_>)>,
    mut meanwhile: Option<&mut Meanwhile>,
    findings: &mut Vec<Finding>,
) -> (Vec<CheckedTenant>, BTreeSet<Finding>) {
    let mut tenants = Vec::new();
    // A comment of a template is one of all who extend it.
    let mut new_allows = BTreeSet::new();
    for checked in CheckedTenant::of_each(workspace, at) {
        match checked {
            Ok(tenant) => {
                let CheckedTenant { index, provider, .. } = tenant;
                let loaded = &workspace.tenants[index];
                let base = then.as_mut().and_then(|(earlier, Compared { revision, is_whole, .. })| {
                    let left = meanwhile.as_mut();
                    let left = left.and_then(|it| it.of(index, earlier, workspace, provider));
                    let then = was(earlier, &loaded.tenant, workspace).map(|(then, _)| then);
                    findings.extend(untils::added(loaded, then, revision, at));
                    let is_own =
                        |it: &Address| left.as_ref().is_none_or(|left| left.desired.contains_key(it));
                    findings.extend(untils::taken_out(loaded, then, revision, at, &is_own));
                    new_allows.extend(allows::added(loaded, then, revision));
                    let base = base(earlier, revision, loaded, workspace, provider, *is_whole)?;
                    Some(Base { left: left.map(Box::new), ..base })
                });
                tenants.push(CheckedTenant { base, ..tenant });
            }
            Err(found) => findings.extend(found),
        }
    }
    if let Some((earlier, Compared { revision, is_whole, .. })) = &then {
        new_allows.extend(baseline::added(workspace, earlier.then(BASELINE_FILE), revision));
        let is_new = |tenant: &LoadedTenant| meanwhile.as_ref()?.is_new(tenant, workspace);
        // Of files that are compared the plan of the tenant says so.
        let is_compared = |then: &Tenant| {
            let mut tenants = workspace.tenants.iter();
            tenants.any(|it| was(earlier, &it.tenant, workspace).is_some_and(|(it, _)| it.tenant == *then))
        };
        let is_told = |then: &Tenant| *is_whole && is_compared(then);
        // One whose files cannot be read is not gone.
        if !workspace.has_errors() {
            findings.extend(removed_tenants(earlier, revision, workspace, &is_new, &is_told));
        }
    }
    (tenants, new_allows)
}

/// Leaves the tenants that are meant, by their names, their labels and their objects. Of a reviewed plan the names are returned of
/// all its tenants that are still declared.
fn keep_selected(
    workspace: &Workspace,
    options: &Options,
    tenant: Option<&TenantPattern>,
    only: &Only<'_>,
    tenants: &mut Vec<CheckedTenant>,
) -> Result<Option<Vec<String>>, Failure> {
    let selection = &options.selection;
    let loaded = |it: &CheckedTenant| &workspace.tenants[it.index];
    tenants.retain(|it| tenant.is_none_or(|pattern| pattern.selects(&loaded(it).tenant)));
    let is_named = |it: &CheckedTenant| {
        let names = selection.tenants.as_ref().filter(|_| !selection.new_tenants);
        names.is_none_or(|names| names.contains(&loaded(it).tenant.tenant))
    };
    // What a pattern names may be in another shard.
    if selection.shard.is_none() {
        tenants.retain(is_named);
    }
    if let (Some(_), Some(made_for)) = (&selection.tenants, selection.as_of) {
        for loaded in tenants.iter().filter(|it| is_named(it)).map(loaded) {
            let is_meant = |it: &Address| only.means(&loaded.tenant.tenant, it);
            untils::ensure_none_between(loaded, made_for, options.now(), &is_meant)?;
        }
    }
    if tenants.is_empty()
        && let Some(text) = &selection.tenant
    {
        let failure = Failure::error(format!("no tenant matches `{text}`"));
        let others = workspace.part.iter().flat_map(Part::names);
        let names = workspace.tenants.iter().map(|it| it.tenant.tenant.as_str()).chain(others);
        return Err(match closest(text, names) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure,
        });
    }
    only.ensure_each_names_something(workspace, tenants, selection.tenants.is_some())?;
    // What is not declared any more is in no shard.
    let declared = |name: &&String| tenants.iter().any(|it| loaded(it).tenant.tenant == **name);
    let reviewed = selection.whole.as_ref().map(|of| of.iter().filter(declared).cloned().collect());
    // A tenant this run is not about is not read.
    tenants.retain(|it| is_named(it) && only.covers(workspace, it));
    Ok(reviewed)
}

/// Leaves the tenants that have changed since a revision.
fn keep_changed_since(
    revision: &str,
    workspace: &Workspace,
    files: &Files,
    tenants: &mut Vec<CheckedTenant>,
) -> Result<Changed, Failure> {
    let changed = changed_since(workspace, files, revision).map_err(|why| {
        let help =
            "name a revision that this checkout has, e.g. `origin/main`; a shallow checkout may lack it";
        Failure::error(format!("`--changed-since {revision}`: {why}")).help(way_out(&why, help))
    })?;
    tenants.retain(|tenant| changed.tenants.contains(&tenant.index));
    Ok(changed)
}

/// What lets more be than at that revision.
fn news(
    changed: &Changed,
    revision: &str,
    workspace: &Workspace,
    tenants: &[CheckedTenant],
    levels: &Levels,
) -> Vec<Finding> {
    let tenants = tenants.iter().map(|it| &workspace.tenants[it.index]);
    let mut new = allows::added_since(tenants, workspace, changed, revision);
    new.extend(allows::added_to_workspace(workspace, changed, revision));
    new.extend(baseline::added(workspace, changed.then(BASELINE_FILE), revision));
    let mut news = levels.judge(new.into_iter().collect(), &Allows::default()).0;
    // No level hides that there is another one.
    news.extend(levels::added(workspace, changed.lints(), revision));
    news
}

/// Leaves the tenants of one shard; the names of all of them are returned.
fn keep(shard: Shard, tenants: &mut Vec<CheckedTenant>, workspace: &Workspace) -> Vec<String> {
    let tenant = |it: &CheckedTenant| &workspace.tenants[it.index].tenant;
    let row = tenants.iter().map(|it| (tenant(it).provider.clone(), tenant(it).tenant.clone())).collect();
    let own = shard.own(&row);
    tenants.retain(|it| own.contains(tenant(it).tenant.as_str()));
    row.iter().map(|(_, name)| name.clone()).collect()
}

/// The merge whose files the run is about, if it is about one.
fn merge(root: &Path, selection: &Selection) -> Result<Option<Merge>, Failure> {
    let Some(named) = &selection.merge else { return Ok(None) };
    let (option, into) = match (&selection.base, &selection.against) {
        (Some(base), _) => ("--base", base),
        (None, Some(against)) => ("--against", against),
        (None, None) => {
            let failure = Failure::error(format!("`--merge {named}` does not say what it is merged into"));
            return Err(failure.help("name it with `--base` or `--against`"));
        }
    };
    Ok(Some(Merge::of(root, (option, into), named)?))
}
