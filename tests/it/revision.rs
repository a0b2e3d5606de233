//! `--base` and `--changed-since` read what git would check out, on the days it matters: the first pull request, the mending
//! of a broken main, a workspace that moved, links and filters.

use crate::{
    workspace::Workspace,
    world::{LIVE, World},
};
use dialform::error::Ending;
use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

const EMPTY: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// One tenant with a queue, and a rule that stays.
fn world() -> World {
    let world = World::new("");
    declare(&world, "tenants/acme.yaml", "Old", "");
    world.write(".gitignore", ".dialform/\n");
    world
}

fn declare(world: &Workspace, file: &str, queue: &str, more: &str) {
    world.write(
        file,
        format!(
            "tenant: acme\nprovider: pbx\naccount: acme.1.service\nqueues: {{ \"400\": {{ name: {queue} }} }}\n{more}"
        ),
    );
}

fn commit_all(world: &Workspace, message: &str) {
    world.git(&["add", "-A"]);
    world.git(&["commit", "-qm", message]);
}

/// The warnings and errors of a run, with what points at the file and the way out, without the lines of the file.
fn said(err: &str) -> Vec<String> {
    let line = |line: &&str| {
        ["warning", "error", "help", " -->"]
            .iter()
            .any(|start| line.trim_start_matches(' ').starts_with(start.trim()))
    };
    // Of the live account and not of a revision.
    let live = |line: &&str| line.contains("[forward-on]") || line.contains("emergency off");
    err.lines().filter(line).filter(|it| !live(it)).map(|line| line.trim().to_owned()).collect()
}

/// What the plan says of the one queue: its reason, if any.
fn reason(world: &Workspace, revision: &str, expected: &[&str], name: &str) -> Option<String> {
    let run = world.run(&["plan", "--sandbox", "--base", revision, "--format", "json"]);
    assert_eq!(run.ending, Ending::Fine, "{name}: {}{}", run.out, run.err);
    let plan: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let run = world.run(&["plan", "--sandbox", "--base", revision]);
    assert_eq!(
        (said(&run.out), run.err.as_str()),
        (expected.iter().map(ToString::to_string).collect(), ""),
        "{name}"
    );
    let steps = plan["tenants"][0]["steps"].as_array().unwrap();
    let queue = steps
        .iter()
        .find(|step| step["address"] == "queues.400")
        .unwrap_or_else(|| panic!("{name}: {plan:#}"));
    queue["reason"].as_str().map(str::to_owned)
}

