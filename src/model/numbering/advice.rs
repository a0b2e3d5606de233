//! How to write a text that is no phone number in international form.

use super::{
    country::Country,
    plans::{code_of, example, is_known, national_prefix, split},
};
use crate::model::E164;
use std::collections::BTreeMap;

/// The way out for a text that is no phone number, in a file of this country. A number is named only where the text leaves
/// no other: it is copied into the file.
pub fn advice(text: &str, country: Option<Country>) -> String {
    let text = text.trim();
    let such_as = |what: &str| format!("{what} in international form, such as \"{}\"", example(country));
    match kind(text) {
        Text::FeatureCode => such_as(
            "`*` and `#` begin feature codes, which phones dial and no call is sent to: write a number",
        ),
        Text::WithExtension => such_as(
            "calls are sent to a number, not to an extension behind it: write a number that needs none,",
        ),
        Text::Digits { variants, plus, has_zero } => match only(&variants, plus, has_zero, country) {
            Some((number, hedge)) => format!("write it in international form: \"{number}\"{hedge}"),
            None => plainly(country),
        },
        Text::Other => plainly(country),
    }
}

/// The way out where a number stands by itself and a destination is expected, which `word` names; `None`: it is too short for a
/// number, and may be an extension.
pub fn as_destination(text: &str, word: &str, country: Option<Country>) -> Option<String> {
    const SHORTEST: usize = 7;
    let text = text.trim();
    let Text::Digits { variants, plus, has_zero } = kind(text) else { return None };
    if variants.iter().all(|digits| digits.len() < SHORTEST) {
        return None;
    }
    let place = |number: &str| format!("`{{ {word}: \"{number}\" }}`");
    Some(match only(&variants, plus, has_zero, country) {
        Some((number, hedge)) => format!("write {}{hedge}", place(&number.to_string())),
        None => {
            let number = place(&example(country));
            let international = format!("write a number in international form, such as {number}");
            match text.bytes().all(|byte| byte.is_ascii_digit()) {
                true => format!("{international}, or an extension as `{{ extension: \"{text}\" }}`"),
                false => international,
            }
        }
    })
}

/// The one number that digits leave, and on what condition.
fn only(variants: &[String], plus: bool, has_zero: bool, country: Option<Country>) -> Option<(E164, String)> {
    let dials_zero = country.and_then(code_of).is_some_and(|it| national_prefix(&it) == Some("0"));
    let readings = readings(variants, plus, country.filter(|_| dials_zero || !has_zero));
    let (number, as_written) = readings.first_key_value().filter(|_| readings.len() == 1)?;
    let hedge = country.filter(|_| !as_written).map(|it| condition(&it)).unwrap_or_default();
    Some((number.clone(), hedge))
}

fn plainly(country: Option<Country>) -> String {
    let example = example(country);
    format!("write it in international form: `+`, country code and number, such as \"{example}\"")
}

/// What a text looks like.
enum Text {
    FeatureCode,
    /// A number and more to be dialled when somebody has answered.
    WithExtension,
    /// Digits, and without a zero that is only dialled within the country.
    Digits {
        variants: Vec<String>,
        plus: bool,
        /// Whether that zero stands in it: only some countries have one.
        has_zero: bool,
    },
    Other,
}

/// The zero that is dialled within a country alone, as it is printed on business cards.
const OPTIONAL_ZERO: &str = "(0)";

