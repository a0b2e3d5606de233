//! How many requests a plan costs: no more than the lists and their paging require.

use crate::workspace::Workspace;
use dialform::error::Ending;
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write};

/// An account and what of it is declared.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// U: people. Every queue and attendant has a user beside them.
    people: usize,
    /// M: extensions whose `diverts` are declared.
    declared: usize,
    /// Q: live queues.
    queues: usize,
    /// Queues that are declared.
    declared_queues: usize,
    /// Agents of each queue.
    agents: usize,
    /// N: live numbers.
    numbers: usize,
    frames: usize,
    /// Whether the declared mailboxes are in use in the rules already.
    mailboxes_in_use: bool,
    /// Whether a declared object sends calls to the attendant.
    attendant: bool,
    /// Whether emergency forwards are declared, and the carrier has an interface.
    forwards: bool,
    /// Whether a queue nobody declared is to be deleted.
    deletes: bool,
}

const DOMAIN: &str = "/ns-api/v2/domains/acme.1.service";

/// The requests one list takes: pages of 1000, and one more after a page that may not be the last: one of a round number of
/// rows, at which servers cut silently (FACTS stratus/lists-2).
fn pages(rows: usize) -> usize {
    let last = rows % 1000;
    let is_round = last >= 10 && (last.is_multiple_of(5) || last.is_power_of_two());
    rows / 1000 + 1 + usize::from(is_round)
}

/// What the API requires (FACTS stratus/reads): one domain, one list each of users, numbers, queues, agents and time
/// frames, the rules of what is declared one by one, and the rest only when it is needed.
fn required(size: &Size) -> BTreeMap<String, usize> {
    let users = size.people + size.queues + 1;
    let mut all = BTreeMap::from([
        (DOMAIN.to_owned(), 1),
        (format!("{DOMAIN}/users"), pages(users)),
        (format!("{DOMAIN}/phonenumbers"), pages(size.numbers)),
        (format!("{DOMAIN}/callqueues"), pages(size.queues)),
        (format!("{DOMAIN}/agents"), pages(size.queues * size.agents)),
        (format!("{DOMAIN}/timeframes"), pages(size.frames)),
    ]);
    let mut rules: Vec<String> = (0..size.declared).map(person).collect();
    rules.extend((0..size.declared_queues).map(queue));
    if size.deletes {
        // Whoever points to what goes must be seen, declared or not.
        rules = (0..size.people)
            .map(person)
            .chain((0..size.queues).map(queue))
            .chain(["9000".to_owned()])
            .collect();
    }
    all.extend(rules.into_iter().map(|user| (format!("{DOMAIN}/users/{user}/answerrules"), 1)));
    if size.declared > 0 && !size.mailboxes_in_use {
        // A word nobody uses yet is looked up in the dial plan: a rule a mailbox and one a queue
        // (FACTS stratus/places-4).
        all.insert(format!("{DOMAIN}/dialplans/acme.1.service/dialrules"), pages(users + size.queues));
    }
    if size.forwards {
        all.insert("/_carrier/v1/numbers".to_owned(), pages(size.numbers));
    }
    all
}

fn person(n: usize) -> String {
    format!("1{n:04}")
}

fn queue(n: usize) -> String {
    format!("4{n:04}")
}

fn number(n: usize) -> String {
    format!("1214555{n:04}")
}

/// The account as a seed.
fn live(size: &Size) -> String {
    let mut text = "domain: { domain: acme.1.service }\nusers:\n".to_owned();
    for n in 0..size.people {
        let user = person(n);
        let rules = if size.mailboxes_in_use {
            format!(
                ", answerrules: [{{ time-frame: '*', forward-no-answer: {{ enabled: 'yes', parameters: [vmail_{user}] }} }}]"
            )
        } else {
            String::new()
        };
        writeln!(text, "  - {{ user: '{user}'{rules} }}").unwrap();
    }
    text.push_str("  - { user: '9000', service-code: system-aa }\nphonenumbers:\n");
    for n in 0..size.numbers {
        let to = "dial-rule-application: to-user, dial-rule-translation-destination-user: '9000'";
        writeln!(text, "  - {{ phonenumber: '{}', {to} }}", number(n)).unwrap();
    }
    text.push_str("callqueues:\n");
    for n in 0..size.queues {
        let agents: Vec<String> = (0..size.agents)
            .map(|n| format!("{{ callqueue-agent-id: '{}@acme.1.service' }}", person(n)))
            .collect();
        writeln!(text, "  - {{ callqueue: '{}', agents: [{}] }}", queue(n), agents.join(", ")).unwrap();
    }
    text.push_str("timeframes:\n");
    for n in 0..size.frames {
        writeln!(text, "  - {{ timeframe-name: frame-{n}, timeframe-type: always }}").unwrap();
    }
    text + "autoattendants: [{ attendant-name: Menu, user: '9000', starting-prompt: Prompt_1 }]\n"
}

