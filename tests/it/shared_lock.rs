//! Locks that machines share, against real servers that speak S3.
//!
//! `.ci/run` starts the servers and names them: `DIALFORM_TEST_S3` honours conditions, `DIALFORM_TEST_S3_CARELESS` ignores
//! them. Without the names these tests have nobody to speak to, and say so.
#![cfg(feature = "shared-lock")]

use crate::{
    served::options,
    workspace::outcome,
    world::{LIVE, World},
};
use dialform::{
    cli::Finished,
    explained::Explained,
    load::Files,
    lock::{
        Acquired, Key, Owner,
        shared::{Clock, Lease, Store},
    },
    model::SharedLock,
    provider::{Kinds, Workspace},
    sandbox::Sandbox,
    secret::Variables,
};
use secrecy::SecretString;
use std::{
    collections::BTreeMap,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const HONEST: &str = "DIALFORM_TEST_S3";
const CARELESS: &str = "DIALFORM_TEST_S3_CARELESS";

/// The endpoint named by a variable.
fn endpoint(variable: &str) -> Option<String> {
    let found = std::env::var(variable).ok().filter(|url| !url.is_empty());
    if found.is_none() {
        eprintln!("skipped: {variable} names no server");
    }
    found
}

fn settings(endpoint: &str) -> BTreeMap<String, String> {
    let pairs = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", "S3RVER"),
        ("AWS_SECRET_ACCESS_KEY", "S3RVER"),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn variables(endpoint: &str) -> Variables {
    settings(endpoint).into_iter().map(|(name, value)| (name, SecretString::from(value))).collect()
}

/// A prefix that no other test uses.
fn url(test: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    format!("s3://dialform-locks/{test}/{}", now.as_nanos())
}

fn open(endpoint: &str, url: &str, lease: u32) -> Store {
    Store::open(&SharedLock { url: url.to_owned(), lease }, variables(endpoint)).unwrap()
}

fn key(account: &str) -> Key {
    Key::new("stratus".into(), "pbx", account)
}

fn owner(who: &str) -> Owner {
    Owner::this(who.to_owned(), "dialform apply".to_owned())
}

async fn take(store: &Store, account: &str, who: &str, clock: &Clock) -> Result<Lease, Option<Owner>> {
    take_key(store, &key(account), who, clock).await
}

async fn take_key(store: &Store, key: &Key, who: &str, clock: &Clock) -> Result<Lease, Option<Owner>> {
    match store.try_take(key, &owner(who), clock).await.unwrap() {
        Acquired::Yes(lease) => Ok(lease),
        Acquired::HeldBy(holder) => Err(holder),
    }
}

fn holder(taken: Result<Lease, Option<Owner>>) -> String {
    taken.err().expect("it was free").expect("it says who").who
}

/// Of many at once one has it; the others are told who; given back, the next one has it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_one_has_it() {
    let Some(endpoint) = endpoint(HONEST) else { return };
    let store = open(&endpoint, &url("many"), 60);
    let clock = store.probe().await.unwrap();
    assert_eq!(clock.warning(), None, "the store's own clock is there");
    for account in ["acme.1.service", "a b~c", "ü%2F", "302341"] {
        let names: Vec<String> = (0..8).map(|n| format!("run{n}@ci")).collect();
        let tries = names.iter().map(|who| take(&store, account, who, &clock));
        let (mut had, refused): (Vec<_>, Vec<_>) =
            futures::future::join_all(tries).await.into_iter().partition(Result::is_ok);
        assert_eq!((had.len(), refused.len()), (1, 7), "{account}");
        let winner = store.look(&key(account)).await.unwrap().unwrap().owner().unwrap().who.clone();
        for taken in refused {
            // Who was never faster in five rounds is not told by whom it was beaten.
            if let Err(Some(owner)) = taken {
                assert_eq!(owner.who, winner);
            }
        }
        had.remove(0).unwrap().release().await.unwrap();
        assert!(store.look(&key(account)).await.unwrap().unwrap().owner().is_none());
        take(&store, account, "next@ci", &clock).await.unwrap().release().await.unwrap();
    }
}

/// A lock is renewed for as long as its run lives, beyond its first lease.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_living_holder_keeps_it() {
    let Some(endpoint) = endpoint(HONEST) else { return };
    let store = open(&endpoint, &url("renewal"), 6);
    let clock = store.probe().await.unwrap();
    let lease = take(&store, "a", "first@ci", &clock).await.unwrap();
    let until = Instant::now() + Duration::from_secs(13);
    while Instant::now() < until {
        assert_eq!(lease.lost(), None);
        assert_eq!(holder(take(&store, "a", "second@ci", &clock).await), "first@ci");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    lease.release().await.unwrap();
}

/// A holder that died is in nobody's way for longer than its lease, and of those who come for it one has it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_holder_is_followed_by_one() {
    let Some(endpoint) = endpoint(HONEST) else { return };
    let store = open(&endpoint, &url("death"), 4);
    let clock = store.probe().await.unwrap();
    // Its renewal dies with its runtime.
    let dead = store.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let lease = runtime.block_on(take(&dead, "a", "dead@ci", &clock)).unwrap();
        std::mem::forget(lease);
    })
    .join()
    .unwrap();
    let died = Instant::now();
    assert_eq!(holder(take(&store, "a", "early@ci", &clock).await), "dead@ci");
    let mut had = Vec::new();
    while had.is_empty() {
        let tries = ["one@ci", "two@ci", "three@ci", "four@ci"].map(|who| take(&store, "a", who, &clock));
        had.extend(futures::future::join_all(tries).await.into_iter().filter_map(Result::ok));
        assert!(died.elapsed() < Duration::from_secs(20), "nobody could take it over");
    }
    assert!(died.elapsed() > Duration::from_secs(4), "taken over after {:?}", died.elapsed());
    assert_eq!(had.len(), 1);
    had.remove(0).release().await.unwrap();
}