fn kind(text: &str) -> Text {
    if text.starts_with(['*', '#']) {
        return Text::FeatureCode;
    }
    let bare =
        text.get(..4).filter(|it| it.eq_ignore_ascii_case("tel:")).map_or(text, |it| &text[it.len()..]);
    let end = bare.find(|it: char| it.is_alphabetic() || matches!(it, ';' | ',' | '#'));
    let (number, rest) = bare.split_at(end.unwrap_or(bare.len()));
    let digits = digits_of(number);
    let mark = |it: char| {
        matches!(it, '+' | '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}') || it.is_whitespace()
    };
    if digits.len() < 5 || !number.chars().all(|it| it.is_ascii_digit() || mark(it)) {
        return Text::Other;
    }
    if !rest.is_empty() {
        let behind = rest.chars().any(|it| it.is_ascii_digit()) && is_extension_mark(rest);
        return if behind { Text::WithExtension } else { Text::Other };
    }
    let without_zero =
        number.split_once(OPTIONAL_ZERO).map(|(before, behind)| digits_of(before) + &digits_of(behind));
    let plus = number.trim_start_matches(['(', ' ']).starts_with('+');
    let has_zero = without_zero.is_some();
    Text::Digits { variants: std::iter::once(digits).chain(without_zero).collect(), plus, has_zero }
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Whether what is behind a number begins as an extension or a pause does.
fn is_extension_mark(text: &str) -> bool {
    let text = text.to_lowercase();
    let word: String = text.chars().take_while(|it| it.is_alphabetic()).collect();
    text.starts_with([';', ',', '#'])
        || matches!(word.as_str(), "x" | "ext" | "extn" | "extension" | "p" | "w" | "durchwahl")
}

/// The numbers that digits may mean, each with whether it is so written, or only so within the country.
fn readings(variants: &[String], plus: bool, country: Option<Country>) -> BTreeMap<E164, bool> {
    let mut found = BTreeMap::new();
    let mut add = |international: &str, as_written: bool| {
        for digits in with_and_without_prefix(international, plus) {
            if let Some(number) = E164::of_digits(&digits) {
                *found.entry(number).or_insert(false) |= as_written;
            }
        }
    };
    for digits in variants {
        add(digits, true);
        if plus {
            continue;
        }
        for abroad in ["00", "011"] {
            digits.strip_prefix(abroad).into_iter().for_each(|digits| add(digits, true));
        }
        if let Some(code) = country.and_then(code_of) {
            add(&format!("{code}{digits}"), false);
        }
    }
    found
}

/// The digits of a number, and the same without what is dialled before it within its country; those that are numbers. A prefix that
/// is also the code of the country, as in North America, is only told from a digit too many behind a `+`.
fn with_and_without_prefix(digits: &str, plus: bool) -> Vec<String> {
    let Some((code, national)) = split(digits) else { return Vec::new() };
    let prefix = national_prefix(code).filter(|prefix| plus || *prefix != code);
    let without = prefix.and_then(|prefix| national.strip_prefix(prefix));
    let both = [Some(national), without].into_iter().flatten();
    both.filter(|it| is_known(code, it)).map(|it| format!("{code}{it}")).collect()
}

/// When a number within a country is the one that is meant.
fn condition(country: &Country) -> String {
    match code_of(*country).as_deref() {
        Some("1") => " if it is a North American number".to_owned(),
        Some("44") => " if it is a UK number".to_owned(),
        _ => format!(" if it is a number of {country}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number that a message proposes is copied into the file and applied as done: it may only be the one that was meant.
    #[test]
    fn a_number_is_proposed_only_where_the_text_leaves_no_other() {
        let cases = [
            ("US", "(214) 555-0100", Some("+12145550100")),
            ("US", "2145550100", Some("+12145550100")),
            ("US", "1-214-555-0100", Some("+12145550100")),
            ("US", "tel:+1-214-555-0100", Some("+12145550100")),
            ("US", "+1 (214) 555\u{2011}0100", Some("+12145550100")),
            ("US", "+1 1 214 555 0100", Some("+12145550100")),
            ("US", "011 44 20 7946 0000", Some("+442079460000")),
            ("US", "441234567890", Some("+441234567890")),
            ("US", "+44 (0)20 7946 0000", Some("+442079460000")),
            ("US", "020 7946 0000", None),
            ("US", "(0)20 7946 0000", None),
            ("GB", "(0)20 7946 0000", Some("+442079460000")),
            ("US", "44 (0)20 7946 0000", Some("+442079460000")),
            ("US", "1 1 214 555 0100", None),
            ("US", "1234567890", None),
            ("US", "(214) 555-0100 x204", None),
            ("US", "214-555-0100 ext. 5", None),
            ("US", "+12145550100;ext=204", None),
            ("US", "tel:+12145550100;ext=204", None),
            ("US", "+12145550100,,204", None),
            ("US", "+12145550100#204", None),
            ("US", "+1214555O101", None),
            ("US", "1-800-FLOWERS", None),
            ("US", "555-0100", None),
            ("US", "214 555 010", None),
            ("US", "*67", None),
            ("US", "*672145550100", None),
            ("US", "#31#2145550100", None),
            ("US", "911", None),
            ("US", "312*", None),
            ("GB", "020 7946 0000", Some("+442079460000")),
            ("GB", "01234567890", Some("+441234567890")),
            ("GB", "1234567890", Some("+441234567890")),
            ("GB", "00441234567890", Some("+441234567890")),
            ("GB", "+44 (0)1234 567890", Some("+441234567890")),
            ("GB", "(0044) (0)1234 567890", Some("+441234567890")),
            ("GB", "07700 900123", Some("+447700900123")),
            ("GB", "0800 1111", Some("+448001111")),
            ("GB", "2145550100", None),
            ("IT", "06 1234 5678", Some("+390612345678")),
            ("IT", "+39 (0)6 1234 5678", Some("+390612345678")),
            ("FR", "01 42 68 53 00", Some("+33142685300")),
            ("DE", "030 23125000", Some("+493023125000")),
        ];
        let mut wrong = Vec::new();
        for (country, text, proposed) in cases {
            let advice = advice(text, country.parse().ok());
            let named =
                advice.strip_prefix("write it in international form: \"").and_then(|it| it.split('"').next());
            if named != proposed {
                wrong.push(format!("{country} {text}: {advice}"));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    }

    /// What people of another country are told to imitate they cannot check.
    #[test]
    fn help_is_in_the_numbers_of_the_country() {
        let cases = [
            (
                "101",
                None,
                "write it in international form: `+`, country code and number, such as \"+12145550100\"",
            ),
            (
                "101",
                Some("GB"),
                "write it in international form: `+`, country code and number, such as \"+441234567890\"",
            ),
            (
                "0100",
                Some("FR"),
                "write it in international form: `+`, country code and number, such as \"+33123456789\"",
            ),
            (
                "2145550100",
                Some("US"),
                "write it in international form: \"+12145550100\" if it is a North American number",
            ),
            (
                "020 7946 0000",
                Some("GB"),
                "write it in international form: \"+442079460000\" if it is a UK number",
            ),
            (
                "01 42 68 53 00",
                Some("FR"),
                "write it in international form: \"+33142685300\" if it is a number of FR",
            ),
            (
                "*67",
                Some("GB"),
                "`*` and `#` begin feature codes, which phones dial and no call is sent to: write a number in \
                 international form, such as \"+441234567890\"",
            ),
            (
                "020 7946 0000 x204",
                Some("GB"),
                "calls are sent to a number, not to an extension behind it: write a number that needs none, in \
                 international form, such as \"+441234567890\"",
            ),
        ];
        for (text, country, expected) in cases {
            assert_eq!(advice(text, country.and_then(|it| it.parse().ok())), expected, "{text}");
        }
    }
}
