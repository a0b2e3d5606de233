//! One apply at a time on an account: the second is refused or waits, and a dead holder is in nobody's way.

use crate::{workspace::refusal, world::World};
use dialform::{
    cli::Finished,
    error::Ending,
    load::Files,
    lock::{Acquired, Key, LeaseValidity, Owner, file},
    provider::{Kinds, Workspace},
};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant, SystemTime},
};

const TENANT: &str = "numbers: { \"+12145550100\": { label: Main } }";

/// What the lock of the world's provider is named after.
fn system() -> String {
    let world = World::new("");
    let workspace = Workspace::load(&Files::Directory(world.path("")), &Kinds, jiff::Timestamp::UNIX_EPOCH)
        .unwrap_or_else(|why| panic!("{why:?}"));
    workspace.providers["pbx"].system()
}

fn key() -> Key {
    Key::new(system(), "pbx", "acme.1.service")
}

fn owner(who: &str) -> Owner {
    Owner::this(who.to_owned(), "dialform apply".to_owned())
}

fn directory(world: &World) -> PathBuf {
    world.path(".dialform/lock/sandbox")
}

/// Takes the lock as another apply would.
fn take(world: &World, who: &str) -> file::FileLock {
    match file::try_take(&directory(world), &key(), &owner(who)).unwrap() {
        Acquired::Yes(lock) => lock,
        Acquired::HeldBy(holder) => panic!("it is held by {holder:?}"),
    }
}

