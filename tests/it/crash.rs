//! An apply that is killed: the next one ends what it began, and makes nothing twice.

use crate::{
    proxy::{Trap, before},
    served::options,
    workspace::{Workspace, outcome},
};
use dialform::sandbox::Sandbox;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    process::{Child, Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use tokio::runtime::Runtime;

const STRATUS: &str = "acme.1.service";
const CTM: &str = "302341";

/// The numbers of the Stratus tenant.
const NUMBERS: usize = 5;

fn stratus_live() -> Value {
    let timeframe = |name: &str| json!({ "timeframe-name": name, "timeframe-type": "specific-dates", "timeframe-specific-dates-array": [] });
    json!({
        "domain": { "domain": STRATUS },
        "users": (101..=109).map(|n| json!({ "user": n.to_string() })).collect::<Vec<_>>(),
        "timeframes": [timeframe("old")],
        "callqueues": [
            { "callqueue": "400", "description": "Old" },
            { "callqueue": "402", "description": "Gone" },
        ],
        "phonenumbers": (1..=NUMBERS).map(|n| json!({
            "phonenumber": format!("1214555010{n}"), "dial-rule-application": "to-user-residential",
            "dial-rule-translation-destination-user": "101",
        })).collect::<Vec<_>>(),
        "carrier": (1..=4).map(|n| json!({ "number": format!("214555010{n}"), "destination": "9725550190", "active": true })).collect::<Vec<_>>(),
    })
}

/// 29 steps: 8 creations, 2 deletions, 19 changes.
fn stratus_tenant() -> String {
    let mut text = format!(
        r#"
tenant: acme
provider: pbx
account: {STRATUS}
time_zone: America/Chicago
schedules:
  business-hours: {{ weekly: {{ mon-fri: ["08:00-12:00", "13:00-17:00"] }} }}
  holidays: {{ dates: ["2027-12-31..2028-01-02"] }}
  night: {{ weekly: {{ mon-sun: ["00:00-06:00"] }} }}
  storm: {{ dates: ["2027-01-15"], enabled: false }}
absent: {{ queues: ["402"], schedules: [old] }}
queues:
  "400": {{ name: Reception, agents: ["101"] }}
  "410": {{ name: Sales, agents: ["101", "102"] }}
  "411": {{ name: Service, agents: ["103"] }}
  "412": {{ name: Billing, agents: ["105"] }}
  "413": {{ name: Night, agents: ["104"] }}
diverts:
  "107": {{ busy: voicemail }}
  "108": {{ no_answer: {{ number: "+19725550111" }} }}
  "109": {{ always: {{ extension: "101" }} }}
rules:
"#
    );
    for n in 101..=106 {
        text += &format!(
            "  \"{n}\": {{ ring_timeout: 25, order: [{{ when: storm, forward: {{ always: voicemail }} }}, {{ when: business-hours, ring: extension }}, {{ when: default, ring: extension }}] }}\n"
        );
    }
    text += "numbers:\n";
    for n in 1..=NUMBERS {
        let to = if n < 4 { format!("{{ queue: \"41{n}\" }}") } else { "{ extension: \"102\" }".to_owned() };
        text += &format!("  \"+1214555010{n}\": {{ label: Line {n}, route: {to} }}\n");
    }
    text += "forwards:\n";
    for n in 1..=4 {
        text += &format!("  \"+1214555010{n}\": {{ to: \"+19725550199\" }}\n");
    }
    text
}

const CTM_LIVE: &str = r#"
account: { name: Bright, timezone: America/New_York }
users: [{ email: ann@acme.example }, { email: ben@acme.example }]
schedules:
  - name: office
    timezone: "Eastern Time (US & Canada)"
    times: [{ start_time: "540", end_time: "1020", position: "0", days: { sun: false, mon: true, tue: true, wed: true, thu: true, fri: true, sat: false } }]
receiving_numbers: [{ number: "+14105550123", name: Reception }, { number: "+14105550129", name: Gone }]
queues: []
numbers:
  - { number: "+18005550142", name: Ads, routing: round_robin, route: { receiving_number: ["+14105550123"] } }
  - { number: "+18005550143", name: Paper, routing: round_robin, route: { receiving_number: ["+14105550123"] } }
  - { number: "+18005550144", name: Radio, routing: round_robin, route: { receiving_number: ["+14105550123"] } }
"#;

/// 11 steps: 5 creations, 1 deletion, 5 changes.
const CTM_TENANT: &str = r#"
tenant: bright
provider: ctm
account: "302341"
time_zone: America/New_York
schedules:
  office: { weekly: { mon-fri: ["09:00-12:00", "13:00-17:00"] } }
  saturday: { weekly: { sat: ["09:00-12:00"] } }
receivers:
  "+14105550123": { label: Front desk }
  "+14105550124": { label: Back office }
  "+14105550125": { label: Store }
absent: { receivers: ["+14105550129"] }
queues:
  Sales: { dispatch: ring_all, agents: [ann@acme.example] }
  Support: { dispatch: ring_all, agents: [ann@acme.example, ben@acme.example] }
numbers:
  "+18005550142": { label: Search, route: { receivers: ["+14105550123", "+14105550124"] } }
  "+18005550143": { label: Print, route: { queue: Sales } }
  "+18005550144": { label: Air, route: { queue: Support } }
"#;

/// Two accounts on two systems that outlive whoever speaks to them.
struct Served {
    workspace: Workspace,
    trap: Arc<Trap>,
    sandboxes: Vec<Sandbox>,
    runtime: Runtime,
}

impl Served {
    fn new() -> Self {
        let trap = Arc::new(Trap::default());
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut served = Self { workspace: Workspace::default(), trap, sandboxes: Vec::new(), runtime };
        let pbx = served.serve("stratus", STRATUS, &stratus_live().to_string());
        let ctm = served.serve("ctm", CTM, CTM_LIVE);
        let file = format!(
            r#"
version: 1
providers:
  pbx:
    kind: stratus
    url: {pbx}/ns-api/v2
    token: {{ env: TOKEN }}
    carrier: {{ url: "{pbx}/_carrier/v1", token: {{ env: TOKEN }} }}
    limits: {{ requests_per_second: 1000, concurrency: 8, settle: 5 }}
  ctm:
    kind: ctm
    url: {ctm}/api/v1
    access_key: {{ env: TOKEN }}
    secret_key: {{ env: TOKEN }}
    experimental: true
    limits: {{ requests_per_second: 1000, concurrency: 8, settle: 5 }}
tenants: ["tenants/*.yaml"]
guard: {{ max_changed_percent: 100 }}
"#
        );
        served.workspace.write("dialform.yaml", file);
        served.workspace.write("tenants/acme.yaml", stratus_tenant());
        served.workspace.write("tenants/bright.yaml", CTM_TENANT);
        served
    }

    fn serve(&mut self, kind: &str, account: &str, seed: &str) -> String {
        self.workspace.write(&format!("seed/{kind}/{account}.yaml"), seed);
        let path = |name: &str| self.workspace.path(name).join(kind);
        let behaviour = "visible-after:0ms,active-lag:0ms,experimental,requests-per-second:0";
        let options = options(kind, &path("seed"), &path("state"), behaviour);
        let sandbox = self.runtime.block_on(Sandbox::start(options)).unwrap();
        let url = self.runtime.block_on(before(sandbox.url(), &self.trap));
        self.sandboxes.push(sandbox);
        url
    }

    fn start(&self, line: &str) -> Child {
        let plan = self.workspace.argument("plan.json");
        let words = line.split_whitespace().map(|it| if it == "PLAN" { plan.as_str() } else { it });
        let mut command = self.workspace.process(&Vec::from_iter(words));
        command.env("TOKEN", "nsd_0123456789");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Its saved plan is called PLAN.
    fn run(&self, line: &str) -> Output {
        self.start(line).wait_with_output().unwrap()
    }

    fn snapshot(&self, index: usize, account: &str) -> Value {
        self.sandboxes[index].snapshot(account).unwrap()
    }

    /// What the accounts hold, without what names an object: ids and the counters they are drawn from.
    fn held(&self) -> BTreeMap<&'static str, Value> {
        let mut held = BTreeMap::from([("pbx", self.snapshot(0, STRATUS)), ("ctm", self.snapshot(1, CTM))]);
        held.values_mut().for_each(forget_ids);
        held
    }
}

/// Ids are drawn in the order in which steps end, which is another one in each run.
fn forget_ids(value: &mut Value) {
    let mut names = BTreeMap::new();
    collect(value, &mut names);
    let mut text = value.to_string();
    for (id, name) in names {
        text = text.replace(&format!("\"{id}\""), &format!("\"{name}\""));
    }
    *value = serde_json::from_str(&text).unwrap();
    sort(value);
}

/// Every id with what tells its object from others.
fn collect(value: &Value, names: &mut BTreeMap<String, String>) {
    match value {
        Value::Array(rows) => rows.iter().for_each(|row| collect(row, names)),
        Value::Object(row) => {
            let word = |key: &str| row.get(key).and_then(Value::as_str);
            let name = ["number", "name", "timeframe-name"].into_iter().find_map(word);
            for (key, inner) in row {
                match (inner, name) {
                    (Value::String(id), Some(name)) if key == "id" || key == "timeframe-id" => {
                        names.insert(id.clone(), format!("id of {name}"));
                    }
                    // The entries of a time frame have ids of their own.
                    (Value::Array(entries), Some(name)) => {
                        let ids = entries.iter().filter_map(|it| it.get("timeframe-id")?.as_str());
                        names.extend(
                            ids.enumerate().map(|(n, id)| (id.to_owned(), format!("entry {n} of {name}"))),
                        );
                    }
                    _ => {}
                }
                collect(inner, names);
            }
        }
        _ => {}
    }
}

fn sort(value: &mut Value) {
    match value {
        Value::Array(rows) => rows.iter_mut().for_each(sort),
        Value::Object(map) => {
            for counter in ["sequence", "filter_id"] {
                map.shift_remove(counter);
            }
            map.values_mut().for_each(sort);
            map.sort_keys();
        }
        _ => {}
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const APPLY: &str = "apply --auto-approve --override-guard --format json";

/// What an undisturbed apply does: how often it writes, and what is live in the end.
fn undisturbed() -> (usize, BTreeMap<&'static str, Value>) {
    let served = Served::new();
    let run = served.run(APPLY);
    let said = outcome(&text(&run.stdout)).unwrap();
    assert_eq!(said["summary"], json!({ "done": 40 }), "{said:#}{}", text(&run.stderr));
    (served.trap.writes(), served.held())
}

/// The same of a saved plan.
const APPLY_SAVED: &str = "apply PLAN --override-guard --format json";

/// Kills an apply when its write of this number has been carried out, before the answer has come, and runs the same again.
fn killed_after(write: usize, apply: &str, wanted: &BTreeMap<&'static str, Value>) -> Result<(), String> {
    let served = Served::new();
    if apply == APPLY_SAVED {
        let plan = served.run("plan --out PLAN");
        assert_eq!(plan.status.code(), Some(0), "{}", text(&plan.stderr));
    }
    served.trap.set(Some(write));
    served.trap.spring(served.start(apply));
    served.trap.set(None);
    // Before its first write it has kept what was live.
    let kept = fs::read_dir(served.workspace.path(".dialform/restore")).unwrap().count();
    if kept != 1 {
        return Err(format!("{kept} restore files"));
    }
    let again = served.run(apply);
    if again.status.code() != Some(0) {
        return Err(format!(
            "the second apply: {}{}",
            text(&again.stdout).lines().last().unwrap_or_default(),
            text(&again.stderr)
        ));
    }
    let plan = served.run("plan --detailed-exitcode");
    if plan.status.code() != Some(0) {
        return Err(format!("the plan after it: {}{}", text(&plan.stdout), text(&plan.stderr)));
    }
    let held = served.held();
    if held != *wanted {
        let [wanted, held] = [wanted, &held].map(|it| serde_json::to_string_pretty(it).unwrap());
        let diff = similar::TextDiff::from_lines(&wanted, &held).unified_diff().to_string();
        return Err(format!("what is live in the end:\n{diff}"));
    }
    Ok(())
}

/// The acceptance line: an apply of forty steps, killed with SIGKILL after each of its writes, is ended by one more apply;
/// nothing is lost, made twice or left behind; so is one of a saved plan by the same command. `DIALFORM_SWEEP=full` kills
/// each after every write, otherwise after each twelfth.
#[test]
fn a_killed_apply_is_ended_by_the_next() {
    let (writes, wanted) = undisturbed();
    let step = if std::env::var("DIALFORM_SWEEP").is_ok_and(|it| it == "full") { 1 } else { 12 };
    let after = |first: usize, apply| (first..=writes).step_by(step).map(move |write| (write, apply));
    let kills: Vec<(usize, &str)> = after(1, APPLY).chain(after(1 + step / 2, APPLY_SAVED)).collect();
    let (next, broken) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((write, apply)) = kills.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = killed_after(*write, apply, &wanted) {
                        broken.lock().unwrap().push(format!("{apply}, killed after write {write}: {why}"));
                    }
                }
            });
        }
    });
    let broken = broken.into_inner().unwrap();
    println!("killed after {} of {writes} writes, {} recovered", kills.len(), kills.len() - broken.len());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
