//! Changes inputs and looks what comes of them.
//!
//! An input that comes to something new is changed further: what a target says of an input, line by line, stands for the
//! ways that were gone through the program.

use crate::{bytes::LONGEST, corpus, dice::Dice, tree};
use serde_json::Value;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    io::Write,
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::{
        Arc, Mutex, Once,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// A run that was told nothing about time.
const USUAL: Duration = Duration::from_millis(700);
/// How long a thread may work at one input.
const LONGEST_RUN: Duration = Duration::from_secs(2);
/// After so long an input is taken for one that never ends.
const ENDLESS: Duration = Duration::from_secs(60);
/// How long a failing input is cut down.
const CUTTING: Duration = Duration::from_secs(10);

/// Changes an input; the third is another input, to take from.
type Change = dyn Fn(&mut Vec<u8>, &mut Dice, &[u8]);

/// What is fuzzed.
pub struct Target<'a> {
    pub name: &'static str,
    /// Where changes begin, beside the corpus.
    pub seeds: Vec<Vec<u8>>,
    /// One change of an input.
    pub change: &'a Change,
    /// What came of it, a line for each thing: what goes another way through the program in other words. Panics where a
    /// promise is broken.
    pub run: &'a dyn Fn(&[u8]) -> String,
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Failures of this thread are kept to be told once.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(
            move |info: &PanicHookInfo<'_>| {
                if QUIET.get() { SAID.set(info.to_string()) } else { usual(info) }
            },
        ));
    });
}

