//! What has changed by itself: an `until` has passed, and what follows is wanted.

use super::{Note, Source, Step, Unverifiable};
use crate::{
    diff,
    model::{Address, Resource},
    path::Path,
};

/// An `until` that has passed.
#[derive(Debug, Clone)]
pub struct Passed {
    pub address: Address,
    /// When it was: `2027-01-16T18:00 (America/Chicago)`.
    pub at: String,
    /// How long that is ago: `3 days`.
    pub ago: String,
    /// Where it stands.
    pub source: Source,
    /// The fields that are another since.
    pub fields: Vec<Path>,
    /// What was wanted before, in the form its provider reports it.
    pub before: Option<Resource>,
}

impl Passed {
    fn concerns(&self, step: &Step) -> bool {
        step.address == self.address && self.fields.iter().any(|field| step.concerns(field))
    }

    /// Whether what a step finds is what was wanted before.
    fn is_before(&self, step: &Step) -> bool {
        self.before.as_ref().is_some_and(|before| is_as(before, step))
    }
}

/// Whether what a step finds and changes is as this object says.
pub(super) fn is_as(wanted: &Resource, step: &Step) -> bool {
    let nothing = diff::nothing_like(wanted);
    let live = step.before.as_ref().unwrap_or(&nothing);
    !diff::diff(wanted, live).iter().any(|change| step.concerns(&change.path))
}

/// What is late, and by how much. Where nobody can see whether it is done, it may be.
pub(super) fn notes(passed: &[Passed], steps: &[Step], unverifiable: &[Unverifiable]) -> Vec<Note> {
    let note = |it: &Passed| {
        let Passed { address, at, ago, source, fields, .. } = it;
        let what = match steps.iter().find(|step| it.concerns(step)) {
            Some(step) if it.is_before(step) => "live is still as it was before",
            Some(_) => "live is neither as it was before nor as it is to be since",
            None => {
                let unseen = |other: &&Unverifiable| {
                    let all = other.fields.is_empty();
                    other.address == *address
                        && (all
                            || fields.iter().any(|field| other.fields.iter().any(|it| it.is_inside(field))))
                };
                unverifiable.iter().find(unseen)?;
                "whether live has followed cannot be seen from here: look at it in the portal"
            }
        };
        Some(Note::new(address, format!("its `until` of {at} passed {ago} ago ({source}), and {what}")))
    };
    passed.iter().filter_map(note).collect()
}
