//! Any object of a tenant.

use super::{Diverts, Forward, Kind, Number, Queue, Receiver, Route, Rules, Schedule, fields::Forget};
use crate::path::{Path, Segment};
use serde::Serialize;
use serde_json::Value;

/// An object of a tenant: desired (fields left out are not managed) or observed (complete).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Resource {
    Schedule(Schedule),
    Receiver(Receiver),
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
            Self::Receiver(_) => Kind::Receivers,
            Self::Queue(_) => Kind::Queues,
            Self::Rules(_) => Kind::Rules,
            Self::Diverts(_) => Kind::Diverts,
            Self::Number(_) => Kind::Numbers,
            Self::Forward(_) => Kind::Forwards,
        }
    }

    /// Reads what serialising an object of that kind has written. Values that are only ever observed, and that no file may
    /// hold, are refused as they are in a file.
    pub fn from_value(kind: Kind, value: Value) -> serde_json::Result<Self> {
        Ok(match kind {
            Kind::Schedules => Self::Schedule(serde_json::from_value(value)?),
            Kind::Receivers => Self::Receiver(serde_json::from_value(value)?),
            Kind::Queues => Self::Queue(serde_json::from_value(value)?),
            Kind::Rules => Self::Rules(serde_json::from_value(value)?),
            Kind::Diverts => Self::Diverts(serde_json::from_value(value)?),
            Kind::Numbers => Self::Number(serde_json::from_value(value)?),
            Kind::Forwards => Self::Forward(serde_json::from_value(value)?),
        })
    }

    /// An emergency forward without a number: every number has that much, and it is nothing to delete or to list.
    pub fn is_vacant(&self) -> bool {
        matches!(self, Self::Forward(forward) if forward.is_vacant())
    }

    /// What it says about a field.
    pub fn value(&self, field: &Path) -> Option<Value> {
        let whole = serde_json::to_value(self).unwrap_or_default();
        field.iter().try_fold(whole, |value, segment| value.get(segment.as_key()?).cloned())
    }

    /// Whether deleting it, or taking its last route away, is refused.
    pub fn protected(&self) -> bool {
        let protect = match self {
            Self::Schedule(it) => it.protect,
            Self::Receiver(it) => it.protect,
            Self::Queue(it) => it.protect,
            Self::Rules(it) => it.protect,
            Self::Diverts(it) => it.protect,
            Self::Number(it) => it.protect,
            Self::Forward(it) => it.protect,
        };
        protect == Some(true)
    }

    /// Takes out one field, so that nothing is said about it. An entry of a list of callers takes nothing with it.
    pub fn forget(&mut self, path: &Path) {
        let Some(field) = path.field() else { return };
        let part = path.get(1).and_then(Segment::as_key);
        match self {
            Self::Rules(Rules { callers: Some(_), .. }) if field == "callers" && path.len() > 2 => {}
            Self::Rules(Rules { callers: Some(it), .. }) if field == "callers" && part.is_some() => {
                it.forget_field(part.unwrap_or_default());
            }
            Self::Number(Number { route: Some(Route::Receivers(it)), .. })
                if (field, part) == ("route", Some("pattern")) =>
            {
                it.pattern = None;
            }
            Self::Schedule(it) => it.forget_field(field),
            Self::Receiver(it) => it.forget_field(field),
            Self::Queue(it) => it.forget_field(field),
            Self::Rules(it) => it.forget_field(field),
            Self::Diverts(it) => it.forget_field(field),
            Self::Number(it) => it.forget_field(field),
            Self::Forward(it) => it.forget_field(field),
        }
    }

    /// Takes out what is said to dialform and not to a provider.
    pub fn strip_local(&mut self) {
        match self {
            Self::Schedule(it) => {
                it.protect = None;
                it.enabled = None;
            }
            Self::Receiver(it) => it.protect = None,
            Self::Queue(it) => it.protect = None,
            Self::Rules(it) => it.protect = None,
            Self::Diverts(it) => it.protect = None,
            Self::Number(it) => it.protect = None,
            Self::Forward(it) => it.protect = None,
        }
    }
}
