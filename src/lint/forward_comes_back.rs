//! An emergency forward that leads to what is down.

use super::{Check, Example, Lint};
use crate::finding::Level;

pub static LINT: Lint = Lint {
    code: "forward-comes-back",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
An emergency forward to a number that comes back to the phone system that is down, by whatever way.

### Why it matters
The forward is for the day the platform cannot take calls. `hosted-forward` finds a number of the same platform in the
files; this finds the ones that lead there over another system, and those that only an account has.

### What to do
Name a cell phone, a landline or an answering service on another platform.",
    example: Example {
        bad: r#"
# tenants/acme.yaml
numbers: { "+12145550100": { route: { extension: "101" } } }
rules: { "101": { ring_timeout: 20 } }
forwards: { "+12145550100": { to: "+18005550142" } }
# tenants/bright.yaml
provider: ctm
account: "302341"
numbers: { "+18005550142": { route: { receivers: ["+12145550100"] } } }
receivers: { "+12145550100": {} }"#,
        finding: "tenants/acme.yaml:4:35: the emergency forward of +12145550100 leads to what is down as well: the caller hears a busy tone",
        good: r#"
numbers: { "+12145550100": { route: { extension: "101" } } }
forwards: { "+12145550100": { to: "+19725550199" } }"#,
    },
    check: Check::Sweep,
};
