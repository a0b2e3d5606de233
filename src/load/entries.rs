//! The entries of a YAML map, in the order of the file, found by key at the same speed in maps of any size.

use std::{collections::HashMap, ops::Deref, sync::OnceLock};

/// Maps of up to so many entries are searched one by one.
const FEW: usize = 8;

/// Keys are scalars and differ in text. Merged keys come after the map's own. `N` is a node of a tree.
///
/// A file may consist of very many very small maps: they take no more than their entries.
#[derive(Debug, Clone)]
pub enum Entries<N> {
    Few(Box<[(N, N)]>),
    Many(Box<Indexed<N>>),
}

/// Many entries.
#[derive(Debug, Clone)]
pub struct Indexed<N> {
    list: Box<[(N, N)]>,
    /// Where a key is; made when it is first asked for.
    places: OnceLock<HashMap<Box<str>, u32>>,
}

impl<N> Entries<N> {
    /// The entry with this key; `text` says what is written of one.
    pub fn find(&self, key: &str, text: fn(&N) -> &str) -> Option<&(N, N)> {
        match self {
            Self::Few(list) => list.iter().find(|(name, _)| text(name) == key),
            Self::Many(many) => {
                let numbered = || (0..).zip(&many.list).map(|(at, (name, _))| (text(name).into(), at));
                let places = many.places.get_or_init(|| numbered().collect());
                many.list.get(*places.get(key)? as usize)
            }
        }
    }

    /// The entries to be changed one by one.
    pub fn each_mut(&mut self) -> &mut [(N, N)] {
        match self {
            Self::Few(list) => list,
            Self::Many(many) => {
                many.places.take();
                &mut many.list
            }
        }
    }

    /// Takes the entries out, to put others in their place.
    pub fn take(&mut self) -> Vec<(N, N)> {
        match std::mem::take(self) {
            Self::Few(list) => list.into_vec(),
            Self::Many(many) => many.list.into_vec(),
        }
    }
}

impl<N> Default for Entries<N> {
    fn default() -> Self {
        Self::Few(Box::default())
    }
}

impl<N> From<Vec<(N, N)>> for Entries<N> {
    fn from(list: Vec<(N, N)>) -> Self {
        let list = list.into_boxed_slice();
        match list.len() <= FEW {
            true => Self::Few(list),
            false => Self::Many(Box::new(Indexed { list, places: OnceLock::new() })),
        }
    }
}

impl<N> FromIterator<(N, N)> for Entries<N> {
    fn from_iter<I: IntoIterator<Item = (N, N)>>(entries: I) -> Self {
        Vec::from_iter(entries).into()
    }
}

impl<N> Deref for Entries<N> {
    type Target = [(N, N)];

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Few(list) => list,
            Self::Many(many) => &many.list,
        }
    }
}

impl<N> IntoIterator for Entries<N> {
    type Item = (N, N);
    type IntoIter = std::vec::IntoIter<(N, N)>;

    fn into_iter(mut self) -> Self::IntoIter {
        self.take().into_iter()
    }
}

impl<'a, N> IntoIterator for &'a Entries<N> {
    type Item = &'a (N, N);
    type IntoIter = std::slice::Iter<'a, (N, N)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<N: PartialEq> PartialEq for Entries<N> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<N: Eq> Eq for Entries<N> {}
