//! Keeps every account's state on disk, and knows what of a write is visible when.
//!
//! Writes and validation use the committed state; reads see the newest state older than the delay. On
//! opening, everything committed is visible.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::document::Document;
use super::shared::Shared;
use super::vendor::{Commit, Response, Vendor, View, Views};
use super::{Options, SandboxError};
use crate::file;

/// The accounts, behind one lock: validation and commit of a write are one step.
#[derive(Debug)]
pub struct Store {
    held: Mutex<Held>,
    tables: &'static [&'static str],
    visible_after: Duration,
    active_lag: Duration,
    pending_first: bool,
    durable: bool,
}

#[derive(Debug)]
struct Held {
    accounts: BTreeMap<String, Account>,
    /// What a request may know of each. With thousands of accounts most stay as they are from one request to the next.
    views: Views,
    /// When each of those that change as time goes by does so next.
    due: BTreeSet<(Instant, String)>,
    /// With whom the state on disk is shared, where others may serve it too.
    shared: Option<Shared>,
}

#[derive(Debug)]
struct Account {
    path: PathBuf,
    committed: Arc<Document>,
    /// The state reads see, then the committed states that are not visible yet.
    visible: Arc<Document>,
    waiting: VecDeque<(Instant, Arc<Document>)>,
    /// When the last write to an object becomes visible.
    pending: BTreeMap<String, Instant>,
    /// The state at the last tick of the slow timer.
    settled: Arc<Document>,
    ticked: Instant,
}

/// What becomes of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitMode {
    Usual,
    /// Accepted, and never done.
    Lost,
    /// Done, and invisible for this long.
    Late(Duration),
}

impl Store {
    /// Loads accounts from the state directory; those that have only a seed are seeded and written.
    pub fn open(options: &Options, vendor: &dyn Vendor) -> Result<Self, SandboxError> {
        file::own_directory(&options.state).map_err(failed("create", &options.state))?;
        let mut shared = match &options.shared {
            Some(path) => Some(Shared::open(path).map_err(failed("open", path))?),
            None => None,
        };
        if let (Some(shared), Some(path)) = (&mut shared, &options.shared) {
            shared.enter().map_err(failed("lock", path))?;
        }
        let mut names = stems(&options.seed, "yaml")?;
        names.extend(stems(&options.state, "json")?);
        let mut accounts = BTreeMap::new();
        for name in names {
            let path = options.state.join(format!("{name}.json"));
            let seed = options.seed.join(format!("{name}.yaml"));
            let document = if path.exists() {
                Document::parse(&read(&path)?, vendor.tables()).map_err(invalid(&path))?
            } else {
                let document =
                    plant(vendor, &name, &read_seed(&options.seed, &name)?).map_err(invalid(&seed))?;
                persist(&path, &document, options.durable).map_err(failed("write", &path))?;
                document
            };
            accounts.insert(name, Account::new(path, Arc::new(document)));
        }
        shared.iter().for_each(Shared::leave);
        let views = accounts.iter().map(|(name, account)| (name.clone(), account.view())).collect();
        Ok(Self {
            held: Mutex::new(Held { accounts, views, due: BTreeSet::new(), shared }),
            tables: vendor.tables(),
            visible_after: options.behaviour.visible_after,
            active_lag: vendor.active_lag(),
            pending_first: options.behaviour.pending_first,
            durable: options.durable,
        })
    }

    pub fn committed(&self, account: &str) -> Option<Arc<Document>> {
        self.lock().accounts.get(account).map(|account| Arc::clone(&account.committed))
    }

    /// Answers one request and makes its change, if any, as one step.
    ///
    /// The change is on disk when this returns. Returns whether a change was made: `CommitMode::Lost` and a pending
    /// earlier write lose it silently.
    pub fn transact(
        &self,
        mode: CommitMode,
        respond: impl FnOnce(&Views) -> Response,
    ) -> std::io::Result<(Response, bool)> {
        let mut held = self.lock();
        let done = held.enter(self.tables).and_then(|()| self.answer(mode, respond, &mut held));
        held.shared.iter().for_each(Shared::leave);
        done
    }

    fn answer(
        &self,
        mode: CommitMode,
        respond: impl FnOnce(&Views) -> Response,
        held: &mut Held,
    ) -> std::io::Result<(Response, bool)> {
        let now = Instant::now();
        held.settle(now, self.active_lag);
        let mut answer = respond(&held.views);
        let Some(Commit { account: name, object, document }) = answer.commit.take() else {
            return Ok((answer, false));
        };
        let Held { accounts, views, due, shared } = held;
        let Some(account) = accounts.get_mut(&name) else { return Ok((answer, false)) };
        let lost = mode == CommitMode::Lost || self.pending_first && account.pending.contains_key(&object);
        if !lost {
            if let Some(shared) = shared {
                shared.announce()?;
            }
            persist(&account.path, &document, self.durable)?;
            let delay = if let CommitMode::Late(delay) = mode { delay } else { self.visible_after };
            let at = Instant::now() + delay;
            // The slow timer has gone on while nothing happened here.
            account.settle(now, self.active_lag);
            account.committed = Arc::new(document);
            account.waiting.push_back((at, Arc::clone(&account.committed)));
            account.pending.insert(object, at);
            views.insert(name.clone(), account.view());
            due.extend(account.due(self.active_lag).map(|at| (at, name)));
        }
        Ok((answer, !lost))
    }

