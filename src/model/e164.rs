//! Phone numbers in E.164 form.

use super::text::textual;
use crate::explained::Explained;
use std::fmt;

/// A phone number in E.164 form: `+`, then 7 to 15 digits, the first not zero.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct E164(String);

impl E164 {
    /// The digits without the `+`.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    /// The ten digits of a North American number, `None` for any other.
    pub fn nanp(&self) -> Option<&str> {
        let national = self.0.strip_prefix("+1")?;
        let bytes = national.as_bytes();
        (bytes.len() == 10 && bytes[0] >= b'2' && bytes[3] >= b'2').then_some(national)
    }

    /// Reads the ten or eleven digits a North American system uses.
    pub fn from_nanp(digits: &str) -> Option<Self> {
        let national = match digits.len() {
            11 => digits.strip_prefix('1')?,
            10 => digits,
            _ => return None,
        };
        let number: Self = format!("+1{national}").parse().ok()?;
        number.nanp().is_some().then_some(number)
    }
}

impl std::str::FromStr for E164 {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('+').unwrap_or_default();
        if (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
        {
            return Ok(Self(text.to_owned()));
        }
        let plain: String = text.chars().filter(char::is_ascii_digit).collect();
        let help = match plain.len() {
            10 if !plain.starts_with('0') && !text.starts_with('+') => {
                format!("write it in E.164 form: \"+1{plain}\" if it is a North American number")
            }
            11..=15 if !plain.starts_with('0') => format!("write it in E.164 form: \"+{plain}\""),
            _ => "E.164 form is `+`, country code and number, 7 to 15 digits: \"+12145550100\"".to_owned(),
        };
        Err(Explained::with_help(format!("`{text}` is not a phone number"), help))
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

textual!(E164, "PhoneNumber", {
    "type": ["string", "integer"],
    "pattern": "^\\+?[1-9][0-9]{6,14}$",
    "description": "A phone number in E.164 form, e.g. \"+12145550100\"."
});
