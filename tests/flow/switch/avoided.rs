//! Calls at which the switch of `.ci/switch` does otherwise than the vendor, for a reason of its own.

use super::world::OUTSIDE;
use crate::naive::Call;
use serde_json::Value;

type IsSo = fn(&[Value], &Call) -> bool;

/// Why, and which calls.
pub const AVOIDED: [(&str, IsSo); 1] =
    [("It does not know whether somebody outside is on a call: such an agent would ring.", |_, call| {
        OUTSIDE.iter().any(|number| call.given.get(*number).is_some_and(|it| it == "on_call_rings"))
    })];
