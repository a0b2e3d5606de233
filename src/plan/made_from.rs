//! What a plan was made from, and of which part of the workspace: a saved plan knows what it is.

use super::Shard;
use crate::text::hex;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a plan was made from. The digest does not count it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeFrom {
    /// The version of dialform.
    pub dialform: String,
    /// Where the workspace is in its repository: nothing, or a path that ends with `/`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub workspace: String,
    /// `--environment`, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The commit that was checked out; none outside of git.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// Whether it is of the emulated phone systems.
    #[serde(default)]
    pub sandbox: bool,
    /// `--tenant`, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// `--only`, as it was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_since: Option<NamedCommit>,
    /// `--shard`: which part of the tenants that the others select.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<NamedCommit>,
    /// `--allow-undo`: the commits that it may take back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_undo: Vec<NamedCommit>,
    /// The revision that was merged into the base, for the plan alone: the files are those of the merge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<NamedCommit>,
    /// The tree of that merge, as `git rev-parse COMMIT^{tree}` says it of the commit that the merge makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<String>,
    /// The revision that the files are compared with, in the place of what is live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<NamedCommit>,
    /// Whose `dialform.yaml` was used; none: that of the files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<NamedCommit>,
    /// The restore file that says what is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore: Option<String>,
    /// The instant that it was made for, where something in the files has an `until`, or where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
}

impl MadeFrom {
    /// What tells comments of this workspace and environment from those of others. Holds nobody's words.
    pub fn mark(&self) -> String {
        let environment = self.environment.as_deref().unwrap_or_default();
        let sum = hex(&Sha256::digest(format!("{}\0{environment}", self.workspace)));
        sum[..12].to_owned()
    }
}

/// A revision as somebody named it, and the commit that it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedCommit {
    pub named: String,
    /// None for what is a tree and no commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

impl NamedCommit {
    /// What git is asked for later: the commit, wherever the name has moved to.
    pub fn exactly(&self) -> &str {
        self.commit.as_deref().unwrap_or(&self.named)
    }
}
