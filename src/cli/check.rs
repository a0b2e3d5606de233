//! `dialform check`

use super::{
    Io,
    args::{CheckArgs, Format, Global},
    report::live_of_named,
};
use crate::{
    error::{Ending, Failure},
    finding::{Finding, Level, bounded},
    render::{self, json},
    run::{self, Looked, Options, calls},
};

pub async fn run(global: &Global, args: &CheckArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let CheckArgs { calls, reading, levels, format } = args;
    let options = Options {
        emulation: (&reading.emulation).into(),
        logging: (&reading.watching).into(),
        lints: levels.into(),
        now: global.now,
        in_batches: (!calls).then(run::checks_in_batches),
        ..Options::default()
    };
    if !calls && (reading.live || reading.tenant.is_some() || reading.emulation.sandbox) {
        return Err(Failure::error("without `--calls` a check is of the files, and of all tenants")
            .help("write `check --calls --live`, or leave the rest out"));
    }
    let checked = run::check(&global.dir, &options)?;
    let (mut findings, mut placed, mut is_whole) = (checked.warnings.clone(), None, true);
    if *calls {
        let option = if reading.emulation.sandbox { "--sandbox" } else { "--live" };
        let (live, named) = live_of_named(global, &checked, reading, &options, format.shown(), io).await?;
        let unread: Vec<_> = live.iter().flat_map(|live| live.findings().cloned()).collect();
        is_whole = unread.is_empty();
        let (found, counted) = calls::sweep(&checked, &named, live.as_ref(), option);
        // What plain `check` finds by placing some calls is found again, perhaps with a shorter one.
        let is_again =
            |it: &Finding| found.iter().any(|more| (more.code, &more.message) == (it.code, &it.message));
        findings.retain(|finding| !is_again(finding));
        findings.extend(unread.into_iter().chain(found));
        findings.sort();
        findings.dedup();
        findings = bounded(findings);
        placed = Some(counted);
    }
    let (tenants, objects) = checked.counts();
    match (format.program(), format.shown()) {
        (Some(program), _) => {
            let Looked { within, files } = run::looked(&global.dir);
            render::checked(io.out, program, &findings, &within, &files)?
        }
        (None, Format::Json) => match placed {
            None => json::write(io.out, &serde_json::json!({ "findings": findings }))?,
            Some(placed) => {
                json::write(io.out, &serde_json::json!({ "findings": findings, "calls": placed }))?
            }
        },
        (None, Format::Markdown) => {
            render::check_markdown(&mut io.markdown(), tenants, objects, &findings, placed)?
        }
        (None, Format::Text) => {
            render::findings(&mut io.talk(), &findings)?;
            render::check(&mut io.page(), tenants, objects, &findings, placed)?;
        }
    }
    // The process ends: nobody needs back what it takes to hold a fleet.
    std::mem::forget(checked);
    let is_wrong = findings.iter().any(|finding| finding.level == Level::Error);
    Ok(if is_whole && !is_wrong { Ending::Fine } else { Ending::Error })
}
