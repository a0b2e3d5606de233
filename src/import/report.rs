//! What an import has done.

use crate::{
    finding::Finding,
    model::{Address, Kind, KnownFinding},
};
use serde::Serialize;

/// What an import has done.
#[derive(Debug, Serialize)]
pub struct Imported {
    pub accounts: Vec<ImportedAccount>,
    /// The template that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<ImportedTemplate>,
    /// Findings that have come into the baseline.
    pub known: Vec<KnownFinding>,
}

impl Imported {
    /// Whether something was not imported.
    pub fn is_incomplete(&self) -> bool {
        self.accounts
            .iter()
            .any(|it| matches!(it.written, Written::Failed(_) | Written::Refused(_) | Written::InPart { .. }))
    }
}

/// One account.
#[derive(Debug, Serialize)]
pub struct ImportedAccount {
    pub tenant: String,
    pub provider: String,
    pub account: String,
    pub file: String,
    pub written: Written,
    /// Whether its file extends the template that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extending: Option<Extending>,
    pub counts: Vec<Count>,
}

/// A template that was asked for.
#[derive(Debug, Serialize)]
pub struct ImportedTemplate {
    pub file: String,
    /// So many objects are in it.
    pub objects: usize,
    /// So many tenants extend it.
    pub tenants: usize,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_written: Option<String>,
}

/// A file beside a template.
#[derive(Debug, Serialize)]
pub struct Extending {
    /// So many lines are in the file.
    pub lines: usize,
    /// Why it does not extend the template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_extending: Option<String>,
}

/// What has become of its file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    New,
    /// So many objects have been added to it, as declarations and as comments.
    Added {
        declared: usize,
        commented: usize,
    },
    Unchanged,
    /// Of what is asked for, all that is declared is as it is live.
    AsLive,
    /// What it says of these objects is what is live now.
    Edited(Vec<Address>),
    /// So with these objects, and others are as they were.
    InPart {
        edited: Vec<Address>,
        refused: Vec<Refusal>,
    },
    /// What stands in it cannot be added to, or changed.
    Refused(Refusal),
    Failed(Vec<Finding>),
}

/// An object that is not written.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Refusal {
    pub why: String,
    /// What would have been written; empty where that cannot be said.
    pub text: String,
    /// Whether nothing of it is live.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

/// The live objects of one kind: each is declared, a comment, or left alone.
#[derive(Debug, Serialize)]
pub struct Count {
    pub kind: Kind,
    pub live: usize,
    pub declared: usize,
    pub commented: usize,
    pub left_alone: usize,
}
