//! The sum by which a restore file proves that it is what was written.

use crate::text::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// The key of the sum over everything else.
pub(super) const CHECKSUM: &str = "checksum";

/// The sum over everything else, however it is indented.
pub(super) fn checksum(rest: &impl Serialize) -> serde_json::Result<String> {
    let mut sum = Sum(Sha256::new());
    serde_json::to_writer(&mut sum, rest)?;
    Ok(hex(&sum.0.finalize()))
}

/// Takes bytes into a sum.
struct Sum(Sha256);

impl Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
