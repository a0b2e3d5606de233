//! `dialform unlock`

use super::{
    Io,
    args::{Global, ListFormat, Selection, UnlockArgs},
    json,
    lock::{directory, keys, open},
    workspace,
};
use crate::{
    error::{Ending, Failure},
    lock::{
        Key, Owner, file,
        shared::{Clock, Seen, Store},
    },
    text::{count, shown},
};

/// What is known of the locks of one account.
struct State {
    key: Key,
    /// Who holds it on this machine: `None` if nobody, `Some(None)` if it does not say who.
    here: Option<Option<Owner>>,
    shared: Option<Seen>,
    /// Whether the next apply may take the shared one over.
    expired: bool,
}

impl State {
    /// Who holds the shared lock.
    fn sharer(&self) -> Option<&Owner> {
        self.shared.as_ref().and_then(Seen::owner)
    }
}

/// Shows who holds what; with `--force` takes shared locks from those who do.
pub async fn run(global: &Global, args: &UnlockArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let selection = Selection { tenant: args.tenant.clone(), ..Selection::default() };
    let checked = workspace::check(&global.dir, &selection)?;
    let store = match &checked.workspace.file.lock {
        Some(config) if !args.sandbox => {
            let store = open(config, &io.secrets)?;
            let clock = store.probe().await?;
            Some((store, clock))
        }
        _ => None,
    };
    let mut states = Vec::new();
    for key in keys(&checked) {
        states.push(look(key, &directory(&checked.root, args.sandbox), store.as_ref()).await?);
    }
    match args.format {
        ListFormat::Text => {
            for state in &states {
                writeln!(io.out, "{}", shown(said(state)))?;
            }
        }
        ListFormat::Json => json::write(io.out, &states.iter().map(value).collect::<Vec<_>>())?,
    }
    io.out.flush()?;
    match (&store, args.force) {
        (_, false) => Ok(Ending::Fine),
        (Some((store, _)), true) => force(store, &states, args, io).await,
        (None, true) => Err(Failure::error("there is no shared lock to remove")
            .help("a lock of this machine goes with its process: end that one")),
    }
}

async fn look(
    key: Key,
    directory: &std::path::Path,
    store: Option<&(Store, Clock)>,
) -> Result<State, Failure> {
    let here = file::holder(directory, &key)?;
    let shared = match store {
        Some((store, _)) => store.look(&key).await?,
        None => None,
    };
    let expired = shared.as_ref().zip(store).is_some_and(|(seen, (_, clock))| clock.has_expired(seen));
    Ok(State { key, here, shared, expired })
}

fn said(state: &State) -> String {
    let State { key, here, shared: _, expired } = state;
    let mut parts = Vec::new();
    if let Some(owner) = here {
        let owner = owner.as_ref().map_or_else(|| "another run".to_owned(), ToString::to_string);
        parts.push(format!("locked on this machine by {owner}"));
    }
    if let Some(owner) = state.sharer() {
        let note = if *expired { ", run out: the next apply takes it over" } else { "" };
        parts.push(format!("locked by {owner}{note}"));
    }
    if parts.is_empty() {
        parts.push("free".to_owned());
    }
    format!("{key}: {}", parts.join("; "))
}

fn value(state: &State) -> serde_json::Value {
    let State { key, here, shared: _, expired } = state;
    serde_json::json!({
        "provider": key.provider,
        "account": key.account,
        "locked": here.is_some() || (state.sharer().is_some() && !expired),
        "file": here,
        "shared": state.sharer(),
        "expired": expired,
    })
}

/// Removes the shared locks that were shown, as they were shown: whoever renews one in this moment has it still.
async fn force(
    store: &Store,
    states: &[State],
    args: &UnlockArgs,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    let held: Vec<(&State, &Seen, &Owner)> = states
        .iter()
        .filter_map(|state| Some((state, state.shared.as_ref()?, state.sharer()?)))
        .filter(|(_, _, owner)| args.owner.as_ref().is_none_or(|wanted| *wanted == owner.who))
        .collect();
    if held.is_empty() {
        writeln!(io.err, "no shared lock to remove")?;
        return Ok(Ending::Fine);
    }
    if args.owner.is_none() {
        let Some(ask) = io.ask else {
            return Err(Failure::refused("nobody is there to confirm whose lock is removed")
                .help(format!("name the owner that is shown: `--owner {}`", held[0].2.who)));
        };
        let question = format!(
            "\nRemove {} of a run that may still be writing? Only `yes` is taken for an answer: ",
            count(held.len(), "lock")
        );
        if ask(&question)?.trim() != "yes" {
            return Err(Failure::refused("not confirmed, nothing was removed"));
        }
    }
    let mut kept = false;
    for (State { key, .. }, seen, owner) in held {
        if store.remove(key, seen).await? {
            writeln!(io.err, "{key}: taken from {owner}")?;
        } else {
            kept = true;
            writeln!(
                io.err,
                "{key}: not removed: it has changed since it was shown, its owner may be alive"
            )?;
        }
    }
    Ok(if kept { Ending::Refused } else { Ending::Fine })
}
