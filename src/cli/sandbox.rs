//! `dialform sandbox`

use super::{
    Io,
    args::{Emulation, Global, SandboxArgs, SandboxCommand},
    session::{Start, recorder, state},
};
use crate::{
    error::{Ending, Failure},
    load::Files,
    provider::{Kinds, Workspace},
};

pub async fn run(global: &Global, args: &SandboxArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    match &args.command {
        SandboxCommand::Reset => {
            let state = state(&global.dir);
            match std::fs::remove_dir_all(&state) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(Failure::error(format!("cannot remove `{}`: {error}", state.display())));
                }
            }
            writeln!(io.out, "The sandbox starts from live/ again.")?;
            Ok(Ending::Fine)
        }
        SandboxCommand::Serve { fault, record, port } => {
            let workspace =
                Workspace::load(&Files::Directory(global.dir.clone()), &Kinds).map_err(Failure::Findings)?;
            let recorder = recorder(&Emulation { sandbox: true, fault: None, record: record.clone() })?;
            let mut running = Vec::new();
            for (index, (name, provider)) in workspace.file.providers.iter().enumerate() {
                let port = if *port == 0 { 0 } else { port.saturating_add(index as u16) };
                let start = Start { workspace: &workspace, root: &global.dir, name, port };
                let sandbox = start.run(fault.as_deref(), recorder.clone()).await?;
                writeln!(io.out, "{name} ({}): {}", provider.kind, sandbox.url())?;
                running.push(sandbox);
            }
            io.out.flush()?;
            tokio::signal::ctrl_c()
                .await
                .map_err(|error| Failure::error(format!("cannot wait for an interrupt: {error}")))?;
            for sandbox in running {
                sandbox.stop().await;
            }
            Ok(Ending::Fine)
        }
    }
}
