//! A vendor's server that has gone mad, or somebody who answers in its place: neither the memory nor the belief of a run.

use crate::workspace::Workspace;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::Instant,
};

/// How a connection is answered, whatever was asked for.
type Answer = fn(&mut TcpStream) -> std::io::Result<()>;

/// A server that answers so for ever, and when it was asked for what.
fn mad(answer: Answer) -> std::io::Result<(String, Receiver<(String, Instant)>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let (asked, times) = mpsc::channel();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let asked = asked.clone();
            // Who has heard enough hangs up.
            thread::spawn(move || respond(connection, answer, &asked));
        }
    });
    Ok((url, times))
}

fn respond(
    mut connection: TcpStream,
    answer: Answer,
    asked: &Sender<(String, Instant)>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    // A client may connect and hang up without a word: a run that has ended does so with requests under way.
    let Some(first) = lines.next().transpose()? else { return Ok(()) };
    // After the test nobody wants to know.
    let _ = asked.send((first, Instant::now()));
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    answer(&mut connection)
}

fn whole(connection: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(
        connection,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
    )?;
    connection.write_all(body)
}

/// A server that asks to be left alone until a time is left alone until then, also with 503.
#[test]
fn a_time_to_come_back_is_kept() {
    fn busy(connection: &mut TcpStream, status: &str) -> std::io::Result<()> {
        let dates = "date: Fri, 27 Nov 2026 17:00:00 GMT\r\nretry-after: Fri, 27 Nov 2026 17:00:03 GMT\r\n";
        whole(connection, status, dates, b"{}")
    }
    let cases: [(&str, Answer); 2] =
        [("429", |it| busy(it, "429 Too Many Requests")), ("503", |it| busy(it, "503 Service Unavailable"))];
    for (status, answer) in cases {
        let workspace = Workspace::default();
        let (url, asked) = mad(answer).unwrap();
        workspace.write("dialform.yaml", format!(
            "version: 1\ntenants: [\"acme.yaml\"]\nproviders:\n  mad:\n    kind: stratus\n    url: {}/ns-api/v2\n    token: {{ file: token }}\n    carrier: manual\n    limits: {{ retries: 1 }}\n",
            url
        ));
        workspace.write("token", "nsd_token");
        workspace.write(
            "acme.yaml",
            "tenant: acme\nprovider: mad\naccount: acme.1.service\nqueues: { \"400\": { name: X } }\n",
        );
        let run = workspace.run(&["plan"]);
        assert!(format!("{}{}", run.out, run.err).contains(&format!("status {status}")), "{run:?}");
        let mut tries: BTreeMap<String, Vec<Instant>> = BTreeMap::new();
        asked.try_iter().for_each(|(what, at)| tries.entry(what).or_default().push(at));
        // The same request, as the server sees it: when another one begins on a busy machine is no part of it.
        let pauses = tries.values().flat_map(|it| it.windows(2)).map(|it| (it[1] - it[0]).as_secs_f64());
        let pauses: Vec<f64> = pauses.collect();
        assert!(!pauses.is_empty(), "{status} was not tried again: {tries:?}");
        // Others are refused too and hold it back once more, three seconds each. The longest wait is a minute.
        assert!(
            pauses.iter().all(|it| (2.9..45.0).contains(it)),
            "{status} was tried again after {pauses:?} s: {tries:?}"
        );
        // Once, and no more often than the settings say.
        assert!(tries.values().all(|it| it.len() <= 2), "{status}: {tries:?}");
    }
}
