//! What a step that did not end well has left behind is said, and found again.

use crate::{workspace::outcome, world::World};
use dialform::error::Ending;
use serde_json::{Value, json};

/// What leads from the extension of a queue into it, made before the queue.
const WAY_IN: &str = "POST /domains/acme.1.service/dialplans/acme.1.service/dialrules (making the dial rule `queue_420` of queue `420`), \
                      PUT /domains/acme.1.service/users/420/answerrules/* (changing the Default rule of extension `420`)";
const DOMAIN: &str = "/ns-api/v2/domains/acme.1.service";

fn apply(world: &World, fault: &str, more: &[&str]) -> dialform::cli::Finished {
    let fault = format!("visible-after:0ms,{fault}");
    world.run(&[&["apply", "--auto-approve", "--fault", &fault], more].concat())
}

/// A queue is two writes and its agents more: "failed" alone does not tell a reviewer what is live now.
#[test]
fn a_step_that_is_not_done_says_what_it_has_written() {
    let user = "POST /domains/acme.1.service/users (making the extension of queue `420`)";
    let made = format!("{user}, {WAY_IN}");
    let queue = "POST /domains/acme.1.service/callqueues (creating queue `420`)";
    let unclear = "perhaps written, the answer was not clear";
    let cases = [
        ("429:1,only:POST {}/users", "failed", vec!["nothing was written".to_owned()]),
        ("429:1,only:POST {}/callqueues", "failed", vec![format!("written before that: {made}")]),
        (
            "500:1,only:POST {}/callqueues",
            "unknown",
            vec![format!("written before that: {made}"), format!("{unclear}: {queue}")],
        ),
        ("reset-before-commit:1,only:POST {}/users", "unknown", vec![format!("{unclear}: {user}")]),
        (
            "accept-and-ignore:1,only:POST {}/callqueues",
            "not done",
            vec![format!("written: {made}, {queue}")],
        ),
        ("503:1,only:GET {}/callqueues/420", "failed", vec!["nothing was written".to_owned()]),
        // Everything is written, and a read that only looks whether there is more to do is refused.
        (
            "429:1,retry-after:0,only:GET {}/callqueues/420/agents",
            "unknown",
            vec![format!("written before that: {made}, {queue}")],
        ),
        (
            "503:1,only:GET {}/callqueues/420,skip:2",
            "unknown",
            vec![format!("written before that: {made}, {queue}")],
        ),
    ];
    for (fault, word, expected) in cases {
        let world = World::new("queues: { \"420\": { name: New } }\n");
        let applied = apply(&world, &fault.replace("{}", DOMAIN), &[]);
        assert_eq!(applied.ending, Ending::Partial, "{fault}\n{}{}", applied.out, applied.err);
        let lines: Vec<&str> = applied.out.lines().skip_while(|line| !line.starts_with(word)).collect();
        assert!(
            lines.first().is_some_and(|line| line.contains("acme/queues.420")),
            "{fault}\n{}",
            applied.out
        );
        let said = lines[1..].iter().take_while(|line| line.starts_with("          "));
        let said: Vec<&str> =
            said.map(|line| line.trim()).filter(|line| !line.starts_with("help: ")).collect();
        assert_eq!(said, expected, "{fault}\n{}", applied.out);
    }
}

/// The same for programs and for a pull request; a step that is done has nothing to tell.
#[test]
fn programs_and_pull_requests_are_told_too() {
    let fault = format!("429:1,only:POST {DOMAIN}/callqueues");
    let tenant = "queues: { \"420\": { name: New } }\nnumbers: { \"+12145550100\": { label: Main } }\n";
    let applied = apply(&World::new(tenant), &fault, &["--format", "json"]);
    let value = outcome(&applied.out).unwrap();
    let writes: Vec<&Value> = value["steps"].as_array().unwrap().iter().map(|step| &step["writes"]).collect();
    let write = |method: &str, path: &str, what: &str| json!({ "method": method, "path": format!("/domains/acme.1.service/{path}"), "what": what });
    let accepted = [
        write("POST", "users", "making the extension of queue `420`"),
        write(
            "POST",
            "dialplans/acme.1.service/dialrules",
            "making the dial rule `queue_420` of queue `420`",
        ),
        write("PUT", "users/420/answerrules/*", "changing the Default rule of extension `420`"),
    ];
    assert_eq!(writes, [&json!({ "accepted": accepted, "unclear": [] }), &Value::Null]);
    let applied = apply(&World::new(tenant), &fault, &["--format", "markdown"]);
    let row = applied.out.lines().find(|line| line.starts_with("| failed")).unwrap();
    let told = "written before that: POST /domains/acme.1.service/users (making the extension of queue \\`420\\`), POST /";
    assert!(row.contains(told), "{row}");
}

const HALF: &str = "left behind by a creation that was refused";

/// A world in which the creation of queue 420 was refused after its user was made.
fn half() -> World {
    let world = World::new("queues: { \"420\": { name: New } }\n");
    let applied = apply(&world, &format!("429:1,only:POST {DOMAIN}/callqueues"), &[]);
    assert_eq!(applied.ending, Ending::Partial, "{}{}", applied.out, applied.err);
    assert!(is_live(&world));
    world
}

