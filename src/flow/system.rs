//! The phone systems whose ways are known.

/// Which system's way of doing things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    Stratus,
    CallTrackingMetrics,
    Deskphone,
}
