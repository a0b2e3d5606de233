//! A bar for each provider, on a terminal. The only user of `indicatif`.

use crate::{
    run::progress::{Lane, Progress},
    text::count,
};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// Bars at the end of the screen; what is written goes above them.
pub struct Bars {
    all: MultiProgress,
    bars: BTreeMap<String, ProgressBar>,
}

impl Bars {
    pub fn new(progress: &Progress, target: ProgressDrawTarget) -> Self {
        let all = MultiProgress::with_draw_target(target);
        let width = progress.lanes.keys().map(|name| name.chars().count()).max().unwrap_or_default();
        // What does not fit is cut off: a line that wraps cannot be drawn anew in place.
        let template = "{prefix} [{bar:24}] {pos}/{len} {wide_msg}";
        // The template is a constant. If it were invalid, the default bar would do.
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        let working = progress.lanes.iter().filter(|(_, lane)| lane.steps + lane.accounts > 0);
        let bars = working
            .map(|(name, lane)| {
                let bar = all.add(ProgressBar::new(lane.steps + lane.accounts).with_style(style.clone()));
                bar.set_prefix(format!("{name:width$}"));
                (name.clone(), bar)
            })
            .collect();
        Self { all, bars }
    }

    pub fn show(&self, progress: &Progress, now: Instant) {
        for (name, bar) in &self.bars {
            let Some(lane) = progress.lanes.get(name) else { continue };
            let message = message(lane, progress.is_all_read(), now);
            let at = lane.ended + lane.read.min(lane.accounts);
            // What is as it was is not drawn again: that would flicker.
            if (bar.position(), bar.message()) != (at, message.clone()) {
                bar.set_message(message);
                bar.set_position(at);
                bar.tick();
            }
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

fn message(lane: &Lane, is_all_read: bool, now: Instant) -> String {
    let sent = count(usize::try_from(lane.sent).unwrap_or(usize::MAX), "request");
    let what = match lane.accounts {
        0 => "steps".to_owned(),
        _ => format!("accounts read, {sent}"),
    };
    match lane.paused() {
        Some(left) => format!("{what}; paused: the server limits requests ({} s)", left.as_secs() + 1),
        None if is_all_read => format!("{what}; planning"),
        None => format!("{what}, {:.1} requests/s", lane.rate(now)),
    }
}

#[cfg(test)]
#[path = "tests/bars.rs"]
mod tests;
