//! Ways that lead back to where they began.

use std::collections::{BTreeMap, BTreeSet};

/// The cycles of two or more among nodes that lead to at most one other each; every cycle once, its least node first.
pub(super) fn cycles<N: Ord + Clone>(next: &BTreeMap<N, N>) -> Vec<Vec<N>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for start in next.keys() {
        let mut way = Vec::new();
        let mut here = Some(start);
        while let Some(at) = here.filter(|at| seen.insert(*at)) {
            way.push(at);
            here = next.get(at);
        }
        let Some(begin) = here.and_then(|at| way.iter().position(|it| *it == at)) else { continue };
        let mut cycle = way.split_off(begin);
        let least = cycle.iter().enumerate().min_by_key(|(_, node)| **node).map_or(0, |(at, _)| at);
        cycle.rotate_left(least);
        if cycle.len() > 1 {
            found.push(cycle.into_iter().cloned().collect());
        }
    }
    found
}

/// `201 -> 202 -> 201`.
pub(super) fn round<N: ToString>(cycle: &[N]) -> String {
    let all = cycle.iter().chain(cycle.first());
    all.map(N::to_string).collect::<Vec<_>>().join(" -> ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cycle_is_found_once_and_what_leads_into_it_is_not_part_of_it() {
        let next: BTreeMap<u8, u8> =
            [(1, 5), (2, 3), (3, 2), (4, 4), (5, 7), (6, 5), (7, 6), (8, 9)].into_iter().collect();
        assert_eq!(cycles(&next), [vec![5, 7, 6], vec![2, 3]]);
        assert_eq!(round(&[5, 7, 6]), "5 -> 7 -> 6 -> 5");
    }
}
