//! The tables of what a provider can hold: complete, obeyed, and honest about what was not applied.

use crate::{
    workspace::outcome,
    world::{System, World},
};
use dialform::{
    diff::FieldChange,
    error::Ending,
    model::{Address, Kind, Resource},
    path::{Field, Path},
    plan::{Dialect, Grade, GradeRow, Unsupported, When},
    provider::PROVIDERS,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// An account with everything that has an undocumented form.
const CTM: System = System {
    provider: r#"
    kind: ctm
    access_key: { env: NOT_NEEDED }
    secret_key: { env: NOT_NEEDED }
    limits: { requests_per_second: 1000, settle: 1, retries: 1 }"#,
    account: "302341",
    live: r#"
account: { name: Acme, timezone: America/New_York }
users: [{ email: ann@acme.example }, { email: bob@acme.example }]
schedules: [{ name: office, timezone: "Eastern Time (US & Canada)", times: [] }]
receiving_numbers: [{ number: "+14105550123", name: Front }, { number: "+14105550124" }]
voice_menus: [{ name: Main menu }]
queues: [{ name: Sales, routing: simultaneous, seconds_per_agent: 20, seconds_to_answer: 60, agents: [{ user: ann@acme.example, priority: 1 }] }]
numbers:
  - { number: "+18005550142", routing: simultaneous, route: { receiving_number: ["+14105550123", "+14105550124"] } }
"#,
};

/// Every undocumented form, and beside each object something documented.
const WISHES: &str = r#"
receivers:
  "+14105550123":
    label: Front desk
    dial_extension: { digits: "204", delay: 2 }
    whisper: "say:Call from the website"
    skip_whisper: true
    no_answer: { after: 20, to: { queue: Sales } }
    tagging_hours: office
  "+14105550125": { label: New, whisper: "say:New" }
schedules: { office: {} }
queues:
  Sales: { dispatch: round_robin, agent_ring: 15, max_wait: 90, no_answer: { menu: Main menu }, agents: [bob@acme.example] }
  Support: { dispatch: ring_all, agents: [ann@acme.example] }
numbers:
  "+18005550142": { label: Ads, route: { receivers: ["+14105550123", "+14105550124"], pattern: round_robin } }
forwards:
  "+18005550142": { to: "+14105550199" }
"#;

/// What has no documented form (FACTS ctm/unnamed), wherever it may stand in a body. `routing` is one when it is
/// written.
const UNDOCUMENTED: &[&str] = &[
    "failsafe_number",
    "dial_extension",
    "dial_extension_delay",
    "receiving_whisper",
    "skip_receiving_whisper",
    "no_answer_seconds",
    "default_action_label",
    "default_action_id",
    "default_action_type",
    "tag_schedule_id",
    "call_queue",
    "agents",
    "routing",
    "holidays",
];

fn keys(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            into.insert(key.clone());
            keys(value, into);
        }),
        Value::Array(items) => items.iter().for_each(|item| keys(item, into)),
        _ => {}
    }
}

/// The undocumented keys that were ever written.
fn undocumented_on_the_wire(world: &World) -> Vec<String> {
    let mut written = BTreeSet::new();
    for exchange in world.traffic().iter().filter(|exchange| exchange["method"] != "GET") {
        keys(&exchange["request"], &mut written);
        assert!(!exchange["path"].as_str().unwrap().contains("/queues"), "{exchange}");
    }
    written.into_iter().filter(|key| UNDOCUMENTED.contains(&key.as_str())).collect()
}

/// Of a plan or an outcome.
fn steps(value: &Value, field: &str) -> Vec<String> {
    let all: Vec<&Value> = match value.get("tenants") {
        Some(tenants) => tenants[0]["steps"].as_array().unwrap().iter().collect(),
        None => value["steps"].as_array().unwrap().iter().collect(),
    };
    let text =
        |step: &Value| format!("{} {}", step["address"].as_str().unwrap(), step[field].as_str().unwrap());
    all.into_iter().map(text).collect()
}

