//! A tenant as it is planned, line by line, each with where it comes from.

use super::{DIM, paint};
use crate::{
    finding::Place,
    page::{Page, say},
    text::printable,
};
use std::io;

/// Lines are lined up to this width; longer ones stand out.
const WIDEST: usize = 60;

/// Writes the lines as YAML; where one comes from is a comment behind it.
pub fn show<'a>(
    out: &mut Page<'_>,
    lines: impl Iterator<Item = (&'a str, &'a [Place])> + Clone,
) -> io::Result<()> {
    let widths = lines.clone().map(|(text, _)| text.chars().count());
    let width = widths.filter(|width| *width <= WIDEST).max().unwrap_or_default();
    for (text, from) in lines {
        let from: Vec<String> = from.iter().map(|place| format!("{}:{}", place.file, place.line)).collect();
        let padded = format!("{:width$}", printable(text.to_owned()));
        say!(out, "{}  {}", padded, paint(DIM, printable(format!("# {}", from.join(", ")))))?;
    }
    Ok(())
}
