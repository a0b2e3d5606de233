//! What a step's look has read, which its write merges into: nothing is read twice between the two.

use super::{Answer, Problem};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// What was asked: the base of the API, the path below it and the query.
pub(super) type Asked = (String, String, Vec<(String, String)>);

/// What was answered; of refusals only that something is not there.
type Answered = Result<Answer, Problem>;

/// The answers that one look before a write has had. They are good until the first write that follows is sent: what was
/// compared with the plan is what is merged, and what comes after the write is read anew. They get old: a first write that
/// the server sends away comes back without having been carried out ([`Problem::Waited`]), to be looked at again.
#[derive(Clone, Default)]
pub struct Looked {
    answers: Arc<Mutex<BTreeMap<Asked, Answered>>>,
    /// Whether what follows has sent a write.
    written: Arc<AtomicBool>,
    /// How often its first write was sent away.
    waits: usize,
}

/// What is being done with the answers of a look.
#[derive(Clone)]
enum Use {
    Look(Looked),
    Write(Looked),
}

tokio::task_local! {
    // Providers read without knowing what for: who asks them says it here, around the call.
    static USE: Use;
}

impl Looked {
    /// For another look, after a write that was sent away.
    pub fn anew(&self) -> Self {
        Self { waits: self.waits + 1, ..Self::default() }
    }

    /// Does the work, and keeps every answer it has.
    pub async fn by<T>(&self, work: impl Future<Output = T>) -> T {
        USE.scope(Use::Look(self.clone()), work).await
    }

    /// Does the work; until it sends a write, what the look has read is not read again.
    pub async fn before<T>(&self, work: impl Future<Output = T>) -> T {
        USE.scope(Use::Write(self.clone()), work).await
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<Asked, Answered>) -> T) -> T {
        work(&mut self.answers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(super) fn asked(base: &str, path: &str, query: &[(&str, String)]) -> Asked {
    let query = query.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
    (base.to_owned(), path.to_owned(), query.collect())
}

/// What the look before this write was answered.
pub(super) fn answered(base: &str, path: &str, query: &[(&str, String)]) -> Option<Answered> {
    let Ok(Use::Write(looked)) = USE.try_with(Use::clone) else { return None };
    looked.with(|answers| answers.get(&asked(base, path, query)).cloned())
}

/// Keeps an answer, if a look has it.
pub(super) fn keep(base: &str, path: &str, query: &[(&str, String)], answer: Result<&Answer, &Problem>) {
    let Ok(Use::Look(looked)) = USE.try_with(Use::clone) else { return };
    let answer = match answer {
        Ok(answer) => Ok(answer.clone()),
        Err(problem @ Problem::Status { status: 404, .. }) => Err(problem.clone()),
        Err(_) => return,
    };
    looked.with(|answers| answers.insert(asked(base, path, query), answer));
}

/// A write is about to be sent: from here on everything may be otherwise. How often it was sent away before, where it is the
/// first that follows a look.
pub(super) fn forget() -> Option<usize> {
    let Ok(Use::Write(looked)) = USE.try_with(Use::clone) else { return None };
    looked.with(BTreeMap::clear);
    (!looked.written.swap(true, Ordering::AcqRel)).then_some(looked.waits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether what a look has read is known to what follows it, and how long.
    #[tokio::test]
    async fn a_look_is_good_until_the_first_write() {
        let query = [("start", "0".to_owned())];
        let one = Answer { etag: Some("1".to_owned()), ..Answer::default() };
        let known = |path, query| answered("https://a", path, query).is_some();
        let looked = Looked::default();
        keep("https://a", "/outside", &[], Ok(&one));
        looked
            .by(async {
                keep("https://a", "/list", &query, Ok(&one));
                keep("https://a", "/refused", &[], Err(&Problem::NoAnswer("away".to_owned())));
                // A look itself reads what is there, however often.
                assert!(!known("/list", &query));
            })
            .await;
        assert!(!known("/list", &query), "nobody is about to write");
        looked
            .before(async {
                let answer = answered("https://a", "/list", &query).unwrap().unwrap();
                assert_eq!(answer.etag.as_deref(), Some("1"));
                assert!(!known("/list", &[]) && !known("/refused", &[]) && !known("/outside", &[]));
                assert!(answered("https://b", "/list", &query).is_none());
                keep("https://a", "/read later", &[], Ok(&one));
                assert!(!known("/read later", &[]), "what a write reads itself it reads each time");
                assert_eq!(forget(), Some(0), "the first");
                assert!(!known("/list", &query));
                assert_eq!(forget(), None, "another of the same step");
            })
            .await;
        looked.before(async { assert!(!known("/list", &query), "also for what is tried again") }).await;
        looked.anew().before(async { assert_eq!(forget(), Some(1), "sent away once") }).await;
        assert_eq!(forget(), None, "nobody has looked");
    }
}
