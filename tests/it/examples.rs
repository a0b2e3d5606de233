//! The examples of what `explain` prints, as workspaces, and what `check` finds in them.

use crate::workspace::Workspace;
use dialform::cli::run_at;
use serde_json::Value;
use std::path::Path;

/// What `dialform.yaml` says where an example does not.
const PROVIDERS: &str = r#"
  stratus: { kind: stratus, url: "https://pbx.example.net/ns-api/v2", token: { env: TOKEN }, carrier: manual }
  ctm: { kind: ctm, access_key: { env: KEY }, secret_key: { env: SECRET }, experimental: true }
  deskphone: { kind: deskphone, bridge: manual }"#;

/// The name of the file that a line of an example begins.
fn begins(line: &str) -> Option<&str> {
    let name = line.strip_prefix("# ")?;
    (name.ends_with(".yaml") || name.ends_with(".yml")).then_some(name)
}

/// Whether the place of a finding in it says which file it is.
pub fn has_several(example: &str) -> bool {
    example.lines().filter_map(begins).count() > 1
}

/// Everything that `check` finds in the files of an example.
pub fn check(example: &str, options: &[&str]) -> Vec<Value> {
    let workspace = Workspace::default();
    let mut files: Vec<(&str, String)> = Vec::new();
    for line in example.trim().lines() {
        match begins(line) {
            Some(name) => files.push((name, String::new())),
            None if files.is_empty() => files.push(("tenants/acme.yaml", String::new())),
            None => {}
        }
        let (_, text) = files.last_mut().unwrap();
        text.push_str(&format!("{line}\n"));
    }
    if !files.iter().any(|(name, _)| *name == "dialform.yaml") {
        files.push(("dialform.yaml", String::new()));
    }
    let has = |key: &str, text: &str| text.lines().any(|line| line.starts_with(&format!("{key}:")));
    // Where one file says which account it is of, the others may add to it.
    let is_whole = files.iter().any(|(_, text)| has("tenant", text) && has("account", text));
    for (name, mut text) in files {
        let stem = Path::new(name).file_stem().unwrap().to_str().unwrap();
        let account = format!("{stem}.1.service");
        let rest = match name {
            "dialform.yaml" => {
                vec![("version", "1"), ("tenants", "[\"tenants/*.yaml\"]"), ("providers", PROVIDERS)]
            }
            _ if name.starts_with("tenants/") && !is_whole => {
                vec![("tenant", stem), ("provider", "stratus"), ("account", account.as_str())]
            }
            _ => vec![],
        };
        // Behind what is there, so that its lines keep their numbers.
        for (key, value) in rest {
            if !has(key, &text) {
                text.push_str(&format!("{key}: {value}\n"));
            }
        }
        workspace.write(name, text);
    }
    let directory = workspace.root().to_str().unwrap();
    let command = [&["dialform", "-C", directory, "check", "--format", "json"], options].concat();
    // What is over and what is to come depends on the time.
    let checked = run_at(&command, Some("2026-12-01T16:00:00Z".parse().unwrap()));
    let said: Value =
        serde_json::from_str(&checked.out).unwrap_or_else(|error| panic!("{error}: {checked:?}"));
    said["findings"].as_array().unwrap().clone()
}

/// A finding as an example has it: `error CODE at LINE:COLUMN: MESSAGE`, with the file's name where there are several.
pub fn line(finding: &Value, with_file: bool) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place = &finding["place"];
    let file = if with_file { format!("{}:", text(&place["file"])) } else { String::new() };
    let at = match place {
        Value::Null => String::new(),
        place => format!(" at {file}{}:{}", place["line"], place["column"]),
    };
    format!("{} {}{at}: {}", text(&finding["level"]), text(&finding["code"]), text(&finding["message"]))
}
