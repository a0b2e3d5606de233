//! What a phone system with other time-zone tables does otherwise.

use super::{Checked, machine, report::Live};
use crate::{
    error::Failure,
    experience,
    flow::{self, System, Tables},
    model::Tenant,
    report::{TenantZones, Zones},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

fn zones_of(tenant: &Tenant) -> BTreeSet<String> {
    let of_schedules = tenant.schedules.values().filter_map(|it| it.time_zone.clone());
    tenant.time_zone.clone().into_iter().chain(of_schedules).collect()
}

/// The named tenants by other tables. Without a directory: what edition 2025b says.
pub fn zones(
    checked: &Checked,
    named: &[String],
    live: Option<&Live>,
    tables: Option<&Path>,
) -> Result<Zones, Failure> {
    let nothing = BTreeMap::new();
    let tenants = checked.tenants.iter().filter_map(|it| {
        let loaded = checked.loaded(it);
        let system = System::of_kind(it.provider.kind).filter(|_| named.contains(&loaded.tenant.tenant))?;
        let objects = live.and_then(|live| live.objects(it.index));
        let whole = flow::layered(&loaded.tenant, objects.unwrap_or(&nothing));
        let whole = if objects.is_some() { whole } else { flow::supposed(&whole, system) };
        Some((whole, system))
    });
    let tenants: Vec<(Tenant, System)> = tenants.collect();
    let mut other = Tables::of_2025b();
    if let Some(dir) = tables {
        other = Tables::default();
        for zone in tenants.iter().flat_map(|(tenant, _)| zones_of(tenant)).collect::<BTreeSet<_>>() {
            let table = machine::zone_table(dir, &zone).map_err(|why| {
                Failure::error(format!("cannot read the table of `{zone}` in `{}`: {why}", dir.display()))
                    .help("`--tables` names a directory as `/usr/share/zoneinfo` is one")
            })?;
            if !other.insert(&zone, &table) {
                let text = format!("`{}` is no time-zone table", dir.join(&zone).display());
                return Err(Failure::error(text).help("compile it with `zic -d DIR`"));
            }
        }
    }
    let at = checked.workspace.at.as_second();
    let compared = tenants.into_iter().map(|(tenant, system)| TenantZones {
        zones: zones_of(&tenant),
        experience: experience::of_tables(&tenant, system, at, &other),
        tenant: tenant.tenant,
    });
    Ok(Zones {
        edition: flow::edition(),
        other: tables.map_or_else(|| "2025b".to_owned(), |dir| dir.display().to_string()),
        tenants: compared.collect(),
    })
}
