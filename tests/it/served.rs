//! Emulations of a kind of provider, for tests that name the kind and not the type.

use dialform::{
    model::Address,
    provider::find,
    sandbox::{Behaviour, Options, Sandbox, footprint::Pattern},
};
use serde_json::Value;
use std::path::Path;

/// How an emulation is started with the seeds below `seeds/` and its state below `state/`; nothing is kept beyond the
/// machine's memory, for no test takes the machine down.
pub fn options(kind: &str, seeds: &Path, state: &Path, behaviour: &str) -> Options {
    let mut options = Options::new(find(kind).unwrap().emulation, seeds, state);
    options.behaviour = behaviour.parse().unwrap();
    options.durable = false;
    options
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
    let vendor = (find(kind).unwrap().emulation)(&Behaviour::default());
    addresses.flat_map(|address| vendor.footprint(&address)).collect()
}
