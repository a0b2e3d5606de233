use super::*;
use crate::run::progress::Lane;
use crate::{plan::Action, run::Pace, secret::KnownSecrets};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::mpsc::unbounded_channel;

/// Follows work that takes a while, with these notices after so many seconds; what was last_output on each stream.
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
    let mut board = Progress::applying(&crate::plan::Plan::new(Vec::new()), BTreeMap::new());
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
    let event =
        r#"{"event":"started","tenant":"acme","address":"queues.400","action":"create"}"#.to_owned() + "\n";
    assert_eq!(out, event);
    assert_eq!(err, "applying: 4 of 4 steps left, under way: acme/queues.400\n");
}
