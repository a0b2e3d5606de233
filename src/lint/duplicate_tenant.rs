//! Two tenants with one name.

use super::{Findings, Lint, Subject, keys};
use crate::finding::Level;
use std::collections::BTreeMap;

pub static LINT: Lint = Lint {
    code: "duplicate-tenant",
    level: Level::Error,
    docs: "\
### What it finds
Two tenant files with the same `tenant:` name.

### Why it matters
A tenant's name is how plans, approvals and `--tenant` speak of it; two with one name would be approved as one.

### Example
```yaml
tenant: acme        # in tenants/acme.yaml
tenant: acme        # in tenants/acme-dallas.yaml
```
Rename one of them, or join the files.",
    check,
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    let mut first = BTreeMap::new();
    for it in subject.tenants {
        let place = (it.place)(&keys([&"tenant"]));
        if let Some(earlier) = first.insert(it.tenant.tenant.as_str(), place.clone()) {
            let message = format!(
                "tenant `{}` is already defined in {}:{}",
                it.tenant.tenant, earlier.file, earlier.line
            );
            out.push(place, message, "rename one of them, or join the files");
        }
    }
}