/// A lock that is taken away is noticed at the next renewal; its old holder does not take it back, nor gives it back for
/// the new one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_taken_away_is_noticed() {
    let Some(endpoint) = endpoint(HONEST) else { return };
    let store = open(&endpoint, &url("away"), 6);
    let clock = store.probe().await.unwrap();
    let lease = take(&store, "a", "first@ci", &clock).await.unwrap();
    // What was seen is not what is there once it has been renewed.
    let old = store.look(&key("a")).await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_millis(3500)).await;
    assert!(!store.remove(&key("a"), &old).await.unwrap(), "it has been renewed since");
    while !store.remove(&key("a"), &store.look(&key("a")).await.unwrap().unwrap()).await.unwrap() {}
    let second = take(&store, "a", "second@ci", &clock).await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    let why = loop {
        if let Some(why) = lease.lost() {
            break why;
        }
        assert!(Instant::now() < deadline, "it goes on as if nothing were");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(why.starts_with("second@ci (process "), "{why}");
    lease.release().await.unwrap();
    assert_eq!(holder(take(&store, "a", "third@ci", &clock).await), "second@ci");
    second.release().await.unwrap();
}

/// A store that ignores conditions would let two runs hold one lock, and neither would know.
#[tokio::test]
async fn a_careless_store_is_refused() {
    let Some(endpoint) = endpoint(CARELESS) else { return };
    let store = open(&endpoint, &url("careless"), 60);
    let Explained { message, help, .. } = store.probe().await.unwrap_err();
    assert!(message.ends_with("ignores conditional writes: two runs could hold one lock"), "{message}");
    assert!(help.as_deref().is_some_and(|help| help.contains("If-None-Match")), "{help:?}");
}

