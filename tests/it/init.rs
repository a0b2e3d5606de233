//! From an empty directory to an empty plan.

use crate::workspace::Workspace;
use dialform::error::Ending;
use std::{collections::BTreeMap, fs, path::Path};

const LIVE: &str = r#"
domain: { domain: acme.1.service }
users: [{ user: "101" }, { user: "102" }]
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }]
"#;

const STRATUS: [&str; 12] = [
    "init",
    "--sandbox",
    "--kind",
    "stratus",
    "--set",
    "url=https://stratus.example.net/ns-api/v2",
    "--set",
    "token=STRATUS_TOKEN",
    "--set",
    "carrier.url=manual",
    "--account",
    "acme.1.service",
];

fn empty() -> Workspace {
    let workspace = Workspace::default();
    workspace.write("live/stratus/acme.1.service.yaml", LIVE);
    workspace
}

/// Every file below a directory but for what the emulation keeps, with its bytes.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, at: &Path, out: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            match path.is_dir() {
                true if [".dialform", "live", ".git"].contains(&name.as_str()) => {}
                true => walk(root, &path, out),
                false => drop(out.insert(name, fs::read(&path).unwrap())),
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(root, root, &mut out);
    out
}

/// One command, and the plan is empty; the second time it changes nothing.
#[test]
fn one_command_ends_with_an_empty_plan() {
    let workspace = empty();
    workspace.write(".git/config", "[remote \"origin\"]\n\turl = https://github.com/acme/phones.git\n");
    let done = workspace.run(&STRATUS);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    assert!(done.out.ends_with("No changes. 1 tenant is as declared.\n"), "{}", done.out);
    let made = files(workspace.root());
    let names: Vec<&str> = made.keys().map(String::as_str).collect();
    let expected = [
        ".github/actions/dialform/apply/action.yml",
        ".github/actions/dialform/comment/action.yml",
        ".github/actions/dialform/drift/action.yml",
        ".github/actions/dialform/plan/action.yml",
        ".github/actions/dialform/setup/action.yml",
        ".github/workflows/dialform-apply.yml",
        ".github/workflows/dialform-approve.yml",
        ".github/workflows/dialform-check.yml",
        ".github/workflows/dialform-plan.yml",
        ".gitignore",
        "dialform.yaml",
        "schema/tenant.stratus.schema.json",
        "schema/tests.schema.json",
        "schema/workspace.schema.json",
        "tenants/acme.yaml",
    ];
    assert_eq!(names, expected);
    assert_eq!(workspace.read("dialform.yaml"), FILE.trim_start());
    assert!(workspace.read("tenants/acme.yaml").starts_with(
        "# yaml-language-server: $schema=../schema/tenant.stratus.schema.json\ntenant: acme\nprovider: stratus\n"
    ));
    let again = workspace.run(&["init"]);
    assert_eq!((again.ending, files(workspace.root())), (Ending::Fine, made));
}

/// Whatever a run that was killed has left, the next one makes a workspace of it: `dialform.yaml` is written last.
#[test]
fn what_was_killed_is_gone_on_with() {
    let workspace = empty();
    workspace.run(&STRATUS);
    let whole = files(workspace.root());
    fs::remove_file(workspace.path("dialform.yaml")).unwrap();
    fs::remove_file(workspace.path("schema/tenant.stratus.schema.json")).unwrap();
    let done = workspace.run(&STRATUS);
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    assert_eq!(files(workspace.root()), whole);
    let last = |name: &str| fs::metadata(workspace.path(name)).unwrap().modified().unwrap();
    assert!(whole.keys().all(|name| last(name) <= last("dialform.yaml")));
}

const FILE: &str = "
# yaml-language-server: $schema=schema/workspace.schema.json
version: 1

providers:
  stratus:
    kind: stratus
    url: https://stratus.example.net/ns-api/v2
    token: { env: STRATUS_TOKEN }
    carrier: manual

tenants: [tenants/*.yaml]
";

/// Without a terminal nobody is asked and nothing is waited for; what is missing is said, and nothing is left behind. So it is
/// where the account cannot be read.
#[test]
fn what_cannot_be_made_leaves_nothing() {
    let without = |word: &str| {
        let at = STRATUS.iter().position(|it| it.starts_with(word)).unwrap();
        [&STRATUS[..at - 1], &STRATUS[at + 1..]].concat()
    };
    let other = STRATUS.map(|it| if it == "acme.1.service" { "other.1.service" } else { it });
    let only = |pattern: &'static str| [&STRATUS[..], &["--only", pattern]].concat();
    let table: [(Vec<&str>, &str); 8] = [
        (without("stratus"), "error[failed]: which phone system is meant is not said"),
        (
            without("url="),
            "error[failed]: what a `stratus` provider needs is not said\n |\nhelp: `--set url=…` (The base of its API, ends in /ns-api/v2)\n",
        ),
        (without("acme"), "error[failed]: which account is meant is not said"),
        (
            [&STRATUS[..], &["--set", "tokn=X"]].concat(),
            "error[failed]: `--set tokn`: nobody asks that of a `stratus` provider",
        ),
        (
            STRATUS.map(|it| if it == "stratus" { "strtus" } else { it }).to_vec(),
            "error[failed]: there is no provider of kind `strtus`",
        ),
        // A slip, and a name of another kind, beside one that is live.
        (
            [only("numbers.+12145550100"), vec!["--only", "numbers.+12145550109"]].concat(),
            "1 of 1: acme.1.service\nerror[failed]: nothing live matches `--only numbers.+12145550109`\n |\nhelp: write an address \
             as the plan prints it, or a pattern: `queues.400`, `rules.*`, `acme/forwards.*`\n",
        ),
        (
            only("queues.101"),
            "1 of 1: acme.1.service\nerror[failed]: nothing live matches `--only queues.101`\n",
        ),
        (
            other.to_vec(),
            "1 of 1: other.1.service\nerror[unreadable-account]: reading domain `other.1.service`",
        ),
    ];
    for (arguments, message) in table {
        let workspace = empty();
        let done = workspace.run(&arguments);
        assert_eq!((done.ending, files(workspace.root())), (Ending::Error, BTreeMap::new()), "{arguments:?}");
        assert!(done.err.starts_with(message), "{}", done.err);
    }
}
