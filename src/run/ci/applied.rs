//! What was applied last: a ref in the repository, moved from what it was and from nothing else. It names the commit of the
//! main branch whose tree is live, and the digest of the plan that made it so. There is no other state.

use super::{comment::hexadecimal, place, whole};
use crate::{
    error::Failure,
    git::{git, line, object},
};
use std::path::Path;

/// A commit of the main branch that waits to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    pub commit: String,
    /// By which its reviewed plan is found, however it was merged.
    pub tree: String,
}

/// What waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Oldest first.
    pub commits: Vec<Commit>,
    /// What is unusual about that.
    pub notice: Option<String>,
}

fn ref_of(root: &Path, environment: &str) -> Result<String, Failure> {
    Ok(format!("refs/dialform/applied/{}", place(root, environment)?))
}

/// The commits of `HEAD`, each the result of one merge, since what was applied last in an environment.
pub fn waiting(root: &Path, environment: &str, remote: &str) -> Result<Waiting, Failure> {
    let name = ref_of(root, environment)?;
    let head = object(root, "HEAD", "commit").map_err(|why| cannot("find what is checked out", &why))?;
    let alone = |notice: String| Ok(Waiting { commits: vec![commit(root, &head)?], notice: Some(notice) });
    if there(root, remote, &name)?.is_none() {
        // What another run may have left here is not what the repository says.
        let _ = git(root, &["update-ref", "-d", &name]);
        return alone(format!(
            "nothing was applied in `{environment}` yet: only the last commit is looked at"
        ));
    }
    let spec = format!("+{name}:{name}");
    git(root, &["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", remote, &spec])
        .map_err(|why| cannot("fetch what was applied last", &why))?;
    let listed = first_parents(root, &head)?;
    match applied_in(root, &name, &listed) {
        Some(applied) => {
            let since: Vec<&String> = listed.iter().take_while(|it| **it != applied).collect();
            let commits = since.into_iter().rev().map(|it| commit(root, it)).collect::<Result<_, _>>()?;
            Ok(Waiting { commits, notice: None })
        }
        None if line(root, &["rev-parse", "--is-shallow-repository"]).is_ok_and(|it| it == "true") => {
            Err(Failure::error("this checkout lacks the history since what was applied last")
                .help("check out the whole history (`fetch-depth: 0`)"))
        }
        None => alone(format!(
            "what `{name}` names is not in the history of what is checked out: only the last commit is looked at, as if \
             nothing had been applied"
        )),
    }
}

/// The commit that was applied last, as [`waiting`] has found it here. Anybody who may push can move the ref: what it names counts
/// only where it is in the history of what is checked out.
pub fn applied(root: &Path, environment: &str) -> Result<Option<String>, Failure> {
    let name = ref_of(root, environment)?;
    let listed = first_parents(root, "HEAD")?;
    Ok(applied_in(root, &name, &listed))
}

fn applied_in(root: &Path, name: &str, listed: &[String]) -> Option<String> {
    object(root, &format!("{name}^"), "commit").ok().filter(|it| listed.contains(it))
}

fn first_parents(root: &Path, of: &str) -> Result<Vec<String>, Failure> {
    let listed = line(root, &["rev-list", "--first-parent", of])
        .map_err(|why| cannot("list the commits since what was applied last", &why))?;
    Ok(listed.lines().map(str::to_owned).collect())
}

/// Records that a commit is applied, by the plan in a file; refused where another run has recorded something since
/// [`waiting`] was asked.
pub fn record(root: &Path, environment: &str, remote: &str, of: &str, plan: &Path) -> Result<(), Failure> {
    let name = ref_of(root, environment)?;
    let of = hexadecimal(of)?;
    let digest = whole(plan)?.digest;
    let tree = commit(root, of)?.tree;
    let message = format!("applied in {environment}\n\nplan: {digest}\ntree: {tree}\n");
    let identity = ["-c", "user.name=dialform", "-c", "user.email=dialform@localhost"];
    let commit = ["commit-tree", &tree, "-p", of, "-m", &message];
    let new = line(root, &[&identity[..], &commit[..]].concat())
        .map_err(|why| cannot("write what was applied", &why))?;
    let before = object(root, &name, "commit").unwrap_or_default();
    let lease = format!("--force-with-lease={name}:{before}");
    let pushed =
        git(root, &["push", "--quiet", "--no-verify", &lease, "--", remote, &format!("{new}:{name}")]);
    if let Err(why) = pushed {
        let now = there(root, remote, &name)?.unwrap_or_default();
        return Err(match now == before {
            true => cannot("push what was applied", &why)
                .help("the job needs `contents: write`, and `persist-credentials` at its checkout"),
            false => Failure::refused(format!("another run has recorded what it applied in `{environment}`"))
                .help("run the job again: it goes on from there"),
        });
    }
    let _ = git(root, &["update-ref", &name, &new]);
    Ok(())
}

/// What a ref is in the repository that others see.
fn there(root: &Path, remote: &str, name: &str) -> Result<Option<String>, Failure> {
    let said = line(root, &["ls-remote", "--", remote, name])
        .map_err(|why| cannot("ask the repository what was applied last", &why))?;
    // Git lists every name that ends so.
    let mut lines = said.lines().filter_map(|line| line.split_once('\t'));
    Ok(lines.find(|(_, of)| *of == name).map(|(commit, _)| commit.to_owned()))
}

fn commit(root: &Path, named: &str) -> Result<Commit, Failure> {
    let of = |kind| object(root, named, kind).map_err(|why| cannot(&format!("find commit `{named}`"), &why));
    Ok(Commit { commit: of("commit")?, tree: of("tree")? })
}

fn cannot(what: &str, why: &str) -> Failure {
    Failure::error(format!("cannot {what}: {why}"))
}
