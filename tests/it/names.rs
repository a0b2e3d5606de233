//! Names that look like paths: whatever an object or an element of a list is called, only what the plan names is written.

use crate::world::{STRATUS, System, World};
use dialform::error::Ending;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Each is the beginning of others, or is spelt like a field, an index or a piece of YAML.
const FREE: &[&str] = &[
    "a",
    "a.b",
    "a.b.c",
    "a[0]",
    "a: b",
    "a /\"b\"",
    "enabled",
    "a.do_not_disturb",
    "a.forward.unreachable",
];

/// Objects, or elements of one object, of which one after the other is changed in a single field.
struct Case {
    what: &'static str,
    system: System,
    /// As the tenant file has them.
    names: &'static [&'static str],
    /// The body of the tenant file; the first `changed` names have the new value.
    tenant: fn(names: &[&str], changed: usize) -> String,
    /// What changing one name writes: method, names on the way, keys of the body.
    writes: fn(name: &str) -> Vec<String>,
    /// What the plan shows of it: addresses and paths.
    shows: fn(name: &str) -> Vec<(String, Value)>,
}

const CTM: System = System {
    live: r#"
account: { name: Acme, timezone: America/New_York }
users: [{ email: a@x.example }, { email: a.b@x.example }, { email: b@x.example }, { email: "b@x.example.org" }, { email: "+1@x.example" }]
"#,
    ..crate::world::CTM
};

const DESKPHONE: System = System {
    provider: r#"
    kind: deskphone
    url: https://bridge.example.net/v1
    token: { env: NOT_NEEDED }
    limits: { requests_per_second: 1000, settle: 1 }"#,
    account: "harbour",
    live: r#"people: [{ extension: "20" }, { extension: "200" }, { extension: "2001" }, { extension: "0200" }]"#,
};

const EXTENSIONS: System = System {
    live: r#"
domain: { domain: acme.1.service }
users: [{ user: "101" }, { user: a }, { user: a.b }, { user: a.b.c }, { user: "1" }, { user: "1.1" }, { user: order }]
callqueues: [{ callqueue: "400", description: Q }]
"#,
    ..STRATUS
};

/// A mapping of YAML, one entry for each name.
fn each(names: &[&str], entry: impl Fn(usize, &str) -> String) -> String {
    let entries: Vec<String> = names.iter().enumerate().map(|(index, name)| entry(index, name)).collect();
    entries.join(", ")
}

fn hours(changed: bool) -> &'static str {
    if changed {
        r#"{ weekly: { mon: ["08:00-13:00"] } }"#
    } else {
        r#"{ weekly: { mon: ["08:00-12:00"] } }"#
    }
}

fn rules(names: &[&str], rule: impl Fn(usize, &str) -> String) -> String {
    let schedules = each(names, |_, name| format!("{name:?}: {}", hours(false)));
    let order = each(names, rule);
    format!(
        "schedules: {{ {schedules} }}\nrules: {{ \"101\": {{ order: [{order}, {{ when: default }}] }} }}\n"
    )
}

