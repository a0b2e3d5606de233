//! Sees every request of a run: writes the audit log, and tells the listener.

use super::{
    Context, Logging, Notice,
    audit_log::{AuditLog, Breaking, summary},
    context::unlogged,
};
use crate::{
    error::Failure,
    finding::Finding,
    http::{RequestObserver, RequestRecord},
};
use std::sync::Arc;

pub struct Monitor {
    pub context: Context,
    log: Option<AuditLog>,
    verbose: bool,
}

impl Monitor {
    /// Opens the log, if one is wanted. Should it break later, the run is told to stop.
    pub fn open(command: &str, logging: &Logging, context: &Context) -> Result<Arc<Self>, Failure> {
        let open = |path| AuditLog::open(path, logging.log_bodies, command, Breaking::EndsTheRun, context);
        let log = logging.log.as_deref().map(open).transpose()?;
        Ok(Arc::new(Self { context: context.clone(), log, verbose: logging.verbose }))
    }

    /// For an emergency, which no log keeps waiting: that it cannot be written is said.
    pub fn open_in_emergency(command: &str, logging: &Logging, context: &Context) -> Arc<Self> {
        let open = |path| AuditLog::open(path, logging.log_bodies, command, Breaking::IsSaid, context);
        let log = logging.log.as_deref().map(open).transpose().unwrap_or_else(|failure| {
            context.notify(Notice::Finding(
                Finding::warning("failed", failure.to_string()).help("the run goes on without it"),
            ));
            None
        });
        Arc::new(Self { context: context.clone(), log, verbose: logging.verbose })
    }

    /// Why the log is not whole, if that ends the run.
    pub fn log_error(&self) -> Option<String> {
        self.log.as_ref()?.error()
    }

    /// Ends a run whose log is not whole before it has written anything.
    pub fn ensure_logged(&self) -> Result<(), Failure> {
        match self.log_error() {
            None => Ok(()),
            Some(why) => Err(unlogged(&why)),
        }
    }
}

impl RequestObserver for Monitor {
    fn request_ended(&self, exchange: &RequestRecord<'_>) {
        if let Some(log) = &self.log {
            log.append(exchange);
        }
        let line = self.verbose.then(|| summary(exchange));
        self.context.notify(Notice::Request { provider: exchange.provider.to_owned(), line });
    }
}