/// No pull request is so early or so broken that it has no plan: what was there before is compared with as far as it can be
/// read, and what cannot is named with file, line and revision.
#[test]
fn the_plan_goes_on_where_the_base_does_not() {
    /// What happened before, the revision, the reason for the queue, and what is said.
    type Case<'a> = (&'a str, fn(&World), &'a str, Option<&'a str>, &'a [&'a str]);
    let cases: [Case<'_>; 12] = [
        ("the empty tree", |w| w.commit(&["."]), EMPTY, Some("config"), &[NOTHING_EMPTY]),
        (
            "what CI calls the commit before the first",
            |w| w.commit(&["."]),
            ZERO,
            Some("config"),
            &[NOTHING_ZERO],
        ),
        (
            "the first pull request",
            |w| {
                w.commit(&[".gitignore"]);
                w.git(&["tag", "base"]);
                commit_all(w, "introduce");
            },
            "base",
            Some("config"),
            &[NOTHING],
        ),
        (
            "a directory that moved",
            |w| {
                fs::create_dir(w.path("old")).unwrap();
                fs::rename(w.path("dialform.yaml"), w.path("old/dialform.yaml")).unwrap();
                w.commit(&["."]);
                w.git(&["tag", "base"]);
                w.git(&["mv", "old/dialform.yaml", "dialform.yaml"]);
            },
            "base",
            Some("config"),
            &[
                NOTHING,
                "help: there was one in `old`; if this one was moved, what was protected there is not known here",
            ],
        ),
        (
            "a key nobody knows",
            |w| broken(w, "bogus: 1\n"),
            "base",
            Some("drift"),
            &["warning[base]: at `base`: unknown key `bogus`", "--> base:tenants/acme.yaml:5:1", PARTLY],
        ),
        (
            "two mistakes",
            |w| broken(w, "bogus: 1\nrules: { \"101\": { ring_timeout: soon, oder: 1 } }\n"),
            "base",
            Some("drift"),
            &[
                "warning[base]: at `base`: unknown key `bogus` (and 2 more in this file)",
                "--> base:tenants/acme.yaml:5:1",
                PARTLY,
            ],
        ),
        (
            "no YAML",
            |w| broken(w, "rules: { \"101\": {\n"),
            "base",
            None,
            &["warning[base]: at `base`: this `{` is not closed", "--> base:tenants/acme.yaml:5:17", UNREAD],
        ),
        (
            "a field the system cannot hold",
            |w| broken(w, "receivers: { \"+12145550100\": {} }\n"),
            "base",
            Some("drift"),
            &[
                "warning[base]: at `base`: this provider has no `receivers`",
                "--> base:tenants/acme.yaml:5:14",
                "help: it was never applied, and counts as not declared then",
            ],
        ),
        (
            "a workspace file nobody knows how to read",
            |w| {
                let good = w.workspace();
                w.write("dialform.yaml", format!("{good}gaurd: {{ max_deletes: 1 }}\n"));
                w.commit(&["."]);
                w.git(&["tag", "base"]);
                w.write("dialform.yaml", good);
            },
            "base",
            Some("drift"),
            &[
                "warning[base]: at `base`: unknown key `•••••`",
                "--> base:dialform.yaml:10:1",
                "help: the tenants of then are looked for where they lie now",
            ],
        ),
        (
            "another file that is broken is another tenant's",
            |w| {
                w.write("tenants/zeta.yaml", "tenant: [\n");
                w.write("live/pbx/zeta.1.service.yaml", LIVE.replace("acme.1", "zeta.1"));
                fs::rename(w.path("tenants/acme.yaml"), w.path("aside.yaml")).unwrap();
                w.commit(&["."]);
                w.git(&["tag", "base"]);
                fs::rename(w.path("aside.yaml"), w.path("tenants/acme.yaml")).unwrap();
                w.write("tenants/zeta.yaml", "tenant: zeta\nprovider: pbx\naccount: zeta.1.service\n");
            },
            "base",
            Some("config"),
            &["warning[base]: at `base`: this `[` is not closed", "--> base:tenants/zeta.yaml:1:9", UNREAD],
        ),
        (
            "a link to nowhere",
            |w| {
                let text = w.read("tenants/acme.yaml");
                fs::remove_file(w.path("tenants/acme.yaml")).unwrap();
                symlink("../gone.yaml", w.path("tenants/acme.yaml")).unwrap();
                w.commit(&["."]);
                w.git(&["tag", "base"]);
                fs::remove_file(w.path("tenants/acme.yaml")).unwrap();
                w.write("tenants/acme.yaml", text);
            },
            "base",
            None,
            &["warning[base]: at `base`: cannot read `tenants/acme.yaml`: it is not there at `base`", UNREAD],
        ),
        ("a base that is good", |w| broken(w, ""), "base", Some("drift"), &[]),
    ];
    for (name, before, revision, wanted, expected) in cases {
        let world = world();
        before(&world);
        assert_eq!(reason(&world, revision, expected, name).as_deref(), wanted, "{name}");
    }
}

const ZERO: &str = "0000000000000000000000000000000000000000";
const NOTHING: &str =
    "warning[base]: at `base` there was no `dialform.yaml` in this directory: everything counts as new";
const NOTHING_EMPTY: &str = "warning[base]: at `4b825dc642cb6eb9a060e54bf8d69288fbee4904` there was no `dialform.yaml` in this directory: everything counts as new";
const NOTHING_ZERO: &str = "warning[base]: at `0000000000000000000000000000000000000000` there was no `dialform.yaml` in this directory: everything counts as new";
const PARTLY: &str =
    "help: what could be read of that file is compared with, the rest counts as not declared then";
const UNREAD: &str = "help: of its tenant this plan does not say whether the files or the live system changed, nor what was protected";

