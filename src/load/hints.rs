//! What the phone system of a file takes, so that help names nothing else.

use crate::{model::Country, path::Path};

/// What help may name.
pub trait Hints {
    /// Whether a word may stand at this place: a key of the map there, or a value.
    fn takes(&self, at: &Path, word: &str) -> bool;

    /// The country whose people write the numbers there, where that is known.
    fn country(&self) -> Option<Country>;
}

/// A file that is for no phone system in particular.
pub struct Anything;

impl Hints for Anything {
    fn takes(&self, _: &Path, _: &str) -> bool {
        true
    }

    fn country(&self) -> Option<Country> {
        None
    }
}

/// The same for a file of a country.
pub struct InCountry<'a> {
    pub hints: &'a dyn Hints,
    pub country: Option<Country>,
}

impl Hints for InCountry<'_> {
    fn takes(&self, at: &Path, word: &str) -> bool {
        self.hints.takes(at, word)
    }

    fn country(&self) -> Option<Country> {
        self.country
    }
}
