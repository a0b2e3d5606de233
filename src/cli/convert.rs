//! Arguments as what the engine takes.

use super::args::{ApplyArgs, Emulation, ImportArgs, InitArgs, Levels, PlanArgs, Selection, Watching};
use crate::{
    error::Failure,
    run::{self, ApplyOptions, Approval, ImportOptions, LintLevel, Logging, Options},
};
use std::sync::Arc;

impl From<&Selection> for run::Selection {
    fn from(args: &Selection) -> Self {
        let Selection { tenant, only, changed_since, shard, base, allow_undo, restore } = args.clone();
        Self { tenant, only, changed_since, shard, base, allow_undo, restore, ..Self::default() }
    }
}

impl From<&Emulation> for run::Emulation {
    fn from(args: &Emulation) -> Self {
        let Emulation { sandbox, fault, record } = args.clone();
        Self { sandbox, fault, record }
    }
}

impl From<&Watching> for Logging {
    fn from(args: &Watching) -> Self {
        let Watching { log, log_bodies, verbose } = args.clone();
        Self { log, log_bodies, verbose }
    }
}

impl From<&Levels> for Vec<(String, LintLevel)> {
    fn from(args: &Levels) -> Self {
        let Levels { deny, warn, allow } = args;
        let all = [(deny, LintLevel::Deny), (warn, LintLevel::Warn), (allow, LintLevel::Allow)];
        all.into_iter().flat_map(|(codes, level)| codes.iter().map(move |it| (it.clone(), level))).collect()
    }
}

/// The word for `dialform.yaml` as it is in the files.
const WORKTREE: &str = "worktree";

impl TryFrom<&PlanArgs> for Options {
    type Error = Failure;

    fn try_from(args: &PlanArgs) -> Result<Self, Failure> {
        let PlanArgs {
            selection, emulation, watching, levels, config, merge, against, as_of, showing, ..
        } = args;
        let as_of = as_of.as_deref().map(|text| run::instant("--as-of", text)).transpose()?;
        let config = config.clone().or_else(|| selection.base.clone()).filter(|it| it != WORKTREE);
        let (merge, against) = (merge.clone(), against.clone());
        let selection = run::Selection { config, merge, against, as_of, ..selection.into() };
        let environment = showing.environment.clone();
        let (emulation, logging) = (emulation.into(), watching.into());
        Ok(Self {
            environment,
            selection,
            emulation,
            logging,
            lints: levels.into(),
            now: None,
            unsaved: Arc::default(),
            in_part: true,
            in_batches: None,
            follows_calls: false,
            looks_at_calls: false,
            asks_for_uses: false,
        })
    }
}

impl From<&ApplyArgs> for Options {
    fn from(args: &ApplyArgs) -> Self {
        let ApplyArgs { selection, emulation, watching, showing, .. } = args;
        let environment = showing.environment.clone();
        Self {
            // Nothing is written while anything is wrong with the files.
            in_part: false,
            in_batches: None,
            follows_calls: false,
            looks_at_calls: false,
            asks_for_uses: false,
            environment,
            selection: selection.into(),
            emulation: emulation.into(),
            logging: watching.into(),
            lints: Vec::new(),
            now: None,
            unsaved: Arc::default(),
        }
    }
}

impl TryFrom<&ApplyArgs> for ApplyOptions {
    type Error = Failure;

    fn try_from(args: &ApplyArgs) -> Result<Self, Failure> {
        let wait = args.wait.as_deref().map(|text| run::duration("--wait", text)).transpose()?;
        let timeout =
            args.lock_timeout.as_deref().map(|text| run::duration("--lock-timeout", text)).transpose()?;
        let approval = Approval {
            digest: args.digest.clone(),
            reviewed: None,
            critical: args.approve_critical.clone(),
            override_guard: args.override_guard,
        };
        Ok(Self { wait, lock_timeout: timeout.unwrap_or_default(), approval })
    }
}

impl From<&ImportArgs> for Options {
    fn from(args: &ImportArgs) -> Self {
        let ImportArgs { emulation, watching, .. } = args;
        Self { emulation: emulation.into(), logging: watching.into(), ..Self::default() }
    }
}

impl From<&ImportArgs> for ImportOptions {
    fn from(args: &ImportArgs) -> Self {
        let ImportArgs { provider, account, all, only, except, out, force, write, template, split, .. } =
            args.clone();
        Self { provider, accounts: account, all, only, except, out, force, write, template, split }
    }
}

impl From<&InitArgs> for Options {
    fn from(args: &InitArgs) -> Self {
        let InitArgs { emulation, watching, .. } = args;
        Self { emulation: emulation.into(), logging: watching.into(), ..Self::default() }
    }
}
