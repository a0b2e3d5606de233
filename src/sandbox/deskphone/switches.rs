//! What can be switched about this server alone.

use crate::sandbox::notation::{Reading, SwitchError, Switches, rows};

/// The names of the notation.
pub const NAMES: &[&str] =
    &["no-etag", "meddle", "plus-numbers", "bare-destination", "extra-field", "people-page", "people-again"];

/// What the vendor's texts and its clients say differently.
pub const READINGS: &[Reading] = &[
    Reading::kind("no-etag:off"),
    Reading::harsh("no-etag:on"),
    Reading::kind("plus-numbers:off"),
    Reading::harsh("plus-numbers:on"),
    Reading::kind("bare-destination:off"),
    Reading::harsh("bare-destination:on"),
    Reading::kind("extra-field:off"),
    Reading::harsh("extra-field:on"),
    Reading::kind("people-again:off"),
    Reading::harsh("people-again:on"),
];

/// What they set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// No `ETag`, and `If-Match` is not looked at (FACTS deskphone/contract-8: both are optional).
    pub no_etag: bool,
    /// Someone in the dashboard changes each person's diverts right before the first write to them is handled.
    pub meddle: bool,
    /// Outside numbers are read as `+44…`, some with spaces, and taken so (FACTS deskphone/contract-5).
    pub plus_numbers: bool,
    /// `destination` is missing where none was ever set (FACTS deskphone/reference-2).
    pub bare_destination: bool,
    /// Documents carry a field that no schema names; a write that leaves it out loses it.
    pub extra_field: bool,
    /// People on one page at most, whatever `max` asks for (FACTS deskphone/contract-13).
    pub people_page: usize,
    /// Pages have two people at most, and begin with the last of the one before, as where somebody joins meanwhile
    /// (FACTS deskphone/contract-13).
    pub people_again: bool,
}

impl Settings {
    pub fn read(set: &Switches) -> Result<Self, SwitchError> {
        Ok(Self {
            no_etag: set.flag("no-etag", false)?,
            meddle: set.flag("meddle", false)?,
            plus_numbers: set.flag("plus-numbers", false)?,
            bare_destination: set.flag("bare-destination", false)?,
            extra_field: set.flag("extra-field", false)?,
            people_again: set.flag("people-again", false)?,
            people_page: set.get("people-page", rows, 1000)?,
        })
    }
}
