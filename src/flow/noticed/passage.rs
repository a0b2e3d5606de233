//! Calls while one configuration takes the place of another: those that are neither as before nor as after.

use super::{Called, Look, Targets, names::Heard};
use crate::flow::{
    hours::Seconds,
    network::Network,
    timeline::{Dropped, End, Timeline, Verdict},
};
use std::{collections::BTreeSet, ops::Range};

/// A network that is for a while in the place of one, until another takes it.
#[derive(Debug, Clone, Copy)]
pub struct Passage<'n> {
    pub before: &'n Network,
    pub now: &'n Network,
    pub after: &'n Network,
}

/// Calls to one place that are neither as before nor as after.
#[derive(Debug)]
pub struct Astray {
    pub to: Called,
    /// What the first such call does, in the handles of the network between. Empty: the number is nobody's.
    pub courses: Vec<Timeline>,
    /// Whether one of them reaches nobody, and would before and after.
    pub is_lost: bool,
}

/// Whether a call comes to somebody, to something that takes it, or to where it is refused on purpose.
fn is_taken(verdict: &Verdict) -> bool {
    let is_refused = |why: Dropped| matches!(why, Dropped::Blocked | Dropped::Spam | Dropped::Busy);
    verdict.timelines.iter().all(|it| match it.end {
        End::Dropped(why) => is_refused(why),
        End::Loop | End::Unknown(_) => false,
        _ => true,
    })
}

impl Passage<'_> {
    /// The calls to some places, as they are dialled, that go neither where they went nor where they will go.
    pub fn astray(self, places: &BTreeSet<Called>, within: Range<Seconds>) -> Vec<Astray> {
        let mut look = Look::new(vec![self.before, self.now, self.after]);
        let mut all = Vec::new();
        let called: Vec<(Called, Targets)> = look
            .everything_called()
            .into_iter()
            .filter(|(it, _)| places.contains(&it.clone().dialled()))
            .collect();
        for (to, targets) in called {
            let mut found: Option<Astray> = None;
            look.called(&to, &targets, &within, &mut |placed| {
                let heard: Vec<Option<Vec<Heard>>> = placed
                    .stages
                    .iter()
                    .zip(&placed.verdicts)
                    .map(|(stage, it)| it.as_ref().map(|it| stage.names.all_heard(it)))
                    .collect();
                let [before, now, after] = placed.verdicts.as_slice() else { return };
                if heard[1] == heard[0] || heard[1] == heard[2] {
                    return;
                }
                let fine = |it: &Option<Verdict>| it.as_ref().is_some_and(is_taken);
                let is_lost = fine(before) && fine(after) && !fine(now);
                if found.as_ref().is_none_or(|it| is_lost && !it.is_lost) {
                    let courses = now.as_ref().map(|it| it.timelines.clone()).unwrap_or_default();
                    found = Some(Astray { to: to.clone(), courses, is_lost });
                }
            });
            all.extend(found);
        }
        all
    }
}
