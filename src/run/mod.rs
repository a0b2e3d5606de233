//! The engine as a library: check a workspace, plan it, apply the plan. No terminal, no command line.
//!
//! [`check`], [`plan`] and [`apply`] take values and return values. Whoever wants to look at a plan before it is carried
//! out, to ask a person for instance, opens a [`Session`] and does the same in steps.
//!
//! - `options`: what whoever starts a run may choose
//! - `context`: what a run shares with whoever started it: credentials to hide, a way to end it early, a listener
//! - `check`: a workspace loaded and checked; `declared`, `restored`, `intent`: as declared or for a restore
//! - `then`: what the tenants declared at another revision. `meanwhile`, `undo`, `allowed`: what others have merged since, which
//!   steps would take it back, and which of them may
//! - `untils`: what changes by itself: what is about to, what has, and what lies between a review and now
//! - `lints`, `parts`: what the lints find, also in tenants that could be read in part; `levels`, `allows`: what becomes of that
//! - `pattern`: which tenants and objects an option names; `only`: the same of `--only`
//! - `place`: where something of a tenant stands
//! - `checklist`: what of it only people can set or look at
//! - `session`, `emulated`, `planned`: open phone systems, real or emulated, and the plan against them, with `at_once`: many tenants at
//!   once, each provider within its own limits, and `platforms`: which of them lead to the numbers of others
//! - `batches`: the same of a fleet, of which one batch of tenants after the other is in memory
//! - `noticed`, `pictured`: what callers notice of a plan, in words and drawn. `after`: a tenant once a run is done. `circles`: which
//!   circles it makes, and with `across` and `ways` those that lead through several tenants
//! - `compared`: one tenant against what is live, or against what the files said at another revision
//! - `drift`: what has changed live, and both ways out
//! - `account_locks`, `unlock`: who may write to an account
//! - `emergency`, `emergency_record`: emergency forwards on the day of an outage
//! - `init`, `ready_ci`: a new workspace, and its CI
//! - `edited`: a workspace while somebody writes it
//! - `files`, `format`: which files it has, and those in one form
//! - `import`, `import_one`, `import_template`, `import_write`, `import_together`, `import_kept`, `import_baseline`, `baseline`: live accounts to files, and what was wrong in them before
//! - `approval`, `apply`: which plan may be carried out, and how that ended
//! - `machine`: what the machine and whoever started the process have settled before it
//! - `monitor`, `audit_log`: every request of a run
//! - `plan_file`: saved plans, and those of shards that make a whole
//! - `outcomes`: how the applies of shards went, as a whole
//! - [`ci`]: what a job of CI asks: which plan was reviewed, what is approved, what waits, where to say how it went
//! - `progress`: how far a run is, for whoever shows it
//! - `report`: who points to something, two tenants compared. [`export`]: lists
//! - [`trace`], [`drill`]: what happens to a call, and to all of them in an outage, with `scene`: what is configured for it, `origin`:
//!   whether the files say it, `clocks`: whether what it comes to counts in another zone, `out_of_service`: whether calls come in
//!   at all, and `asked`: what somebody asks about it
//! - [`graph`]: the way of calls, drawn
//! - [`rehearse`]: a switch of this machine that a person can call
//! - [`test`](mod@test): assertions about calls
//! - `show`: a tenant with what it takes from other files
//! - `schema`: the JSON Schemas of the files
//!
//! A whole round against the emulated phone systems:
//!
//! ```
//! use dialform::run::{self, ApplyOptions, Context, Emulation, Options};
//!
//! # fn copy(from: &std::path::Path, to: &std::path::Path) -> std::io::Result<()> {
//! #     std::fs::create_dir_all(to)?;
//! #     for entry in std::fs::read_dir(from)? {
//! #         let (entry, name) = entry.map(|it| (it.path(), it.file_name()))?;
//! #         match entry.is_dir() {
//! #             true if name == ".dialform" => {}
//! #             true => copy(&entry, &to.join(name))?,
//! #             false => drop(std::fs::copy(&entry, to.join(name))?),
//! #         }
//! #     }
//! #     Ok(())
//! # }
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #   let scratch = tempfile::tempdir()?;
//! #   copy("examples/quickstart".as_ref(), scratch.path())?;
//! #   let root = scratch.path();
//!     let options = Options {
//!         emulation: Emulation { sandbox: true, ..Emulation::default() },
//!         ..Options::default()
//!     };
//!     let context = Context::default();
//!
//!     let plan = run::plan(root, &options, &context).await?;
//!     assert_eq!(plan.steps().count(), 20);
//!
//!     let mut apply = ApplyOptions::default();
//!     apply.approval.digest = Some(plan.digest);
//!     let (_, applied) = run::apply(root, &options, &apply, &context).await?;
//!     assert!(applied.is_some_and(|applied| applied.outcomes.len() == 20));
//!
//!     assert!(run::plan(root, &options, &context).await?.is_empty());
//!     Ok(())
//! }
//! ```

