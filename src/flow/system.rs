//! The phone systems whose ways are known.

/// Which system's way of doing things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    Stratus,
    CallTrackingMetrics,
    Deskphone,
}

impl System {
    pub const ALL: [Self; 3] = [Self::Stratus, Self::CallTrackingMetrics, Self::Deskphone];

    /// The kind of provider that it is.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stratus => "stratus",
            Self::CallTrackingMetrics => "ctm",
            Self::Deskphone => "deskphone",
        }
    }

    /// The system of a kind of provider.
    pub fn of_kind(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == kind)
    }
}
