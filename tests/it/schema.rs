//! The JSON Schemas in `schema/`.

use dialform::cli::schemas;
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
    let [(_, tenant), (_, workspace)] = schemas();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
    let read = |path: &str| -> serde_json::Value {
        serde_yaml::from_str(&std::fs::read_to_string(examples.join(path)).unwrap()).unwrap()
    };
    for (path, schema) in [("dialform.yaml", &workspace), ("tenants/acme-dental.yaml", &tenant)] {
        let validator = jsonschema::validator_for(schema.as_value()).unwrap();
        let mut value = read(path);
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{path}");
        value["tennant"] = "x".into();
        assert!(!validator.is_valid(&value), "{path}: an unknown key is accepted");
    }
}
