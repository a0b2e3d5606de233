//! Lines and characters as editors count them, and as places do.

use crate::finding::Place;
use lsp_types::{Position, PositionEncodingKind, Range};

/// How an editor counts the characters of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    Utf8,
    Utf16,
    Utf32,
}

impl Counted {
    /// The first that an editor offers of those that are known here; without an offer it is UTF-16.
    pub fn of(offered: Option<&[PositionEncodingKind]>) -> Self {
        let known = |kind: &PositionEncodingKind| match kind.as_str() {
            "utf-8" => Some(Self::Utf8),
            "utf-16" => Some(Self::Utf16),
            "utf-32" => Some(Self::Utf32),
            _ => None,
        };
        offered.into_iter().flatten().find_map(known).unwrap_or(Self::Utf16)
    }

    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn length(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    /// How long a text is to the editor.
    fn width(self, text: &str) -> u32 {
        short(text.chars().map(|c| self.length(c)).sum())
    }

    /// The byte at which a position is in a text; the nearest one where there is no such position.
    pub fn byte(self, text: &str, position: Position) -> usize {
        let start = line_start(text, position.line as usize);
        let mut left = position.character as usize;
        for (at, c) in text[start..].char_indices() {
            if left == 0 || matches!(c, '\n' | '\r') {
                return start + at;
            }
            left = left.saturating_sub(self.length(c));
        }
        text.len()
    }

    /// Where a byte of a text is.
    pub fn position(self, text: &str, byte: usize) -> Position {
        let byte = text.floor_char_boundary(byte.min(text.len()));
        let starts = starts(text);
        let line = starts.partition_point(|start| *start <= byte).saturating_sub(1);
        let start = starts.get(line).copied().unwrap_or_default();
        Position::new(short(line), self.width(&text[start.min(byte)..byte]))
    }

    /// The range of a place. `text`: that of its file, where it is at hand.
    pub fn range(self, text: Option<&str>, place: &Place) -> Range {
        let (line, first) = (place.line.saturating_sub(1), place.column.saturating_sub(1));
        let whole = text.map(|text| {
            let start = line_start(text, line);
            text[start..].split(['\n', '\r']).next().unwrap_or_default()
        });
        // Of a line that is not at hand, what is shown of it.
        let (shown, skipped) = whole.map_or((place.source.as_str(), place.skipped), |whole| (whole, 0));
        let units = |until: usize| {
            let before: usize = skipped.min(until);
            let counted = shown.chars().take(until - before).map(|c| self.length(c)).sum::<usize>();
            short(before + counted)
        };
        let line = short(line);
        Range::new(Position::new(line, units(first)), Position::new(line, units(first + place.length)))
    }
}

fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Where each line begins, as places have it: without a byte order mark, and a lone CR ends a line.
fn starts(text: &str) -> Vec<usize> {
    let mut starts = vec![if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }];
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
            starts.push(at + 1);
        }
    }
    starts
}

fn line_start(text: &str, line: usize) -> usize {
    starts(text).get(line).copied().unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every editor counts otherwise, and every answer is a position in a text that a person has open.
    #[test]
    fn positions_are_those_of_the_editor() {
        let text = "a: 1\r\né😀: x\n\rz";
        let cases = [
            (Counted::Utf8, (1, 6), 12),
            (Counted::Utf16, (1, 3), 12),
            (Counted::Utf32, (1, 2), 12),
            (Counted::Utf16, (0, 99), 4),
            (Counted::Utf16, (3, 1), 18),
            (Counted::Utf16, (99, 0), 18),
        ];
        for (counted, (line, character), byte) in cases {
            let position = Position::new(line, character);
            assert_eq!(counted.byte(text, position), byte, "{counted:?} {position:?}");
            if line < 3 && character < 99 {
                assert_eq!(counted.position(text, byte), position, "{counted:?}");
            }
        }
        assert_eq!(
            Counted::of(Some(&["utf-7".to_owned().into(), PositionEncodingKind::UTF8])),
            Counted::Utf8
        );
        assert_eq!(Counted::of(None), Counted::Utf16);
    }
}
