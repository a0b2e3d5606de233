//! The store: reading and writing lock objects, each write on condition.

use super::{Content, KIND, run};
use crate::{
    aside,
    explained::Explained,
    lock::{Acquired, Key, Owner, validity::LeaseValidity},
    model::SharedLock,
    secret::Variables,
};
use object_store::{
    ClientOptions, Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, RetryConfig, UpdateVersion,
    aws::AmazonS3Builder, client::SpawnedReqwestConnector, path::Path,
};
use secrecy::ExposeSecret;
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

/// How long one request may take, with everything that is tried again.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// A place for locks.
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    prefix: String,
    lease: Duration,
    shown: String,
}

/// What a lock object said, and the version that said it.
#[derive(Debug, Clone)]
pub struct LockRecord {
    content: Content,
    etag: Option<String>,
    /// When the store says it was written, in milliseconds; `None` if it does not say.
    written: Option<i64>,
}

impl LockRecord {
    /// Who holds it; `None` once it was given back.
    pub fn owner(&self) -> Option<&Owner> {
        self.content.held.then_some(&self.content.owner)
    }
}

/// A lock object as this run wrote it last.
pub(super) struct WrittenLock {
    pub path: Path,
    pub etag: String,
    pub content: Content,
}

/// A moment, by both clocks of this machine.
pub(super) type Since = (Instant, SystemTime);

/// Tells how long ago an object was written.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// What the store said the time was, in milliseconds, and when it had said so here.
    store: Option<(i64, Instant)>,
}

impl Clock {
    /// What a person should know of it.
    pub fn warning(&self) -> Option<&'static str> {
        self.store.is_none().then_some(
            "the lock store does not say when an object was written: leases are timed by this machine's clock",
        )
    }

    /// Whether a lock has surely run out. Times of the store are in whole seconds; clocks of machines may be off by as
    /// much as a lease.
    pub fn has_expired(&self, seen: &LockRecord) -> bool {
        let lease = i64::try_from(seen.content.lease).unwrap_or(i64::MAX).saturating_mul(1000);
        match (self.store, seen.written) {
            (Some((said, at)), Some(written)) => {
                let now = said.saturating_add(i64::try_from(at.elapsed().as_millis()).unwrap_or_default());
                now - written > lease.saturating_add(1000)
            }
            _ => {
                let renewed = seen.content.renewed.parse::<jiff::Timestamp>().map(|it| it.as_millisecond());
                let now = jiff::Timestamp::now().as_millisecond();
                renewed.is_ok_and(|renewed| now - renewed > lease.saturating_mul(2))
            }
        }
    }
}

fn payload(content: &Content) -> Vec<u8> {
    // Plain data with text keys: serialising cannot fail.
    serde_json::to_vec(content).unwrap_or_default()
}

/// On condition that there is nothing yet, or that what is there has this version.
fn mode(etag: Option<&str>) -> PutMode {
    match etag {
        None => PutMode::Create,
        Some(etag) => PutMode::Update(UpdateVersion { e_tag: Some(etag.to_owned()), version: None }),
    }
}

/// Whether a write was refused because its condition did not hold.
fn is_refused(error: &Error) -> bool {
    matches!(error, Error::AlreadyExists { .. } | Error::Precondition { .. })
}

impl Store {
    /// Opens a store with the values of the `AWS_*` variables. Nothing is sent yet.
    pub fn open(config: &SharedLock, variables: Variables) -> Result<Self, Explained> {
        // An error only says that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (bucket, prefix) = config.parts();
        let mut builder = AmazonS3Builder::new();
        for (name, value) in variables {
            if let Ok(key) = name.to_ascii_lowercase().parse() {
                builder = builder.with_config(key, value.expose_secret());
            }
        }
        // Keeps an option from the variables: whether plain HTTP is allowed.
        let client = ClientOptions::new().with_timeout(REQUEST_TIMEOUT).with_connect_timeout(REQUEST_TIMEOUT);
        let allow = builder.get_config_value(&object_store::aws::AmazonS3ConfigKey::Client(
            object_store::ClientConfigKey::AllowHttp,
        ));
        let client = client.with_allow_http(allow.is_some_and(|allow| allow == "true"));
        let retry = RetryConfig { max_retries: 2, retry_timeout: REQUEST_TIMEOUT, ..RetryConfig::default() };
        // A connection lives where it was made, and a lock is renewed while the run is busy.
        let connector = SpawnedReqwestConnector::new(aside::handle());
        let builder = builder.with_bucket_name(bucket).with_client_options(client).with_retry(retry);
        let objects = builder.with_http_connector(connector).build();
        let objects = objects.map_err(|error| {
            Explained::with_help(
                format!("cannot open `{}` for locks: {error}", config.url),
                "set region, endpoint and credentials with the variables `AWS_…`".to_owned(),
            )
        })?;
        Ok(Self {
            objects: Arc::new(objects),
            prefix: prefix.to_owned(),
            lease: Duration::from_secs(config.lease.into()),
            shown: config.url.clone(),
        })
    }

