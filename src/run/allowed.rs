//! The commits that a run may take back.

use crate::{
    error::Failure,
    finding::Finding,
    load::{commit, way_out},
    plan::Plan,
};
use std::path::Path;

/// A commit that may be taken back.
#[derive(Debug, Clone)]
pub struct Allowed {
    /// As it was named.
    pub given: String,
    pub commit: String,
    /// Whether a plan that was reviewed says so: what is done of it already is no slip.
    reviewed: bool,
}

impl Allowed {
    /// What `--allow-undo` names.
    pub(super) fn find(root: &Path, given: &[String], reviewed: bool) -> Result<Vec<Self>, Failure> {
        let find = |given: &String| {
            let commit = commit(root, given).map_err(|why| {
                let help = way_out(&why, "name the commit as the plan does; a shallow checkout may lack it");
                Failure::error(format!("`--allow-undo {given}`: {why}")).help(help)
            })?;
            Ok(Self { given: given.clone(), commit, reviewed })
        };
        given.iter().map(find).collect()
    }

    /// A warning for each that a plan does not take back: left over, or a slip.
    pub(super) fn unused(all: &[Self], plan: &Plan) -> Vec<Finding> {
        let used = |it: &&Self| plan.tenants.iter().any(|tenant| tenant.undoes.contains(&it.commit));
        let unused = all.iter().filter(|it| !it.reviewed && !used(it));
        unused
            .map(|Self { given, .. }| {
                let message = format!("`--allow-undo {given}` names no commit that this plan takes back");
                Finding::warning("unused-approval", message).help("leave it out")
            })
            .collect()
    }
}
