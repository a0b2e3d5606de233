//! `dialform unlock`

use super::{
    Io,
    args::{Global, ListFormat, UnlockArgs},
};
use crate::{
    error::{Ending, Failure},
    page::say,
    render::json,
    run::{self, AccountLock, LockReport},
    text::{count, printable},
};

/// Shows who holds what; with `--force` takes shared locks from those who do.
pub async fn run(global: &Global, args: &UnlockArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let (context, _) = io.context();
    let report = run::locks(&global.dir, args.tenant.as_deref(), args.sandbox, &context).await?;
    match args.format {
        ListFormat::Text => {
            for account in &report.accounts {
                say!(io.page(), "{}", printable(account.to_string()))?;
            }
        }
        ListFormat::Json => {
            json::write(io.out, &report.accounts.iter().map(AccountLock::to_json).collect::<Vec<_>>())?
        }
    }
    io.out.flush()?;
    match (args.force, report.is_shared()) {
        (false, _) => Ok(Ending::Fine),
        (true, true) => force(&report, args, io).await,
        (true, false) => Err(Failure::error("there is no shared lock to remove")
            .help("a lock on this machine ends with its process: end that process")),
    }
}

/// Removes the shared locks that were shown.
async fn force(report: &LockReport, args: &UnlockArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let held = report.held_by(args.owner.as_deref());
    let Some(owner) = held.first().and_then(|account| account.shared_owner()) else {
        say!(io.talk(), "no shared lock to remove")?;
        return Ok(Ending::Fine);
    };
    if args.owner.is_none() {
        let Some(ask) = io.ask else {
            return Err(Failure::refused(
                "removing a lock needs confirmation, and there is no terminal to ask on",
            )
            .help(format!("name the owner that is shown: `--owner {}`", owner.who)));
        };
        let question = format!(
            "\nRemove {} of a run that may still be writing? Only `yes` is accepted: ",
            count(held.len(), "lock")
        );
        if ask(&question)?.trim() != "yes" {
            return Err(Failure::refused("not confirmed, nothing was removed"));
        }
    }
    let mut kept = false;
    for account in held {
        let Some(removal) = report.remove(account).await? else { continue };
        let key = removal.key;
        if removal.removed {
            say!(io.talk(), "{}: removed, it was held by {}", key.to_string(), removal.owner.to_string())?;
        } else {
            kept = true;
            let why = "it has changed since it was shown, its owner may be alive";
            say!(io.talk(), "{}: not removed: {}", key.to_string(), why)?;
        }
    }
    Ok(if kept { Ending::Refused } else { Ending::Fine })
}
