//! Messages on the standard streams. No frame takes more memory than has come of it.

use lsp_server::{Connection, ErrorCode, Message};
use serde_json::{Value, json};
use std::{
    io::{self, BufRead, Read, Write, stdin, stdout},
    thread::{self, JoinHandle},
};

/// The largest message: many times the largest file, for JSON is longer.
const LARGEST: u64 = 256 << 20;

/// The longest line before a message.
const LINE: u64 = 4096;

/// The threads that read and write.
pub struct Frames {
    reader: JoinHandle<io::Result<()>>,
    writer: JoinHandle<io::Result<()>>,
}

/// A connection over the standard streams. It ends with an `exit`, with the input, and with what is no frame. A frame
/// that holds no message is refused, and the next one is read.
pub fn connect() -> (Connection, Frames) {
    let (server, Connection { sender, receiver }) = Connection::memory();
    let reader = thread::spawn(move || {
        let mut from = stdin().lock();
        while let Some(bytes) = frame(&mut from)? {
            let message = match message(bytes) {
                Ok(message) => message,
                Err(refused) => {
                    write(&refused)?;
                    continue;
                }
            };
            let is_over = matches!(&message, Message::Notification(it) if it.method == "exit");
            if sender.send(message).is_err() || is_over {
                break;
            }
        }
        Ok(())
    });
    // Each message has the output for itself: both threads write.
    let writer =
        thread::spawn(move || receiver.iter().try_for_each(|message| message.write(&mut stdout().lock())));
    (server, Frames { reader, writer })
}

impl Frames {
    /// Waits until all is written that was sent; whether all could be read and written.
    pub fn end(self) -> io::Result<()> {
        let gone = || io::Error::other("a thread has ended before its time");
        self.writer.join().unwrap_or_else(|_| Err(gone()))?;
        self.reader.join().unwrap_or_else(|_| Err(gone()))
    }
}

fn write(answer: &Value) -> io::Result<()> {
    let text = answer.to_string();
    let mut to = stdout().lock();
    write!(to, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    to.flush()
}

/// What is in the next frame; `None` at the end of the input.
fn frame(from: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let no_frame = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    let mut length = None;
    loop {
        let mut line = String::new();
        if from.by_ref().take(LINE).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let Some(line) = line.strip_suffix('\n') else { return Err(no_frame("a header has no end")) };
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| no_frame("a header has no colon"))?;
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse::<u64>().ok().filter(|it| *it <= LARGEST);
            length.ok_or_else(|| no_frame("a message has no length, or is too long"))?;
        }
    }
    let length = length.ok_or_else(|| no_frame("a message has no length"))?;
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(no_frame("a message is cut off"));
    }
    Ok(Some(bytes))
}

/// The message in a frame, or the answer that it is none.
fn message(mut bytes: Vec<u8>) -> Result<Message, Value> {
    let refused = |code: ErrorCode, message: String| json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code as i32, "message": message } });
    replace_lone_surrogates(&mut bytes);
    let value: Value = serde_json::from_slice(&bytes)
        .map_err(|error| refused(ErrorCode::ParseError, format!("the message is not JSON: {error}")))?;
    let none = "the message is neither a request, nor a notification, nor a response";
    serde_json::from_value(value).map_err(|_| refused(ErrorCode::InvalidRequest, none.to_owned()))
}

/// Half of a character is valid in JSON, and editors send it, but it is no text: U+FFFD takes its place.
fn replace_lone_surrogates(bytes: &mut [u8]) {
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], unit(bytes, at)) {
            (b'\\', Some(0xd800..=0xdbff)) if matches!(unit(bytes, at + 6), Some(0xdc00..=0xdfff)) => {
                at += 12
            }
            (b'\\', Some(0xd800..=0xdfff)) => {
                bytes[at + 2..at + 6].copy_from_slice(b"fffd");
                at += 6;
            }
            (b'\\', _) => at += 2,
            _ => at += 1,
        }
    }
}

/// The number in a `\uXXXX` that begins at a byte.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a length claims costs nothing, and what is no message is none.
    #[test]
    fn only_whole_messages_are_read() {
        let ping = "{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}";
        let framed = format!("Content-Type: x\r\ncontent-length: {}\r\n\r\n{ping}", ping.len());
        let deep = format!("Content-Length: 20000\r\n\r\n{}", "[".repeat(20000));
        let long = "a".repeat(9000);
        let cases = [
            (framed.as_str(), "ping"),
            ("", "end"),
            ("Content-Length: 99999999999999\r\n\r\n{}", "a message has no length, or is too long"),
            ("Content-Length: 200000000\r\n\r\n{}", "a message is cut off"),
            ("Content-Length: -1\r\n\r\n{}", "a message has no length, or is too long"),
            ("\r\n{}", "a message has no length"),
            ("GET / HTTP/1.1\r\n\r\n", "a header has no colon"),
            (long.as_str(), "a header has no end"),
            ("Content-Length: 2\r\n\r\n{}", "-32600"),
            ("Content-Length: 2\r\n\r\n[]", "-32600"),
            ("Content-Length: 5\r\n\r\n{bad}", "-32700"),
            (deep.as_str(), "-32700"),
        ];
        for (text, expected) in cases {
            let read = match frame(&mut text.as_bytes()).map(|it| it.map(message)) {
                Ok(Some(Ok(Message::Notification(it)))) => it.method,
                Ok(Some(Ok(other))) => format!("{other:?}"),
                Ok(Some(Err(refused))) => refused["error"]["code"].to_string(),
                Ok(None) => "end".to_owned(),
                Err(error) => error.to_string(),
            };
            assert_eq!(read, expected, "{}", &text[..text.len().min(60)]);
        }
    }
    /// A pair is one character and stays; what only looks like half of one stays too.
    #[test]
    fn half_a_character_is_replaced() {
        let cases = [
            (r"a: \ud83d", r"a: \ufffd"),
            (r"\ud83d\ude00", r"\ud83d\ude00"),
            (r"\ude00\ud83d", r"\ufffd\ufffd"),
            (r"\ud83d\ud83d\ude00", r"\ufffd\ud83d\ude00"),
            (r"\\ud83d", r"\\ud83d"),
            (r"\\\ud83d", r"\\\ufffd"),
            (r"\ud8", r"\ud8"),
        ];
        for (text, expected) in cases {
            let mut bytes = text.as_bytes().to_vec();
            replace_lone_surrogates(&mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), expected, "{text}");
        }
    }
}
