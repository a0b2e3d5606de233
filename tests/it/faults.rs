//! The fault sweep: every write of every transition of the list meets every fault.
//!
//! However a write goes wrong, `apply` ends within its bounds, says what is true, touches nothing else, and one more
//! apply without faults leaves what a run without faults leaves, no object twice.
//!
//! `cargo test` runs a sample. All of it, which takes minutes:
//!
//! ```sh
//! DIALFORM_SWEEP=full cargo test --profile sweep --test it faults:: -- --nocapture
//! ```
//!
//! A trial that failed is run again by its name, or by a part of it:
//! `DIALFORM_SWEEP='write 2, 502' cargo test --test it faults:: -- --nocapture`.

mod fault;
mod same;
mod start;
mod tally;
mod trial;

use crate::transitions::{
    case::{Case, Setup},
    held,
};
use fault::FAULTS;
use start::Start;
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};
use tally::Tally;
use trial::Trial;

/// What is run of all there is.
enum Extent {
    /// Every so many transitions, and of their trials every so many: both share no divisor with how many faults there are.
    Sample {
        transitions: usize,
        trials: usize,
    },
    Full,
    /// The trials whose name contains this.
    Named(String),
}

const SAMPLE: Extent = Extent::Sample { transitions: 17, trials: 7 };

impl Extent {
    fn chosen() -> Self {
        match std::env::var("DIALFORM_SWEEP") {
            Ok(text) if text == "full" => Self::Full,
            Ok(text) if !text.is_empty() => Self::Named(text),
            _ => SAMPLE,
        }
    }

    /// Making the starts is work on two cores; the trials mostly wait.
    fn threads(&self) -> usize {
        if matches!(self, Self::Sample { .. }) { 16 } else { 64 }
    }
}

/// Whatever goes wrong with a write, the run ends, reports what is true, keeps to its scope, and can be made good with
/// one more apply.
#[test]
fn every_write_can_fail_in_every_way() {
    let extent = Extent::chosen();
    let began = Instant::now();
    let runs = held().iter().flat_map(|it| it.cases.iter().map(|case| (&it.setup, *case)));
    let step = if let Extent::Sample { transitions, .. } = extent { transitions } else { 1 };
    let mut chosen: Vec<(&Setup, &Case)> = runs.step_by(step).collect();
    if let Extent::Named(part) = &extent {
        // Only a name of a transition spares the others.
        let named = |(_, case): &&(&Setup, &Case)| case.name.contains(part) || part.contains(&case.name);
        let some: Vec<_> = chosen.iter().filter(named).copied().collect();
        chosen = if some.is_empty() { chosen } else { some };
    }
    let (starts, broken) = on_threads(extent.threads(), &chosen, |(setup, case)| {
        let start = Start::of(setup, case);
        start.map_err(|why| format!("{} `{}`: {why}", setup.kind, case.name))
    });
    assert!(broken.is_empty(), "{} broken without faults:\n{}", broken.len(), broken.join("\n"));
    println!("{} transitions, ready after {:?}", starts.len(), began.elapsed());

    let mut trials = Vec::new();
    for start in &starts {
        for write in 0..start.writes.len() {
            let met = FAULTS.iter().filter(|fault| fault.is_one_of(&start.setup.kind));
            trials.extend(met.map(|fault| Trial { start, write, fault }));
        }
    }
    match &extent {
        Extent::Sample { trials: step, .. } => trials = trials.into_iter().step_by(*step).collect(),
        Extent::Full => {}
        Extent::Named(part) => trials.retain(|trial| trial.name().contains(part)),
    }
    // Trials that wait are spread between trials that work.
    let tally = Tally::default();
    let (_, broken) = on_threads(extent.threads(), &trials, |trial| {
        let went = trial.run().map_err(|why| format!("{}: {why}", trial.name()))?;
        tally.add(trial, went);
        Ok(())
    });
    println!("{tally}{} trials after {:?}", trials.len(), began.elapsed());
    assert!(broken.is_empty(), "{} of {} broken:\n{}", broken.len(), trials.len(), broken.join("\n"));
}

/// Does one thing with each of a list; what worked, and what went wrong in the order of the list.
fn on_threads<T: Sync, R: Send>(
    threads: usize,
    list: &[T],
    work: impl Fn(&T) -> Result<R, String> + Sync,
) -> (Vec<R>, Vec<String>) {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..threads.min(list.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = list.get(index) else { break };
                    let result = catch_unwind(AssertUnwindSafe(|| work(item)));
                    let result = result.unwrap_or_else(|panic| Err(format!("panicked: {}", said(&*panic))));
                    results.lock().unwrap().push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap();
    results.sort_by_key(|(index, _)| *index);
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (_, result) in results {
        match result {
            Ok(result) => good.push(result),
            Err(why) => bad.push(format!("- {why}")),
        }
    }
    (good, bad)
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default()
}
