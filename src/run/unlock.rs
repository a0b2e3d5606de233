//! Which apply holds which account, and taking shared locks away.

use super::{
    Context, Options, Selection,
    account_locks::{directory, keys, open},
    check,
};
use crate::{
    error::Failure,
    lock::{
        Key, Owner, file,
        shared::{Clock, LockRecord, Store},
    },
};
use std::{fmt, path::Path};

/// The locks of a workspace's accounts, as they were when they were looked at.
pub struct LockReport {
    pub accounts: Vec<AccountLock>,
    /// Where shared locks are kept, if the workspace has any.
    store: Option<Store>,
}

/// What is known of the locks of one account.
pub struct AccountLock {
    pub key: Key,
    /// Who holds it on this machine: `None` if nobody, `Some(None)` if it does not say who.
    pub here: Option<Option<Owner>>,
    /// Whether the next apply may take the shared lock over.
    pub expired: bool,
    shared: Option<LockRecord>,
}

/// What became of a shared lock that was to be removed.
pub struct Removal<'a> {
    pub key: &'a Key,
    pub owner: &'a Owner,
    /// `false` if it has changed since it was looked at: its owner may be alive.
    pub removed: bool,
}

impl AccountLock {
    /// For programs.
    pub fn to_json(&self) -> serde_json::Value {
        let Self { key, here, expired, .. } = self;
        let shared = self.shared_owner();
        serde_json::json!({
            "provider": key.provider,
            "account": key.account,
            "locked": here.is_some() || (shared.is_some() && !expired),
            "file": here,
            "shared": shared,
            "expired": expired,
        })
    }

    /// Who holds the shared lock.
    pub fn shared_owner(&self) -> Option<&Owner> {
        self.shared.as_ref().and_then(LockRecord::owner)
    }
}

/// Who holds it, in one line.
impl fmt::Display for AccountLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, here, expired, .. } = self;
        let mut parts = Vec::new();
        if let Some(owner) = here {
            let owner = owner.as_ref().map_or_else(|| "another run".to_owned(), ToString::to_string);
            parts.push(format!("locked on this machine by {owner}"));
        }
        if let Some(owner) = self.shared_owner() {
            let note = if *expired { ", expired: the next apply takes it over" } else { "" };
            parts.push(format!("locked by {owner}{note}"));
        }
        if parts.is_empty() {
            parts.push("free".to_owned());
        }
        write!(f, "{key}: {}", parts.join("; "))
    }
}

/// Looks at the locks of the tenants whose name matches a pattern. `sandbox`: of applies to the emulated systems.
pub async fn locks(
    root: &Path,
    tenant: Option<&str>,
    sandbox: bool,
    context: &Context,
) -> Result<LockReport, Failure> {
    let selection = Selection { tenant: tenant.map(str::to_owned), ..Selection::default() };
    let checked = check(root, &Options { selection, ..Options::default() })?;
    let store = match &checked.workspace.file.lock {
        Some(config) if !sandbox => {
            let store = open(config, &context.secrets)?;
            let clock = store.probe().await?;
            Some((store, clock))
        }
        _ => None,
    };
    let mut accounts = Vec::new();
    for key in keys(&checked) {
        accounts.push(look(key, &directory(&checked.root, sandbox), store.as_ref()).await?);
    }
    Ok(LockReport { accounts, store: store.map(|(store, _)| store) })
}

async fn look(key: Key, directory: &Path, store: Option<&(Store, Clock)>) -> Result<AccountLock, Failure> {
    let here = file::holder(directory, &key)?;
    let shared = match store {
        Some((store, _)) => store.look(&key).await?,
        None => None,
    };
    let expired = shared.as_ref().zip(store).is_some_and(|(seen, (_, clock))| clock.has_expired(seen));
    Ok(AccountLock { key, here, expired, shared })
}

impl LockReport {
    /// The shared locks that somebody holds, or that this owner (`user@host`) holds.
    pub fn held_by(&self, owner: Option<&str>) -> Vec<&AccountLock> {
        let wanted = |it: &Owner| owner.is_none_or(|owner| owner == it.who);
        self.accounts.iter().filter(|account| account.shared_owner().is_some_and(wanted)).collect()
    }

    /// Whether there are shared locks at all.
    pub fn is_shared(&self) -> bool {
        self.store.is_some()
    }

    /// Removes a shared lock as it was looked at: whoever renews it at this moment has it still. `None` if nobody holds
    /// it.
    pub async fn remove<'a>(&self, account: &'a AccountLock) -> Result<Option<Removal<'a>>, Failure> {
        let AccountLock { key, shared, .. } = account;
        let (Some(store), Some(seen), Some(owner)) = (&self.store, shared, account.shared_owner()) else {
            return Ok(None);
        };
        let removed = store.remove(key, seen).await?;
        Ok(Some(Removal { key, owner, removed }))
    }
}
