//! Where something of a tenant stands.

use crate::{finding::Place, load::LoadedTenant, path::Segment, plan::Source};
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
