//! What a Stratus account looks like after a write, and what a plan says, in each way in which the vendor may behave. The
//! transitions hold that a write comes true and touches nothing else; here is what only one reading shows.

use crate::world::{System, World};
use dialform::{cli::Finished, error::Ending};
use serde_json::{Value, json};

const DOMAIN: &str = "/ns-api/v2/domains/acme.1.service/";

const LIVE: &str = r#"
domain: { domain: acme.1.service }
users:
  - { user: "101" }
  - { user: "102", answerrules: [{ time-frame: "*", forward-on-dnd: { enabled: "yes", parameters: ["101"] }, forward-on-busy: { enabled: "no", parameters: [9725550111] } }] }
  - { user: "400", service-code: system-queue, answerrules: [{ time-frame: "*", forward-always: { enabled: "yes", parameters: [queue_400] } }] }
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-callqueue, dial-rule-translation-destination-user: "400", dial-rule-description: Main }]
callqueues: [{ callqueue: "400", description: Reception, agents: [{ callqueue-agent-id: "sip:101@acme.1.service", ordinal-order: 1 }] }]
timeframes:
  - { timeframe-name: night, timeframe-type: always }
  - { timeframe-name: storm, timeframe-type: always }
carrier: []
"#;

fn world(tenant: &str) -> World {
    World::on(&System { live: LIVE, ..crate::world::STRATUS }, tenant)
}

fn run(world: &World, reading: &str, arguments: &[&str]) -> Finished {
    let fault = format!("visible-after:20ms,{reading}");
    world.run(&[arguments, &["--fault", &fault]].concat())
}

fn apply(world: &World, reading: &str) -> Finished {
    run(world, reading, &["apply", "--auto-approve"])
}

/// Applies, and what is then live is as declared.
fn becomes(world: &World, reading: &str, tenant: &str) {
    world.tenant(tenant);
    let applied = apply(world, reading);
    assert_eq!(applied.ending, Ending::Fine, "{reading} {tenant}\n{}{}", applied.out, applied.err);
    let left = run(world, reading, &["plan", "--detailed-exitcode"]);
    assert_eq!(left.ending, Ending::Fine, "{reading} {tenant}\n{}{}", left.out, left.err);
}

/// The lines of a plan that start so.
fn lines<'a>(plan: &'a Finished, start: &str) -> Vec<&'a str> {
    plan.out.lines().map(str::trim).filter(|line| line.starts_with(start)).collect()
}

fn writes(world: &World, reading: &str) -> Vec<String> {
    std::fs::remove_file(world.path("traffic.jsonl")).ok();
    let record = world.path("traffic.jsonl").to_str().unwrap().to_owned();
    let applied = run(world, reading, &["apply", "--auto-approve", "--record", &record]);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    let traffic = world.traffic();
    let sent = traffic.iter().filter(|exchange| exchange["method"] != "GET");
    let line = |exchange: &Value| {
        let path = exchange["path"].as_str().unwrap().replace(DOMAIN, "");
        format!("{} {path}", exchange["method"].as_str().unwrap())
    };
    sent.map(line).collect()
}

/// A deleted rule may stay in the list for ever and keep its name. It counts as gone, the extension can still be changed,
/// and a rule of that name is refused before anything is sent (FACTS stratus/readings-4).
#[test]
fn a_deleted_rule_that_lingers_is_gone_and_keeps_its_name() {
    let both = "schedules: { night: {}, storm: {} }\n";
    let night = format!("{both}rules: {{ \"101\": {{ order: [{{ when: night }}] }} }}\n");
    let storm =
        format!("{both}rules: {{ \"101\": {{ order: [{{ when: storm, do_not_disturb: true }}] }} }}\n");
    let again = format!("{both}rules: {{ \"101\": {{ order: [{{ when: storm }}, {{ when: night }}] }} }}\n");
    for (reading, lingers) in [("soft-delete:on", true), ("soft-delete:off", false)] {
        let world = world("");
        becomes(&world, reading, &night);
        becomes(&world, reading, &storm);
        // Whoever deletes a rule is told that it may not come back, or where names are seen to stay taken that it does not.
        world.tenant(&format!("{both}rules: {{ \"101\": {{ order: [] }} }}\n"));
        let taken = "no way back with --restore: `storm`: names of deleted rules stay taken here until the vendor purges them";
        let plan = run(&world, reading, &["plan"]);
        let said: Vec<&str> =
            plan.out.lines().map(str::trim).filter(|line| line.contains("no way back")).collect();
        let perhaps = "no way back with --restore: `storm`: the names of deleted rules may stay taken here; one with \
                       `enabled: false` stays and does nothing";
        assert_eq!(said, [if lingers { taken } else { perhaps }], "{}", plan.out);
        world.tenant(&storm);
        let note = "note: rules.101: a deleted rule for `night` lingers; only the vendor can purge it";
        let plan = run(&world, reading, &["plan"]);
        assert_eq!(
            lines(&plan, "note: rules.101"),
            if lingers { vec![note] } else { vec![] },
            "{}",
            plan.out
        );
        // The rest of the extension can be changed, its order included.
        becomes(&world, reading, &storm.replace("do_not_disturb: true", "enabled: false"));
        if !lingers {
            becomes(&world, reading, &again);
            continue;
        }
        world.tenant(&again);
        let before = world.state();
        let refused = apply(&world, reading);
        assert_eq!(refused.ending, Ending::Error, "{}{}", refused.out, refused.err);
        assert_eq!(world.state(), before);
        let plan = run(&world, reading, &["plan"]);
        let said = [
            "error[lingering-rule]: extension `101` had a rule for `night` that was deleted and lingers: it is listed, does \
             nothing, and keeps its name",
        ];
        assert_eq!(lines(&plan, "error["), said, "{}", plan.out);
        let help = ["help: ask the vendor to purge it, or use another schedule name"];
        assert_eq!(lines(&plan, "help:"), help, "{}", plan.out);
    }
}

