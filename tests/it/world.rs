//! A small workspace with its sandbox, for tests that change both.

use crate::workspace::Workspace;
use dialform::cli::Finished;
use std::{ops::Deref, path::PathBuf};

pub const LIVE: &str = r#"
domain: { domain: acme.1.service }
users: [{ user: "101" }, { user: "102" }]
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }]
carrier: [{ number: "2145550100", destination: "9725550199", active: true }]
timeframes: [{ timeframe-name: night, timeframe-type: specific-dates, timeframe-specific-dates-array: [] }]
"#;

/// One provider, one tenant, one live account.
pub struct System {
    /// The provider's entry in `dialform.yaml`.
    pub provider: &'static str,
    pub account: &'static str,
    pub live: &'static str,
}

pub const STRATUS: System = System {
    provider: r#"
    kind: stratus
    url: http://127.0.0.1:1/ns-api/v2
    token: { env: NOT_NEEDED }
    carrier: { url: "http://127.0.0.1:1", token: { env: NOT_NEEDED } }
    limits: { requests_per_second: 1000, concurrency: 4, retries: 1, settle: 1 }"#,
    account: "acme.1.service",
    live: LIVE,
};

/// What is live differs from test to test.
pub const CTM: System = System {
    provider: r#"
    kind: ctm
    access_key: { env: NOT_NEEDED }
    secret_key: { env: NOT_NEEDED }
    experimental: true
    limits: { requests_per_second: 1000, settle: 1 }"#,
    account: "302341",
    live: "",
};

/// A workspace for it.
pub struct World {
    workspace: Workspace,
    account: &'static str,
}

impl Deref for World {
    type Target = Workspace;

    fn deref(&self) -> &Workspace {
        &self.workspace
    }
}

impl World {
    pub fn new(tenant: &str) -> Self {
        Self::on(&STRATUS, tenant)
    }

    pub fn on(system: &System, tenant: &str) -> Self {
        let System { provider, account, live } = system;
        let world = Self { workspace: Workspace::default(), account };
        world.provider(provider);
        world.write(&format!("live/pbx/{account}.yaml"), live);
        world.tenant(tenant);
        world
    }

    pub fn provider(&self, entry: &str) {
        let text = format!("version: 1\nproviders:\n  pbx:{entry}\ntenants: [\"tenants/*.yaml\"]\n");
        self.write("dialform.yaml", &text);
    }

    pub fn tenant(&self, body: &str) {
        self.write(
            "tenants/acme.yaml",
            format!("tenant: acme\nprovider: pbx\naccount: \"{}\"\n{body}", self.account),
        );
    }

    /// `dialform.yaml` as it is.
    pub fn workspace(&self) -> String {
        self.read("dialform.yaml")
    }

    /// Runs a command against the emulation.
    pub fn run(&self, arguments: &[&str]) -> Finished {
        self.workspace.run(&[arguments, &["--sandbox"]].concat())
    }

    /// Checks the files alone.
    pub fn check(&self) -> Finished {
        self.workspace.run(&["check"])
    }

    /// The account as a JSON document.
    pub fn read_state(&self) -> serde_json::Value {
        serde_json::from_str(&self.state()).unwrap()
    }

    /// What the emulated system holds, as it is on disk.
    pub fn state(&self) -> String {
        std::fs::read_to_string(self.state_file()).unwrap()
    }

    pub fn state_file(&self) -> PathBuf {
        self.path(&format!(".dialform/sandbox/pbx/{}.json", self.account))
    }

    /// What was recorded with `--record traffic.jsonl`.
    pub fn traffic(&self) -> Vec<serde_json::Value> {
        self.lines("traffic.jsonl")
    }
}
