//! What only a person can set, and what only a person can see.

use super::{
    Action, Base, Class, Desired, Dialect, Grade, GradeRow, Policy, Reason, Source, Step, Unverifiable,
    class,
    dialect::Removal,
    portal::{Clicks, Lists, join},
};
use crate::{
    diff::{self, FieldChange},
    model::{Address, Resource},
    path::Path,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Whether a change is a person's to make.
pub(super) fn is_by_hand(grade: Grade, policy: &Policy) -> bool {
    match grade {
        Grade::Api => false,
        Grade::Experimental => !policy.experimental,
        Grade::Manual | Grade::Unsupported => true,
    }
}

/// Every declared value of an object of a kind that cannot be read.
fn whole(address: &Address, wanted: &Resource, earlier: Option<&Resource>, dialect: &Dialect) -> Vec<Clicks> {
    let rows = dialect.by_hand.iter().filter(|it| it.kind == address.kind);
    join(rows.map(|it| it.set.clicks(address, wanted, earlier, Lists::Whole)))
}

fn removal<'d>(address: &Address, dialect: &'d Dialect) -> Option<&'d Removal> {
    dialect.by_hand.iter().find(|it| it.kind == address.kind)?.removed.as_ref()
}

/// What takes away an object that nobody can read.
fn removal_clicks(address: &Address, removal: &Removal) -> Vec<Clicks> {
    let nothing = diff::nothing_of(address.kind);
    vec![removal.portal.clicks(address, &nothing, None, Lists::Whole)]
}

/// What cannot be observed is no difference by itself; it is something to do when the files changed.
pub(super) fn set(address: &Address, wanted: &Desired, base: &Base, dialect: &Dialect) -> Option<Step> {
    let nothing = diff::nothing_like(&wanted.resource);
    let before = base.desired.get(address);
    let changes = diff::diff(&wanted.resource, before.unwrap_or(&nothing));
    if changes.is_empty() {
        return None;
    }
    let after = Some(wanted.resource.clone());
    let switched_off = matches!(
        (before, &wanted.resource),
        (Some(Resource::Forward(then)), Resource::Forward(now)) if then.is_active() && now.active == Some(false)
    );
    Some(Step {
        class: class::beyond(address.kind, &changes),
        reason: Some(Reason::Config),
        critical: switched_off.then(|| "switches off an emergency forward that may be active".to_owned()),
        changes,
        after,
        instructions: whole(address, &wanted.resource, before, dialect),
        ..Step::plain(address.clone(), Action::Manual, wanted.source.clone())
    })
}

/// Taking away an object that nobody can read: it may be there, and it may be in use.
pub(super) fn remove(address: &Address, source: Option<Source>, dialect: &Dialect) -> Step {
    let removal = removal(address, dialect);
    let gone = serde_json::Value::Object(serde_json::Map::new());
    Step {
        class: removal.map_or(Class::CallerVisible, |it| it.class),
        reason: Some(Reason::Config),
        critical: removal.map(|it| it.danger.to_owned()),
        changes: vec![FieldChange { path: Path::default(), old: Some(gone), new: None }],
        instructions: removal.map(|it| removal_clicks(address, it)).unwrap_or_default(),
        ..Step::plain(address.clone(), Action::Manual, source)
    }
}

/// An object of a kind that cannot be read: all that is declared of it is to be looked at by a person.
pub(super) fn check_whole(address: &Address, wanted: &Resource, dialect: &Dialect) -> Unverifiable {
    Unverifiable {
        address: address.clone(),
        fields: Vec::new(),
        critical: None,
        instructions: whole(address, wanted, None, dialect),
    }
}

/// An object that is to be absent and cannot be read.
pub(super) fn check_absent(address: &Address, dialect: &Dialect) -> Unverifiable {
    let removal = removal(address, dialect);
    Unverifiable {
        address: address.clone(),
        fields: Vec::new(),
        critical: removal.map(|it| it.danger.to_owned()),
        instructions: removal.map(|it| removal_clicks(address, it)).unwrap_or_default(),
    }
}

/// Declared fields that the provider does not show.
pub(super) fn check_fields(
    address: &Address,
    wanted: &Resource,
    mut fields: Vec<Path>,
    dialect: &Dialect,
) -> Unverifiable {
    // As the table has them: the portal's own order.
    let place = |field: &Path| dialect.grades.iter().position(|row| Path::from(row.path) == *field);
    fields.sort_by_key(place);
    let rows = fields.iter().filter_map(|field| row(address, wanted, field, dialect));
    let instructions = join(rows.filter_map(|row| row.clicks(address, wanted, None)));
    Unverifiable { address: address.clone(), fields, critical: None, instructions }
}

/// The row of a declared field; `None` if nothing is declared of it.
fn row<'d>(address: &Address, wanted: &Resource, field: &Path, dialect: &'d Dialect) -> Option<&'d GradeRow> {
    let new = wanted.value(field)?;
    Some(dialect.grade(address.kind, &FieldChange { path: field.clone(), old: None, new: Some(new) }))
}

/// What of one tenant only a person can set or look at.
#[derive(Debug, Clone, Serialize)]
pub struct Checklist {
    pub tenant: String,
    pub provider: String,
    pub account: String,
    pub to_check: Vec<Unverifiable>,
}

impl Checklist {
    pub fn is_empty(&self) -> bool {
        self.to_check.is_empty()
    }
}

/// Everything declared that only a person can set or look at. Follows from the files alone.
pub fn to_check(
    desired: &BTreeMap<Address, Desired>,
    absent: &BTreeMap<Address, Option<Source>>,
    dialect: &Dialect,
    policy: &Policy,
) -> Vec<Unverifiable> {
    let hidden = |row: &GradeRow| row.unseen && is_by_hand(row.grade, policy);
    let mut list = Vec::new();
    for (address, Desired { resource, .. }) in desired {
        if policy.unobservable.contains(&address.kind) {
            list.push(check_whole(address, resource, dialect));
            continue;
        }
        let mut fields: Vec<Path> = Vec::new();
        let rows = dialect.grades.iter().filter(|row| row.kind == address.kind && !row.path.is_empty());
        for path in rows.map(|row| Path::from(row.path)) {
            if row(address, resource, &path, dialect).is_some_and(hidden) && !fields.contains(&path) {
                fields.push(path);
            }
        }
        if !fields.is_empty() {
            list.push(check_fields(address, resource, fields, dialect));
        }
    }
    let gone = absent.keys().filter(|address| {
        policy.unobservable.contains(&address.kind) || hidden(dialect.presence(address.kind, true))
    });
    list.extend(gone.map(|address| check_absent(address, dialect)));
    list
}
