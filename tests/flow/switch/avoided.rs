//! Calls at which the switch of `.ci/switch` does otherwise than the vendor, for a reason of its own.

use super::world::OUTSIDE;
use crate::naive::Call;
use serde_json::Value;

type IsSo = fn(&[Value], &Call) -> bool;

/// Why, and which calls.
pub const AVOIDED: [(&str, IsSo); 3] = [
    ("It does not know whether somebody outside is on a call: such an agent would ring.", |_, call| {
        OUTSIDE.iter().any(|number| call.given.get(*number).is_some_and(|it| it == "on_call_rings"))
    }),
    (
        "It does not know that a device counts for an agent's extension: where the phone itself is offline, it takes the agent for away.",
        |tenants, call| {
            tenants.iter().any(|tenant| {
                let queues = tenant["queues"].as_object().into_iter().flatten();
                let agents = queues.flat_map(|(_, queue)| queue["agents"].as_array().into_iter().flatten());
                let names = agents.filter_map(|agent| agent.as_str().or_else(|| agent["extension"].as_str()));
                names.into_iter().any(|name| {
                    let own = |name: &str| {
                        let home = tenant["tenant"] == call.tenant.as_str();
                        let name = if home {
                            name.to_owned()
                        } else {
                            format!("{}/{name}", tenant["tenant"].as_str().unwrap())
                        };
                        call.given.get(&name).cloned()
                    };
                    let device =
                        |letters: &str| own(&format!("{name}{letters}")).is_some_and(|it| it != "offline");
                    own(name).is_some_and(|it| it == "offline") && (device("wp") || device("m"))
                })
            })
        },
    ),
    (
        "A range of days that begins on 29 February begins for it on 1 March in other years; it does not come then at all.",
        |tenants, _| tenants.iter().any(|tenant| tenant["schedules"].to_string().contains("\"02-29..")),
    ),
];
