//! Keeps every account's state on disk, and answers one request at a time.
//!
//! A write is a line of the log; the account files take it over when the log is long, when their account leaves memory,
//! and when the sandbox ends. Where there are few accounts, each does so with every write.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::accounts::Accounts;
use super::document::Document;
use super::files::{StateFiles, read_seed, stems};
use super::log::{Log, Record};
use super::shared::Shared;
use super::vendor::{Commit, Response, Vendor};
use super::{Options, SandboxError};
use crate::file;

/// The name of the log in the state directory.
const LOG: &str = "writes.log";

/// How long the log may become before the account files take it over.
const LONGEST: u64 = 1 << 20;

/// Of so few accounts the files have every write at once: people look at them while the sandbox runs.
const FEW: usize = 64;

/// The accounts, behind one lock: validation and commit of a write are one step.
#[derive(Debug)]
pub struct Store {
    held: Mutex<Held>,
    visible_after: Duration,
    active_lag: Duration,
    pending_first: bool,
}

#[derive(Debug)]
struct Held {
    accounts: Accounts,
    log: Log,
    /// When each account that changes as time goes by does so next.
    due: BTreeSet<(Instant, Arc<str>)>,
    /// With whom the state on disk is shared, where others may serve it too.
    shared: Option<Shared>,
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
    /// Finds the accounts of the state directory; those that have only a seed are seeded and written.
    pub fn open(options: &Options, vendor: &dyn Vendor) -> Result<Self, SandboxError> {
        file::own_directory(&options.state).map_err(failed("create", &options.state))?;
        let mut shared = match &options.shared {
            Some(path) => Some(Shared::open(path).map_err(failed("open", path))?),
            None => None,
        };
        if let (Some(shared), Some(path)) = (&mut shared, &options.shared) {
            shared.enter().map_err(failed("lock", path))?;
        }
        let files = StateFiles::new(options.state.clone(), vendor.tables(), options.durable);
        let mut accounts = Accounts::new(files, vendor.keys(), options.in_memory);
        let mut names = stems(&options.seed, "yaml").map_err(failed("list", &options.seed))?;
        names.extend(stems(&options.state, "json").map_err(failed("list", &options.state))?);
        for name in names {
            let document = first(options, vendor, accounts.files(), &name)?;
            accounts.add(&name, document);
        }
        let log = Log::new(options.state.join(LOG), options.durable);
        let mut held = Held { accounts, log, due: BTreeSet::new(), shared };
        held.follow().map_err(|error| invalid(held.log.path())(error.to_string()))?;
        held.shared.iter().for_each(Shared::leave);
        Ok(Self {
            held: Mutex::new(held),
            visible_after: options.behaviour.visible_after,
            active_lag: vendor.active_lag(),
            pending_first: options.behaviour.pending_first,
        })
    }

    pub fn committed(&self, account: &str) -> Option<Arc<Document>> {
        self.lock().accounts.view(account).map(|view| view.committed)
    }

    /// How many accounts there are, and how many of them are in memory.
    pub fn counts(&self) -> (usize, usize) {
        let held = self.lock();
        (held.accounts.count(), held.accounts.in_memory())
    }

    /// Answers one request and makes its change, if any, as one step.
    ///
    /// The change is on disk when this returns. Returns whether a change was made: `CommitMode::Lost` and a pending
    /// earlier write lose it silently.
    pub fn transact(
        &self,
        mode: CommitMode,
        respond: impl FnOnce(&Accounts) -> Response,
    ) -> std::io::Result<(Response, bool)> {
        let mut held = self.lock();
        let done = held.enter().and_then(|()| self.answer(mode, respond, &mut held));
        held.shared.iter().for_each(Shared::leave);
        done
    }

    /// Lets the account files take over the log.
    pub fn close(&self) -> std::io::Result<()> {
        let mut held = self.lock();
        let done = held.enter().and_then(|()| held.compact());
        held.shared.iter().for_each(Shared::leave);
        done
    }

