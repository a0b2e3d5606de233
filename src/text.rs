//! Words for people: plurals, the closest known name, an error that names the way out.

use std::fmt;

/// `1 step`, `2 steps`.
pub fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// Divides the message of a custom serde error from its help; never part of either.
pub const HELP_MARK: char = '\u{1f}';

/// An error for hand-written and `try_from` decoding that names the way out.
pub fn custom_with_help<E: serde::de::Error>(message: impl fmt::Display, help: impl fmt::Display) -> E {
    E::custom(format_args!("{message}{HELP_MARK}{help}"))
}

/// The known word a person most likely meant, if any is close.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    let norm = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let word = norm(word);
    let known: Vec<&str> = known.into_iter().collect();
    // One slip in three letters still reads as the same word; the last resort is a long common beginning.
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