    pub fn lease(&self) -> Duration {
        self.lease
    }

    fn path(&self, name: &str) -> Path {
        let whole = format!("{}/{name}", self.prefix);
        let whole = whole.trim_start_matches('/');
        // A valid path is used as it is; anything else is encoded.
        Path::parse(whole).unwrap_or_else(|_| Path::from(whole))
    }

    fn failed(&self, what: &str, error: &Error) -> Explained {
        Explained::with_help(
            format!("cannot {what} in `{}`: {error}", self.shown),
            "check the variables `AWS_…`, and that the credential may get, put and delete objects there"
                .to_owned(),
        )
    }

    async fn put(&self, path: &Path, bytes: Vec<u8>, mode: PutMode) -> Result<Option<String>, Error> {
        let put = self.objects.put_opts(path, bytes.into(), PutOptions::from(mode)).await?;
        Ok(put.e_tag)
    }

    /// Finds out whether the store honours conditions, and what its clock says. Leaves nothing behind.
    pub async fn probe(&self) -> Result<Clock, Explained> {
        let path = self.path(&format!("probe-{}", run()));
        let failed = |error: &Error| self.failed("test conditional writes", error);
        self.put(&path, b"1".to_vec(), mode(None)).await.map_err(|error| failed(&error))?;
        let found = self.conditions(&path).await;
        // A probe that cannot be deleted stays as a few bytes that nothing reads.
        let _ = self.objects.delete(&path).await;
        match found {
            Ok(Some(clock)) => Ok(clock),
            Ok(None) => Err(Explained::with_help(
                format!(
                    "the lock store `{}` ignores conditional writes: two runs could hold one lock",
                    self.shown
                ),
                "use a store that honours `If-None-Match` and `If-Match` on PUT, or remove `lock`".to_owned(),
            )),
            Err(error) => Err(failed(&error)),
        }
    }

    /// `None` if a write went through whose condition did not hold.
    async fn conditions(&self, path: &Path) -> Result<Option<Clock>, Error> {
        let refused = |put: Result<Option<String>, Error>| match put {
            Ok(_) => Ok(false),
            Err(error) if is_refused(&error) => Ok(true),
            Err(error) => Err(error),
        };
        if !refused(self.put(path, b"2".to_vec(), mode(None)).await)? {
            return Ok(None);
        }
        let Some(etag) = self.objects.head(path).await?.e_tag else { return Ok(None) };
        let wrong = "\"00000000000000000000000000000000\"";
        if !refused(self.put(path, b"3".to_vec(), mode(Some(wrong))).await)? {
            return Ok(None);
        }
        self.put(path, b"4".to_vec(), mode(Some(&etag))).await?;
        if !refused(self.put(path, b"5".to_vec(), mode(Some(&etag))).await)? {
            return Ok(None);
        }
        let at = Instant::now();
        let written = self.objects.head(path).await?.last_modified.timestamp_millis();
        // Elapsed time is counted from after the write: the store's time is never taken for later than it is.
        Ok(Some(Clock { store: (written > 0).then_some((written, at)) }))
    }

