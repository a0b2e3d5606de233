//! An extension on Deskphone: its diverts. Section 5 of `SEMANTICS.md`.

use super::{
    network::{ExtensionId, Target},
    point::Point,
    ringing::Rang,
    state::Phone,
    system::System,
    timeline::{Condition, Dropped, End, Place, RulePlace, Why},
    walk::{Next, Walk},
};

/// How long a phone rings: A2 "the default time (300 seconds)".
const RING: u32 = 300_000;

impl Walk<'_, '_> {
    pub fn deskphone(&mut self, handle: ExtensionId) -> Next {
        let it = &self.network.extensions[handle.at()];
        if let Some(label) = it.unknown {
            return Next::End(End::Unknown(label));
        }
        let forwards = it.forwards;
        if let Some(to) = forwards.always {
            return self.divert(handle, Condition::Always, to);
        }
        let phone = self.phone(it.own_leg[0]);
        if matches!(phone, Phone::Offline | Phone::LoggedOut) {
            return self.divert_or_drop(handle, Condition::Unreachable, forwards.unreachable);
        }
        if phone.is_on_call() {
            return self.divert_or_drop(handle, Condition::Busy, forwards.busy);
        }
        let rang = if phone == Phone::Dnd {
            None
        } else {
            Some(self.ring(System::Deskphone, &it.own_leg, Some(RING)))
        };
        match rang {
            Some(Rang::Ended(end)) => Next::End(end),
            Some(Rang::Endless) => Next::End(End::RingsOn),
            None | Some(Rang::Refused(_) | Rang::Offline) if self.ask(Point::U18) => {
                self.divert_or_drop(handle, Condition::Busy, forwards.busy)
            }
            _ => match forwards.no_answer {
                Some(to) => self.divert(handle, Condition::NoAnswer, to),
                None if self.ask(Point::U30) => self.dropped(Dropped::NoAnswer),
                None => Next::End(End::RingsOn),
            },
        }
    }

    fn divert_or_drop(&mut self, handle: ExtensionId, condition: Condition, to: Option<Target>) -> Next {
        match to {
            Some(to) => self.divert(handle, condition, to),
            None => self.dropped(Dropped::Busy),
        }
    }

    fn divert(&mut self, handle: ExtensionId, condition: Condition, to: Target) -> Next {
        let next = self.go(Place::Extension(handle), Why::Rule(condition, RulePlace::Diverts), to);
        match next {
            Next::Go(Target::Extension(other)) if !self.ask(Point::U17) => {
                let it = &self.network.extensions[other.at()];
                match self.ring(System::Deskphone, &it.own_leg, Some(RING)) {
                    Rang::Ended(end) => Next::End(end),
                    Rang::Unanswered | Rang::Endless => self.dropped(Dropped::NoAnswer),
                    Rang::Refused(_) | Rang::Offline => self.dropped(Dropped::Busy),
                }
            }
            next => next,
        }
    }
}
