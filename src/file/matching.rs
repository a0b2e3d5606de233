//! The files that a pattern names. A hostile tree of directories and links takes no longer than a limit.

use crate::{explained::Explained, text::io_reason};
use std::{collections::BTreeSet, fs, path::Path};

/// What a pattern means: `*` stays in its directory, and a name that begins with a dot is asked for by it.
pub const OPTIONS: glob::MatchOptions = glob::MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// How many files and directories are looked at for one pattern: a hundred thousand tenants, and some more.
const MOST: usize = 150_000;

/// Any directories, or none.
const ANY: &str = "**";

/// The files below a directory that a pattern matches and that are asked for, relative to it.
///
/// A link to a directory is followed where the pattern names its place, and not on the way of `**`: it may lead back.
pub fn in_directory(
    root: &Path,
    pattern: &str,
    options: glob::MatchOptions,
    is_asked_for: &dyn Fn(&str) -> bool,
) -> Result<BTreeSet<String>, Explained> {
    let parts = pattern.split('/').filter(|part| !matches!(*part, "" | "."));
    let mut compiled = Vec::new();
    for part in parts {
        match part {
            // Two say no more than one.
            ANY if compiled.last().is_some_and(Option::is_none) => {}
            ANY => compiled.push(None),
            _ => compiled.push(Some(glob::Pattern::new(part).map_err(|error| no_pattern(pattern, &error))?)),
        }
    }
    let mut walk = Walk { root, pattern, options, is_asked_for, looked_at: 0, found: BTreeSet::new() };
    walk.directory("", &compiled)?;
    Ok(walk.found)
}

pub fn no_pattern(pattern: &str, why: &dyn std::fmt::Display) -> Explained {
    Explained::with_help(
        format!("`{pattern}` is not a pattern: {why}"),
        "write a pattern such as \"tenants/*.yaml\"",
    )
}

/// Whether it is a directory, or a link to one. Of a plain file nothing more is asked: a fleet has many.
fn leads_on(entry: &fs::DirEntry) -> bool {
    match entry.file_type() {
        Ok(it) if it.is_file() => false,
        Ok(it) if it.is_dir() => true,
        _ => entry.path().is_dir(),
    }
}

struct Walk<'a> {
    root: &'a Path,
    pattern: &'a str,
    options: glob::MatchOptions,
    is_asked_for: &'a dyn Fn(&str) -> bool,
    looked_at: usize,
    found: BTreeSet<String>,
}

impl Walk<'_> {
    /// Looks at a directory, `""` or a path that ends with `/`. `None` among the parts stands for any directories.
    fn directory(&mut self, within: &str, parts: &[Option<glob::Pattern>]) -> Result<(), Explained> {
        let (part, rest) = match parts {
            [] => return Ok(()),
            // At the end it means the files as well.
            [None] => (None, None),
            [None, rest @ ..] => {
                self.directory(within, rest)?;
                (None, None)
            }
            [Some(part), rest @ ..] => (Some(part), Some(rest)),
        };
        let path = self.root.join(within);
        // A directory that cannot be listed may hold a tenant: an error, not a shorter list.
        let failed = |error: std::io::Error| {
            let why = format!("cannot list `{}`: {}", path.display(), io_reason(&error));
            Explained::with_help(why, "check the permissions")
        };
        for entry in fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            self.looked_at += 1;
            if self.looked_at > MOST {
                return Err(Explained::with_help(
                    format!("`{}` looks at more than {MOST} files and directories", self.pattern),
                    "name the directories that hold tenants: \"tenants/*.yaml\"",
                ));
            }
            let name = match entry.file_name().into_string() {
                Ok(name) => name,
                Err(name) => {
                    let name = name.to_string_lossy();
                    if part.map_or(!name.starts_with('.'), |part| part.matches_with(&name, self.options)) {
                        let message = format!("the name of `{within}{name}` is not UTF-8");
                        return Err(Explained::with_help(message, "rename it, or move it elsewhere"));
                    }
                    continue;
                }
            };
            let whole = format!("{within}{name}");
            match (part, rest) {
                // A look at what is asked for costs less than a match.
                (Some(part), Some([])) => {
                    if (self.is_asked_for)(&whole) && part.matches_with(&name, self.options) {
                        self.found.insert(whole);
                    }
                }
                (Some(part), Some(rest)) if part.matches_with(&name, self.options) => {
                    if leads_on(&entry) {
                        self.directory(&format!("{whole}/"), rest)?;
                    }
                }
                (Some(_), _) => {}
                (None, _) => {
                    let is_directory = entry.file_type().is_ok_and(|it| it.is_dir());
                    if !name.starts_with('.') && is_directory {
                        self.directory(&format!("{whole}/"), parts)?;
                    } else if parts.len() == 1 && !name.starts_with('.') && (self.is_asked_for)(&whole) {
                        self.found.insert(whole);
                    }
                }
            }
        }
        Ok(())
    }
}
