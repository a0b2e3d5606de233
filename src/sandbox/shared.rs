//! One state that several processes serve, `sandbox serve` and runs with `--sandbox`: one at a time answers a request, and
//! whoever is next reads what others have written.

use crate::file;
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

/// A file that counts how often a log was taken over, locked while a request is answered.
#[derive(Debug)]
pub struct Shared {
    file: File,
    /// The number that is known here.
    seen: u64,
}

impl Shared {
    pub fn open(path: &Path) -> io::Result<Self> {
        if let Some(directory) = path.parent() {
            file::own_directory(directory)?;
        }
        let file = file::hold(path)?;
        Ok(Self { file, seen: 0 })
    }

    /// Waits for its turn; whether somebody else has taken over the log since the last one.
    pub fn enter(&mut self) -> io::Result<bool> {
        self.file.lock()?;
        let written = self.read()?;
        let other = written != self.seen;
        self.seen = written;
        Ok(other)
    }

    /// Tells the others that the log goes, before it does: to read once too often does no harm.
    pub fn announce(&mut self) -> io::Result<()> {
        self.seen += 1;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&self.seen.to_le_bytes())
    }

    /// Whether its turn would come at once.
    pub fn is_free(&self) -> bool {
        let is_free = self.file.try_lock().is_ok();
        self.leave();
        is_free
    }

    /// Ends the turn.
    pub fn leave(&self) {
        // The file stays locked only if it is closed already, which unlocks it.
        let _ = self.file.unlock();
    }

    fn read(&mut self) -> io::Result<u64> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        // A new file says nothing yet.
        Ok(bytes.try_into().map_or(0, u64::from_le_bytes))
    }
}
