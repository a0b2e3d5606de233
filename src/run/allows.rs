//! Comments that let a warning be: `# dialform: allow CODE` above the line of its place.

use super::then::was;
use crate::{
    explained::Explained,
    finding::{Finding, Level, Place},
    lint::{Check, LINTS, Lint},
    load::{Changed, LoadedTenant, Span, WORKSPACE_FILE, layout::Layout, source::Source},
    path::Path,
    provider::Workspace,
    text::closest,
};
use std::collections::BTreeSet;

/// What such a comment begins with.
const MARK: &str = "# dialform:";

const HOW: &str =
    "write `# dialform: allow CODE` above the line, with `: ` and the reason behind it if there is one";

/// One code of one comment.
#[derive(Clone)]
struct Allow {
    /// Where the code stands.
    place: Place,
    /// The line that it is about, and what begins there.
    line: usize,
    about: BTreeSet<Path>,
    what: Result<&'static Lint, Explained>,
}

/// Everything that the comments of a workspace allow.
#[derive(Clone, Default)]
pub struct Allows(Vec<Allow>);

impl Allows {
    /// Those of a workspace's files.
    pub fn of(workspace: &Workspace) -> Self {
        let mut allows = Self::default();
        allows.add(workspace);
        allows
    }

    /// Adds those of what is loaded now.
    pub fn add(&mut self, workspace: &Workspace) {
        let all = workspace.tenants.iter().chain(&workspace.parts).flat_map(LoadedTenant::texts);
        let mut seen: BTreeSet<String> = self.0.iter().map(|allow| allow.place.file.clone()).collect();
        // A template is a file of many.
        for (file, text) in all.chain([workspace.text()]).filter(|(_, text)| text.contains(MARK)) {
            if seen.insert(file.to_owned()) {
                self.0.extend(in_text(file, text));
            }
        }
    }

    /// Those of a tenant's files.
    fn of_tenant(tenant: &LoadedTenant) -> Vec<Allow> {
        tenant.texts().flat_map(|(file, text)| in_text(file, text)).collect()
    }

    /// Puts them in the order of the files, `dialform.yaml` last.
    pub fn put_in_order(&mut self) {
        let rank = |it: &Allow| (it.place.file == WORKSPACE_FILE, it.place.clone());
        self.0.sort_by_cached_key(rank);
    }

    /// The findings that none of them allows, and the places of those that allow one.
    pub fn left(&self, findings: Vec<Finding>) -> (Vec<Finding>, BTreeSet<Place>) {
        let mut used = BTreeSet::new();
        if self.0.is_empty() {
            return (findings, used);
        }
        let is_left = |finding: &Finding| {
            let allow = self.0.iter().find(|allow| allow.allows(finding));
            used.extend(allow.map(|allow| allow.place.clone()));
            allow.is_none()
        };
        (findings.into_iter().filter(is_left).collect(), used)
    }

    /// A warning for each that allows nothing. `is_looked_for` says which lints have been run, and `denied` which are errors.
    pub fn unused(
        &self,
        used: &BTreeSet<Place>,
        is_looked_for: impl Fn(&Lint) -> bool,
        denied: impl Fn(&str) -> bool,
    ) -> Vec<Finding> {
        let unused = self.0.iter().filter(|allow| !used.contains(&allow.place));
        let finding = |allow: &Allow| {
            let why = match &allow.what {
                Ok(lint) if !is_looked_for(lint) => return None,
                Ok(lint) if denied(lint.code) => Explained::with_help(
                    format!("`{}` is denied here: no comment allows it", lint.code),
                    "mend it",
                ),
                Ok(lint) => Explained::with_help(
                    format!("`{}` is not found here: this allows nothing", lint.code),
                    "take the comment out, or put it above the line that the finding names",
                ),
                Err(why) => why.clone(),
            };
            Some(
                Finding { level: Level::Warning, ..Finding::explained("unused-allow", why) }
                    .at(allow.place.clone()),
            )
        };
        unused.filter_map(finding).collect()
    }
}

impl Allow {
    fn allows(&self, finding: &Finding) -> bool {
        let is_here = |place: &Place| place.file == self.place.file && place.line == self.line;
        let is_it = self.what.as_ref().is_ok_and(|lint| lint.code == finding.code);
        // What a line brings in is not on the line: who lets one finding of a template be says nothing of the next. The value
        // of a variable is the tenant's own word.
        let gives = self.about.iter().any(|path| path.is_in_field(&["vars"]));
        let of = |place: &Place| is_here(place) || (gives && place.also.as_deref().is_some_and(is_here));
        is_it && finding.level == Level::Warning && finding.place.as_ref().is_some_and(of)
    }
}

/// A warning for each comment that a tenant's files of then have not: whoever approves a change approves that as well.
pub(super) fn added(now: &LoadedTenant, then: Option<&LoadedTenant>, named: &str) -> Vec<Finding> {
    let then = then.map(Allows::of_tenant).unwrap_or_default();
    news(Allows::of_tenant(now), then, named)
}

