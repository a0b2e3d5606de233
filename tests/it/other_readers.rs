//! What dialform writes is YAML for others too: whatever an object is called, PyYAML, which takes `yes`, `0101` and `12:30`
//! for something else where it may, reads the very name. It is asked where CI has it, as the checks of `contract.rs` are.

use crate::world::{STRATUS, World};
use dialform::error::Ending;
use serde_json::{Value, json};
use std::{env, fs, process::Command};

const NAMES: [&str; 88] = [
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "Yes",
    "NO",
    "true",
    "False",
    "null",
    "Null",
    "~",
    "",
    "0",
    "1",
    "-1",
    "+1",
    "0101",
    "0o17",
    "0x1F",
    "0b1",
    "1_000",
    "1,000",
    "12:30",
    "1:2:3",
    "190:20:30",
    "1e3",
    "1.5",
    ".5",
    "5.",
    "+.inf",
    ".nan",
    "=",
    "<<",
    "2027-01-01",
    "2027-01-01T10:00:00Z",
    "2027-1-1",
    "!x",
    "!!str x",
    "&a",
    "*a",
    "- x",
    "-",
    "--- x",
    "---",
    "...",
    "? x",
    "?",
    ": x",
    ":",
    "a: b",
    "a:b",
    "a #b",
    "a#b",
    "#x",
    "%x",
    "@x",
    "`x`",
    "'",
    "''",
    "\"",
    "\"\"",
    "it's",
    "\\",
    "\\n",
    "{x}",
    "{",
    "[x]",
    "]",
    ",",
    "a, b",
    "|",
    ">",
    "| x",
    "x:",
    "x: ",
    " x",
    "x ",
    "  x  ",
    "😀",
    "é",
    "e\u{301}",
    "日本",
    "*97",
    "+12145550100",
    "x\u{a0}y",
    "a\tb",
];

/// Fewer than fifty are one account's page, and every name is a label.
fn live(names: &[&str]) -> Value {
    let number = |(n, name): (usize, &&str)| {
        json!({
            "phonenumber": format!("1214555{n:04}"), "dial-rule-description": name,
            "dial-rule-application": "to-user-residential", "dial-rule-translation-destination-user": "101",
        })
    };
    json!({
        "domain": { "domain": "acme.1.service" }, "users": [{ "user": "101" }],
        "phonenumbers": names.iter().enumerate().map(number).collect::<Vec<_>>(),
    })
}

const READ: &str = "import json, sys, yaml\njson.dump(yaml.safe_load(open(sys.argv[1], encoding='utf-8')), sys.stdout, default=repr)";

/// What PyYAML reads; `None` where it is not there and nobody has asked for it.
fn read(world: &World) -> Option<Value> {
    let there =
        Command::new("python3").args(["-c", "import yaml"]).output().is_ok_and(|it| it.status.success());
    if !there {
        assert!(env::var_os("DIALFORM_CONTRACT").is_none(), "python3 lacks pyyaml");
        println!("not read by PyYAML: there is none");
        return None;
    }
    let done =
        Command::new("python3").args(["-c", READ, &world.argument("tenants/acme.yaml")]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(serde_json::from_slice(&done.stdout).unwrap())
}

/// The labels are those of the live account, after an import and after each form of `fmt`.
#[test]
fn every_name_is_read_as_it_is() {
    let world = World::on(&STRATUS, "");
    fs::remove_dir_all(world.path("tenants")).unwrap();
    world.write("live/pbx/acme.1.service.yaml", live(&NAMES).to_string());
    let done = world.run(&["import", "--account", STRATUS.account]);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    for format in [&[][..], &["fmt"], &["fmt", "--sort"]] {
        if !format.is_empty() {
            let done = std::ops::Deref::deref(&world).run(format);
            assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
        }
        let plan = world.run(&["plan", "--detailed-exitcode"]);
        assert_eq!(plan.ending, Ending::Fine, "{format:?}: {}{}", plan.out, plan.err);
        let Some(value) = read(&world) else { return };
        let numbers = value["numbers"].as_object().unwrap();
        // A name that holds what no file may is a comment.
        let written =
            NAMES.iter().enumerate().filter(|(_, name)| !name.chars().any(dialform::text::is_unseen));
        let mut wrong = Vec::new();
        for (n, name) in written {
            let label = &numbers[&format!("+1214555{n:04}")]["label"];
            if label != &Value::from(*name) {
                wrong.push(format!("{name:?} is read as {label}"));
            }
        }
        assert!(wrong.is_empty(), "{format:?}:\n{}", wrong.join("\n"));
    }
}
