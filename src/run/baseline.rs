//! Findings that are known: an import has met them in what was live already.

use crate::{
    emit,
    finding::{Finding, Place},
    load::{BASELINE_FILE, LoadedTenant, baseline_of},
    model::{Address, Baseline, KnownFinding},
    provider::Workspace,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What a file begins with.
const HEAD: &str = "What `dialform import` has found wrong in what was live already.\n\
An entry holds while its object is written as it is. Mend the object, and take\n\
the entry out.";

/// The entry of a finding, if it is about one object of a tenant.
pub fn entry_of(finding: &Finding, workspace: &Workspace) -> Option<KnownFinding> {
    let place = finding.place.as_ref()?;
    let (tenant, address) = object_at(place, workspace)?;
    entry(finding, tenant, &address)
}

/// The entry of a finding of an object.
pub fn entry(finding: &Finding, tenant: &LoadedTenant, address: &Address) -> Option<KnownFinding> {
    Some(KnownFinding {
        code: finding.code.to_owned(),
        address: format!("{}/{address}", tenant.tenant.tenant),
        digest: digest(tenant, address)?,
    })
}

/// The object that a place is in.
pub fn object_at<'a>(place: &Place, workspace: &'a Workspace) -> Option<(&'a LoadedTenant, Address)> {
    // What stands in a template or in a shared file is the object of the tenant that takes it.
    let own = place.also.as_deref().filter(|_| !is_own(place, workspace)).unwrap_or(place);
    let tenant = all(workspace).find(|tenant| tenant.is_in(&own.file))?;
    Some((tenant, tenant.object_at(place)?))
}

fn is_own(place: &Place, workspace: &Workspace) -> bool {
    all(workspace).any(|tenant| tenant.is_in(&place.file))
}

/// The tenants, with those that could be read in part.
fn all(workspace: &Workspace) -> impl Iterator<Item = &LoadedTenant> {
    workspace.tenants.iter().chain(&workspace.parts)
}

/// The findings that are news, and a warning for each entry of the baseline that nothing is found for any more.
pub fn news(findings: Vec<Finding>, workspace: &Workspace) -> Vec<Finding> {
    let is_loaded = |address: &str| {
        let tenant = address.split_once('/').map_or(address, |(tenant, _)| tenant);
        let is_whole = workspace.part.is_none() && !workspace.has_errors();
        is_whole || workspace.tenants.iter().any(|it| it.tenant.tenant == tenant)
    };
    // Whether there still is what is known of a tenant that is not loaded is not looked for.
    let known: BTreeSet<&KnownFinding> =
        workspace.baseline.known.iter().filter(|it| is_loaded(&it.address)).collect();
    if known.is_empty() {
        return findings;
    }
    let mut met = BTreeSet::new();
    let mut news = Vec::new();
    for finding in findings {
        match entry_of(&finding, workspace).and_then(|entry| known.get(&entry).copied()) {
            Some(entry) => drop(met.insert(entry)),
            None => news.push(finding),
        }
    }
    let stale: BTreeMap<&KnownFinding, ()> = known.difference(&met).map(|entry| (*entry, ())).collect();
    news.extend(stale.keys().map(|entry| {
        let KnownFinding { code, address, digest } = entry;
        let message =
            format!("`{BASELINE_FILE}` knows `{code}` of {address} ({digest}), which is not found any more");
        Finding::warning("stale-baseline", message).help("take the entry out")
    }));
    news
}

/// A warning for what the baseline knows and did not know then: whoever approves a change approves that as well.
pub fn added(workspace: &Workspace, then: Option<String>, named: &str) -> Option<Finding> {
    const SHOWN: usize = 5;
    let then = then.map(|text| baseline_of(&text)).unwrap_or_default();
    let then: BTreeSet<&KnownFinding> = then.known.iter().collect();
    let new: BTreeSet<&KnownFinding> =
        workspace.baseline.known.iter().filter(|entry| !then.contains(entry)).collect();
    let mut each: Vec<String> =
        new.iter().take(SHOWN).map(|it| format!("`{}` of {}", it.code, it.address)).collect();
    if new.len() > SHOWN {
        each.push(format!("{} more", new.len() - SHOWN));
    }
    let message = format!("`{BASELINE_FILE}` lets be from now on: {}", each.join(", "));
    let help = format!("it is not so at {named}: whoever approves this approves that as well");
    (!new.is_empty()).then(|| Finding::warning("new-allow", message).help(help))
}

/// A sum of what an object says in its file.
fn digest(tenant: &LoadedTenant, address: &Address) -> Option<String> {
    let (_, resource) = tenant.tenant.resources().find(|(it, _)| it == address)?;
    let text = serde_json::to_string(&resource).ok()?;
    let sum = Sha256::digest(format!("{address} {text}").as_bytes());
    Some(sum.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

/// The text of a baseline.
pub fn text(baseline: &Baseline) -> String {
    let mut text = emit::comment(HEAD, 0);
    let known: BTreeSet<&KnownFinding> = baseline.known.iter().collect();
    text.push_str(&emit::entry("known", &json!(known), 0));
    text
}
