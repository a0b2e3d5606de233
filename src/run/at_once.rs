//! Work for many tenants: providers beside each other, and of each provider as many tenants as keep its limits busy.

use futures::{Stream, StreamExt, stream};
use std::{collections::BTreeMap, rc::Rc};

/// Results in the order of the items that they are of.
pub(super) fn in_order<T>(mut done: Vec<(usize, T)>) -> Vec<T> {
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Does the work of each item and gives each result, with the index of the item, as soon as it is there. Items of one provider
/// share a bound; between providers there is none, for each has limits of its own.
///
/// No work begins before there is room for it, so that memory follows the bounds and not the number of items.
pub(super) fn by_provider<'t, T: 't, F: Future>(
    items: impl IntoIterator<Item = &'t T>,
    provider: impl Fn(&'t T) -> &'t str,
    at_once: impl Fn(&str) -> usize,
    work: impl Fn(&'t T) -> F,
) -> impl Stream<Item = (usize, F::Output)> {
    let mut lanes: BTreeMap<&str, Vec<(usize, &T)>> = BTreeMap::new();
    for (index, item) in items.into_iter().enumerate() {
        lanes.entry(provider(item)).or_default().push((index, item));
    }
    let work = Rc::new(work);
    let lanes = lanes.into_iter().map(|(provider, items)| {
        let work = Rc::clone(&work);
        let work = stream::iter(items).map(move |(index, item)| {
            let done = work(item);
            async move { (index, done.await) }
        });
        Box::pin(work.buffer_unordered(at_once(provider).max(1)))
    });
    stream::select_all(lanes.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };
    use tokio::time::{Instant, sleep};

    const PROVIDERS: [&str; 10] = ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"];
    const EACH: usize = 30;
    const AT_ONCE: usize = 3;

    /// Providers do not wait for each other, in whatever order the files name them: ten take as long as one, none has more
    /// under way than its bound, and the order of the results is that of the items.
    #[tokio::test(start_paused = true)]
    async fn ten_providers_take_as_long_as_one() {
        let grouped: Vec<usize> = (0..PROVIDERS.len() * EACH).map(|it| it / EACH).collect();
        let interleaved: Vec<usize> = (0..PROVIDERS.len() * EACH).map(|it| it % PROVIDERS.len()).collect();
        for items in [grouped, interleaved] {
            let under_way: [AtomicUsize; PROVIDERS.len()] = Default::default();
            let work = async |item: &usize| {
                let now = under_way[*item].fetch_add(1, Ordering::Relaxed) + 1;
                assert!(now <= AT_ONCE, "{now} of provider {item}");
                // The first is the slowest.
                sleep(Duration::from_millis(if *item == 0 { 100 } else { 90 })).await;
                under_way[*item].fetch_sub(1, Ordering::Relaxed);
                *item
            };
            let began = Instant::now();
            let done = by_provider(&items, |item| PROVIDERS[*item], |_| AT_ONCE, work);
            let done = in_order(done.collect().await);
            assert_eq!(done, items);
            assert_eq!(began.elapsed().as_millis(), 100 * (EACH / AT_ONCE) as u128);
        }
    }
}
