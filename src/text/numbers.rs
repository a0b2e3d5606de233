//! Phone numbers in sentences.

use phonenumber::metadata::DATABASE;
use std::borrow::Cow;

/// A sentence in which people read phone numbers in groups: `+1 214 555 0100`, each as the plan of its country writes it.
///
/// Only what stands as a word is grouped. What people copy stays: whatever is between backticks or quotes, and a number in
/// an address (`numbers.+12145550100`), in a path or in an option. So does a number that its plan does not divide.
pub fn grouped(text: &str) -> Cow<'_, str> {
    with(text, ' ')
}

/// The same with spaces at which no line is broken.
pub fn unbroken(text: &str) -> Cow<'_, str> {
    with(text, '\u{a0}')
}

/// An argument in which a number may stand as people read it: `+1 214 555 0100`, `numbers.+1 214 555 0100`. Spaces between the
/// groups of digits are taken out, if there is nothing else behind the `+`.
pub fn ungrouped(text: &str) -> Cow<'_, str> {
    let Some((before, number)) = text.rsplit_once('+') else { return Cow::Borrowed(text) };
    let is_space = |c: char| matches!(c, ' ' | '\u{a0}');
    // `A +1 2` may be anything's name.
    let begins = before.is_empty() || before.ends_with(['.', ':', '/', '=']);
    let is_number = begins
        && number.starts_with(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| c.is_ascii_digit() || is_space(c));
    if !is_number || !number.contains(is_space) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{before}+{}", number.replace(is_space, "")))
}

fn with(text: &str, space: char) -> Cow<'_, str> {
    let mut whole = String::new();
    // How far the text is copied, and the quote that is open there.
    let (mut done, mut open) = (0, None);
    for (at, c) in text.char_indices() {
        match (c, open) {
            ('`' | '"', None) if is_quote(text, at, c) => open = Some(c),
            (c, Some(mark)) if c == mark => open = None,
            ('+', None) if begins_word(&text[..at]) => {
                let Some(number) = number(&text[at..]) else { continue };
                let Some(parts) = parts(number) else { continue };
                whole.push_str(&text[done..at]);
                parts.chars().for_each(|c| whole.push(if c == ' ' { space } else { c }));
                done = at + number.len();
            }
            _ => {}
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    whole.push_str(&text[done..]);
    Cow::Owned(whole)
}

/// Whether a mark opens a quote: where a word begins, and something closes it. Another one is a mark of inches, or a slip.
fn is_quote(text: &str, at: usize, mark: char) -> bool {
    let opens = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    opens && text[at + mark.len_utf8()..].contains(mark)
}

fn begins_word(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| c.is_whitespace() || c == '(')
}

/// The number that a text begins with, if it is a word.
fn number(text: &str) -> Option<&str> {
    let digits = text.bytes().skip(1).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(1 + digits);
    let rest = rest.trim_start_matches([',', ';', ':', '.', ')', '?', '!']);
    let ends = rest.chars().next().is_none_or(char::is_whitespace);
    ((7..=15).contains(&digits) && ends).then_some(number)
}

/// `+1 214 555 0100` of `+12145550100`.
fn parts(number: &str) -> Option<String> {
    if let Some(parts) = north_american(number) {
        return Some(parts);
    }
    let digits = number.strip_prefix('+')?;
    // No code begins another one. A number is not parsed for this: that takes ten times as long.
    let (code, national, plan) = (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        Some((code, national, DATABASE.by_code(&code.parse().ok()?)?.into_iter().next()?))
    })?;
    let abroad = plan.international_formats();
    let formats = if abroad.is_empty() { plan.formats() } else { abroad };
    let format = formats.iter().find(|it| {
        let begins = it.leading_digits().last();
        let begins = begins.is_none_or(|it| it.find(national).is_some_and(|found| found.start() == 0));
        begins && it.pattern().find(national).is_some_and(|it| it.range() == (0..national.len()))
    })?;
    let written = format.pattern().replace(national, format.format());
    let groups: Vec<&str> =
        written.split(|c: char| !c.is_ascii_digit()).filter(|it| !it.is_empty()).collect();
    // Whatever the plan makes of it, no digit comes or goes.
    (groups.len() > 1 && groups.concat() == national).then(|| format!("+{code} {}", groups.join(" ")))
}

