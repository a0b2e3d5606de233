//! What `--version` says: the version, and of a release build the commit that it was made of.
//!
//! The commit is read from the files of git, so that no git is needed, and none where there is no repository: an archive of
//! the sources, a container. There `DIALFORM_COMMIT` can say it. A debug build says none: it would be built anew with each
//! commit.
#![allow(clippy::print_stdout, reason = "what a build script prints is how cargo hears of it")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// How much of a commit's name is shown.
const SHOWN: usize = 12;

fn main() {
    println!("cargo::rerun-if-changed=src/build.rs");
    println!("cargo::rerun-if-env-changed=DIALFORM_COMMIT");
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let mut commit = variable("DIALFORM_COMMIT");
    if commit.is_empty() && variable("PROFILE") == "release" {
        let (found, read) = head(Path::new(&variable("CARGO_MANIFEST_DIR")));
        commit = found.unwrap_or_default();
        // A file that is not there would count as changed each time.
        for path in read.iter().filter(|it| it.exists()) {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    // Debug builds, too, are built without debug assertions: tests ask here.
    println!("cargo::rustc-env=DIALFORM_PROFILE={}", variable("PROFILE"));
    println!("cargo::rustc-env=DIALFORM_VERSION={}", version(&variable("CARGO_PKG_VERSION"), &commit));
}

/// What `--version` says behind the name of the program.
pub fn version(number: &str, commit: &str) -> String {
    let is_commit = commit.len() >= SHOWN && commit.chars().all(|c| c.is_ascii_hexdigit());
    match commit.get(..SHOWN) {
        Some(short) if is_commit => format!("{number} ({short})"),
        _ => number.to_owned(),
    }
}

/// The commit that is checked out in the repository whose root this is, and the files that say so.
pub fn head(root: &Path) -> (Option<String>, Vec<PathBuf>) {
    let mut git = root.join(".git");
    // In a further work tree it is a file that names the directory.
    if let Some(elsewhere) = text(&git).as_deref().and_then(|it| it.strip_prefix("gitdir: ")) {
        git = root.join(elsewhere);
    }
    let common = text(&git.join("commondir")).map_or(git.clone(), |it| git.join(it));
    // A commit on the branch that is checked out leaves HEAD as it is, and is a line more in the log.
    let mut read = vec![git.join("HEAD"), git.join("logs/HEAD")];
    let Some(head) = text(&read[0]) else { return (None, read) };
    let Some(branch) = head.strip_prefix("ref: ") else { return (Some(head), read) };
    let (loose, packed) = (common.join(branch), common.join("packed-refs"));
    let found = text(&loose).or_else(|| {
        let lines = text(&packed)?;
        let mut lines = lines.lines().filter_map(|line| line.split_once(' '));
        lines.find_map(|(commit, name)| (name == branch).then(|| commit.to_owned()))
    });
    read.extend([loose, packed]);
    (found, read)
}

/// What stands in a file, without the end of its line.
fn text(path: &Path) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim_end().to_owned())
}
