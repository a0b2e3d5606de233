//! An extension on Stratus: its callers, its rules, its phones. Section 3 of `SEMANTICS.md`; the numbers are its steps.

use super::{
    met::Asked,
    network::{Extension, ExtensionId, Forwards, PartyId, Rule, Target},
    point::Point,
    ringing::{Rang, Refusals},
    state::{Caller, Phone},
    system::System,
    timeline::{Condition, Dropped, End, Place, RulePlace, Why},
    walk::{Next, Walk},
};
use crate::model::Spam;

/// A ring timeout that is not declared, as U25 has it with `yes` and with `no`.
const RING: (u32, u32) = (60_000, 25_000);

/// The rule that is in force, or what stands in for one.
#[derive(Clone, Copy)]
struct InForce<'a> {
    rule: Option<&'a Rule>,
    forward: &'a Forwards,
    place: RulePlace,
}

impl Walk<'_, '_> {
    /// Section 3.
    pub fn extension(&mut self, handle: ExtensionId) -> Next {
        let network = self.network;
        let it = &network.extensions[handle.at()];
        if let Some(label) = it.unknown {
            return Next::End(End::Unknown(label)); // 0
        }
        let place = Place::Extension(handle);
        self.shared.met.asked(Asked::Caller);
        let is_allowed = matches!(&self.call.caller, Caller::Number(number) if it.allow.contains(number)); // 1
        if !is_allowed {
            match &self.call.caller {
                Caller::Number(number) if it.block.contains(number) => return self.dropped(Dropped::Blocked), // 2
                Caller::Anonymous if it.block_anonymous => return self.dropped(Dropped::Blocked),
                Caller::Spam => match it.spam {
                    // 3
                    Some(Spam::Voicemail) if self.ask(Point::U16) => {
                        return self.go(place, Why::Spam, Target::Mailbox(it.mailbox));
                    }
                    Some(Spam::Drop) if self.ask(Point::U16) => return self.dropped(Dropped::Spam),
                    _ => {}
                },
                _ => {}
            }
        }
        if let Some(label) = it.unknown_rules
            && !self.ask(Point::U26)
        {
            return Next::End(End::Unknown(label));
        }
        let in_force = match self.rule_in_force(it) {
            Some(rule) => {
                InForce { rule: Some(rule), forward: &rule.forward, place: RulePlace::Order(rule.place) }
            }
            None => InForce { rule: None, forward: &it.forwards, place: RulePlace::Diverts },
        }; // 4
        let forward = in_force.forward;
        let does_not_disturb = !is_allowed && in_force.rule.is_some_and(|rule| rule.do_not_disturb);
        if let Some(to) = forward.always
            && (!does_not_disturb || self.ask(Point::U1))
        {
            return self.go(place, Why::Rule(Condition::Always, in_force.place), to); // 5
        }
        if does_not_disturb {
            // 6
            let to = match in_force.rule.and_then(|rule| rule.on_dnd) {
                Some(to) => to,
                None if self.has_mailbox(it.mailbox) => Target::Mailbox(it.mailbox),
                None => return self.dropped(Dropped::Busy),
            };
            return self.go(place, Why::Rule(Condition::DoNotDisturb, in_force.place), to);
        }
        if let Some(to) = forward.on_call.filter(|_| self.has(it.phone, Phone::is_on_call)) {
            return self.go(place, Why::Rule(Condition::OnCall, in_force.place), to); // 7
        }
        let legs = in_force.rule.and_then(|rule| rule.simultaneous.as_deref());
        if let Some(to) = forward.unreachable.filter(|_| self.is_offline(it.phone))
            && (legs.is_none() || self.ask(Point::U3))
        {
            return self.go(place, Why::Rule(Condition::Unreachable, in_force.place), to); // 8
        }
        let timeout = self.ring_timeout(it);
        match self.ring(System::Stratus, legs.unwrap_or(&it.own_leg), timeout) {
            Rang::Ended(end) => Next::End(end),                                  // 10
            Rang::Endless => Next::End(End::RingsOn),                            // 11
            Rang::Unanswered => self.unanswered(handle, in_force),               // 11
            Rang::Refused(refusals) => self.refused(handle, in_force, refusals), // 12
            Rang::Offline if !self.is_offline(it.phone) => self.unanswered(handle, in_force),
            Rang::Offline => match forward.unreachable {
                Some(to) => self.go(place, Why::Rule(Condition::Unreachable, in_force.place), to),
                None => self.nothing_set(handle, in_force),
            },
        }
    }

