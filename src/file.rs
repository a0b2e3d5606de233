//! Plain files: the way to read what a stranger may have put into a workspace.
//!
//! A pull request can bring links and, in an archive, devices and pipes. What a link outside the workspace leads to is never
//! read, so that no message can show it.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

/// Reads a file of a workspace. Its name is relative to the root.
pub fn read(root: &Path, name: &str) -> io::Result<Vec<u8>> {
    fs::read(plain(root, name)?)
}

/// Where a file really is: below the root, and a plain file.
fn plain(root: &Path, name: &str) -> io::Result<PathBuf> {
    let refuse = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, why.to_owned());
    if Path::new(name).components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(refuse("it is outside the workspace"));
    }
    let path = root.join(name).canonicalize()?;
    if !path.starts_with(root.canonicalize()?) {
        return Err(refuse("it is a link that leads out of the workspace"));
    }
    match path.metadata()? {
        it if it.is_file() => Ok(path),
        it if it.is_dir() => Err(refuse("it is a directory")),
        _ => Err(refuse("it is no plain file")),
    }
}
