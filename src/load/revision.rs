//! The files of a workspace as they were at a git revision: what git would check out, with links followed and filters run.

use crate::file;
use crate::git::{git, git_as_of, line, object};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// How many links may follow one another, as Linux has it.
const MAX_LINKS: usize = 40;

/// How many files are named in one command.
const FILES_AT_ONCE: usize = 500;

/// The directory of a workspace at a git revision.
pub struct Revision {
    /// The directory as it is now: where git is asked.
    root: PathBuf,
    /// As it was named, for people.
    named: String,
    /// The tree whose attributes say how git would check files out.
    attributes: String,
    /// The two commits, if it is what their merge would be.
    parents: Option<[String; 2]>,
    /// Where the directory is in the repository: nothing, or a path that ends with `/`.
    prefix: String,
    entries: BTreeMap<String, Entry>,
}

/// A file or a link of the repository.
struct Entry {
    mode: String,
    object: String,
}

impl Revision {
    /// The revision itself. A tree will do, the empty one too.
    pub fn find(root: &Path, named: &str) -> Result<Self, String> {
        Self::of(root, named, named)
    }

    /// The tree of a merge that nobody has checked out. How its files would be checked out is said by what is merged into,
    /// so that nothing that is merged chooses a program.
    pub fn of_merge(root: &Path, named: &str, tree: &str, parents: &[String; 2]) -> Result<Self, String> {
        let attributes = object(root, &parents[0], "tree")?;
        Ok(Self { attributes, parents: Some(parents.clone()), ..Self::of(root, named, tree)? })
    }

    /// The point at which these commits, or a merge of them, left the revision. What others have merged since is no change
    /// of theirs.
    pub fn where_left(root: &Path, named: &str, by: &[&str]) -> Result<Self, String> {
        let left = object(root, named, "commit");
        let left = left.and_then(|it| line(root, &[&["merge-base", &it], by].concat()));
        match left {
            Ok(commit) if !commit.is_empty() => Self::of(root, named, &commit),
            _ => Self::find(root, named),
        }
    }

    fn of(root: &Path, named: &str, revision: &str) -> Result<Self, String> {
        git(root, &["rev-parse", "--git-dir"])?;
        let prefix = line(root, &["rev-parse", "--show-prefix"])?;
        let nothing = is_nothing(revision);
        let tree = match nothing {
            true => String::new(),
            false => object(root, revision, "tree").map_err(|_| format!("git has no revision `{named}`"))?,
        };
        let listed = match nothing {
            true => Vec::new(),
            false => git(root, &["ls-tree", "-r", "-z", "--full-tree", &tree])?,
        };
        let entries = String::from_utf8_lossy(&listed).split('\0').filter_map(entry).collect();
        Ok(Self {
            root: root.to_owned(),
            named: named.to_owned(),
            attributes: tree,
            parents: None,
            prefix,
            entries,
        })
    }

    /// The directory as it is now.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The two commits of which it would be the merge.
    pub fn parents(&self) -> Option<&[String; 2]> {
        self.parents.as_ref()
    }

    /// As it was named.
    pub fn named(&self) -> &str {
        &self.named
    }

    /// Whether there was a file of this name, be it by way of a link.
    pub fn has(&self, name: &str) -> bool {
        self.file(name).is_ok()
    }

    /// Other directories of the repository that had a file of this name.
    pub fn elsewhere(&self, name: &str) -> Vec<&str> {
        let directory =
            |path: &'_ str| path.strip_suffix(name).is_some_and(|it| it.is_empty() || it.ends_with('/'));
        let all = self.entries.keys().filter(|path| directory(path));
        all.map(|path| path[..path.len() - name.len()].trim_end_matches('/'))
            .map(|path| if path.is_empty() { "." } else { path })
            .collect()
    }

    /// A file of at most so many bytes as git would check it out.
    pub fn read(&self, name: &str, most: u64) -> Result<Vec<u8>, String> {
        let (path, entry) = self.file(name)?;
        let path = format!("--path={path}");
        let bytes =
            git_as_of(&self.root, &self.attributes, &["cat-file", "--filters", &path, &entry.object])?;
        if bytes.len() as u64 > most { Err(file::too_large(most)) } else { Ok(bytes) }
    }

