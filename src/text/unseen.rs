//! Names that look alike: which characters no eye sees, and a form in which each is seen.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{
        BidiControl, DefaultIgnorableCodePoint, EmojiModifier, ExtendedPictographic, GeneralCategory,
        PrependedConcatenationMark, Script,
    },
};
use std::sync::LazyLock;
use unicode_security::{MixedScript, skeleton};

/// Two names that look alike, and are two.
pub fn look_alike(one: &str, other: &str) -> bool {
    one != other && as_seen(one) == as_seen(other)
}

/// A name as an eye takes it in: the same for names that look alike. Nothing in it takes no place, between words is one
/// usual space, and at the ends is none.
pub fn as_seen(name: &str) -> String {
    if name.is_ascii() && !name.contains(|c: char| c.is_whitespace()) {
        return name.to_owned();
    }
    let seen: String = name.chars().filter(|c| !is_ignorable(*c)).collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    composed(&words.join(" "))
}

/// The same for names that besides differ in capitals.
pub fn as_read(name: &str) -> String {
    composed(&as_seen(name).to_lowercase())
}

/// The same for names that are drawn alike, whatever alphabets their letters are of (Unicode TS 39).
pub fn as_drawn(name: &str) -> String {
    let seen = as_seen(name);
    let drawn = seen.bytes().map(|byte| ASCII.get(usize::from(byte)).map(String::as_str));
    drawn.collect::<Option<String>>().unwrap_or_else(|| skeleton(&seen).collect())
}

/// How each character of ASCII is drawn: most names have no other.
static ASCII: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut own = [0; 4];
    (0..0x80u8).map(|byte| skeleton(char::from(byte).encode_utf8(&mut own)).collect()).collect()
});

/// Whether a word has Latin letters, and letters of another alphabet that are drawn like Latin ones.
pub fn is_mixed(name: &str) -> bool {
    let is_drawn_latin = |c: char| {
        let mut own = [0; 4];
        !c.is_ascii() && skeleton(c.encode_utf8(&mut own)).all(|it| it.is_ascii_alphanumeric())
    };
    name.split_whitespace().any(|word| {
        let latin = word.contains(|c: char| c.is_ascii_alphabetic());
        latin && !word.is_single_script() && word.contains(is_drawn_latin)
    })
}

/// A text in double quotes as YAML and JSON read it, with every character that is not seen as an escape.
pub fn spelled(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let mut shown = String::with_capacity(quoted.len());
    for c in quoted.chars() {
        // A mark may come to stand behind the last letter of an escape.
        let joined = is_joined(shown.chars().next_back(), c);
        match u32::from(c) {
            _ if !(is_unseen(c) || is_unprintable(c) || joined) => shown.push(c),
            code @ ..=0xffff => shown.push_str(&format!("\\u{code:04x}")),
            // YAML has a form for these, and JSON none; no name has one.
            code => shown.push_str(&format!("\\U{code:08x}")),
        }
    }
    shown
}

/// In quotes, with an escape for every letter that is not Latin.
pub fn spelled_out(name: &str) -> String {
    let escape = |c: char| match u32::from(c) {
        _ if c.is_ascii() => c.to_string(),
        code @ ..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    spelled(name).chars().map(escape).collect()
}

/// Whether YAML takes a character as an escape alone.
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Whether a character is not seen but changes what is seen: terminal commands, and turns of the writing direction
/// that make a line read as another one.
fn is_hidden(c: char) -> bool {
    if matches!(c, ' '..='~') {
        return false;
    }
    let turns = CodePointSetData::new::<BidiControl>().contains(c)
        && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}');
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || turns
}

/// The first character of a text that is not seen but changes what is seen: a terminal command, or a turn of the writing direction.
pub fn first_hidden(text: &str) -> Option<char> {
    // Most texts have none, as their bytes tell.
    let is_usual = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_usual { None } else { text.chars().find(|c| is_hidden(*c)) }
}

/// Whether a character takes no place, does something, or is a space that is not the usual one.
pub fn is_unseen(c: char) -> bool {
    if matches!(c, ' '..='~') {
        return false;
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    match category {
        GeneralCategory::Control
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator
        | GeneralCategory::SpaceSeparator => true,
        // Some of these are drawn, before the digits that they belong to.
        GeneralCategory::Format => !CodePointSetData::new::<PrependedConcatenationMark>().contains(c),
        _ => is_ignorable(c),
    }
}

/// Whether a mark belongs to the letter before it, so that there is one character for both that looks the same.
pub fn is_joined(letter: Option<char>, mark: char) -> bool {
    let may_join = matches!(mark, '\u{300}'..='\u{345}' | '\u{653}'..='\u{655}' | '\u{1161}'..='\u{11c2}' | '\u{3099}'..='\u{309a}');
    let Some(letter) = letter.filter(|_| may_join) else { return false };
    let pair: String = [letter, mark].iter().collect();
    composed(&pair).chars().count() == 1
}

/// Characters that change how their neighbours are drawn: between letters of some scripts, and in emoji, where they belong.
pub fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
}

