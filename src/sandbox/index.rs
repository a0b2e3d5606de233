//! Finds which account has a value, without a look into every account.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use serde_json::Value;

use super::document::Change;

/// Names the values of a row that requests search all accounts for: in which index, and the value. A single value is a
/// row without a key.
pub type Keys = fn(section: &str, key: &str, row: &Value) -> Vec<(&'static str, String)>;

/// The indexes of one system, over what is committed.
#[derive(Debug)]
pub struct Index {
    keys: Keys,
    entries: BTreeSet<Entry>,
}

/// In the order of a search: by value, then as the accounts stand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    index: &'static str,
    value: Box<str>,
    account: Arc<str>,
    row: Box<str>,
}

/// A row that has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder<'i> {
    pub value: &'i str,
    pub account: &'i str,
    /// Its key in its table.
    pub row: &'i str,
}

impl Index {
    pub fn new(keys: Keys) -> Self {
        Self { keys, entries: BTreeSet::new() }
    }

    /// Takes over what has changed in an account.
    pub fn follow(&mut self, account: &Arc<str>, changes: &[Change]) {
        for change in changes {
            for entry in self.of_row(account, change, change.before) {
                self.entries.remove(&entry);
            }
            let entries = self.of_row(account, change, change.after);
            self.entries.extend(entries);
        }
    }

    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Returns the rows of any account with this value, in the order of the accounts.
    pub fn find(&self, index: &'static str, value: &str) -> impl Iterator<Item = Holder<'_>> {
        self.from(index, value).take_while(move |entry| &*entry.value == value).map(Entry::holder)
    }

    /// Returns every row of an index, in the order of the values.
    pub fn all(&self, index: &'static str) -> impl Iterator<Item = Holder<'_>> {
        self.from(index, "").map(Entry::holder)
    }

    fn from(&self, index: &'static str, value: &str) -> impl Iterator<Item = &Entry> {
        let first = Entry { index, value: value.into(), account: "".into(), row: "".into() };
        let rest = self.entries.range((Bound::Included(first), Bound::Unbounded));
        rest.take_while(move |entry| entry.index == index)
    }

    fn of_row(&self, account: &Arc<str>, change: &Change, row: Option<&Value>) -> Vec<Entry> {
        let Some(row) = row else { return Vec::new() };
        let key = change.key.unwrap_or_default();
        let entry = |(index, value): (&'static str, String)| Entry {
            index,
            value: value.into(),
            account: Arc::clone(account),
            row: key.into(),
        };
        (self.keys)(change.section, key, row).into_iter().map(entry).collect()
    }
}

impl Entry {
    fn holder(&self) -> Holder<'_> {
        Holder { value: &self.value, account: &self.account, row: &self.row }
    }
}
