//! Emulates the vendors' APIs over real HTTP on loopback, with state on disk and switchable faults.
//!
//! What every vendor shares is here, in reading order:
//!
//! - [`behaviour`]: what can be switched, and its one-line notation
//! - [`fault`]: which request meets which fault, decided without clock or chance
//! - [`exchange`]: a request as a vendor sees it, and its answer
//! - [`document`]: one account's state, cheap to copy and to write
//! - [`store`]: accounts on disk, and what of a write is visible when
//! - [`record`]: the traffic, one JSON object a line
//! - [`line`]: connections that can be cut
//! - [`service`]: one request from the wire to its answer
//! - `scatter`: numbers that look like chance and are the same in every run
//! - [`throttle`]: how many requests a second are too many
//! - [`footprint`]: which part of the state one object may touch
//!
//! Each vendor is one directory that turns a request and the state into an answer: [`stratus`], [`ctm`],
//! [`deskphone`].

pub mod behaviour;
pub mod ctm;
pub mod deskphone;
pub mod document;
pub mod exchange;
pub mod fault;
pub mod footprint;
pub mod line;
pub mod record;
mod scatter;
pub mod service;
pub mod store;
pub mod stratus;
pub mod throttle;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use behaviour::Behaviour;
pub use record::Recorder;

use exchange::Vendor;
use line::Door;
use service::Service;
use store::Store;

/// Longest wait for open connections when a sandbox is stopped.
const GRACE: Duration = Duration::from_secs(2);

/// What to emulate, from what, and how faithfully.
#[derive(Debug, Clone)]
pub struct Options {
    /// The vendor.
    pub vendor: Emulation,
    /// Directory of `<account>.yaml` files, read for accounts that have no state yet. May not exist.
    pub seed: PathBuf,
    /// Directory of `<account>.json` files; made when missing.
    pub state: PathBuf,
    pub behaviour: Behaviour,
    /// Where the traffic goes, if anywhere.
    pub record: Option<Arc<Recorder>>,
    /// 0 picks a free port. Always bound to 127.0.0.1.
    pub port: u16,
    /// Whether a write reaches the disk before it is answered. Off only for tests that never crash.
    pub durable: bool,
}

impl Options {
    /// Describes a faithful, durable, unrecorded sandbox on any free port.
    pub fn new(vendor: Emulation, seed: impl Into<PathBuf>, state: impl Into<PathBuf>) -> Self {
        Self {
            vendor,
            seed: seed.into(),
            state: state.into(),
            behaviour: Behaviour::default(),
            record: None,
            port: 0,
            durable: true,
        }
    }
}

/// Makes an emulated vendor that behaves like this.
pub type Emulation = fn(&Behaviour) -> Box<dyn Vendor>;

/// Everything that can stop a sandbox from starting.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("cannot bind 127.0.0.1:{port}: {source}")]
    Bind { port: u16, source: std::io::Error },
    #[error("cannot {action} `{}`: {source}", path.display())]
    File { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("`{}` is not a valid sandbox file: {message}", path.display())]
    Content { path: PathBuf, message: String },
}

/// A running emulation; it stops when dropped.
///
/// Every write it has answered is on disk, so a second sandbox on the same state sees it.
#[derive(Debug)]
pub struct Sandbox {
    url: String,
    service: Arc<Service>,
    /// Dropping the sender is the signal to stop.
    signal: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Loads or seeds the state, binds loopback and serves until stopped or dropped.
    pub async fn start(options: Options) -> Result<Self, SandboxError> {
        let vendor = (options.vendor)(&options.behaviour);
        let store = Store::open(&options, vendor.as_ref())?;
        let bind = |source| SandboxError::Bind { port: options.port, source };
        let door = Door::new(options.port, options.behaviour.refuse > 0.0).await.map_err(bind)?;
        let url = format!("http://{}", door.address());
        let service = Arc::new(Service::new(vendor, store, options.behaviour, options.record));
        let (signal, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(service::serve(door, Arc::clone(&service), async {
            // An error means that the sender is gone, which is a stop as well.
            let _ = stopped.await;
        }));
        Ok(Self { url, service, signal, server })
    }

    /// Returns the base, `http://127.0.0.1:PORT`, without a path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the committed state of an account, whatever is visible of it yet.
    pub fn snapshot(&self, account: &str) -> Option<serde_json::Value> {
        self.service.store.committed(account).map(|document| document.to_value())
    }

    /// Stops listening and waits until open requests are answered.
    pub async fn stop(self) {
        drop(self.signal);
        let abort = self.server.abort_handle();
        if tokio::time::timeout(GRACE, self.server).await.is_err() {
            abort.abort();
        }
    }
}
