//! Anybody's text in Markdown.

use crate::text::printable;

/// Anybody's text, so that it is no markup, and not endless.
pub fn text(text: &str) -> String {
    markup(&printable(text.to_owned()))
}

/// The same for a text of which every word counts.
pub fn markup(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '|' | '*' | '_' | '[' | ']' | '`' | '\\' | '@' | '#' => {
                safe.push('\\');
                safe.push(c);
            }
            '\n' => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// Anybody's text inside backticks in a table.
pub fn code(text: &str) -> String {
    printable(text.to_owned()).replace('`', "'").replace('|', "\\|").replace('\n', " ")
}
