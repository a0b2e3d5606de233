//! Files of a workspace: the way to read what a stranger may have put there, and to write beside it.
//!
//! A pull request can bring links and, in an archive, devices and pipes. What a link outside the workspace leads to is never
//! read, so that no message can show it, and never written.
//!
//! - `matching`: the files that a pattern names

mod matching;

pub use matching::{OPTIONS, in_directory, no_pattern};

use std::{
    collections::HashMap,
    fs::{self, DirBuilder, File},
    io::{self, Read, Write},
    path::{Component, Path, PathBuf},
};

/// The workspace's directory for what dialform writes.
pub const OURS: &str = ".dialform";

const MIB: u64 = 1 << 20;

/// Bytes of the largest file of a workspace, unless `max_file_mib` says otherwise.
pub const LARGEST: u64 = 2 * MIB;

/// Bytes of the largest file that a person has written.
pub const LARGEST_OF_ALL: u64 = 64 * MIB;

/// Bytes of the largest file of a run that a later one reads: what a large fleet plans and was before is more than anybody writes by
/// hand.
pub const LARGEST_OF_RUNS: u64 = 1024 * MIB;

/// Reads a file of a workspace of at most so many bytes. Its name is relative to the root.
pub fn read(root: &Path, name: &str, most: u64) -> io::Result<Vec<u8>> {
    let (path, length) = plain(root, name)?;
    bounded(&path, length, most)
}

/// How many bytes a file of a workspace has, if it is there.
pub fn length(root: &Path, name: &str) -> Option<u64> {
    Some(root.join(name).metadata().ok()?.len())
}

/// Reads many files of a workspace. Where a directory is really is asked once.
pub struct Many<'a> {
    root: &'a Path,
    /// Directories, and whether they are below the root.
    known: HashMap<PathBuf, bool>,
}

impl<'a> Many<'a> {
    pub fn below(root: &'a Path) -> Self {
        Self { root, known: HashMap::new() }
    }

    /// As [`read`] does.
    pub fn read(&mut self, name: &str, most: u64) -> io::Result<Vec<u8>> {
        let path = self.root.join(name);
        let is_plain = |part| matches!(part, Component::Normal(_));
        let directory = path.parent().filter(|_| Path::new(name).components().all(is_plain));
        let Some(directory) = directory else { return read(self.root, name, most) };
        let is_inside = match self.known.get(directory) {
            Some(known) => *known,
            None => {
                let inside = directory.canonicalize()?.starts_with(self.root.canonicalize()?);
                self.known.insert(directory.to_owned(), inside);
                inside
            }
        };
        // A link, or what is no plain file, is for the one that looks where it leads.
        let found = path.symlink_metadata()?;
        if is_inside && found.is_file() {
            bounded(&path, found.len(), most)
        } else {
            read(self.root, name, most)
        }
    }
}

/// Reads a file that a person has named.
pub fn read_named(path: &Path) -> io::Result<String> {
    String::from_utf8(bytes_named(path, LARGEST_OF_ALL)?).map_err(no_text)
}

/// The same of one that an earlier run has written: a saved plan, a restore file.
pub fn read_of_run(path: &Path) -> io::Result<String> {
    String::from_utf8(bytes_named(path, LARGEST_OF_RUNS)?).map_err(no_text)
}

/// Refuses to write for a later run what that would not read.
pub fn ensure_read_again(bytes: u64) -> io::Result<()> {
    match bytes <= LARGEST_OF_RUNS {
        true => Ok(()),
        false => {
            let why = format!("it would be larger than {} MiB, and is not read then", LARGEST_OF_RUNS / MIB);
            Err(io::Error::new(io::ErrorKind::FileTooLarge, why))
        }
    }
}

/// The same as [`read_of_run`] of a file whose end may be missing: half of a character is left out.
pub fn read_cut_off(path: &Path) -> io::Result<String> {
    String::from_utf8(bytes_named(path, LARGEST_OF_RUNS)?).or_else(|error| {
        let whole = error.utf8_error();
        if whole.error_len().is_some() {
            return Err(no_text(error));
        }
        let mut bytes = error.into_bytes();
        bytes.truncate(whole.valid_up_to());
        String::from_utf8(bytes).map_err(no_text)
    })
}

fn no_text(error: std::string::FromUtf8Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

fn bytes_named(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    if is_stream(path) {
        return fs::read(path);
    }
    let found = path.metadata()?;
    let plain = found.is_file().then_some(path).ok_or_else(|| refuse(kind(&found)))?;
    bounded(plain, found.len(), most)
}

/// Not even begun where it is too large; one that grows meanwhile is not read further.
fn bounded(path: &Path, length: u64, most: u64) -> io::Result<Vec<u8>> {
    let too_large = || refuse(&too_large(most));
    let file = File::open(path)?;
    if length > most {
        return Err(too_large());
    }
    let mut file = file.take(most + 1);
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default() + 1];
    // One that has not changed ends before what was asked for, and need not be asked again.
    let read = match file.read(&mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
        read => read?,
    };
    bytes.truncate(read);
    if read as u64 != length {
        file.read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > most { Err(too_large()) } else { Ok(bytes) }
}

/// Why a file of more than so many bytes is not read.
pub fn too_large(most: u64) -> String {
    format!("it is larger than {} MiB", most / MIB)
}

fn refuse(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why.to_owned())
}

