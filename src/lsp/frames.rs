//! Messages on the standard streams. No frame takes more memory than has come of it.

use lsp_server::{Connection, Message};
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

/// A connection over the standard streams. It ends with an `exit`, with the input, and with what is no message.
pub fn connect() -> (Connection, Frames) {
    let (server, Connection { sender, receiver }) = Connection::memory();
    let reader = thread::spawn(move || {
        let mut from = stdin().lock();
        while let Some(message) = read(&mut from)? {
            let is_over = matches!(&message, Message::Notification(it) if it.method == "exit");
            if sender.send(message).is_err() || is_over {
                break;
            }
        }
        Ok(())
    });
    let writer = thread::spawn(move || {
        let mut to = stdout().lock();
        receiver.iter().try_for_each(|message| message.write(&mut to))?;
        to.flush()
    });
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

/// The next message; `None` at the end of the input.
fn read(from: &mut impl BufRead) -> io::Result<Option<Message>> {
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
    Ok(Some(serde_json::from_slice(&bytes)?))
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
            ("Content-Length: 2\r\n\r\n{}", "data did not match any variant of untagged enum Message"),
            (deep.as_str(), "recursion limit exceeded at line 1 column 128"),
        ];
        for (text, expected) in cases {
            let read = match read(&mut text.as_bytes()) {
                Ok(Some(Message::Notification(it))) => it.method,
                Ok(Some(other)) => format!("{other:?}"),
                Ok(None) => "end".to_owned(),
                Err(error) => error.to_string(),
            };
            assert_eq!(read, expected, "{}", &text[..text.len().min(60)]);
        }
    }
}
