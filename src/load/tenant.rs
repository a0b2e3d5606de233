//! One tenant as its files declare it, with where everything stands.

use super::{Node, Tree, decode, source::Source, span::Span, until::Untils};
use crate::{
    finding::Place,
    model::{Address, Kind, Means, Reference, Tenant, Until, Weekly},
    path::Segment,
};
use jiff::Timestamp;
use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
};

/// The word of a place that only the provider knows.
const TOKEN: &str = "token";

/// One tenant file, as it is at an instant.
pub struct LoadedTenant {
    pub tenant: Tenant,
    /// The same with each token as what it means, where one means anything else.
    meant: Option<Box<Tenant>>,
    means: Option<Means>,
    pub(super) tree: Tree,
    untils: Untils,
    /// The tree as it is written, where something in it has an `until`.
    written: Option<Box<Tree>>,
    /// Whether it lacks something that other files have, or that an `until` says.
    pub(super) lacks: bool,
}

impl LoadedTenant {
    pub(super) fn new(tenant: Tenant, tree: Tree, untils: Untils, written: Option<Box<Tree>>) -> Self {
        Self { tenant, meant: None, means: None, tree, untils, written, lacks: false }
    }

    /// The same where it is known what its tokens mean.
    pub(super) fn meaning(self, means: Option<Means>) -> Self {
        let meant = means.and_then(|means| self.tenant.meant(means)).map(Box::new);
        Self { meant, means, ..self }
    }

    /// The tenant with each token as what it means: calls go by what is meant, and not by how it is written.
    pub fn meant(&self) -> &Tenant {
        self.meant.as_deref().unwrap_or(&self.tenant)
    }

    /// The same where it lacks something.
    pub(super) fn lacking(self, lacks: bool) -> Self {
        Self { lacks, ..self }
    }

    /// What of it changes by itself, each with its place.
    pub fn untils(&self) -> impl Iterator<Item = (&Until, &Place)> {
        self.untils.all.iter().map(|(until, place)| (until, place))
    }

    /// The same at another instant. `None` where nothing of it changes by itself, or what it is then cannot be read.
    pub fn at(&self, at: Timestamp) -> Option<Self> {
        let written = self.written.as_ref()?;
        let tree = self.untils.at(written, at);
        let tenant = decode(&tree, tree.root(), &mut Vec::new())?;
        let (untils, written) = (self.untils.clone(), Some(written.clone()));
        Some(Self::new(tenant, tree, untils, written).lacking(self.lacks).meaning(self.means))
    }

    /// The file with what it takes from others, and every `until` in it.
    pub fn as_written_tree(&self) -> &Tree {
        self.written.as_deref().unwrap_or(&self.tree)
    }

    /// Whether it lacks something that it takes from elsewhere. Without that it is another tenant than the one that is meant.
    pub fn lacks(&self) -> bool {
        self.lacks
    }

    /// Whether nothing of an object was taken out for being wrong.
    pub fn has_all_of(&self, address: &Address) -> bool {
        let path = [Segment::key(address.kind.section()), Segment::key(&address.key)];
        self.tree.get(&path).is_some_and(Node::is_complete)
    }

    /// Whether it is known of every object of a kind that it is declared.
    pub fn has_every(&self, kind: Kind) -> bool {
        let root = self.tree.root();
        match root.get(kind.section()) {
            // A key that is not known may be a slip in the name of this section, if it is nowhere else.
            Some(section) => !section.incomplete && (self.files().count() == 1 || !root.incomplete),
            None => !root.incomplete,
        }
    }

    /// Its file, relative to the workspace; of several its main one.
    pub fn file(&self) -> &str {
        self.tree.source().file()
    }

    /// A sum of the files in which it is written: what is read again is compared by it.
    pub fn sum(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.written().for_each(|file| file.hash(&mut hasher));
        hasher.finish()
    }

    /// The files in which it is written, by name, with their texts: its main one, then those that add to it.
    pub fn written(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tree.written_in().map(|source| (source.file(), source.text()))
    }

