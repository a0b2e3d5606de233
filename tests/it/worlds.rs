//! Random worlds: tenants and objects at random, live and desired, under faults at random.
//!
//! `DIALFORM_CASES=100000 cargo test --test it worlds` runs so many; `DIALFORM_SEED` begins with another one, so that a
//! world that failed is run again by its seed alone.

mod account;
mod ctm;
mod deskphone;
mod found;
mod grow;
mod journey;
mod ledger;
mod scene;
pub mod state;
mod stratus;
mod weather;

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};
use scene::world;
use std::{
    cell::{Cell, RefCell},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

/// Worlds in one run of the tests; CI asks for more (`.ci/run`).
const CASES: u64 = 20;
/// Most of a world is waiting: for a server that is late, and before a request is tried again.
const THREADS: usize = 32;
/// Worlds that no run accepts, in a hundred.
const UNFIT: u64 = 3;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Whatever is live, whatever is wanted and whatever goes wrong on the way: what a run says is true, it touches nothing
/// else, and once nothing goes wrong any more one run is enough.
#[test]
fn every_world_arrives() {
    let (cases, first) = (number("DIALFORM_CASES", CASES), number("DIALFORM_SEED", 1));
    let next = AtomicU64::new(0);
    let (unfit, broken) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS.min(cases as usize) {
            scope.spawn(|| {
                let strategy = world();
                loop {
                    let case = next.fetch_add(1, Ordering::Relaxed);
                    if case >= cases || broken.lock().unwrap().len() >= 3 {
                        break;
                    }
                    let why = RefCell::new(None);
                    if let Err(error) = one(first + case, &strategy, &why) {
                        broken.lock().unwrap().push(error);
                    }
                    unfit.lock().unwrap().extend(why.into_inner());
                }
            });
        }
    });
    let broken = broken.into_inner().unwrap();
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
    let unfit = unfit.into_inner().unwrap();
    println!("{cases} worlds from seed {first}, {} of them unfit", unfit.len());
    assert!(
        unfit.len() as u64 * 100 <= cases * UNFIT,
        "{} unfit: {:#?}",
        unfit.len(),
        &unfit[..20.min(unfit.len())]
    );
}

/// Worlds that nothing is run in.
pub fn samples(count: u64) -> impl Iterator<Item = scene::World> {
    let strategy = world();
    (1..=count).map(move |seed| {
        let mut runner = TestRunner::new_with_rng(Config::default(), rng(seed));
        strategy.new_tree(&mut runner).unwrap().current()
    })
}

fn rng(seed: u64) -> TestRng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

/// The world of one seed. What fails is made as small as some seconds allow.
fn one(
    seed: u64,
    strategy: &impl Strategy<Value = scene::World>,
    unfit: &RefCell<Option<String>>,
) -> Result<(), String> {
    let config = Config {
        cases: 1,
        failure_persistence: None,
        max_shrink_time: 20_000,
        max_shrink_iters: 400,
        ..Config::default()
    };
    let told = Cell::new(false);
    let ran =
        TestRunner::new_with_rng(config, rng(seed)).run(strategy, |world| match journey::travel(&world) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => {
                *unfit.borrow_mut() = Some(format!("seed {seed}: {}", why.0));
                Ok(())
            }
            Err(why) => {
                // Told at once: making the world small takes time, and may be cut short.
                if !told.replace(true) {
                    println!("seed {seed}: {why}");
                }
                Err(TestCaseError::fail(why))
            }
        });
    ran.map_err(|error| match error {
        TestError::Fail(why, world) => {
            format!("DIALFORM_SEED={seed} DIALFORM_CASES=1 finds it again: {why}\n{world:?}")
        }
        TestError::Abort(why) => format!("seed {seed}: {why}"),
    })
}
