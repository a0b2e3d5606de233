//! The promise: a vendor's server that has gone mad, or somebody who answers in its place, gets neither the memory nor the
//! time nor the belief of a run. Its own tenant is blocked, and the plans of the others are whole.

use super::{
    answers::{Answer, Sent, asked, drip, endless, hang, head, huge, json, whole},
    bounded::{self, Bounded},
};
use crate::workspace::Workspace;
use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

/// A shape of madness: its kind and name, the phone system that it is of, the answer, and what is said of it.
struct Shape(&'static str, &'static str, &'static str, Answer, &'static str);

fn serve(answer: Answer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // Who has heard enough hangs up.
            thread::spawn(move || respond(connection, answer));
        }
    });
    url
}

fn respond(mut connection: TcpStream, answer: Answer) -> Sent {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    answer(&mut connection, first.split(' ').nth(1).unwrap_or_default())
}

/// A domain that is as it should be, and users as a closure has them.
fn users(to: &mut TcpStream, path: &str, rows: impl Fn(usize) -> Vec<usize>) -> Sent {
    if path.contains("/users?") {
        let rows: Vec<String> = rows(asked(path, "start"))
            .iter()
            .map(|it| format!(r#"{{"user":"{it}","domain":"acme.1.service"}}"#))
            .collect();
        return json(to, &format!("[{}]", rows.join(",")));
    }
    match path.ends_with("/domains/acme.1.service") {
        true => json(to, r#"{"domain":"acme.1.service"}"#),
        false => json(to, "[]"),
    }
}

/// An account that is as it should be, and numbers as a closure has them, page by page.
fn numbers(to: &mut TcpStream, path: &str, page: impl Fn(usize) -> String) -> Sent {
    match path.contains("/numbers?") {
        true => json(to, &page(asked(path, "page"))),
        false if path.contains('?') => json(to, r#"{"total_entries":0,"total_pages":1}"#),
        false => json(to, r#"{"id":302341,"name":"X","status":"active"}"#),
    }
}

/// People as a closure has them, with the link to the next page.
fn people(to: &mut TcpStream, path: &str, page: impl Fn(usize) -> (String, Option<String>)) -> Sent {
    let (items, next) = page(asked(path, "page"));
    let link = next.map(|next| format!("link: <{next}>; rel=\"next\"\r\n")).unwrap_or_default();
    whole(to, "200 OK", &link, format!("{{\"items\":[{items}]}}").as_bytes())
}

fn numbered(start: usize, rows: usize) -> String {
    let row = |index| format!(r#"{{"id":"TPN{index}","number":"+1410555{index:04}"}}"#);
    (start..start + rows).map(row).collect::<Vec<_>>().join(",")
}

const STRATUS: &str = "stratus";
const CTM: &str = "ctm";
const DESK: &str = "deskphone";

static SHAPES: &[Shape] = &[
    Shape(
        "endless",
        "a text",
        STRATUS,
        |to, _| endless(to, "200 OK", "[\"", "a"),
        "it has a text of more than 64 KiB",
    ),
    Shape(
        "endless",
        "an error",
        STRATUS,
        |to, _| endless(to, "403 Forbidden", "[\"", "a"),
        "status 403: [\"aaa",
    ),
    Shape("endless", "a failure", CTM, |to, _| endless(to, "500 Oh", "[\"", "a"), "status 500"),
    Shape(
        "endless",
        "white space",
        DESK,
        |to, _| endless(to, "200 OK", "{", " "),
        "it has a text of more than 64 KiB",
    ),
    Shape(
        "endless",
        "white space behind",
        CTM,
        |to, _| endless(to, "200 OK", "{}", "\n"),
        "it has a text of more than 64 KiB",
    ),
    Shape(
        "endless",
        "values",
        CTM,
        |to, _| endless(to, "200 OK", "[0", ",0"),
        "it has more than 500000 values",
    ),
    Shape(
        "endless",
        "texts",
        DESK,
        |to, _| endless(to, "200 OK", "[0", &format!(",\"{}\"", "a".repeat(1000))),
        "it is larger than 64 MiB",
    ),
    Shape(
        "endless",
        "headers",
        STRATUS,
        |to, _| {
            write!(to, "HTTP/1.1 200 OK\r\n")?;
            loop {
                write!(to, "x-{0}: {0}\r\n", "a".repeat(1000))?;
            }
        },
        "no answer",
    ),
    Shape(
        "endless",
        "one header",
        DESK,
        |to, _| {
            write!(to, "HTTP/1.1 200 OK\r\nx: ")?;
            loop {
                to.write_all(&[b'a'; 4096])?;
            }
        },
        "no answer",
    ),
    Shape(
        "endless",
        "a status line",
        STRATUS,
        |to, _| {
            let block = "HTTP/1.1 200 OK OK OK".repeat(1000);
            loop {
                to.write_all(block.as_bytes())?;
            }
        },
        "no answer",
    ),
    Shape(
        "endless",
        "a size of a chunk",
        STRATUS,
        |to, _| {
            head(to, "200 OK", "transfer-encoding: chunked\r\n")?;
            let block = "1;x".repeat(10_000);
            loop {
                to.write_all(block.as_bytes())?;
            }
        },
        "no answer",
    ),
    Shape(
        "slow",
        "patience",
        DESK,
        |to, _| {
            let block = "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000);
            loop {
                to.write_all(block.as_bytes())?;
            }
        },
        "no answer",
    ),
    Shape(
        "huge",
        "a length",
        STRATUS,
        |to, _| {
            head(to, "200 OK", "content-length: 999999999999999999\r\n")?;
            to.write_all(b"{}")
        },
        "no answer",
    ),
    Shape(
        "huge",
        "a text",
        STRATUS,
        |to, _| huge(to, "{\"domain\":\"", "a", 70 << 20, "\"}"),
        "it has a text of more than 64 KiB",
    ),
    Shape(
        "huge",
        "values",
        CTM,
        |to, _| huge(to, "{\"numbers\":[0", ",0", 30 << 20, "]}"),
        "it has more than 500000 values",
    ),
    Shape(
        "huge",
        "objects",
        CTM,
        |to, _| huge(to, "{\"numbers\":[{}", ",{}", 10 << 20, "]}"),
        "it has more than 500000 values",
    ),
    Shape(
        "huge",
        "lists",
        DESK,
        |to, _| huge(to, "{\"items\":[[]", ",[]", 10 << 20, "]}"),
        "it has more than 500000 values",
    ),
    Shape("huge", "depth", STRATUS, |to, _| huge(to, "", "[", 1 << 18, ""), "recursion limit exceeded"),
    Shape(
        "huge",
        "depth of objects",
        CTM,
        |to, _| huge(to, "", "{\"a\":", 1 << 18, ""),
        "recursion limit exceeded",
    ),
    Shape(
        "huge",
        "a number",
        STRATUS,
        |to, _| huge(to, "{\"domain\":1", "0", 1 << 20, "}"),
        "it has a text of more than 64 KiB",
    ),
    Shape(
        "huge",
        "escapes",
        DESK,
        |to, _| huge(to, "{\"items\":\"", "\\u0041", 1 << 20, "\"}"),
        "it has a text of more than 64 KiB",
    ),
    Shape(
        "huge",
        "a row",
        STRATUS,
        |to, path| match path.contains("/users?") {
            true => huge(to, "[{\"user\":\"", "1", 30 << 20, "\"}]"),
            false => users(to, path, |_| Vec::new()),
        },
        "it has a text of more than 64 KiB",
    ),
    Shape("slow", "no answer", STRATUS, |_, _| hang(), "no answer"),
    Shape("slow", "no answer of a carrier", CTM, |_, _| hang(), "no answer"),
    Shape("slow", "no answer of a bridge", DESK, |_, _| hang(), "no answer"),
    Shape("slow", "a status line", STRATUS, |to, _| drip(to, "HTTP/1.1 200 OK\r\n"), "no answer"),
    Shape(
        "slow",
        "headers",
        CTM,
        |to, _| {
            write!(to, "HTTP/1.1 200 OK\r\n")?;
            drip(to, "content-type: application/json\r\n")
        },
        "no answer",
    ),
    Shape(
        "slow",
        "a body",
        DESK,
        |to, _| {
            head(to, "200 OK", "content-length: 40\r\n")?;
            drip(to, "{\"items\":[                              ")
        },
        "no answer",
    ),
    Shape(
        "slow",
        "half a body",
        STRATUS,
        |to, _| {
            head(to, "200 OK", "content-length: 40\r\n")?;
            to.write_all(b"{\"domain\":")?;
            hang()
        },
        "no answer",
    ),
    Shape(
        "slow",
        "a body that ends early",
        CTM,
        |to, _| {
            head(to, "200 OK", "content-length: 40\r\n")?;
            to.write_all(b"{\"id\":")
        },
        "no answer",
    ),
    Shape("slow", "hangs up", DESK, |_, _| Ok(()), "no answer"),
    Shape(
        "slow",
        "wait a year",
        STRATUS,
        |to, _| whole(to, "429 Busy", "retry-after: 31536000\r\n", b"{}"),
        "status 429",
    ),
    Shape(
        "slow",
        "wait until 9999",
        CTM,
        |to, _| whole(to, "503 Busy", "retry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n", b"{}"),
        "status 503",
    ),
    Shape(
        "slow",
        "every page",
        STRATUS,
        |to, path| {
            thread::sleep(Duration::from_millis(700));
            users(to, path, |start| (start..start + 1000).collect())
        },
        "takes longer than 3 seconds",
    ),
    Shape(
        "looping",
        "the same page",
        STRATUS,
        |to, path| users(to, path, |_| (0..1000).collect()),
        "the same 1000 rows for every `start`",
    ),
    Shape(
        "looping",
        "two pages in turn",
        STRATUS,
        |to, path| {
            users(to, path, |start| {
                let first = start / 1000 % 2 * 1000;
                (first..first + 1000).collect()
            })
        },
        "the same 1000 rows for every `start`",
    ),
    Shape(
        "looping",
        "three pages of a small cap",
        STRATUS,
        |to, path| {
            users(to, path, |start| {
                let first = start / 25 % 3 * 25;
                (first..first + 25).collect()
            })
        },
        "the same 25 rows for every `start`",
    ),
    Shape(
        "looping",
        "ever new rows",
        STRATUS,
        |to, path| users(to, path, |start| (start..start + 1000).collect()),
        "more than 200000 rows",
    ),
    Shape(
        "looping",
        "a page that is itself",
        DESK,
        |to, path| people(to, path, |_| (String::new(), Some("/v1/people?page=1".to_owned()))),
        "one that was read before",
    ),
    Shape(
        "looping",
        "two pages",
        DESK,
        |to, path| {
            people(to, path, |page| (String::new(), Some(format!("/v1/people?page={}", page % 2 + 1))))
        },
        "one that was read before",
    ),
    Shape(
        "looping",
        "five pages",
        DESK,
        |to, path| {
            people(to, path, |page| (String::new(), Some(format!("/v1/people?page={}", page % 5 + 1))))
        },
        "one that was read before",
    ),
    Shape(
        "looping",
        "ever new pages",
        DESK,
        |to, path| people(to, path, |page| (String::new(), Some(format!("/v1/people?page={}", page + 1)))),
        "more than",
    ),
    Shape(
        "looping",
        "a billion pages",
        CTM,
        |to, path| {
            numbers(to, path, |page| {
                format!("{{\"total_pages\":1000000000,\"numbers\":[{}]}}", numbered(page * 100, 100))
            })
        },
        "more than 1000 pages",
    ),
    Shape(
        "looping",
        "the same rows",
        CTM,
        |to, path| numbers(to, path, |_| format!("{{\"total_pages\":9,\"numbers\":[{}]}}", numbered(0, 100))),
        "the same row came twice",
    ),
    Shape(
        "looping",
        "an empty page and no end",
        CTM,
        |to, path| numbers(to, path, |_| "{\"total_pages\":9,\"numbers\":[]}".to_owned()),
        "is empty and not the last",
    ),
    Shape(
        "looping",
        "to itself",
        STRATUS,
        |to, path| whole(to, "302 Found", &format!("location: {path}\r\n"), b""),
        "status 302",
    ),
    Shape(
        "duplicated",
        "a key",
        STRATUS,
        |to, _| json(to, r#"{"domain":"acme.1.service","domain":"x"}"#),
        "has the key \"domain\" twice",
    ),
    Shape(
        "duplicated",
        "a key below",
        STRATUS,
        |to, _| json(to, r#"{"domain":"x","y":[{"a":1,"a":2}]}"#),
        "has the key \"a\" twice",
    ),
    Shape(
        "duplicated",
        "a key with an escape",
        CTM,
        |to, _| json(to, "{\"id\":1,\"\\u0069d\":2}"),
        "has the key \"id\" twice",
    ),
    Shape(
        "duplicated",
        "a row",
        CTM,
        |to, path| {
            numbers(to, path, |_| format!("{{\"total_pages\":1,\"numbers\":[{0},{0}]}}", numbered(0, 1)))
        },
        "the same row came twice",
    ),
    Shape(
        "duplicated",
        "a row on two pages",
        CTM,
        |to, path| {
            numbers(to, path, |page| {
                format!("{{\"total_pages\":2,\"numbers\":[{}]}}", numbered(page / 2 * 99, 100))
            })
        },
        "the same row came twice",
    ),
    Shape(
        "duplicated",
        "a row too many",
        CTM,
        |to, path| {
            numbers(to, path, |_| {
                format!("{{\"total_pages\":1,\"total_entries\":1,\"numbers\":[{}]}}", numbered(0, 2))
            })
        },
        "expected 1 rows, got 2",
    ),
    Shape(
        "duplicated",
        "a person",
        DESK,
        |to, path| {
            people(to, path, |_| {
                (r#"{"id":"A","extension":"201"},{"id":"B","extension":"201"}"#.to_owned(), None)
            })
        },
        "reading the diverts of `201`",
    ),
    Shape(
        "duplicated",
        "a length",
        STRATUS,
        |to, _| whole(to, "200 OK", "content-length: 1\r\n", b"{}"),
        "no answer",
    ),
    Shape(
        "half-encoded",
        "no UTF-8",
        STRATUS,
        |to, _| whole(to, "200 OK", "", b"{\"domain\":\"\xff\"}"),
        "it is not UTF-8 from byte 11 on",
    ),
    Shape(
        "half-encoded",
        "half a letter",
        CTM,
        |to, _| whole(to, "200 OK", "", b"{\"domain\":\"\xc3\"}"),
        "it is not UTF-8 from byte 11 on",
    ),
    Shape(
        "half-encoded",
        "half a pair",
        DESK,
        |to, _| json(to, r#"{"items":["\ud800"]}"#),
        "unexpected end of hex escape",
    ),
    Shape(
        "half-encoded",
        "UTF-16",
        STRATUS,
        |to, _| whole(to, "200 OK", "", b"\xff\xfe{\0}\0"),
        "it is not UTF-8 from byte 0 on",
    ),
    Shape(
        "half-encoded",
        "compressed",
        CTM,
        |to, _| whole(to, "200 OK", "content-encoding: gzip\r\n", b"\x1f\x8b\x08\0\0\0\0\0"),
        "it is not UTF-8 from byte 1 on",
    ),
    Shape("half-encoded", "cut", STRATUS, |to, _| json(to, r#"{"domain":"acme"#), "EOF while parsing"),
    Shape(
        "half-encoded",
        "a line end in a text",
        DESK,
        |to, _| json(to, "{\"items\":[\"a\nb\"]}"),
        "control character",
    ),
    Shape("half-encoded", "two documents", CTM, |to, _| json(to, "{}{}"), "trailing characters"),
    Shape(
        "half-encoded",
        "a web page",
        STRATUS,
        |to, _| whole(to, "200 OK", "", b"<html>Sign in</html>"),
        "expected value",
    ),
    Shape(
        "half-encoded",
        "a part",
        STRATUS,
        |to, _| whole(to, "206 Partial Content", "content-range: bytes 0-1/9\r\n", b"{}"),
        "it is only a part",
    ),
    Shape(
        "half-encoded",
        "no size of a chunk",
        DESK,
        |to, _| {
            head(to, "200 OK", "transfer-encoding: chunked\r\n")?;
            to.write_all(b"zz\r\n{}\r\n")
        },
        "no answer",
    ),
];

/// The settings of the mad one, and its tenant.
fn declared(kind: &str, url: &str) -> (String, &'static str) {
    match kind {
        STRATUS => (
            format!(
                "kind: stratus\n    url: {url}/ns-api/v2\n    token: {{ file: token }}\n    carrier: manual"
            ),
            "account: acme.1.service\nqueues: { \"400\": { name: X } }\n",
        ),
        CTM => (
            format!(
                "kind: ctm\n    url: {url}/api/v1\n    access_key: {{ file: token }}\n    secret_key: {{ file: token }}"
            ),
            "account: \"302341\"\nnumbers: { \"+14105550100\": { label: X } }\n",
        ),
        _ => (
            format!("kind: deskphone\n    url: {url}/v1\n    token: {{ file: token }}"),
            "account: acme\ndiverts: { \"201\": { busy: off } }\n",
        ),
    }
}

fn holds(Shape(kind, name, system, answer, why): &Shape) -> Result<(), String> {
    let workspace = Workspace::default();
    let (settings, tenant) = declared(system, &serve(*answer));
    workspace.write("dialform.yaml", format!(
        "version: 1\ntenants: [\"tenants/*.yaml\"]\nproviders:\n  mad:\n    {settings}\n    limits: {{ retries: 0, timeout: {}, requests_per_second: 1000, account_timeout: {} }}\n  well:\n    kind: deskphone\n    bridge: manual\n",
        // Also a busy machine takes 64 MiB in that time, six times at once.
        if *kind == "slow" { 2 } else { 25 },
        if *kind == "slow" { 3 } else { 30 },
    ));
    workspace.write("token", "nsd_token");
    workspace.write("tenants/acme.yaml", format!("tenant: acme\nprovider: mad\n{tenant}"));
    workspace.write(
        "tenants/harbour.yaml",
        "tenant: harbour\nprovider: well\naccount: harbour\ndiverts: { \"201\": { busy: off } }\n",
    );
    let Bounded { code, said, took, peak, ended } = bounded::run(&workspace, &["plan"]);
    let start: String = said.chars().take(600).collect();
    // On a busy machine the time may be over before the pages are: that is a bound as well.
    let explained = said.contains(why) || *kind == "looping" && said.contains("takes longer than 30 seconds");
    let wrong = [
        (code != Some(1), format!("ended with {ended}")),
        (!explained, format!("does not say `{why}`")),
        (!said.contains("harbour on well"), "the other tenant has no plan".to_owned()),
        (said.len() > 10_000, format!("says {} bytes", said.len())),
        (took > Duration::from_secs(45), format!("took {took:?}")),
        (peak > bounded::PEAK, format!("took {} MiB", peak >> 20)),
    ];
    match wrong.into_iter().find(|(is_wrong, _)| *is_wrong) {
        Some((_, why)) => Err(format!("{kind}: {name} ({system}): {why}: {start}")),
        None => Ok(()),
    }
}

/// Each shape ends within its bound, of time and of memory. Most of them only wait.
#[test]
fn a_mad_server_blocks_its_own_tenant() {
    for kind in ["endless", "huge", "slow", "looping", "duplicated", "half-encoded"] {
        assert!(SHAPES.iter().filter(|it| it.0 == kind).count() >= 5, "{kind}");
    }
    assert!(SHAPES.len() >= 60, "{}", SHAPES.len());
    let wrong = bounded::six_at_once(SHAPES, holds);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), SHAPES.len(), wrong.join("\n"));
}

/// How many there are.
pub fn count() -> usize {
    SHAPES.len()
}
