//! The files of a workspace as they were at a git revision: what git would check out, with links followed and filters run.

use crate::file;
use crate::git::{Blobs, git, git_as_of, line, object};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many links may follow one another, as Linux has it.
const MAX_LINKS: usize = 40;

/// How many files are named in one command, and how many bytes their names may have: systems allow more.
const FILES_AT_ONCE: usize = 20_000;
const BYTES_AT_ONCE: usize = 512 * 1024;

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
    asked: Mutex<Asked>,
}

/// What git has been asked.
#[derive(Default)]
struct Asked {
    /// The process that is asked for files; `Some(None)`: there can be none.
    blobs: Option<Option<Blobs>>,
    /// Files by their paths in the repository that were read ahead.
    ahead: HashMap<String, Vec<u8>>,
    /// Where links lead, by their objects.
    links: HashMap<String, Result<String, String>>,
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
        let place = line(root, &["rev-parse", "--git-dir", "--show-prefix"])?;
        let prefix = place.split_once('\n').map(|(_, prefix)| prefix.to_owned()).unwrap_or_default();
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
            asked: Mutex::default(),
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
        let bytes = match self.one_of_many(&path, &entry.object) {
            Some(bytes) => bytes,
            None => {
                // Alone it is asked for where that says why there is none.
                let path = format!("--path={path}");
                let ask = ["cat-file", "--filters", &path, &entry.object];
                git_as_of(&self.root, &self.attributes, &ask)?
            }
        };
        if bytes.len() as u64 > most { Err(file::too_large(most)) } else { Ok(bytes) }
    }

    /// Reads files ahead: each of them is about to be read.
    pub fn read_ahead<'n>(&self, names: impl Iterator<Item = &'n str>) {
        let files: Vec<(String, &Entry)> = names.filter_map(|name| self.file(name).ok()).collect();
        let wanted: Vec<(&str, &str)> =
            files.iter().map(|(path, entry)| (entry.object.as_str(), path.as_str())).collect();
        let mut asked = self.asked();
        let read = self.ask(&mut asked, &wanted).into_iter().zip(&files);
        let read: Vec<(String, Vec<u8>)> =
            read.filter_map(|(bytes, (path, _))| Some((path.clone(), bytes?))).collect();
        asked.ahead.extend(read);
    }

    /// A file from the process that is asked for many; `None` where that does not give it.
    fn one_of_many(&self, path: &str, object: &str) -> Option<Vec<u8>> {
        let mut asked = self.asked();
        if let Some(bytes) = asked.ahead.remove(path) {
            return Some(bytes);
        }
        self.ask(&mut asked, &[(object, path)]).pop().flatten()
    }

    fn ask(&self, asked: &mut Asked, wanted: &[(&str, &str)]) -> Vec<Option<Vec<u8>>> {
        // A question ends with its line.
        if wanted.is_empty() || wanted.iter().any(|(_, path)| path.contains('\n')) {
            return Vec::new();
        }
        let blobs = asked.blobs.get_or_insert_with(|| Blobs::open(&self.root, &self.attributes).ok());
        match blobs.as_mut().map(|blobs| blobs.read(wanted)) {
            Some(Ok(read)) => read,
            Some(Err(_)) => {
                // It has ended with a file that it could not give. The others are asked for again.
                asked.blobs = None;
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a link leads.
    fn target(&self, object: &str) -> Result<String, String> {
        let mut asked = self.asked();
        if let Some(known) = asked.links.get(object) {
            return known.clone();
        }
        let target = git(&self.root, &["cat-file", "blob", object]);
        let target = target.map(|it| String::from_utf8_lossy(&it).into_owned());
        asked.links.insert(object.to_owned(), target.clone());
        target
    }

    /// Those files of now that do not hold the bytes git would check out.
    pub fn differing<'n>(&self, names: &[&'n str]) -> BTreeSet<&'n str> {
        let mut found = BTreeSet::new();
        for some in at_once(names) {
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

    /// What git calls the bytes of a file.
    pub fn object(&self, name: &str) -> Option<&str> {
        self.file(name).ok().map(|(_, entry)| entry.object.as_str())
    }

    /// Whether a file is of the bytes that git calls so. Of one that is filtered that says nothing.
    pub fn has_object(&self, name: &str, object: &str) -> bool {
        self.object(name) == Some(object)
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
            let target = self.target(&entry.object)?;
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

/// What git calls the bytes of files of now; `None` where it cannot say so of all of them.
pub(super) fn objects_of(root: &Path, names: &[&str]) -> Option<BTreeMap<String, String>> {
    let mut objects = BTreeMap::new();
    for some in at_once(names) {
        let listed = git(root, &[&["hash-object", "--no-filters", "--"], some].concat()).ok()?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        objects.extend(some.iter().map(|it| (*it).to_owned()).zip(listed.lines().map(str::to_owned)));
    }
    (objects.len() == names.len()).then_some(objects)
}

/// Names in parts that are not too long for one command.
fn at_once<'a, 'n>(names: &'a [&'n str]) -> Vec<&'a [&'n str]> {
    let mut parts = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, name) in names.iter().enumerate() {
        if at > start && (bytes + name.len() > BYTES_AT_ONCE || at - start >= FILES_AT_ONCE) {
            parts.push(&names[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += name.len();
    }
    if start < names.len() {
        parts.push(&names[start..]);
    }
    parts
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
