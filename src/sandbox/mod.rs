//! Emulates the vendors' APIs over real HTTP on loopback, with state on disk and switchable faults.
//!
//! What every vendor shares is here, in reading order:
//!
//! - [`notation`]: the one-line notation of switches
//! - [`behaviour`]: what can be switched of every emulation
//! - [`emulation`]: what emulates one kind of phone system; [`EMULATIONS`] has them all
//! - [`fault`]: which request meets which fault, decided without clock or chance
//! - [`vendor`]: a request as a vendor sees it, and its answer
//! - [`document`]: one account's state, cheap to copy and to write
//! - [`account`]: what of a write is visible when
//! - [`index`]: which account has a value
//! - [`files`]: a file for each account, and its seed
//! - [`log`]: the writes that those files do not have yet
//! - [`accounts`]: every account, and in memory those that were asked for last
//! - [`shared`]: one state that several processes serve
//! - [`store`]: one request at a time, and its write on disk
//! - [`record`]: the traffic, one JSON object a line
//! - [`connection`]: connections that can be cut
//! - [`service`]: one request from the wire to its answer
//! - `scatter`: numbers that look like chance and are the same in every run
//! - [`throttle`]: how many requests a second are too many
//! - [`footprint`]: which part of the state one object may touch
//! - [`portal`]: a page of a portal, and what stands on it
//! - [`visit`]: a person who opens one and saves it
//!
//! Each vendor is one directory that turns a request and the state into an answer, with its own switches: [`stratus`],
//! [`ctm`], [`deskphone`]. A program that embeds this crate adds its own with [`register`].

pub mod account;
pub mod accounts;
pub mod behaviour;
pub mod connection;
pub mod ctm;
pub mod deskphone;
pub mod document;
pub mod emulation;
pub mod fault;
pub mod files;
pub mod footprint;
pub mod index;
pub mod log;
pub mod notation;
pub mod portal;
pub mod record;
mod scatter;
pub mod service;
pub mod shared;
pub mod store;
pub mod stratus;
pub mod throttle;
pub mod vendor;
pub mod visit;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use behaviour::Behaviour;
pub use emulation::Emulation;
pub use notation::{Reading, SwitchError, Switches};
pub use record::Recorder;

use connection::ClosableListener;
use service::Service;
use store::Store;

/// Longest wait for open connections when a sandbox is stopped.
const GRACE: Duration = Duration::from_secs(2);

/// How many accounts all sandboxes of a workspace hold in memory: about 40 MB.
pub const IN_MEMORY: usize = 128;

/// Every emulation, by the kind of provider.
pub static EMULATIONS: &[&Emulation] = &[&stratus::EMULATION, &ctm::EMULATION, &deskphone::EMULATION];

/// Those of the program around this crate.
static FURTHER: RwLock<Vec<&'static Emulation>> = RwLock::new(Vec::new());

/// Adds an emulation for the rest of this process. One of a kind that is known already is never asked.
pub fn register(emulation: &'static Emulation) {
    FURTHER.write().unwrap_or_else(PoisonError::into_inner).push(emulation);
}

/// The emulation of a kind of provider.
pub fn find(kind: &str) -> Option<&'static Emulation> {
    let further = FURTHER.read().unwrap_or_else(PoisonError::into_inner);
    EMULATIONS.iter().chain(further.iter()).copied().find(|emulation| emulation.kind == kind)
}

/// What to emulate, from what, and how faithfully.
#[derive(Debug, Clone)]
pub struct Options {
    pub emulation: &'static Emulation,
    /// Directory of `<account>.yaml` files, read for accounts that have no state yet. May not exist.
    pub seed: PathBuf,
    /// Directory of `<account>.json` files; made when missing.
    pub state: PathBuf,
    /// A file by which those who serve the same state take turns; `None` where nobody else does.
    pub shared: Option<PathBuf>,
    pub behaviour: Behaviour,
    /// What is set of the emulation's own switches.
    pub switches: Switches,
    /// Where the traffic goes, if anywhere.
    pub record: Option<Arc<Recorder>>,
    /// 0 picks a free port. Always bound to 127.0.0.1.
    pub port: u16,
    /// Whether a write reaches the disk before it is answered. Off only for tests that never crash.
    pub durable: bool,
    /// How many accounts stay in memory. One that is not there is read from its file, in about a millisecond.
    pub in_memory: usize,
}

