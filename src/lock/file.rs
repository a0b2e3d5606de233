//! Locks of one machine: a file that the operating system locks, and unlocks when its process ends, however it ends.

use super::{Acquired, Key, Owner};
use crate::{explained::Explained, file, text::io_reason};
use std::{
    fs::{File, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
    time::Duration,
};

/// A lock that is held as long as this lives.
#[derive(Debug)]
pub struct FileLock {
    file: File,
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Emptied so that nobody reads an old owner. The file itself stays: a waiting run has it open, and a new file of
        // that name would be another lock.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

/// Looking takes the lock for a moment as well, so an attempt is repeated for this long.
const GLANCES: u32 = 5;
const GLANCE: Duration = Duration::from_millis(10);

fn failed(what: &str, path: &Path, error: &std::io::Error) -> Explained {
    let help = match error.kind() {
        std::io::ErrorKind::Unsupported => {
            "the file system of the workspace does not support locks: use one that does"
        }
        _ => "check the permissions: apply keeps its locks in the workspace",
    };
    Explained::with_help(format!("cannot {what} `{}`: {}", path.display(), io_reason(error)), help.to_owned())
}

/// Takes the lock if nobody has it. Does not wait.
pub fn try_take(directory: &Path, key: &Key, owner: &Owner) -> Result<Acquired<FileLock>, Explained> {
    file::own_directory(directory).map_err(|error| failed("create", directory, &error))?;
    let path = directory.join(key.name());
    let mut file = file::hold(&path).map_err(|error| failed("open", &path, &error))?;
    let mut locked = file.try_lock();
    for _ in 0..GLANCES {
        if !matches!(locked, Err(TryLockError::WouldBlock)) {
            break;
        }
        std::thread::sleep(GLANCE);
        locked = file.try_lock();
    }
    match locked {
        Ok(()) => {
            let written = file.set_len(0).and_then(|()| file.write_all(&serde_json::to_vec(owner)?));
            written.map_err(|error| failed("write", &path, &error))?;
            Ok(Acquired::Yes(FileLock { file }))
        }
        Err(TryLockError::WouldBlock) => Ok(Acquired::HeldBy(read(&mut file))),
        Err(TryLockError::Error(error)) => Err(failed("lock", &path, &error)),
    }
}

/// Who has the lock: `None` if nobody, `Some(None)` if it does not say who.
pub fn holder(directory: &Path, key: &Key) -> Result<Option<Option<Owner>>, Explained> {
    let path = directory.join(key.name());
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("open", &path, &error)),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(read(&mut file))),
        Err(TryLockError::Error(error)) => Err(failed("look at", &path, &error)),
    }
}

/// What the holder wrote; nothing while it is still writing.
fn read(file: &mut File) -> Option<Owner> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}
