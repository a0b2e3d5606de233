//! A writer that lets no credential of the run through, wherever it came from.

use super::KnownSecrets;
use std::{
    io::{self, Write},
    sync::Arc,
};

/// As much is kept before it is written, where nobody waits for single lines; and no more of a line that does not end.
const CHUNK: usize = 64 * 1024;

/// Writes whole lines, without credentials. What is left of a line is written by `flush`.
pub struct Redacting<'a> {
    inner: &'a mut (dyn Write + Send),
    known: Arc<KnownSecrets>,
    pending: Vec<u8>,
    /// As much is never pending: [`CHUNK`].
    chunk: usize,
    /// Whether each line is written as it ends.
    by_line: bool,
    /// Why nothing can be written any more. It is said again to everybody who writes: the first to hear of it may have been
    /// busy with something else.
    failure: Option<io::Error>,
}

impl<'a> Redacting<'a> {
    /// Writes each line as it ends.
    pub fn by_line(inner: &'a mut (dyn Write + Send), known: Arc<KnownSecrets>) -> Self {
        Self { inner, known, pending: Vec::new(), chunk: CHUNK, by_line: true, failure: None }
    }

    /// Writes when there is much to write, and when it is flushed.
    pub fn buffered(inner: &'a mut (dyn Write + Send), known: Arc<KnownSecrets>) -> Self {
        Self { by_line: false, ..Self::by_line(inner, known) }
    }

    /// Writes the lines that are whole.
    pub fn write_lines(&mut self) -> io::Result<()> {
        let end = self.pending.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        self.release(end)
    }

    /// Writes the first bytes of what is pending.
    fn release(&mut self, length: usize) -> io::Result<()> {
        if let Some(failure) = &self.failure {
            self.pending.clear();
            return Err(again(failure));
        }
        if length == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&self.pending[..length]);
        let written = self.inner.write_all(self.known.hide(&text).as_bytes());
        self.pending.drain(..length);
        self.remember(written)
    }

    fn remember(&mut self, written: io::Result<()>) -> io::Result<()> {
        written.map_err(|failure| again(self.failure.insert(failure)))
    }
}

/// The same error once more.
fn again(failure: &io::Error) -> io::Error {
    match failure.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(failure.kind(), failure.to_string()),
    }
}

impl Write for Redacting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Who hands over a whole document has it in memory once; that is enough.
        let bytes = bytes.get(..self.chunk).unwrap_or(bytes);
        self.pending.extend_from_slice(bytes);
        let before = self.pending.len();
        if before >= self.chunk || (self.by_line && bytes.contains(&b'\n')) {
            self.write_lines()?;
        }
        // A line without end.
        if self.pending.len() == before && before >= self.chunk {
            self.release(self.known.settled(&self.pending))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.release(self.pending.len())?;
        let flushed = self.inner.flush();
        self.remember(flushed)
    }
}

#[cfg(test)]
#[path = "tests/redacting.rs"]
mod tests;