/// Commits the workspace with something broken in it, and mends it.
fn broken(world: &World, more: &str) {
    declare(world, "tenants/acme.yaml", "Old", more);
    world.commit(&["."]);
    world.git(&["tag", "base"]);
    declare(world, "tenants/acme.yaml", "Old", "");
}

/// What a mistake elsewhere in the file must not undo: a protection that stood beside it.
#[test]
fn a_broken_base_protects_all_the_same() {
    let world = world();
    declare(&world, "tenants/acme.yaml", "Old", "schedules: { night: { protect: true } }\nbogus: 1\n");
    world.commit(&["."]);
    declare(&world, "tenants/acme.yaml", "Old", "absent: { schedules: [night] }\n");
    let run = world.run(&["plan", "--base", "HEAD"]);
    assert_eq!(run.ending, Ending::Error, "{}", run.err);
    assert!(run.out.contains("schedules.night is protected, and this change deletes it"), "{}", run.out);
}

/// A tenant was given another account, or the name of one that is gone: what its old account still has on nobody manages any more, and
/// no plan said so. The steps of the new one were told as if somebody had been in the portal.
#[test]
fn an_account_that_is_left_is_said() {
    const OTHER: &str = "warning[otherwise]: tenant `acme` is account `west.1.service` of `pbx`, and was account `acme.1.service` of `pbx` at HEAD";
    const OF_FILE: &str = "warning[changed-since]: `tenants/acme.yaml` was of account `acme.1.service` of `pbx` at `HEAD`, which no tenant has any more";
    const NO_FILE: &str =
        "warning[changed-since]: `tenants/acme.yaml` was a tenant file at `HEAD` and no longer is";
    const CALLED: &str = "warning[otherwise]: tenant `acme` was called `west` at HEAD";
    let moved = |w: &World| w.edit("tenants/acme.yaml", "acme.1.service", "west.1.service");
    let with_west = |w: &World, name: &str| {
        w.write("tenants/west.yaml", format!("tenant: {name}\nprovider: pbx\naccount: west.1.service\n"));
    };
    // What was merged, what is changed, the options, and what is said.
    type Edit<'a> = &'a dyn Fn(&World);
    let nothing: Edit<'_> = &|_| {};
    let west: Edit<'_> = &|w| with_west(w, "west");
    let reused: Edit<'_> = &|w| {
        fs::remove_file(w.path("tenants/acme.yaml")).unwrap();
        with_west(w, "acme");
    };
    let swapped: Edit<'_> = &|w| {
        moved(w);
        w.write("tenants/west.yaml", "tenant: west\nprovider: pbx\naccount: acme.1.service\n");
    };
    let renamed: Edit<'_> = &|w| w.edit("tenants/acme.yaml", "tenant: acme", "tenant: other");
    // All of the phone system has another name, as one commit gives it.
    let system: Edit<'_> = &|w| {
        w.edit("dialform.yaml", "  pbx:", "  phones:");
        w.edit("tenants/acme.yaml", "provider: pbx", "provider: phones");
        fs::rename(w.path("live/pbx"), w.path("live/phones")).unwrap();
    };
    let table: [(Edit<'_>, Edit<'_>, &str, &[&str]); 13] = [
        (nothing, &moved, "--base HEAD", &[OTHER]),
        (nothing, &moved, "--changed-since HEAD", &[OF_FILE]),
        (nothing, &moved, "--against HEAD", &[OTHER]),
        (west, reused, "--base HEAD", &[OTHER]),
        (west, reused, "--base HEAD --tenant acme", &[OTHER]),
        (west, reused, "--changed-since HEAD", &[NO_FILE]),
        (west, reused, "--against HEAD", &[CALLED, OTHER]),
        // Each account has a tenant.
        (west, swapped, "--base HEAD", &[]),
        (west, swapped, "--changed-since HEAD", &[]),
        (nothing, renamed, "--base HEAD", &[]),
        (nothing, renamed, "--changed-since HEAD", &[]),
        (nothing, system, "--base HEAD --config worktree", &[]),
        (nothing, system, "--changed-since HEAD", &[]),
    ];
    for (before, change, options, expected) in table {
        let world = world();
        world.write("live/pbx/west.1.service.yaml", LIVE.replace("acme.1", "west.1"));
        before(&world);
        world.commit(&["."]);
        change(&world);
        let words = [&["plan", "--format", "json"][..], &options.split(' ').collect::<Vec<_>>()].concat();
        let run =
            if options.starts_with("--against") { Workspace::run(&world, &words) } else { world.run(&words) };
        assert_eq!(run.ending, Ending::Fine, "{options}: {}{}", run.out, run.err);
        let plan: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let said = plan["findings"].as_array().unwrap().iter().map(|it| {
            let text = |field: &str| it[field].as_str().unwrap_or_default().to_owned();
            format!("{}[{}]: {}", text("level"), text("code"), text("message"))
        });
        let said: Vec<String> = said.filter(|it| !it.contains("[forward-on]")).collect();
        assert_eq!(said, expected, "{options}");
        let steps = plan["tenants"].as_array().unwrap().iter().flat_map(|it| it["steps"].as_array().unwrap());
        let reasons: Vec<&str> = steps.filter_map(|it| it["reason"].as_str()).collect();
        let is_new =
            options.starts_with("--base") && expected == [OTHER] && plan.to_string().contains("queues.400");
        assert!(!is_new || reasons == ["config"], "{options}: {reasons:?}");
    }
}

