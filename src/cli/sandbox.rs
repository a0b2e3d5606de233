//! `dialform sandbox`

use super::{
    Io,
    args::{Global, SandboxArgs, SandboxCommand},
};
use crate::{
    error::{Ending, Failure},
    page::say,
    run::{Emulation, emulated},
};

pub async fn run(global: &Global, args: &SandboxArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    match &args.command {
        SandboxCommand::Reset => {
            emulated::reset(&global.dir)?;
            say!(io.page(), "The sandbox starts from live/ again.")?;
        }
        SandboxCommand::Serve { fault, record, port } => {
            let emulation = Emulation { sandbox: true, fault: fault.clone(), record: record.clone() };
            let running = emulated::serve(&global.dir, &emulation, *port).await?;
            for system in &running {
                system.to_string().lines().try_for_each(|line| say!(io.page(), "{}", line))?;
            }
            io.out.flush()?;
            tokio::signal::ctrl_c()
                .await
                .map_err(|error| Failure::error(format!("cannot wait for an interrupt: {error}")))?;
            futures::future::join_all(running.into_iter().map(|system| system.stop())).await;
        }
    }
    Ok(Ending::Fine)
}
