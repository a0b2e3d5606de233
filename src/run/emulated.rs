//! The emulated phone systems of a workspace (`--sandbox`).

use super::Emulation;
use crate::{
    error::Failure,
    load::{Files, Workspace},
    model::ProviderConfig,
    provider::find,
    sandbox::{self, Recorder, Sandbox},
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// One provider of a workspace, emulated. It stops when dropped.
pub struct Emulated {
    /// The provider's name in the workspace.
    pub name: String,
    pub kind: String,
    sandbox: Sandbox,
}

impl Emulated {
    pub fn url(&self) -> &str {
        self.sandbox.url()
    }

    pub async fn stop(self) {
        self.sandbox.stop().await;
    }
}

/// Starts the emulation of every provider of a workspace. `port` is that of the first one, the others follow; 0: any free
/// ones.
pub async fn serve(root: &Path, emulation: &Emulation, port: u16) -> Result<Vec<Emulated>, Failure> {
    let workspace = Workspace::load(&Files::Directory(root.to_owned())).map_err(Failure::Findings)?;
    let recorder = recorder(emulation)?;
    let mut running = Vec::new();
    for (index, (name, config)) in workspace.file.providers.iter().enumerate() {
        let port = if port == 0 { 0 } else { port.saturating_add(index as u16) };
        let fault = emulation.fault.as_deref();
        let sandbox = start(root, name, config, fault, recorder.clone(), port).await?;
        running.push(Emulated { name: name.clone(), kind: config.kind.clone(), sandbox });
    }
    Ok(running)
}

/// Forgets the state of the emulated systems: the next run starts from `live/` again.
pub fn reset(root: &Path) -> Result<(), Failure> {
    let state = state(root);
    match std::fs::remove_dir_all(&state) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Failure::error(format!("cannot remove `{}`: {error}", state.display())))
        }
        _ => Ok(()),
    }
}

/// The traffic record, if one is wanted.
pub(super) fn recorder(emulation: &Emulation) -> Result<Option<Arc<Recorder>>, Failure> {
    let open = |path: &Path| {
        Recorder::open(path)
            .map(Arc::new)
            .map_err(|error| Failure::error(format!("cannot record to `{}`: {error}", path.display())))
    };
    emulation.record.as_deref().map(open).transpose()
}

/// Starts the emulation of one provider.
pub(super) async fn start(
    root: &Path,
    name: &str,
    config: &ProviderConfig,
    fault: Option<&str>,
    recorder: Option<Arc<Recorder>>,
    port: u16,
) -> Result<Sandbox, Failure> {
    let seed = root.join("live").join(name);
    let provider = find(&config.kind)
        .ok_or_else(|| Failure::error(format!("no provider is of kind `{}`", config.kind)))?;
    let mut options = sandbox::Options::new(provider.emulation, seed, state(root).join(name));
    options.record = recorder;
    options.port = port;
    if let Some(fault) = fault {
        options.behaviour =
            fault.parse().map_err(|error| Failure::error(format!("`--fault {fault}`: {error}")))?;
    }
    Sandbox::start(options).await.map_err(|error| {
        Failure::error(format!("the sandbox of provider `{name}` does not start: {error}"))
            .help("`dialform sandbox reset` forgets its state")
    })
}

/// Where the emulated systems keep their state.
fn state(root: &Path) -> PathBuf {
    root.join(".dialform").join("sandbox")
}
