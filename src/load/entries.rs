//! The entries of a YAML map, in the order of the file, found by key at the same speed in maps of any size.

use std::{
    collections::HashMap,
    ops::{Deref, DerefMut},
    sync::OnceLock,
};

/// Maps of up to so many entries are searched one by one.
const FEW: usize = 8;

/// Keys are scalars and differ in text. Merged keys come after the map's own. `N` is a node of a tree.
#[derive(Debug, Clone)]
pub struct Entries<N> {
    list: Vec<(N, N)>,
    /// Where a key is; made when it is first asked for, gone when the list may have changed.
    places: OnceLock<HashMap<Box<str>, usize>>,
}

impl<N> Entries<N> {
    /// The entry with this key; `text` says what is written of one.
    pub fn find(&self, key: &str, text: fn(&N) -> &str) -> Option<&(N, N)> {
        if self.list.len() <= FEW {
            return self.list.iter().find(|(name, _)| text(name) == key);
        }
        let numbered = || self.list.iter().enumerate().map(|(at, (name, _))| (text(name).into(), at));
        let places = self.places.get_or_init(|| numbered().collect());
        self.list.get(*places.get(key)?)
    }
}

impl<N> Default for Entries<N> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<N> From<Vec<(N, N)>> for Entries<N> {
    fn from(list: Vec<(N, N)>) -> Self {
        Self { list, places: OnceLock::new() }
    }
}

impl<N> FromIterator<(N, N)> for Entries<N> {
    fn from_iter<I: IntoIterator<Item = (N, N)>>(entries: I) -> Self {
        Vec::from_iter(entries).into()
    }
}

impl<N> Deref for Entries<N> {
    type Target = Vec<(N, N)>;

    fn deref(&self) -> &Self::Target {
        &self.list
    }
}

impl<N> DerefMut for Entries<N> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.places.take();
        &mut self.list
    }
}

impl<N> IntoIterator for Entries<N> {
    type Item = (N, N);
    type IntoIter = std::vec::IntoIter<(N, N)>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a, N> IntoIterator for &'a Entries<N> {
    type Item = &'a (N, N);
    type IntoIter = std::slice::Iter<'a, (N, N)>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl<N: PartialEq> PartialEq for Entries<N> {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl<N: Eq> Eq for Entries<N> {}