/// A restore brings back what can be, also where a rule that was deleted keeps its name: the rest of the extension, and what
/// the rule used. Who deletes a rule is told before (FACTS stratus/readings-4).
#[test]
fn a_restore_goes_on_beside_a_name_that_is_taken() {
    let before = "schedules: { night: {}, storm: {} }\nrules: { \"101\": { ring_timeout: 20, order: [{ when: night, forward: { always: { extension: \"102\" } } }, { when: default, forward: { no_answer: { extension: \"102\" } } }] } }\n";
    let after = "rules: { \"101\": { ring_timeout: 30, order: [{ when: default, forward: { no_answer: voicemail } }] } }\n";
    for (reading, lingers) in [("soft-delete:on", true), ("soft-delete:off", false)] {
        let world = world("");
        becomes(&world, reading, before);
        let rules = world.read_state()["answerrules"]["101"].clone();
        becomes(&world, reading, after);
        let files = std::fs::read_dir(world.path(".dialform/restore")).unwrap();
        let file = files.map(|it| it.unwrap().path()).max().unwrap();
        let back = run(&world, reading, &["apply", "--auto-approve", "--restore", file.to_str().unwrap()]);
        // What could not be brought back is no end as if it were.
        let ending = if lingers { Ending::Partial } else { Ending::Fine };
        assert_eq!(back.ending, ending, "{reading}\n{}{}", back.out, back.err);
        let finding = "error[not-restored]: `night` of rules.101 does not come back: a deleted rule keeps its name until the vendor \
                       purges it";
        let said = lines(&back, "error[not-restored]");
        assert_eq!(said, if lingers { vec![finding; said.len().max(1)] } else { vec![] }, "{}", back.out);
        assert!(!back.out.contains("changed after that apply"), "{}", back.out);
        let state = world.read_state();
        assert_eq!(state["users"]["101"]["ring-no-answer-timeout-seconds"], 20, "{reading}");
        let now = &state["answerrules"]["101"];
        let default = |rules: &Value| {
            rules.as_array().unwrap().iter().find(|it| it["time-frame"] == "*").unwrap()["forward-no-answer"]
                .clone()
        };
        assert_eq!(default(now), default(&rules), "{reading}");
        assert_eq!(now.as_array().unwrap().len(), if lingers { 1 } else { 2 }, "{reading} {now}");
    }
}