const CASES: &[Case] = &[
    Case {
        what: "rules by their schedule",
        system: STRATUS,
        names: FREE,
        tenant: |names, changed| {
            rules(names, |at, name| format!("{{ when: {name:?}, do_not_disturb: {} }}", at < changed))
        },
        writes: |name| vec![format!("PUT users|101|answerrules|{name} do-not-disturb enabled")],
        shows: |name| vec![("rules.101".into(), json!(["order", { "element": name }, "do_not_disturb"]))],
    },
    Case {
        what: "forwards of rules by their schedule",
        system: STRATUS,
        names: FREE,
        tenant: |names, changed| {
            let to = |changed| if changed { "{ number: \"+12145550199\" }" } else { "off" };
            rules(names, |at, name| {
                format!("{{ when: {name:?}, forward: {{ unreachable: {} }} }}", to(at < changed))
            })
        },
        writes: |name| vec![format!("PUT users|101|answerrules|{name} enabled forward-when-unregistered")],
        shows: |name| {
            vec![("rules.101".into(), json!(["order", { "element": name }, "forward", "unreachable"]))]
        },
    },
    Case {
        what: "rules that go",
        system: STRATUS,
        names: FREE,
        tenant: |names, changed| {
            let frame = |name: &str| format!("{name:?}: {}", hours(false));
            let rule = |name: &str| format!("{{ when: {name:?} }}");
            let all = each(names, |_, name| frame(name));
            let left: String = names[changed..].iter().map(|name| rule(name) + ", ").collect();
            format!(
                "schedules: {{ {all}, last: {} }}\nrules: {{ \"101\": {{ order: [{left}{{ when: last }}, {{ when: default }}] }} }}\n",
                hours(false)
            )
        },
        // The others stay as they stand to each other.
        writes: |name| vec![format!("DELETE users|101|answerrules|{name}")],
        shows: |name| {
            let (list, rule) = (json!(["order"]), json!(["order", { "element": name }]));
            vec![("rules.101".into(), list), ("rules.101".into(), rule)]
        },
    },
    Case {
        what: "phones of a rule",
        system: EXTENSIONS,
        names: &[
            "extension: a",
            "extension: a.b",
            "extension: a.b.c",
            "extension: \"1.1\"",
            "device: \"1wp\"",
            "extension: order",
        ],
        tenant: |names, changed| {
            let also =
                each(names, |at, name| format!("{{ {name}, delay: {} }}", if at < changed { 10 } else { 5 }));
            format!(
                "rules: {{ \"101\": {{ order: [{{ when: default, ring: {{ simultaneous: {{ own_extension: true, also: \
                 [{also}] }} }} }}] }} }}\n"
            )
        },
        writes: |_| vec!["PUT users|101|answerrules|* enabled simultaneous-ring".into()],
        shows: |name| {
            let element = name.split_once(": ").unwrap().1.trim_matches('"');
            let path = json!(["order", { "element": "default" }, "ring", "simultaneous", "also", { "element": element }, "delay"]);
            vec![("rules.101".into(), path)]
        },
    },
    Case {
        what: "schedules on stratus",
        system: STRATUS,
        names: FREE,
        tenant: |names, changed| {
            format!(
                "schedules: {{ {} }}\n",
                each(names, |at, name| format!("{name:?}: {}", hours(at < changed)))
            )
        },
        writes: |name| {
            vec![format!("PUT timeframes|{name} timeframe-days-of-week-array update-only update_only")]
        },
        shows: |name| vec![(format!("schedules.{name}"), json!(["weekly", "mon"]))],
    },
    Case {
        what: "agents of a queue on stratus",
        system: EXTENSIONS,
        names: &[
            "extension: a",
            "extension: a.b",
            "extension: a.b.c",
            "extension: \"1\"",
            "extension: \"1.1\"",
            "device: \"1\"",
            "extension: order",
        ],
        tenant: |names, changed| {
            let agents = each(names, |at, name| {
                format!("{{ {name}, wrap_up: {} }}", if at < changed { 10 } else { 5 })
            });
            format!("queues: {{ \"400\": {{ agents: [{agents}] }} }}\n")
        },
        writes: |name| {
            let (word, id) = name.split_once(": ").unwrap();
            let device = if word == "device" { "sip:" } else { "" };
            let id = format!("{device}{}@acme.1.service", id.trim_matches('"'));
            vec![format!(
                "PUT callqueues|400|agents|{id} callqueue-agent-dispatch-order-ordinal callqueue-agent-wrap-up-allowance-seconds"
            )]
        },
        shows: |name| {
            let (word, id) = name.split_once(": ").unwrap();
            let device = if word == "device" { "device:" } else { "" };
            let element = format!("{device}{}", id.trim_matches('"'));
            vec![("queues.400".into(), json!(["agents", { "element": element }, "wrap_up"]))]
        },
    },
    Case {
        what: "queues on stratus",
        system: STRATUS,
        names: &["40", "400", "40.1", "40.1.name", "40-1", "name"],
        tenant: |names, changed| {
            let queue = |at, name: &str| {
                format!("{name:?}: {{ agent_ring: {} }}", if at < changed { 25 } else { 20 })
            };
            format!("queues: {{ {} }}\n", each(names, queue))
        },
        writes: |name| vec![format!("PUT callqueues|{name} callqueue-agent-dispatch-timeout-seconds")],
        shows: |name| vec![(format!("queues.{name}"), json!(["agent_ring"]))],
    },
    Case {
        what: "rules by their extension",
        system: EXTENSIONS,
        names: &["a", "a.b", "a.b.c", "1", "1.1", "order"],
        tenant: |names, changed| {
            let rules = |at, name: &str| {
                format!("{name:?}: {{ ring_timeout: {} }}", if at < changed { 25 } else { 20 })
            };
            format!("rules: {{ {} }}\n", each(names, rules))
        },
        writes: |name| vec![format!("PUT users|{name} ring-no-answer-timeout-seconds")],
        shows: |name| vec![(format!("rules.{name}"), json!(["ring_timeout"]))],
    },
    Case {
        what: "diverts on stratus",
        system: EXTENSIONS,
        names: &["a", "a.b", "a.b.c", "1", "1.1", "order"],
        tenant: |names, changed| {
            let to = |changed| if changed { "voicemail" } else { "off" };
            format!(
                "diverts: {{ {} }}\n",
                each(names, |at, name| format!("{name:?}: {{ busy: {} }}", to(at < changed)))
            )
        },
        writes: |name| {
            vec![format!("PUT users|{name}|answerrules|* enabled forward-on-busy simultaneous-ring")]
        },
        shows: |name| vec![(format!("diverts.{name}"), json!(["busy"]))],
    },
    Case {
        what: "diverts on deskphone",
        system: DESKPHONE,
        names: &["20", "200", "2001", "0200"],
        tenant: |names, changed| {
            let to = |changed| if changed { "voicemail" } else { "off" };
            format!(
                "diverts: {{ {} }}\n",
                each(names, |at, name| format!("{name:?}: {{ busy: {} }}", to(at < changed)))
            )
        },
        writes: |name| {
            vec![format!("PUT people|{name}|features|callForwarding businessContinuity callForwarding")]
        },
        shows: |name| vec![(format!("diverts.{name}"), json!(["busy"]))],
    },
    Case {
        what: "schedules on ctm",
        system: CTM,
        names: FREE,
        tenant: |names, changed| {
            let schedules = each(names, |at, name| format!("{name:?}: {}", hours(at < changed)));
            format!("time_zone: America/New_York\nschedules: {{ {schedules} }}\n")
        },
        writes: |name| vec![format!("PUT schedules|{name} name times timezone")],
        shows: |name| vec![(format!("schedules.{name}"), json!(["weekly", "mon"]))],
    },
    Case {
        what: "queues on ctm",
        system: CTM,
        names: FREE,
        tenant: |names, changed| {
            let queue = |at, name: &str| {
                format!("{name:?}: {{ agent_ring: {} }}", if at < changed { 25 } else { 20 })
            };
            format!("queues: {{ {} }}\n", each(names, queue))
        },
        writes: |name| vec![format!("PUT queues|{name} seconds_per_agent")],
        shows: |name| vec![(format!("queues.{name}"), json!(["agent_ring"]))],
    },
    Case {
        what: "agents of a queue on ctm",
        system: CTM,
        names: &["a@x.example", "a.b@x.example", "b@x.example", "b@x.example.org", "+1@x.example"],
        tenant: |names, changed| {
            let agents = each(names, |at, name| {
                format!("{{ agent: {name:?}, order: {} }}", at + if at < changed { 11 } else { 1 })
            });
            format!("queues: {{ Sales: {{ agents: [{agents}] }} }}\n")
        },
        // The list has one way to be written, which is whole.
        writes: |_| vec!["PUT queues|Sales|agents agents".into()],
        shows: |name| vec![("queues.Sales".into(), json!(["agents", { "element": name }, "order"]))],
    },
    Case {
        what: "receiving numbers on ctm",
        system: CTM,
        names: &["+14105550123", "+44207946010", "+442079460104"],
        tenant: |names, changed| {
            let label = |changed| if changed { "New" } else { "Old" };
            let receivers = each(names, |at, name| format!("{name:?}: {{ label: {} }}", label(at < changed)));
            format!("receivers: {{ {receivers} }}\n")
        },
        writes: |name| vec![format!("PUT receiving_numbers|{name} name number")],
        shows: |name| vec![(format!("receivers.{name}"), json!(["label"]))],
    },
];

