//! Rules whose names stay taken after they were deleted.

use super::{Desired, Observed};
use crate::{
    finding::Finding,
    model::{Address, Resource},
    path::Path,
};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of the names of rules that are deleted in an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeletedNames {
    #[default]
    Free,
    /// Some servers of this kind keep them.
    PerhapsTaken,
    /// They are seen to be kept.
    Taken,
}

/// Rules that cannot be made, for a deleted one keeps their name.
pub(super) fn finding(
    address: &Address,
    wanted: &Resource,
    taken: &BTreeSet<String>,
) -> impl Iterator<Item = (Path, Finding)> {
    let order = match wanted {
        Resource::Rules(rules) => rules.order.as_deref().unwrap_or_default(),
        _ => &[],
    };
    let said = |name: &String| {
        let message = format!(
            "extension `{}` had a rule for `{name}` that was deleted and lingers: it is listed, does nothing, and keeps \
             its name",
            address.key
        );
        let finding = Finding::error("lingering-rule", message)
            .help("ask the vendor to purge it, or use another schedule name");
        (Path::from(["order"]), finding)
    };
    order
        .iter()
        .map(|rule| &rule.when)
        .filter(|name| taken.contains(*name))
        .map(said)
        .collect::<Vec<_>>()
        .into_iter()
}

/// Leaves such rules out, so that the rest of their extension can be brought back. Says of each extension that not all of it is.
pub(super) fn leave_out(
    desired: &mut BTreeMap<Address, Desired>,
    observed: &Observed,
) -> Vec<(Address, Finding)> {
    let mut left = Vec::new();
    for (address, taken) in &observed.taken {
        let Some(Resource::Rules(rules)) = desired.get_mut(address).map(|it| &mut it.resource) else {
            continue;
        };
        let Some(order) = &mut rules.order else { continue };
        let gone = order.extract_if(.., |rule| taken.contains(&rule.when));
        let names: Vec<String> = gone.map(|rule| format!("`{}`", rule.when)).collect();
        if !names.is_empty() {
            let message = format!(
                "{} of {address} does not come back: a deleted rule keeps its name until the vendor purges it",
                names.join(", ")
            );
            let help = "make the rule for a schedule of another name; the restore file says what it was";
            left.push((address.clone(), Finding::error("not-restored", message).help(help)));
        }
    }
    left
}
