//! An emergency forward to the platform that is down.

use super::{Findings, Lint, Subject, keys};
use crate::{finding::Level, model::Tenant};
use std::collections::BTreeMap;

pub static LINT: Lint = Lint {
    code: "hosted-forward",
    level: Level::Error,
    docs: "\
### What it finds
An emergency forward to a number that a tenant on the same kind of platform declares.

### Why it matters
The forward is for the day the platform cannot take calls; a number it hosts is down as well. Article 000: \"this should
be a Non-SpectrumVoIP 10-Digit Number\".

### Example
```yaml
numbers: { \"+12145550100\": { … }, \"+12145550101\": { … } }
forwards: { \"+12145550100\": { to: \"+12145550101\" } }
```
Name a cell phone or an answering service on another platform.",
    check,
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    let kind =
        |tenant: &Tenant| subject.file.providers.get(&tenant.provider).map(|config| config.kind.clone());
    let mut hosts = BTreeMap::new();
    for it in subject.tenants {
        for number in it.tenant.numbers.keys().chain(it.tenant.forwards.keys()) {
            hosts.insert((kind(it.tenant), number), it.tenant.tenant.as_str());
        }
    }
    for it in subject.tenants {
        for (number, forward) in &it.tenant.forwards {
            let Some(to) = forward.to.as_ref().filter(|to| *to != number) else { continue };
            if let Some(host) = hosts.get(&(kind(it.tenant), to)) {
                let message = format!("{to} is a number of tenant `{host}` on the same platform");
                let place = (it.place)(&keys([&"forwards", number, &"to"]));
                out.push(
                    place,
                    message,
                    "forward to a number the platform does not host: it is down with it",
                );
            }
        }
    }
}
