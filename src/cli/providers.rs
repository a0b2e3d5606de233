//! `dialform providers`

use super::{
    Io,
    args::{Format, ProvidersArgs},
};
use crate::{
    error::{Ending, Failure},
    plan::Dialect,
    render::{self, json},
    run,
};

pub fn run(args: &ProvidersArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let found = run::providers(args.kind.as_deref())?;
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
            let all: Vec<_> = found.iter().map(|it| value(it.kind, it.title, &it.dialect)).collect();
            json::write(io.out, &all)?;
        }
    }
    Ok(Ending::Fine)
}

fn value(kind: &str, title: &str, dialect: &Dialect) -> serde_json::Value {
    let holds: Vec<&str> = dialect.order.iter().map(|kind| kind.section()).collect();
    let by_hand = dialect.by_hand.iter();
    let by_hand: Vec<_> =
        by_hand.map(|(kind, portal)| serde_json::json!({ "kind": kind, "portal": portal })).collect();
    serde_json::json!({
        "kind": kind, "title": title, "holds": holds,
        "fields": dialect.grades, "accepts": dialect.accepts, "where_it_cannot_be_read": by_hand
    })
}
