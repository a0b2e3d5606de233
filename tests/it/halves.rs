//! What a step that did not end well has left behind is said, and found again.

use crate::{workspace::outcome, world::World};
use dialform::error::Ending;
use serde_json::{Value, json};

const DOMAIN: &str = "/ns-api/v2/domains/acme.1.service";

fn apply(world: &World, fault: &str, more: &[&str]) -> dialform::cli::Finished {
    let fault = format!("visible-after:0ms,{fault}");
    world.run(&[&["apply", "--auto-approve", "--fault", &fault], more].concat())
}

/// A queue is two writes and its agents more: "failed" alone does not tell a reviewer what is live now.
#[test]
fn a_step_that_is_not_done_says_what_it_has_written() {
    let user = "POST /domains/acme.1.service/users (making the extension of queue `420`)";
    let queue = "POST /domains/acme.1.service/callqueues (creating queue `420`)";
    let unclear = "perhaps written, the answer was not clear";
    let cases = [
        ("429:1,only:POST {}/users", "failed", vec!["nothing was written".to_owned()]),
        ("429:1,only:POST {}/callqueues", "failed", vec![format!("written before that: {user}")]),
        (
            "500:1,only:POST {}/callqueues",
            "unknown",
            vec![format!("written before that: {user}"), format!("{unclear}: {queue}")],
        ),
        ("reset-before-commit:1,only:POST {}/users", "unknown", vec![format!("{unclear}: {user}")]),
        (
            "accept-and-ignore:1,only:POST {}/callqueues",
            "not done",
            vec![format!("written: {user}, {queue}")],
        ),
        ("503:1,only:GET {}/callqueues/420", "failed", vec!["nothing was written".to_owned()]),
        (
            "503:1,only:GET {}/callqueues/420,skip:1",
            "unknown",
            vec![format!("written before that: {user}, {queue}")],
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
    let user = json!({
        "method": "POST",
        "path": "/domains/acme.1.service/users",
        "what": "making the extension of queue `420`",
    });
    assert_eq!(writes, [&json!({ "accepted": [user], "unclear": [] }), &Value::Null]);
    let applied = apply(&World::new(tenant), &fault, &["--format", "markdown"]);
    let row = applied.out.lines().find(|line| line.starts_with("| failed")).unwrap();
    let told = "written before that: POST /domains/acme.1.service/users (making the extension of queue \\`420\\`)<br>";
    assert!(row.contains(told), "{row}");
}
