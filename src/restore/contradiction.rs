//! What the tenant's file wants otherwise than a restore.

use super::{Restoration, review::in_order};
use crate::{
    diff::{self, FieldChange},
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
        // What became of one rule says nothing of where it stands, and an order that comes back may leave out the Default rule.
        let order = Path::from(["order"]);
        let is_about = |path: &Path| {
            let within = |change: &FieldChange| change.path.is_inside(path) && *path != order;
            applied.iter().any(|change| path.is_inside(&change.path) || within(change))
        };
        let differs = |it: &FieldChange| it.path != order || in_order(&it.old) != in_order(&it.new);
        let changes = diff::diff(wanted, restored).into_iter();
        changes.filter(|it| differs(it) && is_about(&it.path)).map(|it| it.path).collect()
    }
}