/// What cannot be reached, does not exist or is not ours is said, with the way out.
#[tokio::test]
async fn what_is_wrong_with_a_store_is_said() {
    let nowhere = open("http://127.0.0.1:1", "s3://dialform-locks/nowhere", 60);
    let error = nowhere.probe().await.unwrap_err();
    assert!(
        error.message.starts_with("cannot test conditional writes in `s3://dialform-locks/nowhere`"),
        "{error:?}"
    );
    let Some(endpoint) = endpoint(HONEST) else { return };
    let missing = open(&endpoint, "s3://no-such-bucket/x", 60);
    let error = missing.probe().await.unwrap_err();
    assert!(error.message.contains("no-such-bucket"), "{error:?}");
    assert!(!format!("{error:?}").contains("S3RVER"), "no credential is told");
}

/// An account that is served to other processes: what a live system is to them.
struct Live {
    world: World,
    _sandbox: Sandbox,
}

async fn live(endpoint_url: &str, lease: u32, behaviour: &str) -> Live {
    let world =
        World::new("numbers: { \"+12145550100\": { label: Main } }\nqueues: { \"400\": { name: Sales } }");
    world.write("seed/acme.1.service.yaml", LIVE);
    let options = options("stratus", &world.path("seed"), &world.path("state"), behaviour);
    let sandbox = Sandbox::start(options).await.unwrap();
    let base = sandbox.url();
    world.write(
        "dialform.yaml",
        format!(
            r#"
version: 1
providers:
  pbx:
    kind: stratus
    url: {base}/ns-api/v2
    token: {{ env: TOKEN }}
    carrier: {{ url: "{base}/_carrier/v1", token: {{ env: TOKEN }} }}
    limits: {{ requests_per_second: 1000, concurrency: 1, retries: 0, settle: 1 }}
tenants: ["tenants/*.yaml"]
lock: {{ url: "{endpoint_url}", lease: {lease} }}
"#
        ),
    );
    Live { world, _sandbox: sandbox }
}

impl Live {
    /// The account, as the command names its lock.
    fn key(&self) -> Key {
        let root = Files::Directory(self.world.path(""));
        let workspace = Workspace::load(&root, &Kinds, jiff::Timestamp::UNIX_EPOCH)
            .unwrap_or_else(|why| panic!("{why:?}"));
        let system = workspace.providers["pbx"].system();
        Key::new(system, "pbx", "acme.1.service")
    }

    fn command(&self, endpoint: &str, arguments: &[&str]) -> Command {
        let mut command = self.world.process(arguments);
        command.envs(settings(endpoint)).env("TOKEN", "nsd_x").env("USER", "ana");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    async fn run(&self, endpoint: &str, arguments: &[&str]) -> (i32, Finished) {
        let child = self.command(endpoint, arguments).spawn().unwrap();
        ended(child).await
    }
}

async fn ended(child: Child) -> (i32, Finished) {
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap_or(-1);
    let ending = dialform::error::Ending::Fine;
    (code, Finished { ending, out: text(output.stdout), err: text(output.stderr) })
}

/// The whole command: refused while another machine applies, taken and given back otherwise; `unlock` shows and removes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn applies_on_two_machines_keep_apart() {
    let Some(endpoint) = endpoint(HONEST) else { return };
    let url = url("command");
    let live = live(&url, 60, "visible-after:0ms").await;
    let store = open(&endpoint, &url, 60);
    let clock = store.probe().await.unwrap();
    let other = take_key(&store, &live.key(), "ben@elsewhere", &clock).await.unwrap();
    let (code, refused) = live.run(&endpoint, &["apply", "--auto-approve"]).await;
    assert_eq!(code, 3, "{}", refused.err);
    assert!(
        refused.err.contains("account `acme.1.service` on `pbx` is locked by ben@elsewhere"),
        "{}",
        refused.err
    );
    let (code, plan) = live.run(&endpoint, &["plan", "--detailed-exitcode"]).await;
    assert_eq!(code, 2, "{}", plan.err);

