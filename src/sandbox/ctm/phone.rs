//! Writes phone numbers in the forms of the API: E.164, national digits, split and formatted (FACTS ctm/numbers-12).

use serde_json::Value;

use crate::model::dialling::{self, National};

/// Makes E.164 of national digits and an ISO-2 code, or says what is wrong. `own`: the code has to be that of the number.
pub fn of_national(national: &str, country: &str, own: bool) -> Result<String, String> {
    if !dialling::is_country(country) {
        return Err(format!("{country} is not a country code"));
    }
    let digits: String = national.chars().filter(char::is_ascii_digit).collect();
    let wrong = || format!("{national} is not a number in {country}");
    let number = National::number(country, &digits).ok_or_else(wrong)?;
    let has = || National::of(&number).is_some_and(|it| it.country.eq_ignore_ascii_case(country));
    if is_e164(&number.to_string()) && (!own || has()) { Ok(number.to_string()) } else { Err(wrong()) }
}

pub fn is_e164(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    let length = if digits.starts_with('1') { 11..=11 } else { 8..=15 };
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
        && length.contains(&digits.len())
}

/// What a receiving number may be: a phone number, or a client that is none (FACTS ctm/choices-10).
pub fn is_dialable(text: &str) -> bool {
    is_e164(text) || text.strip_prefix("sip:").is_some_and(|rest| rest.contains('@'))
}

/// The dial code and the national parts.
pub fn split(number: &str) -> Vec<String> {
    let digits = number.trim_start_matches('+');
    if let (true, Some(national)) = (digits.len() == 11, digits.strip_prefix('1')) {
        return ["1", &national[..3], &national[3..6], &national[6..]].map(str::to_owned).to_vec();
    }
    let known = number.parse().ok().and_then(|it| Some(dialling::split(&it)?.0.to_string()));
    let code = known.unwrap_or_else(|| digits.get(..2).unwrap_or_default().to_owned());
    let rest = digits.get(code.len()..).unwrap_or_default().to_owned();
    vec![code, rest]
}

pub fn country_code(number: &str) -> Value {
    split(number).swap_remove(0).into()
}

/// `(410) 555-1212`, with `joint` between the area code and the rest.
pub fn formatted(number: &str, joint: &str) -> Value {
    match split(number).as_slice() {
        [_, area, exchange, line] => format!("({area}){joint}{exchange}-{line}").into(),
        _ => number.into(),
    }
}