/// The tenant that declares part of it.
fn tenant(size: &Size) -> String {
    let mut text =
        "tenant: acme\nprovider: stratus\naccount: acme.1.service\nqueues:\n  '40000': {}\n".to_owned();
    if size.declared_queues == 0 {
        text = text.replace("queues:\n  '40000': {}\n", "");
    }
    for n in 1..size.declared_queues {
        writeln!(text, "  '{}': {{}}", queue(n)).unwrap();
    }
    if size.declared > 0 {
        text.push_str("diverts:\n");
    }
    for n in 0..size.declared {
        let busy = if size.attendant && n == 0 { ", busy: { attendant: '9000' }" } else { "" };
        writeln!(text, "  '{}': {{ no_answer: voicemail{busy} }}", person(n)).unwrap();
    }
    if size.forwards {
        text.push_str("forwards: { '+12145550000': { active: false } }\n");
    }
    if size.deletes {
        text.push_str("exhaustive: [queues]\n");
    }
    text
}

/// Plans against the sandbox; every request by path.
fn requests(size: &Size) -> BTreeMap<String, usize> {
    let workspace = Workspace::default();
    let carrier =
        if size.forwards { "{ url: 'https://c.example.net', token: { env: C } }" } else { "manual" };
    workspace.write(
        "dialform.yaml",
        format!(
            "version: 1\nproviders:\n  stratus:\n    kind: stratus\n    url: https://s.example.net\n    \
             token: {{ env: S }}\n    carrier: {carrier}\n    \
             limits: {{ requests_per_second: 2000, concurrency: 8, retries: 0 }}\ntenants: [tenant.yaml]\n"
        ),
    );
    workspace.write("tenant.yaml", tenant(size));
    workspace.write("live/stratus/acme.1.service.yaml", live(size));
    let record = workspace.argument("traffic.jsonl");
    let finished = workspace.run(&["plan", "--sandbox", "--record", &record, "--format", "json"]);
    let plan: Value = serde_json::from_str(&finished.out).unwrap();
    assert_eq!(plan["tenants"][0].get("blocked"), None, "{size:?}: {plan:#}");
    assert_eq!(finished.ending, Ending::Fine, "{size:?}");
    let mut counts = BTreeMap::new();
    for exchange in workspace.lines("traffic.jsonl") {
        assert_eq!(exchange["method"], "GET", "a plan only reads: {}", exchange["path"]);
        assert_eq!(exchange["status"], 200, "{}", exchange["path"]);
        *counts.entry(exchange["path"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

/// The acceptance line: request for request what the API requires, at sizes around every edge of paging, and nothing
/// but reads.
#[test]
fn a_plan_asks_no_more_than_it_must() {
    let base = Size { people: 20, mailboxes_in_use: true, ..Size::default() };
    let table = [
        ("nothing declared", base, 6),
        ("one extension", Size { declared: 1, ..base }, 7),
        ("a mailbox nobody uses yet", Size { declared: 1, mailboxes_in_use: false, ..base }, 8),
        (
            "an attendant is pointed to, by its extension",
            Size { declared: 3, attendant: true, mailboxes_in_use: false, ..base },
            10,
        ),
        (
            "a small office",
            Size {
                declared: 12,
                queues: 3,
                declared_queues: 2,
                agents: 5,
                numbers: 8,
                frames: 4,
                forwards: true,
                ..base
            },
            22,
        ),
        (
            "a queue is to be deleted",
            Size { queues: 3, declared_queues: 1, agents: 2, deletes: true, ..base },
            6 + 24,
        ),
        ("exactly 100 users", Size { people: 99, declared: 2, ..base }, 9),
        ("101 users", Size { people: 100, declared: 2, ..base }, 8),
        ("exactly 100 numbers", Size { numbers: 100, forwards: true, ..base }, 9),
        ("exactly 100 agents", Size { queues: 10, agents: 10, ..base }, 8),
        ("exactly 100 time frames", Size { frames: 100, ..base }, 7),
        ("exactly 1000 numbers", Size { numbers: 1000, declared: 1, forwards: true, ..base }, 10),
        (
            "a large site",
            Size {
                people: 1040,
                declared: 40,
                queues: 30,
                declared_queues: 30,
                agents: 35,
                numbers: 1100,
                frames: 12,
                forwards: true,
                mailboxes_in_use: false,
                ..base
            },
            1 + 2 + 3 + 2 + 3 + 1 + 70 + 2 + 3,
        ),
    ];
    std::thread::scope(|scope| {
        for (name, size, total) in table {
            scope.spawn(move || {
                let expected = required(&size);
                assert_eq!(expected.values().sum::<usize>(), total, "{name}: the formula");
                assert_eq!(requests(&size), expected, "{name}");
            });
        }
    });
}
