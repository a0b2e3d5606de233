//! Emulations of a kind of provider, for tests that name the kind and not the type.

use dialform::{
    model::Address,
    sandbox::{EMULATIONS, Options, Sandbox, find, footprint::Pattern},
};
use reqwest::Client;
use serde_json::Value;
use std::path::Path;

/// How an emulation is started with the seeds below `seeds/` and its state below `state/`; nothing is kept beyond the
/// machine's memory, for no test takes the machine down.
pub fn options(kind: &str, seeds: &Path, state: &Path, behaviour: &str) -> Options {
    let options = Options::new(find(kind).unwrap(), seeds, state);
    let mut options = options.switched_among(behaviour, EMULATIONS).unwrap();
    options.durable = false;
    options
}

/// The same with both in one directory, `live/` and `state/`.
pub fn options_in(directory: &Path, kind: &str, behaviour: &str) -> Options {
    options(kind, &directory.join("live"), &directory.join("state"), behaviour)
}

/// For requests to what this machine serves.
pub fn client() -> Client {
    let builder = Client::builder().no_proxy();
    #[cfg(feature = "tls")]
    let builder = {
        // An error only says that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Certificates take long to read, and nothing here is https.
        builder.tls_certs_only([])
    };
    builder.build().unwrap()
}

/// The state that an emulation makes of a seed.
pub fn planted(kind: &str, account: &str, seed: &str) -> Value {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(format!("{account}.yaml")), seed).unwrap();
    let options = options(kind, directory.path(), &directory.path().join("state"), "");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async { Sandbox::start(options).await.unwrap().snapshot(account).unwrap() })
}

/// What of an account these objects may touch.
pub fn footprint(kind: &str, addresses: impl Iterator<Item = Address>) -> Vec<Pattern> {
    let vendor = find(kind).unwrap().faithful().unwrap();
    addresses.flat_map(|address| vendor.footprint(&address)).collect()
}
