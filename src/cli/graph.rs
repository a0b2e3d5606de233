//! `dialform graph`

use super::{
    Io,
    args::{Format, Global, GraphArgs, GraphFormat},
    report::{about_calls, live_of_named},
};
use crate::{
    error::{Ending, Failure},
    picture, render,
    run::{
        self,
        graph::{Graph, graph, save},
    },
};

pub async fn run(global: &Global, args: &GraphArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let GraphArgs { named, reading, format, out } = args;
    // Every tenant is known, whichever of them are read: a call may come to any.
    let options = about_calls(global, reading);
    let checked = run::check(&global.dir, &options)?;
    let (live, _) = live_of_named(global, &checked, reading, &options, Format::Text, io).await?;
    let unread: Vec<_> = live.iter().flat_map(|live| live.findings().cloned()).collect();
    render::findings(&mut io.talk(), &unread)?;
    let Graph { drawing, title, notes } = graph(&checked, named, live.as_ref(), &options)?;
    let picture = match format {
        GraphFormat::Svg => picture::svg(&drawing, &title)?,
        GraphFormat::Mermaid => picture::mermaid(&drawing),
        GraphFormat::Html => picture::html(&drawing, &title, &notes)?,
    };
    match out {
        Some(path) => save(path, io.secrets.hide(&picture).as_bytes())?,
        None => io.out.write_all(picture.as_bytes())?,
    }
    Ok(if unread.is_empty() { Ending::Fine } else { Ending::Error })
}
