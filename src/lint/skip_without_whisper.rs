//! A whisper that is skipped, and is not there.

use super::{Check, Example, Findings, Lint, Subject, keys};
use crate::{finding::Level, model::Whisper};

pub static LINT: Lint = Lint {
    code: "skip-without-whisper",
    level: Level::Warning,
    since: "0.1.0",
    docs: "\
### What it finds
A receiving number with `skip_whisper: true` whose `whisper` is off. Where `whisper` is left out, the files do not say whether
there is one.

### Why it matters
The help article *Configure Receiving Numbers*: the setting leaves the receiving number's whisper out where the tracking
number has one of its own. Without a whisper it does nothing, and whoever reads the file looks for one.

### What to do
Take `skip_whisper` out, or write the whisper.",
    example: Example {
        bad: r#"
provider: ctm
receivers: { "+14105550123": { whisper: off, skip_whisper: true } }"#,
        finding: "2:60: `skip_whisper` skips nothing: the whisper is off",
        good: r#"
provider: ctm
receivers: { "+14105550123": { whisper: "say:Call from the website", skip_whisper: true } }"#,
    },
    check: Check::Files(check),
};

fn check(subject: &Subject<'_>, out: &mut Findings<'_>) {
    for it in subject.tenants {
        for (number, receiver) in &it.tenant.receivers {
            if receiver.whisper == Some(Whisper::Off) && receiver.skip_whisper == Some(true) {
                out.push(
                    (it.place)(&keys([&"receivers", number, &"skip_whisper"])),
                    "`skip_whisper` skips nothing: the whisper is off",
                    "take it out, or write the whisper",
                );
            }
        }
    }
}
