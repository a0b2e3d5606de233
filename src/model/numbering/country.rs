//! Countries, by the two letters of ISO 3166.

use crate::{explained::Explained, model::text::textual};
use phonenumber::country::Id;
use std::{fmt, str::FromStr};

/// A country that has a numbering plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country(Id);

impl Country {
    pub const US: Self = Self(Id::US);
    pub const GB: Self = Self(Id::GB);

    pub fn letters(&self) -> &str {
        self.0.as_ref()
    }
}

impl FromStr for Country {
    type Err = Explained;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(id) = text.parse() {
            return Ok(Self(id));
        }
        let capitals = text.to_uppercase();
        let meant = if capitals == "UK" { "GB" } else { &capitals };
        let help = match meant.parse::<Id>() {
            Ok(_) => format!("write `{meant}`"),
            Err(_) => "write the two letters of ISO 3166, such as `US` or `GB`".to_owned(),
        };
        Err(Explained::with_help(format!("`{text}` is not a country"), help))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.letters())
    }
}

textual!(Country, "Country", {
    "type": "string",
    "pattern": "^[A-Z]{2}$",
    "description": "A country, by the two letters of ISO 3166, e.g. `US`."
});
