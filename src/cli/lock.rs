//! The locks of an apply: taken before anything is read, given back when everything is told.

use super::{Io, workspace::Checked};
use crate::{
    apply::Stop,
    error::Failure,
    lock::{
        Key, LockError, Owner, Taken, file,
        shared::{Lease, Store},
    },
    model::SharedLock,
    secret::{self, Known},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Everything this run has locked.
#[derive(Default)]
pub struct Locks {
    files: Vec<file::FileLock>,
    leases: Vec<Lease>,
}

/// What a run wants to lock, and how.
pub struct Wanted<'a> {
    pub checked: &'a Checked,
    pub command: &'a str,
    /// How long to wait for who has it.
    pub timeout: Duration,
    /// Emulated systems are on this machine: nobody elsewhere can meet them.
    pub sandbox: bool,
    pub stop: &'a Stop,
}

/// A rehearsal keeps nobody from the real thing.
pub fn directory(root: &Path, sandbox: bool) -> PathBuf {
    let locks = root.join(".dialform").join("lock");
    if sandbox { locks.join("sandbox") } else { locks }
}

/// Opens the store of shared locks with what the environment says. Its credentials are as little to be shown as others.
pub fn open(config: &SharedLock, secrets: &Known) -> Result<Store, LockError> {
    let variables = secret::variables("AWS_");
    let is_credential = |name: &str| {
        let word =
            ["SECRET", "TOKEN", "ACCESS_KEY_ID", "CUSTOMER_KEY"].iter().any(|word| name.contains(word));
        word && !name.ends_with("_FILE")
    };
    variables.iter().filter(|(name, _)| is_credential(name)).for_each(|(_, value)| secrets.learn(value));
    Store::open(config, variables)
}

/// The accounts of a run, each once, in an order in which two runs do not wait for each other in a circle.
pub fn keys(checked: &Checked) -> Vec<Key> {
    let key = |tenant| {
        let system = checked.config(tenant).system();
        let tenant = &checked.loaded(tenant).tenant;
        let key = Key::new(system, &tenant.provider, &tenant.account);
        (key.name(), key)
    };
    checked.tenants.iter().map(key).collect::<BTreeMap<_, _>>().into_values().collect()
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        Self::error(error.message).help(error.help)
    }
}

impl Locks {
    /// Locks every account of the run, or none of them.
    pub async fn take(wanted: &Wanted<'_>, io: &mut Io<'_>) -> Result<Self, Failure> {
        let owner = Owner::this(secret::person(), wanted.command.to_owned());
        let deadline = Instant::now() + wanted.timeout;
        let directory = directory(&wanted.checked.root, wanted.sandbox);
        let mut locks = Self::default();
        for key in keys(wanted.checked) {
            let mut waiting = Waiting { key: &key, deadline, stop: wanted.stop, told: None };
            loop {
                match file::try_take(&directory, &key, &owner)? {
                    Taken::Yes(lock) => break locks.files.push(lock),
                    Taken::No(holder) => waiting.wait(holder.as_ref(), io).await?,
                }
            }
        }
        if let Err(failure) = locks.take_shared(wanted, &owner, deadline, io).await {
            locks.release(io).await;
            return Err(failure);
        }
        Ok(locks)
    }

    async fn take_shared(
        &mut self,
        wanted: &Wanted<'_>,
        owner: &Owner,
        deadline: Instant,
        io: &mut Io<'_>,
    ) -> Result<(), Failure> {
        let Some(config) = wanted.checked.workspace.file.lock.as_ref().filter(|_| !wanted.sandbox) else {
            return Ok(());
        };
        let store = open(config, &io.secrets)?;
        let clock = store.probe().await?;
        if let Some(warning) = clock.warning() {
            talk(io, warning);
        }
        for key in keys(wanted.checked) {
            let mut waiting = Waiting { key: &key, deadline, stop: wanted.stop, told: None };
            loop {
                match store.try_take(&key, owner, &clock).await? {
                    Taken::Yes(lease) => break self.leases.push(lease),
                    Taken::No(holder) => waiting.wait(holder.as_ref(), io).await?,
                }
            }
        }
        Ok(())
    }

    /// Why nothing may be written any more. A file lock is never lost.
    pub fn lost(&self) -> Option<String> {
        self.leases.iter().find_map(Lease::lost)
    }

    /// Gives everything back. What cannot be given back runs out by itself.
    pub async fn release(self, io: &mut Io<'_>) {
        let ended = futures::future::join_all(self.leases.into_iter().map(Lease::release)).await;
        ended.into_iter().filter_map(Result::err).for_each(|why| talk(io, &why));
    }
}

/// Nobody listening is no reason to end a run as if it were done.
fn talk(io: &mut Io<'_>, text: &str) {
    let _ = writeln!(io.err, "{text}").and_then(|()| io.err.flush());
}

/// Waiting for whoever holds a lock.
struct Waiting<'a> {
    key: &'a Key,
    stop: &'a Stop,
    deadline: Instant,
    told: Option<Instant>,
}

impl Waiting<'_> {
    async fn wait(&mut self, holder: Option<&Owner>, io: &mut Io<'_>) -> Result<(), Failure> {
        const PAUSE: Duration = Duration::from_millis(250);
        let holder = holder.map_or_else(|| "another run".to_owned(), ToString::to_string);
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let message = format!("{} is locked by {holder}", self.key);
            let help = "wait until that run is over, or let this one wait: `--lock-timeout 10m`; `dialform unlock` shows \
                        who holds what";
            return Err(Failure::refused(message).help(help));
        }
        // CI systems and people alike take a longer silence for a run that hangs.
        if self.told.is_none_or(|told| told.elapsed() >= Duration::from_secs(10)) {
            talk(io, &format!("waiting: {} is locked by {holder}", self.key));
            self.told = Some(Instant::now());
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE.min(left)) => Ok(()),
            () = self.stop.told() => Err(Failure::error("told to stop, nothing was changed")),
        }
    }
}
