//! The address of an API, as a workspace writes it.

use crate::explained::decoding;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use std::{fmt, str::FromStr};

/// The base of an HTTP API. Holds no credential: whoever signs in is named elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiUrl(String);

impl ApiUrl {
    /// An address that this program knows by heart.
    pub fn known(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// As it was written, without the slashes at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ApiUrl {
    /// What is wrong with it; never repeats what may be a credential.
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let base = text.trim_end_matches('/');
        if base.contains(['?', '#']) {
            return Err("a URL must not have a query; name the credential under `token`".to_owned());
        }
        let shown = if base.contains('@') { "what is written".to_owned() } else { format!("`{base}`") };
        let url: url::Url = base.parse().map_err(|error| format!("{shown} is not a URL: {error}"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a URL must not hold a credential; name it under `token`".to_owned());
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("{shown} is not a URL of http or https"));
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(format!(
                "{shown} would send credentials in the clear: `http` is for this machine alone"
            ));
        }
        if base.contains(char::is_whitespace) {
            return Err(format!("{shown} has a blank in it"));
        }
        Ok(Self(base.to_owned()))
    }
}

/// Whether nobody but this machine hears what is said there.
fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|it| it.is_loopback())
        }
        None => false,
    }
}

impl<'de> Deserialize<'de> for ApiUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|why| decoding(why, "write it as `https://HOST/PATH`"))
    }
}

impl JsonSchema for ApiUrl {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ApiUrl".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "uri" })
    }
}
