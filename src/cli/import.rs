//! `dialform import`

use super::{
    Io,
    args::{Global, ImportArgs, ListFormat},
    progress::View,
};
use crate::{
    error::{Ending, Failure},
    render::{self, json},
    run::{self, ImportOptions, Options, Progress},
};
use std::collections::BTreeMap;

pub async fn run(global: &Global, args: &ImportArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let (options, import) = (Options { now: global.now, ..args.into() }, ImportOptions::from(args));
    let (context, mut notices) = io.context();
    let progress = Progress::reading(args.account.len(), BTreeMap::new());
    let view = View::new(io, args.format.into(), progress, &context.shutdown);
    let work = run::import(&global.dir, &options, &import, &context);
    let (imported, shown) = view.follow(work, &mut notices).await;
    shown?;
    let imported = imported?;
    match args.format {
        ListFormat::Text => render::import(&mut io.page(), &imported)?,
        ListFormat::Json => json::write(io.out, &imported)?,
    }
    Ok(if imported.is_incomplete() { Ending::Error } else { Ending::Fine })
}
