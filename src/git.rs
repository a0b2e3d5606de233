//! Asking git. No text of a person's ever becomes an option of it: a revision is turned into an object's name first. And
//! nothing that a pull request can bring makes it run a program.
//!
//! - `blobs`: many files from one process
//! - `object`: what git calls bytes
//! - `tree`: the files of a tree

mod blobs;
mod object;
mod tree;

pub use blobs::Blobs;
pub use object::ObjectId;
pub use tree::{Entry, Kind};

use crate::text::io_reason;
use std::{path::Path, process::Command};

/// What of git's settings is not left to the repository. A directory that is a repository by itself (`HEAD`, `objects`,
/// `config`) can come with a pull request, and its `config` can name programs.
/// And a name that several refs have is to be told, whatever the settings say.
const SETTINGS: [&str; 5] = [
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "diff.external=",
    "core.warnAmbiguousRefs=true",
];

/// Runs git in a directory; what it says, or the first line of why it did not.
pub fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    run(command().arg("-C").arg(root).args(arguments))
}

/// The same with the attributes of files (line ends, filters) as a tree has them. An older git takes those of now.
pub fn git_as_of(root: &Path, tree: &str, arguments: &[&str]) -> Result<Vec<u8>, String> {
    run(command().env("GIT_ATTR_SOURCE", tree).arg("-C").arg(root).args(arguments))
}

/// The name of the object that a person means; `kind` is `commit` or `tree`. A name that can be more than one thing is no
/// answer ([`is_several`]): git takes a tag before the branch of a remote, and whoever may push tags would choose.
pub fn object(root: &Path, named: &str, kind: &str) -> Result<String, String> {
    let peeled = format!("{named}^{{{kind}}}");
    // Where it is to be quiet it does not say that there are several.
    let asked = ended(command().arg("-C").arg(root).args(["rev-parse", "--verify", END, &peeled]))?;
    match asked {
        Ended { several: Some(name), .. } => Err(meanings(root, &name)),
        Ended { code: Some(0), said, .. } => Ok(text_of(&said)),
        Ended { why, .. } => Err(why),
    }
}

const SEVERAL: &str = " can be more than one thing: ";

/// Why a name that can be more than one thing is refused: what it can be, as git looks for it.
fn meanings(root: &Path, name: &str) -> String {
    let known = ["", "tags/", "heads/", "remotes/"].map(|it| format!("refs/{it}{name}"));
    let known: Vec<String> = known.into_iter().chain([format!("refs/remotes/{name}/HEAD")]).collect();
    let ask = ["for-each-ref", "--format=%(refname)"].into_iter().chain(known.iter().map(String::as_str));
    let there = line(root, &ask.collect::<Vec<_>>()).unwrap_or_default();
    let mut all: Vec<String> = known
        .iter()
        .filter(|it| there.lines().any(|there| there == *it))
        .map(|it| format!("`{it}`"))
        .collect();
    if all.len() < 2 {
        all.push("an object whose name begins so".to_owned());
    }
    format!("`{name}`{SEVERAL}{}", all.join(", "))
}

/// Whether something was not found because its name can be more than one thing.
pub fn is_several(why: &str) -> bool {
    why.contains(SEVERAL)
}

/// How to write which of several is meant: the branch of a remote, or a branch, rather than a tag.
pub fn one_of_several(why: &str) -> Option<String> {
    let (_, all) = why.split_once(SEVERAL)?;
    let refs: Vec<&str> = all.split('`').filter(|it| it.starts_with("refs/")).collect();
    let named = |begin: &str| refs.iter().find(|it| it.starts_with(begin));
    // A tag is nothing to point to: whoever may push one may call it so.
    let Some(meant) = named("refs/remotes/").or_else(|| named("refs/heads/")) else {
        return Some("write the whole name of the commit".to_owned());
    };
    Some(match refs.len() {
        1 => format!("write `{meant}`, or the whole name of the commit"),
        _ => format!("write `{meant}`"),
    })
}

/// The name of which git complains that it can be more than one thing. What is checked out is always that, and so is what has a
/// whole name: no other ref comes before these.
fn several(complaint: &str) -> Option<String> {
    let names =
        complaint.lines().filter_map(|line| line.split_once("refname '")?.1.strip_suffix("' is ambiguous."));
    // A whole name is always the commit.
    let is_whole = |it: &str| matches!(it.len(), 40 | 64) && it.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut names = names.filter(|it| *it != "HEAD" && !it.starts_with("refs/") && !is_whole(it));
    names.next().map(str::to_owned)
}

