//! What is live before anything is declared: the portals' accounts of the transitions, one for each tenant.

use crate::{served::planted, transitions::case::Setup};
use dialform::model::Kind;
use serde_json::Value;
use std::{collections::BTreeSet, path::Path, sync::LazyLock};

/// How many tenants a world has at most.
pub const TENANTS: usize = 3;
pub const KINDS: [&str; 3] = ["stratus", "ctm", "deskphone"];

/// One account of a kind of provider.
pub struct Account {
    pub name: String,
    /// The state its emulation makes of it.
    pub state: String,
    /// The numbers it has.
    pub numbers: Vec<String>,
}

/// A provider's entry in the workspace, and its accounts.
pub struct System {
    pub kind: &'static str,
    pub settings: Value,
    /// Switches of its emulation.
    pub fault: String,
    accounts: Vec<Account>,
}

static SYSTEMS: LazyLock<Vec<System>> = LazyLock::new(|| KINDS.iter().map(|kind| system(kind)).collect());

pub fn system_of(kind: &str) -> &'static System {
    SYSTEMS.iter().find(|system| system.kind == kind).unwrap()
}

impl System {
    /// The account of the tenant with this number in the workspace. No two share a number.
    pub fn account(&self, tenant: usize) -> &Account {
        &self.accounts[tenant]
    }
}

fn system(kind: &'static str) -> System {
    let setup: Setup = Setup::of(kind);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/transitions/{kind}/live.yaml"));
    let seed = std::fs::read_to_string(path).unwrap();
    let accounts = (0..TENANTS).map(|tenant| account(kind, &setup.account, &seed, tenant)).collect();
    let mut settings = setup.settings;
    // Short, for most of a run would be waiting; a server here is late by milliseconds.
    settings.insert(
        "limits".into(),
        serde_json::json!({ "requests_per_second": 1_000_000, "concurrency": 8, "retries": 1, "settle": 3 }),
    );
    settings.insert("kind".into(), kind.into());
    if kind != "deskphone" {
        settings.insert("experimental".into(), true.into());
    }
    System { kind, settings: settings.into(), fault: setup.fault, accounts }
}

fn account(kind: &str, name: &str, seed: &str, tenant: usize) -> Account {
    let own = format!("{tenant}{name}")
        .replace("0302341", "302341")
        .replace("1302341", "302342")
        .replace("2302341", "302343");
    let seed = seed.replace(name, &own);
    let seed = seed.replace("214555010", &format!("214555{}10", tenant + 2));
    let seed = seed.replace("8005550142", &format!("800555{}142", tenant + 2));
    let state = planted(kind, &own, &seed);
    let numbers = match kind {
        "stratus" => keys(&state, "phonenumbers").into_iter().map(|digits| format!("+{digits}")).collect(),
        _ => keys(&state, "numbers").into_iter().collect(),
    };
    Account { name: own, numbers, state: state.to_string() }
}

fn keys(state: &Value, table: &str) -> BTreeSet<String> {
    state[table].as_object().into_iter().flat_map(|rows| rows.keys().cloned()).collect()
}

/// The objects of a kind that can come and go, as they are in a state.
pub fn live(state: &Value, kind: Kind) -> BTreeSet<String> {
    match kind {
        Kind::Schedules => &keys(state, "timeframes") | &keys(state, "schedules"),
        Kind::Queues => &keys(state, "callqueues") | &keys(state, "queues"),
        Kind::Receivers => keys(state, "receiving_numbers"),
        _ => BTreeSet::new(),
    }
}
