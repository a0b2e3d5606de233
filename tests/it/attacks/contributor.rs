//! Somebody who opens a pull request, and may put any file below `tenants/`, `live/` or anywhere else into it.

use crate::workspace::Workspace;
use dialform::{cli::Finished, error::Ending};
use std::{fs, os::unix::fs::symlink, path::Path};

/// What must never be seen: it stands outside the workspace.
const SECRET: &str = "PLANTED_SECRET=hunter2-of-the-plan-job";

fn said(finished: &Finished) -> String {
    format!("{}{}", finished.out, finished.err)
}

/// Nothing below the workspace shows what stands outside: a link is named, and nothing of what it leads to.
#[test]
fn a_link_shows_nothing_of_what_it_leads_to() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("environ");
    fs::write(&secret, format!("{SECRET}\0{SECRET}: [\n")).unwrap();
    let above = format!("../{}/environ", outside.path().file_name().unwrap().to_str().unwrap());
    let cases: [(&str, &Path); 6] = [
        ("tenants/x.yaml", &secret),
        ("tenants/x.yaml", Path::new("/proc/self/environ")),
        ("tenants/x.yaml", Path::new("/dev/zero")),
        ("dialform.yaml", &secret),
        ("live/stratus-dallas/x.yaml", &secret),
        ("live/stratus-dallas/x.yaml", Path::new("/proc/self/environ")),
    ];
    for (name, target) in cases {
        for command in [&["check"][..], &["plan", "--sandbox"], &["plan", "--sandbox", "--format", "json"]] {
            let workspace = Workspace::quickstart();
            let _ = fs::remove_file(workspace.path(name));
            symlink(target, workspace.path(name)).unwrap();
            let run = workspace.run(command);
            // `check` does not look at what is emulated.
            let unseen = command == ["check"] && name.starts_with("live/");
            let ending = if unseen { Ending::Fine } else { Ending::Error };
            assert_eq!(run.ending, ending, "{name} {command:?}: {run:?}");
            let said = said(&run);
            assert!(
                unseen || said.contains("it is a link that leads out of the workspace"),
                "{name}: {said}"
            );
            for seen in ["hunter2", "PLANTED", "PATH=", "CARGO"] {
                assert!(!said.contains(seen), "{name} {command:?} shows {seen}: {said}");
            }
        }
    }
    // A pattern does not climb out either.
    let workspace = Workspace::quickstart();
    workspace.edit("dialform.yaml", "tenants/*.yaml", &above);
    let run = workspace.run(&["check"]);
    assert_eq!(
        (run.ending, said(&run).contains("points outside the workspace")),
        (Ending::Error, true),
        "{run:?}"
    );
}

/// A link that stays inside is a plain file under another name, and what is none is said without waiting for it.
#[test]
fn what_is_no_plain_file_is_said() {
    let workspace = Workspace::quickstart();
    fs::rename(workspace.path("tenants"), workspace.path("shared")).unwrap();
    symlink("shared", workspace.path("tenants")).unwrap();
    assert_eq!(workspace.run(&["check"]).ending, Ending::Fine);

    let workspace = Workspace::quickstart();
    fs::create_dir(workspace.path("tenants/x.yaml")).unwrap();
    let run = workspace.run(&["check"]);
    assert!(said(&run).contains("cannot read `tenants/x.yaml`: it is a directory"), "{run:?}");

    let workspace = Workspace::quickstart();
    let pipe = workspace.path("tenants/x.yaml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let run = workspace.run(&["check"]);
    assert!(said(&run).contains("cannot read `tenants/x.yaml`: it is no plain file"), "{run:?}");
}

/// A directory that is a repository by itself comes with a pull request as plain files, and its `config` names programs.
/// None of them runs, and no revision is an option of git.
#[test]
fn git_runs_nothing_that_a_pull_request_brings() {
    let settings = ["core.fsmonitor", "core.pager", "diff.external", "core.sshCommand", "core.hooksPath"];
    for setting in settings {
        let workspace = Workspace::quickstart();
        workspace.git(&["init", "-q", "--bare", "."]);
        let marks = workspace.path("ran");
        let program = workspace.path("program");
        fs::write(&program, format!("#!/bin/sh\necho ran >> '{}'\n", marks.display())).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&program, mode).unwrap();
        workspace.git(&["--git-dir", ".", "config", setting, program.to_str().unwrap()]);
        workspace.git(&["--git-dir", ".", "config", "core.bare", "false"]);
        workspace.git(&["--git-dir", ".", "config", "core.worktree", workspace.root().to_str().unwrap()]);
        for option in ["--changed-since", "--base"] {
            let run = workspace.run(&["plan", "--sandbox", option, "HEAD"]);
            assert!(!marks.exists(), "{setting} ran: {run:?}");
            assert_eq!(run.ending, Ending::Error, "{setting} {option}: {run:?}");
            assert!(said(&run).contains("bare repository"), "{run:?}");
        }
    }
    let workspace = Workspace::quickstart();
    workspace.commit(&["."]);
    for option in ["--base", "--changed-since"] {
        let target = workspace.argument("written");
        let run = workspace.run(&["plan", "--sandbox", &format!("{option}=--output={target}")]);
        assert_eq!(run.ending, Ending::Error, "{run:?}");
        assert!(!workspace.path("written").exists(), "{option}");
    }
}

