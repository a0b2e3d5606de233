//! A small workspace with its sandbox, for tests that change both.

use dialform::cli::{Finished, run_with};
use std::path::PathBuf;

pub const WORKSPACE: &str = r#"
version: 1
providers:
  pbx:
    kind: stratus
    url: http://127.0.0.1:1/ns-api/v2
    token: { env: NOT_NEEDED }
    carrier: { url: "http://127.0.0.1:1", token: { env: NOT_NEEDED } }
    limits: { requests_per_second: 1000, concurrency: 4, retries: 1, settle: 1 }
tenants: ["tenants/*.yaml"]
"#;

pub const LIVE: &str = r#"
domain: { domain: acme.1.service }
users: [{ user: "101" }, { user: "102" }]
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }]
carrier: [{ number: "2145550100", destination: "9725550199", active: true }]
timeframes: [{ timeframe-name: night, timeframe-type: specific-dates, timeframe-specific-dates-array: [] }]
"#;

pub struct World {
    dir: tempfile::TempDir,
}

impl World {
    pub fn new(tenant: &str) -> Self {
        let world = Self { dir: tempfile::tempdir().unwrap() };
        world.write("dialform.yaml", WORKSPACE);
        world.write("live/pbx/acme.1.service.yaml", LIVE);
        world.tenant(tenant);
        world
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn tenant(&self, body: &str) {
        self.write(
            "tenants/acme.yaml",
            &format!("tenant: acme\nprovider: pbx\naccount: acme.1.service\n{body}"),
        );
    }

    pub fn run(&self, arguments: &[&str]) -> Finished {
        let dir = self.dir.path().to_str().unwrap();
        let mut all = vec!["dialform", "-C", dir];
        all.extend(arguments);
        all.push("--sandbox");
        run_with(&all)
    }

    /// What the carrier has now, as it is on disk.
    pub fn state(&self) -> String {
        std::fs::read_to_string(self.path(".dialform/sandbox/pbx/acme.1.service.json")).unwrap()
    }
}
