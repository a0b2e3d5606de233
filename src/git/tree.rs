//! The files of a tree, read from its objects.

use super::{Blobs, ObjectId};
use std::io;

/// What a tree has at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    pub object: ObjectId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Link,
    /// Another repository.
    Other,
}

impl Blobs {
    /// Everything below a tree but trees, each with its path in it.
    ///
    /// `like` is any object of the repository: all names are of one length.
    pub fn list(&mut self, tree: &str, like: ObjectId) -> io::Result<Vec<(String, Entry)>> {
        let mut found = Vec::new();
        let mut level = vec![(String::new(), tree.to_owned())];
        while !level.is_empty() {
            let wanted: Vec<&str> = level.iter().map(|(_, object)| object.as_str()).collect();
            let read = self.trees(&wanted)?;
            let mut below = Vec::new();
            for ((within, _), bytes) in level.iter().zip(read) {
                let bytes = bytes.ok_or(io::ErrorKind::NotFound)?;
                entries(&bytes, like.length(), &mut |mode, name, object| {
                    let path = format!("{within}{}", String::from_utf8_lossy(name));
                    match mode {
                        b"40000" => below.push((format!("{path}/"), object.to_string())),
                        b"120000" => found.push((path, Entry { kind: Kind::Link, object })),
                        b"160000" => found.push((path, Entry { kind: Kind::Other, object })),
                        _ => found.push((path, Entry { kind: Kind::File, object })),
                    }
                })
                .ok_or(io::ErrorKind::InvalidData)?;
            }
            level = below;
        }
        Ok(found)
    }
}

/// Takes the mode, the name and the object of an entry.
type Take<'a> = &'a mut dyn FnMut(&[u8], &[u8], ObjectId);

/// Goes through a tree's object: `MODE NAME<NUL>OBJECT`, again and again.
fn entries(mut bytes: &[u8], length: usize, take: Take<'_>) -> Option<()> {
    while !bytes.is_empty() {
        let space = bytes.iter().position(|byte| *byte == b' ')?;
        let (mode, rest) = (&bytes[..space], &bytes[space + 1..]);
        let end = rest.iter().position(|byte| *byte == 0)?;
        let (name, rest) = (&rest[..end], &rest[end + 1..]);
        take(mode, name, ObjectId::of_bytes(rest.get(..length)?)?);
        bytes = &rest[length..];
    }
    Some(())
}
