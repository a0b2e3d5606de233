//! What `emergency on` has switched, written down for the `off` that follows, and a log of every switch.

use crate::{
    emergency::{Choice, Record, Switch},
    error::Failure,
    file,
    lock::Owner,
    outcome::Outcome,
    secret,
    text::io_reason,
};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The version of the form of these files.
const FORMAT_VERSION: u32 = 1;

/// One run of `emergency on`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SwitchedOn {
    format_version: u32,
    /// UTC.
    created: String,
    by: String,
    /// Whether it is about the emulated phone systems.
    sandbox: bool,
    forwards: Vec<Record>,
    /// When all of them were off again, UTC; `None`: not yet.
    switched_off: Option<String>,
}

fn directory(root: &Path) -> PathBuf {
    root.join(file::OURS).join("emergency")
}

fn now() -> String {
    format!("{:.0}", jiff::Timestamp::now())
}

/// Writes down what is about to be switched on. When this returns it is on the disk.
pub(super) fn save(root: &Path, sandbox: bool, forwards: &[Record]) -> Result<PathBuf, String> {
    let directory = directory(root);
    let name = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%.6fZ.json").to_string();
    let path = directory.join(name);
    let record = SwitchedOn {
        format_version: FORMAT_VERSION,
        created: now(),
        by: secret::person(),
        sandbox,
        forwards: forwards.to_vec(),
        switched_off: None,
    };
    let written = file::own_directory(&directory).and_then(|()| write(&path, &record));
    written.map(|()| path).map_err(|error| io_reason(&error).to_string())
}

fn write(path: &Path, record: &SwitchedOn) -> io::Result<()> {
    let mut bytes = serde_json::to_vec_pretty(record)?;
    bytes.push(b'\n');
    file::replace(path, &bytes)
}

fn fail(path: &Path, why: &str) -> Failure {
    Failure::error(format!("cannot read `{}`: {why}", path.display())).help(
        "it says what `emergency on` has switched on; name the numbers to switch off with `--number`, or move it away to \
         switch off whatever is on and not declared `active: true`",
    )
}

/// The files of a workspace, oldest first.
fn paths(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let directory = directory(root);
    let entries = match fs::read_dir(&directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fail(&directory, &io_reason(&error))),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| fail(&directory, &io_reason(&error)))?.path();
        let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// What a file says is still to be switched off; `None`: nothing, or not there.
fn still_on(path: &Path, sandbox: bool) -> Result<Option<SwitchedOn>, Failure> {
    let bytes = fs::read(path).map_err(|error| fail(path, &io_reason(&error)))?;
    let record: SwitchedOn =
        serde_json::from_slice(&bytes).map_err(|error| fail(path, &error.to_string()))?;
    if record.format_version != FORMAT_VERSION {
        return Err(fail(path, &format!("it has format {}, not {FORMAT_VERSION}", record.format_version)));
    }
    Ok((record.sandbox == sandbox && record.switched_off.is_none()).then_some(record))
}

/// What runs of `on` have switched and no `off` has switched back.
pub(super) fn open(root: &Path, sandbox: bool) -> Result<Vec<Record>, Failure> {
    let mut open = Vec::new();
    for path in paths(root)? {
        let forwards = still_on(&path, sandbox)?.into_iter().flat_map(|it| it.forwards);
        open.extend(forwards.filter(|it| it.switched_off.is_none()));
    }
    Ok(open)
}

/// Marks the forwards that are off, and the files of which every forward is. One file that cannot be read keeps no other
/// from being marked.
pub(super) fn close(root: &Path, sandbox: bool, off: &dyn Fn(&Record) -> bool) -> Result<(), String> {
    let mut ended = Ok(());
    for path in paths(root).map_err(|failure| failure.to_string())? {
        let marked = mark(&path, sandbox, off);
        ended = ended.and(marked);
    }
    ended
}

fn mark(path: &Path, sandbox: bool, off: &dyn Fn(&Record) -> bool) -> Result<(), String> {
    let Some(mut record) = still_on(path, sandbox).map_err(|failure| failure.to_string())? else {
        return Ok(());
    };
    let now = now();
    let mut changed = false;
    for forward in record.forwards.iter_mut().filter(|it| it.switched_off.is_none()) {
        if off(forward) {
            forward.switched_off = Some(now.clone());
            changed = true;
        }
    }
    if record.forwards.iter().all(|it| it.switched_off.is_some()) {
        record.switched_off = Some(now);
        changed = true;
    }
    if !changed {
        return Ok(());
    }
    write(path, &record).map_err(|error| io_reason(&error).to_string())
}

/// Appends one line of JSON about a run: who switched what, when, and how it ended.
pub(super) fn log(
    root: &Path,
    sandbox: bool,
    switch: Switch,
    choice: &Choice,
    outcomes: &[Outcome],
) -> Result<(), String> {
    let owner = Owner::this(secret::person(), format!("dialform emergency {}", switch.word()));
    let forwards = choice.switched.iter().map(|it| {
        let ended = outcomes.iter().find(|o| o.tenant == it.tenant && o.address.key == it.number);
        serde_json::json!({
            "tenant": it.tenant, "number": it.number, "to": it.to, "status": ended.map(|it| it.status),
        })
    });
    let line = serde_json::json!({
        "time": now(),
        "who": owner.who,
        "command": owner.command,
        "sandbox": sandbox,
        "forwards": forwards.collect::<Vec<_>>(),
    });
    let directory = directory(root);
    let append = || -> io::Result<()> {
        file::own_directory(&directory)?;
        let mut file = file::append(&directory.join("log.jsonl"))?;
        file.write_all(format!("{line}\n").as_bytes())?;
        file.sync_all()
    };
    append().map_err(|error| io_reason(&error).to_string())
}