/// What was protected is of an account, whatever the tenant and its phone system are called.
#[test]
fn another_name_for_the_same_system_takes_no_protection_away() {
    let world = world();
    let (head, entry) =
        world.workspace().split_once("  pbx:").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let (entry, rest) = entry.split_once("tenants:").unwrap();
    world.write("dialform.yaml", format!("{head}  pbx:{entry}  second:{entry}tenants:{rest}"));
    world.write("live/second/acme.1.service.yaml", LIVE);
    declare(&world, "tenants/acme.yaml", "Old", "schedules: { night: { protect: true } }\n");
    world.commit(&["."]);
    fs::remove_file(world.path("tenants/acme.yaml")).unwrap();
    world.write(
        "tenants/dental.yaml",
        "tenant: dental\nprovider: second\naccount: acme.1.service\nabsent: { schedules: [night] }\n",
    );
    let run = world.run(&["plan", "--base", "HEAD"]);
    assert_eq!(run.ending, Ending::Error, "{}{}", run.out, run.err);
    assert!(run.out.contains("schedules.night is protected, and this change deletes it"), "{}", run.out);
    assert!(!run.out.contains("removed-tenant"), "{}", run.out);
}

/// A slip of the pen is not an empty past, and no revision is an option of git.
#[test]
fn a_revision_that_is_none_ends_the_run() {
    let world = world();
    world.commit(&["."]);
    for option in ["--base", "--changed-since"] {
        for revision in ["nowhere", "--output=written", "-h", "HEAD:nothing", ""] {
            let run = world.run(&["plan", &format!("{option}={revision}")]);
            assert_eq!(run.ending, Ending::Error, "{option}={revision}");
            let first = format!("error[failed]: `{option} {revision}`: git has no revision `{revision}`");
            assert_eq!(run.err.lines().next().unwrap_or_default(), first);
        }
    }
    assert!(!world.path("written").exists());
}

