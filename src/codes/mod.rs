//! Every code that a finding can have, and what there is to say about it. Pure.
//!
//! What a lint finds is explained beside its check. Every other code has a page here: what it says, why it matters, the way
//! out, and files that bring it about, or a command that prints it where files alone do not. `dialform explain CODE` prints
//! it. A code that two places use has one page, which says both.

use crate::{
    explained::Explained,
    finding::Level,
    lint::{LINTS, Lint},
    text::closest,
};

/// A code, and what there is to say about it.
#[derive(Clone, Copy)]
pub struct Code {
    /// Stable, never used again for something else.
    pub code: &'static str,
    /// The version of dialform that first knew it.
    pub since: &'static str,
    said: Said,
}

/// Where it is said.
#[derive(Clone, Copy)]
enum Said {
    Page(&'static str),
    Lint(&'static Lint),
}

/// The pages of codes that a version has brought.
macro_rules! pages {
    ($since:literal, $($code:literal,)*) => {
        &[$(Code { code: $code, since: $since, said: Said::Page(include_str!(concat!($code, ".md"))) }),*]
    };
}

/// Every code that is no lint's.
static PAGES: &[Code] = pages![
    "0.1.0",
    "added-since",
    "ambiguous-name",
    "ambiguous-object",
    "attendant-extension",
    "bad-assertion",
    "bad-extends",
    "bad-level",
    "bad-name",
    "bad-value",
    "bad-var",
    "bad-without",
    "base",
    "beside-the-call",
    "changed-since",
    "changes",
    "clock-change",
    "config",
    "cut-off",
    "default-rule-above",
    "default-rule-off",
    "duplicate-key",
    "duplicate-name",
    "empty-file",
    "encoding",
    "ends-later",
    "ends-soon",
    "extension-taken",
    "failed",
    "forward-on",
    "hidden-character",
    "inherited-map",
    "lfs-pointer",
    "lingering-rule",
    "missing-feature",
    "missing-key",
    "missing-var",
    "more",
    "near-miss",
    "new-allow",
    "no-credential",
    "no-dial-rule",
    "no-main-file",
    "no-shared-files",
    "no-such-attendant",
    "no-such-extension",
    "no-such-holiday",
    "no-such-number",
    "no-such-object",
    "no-such-place",
    "no-such-receiver",
    "no-such-rule",
    "no-template",
    "no-tenant-files",
    "no-tenants",
    "no-test-files",
    "no-time-zone",
    "not-in-main-file",
    "not-read",
    "not-restored",
    "null-value",
    "object-twice",
    "otherwise",
    "out-of-scope",
    "out-of-service",
    "own-schedule",
    "protected",
    "protected-later",
    "queue-extension",
    "recursive-alias",
    "redacted",
    "refused",
    "removed-tenant",
    "reserved-name",
    "section-twice",
    "several-documents",
    "shared-and-own",
    "shared-twice",
    "stale-baseline",
    "stale-list",
    "stays-on",
    "still-declared",
    "syntax",
    "tag",
    "template-cycle",
    "time-zone",
    "too-deep",
    "too-large",
    "too-many-patterns",
    "undeclared",
    "undoes-commit",
    "unexpected-change",
    "unknown-alias",
    "unknown-history",
    "unknown-key",
    "unknown-shared",
    "unknown-target",
    "unknown-value",
    "unknown-var",
    "unreadable-account",
    "unreadable-file",
    "unreadable-value",
    "unsupported",
    "until-passed",
    "until-twice",
    "untrusted-config",
    "unused-allow",
    "unused-approval",
    "wrong-type",
];

impl Code {
    /// Markdown: all that is said about it.
    pub fn explanation(&self) -> String {
        match self.said {
            Said::Page(text) => format!("# {}\n\n{text}\nSince dialform {}.\n", self.code, self.since),
            Said::Lint(lint) => lint.explanation(),
        }
    }

    /// Whether it may be a warning: its page shows one.
    pub fn is_ever_a_warning(&self) -> bool {
        match self.said {
            Said::Page(text) => {
                text.lines().any(|line| line.starts_with("Warning") || line.starts_with("warning["))
            }
            Said::Lint(lint) => lint.level == Level::Warning,
        }
    }

    /// What it says, as short as it can be said: its first sentence, up to where that goes into details.
    pub fn summary(&self) -> String {
        let text = match self.said {
            Said::Page(text) => text,
            Said::Lint(lint) => lint.docs,
        };
        // Behind its heading, which is the first line.
        let first = text.lines().skip(1).take_while(|line| !line.is_empty());
        let first = first.collect::<Vec<_>>().join(" ");
        let mut is_code = false;
        let end = first.char_indices().find(|(at, c)| {
            is_code ^= *c == '`';
            !is_code && matches!(c, '.' | ':' | ';') && first[at + 1..].starts_with(' ')
        });
        end.map_or(first.clone(), |(at, _)| format!("{}.", &first[..at]))
    }
}

/// Every code, by name.
pub fn all() -> Vec<Code> {
    let lints = LINTS.iter().map(|lint| Code { code: lint.code, since: lint.since, said: Said::Lint(lint) });
    let mut all: Vec<Code> = PAGES.iter().copied().chain(lints).collect();
    all.sort_by_key(|it| it.code);
    all
}

/// What there is to say about a code.
pub fn find(code: &str) -> Result<Code, Explained> {
    let all = all();
    if let Some(found) = all.iter().find(|it| it.code == code) {
        return Ok(*found);
    }
    let help = match closest(code, all.iter().map(|it| it.code)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`dialform explain` lists all codes".to_owned(),
    };
    Err(Explained::with_help(format!("there is nothing to explain about `{code}`"), help))
}
