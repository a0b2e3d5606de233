//! The emulated phone systems of a workspace (`--sandbox`).

use super::Emulation;
use crate::{
    error::Failure,
    file::{self, OURS},
    load::Files,
    provider::{Kinds, Workspace},
    sandbox::{self, Recorder, Sandbox, SandboxError},
    text::io_reason,
};
use jiff::Timestamp;
use std::{
    collections::BTreeMap,
    fmt,
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How many accounts each of many sandboxes holds in memory: one that a run looks at, and the next.
const LEAST_IN_MEMORY: usize = 2;

/// One provider of a workspace, emulated. It stops when dropped.
pub struct Emulated {
    /// The provider's name in the workspace.
    pub name: String,
    pub kind: String,
    sandbox: Sandbox,
    /// Held, so that nobody takes the state away.
    _open: File,
}

/// With the addresses that a client needs, and the credentials that are taken.
impl fmt::Display for Emulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, sandbox, .. } = self;
        write!(f, "{name} ({kind}):")?;
        for (endpoint, url) in sandbox.endpoints() {
            write!(f, "\n  {endpoint}: {url}")?;
        }
        write!(f, "\n  {}", sandbox.credentials())
    }
}

impl Emulated {
    /// Starts the emulation of one provider. `fault` names switches of any emulation of the workspace; those of the others
    /// are not for this one.
    pub(super) async fn start(
        workspace: &Workspace,
        root: &Path,
        name: &str,
        fault: Option<&str>,
        recorder: Option<Arc<Recorder>>,
        port: u16,
    ) -> Result<Self, Failure> {
        let providers = &workspace.file.providers;
        let kind = &providers[name].kind;
        let emulation = sandbox::find(kind)
            .ok_or_else(|| Failure::error(format!("there is no emulation of providers of kind `{kind}`")))?;
        let others: Vec<&sandbox::Emulation> =
            providers.values().filter_map(|provider| sandbox::find(&provider.kind)).collect();
        let options = sandbox::Options::new(emulation, root.join("live").join(name), state(root).join(name));
        let fault = fault.unwrap_or_default();
        let mut options = options
            .switched_among(fault, &others)
            .map_err(|error| Failure::error(format!("`--fault {fault}`: {error}")))?;
        options.shared = Some(root.join(OURS).join("lock").join("sandbox").join(format!("{name}.state")));
        options.record = recorder;
        options.port = port;
        options.in_memory = (sandbox::IN_MEMORY / providers.len().max(1)).max(LEAST_IN_MEMORY);
        let open = hold(root)?;
        let sandbox = Sandbox::start(options).await.map_err(|error| {
            let help = match &error {
                SandboxError::Bind { .. } => "name another port: `--port 8090`, or 0 for any free ones",
                // What it begins with is a person's, and its state is not.
                SandboxError::Content { path, .. } if path.extension().is_some_and(|it| it == "yaml") => {
                    "correct that file: the sandbox begins with it"
                }
                _ => "run `dialform sandbox reset` to forget its state",
            };
            Failure::error(format!("the sandbox of provider `{name}` does not start: {error}")).help(help)
        })?;
        Ok(Self { name: name.to_owned(), kind: kind.clone(), sandbox, _open: open })
    }

    pub fn url(&self) -> &str {
        self.sandbox.url()
    }

    /// Where it serves each endpoint of the provider.
    pub(super) fn endpoints(&self) -> BTreeMap<&'static str, String> {
        self.sandbox.endpoints()
    }

    pub async fn stop(self) {
        self.sandbox.stop().await;
    }
}

/// Starts the emulation of every provider of a workspace. `port` is that of the first one, the others follow; 0: any free
/// ones.
pub async fn serve(root: &Path, emulation: &Emulation, port: u16) -> Result<Vec<Emulated>, Failure> {
    let files = Files::Directory(root.to_owned());
    let workspace =
        Workspace::load_systems(&files, &Kinds, Timestamp::UNIX_EPOCH).map_err(Failure::Findings)?;
    if workspace.providers.len() < workspace.file.providers.len() && !workspace.findings.is_empty() {
        return Err(Failure::Findings(workspace.findings));
    }
    let recorder = recorder(emulation)?;
    let fault = emulation.fault.as_deref();
    let mut running = Vec::new();
    for (index, name) in workspace.file.providers.keys().enumerate() {
        let port = if port == 0 { 0 } else { port.saturating_add(index as u16) };
        running.push(Emulated::start(&workspace, root, name, fault, recorder.clone(), port).await?);
    }
    Ok(running)
}

/// Forgets the state of the emulated systems: the next run starts from `live/` again.
pub fn reset(root: &Path) -> Result<(), Failure> {
    let state = state(root);
    if let Ok(open) = File::open(&state)
        && matches!(open.try_lock(), Err(TryLockError::WouldBlock))
    {
        let message = "the emulated systems are running: `sandbox serve`, or a run with `--sandbox`";
        return Err(Failure::refused(message).help("end that first, then reset"));
    }
    let removed = file::own_directory(&state).and_then(|()| std::fs::remove_dir_all(&state));
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Failure::error(format!("cannot remove `{}`: {error}", state.display())))
        }
        _ => Ok(()),
    }
}

/// Keeps the state from being reset while it is open.
fn hold(root: &Path) -> Result<File, Failure> {
    let state = state(root);
    let held = file::own_directory(&state).and_then(|()| File::open(&state));
    let held = held.and_then(|file| file.lock_shared().map(|()| file));
    held.map_err(|error| Failure::error(format!("cannot open `{}`: {}", state.display(), io_reason(&error))))
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

/// Where the emulated systems keep their state.
fn state(root: &Path) -> PathBuf {
    root.join(OURS).join("sandbox")
}
