//! Two tenants with one name.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::finding::Level;
use std::collections::BTreeMap;

pub static LINT: Lint = Lint {
    code: "duplicate-tenant",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
Two tenant files with the same `tenant:` name.

### Why it matters
A tenant's name is how plans, approvals and `--tenant` speak of it; two with one name would be approved as one.

### What to do
Rename one of them, or merge the files.",
    example: Example {
        bad: "
# tenants/acme-dallas.yaml
tenant: acme
# tenants/acme.yaml
tenant: acme",
        finding: "tenants/acme.yaml:2:9: tenant `acme` is already defined in tenants/acme-dallas.yaml:2",
        good: "
# tenants/acme-dallas.yaml
tenant: acme-dallas
# tenants/acme.yaml
tenant: acme",
    },
    check: Check::Files(check),
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
