//! Where something of a tenant stands.

use crate::{
    finding::Place,
    load::LoadedTenant,
    model::Address,
    path::{Path, Segment},
    plan::Source,
};
use std::collections::BTreeSet;

/// Where something stands in a tenant's file: an object at its key, what is inside it at its value, and what comes of `bulk`
/// there.
pub(super) fn locate(loaded: &LoadedTenant, path: &[Segment]) -> Place {
    if let Some(path) = loaded.tenant.place_in_bulk(path) {
        return loaded.place(&path);
    }
    if path.len() <= 2 { loaded.place_of_key(path) } else { loaded.place(path) }
}

/// The lines that something comes from: a template may have changed, or what a tenant gives it.
pub(super) fn lines_of(source: &Source, lines: &mut BTreeSet<(String, usize)>) {
    lines.insert((source.file.clone(), source.line));
    source.also.iter().for_each(|also| lines_of(also, lines));
}

/// The lines that a field of an object comes from.
pub(super) fn lines_of_field(
    loaded: &LoadedTenant,
    address: &Address,
    field: &Path,
    lines: &mut BTreeSet<(String, usize)>,
) {
    let mut path = vec![Segment::key(address.kind.section()), Segment::key(&address.key)];
    path.extend(field.iter().cloned());
    let places = [Some(locate(loaded, &path)), loaded.given(&path)];
    places.into_iter().flatten().for_each(|place| lines_of(&Source::from(place), lines));
}
