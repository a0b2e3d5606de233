//! Circles that lead through several tenants: one half is declared in one, the other is live in another, which only labels its number.

use crate::{
    workspace::Workspace,
    world::{LIVE, World},
};
use dialform::{
    load::InBatches,
    model::{Address, Kind},
    plan::Plan,
    run::{self, Context, Emulation, Options, Session},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn number(at: usize) -> String {
    format!("+1214555{at:04}")
}

/// Where the calls of the second tenant go, and of whom there is a number.
const FROM: usize = 1;
const TO: usize = 5;

/// Tenants with a number each, which rings 101. The second is about to forward 101 to the number of the sixth; there it rings 102, who is
/// forwarded to the number of the second. The fourth is about to forward to a number from where nothing leads on.
fn world(tenants: usize) -> World {
    let world = World::new("");
    std::fs::remove_file(world.path("tenants/acme.yaml")).unwrap();
    for at in 0..tenants {
        let diverts = match at {
            FROM => format!("diverts: {{ \"101\": {{ always: {{ number: \"{}\" }} }} }}\n", number(TO)),
            3 => format!("diverts: {{ \"101\": {{ always: {{ number: \"{}\" }} }} }}\n", number(2)),
            _ => String::new(),
        };
        world.write(
            &format!("tenants/t{at}.yaml"),
            format!(
                "tenant: t{at}\nprovider: pbx\naccount: t{at}.1.service\nnumbers: {{ \"{}\": {{ label: Main }} }}\n{diverts}",
                number(at)
            ),
        );
        let mut live = LIVE.replace("acme.1.service", &format!("t{at}.1.service"));
        live = live.replace("2145550100", &number(at)[2..]).replace("active: true", "active: false");
        if at == TO {
            let on = format!(
                "user: \"102\", answerrules: [{{ time-frame: \"*\", forward-always: {{ enabled: yes, parameters: [\"{}\"] }} }}]",
                &number(FROM)[1..]
            );
            live = live.replace("user: \"102\"", &on);
            live = live.replace("destination-user: \"101\"", "destination-user: \"102\"");
        }
        world.write(&format!("live/pbx/t{at}.1.service.yaml"), live);
    }
    world
}

/// What a plan says of circles, and the steps that are critical for them.
fn circles(plan: &Value) -> (Vec<String>, Vec<String>) {
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let found = plan["findings"].as_array().into_iter().flatten();
    let found = found.filter(|it| text(&it["code"]).ends_with("-loop"));
    let told =
        found.map(|it| format!("{} {}: {}", text(&it["level"]), text(&it["code"]), text(&it["message"])));
    let mut critical = Vec::new();
    for tenant in plan["tenants"].as_array().into_iter().flatten() {
        let steps = tenant["steps"].as_array().into_iter().flatten();
        let of_circle = steps.filter(|step| text(&step["critical"]).contains("in a circle"));
        critical
            .extend(of_circle.map(|step| format!("{}/{}", text(&tenant["tenant"]), text(&step["address"]))));
    }
    (told.collect(), critical)
}

fn assert_found(plan: &Plan) {
    let (told, critical) = circles(&serde_json::to_value(plan).unwrap());
    assert_eq!(
        told,
        [
            "error divert-loop: every call goes in a circle: 101 -> +12145550005 -> t5/102 -> +12145550001 -> 101"
        ]
    );
    assert!(critical.contains(&"t1/diverts.101".to_owned()), "{critical:?}");
    assert!(critical.iter().all(|it| it.starts_with("t1/") || it.starts_with("t5/")), "{critical:?}");
}

/// How many requests went to each account.
fn asked(world: &World, tenants: usize) -> BTreeMap<usize, usize> {
    let mut asked = BTreeMap::new();
    for request in world.traffic() {
        let path = request["path"].as_str().unwrap_or_default();
        let account = (0..tenants).find(|at| path.contains(&format!("/t{at}.1.service/")));
        account.into_iter().for_each(|at| *asked.entry(at).or_default() += 1);
    }
    asked
}

/// It is found however many tenants are in memory at a time, and nobody is read for it but those through whom the way leads: the
/// fourth's new way leads to the third, which is looked at, and ends there.
#[tokio::test(flavor = "multi_thread")]
async fn a_circle_between_tenants_is_found_in_every_batch() {
    const TENANTS: usize = 8;
    for bytes in [None, Some(1), Some(500)] {
        let world = world(TENANTS);
        let record = world.path("traffic.jsonl");
        let emulation = Emulation { sandbox: true, record: Some(record), ..Emulation::default() };
        let in_batches = bytes.map(|bytes| InBatches { bytes, of_each: 0, ..run::in_batches() });
        let options = Options { emulation, in_batches, ..Options::default() };
        let plan = run::plan(world.root(), &options, &Context::default()).await.unwrap();
        assert_found(&plan);
        let asked = asked(&world, TENANTS);
        let more: Vec<usize> =
            asked.iter().filter(|(_, requests)| **requests > asked[&0]).map(|(at, _)| *at).collect();
        assert!(more.iter().all(|at| [FROM, 2, 3, TO].contains(at)), "{asked:?}");
        assert!(asked.values().all(|it| *it <= asked[&0] + 12), "{asked:?}");
    }
}

/// An apply of more than a hundred tenants forgets each when it is planned, and finds the circle all the same. So it does what is
/// waited for: where the fourth's new way leads, a label is written.
#[tokio::test(flavor = "multi_thread")]
async fn a_circle_between_many_tenants_is_found_by_an_apply() {
    let world = world(103);
    let emulation = Emulation { sandbox: true, ..Emulation::default() };
    let options = Options { emulation, ..Options::default() };
    let context = Context::default();
    let checked = run::check(world.root(), &options).unwrap();
    let session = Session::reading(&checked, &options, &context).await.unwrap();
    let plan = session.plan().await.unwrap();
    session.close().await;
    assert_found(&plan);
    let tenant = plan.tenants.iter().find(|it| it.tenant == "t3").unwrap();
    let (step, need) = (Address::new(Kind::Diverts, "101"), Address::new(Kind::Numbers, number(2)));
    assert_eq!(tenant.across.waits, BTreeMap::from([(step, BTreeSet::from([("t2".to_owned(), need)]))]));
}

const PROVIDERS: &str = r#"version: 1
tenants: ["tenants/*.yaml"]
providers:
  stratus: { kind: stratus, url: "https://pbx.example.net/ns-api/v2", token: { env: TOKEN }, carrier: { url: "https://carrier.example.net/v1", token: { env: TOKEN } } }
  ctm: { kind: ctm, access_key: { env: KEY }, secret_key: { env: SECRET } }
"#;

/// Two tenants: their files without a head, and what is live in each; then what is found, and what is critical.
struct Case {
    about: &'static str,
    declared: [&'static str; 2],
    live: [&'static str; 2],
    is_ctm: bool,
    found: &'static [&'static str],
    critical: &'static [&'static str],
}

const DIVERT: &str = r#"diverts: { "101": { always: { number: "+12145550300" } } }"#;
const LABEL: &str = r#"numbers: { "+12145550300": { label: Desk } }"#;
const LIVE_A: &str = r#"
users: [{ user: "101" }]
phonenumbers: [{ phonenumber: "12145550200", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101", dial-rule-translation-destination-host: a }]
"#;
const LIVE_B: &str = r#"
users: [{ user: "201", answerrules: [{ time-frame: "*", forward-always: { enabled: yes, parameters: ["12145550200"] } }] }]
phonenumbers: [{ phonenumber: "12145550300", dial-rule-description: Desk, dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "201", dial-rule-translation-destination-host: b }]
"#;
/// As it is, but 201 is not forwarded.
const LIVE_B_RINGS: &str = r#"
users: [{ user: "201" }]
phonenumbers: [{ phonenumber: "12145550300", dial-rule-description: Desk, dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "201", dial-rule-translation-destination-host: b }]
"#;
/// As it is, but an emergency forward of the number is on.
const LIVE_B_FORWARDED: &str = r#"
users: [{ user: "201", answerrules: [{ time-frame: "*", forward-always: { enabled: yes, parameters: ["12145550200"] } }] }]
phonenumbers: [{ phonenumber: "12145550300", dial-rule-description: Desk, dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "201", dial-rule-translation-destination-host: b }]
carrier: [{ number: "2145550300", destination: "9725550199", active: true }]
"#;
const LIVE_A_DIVERTS: &str = r#"
users: [{ user: "101", answerrules: [{ time-frame: "*", forward-always: { enabled: yes, parameters: ["12145550300"] } }] }]
phonenumbers: [{ phonenumber: "12145550200", dial-rule-description: Old, dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101", dial-rule-translation-destination-host: a }]
"#;
const LIVE_CTM: &str = r#"
account: { name: B, timezone: America/Chicago }
receiving_numbers: [{ number: "+12145550200", name: Desk }]
numbers: [{ number: "+18005550142", name: Ads, routing: simultaneous, route: { receiving_number: ["+12145550200"] } }]
"#;
const LOOP: &str =
    "error divert-loop: every call goes in a circle: 101 -> +12145550300 -> b/201 -> +12145550200 -> 101";

const CASES: &[Case] = &[
    Case {
        about: "the other half is live",
        declared: [DIVERT, LABEL],
        live: [LIVE_A, LIVE_B],
        is_ctm: false,
        found: &[LOOP],
        critical: &["a/diverts.101"],
    },
    Case {
        about: "the other half is declared, over numbers that are live",
        declared: [DIVERT, r#"diverts: { "201": { always: { number: "+12145550200" } } }"#],
        live: [LIVE_A, LIVE_B_RINGS],
        is_ctm: false,
        found: &[LOOP],
        critical: &["a/diverts.101", "b/diverts.201"],
    },
    Case {
        about: "a half that the files take away",
        declared: [DIVERT, r#"diverts: { "201": { always: off } }"#],
        live: [LIVE_A, LIVE_B],
        is_ctm: false,
        found: &[],
        critical: &[],
    },
    Case {
        about: "a label changes no way",
        declared: [DIVERT, r#"numbers: { "+12145550300": { label: New } }"#],
        live: [LIVE_A, LIVE_B],
        is_ctm: false,
        found: &[LOOP],
        critical: &["a/diverts.101"],
    },
    Case {
        about: "while the emergency forward of a number on the way is on, no call comes back",
        declared: [DIVERT, LABEL],
        live: [LIVE_A, LIVE_B_FORWARDED],
        is_ctm: false,
        found: &[],
        critical: &[],
    },
    Case {
        about: "an emergency forward that ends, which needs approval anyway: what changes on the way is a label",
        declared: [
            r#"numbers: { "+12145550200": { label: Desk } }"#,
            r#"forwards: { "+12145550300": { active: false } }
diverts: { "201": { always: { number: "+12145550200" } } }"#,
        ],
        live: [LIVE_A_DIVERTS, LIVE_B_FORWARDED],
        is_ctm: false,
        found: &[LOOP],
        critical: &[],
    },
    Case {
        about: "one that is live already, by which another step goes",
        declared: [
            r#"diverts: { "101": { always: { number: "+12145550300" }, busy: { voicemail: "101" } } }"#,
            LABEL,
        ],
        live: [LIVE_A_DIVERTS, LIVE_B],
        is_ctm: false,
        found: &[
            "warning divert-loop: every call goes in a circle: 101 -> +12145550300 -> b/201 -> +12145550200 -> 101",
        ],
        critical: &[],
    },
    Case {
        about: "a tracking number of another system, and back",
        declared: [
            r#"diverts: { "101": { always: { number: "+18005550142" } } }"#,
            r#"numbers: { "+18005550142": { label: Ads } }"#,
        ],
        live: [LIVE_A, LIVE_CTM],
        is_ctm: true,
        found: &[
            "error divert-loop: every call goes in a circle: +12145550200 -> a/101 -> +18005550142 -> +12145550200, and no phone rings",
        ],
        critical: &["a/diverts.101"],
    },
];

fn two_tenants(declared: [&str; 2], live: [&str; 2], is_ctm: bool) -> Workspace {
    let workspace = Workspace::default();
    workspace.write("dialform.yaml", PROVIDERS);
    let second = if is_ctm { ("ctm", "302341") } else { ("stratus", "b") };
    for (at, (name, (provider, account))) in [("a", ("stratus", "a")), ("b", second)].into_iter().enumerate()
    {
        let head = format!(
            "tenant: {name}\nprovider: {provider}\naccount: \"{account}\"\ntime_zone: America/Chicago\n"
        );
        workspace.write(&format!("tenants/{name}.yaml"), format!("{head}{}\n", declared[at]));
        workspace.write(&format!("live/{provider}/{account}.yaml"), live[at]);
    }
    workspace
}

/// What a small run is not about stays as it is live: a file that would open the circle does not, and one that would close it does
/// not either. Where it is found, a line that the run is about is shown.
#[test]
fn a_small_run_goes_by_what_it_leaves_live() {
    let back = format!("{LABEL}\ndiverts: {{ \"201\": {{ always: {{ number: \"+12145550200\" }} }} }}");
    let opened = format!("{LABEL}\ndiverts: {{ \"201\": {{ always: off }} }}");
    let (all, some) = (&["diverts.*"][..], &["diverts.101", "numbers.*"][..]);
    for (second, live, only, found) in [
        (&back, LIVE_B_RINGS, all, &[LOOP][..]),
        (&back, LIVE_B_RINGS, some, &[]),
        (&opened, LIVE_B, all, &[]),
        (&opened, LIVE_B, some, &[LOOP]),
    ] {
        let workspace = two_tenants([DIVERT, second], [LIVE_A, live], false);
        let only = only.iter().flat_map(|it| ["--only", it]);
        let only: Vec<&str> = ["plan", "--sandbox", "--format", "json"].into_iter().chain(only).collect();
        let planned = workspace.run(&only);
        let plan: Value =
            serde_json::from_str(&planned.out).unwrap_or_else(|error| panic!("{error}: {planned:?}"));
        assert_eq!(circles(&plan).0, found, "{only:?}: {planned:?}");
        let told = plan["findings"].as_array().into_iter().flatten();
        let mut told = told.filter(|it| it["code"] == "divert-loop");
        assert!(told.all(|it| it["place"]["file"] == "tenants/a.yaml"), "{only:?}: {planned:?}");
    }
}

/// Exactly these circles are found, and a step is critical where it makes one.
#[test]
fn a_circle_that_closes_in_another_account_is_found() {
    let mut wrong = Vec::new();
    for case in CASES {
        let workspace = two_tenants(case.declared, case.live, case.is_ctm);
        let planned = workspace.run(&["plan", "--sandbox", "--format", "json"]);
        let plan: Value =
            serde_json::from_str(&planned.out).unwrap_or_else(|error| panic!("{error}: {planned:?}"));
        let (found, critical) = circles(&plan);
        if found != case.found || critical != case.critical {
            wrong.push(format!("{}: found {found:#?}, critical {critical:?}\n{planned:?}", case.about));
        }
        if !case.critical.is_empty() {
            // An apply that nobody has approved that for writes nothing.
            let applied = workspace.run(&["apply", "--sandbox", "--auto-approve"]);
            assert!(applied.err.contains("--approve-critical"), "{}: {applied:?}", case.about);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
