//! Names what requests search every domain for.

use serde_json::Value;

/// The name of a domain.
pub const DOMAIN: &str = "domain";
/// A user's login name (FACTS stratus/users-9).
pub const LOGIN: &str = "login";
/// A number, as it is hosted.
pub const NUMBER: &str = "number";
/// A hosted number, as the carrier knows it.
pub const TEN_DIGITS: &str = "ten-digits";

pub fn of(section: &str, key: &str, row: &Value) -> Vec<(&'static str, String)> {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    match section {
        "domain" => vec![(DOMAIN, text("domain"))],
        "users" => vec![(LOGIN, text("login-username"))],
        "phonenumbers" => vec![(NUMBER, key.to_owned()), (TEN_DIGITS, ten_digits(key).to_owned())],
        _ => Vec::new(),
    }
}

/// Takes the country code off a North American number.
pub fn ten_digits(number: &str) -> &str {
    number.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(number)
}
