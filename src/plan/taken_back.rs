//! Steps that would take back what others have merged into the base since the files left it: where the base says something
//! else than it did then, and the files do not say that.

use super::{Base, Dialect, Observed, Step, TenantPlan, Wanted, build::recognise_attendants};
use crate::{
    diff,
    model::{Address, Resource},
    path::Path,
};

/// An object whose step would take back what others have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenBack {
    pub address: Address,
    /// The fields, or the whole of it.
    paths: Vec<Path>,
    /// Whether the files want it gone.
    pub removed: bool,
}

impl TakenBack {
    /// Whether what is taken back was changed between these two.
    pub fn is_of(&self, before: &Base, after: &Base, observed: &Observed, dialect: &Dialect) -> bool {
        let (before, after) = (before.over(observed), after.over(observed));
        let told = |base| says(base, &self.address, self.removed, observed, dialect);
        let changed = differences(&told(&before), &told(&after));
        changed.iter().any(|path| self.paths.iter().any(|own| meet(path, own)))
    }
}

/// What somebody says of an object.
#[derive(PartialEq)]
enum Says {
    Object(Box<Resource>),
    Gone,
    Nothing,
}

/// What a plan would take back; nothing where the base does not say what it said when the files left it.
pub fn taken_back(plan: &TenantPlan, base: &Base, observed: &Observed, dialect: &Dialect) -> Vec<TakenBack> {
    let base = base.over(observed);
    let Some(left) = &base.left else { return Vec::new() };
    let mut found: Vec<TakenBack> = Vec::new();
    for step in &plan.steps {
        let removed = step.removes();
        let told = |base| says(base, &step.address, removed, observed, dialect);
        let (then, now) = (told(left), told(&base));
        let theirs = differences(&then, &now);
        let lost = differences(&wanted(&plan.wanted, &step.address), &now);
        let lost = lost.into_iter().filter(|path| touches(step, path));
        let paths: Vec<Path> = lost.filter(|path| theirs.iter().any(|it| meet(it, path))).collect();
        match found.iter_mut().find(|it| it.address == step.address) {
            _ if paths.is_empty() => {}
            Some(known) => known.paths.extend(paths),
            None => found.push(TakenBack { address: step.address.clone(), paths, removed }),
        }
    }
    found
}

fn wanted(wanted: &Wanted, address: &Address) -> Says {
    match wanted.objects.get(address) {
        Some(resource) => Says::Object(Box::new(resource.clone())),
        None if wanted.gone(address) => Says::Gone,
        None => Says::Nothing,
    }
}

/// That all undeclared objects of a kind go is said of an object only where the question is whether it goes.
fn says(base: &Base, address: &Address, removed: bool, observed: &Observed, dialect: &Dialect) -> Says {
    match base.desired.get(address) {
        Some(resource) => {
            let mut resource = resource.clone();
            recognise_attendants(&mut resource, observed);
            if let Some(live) = observed.objects.get(address) {
                (dialect.keep)(&mut resource, live);
            }
            Says::Object(Box::new(resource))
        }
        None if base.absent.contains(address) => Says::Gone,
        None if removed && base.exhaustive.contains(&address.kind) => Says::Gone,
        None => Says::Nothing,
    }
}

/// Where two differ: in these fields, or as a whole.
fn differences(one: &Says, other: &Says) -> Vec<Path> {
    match (one, other) {
        (Says::Object(one), Says::Object(other)) => {
            let both = diff::diff(one, other).into_iter().chain(diff::diff(other, one));
            both.map(|change| change.path).collect()
        }
        _ if one == other => Vec::new(),
        _ => vec![Path::default()],
    }
}

/// Whether a step changes a field, or a part of it.
fn touches(step: &Step, path: &Path) -> bool {
    step.changes.is_empty() || step.concerns(path)
}

fn meet(one: &Path, other: &Path) -> bool {
    one.is_inside(other) || other.is_inside(one)
}
