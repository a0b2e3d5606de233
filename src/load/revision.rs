//! The files of a workspace as they were at a git revision: what git would check out, with links followed and filters run.

use crate::file;
use crate::git::{
    Blobs, Entry, Kind, ObjectId, git, git_as_of, is_cut, is_parent, is_several, line, object, place_and,
};
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many links may follow one another, as Linux has it.
const MAX_LINKS: usize = 40;

/// Why it is not known where a commit left a revision.
pub const NO_HISTORY: &str = "where this branch left it is not known, for this checkout lacks the history";

/// The directory of a workspace at a git revision.
pub struct Revision {
    /// The directory as it is now: where git is asked.
    root: PathBuf,
    /// As it was named, for people.
    named: String,
    /// The commit or tree whose attributes say how git would check files out.
    attributes: String,
    /// The two commits, if it is what their merge would be.
    parents: Option<[String; 2]>,
    /// Where the directory is in the repository: nothing, or a path that ends with `/`.
    prefix: String,
    entries: HashMap<String, Entry>,
    /// Whether any of them is a link.
    has_links: bool,
    /// An object of the repository.
    like: ObjectId,
    /// The commit that it is, and what some names stood for when that was asked, each by its name.
    commit: Option<String>,
    known: Vec<(String, String)>,
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

impl Revision {
    /// The revision itself. A tree will do, the empty one too.
    pub fn find(root: &Path, named: &str) -> Result<Self, String> {
        Self::of(root, named, named)
    }

    /// The tree of a merge that nobody has checked out. How its files would be checked out is said by what is merged into,
    /// so that nothing that is merged chooses a program.
    pub fn of_merge(root: &Path, named: &str, tree: &str, parents: &[String; 2]) -> Result<Self, String> {
        let prefix = place(root)?;
        let merge = Self::at(root, named, prefix, tree, &parents[0])?;
        Ok(Self { parents: Some(parents.clone()), ..merge })
    }

    /// The point at which these commits, or a merge of them, left the revision. What others have merged since is no change
    /// of theirs. Of a revision that has nothing in common with them that is the revision itself; where only the history is not here
    /// to tell, it is not known.
    pub fn where_left(root: &Path, named: &str, by: &[&str]) -> Result<Self, String> {
        if let [by] = by
            && let Some(Left { prefix, commit, known }) = left(root, named, by)
        {
            let at = Self::at(root, named, prefix, &commit, &commit)?;
            return Ok(Self { commit: Some(commit), known, ..at });
        }
        let Ok(from) = object(root, named, "commit") else { return Self::find(root, named) };
        match line(root, &[&["merge-base", &from], by].concat()) {
            Ok(commit) if !commit.is_empty() => Self::of(root, named, &commit),
            _ if by.iter().any(|by| is_parent(root, &from, by)) => Self::find(root, named),
            _ if by.iter().any(|by| is_cut(root, &[&from, by], None)) => Err(NO_HISTORY.to_owned()),
            _ => Self::find(root, named),
        }
    }

    fn of(root: &Path, named: &str, revision: &str) -> Result<Self, String> {
        if is_nothing(revision) {
            return Self::at(root, named, place(root)?, revision, revision);
        }
        let (prefix, tree) = match place_and(root, &[format!("{revision}^{{tree}}")]) {
            Some((prefix, said)) if said.len() == 1 => (prefix, said.concat()),
            _ => {
                let prefix = place(root)?;
                let tree = object(root, revision, "tree");
                let none = |why: String| match is_several(&why) {
                    true => why,
                    false => format!("git has no revision `{named}`"),
                };
                (prefix, tree.map_err(none)?)
            }
        };
        Self::at(root, named, prefix, &tree, &tree)
    }

