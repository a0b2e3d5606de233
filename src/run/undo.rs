//! Steps that would take back what others have merged are not planned, unless `--allow-undo` names the commit.

use super::{
    Checked,
    check::CheckedTenant,
    meanwhile::{Meanwhile, named},
};
use crate::{
    error::Failure,
    finding::{Finding, Place},
    load::Commit,
    path::{Path as Field, Segment},
    plan::{Base, Note, Observed, Plan, TakenBack, TenantPlan, taken_back},
    text::count,
};

/// The code of what is not planned for it.
const CODE: &str = "undoes-commit";

/// Of more commits than this the last one is named.
const FEW: usize = 20;

/// Refuses a plan with steps that would take back what nobody has allowed.
pub(super) fn permit(plan: &Plan) -> Result<(), Failure> {
    let all = plan.tenants.iter().flat_map(|tenant| tenant.blocked.iter().map(move |it| (tenant, it)));
    let found: Vec<_> = all.filter(|(_, finding)| finding.code == CODE).collect();
    let [(tenant, first), others @ ..] = found.as_slice() else { return Ok(()) };
    let more = match others.len() {
        0 => String::new(),
        more => format!("; and so would {} more", count(more, "object")),
    };
    let failure = Failure::refused(format!("{}/{}{more}", tenant.tenant, first.message));
    Err(first.help.iter().fold(failure, |failure, help| failure.help(help)))
}

/// A tenant's plan without what would take back commits that nobody allows. `build` makes it, with a base that says which
/// objects are not planned.
pub(super) fn judged(
    checked: &Checked,
    tenant: &CheckedTenant,
    observed: &Observed,
    place: &dyn Fn(&[Segment]) -> Option<Place>,
    build: &dyn Fn(Option<&Base>) -> TenantPlan,
) -> TenantPlan {
    let plan = build(tenant.base.as_ref());
    let (Some(meanwhile), Some(base)) = (&checked.meanwhile, &tenant.base) else { return plan };
    let found = taken_back(&plan, base, observed, &tenant.provider.dialect);
    if found.is_empty() {
        return plan;
    }
    let mut stopped = base.clone();
    let (mut notes, mut undoes) = (Vec::new(), Vec::new());
    let commits = meanwhile.commits(tenant.index);
    let states = states(checked, tenant, meanwhile, &commits);
    for it in found {
        let (of, what) = of(&it, base, &states, &commits, observed, tenant);
        let may = |commit: &&Commit| checked.allowed.iter().any(|allowed| allowed.commit == commit.id);
        undoes.extend(of.iter().filter(may).map(|commit| commit.id.clone()));
        match of.iter().all(|commit| may(&commit)) && !of.is_empty() {
            true => {
                notes.push(Note::new(&it.address, format!("takes back {what}, which `--allow-undo` names")))
            }
            false => {
                let at = match (it.removed, plan.wanted.absent.contains(&it.address)) {
                    (true, true) => place(&Field::from(["absent", it.address.kind.section()])),
                    (true, false) => place(&Field::from(["exhaustive"])),
                    (false, _) => place(&it.address.path()),
                };
                stopped.stopped.insert(it.address.clone(), finding(&it, &of, &what, &meanwhile.named).at(at));
            }
        }
    }
    let mut plan = if stopped.stopped.is_empty() { plan } else { build(Some(&stopped)) };
    notes.retain(|note| plan.steps.iter().any(|step| step.address == note.address));
    plan.notes.extend(notes);
    plan.undoes.extend(undoes);
    plan
}

/// What the tenant declared after each of these commits; nothing where that is not needed, or too much to read.
fn states(checked: &Checked, tenant: &CheckedTenant, meanwhile: &Meanwhile, commits: &[Commit]) -> Vec<Base> {
    match commits.len() {
        2..=FEW => commits
            .iter()
            .map(|commit| meanwhile.after(commit, tenant.index, &checked.workspace, tenant.provider))
            .collect(),
        _ => Vec::new(),
    }
}

/// The commits that an object is taken back from, and those in words.
fn of(
    it: &TakenBack,
    base: &Base,
    states: &[Base],
    commits: &[Commit],
    observed: &Observed,
    tenant: &CheckedTenant,
) -> (Vec<Commit>, String) {
    let before = base.left.as_deref().into_iter().chain(states);
    let pairs = before.zip(states).zip(commits);
    let changed = |((before, after), _): &((&Base, &Base), &Commit)| {
        it.is_of(before, after, observed, &tenant.provider.dialect)
    };
    let mut of: Vec<Commit> = pairs.filter(changed).map(|(_, commit)| commit.clone()).collect();
    if !of.is_empty() || commits.len() <= 1 {
        if of.is_empty() {
            of.extend(commits.last().cloned());
        }
        let each: Vec<String> = of.iter().map(named).collect();
        return (of, each.join(", "));
    }
    let last: Vec<Commit> = commits.last().cloned().into_iter().collect();
    let name = last.iter().map(named).collect::<String>();
    let text = format!("{name}, the last of {} to its files", count(commits.len(), "commit"));
    (last, text)
}

fn finding(it: &TakenBack, of: &[Commit], what: &str, base: &str) -> Finding {
    let does = if it.removed { "deletes it, and takes back" } else { "takes back" };
    let message = format!("{}: this {does} {what}, merged into {base} since", it.address);
    let flags: Vec<String> = of.iter().map(|commit| format!("--allow-undo {}", commit.short())).collect();
    let help = format!(
        "merge {base} into the branch, or plan the merge: `--merge HEAD`; if it is intended, add `{}`",
        flags.join(" ")
    );
    Finding::error(CODE, message).help(help)
}
