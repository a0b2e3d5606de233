//! Which cases a provider runs: its own tables say.

use super::{
    bench::load,
    case::{Case, Setup},
};
use dialform::{
    model::{Address, Kind, Resource, Tenant},
    path::Path,
    plan::{Dialect, Grade, GradeRow, When, desired},
    provider::Provider,
};
use std::collections::BTreeSet;

/// Whether the provider can hold both sides, and make by itself what the case does not leave to a person.
pub fn accepts(provider: &Provider, setup: &Setup, case: &Case) -> bool {
    let dialect = &provider.dialect;
    let holds = |tenant: &Tenant| {
        desired(tenant, dialect, &|_| None)
            .is_ok_and(|all| all.iter().all(|(address, it)| may_set(dialect, case, address, &it.resource)))
            && may_delete(dialect, case, tenant)
    };
    let meant = case.only.is_empty() || case.only.contains(&setup.kind);
    meant && load(setup, case).iter().all(holds)
}

/// A field is documented, or the case says that inferred forms may be written, that a person does it, or that nobody can
/// see it.
fn may_set(dialect: &Dialect, case: &Case, address: &Address, resource: &Resource) -> bool {
    let said = serde_json::to_value(resource).unwrap();
    let mut seen = BTreeSet::new();
    dialect.grades.iter().filter(|row| row.kind == address.kind && !row.path.is_empty()).all(|row| {
        let value = row.path.iter().try_fold(&said, |value, key| value.get(key));
        let fits = match row.when {
            When::Always => value.is_some(),
            When::Value(text) => value.and_then(|value| value.as_str()) == Some(text),
            When::Removed => false,
        };
        // The first row that fits a field counts.
        !fits || !seen.insert(row.path) || may(row, case, address)
    })
}

fn may(row: &GradeRow, case: &Case, address: &Address) -> bool {
    let left = case.manual.iter().chain(&case.unverifiable);
    let mut left = left.filter_map(|text| text.strip_prefix(&format!("{address} ")));
    // The list has paths as they are printed; those of its fields have no quotes.
    let row_text = Path::from(row.path).to_string();
    let inside = |path: &str| {
        path.strip_prefix(&row_text).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    match row.grade {
        Grade::Api => true,
        Grade::Experimental if case.experimental => true,
        Grade::Experimental | Grade::Manual => left.any(inside),
        Grade::Unsupported => false,
    }
}

fn may_delete(dialect: &Dialect, case: &Case, tenant: &Tenant) -> bool {
    let kinds = tenant.exhaustive.iter().map(|kind| Kind::from(*kind));
    let named = tenant.absent.addresses();
    let mut kinds = kinds.chain(named.iter().map(|(address, _)| address.kind));
    kinds.all(|kind| {
        let by_hand = case.manual.iter().any(|text| text.starts_with(&format!("{}.", kind.section())));
        match dialect.presence(kind, true).grade {
            Grade::Api => true,
            Grade::Experimental => case.experimental || by_hand,
            Grade::Manual => by_hand,
            Grade::Unsupported => false,
        }
    })
}
