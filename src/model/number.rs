//! Phone numbers, the objects `numbers` and `forwards`.

use super::{Route, text::textual};
use crate::explained::Explained;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A phone number in E.164 form: `+`, then 7 to 15 digits, the first not zero.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct E164(String);

impl E164 {
    /// An example of one, where nothing says which country a file is about.
    pub const EXAMPLE: &str = "+12145550100";

    fn of_digits(digits: &str) -> Option<Self> {
        let fits = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        fits.then(|| Self(format!("+{digits}")))
    }

    /// The digits without the `+`.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    /// How to write a text that is no phone number, for people whose numbers look like the example. A number is named only
    /// where the text leaves no other.
    pub fn advice(text: &str, example: &str) -> String {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let number = match digits.len() {
            // `+44 (0)1234` and `ext. 5` hold digits that are not dialled from abroad.
            _ if text.contains("(0)") || text.contains(char::is_alphabetic) => None,
            10 if example.starts_with("+1") && !text.starts_with('+') => Self::from_nanp(&digits),
            11.. => Self::of_digits(&digits),
            _ => None,
        };
        match number {
            Some(number) if digits.len() == 10 => {
                format!(
                    "write it in international form (E.164): \"{number}\" if it is a North American number"
                )
            }
            Some(number) => format!("write it in international form (E.164): \"{number}\""),
            None => format!(
                "write it in international form (E.164): `+`, country code and number, such as \"{example}\""
            ),
        }
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
        let wrong = || {
            let help = Self::advice(text, Self::EXAMPLE);
            Explained::with_help(format!("`{text}` is not a phone number"), help)
        };
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
    "pattern": "^\\+?[1-9][0-9]{6,14}$",
    "description": "A phone number in international form (E.164), e.g. \"+12145550100\"."
});

/// A phone number people dial, and where its calls go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// What people call this number (Stratus: notes; CallTrackingMetrics: name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Where its calls go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// Refuse to delete what it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
}

impl Forward {
    /// Whether calls are forwarded now.
    pub fn is_active(&self) -> bool {
        self.active == Some(true)
    }

    /// Whether it would take over when the platform fails: switched on, or, where there is no switch, there at all.
    pub fn is_armed(&self) -> bool {
        self.active.unwrap_or(self.to.is_some())
    }

    /// Whether there is nothing to speak of: every number has that much.
    pub fn is_vacant(&self) -> bool {
        self.to.is_none() && !self.is_active()
    }
}

/// Where a number's calls go when the platform itself cannot take them (help article *Forward Phone Number to Alternate
/// Destination*: emergency forward).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forward {
    /// The fallback number: one that the same platform does not host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<E164>,
    /// Whether calls are being forwarded now. Left out: the number is stored, and people switch it in the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Refuse to delete this object or to switch it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number that a message proposes is copied into the file: it may only be the one that was meant.
    #[test]
    fn a_number_is_proposed_only_where_the_text_leaves_no_other() {
        let cases = [
            ("(214) 555-0100", "+12145550100", Some("+12145550100")),
            ("441234567890", "+441234567890", Some("+441234567890")),
            ("2145550100", "+441234567890", None),
            ("1234567890", "+12145550100", None),
            ("01234567890", "+441234567890", None),
            ("00441234567890", "+441234567890", None),
            ("+44 (0)1234 567890", "+441234567890", None),
            ("214-555-0100 ext. 5", "+12145550100", None),
        ];
        for (text, example, proposed) in cases {
            let advice = E164::advice(text, example);
            let begin = "write it in international form (E.164): ";
            let expected = match proposed {
                Some(number) => format!("{begin}\"{number}\""),
                None => format!("{begin}`+`, country code and number, such as \"{example}\""),
            };
            let hedge = " if it is a North American number";
            assert_eq!(advice.strip_suffix(hedge).unwrap_or(&advice), expected, "{text}");
        }
    }
}