/// The rule that stands in the place of one whose name is taken, and does the same at the same hours, is all that does it: a restore
/// leaves it and its schedule.
#[test]
fn a_restore_leaves_the_rule_that_stands_in_the_place_of_one_whose_name_is_taken() {
    let before = "schedules: { feast: { dates: [\"2027-01-15\"] }, storm: {} }\nrules: { \"101\": { ring_timeout: 20, order: [{ when: feast, forward: { always: { extension: \"102\" } } }, { when: default, forward: { no_answer: { extension: \"102\" } } }] } }\n";
    let after = before.replace("feast", "late").replace("ring_timeout: 20", "ring_timeout: 30");
    let other = after.replace("always: { extension: \"102\" }", "always: voicemail");
    let gone = format!("{after}absent: {{ schedules: [feast] }}\n");
    let later = gone.replace("2027-01-15", "2027-01-16");
    for (after, stays) in [(&after, true), (&other, false), (&gone, true), (&later, false)] {
        let world = world("");
        becomes(&world, "soft-delete:on", before);
        becomes(&world, "soft-delete:on", after);
        let rules = world.read_state()["answerrules"]["101"].clone();
        let files = std::fs::read_dir(world.path(".dialform/restore")).unwrap();
        let file = files.map(|it| it.unwrap().path()).max().unwrap();
        let back =
            run(&world, "soft-delete:on", &["apply", "--auto-approve", "--restore", file.to_str().unwrap()]);
        assert_eq!(back.ending, Ending::Partial, "{}{}", back.out, back.err);
        let instead = if stays { "; `late` stays in the place of `feast`" } else { "" };
        let finding = format!(
            "error[not-restored]: `feast` of rules.101 does not come back: a deleted rule keeps its name until the vendor purges it\
             {instead}"
        );
        let said = lines(&back, "error[not-restored]");
        assert_eq!(said, vec![finding.as_str(); said.len().max(1)], "{}", back.out);
        let state = world.read_state();
        assert_eq!(state["users"]["101"]["ring-no-answer-timeout-seconds"], 20);
        assert_eq!(state["answerrules"]["101"] == rules, stays, "{after}");
    }
}

/// What a rule holds and no file says is sent along with every change: a server may take away what is not named. What was
/// written in the same step counts, though no read shows it yet (FACTS stratus/readings-5).
#[test]
fn a_change_of_a_rule_takes_nothing_else_of_it_away() {
    let tenant = "rules: { \"102\": { callers: { spam: voicemail }, order: [{ when: default, forward: { no_answer: { extension: \"101\" } } }] } }\n";
    for reading in ["rule-put:whole", "rule-put:merge", "rule-put:whole,visible-after:300ms"] {
        let world = world("");
        becomes(&world, reading, tenant);
        let rule = &world.read_state()["answerrules"]["102"][0];
        let on = |word: &str| json!({ "enabled": "yes", "parameters": [word] });
        assert_eq!(rule["forward-on-dnd"], on("101"), "{reading}");
        assert_eq!(rule["forward-on-spam-call"], on("vmail_102"), "{reading}");
        assert_eq!(rule["forward-no-answer"], on("101"), "{reading}");
    }
}

