//! What the plan was made from.

use super::words::code;
use crate::{
    plan::{MadeFrom, NamedCommit, Plan},
    text::printable,
};
use maud::{Markup, html};

/// The digest, and everything that tells this plan from another.
pub fn foot(plan: &Plan) -> Markup {
    let MadeFrom {
        dialform,
        workspace,
        environment,
        head,
        sandbox,
        tenant,
        only,
        changed_since,
        shard,
        base,
        allow_undo,
        merge,
        tree,
        against,
        config,
        restore,
        as_of,
    } = &plan.made_from;
    let one = |it: &Option<String>| it.iter().cloned().collect::<Vec<_>>();
    let commit = |it: &Option<NamedCommit>| it.iter().map(named).collect::<Vec<_>>();
    let rows: [(&str, Vec<String>); 18] = [
        ("Digest", vec![plan.digest.clone()]),
        ("Environment", one(environment)),
        ("Commit", one(head)),
        ("Compared with the files at", commit(against)),
        ("Base", commit(base)),
        ("Merged into the base", commit(merge)),
        ("Tree of the merge", one(tree)),
        ("May take back", allow_undo.iter().map(named).collect()),
        ("Restore file", one(restore)),
        ("Settings of", commit(config)),
        ("Only tenants", one(tenant)),
        ("Only objects", only.clone()),
        ("Changed since", commit(changed_since)),
        ("Shard", shard.iter().map(ToString::to_string).collect()),
        ("Planned for", as_of.iter().map(ToString::to_string).collect()),
        ("Workspace", Some(workspace.clone()).filter(|it| !it.is_empty()).into_iter().collect()),
        ("Phone systems", if *sandbox { vec!["emulated".to_owned()] } else { Vec::new() }),
        ("Made by dialform", vec![dialform.clone()]),
    ];
    html! {
        footer {
            h2 id="made-from" { "Made from" }
            dl {
                @for (name, values) in rows.iter().filter(|(_, values)| values.iter().any(|it| !it.is_empty())) {
                    dt { (name) }
                    @for value in values { dd { (code(value)) } }
                }
            }
        }
    }
}

/// A revision, and the commit that it was.
fn named(it: &NamedCommit) -> String {
    match &it.commit {
        Some(commit) if *commit != it.named => printable(format!("{} ({commit})", it.named)),
        _ => it.named.clone(),
    }
}
