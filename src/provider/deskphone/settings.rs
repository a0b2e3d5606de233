//! The settings of a `deskphone` provider.

use super::client::API;
use crate::{
    finding::Finding,
    model::{ApiUrl, Kind, LimitsConfig, Secret},
    provider::{
        Endpoint, Keyring, Settings, SettingsFindings, Tokens, findings::at, settings::url_and_tokens,
    },
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// A dashboard, with a bridge to it or without.
#[derive(Debug)]
pub(super) struct DeskphoneSettings {
    bridge: Bridge,
    limits: LimitsConfig,
}

#[derive(Debug)]
enum Bridge {
    /// None runs: every change is a step by hand.
    Manual,
    Http {
        url: ApiUrl,
        tokens: Tokens,
    },
}

/// Deskphone: either `bridge: manual`, or the `url` of a bridge and a token for it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["bridge"], "properties": { "url": false, "token": false, "read_token": false } },
    { "required": ["url"], "properties": { "bridge": false }, "anyOf": [{ "required": ["token"] }, { "required": ["read_token"] }] },
]))]
pub(super) struct Written {
    /// `manual` where no bridge to the dashboard runs; every change is then a step by hand.
    #[serde(default)]
    bridge: Option<NoBridge>,
    /// The address of the bridge, e.g. `https://bridge.example.net/v1`.
    #[serde(default)]
    url: Option<ApiUrl>,
    /// The credential that may write.
    #[serde(default)]
    token: Option<Secret>,
    /// A credential that may only read; `plan` uses this one alone.
    #[serde(default)]
    read_token: Option<Secret>,
    /// Limits on the requests to the bridge.
    #[serde(default)]
    limits: LimitsConfig,
}

/// Whether there is a bridge to a dashboard.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum NoBridge {
    Manual,
}

impl TryFrom<Written> for DeskphoneSettings {
    type Error = SettingsFindings;

    fn try_from(written: Written) -> Result<Self, SettingsFindings> {
        let Written { bridge, url, token, read_token, limits } = written;
        if let Some(NoBridge::Manual) = bridge {
            let said =
                [("url", url.is_some()), ("token", token.is_some()), ("read_token", read_token.is_some())];
            let beside = |word: &str| {
                let message =
                    format!("`bridge: manual` says that there is no bridge, and `{word}` is for a bridge");
                (at(&[word]), Finding::error("bad-value", message).help("keep one of the two"))
            };
            let found: SettingsFindings =
                said.iter().filter(|(_, said)| *said).map(|(word, _)| beside(word)).collect();
            return if found.is_empty() { Ok(Self { bridge: Bridge::Manual, limits }) } else { Err(found) };
        }
        let no_url = [
            "a `deskphone` provider needs `url`, the address of its bridge",
            "write `url: https://HOST/v1`, or `bridge: manual` where none runs",
        ];
        let no_token = [
            "a `deskphone` provider needs `token`, `read_token` or both",
            "write `token: { env: DESKPHONE_TOKEN }`",
        ];
        let (url, tokens) = url_and_tokens((url, no_url), (Tokens::new(token, read_token), no_token))?;
        Ok(Self { bridge: Bridge::Http { url, tokens }, limits })
    }
}

impl Settings for DeskphoneSettings {
    fn url(&self) -> Option<&ApiUrl> {
        match &self.bridge {
            Bridge::Manual => None,
            Bridge::Http { url, tokens: _ } => Some(url),
        }
    }

    fn limits(&self) -> LimitsConfig {
        self.limits
    }

    fn unobservable(&self) -> BTreeSet<Kind> {
        match self.bridge {
            Bridge::Manual => BTreeSet::from([Kind::Diverts]),
            Bridge::Http { .. } => BTreeSet::new(),
        }
    }

    fn endpoints(&self, keys: &mut Keyring<'_>) -> Vec<Endpoint> {
        match &self.bridge {
            Bridge::Manual => Vec::new(),
            Bridge::Http { url, tokens } => {
                let auth = keys.bearer(tokens, &[]);
                vec![Endpoint { name: API, url: url.clone(), auth }]
            }
        }
    }
}
