//! Words in boxes: which lines they are broken into, and how much room these take. No font is asked, for a picture is drawn with
//! that of whoever looks at it: the widths are those of a wide one.

use super::layout::Size;
use crate::text::{grouped, printable, unbroken};

/// How high a line of a box is.
pub(super) const LINE: f64 = 16.0;
/// Beyond this width a line is broken.
const WIDEST: f64 = 200.0;
/// How many lines one text takes. The rest is where one points at it.
const MOST: usize = 4;

/// Anybody's text, as it may stand in a picture.
pub(super) fn shown(text: &str) -> String {
    grouped(&drawable(text)).into_owned()
}

fn drawable(text: &str) -> String {
    let text = printable(text.to_owned());
    // What XML has no way to write.
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// How wide a text is, where letters are this high.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let wide = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '`' => 0.34,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '-' | '/' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.98,
        'A'..='Z' | '+' | '=' | '<' | '>' | '~' | '#' | '&' => 0.76,
        c if c.is_ascii() => 0.64,
        c if (c as u32) < 0x1100 => 0.72,
        _ => 1.2,
    };
    text.chars().map(wide).sum::<f64>() * size
}

/// A text in lines that are not too wide, broken between words where there are any.
pub(super) fn broken(text: &str, size: f64) -> Vec<String> {
    // A number stays in one piece.
    let text = drawable(text);
    let text = unbroken(&text);
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split(' ').map(|it| it.replace('\u{a0}', " ")) {
        let longer = if line.is_empty() { word.clone() } else { format!("{line} {word}") };
        if width(&longer, size) <= WIDEST {
            line = longer;
            continue;
        }
        lines.extend((!line.is_empty()).then(|| std::mem::take(&mut line)));
        let mut rest = word.as_str();
        while width(rest, size) > WIDEST {
            let (fits, more) = rest.split_at(fitting(rest, size));
            lines.push(fits.to_owned());
            rest = more;
        }
        line = rest.to_owned();
    }
    lines.extend((!line.is_empty()).then_some(line));
    if lines.len() > MOST {
        lines.truncate(MOST);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

/// How many bytes of a word without spaces fit a line: one letter at least.
fn fitting(word: &str, size: f64) -> usize {
    let mut wide = 0.0;
    for (at, c) in word.char_indices() {
        wide += width(c.encode_utf8(&mut [0; 4]), size);
        if wide > WIDEST && at > 0 {
            return at;
        }
    }
    word.len()
}

/// The room that lines take.
pub(super) fn room(lines: &[String], size: f64) -> Size {
    let widest = lines.iter().map(|it| width(it, size)).fold(0.0, f64::max);
    Size { width: widest.ceil(), height: LINE * f64::from(u32::try_from(lines.len()).unwrap_or(u32::MAX)) }
}
