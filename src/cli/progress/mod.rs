//! Shows a run while it lasts: bars on a terminal, lines where there is none, events for programs.
//!
//! Standard output gets what ended, as it ends; standard error the bars, or a sign of life after ten seconds of silence.

mod bars;

use super::{Io, Notices, args::Format};
use crate::{
    page::{Page, say},
    render::{self, events},
    run::{Notice, Progress, Shutdown},
};
use bars::Bars;
use indicatif::ProgressDrawTarget;
use std::{
    io::{self, Write},
    time::Duration,
};
use tokio::time::Instant;

/// The longest silence. CI systems and people take a longer one for a run that hangs.
const SILENCE: Duration = Duration::from_secs(10);
/// How often bars are drawn anew.
const FRAME: Duration = Duration::from_millis(200);

/// Where and in what form a run is shown.
pub struct View<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    format: Format,
    progress: Progress,
    bars: Option<Bars>,
    /// When something was written last.
    last_output: Instant,
    /// When the output is closed the run stops, after what is under way is finished.
    shutdown: Shutdown,
    written: io::Result<()>,
}

impl<'a> View<'a> {
    pub fn new(io: &'a mut Io<'_>, format: Format, progress: Progress, shutdown: &Shutdown) -> Self {
        Self {
            out: io.out,
            err: io.err,
            format,
            progress,
            bars: None,
            last_output: Instant::now(),
            shutdown: shutdown.clone(),
            written: Ok(()),
        }
    }

    /// With bars, if there is a terminal to draw them on.
    #[must_use]
    pub fn with_bars(mut self, terminal: bool) -> Self {
        if terminal {
            self.bars = Some(Bars::new(&self.progress, ProgressDrawTarget::stderr()));
        }
        self
    }

    /// Does the work and shows how it goes. Every notice of the work is shown when it is over.
    ///
    /// Beside its result: whether all of it could be shown.
    pub async fn follow<T>(
        mut self,
        work: impl Future<Output = T>,
        notices: &mut Notices,
    ) -> (T, io::Result<()>) {
        // What was said before is read while the work goes on. If that fails, who writes next is told.
        let _ = self.out.flush();
        tokio::pin!(work);
        let done = loop {
            let next = if self.bars.is_some() { Instant::now() + FRAME } else { self.last_output + SILENCE };
            tokio::select! {
                biased;
                Some(notice) = notices.recv() => self.take(notice),
                done = &mut work => break done,
                () = tokio::time::sleep_until(next) => self.tick(),
            }
        };
        while let Ok(notice) = notices.try_recv() {
            self.take(notice);
        }
        if let Some(bars) = &self.bars {
            bars.clear();
        }
        (done, self.written)
    }

    fn take(&mut self, notice: Notice) {
        match notice {
            Notice::Info(line) => self.write_err(&line),
            Notice::Finding(finding) => {
                self.write_err_with(|err| render::findings(&mut Page::text(err), &[finding]))
            }
            Notice::Request { provider, line } => {
                self.progress.request(&provider, Instant::now());
                if let Some(line) = line {
                    self.write_err(&line);
                }
            }
            Notice::TenantRead => self.progress.tenant_read(),
            Notice::StepStarted { tenant, address, action } => {
                self.progress.started(format!("{tenant}/{address}"));
                if self.format == Format::Json {
                    self.write_out(|out| events::started(out, &tenant, &address, action));
                }
            }
            Notice::StepEnded { provider, outcome } => {
                self.progress.ended(&provider, &format!("{}/{}", outcome.tenant, outcome.address));
                match self.format {
                    Format::Text => self.write_out(|out| render::outcome(&mut Page::text(out), &outcome)),
                    Format::Json => self.write_out(|out| events::ended(out, &outcome)),
                    // The table of what ended comes at the end.
                    Format::Markdown => {}
                }
            }
        }
        if let Some(bars) = &self.bars {
            bars.show(&self.progress, Instant::now());
        }
    }

    fn tick(&mut self) {
        match &self.bars {
            Some(bars) => bars.show(&self.progress, Instant::now()),
            None => match self.progress.heartbeat() {
                Some(line) => self.write_err(&line),
                None => self.last_output = Instant::now(),
            },
        }
    }

    /// Writes to standard error. If that fails, the run goes on.
    fn write_err(&mut self, line: &str) {
        self.write_err_with(|err| say!(Page::text(err), "{}", line));
    }

    fn write_err_with(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        self.last_output = Instant::now();
        let Self { err, bars, .. } = self;
        let write = || write(err).and_then(|()| err.flush());
        let _ = match bars {
            Some(bars) => bars.aside(write),
            None => write(),
        };
    }

    fn write_out(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        self.last_output = Instant::now();
        if self.written.is_err() {
            return;
        }
        let Self { out, bars, .. } = self;
        let write = || write(out).and_then(|()| out.flush());
        self.written = match bars {
            Some(bars) => bars.aside(write),
            None => write(),
        };
        if self.written.is_err() {
            self.shutdown.stop.cancel();
        }
    }
}

#[cfg(test)]
#[path = "tests/view.rs"]
mod tests;
