//! Where a run is shown: what is written goes above the bars, if there are any.

use super::{super::Io, bars::Bars};
use crate::{
    page::{Page, say},
    run::Progress,
};
use std::{
    io::{self, Write},
    time::Duration,
};
use tokio::time::Instant;

/// How often bars are drawn anew.
const FRAME: Duration = Duration::from_millis(200);
/// When they are drawn first. Not at once: what is over in an instant would only flash.
const FIRST_FRAME: Duration = Duration::from_millis(500);

/// Both streams, and the bars at their end.
pub struct Streams<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    pub bars: Option<Bars>,
    /// When bars are drawn next.
    pub next_frame: Instant,
    /// When something was written last.
    pub last_output: Instant,
    /// Whether all that went to standard output could be written.
    pub written: io::Result<()>,
}

impl<'a> Streams<'a> {
    pub fn new(io: &'a mut Io<'_>) -> Self {
        let now = Instant::now();
        let (next_frame, last_output) = (now + FIRST_FRAME, now);
        Self { out: io.out, err: io.err, bars: None, next_frame, last_output, written: Ok(()) }
    }

    /// Draws the bars, if there are any.
    pub fn draw(&mut self, progress: &Progress) {
        if let Some(bars) = &self.bars {
            let now = Instant::now();
            bars.show(progress, now);
            self.next_frame = now + FRAME;
        }
    }

    /// Sends on what was said before. If that fails, who writes next is told.
    pub fn flush(&mut self) {
        let _ = self.out.flush();
    }

    pub fn err_line(&mut self, line: &str) {
        self.err(|err| say!(Page::text(err), "{}", line));
    }

    /// Writes to standard error. If that fails, the run goes on.
    pub fn err(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        self.last_output = Instant::now();
        let Self { err, bars, .. } = self;
        let write = || write(err).and_then(|()| err.flush());
        let _ = match bars {
            Some(bars) => bars.aside(write),
            None => write(),
        };
    }

    /// Writes to standard output; whether it can be written to.
    pub fn out(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> bool {
        self.last_output = Instant::now();
        if self.written.is_err() {
            return false;
        }
        let Self { out, bars, .. } = self;
        let write = || write(out).and_then(|()| out.flush());
        self.written = match bars {
            Some(bars) => bars.aside(write),
            None => write(),
        };
        self.written.is_ok()
    }
}