/// A saved plan is what it says: what was edited, cut or made elsewhere is not applied under the old approval.
#[test]
fn a_saved_plan_that_was_changed_is_refused() {
    let workspace = Workspace::quickstart();
    let plan = workspace.argument("plan.json");
    assert_eq!(workspace.run(&["plan", "--sandbox", "--out", &plan]).ending, Ending::Fine);
    let good = workspace.read("plan.json");
    let value: serde_json::Value = serde_json::from_str(&good).unwrap();
    let with = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut value = value.clone();
        change(&mut value);
        value.to_string()
    };
    let edited = "was changed after it was saved";
    let cases = [
        (
            "only a digest",
            format!("{{\"format_version\":4,\"digest\":{}}}", value["digest"]),
            "is not a saved plan",
        ),
        ("cut", good[..good.len() / 2].to_owned(), "is not a saved plan"),
        ("a value", with(&|it| it["tenants"][0]["steps"][0]["changes"][0]["new"] = "x".into()), edited),
        ("an address", with(&|it| it["tenants"][0]["steps"][0]["address"] = "queues.9".into()), edited),
        ("a step less", with(&|it| drop(it["tenants"][0]["steps"].as_array_mut().unwrap().pop())), edited),
        ("a tenant less", with(&|it| drop(it["tenants"].as_array_mut().unwrap().pop())), edited),
        ("an account", with(&|it| it["tenants"][0]["account"] = "other".into()), edited),
        (
            "another system",
            with(&|it| it["tenants"][0]["endpoints"] = serde_json::json!(["https://x.example/"])),
            edited,
        ),
        ("blocked", with(&|it| it["tenants"][0]["blocked"] = serde_json::json!([{}])), edited),
        ("a note less", with(&|it| it["tenants"][0]["notes"] = serde_json::json!([])), edited),
        ("another format", with(&|it| it["format_version"] = 2.into()), "has plan format 2, not 4"),
    ];
    for (name, text, why) in cases {
        workspace.write("plan.json", text);
        let run = workspace.run(&["apply", &plan, "--sandbox"]);
        assert!(matches!(run.ending, Ending::Refused | Ending::Error), "{name}: {run:?}");
        assert!(said(&run).contains(why), "{name}: {run:?}");
        assert!(!run.out.contains("done"), "{name}: {run:?}");
    }
    workspace.write("plan.json", good);
    let run = workspace.run(&["apply", &plan, "--sandbox", "--approve-critical", "*"]);
    assert_eq!(run.ending, Ending::Fine, "{run:?}");
}