    /// Of a commit or a tree, or of nothing.
    fn at(root: &Path, named: &str, prefix: String, object: &str, attributes: &str) -> Result<Self, String> {
        let like = ObjectId::parse(object).ok_or_else(|| format!("git has no revision `{named}`"))?;
        let mut asked = Asked::default();
        let listed = match is_nothing(object) {
            true => Vec::new(),
            false => {
                let mut blobs = Blobs::open(root, attributes).ok();
                let listed = blobs.as_mut().and_then(|it| it.list(&format!("{object}^{{tree}}"), like).ok());
                asked.blobs = listed.is_some().then_some(blobs);
                match listed {
                    Some(listed) => listed,
                    // Alone it says why it cannot.
                    None => {
                        let listed = git(root, &["ls-tree", "-r", "-z", "--full-tree", object])?;
                        String::from_utf8_lossy(&listed).split('\0').filter_map(entry).collect()
                    }
                }
            }
        };
        let attributes = if is_nothing(attributes) { String::new() } else { attributes.to_owned() };
        Ok(Self {
            root: root.to_owned(),
            named: named.to_owned(),
            attributes,
            parents: None,
            prefix,
            has_links: listed.iter().any(|(_, entry)| entry.kind == Kind::Link),
            entries: listed.into_iter().collect(),
            like,
            commit: None,
            known: Vec::new(),
            asked: Mutex::new(asked),
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

    /// The commit that a name stood for when this one was looked for, if that was asked.
    pub fn commit_of(&self, named: &str) -> Option<&str> {
        self.known.iter().find(|(name, _)| name == named).map(|(_, commit)| commit.as_str())
    }

    /// Whether it was named so, and is that commit: the files have left nothing of it behind.
    pub fn is_all_of(&self, named: &str) -> bool {
        self.named == named && self.commit.is_some() && self.commit_of(named) == self.commit.as_deref()
    }

    /// Where the directory is in the repository: nothing, or a path that ends with `/`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether there was a file of this name, be it by way of a link.
    pub fn has(&self, name: &str) -> bool {
        self.file(name).is_ok()
    }

    /// Other directories of the repository that had a file of this name.
    pub fn elsewhere(&self, name: &str) -> Vec<&str> {
        let directory =
            |path: &'_ str| path.strip_suffix(name).is_some_and(|it| it.is_empty() || it.ends_with('/'));
        let mut all: Vec<&String> = self.entries.keys().filter(|path| directory(path)).collect();
        all.sort();
        all.iter()
            .map(|path| path[..path.len() - name.len()].trim_end_matches('/'))
            .map(|path| if path.is_empty() { "." } else { path })
            .collect()
    }

    /// A file of at most so many bytes as git would check it out.
    pub fn read(&self, name: &str, most: u64) -> Result<Vec<u8>, String> {
        let (path, entry) = self.file(name)?;
        let object = entry.object.to_string();
        let bytes = match self.one_of_many(&path, &object) {
            Some(bytes) => bytes,
            None => {
                // Alone it is asked for where that says why there is none.
                let path = format!("--path={path}");
                let ask = ["cat-file", "--filters", &path, &object];
                git_as_of(&self.root, &self.attributes, &ask)?
            }
        };
        if bytes.len() as u64 > most { Err(file::too_large(most)) } else { Ok(bytes) }
    }

    /// Reads files ahead: each of them is about to be read.
    pub fn read_ahead<'n>(&self, names: impl Iterator<Item = &'n str>) {
        let files = names.filter_map(|name| self.file(name).ok());
        let files: Vec<(String, String)> =
            files.map(|(path, entry)| (path.into_owned(), entry.object.to_string())).collect();
        let wanted: Vec<(&str, &str)> =
            files.iter().map(|(path, object)| (object.as_str(), path.as_str())).collect();
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
        names.iter().copied().filter(|name| !self.same(name)).collect()
    }

    /// Whether a file of now is what git would check out.
    fn same(&self, name: &str) -> bool {
        let (Ok((_, entry)), Ok(now)) = (self.file(name), file::read(&self.root, name, file::LARGEST_OF_ALL))
        else {
            return false;
        };
        // The same bytes have the same name, unless they are filtered.
        entry.object.of_file(&now) == entry.object
            || self.read(name, file::LARGEST_OF_ALL).is_ok_and(|then| then == now)
    }

    /// Whether a file is the same at another revision.
    pub fn same_at(&self, other: &Self, name: &str) -> bool {
        let (Ok((_, one)), Ok((_, another))) = (self.file(name), other.file(name)) else { return false };
        let read = |it: &Self| it.read(name, file::LARGEST_OF_ALL).ok();
        one.object == another.object || read(self).zip(read(other)).is_some_and(|(one, other)| one == other)
    }

    /// The names of files that are not the same objects at another revision.
    pub fn not_as_at(&self, other: &Self) -> BTreeSet<String> {
        let mut names = self.names();
        names.extend(other.names());
        names.retain(|name| self.object(name) != other.object(name));
        names
    }

    /// What git calls the bytes of a file.
    pub fn object(&self, name: &str) -> Option<ObjectId> {
        self.file(name).ok().map(|(_, entry)| entry.object)
    }

    /// An object of the repository: all names are of one kind.
    pub fn like(&self) -> ObjectId {
        self.like
    }

    /// Whether a file is of the bytes that git calls so. Of one that is filtered that says nothing.
    pub fn has_object(&self, name: &str, object: ObjectId) -> bool {
        self.object(name) == Some(object)
    }

    /// The paths in the repository by which a file of the workspace is reached: its own, and that which a link leads to.
    pub fn paths_of(&self, name: &str) -> BTreeSet<String> {
        let own = format!("{}{name}", self.prefix);
        self.follow(&own).into_iter().chain([own.clone()]).collect()
    }

    /// The files below the directory, by their names in it; those in linked directories too.
    pub fn names(&self) -> BTreeSet<String> {
        self.names_where(|_| true)
    }

    /// Those of them that are asked for.
    pub fn names_where(&self, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (path, entry) in &self.entries {
            let Some(name) = path.strip_prefix(&self.prefix) else { continue };
            let directory = is_link(entry).then(|| self.follow(path).ok()).flatten();
            let inside = directory.iter().flat_map(|directory| below(&self.entries, directory));
            let mut inside = inside.map(|rest| format!("{name}/{rest}")).peekable();
            if inside.peek().is_none() && wanted(name) {
                found.insert(name.to_owned());
            }
            found.extend(inside.filter(|name| wanted(name)));
        }
        found
    }

    /// The path in the repository of a file of the workspace, and what is there.
    fn file(&self, name: &str) -> Result<(Cow<'_, str>, &Entry), String> {
        if !self.has_links {
            let path = format!("{}{name}", self.prefix);
            let found = self.entries.get_key_value(&path).filter(|(_, entry)| is_file(entry));
            if let Some((path, entry)) = found {
                return Ok((Cow::Borrowed(path), entry));
            }
        }
        let path = self.follow(&format!("{}{name}", self.prefix))?;
        // As in a directory: what is planned from a merge is applied from one.
        if self.parents.is_some() && !path.starts_with(&self.prefix) {
            return Err("it is a link that leads out of the workspace".to_owned());
        }
        let none = || format!("it is not there at `{}`", self.named);
        let entry = self.entries.get(&path).filter(|entry| is_file(entry)).ok_or_else(none)?;
        Ok((Cow::Owned(path), entry))
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
            let Some(entry) = self.entries.get(&done.join("/")).filter(|entry| is_link(entry)) else {
                continue;
            };
            links += 1;
            if links > MAX_LINKS {
                return Err("its links lead in a circle".to_owned());
            }
            let target = self.target(&entry.object.to_string())?;
            if target.starts_with('/') {
                return Err("a link leads out of the repository".to_owned());
            }
            done.pop();
            ahead.extend(parts(&target));
        }
        Ok(done.join("/"))
    }
}

fn is_link(entry: &Entry) -> bool {
    entry.kind == Kind::Link
}

fn is_file(entry: &Entry) -> bool {
    entry.kind == Kind::File
}

/// Where the directory is in the repository.
fn place(root: &Path) -> Result<String, String> {
    let place = line(root, &["rev-parse", "--git-dir", "--show-prefix"])?;
    Ok(place.split_once('\n').map(|(_, prefix)| prefix.to_owned()).unwrap_or_default())
}

/// Where a commit left a revision, and what else git says then.
struct Left {
    prefix: String,
    commit: String,
    known: Vec<(String, String)>,
}

/// From one process; `None`: it has to be asked for in steps.
fn left(root: &Path, named: &str, by: &str) -> Option<Left> {
    // It may be two revisions already, or become others.
    if named.is_empty() || named.contains("..") || named.ends_with('.') {
        return None;
    }
    let commit = |named: &str| format!("{named}^{{commit}}");
    let (prefix, said) = place_and(root, &[commit(named), commit(by), format!("{named}...{by}")])?;
    // Of the last question first the two themselves, which may be tags.
    let [one, other, _, _, both, ..] = said.as_slice() else { return None };
    let known = vec![(named.to_owned(), one.clone()), (by.to_owned(), other.clone())];
    Some(Left { prefix, commit: both.strip_prefix('^')?.to_owned(), known })
}

/// What CI says of the commit before the first one.
fn is_nothing(revision: &str) -> bool {
    matches!(revision.len(), 40 | 64) && revision.bytes().all(|byte| byte == b'0')
}

/// A line of `git ls-tree`: `MODE TYPE OBJECT<TAB>PATH`.
fn entry(line: &str) -> Option<(String, Entry)> {
    let (about, path) = line.split_once('\t')?;
    let mut words = about.split(' ');
    let kind = match words.next()? {
        "120000" => Kind::Link,
        mode if mode.starts_with("100") => Kind::File,
        _ => Kind::Other,
    };
    Some((path.to_owned(), Entry { kind, object: ObjectId::parse(words.nth(1)?)? }))
}

/// The steps of a path, the first one last.
fn parts(path: &str) -> Vec<String> {
    path.split('/').rev().filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect()
}

/// The paths below a directory, without it.
fn below<'a>(entries: &'a HashMap<String, Entry>, directory: &str) -> impl Iterator<Item = &'a str> {
    let start = if directory.is_empty() { String::new() } else { format!("{directory}/") };
    entries.keys().filter_map(move |path| path.strip_prefix(start.as_str()).map(|_| &path[start.len()..]))
}
