//! A stretch of a file.

/// A half-open range of bytes of one file. Every value of a file has one, so that it is small: no file that is read has
/// more bytes than fit.
///
/// A tree may be made of several files: which one is meant is a position among them, and 0 is the tree's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    file: u16,
    start: u32,
    end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { file: 0, start: short(start), end: short(end) }
    }

    /// The same stretch of another file of a tree.
    #[must_use]
    pub(super) fn of_file(self, file: u16) -> Self {
        Self { file, ..self }
    }

    /// Which file of the tree it is in.
    pub(super) fn file(self) -> u16 {
        self.file
    }

    /// Whether it is in the tree's own file.
    pub fn is_own(self) -> bool {
        self.file == 0
    }

    pub fn start(self) -> usize {
        self.start as usize
    }

    pub fn end(self) -> usize {
        self.end as usize
    }
}
