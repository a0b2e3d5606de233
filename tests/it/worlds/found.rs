//! What random worlds have found, each as small as it gets.

use crate::world::World;
use dialform::error::Ending;
use serde_json::Value;

/// Applies through a fault and once more without; then nothing is left to do.
fn twice(world: &World, fault: &str) -> Value {
    let apply = |fault: &str| world.run(&["apply", "--auto-approve", "--override-guard", "--fault", fault]);
    let first = apply(&format!("visible-after:0ms,{fault}"));
    assert_eq!(first.ending, Ending::Partial, "{}{}", first.out, first.err);
    let second = apply("visible-after:0ms");
    assert_eq!(second.ending, Ending::Fine, "{}{}", second.out, second.err);
    let plan = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
    serde_json::from_str(&world.state()).unwrap()
}

const USERS: &str = "/ns-api/v2/domains/acme.1.service/users";

/// The queue was made before the user that answers for it: where that one could not be made, the next plan saw a queue and
/// never made the user, and its failover could not be written ever after.
#[test]
fn a_queue_without_its_user_is_made_whole() {
    let world = World::new(
        "queues: { \"420\": { name: New, agents: [\"101\"], failover: { extension: \"102\" } } }\n",
    );
    let state = twice(&world, &format!("500:1,only:POST {USERS}"));
    assert_eq!(state["users"]["420"]["service-code"], "system-queue");
    let state = {
        let world = World::new("queues: { \"420\": { name: New } }\n");
        twice(&world, &format!("accept-and-ignore:1,only:POST {USERS}"))
    };
    assert_eq!(state["users"]["420"]["service-code"], "system-queue");
}

/// With its user gone the queue could not be looked at, and so never be deleted.
#[test]
fn a_queue_whose_user_is_gone_is_deleted() {
    let world = World::new("queues: { \"420\": { name: New } }\n");
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
    world.tenant("absent: { queues: [\"420\"] }\n");
    let queues = "/ns-api/v2/domains/acme.1.service/callqueues";
    let state = twice(&world, &format!("500:1,only:DELETE {queues}"));
    assert_eq!(state["callqueues"]["420"], Value::Null);
}

/// The user was deleted after its queue: where that failed nobody ever knew of it again.
#[test]
fn a_queue_goes_with_its_user() {
    for fault in ["500:1", "accept-and-ignore:1"] {
        let world = World::new("queues: { \"420\": { name: New } }\n");
        assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
        world.tenant("absent: { queues: [\"420\"] }\n");
        let state = twice(&world, &format!("{fault},only:DELETE {USERS}"));
        assert_eq!((&state["users"]["420"], &state["callqueues"]["420"]), (&Value::Null, &Value::Null));
    }
}
