//! The phone systems whose ways are known.

/// Which system's way of doing things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    Stratus,
    CallTrackingMetrics,
    Deskphone,
}

impl System {
    /// The kind of provider that it is.
    pub const WORDS: [(Self, &str); 3] =
        [(Self::Stratus, "stratus"), (Self::CallTrackingMetrics, "ctm"), (Self::Deskphone, "deskphone")];

    /// The system of a kind of provider.
    pub fn of_kind(kind: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(_, word)| *word == kind).map(|(system, _)| system)
    }
}
