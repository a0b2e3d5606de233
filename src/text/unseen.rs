//! Names that look alike: which characters no eye sees, and a form in which each is seen.

use icu_normalizer::ComposingNormalizerBorrowed;

/// Two names that look alike, and are two.
pub fn look_alike(one: &str, other: &str) -> bool {
    one != other && as_seen(one) == as_seen(other)
}

/// A name as an eye takes it in: the same for names that look alike. Nothing in it takes no place, between words is one
/// usual space, and at the ends is none.
pub fn as_seen(name: &str) -> String {
    let seen: String = name.chars().filter(|c| !is_ignorable(*c)).collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    composed(&words.join(" "))
}

/// The same for names that besides differ in capitals.
pub fn as_read(name: &str) -> String {
    composed(&as_seen(name).to_lowercase())
}

/// A text in double quotes as YAML and JSON read it, with every character that is not seen as an escape.
pub fn spelled(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let mut shown = String::with_capacity(quoted.len());
    let mut last = None;
    for c in quoted.chars() {
        match u32::from(c) {
            _ if !(is_unseen(c) || is_joined(last, c)) => shown.push(c),
            code @ ..=0xffff => shown.push_str(&format!("\\u{code:04x}")),
            // YAML has a form for these, and JSON none; no name has one.
            code => shown.push_str(&format!("\\U{code:08x}")),
        }
        last = Some(c);
    }
    shown
}

/// Whether a character takes no place, or is a space that is not the usual one.
pub fn is_unseen(c: char) -> bool {
    let space = c.is_whitespace() && !matches!(c, ' ' | '\n' | '\r' | '\t');
    space || is_ignorable(c)
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

/// One character for a letter and its marks, where there is one (NFC).
fn composed(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// Unicode's `Default_Ignorable_Code_Point`.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
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

    #[test]
    fn capitals_are_seen_and_hardly_read() {
        let alike = [("Sales", "sales"), ("\u{c9}t\u{e9}", "e\u{301}te\u{301} "), ("AQ\u{200b}", "aq")];
        for (one, other) in alike {
            assert_eq!(as_read(one), as_read(other));
        }
        assert_ne!(as_read("holiday"), as_read("holidays"));
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
        ];
        for (name, spelled) in cases {
            assert_eq!(super::spelled(name), spelled);
        }
    }
}
