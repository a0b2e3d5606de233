//! `dialform schema`

use super::{
    Io,
    args::{Global, SchemaArgs, SchemaName},
};
use crate::{
    error::{Ending, Failure},
    page::say,
    run::{SchemaOf, kind_of, write_schemas},
};

pub fn run(global: &Global, args: &SchemaArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    if args.write {
        let mut page = io.page();
        for file in write_schemas(&global.dir)? {
            say!(page, "{}: written", file)?;
        }
        return Ok(Ending::Fine);
    }
    let schema = match (args.which, &args.kind) {
        (SchemaName::Tenant, None) => SchemaOf::Tenant,
        (SchemaName::Tenant, Some(kind)) => SchemaOf::TenantOn(kind_of(kind)?.kind),
        (SchemaName::Workspace, None) => SchemaOf::Workspace,
        (SchemaName::Tests, None) => SchemaOf::Tests,
        (_, Some(_)) => {
            let failure = Failure::error("`--kind` is about the file of a tenant".to_owned());
            return Err(failure.help("`dialform schema tenant --kind KIND`"));
        }
    };
    io.out.write_all(schema.text().as_bytes())?;
    Ok(Ending::Fine)
}
