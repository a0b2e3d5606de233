//! Where a run writes: data in large pieces, talk at once, and both in the order in which they were written.

use crate::secret::Redacting;
use anstream::{
    AutoStream, ColorChoice,
    adapter::StripBytes,
    stream::{AsLockedWrite, RawStream},
};
use std::{
    io::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Data. It is written when there is much of it, when it is flushed, and before anybody talks.
#[derive(Clone)]
pub struct Data<'a>(Arc<Mutex<Redacting<'a>>>);

impl<'a> Data<'a> {
    pub fn new(out: Redacting<'a>) -> Self {
        Self(Arc::new(Mutex::new(out)))
    }

    fn out(&self) -> MutexGuard<'_, Redacting<'a>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Data<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out().flush()
    }
}

/// Talk. Both streams may end in one log: what was written before stands before.
pub struct Talk<'a> {
    pub data: Data<'a>,
    pub err: Redacting<'a>,
}

impl Write for Talk<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // If that fails, who writes data next is told.
        let _ = self.data.out().write_lines();
        self.err.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.err.flush()
    }
}

/// A stream of this process, with colours where they are wanted.
pub fn stream<S: RawStream + AsLockedWrite + Send + 'static>(
    raw: S,
    choice: ColorChoice,
) -> Box<dyn Write + Send> {
    let choice = if choice == ColorChoice::Auto { AutoStream::choice(&raw) } else { choice };
    match choice {
        ColorChoice::Never => Box::new(Plain { raw, colours: StripBytes::new() }),
        _ => Box::new(AutoStream::new(raw, choice)),
    }
}

/// Takes colours out of a whole piece before it is written: `AutoStream` writes what stands between two of them by itself.
struct Plain<S> {
    raw: S,
    colours: StripBytes,
}

impl<S: Write> Write for Plain<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut plain = Vec::with_capacity(bytes.len());
        self.colours.strip_next(bytes).for_each(|part| plain.extend_from_slice(part));
        self.raw.write_all(&plain)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.raw.flush()
    }
}

#[cfg(test)]
#[path = "tests/streams.rs"]
mod tests;