    /// Those files of now that do not hold the bytes git would check out.
    pub fn differing<'n>(&self, names: &[&'n str]) -> BTreeSet<&'n str> {
        let mut found = BTreeSet::new();
        for some in names.chunks(FILES_AT_ONCE) {
            // The same bytes have the same name in git, which is one question for many files.
            let listed = git(&self.root, &[&["hash-object", "--no-filters", "--"], some].concat());
            let listed = String::from_utf8_lossy(&listed.unwrap_or_default()).into_owned();
            let mut objects = listed.lines();
            found.extend(some.iter().copied().filter(|name| !self.same(name, objects.next())));
        }
        found
    }

    /// Whether a file of now, whose bytes have this name in git, is what git would check out.
    fn same(&self, name: &str, object: Option<&str>) -> bool {
        let Ok((_, entry)) = self.file(name) else { return false };
        let bytes = || file::read(&self.root, name, file::LARGEST_OF_ALL).ok();
        object == Some(&entry.object)
            || self.read(name, file::LARGEST_OF_ALL).ok().zip(bytes()).is_some_and(|(then, now)| then == now)
    }

    /// Whether a file is the same at another revision.
    pub fn same_at(&self, other: &Self, name: &str) -> bool {
        let (Ok((_, one)), Ok((_, another))) = (self.file(name), other.file(name)) else { return false };
        let read = |it: &Self| it.read(name, file::LARGEST_OF_ALL).ok();
        one.object == another.object || read(self).zip(read(other)).is_some_and(|(one, other)| one == other)
    }

    /// The names of files that are not the same objects at another revision.
    pub fn not_as_at(&self, other: &Self) -> BTreeSet<String> {
        let object = |it: &Self, name: &str| it.file(name).ok().map(|(_, entry)| entry.object.clone());
        let mut names = self.names();
        names.extend(other.names());
        names.retain(|name| object(self, name) != object(other, name));
        names
    }

    /// The paths in the repository by which a file of the workspace is reached: its own, and that which a link leads to.
    pub fn paths_of(&self, name: &str) -> BTreeSet<String> {
        let own = format!("{}{name}", self.prefix);
        self.follow(&own).into_iter().chain([own.clone()]).collect()
    }

    /// The files below the directory, by their names in it; those in linked directories too.
    pub fn names(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (path, entry) in &self.entries {
            let Some(name) = path.strip_prefix(&self.prefix) else { continue };
            let directory = entry.is_link().then(|| self.follow(path).ok()).flatten();
            let inside = directory.iter().flat_map(|directory| below(&self.entries, directory));
            let mut inside = inside.map(|rest| format!("{name}/{rest}")).peekable();
            if inside.peek().is_none() {
                found.insert(name.to_owned());
            }
            found.extend(inside);
        }
        found
    }

    /// The path in the repository of a file of the workspace, and what is there.
    fn file(&self, name: &str) -> Result<(String, &Entry), String> {
        let path = self.follow(&format!("{}{name}", self.prefix))?;
        // As in a directory: what is planned from a merge is applied from one.
        if self.parents.is_some() && !path.starts_with(&self.prefix) {
            return Err("it is a link that leads out of the workspace".to_owned());
        }
        let none = || format!("it is not there at `{}`", self.named);
        let entry = self.entries.get(&path).filter(|entry| entry.is_file()).ok_or_else(none)?;
        Ok((path, entry))
    }

    /// A path of the repository without links.
    fn follow(&self, path: &str) -> Result<String, String> {
        let mut ahead: Vec<String> = parts(path);
        let mut done: Vec<String> = Vec::new();
        let mut links = 0;
        while let Some(part) = ahead.pop() {
            if part == ".." {
                done.pop().ok_or("a link leads out of the repository")?;
                continue;
            }
            done.push(part);
            let Some(entry) = self.entries.get(&done.join("/")).filter(|entry| entry.is_link()) else {
                continue;
            };
            links += 1;
            if links > MAX_LINKS {
                return Err("its links lead in a circle".to_owned());
            }
            let target = git(&self.root, &["cat-file", "blob", &entry.object])?;
            let target = String::from_utf8_lossy(&target).into_owned();
            if target.starts_with('/') {
                return Err("a link leads out of the repository".to_owned());
            }
            done.pop();
            ahead.extend(parts(&target));
        }
        Ok(done.join("/"))
    }
}

impl Entry {
    fn is_link(&self) -> bool {
        self.mode == "120000"
    }

    fn is_file(&self) -> bool {
        self.mode.starts_with("100")
    }
}

/// What CI says of the commit before the first one.
fn is_nothing(revision: &str) -> bool {
    matches!(revision.len(), 40 | 64) && revision.bytes().all(|byte| byte == b'0')
}

/// A line of `git ls-tree`: `MODE TYPE OBJECT<TAB>PATH`.
fn entry(line: &str) -> Option<(String, Entry)> {
    let (about, path) = line.split_once('\t')?;
    let mut words = about.split(' ');
    let (mode, object) = (words.next()?.to_owned(), words.nth(1)?.to_owned());
    Some((path.to_owned(), Entry { mode, object }))
}

/// The steps of a path, the first one last.
fn parts(path: &str) -> Vec<String> {
    path.split('/').rev().filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect()
}

/// The paths below a directory, without it.
fn below<'a>(entries: &'a BTreeMap<String, Entry>, directory: &str) -> impl Iterator<Item = &'a str> {
    let start = if directory.is_empty() { String::new() } else { format!("{directory}/") };
    entries.keys().filter_map(move |path| path.strip_prefix(start.as_str()).map(|_| &path[start.len()..]))
}