/// Whoever may push a tag can call it like the branch that is trusted, and git takes the tag. What can be more than one thing is
/// refused, with the name of the branch; a whole name is that ref, and what is checked out is that.
#[test]
fn a_name_of_several_refs_is_refused() {
    let world = world();
    world.commit(&["."]);
    world.git(&["branch", "-M", "main"]);
    world.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    world.git(&["checkout", "-qb", "evil"]);
    declare(&world, "tenants/acme.yaml", "Evil", "");
    commit_all(&world, "mine");
    world.git(&["tag", "origin/main"]);
    world.git(&["tag", "refs/remotes/origin/main"]);
    world.git(&["tag", "HEAD"]);
    // Git can be told to say nothing of it.
    world.git(&["config", "core.warnAmbiguousRefs", "false"]);
    let options: [&[&str]; 6] = [
        &["--base"],
        &["--against"],
        &["--changed-since"],
        &["--base", "main", "--config"],
        &["--base", "main", "--merge"],
        &["--base", "main", "--allow-undo"],
    ];
    let plan = |option: &[&str], revision: &str| {
        let (option, others) = option.split_last().unwrap();
        let ask = [&["plan"], others, &[option, revision]].concat();
        // It asks no phone system.
        if *option == "--against" { Workspace::run(&world, &ask) } else { world.run(&ask) }
    };
    for option in options {
        let name = option.last().unwrap();
        for revision in ["origin/main", "origin/main~0"] {
            let run = plan(option, revision);
            let message = format!(
                "error[failed]: `{name} {revision}`: `origin/main` can be more than one thing: `refs/tags/origin/main`, \
                 `refs/remotes/origin/main`"
            );
            let expected =
                (Ending::Error, vec![message, "help: write `refs/remotes/origin/main`".to_owned()]);
            assert_eq!((run.ending, said(&run.err)), expected, "{option:?}");
        }
        for revision in ["refs/remotes/origin/main", "HEAD"] {
            let run = plan(option, revision);
            assert_eq!((run.ending, run.err.as_str()), (Ending::Fine, ""), "{option:?} {revision}");
        }
    }
    let run = world.run(&["plan", "--base", "refs/remotes/origin/main"]);
    assert!(run.out.contains("queues.400  cosmetic, files and live changed"), "{}", run.out);
    // A tag that is called as the name of a commit begins.
    let commit =
        Command::new("git").args(["rev-parse", "--short=8", "main"]).current_dir(world.root()).output();
    let short = String::from_utf8(commit.unwrap().stdout).unwrap().trim().to_owned();
    world.git(&["tag", &short, "evil"]);
    let run = world.run(&["plan", "--base", &short]);
    let message = format!(
        "error[failed]: `--base {short}`: `{short}` can be more than one thing: `refs/tags/{short}`, an object whose name begins so"
    );
    let help = "help: write the whole name of the commit".to_owned();
    assert_eq!((run.ending, said(&run.err)), (Ending::Error, vec![message, help]));
    // A whole name is that of the commit, whatever somebody calls a tag.
    let commit = Command::new("git").args(["rev-parse", "main"]).current_dir(world.root()).output();
    let whole = String::from_utf8(commit.unwrap().stdout).unwrap().trim().to_owned();
    world.git(&["tag", &whole, "evil"]);
    let run = world.run(&["plan", "--base", &whole]);
    assert_eq!(run.ending, Ending::Fine, "{}{}", run.out, run.err);
}

/// What is compared is what git would check out: line ends, `$Id$`, filters of one's own, and links to files and directories.
#[test]
fn the_base_is_what_git_would_check_out() {
    type Set = fn(&World);
    let cases: [(&str, Set); 8] = [
        ("plain", |_| {}),
        ("line ends", |w| w.write(".gitattributes", "*.yaml text eol=crlf\n")),
        ("an id", |w| {
            w.write(".gitattributes", "*.yaml ident\n");
            w.write("tenants/acme.yaml", format!("# $Id$\n{}", w.read("tenants/acme.yaml")));
        }),
        ("a filter", |w| {
            w.write(".gitattributes", "tenants/*.yaml filter=rot\n");
            w.git(&["config", "filter.rot.clean", "tr a-z n-za-m"]);
            w.git(&["config", "filter.rot.smudge", "tr a-z n-za-m"]);
        }),
        ("a filter whose attributes are gone now", |w| {
            w.write(".gitattributes", "tenants/*.yaml filter=rot\n");
            w.git(&["config", "filter.rot.clean", "tr a-z n-za-m"]);
            w.git(&["config", "filter.rot.smudge", "tr a-z n-za-m"]);
            commit_all(w, "one");
            fs::remove_file(w.path(".gitattributes")).unwrap();
        }),
        ("a link to a file", |w| {
            fs::create_dir(w.path("shared")).unwrap();
            fs::rename(w.path("tenants/acme.yaml"), w.path("shared/one.yaml")).unwrap();
            symlink("../shared/one.yaml", w.path("tenants/acme.yaml")).unwrap();
        }),
        ("a link to a directory", |w| {
            fs::rename(w.path("tenants"), w.path("clients")).unwrap();
            symlink("clients", w.path("tenants")).unwrap();
        }),
        ("links to links", |w| {
            fs::rename(w.path("dialform.yaml"), w.path("real.yaml")).unwrap();
            symlink("real.yaml", w.path("between.yaml")).unwrap();
            symlink("between.yaml", w.path("dialform.yaml")).unwrap();
        }),
    ];
    for (name, set) in cases {
        let world = world();
        world.git(&["init", "-q"]);
        set(&world);
        if world.path(".gitattributes").exists() || name != "a filter whose attributes are gone now" {
            commit_all(&world, "one");
        }
        // The queue is not live: had the base another form, the files would be what changed.
        assert_eq!(reason(&world, "HEAD", &[], name).as_deref(), Some("drift"), "{name}");
        let changed = || {
            let run = world.run(&["plan", "--changed-since", "HEAD", "--format", "json"]);
            assert_eq!((run.ending, said(&run.err)), (Ending::Fine, Vec::new()), "{name}");
            let plan: serde_json::Value = serde_json::from_str(&run.out).unwrap();
            plan["tenants"].as_array().unwrap().len()
        };
        assert_eq!(changed(), 0, "{name}");
        let file = fs::canonicalize(world.path("tenants/acme.yaml")).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("Old", "New")).unwrap();
        assert_eq!(changed(), 1, "{name}");
    }
}

