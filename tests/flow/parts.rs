//! What decides about calls: whatever a call comes to is known, and nothing that is said to be out of reach is reached.

use crate::{
    held::{Compiled, assumed, given, target},
    random,
};
use dialform::flow::{Call, Part, SiteId, around};
use std::collections::BTreeSet;

/// Seconds in which a call of these worlds is over.
const LONGEST: i64 = 2 * 3600;

/// Coverage leaves out what no call can come to. If a call does come to it, somebody is told that all is covered when it is not;
/// and what is not in the list at all is never missed.
#[test]
fn what_is_out_of_reach_is_not_reached() {
    let (mut reached, mut out_of_reach) = (0, 0);
    for seed in 0..2_000 {
        let world = random::world(seed);
        let compiled = Compiled::of(&world.tenants);
        for (at, (call, assume)) in world.calls.iter().enumerate() {
            let instant = call.at.as_second();
            let within = instant..instant + LONGEST;
            let horizon = around(within.start).start..around(within.end).end;
            let network = compiled.network(horizon, assumed(assume));
            let Some(to) = target(&network, call) else { continue };
            let placed = Call { to, at: instant, caller: call.from.parse().unwrap() };
            let verdict = network.verdict(&placed, &given(&network, call));
            let sites =
                world.tenants.iter().map(|it| network.tenant(it["tenant"].as_str().unwrap()).unwrap());
            let sites: Vec<SiteId> = sites.collect();
            let mut known: BTreeSet<Part> = BTreeSet::new();
            let mut unreachable: BTreeSet<Part> = BTreeSet::new();
            for parts in sites.iter().map(|site| network.parts(*site, within.clone())) {
                known.extend(parts.reachable);
                unreachable.extend(parts.unreachable.into_iter().map(|(part, _)| part));
            }
            out_of_reach += unreachable.len();
            for part in network.reached(&placed, &verdict) {
                let text = network.part_text(part, sites[0]);
                assert!(
                    !unreachable.contains(&part),
                    "{seed}/{at}: {text} is reached\n{call:?}\n{:#?}",
                    world.tenants
                );
                assert!(
                    known.contains(&part),
                    "{seed}/{at}: {text} is not known\n{call:?}\n{:#?}",
                    world.tenants
                );
                reached += 1;
            }
        }
    }
    println!("{reached} parts reached, {out_of_reach} out of reach");
    assert!(
        reached > 10_000 && out_of_reach > 10_000,
        "{reached} parts reached, {out_of_reach} out of reach"
    );
}
