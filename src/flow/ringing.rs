//! Phones ring, until one is lifted, all have refused, or the time is over.

use super::{
    network::Leg,
    point::Point,
    state::Phone,
    system::System,
    timeline::{End, Ringing},
    walk::{Inside, Walk},
};

/// How it came out. The walk's clock has moved on to that moment.
pub(super) enum Rang {
    /// Somebody has the call.
    Ended(End),
    /// The time is over.
    Unanswered,
    /// It never is, and nobody lifts.
    Endless,
    /// All refused or were not there, one at least refused.
    Refused(Refusals),
    /// Nobody was there.
    Offline,
}

/// Who refused.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Refusals {
    /// Somebody pressed *reject*, or a phone does not want to be disturbed.
    pub by_hand: bool,
    /// A phone on a call took no second one.
    pub on_call: bool,
}

/// What one leg does. Times are milliseconds since the ringing began.
#[derive(Clone, Copy)]
enum Does {
    Lifts(u32),
    Refuses(u32, Refusals),
    IsGone(u32),
    Nothing,
}

impl Walk<'_, '_> {
    /// `system`: whose way of ringing. `timeout`: milliseconds; None: for ever.
    pub fn ring(&mut self, system: System, legs: &[Leg], timeout: Option<u32>) -> Rang {
        let began = self.now;
        let mut does: Vec<(Leg, Does, bool, Option<Box<Inside>>)> = Vec::with_capacity(legs.len());
        for leg in legs {
            if timeout.is_some_and(|timeout| leg.delay >= timeout) {
                does.push((*leg, Does::Nothing, false, None));
                continue;
            }
            let hosted = self.network.parties[leg.party.at()].hosted;
            let (what, is_heard, inside) = match hosted {
                Some(number) => {
                    let inside = self.inside(number, leg.delay);
                    let since = |at: u32| at.saturating_sub(began);
                    let refused = Refusals { by_hand: true, on_call: false };
                    let what = match (inside.lifted, inside.end) {
                        (Some(at), _) => Does::Lifts(since(at)),
                        (None, End::Dropped(_) | End::Loop | End::Unknown(_)) => {
                            Does::Refuses(since(inside.over), refused)
                        }
                        _ => Does::Nothing,
                    };
                    (what, false, Some(Box::new(inside)))
                }
                None => {
                    let (what, is_heard) = self.leg(system, *leg);
                    (what, is_heard, None)
                }
            };
            does.push((*leg, what, is_heard, inside));
        }
        let lifted = does.iter().filter_map(|(_, does, ..)| match does {
            Does::Lifts(at) => Some(*at),
            _ => None,
        });
        let lifted = lifted.min().filter(|at| timeout.is_none_or(|timeout| *at < timeout));
        // When the last has refused. None: one never does.
        let over = does.iter().try_fold(0, |last: u32, (_, does, ..)| match does {
            Does::Refuses(at, _) | Does::IsGone(at) => Some(last.max(*at)),
            Does::Lifts(_) | Does::Nothing => None,
        });
        let over = over.filter(|at| timeout.is_none_or(|timeout| *at < timeout));
        let stop = lifted.or(over).or(timeout);
        let winner = lifted.map(|at| {
            let is_first = |does: &Does| matches!(does, Does::Lifts(it) if *it == at);
            let count = does.iter().filter(|(_, does, ..)| is_first(does)).count();
            let chosen = self.shared.choices.choose(count);
            let mut first = does.iter().enumerate().filter(|(_, (_, does, ..))| is_first(does));
            first.nth(chosen).map_or(0, |(leg, _)| leg)
        });
        let absolute = |at: Option<u32>| at.map(|at| began.saturating_add(at));
        let mut end = None;
        for (leg, (party, what, is_heard, inside)) in does.iter_mut().enumerate() {
            let has_it = winner == Some(leg);
            if let Some(inside) = inside {
                // What refused is over then.
                let stop = match what {
                    Does::Refuses(at, _) => Some(stop.map_or(*at, |stop| stop.min(*at))),
                    _ => stop,
                };
                let is_before = |at: u32| has_it || absolute(stop).is_none_or(|stop| at < stop);
                let until = |it: &mut Ringing| {
                    if !has_it {
                        it.until = it.until.into_iter().chain(absolute(stop)).min();
                    }
                };
                let heard = inside.rings.drain(..).filter(|it| is_before(it.from)).map(|mut it| {
                    until(&mut it);
                    it
                });
                self.rings.extend(heard);
                if has_it {
                    self.hops.append(&mut inside.hops);
                    end = Some((inside.end, inside.over));
                }
            } else if *is_heard && stop.is_none_or(|stop| party.delay < stop) {
                let own = match what {
                    Does::Refuses(at, _) => Some(*at),
                    _ => None,
                };
                let until = own.into_iter().chain(stop).min();
                let from = began.saturating_add(party.delay);
                self.rings.push(Ringing { from, until: absolute(until), party: party.party });
            }
            if has_it && end.is_none() {
                end = Some((End::Answered(party.party), began.saturating_add(stop.unwrap_or(0))));
            }
        }
        if let Some((end, at)) = end {
            self.connected.get_or_insert(absolute(stop).unwrap_or(began));
            self.now = at;
            return Rang::Ended(end);
        }
        match (over, timeout) {
            (Some(over), _) => {
                self.elapse(over);
                let mut refusals = Refusals::default();
                for (_, does, ..) in &does {
                    if let Does::Refuses(_, it) = does {
                        refusals.by_hand |= it.by_hand;
                        refusals.on_call |= it.on_call;
                    }
                }
                if refusals.by_hand || refusals.on_call { Rang::Refused(refusals) } else { Rang::Offline }
            }
            (None, Some(timeout)) => {
                self.elapse(timeout);
                Rang::Unanswered
            }
            (None, None) => Rang::Endless,
        }
    }

    /// What a phone does, and whether it is heard.
    fn leg(&mut self, system: System, leg: Leg) -> (Does, bool) {
        let by_hand = Refusals { by_hand: true, on_call: false };
        match self.phone(leg) {
            Phone::Answers(after) => (Does::Lifts(leg.delay.saturating_add(after)), true),
            Phone::Rejects(after) => (Does::Refuses(leg.delay.saturating_add(after), by_hand), true),
            Phone::NoAnswer | Phone::OnCallRings | Phone::LoggedOut => (Does::Nothing, true),
            Phone::OnCallBusy => {
                (Does::Refuses(leg.delay, Refusals { by_hand: false, on_call: true }), false)
            }
            Phone::Offline => (Does::IsGone(leg.delay), false),
            Phone::Gone => (Does::Nothing, false),
            Phone::Dnd if system != System::Stratus || self.ask(Point::U24) => {
                (Does::Refuses(leg.delay, by_hand), false)
            }
            Phone::Dnd => (Does::Nothing, false),
        }
    }
}
