//! Tells what of one account's writes is visible when.
//!
//! Writes and validation use the committed state; reads see the newest state older than the delay. What is read from a
//! file is visible as it is committed.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::document::Document;
use super::log::Record;

/// What a request may know of one account.
#[derive(Debug, Clone)]
pub struct View {
    pub committed: Arc<Document>,
    pub visible: Arc<Document>,
    /// What slowly derived values are computed from.
    pub settled: Arc<Document>,
}

/// The versions of one account's state.
#[derive(Debug)]
pub struct Account {
    view: View,
    /// The committed states that are not visible yet.
    waiting: VecDeque<(Instant, Arc<Document>)>,
    /// When the last write to an object becomes visible.
    pending: BTreeMap<String, Instant>,
    ticked: Instant,
}

/// What an account that left memory has not settled yet.
#[derive(Debug)]
pub struct Unsettled {
    ticked: Instant,
    /// What the settled state has instead, as JSON: thousands of them may wait for the slow timer.
    rows: Vec<u8>,
}

impl Unsettled {
    /// When it settles.
    pub fn due(&self, active_lag: Duration) -> Instant {
        self.ticked + active_lag
    }
}

impl Account {
    pub fn new(document: Document) -> Self {
        let document = Arc::new(document);
        Self {
            view: View {
                committed: Arc::clone(&document),
                visible: Arc::clone(&document),
                settled: document,
            },
            waiting: VecDeque::new(),
            pending: BTreeMap::new(),
            ticked: Instant::now(),
        }
    }

    pub fn view(&self) -> &View {
        &self.view
    }

    /// Whether the last write to an object is not visible yet.
    pub fn is_pending(&self, object: &str) -> bool {
        self.pending.contains_key(object)
    }

    /// Makes a write that is visible at an instant.
    pub fn commit(&mut self, object: String, document: Arc<Document>, at: Instant) {
        self.view.committed = Arc::clone(&document);
        self.waiting.push_back((at, document));
        self.pending.insert(object, at);
    }

    /// When it will be another one without being written to.
    pub fn due(&self, active_lag: Duration) -> Option<Instant> {
        // One that shows late holds back those after it.
        let waiting = self.waiting.front().map(|(at, _)| *at);
        let unsettled = !Arc::ptr_eq(&self.view.settled, &self.view.visible);
        let tick = unsettled.then(|| self.ticked + active_lag);
        waiting.into_iter().chain(self.pending.values().copied()).chain(tick).min()
    }

    /// Whether all of it is visible, so that its file has it.
    pub fn is_visible(&self) -> bool {
        self.waiting.is_empty() && self.pending.is_empty()
    }

    /// What has to be kept of a visible one beside its file.
    pub fn unsettled(&self, name: &str) -> io::Result<Option<Unsettled>> {
        let View { visible, settled, .. } = &self.view;
        if Arc::ptr_eq(settled, visible) {
            return Ok(None);
        }
        let rows = Record::new(name, &visible.changes(settled)).to_json()?;
        Ok(Some(Unsettled { ticked: self.ticked, rows }))
    }

    /// The account that left memory so.
    pub fn returned(document: Document, unsettled: Option<&Unsettled>) -> io::Result<Self> {
        let mut account = Self::new(document);
        if let Some(Unsettled { ticked, rows }) = unsettled {
            let mut settled = Document::clone(&account.view.visible);
            Record::parse(rows)?.apply(&mut settled);
            account.view.settled = Arc::new(settled);
            account.ticked = *ticked;
        }
        Ok(account)
    }

    /// Moves what became visible by now into view, and ticks the slow timer when it is due.
    pub fn settle(&mut self, now: Instant, active_lag: Duration) {
        while self.waiting.front().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, document)) = self.waiting.pop_front() {
                self.view.visible = document;
            }
        }
        self.pending.retain(|_, at| *at > now);
        if now.duration_since(self.ticked) >= active_lag {
            self.view.settled = Arc::clone(&self.view.visible);
            self.ticked = now;
        }
    }
}
