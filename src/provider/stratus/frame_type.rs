//! The types of time frames (FACTS stratus/frames-2).

/// The type of a frame without entries that is always active.
pub const ALWAYS: &str = "always";
/// Of weekly hours, one entry.
pub const WEEKLY: &str = "days-of-week";
/// Of dates alone.
pub const DATES: &str = "specific-dates";
/// Of holidays of the vendor's calendar alone.
pub const HOLIDAYS: &str = "holiday";
/// The same as some servers say it (FACTS stratus/frames-2). It is never written.
pub const ALSO_HOLIDAYS: &str = "holidays";
/// Of every sort of entries.
pub const CUSTOM: &str = "custom";
