//! `dialform schema`

use super::{
    Io,
    args::{SchemaArgs, SchemaOf},
    json,
};
use crate::{
    error::{Ending, Failure},
    model::{Tenant, WorkspaceFile},
};
use schemars::{Schema, generate::SchemaSettings};

/// The schemas by the name of their file in `schema/`. Draft 7, which editors understand.
pub fn schemas() -> [(&'static str, Schema); 2] {
    let generator = || SchemaSettings::draft07().into_generator();
    [
        ("tenant.schema.json", generator().into_root_schema_for::<Tenant>()),
        ("workspace.schema.json", generator().into_root_schema_for::<WorkspaceFile>()),
    ]
}

pub fn run(args: &SchemaArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let [(_, tenant), (_, workspace)] = schemas();
    let schema = match args.which {
        SchemaOf::Tenant => tenant,
        SchemaOf::Workspace => workspace,
    };
    json::write(io.out, &schema)?;
    Ok(Ending::Fine)
}
