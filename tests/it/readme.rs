//! The README is true, and a newcomer who follows it from top to bottom gets there: each command runs, and the whole session is
//! reviewed word by word.

use crate::{
    golden,
    guide::settle,
    papers::{Paper, Shell, commands, root, write_yaml},
    workspace::{Workspace, copy},
};
use dialform::error::Ending;
use std::fs;

/// What is not run here: the program is built already.
const NOT_RUN: &[&str] = &["cargo install --path ."];

/// From a clone to a tenant that is managed, to a holiday that is changed through a pull request, to a mistake that is taken back.
/// What each command prints is in `readme/session.txt`.
#[test]
fn a_newcomer_gets_there() {
    let readme = Paper::read("README.md");
    let temp = tempfile::tempdir().unwrap();
    let clone = temp.path().join("dialform");
    copy(&root().join("examples/quickstart"), &clone.join("examples/quickstart"));
    let mut shell = Shell::new(&clone, temp.path());
    let (mut session, mut printed, mut ran) = (String::new(), Vec::new(), 0);
    for block in readme.blocks() {
        match block.language.as_str() {
            "sh" | "console" => {
                let mut now = String::new();
                for (command, _) in commands(&block).iter().filter(|it| !NOT_RUN.contains(&it.0.as_str())) {
                    let said = format!("$ {command}\n{}", shell.run(command, 0));
                    now.push_str(&said);
                    // What the example prints is reviewed in `quickstart/plan.txt`.
                    let is_example = command.contains("examples/quickstart plan");
                    session.push_str(if is_example { "(a plan of the example)\n" } else { &said });
                    ran += 1;
                }
                if block.language == "console" {
                    printed.push((block, now));
                }
            }
            // What somebody changes in an editor.
            "diff" => {
                fs::write(temp.path().join("change.diff"), &block.text).unwrap();
                session.push_str(&format!(
                    "(the file is changed)\n{}",
                    shell.run("git apply ../change.diff", 0)
                ));
            }
            _ => {}
        }
    }
    session.push_str(&format!("\n{ran} commands\n"));
    golden::assert("readme/session.txt", &steady(&session));
    settle(&readme, printed);
}

/// A session without what differs from run to run.
fn steady(session: &str) -> String {
    let mut steady = golden::steady(session);
    for (differs, same) in
        [(r"[0-9]{8}T[0-9.]+Z-[0-9]+", "TIME"), (r"\[main [0-9a-f]{7}\]", "[main SUM]"), (r" Date: .*\n", "")]
    {
        steady = regex::Regex::new(differs).unwrap().replace_all(&steady, same).into_owned();
    }
    steady
}

/// People start from this YAML; it has to be accepted without a word, and its CI lines have to work in a git clone.
#[test]
fn the_yaml_is_accepted_and_the_ci_lines_run() {
    let workspace = Workspace::default();
    let clone = Workspace::quickstart();
    clone.commit(&["."]);
    clone.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    let home = tempfile::tempdir().unwrap();
    let mut shell = Shell::new(clone.root(), home.path());
    let mut ran = 0;
    for block in Paper::read("README.md").blocks().iter().filter(|it| it.language == "yaml") {
        let steps = block.text.lines().filter_map(|line| line.strip_prefix("- run: "));
        let before = ran;
        for command in steps {
            shell.run(&format!("{command} --sandbox"), 0);
            ran += 1;
        }
        if ran == before {
            write_yaml(&workspace, "tenant", &block.text);
        }
    }
    let check = workspace.run(&["check"]);
    assert_eq!(
        (check.ending, check.out.as_str(), ran),
        (Ending::Fine, "1 tenant, 5 objects: no errors, 0 warnings.\n", 2),
        "{}",
        check.err
    );
}

/// A newcomer reads it to the end. Whatever a block is, something here or beside looks at it.
#[test]
fn it_is_short_and_whole() {
    let readme = Paper::read("README.md");
    let lines = readme.text.lines().count();
    assert!(lines < 250, "{lines} lines");
    let languages: std::collections::BTreeSet<String> =
        readme.blocks().into_iter().map(|it| it.language).collect();
    assert_eq!(Vec::from_iter(languages), ["console", "diff", "sh", "yaml"]);
}
