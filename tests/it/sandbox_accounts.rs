//! A sandbox of many accounts: what it holds in memory, what it writes, and what several of them make of one state.

use crate::served::client;
use dialform::sandbox::{Options, Sandbox, stratus::EMULATION};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};
use tempfile::TempDir;

/// How many accounts these sandboxes hold in memory.
const MOST: usize = 4;

/// A sandbox and a client of it. Every write shows at once.
struct Rig {
    sandbox: Sandbox,
    client: Client,
}

impl Rig {
    async fn start(options: Options) -> Self {
        Self::with(options, "active-lag:0ms").await
    }

    async fn with(options: Options, switches: &str) -> Self {
        let options = options.switched(&format!("visible-after:0ms,{switches}")).unwrap();
        let sandbox = Sandbox::start(options).await.unwrap();
        Self { sandbox, client: client() }
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.client.request(method, format!("{}/ns-api/v2/domains{path}", self.sandbox.url()));
        let response = request.bearer_auth("nsr_key").json(body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.unwrap()
    }

    /// Where the user of an account works.
    async fn site(&self, account: &str) -> String {
        let user = self.send(Method::GET, &format!("/{account}/users/101"), &Value::Null).await;
        user["site"].as_str().unwrap().to_owned()
    }

    async fn put(&self, account: &str, site: &str) {
        self.send(Method::PUT, &format!("/{account}/users/101"), &json!({ "site": site })).await;
    }
}

/// A directory with the seeds of so many accounts.
fn seeded(accounts: usize) -> (TempDir, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("live")).unwrap();
    let names: Vec<String> = (0..accounts).map(|number| format!("acme{number:02}.1.service")).collect();
    for name in &names {
        let seed = "users: [{ user: \"101\", site: none }]\n";
        fs::write(directory.path().join(format!("live/{name}.yaml")), seed).unwrap();
    }
    (directory, names)
}

fn options(directory: &Path, state: &str) -> Options {
    Options {
        durable: false,
        in_memory: MOST,
        ..Options::new(&EMULATION, directory.join("live"), directory.join(state))
    }
}

/// Memory is of what is visited, not of what there is: ten thousand accounts took 3 GB.
#[tokio::test]
async fn few_of_many_accounts_are_in_memory() {
    for (accounts, most) in [(MOST - 1, MOST - 1), (MOST + 1, MOST), (3 * MOST, MOST)] {
        let (directory, names) = seeded(accounts);
        // The second one finds files instead of seeds.
        for before in ["none", "made"] {
            let rig = Rig::start(options(directory.path(), "state")).await;
            assert_eq!(rig.sandbox.accounts(), (accounts, most));
            for name in &names {
                assert_eq!(rig.site(name).await, before);
                rig.put(name, "made").await;
            }
            for name in &names {
                assert_eq!(rig.site(name).await, "made");
            }
            let listed = rig.send(Method::GET, "", &Value::Null).await;
            assert_eq!(listed.as_array().unwrap().len(), accounts);
            assert_eq!(rig.sandbox.accounts(), (accounts, most));
            rig.sandbox.stop().await;
        }
    }
}

/// A write costs what it changes, a crash loses none, and who looks into the files afterwards finds it there.
#[tokio::test]
async fn a_write_is_one_line_until_the_files_take_it_over() {
    // Of few accounts the files have it at once.
    let (few, names) = seeded(64);
    let rig = Rig::start(options(few.path(), "state")).await;
    rig.put(&names[0], "North").await;
    let file = few.path().join(format!("state/{}.json", names[0]));
    assert!(fs::read_to_string(file).unwrap().contains("\"site\":\"North\""));

    let (directory, names) = seeded(65);
    let rig = Rig::start(options(directory.path(), "state")).await;
    let state = directory.path().join("state");
    let (file, log) = (state.join(format!("{}.json", names[0])), state.join("writes.log"));
    let before = fs::read_to_string(&file).unwrap();
    assert!(!log.exists());
    rig.put(&names[0], "North").await;
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let row = rig.sandbox.snapshot(&names[0]).unwrap()["users"]["101"].clone();
    let line = json!({"account": names[0], "rows": [{"section": "users", "key": "101", "value": row}]});
    assert_eq!(fs::read_to_string(&log).unwrap(), format!("{line}\n"));

    // What a crash in the middle of the next write leaves behind.
    let crashed = directory.path().join("crashed");
    fs::create_dir(&crashed).unwrap();
    fs::copy(&file, crashed.join(file.file_name().unwrap())).unwrap();
    fs::write(crashed.join("writes.log"), format!("{line}\n{{\"account\": \"ac")).unwrap();
    let again = Rig::start(options(directory.path(), "crashed")).await;
    assert_eq!(again.site(&names[0]).await, "North");
    again.put(&names[0], "South").await;
    again.sandbox.stop().await;
    let again = Rig::start(options(directory.path(), "crashed")).await;
    assert_eq!(again.site(&names[0]).await, "South");

    let held = rig.sandbox.snapshot(&names[0]).unwrap();
    rig.sandbox.stop().await;
    assert!(!log.exists());
    let written: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(written, held);
}

