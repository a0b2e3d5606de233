//! Writes phone numbers in the forms of the API: E.164, national digits, split and formatted (FACTS ctm/numbers-12).

use serde_json::Value;

/// Dial codes of the countries that are known here.
const COUNTRIES: &[(&str, &str)] = &[
    ("US", "1"),
    ("CA", "1"),
    ("PR", "1"),
    ("DO", "1"),
    ("JM", "1"),
    ("BS", "1"),
    ("GB", "44"),
    ("IE", "353"),
    ("AU", "61"),
    ("NZ", "64"),
    ("DE", "49"),
    ("FR", "33"),
    ("ES", "34"),
    ("NL", "31"),
    ("BE", "32"),
    ("CH", "41"),
    ("AT", "43"),
    ("SE", "46"),
    ("MX", "52"),
    ("BR", "55"),
    ("IN", "91"),
    ("JP", "81"),
];

/// Makes E.164 of national digits and an ISO-2 code, or says what is wrong.
pub fn of_national(national: &str, country: &str) -> Result<String, String> {
    let known = COUNTRIES.iter().find(|(name, _)| name.eq_ignore_ascii_case(country));
    let (_, code) = known.ok_or_else(|| format!("{country} is not a country code"))?;
    let digits: String = national.chars().filter(char::is_ascii_digit).collect();
    let digits = if *code == "1" { digits.as_str() } else { digits.trim_start_matches('0') };
    let number = format!("+{code}{digits}");
    if is_e164(&number) { Ok(number) } else { Err(format!("{national} is not a number in {country}")) }
}

pub fn is_e164(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    let length = if digits.starts_with('1') { 11..=11 } else { 8..=15 };
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
        && length.contains(&digits.len())
}

/// The dial code and the national parts.
pub fn split(number: &str) -> Vec<String> {
    let digits = number.trim_start_matches('+');
    if let (true, Some(national)) = (digits.len() == 11, digits.strip_prefix('1')) {
        return ["1", &national[..3], &national[3..6], &national[6..]].map(str::to_owned).to_vec();
    }
    let code = COUNTRIES.iter().map(|(_, code)| *code).find(|code| digits.starts_with(code));
    let code = code.unwrap_or(digits.get(..2).unwrap_or_default());
    vec![code.to_owned(), digits.get(code.len()..).unwrap_or_default().to_owned()]
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
