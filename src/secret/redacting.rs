//! A writer that lets no credential of the run through, wherever it came from.

use super::KnownSecrets;
use std::{
    io::{self, Write},
    sync::Arc,
};

/// Writes whole lines, without credentials. What is left of a line is written by `flush`.
pub struct Redacting<'a> {
    inner: &'a mut (dyn Write + Send),
    known: Arc<KnownSecrets>,
    pending: Vec<u8>,
}

impl<'a> Redacting<'a> {
    pub fn new(inner: &'a mut (dyn Write + Send), known: Arc<KnownSecrets>) -> Self {
        Self { inner, known, pending: Vec::new() }
    }

    /// Writes the first bytes of what is pending.
    fn release(&mut self, length: usize) -> io::Result<()> {
        let released: Vec<u8> = self.pending.drain(..length).collect();
        let text = String::from_utf8_lossy(&released);
        self.inner.write_all(self.known.hide(&text).as_bytes())
    }
}

impl Write for Redacting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let before = self.pending.len();
        self.pending.extend_from_slice(bytes);
        if let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') {
            self.release(before + end + 1)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.release(self.pending.len())?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;

    /// Writers write in pieces: a credential must not pass in two halves.
    #[test]
    fn a_credential_in_pieces_is_hidden() {
        let known = Arc::new(KnownSecrets::default());
        let mut seen = Vec::new();
        let mut out = Redacting::new(&mut seen, Arc::clone(&known));
        known.learn(&SecretString::from("nsd_planted"));
        for piece in ["a nsd_", "plan", "ted b\nand nsd_", "planted"] {
            out.write_all(piece.as_bytes()).unwrap();
        }
        out.flush().unwrap();
        assert_eq!(String::from_utf8(seen).unwrap(), "a [hidden credential] b\nand [hidden credential]");
    }
}
