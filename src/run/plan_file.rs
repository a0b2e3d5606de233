//! Saved plans (`plan --out FILE`, `apply FILE`).

use super::{ApplyOptions, Checked, Options, Selection};
use crate::{
    error::Failure,
    file,
    load::has_revision,
    plan::{
        Action, FORMAT_VERSION, MadeFrom, NamedCommit, NoWhole, Plan, SavedPlan, SavedShard, Whole,
        saved::{self, NoPlan},
    },
    secret::KnownSecrets,
    text::io_reason,
};
use std::path::{Path, PathBuf};

/// Saves a plan, without any credential.
pub fn save_plan(path: &Path, plan: &Plan, secrets: &KnownSecrets) -> Result<(), Failure> {
    let failed = |error: std::io::Error| unsaved(path, &error);
    let hide = |text: &str| secrets.hide(text).into_owned();
    let text = saved::write(plan, &hide).map_err(|error| failed(error.into()))?;
    put(path, &text).map_err(failed)
}

fn put(path: &Path, text: &str) -> std::io::Result<()> {
    file::ensure_read_again(text.len() as u64)?;
    file::replace(path, text.as_bytes())
}

/// A saved plan, as it was saved to the letter.
pub fn saved_plan(path: &Path) -> Result<SavedPlan, Failure> {
    let shown = path.display();
    let text = file::read_of_run(path).map_err(|error| {
        Failure::error(format!("cannot read the plan `{shown}`: {}", io_reason(&error)))
            .help("save one with `dialform plan --out FILE`")
    })?;
    saved::read(&text).map_err(|why| no_plan(path, why))
}

fn no_plan(path: &Path, why: NoPlan) -> Failure {
    let shown = path.display();
    match why {
        NoPlan::Strange(error) => Failure::error(format!("`{shown}` is not a saved plan: {error}"))
            .help("save one with `dialform plan --out FILE`"),
        NoPlan::Format(format) => {
            Failure::refused(format!("`{shown}` has plan format {format}, not {FORMAT_VERSION}"))
                .help("plan again with this version of dialform")
        }
        NoPlan::Changed(fields) => {
            let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
            let message = format!("`{shown}` was changed after it was saved, in {}", fields.join(", "));
            Failure::refused(message).help("plan again, and review that")
        }
    }
}

/// The plan that the saved plans of shards make. Whatever is not whole is refused.
pub fn merge_plans(paths: &[PathBuf]) -> Result<Whole, Failure> {
    let shards = paths.iter().map(|path| {
        let shown = path.display();
        let text = file::read_of_run(path).map_err(|error| {
            Failure::refused(format!("cannot read the plan `{shown}`: {}", io_reason(&error)))
                .help("save each with `dialform plan --shard I/N --out FILE`")
        })?;
        let plan = saved::unaltered(&text).map_err(|why| match why {
            NoPlan::Strange(_) if text.starts_with("{\"event\":") => {
                Failure::refused(format!("`{shown}` is not a saved plan: an apply has printed it"))
                    .help("join outcomes with `dialform merge --outcomes`")
            }
            // Half of a file is no other file.
            NoPlan::Strange(error) => Failure::refused(format!("`{shown}` is not a saved plan: {error}"))
                .help("save it again with `dialform plan --shard I/N --out FILE`"),
            other => no_plan(path, other),
        })?;
        Ok(SavedShard { file: shown.to_string(), plan })
    });
    let shards = shards.collect::<Result<Vec<_>, Failure>>()?;
    Whole::of(shards).map_err(|NoWhole { message, help }| Failure::refused(message).help(help))
}

/// Saves a plan that shards make.
pub fn save_whole(path: &Path, whole: &Whole) -> Result<(), Failure> {
    let saved = whole.saved().map_err(std::io::Error::from);
    saved.and_then(|text| put(path, &text)).map_err(|error| unsaved(path, &error))
}

/// Writes how an apply ended into the file that was named for it, if one was.
pub fn keep_outcome(path: Option<&Path>, line: &[u8]) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    file::replace(path, line).map_err(|error| {
        let shown = path.display();
        Failure::error(format!("cannot write the outcome to `{shown}`: {}", io_reason(&error)))
            .help("name a file in a directory that is there and can be written to")
    })
}

fn unsaved(path: &Path, error: &std::io::Error) -> Failure {
    let help = match error.kind() {
        std::io::ErrorKind::FileTooLarge => {
            "save it in parts with `dialform plan --shard I/N --out FILE`, and apply each"
        }
        _ => "name a file in a directory that is there and can be written to",
    };
    Failure::error(format!("cannot save the plan to `{}`: {}", path.display(), io_reason(error))).help(help)
}

