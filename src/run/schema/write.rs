//! The schemas in a workspace, where its YAML files name them.

use super::SchemaOf;
use crate::{
    error::Failure,
    file,
    load::{Files, Workspace},
    provider::Kinds,
    text::{io_help, io_reason},
};
use jiff::Timestamp;
use std::{collections::BTreeSet, path::Path};

/// Writes the schemas of this version: of the workspace, of tests, and of the tenants on each kind of system that the
/// workspace has. The names of the files.
pub fn write_schemas(root: &Path) -> Result<Vec<String>, Failure> {
    let files = Files::Directory(root.to_owned());
    let workspace = Workspace::load(&files, &Kinds, Timestamp::UNIX_EPOCH).map_err(Failure::Findings)?;
    let kinds: BTreeSet<&str> = workspace.providers.values().map(|it| it.provider.kind).collect();
    let tenants = kinds.into_iter().map(SchemaOf::TenantOn);
    // Files that were made before there was one for each kind name the one for all.
    let all = [SchemaOf::Workspace, SchemaOf::Tests, SchemaOf::Tenant].into_iter().chain(tenants);
    let write = |schema: SchemaOf<'_>| {
        let name = format!("schema/{}", schema.file());
        let written = file::publish(root, &name, &schema.text());
        let failed = |error: std::io::Error| {
            let why = format!("cannot write `{name}`: {}", io_reason(&error));
            Failure::error(why).help(format!("{}, and run the same again", io_help(&error)))
        };
        written.map(|()| name.clone()).map_err(failed)
    };
    all.map(write).collect()
}
