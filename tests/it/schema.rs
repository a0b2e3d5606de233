//! The JSON Schemas in `schema/`.

use dialform::{
    load::Files,
    provider::{Kinds, Workspace},
    run::schemas,
};
use std::path::Path;

/// Editors read the committed schema; it must say what the types say. `DIALFORM_BLESS=1` writes it anew.
#[test]
fn the_committed_schemas_are_those_of_the_types() {
    for (name, schema) in schemas() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("DIALFORM_BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert!(committed == text, "{name} is not what the types say: run with DIALFORM_BLESS=1");
    }
}

/// A schema that refuses what the tool accepts teaches people to ignore it; one that accepts a typo is of no use.
#[test]
fn the_examples_obey_the_schemas_and_typos_do_not() {
    let [(_, tenant), (_, workspace), (_, tests)] = schemas();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
    let read = |path: &str| -> serde_json::Value {
        serde_yaml::from_str(&std::fs::read_to_string(directory.join(path)).unwrap()).unwrap()
    };
    let examples = [
        ("dialform.yaml", &workspace),
        ("tenants/acme-dental.yaml", &tenant),
        ("tests/acme-dental.yaml", &tests),
    ];
    for (path, schema) in examples {
        let validator = jsonschema::validator_for(schema.as_value()).unwrap();
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
    let [_, (_, schema), _] = schemas();
    let validator = jsonschema::validator_for(schema.as_value()).unwrap();
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
