//! What the tenant's file declares all the same after a restore: the next apply would do it again.

use super::Restoration;
use crate::{
    diff,
    finding::Finding,
    model::{Address, Kind, Resource},
    path::Path,
    text::count,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a tenant's file wants otherwise than a restore.
#[derive(Debug, Default)]
pub struct StillDeclared {
    pub file: String,
    pub addresses: BTreeSet<Address>,
    /// What to do about it, and which commit to revert.
    pub way_out: String,
}

impl StillDeclared {
    /// What is said of those objects that a restore has changed or is to change; nothing if there are none.
    pub fn finding(&self, tenant: &str, concerns: impl Fn(&Address) -> bool) -> Option<Finding> {
        let named: Vec<String> =
            self.addresses.iter().filter(|it| concerns(it)).map(ToString::to_string).collect();
        let message = format!("{}: {}", self.again(&named)?, named.join(", "));
        Some(Finding::warning("still-declared", format!("tenant `{tenant}`: {message}")).help(&self.way_out))
    }

    /// The same for the plan, at the first of the objects.
    pub fn note(&self, concerns: impl Fn(&Address) -> bool) -> Option<(Address, String)> {
        let named: Vec<&Address> = self.addresses.iter().filter(|it| concerns(it)).collect();
        let first = (*named.first()?).clone();
        Some((first, format!("{}; {}", self.again(&named)?, self.way_out)))
    }

    fn again<T>(&self, named: &[T]) -> Option<String> {
        let what = match named {
            [] => return None,
            [_] => "what is taken back".to_owned(),
            all => format!("what is taken back, {}", count(all.len(), "object")),
        };
        Some(format!("`{}` still declares {what}, and the next apply does it again", self.file))
    }
}

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
