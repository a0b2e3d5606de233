//! What git calls the bytes of a file: their sum, which is worked out here faster than git is asked for it.

use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::fmt;

/// Bytes of a name, in a repository of SHA-1 and in one of SHA-256.
const SHORT: usize = 20;
const LONG: usize = 32;

/// The name of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectId {
    Short([u8; SHORT]),
    Long([u8; LONG]),
}

impl ObjectId {
    /// One of the kind that most repositories have.
    pub fn usual() -> Self {
        Self::Short([0; SHORT])
    }

    /// `None` for what is no name.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes.len() {
            SHORT => bytes.try_into().ok().map(Self::Short),
            LONG => bytes.try_into().ok().map(Self::Long),
            _ => None,
        }
    }

    /// As git prints it.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
        let pairs = text.as_bytes().chunks(2);
        let bytes = pairs.map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        });
        Self::of_bytes(&bytes.collect::<Option<Vec<u8>>>()?)
    }

    /// The name of a file of these bytes in the repository of this object.
    pub fn of_file(self, bytes: &[u8]) -> Self {
        let head = format!("blob {}\0", bytes.len());
        match self {
            Self::Short(_) => {
                Self::Short(Sha1::new().chain_update(head).chain_update(bytes).finalize().into())
            }
            Self::Long(_) => {
                Self::Long(Sha256::new().chain_update(head).chain_update(bytes).finalize().into())
            }
        }
    }

    /// How many bytes such a name has.
    pub fn length(self) -> usize {
        self.bytes().len()
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Short(bytes) => bytes,
            Self::Long(bytes) => bytes,
        }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().iter().try_for_each(|byte| write!(to, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `git hash-object` has them, in a repository of either kind.
    #[test]
    fn a_file_is_called_as_git_calls_it() {
        let names = [
            ("", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
            ("a: 1\n", "a8926a52d8dcba5c4386945476ab6a2ad008afd4"),
            ("", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"),
            ("a: 1\n", "80d3735834c615c1ed161b8c218d42171f3247f20cfc07f033dee488cb7b98a9"),
        ];
        for (text, name) in names {
            let id = ObjectId::parse(name).unwrap();
            assert_eq!(id.of_file(text.as_bytes()).to_string(), name, "{text:?}");
        }
    }
}