/// How the emulation behaves: that of CTM takes undocumented forms only when it is told to.
fn switches(system: &System) -> &'static str {
    if system.account == CTM.account {
        "experimental:on,requests-per-second:0,visible-after:0ms"
    } else {
        "requests-per-second:0,visible-after:0ms"
    }
}

/// Applies, and returns what the restore file says that the plan was: addresses and paths.
fn apply(world: &World, Case { what, system, .. }: &Case) -> Vec<(String, Value)> {
    let (record, kept) = (world.path("traffic.jsonl"), world.path(".dialform/restore"));
    let _ = std::fs::remove_file(&record);
    let _ = std::fs::remove_dir_all(&kept);
    let flags = [
        "--auto-approve",
        "--override-guard",
        "--fault",
        switches(system),
        "--record",
        record.to_str().unwrap(),
    ];
    let applied = world.run(&[&["apply"], &flags[..]].concat());
    assert_eq!(applied.ending, Ending::Fine, "{what}: {}{}", applied.out, applied.err);
    // What is live as declared leaves none.
    let Some(file) = std::fs::read_dir(kept).into_iter().flatten().next() else { return Vec::new() };
    let file = file.unwrap().path();
    let file: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let changes = |step: &Value| {
        let address = step["address"].as_str().unwrap().to_owned();
        let changes = step["changes"].as_array().unwrap().clone();
        changes.into_iter().map(move |change| (address.clone(), change["path"].clone()))
    };
    file["tenants"][0]["steps"].as_array().unwrap().iter().flat_map(changes).collect()
}

