//! Who has no way back is not looked at for circles: nobody may be left out who has one.

use crate::{
    held::Compiled,
    random::{self, World},
};
use dialform::{
    flow::{Assumptions, SiteId, WaysBack, around},
    model::Tenant,
};

fn ways<'a>(tenants: impl Iterator<Item = &'a Tenant>) -> WaysBack {
    let mut ways = WaysBack::default();
    tenants.enumerate().for_each(|(at, tenant)| ways.add_tenant(SiteId::of(at), tenant));
    ways
}

/// Random worlds, each whole: where the tables lead back, the configuration does. And it leaves out most that do not.
#[test]
fn who_has_a_way_back_is_told_without_tables() {
    let (mut with, mut without, mut in_vain) = (0, 0, 0);
    for seed in 0..1500 {
        let world: World = random::world(seed);
        let compiled = Compiled::of(&world.tenants);
        let told = ways(compiled.tenants()).sites();
        let real = compiled.network(around(0), Assumptions::default()).with_possible_circles();
        assert!(told.is_superset(&real), "seed {seed}: {real:?} come back, and {told:?} are told");
        match (real.is_empty(), told.is_empty()) {
            (false, _) => with += 1,
            (true, true) => without += 1,
            (true, false) => in_vain += 1,
        }
    }
    assert!(with > 200 && without > 200, "{with} with, {without} without");
    assert!(in_vain * 2 < without, "{in_vain} are looked at in vain, {without} are not");
}

/// What is live is added object by object; it leads as far as the whole file would.
#[test]
fn what_is_live_counts_as_what_is_declared() {
    for seed in 0..300 {
        let world = random::world(seed);
        let compiled = Compiled::of(&world.tenants);
        let mut live = WaysBack::default();
        for (at, tenant) in compiled.tenants().enumerate() {
            for (address, resource) in tenant.resources() {
                live.add_object(SiteId::of(at), &address, &resource);
            }
        }
        // `resources()` leaves out what `bulk` says.
        let bare = |tenant: &Tenant| Tenant { bulk: Vec::new(), ..tenant.clone() };
        let bare: Vec<Tenant> = compiled.tenants().map(bare).collect();
        assert_eq!(live.sites(), ways(bare.iter()).sites(), "seed {seed}");
    }
}

/// A chain does not come back. One that is too long to follow counts as if it did.
#[test]
fn a_chain_does_not_come_back() {
    let chain = |length: usize, last: &str| -> Tenant {
        let mut diverts = serde_json::Map::new();
        for at in 0..length {
            let to = if at + 1 == length { last.to_owned() } else { (1001 + at).to_string() };
            diverts.insert((1000 + at).to_string(), serde_json::json!({ "always": { "extension": to } }));
        }
        serde_json::from_value(
            serde_json::json!({ "tenant": "a", "provider": "p", "account": "x", "diverts": diverts }),
        )
        .unwrap()
    };
    let cases =
        [(1, "9", false), (1, "1000", true), (30, "9", false), (30, "1000", true), (30, "1029", true)];
    for (length, last, comes_back) in cases {
        let told = ways([chain(length, last)].iter()).sites();
        assert_eq!(!told.is_empty(), comes_back, "{length} to {last}");
    }
    assert!(!ways([chain(1000, "9")].iter()).sites().is_empty(), "it may be, and is looked at");
}