    pub fn rule_in_force<'e>(&mut self, extension: &'e Extension) -> Option<&'e Rule> {
        extension.rules.iter().find(|rule| rule.schedule.is_none_or(|schedule| self.in_force(schedule)))
    }

    /// Whether an extension's phone or one of its devices is so.
    fn has(&mut self, extension: PartyId, is_so: impl Fn(Phone) -> bool) -> bool {
        let devices = self.network.parties[extension.at()].devices.iter();
        std::iter::once(&extension).chain(devices).any(|phone| is_so(self.state(*phone)))
    }

    /// Whether nothing of an extension is registered.
    pub fn is_offline(&mut self, extension: PartyId) -> bool {
        !self.has(extension, |phone| phone != Phone::Offline)
    }

    pub fn ring_timeout(&mut self, extension: &Extension) -> Option<u32> {
        match extension.ring_timeout {
            Some(declared) => declared,
            None => Some(if self.ask(Point::U25) { RING.0 } else { RING.1 }),
        }
    }

    fn unanswered(&mut self, handle: ExtensionId, in_force: InForce<'_>) -> Next {
        let place = Place::Extension(handle);
        let mailbox = self.network.extensions[handle.at()].mailbox;
        match in_force.forward.no_answer {
            Some(to) => self.go(place, Why::Rule(Condition::NoAnswer, in_force.place), to),
            None if self.has_mailbox(mailbox) => self.go(place, Why::Mailbox, Target::Mailbox(mailbox)),
            None => self.dropped(Dropped::NoAnswer),
        }
    }

    fn refused(&mut self, handle: ExtensionId, in_force: InForce<'_>, refusals: Refusals) -> Next {
        let is_several = in_force.rule.is_some_and(|rule| rule.simultaneous.is_some());
        let busy = in_force.forward.busy;
        let busy = busy.filter(|_| !is_several || self.ask(Point::U2));
        let busy = busy.filter(|_| refusals.by_hand || self.ask(Point::U6));
        match busy {
            Some(to) => self.go(Place::Extension(handle), Why::Rule(Condition::Busy, in_force.place), to),
            None => self.nothing_set(handle, in_force),
        }
    }

    /// Busy or unreachable, and nothing set for that.
    fn nothing_set(&mut self, handle: ExtensionId, in_force: InForce<'_>) -> Next {
        let mailbox = self.network.extensions[handle.at()].mailbox;
        let is_same = in_force.forward.no_answer.is_none() && self.has_mailbox(mailbox);
        if is_same || self.ask(Point::U4) {
            return self.unanswered(handle, in_force);
        }
        if !self.has_mailbox(mailbox) {
            return self.dropped(Dropped::NoMailbox);
        }
        self.go(Place::Extension(handle), Why::Mailbox, Target::Mailbox(mailbox))
    }

    /// Section 2: past the rules.
    pub fn phone_alone(&mut self, handle: ExtensionId) -> Next {
        let it = &self.network.extensions[handle.at()];
        let timeout = self.ring_timeout(it);
        match self.ring(System::Stratus, &it.own_leg, timeout) {
            Rang::Ended(end) => Next::End(end),
            Rang::Endless => Next::End(End::RingsOn),
            Rang::Unanswered | Rang::Refused(_) | Rang::Offline => {
                if self.ask(Point::U5) {
                    self.mailbox(it.mailbox)
                } else {
                    self.dropped(Dropped::NoAnswer)
                }
            }
        }
    }
}
