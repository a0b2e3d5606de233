//! Shows a run while it lasts: bars on a terminal, lines where there is none, events for programs.
//!
//! Standard output gets what ended, as it ends; standard error the bars, or a sign of life after ten seconds of silence.

mod bars;
mod streams;

use super::{Io, Notices, args::Format};
use crate::{
    page::Page,
    plan::Plan,
    render::{self, ComingTrue, events},
    run::{Cause, Notice, Progress, Shutdown},
};
use bars::Bars;
use indicatif::ProgressDrawTarget;
use std::{
    io::{self, Write},
    time::Duration,
};
use streams::Streams;
use tokio::time::Instant;

/// The longest silence. CI systems and people take a longer one for a run that hangs.
const SILENCE: Duration = Duration::from_secs(10);
/// Where and in what form a run is shown.
pub struct View<'a> {
    streams: Streams<'a>,
    format: Format,
    progress: Progress,
    /// What callers notice of the plan that is carried out, where that is shown as it comes true.
    coming_true: Option<ComingTrue>,
    /// When the output is closed the run stops, after what is under way is finished; unless it goes on unread.
    shutdown: Shutdown,
    goes_on: bool,
}

impl<'a> View<'a> {
    pub fn new(io: &'a mut Io<'_>, format: Format, progress: Progress, shutdown: &Shutdown) -> Self {
        let (streams, shutdown) = (Streams::new(io), shutdown.clone());
        Self { streams, format, progress, coming_true: None, shutdown, goes_on: false }
    }

    /// With bars, if there is a terminal to draw them on.
    #[must_use]
    pub fn with_bars(mut self, terminal: bool) -> Self {
        if terminal {
            self.streams.bars = Some(Bars::new(&self.progress, ProgressDrawTarget::stderr()));
        }
        self
    }

    /// With what callers notice of a plan, told beside bars as it comes true.
    #[must_use]
    pub fn with_sentences(mut self, plan: &Plan) -> Self {
        if self.streams.bars.is_some() && self.format == Format::Text {
            self.coming_true = Some(ComingTrue::of(plan));
        }
        self
    }

    /// For work that goes on when nobody reads the output any more.
    #[must_use]
    pub fn going_on_unread(self) -> Self {
        Self { goes_on: true, ..self }
    }

    /// Does the work and shows how it goes. Every notice of the work is shown when it is over.
    ///
    /// Beside its result: whether all of it could be shown.
    pub async fn follow<T>(
        mut self,
        work: impl Future<Output = T>,
        notices: &mut Notices,
    ) -> (T, io::Result<()>) {
        // What was said before is read while the work goes on.
        self.streams.flush();
        tokio::pin!(work);
        let stop = self.shutdown.stop.clone();
        let mut is_stopping = stop.is_cancelled();
        let done = loop {
            let Streams { bars, next_frame, last_output, .. } = &self.streams;
            let next = if bars.is_some() { *next_frame } else { *last_output + SILENCE };
            tokio::select! {
                biased;
                () = stop.cancelled(), if !is_stopping => {
                    is_stopping = true;
                    self.say_stopping();
                }
                Some(notice) = notices.recv() => self.take(notice),
                done = &mut work => break done,
                () = tokio::time::sleep_until(next) => self.tick(),
            }
        };
        while let Ok(notice) = notices.try_recv() {
            self.take(notice);
        }
        if let Some(bars) = &self.streams.bars {
            bars.clear();
        }
        (done, self.streams.written)
    }

    fn take(&mut self, notice: Notice) {
        match notice {
            Notice::Info(line) => self.streams.err_line(&line),
            Notice::Finding(finding) => {
                self.streams.err(|err| render::findings(&mut Page::text(err), &[finding]))
            }
            Notice::Request { provider, line } => {
                self.progress.request(&provider, Instant::now());
                if let Some(line) = line {
                    self.streams.err_line(&line);
                }
            }
            Notice::TenantRead { provider } => self.progress.tenant_read(&provider),
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
                if let Some(mut coming_true) = self.coming_true.take() {
                    self.streams.err(|err| coming_true.ended(&mut Page::text(err), &outcome));
                    self.coming_true = Some(coming_true);
                }
            }
        }
    }

    /// Whoever presses Ctrl-C at a terminal is told at once that it was heard, and what it ends.
    fn say_stopping(&mut self) {
        if self.streams.bars.is_some()
            && let Some(line) = self.progress.stopping()
        {
            self.streams.err_line(&line);
        }
    }

    fn tick(&mut self) {
        if self.streams.bars.is_some() {
            self.streams.draw(&self.progress);
            return;
        }
        match self.progress.heartbeat() {
            Some(line) => self.streams.err_line(&line),
            None => self.streams.last_output = Instant::now(),
        }
    }

    fn write_out(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if !self.streams.out(write) && !self.goes_on {
            self.shutdown.stop_for(Cause::OutputClosed);
        }
    }
}

#[cfg(test)]
#[path = "tests/view.rs"]
mod tests;
