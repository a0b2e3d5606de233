//! Words for people and from people: plurals, the closest known name, durations.

mod numbers;
mod unseen;

pub use numbers::{grouped, unbroken, ungrouped};
pub use unseen::{
    as_drawn, as_read, as_seen, first_hidden, is_mixed, is_unseen, look_alike, spelled, spelled_out,
};

use std::time::Duration;

/// `1 step`, `2 steps`.
pub fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A word of a command as a shell takes it.
pub fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-+/:@%,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// A name as YAML takes it inside brackets, in quotes where it needs them.
pub fn as_key(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        && !matches!(
            name.to_ascii_lowercase().as_str(),
            "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "y" | "n"
        );
    if is_plain { name.to_owned() } else { spelled(name) }
}

/// A duration as people write one: `200ms`, `30s`, `1h 30m`; also as ISO 8601 does.
pub fn duration(text: &str) -> Option<Duration> {
    text.parse::<jiff::SignedDuration>().ok()?.try_into().ok()
}

/// How long something is, as people say it: `3 days`, `5 hours`, `40 minutes`.
pub fn span(length: Duration) -> String {
    let minutes = usize::try_from(length.as_secs() / 60).unwrap_or(usize::MAX);
    match (minutes / (24 * 60), minutes / 60, minutes) {
        (days @ 2.., ..) => count(days, "day"),
        (_, hours @ 2.., _) => count(hours, "hour"),
        (_, _, 0) => "less than a minute".to_owned(),
        (.., minutes) => count(minutes, "minute"),
    }
}

/// The same text on one line with nothing hidden, every word of it.
pub fn escaped(text: String) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text;
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        // What is seen before it, be it the end of an escape.
        let last = safe.chars().next_back();
        let unseen = unseen::is_unseen(c) && !(unseen::is_joiner(c) && last.is_some_and(unseen::is_joinable));
        if unseen || unseen::is_joined(last, c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// A line of a file with one mark for each character that is not seen, so that columns stay what they are.
pub fn marked(line: &str) -> String {
    line.replace(|c| unseen::is_unseen(c) && c != '\t', "\u{fffd}")
}

/// Words of files and servers as they stand in a sentence: on one line, nothing hidden, not endless.
pub fn printable(text: String) -> String {
    const HEAD: usize = 400;
    const TAIL: usize = 150;
    let text = escaped(text);
    let count = text.chars().count();
    if count <= HEAD + TAIL {
        return text;
    }
    // A long text keeps its beginning and its end.
    let head = text.chars().take(HEAD);
    // What holds letters together would hide behind the mark of the cut.
    let tail = text.chars().skip(count - TAIL).skip_while(|c| unseen::is_joiner(*c));
    head.chain(['…']).chain(tail).collect()
}

/// Why a file could not be used, in words people use.
pub fn io_reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}

/// The way out where a file of a workspace could not be written.
pub fn io_help(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "make the directory writable",
        ErrorKind::IsADirectory => "a directory has the name of the file: move it away",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "something else has the name of the directory: move it away"
        }
        // A link where none is followed.
        ErrorKind::InvalidInput => "put what the link leads to in its place",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk",
        _ => "put that right",
    }
}

/// The known word a person most likely meant, if any is close.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    // Everybody of a house has its domain: a slip is looked for in what is before it.
    if let Some((own, domain)) = word.split_once('@') {
        let at_home = |it: &'a str| Some((it.split_once('@').filter(|(_, of)| *of == domain)?.0, it));
        let known: Vec<(&str, &str)> = known.into_iter().filter_map(at_home).collect();
        let meant = closest(own, known.iter().map(|(own, _)| *own).collect::<Vec<_>>())?;
        return known.iter().find(|(own, _)| *own == meant).map(|(_, whole)| *whole);
    }
    // Neighbours in a numbering plan are one digit apart: a slip is looked for in letters alone.
    let digits = |text: &'a str| text.bytes().filter(u8::is_ascii_digit);
    let own: Vec<u8> = word.bytes().filter(u8::is_ascii_digit).collect();
    let norm = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let word = norm(word);
    let known: Vec<&str> = known.into_iter().filter(|it| digits(it).eq(own.iter().copied())).collect();
    // Allows one mistake in three letters, or else a long common beginning.
    let allowed = (word.chars().count() / 3).max(1);
    let close = known.iter().map(|name| (strsim::damerau_levenshtein(&word, &norm(name)), *name)).min();
    match close {
        Some((distance, name)) if distance <= allowed && distance < name.chars().count() => Some(name),
        _ => known
            .iter()
            .map(|name| (strsim::jaro_winkler(&word, &norm(name)), *name))
            .filter(|(likeness, _)| *likeness >= 0.9)
            .max_by(|one, other| one.0.total_cmp(&other.0))
            .map(|(_, name)| name),
    }
}

/// Where the name of an object stands among others: numbers and extensions by their value, then names by the alphabet.
pub fn by_number_and_name(name: &str) -> impl Ord + use<> {
    let digits = name.strip_prefix('+').unwrap_or(name);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let value = if is_number { digits.trim_start_matches('0').to_owned() } else { name.to_lowercase() };
    (!is_number, if is_number { value.len() } else { 0 }, value, name.to_owned())
}

/// Whether one number is the other with two digits exchanged, or without one of its digits.
pub fn is_slip(one: &str, other: &str) -> bool {
    let exchanged = one.len() != other.len() || strsim::levenshtein(one, other) == 2;
    exchanged && strsim::damerau_levenshtein(one, other) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Neighbours in a numbering plan are one digit apart, and calls to the wrong one are answered.
    #[test]
    fn a_slip_in_a_number_is_no_neighbour() {
        let cases = [
            ("+12145550100", "+12145550010", true),
            ("+12145550100", "+1214555010", true),
            ("101", "1001", true),
            ("101", "102", false),
            ("101", "101", false),
            ("400", "300", false),
            ("101", "010", false),
        ];
        for (one, other, slip) in cases {
            assert_eq!((is_slip(one, other), is_slip(other, one)), (slip, slip), "{one} {other}");
            assert_eq!(closest(one, [other]).filter(|_| one != other), None, "{one} {other}");
        }
    }

    /// A file is looked through by people, who count.
    #[test]
    fn objects_stand_by_number_and_name() {
        let expected = ["9", "+102", "0102", "400", "+12145550100", "alpha", "Beta", "beta", "gamma 10", "é"];
        let mut names = expected;
        names.reverse();
        names.sort_by_cached_key(|name| by_number_and_name(name));
        assert_eq!(names, expected);
    }

    /// Options and the switches of an emulation are written in scripts: what one of them once took, both go on taking.
    #[test]
    fn durations_have_one_notation() {
        let cases = [
            ("0ms", Some(0)),
            ("200ms", Some(200)),
            ("1s", Some(1000)),
            ("30s", Some(30_000)),
            ("10m", Some(600_000)),
            ("24h", Some(86_400_000)),
            ("1h 30m", Some(5_400_000)),
            ("PT1M", Some(60_000)),
            ("3", None),
            ("s", None),
            ("", None),
            ("-1s", None),
            ("99999999999999999999s", None),
        ];
        for (text, expected) in cases {
            assert_eq!(duration(text), expected.map(Duration::from_millis), "{text:?}");
        }
    }
}
