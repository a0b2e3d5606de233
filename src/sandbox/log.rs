//! Keeps the writes since the account files were last written, one JSON object a line.
//!
//! A write costs what it changes, not what its account holds. To apply a line twice does no harm: it says what a row is.

use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::document::{Change, Document};
use crate::file;

/// The log of one system's state.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    durable: bool,
    /// How many bytes of it are known here.
    known: u64,
}

/// One write: what it made of each row that it touched.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    pub account: String,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Row {
    section: String,
    /// `None`: the section is a single value.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// `None`: it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
}

impl Record {
    pub fn new(account: &str, changes: &[Change]) -> Self {
        let row = |change: &Change| Row {
            section: change.section.to_owned(),
            key: change.key.map(str::to_owned),
            value: change.after.cloned(),
        };
        Self { account: account.to_owned(), rows: changes.iter().map(row).collect() }
    }

    pub fn parse(line: &[u8]) -> io::Result<Self> {
        Ok(serde_json::from_slice(line)?)
    }

    pub fn to_json(&self) -> io::Result<Vec<u8>> {
        Ok(serde_json::to_vec(self)?)
    }

    /// Makes the write again.
    pub fn apply(self, document: &mut Document) {
        for Row { section, key, value } in self.rows {
            match (key, value) {
                (Some(key), Some(value)) => document.put(&section, &key, value),
                (Some(key), None) => document.remove(&section, &key),
                (None, value) => document.set(&section, value.unwrap_or_default()),
            }
        }
    }
}

impl Log {
    pub fn new(path: PathBuf, durable: bool) -> Self {
        Self { path, durable, known: 0 }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes it has, as far as is known here.
    pub fn length(&self) -> u64 {
        self.known
    }

    fn on_disk(&self) -> io::Result<u64> {
        match self.path.metadata() {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Whether somebody else has taken it away.
    pub fn has_gone(&self) -> io::Result<bool> {
        Ok(self.on_disk()? < self.known)
    }

    /// Returns what was written by others since the last look. Half of a line at the end was never answered, and goes.
    pub fn news(&mut self) -> io::Result<Vec<Record>> {
        let length = self.on_disk()?;
        if length <= self.known {
            return Ok(Vec::new());
        }
        let mut file = file::hold(&self.path)?;
        file.seek(SeekFrom::Start(self.known))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let lines = bytes[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let records = lines.map(Record::parse).collect::<io::Result<_>>()?;
        self.known += whole as u64;
        if whole < bytes.len() {
            file.set_len(self.known)?;
        }
        Ok(records)
    }

    /// Adds a write. It is on disk when this returns.
    pub fn append(&mut self, account: &str, changes: &[Change]) -> io::Result<()> {
        let mut line = Record::new(account, changes).to_json()?;
        line.push(b'\n');
        // Opened each time: whoever shares the state may have taken the file away.
        let mut file = file::append(&self.path)?;
        let mut done = file.write_all(&line);
        if self.durable {
            done = done.and_then(|()| file.sync_data());
        }
        if done.is_err() {
            // Nothing may follow half of a line.
            file.set_len(self.known)?;
        }
        done?;
        self.known += line.len() as u64;
        Ok(())
    }

    /// Takes the log away: the account files say it all.
    pub fn clear(&mut self) -> io::Result<()> {
        self.known = 0;
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Begins at the top again, where somebody else has taken it away.
    pub fn begin(&mut self) {
        self.known = 0;
    }
}
