//! The settings of a `ctm` provider.

use super::client::API;
use crate::{
    model::{ApiUrl, LimitsConfig, Secret},
    provider::{Emergency, Endpoint, Keyring, Settings, SettingsFindings, findings::missing},
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Where the vendor's own service is (FACTS ctm/transport-1).
const SERVICE: &str = "https://api.calltrackingmetrics.com/api/v1";

/// An agency or an account of CallTrackingMetrics.
#[derive(Debug)]
pub(super) struct CtmSettings {
    /// `None` for the vendor's own service.
    url: Option<ApiUrl>,
    access_key: Secret,
    secret_key: Secret,
    experimental: bool,
    limits: LimitsConfig,
}

/// CallTrackingMetrics.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    /// The base of its API, where it is not the vendor's own service.
    #[serde(default)]
    url: Option<ApiUrl>,
    /// The access key of the account or the agency.
    #[schemars(with = "Secret")]
    access_key: Option<Secret>,
    /// The secret key that belongs to it.
    #[schemars(with = "Secret")]
    secret_key: Option<Secret>,
    /// Write what the vendor does not document; always read back.
    #[serde(default)]
    experimental: bool,
    /// Limits on the requests to this system.
    #[serde(default)]
    limits: LimitsConfig,
}

impl TryFrom<Written> for CtmSettings {
    type Error = SettingsFindings;

    fn try_from(written: Written) -> Result<Self, SettingsFindings> {
        let Written { url, access_key, secret_key, experimental, limits } = written;
        match (access_key, secret_key) {
            (Some(access_key), Some(secret_key)) => {
                Ok(Self { url, access_key, secret_key, experimental, limits })
            }
            (access_key, secret_key) => {
                let help = "write `access_key: { env: CTM_KEY }` and `secret_key: { env: CTM_SECRET }`";
                let keys = [("access_key", access_key), ("secret_key", secret_key)];
                let absent = keys.iter().filter(|(_, key)| key.is_none());
                Err(absent
                    .map(|(word, _)| missing(format!("a `ctm` provider needs `{word}`"), help))
                    .collect())
            }
        }
    }
}

impl Settings for CtmSettings {
    fn url(&self) -> Option<&ApiUrl> {
        self.url.as_ref()
    }

    fn limits(&self) -> LimitsConfig {
        self.limits
    }

    fn experimental(&self) -> bool {
        self.experimental
    }

    fn endpoints(&self, keys: &mut Keyring<'_>) -> Vec<Endpoint> {
        let auth = keys.basic((&self.access_key, &["access_key"]), (&self.secret_key, &["secret_key"]));
        let url = self.url.clone().unwrap_or_else(|| ApiUrl::known(SERVICE));
        vec![Endpoint { name: API, url, auth }]
    }

    fn emergency(&self) -> Option<Emergency> {
        Some(Emergency::AlwaysArmed)
    }
}