/// A log that only grows is a disk that fills up.
#[tokio::test]
async fn a_long_log_is_taken_over_while_the_sandbox_runs() {
    let (directory, names) = seeded(1);
    let rig = Rig::start(options(directory.path(), "state")).await;
    let log = directory.path().join("state/writes.log");
    let mut lengths = Vec::new();
    for number in 0..4 {
        let site = format!("{number}").repeat(300_000);
        rig.put(&names[0], &site).await;
        assert_eq!(rig.site(&names[0]).await, site);
        lengths.push(log.metadata().map_or(0, |metadata| metadata.len() / 300_000));
    }
    assert_eq!(lengths, [1, 2, 3, 0]);
}

/// What the slow timer has not reached yet is the same for an account that left memory in the meantime.
#[tokio::test]
async fn what_is_derived_slowly_outlives_memory() {
    for (in_memory, lag, active) in
        [(1, "9999s", true), (2, "9999s", true), (1, "0s", false), (2, "0s", false)]
    {
        let (directory, names) = seeded(2);
        let options = Options { in_memory, ..options(directory.path(), "state") };
        let rig = Rig::with(options, &format!("active-lag:{lag}")).await;
        let rule = format!("/{}/users/101/answerrules/*", names[0]);
        assert_eq!(rig.send(Method::GET, &rule, &Value::Null).await["is-active"], true);
        rig.send(Method::PUT, &rule, &json!({"enabled": "no"})).await;
        for _ in 0..2 {
            rig.site(&names[1]).await;
            assert_eq!(rig.sandbox.accounts(), (2, in_memory));
            let shown = rig.send(Method::GET, &rule, &Value::Null).await;
            assert_eq!(
                (&shown["enabled"], &shown["is-active"]),
                (&json!("no"), &json!(active)),
                "{in_memory}, {lag}"
            );
        }
    }
}

/// Several that serve one state see each other's writes, whichever of them let go of an account, took over the log, ended
/// or began in between.
#[tokio::test]
async fn what_one_writes_the_others_show() {
    let (directory, names) = seeded(MOST + 5);
    let shared =
        || Options { shared: Some(directory.path().join("turn")), ..options(directory.path(), "state") };
    let mut rigs = [Rig::start(shared()).await, Rig::start(shared()).await];
    let mut held: BTreeMap<&str, String> = BTreeMap::new();
    for step in 0..150_usize {
        // 7 and 9 have no factor in common: every account is met, and by both.
        let (name, writer) = (names[step * 7 % names.len()].as_str(), step / 3 % 2);
        let site = match step % 50 {
            // Long enough for the log to be taken over, now and then.
            0 => "x".repeat(1 << 20),
            _ => format!("site {step}"),
        };
        rigs[writer].put(name, &site).await;
        held.insert(name, site);
        if step % 40 == 39 {
            let ended = std::mem::replace(&mut rigs[writer], Rig::start(shared()).await);
            ended.sandbox.stop().await;
        }
        let read = names[(step * 5 + 1) % names.len()].as_str();
        let expected = held.get(read).map_or("none", String::as_str);
        assert_eq!(rigs[1 - writer].site(read).await, expected, "step {step}");
    }
    for rig in rigs {
        rig.sandbox.stop().await;
    }
    for name in &names {
        let text = fs::read_to_string(directory.path().join(format!("state/{name}.json"))).unwrap();
        let state: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(state["users"]["101"]["site"], held[name.as_str()], "{name}");
    }
}
