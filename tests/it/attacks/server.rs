//! A vendor's server that has gone mad, or somebody who answers in its place: neither the memory nor the belief of a run.

use crate::workspace::Workspace;
use dialform::error::Ending;
use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::Instant,
};

/// How a connection is answered, whatever was asked for.
type Answer = fn(&mut TcpStream) -> std::io::Result<()>;

/// A server that answers so for ever.
fn mad(answer: Answer) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // Who has heard enough hangs up.
            thread::spawn(move || respond(connection, answer));
        }
    });
    Ok(url)
}

fn respond(mut connection: TcpStream, answer: Answer) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
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

/// Chunks of 64 KiB for ever, around one text that never ends.
fn endless(connection: &mut TcpStream, status: &str) -> std::io::Result<()> {
    write!(connection, "HTTP/1.1 {status}\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[\"\r\n")?;
    let chunk = [format!("{:x}\r\n", 1 << 16).into_bytes(), vec![b'a'; 1 << 16], b"\r\n".to_vec()].concat();
    loop {
        connection.write_all(&chunk)?;
    }
}

/// Each mad answer ends within its bound, and blocks its own tenant alone.
#[test]
fn a_mad_server_blocks_its_own_tenant() {
    let cases: [(&str, Answer, &str); 10] = [
        ("an endless list", |it| endless(it, "200 OK"), "it is larger than 64 MiB"),
        ("an endless error", |it| endless(it, "403 Forbidden"), "status 403: [\"aaa"),
        ("an endless failure", |it| endless(it, "500 Oh"), "status 500: [\"aaa"),
        (
            "a part",
            |it| whole(it, "206 Partial Content", "content-range: bytes 0-1/9\r\n", b"{}"),
            "it is only a part",
        ),
        (
            "a key twice",
            |it| whole(it, "200 OK", "", br#"{"domain":"acme.1.service","domain":"x"}"#),
            "has the key \"domain\" twice",
        ),
        (
            "a key twice below",
            |it| whole(it, "200 OK", "", br#"{"domain":"x","y":[{"a":1,"a":2}]}"#),
            "has the key \"a\" twice",
        ),
        (
            "no UTF-8",
            |it| whole(it, "200 OK", "", b"{\"domain\":\"\xff\"}"),
            "it is not UTF-8 from byte 11 on",
        ),
        (
            "half a letter",
            |it| whole(it, "200 OK", "", b"{\"domain\":\"\xc3\"}"),
            "it is not UTF-8 from byte 11 on",
        ),
        (
            "a deep answer",
            |it| whole(it, "200 OK", "", "[".repeat(1 << 20).as_bytes()),
            "recursion limit exceeded",
        ),
        (
            "headers for ever",
            |it| {
                write!(it, "HTTP/1.1 200 OK\r\n")?;
                loop {
                    write!(it, "x-{0}: {0}\r\n", "a".repeat(1000))?;
                }
            },
            "no answer",
        ),
    ];
    for (name, answer, why) in cases {
        let workspace = Workspace::default();
        workspace.write("dialform.yaml", format!(
            "version: 1\ntenants: [\"tenants/*.yaml\"]\nproviders:\n  mad:\n    kind: stratus\n    url: {}/ns-api/v2\n    token: {{ file: token }}\n    carrier: manual\n    limits: {{ retries: 0, timeout: 5 }}\n  well:\n    kind: deskphone\n    bridge: manual\n",
            mad(answer).unwrap()
        ));
        workspace.write("token", "nsd_token");
        workspace.write(
            "tenants/acme.yaml",
            "tenant: acme\nprovider: mad\naccount: acme.1.service\nqueues: { \"400\": { name: X } }\n",
        );
        workspace.write(
            "tenants/harbour.yaml",
            "tenant: harbour\nprovider: well\naccount: harbour\ndiverts: { \"201\": { busy: off } }\n",
        );
        let began = Instant::now();
        let run = workspace.run(&["plan"]);
        assert_eq!(run.ending, Ending::Error, "{name}: {run:?}");
        let said = format!("{}{}", run.out, run.err);
        assert!(said.contains(why), "{name}: {said}");
        assert!(said.len() < 10_000, "{name}: {} bytes are said", said.len());
        assert!(said.contains("harbour on well"), "{name}: {said}");
        assert!(began.elapsed().as_secs() < 20, "{name} took {:?}", began.elapsed());
    }
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
        workspace.write("dialform.yaml", format!(
            "version: 1\ntenants: [\"acme.yaml\"]\nproviders:\n  mad:\n    kind: stratus\n    url: {}/ns-api/v2\n    token: {{ file: token }}\n    carrier: manual\n    limits: {{ retries: 1 }}\n",
            mad(answer).unwrap()
        ));
        workspace.write("token", "nsd_token");
        workspace.write(
            "acme.yaml",
            "tenant: acme\nprovider: mad\naccount: acme.1.service\nqueues: { \"400\": { name: X } }\n",
        );
        let began = Instant::now();
        let run = workspace.run(&["plan"]);
        assert!(format!("{}{}", run.out, run.err).contains(&format!("status {status}")), "{run:?}");
        let took = began.elapsed().as_secs_f64();
        assert!((2.9..8.0).contains(&took), "{status} was tried again after {took} s");
    }
}
