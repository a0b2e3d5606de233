//! How often git is run: a process for each file of a fleet is most of what a pull request waits for.

use crate::world::{LIVE, World};
use dialform::error::Ending;
use std::{env, fs, os::unix::fs::PermissionsExt, process::Output};

/// A `git` that writes down what it is asked, and asks the real one.
fn noting(world: &World) -> String {
    let real = env::var("PATH").unwrap_or_default();
    let real = env::split_paths(&real).map(|it| it.join("git")).find(|it| it.is_file()).unwrap();
    let notes = world.path(".dialform/asked");
    let script = format!(
        "#!/bin/sh\nfor word; do case \"$word\" in ls-tree|cat-file|hash-object|rev-parse|merge-base) echo \"$word\" >> '{}';; esac; done\nexec '{}' \"$@\"\n",
        notes.display(),
        real.display()
    );
    let directory = world.path(".dialform/bin");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("git"), script).unwrap();
    fs::set_permissions(directory.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", directory.display(), env::var("PATH").unwrap_or_default())
}

fn tenant(at: usize) -> String {
    format!(
        "tenant: t{at:03}\nprovider: pbx\naccount: t{at:03}.1.service\nqueues: {{ \"400\": {{ name: Old }} }}\n"
    )
}

/// Some tenants, committed.
fn world(tenants: usize) -> World {
    let world = World::new("");
    fs::remove_file(world.path("tenants/acme.yaml")).unwrap();
    for at in 0..tenants {
        world.write(&format!("tenants/t{at:03}.yaml"), tenant(at));
        let account = format!("t{at:03}.1.service");
        world.write(&format!("live/pbx/{account}.yaml"), LIVE.replace("acme.1.service", &account));
    }
    world.write(".gitignore", ".dialform/\n");
    world.commit(&["."]);
    world
}

/// How many processes of git a run starts: all of them, and those for files.
fn asked(world: &World, path: &str, arguments: &[&str]) -> (Output, [usize; 2]) {
    let notes = world.path(".dialform/asked");
    fs::write(&notes, "").unwrap();
    let run = world.process(arguments).env("PATH", path).output().unwrap();
    let text = fs::read_to_string(&notes).unwrap();
    let files = text.lines().filter(|it| ["ls-tree", "cat-file", "hash-object"].contains(it)).count();
    (run, [text.lines().count(), files])
}

/// The tree and the files of a revision come from one process, however many they are, and what the bytes of now are called is
/// worked out. A pull request is planned with two.
#[test]
fn git_is_asked_once_for_all_files_of_the_base() {
    let mut of_one = Vec::new();
    for tenants in [1, 40] {
        let world = world(tenants);
        let path = noting(&world);
        world.write("tenants/t000.yaml", tenant(0).replace("Old", "New"));
        let mut each = Vec::new();
        // Processes for files, and all of them where it is a pull request.
        let cases: [(&[&str], usize, Option<usize>); 5] = [
            (&["--sandbox", "--base", "HEAD"], 1, None),
            (&["--against", "HEAD"], 2, None),
            (&["--sandbox", "--changed-since", "HEAD"], 1, Some(2)),
            (&["--sandbox", "--changed-since", "HEAD", "--base", "HEAD"], 1, Some(2)),
            (&["--sandbox", "--base", "HEAD", "--tenant", "t000"], 1, None),
        ];
        for (options, files, all) in cases {
            let arguments = [&["plan"], options].concat();
            let (run, asked) = asked(&world, &path, &arguments);
            let err = String::from_utf8_lossy(&run.stderr);
            assert_eq!(run.status.code(), Some(Ending::Fine as i32), "{options:?}: {err}");
            assert_eq!(asked, [all.unwrap_or(asked[0]), files], "{options:?}");
            each.push(asked);
        }
        if tenants == 1 {
            of_one = each;
        } else {
            assert_eq!(each, of_one, "forty tenants ask git what one does");
        }
    }
}
