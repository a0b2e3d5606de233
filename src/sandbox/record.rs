//! Records traffic, one JSON object a line, so that it can be held against the vendors' documents.
//!
//! Headers are never recorded: they hold credentials.

use crate::file;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;

use super::vendor::Request;

/// Appends to one file; shared between sandboxes and threads.
#[derive(Debug)]
pub struct Recorder {
    file: Mutex<File>,
}

/// One exchange, as it stands in the file; bodies are long and not copied.
#[derive(Serialize)]
struct Line<'a> {
    method: &'a str,
    path: &'a str,
    query: String,
    request: Option<&'a Value>,
    status: Option<u16>,
    response: Option<&'a Value>,
}

impl Recorder {
    /// Opens a file to append to, making it when missing.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let file = file::append(path)?;
        Ok(Self { file: Mutex::new(file) })
    }

    /// Appends one exchange; `status` is null when the connection ended without an answer.
    pub fn append(
        &self,
        request: &Request,
        status: Option<u16>,
        response: Option<&Value>,
    ) -> std::io::Result<()> {
        let query =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&request.query).finish();
        let (method, path, request) = (&request.method, &request.path, request.body.as_ref());
        let mut line = serde_json::to_string(&Line { method, path, query, request, status, response })?;
        line.push('\n');
        // One write per line: lines never mix, not even with another process on the same file.
        self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes())
    }
}
