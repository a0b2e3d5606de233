//! Shows a run while it lasts: bars on a terminal, lines where there is none, events for programs.
//!
//! Standard output gets what ended, as it ends; standard error the bars, or a sign of life after ten seconds of silence.

mod bars;
mod board;

pub use board::{Board, Lane};

use super::{
    Io,
    args::Format,
    json,
    watch::{Feed, News},
};
use crate::{
    apply::{Outcome, Stop},
    render,
};
use bars::Bars;
use indicatif::ProgressDrawTarget;
use serde::Serialize;
use std::{
    io::{self, Write},
    time::Duration,
};
use tokio::time::Instant;

/// How long nothing may be said. CI systems and people alike take longer silences for a run that hangs.
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
    /// When something was said last.
    said: Instant,
    /// What is under way is finished before a closed output ends the run.
    stop: Stop,
    written: io::Result<()>,
}

/// A step that has ended, for programs.
#[derive(Serialize)]
struct Ended<'a> {
    event: &'static str,
    #[serde(flatten)]
    outcome: &'a Outcome,
}

impl<'a> View<'a> {
    pub fn new(io: &'a mut Io<'_>, format: Format, board: Board, stop: &Stop) -> Self {
        Self {
            out: io.out,
            err: io.err,
            format,
            board,
            bars: None,
            said: Instant::now(),
            stop: stop.clone(),
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

    /// Does the work and shows how it goes. The news of the work are all shown when it is over.
    ///
    /// Beside its result: whether all of it could be shown.
    pub async fn follow<T>(mut self, work: impl Future<Output = T>, feed: &mut Feed) -> (T, io::Result<()>) {
        tokio::pin!(work);
        let done = loop {
            let next = if self.bars.is_some() { Instant::now() + FRAME } else { self.said + SILENCE };
            tokio::select! {
                biased;
                Some(news) = feed.recv() => self.take(news),
                done = &mut work => break done,
                () = tokio::time::sleep_until(next) => self.tick(),
            }
        };
        while let Ok(news) = feed.try_recv() {
            self.take(news);
        }
        if let Some(bars) = &self.bars {
            bars.clear();
        }
        (done, self.written)
    }

    fn take(&mut self, news: News) {
        match news {
            News::Request { provider, line } => {
                self.board.request(&provider, Instant::now());
                if let Some(line) = line {
                    self.mutter(&line);
                }
            }
            News::Read => self.board.read(),
            News::Started { step, event } => {
                self.board.started(step);
                if self.format == Format::Json {
                    self.say(|out| json::line(out, &event));
                }
            }
            News::Ended { provider, step, outcome } => {
                self.board.ended(&provider, &step);
                match self.format {
                    Format::Text => self.say(|out| render::outcome(out, &outcome)),
                    Format::Json => {
                        self.say(|out| json::line(out, &Ended { event: "step", outcome: &outcome }));
                    }
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
            None => {
                let line = self.board.heartbeat();
                self.mutter(&line);
            }
        }
    }

    /// Talk. Nobody listening to it is no reason to stop.
    fn mutter(&mut self, line: &str) {
        self.said = Instant::now();
        let Self { err, bars, .. } = self;
        let mut write = || writeln!(err, "{line}").and_then(|()| err.flush());
        let _ = match bars {
            Some(bars) => bars.aside(write),
            None => write(),
        };
    }

    fn say(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        self.said = Instant::now();
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
            self.stop.now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Known;
    use std::{collections::BTreeMap, sync::Arc};
    use tokio::sync::mpsc::unbounded_channel;

    /// Follows work that takes a while, with these news after so many seconds; what was said on each stream.
    async fn follow(format: Format, seconds: u64, news: Vec<(u64, News)>) -> (String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let (sender, mut feed) = unbounded_channel();
        let io = &mut Io {
            out: &mut out,
            err: &mut err,
            ask: None,
            terminal: false,
            secrets: Arc::new(Known::default()),
        };
        let mut lane = Lane::new(Vec::new());
        lane.steps = 4;
        let board = Board::applying(BTreeMap::from([("pbx".to_owned(), lane)]));
        let began = Instant::now();
        let work = async {
            for (second, news) in news {
                tokio::time::sleep_until(began + Duration::from_secs(second)).await;
                sender.send(news).unwrap();
            }
            tokio::time::sleep_until(began + Duration::from_secs(seconds)).await;
        };
        View::new(io, format, board, &Stop::default()).follow(work, &mut feed).await.1.unwrap();
        [out, err].map(|bytes| String::from_utf8(bytes).unwrap()).into()
    }

    fn started(step: &str) -> News {
        News::Started { step: step.to_owned(), event: serde_json::json!({ "event": "started", "of": step }) }
    }

    fn request(line: Option<&str>) -> News {
        News::Request { provider: "pbx".to_owned(), line: line.map(str::to_owned) }
    }

    /// A CI job that says nothing is taken for one that hangs, and is killed in the middle of a change.
    #[tokio::test(start_paused = true)]
    async fn silence_lasts_ten_seconds_at_most() {
        let news =
            vec![(1, started("acme/queues.400")), (12, request(None)), (15, request(Some("pbx: GET /x")))];
        let (out, err) = follow(Format::Text, 36, news).await;
        let beat = "applying: 4 of 4 steps left, under way: acme/queues.400\n";
        assert_eq!((out.as_str(), err), ("", format!("{beat}pbx: GET /x\n{beat}{beat}")));
    }

    /// A program that reads events must not find anything else among them.
    #[tokio::test(start_paused = true)]
    async fn events_stand_alone() {
        let (out, err) = follow(Format::Json, 12, vec![(1, started("a"))]).await;
        assert_eq!(out, "{\"event\":\"started\",\"of\":\"a\"}\n");
        assert_eq!(err, "applying: 4 of 4 steps left, under way: a\n");
    }
}
