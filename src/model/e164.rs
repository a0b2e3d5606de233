//! Phone numbers in international form (E.164).

use super::text::textual;
use crate::explained::Explained;
use std::fmt;

/// How one is written, for schemas. Where it stands without quotes, other readers take it for a whole number.
pub const PHONE_NUMBER_PATTERN: &str = r"^\+[1-9][0-9]{6,14}$";

/// A phone number in E.164 form: `+`, then 7 to 15 digits, the first not zero.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct E164(String);

impl E164 {
    pub(super) fn of_digits(digits: &str) -> Option<Self> {
        let fits = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        fits.then(|| Self(format!("+{digits}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

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
        // Where a file is read its country is known, and the help says more: see `numbering::advice`.
        let help = "write it in international form: `+`, country code and number";
        let wrong = || Explained::with_help(format!("`{text}` is not a phone number"), help);
        text.strip_prefix('+').and_then(Self::of_digits).ok_or_else(wrong)
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

textual!(E164, "PhoneNumber", {
    "type": ["string", "integer"],
    "pattern": PHONE_NUMBER_PATTERN,
    "description": "A phone number in international form, e.g. \"+12145550100\"."
});
