//! Any bytes as a file of a workspace: checked, or found wrong at a place that there is.

use crate::{
    bytes::{YAML, change, change_lines, change_scalar},
    dice::Dice,
    engine::{Target, fuzz, outline},
    tree,
};
use dialform::{
    error::Failure,
    finding::{Finding, Level},
    run::{Options, check},
};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

/// The example that newcomers try first, file by file.
fn quickstart() -> BTreeMap<String, Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
    let mut files = BTreeMap::new();
    files.insert("dialform.yaml".to_owned(), fs::read(root.join("dialform.yaml")).unwrap());
    for entry in fs::read_dir(root.join("tenants")).unwrap() {
        let entry = entry.unwrap();
        let name = format!("tenants/{}", entry.file_name().to_string_lossy());
        files.insert(name, fs::read(entry.path()).unwrap());
    }
    files
}

/// One change of a YAML file: of its bytes, of a line, of a scalar, or of what it says, written anew.
fn change_yaml(input: &mut Vec<u8>, dice: &mut Dice, other: &[u8]) {
    match dice.below(8) {
        0 | 1 => change(input, dice, YAML),
        2 | 3 => change_lines(input, dice, other),
        4 | 5 => change_scalar(input, dice),
        _ => {
            let Ok(mut value) = serde_yaml::from_slice::<Value>(input) else { return };
            let donor = serde_yaml::from_slice(other).unwrap_or_default();
            tree::change(&mut value, dice, &donor);
            let block = serde_yaml::to_string(&value).ok().filter(|_| dice.one_in(2));
            *input = block.unwrap_or_else(|| value.to_string()).into_bytes();
        }
    }
}

/// The lines of a file as YAML counts them, without a byte order mark.
fn lines(text: &str) -> Vec<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').map(str::to_owned).collect()
}

/// Every place is one of a file that was read: a line that it has, a column in it, and as long as it goes on.
fn in_place(findings: &[Finding], files: &BTreeMap<String, Vec<u8>>) {
    for finding in findings {
        let Some(place) = &finding.place else { continue };
        let bytes = files.get(&place.file).unwrap_or_else(|| panic!("no such file: {finding:?}"));
        let lines = lines(&String::from_utf8_lossy(bytes));
        let line = lines.get(place.line - 1).unwrap_or_else(|| panic!("no such line: {finding:?}"));
        let length = line.chars().count();
        let end = place.column - 1 + place.length;
        assert!(place.column >= 1 && place.length >= 1, "{finding:?}");
        assert!(end <= length.max(1), "beyond the end of its line: {finding:?}");
        let shown = place.source.chars().count();
        assert!(place.skipped + shown <= length, "shows more than there is: {finding:?}");
        assert!(place.skipped < place.column, "shows what is behind its place: {finding:?}");
        if place.file != "dialform.yaml" {
            let part: String = line.chars().skip(place.skipped).take(shown).collect();
            assert_eq!(place.source, part, "shows another line: {finding:?}");
        }
    }
}

/// Checks the workspace with one file as it is given, and says what was found.
fn looked_at(root: &Path, files: &BTreeMap<String, Vec<u8>>, name: &str, input: &[u8]) -> String {
    let mut files = files.clone();
    files.insert(name.to_owned(), input.to_vec());
    fs::write(root.join(name), input).unwrap();
    let (findings, good) = match check(root, &Options::default()) {
        Ok(checked) => (checked.warnings, true),
        Err(Failure::Findings(findings)) => (findings, false),
        Err(other) => panic!("neither checked nor found wrong: {other:?}"),
    };
    in_place(&findings, &files);
    let errors = findings.iter().any(|finding| finding.level == Level::Error);
    assert_eq!(errors, !good, "{findings:?}");
    let codes = findings.iter().map(|finding| format!("{} {}\n", finding.code, outline(&finding.message)));
    codes.collect()
}

/// A pull request may hold anything as the file of a tenant, and the check of it has to end with what is wrong, and where.
#[test]
fn a_tenant() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("tenants")).unwrap();
    let mut files = quickstart();
    let settings = files.remove("dialform.yaml").unwrap();
    fs::write(root.path().join("dialform.yaml"), &settings).unwrap();
    let seeds = std::mem::take(&mut files).into_values().collect();
    files.insert("dialform.yaml".to_owned(), settings);
    fuzz(Target {
        name: "tenant",
        seeds,
        change: &change_yaml,
        run: &|input| looked_at(root.path(), &files, "tenants/a.yaml", input),
    });
}

/// The same for `dialform.yaml`.
#[test]
fn a_workspace() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("tenants")).unwrap();
    let mut files = quickstart();
    let settings = files.remove("dialform.yaml").unwrap();
    for (name, bytes) in &files {
        fs::write(root.path().join(name), bytes).unwrap();
    }
    let harsh = b"version: 1\nproviders:\n  a: { kind: ctm, access_key: { file: k }, secret_key: { command: [pass, x] }, \
                  experimental: true, limits: { timeout: 3, retries: 1, settle: 2, concurrency: 9, account_timeout: 9 } }\n  \
                  b: { kind: deskphone, bridge: manual }\n  c: { kind: stratus, url: \"http://127.0.0.1:1/x\", read_token: \
                  { env: X }, carrier: manual }\ntenants: [\"*.yaml\", tenants/a*.yaml]\nlock: { file: /tmp/x }\nguard: { \
                  max_deletes: 1 }\nmax_file_mib: 3\n"
        .to_vec();
    fuzz(Target {
        name: "workspace",
        seeds: vec![settings, harsh],
        change: &change_yaml,
        run: &|input| looked_at(root.path(), &files, "dialform.yaml", input),
    });
}
