//! `dialform.yaml`: the providers, where the tenants are, and the limits of one run.

use crate::explained::decoding;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// The workspace file, `dialform.yaml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "dialform workspace")]
pub struct WorkspaceFile {
    /// The version of this format: 1.
    pub version: Version,
    /// The phone systems, by a name of your choice.
    pub providers: BTreeMap<String, ProviderKind>,
    /// Globs of the tenant files, relative to this file.
    pub tenants: Vec<String>,
    /// Globs of the files whose schedules every tenant can use, relative to this file: `shared/holidays` is the schedule
    /// `holidays` of one of them. They are read where the tenants are.
    #[serde(default)]
    pub shared: Vec<String>,
    /// How much one run may change in one tenant.
    #[serde(default)]
    pub guard: Guard,
    /// What becomes of warnings, by their codes: `deny` makes one an error, `allow` leaves it out. `dialform explain` lists
    /// the codes.
    #[serde(default)]
    pub lints: BTreeMap<String, LintLevel>,
    /// A lock that applies on different machines share. Left out: only applies on the same machine exclude each other.
    #[serde(default)]
    pub lock: Option<SharedLock>,
    /// MiB of the largest tenant file; 2 where it is left out.
    #[serde(default, deserialize_with = "mib")]
    #[schemars(range(min = 1, max = 16))]
    pub max_file_mib: Option<u32>,
}

/// What becomes of a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LintLevel {
    /// It is an error: nothing is planned.
    Deny,
    /// It is shown.
    Warn,
    /// It is left out.
    Allow,
}

/// The largest of `max_file_mib`.
pub const LARGEST_FILE_MIB: u32 = 16;

fn mib<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    match u32::deserialize(deserializer)? {
        mib @ 1..=LARGEST_FILE_MIB => Ok(Some(mib)),
        mib => {
            let help = "write 1 to 16, or split the file into several";
            Err(decoding(format!("{mib} MiB is out of range"), help))
        }
    }
}

/// Where applies on different machines lock accounts: objects in a store with the S3 API and conditional writes.
/// Credentials, region and endpoint come from the standard `AWS_*` variables.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedLock {
    /// `s3://BUCKET/PREFIX`.
    #[serde(deserialize_with = "lock_url")]
    #[schemars(regex(pattern = "^s3://[a-z0-9][a-z0-9.-]+(/.*)?$"), extend("format" = "uri"))]
    pub url: String,
    /// Seconds after which the lock of a run that died may be taken by another. It is renewed while a run lives.
    #[serde(default = "usual_lease", deserialize_with = "lease")]
    #[schemars(range(min = 10, max = 3600))]
    pub lease: u32,
}

impl SharedLock {
    /// The bucket and the prefix in it, without slashes around it.
    pub fn parts(&self) -> (&str, &str) {
        let rest = self.url.strip_prefix("s3://").unwrap_or(&self.url);
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        (bucket, prefix.trim_matches('/'))
    }
}

fn usual_lease() -> u32 {
    60
}

fn lease<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        seconds @ 10..=3600 => Ok(seconds),
        seconds => {
            let help = "write 10 to 3600 seconds; 60 suits most";
            Err(decoding(format!("a lease of {seconds} seconds is out of range"), help))
        }
    }
}

fn lock_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let (bucket, prefix) =
        text.strip_prefix("s3://").map_or(("", ""), |rest| rest.split_once('/').unwrap_or((rest, "")));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    let fits = bucket.len() >= 3
        && bucket.chars().all(plain)
        && prefix.trim_matches('/').split('/').all(|part| !matches!(part, "." | ".."));
    if fits {
        return Ok(text);
    }
    // The text itself is not repeated: people write credentials before an `@`.
    let help = "write `s3://BUCKET/PREFIX`; endpoint, region and credentials come from the variables `AWS_…`";
    Err(decoding("this is not the address of a lock store", help))
}

/// The version of the workspace format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version;

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let version = u64::deserialize(deserializer)?;
        if version == 1 {
            return Ok(Self);
        }
        Err(decoding(format!("version {version} is not known"), "this dialform reads `version: 1`"))
    }
}

impl JsonSchema for Version {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "const": 1 })
    }
}

/// One phone system. What else an entry says is its provider's own: the kind selects the type that reads it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderKind {
    /// Which system it is; `dialform providers` lists them.
    pub kind: String,
}

/// Limits on the requests to a phone system. Shared by all tenants on it; what is left out
/// is the provider's default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Requests in flight at once.
    #[serde(deserialize_with = "positive")]
    #[schemars(range(min = 1))]
    pub concurrency: Option<u32>,
    /// Requests a second.
    #[serde(deserialize_with = "positive")]
    #[schemars(range(min = 1))]
    pub requests_per_second: Option<u32>,
    /// Seconds to wait for one answer.
    #[serde(deserialize_with = "positive")]
    #[schemars(range(min = 1))]
    pub timeout: Option<u32>,
    /// How often a read is tried again after 429, 5xx or a lost connection, and a write that was surely not carried out.
    pub retries: Option<u32>,
    /// Seconds to wait until a change that was accepted can be read back.
    pub settle: Option<u32>,
    /// Seconds that reading one account may take.
    #[serde(deserialize_with = "positive")]
    #[schemars(range(min = 1))]
    pub account_timeout: Option<u32>,
}

fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    match u32::deserialize(deserializer)? {
        0 => Err(decoding("this cannot be 0", "write 1 or more, or leave it out")),
        number => Ok(Some(number)),
    }
}

/// How hard a phone system is worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub concurrency: u32,
    pub requests_per_second: u32,
    /// Seconds.
    pub timeout: u32,
    pub retries: u32,
    /// Seconds.
    pub settle: u32,
    /// Seconds.
    pub account_timeout: u32,
}

impl Limits {
    /// Of a system that has no others.
    pub const PLAIN: Self = Self {
        concurrency: 4,
        requests_per_second: 10,
        timeout: 30,
        retries: 3,
        settle: 10,
        account_timeout: 1800,
    };
}

impl LimitsConfig {
    /// What the workspace says, and the defaults for the rest.
    pub fn over(&self, defaults: Limits) -> Limits {
        let Self { concurrency, requests_per_second, timeout, retries, settle, account_timeout } = *self;
        Limits {
            concurrency: concurrency.unwrap_or(defaults.concurrency),
            requests_per_second: requests_per_second.unwrap_or(defaults.requests_per_second),
            timeout: timeout.unwrap_or(defaults.timeout),
            retries: retries.unwrap_or(defaults.retries),
            settle: settle.unwrap_or(defaults.settle),
            account_timeout: account_timeout.unwrap_or(defaults.account_timeout),
        }
    }
}

/// How much one run may change in one tenant before a person has to approve it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Guard {
    /// Deletions in one tenant.
    pub max_deletes: u32,
    /// Share of a tenant's declared objects that are updated or deleted, in percent.
    pub max_changed_percent: u32,
    /// Tenants with fewer declared objects are exempt from the percentage.
    pub min_population: u32,
}

impl Default for Guard {
    fn default() -> Self {
        Self { max_deletes: 5, max_changed_percent: 30, min_population: 10 }
    }
}
