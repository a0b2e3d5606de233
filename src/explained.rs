//! Why something cannot be done, and the way out: one type for every room.

use std::{error::Error, fmt};

/// A message, and the way out.
///
/// `message` is a lower-case phrase without a final period; `help` names the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    pub message: String,
    pub help: Option<String>,
}

impl Explained {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub fn with_help(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(message).help(help)
    }

    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// As an error of decoding. Serde has two words for what is wrong, what was found and what is expected; here they are
    /// the message and the way out.
    pub fn into_decoding<E: serde::de::Error>(self) -> E {
        match &self.help {
            Some(help) => E::invalid_value(serde::de::Unexpected::Other(&self.message), &help.as_str()),
            None => E::custom(&self.message),
        }
    }
}

/// An error of decoding that names the way out.
pub fn decoding<E: serde::de::Error>(message: impl fmt::Display, help: impl fmt::Display) -> E {
    Explained::with_help(message.to_string(), help.to_string()).into_decoding()
}

/// The message of an error of decoding, which serde puts between its own two words.
pub fn message_of(error: &str) -> &str {
    let message = error.strip_prefix("invalid value: ").and_then(|text| text.rsplit_once(", expected "));
    message.map_or(error, |(message, _)| message)
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Explained {}
