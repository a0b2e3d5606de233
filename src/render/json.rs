//! JSON for programs. Its texts have an escape for whatever is not seen, and for what a CI system obeys inside a line
//! (`##[`): a program reads the same, and a person in a log sees what is there.

use crate::text::is_unseen;
use serde::Serialize;
use std::{
    borrow::Cow,
    io::{self, Write},
};

/// Writes one value, indented, with a line end.
pub fn write(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    put(out, &serde_json::to_string_pretty(value)?)
}

/// Writes one value on one line.
pub fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    put(out, &serde_json::to_string(value)?)
}

fn put(out: &mut dyn Write, text: &str) -> io::Result<()> {
    out.write_all(visible(text).as_bytes())?;
    out.write_all(b"\n")
}

/// The same JSON: such characters stand in texts only.
fn visible(json: &str) -> Cow<'_, str> {
    let is_plain = |c: char| matches!(c, '\n' | ' '..='~');
    // JSON has an escape for the other controls.
    if json.is_ascii() && !json.contains('\u{7f}') && !json.contains("##") {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len());
    let mut rest = json.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '#' && rest.peek() == Some(&'#') {
            shown.push_str("\\u0023");
        } else if is_plain(c) || !is_unseen(c) {
            shown.push(c);
        } else {
            let mut units = [0; 2];
            shown.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is escaped is read as it was.
    #[test]
    fn a_program_reads_the_same() {
        for text in
            ["##[error]x", "###", "a\u{200b}b", "\u{202e}", "\u{e0001}", "caf\u{e9}", "\u{9b}2K", "x\n::y"]
        {
            let mut written = Vec::new();
            line(&mut written, &text).unwrap();
            let written = String::from_utf8(written).unwrap();
            assert!(!written.contains("##") && !written.trim_end().chars().any(is_unseen), "{written}");
            assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
