//! `dialform schema`

use super::{
    Io,
    args::{SchemaArgs, SchemaOf},
};
use crate::{
    error::{Ending, Failure},
    render::json,
    run::schemas,
};

pub fn run(args: &SchemaArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let [(_, tenant), (_, workspace), (_, tests)] = schemas();
    let schema = match args.which {
        SchemaOf::Tenant => tenant,
        SchemaOf::Workspace => workspace,
        SchemaOf::Tests => tests,
    };
    json::write(io.out, &schema)?;
    Ok(Ending::Fine)
}