const NEW_QUEUE: &str = "
queues: { \"420\": { name: Sales, require_agents: true, agents: [\"101\"], failover: { voicemail: \"101\" } } }
diverts: { \"102\": { always: { queue: \"420\" } } }
";

/// A new site: a queue, and what sends calls to it. The queue is made whole, so that extensions and menus reach it, and
/// taken away whole (FACTS stratus/readings-10).
#[test]
fn a_queue_is_made_whole_and_goes_whole() {
    for reading in ["queue-alias:missing", "queue-alias:made"] {
        let world = world(NEW_QUEUE);
        let expected = [
            "POST users",
            "POST dialplans/acme.1.service/dialrules",
            "PUT users/420/answerrules/*",
            "POST callqueues",
            "POST callqueues/420/agents",
            "PUT users/420/answerrules/*",
            "PUT callqueues/420",
            "PUT users/102/answerrules/*",
        ];
        assert_eq!(writes(&world, reading), expected, "{reading}");
        let words = |state: &Value| -> Vec<String> {
            let rules = state["dialrules"].as_array().unwrap().iter();
            rules.map(|rule| rule["dial-rule-matching-to-uri"].as_str().unwrap().to_owned()).collect()
        };
        let state = world.read_state();
        assert_eq!(words(&state).iter().filter(|word| *word == "queue_420").count(), 1, "{reading}");
        let rule = &state["answerrules"]["420"][0];
        assert_eq!(
            rule["forward-always"],
            json!({ "enabled": "yes", "parameters": ["queue_420"] }),
            "{reading}"
        );
        becomes(&world, reading, "diverts: { \"102\": { always: off } }\n");
        becomes(&world, reading, "absent: { queues: [\"420\"] }\n");
        let state = world.read_state();
        assert!(!words(&state).contains(&"queue_420".to_owned()), "{reading}");
        assert!(state["users"]["420"].is_null() && state["callqueues"]["420"].is_null(), "{reading}");
    }
}

/// A queue that is live without its dial rule takes the calls of numbers alone: what would send others there is blocked, and
/// the way out is said.
#[test]
fn a_live_queue_without_a_dial_rule_is_said() {
    let live = format!("{LIVE}dialrules: []\n");
    let world = world("diverts: { \"101\": { always: { queue: \"400\" } } }\nqueues: { \"400\": {} }\n");
    world.write("live/pbx/acme.1.service.yaml", live);
    let plan = run(&world, "", &["plan"]);
    let said = ["error[no-dial-rule]: the dial plan of account `acme.1.service` has no rule `queue_400` yet"];
    assert_eq!((plan.ending, lines(&plan, "error[")), (Ending::Error, said.to_vec()), "{}", plan.out);
    assert!(lines(&plan, "help: save the queue or mailbox once in the portal").len() == 1, "{}", plan.out);
}

/// An agent that the portal has entered as `sip:101@…` is extension 101, unless the files or another row say otherwise; it
/// is changed where it stands (FACTS stratus/readings-11).
#[test]
fn an_extension_that_the_portal_has_entered_is_that_extension() {
    let agents = |list: &str| format!("queues: {{ \"400\": {{ agents: [{list}] }} }}\n");
    let cases = [
        ("{ extension: \"101\", order: 1 }", vec![]),
        ("{ device: \"101\", order: 1 }", vec![]),
        (
            "{ extension: \"101\", order: 1, wrap_up: 5 }",
            vec!["PUT callqueues/400/agents/sip:101@acme.1.service"],
        ),
        (
            "{ extension: \"102\", order: 1 }",
            vec!["POST callqueues/400/agents", "DELETE callqueues/400/agents/sip:101@acme.1.service"],
        ),
        (
            "{ extension: \"101\", order: 1 }, { device: \"101\", order: 2 }",
            vec!["POST callqueues/400/agents", "PUT callqueues/400/agents/sip:101@acme.1.service"],
        ),
    ];
    for (list, expected) in cases {
        let world = world(&agents(list));
        let sent: Vec<String> =
            writes(&world, "").into_iter().map(|it| it.replace("%3A", ":").replace("%40", "@")).collect();
        assert_eq!(sent, expected, "{list}");
        let left = run(&world, "", &["plan", "--detailed-exitcode"]);
        assert_eq!(left.ending, Ending::Fine, "{list}\n{}", left.out);
    }
}

/// Agents may outlive their queue: they are taken out before it goes, and what an earlier one has left behind is said and
/// does not ring in the new one (FACTS stratus/readings-12).
#[test]
fn agents_of_an_earlier_queue_do_not_come_back() {
    for reading in ["orphan-agents:on", "orphan-agents:off"] {
        let world = world(
            "absent: { queues: [\"400\"] }\nnumbers: { \"+12145550100\": { route: { extension: \"101\" } } }\n",
        );
        let applied = apply(&world, reading);
        assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
        let agents = world.read_state()["agents"]["400"].clone();
        assert!(agents.as_object().is_none_or(serde_json::Map::is_empty), "{reading} {agents}");
    }
    for (declared, left) in [("", json!([])), (", agents: [\"102\"]", json!(["102@acme.1.service"]))] {
        let world = world("queues: { \"400\": {} }\n");
        assert_eq!(run(&world, "", &["plan"]).ending, Ending::Fine);
        let mut state = world.read_state();
        state["callqueues"].as_object_mut().unwrap().remove("400");
        std::fs::write(world.state_file(), state.to_string()).unwrap();
        world.tenant(&format!("queues: {{ \"400\": {{ name: New{declared} }} }}\n"));
        let plan = run(&world, "", &["plan"]);
        let note = "note: queues.400: agent `sip:101@acme.1.service` of an earlier queue is still listed; it is not taken over \
                    unless `agents` names it";
        assert_eq!(lines(&plan, "note: queues.400: agent"), [note], "{}", plan.out);
        let applied = apply(&world, "");
        assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
        let state = world.read_state();
        let ids: Vec<&String> = state["agents"]["400"].as_object().unwrap().keys().collect();
        assert_eq!(json!(ids), left, "{declared}");
    }
}

/// Callers are added by number filters. Where rules do not show the lists, the block list is read from there too, and the
/// allow list, which nothing shows, is left to a person's eyes (FACTS stratus/readings-6).
#[test]
fn lists_of_callers_are_written_and_read_where_they_are_shown() {
    let block = "rules: { \"101\": { callers: { block: [\"+12145550177\"], block_anonymous: false } } }\n";
    let less = "rules: { \"101\": { callers: { block: [] } } }\n";
    for reading in ["caller-lists:rule", "caller-lists:filters"] {
        let world = world(block);
        assert_eq!(writes(&world, reading), ["POST users/101/number-filters"], "{reading}");
        becomes(&world, reading, block);
        becomes(&world, reading, less);
        let allow = "rules: { \"101\": { callers: { allow: [\"+12145550177\"] } } }\n";
        world.tenant(allow);
        let plan = run(&world, reading, &["plan", "--format", "json"]);
        let plan: Value = serde_json::from_str(&plan.out).unwrap();
        let tenant = &plan["tenants"][0];
        let unseen = tenant["unverifiable"][0]["fields"][0]["field"].as_str();
        let steps = tenant["steps"].as_array().map_or(0, Vec::len);
        // The list that was blocked before shows that rules show their lists.
        let expected = if reading == "caller-lists:rule" { (None, 1) } else { (Some("callers.allow"), 0) };
        // Who looks for it is told where, and what there should be.
        let page = tenant["unverifiable"][0]["instructions"].to_string();
        assert_eq!(page.contains("2145550177"), unseen.is_some(), "{page}");
        assert_eq!((unseen, steps), expected, "{reading} {tenant:#}");
    }
}

/// A number is addressed by the key under which it is listed (FACTS stratus/readings-7).
#[test]
fn a_number_is_addressed_as_it_is_listed() {
    for (reading, key) in [("number-keys:10", "2145550100"), ("number-keys:11", "12145550100")] {
        let world = world("numbers: { \"+12145550100\": { label: Changed } }\n");
        assert_eq!(writes(&world, reading), [format!("PUT phonenumbers/{key}")], "{reading}");
        let number = &world.read_state()["phonenumbers"]["12145550100"];
        assert_eq!(number["dial-rule-description"], "Changed", "{reading}");
        assert_eq!(number["dial-rule-translation-destination-user"], "400", "{reading}");
    }
}

/// The rules of a queue's own user lead calls into the queue. As rules or forwards of a person they are refused, whatever is said of
/// them: a forward of the queue is a field of the queue, where a plan says what callers notice.
#[test]
fn the_way_into_a_queue_is_not_taken_away() {
    let rules = [
        "ring_timeout: 30",
        "callers: { block_anonymous: true }",
        "order: []",
        "order: [{ when: night, forward: { always: { number: \"+19725550199\" } } }, { when: default, forward: { always: { voicemail: \"101\" } } }]",
    ]
    .map(|it| ("rules", it));
    let diverts =
        ["always: off", "always: { voicemail: \"101\" }", "unreachable: { number: \"+19725550199\" }"]
            .map(|it| ("diverts", it));
    for (section, body) in rules.into_iter().chain(diverts) {
        let world = world(&format!("schedules: {{ night: {{}} }}\n{section}: {{ \"400\": {{ {body} }} }}\n"));
        let refused = apply(&world, "");
        assert_eq!(refused.ending, Ending::Error, "{body}\n{}{}", refused.out, refused.err);
        let plan = run(&world, "", &["plan"]);
        let said =
            ["error[queue-extension]: extension `400` is a queue's own: its rules lead calls into the queue"];
        assert_eq!(lines(&plan, "error["), said, "{body}\n{}{}", plan.out, plan.err);
    }
}

/// A list of time frames may leave out weekly hours, also of a frame that shows its dates: hours that were not read would be
/// written away with a new date, for good. They are read before anything is planned or written (FACTS stratus/readings-14).
#[test]
fn weekly_hours_that_a_list_leaves_out_are_not_lost() {
    const HOURS: &str = r#"timeframe-days-of-week-array: [{ timeframe-weekly-monday-begin-time-1: "0900", timeframe-weekly-monday-end-time-1: "1700", timeframe-recurrence-type: weekly, timeframe-recurrence-begin-date: "20200101", timeframe-recurrence-end-option: never }], timeframe-specific-dates-array: [{ timeframe-specific-dates-begin-date: "20270101", timeframe-specific-dates-begin-time: "0000", timeframe-specific-dates-end-date: "20270101", timeframe-specific-dates-end-time: "2359", timeframe-recurrence-type: doesNotRecur }]"#;
    let of_all = format!("{LIVE}  - {{ timeframe-name: open, timeframe-type: custom, {HOURS} }}\n")
        .replace("carrier: []\n", "");
    let of_one = LIVE.replace(
        "{ user: \"101\" }",
        &format!(
            "{{ user: \"101\", timeframes: [{{ timeframe-name: open, timeframe-type: custom, {HOURS} }}] }}"
        ),
    );
    type Frame = fn(&Value) -> Value;
    let all: Frame = |state| state["timeframes"]["open"].clone();
    let one: Frame = |state| state["user-timeframes"]["101"]["open"].clone();
    let cases = [(&of_all, "", all), (&of_one, "extension: \"101\", ", one)];
    for reading in ["frame-lists:no-week", "frame-lists:bare"] {
        for (live, owner, frame) in &cases {
            let world = world("");
            world.write("live/pbx/acme.1.service.yaml", live);
            let week = |state: &Value| {
                state["timeframe-days-of-week-array"][0]["timeframe-weekly-monday-begin-time-1"].clone()
            };
            becomes(
                &world,
                reading,
                &format!("schedules: {{ open: {{ {owner}dates: [\"2027-01-01\", \"2027-01-02\"] }} }}\n"),
            );
            let frame = frame(&world.read_state());
            assert_eq!(week(&frame), "0900", "{reading} {frame:#}");
            assert_eq!(
                frame["timeframe-specific-dates-array"].as_array().unwrap().len(),
                2,
                "{reading} {frame:#}"
            );
        }
    }
}

/// The same hours decide where calls go, also those of a schedule that no file has: taken for closed, it would be said that calls
/// go elsewhere all day (FACTS stratus/readings-14).
#[test]
fn what_callers_notice_goes_by_hours_that_a_list_leaves_out() {
    const HOURS: &str = "[{ timeframe-weekly-monday-begin-time-1: \"0900\", timeframe-weekly-monday-end-time-1: \"1700\", timeframe-recurrence-type: weekly, timeframe-recurrence-begin-date: \"20200101\", timeframe-recurrence-end-option: never }]";
    let rules = "answerrules: [{ time-frame: open, enabled: \"yes\", forward-always: { enabled: \"yes\", parameters: [\"101\"] } }, { time-frame: \"*\"";
    let frame = format!(
        "  - {{ timeframe-name: open, timeframe-type: days-of-week, timeframe-days-of-week-array: {HOURS} }}\n"
    );
    let live = LIVE
        .replace("answerrules: [{ time-frame: \"*\", forward-on-dnd", &format!("{rules}, forward-on-dnd"))
        .replace("carrier: []\n", "");
    let live = format!("{live}{frame}");
    let notice = |reading: &str| {
        let world = world("numbers: { \"+12145550100\": { route: { extension: \"102\" } } }\n");
        world.write("live/pbx/acme.1.service.yaml", &live);
        let plan = run(&world, reading, &["plan"]);
        assert_eq!(plan.ending, Ending::Fine, "{reading}\n{}{}", plan.out, plan.err);
        plan.out.split("\n\n").next().unwrap().to_owned()
    };
    let whole = notice("frame-lists:whole");
    assert!(whole.contains("Monday"), "{whole}");
    for reading in ["frame-lists:no-week", "frame-lists:bare"] {
        assert_eq!(notice(reading), whole, "{reading}");
    }
}

/// A type in another case is that type: a frame is written as what it is, and not turned into a custom one, from which there
/// is no way back (FACTS stratus/readings-15).
#[test]
fn a_frame_keeps_its_type_however_the_type_is_cased() {
    const HOURS: &str = "[{ timeframe-weekly-monday-begin-time-1: \"0900\", timeframe-weekly-monday-end-time-1: \"1700\", timeframe-recurrence-type: weekly, timeframe-recurrence-begin-date: \"20200101\", timeframe-recurrence-end-option: never }]";
    let live = LIVE.replace(
        "timeframes:\n",
        &format!("timeframes:\n  - {{ timeframe-name: open, timeframe-type: days-of-week, timeframe-days-of-week-array: {HOURS} }}\n"),
    );
    for reading in ["scalars:typed", "scalars:words"] {
        let world = world("");
        world.write("live/pbx/acme.1.service.yaml", &live);
        becomes(
            &world,
            reading,
            "schedules: { open: { weekly: { mon: [\"09:00-18:00\"] } }, night: { dates: [\"2027-01-02\"] } }\n",
        );
        let state = world.read_state();
        assert_eq!(state["timeframes"]["open"]["timeframe-type"], "days-of-week", "{reading}");
        // Always active, and a day beside: it stays active.
        let night = &state["timeframes"]["night"];
        assert_eq!(night["timeframe-type"], "custom", "{reading}");
        let week = &night["timeframe-days-of-week-array"][0];
        assert_eq!(week["timeframe-weekly-sunday-begin-time-1"], "0000", "{reading} {night:#}");
    }
}

/// A frame without entries is active always or never, and only its type says which: one whose type means nothing is neither
/// planned nor written (FACTS stratus/readings-15).
#[test]
fn a_frame_of_no_type_and_without_entries_stays_as_it_is() {
    for (shown, said) in [(json!("seasonal"), "seasonal"), (json!(null), "no type"), (json!(""), "no type")] {
        for (field, message) in [
            (
                "dates: [\"2027-01-02\"]",
                format!("the type of schedule `night` is `{said}`, which is not understood"),
            ),
            (
                "weekly: { mon: [\"09:00-18:00\"] }",
                format!("the live `weekly` of schedules.night is `{said}`, which is not understood"),
            ),
        ] {
            let world = world(&format!("schedules: {{ night: {{ {field} }} }}\n"));
            run(&world, "", &["plan"]);
            let mut state = world.read_state();
            state["timeframes"]["night"]["timeframe-type"] = shown.clone();
            std::fs::write(world.state_file(), state.to_string()).unwrap();
            let before = world.state();
            let refused = apply(&world, "");
            assert_eq!(refused.ending, Ending::Error, "{field}\n{}{}", refused.out, refused.err);
            assert_eq!(world.state(), before);
            let plan = run(&world, "", &["plan"]);
            assert_eq!(
                lines(&plan, "error["),
                [format!("error[unreadable-value]: {message}")],
                "{}",
                plan.out
            );
        }
    }
}

/// What a server shows in a form of its own is written in the documented one, also when a restore brings it back: flags, numbers,
/// days and times (FACTS stratus/readings-15).
#[test]
fn what_is_shown_in_another_form_is_written_in_the_documented_one() {
    const DATES: &str = "[{ timeframe-specific-dates-begin-date: \"20270101\", timeframe-specific-dates-begin-time: \"0900\", timeframe-specific-dates-end-date: \"20270101\", timeframe-specific-dates-end-time: \"1200\", timeframe-recurrence-type: doesNotRecur }]";
    let live = LIVE
        .replace("{ callqueue-agent-id: \"sip:101@acme.1.service\", ordinal-order: 1 }", "{ callqueue-agent-id: 101@acme.1.service, ordinal-order: 1, callqueue-agent-wrap-up-allowance-seconds: 5, auto_ans: \"yes\" }, { callqueue-agent-id: 102@acme.1.service, ordinal-order: 2 }")
        .replace("timeframes:\n", &format!("timeframes:\n  - {{ timeframe-name: open, timeframe-type: specific-dates, timeframe-specific-dates-array: {DATES} }}\n"));
    let tenant = "schedules: { open: { dates: [\"2027-01-01T09:00..2027-01-01T12:00\", \"2027-01-02\"] } }\nnumbers: { \"+12145550100\": { route: { extension: \"101\" } } }\nqueues: { \"400\": { agents: [{ extension: \"102\", order: 2 }] } }\n";
    for reading in ["scalars:typed", "scalars:words"] {
        let world = world("");
        world.write("live/pbx/acme.1.service.yaml", &live);
        assert_eq!(run(&world, reading, &["plan"]).ending, Ending::Fine);
        let before = world.read_state();
        becomes(&world, reading, tenant);
        let files = std::fs::read_dir(world.path(".dialform/restore")).unwrap();
        let file = files.map(|it| it.unwrap().path()).max().unwrap();
        let back = run(&world, reading, &["apply", "--auto-approve", "--restore", file.to_str().unwrap()]);
        assert_eq!(back.ending, Ending::Fine, "{reading}\n{}{}", back.out, back.err);
        let after = world.read_state();
        for part in ["agents", "phonenumbers", "callqueues"] {
            assert_eq!(after[part], before[part], "{reading}");
        }
        let times = |state: &Value| {
            state["timeframes"]["open"]["timeframe-specific-dates-array"][0]["timeframe-specific-dates-begin-time"].clone()
        };
        assert_eq!(times(&after), "0900", "{reading}");
    }
}

/// Number filters have a row of each rule, and some builds lack the path: the list of another rule is not the block list, and one
/// that is nowhere shown is not empty, but left to a person's eyes (FACTS stratus/readings-6).
#[test]
fn a_block_list_is_that_of_the_default_rule_or_not_seen() {
    let live = LIVE.replace(
        "{ user: \"101\" }",
        "{ user: \"101\", answerrules: [{ time-frame: night }, { time-frame: \"*\", phone-numbers-to-reject: { parameters: [\"2145550181\"] } }] }",
    );
    let tenant = "rules: { \"101\": { callers: { block: [], block_anonymous: false } } }\n";
    for (reading, unseen, steps) in [
        ("caller-lists:rule", vec![], 1),
        ("caller-lists:filters", vec![], 1),
        ("caller-lists:hidden", vec!["callers.block", "callers.block_anonymous"], 0),
    ] {
        let world = world(tenant);
        world.write("live/pbx/acme.1.service.yaml", &live);
        let plan = run(&world, reading, &["plan", "--format", "json"]);
        let plan: Value = serde_json::from_str(&plan.out).unwrap();
        let tenant = &plan["tenants"][0];
        let fields = tenant["unverifiable"][0]["fields"].as_array().cloned().unwrap_or_default();
        let fields: Vec<&str> = fields.iter().map(|field| field["field"].as_str().unwrap()).collect();
        assert_eq!(fields, unseen, "{reading} {tenant:#}");
        assert_eq!(tenant["steps"].as_array().map_or(0, Vec::len), steps, "{reading} {tenant:#}");
    }
}

/// Where nothing shows the block list, callers without a number are let in or not by a flag as well: to switch it on takes no look at
/// the list (FACTS stratus/readings-6). Not planned, they would ring for good.
#[test]
fn callers_without_a_number_are_blocked_also_where_the_list_is_not_seen() {
    let world = world("");
    becomes(&world, "caller-lists:hidden", "rules: { \"101\": { callers: { block_anonymous: true } } }\n");
    assert_eq!(world.read_state()["users"]["101"]["reject-anonymous-calls-enabled"], "yes");
    let files = std::fs::read_dir(world.path(".dialform/restore")).unwrap();
    let file = files.map(|it| it.unwrap().path()).max().unwrap();
    let restore = ["apply", "--auto-approve", "--restore", file.to_str().unwrap()];
    let back = run(&world, "caller-lists:hidden", &restore);
    assert_eq!(back.ending, Ending::Fine, "{}{}", back.out, back.err);
    assert_eq!(world.read_state()["users"]["101"]["reject-anonymous-calls-enabled"], "no");
}

/// A block list that is off keeps what nobody has planned to take out of it, and who switches it on is told before what no restore
/// brings back: the list itself, off and with its numbers.
#[test]
fn what_a_block_list_holds_while_it_is_off_is_not_lost_unseen() {
    let list = "phone-numbers-to-reject: { enabled: \"no\", parameters: [\"2145550181\", anonymous] }";
    let user = "reject-anonymous-calls-enabled: \"yes\"";
    let live = LIVE.replace(
        "{ user: \"101\" }",
        &format!("{{ user: \"101\", {user}, answerrules: [{{ time-frame: \"*\", {list} }}] }}"),
    );
    let lost = ["no way back with --restore: the numbers that the block list holds while it is off"];
    for reading in ["caller-lists:rule", "caller-lists:filters"] {
        let world = world("");
        world.write("live/pbx/acme.1.service.yaml", &live);
        becomes(&world, reading, "rules: { \"101\": { callers: { block_anonymous: false } } }\n");
        let rule = &world.read_state()["answerrules"]["101"][0]["phone-numbers-to-reject"];
        assert_eq!(rule["parameters"], serde_json::json!(["2145550181", "anonymous"]), "{reading}");
        world.tenant(
            "rules: { \"101\": { callers: { block: [\"+12145550181\"], block_anonymous: true } } }\n",
        );
        let plan = run(&world, reading, &["plan"]);
        assert_eq!(lines(&plan, "no way back"), lost, "{reading}\n{}{}", plan.out, plan.err);
    }
}

/// A list may know neither `start` nor `limit`, whatever its length: one of ten, sixteen or twenty rows is no part of a longer one.
/// One of the hundred to which servers cut by themselves may be (FACTS stratus/lists-8).
#[test]
fn a_list_that_takes_no_parameters_is_whole_at_any_length() {
    for (count, ending) in [(10, Ending::Fine), (11, Ending::Fine), (16, Ending::Fine), (100, Ending::Error)]
    {
        // Two are there already.
        let frames: String =
            (2..count).map(|n| format!("  - {{ timeframe-name: F{n}, timeframe-type: always }}\n")).collect();
        let world = world("numbers: { \"+12145550100\": { label: Main } }\n");
        world.write("live/pbx/acme.1.service.yaml", format!("{LIVE}{frames}").replace("carrier: []\n", ""));
        let plan = run(&world, "paging:declared", &["plan"]);
        assert_eq!(plan.ending, ending, "{count}\n{}{}", plan.out, plan.err);
    }
}

/// That it takes none is found out once in a run, and not by every step that reads the list again.
#[test]
fn a_list_that_takes_no_parameters_is_found_out_once() {
    let frames: String = (2..10)
        .map(|n| format!("  - {{ timeframe-name: F{n}, timeframe-type: specific-dates }}\n"))
        .collect();
    let world = world("schedules: { F2: { dates: [\"2027-12-24\"] }, F3: { dates: [\"2027-12-24\"] } }\n");
    world.write("live/pbx/acme.1.service.yaml", format!("{LIVE}{frames}").replace("carrier: []\n", ""));
    assert_eq!(writes(&world, "paging:declared").len(), 2);
    let traffic = world.traffic();
    let queries = traffic.iter().map(|it| it["query"].as_str().unwrap());
    assert_eq!(queries.filter(|query| query.ends_with("limit=1")).count(), 1);
}
