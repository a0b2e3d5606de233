use super::*;
use crate::{http::Pacer, run::Pace};
use indicatif::TermLike;
use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

/// A terminal that remembers what was written on it, and nothing of where.
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
    let mut board = Progress::opening();
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
