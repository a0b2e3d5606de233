//! The boundary to the phone systems: what planning may know of one, and how it is read and written.
//!
//! To add one, write its directory and its line in [`PROVIDERS`]:
//!
//! 1. `wire`: its JSON, lenient on read, strict on write.
//! 2. `convert`: wire to model and back, pure, and `normalize`: a desired object in the form the provider reports.
//! 3. `grades`: a row for every field of every kind it holds, with the source of the fact: api, experimental, manual (with
//!    the clicks), unsupported (with what to do instead). What it refuses, leaves to people and prints follows from these.
//! 4. `client`: [`Read`] and [`Write`] on [`crate::http`]. `observe` returns everything in scope in one go, or an error: a
//!    part of the truth is none. What a server does not show is named in `Observed::opaque`. `execute` carries out one
//!    step, sends only what the step [concerns](Step::concerns), and never decides.
//! 5. `mod`: the static [`Provider`]. A setting of its own is a field of `ProviderConfig`, which the schema then shows.
//!
//! What several need is beside them: [`answer`] for reading, [`refusal`] for what cannot be held.
//!
//! To be tested it needs an emulation in `sandbox/`, which also says what of the state each object may touch, and data in
//! `tests/it/transitions/KIND/`: settings and a live account. The transitions then run by themselves, as far as its table
//! lets them. `tests/it/toy.rs` is a whole provider in 150 lines. Planning, applying and rendering need no line of code.
//!
//! A program that embeds this crate adds its own with [`register`].

pub mod answer;
pub mod ctm;
pub mod deskphone;
pub mod refusal;
pub mod stratus;

use crate::{
    finding::{Finding, Seg},
    http::{ApiError, Getter, Sender},
    model::{Address, Kind, Limits, ProviderConfig, Resource, Secret},
    plan::{Dialect, Observed, Step},
    sandbox::Emulation,
};
use async_trait::async_trait;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{PoisonError, RwLock},
};

/// Every phone system dialform knows.
pub static PROVIDERS: &[&Provider] = &[&stratus::PROVIDER, &ctm::PROVIDER, &deskphone::PROVIDER];

/// Those of the program around this crate.
static FURTHER: RwLock<Vec<&'static Provider>> = RwLock::new(Vec::new());

/// Adds a provider for the rest of this process. One of a kind that is known already is never asked.
pub fn register(provider: &'static Provider) {
    FURTHER.write().unwrap_or_else(PoisonError::into_inner).push(provider);
}

/// Every provider, with those that were registered.
pub fn all() -> Vec<&'static Provider> {
    let further = FURTHER.read().unwrap_or_else(PoisonError::into_inner);
    PROVIDERS.iter().chain(further.iter()).copied().collect()
}

/// A phone system: facts, pure functions and the way in.
pub struct Provider {
    /// The word in `kind:`.
    pub kind: &'static str,
    pub title: &'static str,
    pub dialect: Dialect,
    /// What is wrong with this provider's settings, given the kinds that tenants declare on it: (path inside the
    /// provider's entry, finding).
    pub check: fn(&ProviderConfig, &BTreeSet<Kind>) -> SettingsFindings,
    /// How hard it may be worked where the workspace does not say.
    pub limits: Limits,
    /// Whether one entry of `providers` reaches one account only, so that tenants cannot share it.
    pub single_account: bool,
    /// Kinds that this setup can declare but not read.
    pub unobservable: fn(&ProviderConfig) -> BTreeSet<Kind>,
    /// The HTTP endpoints it needs, named, with the base path each has in the sandbox.
    pub endpoints: fn(&ProviderConfig) -> Vec<EndpointSpec>,
    /// A reader that cannot write, and a writer.
    pub reader: fn(Endpoints<Getter>) -> Box<dyn Read>,
    pub writer: fn(Endpoints<Sender>) -> Box<dyn Write>,
    /// Its emulation, for `--sandbox`.
    pub emulation: Emulation,
}

/// Findings with their path inside a provider's entry.
pub type SettingsFindings = Vec<(Vec<Seg>, Finding)>;

/// An HTTP endpoint that a provider's settings name.
pub struct EndpointSpec {
    pub name: &'static str,
    pub url: Option<String>,
    pub login: Login,
    /// Where its url stands inside the provider's entry.
    pub url_path: Vec<Seg>,
    /// Where its credentials stand.
    pub login_at: Vec<Seg>,
    /// Where the sandbox serves it.
    pub sandbox_path: &'static str,
}

/// How a run presents itself.
#[derive(Debug, Clone)]
pub enum Login {
    /// A bearer token, and perhaps another that can only read.
    Token { token: Option<Secret>, read_token: Option<Secret> },
    /// A pair of keys.
    Keys { access_key: Option<Secret>, secret_key: Option<Secret> },
}

/// Open endpoints by name.
pub type Endpoints<T> = BTreeMap<&'static str, T>;

/// The provider of that kind.
pub fn find(kind: &str) -> Option<&'static Provider> {
    all().into_iter().find(|provider| provider.kind == kind)
}

/// What a tenant is about to be compared with.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The objects to read whole.
    pub wanted: BTreeMap<Address, Resource>,
    /// Everything the tenant declares, also what this run is not about.
    pub declared: BTreeSet<Address>,
    /// Whether everything else that comes in one list is read too, so that undeclared objects are seen. Off for a
    /// read-back of single objects.
    pub lists: bool,
    /// Kinds this run is about. Lists of others are read only where something in it may depend on them.
    pub kinds: BTreeSet<Kind>,
    /// Kinds of which a live object may be about to be deleted, so that everything pointing to it must be seen.
    pub exhaustive: BTreeSet<Kind>,
    /// Objects that are about to be deleted if they are live.
    pub absent: BTreeSet<Address>,
}

/// Observes one account. Never writes; holds a client that cannot.
#[async_trait]
pub trait Read: Send + Sync {
    /// Everything in scope. Complete, or an error: a failed or cut read is never an empty one.
    async fn observe(&self, account: &str, scope: &Scope) -> Result<Observed, ApiError>;
}

/// Carries out one step. Never compares, never decides.
#[async_trait]
pub trait Write: Send + Sync {
    /// Sends what the step says, merged into what is live at that moment so that nothing unmanaged is lost. Returns
    /// when the provider has accepted it; whether it came true is for the caller to read back.
    async fn execute(&self, account: &str, step: &Step) -> Result<(), ApiError>;
}
