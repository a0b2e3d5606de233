//! What happens during a run, told as it happens: to the log, and to whoever shows it.

use super::{
    args::Watching,
    log::{AuditLog, short},
};
use crate::{
    apply::{Event, Outcome, Stop},
    error::Failure,
    http::{Exchange, Witness},
    secret::Known,
};
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Takes note of everything.
pub struct Watch {
    pub secrets: Arc<Known>,
    log: Option<AuditLog>,
    /// Whether requests are shown.
    verbose: bool,
    news: UnboundedSender<News>,
}

/// Something that has happened.
#[derive(Debug)]
pub enum News {
    /// A request has ended; with a line about it if requests are shown.
    Request {
        provider: String,
        line: Option<String>,
    },
    /// A tenant's account has been read, or could not be.
    Read,
    Started {
        step: String,
        event: serde_json::Value,
    },
    Ended {
        provider: String,
        step: String,
        outcome: Box<Outcome>,
    },
}

/// Where news arrive.
pub type Feed = UnboundedReceiver<News>;

impl Watch {
    /// Opens the log, if one is wanted. Should it break later, `stop` is told.
    pub fn open(
        run: &str,
        args: &Watching,
        secrets: &Arc<Known>,
        stop: &Stop,
    ) -> Result<(Arc<Self>, Feed), Failure> {
        let open = |path| AuditLog::open(path, args.log_bodies, run, Arc::clone(secrets), stop.clone());
        let log = args.log.as_deref().map(open).transpose()?;
        let (news, feed) = unbounded_channel();
        Ok((Arc::new(Self { secrets: Arc::clone(secrets), log, verbose: args.verbose, news }), feed))
    }

    pub fn tell(&self, news: News) {
        // Where nobody listens any more there is nobody to tell.
        let _ = self.news.send(news);
    }

    /// What apply reports.
    pub fn report(&self, event: Event<'_>) {
        self.tell(match event {
            Event::Started { plan, step } => News::Started {
                step: format!("{}/{}", plan.tenant, step.address),
                event: serde_json::json!({
                    "event": "started", "tenant": plan.tenant, "address": step.address, "action": step.action
                }),
            },
            Event::Ended { plan, outcome } => News::Ended {
                provider: plan.provider.clone(),
                step: format!("{}/{}", plan.tenant, outcome.address),
                outcome: Box::new(outcome.clone()),
            },
        });
    }

    /// Why the log is not whole, if it is not.
    pub fn broken(&self) -> Option<String> {
        self.log.as_ref()?.broken()
    }

    /// Ends a run whose log is not whole.
    pub fn intact(&self) -> Result<(), Failure> {
        match self.broken() {
            None => Ok(()),
            Some(why) => Err(Failure::error(why).help("nothing was changed; make room, and run again")),
        }
    }
}

impl Witness for Watch {
    fn saw(&self, exchange: &Exchange<'_>) {
        if let Some(log) = &self.log {
            log.append(exchange);
        }
        let line = self.verbose.then(|| short(exchange));
        self.tell(News::Request { provider: exchange.provider.to_owned(), line });
    }
}