/// The writes since the last apply began, each with the names of what it goes to in the place of ids.
fn written(world: &World) -> Vec<String> {
    let mut names = BTreeMap::new();
    called(&serde_json::from_str(&world.state()).unwrap(), &mut names);
    let write = |exchange: &Value| {
        let path = exchange["path"].as_str().unwrap();
        let decoded = |part: &str| percent_decode(part);
        let parts: Vec<String> = path.trim_matches('/').split('/').map(decoded).collect();
        let account =
            parts.iter().rposition(|part| ["acme.1.service", "302341", "v1"].contains(&part.as_str()));
        let parts = &parts[account.unwrap() + 1..];
        let parts = parts.iter().map(|part| names.get(part).unwrap_or(part).as_str()).collect::<Vec<_>>();
        let mut body = &exchange["request"];
        for envelope in ["schedule", "call_queue"] {
            body = body.get(envelope).unwrap_or(body);
        }
        let keys: BTreeSet<&str> =
            body.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        let keys: Vec<&str> = keys.into_iter().collect();
        let method = exchange["method"].as_str().unwrap();
        format!("{method} {} {}", parts.join("|"), keys.join(" ")).trim_end().to_owned()
    };
    world.traffic().iter().filter(|exchange| exchange["method"] != "GET").map(write).collect()
}

fn percent_decode(part: &str) -> String {
    percent_encoding::percent_decode_str(part).decode_utf8().unwrap().into_owned()
}

/// What every row of the state is called, by its id.
fn called(state: &Value, names: &mut BTreeMap<String, String>) {
    let word = |row: &Map<String, Value>, keys: &[&str]| {
        keys.iter().find_map(|key| row.get(*key)?.as_str().map(str::to_owned))
    };
    match state {
        Value::Object(row) => {
            let id = word(row, &["timeframe-id", "id"]);
            let name = word(row, &["timeframe-name", "extension", "number", "name", "email"]);
            names.extend(id.zip(name));
            row.values().for_each(|value| called(value, names));
        }
        Value::Array(rows) => rows.iter().for_each(|value| called(value, names)),
        _ => {}
    }
}

/// Changes one thing after the other, and says where the plan or the writes are about anything else.
fn run(case: &Case) -> Vec<String> {
    let Case { what, system, names, tenant, writes, shows } = case;
    let world = World::on(system, &tenant(names, 0));
    apply(&world, case);
    let mut wrong = Vec::new();
    for (at, name) in names.iter().enumerate() {
        world.tenant(&tenant(names, at + 1));
        let shown = apply(&world, case);
        let (got, expected) = ((shown, written(&world)), (shows(name), writes(name)));
        if got != expected {
            wrong.push(format!("{what}, `{name}`: {got:?}, not {expected:?}"));
        }
    }
    wrong
}

/// Of things whose names begin like each other, or hold what divides a path, one is changed: nothing else is written.
#[test]
fn only_what_the_plan_names_is_written() {
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = CASES.iter().map(|case| scope.spawn(|| run(case))).collect();
        running.into_iter().flat_map(|case| case.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
