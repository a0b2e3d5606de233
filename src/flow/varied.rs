//! What phones do, and of how many each state is looked at, wherever calls are placed in every state.

use super::state::Phone;

/// Somebody answers after five seconds, nobody does.
pub const ANSWERS: Phone = Phone::Answers(5000);
pub const SILENT: Phone = Phone::NoAnswer;

/// What everybody does at once.
pub const EVERYBODY: [Phone; 5] =
    [Phone::Rejects(2000), Phone::OnCallRings, Phone::OnCallBusy, Phone::Offline, Phone::Dnd];

/// What one phone does while the others answer, or do not.
pub const ONE: [Phone; 9] = [
    ANSWERS,
    SILENT,
    Phone::Rejects(2000),
    Phone::OnCallRings,
    Phone::OnCallBusy,
    Phone::Offline,
    Phone::Gone,
    Phone::Dnd,
    Phone::LoggedOut,
];

/// Of how many phones of one call each state is looked at.
pub const MOST_PHONES: usize = 64;

/// Of how many where there are more: a way that long is nobody's.
pub const FIRST_PHONES: usize = 8;
