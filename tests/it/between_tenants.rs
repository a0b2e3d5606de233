//! Which step goes first where calls are led on from one tenant to another in one run: whatever the tenants are called, calls are led
//! to a number when they get somewhere there, and where it does not come to that, they go where they went.

use crate::{circles::domain, workspace::Workspace};
use dialform::{cli::Finished, error::Ending};
use std::collections::BTreeMap;

const SETTINGS: &str = r#"version: 1
tenants: ["tenants/*.yaml"]
guard: { max_deletes: 50, max_changed_percent: 100 }
providers:
  stratus: { kind: stratus, url: "http://127.0.0.1:1/ns-api/v2", token: { env: NOT_NEEDED }, carrier: { url: "http://127.0.0.1:1", token: { env: NOT_NEEDED } }, limits: { requests_per_second: 1000, concurrency: 4, settle: 1 } }
  ctm: { kind: ctm, access_key: { env: NOT_NEEDED }, secret_key: { env: NOT_NEEDED }, experimental: true, limits: { requests_per_second: 1000, settle: 1 } }
"#;

/// A tenant without its name: its system, what is live, and what is declared.
struct Tenant {
    provider: &'static str,
    live: String,
    declared: &'static str,
}

/// On Stratus. Its number is +1 214 555 0N00, which rings 101.
fn stratus(hundred: usize, forwards: &[(&str, &str, &str)], declared: &'static str) -> Tenant {
    let live = domain(forwards).replace("121455501", &format!("12145550{hundred}"));
    Tenant { provider: "stratus", live, declared }
}

/// Each tenant is called by a letter, in the order of their list or the other way round.
fn names(count: usize, is_reversed: bool) -> Vec<&'static str> {
    let mut names = ["a", "b", "c"][..count].to_vec();
    if is_reversed {
        names.reverse();
    }
    names
}

fn workspace(tenants: &[Tenant], names: &[&str]) -> Workspace {
    let workspace = Workspace::default();
    workspace.write("dialform.yaml", SETTINGS);
    for (Tenant { provider, live, declared }, name) in tenants.iter().zip(names) {
        let account = if *provider == "ctm" { "302341" } else { name };
        let head = format!("tenant: {name}\nprovider: {provider}\naccount: \"{account}\"\n");
        let zone = if *provider == "ctm" { "" } else { "time_zone: America/Chicago\n" };
        workspace.write(&format!("tenants/{name}.yaml"), format!("{head}{zone}{declared}"));
        let live = live.replace("host: acme", &format!("host: {name}")).replace("@acme", &format!("@{name}"));
        workspace.write(&format!("live/{provider}/{account}.yaml"), live);
    }
    workspace
}

fn apply(workspace: &Workspace, more: &[&str]) -> Finished {
    let _ = std::fs::remove_file(workspace.path("log.jsonl"));
    let log = workspace.argument("log.jsonl");
    let arguments = ["apply", "--sandbox", "--auto-approve", "--approve-critical", "*", "--log", &log];
    let fault = if more.contains(&"--fault") { &[][..] } else { &["--fault", "visible-after:0ms"] };
    workspace.run(&[&arguments[..], fault, more].concat())
}

/// The first and the last write of each step, by their place in the log.
fn writes(workspace: &Workspace) -> BTreeMap<String, (usize, usize)> {
    let mut writes = BTreeMap::new();
    for (at, line) in workspace.lines("log.jsonl").iter().enumerate() {
        if let (Some(step), Some(method)) = (line["step"].as_str(), line["method"].as_str())
            && method != "GET"
        {
            writes.entry(step.to_owned()).or_insert((at, at)).1 = at;
        }
    }
    writes
}

/// What of a chain is not so: each step is written when the one before it is.
fn astray(workspace: &Workspace, chain: &[String]) -> Vec<String> {
    let writes = writes(workspace);
    let missing = chain.iter().filter(|step| !writes.contains_key(*step));
    let mut wrong: Vec<String> = missing.map(|step| format!("{step} is not written")).collect();
    for pair in chain.windows(2) {
        if let (Some(first), Some(then)) = (writes.get(&pair[0]), writes.get(&pair[1]))
            && first.1 > then.0
        {
            wrong.push(format!("{} is written before {}", pair[1], pair[0]));
        }
    }
    wrong
}

/// `1/rules.101` with the name of the second tenant.
fn named(step: &str, names: &[&str]) -> String {
    let of = |(at, name): (usize, &&str)| Some(format!("{name}/{}", step.strip_prefix(&format!("{at}/"))?));
    names.iter().enumerate().find_map(of).unwrap_or_default()
}

