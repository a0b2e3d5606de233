//! Who approved which plan: a comment that begins with `/dialform approve DIGEST`, by somebody who may.

use super::{Job, body, comment::hexadecimal, failed};
use crate::{
    error::Failure,
    forge::{Comment, Topic},
    run::saved_plan,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// Who did it; nobody: the plan is not approved.
    pub by: BTreeSet<String>,
    /// The addresses of critical changes, or patterns for them. `*`: all.
    pub critical: BTreeSet<String>,
}

/// How much of a digest has to be given.
const LEAST: usize = 12;

/// What was approved of a saved plan, in the pull requests that were merged as a commit and in our open issue about its
/// apply. Who opened the pull request approves nothing.
pub async fn approved(job: &Job, plan: &Path, commit: &str) -> Result<Approved, Failure> {
    let commit = hexadecimal(commit)?;
    let saved = saved_plan(plan)?;
    let requests = job.forge.merged_as(commit).await.map_err(failed)?;
    let authors: BTreeSet<String> = requests.iter().map(|it| it.author.clone()).collect();
    let mut topics: Vec<Topic> = requests.iter().map(|it| Topic::PullRequest(it.number)).collect();
    let mark = body::mark("failed", &job.mark);
    let issues = job.forge.issues().await.map_err(failed)?;
    topics.extend(issues.iter().filter(|it| body::begins(&it.body, &mark)).map(|it| Topic::Issue(it.number)));
    let mut found = Approved { by: BTreeSet::new(), critical: BTreeSet::new() };
    let mut may: BTreeMap<String, bool> = BTreeMap::new();
    for topic in topics {
        for Comment { author, body, .. } in job.forge.comments(topic).await.map_err(failed)? {
            let Some(addresses) = approves(&body, &saved.digest) else { continue };
            if authors.contains(&author) {
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
    }
    Ok(found)
}

/// What a comment approves of the plan with a digest. Only its first line counts: what is quoted or shown approves nothing.
fn approves(comment: &str, digest: &str) -> Option<Vec<String>> {
    let mut words =
        comment.lines().next()?.strip_prefix(body::APPROVE)?.strip_prefix(" ")?.split_ascii_whitespace();
    let named = words.next()?;
    let same = named.len() >= LEAST && digest.starts_with(&named.to_ascii_lowercase());
    let addresses: Vec<String> = words.map(|it| it.trim_matches('`').to_owned()).collect();
    same.then(|| if addresses.is_empty() { vec!["*".to_owned()] } else { addresses })
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
            ("/dialform approve 0123456789AB\r\nlooks good", all),
            (
                "/dialform approve 0123456789ab acme/queues.400 `acme/forwards.*`",
                Some(vec!["acme/queues.400".to_owned(), "acme/forwards.*".to_owned()]),
            ),
            ("/dialform approve", None),
            ("/dialform approve 0123", None),
            ("/dialform approve 0123456789abc0", None),
            ("/dialform approve0123456789ab", None),
            ("> /dialform approve 0123456789ab", None),
            ("please write\n/dialform approve 0123456789ab", None),
            ("```\n/dialform approve 0123456789ab\n```", None),
            ("", None),
        ] {
            assert_eq!(approves(comment, digest), approved, "{comment:?}");
        }
    }
}
