//! The objects `numbers` and `forwards`.

use super::{E164, Route};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
