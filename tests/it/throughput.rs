//! How fast an apply goes, against how fast it could.

use crate::{served::options, workspace::outcome, world::World};
use dialform::sandbox::{Recorder, Sandbox};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

const LATENCY: Duration = Duration::from_millis(50);
const CONCURRENCY: u32 = 8;
const ACCOUNTS: usize = 4;

/// What is measured: a name, requests a second, how long a write takes to show, and how many looks that is too late for.
type Row = (&'static str, u32, &'static str, usize);

const ROWS: [Row; 3] = [
    ("bound by latency", 1000, "0ms", 0),
    ("bound by the rate limit", 80, "0ms", 0),
    ("bound by latency, writes show after 200 ms", 1000, "200ms", 2),
];

/// The requests that so many changes take: the plan of each account, then a look, a write and a read-back each
/// (`requests_per_change`).
fn must(changes: usize) -> usize {
    // The domain and five lists; a page of numbers that may not be the last has another behind it.
    const PLAN: usize = 7;
    ACCOUNTS * PLAN + 3 * changes
}

/// Applies so many changes of one number each and says how long it took, and how long it had to.
fn measure((name, rate, visible, early): Row, changes: usize) -> (Duration, Duration) {
    let world = World::new("");
    let runtime = Runtime::new().unwrap();
    let each = changes / ACCOUNTS;
    let number = |account: usize, n: usize| format!("1214{:07}", 5_550_000 + account * 1000 + n);
    for account in 0..ACCOUNTS {
        let rows = (0..each).map(|n| {
            json!({
                "phonenumber": number(account, n), "dial-rule-application": "to-user-residential",
                "dial-rule-translation-destination-user": "101", "dial-rule-description": "Old",
            })
        });
        let domain = format!("a{account}.1.service");
        let live = json!({ "domain": { "domain": domain }, "users": [{ "user": "101" }], "phonenumbers": rows.collect::<Vec<_>>() });
        world.write(&format!("seed/{domain}.yaml"), live.to_string());
        let labels = (0..each).map(|n| (format!("+{}", number(account, n)), json!({ "label": "New" })));
        let tenant = json!({
            "tenant": format!("a{account}"), "provider": "pbx", "account": domain,
            "numbers": labels.collect::<serde_json::Map<_, _>>(),
        });
        world.write(&format!("tenants/a{account}.yaml"), tenant.to_string());
    }
    let behaviour = format!("slow:{}ms,visible-after:{visible}", LATENCY.as_millis());
    let mut options = options("stratus", &world.path("seed"), &world.path("state"), &behaviour);
    options.record = Some(Arc::new(Recorder::open(&world.path("traffic.jsonl")).unwrap()));
    let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
    world.write(
        "dialform.yaml",
        format!(
            r#"
version: 1
providers:
  pbx:
    kind: stratus
    url: {}/ns-api/v2
    token: {{ env: TOKEN }}
    carrier: manual
    limits: {{ requests_per_second: {rate}, concurrency: {CONCURRENCY}, settle: 5 }}
tenants: ["tenants/a*.yaml"]
guard: {{ max_changed_percent: 100 }}
"#,
            sandbox.url()
        ),
    );
    std::fs::remove_file(world.path("tenants/acme.yaml")).unwrap();
    let began = Instant::now();
    let run = world
        .process(&["apply", "--auto-approve", "--format", "json"])
        .env("TOKEN", "nsd_0123456789")
        .output()
        .unwrap();
    let took = began.elapsed();
    let said = String::from_utf8(run.stdout).unwrap();
    let said: Value = outcome(&said).unwrap();
    assert_eq!(said["summary"], json!({ "done": changes }), "{}", String::from_utf8_lossy(&run.stderr));

    let traffic = world.traffic();
    let mut writes: BTreeMap<String, usize> = BTreeMap::new();
    for exchange in traffic.iter().filter(|it| it["method"] != "GET") {
        *writes.entry(exchange["path"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(writes.len(), changes, "every changed object is written");
    assert!(writes.values().all(|times| *times == 1), "and written once");
    let must = must(changes) + early * changes;
    // How many looks are early depends on the machine, where any are.
    assert!(early > 0 || traffic.len() == must, "{name}: {} requests for {must}", traffic.len());
    let requests = u32::try_from(must).unwrap();
    let bound = (requests.div_ceil(CONCURRENCY) * LATENCY).max(Duration::from_secs(1) * requests / rate);
    println!(
        "{name}: {changes} changes, {changes} writes, {} reads; {:.2} s, the bound is {:.2} s: {:.2} x",
        traffic.len() - changes,
        took.as_secs_f64(),
        bound.as_secs_f64(),
        took.as_secs_f64() / bound.as_secs_f64(),
    );
    (took, bound)
}

/// The acceptance line: as many writes as changed objects, and with `DIALFORM_BENCH=1`, where nothing else should run, 400
/// changes in at most 1.2 times what latency, concurrency and the rate limit leave no way below.
#[test]
fn an_apply_takes_little_more_than_it_must() {
    if !is_bench() {
        measure(ROWS[0], 40);
        return;
    }
    for row in ROWS {
        let (took, bound) = measure(row, 400);
        assert!(took <= bound.mul_f64(1.2), "{}: {took:?} for {bound:?}", row.0);
    }
}

/// A tenant with rules of so many extensions and nothing to change, and the account it is about.
fn tenant_with_rules(world: &World, provider: &str, name: &str, rules: usize) {
    let extensions: Vec<String> = (0..rules).map(|it| (101 + it).to_string()).collect();
    let domain = format!("{name}.1.service");
    let users: Vec<Value> = extensions.iter().map(|it| json!({ "user": it })).collect();
    world.write(
        &format!("seed/{domain}.yaml"),
        json!({ "domain": { "domain": domain }, "users": users }).to_string(),
    );
    let rules = extensions.into_iter().map(|it| (it, json!({ "ring_timeout": 30 })));
    let tenant = json!({
        "tenant": name, "provider": provider, "account": domain,
        "rules": rules.collect::<serde_json::Map<_, _>>(),
    });
    world.write(&format!("tenants/{name}.yaml"), tenant.to_string());
}

/// Plans what was written, each provider with these limits on one slow server, and says how many requests that took and how
/// long.
fn planned(
    world: &World,
    providers: &[String],
    rate: u32,
    concurrency: u32,
    latency: Duration,
) -> (u32, Duration) {
    let runtime = Runtime::new().unwrap();
    let behaviour = format!("slow:{}ms,requests-per-second:0", latency.as_millis());
    let mut options = options("stratus", &world.path("seed"), &world.path("state"), &behaviour);
    options.record = Some(Arc::new(Recorder::open(&world.path("traffic.jsonl")).unwrap()));
    let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
    let mut workspace = "version: 1\ntenants: [\"tenants/t*.yaml\"]\nproviders:\n".to_owned();
    for provider in providers {
        workspace.push_str(&format!(
            "  {provider}: {{ kind: stratus, url: \"{}/ns-api/v2\", token: {{ env: TOKEN }}, carrier: manual, limits: {{ \
             requests_per_second: {rate}, concurrency: {concurrency} }} }}\n",
            sandbox.url()
        ));
    }
    world.write("dialform.yaml", workspace);
    let began = Instant::now();
    let run = world.process(&["plan", "--format", "json"]).env("TOKEN", "nsd_0123456789").output().unwrap();
    let took = began.elapsed();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    (u32::try_from(world.traffic().len()).unwrap(), took)
}

/// Whether times are held to their bounds: with `DIALFORM_BENCH=1`, where nothing else should run. Beside other tests a time
/// says how busy the machine is, and only what does not depend on it is asserted.
fn is_bench() -> bool {
    std::env::var_os("DIALFORM_BENCH").is_some()
}

/// Says how long it took beside what the limits leave no way below, and holds it to 1.1 times that where times count.
fn assert_near(name: &str, took: Duration, floor: Duration) {
    let ratio = took.as_secs_f64() / floor.as_secs_f64();
    println!("{name}: {:.2} s, the floor is {:.2} s: {ratio:.2} x", took.as_secs_f64(), floor.as_secs_f64());
    assert!(ratio <= 1.1 || !is_bench(), "{name}: {took:?} for {floor:?}");
}

/// How many requests each provider had sent when the first of them had sent its last: providers that wait for each other
/// have sent none. The domain of a request names its provider.
fn sent_when_the_first_was_done(traffic: &[Value], providers: &[String]) -> Vec<usize> {
    let of = |exchange: &Value| {
        let path = exchange["path"].as_str().unwrap();
        providers
            .iter()
            .position(|it| path.contains(&format!("-{it}.")) || path.contains(&format!("-{it}-")))
            .unwrap()
    };
    let mut all = vec![0; providers.len()];
    for exchange in traffic {
        all[of(exchange)] += 1;
    }
    let mut sent = vec![0; providers.len()];
    for provider in traffic.iter().map(of) {
        sent[provider] += 1;
        if sent[provider] == all[provider] {
            break;
        }
    }
    sent
}

/// Providers do not wait for each other: a plan over ten takes as long as the limits of one, in whatever order the files name
/// their tenants.
#[test]
fn a_plan_over_ten_providers_takes_as_long_as_one() {
    const RATE: u32 = 16;
    let tenants = if is_bench() { 24 } else { 8 };
    let providers: Vec<String> = (0..10).map(|it| format!("p{it}")).collect();
    for is_grouped in [true, false] {
        let world = World::new("");
        for provider in &providers {
            for number in 0..tenants {
                let name = match is_grouped {
                    true => format!("t-{provider}-{number:02}"),
                    false => format!("t-{number:02}-{provider}"),
                };
                tenant_with_rules(&world, provider, &name, 0);
            }
        }
        let latency = Duration::from_millis(20);
        let (requests, took) = planned(&world, &providers, RATE, 4, latency);
        let seconds = (requests / 10).div_ceil(RATE) - 1;
        let name = if is_grouped { "ten providers, grouped" } else { "ten providers, interleaved" };
        assert_near(name, took, Duration::from_secs(seconds.into()) + 2 * latency);
        let sent = sent_when_the_first_was_done(&world.traffic(), &providers);
        // The limit of a second's requests keeps them within one second of each other.
        let least = requests as usize / 10 - 2 * RATE as usize;
        assert!(sent.iter().all(|it| *it >= least), "{name}: {sent:?}, each at least {least}");
    }
}

/// The requests that a limit allows in a second go out as soon as they can, and those of one account beside each other: one
/// after another, they take more than three times as long. A busy machine gets three attempts.
#[test]
fn a_plan_of_one_tenant_waits_for_nothing_but_its_limits() {
    let (rate, concurrency) = (10, 4);
    let rows: &[(usize, u64)] = if is_bench() { &[(4, 150), (24, 150)] } else { &[(4, 400)] };
    for (rules, latency) in rows {
        let (rules, latency) = (*rules, Duration::from_millis(*latency));
        let once = || {
            let world = World::new("");
            tenant_with_rules(&world, "p0", "t", rules);
            let (requests, took) = planned(&world, &["p0".to_owned()], rate, concurrency, latency);
            assert_eq!(requests as usize, 6 + rules);
            // Those of the last second, so many at once.
            let seconds = requests.div_ceil(rate) - 1;
            let last = (requests - seconds * rate).div_ceil(concurrency);
            let floor = Duration::from_secs(seconds.into()) + last * latency;
            assert_near(&format!("one tenant, {requests} requests"), took, floor);
            took <= 2 * floor
        };
        assert!((0..3).any(|_| once()), "{rules} rules: three times more than twice the floor");
    }
}
