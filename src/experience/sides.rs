//! Both sides of a plan: the tenant as it is, and as it is when every step is done.

use super::{Input, network, schedules, state::States};
use crate::flow::{Horizon, Network, Tables};

/// The tables of calls before the first step and after the last one.
pub fn sides(input: &Input<'_>) -> [Network; 2] {
    let (states, tables) = (States::new(input), Tables::default());
    let horizon = Horizon::of(input.at, schedules(input));
    [states.first(), states.last()].map(|it| network(states.config(&it), &horizon, &tables))
}
