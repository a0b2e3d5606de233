//! Many files of git's from one process.
//!
//! Filters change how long a file is, and git says the length that it has without them. What ends a file is therefore the
//! answer to a question after it: whether there is an object of a name that nobody can have foreseen.

use super::command;
use std::{
    hash::{BuildHasher, RandomState},
    io::{self, BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

/// Bytes of questions that are asked before the answers are read. A pipe holds more, so that neither side waits for the other.
const AHEAD: usize = 16 * 1024;

/// Bytes that are read at once.
const BUFFER: usize = 64 * 1024;

/// A process of git that is asked for files as it would check them out, and for trees.
pub struct Blobs {
    git: Child,
    /// Closed, git ends.
    to: Option<ChildStdin>,
    from: Option<BufReader<ChildStdout>>,
    nobody: String,
}

impl Blobs {
    /// With the attributes of files as a tree has them.
    pub fn open(root: &Path, tree: &str) -> io::Result<Self> {
        let mut git = command()
            .env("GIT_ATTR_SOURCE", tree)
            .arg("-C")
            .arg(root)
            .args(["cat-file", "--batch", "--filters"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (to, from) = (git.stdin.take(), git.stdout.take());
        let from = from.ok_or(io::ErrorKind::BrokenPipe)?;
        let random = || RandomState::new().hash_one(0u8);
        let nobody = format!("nobody-{:016x}{:016x}", random(), random());
        Ok(Self { git, to, from: Some(BufReader::with_capacity(BUFFER, from)), nobody })
    }

    /// The bytes of files, each with the name of its object and its path in the repository; `None` for one that git does not
    /// give. Fails if git has ended.
    pub fn read(&mut self, wanted: &[(&str, &str)]) -> io::Result<Vec<Option<Vec<u8>>>> {
        self.all(wanted, "blob")
    }

    /// The bytes of trees.
    pub fn trees(&mut self, wanted: &[&str]) -> io::Result<Vec<Option<Vec<u8>>>> {
        // A path is asked for, and means nothing to a tree.
        self.all(&wanted.iter().map(|object| (*object, ".")).collect::<Vec<_>>(), "tree")
    }

    fn all(&mut self, wanted: &[(&str, &str)], kind: &str) -> io::Result<Vec<Option<Vec<u8>>>> {
        let mut read = Vec::with_capacity(wanted.len());
        let mut rest = wanted;
        while !rest.is_empty() {
            let mut asked = String::new();
            let mut count = 0;
            for (object, path) in rest {
                let question = format!("{object} {path}\n{}\n", self.nobody);
                if count > 0 && asked.len() + question.len() > AHEAD {
                    break;
                }
                asked.push_str(&question);
                count += 1;
            }
            let to = self.to.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
            to.write_all(asked.as_bytes())?;
            to.flush()?;
            for _ in 0..count {
                read.push(self.answer(kind)?);
            }
            rest = &rest[count..];
        }
        Ok(read)
    }

    fn answer(&mut self, kind: &str) -> io::Result<Option<Vec<u8>>> {
        let end = format!("{} missing\n", self.nobody);
        let mut head = Vec::new();
        self.line(&mut head)?;
        let mut bytes = Vec::new();
        loop {
            let start = bytes.len();
            self.line(&mut bytes)?;
            if &bytes[start..] == end.as_bytes() {
                bytes.truncate(start);
                break;
            }
        }
        // After the file there is the end of a line.
        bytes.pop();
        let said = head.split(|byte| *byte == b' ').nth(1);
        Ok((said == Some(kind.as_bytes())).then_some(bytes))
    }

    fn line(&mut self, into: &mut Vec<u8>) -> io::Result<()> {
        let from = self.from.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        match from.read_until(b'\n', into)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        // It ends when nobody asks, or when nobody listens.
        drop((self.to.take(), self.from.take()));
        let _ = self.git.wait();
    }
}