    let (_, shown) = live.run(&endpoint, &["unlock"]).await;
    assert!(
        shown.out.starts_with("account `acme.1.service` on `pbx`: locked by ben@elsewhere"),
        "{}",
        shown.out
    );
    let (code, nobody) = live.run(&endpoint, &["unlock", "--force"]).await;
    assert_eq!(code, 3, "{}", nobody.err);
    let (_, wrong) = live.run(&endpoint, &["unlock", "--force", "--owner", "eve@elsewhere"]).await;
    assert!(wrong.err.contains("no shared lock to remove"), "{}", wrong.err);
    let (code, forced) = live.run(&endpoint, &["unlock", "--force", "--owner", "ben@elsewhere"]).await;
    assert_eq!(code, 0, "{}", forced.err);
    assert!(forced.err.contains("removed, it was held by ben@elsewhere"), "{}", forced.err);

    let (code, applied) = live.run(&endpoint, &["apply", "--auto-approve"]).await;
    assert_eq!(code, 0, "{}{}", applied.out, applied.err);
    let (_, shown) = live.run(&endpoint, &["unlock"]).await;
    assert_eq!(shown.out, "account `acme.1.service` on `pbx`: free\n");
    let (code, again) = live.run(&endpoint, &["plan", "--detailed-exitcode"]).await;
    assert_eq!(code, 0, "{}{}", again.out, again.err);
    other.release().await.unwrap();
}

/// A run whose lock is taken away in its middle begins nothing more, says so, and does not end well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_loses_its_lock_stops() {
    let Some(endpoint) = endpoint(HONEST) else { return };
    let url = url("lost");
    let live = live(&url, 10, "slow:400ms,visible-after:0ms").await;
    live.world.tenant(
        "queues: { \"400\": { name: Sales } }\nrules: { \"101\": { ring_timeout: 30 }, \"102\": { ring_timeout: 30 } }\n\
         diverts: { \"101\": { busy: voicemail }, \"102\": { busy: voicemail } }\n\
         numbers: { \"+12145550100\": { label: Main } }",
    );
    let running = live.command(&endpoint, &["apply", "--auto-approve", "--format", "json"]).spawn().unwrap();
    let state = || std::fs::read_to_string(live.world.path("state/acme.1.service.json")).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !state().contains("\"callqueue\":\"400\"") {
        assert!(Instant::now() < deadline, "it never begins");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let store = open(&endpoint, &url, 10);
    let account = live.key();
    let clock = store.probe().await.unwrap();
    while !store.remove(&account, &store.look(&account).await.unwrap().unwrap()).await.unwrap() {}
    let _thief = take_key(&store, &live.key(), "eve@elsewhere", &clock).await.unwrap();
    let (code, ended) = ended(running).await;
    let value = outcome(&ended.out).unwrap();
    let steps = value["steps"].as_array().unwrap();
    assert_eq!(code, 4, "{value:#}");
    assert_eq!(steps[0]["status"], "done", "{value:#}");
    let fenced = |step: &&serde_json::Value| {
        let detail = step["detail"].as_str().unwrap_or_default();
        detail.contains("this run has lost its lock: eve@elsewhere")
    };
    assert!(steps.iter().any(|step| fenced(&step)), "{value:#}");
    // Steps that run at the same time may all meet the fence; none after it is begun.
    let unbegun = |step: &serde_json::Value| step["detail"] == "the run had lost its lock before this step";
    let open = steps.iter().filter(|step| step["status"] != "done");
    assert!(open.clone().all(|step| fenced(&step) || unbegun(step)), "{value:#}");
    assert!(open.count() > 0 && steps.last().unwrap()["status"] != "done", "{value:#}");
    let said = value["findings"].as_array().unwrap().iter().filter_map(|it| it["message"].as_str());
    assert!(said.clone().any(|it| it.contains("this run has lost its lock: eve@elsewhere")), "{value:#}");
    assert!(!state().contains("\"dial-rule-description\":\"Main\""), "{}", state());
    // It does not give back what is another's.
    assert_eq!(holder(take_key(&store, &live.key(), "third@ci", &clock).await), "eve@elsewhere");
}
