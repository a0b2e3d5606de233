//! Tenants and calls from a seed, with every word that `src/flow/SEMANTICS.md` has. Small worlds, in which the same few
//! extensions and numbers meet again and again: ties, loops and edges are the rule in them.

pub mod account;
mod calls;
#[path = "../fuzz/dice.rs"]
pub mod dice;
pub mod instants;
pub mod schedules;
mod sight;
pub mod theme;

use crate::naive::{Assume, Call};
pub use account::DISPATCH;
pub use calls::IDS;
use dice::Dice;
use serde_json::{Value, json};

/// Tenants that may lead to each other, and calls. Each tenant says under `kind` which system it is on.
pub struct World {
    pub tenants: Vec<Value>,
    pub calls: Vec<(Call, Assume)>,
}

const CALLS: usize = 6;

pub fn world(seed: u64) -> World {
    let mut dice = Dice::new(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let dice = &mut dice;
    let theme = theme::Theme::of(dice);
    let all = ["stratus", "stratus", "stratus", "stratus", "ctm", "ctm", "deskphone"];
    let kinds = match theme {
        theme::Theme::Any => (0..[1, 1, 1, 2, 2, 3][dice.below(6)]).map(|_| dice.pick(&all)).collect(),
        _ => vec!["stratus"],
    };
    let parties = account::Parties::of(&kinds, theme);
    let tenants: Vec<Value> = (0..kinds.len()).map(|at| account::tenant(dice, &parties, at)).collect();
    let calls = (0..CALLS).map(|_| calls::call(dice, &tenants, &parties)).collect();
    World { tenants, calls }
}

/// One of some values.
pub fn one<T: Clone>(dice: &mut Dice, from: &[T]) -> T {
    from[dice.below(from.len())].clone()
}

/// Whether so many times in a hundred.
pub fn chance(dice: &mut Dice, percent: usize) -> bool {
    dice.below(100) < percent
}

/// Adds a word, so many times in a hundred.
pub fn maybe(
    dice: &mut Dice,
    percent: usize,
    map: &mut Value,
    word: &str,
    value: impl FnOnce(&mut Dice) -> Value,
) {
    if chance(dice, percent) {
        map[word] = value(dice);
    }
}

/// A list of texts.
pub fn texts(of: &[impl ToString]) -> Value {
    of.iter().map(|it| json!(it.to_string())).collect()
}

/// Some of them, in any order.
pub fn some(dice: &mut Dice, from: &[String], most: usize) -> Vec<String> {
    let mut from = from.to_vec();
    let count = dice.below(most.min(from.len()) + 1);
    (0..count).map(|_| from.swap_remove(dice.below(from.len()))).collect()
}
