//! What is known of an API for as long as it is open, for all who speak to it.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// One value of each type.
#[derive(Clone, Default)]
pub(super) struct Known(Arc<Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>);

impl Known {
    /// The value of a type, which is its default until somebody learns something.
    pub fn of<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = all.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        Arc::downcast(Arc::clone(value)).unwrap_or_default()
    }
}

/// What one has learnt the others know, each type by itself.
#[test]
fn what_is_learnt_is_known_to_all() {
    let (one, other) = (Known::default(), Known::default());
    one.clone().of::<Mutex<u32>>().lock().unwrap().clone_from(&7);
    assert_eq!(*one.of::<Mutex<u32>>().lock().unwrap(), 7);
    assert_eq!(*one.of::<Mutex<u64>>().lock().unwrap(), 0);
    assert_eq!(*other.of::<Mutex<u32>>().lock().unwrap(), 0);
}
