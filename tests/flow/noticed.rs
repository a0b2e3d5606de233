//! What callers notice of a change, against brute force: the reference judges every call in both configurations, at every
//! instant and in every state, and the calls that differ are those that are said to.
//!
//! - `change`: what somebody changes
//! - `reference`: what the reference says of every call in one configuration
//! - `compared`: one pair of configurations, every call
//! - `pinned`: changes of which somebody has read what callers notice
//! - `refactored`: changes of which callers notice nothing
//!
//! `DIALFORM_PAIRS=10000` is the large run, by `.ci/flow noticed`; `DIALFORM_PAIRS_FROM` where it begins.

pub mod change;
pub mod compared;
mod pinned;
mod refactored;
pub mod reference;

use crate::random::{self, dice::Dice};
use compared::{Counts, compare};
use std::collections::BTreeMap;

/// Nothing is missed and nothing is invented, in random configurations and what one to three changes make of them.
#[test]
fn what_is_noticed_is_what_differs() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().map_or(usual, |it| it.parse().unwrap());
    let (first, pairs) = (number("DIALFORM_PAIRS_FROM", 0), number("DIALFORM_PAIRS", 12));
    let mut counts = Counts::default();
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut wrong = 0;
    for seed in first..first + pairs {
        let world = random::world(seed);
        let mut dice = Dice::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 1);
        let (after, what) = change::changed(&mut dice, &world.tenants);
        let at = world.calls[0].0.at.as_second().div_euclid(60) * 60;
        let earlier = counts.differing;
        let found = compare(&world.tenants, &after, at, &mut counts);
        for word in &what {
            let (all, noticed) = kinds.entry(word).or_default();
            *all += 1;
            *noticed += usize::from(counts.differing > earlier);
        }
        if !found.is_empty() {
            wrong += 1;
            let text = |tenants| serde_json::to_string(tenants).unwrap();
            let shown: Vec<&str> = found.iter().take(3).map(String::as_str).collect();
            eprintln!(
                "pair {seed}, {what:?}: {} disagreements\n{}\n  before {}\n  after  {}\n",
                found.len(),
                shown.join("\n"),
                text(&world.tenants),
                text(&after)
            );
            assert!(wrong < 40, "too much is wrong");
        }
    }
    println!("{counts}\nchanges, and of how many callers notice something: {kinds:?}");
    assert_eq!(wrong, 0, "of {pairs} pairs");
    let is_one_by_one = pairs < 10;
    assert!(is_one_by_one || counts.differing > 0 && counts.pairs > counts.noticed, "{counts}");
}
