//! What the tenant's file wants otherwise than a restore.

use super::Restoration;
use crate::{
    diff,
    model::{Address, Kind, Resource},
    path::Path,
};
use std::collections::BTreeMap;

impl Restoration {
    /// The objects that `declared` wants otherwise, with the fields it is about; none for a whole object.
    pub fn contradicted_by<'a>(
        &self,
        declared: &impl Fn(&Address) -> Option<&'a Resource>,
        unwanted: &impl Fn(&Address, Kind) -> bool,
    ) -> BTreeMap<Address, Vec<Path>> {
        let mut found = BTreeMap::new();
        for (address, restored) in &self.desired {
            let fields = match declared(address) {
                Some(wanted) => self.contradicted_fields(address, wanted, restored),
                None if unwanted(address, address.kind) => vec![Path::default()],
                None => Vec::new(),
            };
            if !fields.is_empty() {
                found.insert(address.clone(), fields);
            }
        }
        let again = self.absent.iter().filter(|address| declared(address).is_some());
        found.extend(again.map(|address| (address.clone(), vec![Path::default()])));
        found
    }

    /// The fields that the apply changed and that the file wants otherwise than they were.
    fn contradicted_fields(&self, address: &Address, wanted: &Resource, restored: &Resource) -> Vec<Path> {
        let applied = self.applied.get(address).map(Vec::as_slice).unwrap_or_default();
        let changes = diff::diff(wanted, restored).into_iter().map(|change| change.path);
        let about = |path: &Path| {
            applied.iter().any(|change| path.is_inside(&change.path) || change.path.is_inside(path))
        };
        changes.filter(about).collect()
    }
}
