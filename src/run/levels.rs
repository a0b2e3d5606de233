//! What becomes of warnings: what is denied is an error, and what is allowed is left out. An error stays one.

use super::{
    Options,
    allows::{Allows, is_plain},
    baseline, parts,
};
use crate::{
    codes,
    error::Failure,
    explained::Explained,
    finding::{Finding, Level, Place},
    model::LintLevel,
    path::Segment,
    provider::Workspace,
    text::closest,
};
use std::collections::{BTreeMap, BTreeSet};

const LINTS: &str = "lints";

/// What becomes of each code.
#[derive(Debug, Clone, Default)]
pub struct Levels(BTreeMap<String, LintLevel>);

impl Levels {
    /// Those of a command before those of `dialform.yaml`; what is wrong with the latter is said. To who looks at calls, what the
    /// file denies is a warning.
    pub fn of(
        options: &Options,
        workspace: &Workspace,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, Failure> {
        let mut levels = BTreeMap::new();
        for (code, level) in &workspace.file.lints {
            match known(code, *level) {
                Ok(()) => {
                    let is_shown = options.looks_at_calls && *level == LintLevel::Deny;
                    levels.insert(code.clone(), if is_shown { LintLevel::Warn } else { *level });
                }
                Err(why) => {
                    let at = workspace.place_of_key(&[Segment::key(LINTS), Segment::key(code)]);
                    findings.push(Finding::explained("bad-level", why).at(at));
                }
            }
        }
        let mut said: BTreeMap<&str, LintLevel> = BTreeMap::new();
        for (code, level) in &options.lints {
            known(code, *level).map_err(|Explained { message, help, .. }| {
                let failure = Failure::error(format!("`{} {code}`: {message}", option(*level)));
                help.into_iter().fold(failure, Failure::help)
            })?;
            if let Some(other) = said.insert(code, *level).filter(|other| other != level) {
                let message = format!(
                    "`{} {code}` and `{} {code}` contradict each other",
                    option(other),
                    option(*level)
                );
                return Err(Failure::error(message).help("leave one of them out"));
            }
        }
        levels.extend(said.into_iter().map(|(code, level)| (code.to_owned(), level)));
        Ok(Self(levels))
    }

    /// Whether a warning is an error.
    pub fn denies(&self, code: &str) -> bool {
        self.0.get(code) == Some(&LintLevel::Deny)
    }

    /// What is left of findings, and the places of the comments that allow one.
    pub fn judge(&self, mut findings: Vec<Finding>, allows: &Allows) -> (Vec<Finding>, BTreeSet<Place>) {
        for finding in findings.iter_mut().filter(|it| self.denies(it.code)) {
            finding.level = Level::Error;
        }
        // A comment that says the same as `lints` allows something.
        let (mut left, used) = allows.left(findings);
        left.retain(|it| it.level == Level::Error || self.0.get(it.code) != Some(&LintLevel::Allow));
        (left, used)
    }

    /// The same of all that is found in files, with a warning for each comment that allows nothing.
    pub fn of_files(&self, findings: Vec<Finding>, allows: &Allows, workspace: &Workspace) -> Vec<Finding> {
        let (mut findings, used) = self.judge(findings, allows);
        // What could not be read may be what a comment is about.
        if !workspace.has_errors() {
            let unused = allows.unused(&used, is_plain, |code| self.denies(code));
            findings.extend(self.judge(unused, &Allows::default()).0);
        }
        findings
    }
}

/// A warning for each level in `dialform.yaml` that was stricter then: whoever approves a change approves that as well.
pub(super) fn added(
    workspace: &Workspace,
    then: Option<&BTreeMap<String, LintLevel>>,
    named: &str,
) -> Vec<Finding> {
    let Some(then) = then else { return Vec::new() };
    let now = &workspace.file.lints;
    let level =
        |of: &BTreeMap<String, LintLevel>, code: &str| of.get(code).copied().unwrap_or(LintLevel::Warn);
    let codes: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    let laxer = codes.into_iter().filter_map(|code| {
        let said = match (level(then, code), level(now, code)) {
            (LintLevel::Deny | LintLevel::Warn, LintLevel::Allow) => "is allowed in all files from now on",
            (LintLevel::Deny, LintLevel::Warn) => "is not denied any more",
            _ => return None,
        };
        let mut at = vec![Segment::key(LINTS)];
        at.extend(now.contains_key(code).then(|| Segment::key(code)));
        let place = (!now.is_empty()).then(|| workspace.place_of_key(&at));
        let help = format!("it is not so at {named}: whoever approves this approves that as well");
        Some(Finding::warning("new-allow", format!("`{code}` {said}")).help(help).at(place))
    });
    laxer.collect()
}

/// What the lints find in a workspace and its baseline does not know.
pub(super) fn found(workspace: &Workspace) -> Vec<Finding> {
    baseline::news(parts::found(workspace), workspace)
}

/// Whether a code can have a level.
fn known(code: &str, level: LintLevel) -> Result<(), Explained> {
    let all = codes::all();
    let Some(it) = all.iter().find(|it| it.code == code) else {
        let help = match closest(code, all.iter().map(|it| it.code)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`dialform explain` lists all codes".to_owned(),
        };
        return Err(Explained::with_help(format!("there is no code `{code}`"), help));
    };
    if level != LintLevel::Deny && !it.is_ever_a_warning() {
        let message = format!("`{code}` is an error, and stays one");
        return Err(Explained::with_help(message, format!("`dialform explain {code}` says what to do")));
    }
    Ok(())
}

fn option(level: LintLevel) -> &'static str {
    match level {
        LintLevel::Deny => "--deny",
        LintLevel::Warn => "--warn",
        LintLevel::Allow => "--allow",
    }
}
