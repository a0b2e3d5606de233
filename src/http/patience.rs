//! How long a server asks to be left alone (`Retry-After`): in seconds, or until a time.

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use std::time::Duration;

/// No server is waited for longer at one time.
const LONGEST: Duration = Duration::from_secs(60);

/// Reads `Retry-After`. A time is held against the server's own clock (`Date`), where it says what that is.
pub fn wait(retry_after: &str, date: Option<&str>) -> Option<Duration> {
    let text = retry_after.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let now = date.and_then(time).unwrap_or_else(Timestamp::now);
    let left = time(text)?.duration_since(now).max(SignedDuration::ZERO);
    Some(left.unsigned_abs().min(LONGEST))
}

fn time(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both forms of the standard, and what is neither.
    #[test]
    fn seconds_and_times() {
        let date = Some("Fri, 27 Nov 2026 17:00:00 GMT");
        let cases = [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("86400", Some(60)),
            ("Fri, 27 Nov 2026 17:00:20 GMT", Some(20)),
            ("Fri, 27 Nov 2026 16:59:00 GMT", Some(0)),
            ("Sat, 28 Nov 2026 17:00:00 GMT", Some(60)),
            ("soon", None),
            ("-3", None),
            ("", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(wait(text, date), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