/// Runs a target for as long as there is time.
pub fn fuzz(target: Target<'_>) {
    listen();
    let asked: Option<f64> = std::env::var("DIALFORM_FUZZ").ok().map(|text| text.parse().unwrap());
    let time = asked.map_or(USUAL, Duration::from_secs_f64);
    // A short run is the same on every machine; a long one is to find what others have not, unless it is told its seed.
    let told: Option<u64> = std::env::var("DIALFORM_SEED").ok().map(|text| text.parse().unwrap());
    let now = || u64::from(jiff::Timestamp::now().subsec_nanosecond().unsigned_abs());
    let seed = told.unwrap_or_else(|| asked.map_or(0, |_| now()));
    let (began, start, mut dice) = (Instant::now(), worked(), Dice::new(seed));
    let watch = Watch::begin(target.name);
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut pool: Vec<Vec<u8>> = corpus::kept(target.name);
    pool.extend(target.seeds.iter().cloned());
    assert!(!pool.is_empty(), "{}: there is nothing to begin with", target.name);
    for input in &pool {
        // What is kept is small already.
        let outcome = survive(&target, &watch, input);
        let shown = String::from_utf8_lossy(input);
        let outcome = outcome.unwrap_or_else(|why| panic!("{}: {why}\n{shown}\n{shown:?}", target.name));
        known.extend(outcome.lines().map(str::to_owned));
    }
    let (mut runs, first) = (pool.len(), pool.len());
    while began.elapsed() < time {
        // What is new leads further than what has been changed often.
        let at = if dice.one_in(2) {
            pool.len() - 1 - dice.below(pool.len().min(32))
        } else {
            dice.below(pool.len())
        };
        let mut input = pool[at].clone();
        let other = dice.below(pool.len());
        for _ in 0..=dice.below(4) {
            (target.change)(&mut input, &mut dice, &pool[other]);
        }
        input.truncate(LONGEST);
        runs += 1;
        let before = known.len();
        known.extend(attempt(&target, &watch, &input).lines().map(str::to_owned));
        if known.len() > before {
            pool.push(input);
        }
    }
    if asked.is_some() {
        let (took, name) = (began.elapsed(), target.name);
        let own = start.zip(worked()).map_or(took, |(before, after)| after.saturating_sub(before));
        let rate = |of: Duration| runs as f64 / of.as_secs_f64().max(0.001);
        let line = format!(
            "fuzz {name}: {runs} runs, {:.0} a second, {:.0} a second of a processor of its own; {first} inputs led to {} \
             outcomes (seed {seed})\n",
            rate(took),
            rate(own),
            known.len()
        );
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
}

/// Runs one input. One that fails is cut down, kept and shown.
fn attempt(target: &Target<'_>, watch: &Watch, input: &[u8]) -> String {
    match survive(target, watch, input) {
        Ok(outcome) => outcome,
        Err(_) => {
            let least = cut(target, watch, input);
            let why = survive(target, watch, &least).err().unwrap_or_else(|| "it does so no more".to_owned());
            let file = corpus::keep(target.name, &least);
            let shown = String::from_utf8_lossy(&least);
            panic!("{}: {why}\nkept as {}:\n{shown}\n{shown:?}", target.name, file.display());
        }
    }
}

/// What came of an input, or what went wrong.
fn survive(target: &Target<'_>, watch: &Watch, input: &[u8]) -> Result<String, String> {
    watch.look_at(Some(input));
    let run = || {
        QUIET.set(true);
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
        QUIET.set(false);
        outcome.map_err(|_| SAID.take())
    };
    let began = Instant::now();
    let mut outcome = run();
    // The machine may have been busy with something else.
    if began.elapsed() > LONGEST_RUN && outcome.is_ok() {
        let before = worked();
        outcome = run();
        let took =
            before.zip(worked()).map_or(Duration::ZERO, |(before, after)| after.saturating_sub(before));
        if took > LONGEST_RUN {
            outcome = Err(format!("it took {took:?}"));
        }
    }
    watch.look_at(None);
    outcome
}

/// How long this thread has had a processor, where the system tells; what else a machine does is no fault of an input.
fn worked() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// The least of an input that still fails: parts are taken out for as long as it does.
fn cut(target: &Target<'_>, watch: &Watch, input: &[u8]) -> Vec<u8> {
    let began = Instant::now();
    let mut least = input.to_vec();
    // A tree is cut value by value, from the last on: what is taken out moves nothing that is still to come.
    if let Ok(mut tree) = serde_json::from_slice::<Value>(input) {
        for index in (1..tree::size(&tree)).rev().take_while(|_| began.elapsed() < CUTTING) {
            let Some(less) = tree::without(&tree, index) else { continue };
            if survive(target, watch, less.to_string().as_bytes()).is_err() {
                tree = less;
                least = tree.to_string().into_bytes();
            }
        }
        return least;
    }
    let mut part = least.len() / 2;
    while part > 0 && began.elapsed() < CUTTING {
        let mut at = 0;
        while at < least.len() && began.elapsed() < CUTTING {
            let mut less = least.clone();
            less.drain(at..(at + part).min(least.len()));
            if survive(target, watch, &less).is_err() { least = less } else { at += part }
        }
        part /= 2;
    }
    least
}

/// An input, and since when it is run.
type Begun = (Instant, Vec<u8>);

/// Ends the program where an input never ends: nothing else could say which one it was.
struct Watch {
    input: Arc<Mutex<Option<Begun>>>,
    over: Arc<AtomicBool>,
}

impl Watch {
    fn begin(name: &'static str) -> Self {
        let watch = Self { input: Arc::default(), over: Arc::default() };
        let (input, over) = (Arc::clone(&watch.input), Arc::clone(&watch.over));
        std::thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(200));
                let endless = input.lock().unwrap().clone().filter(|(since, _)| since.elapsed() > ENDLESS);
                if let Some((_, input)) = endless {
                    let file = corpus::keep(name, &input);
                    let line = format!("{name} does not end with {}\n", file.display());
                    std::io::stderr().write_all(line.as_bytes()).unwrap();
                    std::process::abort();
                }
            }
        });
        watch
    }

    fn look_at(&self, input: Option<&[u8]>) {
        *self.input.lock().unwrap() = input.map(|input| (Instant::now(), input.to_vec()));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// A text without what differs from input to input: the beginning of its words, but for what is quoted.
pub fn outline(text: &str) -> String {
    let unquoted = text.split(['`', '"', '{', '[']).step_by(2);
    unquoted.flat_map(str::chars).filter(|c| c.is_ascii_lowercase() || *c == ' ').take(40).collect()
}