/// The same of each tenant that has changed.
pub(super) fn added_since<'t>(
    tenants: impl Iterator<Item = &'t LoadedTenant>,
    workspace: &Workspace,
    changed: &Changed,
    named: &str,
) -> BTreeSet<Finding> {
    let has_any = |it: &&LoadedTenant| it.texts().any(|(_, text)| text.contains(MARK));
    let mut tenants = tenants.filter(has_any).peekable();
    // The tenants of then take time to read.
    let then = tenants.peek().and_then(|_| changed.tenants_then(workspace));
    let of = |now: &LoadedTenant| {
        let then = then.as_ref().and_then(|then| was(then, &now.tenant, workspace));
        added(now, then.map(|(then, _)| then), named)
    };
    tenants.flat_map(of).collect()
}

/// The same of the comments of `dialform.yaml`.
pub(super) fn added_to_workspace(workspace: &Workspace, changed: &Changed, named: &str) -> Vec<Finding> {
    let (file, text) = workspace.text();
    let then = changed.then(WORKSPACE_FILE).map(|text| in_text(file, &text)).unwrap_or_default();
    news(in_text(file, text), then, named)
}

fn news(now: Vec<Allow>, mut then: Vec<Allow>, named: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for allow in now {
        let Ok(lint) = &allow.what else { continue };
        // One that moves with what it is about is the same. That is a place in an object: equal lines are many.
        let is_same = |it: &Allow| {
            let is_code = it.what.as_ref().is_ok_and(|it| it.code == lint.code);
            is_code && !allow.about.is_empty() && allow.about.is_subset(&it.about)
        };
        if let Some(at) = then.iter().position(is_same) {
            then.swap_remove(at);
            continue;
        }
        let message = format!("`{}` is allowed here from now on", lint.code);
        let help = format!("it is not so at {named}: whoever approves this approves that as well");
        found.push(Finding::warning("new-allow", message).help(help).at(allow.place));
    }
    found
}

/// The comments of a file.
fn in_text(file: &str, text: &str) -> Vec<Allow> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    // In a file that cannot be read nothing is found.
    let Some(layout) = Layout::read(file, text) else { return Vec::new() };
    // What looks like one may be a line of a text.
    let comments: BTreeSet<usize> = layout.comments.iter().filter(|it| it.alone).map(|it| it.line).collect();
    let source = Source::new(file, text);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut found, mut start) = (Vec::new(), 0);
    for (at, line) in lines.iter().enumerate() {
        let begins = line.len() - line.trim_start().len();
        let said = line[begins..].strip_prefix(MARK).filter(|_| comments.contains(&(at + 1)));
        if let Some(said) = said {
            let below = lines[at + 1..].iter().position(|line| !line.trim_start().starts_with('#'));
            let line = below.map_or(0, |below| at + below + 2);
            let about = layout.begins_on(line);
            let offset = start + begins + MARK.len();
            found.extend(words(said).map(|(from, word, what)| Allow {
                place: source.place(Span::new(offset + from, offset + from + word.len())),
                line,
                about: about.clone(),
                what,
            }));
        }
        start += line.len();
    }
    found
}

/// The codes that a comment allows, each with where it begins; or the word that means nothing.
fn words(said: &str) -> impl Iterator<Item = (usize, &str, Result<&'static Lint, Explained>)> {
    let blank = said.len() - said.trim_start().len();
    let said_all = said[blank..].trim_end();
    let (verb, rest) = said_all.split_once([' ', '\t']).unwrap_or((said_all, ""));
    let codes = rest.split_once(": ").map_or(rest, |(codes, _)| codes);
    if verb != "allow" || codes.trim().is_empty() {
        let message = format!("`{MARK} {verb}` allows nothing");
        return vec![(blank, verb, Err(Explained::with_help(message, HOW)))].into_iter();
    }
    let mut from = blank + verb.len() + 1;
    let mut found = Vec::new();
    for part in codes.split(',') {
        let word = part.trim().trim_end_matches(':');
        let begins = from + part.len() - part.trim_start().len();
        found.push((begins, word, lint(word)));
        from += part.len() + 1;
    }
    found.into_iter()
}

/// The lint that a comment may allow.
fn lint(code: &str) -> Result<&'static Lint, Explained> {
    let Some(lint) = LINTS.iter().find(|lint| lint.code == code) else {
        let may_be = LINTS.iter().filter(|lint| lint.level == Level::Warning).map(|lint| lint.code);
        let help = closest(code, may_be).map_or_else(
            || "`dialform explain` lists all codes; a comment allows those of lints".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Explained::with_help(format!("there is no lint `{code}`"), help));
    };
    match lint.level {
        Level::Warning => Ok(lint),
        Level::Error => {
            let message = format!("`{code}` is an error, which no comment allows");
            Err(Explained::with_help(message, format!("`dialform explain {code}` says what to do")))
        }
    }
}

/// Whether plain `check` runs a lint.
pub(super) fn is_plain(lint: &Lint) -> bool {
    !matches!(lint.check, Check::Sweep)
}
