//! Receiving numbers and agents of CallTrackingMetrics. Section 6 of `SEMANTICS.md`; the numbers are its steps.

use super::{
    network::{Leg, PartyId, ReceiverId, Target},
    point::Point,
    ringing::Rang,
    system::System,
    timeline::{Dropped, End, Hop, Place, Why},
    walk::{Next, Walk},
};
use crate::model::Pattern;

/// How long a number rings that has no time of its own.
const RING: u32 = 30_000;

impl Walk<'_, '_> {
    /// 1 and 7.
    pub fn receiver(&mut self, handle: ReceiverId) -> Next {
        let it = &self.network.receivers[handle.at()];
        let has_more = it.no_answer.is_some() || it.unknown.is_some();
        let goes_on = !self.is_in_turn || !has_more || self.ask(Point::U21);
        let (own, unknown) = if goes_on { (it.no_answer, it.unknown) } else { (None, None) };
        let rang = self.ring(
            System::CallTrackingMetrics,
            &[Leg { party: it.party, delay: 0 }],
            own.map(|(after, _)| after),
        );
        match (rang, own) {
            (Rang::Ended(end), _) => Next::End(end),
            (_, Some((_, to))) => self.no_answer_routing(handle, to),
            (Rang::Endless, None) => match unknown {
                Some(label) => Next::End(End::Unknown(label)),
                None => Next::End(End::RingsOn),
            },
            (_, None) => match unknown {
                Some(label) => Next::End(End::Unknown(label)),
                None => self.dropped(Dropped::Busy),
            },
        }
    }

    fn no_answer_routing(&mut self, from: ReceiverId, to: Target) -> Next {
        self.is_in_turn |= matches!(to, Target::Receiver(_));
        self.go(Place::Receiver(from), Why::NoAnswer, to)
    }

    /// Several receiving numbers: 2 to 5.
    pub fn receivers(&mut self, place: Place, pattern: Pattern, receivers: &[ReceiverId]) -> Next {
        match pattern {
            Pattern::Simultaneous => self.all_at_once(receivers),
            Pattern::RoundRobin => self.any(place, receivers),
            Pattern::Sequential => {
                if self.ask(Point::U20) {
                    self.one_after_the_other(receivers)
                } else {
                    self.any(place, receivers)
                }
            }
            Pattern::LeastConnected => {
                let network = self.network;
                let party = |it: &ReceiverId| network.receivers[it.at()].party;
                let mut free: Vec<ReceiverId> = receivers.to_vec();
                free.retain(|it| !self.state(party(it)).is_on_call());
                self.any(place, if free.is_empty() { receivers } else { &free })
            }
        }
    }

    fn any(&mut self, place: Place, receivers: &[ReceiverId]) -> Next {
        let chosen = self.shared.choices.choose(receivers.len());
        let Some(receiver) = receivers.get(chosen) else { return Next::End(End::RingsOn) };
        let to = Target::Receiver(*receiver);
        self.hops.push(Hop { at: self.now, from: place, why: Why::Route, to });
        Next::Go(to)
    }

    fn all_at_once(&mut self, receivers: &[ReceiverId]) -> Next {
        let leg = |it: &ReceiverId| Leg { party: self.network.receivers[it.at()].party, delay: 0 };
        let legs: Vec<Leg> = receivers.iter().map(leg).collect();
        let began = self.now;
        let rings_on = self.network.assumed.get(Point::U19);
        let rang = self.ring(System::CallTrackingMetrics, &legs, (!rings_on).then_some(RING));
        // Where it is over before that, nobody has to know.
        if self.now.saturating_sub(began) >= RING || matches!(rang, Rang::Endless) {
            self.ask(Point::U19);
        }
        match rang {
            Rang::Ended(end) => Next::End(end),
            Rang::Refused(_) | Rang::Offline => self.dropped(Dropped::Busy),
            Rang::Endless => Next::End(End::RingsOn),
            Rang::Unanswered => self.dropped(Dropped::NoAnswer),
        }
    }

    fn one_after_the_other(&mut self, receivers: &[ReceiverId]) -> Next {
        for receiver in receivers {
            let it = &self.network.receivers[receiver.at()];
            let began = self.now;
            // Of one that is not declared, nobody knows how long it rings.
            let after = match (it.no_answer, it.unknown) {
                (Some((after, _)), _) => Some(after),
                (None, Some(_)) => None,
                (None, None) => Some(RING),
            };
            let rang = self.ring(System::CallTrackingMetrics, &[Leg { party: it.party, delay: 0 }], after);
            match (rang, it.unknown) {
                (Rang::Ended(end), _) => return Next::End(end),
                (Rang::Endless, Some(label)) => {
                    self.now = began;
                    return Next::End(End::Unknown(label));
                }
                _ => {}
            }
        }
        let Some(last) = receivers.last() else { return self.dropped(Dropped::NoAnswer) };
        let it = &self.network.receivers[last.at()];
        match (it.no_answer, it.unknown) {
            (Some((_, to)), _) => self.no_answer_routing(*last, to),
            (None, Some(label)) => Next::End(End::Unknown(label)),
            (None, None) => self.dropped(Dropped::NoAnswer),
        }
    }

    /// A person, on whatever phone.
    pub fn agent(&mut self, party: PartyId) -> Next {
        match self.ring(System::CallTrackingMetrics, &[Leg { party, delay: 0 }], None) {
            Rang::Ended(end) => Next::End(end),
            Rang::Endless | Rang::Unanswered => Next::End(End::RingsOn),
            Rang::Refused(_) | Rang::Offline => self.dropped(Dropped::Busy),
        }
    }
}
