//! `.dialform-baseline.yaml`: what an import has found wrong in what was live already.

use serde::{Deserialize, Serialize};

/// Findings that are known, each of one object as it is now. The same finding of an object that is written otherwise is news.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    #[serde(default)]
    pub known: Vec<KnownFinding>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFinding {
    /// The code of the finding.
    pub code: String,
    /// Tenant and address: `acme/rules.101`.
    pub address: String,
    /// A sum of what the object says.
    pub digest: String,
}