impl Options {
    /// Describes a faithful, durable, unrecorded sandbox on any free port.
    pub fn new(emulation: &'static Emulation, seed: impl Into<PathBuf>, state: impl Into<PathBuf>) -> Self {
        Self {
            emulation,
            seed: seed.into(),
            state: state.into(),
            shared: None,
            behaviour: Behaviour::default(),
            switches: Switches::default(),
            record: None,
            port: 0,
            durable: true,
            in_memory: IN_MEMORY,
        }
    }

    /// The same with these switches, `name:value,name:value`; those that are left out are as in the faithful server.
    pub fn switched(self, text: &str) -> Result<Self, SwitchError> {
        self.switched_among(text, &[])
    }

    /// Like [`Options::switched`], for one of several emulations that are meant: a switch of another one is passed over.
    pub fn switched_among(self, text: &str, others: &[&Emulation]) -> Result<Self, SwitchError> {
        let (behaviour, switches) = self.emulation.read(text, others)?;
        Ok(Self { behaviour, switches, ..self })
    }
}

/// Everything that can stop a sandbox from starting.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("cannot bind 127.0.0.1:{port}: {source}")]
    Bind { port: u16, source: std::io::Error },
    #[error("cannot {action} `{}`: {source}", path.display())]
    File { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Switch(#[from] SwitchError),
    #[error("`{}` is not a valid sandbox file: {message}", path.display())]
    Content { path: PathBuf, message: String },
}

/// A running emulation; it stops when dropped.
///
/// Every write it has answered is on disk, so a second sandbox on the same state sees it.
#[derive(Debug)]
pub struct Sandbox {
    url: String,
    emulation: &'static Emulation,
    /// Dropping the sender is the signal to stop.
    signal: oneshot::Sender<()>,
    server: JoinHandle<()>,
    /// Last: what is answered until then is in its files.
    service: Served,
}

/// Lets the account files have every write when it is dropped.
#[derive(Debug)]
struct Served(Arc<Service>);

impl Drop for Served {
    fn drop(&mut self) {
        // The log says it all where the files cannot, and is read when the state is opened next.
        drop(self.0.store.close());
    }
}

impl Sandbox {
    /// Loads or seeds the state, binds loopback and serves until stopped or dropped.
    pub async fn start(options: Options) -> Result<Self, SandboxError> {
        let vendor = (options.emulation.vendor)(&options.switches)?;
        let store = Store::open(&options, vendor.as_ref())?;
        let bind = |source| SandboxError::Bind { port: options.port, source };
        let door = ClosableListener::new(options.port, options.behaviour.refuse > 0.0).await.map_err(bind)?;
        let url = format!("http://{}", door.address());
        let service = Arc::new(Service::new(vendor, store, options.behaviour, options.record));
        let (signal, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(service::serve(door, Arc::clone(&service), async {
            // An error means that the sender is gone, which is a stop as well.
            let _ = stopped.await;
        }));
        Ok(Self { url, emulation: options.emulation, signal, server, service: Served(service) })
    }

    /// Returns the base, `http://127.0.0.1:PORT`, without a path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the base of each endpoint of the provider, by its name.
    pub fn endpoints(&self) -> BTreeMap<&'static str, String> {
        self.emulation.endpoints.iter().map(|(name, path)| (*name, format!("{}{path}", self.url))).collect()
    }

    /// Returns which credentials it takes, in words.
    pub fn credentials(&self) -> &'static str {
        self.service.0.credentials()
    }

    /// Returns the committed state of an account, whatever is visible of it yet.
    pub fn snapshot(&self, account: &str) -> Option<serde_json::Value> {
        self.service.0.store.committed(account).map(|document| document.to_value())
    }

    /// Returns how many accounts it has, and how many of them are in memory.
    pub fn accounts(&self) -> (usize, usize) {
        self.service.0.store.counts()
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
