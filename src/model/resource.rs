//! Any object of a tenant.

use super::{Diverts, Forward, Kind, Number, Queue, Rules, Schedule};
use serde::Serialize;

/// An object of a tenant: desired (fields left out are not managed) or observed (complete).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Resource {
    Schedule(Schedule),
    Queue(Queue),
    Rules(Rules),
    Diverts(Diverts),
    Number(Number),
    Forward(Forward),
}

impl Resource {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Schedule(_) => Kind::Schedules,
            Self::Queue(_) => Kind::Queues,
            Self::Rules(_) => Kind::Rules,
            Self::Diverts(_) => Kind::Diverts,
            Self::Number(_) => Kind::Numbers,
            Self::Forward(_) => Kind::Forwards,
        }
    }

    /// Whether deleting it, or taking its last route away, is refused.
    pub fn protected(&self) -> bool {
        let protect = match self {
            Self::Schedule(it) => it.protect,
            Self::Queue(it) => it.protect,
            Self::Rules(it) => it.protect,
            Self::Diverts(it) => it.protect,
            Self::Number(it) => it.protect,
            Self::Forward(it) => it.protect,
        };
        protect == Some(true)
    }

    /// Takes out what is said to dialform and not to a provider.
    pub fn strip_local(&mut self) {
        match self {
            Self::Schedule(it) => {
                it.protect = None;
                it.enabled = None;
            }
            Self::Queue(it) => it.protect = None,
            Self::Rules(it) => it.protect = None,
            Self::Diverts(it) => it.protect = None,
            Self::Number(it) => it.protect = None,
            Self::Forward(it) => it.protect = None,
        }
    }
}