mod account_locks;
mod across;
mod after;
mod allowed;
mod allows;
mod apply;
mod approval;
mod asked;
mod at_once;
mod audit_log;
mod baseline;
mod batches;
pub mod calls;
mod check;
mod checklist;
pub mod ci;
mod circles;
mod clocks;
mod compared;
mod context;
mod declared;
mod drift;
pub mod drill;
mod edited;
pub mod emergency;
mod emergency_record;
pub mod emulated;
mod expected;
pub mod export;
mod files;
mod format;
pub mod graph;
mod import;
mod import_baseline;
mod import_files;
mod import_kept;
mod import_one;
mod import_template;
mod import_together;
mod import_write;
mod init;
mod intent;
mod levels;
mod lints;
mod machine;
mod meanwhile;
mod monitor;
mod noticed;
mod only;
mod options;
mod origin;
mod out_of_service;
mod outcomes;
mod parts;
mod pattern;
mod pictured;
mod place;
mod plan_file;
mod planned;
mod platforms;
pub mod progress;
mod ready_ci;
pub mod rehearse;
pub mod report;
mod restored;
mod scene;
mod schema;
mod session;
mod show;
pub mod test;
mod then;
pub mod trace;
mod undo;
mod unlock;
mod untils;
mod ways;
mod zones;

pub use crate::load::Expected;
pub use crate::plan::Detail;
pub use crate::provider::{Access, Answer, Question};
pub use apply::Applied;
pub use batches::{checks_in_batches, in_batches, plan_over};
pub use check::{Checked, CheckedTenant};
pub use checklist::checklist;
pub use compared::{plan_against, plan_against_drawn};
pub use context::{Context, Notice, Pace};
pub use edited::Edited;
pub use emergency::{Emergency, EmergencySelection};
pub use expected::{expected_changes, expected_of, unexpected};
pub use files::{Looked, looked};
pub use format::{Formatted, FormattedFile, format};
pub use import::{ImportOptions, import};
pub use init::{InitOptions, Initiated, init, is_asked, is_workspace, kind_of, questions};
pub use intent::Intent;
pub use machine::{ignored_signals, on_runtime};
pub use options::{ApplyOptions, Approval, Emulation, Logging, Options, Selection, duration, instant};
pub use outcomes::{ending as ending_of_all, merge_outcomes};
pub use pictured::{Drawings, Drawn};
pub use plan_file::{follow_plan, keep_outcome, merge_plans, save_plan, save_whole, saved_plan};
pub use progress::Progress;
pub use schema::{SchemaOf, write_schemas};
pub use session::{Opened, Session};
pub use show::{ShownLine, show};
pub use unlock::{AccountLock, LockReport, Removal, locks};
pub use zones::zones;

pub use crate::{
    apply::{Cause, Shutdown},
    model::LintLevel,
};
use crate::{error::Failure, plan::Plan, provider::Provider};
use monitor::Monitor;
use std::path::Path;

/// Loads and checks a workspace, as its files declare it or, with [`Selection::restore`], for a restore.
///
/// Any error in any file ends the run: nothing is planned from files that are partly understood.
pub fn check(root: &Path, options: &Options) -> Result<Checked, Failure> {
    match &options.selection.restore {
        Some(file) => restored::check(root, file, options),
        None => batches::check(root, options),
    }
}

/// Loads and checks a workspace, reads the accounts of its tenants, and says what would change. Sends nothing but reads.
pub async fn plan(root: &Path, options: &Options, context: &Context) -> Result<Plan, Failure> {
    let mut checked = check(root, options)?;
    warn(&checked, context);
    let opened = Session::reading(&checked, options, context).await?.into_opened();
    let (opened, plan) =
        plan_over(opened, &mut checked, context, Detail::Whole, &mut Drawings::default()).await;
    let session = Session::over(opened, &checked, context);
    let logged = session.ensure_logged();
    session.close().await;
    logged.and(plan)
}

/// Plans, and carries the plan out if its approval covers it. The plan has no table of calls: [`plan`] has it. Asks nobody. The second value is `None` if there was
/// nothing to do.
pub async fn apply(
    root: &Path,
    options: &Options,
    apply: &ApplyOptions,
    context: &Context,
) -> Result<(Plan, Option<Applied>), Failure> {
    let checked = check(root, options)?;
    warn(&checked, context);
    let session = Session::writing(&checked, options, apply, context).await?;
    let done = async {
        let plan = session.plan().await?;
        session.ensure_logged()?;
        apply.approval.permit(&plan)?;
        let applied = match plan.is_empty() {
            true => None,
            false => Some(session.apply(&plan, apply.wait).await?),
        };
        Ok((plan, applied))
    };
    let done = done.await;
    session.close().await;
    done
}

fn warn(checked: &Checked, context: &Context) {
    checked.warnings.iter().for_each(|finding| context.notify(Notice::Finding(finding.clone())));
}

/// The phone systems dialform knows, or the one of a kind.
pub fn providers(kind: Option<&str>) -> Result<Vec<&'static Provider>, Failure> {
    let all = crate::provider::all();
    let found: Vec<_> =
        all.iter().copied().filter(|provider| kind.is_none_or(|kind| kind == provider.kind)).collect();
    if found.is_empty() {
        let known: Vec<&str> = all.iter().map(|provider| provider.kind).collect();
        let failure = Failure::error(format!("there is no provider of kind `{}`", kind.unwrap_or("")));
        return Err(failure.help(format!("known kinds: {}", known.join(", "))));
    }
    Ok(found)
}
