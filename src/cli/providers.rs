//! `dialform providers`

use super::{
    Io,
    args::{Format, ProvidersArgs},
    json,
};
use crate::{
    error::{Ending, Failure},
    provider::PROVIDERS,
    render,
};

pub fn run(args: &ProvidersArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let wanted = |kind: &str| args.kind.as_deref().is_none_or(|wanted| wanted == kind);
    let found: Vec<_> = PROVIDERS.iter().filter(|provider| wanted(provider.kind)).collect();
    if found.is_empty() {
        let known: Vec<&str> = PROVIDERS.iter().map(|provider| provider.kind).collect();
        let failure =
            Failure::error(format!("there is no provider of kind `{}`", args.kind.as_deref().unwrap_or("")));
        return Err(failure.help(format!("known kinds: {}", known.join(", "))));
    }
    for provider in &found {
        match args.format {
            Format::Text => render::providers(io.out, provider.kind, provider.title, &provider.dialect)?,
            Format::Json => {
                let kinds: Vec<&str> = provider.dialect.order.iter().map(|kind| kind.section()).collect();
                let grades = provider.dialect.grades;
                let value = serde_json::json!({
                    "kind": provider.kind, "title": provider.title, "holds": kinds, "exceptions": grades
                });
                json::write(io.out, &value)?;
            }
        }
    }
    Ok(Ending::Fine)
}
