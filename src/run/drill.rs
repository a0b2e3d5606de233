//! Every number of the tenants of a run in an outage.

use super::{Checked, Options, report::Live, scene::Scene};
use crate::{
    error::Failure,
    flow::{self, Assumptions, SiteId},
    model::instant_of,
    path::Path,
    report::{self, Outage, TenantDrill},
};
use jiff::Timestamp;

/// The instant of a drill, which is of many tenants and has to name its offset.
pub fn instant(text: &str) -> Result<Timestamp, Failure> {
    instant_of(text).ok_or_else(|| {
        Failure::error(format!("`--at {text}` is not an instant"))
            .help("write date, time and offset: `2026-12-25T10:00-06:00`")
    })
}

/// The numbers of the named tenants. Every tenant of `checked` is known: a call may come to any.
pub fn drill(
    checked: &Checked,
    named: &[String],
    live: Option<&Live>,
    outage: &Outage,
    options: &Options,
) -> Result<Vec<TenantDrill>, Failure> {
    let all: Vec<usize> = (0..checked.tenants.len()).collect();
    let scene = Scene::reached(checked, &all, live).with_stored_forwards(checked, live);
    let at = options.at().as_second();
    let network = scene.network(checked, live, flow::around(at), Assumptions::default());
    let mut names: Vec<&str> = named.iter().map(String::as_str).collect();
    names.sort_unstable();
    if let Outage::Extensions(extensions) = outage
        && let Some(unknown) =
            extensions.iter().find(|it| names.iter().all(|name| network.party(name, it).is_none()))
    {
        return Err(Failure::error(format!("no tenant of this run has a phone `{unknown}`"))
            .help("name extensions or devices as the files have them: `--extensions 101,102`"));
    }
    let sites: Vec<SiteId> = names.iter().filter_map(|name| network.tenant(name)).collect();
    let place = |tenant: &str, path: &Path| scene.place(checked, tenant, path);
    Ok(report::drill(&network, &sites, outage, at, &place))
}