/// Where a file really is: below the root, and a plain file. And how long it is.
fn plain(root: &Path, name: &str) -> io::Result<(PathBuf, u64)> {
    if Path::new(name).components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(refuse("it is outside the workspace"));
    }
    let path = root.join(name).canonicalize()?;
    if !path.starts_with(root.canonicalize()?) {
        return Err(refuse("it is a link that leads out of the workspace"));
    }
    let found = path.metadata()?;
    if found.is_file() { Ok((path, found.len())) } else { Err(refuse(kind(&found))) }
}

fn kind(found: &fs::Metadata) -> &'static str {
    if found.is_dir() { "it is a directory" } else { "it is no plain file" }
}

/// What a person names to have it on a stream or in another program; nothing of a workspace lies there.
fn is_stream(path: &Path) -> bool {
    // A directory in memory, of files like any other.
    path.starts_with("/dev") && !path.starts_with("/dev/shm")
}

/// Puts a file where it is named, whole or not at all; where it is not put, what was there stays. Only its owner may read
/// it. A link is not followed.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_by(path, &mut |file| file.write_all(bytes))
}

/// The same for a file that is written piece by piece: `write` is called once, with the new file.
pub fn replace_by(path: &Path, write: &mut dyn FnMut(&mut File) -> io::Result<()>) -> io::Result<()> {
    if is_stream(path) {
        return write(&mut File::create(path)?);
    }
    is_no_link(path)?;
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(directory)?;
    write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The name is to be on the disk as well.
    File::open(directory)?.sync_all()
}

/// Puts a file of the workspace where git and other people read it, whole or not at all; its name is relative to the root.
/// What leads out of the workspace is not followed.
pub fn publish(root: &Path, name: &str, text: &str) -> io::Result<()> {
    if Path::new(name).components().any(|part| !matches!(part, Component::Normal(_))) {
        return Err(refuse("it is outside the workspace"));
    }
    let path = root.join(name);
    is_no_link(&path)?;
    let directory = path.parent().unwrap_or(root);
    fs::create_dir_all(directory)?;
    if !directory.canonicalize()?.starts_with(root.canonicalize()?) {
        return Err(refuse("a link leads out of the workspace"));
    }
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As it was, or as others may read what git holds.
        let mode = path.metadata().map(|found| found.permissions().mode()).unwrap_or(0o644);
        file.as_file().set_permissions(fs::Permissions::from_mode(mode & 0o777))?;
    }
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    File::open(directory)?.sync_all()
}

/// Takes away a file that this run has made.
pub fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

/// Takes away a directory if there is nothing in it.
pub fn remove_empty(path: &Path) -> io::Result<()> {
    fs::remove_dir(path)
}

/// Opens a file to append to, and makes it where it is missing. Only its owner may read it. A link is not followed.
pub fn append(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).append(true);
    open(path, &mut options)
}

/// Opens a file to read and write it, and makes it where it is missing. Only its owner may read it. A link is not followed.
pub fn hold(path: &Path) -> io::Result<File> {
    open(path, File::options().create(true).truncate(false).read(true).write(true))
}

fn open(path: &Path, options: &mut fs::OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    if !is_stream(path) {
        is_no_link(path)?;
    }
    options.open(path)
}

fn is_no_link(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(found) if found.is_symlink() => Err(refuse("it is a link, and what is written follows none")),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Where a file of the workspace is really, relative to the root, if its name is that of a link to a file in it.
pub fn target(root: &Path, name: &str) -> Option<String> {
    let path = root.join(name);
    if !path.symlink_metadata().ok()?.is_symlink() {
        return None;
    }
    let (target, root) = (path.canonicalize().ok()?, root.canonicalize().ok()?);
    Some(target.strip_prefix(root).ok()?.to_str()?.to_owned())
}

/// Makes a directory to write to. Below [`OURS`], and in its place, a link is refused.
pub fn own_directory(path: &Path) -> io::Result<()> {
    let ours = |it: &&Path| it.components().any(|part| part.as_os_str() == OURS);
    let mut above: Vec<&Path> = path.ancestors().take_while(ours).collect();
    above.reverse();
    if above.is_empty() {
        return fs::create_dir_all(path);
    }
    for directory in above {
        is_no_link(directory)?;
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(directory) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && directory.is_dir() => {}
            made => made?,
        }
    }
    Ok(())
}
