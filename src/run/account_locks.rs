//! The locks of a run on its accounts: taken before anything is read, given back when everything is told.

use super::{Checked, Context};
use crate::{
    error::Failure,
    explained::Explained,
    file::OURS,
    lock::{
        Acquired, Key, Owner, file,
        shared::{Lease, Store},
    },
    model::SharedLock,
    secret::{self, KnownSecrets},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Everything a run has locked.
#[derive(Default)]
pub struct AccountLocks {
    files: Vec<file::FileLock>,
    leases: Vec<Lease>,
    /// Whether the run goes on without them.
    optional: bool,
}

/// Locks of `--sandbox` runs are separate, so that they never block a real apply.
pub(super) fn directory(root: &Path, sandbox: bool) -> PathBuf {
    let locks = root.join(OURS).join("lock");
    if sandbox { locks.join("sandbox") } else { locks }
}

/// Opens the store of shared locks with the `AWS_*` variables. Their values are hidden like other credentials.
pub(super) fn open(config: &SharedLock, secrets: &KnownSecrets) -> Result<Store, Explained> {
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
pub(super) fn keys(checked: &Checked) -> Vec<Key> {
    let key = |tenant| {
        let system = checked.config(tenant).system();
        let tenant = &checked.loaded(tenant).tenant;
        let key = Key::new(system, &tenant.provider, &tenant.account);
        (key.name(), key)
    };
    checked.tenants.iter().map(key).collect::<BTreeMap<_, _>>().into_values().collect()
}

impl AccountLocks {
    /// Locks every account of the run, or none of them. `sandbox` says that the systems are emulated: they are on this
    /// machine, and nobody elsewhere can meet them.
    pub async fn take(
        checked: &Checked,
        sandbox: bool,
        timeout: Duration,
        context: &Context,
    ) -> Result<Self, Failure> {
        let owner = Owner::this(secret::person(), "dialform apply".to_owned());
        let deadline = Instant::now() + timeout;
        let directory = directory(&checked.root, sandbox);
        let mut locks = Self::default();
        for key in keys(checked) {
            let mut waiting = Waiting { key: &key, deadline, context, reported: None };
            loop {
                match file::try_take(&directory, &key, &owner)? {
                    Acquired::Yes(lock) => break locks.files.push(lock),
                    Acquired::HeldBy(holder) => waiting.wait(holder.as_ref()).await?,
                }
            }
        }
        let config = checked.workspace.file.lock.as_ref().filter(|_| !sandbox);
        if let Some(config) = config
            && let Err(failure) = locks.take_shared(config, checked, &owner, deadline, context).await
        {
            locks.release(context).await;
            return Err(failure);
        }
        Ok(locks)
    }

    async fn take_shared(
        &mut self,
        config: &SharedLock,
        checked: &Checked,
        owner: &Owner,
        deadline: Instant,
        context: &Context,
    ) -> Result<(), Failure> {
        let store = open(config, &context.secrets)?;
        let clock = store.probe().await?;
        if let Some(warning) = clock.warning() {
            context.info(warning);
        }
        for key in keys(checked) {
            let mut waiting = Waiting { key: &key, deadline, context, reported: None };
            loop {
                match store.try_take(&key, owner, &clock).await? {
                    Acquired::Yes(lease) => break self.leases.push(lease),
                    Acquired::HeldBy(holder) => waiting.wait(holder.as_ref()).await?,
                }
            }
        }
        Ok(())
    }

    /// Locks what is free, and says what is not. On the day of an outage nobody waits for another run, or for a store
    /// of locks that is down as well.
    pub async fn take_free(checked: &Checked, sandbox: bool, command: &str, context: &Context) -> Self {
        let owner = Owner::this(secret::person(), command.to_owned());
        let directory = directory(&checked.root, sandbox);
        let mut locks = Self { optional: true, ..Self::default() };
        let without =
            |key: &Key, why: String| context.info(format!("going on without the lock on {key}: {why}"));
        for key in keys(checked) {
            match file::try_take(&directory, &key, &owner) {
                Ok(Acquired::Yes(lock)) => locks.files.push(lock),
                Ok(Acquired::HeldBy(holder)) => without(&key, held_by(holder.as_ref())),
                Err(error) => without(&key, error.to_string()),
            }
        }
        if let Some(config) = checked.workspace.file.lock.as_ref().filter(|_| !sandbox) {
            let shared = locks.take_free_shared(config, checked, &owner, context);
            let why = match tokio::time::timeout(PATIENCE, shared).await {
                Ok(Ok(())) => return locks,
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("no answer within {} seconds", PATIENCE.as_secs()),
            };
            context.info(format!("going on without shared locks: {why}"));
        }
        locks
    }

    async fn take_free_shared(
        &mut self,
        config: &SharedLock,
        checked: &Checked,
        owner: &Owner,
        context: &Context,
    ) -> Result<(), Explained> {
        let store = open(config, &context.secrets)?;
        let clock = store.probe().await?;
        for key in keys(checked) {
            match store.try_take(&key, owner, &clock).await? {
                Acquired::Yes(lease) => self.leases.push(lease),
                Acquired::HeldBy(holder) => {
                    let why = held_by(holder.as_ref());
                    context.info(format!("going on without the shared lock on {key}: {why}"));
                }
            }
        }
        Ok(())
    }

    /// Why nothing may be written any more. A file lock is never lost.
    pub fn lost(&self) -> Option<String> {
        self.leases.iter().find_map(Lease::lost).filter(|_| !self.optional)
    }

    /// Gives everything back. What cannot be given back expires by itself.
    pub async fn release(self, context: &Context) {
        let ended = futures::future::join_all(self.leases.into_iter().map(Lease::release)).await;
        ended.into_iter().filter_map(Result::err).for_each(|why| context.info(why));
    }
}

/// How long the store of shared locks may take on the day of an outage.
const PATIENCE: Duration = Duration::from_secs(5);

fn held_by(holder: Option<&Owner>) -> String {
    let holder = holder.map_or_else(|| "another run".to_owned(), ToString::to_string);
    format!("it is held by {holder}")
}

/// Waiting for whoever holds a lock.
struct Waiting<'a> {
    key: &'a Key,
    context: &'a Context,
    deadline: Instant,
    /// When the wait was reported last.
    reported: Option<Instant>,
}

impl Waiting<'_> {
    async fn wait(&mut self, holder: Option<&Owner>) -> Result<(), Failure> {
        const PAUSE: Duration = Duration::from_millis(250);
        let holder = holder.map_or_else(|| "another run".to_owned(), ToString::to_string);
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let message = format!("{} is locked by {holder}", self.key);
            let help = "wait until that run has ended, or add `--lock-timeout 10m`; `dialform unlock` shows \
                        who holds what";
            return Err(Failure::refused(message).help(help));
        }
        // CI systems and people alike take a longer silence for a run that hangs.
        if self.reported.is_none_or(|at| at.elapsed() >= Duration::from_secs(10)) {
            self.context.info(format!("waiting: {} is locked by {holder}", self.key));
            self.reported = Some(Instant::now());
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE.min(left)) => Ok(()),
            () = self.context.shutdown.stop.cancelled() => Err(self.context.stopped()),
        }
    }
}
