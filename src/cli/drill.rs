//! `dialform drill`

use super::{
    Io,
    args::{DrillArgs, Global, ListFormat},
    report::{about_calls, live_of_named},
};
use crate::{
    error::{Ending, Failure},
    render::{self, Command, json},
    report::Outage,
    run::{
        self, Options, Selection,
        drill::{self, Drilled},
    },
};

pub async fn run(global: &Global, args: &DrillArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let DrillArgs { platform_down: _, extensions, at, reading, format } = args;
    let at = at.as_deref().map(drill::instant).transpose()?;
    let about = about_calls(global, reading);
    let selection = Selection { as_of: at, ..Selection::default() };
    let options = Options { selection, ..about };
    let checked = run::check(&global.dir, &options)?;
    let (live, named) = live_of_named(global, &checked, reading, &options, (*format).into(), io).await?;
    let unread: Vec<_> = live.iter().flat_map(|live| live.findings().cloned()).collect();
    render::findings(&mut io.talk(), &unread)?;
    let outage = match extensions.as_slice() {
        [] => Outage::Platform,
        names => Outage::Extensions(names.to_vec()),
    };
    let Drilled { tenants, clocks } = drill::drill(&checked, &named, live.as_ref(), &outage, &options)?;
    render::findings(&mut io.talk(), &clocks)?;
    match format {
        ListFormat::Text => {
            let command = Command { dir: &global.dir, is_sandbox: reading.emulation.sandbox };
            render::drill(&mut io.page(), &tenants, live.is_some(), outage == Outage::Platform, &command)?;
        }
        ListFormat::Json => json::write(io.out, &tenants)?,
    }
    Ok(if unread.is_empty() { Ending::Fine } else { Ending::Error })
}