    fn answer(
        &self,
        mode: CommitMode,
        respond: impl FnOnce(&Accounts) -> Response,
        held: &mut Held,
    ) -> std::io::Result<(Response, bool)> {
        let now = Instant::now();
        held.settle(now, self.active_lag);
        let mut answer = respond(&held.accounts);
        if let Some(error) = held.accounts.failure() {
            return Err(error);
        }
        let Some(Commit { account: name, object, document }) = answer.commit.take() else {
            return Ok((answer, false));
        };
        let Held { accounts, log, due, .. } = held;
        let Some((name, account)) = accounts.account(&name)? else { return Ok((answer, false)) };
        if mode == CommitMode::Lost || self.pending_first && account.is_pending(&object) {
            return Ok((answer, false));
        }
        let name = Arc::clone(name);
        log.append(&name, &account.view().committed.changes(&document))?;
        let delay = if let CommitMode::Late(delay) = mode { delay } else { self.visible_after };
        let at = Instant::now() + delay;
        // The slow timer has gone on while nothing happened here.
        account.settle(now, self.active_lag);
        accounts.commit(&name, object, document, at)?;
        due.extend(accounts.due(&name, self.active_lag).map(|at| (at, name)));
        if held.log.length() > LONGEST {
            held.compact()?;
        } else if held.accounts.count() <= FEW {
            held.accounts.write()?;
        }
        Ok((answer, true))
    }

    /// Whether nobody has to be waited for: no write under way here, and no other process that has the shared state.
    pub fn is_ready(&self) -> bool {
        self.held.try_lock().is_ok_and(|held| held.shared.as_ref().is_none_or(Shared::is_free))
    }
    /// A panic elsewhere cannot leave an account half changed: documents are replaced whole.
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Waits for its turn, and takes over what others have written in the meantime.
    fn enter(&mut self) -> std::io::Result<()> {
        let gone = match &mut self.shared {
            Some(shared) => shared.enter()?,
            None => self.log.has_gone()?,
        };
        if gone {
            self.accounts.reload()?;
            self.log.begin();
        }
        self.follow()
    }

    /// Takes over what the log has and this process has not: an account's writes together, so that its file, once others
    /// have written it, never goes back to a state between them.
    fn follow(&mut self) -> std::io::Result<()> {
        let mut writes: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        for record in self.log.news()? {
            writes.entry(record.account.clone()).or_default().push(record);
        }
        writes.into_iter().try_for_each(|(name, records)| self.accounts.replay(&name, records))
    }

    /// Lets the account files take over the log.
    fn compact(&mut self) -> std::io::Result<()> {
        if self.log.length() == 0 {
            return Ok(());
        }
        self.accounts.write()?;
        if let Some(shared) = &mut self.shared {
            shared.announce()?;
        }
        self.log.clear()
    }

    /// Moves into view what has become visible by now.
    fn settle(&mut self, now: Instant, active_lag: Duration) {
        while self.due.first().is_some_and(|(at, _)| *at <= now) {
            let Some((_, name)) = self.due.pop_first() else { return };
            let next = self.accounts.settle(&name, now, active_lag);
            self.due.extend(next.map(|at| (at, name)));
        }
    }
}

/// The first state of an account: that of its file, or of its seed.
fn first(
    options: &Options,
    vendor: &dyn Vendor,
    files: &StateFiles,
    name: &str,
) -> Result<Document, SandboxError> {
    let path = files.path(name);
    if path.exists() {
        let text = files.text(name).map_err(failed("read", &path))?;
        return files.parse(&text).map_err(|error| invalid(&path)(error.to_string()));
    }
    let seed = options.seed.join(format!("{name}.yaml"));
    let text = read_seed(&options.seed, name).map_err(failed("read", &seed))?;
    let document = plant(vendor, name, &text).map_err(invalid(&seed))?;
    files.write(name, &document).map_err(failed("write", &path))?;
    Ok(document)
}

/// Seeds an account from its YAML.
fn plant(vendor: &dyn Vendor, name: &str, text: &str) -> Result<Document, String> {
    let seed: Option<Map<String, Value>> = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    vendor.seed(name, &seed.unwrap_or_default())
}

fn failed(action: &'static str, path: &Path) -> impl Fn(std::io::Error) -> SandboxError {
    let path = path.to_owned();
    move |source| SandboxError::File { action, path: path.clone(), source }
}

fn invalid(path: &Path) -> impl Fn(String) -> SandboxError {
    let path = path.to_owned();
    move |message| SandboxError::Content { path: path.clone(), message }
}
