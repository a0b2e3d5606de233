//! What is known of an API, for all who speak to it.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How long something is known. A plan may wait for hours for somebody's word; by then an id can be another's.
const FRESH: Duration = Duration::from_mins(10);

/// With the time when it began.
type Value = (Instant, Arc<dyn Any + Send + Sync>);

/// One value of each type.
#[derive(Clone, Default)]
pub(super) struct Known(Arc<Mutex<HashMap<TypeId, Value>>>);

impl Known {
    /// The value of a type, which is its default until somebody learns something, and again after a while.
    pub fn of<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = || (Instant::now(), Arc::new(T::default()) as Arc<dyn Any + Send + Sync>);
        let known = all.entry(TypeId::of::<T>()).or_insert_with(begun);
        if known.0.elapsed() > FRESH {
            *known = begun();
        }
        Arc::downcast(Arc::clone(&known.1)).unwrap_or_default()
    }
}

/// What one has learnt the others know, each type by itself, and not for ever.
#[tokio::test(start_paused = true)]
async fn what_is_learnt_is_known_to_all_for_a_while() {
    let (one, other) = (Known::default(), Known::default());
    let known = |it: &Known| *it.of::<Mutex<u32>>().lock().unwrap();
    one.clone().of::<Mutex<u32>>().lock().unwrap().clone_from(&7);
    assert_eq!((known(&one), known(&other)), (7, 0));
    assert_eq!(*one.of::<Mutex<u64>>().lock().unwrap(), 0);
    tokio::time::sleep(FRESH).await;
    assert_eq!(known(&one), 7);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(known(&one), 0);
}
