//! Who approved which plan: a comment that begins with `/dialform approve DIGEST`, by somebody who may.

use super::{Job, body, comment::hexadecimal, failed, whole};
use crate::{
    error::Failure,
    forge::{Comment, Topic},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// Whether our comment in the pull request showed this very plan.
    pub shown: bool,
    /// Who approved it by a comment of their own.
    pub by: BTreeSet<String>,
    /// The addresses of critical changes, or patterns for them. `*`: all.
    pub critical: BTreeSet<String>,
}

/// What was approved of a saved plan that is to be applied as a commit, with others that it carries along: in the pull requests
/// that were merged as these, and in our open issue about their apply. Who opened one of these pull requests approves nothing,
/// nor does a program, nor a comment that somebody has changed.
pub async fn approved(job: &Job, plan: &Path, commit: &str, also: &[String]) -> Result<Approved, Failure> {
    let saved = whole(plan)?;
    let mut authors = BTreeSet::new();
    let mut topics = Vec::new();
    let mut shown = false;
    let me = job.forge.me().await.map_err(failed)?;
    let mark = body::mark("plan", &job.mark);
    for of in also.iter().map(String::as_str).chain([commit]) {
        for request in job.forge.merged_as(hexadecimal(of)?).await.map_err(failed)? {
            let topic = Topic::PullRequest(request.number);
            let comments = job.forge.comments(topic).await.map_err(failed)?;
            let ours = comments.iter().rfind(|it| it.author == me && body::begins(&it.body, &mark));
            shown |= of == commit && ours.is_some_and(|it| body::shows(&it.body, &saved.digest));
            authors.insert(request.author);
            topics.push(comments);
        }
    }
    let mark = body::mark("failed", &job.mark);
    for issue in job.forge.issues().await.map_err(failed)? {
        if body::begins(&issue.body, &mark) {
            topics.push(job.forge.comments(Topic::Issue(issue.number)).await.map_err(failed)?);
        }
    }
    let mut found = Approved { shown, by: BTreeSet::new(), critical: BTreeSet::new() };
    let mut may: BTreeMap<String, bool> = BTreeMap::new();
    for Comment { author, body, is_anybodys, .. } in topics.into_iter().flatten() {
        let Some(addresses) = approves(&body, &saved.digest) else { continue };
        if is_anybodys || author == me || authors.contains(&author) {
            continue;
        }
        let may = match may.get(&author) {
            Some(may) => *may,
            None => {
                let asked = job.forge.may_approve(&author).await.map_err(failed)?;
                may.insert(author.clone(), asked);
                asked
            }
        };
        if may {
            found.by.insert(author);
            found.critical.extend(addresses);
        }
    }
    Ok(found)
}

/// What a comment approves of the plan with a digest. Only its first line counts: what is quoted or shown approves nothing.
fn approves(comment: &str, digest: &str) -> Option<Vec<String>> {
    let mut words =
        comment.lines().next()?.strip_prefix(body::APPROVE)?.strip_prefix(" ")?.split_ascii_whitespace();
    let same = words.next()?.trim_matches('`').eq_ignore_ascii_case(digest);
    let addresses: Vec<String> = words.map(|it| it.trim_matches('`').to_owned()).collect();
    // What is no address was meant for people, and is not guessed at.
    let addressed = addresses.iter().all(|it| it.contains(['.', '*']) && !it.starts_with('-'));
    (same && addressed).then(|| if addresses.is_empty() { vec!["*".to_owned()] } else { addresses })
}

#[cfg(test)]
mod tests {
    use super::approves;

    /// An approval is of one plan, by its digest, and is meant: it begins the comment.
    #[test]
    fn only_what_is_meant_approves() {
        let digest = "0123456789abcdef0123";
        let all = Some(vec!["*".to_owned()]);
        for (comment, approved) in [
            ("/dialform approve 0123456789abcdef0123", all.clone()),
            ("/dialform approve `0123456789ABCDEF0123`\r\nlooks good", all),
            (
                "/dialform approve 0123456789abcdef0123 acme/queues.400 `acme/forwards.*`",
                Some(vec!["acme/queues.400".to_owned(), "acme/forwards.*".to_owned()]),
            ),
            ("/dialform approve", None),
            ("/dialform approve 0123", None),
            ("/dialform approve 0123456789ab", None),
            ("/dialform approve0123456789abcdef0123", None),
            ("/dialform approve 0123456789abcdef0123 -- ok", None),
            ("/dialform approve 0123456789abcdef0123 looks good", None),
            ("/dialform approve 0123456789abcdef0123 --override-guard.x", None),
            ("> /dialform approve 0123456789abcdef0123", None),
            ("please write\n/dialform approve 0123456789abcdef0123", None),
            ("```\n/dialform approve 0123456789abcdef0123\n```", None),
            ("", None),
        ] {
            assert_eq!(approves(comment, digest), approved, "{comment:?}");
        }
    }
}
