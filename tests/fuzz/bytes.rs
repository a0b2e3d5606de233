//! Changes of an input as bytes and as lines.

use crate::dice::Dice;

/// Longer inputs are cut: what is slow because it is long is tested where the bounds are.
pub const LONGEST: usize = 64 << 10;

/// What parsers and terminals trip over.
pub const NASTY: &[&str] = &[
    "",
    " ",
    "~",
    "null",
    "true",
    "no",
    "on",
    "0",
    "-1",
    "00",
    "0x10",
    "1e999",
    "1e-7",
    ".inf",
    ".nan",
    "-0.0",
    "18446744073709551616",
    "99999999999999999999999999999999999999",
    "0.1000000000000000055511151231257827",
    "2026-02-30",
    "24:00",
    "23:59-00:00",
    "99:99",
    "+",
    "+1",
    "+12145550100",
    "+999999999999999999",
    "*",
    "**",
    "[*]",
    ".",
    "..",
    "../..",
    "/",
    "a/b",
    "%2e%2e",
    "%00",
    "\u{0}",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{1b}[2J",
    "\r",
    "\n",
    "\r\n",
    "\t",
    "\u{feff}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{200d}",
    "\u{ad}",
    "\u{2028}",
    "\u{300}",
    "e\u{301}",
    "\u{1f468}\u{200d}\u{1f469}",
    "\u{fffd}",
    "\u{10ffff}",
    "\u{e0041}",
    "İ",
    "ß",
    "ﬀ",
    "١٢٣",
    "１２",
    "[hidden credential]",
    "<b>",
    "`x`",
    "|",
    "\\",
    "\"",
    "'",
    "{}",
    "[]",
    "${x}",
    "yes;delay=5",
    "confirm_",
    "queue_",
    "vmail_",
    "user_",
    "phone_",
    "aa_",
    "x@y",
    "@",
    ";delay=",
    "perhaps",
];

/// What has a meaning in YAML.
pub const YAML: &[&str] = &[
    ": ",
    "- ",
    "? ",
    "&a ",
    "*a",
    "<<: *a",
    "<<: [*a, *a]",
    "!!binary ",
    "!!str ",
    "!x ",
    "---\n",
    "...\n",
    "|\n",
    "|2-\n",
    ">-\n",
    "%YAML 1.2\n",
    "%TAG ! x\n",
    "#",
    " #",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\"",
    "'",
    "\\",
    "\n",
    "\n\n",
    "\r",
    "\t",
    "  ",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "a: &a [*a]\n",
    "=",
    "@",
    "`",
];

/// One change of the bytes.
pub fn change(input: &mut Vec<u8>, dice: &mut Dice, words: &[&str]) {
    let at = dice.below(input.len() + 1);
    let end = (at + 1 + dice.below(8)).min(input.len());
    match dice.below(8) {
        0 if at < input.len() => input[at] ^= 1 << dice.below(8),
        1 if at < input.len() => input[at] = dice.next() as u8,
        2 => drop(input.drain(at..end)),
        3 => {
            let part = input[at..end].to_vec();
            input.splice(at..at, part);
        }
        4 if dice.one_in(8) => input.truncate(at),
        _ => {
            let word = if dice.one_in(3) { dice.pick(NASTY) } else { dice.pick(words) };
            input.splice(at..at, word.bytes());
        }
    }
}

/// One change of whole lines, some of them those of another input.
pub fn change_lines(input: &mut Vec<u8>, dice: &mut Dice, other: &[u8]) {
    let mut lines: Vec<Vec<u8>> = input.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    if lines.is_empty() {
        return;
    }
    let at = dice.below(lines.len());
    let end = (at + 1 + dice.below(4)).min(lines.len());
    match dice.below(6) {
        0 => drop(lines.drain(at..end)),
        1 => {
            let part = lines[at..end].to_vec();
            let to = dice.below(lines.len());
            lines.splice(to..to, part);
        }
        2 => {
            let to = dice.below(lines.len());
            lines.swap(at, to);
        }
        3 => lines[at].splice(0..0, b"  ".iter().copied()).for_each(drop),
        4 => {
            let blanks = lines[at].iter().take_while(|byte| **byte == b' ').count();
            lines[at].drain(..blanks.min(1 + dice.below(4)));
        }
        _ => {
            let others: Vec<&[u8]> = other.split_inclusive(|byte| *byte == b'\n').collect();
            let from = dice.below(others.len());
            let some = others.iter().skip(from).take(1 + dice.below(6)).map(|line| line.to_vec());
            lines.splice(at..at, some).for_each(drop);
        }
    }
    *input = lines.concat();
}

/// Puts something nasty in the place of a scalar of YAML: what stands behind a colon, a dash, a bracket or a comma.
pub fn change_scalar(input: &mut Vec<u8>, dice: &mut Dice) {
    let begins = |at: &usize| {
        matches!(input[..*at], [.., b':' | b'-' | b',', b' '] | [.., b'[' | b'{' | b'"'])
            && !matches!(input[*at], b'\n' | b' ')
    };
    let starts: Vec<usize> = (1..input.len()).filter(begins).collect();
    if starts.is_empty() {
        return;
    }
    let start = starts[dice.below(starts.len())];
    let ends = |byte: &u8| matches!(byte, b'\n' | b',' | b']' | b'}' | b'"' | b'#');
    let end = input[start..].iter().position(ends).map_or(input.len(), |length| start + length);
    let word = dice.pick(NASTY);
    let word = if dice.one_in(2) { format!("{word:?}") } else { word.to_owned() };
    input.splice(start..end, word.bytes());
}
