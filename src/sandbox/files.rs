//! Reads and writes the files of a state directory, one for each account, and the seeds they are made from.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::document::Document;
use crate::file;

/// One JSON file for each account.
#[derive(Debug)]
pub struct StateFiles {
    directory: PathBuf,
    tables: &'static [&'static str],
    /// Whether a write reaches the disk before it counts as done.
    durable: bool,
}

impl StateFiles {
    pub fn new(directory: PathBuf, tables: &'static [&'static str], durable: bool) -> Self {
        Self { directory, tables, durable }
    }

    pub fn path(&self, account: &str) -> PathBuf {
        self.directory.join(format!("{account}.json"))
    }

    /// Reads an account as its file has it.
    pub fn read(&self, account: &str) -> io::Result<Document> {
        self.parse(&self.text(account)?)
    }

    pub fn text(&self, account: &str) -> io::Result<String> {
        std::fs::read_to_string(self.path(account))
    }

    pub fn parse(&self, text: &str) -> io::Result<Document> {
        Document::parse(text, self.tables)
            .map_err(|message| io::Error::new(io::ErrorKind::InvalidData, message))
    }

    /// Replaces the file in one step: a reader or a crash meets the old state or the new one.
    pub fn write(&self, account: &str, document: &Document) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
        file.write_all(document.to_text().as_bytes())?;
        if self.durable {
            file.as_file().sync_all()?;
        }
        file.persist(self.path(account))?;
        Ok(())
    }
}

/// Lists the accounts a directory has files for; a directory that does not exist has none.
pub fn stems(directory: &Path, extension: &str) -> io::Result<BTreeSet<String>> {
    let mut stems = BTreeSet::new();
    if !directory.exists() {
        return Ok(stems);
    }
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            stems.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
        }
    }
    Ok(stems)
}

/// A seed may come from a stranger too.
pub fn read_seed(directory: &Path, account: &str) -> io::Result<String> {
    let bytes = file::read(directory, &format!("{account}.yaml"), file::LARGEST_OF_ALL)?;
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