const END: &str = "--end-of-options";

/// Where a directory is in its repository (nothing, or a path that ends with `/`), and what git says to some questions about
/// revisions, a line each: one process for all of them. `None` where one has no answer or several, or may be no revision but an
/// option.
pub fn place_and(root: &Path, questions: &[String]) -> Option<(String, Vec<String>)> {
    if questions.iter().any(|it| it.starts_with(['-', '^']) || it.contains(['\n', ' '])) {
        return None;
    }
    let mut arguments = vec!["rev-parse", "--show-prefix", END];
    arguments.extend(questions.iter().map(String::as_str));
    let asked = ended(command().arg("-C").arg(root).args(&arguments)).ok()?;
    let Ended { code: Some(0), said, several: None, .. } = asked else { return None };
    let said = String::from_utf8_lossy(&said).into_owned();
    // Of newer versions. An older one is asked question by question.
    let (place, answers) = said.split_once(&format!("{END}\n"))?;
    let answers: Vec<String> = answers.lines().map(str::to_owned).collect();
    let is_name = |it: &String| ObjectId::parse(it.trim_start_matches('^')).is_some();
    let place = place.strip_suffix('\n').unwrap_or(place).to_owned();
    answers.iter().all(is_name).then_some((place, answers))
}

/// Whether a commit is one that another was made from. The commit itself says so, also where the history is not here.
pub fn is_parent(root: &Path, parent: &str, of: &str) -> bool {
    let said = git(root, &["cat-file", "commit", of]).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    said.lines()
        .take_while(|line| !line.is_empty())
        .any(|line| line.strip_prefix("parent ").is_some_and(|it| it == parent))
}

/// Whether history is missing between two commits and the point that they have in common, as far as it is known: that point may
/// then be another one.
pub fn is_cut(root: &Path, [one, other]: &[&str; 2], left: Option<&str>) -> bool {
    if line(root, &["rev-parse", "--is-shallow-repository"]).as_deref() != Ok("true") {
        return false;
    }
    let mut ask = vec!["rev-list", "--max-count=1", "--max-parents=0", one, other];
    let not = left.map(|left| format!("^{left}"));
    ask.extend(not.as_deref());
    line(root, &ask).is_ok_and(|first| !first.is_empty())
}

/// One line that git says.
pub fn line(root: &Path, arguments: &[&str]) -> Result<String, String> {
    Ok(text_of(&git(root, arguments)?))
}

fn text_of(said: &[u8]) -> String {
    String::from_utf8_lossy(said).trim_end_matches(['\n', '\r']).to_owned()
}

fn command() -> Command {
    let mut git = Command::new("git");
    git.args(["--no-pager", "--no-replace-objects"])
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0");
    for setting in SETTINGS {
        git.args(["-c", setting]);
    }
    git
}

/// How git has ended, where that is an answer by itself.
pub struct Ended {
    pub code: Option<i32>,
    pub said: Vec<u8>,
    /// The first line of what it complains about.
    pub why: String,
    /// A name that can be more than one thing.
    several: Option<String>,
}

/// Asks with the attributes of files as a tree has them, and takes any exit code.
pub fn ended_as_of(root: &Path, tree: &str, arguments: &[&str]) -> Result<Ended, String> {
    ended(command().env("GIT_ATTR_SOURCE", tree).arg("-C").arg(root).args(arguments))
}

fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let Ended { code, said, why, .. } = ended(command)?;
    if code == Some(0) { Ok(said) } else { Err(why) }
}

fn ended(command: &mut Command) -> Result<Ended, String> {
    let output = command.output().map_err(|error| format!("git cannot be run: {}", io_reason(&error)))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().find(|line| !line.starts_with("warning: ")).unwrap_or("git failed");
    let first = first.trim_start_matches("fatal: ").trim_start_matches("error: ");
    // What git itself advises for a repository of another user.
    let advice = said.lines().map(str::trim).find(|line| line.starts_with("git config "));
    let why = advice.map_or_else(|| first.to_owned(), |advice| format!("{first}: git advises `{advice}`"));
    Ok(Ended { code: output.status.code(), said: output.stdout, why, several: several(&said) })
}
