//! How long a server asks to be left alone (`Retry-After`): in seconds, or until a time.

use jiff::{
    SignedDuration, Timestamp,
    fmt::{rfc2822, strtime},
    tz::TimeZone,
};
use std::time::Duration;

/// No server is waited for longer at one time.
const LONGEST: Duration = Duration::from_secs(60);

/// Reads `Retry-After`. A time is held against the server's own clock (`Date`), where it says what that is.
pub fn wait(retry_after: &str, date: Option<&str>) -> Option<Duration> {
    let text = retry_after.trim();
    if let Some(seconds) = seconds(text) {
        return Some(seconds);
    }
    let now = date.and_then(time).unwrap_or_else(Timestamp::now);
    let left = time(text)?.duration_since(now).max(SignedDuration::ZERO);
    Some(left.unsigned_abs().min(LONGEST))
}

/// Whole seconds, and the fractions that some servers send; none beyond the longest.
fn seconds(text: &str) -> Option<Duration> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds: f64 = text.parse().ok().filter(|_| is_plain)?;
    Duration::try_from_secs_f64(seconds.min(LONGEST.as_secs_f64())).ok()
}

/// The two older forms of a date in HTTP, which every recipient has to read (RFC 9110, section 5.6.7), without their weekdays.
const OLDER: [&str; 2] = ["%d-%b-%y %H:%M:%S GMT", "%b %e %H:%M:%S %Y"];

fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let newest = rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text);
    newest.ok().or_else(|| {
        let (_, date) = text.split_once(' ')?;
        let read = |form: &&str| strtime::parse(form, date.trim_start()).ok()?.to_datetime().ok();
        OLDER.iter().find_map(read)?.to_zoned(TimeZone::UTC).ok().map(|it| it.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every form of the standard, fractions, and what is none of these.
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
            ("Friday, 27-Nov-26 17:00:20 GMT", Some(20)),
            ("Fri Nov 27 17:00:20 2026", Some(20)),
            ("Thu Dec  3 17:00:20 2026", Some(60)),
            ("Monday, 27-Nov-26", None),
            ("Fri Foo 27 17:00:20 2026", None),
            ("2.0", Some(2)),
            ("99999999999999999999999", Some(60)),
            ("1e1", None),
            (".", None),
            ("soon", None),
            ("-3", None),
            ("", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(wait(text, date), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
