//! `dialform providers`

use super::{
    Io,
    args::{Format, ProvidersArgs},
    json,
};
use crate::{
    error::{Ending, Failure},
    provider::{self, Provider},
    render,
};

pub fn run(args: &ProvidersArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let wanted = |kind: &str| args.kind.as_deref().is_none_or(|wanted| wanted == kind);
    let all = provider::all();
    let found: Vec<_> = all.iter().filter(|provider| wanted(provider.kind)).collect();
    if found.is_empty() {
        let known: Vec<&str> = all.iter().map(|provider| provider.kind).collect();
        let failure =
            Failure::error(format!("there is no provider of kind `{}`", args.kind.as_deref().unwrap_or("")));
        return Err(failure.help(format!("known kinds: {}", known.join(", "))));
    }
    match args.format {
        Format::Text => {
            for provider in found {
                render::providers(io.out, provider.kind, provider.title, &provider.dialect)?;
            }
        }
        Format::Markdown => {
            for provider in found {
                render::providers_markdown(io.out, provider.kind, provider.title, &provider.dialect)?;
            }
        }
        Format::Json => {
            let all: Vec<_> = found.into_iter().map(|provider| value(provider)).collect();
            json::write(io.out, &all)?;
        }
    }
    Ok(Ending::Fine)
}

fn value(provider: &Provider) -> serde_json::Value {
    let kinds: Vec<&str> = provider.dialect.order.iter().map(|kind| kind.section()).collect();
    let by_hand = provider.dialect.by_hand.iter();
    let by_hand: Vec<_> =
        by_hand.map(|(kind, portal)| serde_json::json!({ "kind": kind, "portal": portal })).collect();
    serde_json::json!({
        "kind": provider.kind, "title": provider.title, "holds": kinds,
        "fields": provider.dialect.grades, "accepts": provider.dialect.accepts, "where_it_cannot_be_read": by_hand
    })
}