    /// A panic elsewhere cannot leave an account half changed: documents are replaced whole.
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Waits for its turn, and takes over what others have written in the meantime.
    fn enter(&mut self, tables: &'static [&'static str]) -> std::io::Result<()> {
        let Some(shared) = &mut self.shared else { return Ok(()) };
        if !shared.enter()? {
            return Ok(());
        }
        for (name, account) in &mut self.accounts {
            let text = std::fs::read_to_string(&account.path)?;
            if text == account.committed.to_text() {
                continue;
            }
            let document = Document::parse(&text, tables).map_err(std::io::Error::other)?;
            *account = Account::new(std::mem::take(&mut account.path), Arc::new(document));
            self.views.insert(name.clone(), account.view());
        }
        Ok(())
    }

    /// Moves into view what has become visible by now.
    fn settle(&mut self, now: Instant, active_lag: Duration) {
        let Self { accounts, views, due, shared: _ } = self;
        while due.first().is_some_and(|(at, _)| *at <= now) {
            let Some((_, name)) = due.pop_first() else { return };
            let Some(account) = accounts.get_mut(&name) else { continue };
            account.settle(now, active_lag);
            views.insert(name.clone(), account.view());
            due.extend(account.due(active_lag).map(|at| (at, name)));
        }
    }
}

impl Account {
    fn new(path: PathBuf, document: Arc<Document>) -> Self {
        Self {
            path,
            committed: Arc::clone(&document),
            visible: Arc::clone(&document),
            waiting: VecDeque::new(),
            pending: BTreeMap::new(),
            settled: document,
            ticked: Instant::now(),
        }
    }

    fn view(&self) -> View {
        View {
            committed: Arc::clone(&self.committed),
            visible: Arc::clone(&self.visible),
            settled: Arc::clone(&self.settled),
        }
    }

    /// When it will be another one without being written to.
    fn due(&self, active_lag: Duration) -> Option<Instant> {
        // One that shows late holds back those after it.
        let waiting = self.waiting.front().map(|(at, _)| *at);
        let tick = (!Arc::ptr_eq(&self.settled, &self.visible)).then(|| self.ticked + active_lag);
        waiting.into_iter().chain(self.pending.values().copied()).chain(tick).min()
    }

    /// Moves what became visible by now into view, and ticks the slow timer when it is due.
    fn settle(&mut self, now: Instant, active_lag: Duration) {
        while self.waiting.front().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, document)) = self.waiting.pop_front() {
                self.visible = document;
            }
        }
        self.pending.retain(|_, at| *at > now);
        if now.duration_since(self.ticked) >= active_lag {
            self.settled = Arc::clone(&self.visible);
            self.ticked = now;
        }
    }
}

/// Replaces the state file in one step: a reader or a crash meets the old state or the new one.
fn persist(path: &Path, document: &Document, durable: bool) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(document.to_text().as_bytes())?;
    if durable {
        file.as_file().sync_all()?;
    }
    file.persist(path)?;
    Ok(())
}

/// Seeds an account from its YAML.
fn plant(vendor: &dyn Vendor, name: &str, text: &str) -> Result<Document, String> {
    let seed: Option<Map<String, Value>> = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    vendor.seed(name, &seed.unwrap_or_default())
}

/// Lists the accounts a directory has files for; a directory that does not exist has none.
fn stems(directory: &Path, extension: &str) -> Result<BTreeSet<String>, SandboxError> {
    let mut stems = BTreeSet::new();
    if !directory.exists() {
        return Ok(stems);
    }
    for entry in std::fs::read_dir(directory).map_err(failed("list", directory))? {
        let path = entry.map_err(failed("list", directory))?.path();
        if path.extension().is_some_and(|found| found == extension) {
            stems.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
        }
    }
    Ok(stems)
}

/// A seed may come from a stranger too.
fn read_seed(directory: &Path, name: &str) -> Result<String, SandboxError> {
    let file = format!("{name}.yaml");
    let bytes =
        file::read(directory, &file, file::LARGEST_OF_ALL).map_err(failed("read", &directory.join(&file)))?;
    String::from_utf8(bytes).map_err(|error| {
        failed("read", &directory.join(&file))(std::io::Error::new(std::io::ErrorKind::InvalidData, error))
    })
}

fn read(path: &Path) -> Result<String, SandboxError> {
    std::fs::read_to_string(path).map_err(failed("read", path))
}

fn failed(action: &'static str, path: &Path) -> impl Fn(std::io::Error) -> SandboxError {
    let path = path.to_owned();
    move |source| SandboxError::File { action, path: path.clone(), source }
}

fn invalid(path: &Path) -> impl Fn(String) -> SandboxError {
    let path = path.to_owned();
    move |message| SandboxError::Content { path: path.clone(), message }
}
