//! `dialform providers`

use super::{
    Io,
    args::{Format, ProvidersArgs},
};
use crate::{
    error::{Ending, Failure},
    render::{self, json},
    run,
};

pub fn run(args: &ProvidersArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let found = run::providers(args.kind.as_deref())?;
    match args.format {
        Format::Text => {
            for provider in found {
                render::providers(&mut io.page(), provider.kind, provider.title, &provider.dialect)?;
            }
        }
        Format::Markdown => {
            for provider in found {
                render::providers_markdown(
                    &mut io.markdown(),
                    provider.kind,
                    provider.title,
                    &provider.dialect,
                )?;
            }
        }
        Format::Json => {
            let all: Vec<_> =
                found.iter().map(|it| render::providers_json(it.kind, it.title, &it.dialect)).collect();
            json::write(io.out, &all)?;
        }
    }
    Ok(Ending::Fine)
}
