//! Has every account of a system, and holds in memory only those that were asked for last.
//!
//! Ten thousand accounts are ten thousand files. A request opens the one it is about; what it has to know of the others
//! is in the index.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::account::{Account, Unsettled, View};
use super::document::Document;
use super::files::StateFiles;
use super::index::{Holder, Index, Keys};
use super::log::Record;

/// The accounts of one system.
#[derive(Debug)]
pub struct Accounts {
    files: StateFiles,
    names: BTreeSet<Arc<str>>,
    index: Index,
    open: RefCell<Open>,
    /// Why an account could not be opened while a request was answered.
    failed: RefCell<Option<io::Error>>,
}

/// Those in memory.
#[derive(Debug, Default)]
struct Open {
    accounts: BTreeMap<Arc<str>, Opened>,
    /// What those that left have beside their files.
    unsettled: BTreeMap<Arc<str>, Unsettled>,
    /// Counts what is asked for.
    clock: u64,
    /// How many stay. Those with a write that does not show yet are not let go.
    most: usize,
}

#[derive(Debug)]
struct Opened {
    account: Account,
    /// When it was asked for last.
    used: u64,
    /// Whether its file lacks a write that the log has.
    unwritten: bool,
}

impl Accounts {
    pub fn new(files: StateFiles, keys: Keys, most: usize) -> Self {
        Self {
            files,
            names: BTreeSet::new(),
            index: Index::new(keys),
            open: RefCell::new(Open { most, ..Open::default() }),
            failed: RefCell::default(),
        }
    }

    pub fn files(&self) -> &StateFiles {
        &self.files
    }

    /// Adds an account as its file has it.
    pub fn add(&mut self, name: &str, document: Document) {
        let name: Arc<str> = name.into();
        self.index.follow(&name, &Document::default().changes(&document));
        let open = self.open.get_mut();
        if open.accounts.len() < open.most {
            open.insert(Arc::clone(&name), Account::new(document));
        }
        self.names.insert(name);
    }

    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// How many are in memory.
    pub fn in_memory(&self) -> usize {
        self.open.borrow().accounts.len()
    }