/// A pointer is not read as a tenant, wherever it is met.
#[test]
fn a_pointer_of_lfs_is_named() {
    let world = world();
    let good = world.read("tenants/acme.yaml");
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    world.write("tenants/acme.yaml", pointer);
    world.commit(&["."]);
    let message = "Git LFS holds this file, and here is only a pointer to it";
    let run = (*world).run(&["check"]);
    let expected = [
        &format!("error[lfs-pointer]: {message}"),
        "--> tenants/acme.yaml:1:1",
        "help: `git lfs pull` brings it",
    ];
    assert_eq!(said(&run.err), expected);
    world.write("tenants/acme.yaml", good);
    let expected =
        [&format!("warning[base]: at `HEAD`: {message}"), "--> HEAD:tenants/acme.yaml:1:1", UNREAD];
    assert_eq!(reason(&world, "HEAD", &expected, "base"), None);
}

/// An edit is an edit, whatever git was told to think of the file.
#[test]
fn gits_own_notes_hide_no_edit() {
    type Note = fn(&World);
    let cases: [(&str, Note); 4] = [
        ("assume-unchanged", |w| w.git(&["update-index", "--assume-unchanged", "tenants/acme.yaml"])),
        ("skip-worktree", |w| w.git(&["update-index", "--skip-worktree", "tenants/acme.yaml"])),
        ("taken out of the index", |w| w.git(&["rm", "-q", "--cached", "tenants/acme.yaml"])),
        ("ignored", |w| w.write(".git/info/exclude", "tenants/\n")),
    ];
    for (name, note) in cases {
        let world = world();
        world.commit(&["."]);
        note(&world);
        let tenants = || {
            let run = world.run(&["plan", "--changed-since", "HEAD", "--format", "json"]);
            let plan: serde_json::Value = serde_json::from_str(&run.out).unwrap();
            plan["tenants"].as_array().unwrap().len()
        };
        assert_eq!(tenants(), 0, "{name}");
        declare(&world, "tenants/acme.yaml", "New", "");
        assert_eq!(tenants(), 1, "{name}");
    }
}

/// The workspace may be any directory of a repository, and be reached by a link.
#[test]
fn a_workspace_below_the_root_of_a_repository() {
    let world = world();
    let repository = Workspace::default();
    crate::workspace::copy(world.root(), &repository.path("sites/dallas"));
    repository.commit(&["."]);
    symlink("sites", repository.path("linked")).unwrap();
    for directory in ["sites/dallas", "linked/dallas"] {
        let there = Workspace::at(repository.path(directory));
        assert_eq!(reason(&there, "HEAD", &[], directory).as_deref(), Some("drift"));
        assert!(Path::new(&there.path("dialform.yaml")).exists());
    }
}
