//! The files that one tree is made of: the tenant's own, and those that it takes something from.

use super::{
    source::{Places, Source},
    span::Span,
};
use crate::finding::Place;
use std::collections::BTreeMap;

/// A tree's own file, and others. Spans say which of them they are in.
#[derive(Debug, Clone)]
pub struct Sources {
    own: Source,
    others: Vec<Other>,
    /// Where the value of a variable stands, by where it is used.
    given: BTreeMap<Span, Span>,
}

/// A file that something is taken from.
#[derive(Debug, Clone)]
struct Other {
    source: Source,
    /// What of the tenant's files brings it in. `None`: it is one of them.
    by: Option<Span>,
}

impl Sources {
    pub fn own(&self) -> &Source {
        &self.own
    }

    pub fn own_mut(&mut self) -> &mut Source {
        &mut self.own
    }

    /// Every file, the own one first.
    pub fn each(&self) -> impl Iterator<Item = &Source> {
        std::iter::once(&self.own).chain(self.others.iter().map(|other| &other.source))
    }

    /// The file of a span.
    pub fn of(&self, span: Span) -> &Source {
        self.other(span).map_or(&self.own, |other| &other.source)
    }

    fn other(&self, span: Span) -> Option<&Other> {
        self.others.get(usize::from(span.file()).checked_sub(1)?)
    }

    /// How many files there are.
    pub fn count(&self) -> usize {
        1 + self.others.len()
    }

    /// Takes in another file, which the stretch `by` of the own one brings in. It is the last one then.
    pub fn add(&mut self, source: Source, by: Span) {
        self.others.push(Other { source, by: Some(by) });
    }

    /// Takes in another file of the same tenant. It is the last one then.
    pub fn add_piece(&mut self, source: Source) {
        self.others.push(Other { source, by: None });
    }

    /// The files in which the tenant itself is written.
    pub fn written(&self) -> impl Iterator<Item = &Source> {
        let pieces = self.others.iter().filter(|other| other.by.is_none());
        std::iter::once(&self.own).chain(pieces.map(|other| &other.source))
    }

    /// Whether something stands in one of those.
    pub fn is_written(&self, span: Span) -> bool {
        self.other(span).is_none_or(|other| other.by.is_none())
    }

    /// Takes note that what stands at `at` says the value at `value`.
    pub fn give(&mut self, at: Span, value: Span) {
        self.given.insert(at, value);
    }

    /// Where the value of what stands in another file is given, by the tenant or as a default, if it is a variable's.
    pub fn given(&self, at: Span) -> Option<Place> {
        self.given.get(&at).map(|value| self.of(*value).place(*value))
    }
}

impl Places for Sources {
    /// A place in a file of somebody else has beside it the one of the tenant's file that it comes by.
    fn place(&self, span: Span) -> Place {
        let place = self.of(span).place(span);
        let Some(by) = self.other(span).and_then(|other| other.by) else { return place };
        let own = self.given.get(&span).filter(|value| value.is_own()).unwrap_or(&by);
        let also = self.of(*own).place(*own);
        Place { also: Some(Box::new(also)), ..place }
    }
}

impl From<Source> for Sources {
    fn from(own: Source) -> Self {
        Self { own, others: Vec::new(), given: BTreeMap::new() }
    }
}