fn is_live(world: &World) -> bool {
    let state = world.read_state();
    assert_eq!(state["callqueues"]["420"], Value::Null, "{state:#}");
    !state["users"]["420"].is_null()
}

fn plan(world: &World) -> String {
    let planned = world.run(&["plan"]);
    let about = |line: &&str| !["digest", "unmanaged, left"].iter().any(|it| line.contains(it));
    // The live account has a forward that is on.
    let (_, tenant) = planned.out.split_once("account acme.1.service\n").unwrap_or_default();
    let lines = tenant.lines().filter(about);
    lines.collect::<Vec<_>>().join("\n")
}

/// The next plan names the user that a refused creation has left behind, and says what becomes of it. Only a word for the
/// one queue takes it away: `exhaustive` is about queues, and this is none.
#[test]
fn a_queues_user_without_a_queue_is_found() {
    let world = half();
    let note = format!("  note: queues.420: extension 420 is a queue's user without a queue, {HALF}; ");
    let found = |tenant: &str, expected: &str| {
        world.tenant(tenant);
        assert_eq!(plan(&world).trim(), expected.trim(), "{tenant}");
    };
    let left = format!("{note}left alone, `absent` deletes it\n\nNo changes. 1 tenant is as declared.");
    found("", &left);
    found("exhaustive: [queues]\n", &left);
    let create = "  + queues.420  cosmetic         tenants/acme.yaml:4\n      + name: New\n";
    let counted = "1 field changes, callers notice nothing.";
    found(
        "queues: { \"420\": { name: New } }\n",
        &format!(
            "{create}\n{note}it is made whole\n\nPlan: 1 to create, 0 to update, 0 to delete.\n{counted}"
        ),
    );
    let delete = "  - queues.420  cosmetic         tenants/acme.yaml:4\n      no way back with --restore: nothing but a part of it \
                  was there\n";
    found(
        "absent: { queues: [\"420\"] }\n",
        &format!("{delete}\n{note}it is deleted\n\nPlan: 0 to create, 0 to update, 1 to delete.\n{counted}"),
    );
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
    assert!(!is_live(&world));
    let again = world.run(&["plan", "--detailed-exitcode"]);
    assert_eq!((again.ending, again.out.contains(HALF)), (Ending::Fine, false), "{}", again.out);
}

/// What somebody still sends calls to is not taken away without a word of its own.
#[test]
fn a_half_queue_that_is_used_is_critical() {
    let world = half();
    let used = "diverts: { \"101\": { busy: { extension: \"420\" } } }\n";
    world.tenant(used);
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Fine);
    world.tenant("absent: { queues: [\"420\"] }\n");
    let out = plan(&world);
    assert!(out.contains("- queues.420  callers notice"), "{out}");
    assert!(out.contains("critical: deletes a queue that others still use: "), "{out}");
    assert_eq!(world.run(&["apply", "--auto-approve"]).ending, Ending::Refused);
    assert!(is_live(&world));
}

/// A deletion that did not happen is not taken for one because there never was a queue; one more apply makes it true.
#[test]
fn a_half_queue_is_deleted_through_faults() {
    let faults = [
        ("500:1", "unknown"),
        ("accept-and-ignore:1", "failed"),
        ("429:1", "failed"),
        ("reset-before-commit:1", "unknown"),
    ];
    for (fault, status) in faults {
        let world = half();
        world.tenant("absent: { queues: [\"420\"] }\n");
        let applied = apply(&world, &format!("{fault},only:DELETE {DOMAIN}/users"), &["--format", "json"]);
        let value = outcome(&applied.out).unwrap();
        assert_eq!(value["steps"][0]["status"], status, "{fault} {value:#}");
        assert!(is_live(&world), "{fault}");
        assert_eq!(apply(&world, "", &[]).ending, Ending::Fine, "{fault}");
        assert!(!is_live(&world), "{fault}");
    }
}

/// The restore file of the refused apply takes the user away again; that of its deletion says that half a queue is not
/// brought back.
#[test]
fn half_a_queue_is_not_restored() {
    let world = half();
    let restore = |world: &World| {
        let mut files: Vec<_> = std::fs::read_dir(world.path(".dialform/restore"))
            .unwrap()
            .map(|it| it.unwrap().path())
            .collect();
        files.sort();
        files.pop().unwrap().to_str().unwrap().to_owned()
    };
    let first = restore(&world);
    world.tenant("");
    let back = world.run(&["apply", "--auto-approve", "--restore", &first]);
    assert_eq!(back.ending, Ending::Fine, "{}{}", back.out, back.err);
    assert!(!is_live(&world));
    let again = world.run(&["plan", "--restore", &restore(&world)]);
    let told = "note: queues.420: not restored, it stays as it is now: nothing but a part of it was there";
    assert!(again.out.contains(told), "{}{}", again.out, again.err);
}
