//! Calls while one configuration turns into another, step by step: those that are neither as before nor as after.

use super::{
    Called, Differing, Noticed, Occasion,
    look::{Look, Targets},
    rows::Rows,
};
use crate::flow::{
    network::Network,
    spans::Seconds,
    timeline::{Dropped, End, Timeline, Verdict},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

/// Some networks, each of which takes the place of the one before it.
pub struct Passage<'n> {
    look: Look<'n>,
    places: BTreeMap<Called, Targets>,
    /// Those that are only between two writes of one step.
    in_passing: BTreeSet<usize>,
    /// Which of them is the last.
    last: usize,
}

/// What calls to one place do while that is so.
pub struct PassedCalls {
    pub to: Called,
    /// How they differ between the first network and the last.
    pub noticed: Option<Noticed>,
    /// The networks before which calls are others, and in which state that is noticed.
    pub changed: BTreeMap<usize, Occasion>,
    pub astray: Option<Astray>,
    pub is_limited: bool,
}

/// Calls that are for a while neither as in the first network nor as in the last.
#[derive(Debug, Default)]
pub struct Astray {
    /// In which of the networks.
    pub in_networks: BTreeSet<usize>,
    /// What the first such call does, in the handles of that network. Empty: the number is nobody's.
    pub courses: Vec<Timeline>,
    pub network: usize,
    /// Whether one of them reaches nobody, and would in the first and in the last.
    pub is_lost: bool,
}

/// Whether a call comes to somebody, to something that takes it, or to where it is refused on purpose.
fn is_taken(verdict: &Verdict) -> bool {
    verdict.timelines.iter().all(|it| match it.end {
        End::Dropped(why) => is_refused(why),
        End::Loop | End::Unknown(_) => false,
        _ => true,
    })
}

/// Whether a call comes to nobody. Where it is not known what becomes of it, nobody can say so.
fn is_lost(network: &Network, verdict: &Verdict) -> bool {
    verdict.timelines.iter().any(|it| match it.end {
        End::Dropped(why) => !is_refused(why),
        End::Loop => true,
        end => network.leads_nowhere(end),
    })
}

fn is_refused(why: Dropped) -> bool {
    matches!(why, Dropped::Blocked | Dropped::Spam | Dropped::Busy)
}

/// What comes of a call in each network where it may be another.
#[derive(Default)]
struct Way {
    row: Option<usize>,
    changed: Vec<usize>,
    /// The networks in which it is astray, with those that follow until it may be another.
    astray: Vec<Range<usize>>,
    /// The first in which it is, and the first in which it is lost.
    first: Option<usize>,
    lost: Option<usize>,
}

impl<'n> Passage<'n> {
    pub fn new(networks: Vec<&'n Network>) -> Self {
        let last = networks.len().saturating_sub(1);
        let look = Look::new(networks);
        let places = look.everything_called();
        Self { look, places, in_passing: BTreeSet::new(), last }
    }

    /// Takes some networks for what is only between two writes of one step: calls are astray in them, and not changed.
    pub fn in_passing(self, in_passing: BTreeSet<usize>) -> Self {
        Self { in_passing, ..self }
    }

    /// The places whose calls come to something that differs between two of the networks.
    pub fn concerned(&self, of: [usize; 2], differing: &Differing) -> Vec<Called> {
        let changes = self.look.changes(of, differing);
        let concerned = self.places.iter().filter(|(_, it)| self.look.is_concerned(it, &changes));
        concerned.map(|(called, _)| called.clone()).collect()
    }

    /// What calls do: to each place `others` says before which of the networks, but the first, they may be others.
    pub fn passed(
        mut self,
        others: &dyn Fn(&Called) -> BTreeSet<usize>,
        within: &Range<Seconds>,
    ) -> Vec<PassedCalls> {
        let mut all = Vec::new();
        for (to, targets) in std::mem::take(&mut self.places) {
            let others = others(&to);
            if !others.is_empty() {
                all.push(self.place(to, targets, &others, within));
            }
        }
        all
    }

    fn place(
        &mut self,
        to: Called,
        targets: Targets,
        others: &BTreeSet<usize>,
        within: &Range<Seconds>,
    ) -> PassedCalls {
        let begins: Vec<usize> = std::iter::once(0).chain(others.iter().copied()).collect();
        // From where they are others for the last time on they are as in the last network.
        let mut networks = begins.clone();
        if let Some(last) = networks.last_mut() {
            *last = self.last;
        }
        let mut targets = targets;
        for (at, target) in targets.iter_mut().enumerate() {
            *target = target.filter(|_| networks.contains(&at));
        }
        let ends = [0, self.last];
        // A queue or an extension that is new nobody has called.
        let is_number = matches!(to, Called::Number(_));
        let is_called = |at: usize, targets: &[_]| is_number || Option::is_some(&targets[at]);
        let mut rows = Rows::new(ends);
        let mut ways = HashMap::new();
        let mut changed: BTreeMap<usize, Occasion> = BTreeMap::new();
        let mut astray: Option<Astray> = None;
        let (classes, is_limited) = self.look.called(&to, &targets, ends, within, &mut |placed| {
            let way: &Way = ways.entry(placed.key()).or_insert_with(|| {
                let mut way = Way { row: rows.row(&placed), ..Way::default() };
                let sounds: Vec<usize> = networks.iter().map(|at| rows.sound(&placed, *at)).collect();
                let is_fine = |at: usize| placed.verdict(at).is_some_and(is_taken);
                let mut since = 0;
                for (index, begin) in begins.iter().enumerate().skip(1) {
                    if self.in_passing.contains(begin) {
                        continue;
                    }
                    if sounds[since] != sounds[index] && is_called(networks[since], &targets) {
                        way.changed.push(*begin);
                    }
                    since = index;
                }
                let between = 1..networks.len().saturating_sub(1);
                let is_astray = |it: &usize| {
                    is_called(0, &targets) && ![sounds[0], sounds[sounds.len() - 1]].contains(&sounds[*it])
                };
                for it in between.filter(is_astray) {
                    way.astray.push(begins[it]..begins[it + 1]);
                    way.first.get_or_insert(networks[it]);
                    let network = placed.stages[networks[it]].network;
                    let is_lost = placed.verdict(networks[it]).is_some_and(|it| is_lost(network, it));
                    if way.lost.is_none() && ends.into_iter().all(is_fine) && is_lost {
                        way.lost = Some(networks[it]);
                    }
                }
                way
            });
            let occasion = placed.situation.occasion();
            for at in &way.changed {
                changed.entry(*at).and_modify(|it| *it = (*it).min(occasion)).or_insert(occasion);
            }
            if let Some(first) = way.first {
                let courses = |at: usize| placed.courses(at).unwrap_or_default();
                let known = astray.get_or_insert_with(|| Astray {
                    courses: courses(first),
                    network: first,
                    ..Astray::default()
                });
                known.in_networks.extend(way.astray.iter().cloned().flatten());
                if first < known.network && !known.is_lost {
                    (known.courses, known.network) = (courses(first), first);
                }
                if let Some(at) = way.lost.filter(|_| !known.is_lost) {
                    (known.courses, known.network, known.is_lost) = (courses(at), at, true);
                }
            }
            rows.add(way.row, placed);
        });
        let noticed = rows.noticed(to.clone(), classes, is_limited, &self.look.shared);
        PassedCalls { to, noticed, changed, astray, is_limited }
    }
}
