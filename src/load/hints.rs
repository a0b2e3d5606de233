//! What the phone system of a file takes, so that help names nothing else.

use crate::{model::E164, path::Path};

/// What help may name.
pub trait Hints {
    /// Whether a word may stand at this place: a key of the map there, or a value.
    fn takes(&self, at: &Path, word: &str) -> bool;

    /// A phone number as people write it there.
    fn example_number(&self) -> &'static str;
}

/// A file that is for no phone system in particular.
pub struct Anything;

impl Hints for Anything {
    fn takes(&self, _: &Path, _: &str) -> bool {
        true
    }

    fn example_number(&self) -> &'static str {
        E164::EXAMPLE
    }
}
