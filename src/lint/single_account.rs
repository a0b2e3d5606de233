//! Two accounts behind a login that opens one.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::finding::Level;
use std::collections::BTreeMap;

pub static LINT: Lint = Lint {
    code: "single-account",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
Tenants with different accounts on one entry of `providers` that reaches a single account: on Deskphone the bridge
behind `url` is signed in to one dashboard.

### Why it matters
The help article *How to change your divert settings* starts with \"Login to your dashboard account\": what is changed
there is changed in that account. The second tenant would be read from the first one's account, and its diverts written
there.

### What to do
Give each account an entry of its own under `providers`.",
    example: Example {
        bad: "
# tenants/harbour.yaml
provider: deskphone
account: harbour
# tenants/quayside.yaml
provider: deskphone
account: quayside",
        finding: "tenants/quayside.yaml:3:10: provider `deskphone` reaches only one account, `harbour` of tenant `harbour`",
        good: "
# dialform.yaml
providers:
  deskphone-harbour: { kind: deskphone, bridge: manual }
  deskphone-quayside: { kind: deskphone, bridge: manual }
# tenants/harbour.yaml
provider: deskphone-harbour
account: harbour
# tenants/quayside.yaml
provider: deskphone-quayside
account: quayside",
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    let mut first = BTreeMap::new();
    for it in subject.tenants {
        let (provider, account) = (it.tenant.provider.as_str(), it.tenant.account.as_str());
        let config = subject.file.providers.get(provider);
        if !config.is_some_and(|config| subject.single_account.contains(&config.kind.as_str())) {
            continue;
        }
        let (reached, tenant) = *first.entry(provider).or_insert((account, it.tenant.tenant.as_str()));
        if reached != account {
            out.push(
                (it.place)(&keys([&"account"])),
                format!("provider `{provider}` reaches only one account, `{reached}` of tenant `{tenant}`"),
                format!("give `{account}` an entry of its own under `providers`"),
            );
        }
    }
}
