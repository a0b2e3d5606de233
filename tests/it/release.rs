//! How a release is made, as far as it can be tried here: what the workflow names is there, what it runs can be run, and what is in
//! the archive is what it should be.

use crate::{papers::root, workspace::git};
use dialform::cli::run_with;
use serde_yaml::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Output},
};

#[path = "../../src/build.rs"]
#[expect(dead_code, reason = "the script's own `main`")]
mod build;

const WORKFLOW: &str = ".github/workflows/release.yml";

fn workflow() -> Value {
    serde_yaml::from_str(&fs::read_to_string(root().join(WORKFLOW)).unwrap()).unwrap()
}

/// Every step of every job.
fn steps(workflow: &Value) -> Vec<&Value> {
    let jobs = workflow["jobs"].as_mapping().unwrap().values();
    jobs.flat_map(|job| job["steps"].as_sequence().unwrap()).collect()
}

fn run(program: &str, arguments: &[&str], environment: &[(&str, &Path)]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).envs(environment.iter().copied()).current_dir(root());
    command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A target that the compiler does not know fails on the day of the release.
#[test]
fn every_target_is_one() {
    let workflow = workflow();
    let matrix = workflow["jobs"]["program"]["strategy"]["matrix"]["include"].as_sequence().unwrap();
    let targets: Vec<&str> = matrix.iter().map(|it| it["target"].as_str().unwrap()).collect();
    let expected = [
        "x86_64-unknown-linux-musl",
        "aarch64-unknown-linux-musl",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
        "x86_64-pc-windows-msvc",
    ];
    assert_eq!(targets, expected);
    let known = text(&run("rustc", &["--print", "target-list"], &[]).stdout);
    assert!(targets.iter().all(|it| known.lines().any(|line| line == *it)), "{known}");
    // The oldest compiler that the sources promise is the one that is used.
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, rest) = manifest.split_once("rust-version = \"").unwrap();
    let version = rest.split('"').next().unwrap();
    let scripts = scripts();
    assert!(scripts.contains(&format!("rustup toolchain install {version} ")), "{scripts}");
    assert!(scripts.contains(&format!("rustup default {version}\n")), "{scripts}");
}

/// What the steps run, and the script that they call.
fn scripts() -> String {
    let workflow = workflow();
    let steps = steps(&workflow).into_iter().filter_map(|it| it["run"].as_str());
    let steps: Vec<String> = steps.map(|it| format!("{}\n", it.trim_end())).collect();
    steps.concat() + &fs::read_to_string(root().join(".ci/release")).unwrap()
}

