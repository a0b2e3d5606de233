//! The settings of a `stratus` provider.

use super::client::{API, CARRIER};
use crate::{
    explained::decoding,
    model::{ApiUrl, Kind, LimitsConfig, Secret},
    provider::{
        Emergency, Endpoint, Keyring, Settings, SettingsFindings, Tokens, findings::missing,
        settings::url_and_tokens,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};
use std::{collections::BTreeSet, fmt};

/// A NetSapiens system.
#[derive(Debug)]
pub(super) struct StratusSettings {
    url: ApiUrl,
    tokens: Tokens,
    carrier: Option<Carrier>,
    experimental: bool,
    limits: LimitsConfig,
}

/// SpectrumVoIP Stratus, or another NetSapiens system.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{ "required": ["token"] }, { "required": ["read_token"] }]))]
pub(super) struct Written {
    /// The base of its API, e.g. `https://stratus.example.net/ns-api/v2`.
    #[schemars(with = "ApiUrl")]
    url: Option<ApiUrl>,
    /// The credential that may write.
    #[serde(default)]
    token: Option<Secret>,
    /// A credential that may only read; `plan` uses this one alone.
    #[serde(default)]
    read_token: Option<Secret>,
    /// Where emergency forwards are set. They belong to the carrier, not to the NetSapiens API.
    #[serde(default)]
    carrier: Option<Carrier>,
    /// Write what the vendor does not document; always read back.
    #[serde(default)]
    experimental: bool,
    /// Limits on the requests to this system.
    #[serde(default)]
    limits: LimitsConfig,
}

/// Where emergency forwards are switched: an HTTP endpoint, or by hand.
#[derive(Debug)]
enum Carrier {
    Manual,
    Http(HttpCarrier),
}

/// An HTTP endpoint with a credential.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HttpCarrier {
    url: ApiUrl,
    /// The credential that may write.
    token: Secret,
    /// A credential that may only read; `plan` uses this one alone.
    #[serde(default)]
    read_token: Option<Secret>,
}

impl TryFrom<Written> for StratusSettings {
    type Error = SettingsFindings;

    fn try_from(written: Written) -> Result<Self, SettingsFindings> {
        let Written { url, token, read_token, carrier, experimental, limits } = written;
        let no_url = ["a `stratus` provider needs `url`", "write `url: https://HOST/ns-api/v2`"];
        let no_token = [
            "a `stratus` provider needs `token`, `read_token` or both",
            "write `token: { env: STRATUS_TOKEN }`",
        ];
        let (url, tokens) = url_and_tokens((url, no_url), (Tokens::new(token, read_token), no_token))?;
        Ok(Self { url, tokens, carrier, experimental, limits })
    }
}

impl Settings for StratusSettings {
    fn url(&self) -> Option<&ApiUrl> {
        Some(&self.url)
    }

    fn limits(&self) -> LimitsConfig {
        self.limits
    }

    fn experimental(&self) -> bool {
        self.experimental
    }

    fn check(&self, declared: &BTreeSet<Kind>) -> SettingsFindings {
        if self.carrier.is_some() || !declared.contains(&Kind::Forwards) {
            return Vec::new();
        }
        let help =
            "write `carrier: manual`, or `carrier: { url: …, token: … }` if the carrier has an interface";
        vec![missing("emergency forwards are declared, but no carrier to set them", help)]
    }

    fn unobservable(&self) -> BTreeSet<Kind> {
        match self.carrier {
            Some(Carrier::Http(_)) => BTreeSet::new(),
            Some(Carrier::Manual) | None => BTreeSet::from([Kind::Forwards]),
        }
    }

    fn endpoints(&self, keys: &mut Keyring<'_>) -> Vec<Endpoint> {
        let auth = keys.bearer(&self.tokens, &[]);
        let api = Endpoint { name: API, url: self.url.clone(), auth };
        std::iter::once(api).chain(self.emergency_endpoint(keys)).collect()
    }

    fn emergency(&self) -> Option<Emergency> {
        match self.carrier {
            Some(Carrier::Http(_)) => Some(Emergency::Endpoint),
            Some(Carrier::Manual) | None => Some(Emergency::ByHand),
        }
    }

    fn emergency_endpoint(&self, keys: &mut Keyring<'_>) -> Option<Endpoint> {
        let Some(Carrier::Http(HttpCarrier { url, token, read_token })) = &self.carrier else { return None };
        let tokens = Tokens::Write { token: token.clone(), read_token: read_token.clone() };
        let auth = keys.bearer(&tokens, &["carrier"]);
        Some(Endpoint { name: CARRIER, url: url.clone(), auth })
    }
}

impl<'de> Deserialize<'de> for Carrier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Carrier;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`manual`, or a map with `url` and `token`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Carrier, E> {
                match text {
                    "manual" => Ok(Carrier::Manual),
                    _ => Err(decoding(
                        format!("`{text}` is not a carrier"),
                        "write `manual`, or a map with `url` and `token`",
                    )),
                }
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Carrier, A::Error> {
                HttpCarrier::deserialize(de::value::MapAccessDeserializer::new(map)).map(Carrier::Http)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Carrier {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Carrier".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let http = generator.subschema_for::<HttpCarrier>();
        schemars::json_schema!({ "anyOf": [{ "const": "manual" }, http] })
    }
}
