//! A table as CSV (RFC 4180): UTF-8, a line end of two bytes, every cell in quotes.
//!
//! A spreadsheet takes a cell that begins like a formula for one, and runs what anybody has written into a label. Such a
//! cell gets a `'` before it, but for what is a number: `+12145550100` stays what it is.

use crate::{
    page::{Exact, Own, Page, add, say},
    report::{Cells, Row, header},
};
use std::io;

/// Writes the rows below their header.
pub fn csv(out: &mut Page<'_>, rows: &[Row]) -> io::Result<()> {
    line(out, &header().map(str::to_owned))?;
    rows.iter().try_for_each(|row| line(out, &row.cells()))
}

fn line(out: &mut Page<'_>, cells: &Cells<String>) -> io::Result<()> {
    for (at, cell) in cells.iter().enumerate() {
        let comma = (at > 0).then_some(Own(","));
        add!(out, "{}\"{}\"", comma, Exact(harmless(cell).replace('"', "\"\"")))?;
    }
    say!(out, "\r")
}

/// A text that no spreadsheet runs.
fn harmless(text: &str) -> String {
    if is_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// Whether a spreadsheet would take a text for a formula. The wide forms are taken so in some languages.
fn is_formula(text: &str) -> bool {
    let begins =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    let digits = text.strip_prefix('+').unwrap_or_default();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    text.starts_with(begins) && !is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is dialled must be read as it was written, and what anybody has written must not be run.
    #[test]
    fn formulas_are_made_harmless_and_numbers_are_left_alone() {
        let cases = [
            ("+12145550100", "+12145550100"),
            ("0101", "0101"),
            ("*97", "*97"),
            ("#9", "#9"),
            ("", ""),
            ("a=b", "a=b"),
            ("=1+1", "'=1+1"),
            ("+1 (214)", "'+1 (214)"),
            ("+", "'+"),
            ("+1+1", "'+1+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
        ];
        for (text, expected) in cases {
            assert_eq!(harmless(text), expected, "{text:?}");
        }
    }
}
