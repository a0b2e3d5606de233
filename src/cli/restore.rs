//! `--restore`: a workspace that wishes for what was live before an earlier apply; and the file that makes it possible.

use super::{
    Io,
    args::Selection,
    workspace::{self, Checked, CheckedTenant, pattern},
};
use crate::{
    apply::Outcome,
    error::Failure,
    finding::{Finding, Level, Seg},
    model::{Address, Kind, Reference, references},
    plan::{Desired, Note, Observed, Plan, Step, TenantPlan},
    provider::Entry,
    restore::{self, TenantRecord, Wish},
    secret::Known,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Writes the before-values of a plan. An apply that cannot be undone is not begun.
pub fn save(
    checked: &Checked,
    plan: &Plan,
    sandbox: bool,
    secrets: &Known,
) -> Result<Option<PathBuf>, Failure> {
    let providers = &checked.workspace.providers;
    let system = |name: &str| providers.get(name).map(Entry::system).unwrap_or_default();
    restore::save(&checked.root, plan, sandbox, &system, secrets).map_err(|error| {
        let directory = restore::directory(&checked.root);
        let message = format!("cannot write a restore file into `{}`: {error}", directory.display());
        Failure::error(message).help("nothing was sent: apply does not begin what it could not undo")
    })
}

/// Loads and checks a workspace, as it is or for a restore.
pub fn check(root: &Path, selection: &Selection, sandbox: bool) -> Result<Checked, Failure> {
    let Some(path) = &selection.restore else { return workspace::check(root, selection) };
    let record = restore::load(path).map_err(|error| Failure::error(error.message).help(error.help))?;
    if record.sandbox != sandbox {
        let (was, help) = match record.sandbox {
            true => ("with `--sandbox`", "what was emulated is no wish for a live system"),
            false => ("without `--sandbox`", "leave `--sandbox` out to restore the live system"),
        };
        let message = format!("`{}` was written by an apply {was}", path.display());
        return Err(Failure::refused(message).help(help));
    }
    let only =
        selection.only.iter().map(|text| pattern(text, "--only")).collect::<Result<Vec<_>, Failure>>()?;
    // The restore file says which objects there are to name.
    let mut checked = workspace::check(root, &Selection { only: Vec::new(), ..selection.clone() })?;
    let selected: BTreeSet<usize> = checked.tenants.iter().map(|tenant| tenant.index).collect();
    let mut wanted = Vec::new();
    for tenant in &record.tenants {
        let index = place_of(&checked, tenant)?;
        if selected.contains(&index) {
            wanted.push((index, tenant));
        }
    }
    if record.tenants.is_empty() {
        let message = format!("the apply of `{}` wrote nothing: there is nothing to restore", path.display());
        return Err(Failure::error(message));
    }
    if wanted.is_empty() {
        let tenants: Vec<String> = record.tenants.iter().map(|it| format!("`{}`", it.tenant)).collect();
        let message = format!("`{}` is about no tenant of this run", path.display());
        return Err(Failure::error(message).help(format!("it is about {}", tenants.join(", "))));
    }
    checked.tenants.retain_mut(|tenant| {
        let record = wanted.iter().find(|(index, _)| *index == tenant.index);
        record.map(|(_, record)| instead(tenant, record)).is_some()
    });
    for (pattern, text) in only.iter().zip(&selection.only) {
        let mut named = checked.tenants.iter().filter_map(|it| it.instead.as_ref()).flat_map(Wish::addresses);
        if !named.any(|address| pattern.matches(&address.to_string())) {
            let message = format!("no object of the restore file matches `--only {text}`");
            return Err(
                Failure::error(message).help("an address is section and key: `queues.400`, `rules.*`")
            );
        }
    }
    checked.only = only;
    settings(&checked)?;
    Ok(checked)
}

/// Which of the workspace's tenants a record is about.
fn place_of(checked: &Checked, record: &TenantRecord) -> Result<usize, Failure> {
    let TenantRecord { tenant: name, provider, system, account, steps: _ } = record;
    let refused = |message: String| {
        Err(Failure::refused(message)
            .help("check out the revision of the workspace that was applied, or narrow with `--tenant`"))
    };
    let tenants = &checked.workspace.tenants;
    match tenants.iter().position(|loaded| loaded.tenant.tenant == *name) {
        None => refused(format!("tenant `{name}` of the restore file is not in this workspace")),
        Some(index) => {
            let now = &tenants[index].tenant;
            let config = checked.workspace.providers.get(&now.provider);
            let same = config.map(Entry::system).as_ref() == Some(system);
            if (&now.provider, &now.account) == (provider, account) && !same {
                return refused(format!("`{provider}` was the name of another system when that was written"));
            }
            if same && now.account == *account {
                return Ok(index);
            }
            refused(format!(
                "tenant `{name}` was on `{provider}`, account `{account}`, and is on `{}`, account `{}` now",
                now.provider, now.account
            ))
        }
    }
}

/// Puts the wish in the place of what the tenant's file declares. What the run is not about stays declared: it counts for
/// the guard, and is not unmanaged.
fn instead(tenant: &mut CheckedTenant, record: &TenantRecord) {
    let wish = restore::wish(&record.steps, &tenant.provider.dialect);
    for (address, resource) in &wish.desired {
        let desired = Desired { resource: resource.clone(), source: None };
        tenant.desired.insert(address.clone(), desired);
    }
    tenant.desired.retain(|address, _| !wish.absent.contains(address));
    tenant.absent = wish.absent.iter().map(|address| (address.clone(), None)).collect();
    tenant.exhaustive.clear();
    tenant.instead = Some(wish);
}

/// The settings must reach what is restored, also where nothing of the kind is declared any more.
fn settings(checked: &Checked) -> Result<(), Failure> {
    let mut found = Vec::new();
    for tenant in &checked.tenants {
        let kinds: BTreeSet<Kind> =
            tenant.desired.keys().chain(tenant.absent.keys()).map(|it| it.kind).collect();
        for (path, finding) in checked.config(tenant).check(&kinds) {
            let mut at = vec![Seg::key("providers"), Seg::key(&checked.loaded(tenant).tenant.provider)];
            at.extend(path);
            found.push(finding.at(checked.workspace.place_of_key(&at)));
        }
    }
    found.retain(|finding| finding.level == Level::Error);
    found.sort();
    found.dedup();
    if found.is_empty() { Ok(()) } else { Err(Failure::Findings(found)) }
}

/// What cannot be restored of a tenant, if anything this run is about.
pub fn blocked(tenant: &CheckedTenant, only: &dyn Fn(&Address) -> bool) -> Option<Vec<Finding>> {
    let impossible = tenant.instead.iter().flat_map(|wish| &wish.impossible);
    let found: Vec<Finding> =
        impossible.filter(|(address, _)| only(address)).map(|(_, finding)| finding.clone()).collect();
    (!found.is_empty()).then_some(found)
}

/// A word of the provider's own that was in use before is taken to work: it is how the plan of an apply sees words that
/// are in use, and refusing it would keep a route from coming back. The plan says so.
pub fn trust(tenant: &CheckedTenant, observed: &mut Observed) -> Vec<Note> {
    let Some(wish) = &tenant.instead else { return Vec::new() };
    let mut notes = Vec::new();
    for (address, words) in &mut observed.unknown_tokens {
        let Some(resource) = wish.desired.get(address) else { continue };
        let own = references(address, resource);
        words.retain(|word| {
            let known = own.iter().any(|(_, to)| matches!(to, Reference::Token(token) if token == word));
            if known {
                let text = format!("the dial plan lists no rule `{word}`; it was in use before");
                notes.push(Note { address: address.clone(), text });
            }
            !known
        });
    }
    notes
}

/// What a reviewer of a restore should know beside its steps.
pub fn described(
    tenant: &CheckedTenant,
    only: &dyn Fn(&Address) -> bool,
    trusted: Vec<Note>,
    mut plan: TenantPlan,
) -> TenantPlan {
    let Some(wish) = &tenant.instead else { return plan };
    for finding in plan.blocked.iter_mut().filter(|finding| finding.code == "out-of-scope") {
        let help = "what is to be restored points to it: make it first, or restore the rest with `--only`";
        finding.help = Some(help.to_owned());
    }
    if plan.blocked.is_empty() {
        let kept = wish.kept.iter().filter(|(address, _)| only(address));
        plan.notes.extend(kept.map(|(address, text)| Note { address: address.clone(), text: text.clone() }));
        plan.notes.extend(later_changes(wish, &plan.steps));
        plan.notes.extend(trusted.into_iter().filter(|note| only(&note.address)));
    }
    plan
}

/// What somebody changed after the apply that is taken back: taking it back takes that away too.
fn later_changes(wish: &Wish, steps: &[Step]) -> Vec<Note> {
    let mut notes = Vec::new();
    for step in steps {
        let Some(applied) = wish.applied.get(&step.address) else { continue };
        let later = step.changes.iter().filter(|now| {
            let mut same = applied.iter().filter(|then| then.path == now.path).peekable();
            same.peek().is_some() && !same.any(|then| then.new == now.old)
        });
        let fields: Vec<String> = later.map(|change| format!("`{}`", change.path)).collect();
        if !fields.is_empty() {
            let text =
                format!("{} changed after that apply, and this takes it back as well", fields.join(", "));
            notes.push(Note { address: step.address.clone(), text });
        }
    }
    notes
}

/// Leaves in a restore file what the run has written or may have written. What it never touched is another's.
pub fn narrow(path: &Path, outcomes: &[Outcome], secrets: &Known, io: &mut Io<'_>) {
    let written = |tenant: &str, address: &Address| {
        outcomes.iter().any(|it| it.written && it.tenant == tenant && it.address == *address)
    };
    if let Err(why) = restore::narrow(path, &written, secrets) {
        let _ = writeln!(io.err, "{} still names steps that were not taken: {why}", path.display());
    }
}
