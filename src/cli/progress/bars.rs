//! A bar for each provider, on a terminal. The only user of `indicatif`.

use super::board::{Board, Lane};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// Bars at the end of the screen; what is written goes above them.
pub struct Bars {
    all: MultiProgress,
    bars: BTreeMap<String, ProgressBar>,
}

impl Bars {
    pub fn new(board: &Board, target: ProgressDrawTarget) -> Self {
        let all = MultiProgress::with_draw_target(target);
        let width = board.lanes.keys().map(|name| name.chars().count()).max().unwrap_or_default();
        let template = "{prefix} [{bar:24}] {pos}/{len} steps, {msg}";
        // The template is a constant. If it were invalid, the default bar would do.
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        let working = board.lanes.iter().filter(|(_, lane)| lane.steps > 0);
        let bars = working
            .map(|(name, lane)| {
                let bar = all.add(ProgressBar::new(lane.steps).with_style(style.clone()));
                bar.set_prefix(format!("{name:width$}"));
                (name.clone(), bar)
            })
            .collect();
        Self { all, bars }
    }

    pub fn show(&self, board: &Board, now: Instant) {
        for (name, bar) in &self.bars {
            let Some(lane) = board.lanes.get(name) else { continue };
            bar.set_message(message(lane, now));
            bar.set_position(lane.ended);
            bar.tick();
        }
    }

    /// Writes something above the bars.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.all.suspend(write)
    }

    /// Takes the bars away; what was written stays.
    pub fn clear(&self) {
        for bar in self.bars.values() {
            bar.finish_and_clear();
        }
        // An error says that the terminal is gone.
        let _ = self.all.clear();
    }
}

fn message(lane: &Lane, now: Instant) -> String {
    match lane.paused() {
        Some(left) => format!("paused: the server limits requests ({} s)", left.as_secs() + 1),
        None => format!("{:.1} requests/s", lane.rate(now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{http::Pacer, run::Pace};
    use indicatif::TermLike;
    use std::{
        io,
        sync::{Arc, Mutex},
        time::Duration,
    };

    /// A terminal that records the text written to it, but no positions.
    #[derive(Debug, Clone, Default)]
    struct Paper(Arc<Mutex<String>>);

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            120
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Whoever watches an apply in an outage asks how far it is, and why it stands still.
    #[tokio::test(start_paused = true)]
    async fn a_bar_says_how_far_and_why_not() {
        let pacer = Arc::new(Pacer::new(1, 1));
        let mut board = Board::opening();
        board.lanes.insert("pbx".to_owned(), Lane::new(Pace(vec![Arc::clone(&pacer)])));
        board.lanes.insert("idle".to_owned(), Lane::default());
        board.lanes.entry("pbx".to_owned()).or_default().steps = 8;
        let paper = Paper::default();
        let bars = Bars::new(&board, ProgressDrawTarget::term_like(Box::new(paper.clone())));
        board.ended("pbx", "acme/queues.400");
        for _ in 0..6 {
            board.request("pbx", Instant::now());
        }
        bars.show(&board, Instant::now());
        let paused = tokio::spawn(async move { pacer.pause(Duration::from_secs(30)).await });
        tokio::time::sleep(Duration::from_secs(1)).await;
        bars.show(&board, Instant::now());
        paused.abort();
        let seen = paper.0.lock().unwrap().clone();
        assert!(seen.contains("pbx  [===") && seen.contains("1/8 steps, 1.2 requests/s"), "{seen}");
        assert!(seen.contains("paused: the server limits requests (30 s)"), "{seen}");
        assert!(!seen.contains("idle"), "{seen}");
    }
}