/// A process that applies for a while: every answer takes its time.
fn slow_apply(world: &World) -> Child {
    world
        .process(&["apply", "--sandbox", "--auto-approve", "--fault", "slow:700ms,visible-after:0ms"])
        .env("USER", "ana")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until the lock of a process is there.
fn until_locked(world: &World) -> Owner {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(Some(owner)) = file::holder(&directory(world), &key()).unwrap() {
            return owner;
        }
        assert!(Instant::now() < deadline, "nobody has taken the lock");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The acceptance line: of two applies at once exactly one works, and the other says who does.
#[test]
fn of_two_applies_one_works() {
    let world = World::new(TENANT);
    let mut first = slow_apply(&world);
    let holder = until_locked(&world);
    assert!(holder.who.starts_with("ana@"), "{holder}");
    assert_eq!(holder.pid, first.id());
    let second = world.run(&["apply", "--auto-approve"]);
    assert_eq!(second.ending, Ending::Refused);
    let expected = format!("account `acme.1.service` on `pbx` is locked by {holder}");
    assert_eq!(refusal(&second), expected);
    assert!(second.out.is_empty(), "it has not even looked: {}", second.out);
    // Who only looks is in nobody's way.
    assert_eq!(world.run(&["plan"]).ending, Ending::Fine);
    let shown = world_unlock(&world, &[]);
    assert_eq!(shown.out, format!("account `acme.1.service` on `pbx`: locked on this machine by {holder}\n"));
    let force = world_unlock(&world, &["--force"]);
    assert_eq!(
        (force.ending, refusal(&force).as_str()),
        (Ending::Error, "there is no shared lock to remove")
    );

    assert!(first.wait().unwrap().success());
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
    assert_eq!(world_unlock(&world, &[]).out, "account `acme.1.service` on `pbx`: free\n");
}

fn world_unlock(world: &World, arguments: &[&str]) -> Finished {
    let root = world.path("");
    let mut all = vec!["dialform", "-C", root.to_str().unwrap(), "unlock"];
    all.extend(arguments);
    if !arguments.contains(&"--force") {
        all.push("--sandbox");
    }
    dialform::cli::run_with(&all)
}

/// An apply that was killed leaves a file with its name, and no lock.
#[test]
fn a_killed_holder_leaves_nothing() {
    let world = World::new(TENANT);
    let mut first = slow_apply(&world);
    until_locked(&world);
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(file::holder(&directory(&world), &key()).unwrap(), None);
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
}

/// With `--lock-timeout` the second apply says whom it waits for, and then does its work.
#[test]
fn an_apply_can_wait() {
    let world = World::new(TENANT);
    let lock = take(&world, "ben@elsewhere");
    let mut waiting = world
        .process(&["apply", "--sandbox", "--auto-approve", "--lock-timeout", "60s"])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(waiting.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(
        said.starts_with("waiting: account `acme.1.service` on `pbx` is locked by ben@elsewhere (process "),
        "{said}"
    );
    assert!(waiting.try_wait().unwrap().is_none());
    drop(lock);
    assert!(waiting.wait().unwrap().success());
    assert_eq!(world.run(&["plan", "--detailed-exitcode"]).ending, Ending::Fine);

    let _lock = take(&world, "ben@elsewhere");
    let started = Instant::now();
    let refused = world.run(&["apply", "--auto-approve", "--lock-timeout", "1s"]);
    assert_eq!(refused.ending, Ending::Refused);
    assert!((Duration::from_secs(1)..Duration::from_secs(20)).contains(&started.elapsed()));
}

/// Only the accounts of the run are locked; a run that is refused for one of them leaves the others free.
#[test]
fn each_account_has_a_lock_of_its_own() {
    let world = World::new(TENANT);
    world.write("tenants/zeta.yaml", "tenant: zeta\nprovider: pbx\naccount: zeta.1.service\n");
    world.write("live/pbx/zeta.1.service.yaml", "domain: { domain: zeta.1.service }\n");
    let lock = take(&world, "ben@elsewhere");
    assert_eq!(world.run(&["apply", "--auto-approve", "--tenant", "zeta"]).ending, Ending::Fine);
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Refused);
    drop(lock);
    let other = Key::new(system(), "pbx", "zeta.1.service");
    let other = file::try_take(&directory(&world), &other, &owner("ben@elsewhere")).unwrap();
    assert!(matches!(other, Acquired::Yes(_)));
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Refused);
    // What was taken before the refusal was given back.
    assert_eq!(world.run(&["apply", "--auto-approve", "--tenant", "acme"]).ending, Ending::Fine);
    let restore = fs::read_dir(world.path(".dialform/restore")).unwrap().count();
    assert_eq!(restore, 1, "the runs that were refused have begun nothing");
}

/// Whatever an account is called, it has one file below the directory.
#[test]
fn names_stay_in_the_directory() {
    let names = [
        ("pbx", "acme.1"),
        ("pbx~acme", "1"),
        ("pbx", "~acme.1"),
        ("p/b", ".."),
        ("ü", "\u{202e}a b"),
        ("", ""),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for (provider, account) in names {
        let name = Key::new(provider.into(), "pbx", account).name();
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.%~".contains(&b)), "{name}");
        assert!(name.contains('~') && name.ends_with(".lock") && name.len() < 250, "{name}");
        assert!(seen.insert(name));
    }
    let long = |end: &str| Key::new("p".into(), "pbx", &("ü".repeat(300) + end)).name();
    assert!(long("a").len() < 250 && long("a") != long("b"));
    assert_eq!(Key::new("ctm".into(), "pbx", "302341").name(), "ctm~302341.lock");
}

/// What holds for a while is over when nobody renews it, and never comes back.
#[test]
fn a_signal_tells_when_a_lock_is_lost() {
    let long = Duration::from_secs(3600);
    let signal = LeaseValidity::holding(LeaseValidity::now(), long);
    assert_eq!(signal.lost(), None);
    signal.lose("ben has taken it over".to_owned());
    signal.renew(LeaseValidity::now());
    assert_eq!(signal.lost().as_deref(), Some("ben has taken it over"));

    let short = Duration::from_millis(20);
    let signal = LeaseValidity::holding(LeaseValidity::now(), short);
    thread::sleep(short);
    signal.trouble("no connection".to_owned());
    assert_eq!(signal.lost().as_deref(), Some("it could not be renewed in time: no connection"));

    // A machine that slept: the steady clock stood still, the wall clock did not.
    let slept = (Instant::now(), SystemTime::now() - long);
    assert!(LeaseValidity::holding(slept, long).lost().is_some());
    // A wall clock that was set back is no reason to stop.
    let set_back = (Instant::now(), SystemTime::now() + long);
    assert_eq!(LeaseValidity::holding(set_back, long).lost(), None);
}

/// A build that cannot lock elsewhere must not let a workspace believe that it does.
#[cfg(not(feature = "shared-lock"))]
#[test]
fn a_build_without_shared_locks_says_so() {
    let world = World::new(TENANT);
    world.write("dialform.yaml", format!("{}lock: {{ url: \"s3://locks/dialform\" }}\n", world.workspace()));
    for command in [&["check"][..], &["plan", "--sandbox"], &["apply", "--sandbox", "--auto-approve"]] {
        let root = world.path("");
        let run = dialform::cli::run_with(&[&["dialform", "-C", root.to_str().unwrap()], command].concat());
        assert_eq!(run.ending, Ending::Error);
        assert_eq!(refusal(&run), "this dialform is built without shared locks, and `lock` asks for one");
        assert!(run.err.contains("--features shared-lock"), "{}", run.err);
    }
}
