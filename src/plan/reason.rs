//! Why a step is there: the files changed, the live system did, or both. A three-way comparison without state.

use super::{Action, Step, passed::is_as};
use crate::{diff, model::Resource};
use serde::{Deserialize, Serialize};

/// What moved since the base revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// The files: somebody wants it otherwise.
    Config,
    /// The live system: somebody changed it in the portal.
    Drift,
    Both,
    /// Nobody: an `until` has passed.
    Until,
}

/// Compares what was wanted at the base revision with what is wanted now, and with what is live.
///
/// `wanted` is the desired object of now, `base` that of the base revision; `newly_absent` says that only the files of
/// now want the object gone. `before` is what the base revision says of it up to an `until` that has passed.
pub(super) fn of(
    step: &Step,
    wanted: Option<&Resource>,
    base: Option<&Resource>,
    before: Option<&Resource>,
    newly_absent: bool,
) -> Reason {
    let (Some(wanted), Some(base)) = (wanted, base) else {
        // Gone from the files since, or never there: something declared before is deleted because of the files.
        let undeclared_all_along = step.action == Action::Delete && base.is_none() && !newly_absent;
        return if undeclared_all_along { Reason::Drift } else { Reason::Config };
    };
    let differs = |desired: &Resource, other: &Resource| {
        diff::diff(desired, other).iter().any(|change| step.concerns(&change.path))
    };
    let nothing = diff::nothing_like(base);
    let config = differs(wanted, base);
    let drift = differs(base, step.before.as_ref().unwrap_or(&nothing));
    // What is as it was wanted before has been changed by nobody.
    if drift && before.is_some_and(|before| is_as(before, step)) {
        return if config { Reason::Config } else { Reason::Until };
    }
    match (config, drift) {
        (true, true) => Reason::Both,
        (false, true) => Reason::Drift,
        (_, false) => Reason::Config,
    }
}
