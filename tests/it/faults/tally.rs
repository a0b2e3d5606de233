//! How many trials there were, and in how many everything was done all the same.

use super::trial::{Trial, Went};
use std::{collections::BTreeMap, fmt, sync::Mutex};

#[derive(Default)]
pub struct Tally(Mutex<BTreeMap<Kind, Count>>);

/// The provider and the fault.
type Kind = (String, &'static str);
/// All, and those in which everything was done.
type Count = (usize, usize);

impl Tally {
    pub fn add(&self, trial: &Trial<'_>, went: Went) {
        let mut counts = self.0.lock().unwrap();
        let (all, done) = counts.entry((trial.start.setup.kind.clone(), trial.fault.name)).or_default();
        *all += 1;
        *done += usize::from(went.done);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((kind, fault), (all, done)) in &*self.0.lock().unwrap() {
            writeln!(f, "{kind:10} {fault:26} {all:5} trials, {done:5} done all the same")?;
        }
        Ok(())
    }
}
