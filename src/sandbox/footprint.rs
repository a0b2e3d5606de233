//! Says which part of an account's state one object of a tenant may touch; the rest is out of its scope.
//!
//! Each vendor declares it beside its emulation, so that one test can hold every provider to it.

/// One step of a path into a state document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The value under this key.
    Key(String),
    /// Every value of a mapping.
    Any,
    /// The elements of a list whose field has this value.
    Named(&'static str, String),
    /// Every element of a list, known by this field; their sequence may change too.
    Each(&'static str),
}

/// How much of what a path leads to may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// Whether it is there. Where it is before and after, only what other patterns name may differ.
    Presence,
}

/// A part of the state that may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    pub path: Vec<Part>,
    pub extent: Extent,
}

pub fn key(text: &str) -> Part {
    Part::Key(text.to_owned())
}

/// All of what the path leads to may change.
pub fn whole(path: &[Part]) -> Pattern {
    Pattern { path: path.to_vec(), extent: Extent::Whole }
}

/// What the path leads to may come and go.
pub fn presence(path: &[Part]) -> Pattern {
    Pattern { path: path.to_vec(), extent: Extent::Presence }
}

/// These fields of what the path leads to may change.
pub fn fields(path: &[Part], names: &[&str]) -> Vec<Pattern> {
    let field = |name: &&str| {
        let mut path = path.to_vec();
        path.push(key(name));
        Pattern { path, extent: Extent::Whole }
    };
    names.iter().map(field).collect()
}
