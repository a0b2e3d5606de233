//! The README is true: its commands run, its YAML loads, its excerpt is what is printed.

use crate::workspace::{Workspace, copy};
use dialform::error::Ending;
use std::{path::Path, process::Command};

/// The fenced blocks of one language.
fn blocks(language: &str) -> Vec<String> {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let fence = format!("```{language}\n");
    let parts = readme.split(fence.as_str()).skip(1);
    parts.map(|part| part.split("\n```").next().unwrap().to_owned()).collect()
}

/// The example where the README's commands look for it.
fn quickstart(into: &Path) -> Workspace {
    let workspace = Workspace::at(into.join("examples/quickstart"));
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart"), workspace.root());
    workspace
}

/// A newcomer copies these lines; each has to work, in this order.
#[test]
fn the_commands_run() {
    let temp = tempfile::tempdir().unwrap();
    quickstart(temp.path());
    let lines: Vec<String> =
        blocks("sh").iter().flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    let mut ran = 0;
    for line in &lines {
        if line == "cargo test" {
            continue; // This is it.
        }
        let arguments =
            line.strip_prefix("cargo run -- ").unwrap_or_else(|| panic!("`{line}` is not run by a test"));
        let output = Command::new(env!("CARGO_BIN_EXE_dialform"))
            .args(arguments.split(' '))
            .current_dir(temp.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        ran += 1;
    }
    assert_eq!((ran, lines.iter().filter(|line| *line == "cargo test").count()), (25, 1), "{lines:?}");
}

/// What the README shows has to be what is printed, to the letter.
#[test]
fn the_excerpt_is_printed() {
    let plan = Workspace::quickstart().run(&["plan", "--sandbox"]);
    assert_eq!(plan.ending, Ending::Fine, "{}", plan.err);
    let excerpts = blocks("text");
    assert_eq!(excerpts.len(), 1);
    for object in excerpts[0].trim_end().split("\n\n") {
        assert!(plan.out.contains(object), "the README shows\n{object}\nand dialform prints\n{}", plan.out);
    }
}

/// People start from this YAML; it has to be accepted without a word, and its CI lines have to work in a git clone.
#[test]
fn the_yaml_is_accepted_and_the_ci_lines_run() {
    let yaml = blocks("yaml");
    let [workspace, stratus, ctm, deskphone, template, shared, extending, part, tests, steps @ ..] =
        yaml.as_slice()
    else {
        panic!("{yaml:?}")
    };
    let readme = Workspace::default();
    readme.write("dialform.yaml", workspace);
    let tenants = [
        ("stratus", stratus),
        ("ctm", ctm),
        ("deskphone", deskphone),
        ("oak-street", extending),
        ("more", part),
    ];
    for (name, tenant) in tenants {
        readme.write(&format!("tenants/{name}.yaml"), tenant);
    }
    readme.write("templates/small-office.yaml", template);
    readme.write("shared/holidays.yaml", shared);
    let check = readme.run(&["check"]);
    assert_eq!(
        (check.ending, check.out.as_str()),
        (Ending::Fine, "4 tenants, 27 objects: no errors, 0 warnings.\n"),
        "{}",
        check.err
    );

    // The assertions are about the example, where they hold.
    let example = Workspace::quickstart();
    example.write("tests/readme.yaml", tests);
    let test = example.run(&["test", "tests/readme.yaml"]);
    assert_eq!(test.ending, Ending::Fine, "{}{}", test.out, test.err);

    let clone = Workspace::quickstart();
    clone.commit(&["."]);
    for name in ["main", "my-branch"] {
        clone.git(&["update-ref", &format!("refs/remotes/origin/{name}"), "HEAD"]);
    }
    let lines: Vec<&str> = steps.iter().flat_map(|step| step.lines()).collect();
    assert_eq!(lines.len(), 10);
    for line in lines {
        let command = line.strip_prefix("- run: dialform ").unwrap();
        // What goes to a file is seen here.
        let (arguments, file) = command.split_once(" > ").unwrap_or((command, ""));
        let asks = !arguments.contains("--against") && !arguments.starts_with("merge ");
        let emulated = asks.then_some("--sandbox");
        let output = Command::new(env!("CARGO_BIN_EXE_dialform"))
            .args(arguments.split(' '))
            .args(emulated)
            .current_dir(clone.root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        let begins: &[u8] =
            if file.ends_with(".md") { b"<!-- dialform:plan:" } else { b"{\"event\":\"planned\"" };
        assert!(file.is_empty() || output.stdout.starts_with(begins), "{line}");
        if !file.is_empty() {
            clone.write(file, output.stdout);
        }
    }
}