/// The acceptance line on `experimental: false`: nothing undocumented is sent, and nobody is told that it was done.
#[test]
fn without_experimental_nothing_undocumented_is_sent() {
    let world = World::on(&CTM, "time_zone: America/New_York\n");
    world.commit(&["dialform.yaml", "tenants"]);
    world.tenant(&format!("time_zone: America/New_York\n{WISHES}"));
    let record = ["--record", world.path("traffic.jsonl").to_str().unwrap()].map(str::to_owned);
    let run = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(record.iter().map(String::as_str));
        world.run(&all)
    };

    // Compared with the files before, what cannot be seen is something to do.
    let plan = run(&["plan", "--base", "HEAD", "--format", "json", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Changes, "{}", plan.err);
    let expected = [
        "receivers.+14105550123 update",
        "receivers.+14105550125 create",
        "numbers.+18005550142 update",
        "receivers.+14105550123 manual",
        "receivers.+14105550125 manual",
        "queues.Sales manual",
        "queues.Support manual",
        "forwards.+18005550142 manual",
        "numbers.+18005550142 manual",
    ];
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(steps(&plan, "action"), expected);
    assert_eq!(plan["tenants"][0].get("unverifiable"), None, "each is a step by hand");
    let markdown = run(&["plan", "--base", "HEAD", "--format", "markdown"]).out;
    let tasks: Vec<&str> = markdown.lines().filter(|line| line.starts_with("- [ ] ")).collect();
    assert_eq!(tasks.len(), 10, "{markdown}");
    assert_eq!(
        tasks[0],
        "- [ ] `acme/receivers.+14105550123`: Numbers &gt; Receiving Numbers &gt; click +1 410 555 0123 (Front desk) &gt; click to \
         add a custom dial extension &gt; extension: 204, delay before dialing: 2 seconds &gt; Save"
    );

    let applied = run(&["apply", "--base", "HEAD", "--auto-approve", "--format", "json"]);
    assert_eq!(applied.ending, Ending::Partial, "{}{}", applied.out, applied.err);
    let ended = steps(&outcome(&applied.out).unwrap(), "status");
    assert!(ended[..3].iter().all(|it| it.ends_with(" done")), "{ended:?}");
    assert!(ended[3..].iter().all(|it| it.ends_with(" manual")), "{ended:?}");
    assert_eq!(undocumented_on_the_wire(&world), [""; 0]);

    // Without a base what does not show is no difference; what does, is.
    let plan = run(&["plan", "--format", "json", "--detailed-exitcode"]);
    assert_eq!(plan.ending, Ending::Changes);
    let expected = ["queues.Sales manual", "queues.Support manual", "numbers.+18005550142 manual"];
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(steps(&plan, "action"), expected);
    let unseen: Vec<&str> = plan["tenants"][0]["unverifiable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["address"].as_str().unwrap())
        .collect();
    assert_eq!(unseen, ["receivers.+14105550123", "receivers.+14105550125", "forwards.+18005550142"]);
}

/// The acceptance line on `experimental: true` against a server that drops what it does not know: it answers success
/// every time, and none of it is called done.
#[test]
fn what_a_server_drops_is_not_called_done() {
    let world = World::on(&CTM, &format!("time_zone: America/New_York\n{WISHES}"));
    world.provider(&format!("{}\n    experimental: true", CTM.provider));
    let applied = world.run(&["apply", "--auto-approve", "--format", "json"]);
    assert_eq!(applied.ending, Ending::Partial, "{}{}", applied.out, applied.err);
    let mut ended = steps(&outcome(&applied.out).unwrap(), "status");
    ended.sort();
    let expected = [
        "forwards.+18005550142 not_applied",
        "numbers.+18005550142 not_applied",
        "queues.Sales not_applied",
        "queues.Support not_applied",
        "receivers.+14105550123 skipped",
        "receivers.+14105550125 not_applied",
    ];
    assert_eq!(ended, expected, "{}", applied.out);
    let outcome = outcome(&applied.out).unwrap();
    let sales =
        outcome["steps"].as_array().unwrap().iter().find(|step| step["address"] == "queues.Sales").unwrap();
    assert_eq!(
        sales["detail"],
        "accepted, but not applied by the provider: after 1 second `dispatch` still reads \"ring_all\", `agent_ring` \
         still reads 20, `agents.\"bob@acme.example\"` is still not set, `agents.\"ann@acme.example\"` still reads \
         {\"agent\":\"ann@acme.example\",\"order\":1}, `max_wait` still reads 60, `no_answer` still reads \"off\""
    );
    let state = world.state();
    assert!(!state.contains("+14105550199") && !state.contains("Call from the website"), "{state}");
}

/// Where a server takes the undocumented forms, they are done and the next plan is empty.
#[test]
fn what_a_server_takes_is_done() {
    let world = World::on(&CTM, &format!("time_zone: America/New_York\n{WISHES}"));
    world.provider(&format!("{}\n    experimental: true", CTM.provider));
    let server = ["--fault", "experimental:on,requests-per-second:0"];
    let applied = world.run(&[&["apply", "--auto-approve"], &server[..]].concat());
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    let plan = world.run(&[&["plan", "--detailed-exitcode"], &server[..]].concat());
    assert_eq!(plan.ending, Ending::Fine, "{}", plan.out);
    assert_eq!(plan.out.lines().last(), Some("No changes. 1 tenant is as declared."));
}

/// Planning, refusing and the documentation read one table, so that a field without a row would be managed by accident.
#[test]
fn every_field_has_its_row() {
    let schema = serde_json::to_value(schemars::schema_for!(dialform::model::Tenant)).unwrap();
    for provider in PROVIDERS {
        for kind in provider.dialect.order {
            let object = &schema["properties"][kind.section()]["additionalProperties"]["$ref"];
            let name = object.as_str().unwrap().rsplit('/').next().unwrap();
            let fields = schema["$defs"][name]["properties"].as_object().unwrap().keys();
            // These are said to dialform, not to a provider; `callers` is a group of fields.
            let fields = fields.filter(|it| !["protect", "until"].contains(&it.as_str())).map(String::as_str);
            let mut fields: BTreeSet<Path> = fields.map(|field| [field].into()).collect();
            if fields.remove(&["callers"].into()) {
                let group = schema["$defs"]["Callers"]["properties"].as_object().unwrap().keys();
                fields.extend(group.map(|field| Path::from(["callers", field])));
            }
            fields.insert(Path::default());
            let rows = provider.dialect.grades.iter().filter(|row| row.kind == *kind);
            let always: Vec<Field> =
                rows.clone().filter(|row| row.when == When::Always).map(|row| row.path).collect();
            let finer: Field = &["route", "pattern"];
            let named = always.iter().filter(|path| **path != finer);
            let named: BTreeSet<Path> = named.map(|path| Path::from(*path)).collect();
            let differ: Vec<String> = named.symmetric_difference(&fields).map(Path::to_string).collect();
            assert_eq!(differ, [""; 0], "{} {}: a row or a field is missing", provider.kind, kind.section());
            assert_eq!(
                always.len(),
                always.iter().collect::<BTreeSet<_>>().len(),
                "{} {}: a field stands twice",
                provider.kind,
                kind.section()
            );
            for row in rows {
                assert!(!row.source.is_empty(), "{row:?} says where it is from");
                let needs_words = row.grade != Grade::Api;
                assert!(!needs_words || !row.way.outline().is_empty(), "{row:?} says what to do instead");
            }
        }
    }
}

/// The tables of a provider without the rows of one field.
fn without(dialect: &Dialect, kind: Kind, field: Field) -> Dialect {
    let copy = |row: &GradeRow| {
        let GradeRow { kind, path, when, grade, way, unseen, source } = *row;
        GradeRow { kind, path, when, grade, way, unseen, source }
    };
    let rows = dialect.grades.iter().filter(|row| (row.kind, row.path) != (kind, field));
    let grades: Vec<GradeRow> = rows.map(copy).collect();
    Dialect { grades: grades.leak(), normalize: |_, resource| Ok(resource), ..*dialect }
}

/// What nobody graded must never be sent: it is refused where it is declared, and not the provider's to make or delete.
#[test]
fn a_field_without_a_row_is_unsupported() {
    let mut seen = 0;
    for provider in PROVIDERS {
        let dialect = &provider.dialect;
        for row in dialect.grades.iter().filter(|row| row.when == When::Always) {
            let bare = without(dialect, row.kind, row.path);
            let name = format!("{} {} {}", provider.kind, row.kind.section(), Path::from(row.path));
            if row.path.is_empty() {
                assert_eq!(dialect.presence(row.kind, false).grade, row.grade, "{name}");
                for deleting in [false, true] {
                    assert_eq!(bare.presence(row.kind, deleting).grade, Grade::Unsupported, "{name}");
                }
                continue;
            }
            let change = FieldChange { path: row.path.into(), old: None, new: Some("?".into()) };
            assert_eq!(dialect.grade(row.kind, &change).grade, row.grade, "{name}");
            // The pattern of a route has the grade of the route where it has none of its own.
            let expected =
                if row.path.len() > 1 && row.path[0] == "route" { Grade::Api } else { Grade::Unsupported };
            assert_eq!(bare.grade(row.kind, &change).grade, expected, "{name}");
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
}

/// A declared field without a row is an error that names it, with the objects beside it held as ever.
#[test]
fn a_declared_field_without_a_row_is_refused() {
    let stratus = &dialform::provider::find("stratus").unwrap().dialect;
    let rules = serde_json::json!({
        "ring_timeout": 25, "callers": { "block": ["+13125550123"], "spam": "ring" }, "order": [], "protect": true,
    });
    let rules = Resource::from_value(Kind::Rules, rules).unwrap();
    let address = Address::new(Kind::Rules, "101");
    assert!(stratus.hold(&address, rules.clone()).is_ok());
    let fields: [Field; 3] = [&["ring_timeout"], &["callers", "spam"], &["order"]];
    for field in fields {
        let refused = without(stratus, Kind::Rules, field).hold(&address, rules.clone()).unwrap_err();
        let refused: Vec<_> =
            refused.into_iter().map(|Unsupported { path, message: _, help }| (path, help)).collect();
        let help = "leave it out: dialform does not manage it on this provider".to_owned();
        assert_eq!(refused, [(Path::from(field), help)]);
    }
}

/// What a person reads about a provider before choosing it, in the three forms.
#[test]
fn providers_prints_the_table() {
    let print = |arguments: &[&str]| {
        let finished = dialform::cli::run_with(&[&["dialform", "providers"], arguments].concat());
        assert_eq!(finished.ending, Ending::Fine, "{}", finished.err);
        finished.out
    };
    for provider in PROVIDERS {
        let rows = provider.dialect.grades.len();
        let text = print(&[provider.kind]);
        let graded = ["  api  ", "  experimental  ", "  manual  ", "  unsupported  "];
        let lines = text.lines().filter(|line| graded.iter().any(|grade| line.starts_with(grade)));
        assert_eq!(lines.count(), rows, "{text}");
        let markdown = print(&[provider.kind, "--format", "markdown"]);
        assert_eq!(markdown.lines().filter(|line| line.starts_with("| `")).count(), rows, "{markdown}");
        let json: Value = serde_json::from_str(&print(&[provider.kind, "--format", "json"])).unwrap();
        assert_eq!(json[0]["fields"].as_array().unwrap().len(), rows);
    }
    let unknown = dialform::cli::run_with(&["dialform", "providers", "asterisk"]);
    assert_eq!(unknown.ending, Ending::Error);
    assert!(unknown.err.contains("known kinds: stratus, ctm, deskphone"), "{}", unknown.err);
}
