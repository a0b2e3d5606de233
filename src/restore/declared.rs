//! What the tenant's file declares all the same after a restore: the next apply would do it again.

use crate::{finding::Finding, model::Address, text::count};
use std::collections::BTreeSet;

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
