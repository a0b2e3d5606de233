//! A tenant once a run is done: what the run is about as the files or a restore have it, and all else as it is live.

use super::{Checked, CheckedTenant, origin::origin, place::locate};
use crate::{
    finding::Place,
    flow,
    load::LoadedTenant,
    model::{Address, Extension, Kind, Resource, Tenant},
    path::Path,
};
use std::{borrow::Cow, collections::BTreeMap};

pub(super) struct After<'a> {
    /// What of the files the run is about.
    declared: Cow<'a, Tenant>,
    /// That, laid over what is live.
    pub whole: Tenant,
}

impl<'a> After<'a> {
    pub fn of(checked: &'a Checked, tenant: &CheckedTenant, live: &BTreeMap<Address, Resource>) -> Self {
        let loaded = checked.loaded(tenant);
        let covers = |address: &Address| checked.covers(tenant, address);
        let is_restore = tenant.intent.restore().is_some();
        if !is_restore && tenant.desired.keys().chain(tenant.absent.keys()).all(covers) {
            return Self {
                declared: Cow::Borrowed(loaded.meant()),
                whole: flow::layered(loaded.meant(), live),
            };
        }
        let wanted = tenant.desired.iter().filter(|(address, _)| covers(address));
        let wanted = wanted.map(|(address, it)| (address.clone(), it.resource.clone())).collect();
        let stays = |address: &Address| !tenant.absent.contains_key(address) || !covers(address);
        let stays = live.iter().filter(|(address, _)| stays(address));
        let stays = stays.map(|(address, it)| (address.clone(), it.clone())).collect();
        let declared = flow::layered(&bare(loaded), &wanted);
        let without_bulk = flow::layered(&declared, &stays);
        // No file says what a restore brings back, nor puts anything on top of it.
        if is_restore {
            return Self { declared: Cow::Owned(bare(loaded)), whole: without_bulk };
        }
        let bulk = loaded.meant().bulk.clone();
        if bulk.is_empty() {
            return Self { declared: Cow::Owned(declared), whole: without_bulk };
        }
        let declared = Tenant { bulk, ..declared };
        let mut whole = flow::layered(&declared, &stays);
        let is_beside = |extension: &Extension| !covers(&Address::new(Kind::Rules, extension));
        whole.rules.extend(without_bulk.rules.into_iter().filter(|(extension, _)| is_beside(extension)));
        Self { declared: Cow::Owned(declared), whole }
    }

    /// Where the files say a value that stands once the run is done. None: it is live alone.
    pub fn place(&self, loaded: &LoadedTenant, path: &Path) -> Option<Place> {
        origin(&self.declared, &self.whole, path).map(|path| locate(loaded, &path))
    }
}

/// A tenant of which nothing is declared.
pub(super) fn bare(loaded: &LoadedTenant) -> Tenant {
    let Tenant { tenant, time_zone, .. } = loaded.tenant.clone();
    Tenant { tenant, time_zone, ..Tenant::default() }
}
