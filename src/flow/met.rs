//! What a call has met on its ways: what its courses depend on, and where it went in a circle.

use super::{
    network::{PartyId, QueueId},
    timeline::{Place, Why},
};

/// What the courses of one call have met.
#[derive(Debug, Default)]
pub struct Met {
    /// Whose states were looked at. Another state of anybody else makes no difference.
    pub phones: Vec<PartyId>,
    pub queues: Vec<QueueId>,
    pub circles: Vec<Circle>,
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

impl Met {
    pub(super) fn clear(&mut self) {
        self.phones.clear();
        self.queues.clear();
        self.circles.clear();
        self.is_unknown = false;
    }

    pub(super) fn phone(&mut self, party: PartyId) {
        if !self.phones.contains(&party) {
            self.phones.push(party);
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
