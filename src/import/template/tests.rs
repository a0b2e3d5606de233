use super::*;
use crate::{
    import::{
        Import, LeftOut,
        text::{self, Head},
    },
    model::Kind,
};
use serde_json::{Value, json};

/// A tenant: what people call it, its sections, and comments by address.
type Tenant = (&'static str, Value, &'static [(&'static str, &'static str)]);

fn import((_, sections, comments): &Tenant) -> Import {
    let mut import = Import::default();
    for kind in Kind::ALL {
        for (key, value) in sections[kind.section()].as_object().into_iter().flatten() {
            let address = Address::new(kind, key);
            let comments = comments.iter().filter(|(at, _)| *at == address.to_string());
            let comments = comments.map(|(_, line)| (*line).to_owned()).collect();
            let declared =
                Declared { value: value.clone(), full: value.clone(), comments, left: LeftOut::default() };
            import.declared.insert(address, declared);
        }
    }
    import
}

/// The template, and the file of each tenant beside it.
fn proposed(tenants: &[Tenant]) -> String {
    let imports: Vec<Import> = tenants.iter().map(import).collect();
    let accounts: Vec<String> = (0..tenants.len()).map(|number| number.to_string()).collect();
    let office = |at: usize| Office {
        account: &accounts[at],
        name: Some(tenants[at].0),
        time_zone: tenants[at].1["time_zone"].as_str(),
        objects: &imports[at].declared,
    };
    let offices: Vec<Office<'_>> = (0..tenants.len()).map(office).collect();
    let Some(proposal) = propose(&offices) else { return "nothing\n".to_owned() };
    let (template, parts) = text::template("pbx", proposal);
    let (_, template) = template.split_once('\n').unwrap();
    let mut said = template.replace("provider: pbx\n", "");
    for (at, part) in parts.into_iter().enumerate() {
        let (name, ..) = tenants[at];
        let Some(part) = part else {
            said.push_str(&format!("--- {name} stands alone\n"));
            continue;
        };
        let head = Head { tenant: name.to_owned(), account: at.to_string(), ..head() };
        let file = text::extending(&head, "t.yaml", &part, &part.brief, &Import::default());
        let file = file.replace(&format!("tenant: {name}\n"), "").replace("extends: t.yaml\n", "");
        said.push_str(&format!("--- {name}\n{}", file.split_once('\n').unwrap().1));
    }
    said.lines().filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

fn head() -> Head {
    Head {
        schema: None,
        tenant: String::new(),
        provider: String::new(),
        account: String::new(),
        name: None,
        time_zone: None,
    }
}

/// What is shared is a matter of taste in which nobody wants surprises: each rule of it has its row.
#[test]
fn what_is_shared() {
    let queue = |name: &str| json!({ "name": name, "agents": ["101"], "ring": 20 });
    let phone =
        |number: &str, label: &str| json!({ number: { "label": label, "route": { "queue": "400" } } });
    let table: Vec<(&str, Vec<Tenant>, &str)> = vec![
        (
            "what most hold; one says otherwise in one field, and one has it not",
            vec![
                (
                    "Ash",
                    json!({ "time_zone": "US/Central", "queues": { "400": queue("Desk"), "401": queue("Bills") } }),
                    &[],
                ),
                (
                    "Birch",
                    json!({ "time_zone": "US/Central", "queues": { "400": queue("Door"), "401": queue("Bills") } }),
                    &[],
                ),
                ("Cedar", json!({ "time_zone": "US/Eastern", "queues": { "400": queue("Desk") } }), &[]),
                (
                    "Date",
                    json!({ "queues": { "400": queue("Desk"), "401": queue("Bills"), "402": queue("Own") } }),
                    &[],
                ),
            ],
            r#"
queues:
  "400": { name: Desk, agents: ["101"], ring: 20 }
  "401": { name: Bills, agents: ["101"], ring: 20 }
--- Ash
time_zone: US/Central
--- Birch
time_zone: US/Central
queues:
  "400": { name: Door }
--- Cedar
time_zone: US/Eastern
without: [queues.401]
--- Date
queues:
  "402": { name: Own, agents: ["101"], ring: 20 }
"#,
        ),
        (
            "half of them are not most",
            vec![
                ("Ash", json!({ "queues": { "400": { "ring": 20 } } }), &[]),
                ("Birch", json!({ "queues": { "400": { "ring": 20 } } }), &[]),
                ("Cedar", json!({ "queues": { "400": { "ring": 25 } } }), &[]),
                ("Date", json!({}), &[]),
            ],
            r#"
nothing
"#,
        ),
        (
            "a number that differs, wherever it stands",
            vec![
                (
                    "Ash",
                    json!({ "numbers": phone("+12145550101", "Main"), "forwards": { "+12145550101": { "to": "+19725550101" } }, "rules": { "101": { "order": [{ "forward": { "busy": { "number": "+19725550101" } } }] } } }),
                    &[],
                ),
                (
                    "Birch",
                    json!({ "numbers": phone("+12145550102", "Main"), "forwards": { "+12145550102": { "to": "+19725550102" } }, "rules": { "101": { "order": [{ "forward": { "busy": { "number": "+19725550102" } } }] } } }),
                    &[],
                ),
            ],
            r#"
vars:
  busy_number: { type: number }
  main: { type: number }
numbers:
  $(main): { label: Main, route: { queue: "400" } }
forwards:
  $(main): { to: $(busy_number) }
rules:
  "101":
    order:
      - { forward: { busy: { number: $(busy_number) } } }
--- Ash
vars: { busy_number: "+19725550101", main: "+12145550101" }
--- Birch
vars: { busy_number: "+19725550102", main: "+12145550102" }
"#,
        ),
        (
            "a number that one of three has not",
            vec![
                (
                    "Ash",
                    json!({ "numbers": phone("+12145550101", "Main"), "queues": { "400": queue("Desk") } }),
                    &[],
                ),
                (
                    "Birch",
                    json!({ "numbers": phone("+12145550102", "Main"), "queues": { "400": queue("Desk") } }),
                    &[],
                ),
                ("Cedar", json!({ "queues": { "400": queue("Desk") } }), &[]),
            ],
            r#"
queues:
  "400": { name: Desk, agents: ["101"], ring: 20 }
--- Ash
numbers:
  "+12145550101": { label: Main, route: { queue: "400" } }
--- Birch
numbers:
  "+12145550102": { label: Main, route: { queue: "400" } }
--- Cedar
"#,
        ),
        (
            "what only some hold, with variables that all have",
            vec![
                (
                    "Ash",
                    json!({ "numbers": phone("+12145550101", "Main"), "forwards": { "+12145550101": { "active": false } } }),
                    &[],
                ),
                (
                    "Birch",
                    json!({ "numbers": phone("+12145550102", "Main"), "forwards": { "+12145550102": { "active": false } } }),
                    &[],
                ),
                ("Cedar", json!({ "numbers": phone("+12145550103", "Main") }), &[]),
            ],
            r#"
vars:
  main: { type: number }
numbers:
  $(main): { label: Main, route: { queue: "400" } }
forwards:
  $(main): { active: false }
--- Ash
vars: { main: "+12145550101" }
--- Birch
vars: { main: "+12145550102" }
--- Cedar
vars: { main: "+12145550103" }
without: [forwards.+12145550103]
"#,
        ),
        (
            "what people call a tenant, inside of texts, and a text that most have",
            vec![
                (
                    "Ash",
                    json!({ "queues": { "400": { "name": "Ash $(x)", "music": "one" }, "401": { "name": "a", "music": "jazz" } } }),
                    &[],
                ),
                (
                    "Birch",
                    json!({ "queues": { "400": { "name": "Birch $(x)", "music": "two" }, "401": { "name": "b", "music": "jazz" } } }),
                    &[],
                ),
                (
                    "Cedar",
                    json!({ "queues": { "400": { "name": "Cedar $(x)", "music": "one" }, "401": { "name": "c", "music": "pop" } } }),
                    &[],
                ),
            ],
            r#"
vars:
  queue_400_music: { type: text, default: one }
  name: { type: text }
  queue_401_music: { type: text, default: jazz }
  queue_401_name: { type: text }
queues:
  "400": { name: $(name) $$(x), music: $(queue_400_music) }
  "401": { name: $(queue_401_name), music: $(queue_401_music) }
--- Ash
vars: { name: Ash, queue_401_name: a }
--- Birch
vars: { queue_400_music: two, name: Birch, queue_401_name: b }
--- Cedar
vars: { name: Cedar, queue_401_music: pop, queue_401_name: c }
"#,
        ),
        (
            "texts without end are no variables",
            vec![
                ("Ash", json!({ "queues": { "400": { "a": "1", "b": "2", "c": "3", "d": "4" } } }), &[]),
                ("Birch", json!({ "queues": { "400": { "a": "5", "b": "6", "c": "7", "d": "8" } } }), &[]),
            ],
            r#"
nothing
"#,
        ),
        (
            "a destination of another form, and fields that one has and others have not",
            vec![
                (
                    "Ash",
                    json!({ "queues": { "400": { "to": { "queue": "401" }, "ring": 20, "wait": 5, "name": "Desk", "agents": ["101", "102", "103"] } } }),
                    &[],
                ),
                (
                    "Birch",
                    json!({ "queues": { "400": { "to": { "queue": "401" }, "ring": 20, "wait": 5, "name": "Desk", "agents": ["101", "102", "103"] } } }),
                    &[],
                ),
                (
                    "Cedar",
                    json!({ "queues": { "400": { "to": { "extension": "101" }, "ring": 20, "more": 1, "name": "Desk", "agents": ["101", "102", "103"] } } }),
                    &[],
                ),
            ],
            r#"
queues:
  "400":
    to: { queue: "401" }
    ring: 20
    wait: 5
    name: Desk
    agents: ["101", "102", "103"]
--- Ash
--- Birch
--- Cedar
without: [queues.400.wait]
queues:
  "400": { to: { extension: "101" }, more: 1 }
"#,
        ),
        (
            "comments stand where they hold",
            vec![
                (
                    "Ash",
                    json!({ "queues": { "400": queue("Desk") } }),
                    &[("queues.400", "music: no word"), ("queues.400", "more: no word")],
                ),
                ("Birch", json!({ "queues": { "400": queue("Desk") } }), &[("queues.400", "music: no word")]),
            ],
            r#"
queues:
  # music: no word
  "400": { name: Desk, agents: ["101"], ring: 20 }
--- Ash
# queues.400: more: no word
--- Birch
"#,
        ),
        (
            "a number of two accounts is not for all",
            vec![
                ("Ash", json!({ "numbers": phone("+12145550101", "Main") }), &[]),
                ("Birch", json!({ "numbers": phone("+12145550101", "Main") }), &[]),
            ],
            "nothing\n",
        ),
        ("one tenant alone", vec![("Ash", json!({ "queues": { "400": queue("Desk") } }), &[])], "nothing\n"),
    ];
    for (name, tenants, expected) in table {
        assert_eq!(proposed(&tenants), expected.trim_start(), "{name}");
    }
}
