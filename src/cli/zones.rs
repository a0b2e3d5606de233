//! `dialform zones`

use super::{
    Io,
    args::{Global, ListFormat, ZonesArgs},
    report::{about_calls, live_of_named},
};
use crate::{
    error::{Ending, Failure},
    render::{self, json},
    run,
};

pub async fn run(global: &Global, args: &ZonesArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let ZonesArgs { tables, reading, format } = args;
    let options = about_calls(global, reading);
    let checked = run::check(&global.dir, &options)?;
    let (live, named) = live_of_named(global, &checked, reading, &options, (*format).into(), io).await?;
    let unread: Vec<_> = live.iter().flat_map(|live| live.findings().cloned()).collect();
    render::findings(&mut io.talk(), &unread)?;
    let zones = run::zones(&checked, &named, live.as_ref(), tables.as_deref())?;
    match format {
        ListFormat::Text => render::zones(&mut io.page(), &zones)?,
        ListFormat::Json => json::write(io.out, &zones)?,
    }
    Ok(if unread.is_empty() { Ending::Fine } else { Ending::Error })
}