struct Case {
    about: &'static str,
    tenants: Vec<Tenant>,
    /// Each is written when the one before it is; a tenant is its place in the list.
    chain: &'static [&'static str],
}

const NEW_QUEUE: &str = r#"
numbers: { "+12145550300": { route: { queue: "402" } } }
queues: { "402": { name: Moved, dispatch: ring_all, require_agents: true, agents: ["103"] } }
"#;

/// A queue is moved to another account: who called it goes on to a number there.
fn moved() -> [Tenant; 2] {
    let mut from = stratus(
        1,
        &[],
        r#"
numbers: { "+12145550100": { route: { extension: "104" } } }
rules: { "104": { order: [{ when: default, forward: { always: { number: "+12145550300" } } }] } }
absent: { queues: ["400"] }
"#,
    );
    from.live = from.live.replacen(
        "to-user-residential, dial-rule-translation-destination-user: \"101\"",
        "to-callqueue, dial-rule-translation-destination-user: \"400\"",
        1,
    );
    [from, stratus(3, &[], NEW_QUEUE)]
}

const MOVED: &[&str] =
    &["1/queues.402", "1/numbers.+12145550300", "0/rules.104", "0/numbers.+12145550100", "0/queues.400"];

fn cases() -> Vec<Case> {
    let ctm = r#"
users: [{ email: ann@acme.example }]
receiving_numbers: [{ number: "+14105550123" }, { number: "+12145550300" }]
numbers: [{ number: "+18005550142", route: { receiving_number: ["+14105550123"] } }]
"#;
    vec![
        Case { about: "a queue that is moved to another account", tenants: moved().into(), chain: MOVED },
        Case {
            about: "a divert",
            tenants: vec![
                stratus(1, &[], r#"diverts: { "103": { no_answer: { number: "+12145550300" } } }"#),
                stratus(3, &[], NEW_QUEUE),
            ],
            chain: &["1/queues.402", "1/numbers.+12145550300", "0/diverts.103"],
        },
        Case {
            about: "where a queue goes on to",
            tenants: vec![
                stratus(1, &[], r#"queues: { "400": { failover: { number: "+18005550142" } } }"#),
                Tenant {
                    provider: "ctm",
                    live: ctm.to_owned(),
                    declared: r#"
receivers: { "+14105550124": { label: Second } }
numbers: { "+18005550142": { route: { receivers: ["+14105550124"] } } }
"#,
                },
            ],
            chain: &["1/receivers.+14105550124", "1/numbers.+18005550142", "0/queues.400"],
        },
        Case {
            about: "a tracking number, to a number of another system",
            tenants: vec![
                Tenant {
                    provider: "ctm",
                    live: ctm.to_owned(),
                    declared: r#"
receivers: { "+12145550300": {} }
numbers: { "+18005550142": { route: { receivers: ["+12145550300"] } } }
"#,
                },
                stratus(3, &[], NEW_QUEUE),
            ],
            chain: &["1/numbers.+12145550300", "0/numbers.+18005550142"],
        },
        Case {
            about: "what is changed on the way from a number that stays as it is",
            tenants: vec![
                stratus(1, &[], r#"diverts: { "103": { always: { number: "+12145550300" } } }"#),
                stratus(
                    3,
                    &[("101", "forward-always", "102")],
                    r#"diverts: { "102": { no_answer: { extension: "104" } } }"#,
                ),
            ],
            chain: &["1/diverts.102", "0/diverts.103"],
        },
        Case {
            about: "over a third account, in which nothing is changed",
            tenants: vec![
                stratus(1, &[], r#"diverts: { "103": { always: { number: "+12145550300" } } }"#),
                stratus(
                    3,
                    &[("101", "forward-always", "12145550500")],
                    r#"diverts: { "101": { always: { number: "+12145550500" } } }"#,
                ),
                stratus(5, &[], r#"numbers: { "+12145550500": { route: { extension: "104" } } }"#),
            ],
            chain: &["2/numbers.+12145550500", "0/diverts.103"],
        },
        Case {
            about: "one after the other through three accounts",
            tenants: vec![
                stratus(1, &[], r#"diverts: { "103": { always: { number: "+12145550300" } } }"#),
                stratus(3, &[], r#"diverts: { "101": { always: { number: "+12145550500" } } }"#),
                stratus(5, &[], r#"numbers: { "+12145550500": { route: { extension: "104" } } }"#),
            ],
            chain: &["2/numbers.+12145550500", "1/diverts.101", "0/diverts.103"],
        },
    ]
}

/// Calls are led over when they get somewhere there, and what they leave goes after that. A saved plan is carried out in the same order.
#[test]
fn calls_are_led_to_another_tenant_when_they_get_somewhere_there() {
    let mut wrong = Vec::new();
    for case in cases() {
        for (is_reversed, is_saved) in [(false, false), (true, false), (true, true)] {
            let names = names(case.tenants.len(), is_reversed);
            let workspace = workspace(&case.tenants, &names);
            let saved = workspace.argument("plan.json");
            let applied = match is_saved {
                false => apply(&workspace, &[]),
                true => {
                    workspace.run(&["plan", "--sandbox", "--out", &saved]);
                    apply(&workspace, &[&saved])
                }
            };
            let chain: Vec<String> = case.chain.iter().map(|step| named(step, &names)).collect();
            let astray = astray(&workspace, &chain);
            if applied.ending != Ending::Fine || !astray.is_empty() {
                wrong.push(format!("{}, {names:?}: {astray:#?}\n{}{}", case.about, applied.out, applied.err));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What becomes of each step, with the reason.
fn ends(applied: &Finished) -> Vec<String> {
    let is_step = |line: &&str| {
        ["done ", "skipped ", "unknown ", "failed "].iter().any(|status| line.starts_with(status))
    };
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut ends: Vec<String> = applied.out.lines().filter(is_step).map(words).collect();
    ends.sort();
    ends
}

/// What it needs of the other tenant is not done: then calls stay where they are, and so does what they come to.
#[test]
fn what_fails_in_one_tenant_stops_what_leads_there_from_another() {
    for is_reversed in [false, true] {
        let tenants = moved();
        let names = names(2, is_reversed);
        let (from, to) = (names[0], names[1]);
        for (path, failed) in
            [("domains/{to}/users", "queues.402"), ("domains/{to}/phonenumbers", "numbers.+12145550300")]
        {
            let workspace = workspace(&tenants, &names);
            let path = path.replace("{to}", to);
            let method = if failed.starts_with("queues") { "POST" } else { "PUT" };
            let fault = format!("500:1,only:{method} /ns-api/v2/{path},visible-after:0ms");
            let applied = apply(&workspace, &["--fault", &fault]);
            assert_eq!(applied.ending, Ending::Partial, "{}{}", applied.out, applied.err);
            let ends = ends(&applied);
            for skipped in [
                format!("skipped {from}/rules.104: {to}/numbers.+12145550300 was not done"),
                format!("skipped {from}/numbers.+12145550100: rules.104 was not done"),
                format!("skipped {from}/queues.400: numbers.+12145550100 was not done"),
            ] {
                assert!(ends.contains(&skipped), "{failed}, {skipped}: {ends:#?}");
            }
            assert!(writes(&workspace).keys().all(|step| step.starts_with(to)), "{:?}", writes(&workspace));
        }
    }
}

/// A step of another tenant that the run is not about is not waited for.
#[test]
fn a_run_of_one_tenant_waits_for_nobody() {
    let tenants = [
        stratus(1, &[], r#"diverts: { "103": { always: { number: "+12145550300" } } }"#),
        stratus(3, &[], NEW_QUEUE),
    ];
    let names = names(2, false);
    for selection in [["--tenant", "a"], ["--only", "diverts.*"]] {
        let workspace = workspace(&tenants, &names);
        let applied = apply(&workspace, &selection);
        assert_eq!((applied.ending, ends(&applied)), (Ending::Fine, vec!["done a/diverts.103".to_owned()]));
    }
}

/// Tenants that lead calls to each other would wait for each other: then none waits, and the others keep their order.
#[test]
fn tenants_that_lead_to_each_other_do_not_wait_for_each_other() {
    for is_reversed in [false, true] {
        let tenants = [
            stratus(1, &[], r#"diverts: { "101": { no_answer: { number: "+12145550300" } } }"#),
            stratus(3, &[], r#"diverts: { "101": { no_answer: { number: "+12145550100" } } }"#),
            stratus(5, &[], r#"diverts: { "103": { always: { number: "+12145550300" } } }"#),
        ];
        let names = names(3, is_reversed);
        let workspace = workspace(&tenants, &names);
        let [a, b, c] = [names[0], names[1], names[2]];
        for (tenant, other) in [(a, b), (b, a)] {
            let noted = noted(&workspace, tenant);
            let expected = format!(
                "diverts.101: not ordered after {other}/diverts.101, on the way to which it leads calls: the tenants would wait \
                 for each other"
            );
            assert_eq!(noted, [expected]);
        }
        assert_eq!(noted(&workspace, c), [""; 0]);
        let applied = apply(&workspace, &[]);
        assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
        assert_eq!(ends(&applied).len(), 3);
        let chain = ["1/diverts.101", "2/diverts.103"].map(|step| named(step, &names));
        assert_eq!(astray(&workspace, &chain), [""; 0]);
    }
}

/// What is taken back goes by the same order: calls go to the other tenant again when they get somewhere there.
#[test]
fn a_restore_leads_calls_to_another_tenant_when_they_get_somewhere_there() {
    for is_reversed in [false, true] {
        let tenants = [
            stratus(1, &[("103", "forward-always", "12145550300")], r#"diverts: { "103": { always: off } }"#),
            stratus(3, &[], r#"numbers: { "+12145550300": { route: { extension: "104" } } }"#),
        ];
        let names = names(2, is_reversed);
        let workspace = workspace(&tenants, &names);
        let applied = apply(&workspace, &[]);
        assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
        let file = std::fs::read_dir(workspace.path(".dialform/restore")).unwrap().next().unwrap().unwrap();
        let restored = apply(&workspace, &["--restore", file.path().to_str().unwrap()]);
        assert_eq!(restored.ending, Ending::Fine, "{}{}", restored.out, restored.err);
        let chain = ["1/numbers.+12145550300", "0/diverts.103"].map(|step| named(step, &names));
        assert_eq!(astray(&workspace, &chain), [""; 0]);
    }
}

/// What a plan says of each step of a tenant: its notes about the order with others.
fn noted(workspace: &Workspace, tenant: &str) -> Vec<String> {
    let planned = workspace.run(&["plan", "--sandbox", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&planned.out).unwrap_or_default();
    let tenants = plan["tenants"].as_array().into_iter().flatten();
    let notes = tenants.filter(|it| it["tenant"] == tenant).filter_map(|it| it["notes"].as_array()).flatten();
    let text = |it: &serde_json::Value, key: &str| it[key].as_str().unwrap_or_default().to_owned();
    let notes = notes.map(|it| format!("{}: {}", text(it, "address"), text(it, "text")));
    notes.filter(|it| it.contains("apply leaves it") || it.contains("not ordered after")).collect()
}

/// What is not planned in the other tenant is not going to be there either: calls stay where they are, and the plan says so before.
#[test]
fn what_is_not_planned_in_one_tenant_holds_what_leads_there_from_another() {
    let number = "numbers.+12145550300";
    // The queue has an agent whom nobody knows.
    let no_agent = NEW_QUEUE.replace("\"103\"", "\"199\"");
    // The number is routed already, and what it leads to is in the way.
    let rules =
        r#"rules: { "101": { order: [{ when: default, forward: { always: { extension: "199" } } }] } }"#;
    let whole = format!("{NEW_QUEUE}forwards: {{ \"+12145550300\": {{ to: \"+19725550199\" }} }}\n");
    let cases = [
        ("an object", no_agent.as_str(), number, true),
        ("what the number leads to", rules, "rules.101", true),
        ("an account that cannot be read", whole.as_str(), number, false),
    ];
    for (about, declared, kept_by, is_read) in cases {
        for is_reversed in [false, true] {
            let [from, to] = moved();
            let tenants = [from, Tenant { declared: Box::leak(declared.to_owned().into_boxed_str()), ..to }];
            let names = names(2, is_reversed);
            let (from, to) = (names[0], names[1]);
            let workspace = workspace(&tenants, &names);
            if !is_read {
                std::fs::remove_file(workspace.path(&format!("live/stratus/{to}.yaml"))).unwrap();
            }
            let expected = [
                format!("rules.104: apply leaves it: it leads calls to {to}/{kept_by}, which is not planned"),
                "numbers.+12145550100: apply leaves it: it needs rules.104, which is left".to_owned(),
                "queues.400: apply leaves it: it needs numbers.+12145550100, which is left".to_owned(),
            ];
            assert_eq!(noted(&workspace, from), expected, "{about}");
            let applied = apply(&workspace, &[]);
            assert_eq!(applied.ending, Ending::Partial, "{about}: {}{}", applied.out, applied.err);
            let ends = ends(&applied);
            for skipped in [
                format!("skipped {from}/rules.104: {to}/{kept_by} is not planned"),
                format!("skipped {from}/numbers.+12145550100: rules.104 was not done"),
                format!("skipped {from}/queues.400: numbers.+12145550100 was not done"),
            ] {
                assert!(ends.contains(&skipped), "{about}, {skipped}: {ends:#?}");
            }
            assert!(
                writes(&workspace).keys().all(|step| step.starts_with(to)),
                "{about}: {:?}",
                writes(&workspace)
            );
        }
    }
}
