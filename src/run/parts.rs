//! What the lints find in a workspace, also where something in it could not be read.

use super::{
    lints::{lint_all, lints},
    untils,
};
use crate::{
    finding::Finding,
    lint::{self, Needs},
    load::LoadedTenant,
    provider::Workspace,
};

/// What a provider cannot hold. Its other findings may come of what is missing.
const UNSUPPORTED: &str = "unsupported";

/// What is found in whole tenants, and what of the others is so whatever else is missing.
pub fn found(workspace: &Workspace) -> Vec<Finding> {
    let mut found = lint_all(workspace);
    if workspace.parts.is_empty() {
        return found;
    }
    // Of two tenants with one number either may be the one that could not be read whole.
    found.retain(|finding| !lint::is_of_several(finding.code));
    let sure = workspace.parts.iter().filter(|part| !part.lacks());
    let mut several: Vec<&LoadedTenant> = workspace.tenants.iter().chain(sure).collect();
    several.sort_by(|a, b| a.file().cmp(b.file()));
    found.extend(lints(workspace, &several, workspace.at, lint::check_several));
    found.extend(workspace.parts.iter().flat_map(|part| found_in(workspace, part)));
    found.sort();
    found.dedup();
    found
}

fn found_in(workspace: &Workspace, part: &LoadedTenant) -> Vec<Finding> {
    let (one, at) = ([part], workspace.at);
    let mut found = lints(workspace, &one, at, lint::check_values);
    if part.lacks() {
        return found;
    }
    // One that is there and cannot be read is no unknown one.
    if !workspace.has_provider(&part.tenant.provider) {
        found.extend(lints(workspace, &one, at, lint::check_provider));
    }
    let in_whole_object = |finding: &Finding| {
        let object = finding.place.as_ref().and_then(|place| part.object_at(place));
        object.is_some_and(|address| part.has_all_of(&address))
    };
    let is_so = |(finding, needs): &(Finding, Needs)| match needs {
        Needs::Nothing => true,
        Needs::Object => in_whole_object(finding),
        Needs::Every(kind) => part.has_every(*kind),
    };
    let by_lints = lints(workspace, &one, at, lint::check_part).into_iter().filter(is_so);
    found.extend(by_lints.map(|(finding, _)| finding));
    let refused = untils::refused(workspace, &one).into_iter();
    found.extend(refused.filter(|it| it.code == UNSUPPORTED && in_whole_object(it)));
    found
}
