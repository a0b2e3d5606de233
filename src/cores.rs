//! Work on all cores of the machine.

use std::{panic::resume_unwind, sync::Mutex, thread};

/// So many are worth a thread.
const EACH: usize = 2;
/// Beyond so many threads the disk and the memory have no more to give.
const MOST: usize = 16;

/// How many give every core something to do.
pub fn worth_all() -> usize {
    threads() * EACH
}

fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MOST)
}

/// What becomes of each of many, in their order. Whoever has a core takes the next one.
///
/// `work` takes tens of microseconds at least, or handing it out takes longer.
pub fn each<T, R: Send>(
    all: impl ExactSizeIterator<Item = T> + Send,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let threads = threads().min(all.len() / EACH);
    if threads < 2 {
        return all.map(work).collect();
    }
    let left = Mutex::new(all.enumerate());
    // Nothing that can panic has the lock, but for the iterator itself.
    let next = || left.lock().ok()?.next();
    let take =
        || -> Vec<(usize, R)> { std::iter::from_fn(next).map(|(index, it)| (index, work(it))).collect() };
    let mut done = thread::scope(|scope| {
        // A machine that has no more threads to give leaves all to this one.
        let others: Vec<_> = (1..threads)
            .map_while(|_| thread::Builder::new().name("cores".to_owned()).spawn_scoped(scope, take).ok())
            .collect();
        let mut done = take();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::{each, thread};

    /// However the cores share them, results stand where what they are of stood.
    #[test]
    fn results_are_in_order() {
        for count in [0, 1, 3, 4, 1000] {
            let doubled: Vec<usize> = (0..count).map(|it| it * 2).collect();
            let work = |it| {
                // So that another takes the next one.
                thread::yield_now();
                it * 2
            };
            assert_eq!(each(0..count, work), doubled, "{count}");
        }
    }

    /// A fault of one is a fault of all: nobody goes on with a part of the results.
    #[test]
    fn a_panic_is_passed_on() {
        let sum = std::panic::catch_unwind(|| each(0..100, |it| if it == 57 { panic!("oh") } else { it }));
        assert!(sum.is_err());
    }
}
