//! What a call has met on its ways: what its courses depend on, and where it went in a circle.

use super::{
    network::{MailboxId, Network, NumberId, PartyId, QueueId, ScheduleId, ScheduleState},
    point::Points,
    spans::Seconds,
    system::System,
    timeline::{Place, Why},
};

/// What the courses of one call have met.
#[derive(Debug, Default)]
pub struct Met {
    /// Of many calls at one instant: which schedules are in force then. None: a call by itself, which says as well on which
    /// unspecified points it rests.
    pub(super) instant: Option<Instant>,
    /// Whose states were looked at. Another state of anybody else makes no difference.
    pub phones: Vec<PartyId>,
    pub queues: Vec<QueueId>,
    /// Everything that was asked for, in order, each once: calls to one place that find the same of it come to the same.
    pub(super) asked: Vec<Asked>,
    pub circles: Vec<Circle>,
    /// Of many calls: every place that was left.
    pub(super) places: Vec<Place>,
    /// Whether what a phone that rings comes to is neither declared nor read.
    pub is_unknown: bool,
}

/// A way that leads back to where it began, for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Circle {
    /// Each place with the reason for which it is left.
    pub way: Vec<(Place, Why)>,
    /// Whether a phone of it is a number that the call comes in at again: others ring on.
    pub is_rung: bool,
}

/// Something that a call finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Phone(PartyId),
    Mailbox(MailboxId),
    Full(QueueId),
    Platform(System),
    Switched(NumberId),
    Schedule(ScheduleId),
    Caller,
    /// When it comes.
    Time,
}

/// Which schedules are in force at an instant, as far as somebody has asked.
#[derive(Debug)]
pub(super) struct Instant {
    at: Seconds,
    known: Vec<Option<bool>>,
}

impl Met {
    /// For many calls, whatever they rest on.
    pub(super) fn of_many() -> Self {
        Self { instant: Some(Instant { at: 0, known: Vec::new() }), ..Self::default() }
    }

    pub(super) fn is_of_many(&self) -> bool {
        self.instant.is_some()
    }

    /// Whether a schedule is in force: asked once for an instant.
    pub(super) fn in_force(&mut self, network: &Network, schedule: ScheduleId, at: Seconds) -> Option<bool> {
        let instant = self.instant.as_mut()?;
        if instant.at != at || instant.known.len() != network.schedules.len() {
            *instant = Instant { at, known: vec![None; network.schedules.len()] };
        }
        let ScheduleState::Hours(hours) = &network.schedules[schedule.at()].state else { return None };
        let known = instant.known[schedule.at()]
            .get_or_insert_with(|| hours.are_in_force(at, &mut Points::default()));
        Some(*known)
    }

    pub(super) fn clear(&mut self) {
        self.phones.clear();
        self.queues.clear();
        self.asked.clear();
        self.circles.clear();
        self.places.clear();
        self.is_unknown = false;
    }

    pub(super) fn phone(&mut self, party: PartyId) {
        if !self.phones.contains(&party) {
            self.phones.push(party);
            self.asked.push(Asked::Phone(party));
        }
    }

    pub(super) fn asked(&mut self, asked: Asked) {
        if !self.asked.contains(&asked) {
            self.asked.push(asked);
        }
    }

    pub(super) fn queue(&mut self, queue: QueueId) {
        if !self.queues.contains(&queue) {
            self.queues.push(queue);
        }
    }

    pub(super) fn circle(&mut self, circle: Circle) {
        if !self.circles.contains(&circle) {
            self.circles.push(circle);
        }
    }
}