/// Without a look at the plans, which take longer to load than a page takes to write.
fn north_american(number: &str) -> Option<String> {
    let national = number.strip_prefix("+1").filter(|it| it.len() == 10 && it.as_bytes()[0] >= b'2')?;
    Some(format!("+1 {} {} {}", &national[..3], &national[3..6], &national[6..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use phonenumber::Mode;
    use proptest::prelude::*;

    /// A person reads a number aloud; what a person copies has to work where it is put in.
    #[test]
    fn a_number_is_grouped_where_it_is_read() {
        let cases = [
            ("+12145550100", "+1 214 555 0100"),
            (
                "calls to +12145550100, then +442079460104.",
                "calls to +1 214 555 0100, then +44 20 7946 0104.",
            ),
            ("Main line (+447700900123): off", "Main line (+44 7700 900123): off"),
            ("+33142685300 -> +493023125000", "+33 1 42 68 53 00 -> +49 30 23125000"),
            ("+390612345678 and +35818123456", "+39 06 1234 5678 and +358 18 123456"),
            // No plan has it, or no number is so long.
            ("+99912345678 +1214555010 +1 +12", "+99912345678 +1214555010 +1 +12"),
            ("extension 2001, 911, 0101", "extension 2001, 911, 0101"),
            // To be copied.
            ("acme/numbers.+12145550100", "acme/numbers.+12145550100"),
            ("receivers.+14105550123: whisper", "receivers.+14105550123: whisper"),
            ("--expect-change=+12145550100", "--expect-change=+12145550100"),
            ("route: {number: \"+12145550100\"}", "route: {number: \"+12145550100\"}"),
            ("try `dialform trace +12145550100`", "try `dialform trace +12145550100`"),
            ("`a` +12145550100 \"b\"", "`a` +1 214 555 0100 \"b\""),
            // No quote.
            ("label 5\" pipe: +12145550100", "label 5\" pipe: +1 214 555 0100"),
            ("5\" and 6\" to +12145550100", "5\" and 6\" to +1 214 555 0100"),
            ("an odd ` before +12145550100", "an odd ` before +1 214 555 0100"),
            ("+12145550100/101 +12145550100x", "+12145550100/101 +12145550100x"),
        ];
        for (text, expected) in cases {
            assert_eq!(grouped(text), expected);
        }
        assert_eq!(unbroken("to +12145550100"), "to +1\u{a0}214\u{a0}555\u{a0}0100");
    }

    /// What is shown can be pasted; a text that is no number stays.
    #[test]
    fn a_grouped_number_is_taken_as_it_is_meant() {
        let cases = [
            ("+1 214 555 0100", "+12145550100"),
            ("+1\u{a0}214\u{a0}555\u{a0}0100", "+12145550100"),
            ("acme/numbers.+1 214 555 0100", "acme/numbers.+12145550100"),
            ("number:+44 20 7946 0104", "number:+442079460104"),
            ("+12145550100", "+12145550100"),
            ("queues.A +1 2", "queues.A +1 2"),
            ("queues.A + B 1", "queues.A + B 1"),
            ("forwards.+1 214 *", "forwards.+1 214 *"),
        ];
        for (text, expected) in cases {
            assert_eq!(ungrouped(text), expected);
        }
    }

    proptest! {
        /// Who types what is shown calls the number that is meant; and it is in the groups of the library, which reads it anew.
        #[test]
        fn no_digit_comes_or_goes(digits in prop_oneof!["[1-9][0-9]{6,14}", "1[2-9][0-9]{9}", "44[1-9][0-9]{8,9}", "39[0-9]{8,10}"]) {
            let plain = format!("+{digits}");
            let shown = grouped(&plain);
            prop_assert_eq!(shown.replace(' ', ""), &plain[..]);
            prop_assert!(!shown.contains("  ") && !shown.ends_with(' '));
            if let Ok(parsed) = phonenumber::parse(None, &plain) && shown != plain {
                let written = parsed.format().mode(Mode::International).to_string();
                let written = written.replace(['-', '/', '(', ')'], " ").replace("  ", " ");
                // It takes a 0 for one that is dialled within the country.
                prop_assert!(shown == written || written.replace(' ', "") != plain, "{shown}, {written}");
            }
        }

        /// A text is never changed but for spaces inside its numbers.
        #[test]
        fn words_are_left_alone(text in "[ a-z+0-9(),.`\"é]{0,60}") {
            prop_assert_eq!(grouped(&text).replace(' ', ""), text.replace(' ', ""));
        }
    }
}