/// Makes a run one of a saved plan: of its part of the workspace, with that plan as what was approved.
pub fn follow_plan(
    root: &Path,
    path: &Path,
    options: &mut Options,
    apply: &mut ApplyOptions,
) -> Result<(), Failure> {
    let saved = saved_plan(path)?;
    ensure_same_systems(path, &saved, options.emulation.sandbox)?;
    options.selection = selection_of(root, path, &saved)?;
    apply.approval.reviewed = Some(saved);
    Ok(())
}

/// The part of the workspace that a saved plan is of: its tenants, by name, and nothing that has moved since. What is new since is
/// a part of everything: a change of a template reaches it as well.
fn selection_of(root: &Path, path: &Path, saved: &SavedPlan) -> Result<Selection, Failure> {
    let made_from = &saved.made_from;
    let base = match &made_from.base {
        Some(base) if has_revision(root, base.exactly()) => Some(base.exactly().to_owned()),
        Some(base) => {
            // Without it the plan of now lacks what is left to people because the files have changed.
            let by_hand = |it: &saved::SavedStep| it.action == Action::Manual;
            if saved.tenants.iter().flat_map(|it| &it.steps).any(by_hand) {
                let message = format!(
                    "`{}` compares with commit {} (`{}`), which this checkout lacks",
                    path.display(),
                    base.exactly(),
                    base.named
                );
                return Err(Failure::refused(message)
                    .help("check out the history as well, e.g. with `fetch-depth: 0`, and apply again"));
            }
            None
        }
        None => None,
    };
    let of_tenants =
        made_from.tenant.is_some() || made_from.changed_since.is_some() || made_from.shard.is_some();
    Ok(Selection {
        new_tenants: !of_tenants && made_from.only.is_empty() && made_from.restore.is_none(),
        tenants: Some(saved.tenants.iter().map(|it| it.tenant.clone()).collect()),
        only: made_from.only.clone(),
        shard: made_from.shard,
        whole: saved.part.as_ref().map(|part| part.of.clone()),
        // Without the commits of the base nothing can be taken back from them.
        allow_undo: match base {
            Some(_) => made_from.allow_undo.iter().map(|it| it.exactly().to_owned()).collect(),
            None => Vec::new(),
        },
        base,
        restore: made_from.restore.as_ref().map(PathBuf::from),
        as_of: made_from.as_of,
        ..Selection::default()
    })
}

/// What a plan of these options is made from.
pub(super) fn made_from(checked: &Checked, options: &Options) -> MadeFrom {
    let Selection {
        tenant,
        tenants: _,
        new_tenants: _,
        only,
        changed_since,
        shard,
        whole: _,
        base,
        merge,
        allow_undo: _,
        against,
        config,
        restore,
        as_of,
    } = &options.selection;
    let root = checked.root.as_path();
    let merged = checked.merge.as_ref().zip(merge.as_ref());
    let commit = |named: &Option<String>| {
        let commit = |named: &String| checked.workspace.commit_of(root, named);
        named.as_ref().map(|named| NamedCommit { named: named.clone(), commit: commit(named) })
    };
    MadeFrom {
        dialform: env!("CARGO_PKG_VERSION").to_owned(),
        workspace: checked.workspace.place_in_repository(root),
        environment: options.environment.clone(),
        head: checked.workspace.commit_of(root, "HEAD"),
        sandbox: options.emulation.sandbox,
        tenant: tenant.clone(),
        only: only.clone(),
        changed_since: commit(changed_since),
        shard: *shard,
        base: commit(base),
        merge: merged
            .map(|(it, named)| NamedCommit { named: named.clone(), commit: Some(it.commit().to_owned()) }),
        tree: merged.map(|(it, _)| it.tree.clone()),
        allow_undo: checked
            .allowed
            .iter()
            .map(|it| NamedCommit { named: it.given.clone(), commit: Some(it.commit.clone()) })
            .collect(),
        against: commit(against),
        config: commit(config),
        restore: restore.as_ref().map(|path| path.to_string_lossy().into_owned()),
        as_of: (as_of.is_some() || checked.has_until()).then_some(checked.workspace.at),
    }
}

/// Refuses a saved plan of the emulated systems for real ones, and the other way round.
fn ensure_same_systems(path: &Path, saved: &SavedPlan, sandbox: bool) -> Result<(), Failure> {
    let shown = path.display();
    match (saved.made_from.sandbox, sandbox) {
        (true, false) => Err(Failure::refused(format!("`{shown}` is a plan of the emulated phone systems"))
            .help("add `--sandbox`, or plan the real ones")),
        (false, true) => Err(Failure::refused(format!("`{shown}` is a plan of the real phone systems"))
            .help("leave `--sandbox` out, or plan with it")),
        _ => Ok(()),
    }
}
