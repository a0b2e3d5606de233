//! Shows a run while it lasts: bars on a terminal, lines where there is none, events for programs.
//!
//! Standard output gets what ended, as it ends; standard error the bars, or a sign of life after ten seconds of silence.

mod bars;
mod board;

pub use board::Board;

use super::{Io, Notices, args::Format};
use crate::{
    render::{self, events},
    run::{Notice, Shutdown},
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
    board: Board,
    bars: Option<Bars>,
    /// When something was written last.
    last_output: Instant,
    /// When the output is closed the run stops, after what is under way is finished.
    shutdown: Shutdown,
    written: io::Result<()>,
}

impl<'a> View<'a> {
    pub fn new(io: &'a mut Io<'_>, format: Format, board: Board, shutdown: &Shutdown) -> Self {
        Self {
            out: io.out,
            err: io.err,
            format,
            board,
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
            self.bars = Some(Bars::new(&self.board, ProgressDrawTarget::stderr()));
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
            Notice::Finding(finding) => self.write_err_with(|err| render::findings(err, &[finding])),
            Notice::Request { provider, line } => {
                self.board.request(&provider, Instant::now());
                if let Some(line) = line {
                    self.write_err(&line);
                }
            }
            Notice::TenantRead => self.board.tenant_read(),
            Notice::StepStarted { tenant, address, action } => {
                self.board.started(format!("{tenant}/{address}"));
                if self.format == Format::Json {
                    self.write_out(|out| events::started(out, &tenant, &address, action));
                }
            }
            Notice::StepEnded { provider, outcome } => {
                self.board.ended(&provider, &format!("{}/{}", outcome.tenant, outcome.address));
                match self.format {
                    Format::Text => self.write_out(|out| render::outcome(out, &outcome)),
                    Format::Json => self.write_out(|out| events::ended(out, &outcome)),
                    // The table of what ended comes at the end.
                    Format::Markdown => {}
                }
            }
        }
        if let Some(bars) = &self.bars {
            bars.show(&self.board, Instant::now());
        }
    }

    fn tick(&mut self) {
        match &self.bars {
            Some(bars) => bars.show(&self.board, Instant::now()),
            None => match self.board.heartbeat() {
                Some(line) => self.write_err(&line),
                None => self.last_output = Instant::now(),
            },
        }
    }

    /// Writes to standard error. If that fails, the run goes on.
    fn write_err(&mut self, line: &str) {
        self.write_err_with(|err| writeln!(err, "{line}"));
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
mod tests {
    use super::*;
    use crate::{plan::Action, run::Pace, secret::KnownSecrets};
    use board::Lane;
    use std::{collections::BTreeMap, sync::Arc};
    use tokio::sync::mpsc::unbounded_channel;

    /// Follows work that takes a while, with these notices after so many seconds; returns what was written to each stream.
    async fn follow(format: Format, seconds: u64, notices: Vec<(u64, Notice)>) -> (String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let (sender, mut received) = unbounded_channel();
        let io = &mut Io {
            out: &mut out,
            err: &mut err,
            ask: None,
            terminal: false,
            secrets: Arc::new(KnownSecrets::default()),
        };
        let mut board = Board::applying(&crate::plan::Plan::new(Vec::new()), BTreeMap::new());
        board.lanes.insert("pbx".to_owned(), Lane::new(Pace::default()));
        board.lanes.entry("pbx".to_owned()).or_default().steps = 4;
        let began = Instant::now();
        let work = async {
            for (second, notice) in notices {
                tokio::time::sleep_until(began + Duration::from_secs(second)).await;
                sender.send(notice).unwrap();
            }
            tokio::time::sleep_until(began + Duration::from_secs(seconds)).await;
        };
        let view = View::new(io, format, board, &Shutdown::default());
        view.follow(work, &mut received).await.1.unwrap();
        [out, err].map(|bytes| String::from_utf8(bytes).unwrap()).into()
    }

    fn started() -> Notice {
        let (tenant, address) = ("acme".to_owned(), "queues.400".to_owned());
        Notice::StepStarted { tenant, address, action: Action::Create }
    }

    fn request(line: Option<&str>) -> Notice {
        Notice::Request { provider: "pbx".to_owned(), line: line.map(str::to_owned) }
    }

    /// A CI job that says nothing is taken for one that hangs, and is killed in the middle of a change.
    #[tokio::test(start_paused = true)]
    async fn silence_lasts_ten_seconds_at_most() {
        let notices = vec![(1, started()), (12, request(None)), (15, request(Some("pbx: GET /x")))];
        let (out, err) = follow(Format::Text, 36, notices).await;
        let beat = "applying: 4 of 4 steps left, under way: acme/queues.400\n";
        assert_eq!((out.as_str(), err), ("", format!("{beat}pbx: GET /x\n{beat}{beat}")));
    }

    /// A program that reads events must not find anything else among them.
    #[tokio::test(start_paused = true)]
    async fn events_stand_alone() {
        let (out, err) = follow(Format::Json, 12, vec![(1, started())]).await;
        let event = r#"{"event":"started","tenant":"acme","address":"queues.400","action":"create"}"#
            .to_owned()
            + "\n";
        assert_eq!(out, event);
        assert_eq!(err, "applying: 4 of 4 steps left, under way: acme/queues.400\n");
    }
}