    /// The name of the first one.
    pub fn first(&self) -> Option<&str> {
        self.names.first().map(|name| &**name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Returns what a request may know of one account.
    pub fn view(&self, name: &str) -> Option<View> {
        let name = self.names.get(name)?;
        let opened =
            self.open.borrow_mut().get(name, &self.files).map(|opened| opened.account.view().clone());
        self.kept(opened)
    }

    /// Returns every account's view, one after another; none of them stays in memory for that.
    pub fn views(&self) -> impl Iterator<Item = (&str, View)> {
        self.names.iter().filter_map(|name| {
            let open = self.open.borrow();
            let view = match open.accounts.get(name) {
                Some(opened) => Ok(opened.account.view().clone()),
                None => open.read(name, &self.files).map(|account| account.view().clone()),
            };
            Some((&**name, self.kept(view)?))
        })
    }

    /// Returns the committed rows of all accounts that have a value, in the order of the accounts.
    pub fn find(&self, index: &'static str, value: &str) -> impl Iterator<Item = Holder<'_>> {
        self.index.find(index, value)
    }

    /// Returns every committed row of an index, in the order of the values.
    pub fn all(&self, index: &'static str) -> impl Iterator<Item = Holder<'_>> {
        self.index.all(index)
    }

    /// Why an account could not be opened since the last time this was asked.
    pub fn failure(&mut self) -> Option<io::Error> {
        self.failed.get_mut().take()
    }

    fn kept<T>(&self, done: io::Result<T>) -> Option<T> {
        done.map_err(|error| self.failed.replace(Some(error))).ok()
    }

    /// Returns an account to be changed, if there is one of that name.
    pub fn account(&mut self, name: &str) -> io::Result<Option<(&Arc<str>, &mut Account)>> {
        let Some(name) = self.names.get(name) else { return Ok(None) };
        Ok(Some((name, &mut self.open.get_mut().get(name, &self.files)?.account)))
    }

    /// Makes a write that the log has, visible at an instant.
    pub fn commit(&mut self, name: &str, object: String, document: Document, at: Instant) -> io::Result<()> {
        let Some(name) = self.names.get(name) else { return Ok(()) };
        let opened = self.open.get_mut().get(name, &self.files)?;
        self.index.follow(name, &opened.account.view().committed.changes(&document));
        opened.account.commit(object, Arc::new(document), at);
        opened.unwritten = true;
        Ok(())
    }

    /// Makes the writes of others to an account, as the log has them; they are visible at once.
    pub fn replay(&mut self, name: &str, records: Vec<Record>) -> io::Result<()> {
        let Some(name) = self.names.get(name) else { return Ok(()) };
        let opened = self.open.get_mut().get(name, &self.files)?;
        let held = Arc::clone(&opened.account.view().committed);
        let mut document = Document::clone(&held);
        records.into_iter().for_each(|record| record.apply(&mut document));
        self.index.follow(name, &held.changes(&document));
        opened.account = Account::new(document);
        opened.unwritten = true;
        Ok(())
    }

    /// When an account that is in memory will be another one without being written to.
    pub fn due(&self, name: &str, active_lag: Duration) -> Option<Instant> {
        self.open.borrow().accounts.get(name)?.account.due(active_lag)
    }

    /// Moves into view what has become visible of an account, and returns when it is due next.
    pub fn settle(&mut self, name: &str, now: Instant, active_lag: Duration) -> Option<Instant> {
        let open = self.open.get_mut();
        let Some(Opened { account, .. }) = open.accounts.get_mut(name) else {
            let due = open.unsettled.get(name)?.due(active_lag);
            if due <= now {
                open.unsettled.remove(name);
            }
            return (due > now).then_some(due);
        };
        account.settle(now, active_lag);
        account.due(active_lag)
    }

    /// Writes what the files lack.
    pub fn write(&mut self) -> io::Result<()> {
        for (name, opened) in &mut self.open.get_mut().accounts {
            opened.write(name, &self.files)?;
        }
        Ok(())
    }

    /// Takes over the files where somebody else has written them. What is the same stays as visible as it is.
    pub fn reload(&mut self) -> io::Result<()> {
        self.index.clear();
        let open = self.open.get_mut();
        for name in &self.names {
            let text = self.files.text(name)?;
            let document = self.files.parse(&text)?;
            self.index.follow(name, &Document::default().changes(&document));
            let Some(opened) = open.accounts.get_mut(name) else { continue };
            opened.unwritten = false;
            if opened.account.view().committed.to_text() != text {
                opened.account = Account::new(document);
            }
        }
        Ok(())
    }
}

impl Open {
    /// Returns an account, read from its file where it is not in memory.
    fn get(&mut self, name: &Arc<str>, files: &StateFiles) -> io::Result<&mut Opened> {
        self.clock += 1;
        if !self.accounts.contains_key(name) {
            while self.accounts.len() >= self.most && self.close_one(files)? {}
            let account = self.read(name, files)?;
            self.unsettled.remove(name);
            self.insert(Arc::clone(name), account);
        }
        let opened = self.accounts.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        opened.used = self.clock;
        Ok(opened)
    }

    /// Reads an account that is not in memory.
    fn read(&self, name: &Arc<str>, files: &StateFiles) -> io::Result<Account> {
        Account::returned(files.read(name)?, self.unsettled.get(name))
    }

    fn insert(&mut self, name: Arc<str>, account: Account) {
        self.accounts.insert(name, Opened { account, used: self.clock, unwritten: false });
    }

    /// Lets go of the one that was not asked for the longest, among those that can go; whether there was one.
    fn close_one(&mut self, files: &StateFiles) -> io::Result<bool> {
        let visible = self.accounts.iter_mut().filter(|(_, opened)| opened.account.is_visible());
        let Some((name, opened)) = visible.min_by_key(|(_, opened)| opened.used) else { return Ok(false) };
        opened.write(name, files)?;
        let name = Arc::clone(name);
        if let Some(unsettled) = opened.account.unsettled(&name)? {
            self.unsettled.insert(Arc::clone(&name), unsettled);
        }
        self.accounts.remove(&name);
        Ok(true)
    }
}

impl Opened {
    fn write(&mut self, name: &str, files: &StateFiles) -> io::Result<()> {
        if self.unwritten {
            files.write(name, &self.account.view().committed)?;
            self.unwritten = false;
        }
        Ok(())
    }
}
