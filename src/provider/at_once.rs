//! Reads of one account that do not need each other.

use crate::http::ApiError;
use futures::{StreamExt, TryStreamExt, future::BoxFuture, stream};

/// Reads that go out together, as far as the limits let them.
///
/// A failure ends them when all that come before it are done: which one is told does not depend on what is answered first,
/// and nothing is waited for that nobody needs any more.
#[derive(Default)]
pub struct AtOnce<'a>(Vec<BoxFuture<'a, Result<(), ApiError>>>);

impl<'a> AtOnce<'a> {
    /// Adds a read, and where its answer goes. Those that are added first are sent first.
    pub fn add<T: Send>(
        &mut self,
        place: &'a mut T,
        read: impl Future<Output = Result<T, ApiError>> + Send + 'a,
    ) {
        self.0.push(Box::pin(async move {
            *place = read.await?;
            Ok(())
        }));
    }

    /// Adds a read that puts its answer where it belongs.
    pub fn add_own(&mut self, read: impl Future<Output = Result<(), ApiError>> + Send + 'a) {
        self.0.push(Box::pin(read));
    }

    /// Waits for all of them.
    pub async fn done(self) -> Result<(), ApiError> {
        let most = self.0.len().max(1);
        stream::iter(self.0).buffered(most).try_collect().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Problem;
    use std::time::Duration;
    use tokio::time::{Instant, sleep};

    /// After so many milliseconds, this answer; none is a failure.
    async fn answer(after: u64, with: Option<u64>) -> Result<u64, ApiError> {
        sleep(Duration::from_millis(after)).await;
        with.ok_or_else(|| ApiError {
            what: format!("reading what takes {after}"),
            method: "GET".into(),
            path: "/".into(),
            problem: Problem::NoAnswer("away".into()),
        })
    }

    /// They take as long as the longest. The failure that is told is the first in their order, as soon as that is known.
    #[tokio::test(start_paused = true)]
    async fn reads_that_need_nothing_of_each_other_wait_for_nothing() {
        type Case = ([(u64, Option<u64>); 3], u64, Option<&'static str>);
        let cases: [Case; 4] = [
            ([(300, Some(1)), (100, Some(2)), (200, Some(3))], 300, None),
            ([(100, None), (900, Some(2)), (900, None)], 100, Some("reading what takes 100")),
            ([(300, Some(1)), (100, None), (900, Some(3))], 300, Some("reading what takes 100")),
            ([(200, None), (100, None), (900, Some(3))], 200, Some("reading what takes 200")),
        ];
        for (reads, expected, failure) in cases {
            let mut found = [0; 3];
            let began = Instant::now();
            let mut at_once = AtOnce::default();
            for (place, (after, with)) in found.iter_mut().zip(reads) {
                at_once.add(place, answer(after, with));
            }
            let done = at_once.done().await;
            assert_eq!(began.elapsed().as_millis(), u128::from(expected));
            assert_eq!(done.as_ref().err().map(|error| error.what.as_str()), failure);
            assert!(failure.is_some() || found == [1, 2, 3], "{found:?}");
        }
    }
}