    /// The files that it is made of, by name, with their texts: its own, then its templates and shared schedules.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tree.sources().each().map(|source| (source.file(), source.text()))
    }

    /// Whether it is written in a file.
    pub fn is_in(&self, file: &str) -> bool {
        self.written().any(|(name, _)| name == file)
    }

    /// The files that it is made of: its own, then its templates and what it uses of shared schedules.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.tree.sources().each().map(Source::file)
    }

    /// Where the value at a path stands.
    pub fn place(&self, path: &[Segment]) -> Place {
        self.tree.place_of(&self.as_written(path))
    }

    /// Where the key at a path stands.
    pub fn place_of_key(&self, path: &[Segment]) -> Place {
        self.tree.place_of_key(&self.as_written(path))
    }

    /// Where the value at a path is given, if that is the value of a variable.
    pub fn given(&self, path: &[Segment]) -> Option<Place> {
        self.tree.given(self.tree.get(path)?.span)
    }

    /// The file with what it takes from others.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Those of some places where something stands at an instant: what an `until` has brought, or has taken away, does not always.
    pub fn standing(&self, at: Timestamp, places: &BTreeSet<&Place>) -> BTreeSet<Place> {
        fn each<'t>(node: &'t Node, see: &mut impl FnMut(&'t Node)) {
            see(node);
            for (key, value) in node.entries() {
                see(key);
                each(value, see);
            }
            node.items().iter().for_each(|it| each(it, see));
        }
        let then = self.written.as_deref().map(|written| self.untils.at(written, at));
        let tree = then.as_ref().unwrap_or(&self.tree);
        let mut there = BTreeSet::new();
        each(tree.root(), &mut |node| {
            let place = tree.place(node.span);
            there.extend(places.contains(&place).then_some(place));
        });
        there
    }

    /// The object in which a place is, of this file or of one that it takes from.
    pub fn object_at(&self, place: &Place) -> Option<Address> {
        let file = self.files().position(|file| file == place.file)?;
        object_in(&self.tree, u16::try_from(file).ok()?, place.line)
    }

    /// A path as the file has it: `tue` may stand in `mon-fri`, and what is pointed to in a `token`.
    fn as_written(&self, path: &[Segment]) -> Vec<Segment> {
        let mut path = path.to_vec();
        if let [.., Segment::Key(weekly), Segment::Key(day)] = path.as_slice()
            && weekly == "weekly"
        {
            let week = self.tree.get(&path[..path.len() - 1]);
            let mut keys = week.into_iter().flat_map(|week| week.entries()).map(|(key, _)| key.text());
            if let Some(key) = keys.find(|key| Weekly::key_names(key, day)) {
                let last = path.len() - 1;
                path[last] = Segment::key(key);
            }
        }
        if let [.., Segment::Key(word)] = path.as_slice()
            && self.meant.is_some()
            && Reference::WORDS.contains(&&**word)
        {
            let last = path.len() - 1;
            let token = [&path[..last], &[Segment::key(TOKEN)]].concat();
            if self.tree.get(&path).is_none() && self.tree.get(&token).is_some() {
                return token;
            }
        }
        path
    }
}

/// The object of a tenant's file in which a line stands.
pub fn object_at(tree: &Tree, line: usize) -> Option<Address> {
    object_in(tree, 0, line)
}

/// The same for one of the files that a tree is made of.
fn object_in(tree: &Tree, file: u16, line: usize) -> Option<Address> {
    let source = tree.sources().of(Span::default().of_file(file));
    let holds = |key: &Node, value: &Node| {
        let first = source.line_number(key.span.start());
        // A block ends where the next thing begins.
        let text = source.slice(Span::new(0, value.span.end().max(key.span.end()))).trim_end();
        (first..=source.line_number(text.len().saturating_sub(1)).max(first)).contains(&line)
    };
    Kind::ALL.into_iter().find_map(|kind| {
        let section = tree.root().get(kind.section())?;
        let (key, _) = section.entries().iter().find(|(key, value)| part_of(key, value, file, &holds))?;
        Some(Address::new(kind, key.text()))
    })
}

/// Whether an entry holds a line of a file, or what of it comes from that file does.
fn part_of(key: &Node, value: &Node, file: u16, holds: &dyn Fn(&Node, &Node) -> bool) -> bool {
    if key.span.file() == file && value.span.file() == file {
        return holds(key, value);
    }
    value.entries().iter().any(|(key, value)| part_of(key, value, file, holds))
}