    /// Writes a lock of this run if nobody has one. Beside it: since when it holds.
    pub(super) async fn claim(
        &self,
        key: &Key,
        owner: &Owner,
        clock: &Clock,
    ) -> Result<Acquired<(WrittenLock, Since)>, Explained> {
        let path = self.path(&key.name());
        let mine = Content::new(owner, self.lease.as_secs());
        let failed = |error: &Error| self.failed(&format!("lock {key}"), error);
        let mut over: Option<String> = None;
        // In each round another run was faster. After a few the lock counts as held.
        for _ in 0..5 {
            let since = LeaseValidity::now();
            match self.put(&path, payload(&mine), mode(over.as_deref())).await {
                Ok(Some(etag)) => {
                    return Ok(Acquired::Yes((WrittenLock { path, etag, content: mine }, since)));
                }
                Ok(None) => {}
                Err(error) if is_refused(&error) => {}
                Err(error) => return Err(failed(&error)),
            }
            match self.read(&path).await? {
                None => over = None,
                // The answer was lost, but the write arrived.
                Some(LockRecord { content, etag: Some(etag), .. }) if content == mine => {
                    return Ok(Acquired::Yes((WrittenLock { path, etag, content }, since)));
                }
                Some(seen) if seen.owner().is_none() || clock.has_expired(&seen) => over = seen.etag,
                Some(seen) => return Ok(Acquired::HeldBy(seen.owner().cloned())),
            }
        }
        Ok(Acquired::HeldBy(None))
    }

    /// The lock of an account as it is now; `None` if there never was one.
    pub async fn look(&self, key: &Key) -> Result<Option<LockRecord>, Explained> {
        self.read(&self.path(&key.name())).await
    }

    async fn read(&self, path: &Path) -> Result<Option<LockRecord>, Explained> {
        let failed = |error: &Error| self.failed(&format!("read the lock `{path}`"), error);
        let found = match self.objects.get(path).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(failed(&error)),
        };
        let (etag, written) = (found.meta.e_tag.clone(), found.meta.last_modified.timestamp_millis());
        let bytes = found.bytes().await.map_err(|error| failed(&error))?;
        match serde_json::from_slice::<Content>(&bytes) {
            Ok(content) if content.kind == KIND && content.format_version == 1 => {
                Ok(Some(LockRecord { content, etag, written: (written > 0).then_some(written) }))
            }
            _ => Err(Explained::with_help(
                format!("`{path}` in `{}` is not a lock of this version of dialform", self.shown),
                "use a prefix that holds only locks, or the version of dialform that made this one"
                    .to_owned(),
            )),
        }
    }

    /// Gives back a lock that was seen, whoever holds it, if it still is what was seen.
    pub async fn remove(&self, key: &Key, seen: &LockRecord) -> Result<bool, Explained> {
        let path = self.path(&key.name());
        let Some(etag) = &seen.etag else { return Ok(false) };
        match self.put(&path, payload(&seen.content.next(false)), mode(Some(etag))).await {
            Ok(_) => Ok(true),
            Err(error) if is_refused(&error) => Ok(false),
            Err(error) => Err(self.failed(&format!("unlock {key}"), &error)),
        }
    }

    /// Writes a lock again. If the store has another version, says whose it is.
    pub(super) async fn write(&self, path: &Path, etag: &str, content: &Content) -> RenewResult {
        match self.put(path, payload(content), mode(Some(etag))).await {
            Ok(Some(etag)) => RenewResult::Stored(etag),
            Ok(None) => RenewResult::Unknown("the store gave no ETag".to_owned()),
            Err(error) if is_refused(&error) => match self.read(path).await {
                // An answer was lost, but this write or the one before it arrived.
                Ok(Some(LockRecord { content: now, etag: Some(etag), .. }))
                    if now.run == content.run && now.held =>
                {
                    if now == *content {
                        RenewResult::Stored(etag)
                    } else {
                        RenewResult::Superseded(etag)
                    }
                }
                Ok(Some(seen)) => match seen.owner() {
                    Some(owner) => RenewResult::Lost(format!("{owner} has taken it over")),
                    None => RenewResult::Lost("somebody has removed it by hand".to_owned()),
                },
                Ok(None) => RenewResult::Lost("somebody has deleted its object".to_owned()),
                Err(error) => RenewResult::Unknown(error.message),
            },
            Err(error) => RenewResult::Unknown(error.to_string()),
        }
    }
}

/// What came of writing a lock again.
pub(super) enum RenewResult {
    /// The new version.
    Stored(String),
    /// It is still held by this run, in another version than expected.
    Superseded(String),
    /// Another run has it, or it was removed.
    Lost(String),
    /// The result is unknown.
    Unknown(String),
}
