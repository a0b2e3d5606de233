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
const ALSO_HOLIDAYS: &str = "holidays";
/// Of every sort of entries.
pub const CUSTOM: &str = "custom";

/// The type that a word stands for, in whatever case it comes (FACTS stratus/readings-15).
pub fn known(shown: &str) -> Option<&'static str> {
    let is = |word: &&str| word.eq_ignore_ascii_case(shown.trim());
    let plain = [ALWAYS, WEEKLY, DATES, HOLIDAYS, CUSTOM].into_iter().find(is);
    plain.or_else(|| is(&ALSO_HOLIDAYS).then_some(HOLIDAYS))
}