/// Patterns over links in a circle, over very many files, and into other places end within their limit.
#[test]
fn a_pattern_has_an_end() {
    let circle = |it: &Workspace| {
        for name in ["a", "b", "tenants/c"] {
            symlink(it.root(), it.path(name)).unwrap();
        }
    };
    let deep = |it: &Workspace| fs::create_dir_all(it.path(&"d/".repeat(150))).unwrap();
    let many = |it: &Workspace| {
        for index in 0..300 {
            it.write(&format!("m{index}/x.yaml"), "x");
        }
    };
    /// What is there, the pattern, and what is said; `""` where the pattern is taken.
    type Case<'a> = (&'a dyn Fn(&Workspace), &'a str, &'a str);
    let cases: [Case<'_>; 12] = [
        (&circle, "**/*.yaml", ""),
        (&circle, "**/**/**/*.yaml", ""),
        (&circle, "**/tenants/**/*.yaml", ""),
        (&circle, "*/*/*/*/*/*/*/*/*/*/*/*/*.yaml", "looks at more than 150000 files and directories"),
        (&circle, "*/a/*/b/*/a/*/b/*/a/*/b/*/a/*/b/*/a/*.yaml", "unknown key `version`"),
        (&deep, "**/*.yaml", ""),
        (&deep, "**/d/**/d/**/d/**/d/*.yaml", "looks at more than 150000"),
        (&deep, "**/nothing", "no file matches"),
        (&many, "**/tenants/*.yaml", ""),
        (&many, "tenants/**", ""),
        (&many, "/etc/*", "points outside the workspace"),
        (&many, "tenants/../../*", "points outside the workspace"),
    ];
    for (there, pattern, why) in cases {
        let workspace = Workspace::quickstart();
        // Seeds and assertions are YAML as well.
        fs::remove_dir_all(workspace.path("live")).unwrap();
        fs::remove_dir_all(workspace.path("tests")).unwrap();
        there(&workspace);
        workspace.edit("dialform.yaml", "tenants/*.yaml", pattern);
        let began = std::time::Instant::now();
        let run = workspace.run(&["check"]);
        let ending = if why.is_empty() { Ending::Fine } else { Ending::Error };
        assert_eq!(run.ending, ending, "{pattern}: {run:?}");
        assert!(said(&run).contains(why), "{pattern}: {run:?}");
        assert!(began.elapsed().as_secs() < 60, "{pattern} took {:?}", began.elapsed());
    }
}

/// The name of a phone system is the name of a directory, and no way to another one.
#[test]
fn a_provider_is_no_path() {
    // As YAML writes them between double quotes.
    for name in ["../evil", "/tmp/evil", "a/b", ".hidden", "..", "", r"x\u0000y", r"x\u202ey", r"a\\b"] {
        let workspace = Workspace::quickstart();
        let text = workspace.read("dialform.yaml");
        workspace.write("dialform.yaml", text.replace("  deskphone-uk:", &format!("  \"{name}\":")));
        for command in [&["check"][..], &["plan", "--sandbox"]] {
            let run = workspace.run(command);
            assert_eq!(run.ending, Ending::Error, "{name}: {run:?}");
        }
        assert!(!workspace.root().parent().unwrap().join("evil").exists(), "{name}");
    }
}

/// A file that is too large is refused before it is read; one that may be larger is allowed by a setting.
#[test]
fn a_large_file_is_not_read() {
    let workspace = Workspace::quickstart();
    let huge = fs::File::create(workspace.path("tenants/huge.yaml")).unwrap();
    // Sparse: a terabyte that takes no place.
    huge.set_len(1 << 40).unwrap();
    let run = workspace.run(&["check"]);
    assert!(said(&run).contains("cannot read `tenants/huge.yaml`: it is larger than 2 MiB"), "{run:?}");
    assert!(said(&run).contains("allow more with `max_file_mib`"), "{run:?}");

    let workspace = Workspace::quickstart();
    let text = workspace.read("tenants/acme-dental.yaml");
    workspace.write("tenants/acme-dental.yaml", format!("{text}{}", "# a comment\n".repeat(200_000)));
    assert_eq!(workspace.run(&["check"]).ending, Ending::Error);
    let settings = workspace.read("dialform.yaml");
    workspace.write("dialform.yaml", format!("{settings}max_file_mib: 3\n"));
    assert_eq!(workspace.run(&["check"]).ending, Ending::Fine);
    workspace.write("dialform.yaml", format!("{settings}max_file_mib: 17\n"));
    assert!(said(&workspace.run(&["check"])).contains("17 MiB is out of range"));
    let settings = fs::File::options().write(true).open(workspace.path("dialform.yaml")).unwrap();
    settings.set_len(1 << 40).unwrap();
    let run = workspace.run(&["check"]);
    assert!(said(&run).contains("cannot read `dialform.yaml`: it is larger than 2 MiB"), "{run:?}");
}

/// A list takes two bytes of a file, and a hundred times that in memory: there is a number of them that no file needs.
#[test]
fn lists_of_nothing_are_not_kept() {
    let workspace = Workspace::quickstart();
    workspace.write("tenants/x.yaml", format!("x: [{}]\n", "[],".repeat(300_001)));
    let run = workspace.run(&["check"]);
    assert!(said(&run).contains("too-large]: more than 300000 lists and maps in one file"), "{run:?}");
    let honest: String = (0..5000).map(|at| format!("  s{at}: {{ weekly: {{}} }}\n")).collect();
    let head = "tenant: x\nprovider: stratus-dallas\naccount: x\nschedules:\n";
    workspace.write("tenants/x.yaml", format!("{head}{honest}"));
    assert_eq!(workspace.run(&["check"]).ending, Ending::Fine);
}