/// Whether such a character may belong behind this one.
pub fn is_joinable(c: char) -> bool {
    let is_picture = CodePointSetData::new::<ExtendedPictographic>().contains(c)
        || CodePointSetData::new::<EmojiModifier>().contains(c);
    let script = CodePointMapData::<Script>::new().get(c);
    let is_joined = !matches!(
        script,
        Script::Latin | Script::Greek | Script::Cyrillic | Script::Common | Script::Inherited
    );
    (is_picture || is_joined || c == '\u{fe0f}') && !c.is_ascii()
}

/// One character for a letter and its marks, where there is one (NFC).
fn composed(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two schedules of which a person sees one: rules use the one, and the other is changed.
    #[test]
    fn names_that_look_alike_are_told() {
        let alike = [
            ("holidays", "holidays\u{200b}"),
            ("holidays", "\u{feff}holidays"),
            ("holidays", "holi\u{ad}days"),
            ("holidays", "holidays "),
            ("holidays", " holidays\t"),
            ("main menu", "main\u{a0}menu"),
            ("main menu", "main  menu"),
            ("Caf\u{e9}", "Cafe\u{301}"),
            ("\u{c9}t\u{e9}", "E\u{301}te\u{301} "),
            ("\u{260e}", "\u{260e}\u{fe0f}"),
        ];
        for (one, other) in alike {
            assert!(look_alike(one, other), "{one:?} {other:?}");
        }
        let unlike = [
            ("holidays", "holidays"),
            ("holidays", "holiday"),
            ("main menu", "mainmenu"),
            ("Sales", "sales"),
            ("Cafe", "Caf\u{e9}"),
        ];
        for (one, other) in unlike {
            assert!(!look_alike(one, other), "{one:?} {other:?}");
        }
    }

    /// Which spares each name the table of all characters.
    #[test]
    fn ascii_is_drawn_character_by_character() {
        let all: String = (0..0x80u8).map(char::from).collect();
        let drawn: String = ASCII.iter().map(String::as_str).collect();
        assert_eq!(drawn, skeleton(&all).collect::<String>());
    }

    #[test]
    fn capitals_are_seen_and_hardly_read() {
        let alike = [("Sales", "sales"), ("\u{c9}t\u{e9}", "e\u{301}te\u{301} "), ("AQ\u{200b}", "aq")];
        for (one, other) in alike {
            assert_eq!(as_read(one), as_read(other));
        }
        assert_ne!(as_read("holiday"), as_read("holidays"));
    }

    #[test]
    fn letters_of_other_alphabets_are_told() {
        let drawn_alike = [
            ("office", "\u{43e}ffice"),
            ("AQ", "\u{410}Q"),
            ("scope", "\u{455}\u{441}\u{43e}\u{440}\u{435}"),
        ];
        for (one, other) in drawn_alike {
            assert_eq!(as_drawn(one), as_drawn(other), "{other:?}");
        }
        let names = [
            ("\u{43e}ffice", true),
            ("main \u{391}Q", true),
            ("office", false),
            ("Caf\u{e9}", false),
            ("\u{43e}\u{444}\u{438}\u{441} 2", false),
            ("office \u{43e}\u{444}\u{438}\u{441}", false),
            ("AB\u{8ab2}", false),
        ];
        for (name, mixed) in names {
            assert_eq!(is_mixed(name), mixed, "{name:?}");
        }
    }

    /// A name that cannot be typed is copied from the message into the file.
    #[test]
    fn a_name_is_spelled_so_that_it_can_be_written() {
        let cases = [
            ("holidays", r#""holidays""#),
            ("holidays\u{200b}", r#""holidays\u200b""#),
            ("main\u{a0}menu ", r#""main\u00a0menu ""#),
            ("Cafe\u{301}", r#""Cafe\u0301""#),
            ("Caf\u{e9}", "\"Caf\u{e9}\""),
            ("a\"b\u{feff}", r#""a\"b\ufeff""#),
            ("a\u{7f}\u{9b}2J", r#""a\u007f\u009b2J""#),
            ("a\u{ffff}", r#""a\uffff""#),
            ("\u{200a}\u{301}", r#""\u200a\u0301""#),
        ];
        for (name, spelled) in cases {
            assert_eq!(super::spelled(name), spelled);
        }
    }
}
