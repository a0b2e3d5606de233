//! A provider nobody has defined, or of a kind nobody knows.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{finding::Level, text::closest};

pub static LINT: Lint = Lint {
    code: "unknown-provider",
    level: Level::Error,
    since: "0.1.0",
    docs: "\
### What it finds
A tenant whose `provider` is not in `dialform.yaml`, or a provider whose `kind` dialform does not know.

### Why it matters
Nothing can be planned for it.

### What to do
Write the name as `dialform.yaml` has it; `dialform providers` lists the kinds.",
    example: Example {
        bad: "
# dialform.yaml
providers: { deskphone-uk: { kind: deskphone, bridge: manual } }
# tenants/acme.yaml
provider: deskphone-gb",
        finding: "tenants/acme.yaml:2:11: provider `deskphone-gb` is not defined",
        good: "
# dialform.yaml
providers: { deskphone-uk: { kind: deskphone, bridge: manual } }
# tenants/acme.yaml
provider: deskphone-uk",
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for (name, config) in &subject.file.providers {
        if !subject.kinds.contains(&config.kind.as_str()) {
            let help = match closest(&config.kind, subject.kinds.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known kinds: {}", subject.kinds.join(", ")),
            };
            let place = (subject.place)(&keys([&"providers", name, &"kind"]));
            out.push(place, format!("there is no provider of kind `{}`", config.kind), help);
        }
    }
    for it in subject.tenants {
        let name = it.tenant.provider.as_str();
        if !subject.file.providers.contains_key(name) {
            let help = match closest(name, subject.file.providers.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "define it under `providers` in dialform.yaml".to_owned(),
            };
            out.push((it.place)(&keys([&"provider"])), format!("provider `{name}` is not defined"), help);
        }
    }
}
