//! The list of every number, queue and extension, and where each number's calls end.

use super::{
    Checked, CheckedTenant, Options,
    out_of_service::out_of_service,
    report::{Live, sorted, sources},
    scene::Scene,
};
use crate::{
    error::Failure,
    file,
    finding::Finding,
    flow::{Assumptions, Network},
    model::{E164, Kind},
    report::{self, Hidden, Judge, Objects, Row},
    text::io_reason,
};
use jiff::tz::TimeZone;
use std::path::Path;

/// Every number, queue and extension of the named tenants: as the files declare it, or as it is live; and what is not in the
/// list. Every tenant of `checked` is known: a call may come to any.
pub fn list(
    checked: &Checked,
    named: &[String],
    live: Option<&Live>,
    options: &Options,
) -> (Vec<Row>, Vec<Finding>) {
    let from = options.at().as_second();
    let all: Vec<usize> = (0..checked.tenants.len()).collect();
    let scene = match live {
        None => Scene::reached(checked, &all, None),
        Some(live) => Scene::live(checked, live),
    };
    let network = scene.network(checked, live, Network::year(from), Assumptions::default());
    let judge = Judge::new(&network, from);
    let (mut rows, mut findings) = (Vec::new(), Vec::new());
    for tenant in sorted(checked) {
        let loaded = checked.loaded(tenant);
        let name = &loaded.tenant.tenant;
        if !named.contains(name) {
            continue;
        }
        let objects = match live.map(|live| live.observed(tenant.index)) {
            None => Objects::declared(loaded.tenant.resources()),
            Some(Some(Ok(observed))) => Objects::live(observed, &checked.config(tenant).unobservable()),
            Some(Some(Err(found))) => {
                findings.extend(found.iter().cloned());
                continue;
            }
            Some(None) => continue,
        };
        let at = checked.tenants.iter().position(|it| it.index == tenant.index);
        findings.extend(out_of_service(checked, live, at, &|_| true));
        findings.extend(objects.unread().map(|kind| {
            let message = format!("live `{}` of tenant `{name}` are not in the list", kind.section());
            let help = "only the portal shows them, or they could not be read: `dialform plan` says which";
            Finding::warning("not-read", message).help(help)
        }));
        // Looked at is what comes, by files that are as they are now.
        let year = Network::year(from);
        let coming = loaded.untils().map(|(until, _)| until).filter(|_| live.is_none());
        let coming = coming.filter(|it| it.instant.as_second() > from && it.instant.as_second() < year.end);
        findings.extend(coming.map(|until| {
            let message = format!(
                "`{}` of tenant `{name}` changes on {until}, and the list tells it as it is before",
                until.address
            );
            Finding::warning("changes", message).help("add `--at` with an instant after that")
        }));
        let sources = sources(checked, tenant);
        let mut own = report::rows(name, &objects, &|address| sources.get(address).cloned());
        let zone = zone(checked, tenant);
        for row in own.iter_mut().filter(|row| row.kind == "number") {
            let number = row.name.parse::<E164>().ok().and_then(|it| network.number(&it));
            let hidden = Hidden {
                route: objects.is_hidden(Kind::Numbers, &row.name),
                forward: objects.is_hidden(Kind::Forwards, &row.name),
            };
            row.ends = number.map(|number| judge.ends(number, zone.as_ref(), hidden));
        }
        rows.append(&mut own);
    }
    (rows, findings)
}

fn zone(checked: &Checked, tenant: &CheckedTenant) -> Option<TimeZone> {
    TimeZone::get(checked.loaded(tenant).tenant.time_zone.as_deref()?).ok()
}

/// Puts a list where it is named.
pub fn save_list(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    file::replace(path, bytes).map_err(|error| {
        Failure::error(format!("cannot write the list to `{}`: {}", path.display(), io_reason(&error)))
    })
}
