//! Two tenants on one account.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::finding::Level;
use std::collections::BTreeMap;

pub static LINT: Lint = Lint {
    code: "shared-account",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
Two tenants with the same `provider` and `account`. `import` finds the same before it writes into one of the two.

### Why it matters
Each would report the other's objects as unmanaged, and with `exhaustive` delete them.

### What to do
Merge the two files.",
    example: Example {
        bad: "
# tenants/acme-dallas.yaml
account: acmedental.12345.service
# tenants/acme.yaml
account: acmedental.12345.service",
        finding: "tenants/acme.yaml:2:10: account `acmedental.12345.service` already belongs to tenant `acme-dallas`",
        good: "
# tenants/acme-dallas.yaml
account: acmedallas.12345.service
# tenants/acme.yaml
account: acmedental.12345.service",
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    let mut first = BTreeMap::new();
    for it in subject.tenants {
        let account = (it.tenant.provider.as_str(), it.tenant.account.as_str());
        if let Some(earlier) = first.insert(account, it.tenant.tenant.as_str())
            && earlier != it.tenant.tenant
        {
            let place = (it.place)(&keys([&"account"]));
            out.push(
                place,
                format!("account `{}` already belongs to tenant `{earlier}`", account.1),
                "merge the two files",
            );
        }
    }
}