/// A slip in a step is found on the day of the release, by whoever is in a hurry: each script can be read, no text of somebody
/// else's becomes a part of one, each action is fixed to a commit, and each option is one that its program has, where it is here.
#[test]
fn every_step_can_be_run() {
    let workflow = workflow();
    for step in steps(&workflow) {
        if let Some(action) = step["uses"].as_str() {
            let (_, commit) = action.split_once('@').unwrap();
            assert!(commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{action}");
        }
        let Some(script) = step["run"].as_str() else { continue };
        assert!(!script.contains("${{"), "{script}");
        let read = run("bash", &["-n", "-c", script], &[]);
        assert!(read.status.success(), "{script}: {}", text(&read.stderr));
    }
    let mut looked = BTreeSet::new();
    for words in commands(&scripts()) {
        let subcommands = match words[0].as_str() {
            "cargo" | "docker" => 1,
            "rustup" | "gh" => 2,
            "readelf" | "tar" | "grep" | "sha256sum" => 0,
            _ => continue,
        };
        let named: Vec<&str> = words[1..=subcommands].iter().map(String::as_str).collect();
        let is_here = Command::new(&words[0]).arg("--version").output().is_ok_and(|it| it.status.success());
        if !is_here {
            continue;
        }
        // cargo shows a manual page with `--help`.
        let ask = if ["cargo", "rustup"].contains(&words[0].as_str()) { "-h" } else { "--help" };
        let help = run(&words[0], &[&named[..], &[ask]].concat(), &[]);
        let help = text(&help.stdout) + &text(&help.stderr);
        for option in words.iter().filter(|it| it.starts_with("--") && it.len() > 2) {
            let option = option.split('=').next().unwrap();
            assert!(help.contains(option), "{words:?}: {option}\n{help}");
            looked.insert(option.to_owned());
        }
    }
    assert!(looked.contains("--locked") && looked.contains("--profile") && looked.len() > 8, "{looked:?}");
}

/// The commands of a script, each as its words.
fn commands(script: &str) -> Vec<Vec<String>> {
    let script = script.replace("\\\n", " ");
    let parts =
        script.lines().flat_map(|line| line.split(['|', ';', '(', ')'])).flat_map(|it| it.split("&&"));
    let words = parts.map(|part| {
        let words =
            part.split_whitespace().skip_while(|it| it.contains('=') || ["if", "sudo", "do"].contains(it));
        words.map(|it| it.trim_matches('"').to_owned()).collect::<Vec<String>>()
    });
    words.filter(|it| !it.is_empty() && !it[0].starts_with('#')).collect()
}

/// The archive beside the program: a manual page for each command, a completion for each shell, the schemas and the guide.
#[test]
fn the_extras_are_whole() {
    let directory = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_dialform"));
    // Of this machine alone: crates for others are not on it, and nothing is fetched here.
    let host = text(&run("rustc", &["--print", "host-tuple"], &[]).stdout);
    let environment = [
        ("DIST", directory.path()),
        ("DIALFORM", program),
        ("TARGETS", Path::new(host.trim_end())),
        ("CARGO_NET_OFFLINE", Path::new("true")),
    ];
    for what in ["extras", "materials", "sums"] {
        let made = run(".ci/release", &[what], &environment);
        assert!(made.status.success(), "{what}: {}", text(&made.stderr));
    }
    let version = env!("CARGO_PKG_VERSION");
    let archive = directory.path().join(format!("dialform-{version}-extras.tar.gz"));
    let listed = run("tar", &["-tzf", archive.to_str().unwrap()], &[]);
    let listed = text(&listed.stdout);
    let files: BTreeSet<&str> =
        listed.lines().filter_map(|it| it.split_once('/')).map(|(_, it)| it).collect();
    let help = run_with(&["dialform", "--help"]).out;
    let (_, rest) = help.split_once("\nCommands:\n").unwrap();
    let (list, _) = rest.split_once("\n\n").unwrap();
    let commands = list.lines().filter_map(|line| line.strip_prefix("  ")).filter(|it| !it.starts_with(' '));
    let commands: Vec<&str> = commands.map(|it| it.split(' ').next().unwrap()).collect();
    assert!(commands.len() > 20, "{help}");
    let pages = commands.iter().map(|it| format!("man/dialform-{it}.1"));
    for file in pages.chain(
        [
            "man/dialform.1",
            "man/dialform-emergency-on.1",
            "completions/dialform.bash",
            "completions/_dialform",
            "completions/dialform.fish",
            "completions/dialform.ps1",
            "schema/tenant.schema.json",
            "guide/emergencies.md",
            "README.md",
            "LICENSE",
        ]
        .map(str::to_owned),
    ) {
        assert!(files.contains(file.as_str()), "{file}: {listed}");
    }
    let materials =
        fs::read_to_string(directory.path().join(format!("dialform-{version}.cdx.json"))).unwrap();
    let materials: serde_json::Value = serde_json::from_str(&materials).unwrap();
    let crates = materials["components"].as_array().unwrap();
    let has = |name: &str| crates.iter().any(|it| it["name"] == name);
    assert!(has("clap") && has("object_store") && has("rustls") && !has("dialform") && !has("proptest"));
    for part in crates {
        let [purl, licence] =
            [&part["purl"], &part["licenses"][0]["expression"]].map(|it| it.as_str().unwrap());
        assert!(
            purl == format!(
                "pkg:cargo/{}@{}",
                part["name"].as_str().unwrap(),
                part["version"].as_str().unwrap()
            )
        );
        assert!(!licence.is_empty() && !licence.contains(['/', '|']), "{part}");
    }
    let sums = fs::read_to_string(directory.path().join("SHA256SUMS")).unwrap();
    assert_eq!(sums.lines().count(), 2, "{sums}");
}

/// `dialform man` is a page that the formatter of manual pages reads, and a directory that is not there is said.
#[test]
fn manual_pages_are_printed() {
    let page = run_with(&["dialform", "man"]).out;
    assert!(page.contains("\n.TH dialform 1") && page.contains("Topics, for"), "{page}");
    let wrong = run_with(&["dialform", "man", "--out", "/nowhere/at/all"]);
    assert!(
        wrong.err.starts_with("error[failed]: cannot write the pages to `/nowhere/at/all`: "),
        "{}",
        wrong.err
    );
}

/// `--version` says the commit, wherever git keeps it, and nothing where there is none. It is no reason to build a debug build
/// anew.
#[test]
fn the_version_says_the_commit() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    for (given, expected) in
        [(commit, "1.2.3 (0123456789ab)"), ("", "1.2.3"), ("main", "1.2.3"), ("0123456", "1.2.3")]
    {
        assert_eq!(build::version("1.2.3", given), expected, "{given}");
    }
    let said = run_with(&["dialform", "--version"]).out;
    let expected = format!("dialform {}\n", env!("CARGO_PKG_VERSION"));
    let is_debug = (env!("DIALFORM_PROFILE") == "debug") && std::env::var_os("DIALFORM_COMMIT").is_none();
    assert!(!is_debug || said == expected, "{said}");

    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    assert_eq!(build::head(directory.path()).0, None);
    fs::create_dir(at("one")).unwrap();
    let one = at("one");
    git(&one, &["init", "-q", "--initial-branch=main"]);
    assert_eq!(build::head(&one).0, None, "before the first commit");
    git(&one, &["commit", "-q", "--allow-empty", "-m", "first"]);
    let asked = |place: &Path, what: &str| {
        let output = Command::new("git").args(["rev-parse", what]).current_dir(place).output().unwrap();
        text(&output.stdout).trim_end().to_owned()
    };
    let first = asked(&one, "HEAD");
    let (found, read) = build::head(&one);
    assert_eq!(found.as_ref(), Some(&first));
    assert!(read.iter().any(|it| it.ends_with("refs/heads/main")), "{read:?}");
    // Where references are packed, in a further work tree, and with no branch checked out.
    git(&one, &["pack-refs", "--all"]);
    assert_eq!(build::head(&one).0.as_ref(), Some(&first));
    git(&one, &["worktree", "add", "-q", "-b", "other", "../two"]);
    git(&at("two"), &["commit", "-q", "--allow-empty", "-m", "second"]);
    let second = asked(&at("two"), "HEAD");
    assert_ne!(first, second);
    assert_eq!(build::head(&at("two")).0, Some(second));
    git(&one, &["checkout", "-q", "--detach"]);
    assert_eq!(build::head(&one).0, Some(first));
}
