//! `dialform who-points-to`, `dialform export`, `dialform diff`

use super::{
    Io,
    args::{DiffArgs, ExportArgs, Format, Global, ListFormat, Reading, TableFormat, WhoArgs},
    progress::View,
};
use crate::{
    error::{Ending, Failure},
    finding::{Finding, Level},
    page::Page,
    render::{self, json},
    report::Row,
    run::{self, Checked, Options, Progress, Selection, drill, export, report},
};
use serde_json::json;
use std::{collections::BTreeMap, path::Path};

pub async fn who_points_to(global: &Global, args: &WhoArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let WhoArgs { target, reading, format } = args;
    let (checked, options) = check(global, reading)?;
    let asked = report::target(&checked, target)?;
    let options = Options { asks_for_uses: true, ..options };
    let live = live(&checked, reading, &options, (*format).into(), io).await?;
    let (pointers, warnings) = report::who_points_to(&checked, target, &asked, live.as_ref());
    render::findings(&mut io.talk(), &warnings)?;
    match format {
        ListFormat::Text => render::pointers(&mut io.page(), &pointers)?,
        ListFormat::Json => json::write(io.out, &pointers)?,
    }
    Ok(if pointers.is_incomplete() { Ending::Error } else { Ending::Fine })
}

pub async fn export(global: &Global, args: &ExportArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let ExportArgs { at, reading, format, out } = args;
    if *format == TableFormat::Xlsx && out.is_none() {
        return Err(
            Failure::error("a spreadsheet is no text to print").help("name its file: `--out numbers.xlsx`")
        );
    }
    let at = at.as_deref().map(drill::instant).transpose()?;
    let selection = Selection { as_of: at, ..Selection::default() };
    let options = Options { selection, ..about_calls(global, reading) };
    // Every tenant is known: a call may come to any.
    let checked = run::check(&global.dir, &options)?;
    let (live, named) = live_of_named(global, &checked, reading, &options, format.shown(), io).await?;
    let (rows, unread) = export::list(&checked, &named, live.as_ref(), &options);
    match out {
        Some(path) => save(path, *format, &rows, &unread, io)?,
        None => print(*format, &rows, &unread, io)?,
    }
    // What is missing from a list nobody sees in it.
    render::findings(&mut io.talk(), &unread)?;
    let is_incomplete = unread.iter().any(|finding| finding.level == Level::Error);
    Ok(if is_incomplete { Ending::Error } else { Ending::Fine })
}

pub fn diff(global: &Global, args: &DiffArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let DiffArgs { first, second, detailed_exitcode, format } = args;
    let checked = run::check(&global.dir, &Options { now: global.now, ..Options::default() })?;
    let comparison = report::compare(&checked, first, second)?;
    match format {
        ListFormat::Text => render::comparison(&mut io.page(), &comparison)?,
        ListFormat::Json => json::write(io.out, &comparison)?,
    }
    let differs = *detailed_exitcode && !comparison.is_empty();
    Ok(if differs { Ending::Changes } else { Ending::Fine })
}

/// The files.
fn check(global: &Global, reading: &Reading) -> Result<(Checked, Options), Failure> {
    let selection = Selection { tenant: reading.tenant.clone(), ..Selection::default() };
    let options = Options { selection, ..about_calls(global, reading) };
    Ok((run::check(&global.dir, &options)?, options))
}

/// What is live, where that is asked for.
async fn live(
    checked: &Checked,
    reading: &Reading,
    options: &Options,
    format: Format,
    io: &mut Io<'_>,
) -> Result<Option<report::Live>, Failure> {
    if !reading.live && !options.emulation.sandbox {
        return Ok(None);
    }
    let (context, mut notices) = io.context();
    let progress = Progress::reading(checked.tenants.len(), BTreeMap::new());
    let view = View::new(io, format, progress, &context.shutdown);
    let (live, shown) = view.follow(report::Live::read(checked, options, &context), &mut notices).await;
    shown?;
    live.map(Some)
}

/// The options of a command that is about what happens to calls.
pub(super) fn about_calls(global: &Global, reading: &Reading) -> Options {
    Options {
        follows_calls: true,
        looks_at_calls: true,
        emulation: (&reading.emulation).into(),
        logging: (&reading.watching).into(),
        now: global.now,
        ..Options::default()
    }
}

/// What is live of the tenants that `--tenant` names, and their names, where every tenant of the files is known.
pub(super) async fn live_of_named(
    global: &Global,
    checked: &Checked,
    reading: &Reading,
    options: &Options,
    format: Format,
    io: &mut Io<'_>,
) -> Result<(Option<report::Live>, Vec<String>), Failure> {
    let Some(tenant) = &reading.tenant else {
        return Ok((live(checked, reading, options, format, io).await?, checked.tenant_names()));
    };
    let selection = Selection { tenant: Some(tenant.clone()), ..options.selection.clone() };
    let named = run::check(&global.dir, &Options { selection, ..options.clone() })?;
    Ok((live(&named, reading, options, format, io).await?, named.tenant_names()))
}

fn print(format: TableFormat, rows: &[Row], unread: &[Finding], io: &mut Io<'_>) -> Result<(), Failure> {
    match format {
        TableFormat::Json => json::write(io.out, &json!({ "rows": rows, "findings": unread }))?,
        TableFormat::Csv | TableFormat::Xlsx => render::csv(&mut io.page(), rows)?,
    }
    Ok(())
}

/// Writes the file, without any credential.
fn save(
    path: &Path,
    format: TableFormat,
    rows: &[Row],
    unread: &[Finding],
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    match format {
        TableFormat::Json => json::write(&mut bytes, &json!({ "rows": rows, "findings": unread }))?,
        TableFormat::Csv => render::csv(&mut Page::text(&mut bytes), rows)?,
        TableFormat::Xlsx => {
            bytes = render::xlsx(rows).map_err(|error| {
                Failure::error(format!("cannot make a spreadsheet of {} rows: {error}", rows.len()))
                    .help("choose fewer tenants with `--tenant`, or `--format csv`")
            })?;
        }
    }
    if let Ok(text) = std::str::from_utf8(&bytes) {
        bytes = io.secrets.hide(text).into_owned().into_bytes();
    }
    export::save_list(path, &bytes)
}
