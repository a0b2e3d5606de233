//! The JSON Schemas in `schema/`.

use crate::worlds::samples;
use dialform::{
    load::Files,
    provider::{Kinds, Workspace},
    run::SchemaOf,
};
use std::path::Path;

/// Editors read the committed schema; it must say what the types say. `DIALFORM_BLESS=1` writes it anew.
#[test]
fn the_committed_schemas_are_those_of_the_types() {
    for schema in SchemaOf::all() {
        let (name, text) = (schema.file(), schema.text());
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(&name);
        if std::env::var_os("DIALFORM_BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == text, "{name} is not what the types say: run with DIALFORM_BLESS=1");
    }
}

/// A schema that refuses what the tool accepts teaches people to ignore it; one that accepts a typo is of no use.
#[test]
fn the_examples_obey_the_schemas_and_typos_do_not() {
    let [workspace, tests] = [SchemaOf::Workspace, SchemaOf::Tests].map(SchemaOf::schema);
    let tenant = |kind| SchemaOf::TenantOn(kind).schema();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
    let read = |path: &str| -> serde_json::Value {
        serde_yaml::from_str(&std::fs::read_to_string(directory.join(path)).unwrap()).unwrap()
    };
    let examples = [
        ("dialform.yaml", workspace),
        ("tenants/acme-dental.yaml", tenant("stratus")),
        ("tenants/bright-solar.yaml", tenant("ctm")),
        ("tenants/harbour-legal.yaml", tenant("deskphone")),
        ("tenants/acme-dental.yaml", SchemaOf::Tenant.schema()),
        ("tests/acme-dental.yaml", tests),
    ];
    for (path, schema) in examples {
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut value = read(path);
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{path}");
        value["tennant"] = "x".into();
        assert!(!validator.is_valid(&value), "{path}: an unknown key is accepted");
    }
}

/// An editor and dialform must agree on what an entry of `providers` may say, or one of them is not believed.
#[test]
fn schema_and_reader_agree_on_providers() {
    let entries = [
        ("kind: stratus, url: \"https://x.example/v2\", token: { env: X }", true),
        ("kind: stratus, url: \"https://x.example/v2\", read_token: { file: x }, carrier: manual", true),
        (
            "kind: stratus, url: \"https://x.example/v2\", token: { env: X }, carrier: { url: \"https://y.example\", token: { command: [x] } }",
            true,
        ),
        (
            "kind: stratus, url: \"https://x.example/v2\", token: { env: X }, carrier: { url: \"https://y.example\" }",
            false,
        ),
        ("kind: stratus, url: \"https://x.example/v2\", token: { env: X }, carrier: hand", false),
        ("kind: stratus, url: \"https://x.example/v2\"", false),
        ("kind: stratus, token: { env: X }", false),
        ("kind: stratus, url: \"https://x.example/v2\", token: { env: X }, access_key: { env: X }", false),
        ("kind: stratus, url: \"https://x.example/v2\", token: x", false),
        ("kind: stratus, url: \"https://x.example/v2\", token: { env: X, file: x }", false),
        ("kind: ctm, access_key: { env: X }, secret_key: { env: Y }", true),
        (
            "kind: ctm, access_key: { env: X }, secret_key: { env: Y }, url: \"https://x.example\", experimental: true",
            true,
        ),
        ("kind: ctm, access_key: { env: X }", false),
        ("kind: ctm, access_key: { env: X }, secret_key: { env: Y }, token: { env: X }", false),
        (
            "kind: ctm, access_key: { env: X }, secret_key: { env: Y }, limits: { settle: 1, retries: 0 }",
            true,
        ),
        ("kind: ctm, access_key: { env: X }, secret_key: { env: Y }, limits: { timeout: 0 }", false),
        ("kind: deskphone, bridge: manual", true),
        ("kind: deskphone, bridge: manual, limits: { retries: 1 }", true),
        ("kind: deskphone, bridge: manual, url: \"https://x.example/v1\"", false),
        ("kind: deskphone, bridge: manual, read_token: { env: X }", false),
        ("kind: deskphone, url: \"https://x.example/v1\", token: { env: X }", true),
        ("kind: deskphone, url: \"https://x.example/v1\"", false),
        ("kind: deskphone, bridge: by-hand", false),
        ("kind: deskphone, bridge: manual, experimental: true", false),
        ("kind: asterisk, url: \"https://x.example\"", false),
        ("url: \"https://x.example\"", false),
        ("", false),
    ];
    let validator = jsonschema::validator_for(&SchemaOf::Workspace.schema()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    write("t.yaml", "tenant: a\nprovider: one\naccount: a\n");
    for (entry, good) in entries {
        let text = format!("version: 1\nproviders: {{ one: {{ {entry} }} }}\ntenants: [t.yaml]\n");
        let value: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(validator.is_valid(&value), good, "the schema on {entry}");
        write("dialform.yaml", &text);
        let read = Workspace::load(
            &Files::Directory(directory.path().to_owned()),
            &Kinds,
            jiff::Timestamp::UNIX_EPOCH,
        );
        assert_eq!(read.is_ok_and(|it| it.providers.contains_key("one")), good, "the reader on {entry}");
    }
}

/// The schema of a kind of system takes whatever tenants on it declare in random worlds, which hold every field that it has
/// (`fields`): what an editor marks must be wrong.
#[test]
fn what_a_system_can_hold_is_in_its_schema() {
    let kinds = ["stratus", "ctm", "deskphone"];
    let validators = kinds.map(|kind| jsonschema::validator_for(&SchemaOf::TenantOn(kind).schema()).unwrap());
    let mut seen = [0; 3];
    for world in samples(80) {
        for customer in &world.customers {
            let at = kinds.iter().position(|kind| *kind == customer.kind).unwrap();
            for body in [&customer.a, &customer.b] {
                let text = customer.file(body);
                let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
                // An empty list of what a system does not have says nothing.
                value.as_object_mut().unwrap().retain(|_, it| {
                    it.as_array().is_none_or(|it| !it.is_empty())
                        && it.as_object().is_none_or(|it| !it.is_empty())
                });
                let errors: Vec<String> = validators[at]
                    .iter_errors(&value)
                    .map(|it| format!("{}: {it}", it.instance_path()))
                    .collect();
                assert_eq!(errors, Vec::<String>::new(), "{text}");
                seen[at] += body.len();
            }
        }
    }
    assert!(seen.iter().all(|sections| *sections > 20), "{seen:?}");
}

/// What a kind of system does not have is not offered for it, and what every one has is.
#[test]
fn what_a_system_does_not_have_is_not_in_its_schema() {
    let body = |kind: &str| -> &str {
        match kind {
            "stratus" => "\"101\"",
            _ => "Front",
        }
    };
    // What is declared, and which systems have it.
    let rows: &[(&str, &[&str])] = &[
        ("schedules: { KEY: { weekly: { mon: [\"08:00-12:00\"] } } }", &["stratus", "ctm"]),
        ("schedules: { KEY: { monthly: [15] } }", &["stratus"]),
        ("schedules: { KEY: { time_zone: America/Chicago } }", &["ctm"]),
        ("receivers: { \"+12145550100\": { label: Desk } }", &["ctm"]),
        ("numbers: { \"+12145550100\": { route: { extension: \"101\" } } }", &["stratus"]),
        ("numbers: { \"+12145550100\": { route: { receivers: [\"+12145550101\"] } } }", &["ctm"]),
        ("numbers: { \"+12145550100\": { route: { voice_bot: Robin } } }", &["ctm"]),
        ("numbers: { \"+12145550100\": { route: off } }", &[]),
        ("forwards: { \"+12145550100\": { to: \"+12145550101\", active: true } }", &["stratus"]),
        ("rules: { \"101\": { ring_timeout: 20 } }", &["stratus"]),
        ("queues: { KEY: { dispatch: ring_all } }", &["stratus", "ctm"]),
        ("queues: { KEY: { dispatch: sticky } }", &["ctm"]),
        ("queues: { KEY: { dispatch: linear_hunt } }", &["stratus"]),
        ("queues: { KEY: { agents: [\"101\"] } }", &["stratus"]),
        ("queues: { KEY: { agents: [{ agent: ana@acme.example }] } }", &["ctm"]),
        ("queues: { KEY: { no_answer: hang_up } }", &["ctm"]),
        ("diverts: { \"101\": { busy: { number: \"+12145550101\" } } }", &["stratus", "deskphone"]),
        ("diverts: { \"101\": { busy: { queue: \"400\" } } }", &["stratus"]),
        ("diverts: { \"101\": { on_call: voicemail } }", &["stratus"]),
        ("bulk: [{ schedule: KEY, enabled: true, extensions: all }]", &["stratus"]),
        ("absent: { queues: [KEY] }", &["stratus", "ctm"]),
        ("absent: { receivers: [\"+12145550101\"] }", &["ctm"]),
        ("exhaustive: [schedules]", &["stratus", "ctm"]),
    ];
    let kinds = ["stratus", "ctm", "deskphone"];
    let validators = kinds.map(|kind| jsonschema::validator_for(&SchemaOf::TenantOn(kind).schema()).unwrap());
    let mut wrong = Vec::new();
    for (declared, has) in rows {
        for (kind, validator) in kinds.iter().zip(&validators) {
            let text =
                format!("tenant: a\nprovider: p\naccount: a\n{}\n", declared.replace("KEY", body(kind)));
            let value: serde_json::Value = serde_yaml::from_str(&text).unwrap();
            if validator.is_valid(&value) != has.contains(kind) {
                wrong.push(format!("{kind}: {declared}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// In a workspace of one's own: the schemas of its kinds of system, where the first line of each file names them.
#[test]
fn a_workspace_gets_the_schemas_of_its_systems() {
    let workspace = crate::workspace::Workspace::default();
    workspace.write("dialform.yaml", "version: 1\nproviders:\n  desk: { kind: deskphone, bridge: manual }\ntenants: [\"tenants/*.yaml\"]\n");
    workspace.write("tenants/a.yaml", "tenant: a\nprovider: desk\naccount: a\n");
    let written = workspace.run(&["schema", "--write"]);
    let files = ["workspace", "tests", "tenant", "tenant.deskphone"]
        .map(|it| format!("schema/{it}.schema.json: written"));
    assert_eq!((written.out, written.err), (files.join("\n") + "\n", String::new()));
    let own = std::fs::read_to_string(workspace.path("schema/tenant.deskphone.schema.json")).unwrap();
    assert_eq!(workspace.run(&["schema", "--kind", "deskphone"]).out, own);
    // The way out is that of what is wrong.
    std::fs::remove_dir_all(workspace.path("schema")).unwrap();
    workspace.write("schema", "");
    assert_eq!(
        workspace.run(&["schema", "--write"]).err,
        "error[failed]: cannot write `schema/workspace.schema.json`: Not a directory (os error 20)\n |\nhelp: something else has the name \
         of the directory: move it away, and run the same again\n\n"
    );
    let wrong = workspace.run(&["schema", "--kind", "deskfone"]);
    assert_eq!(
        wrong.err,
        "error[failed]: there is no provider of kind `deskfone`\n |\nhelp: did you mean `deskphone`?\n\n"
    );
    let wrong = workspace.run(&["schema", "tests", "--kind", "ctm"]);
    assert_eq!(
        wrong.err,
        "error[failed]: `--kind` is about the file of a tenant\n |\nhelp: `dialform schema tenant --kind KIND`\n\n"
    );
}
