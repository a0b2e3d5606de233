//! What an account holds that no file can say, and that calls go by: mailboxes that are off, and where Do not disturb leads.
//! Sentences, traces and circles go by what was read of it, as the notes of a plan do.

use crate::world::World;
use dialform::error::Ending;

const LIVE: &str = r#"
domain: { domain: acme.1.service, time-zone: US/Central }
users:
  - { user: "101" }
  - { user: "102", answerrules: [{ time-frame: "*", forward-on-dnd: { enabled: yes, parameters: ["ON-DND"] } }] }
  - { user: "104", voicemail-enabled: no }
  - { user: "105", voicemail-enabled: no }
phonenumbers:
  - { phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
  - { phonenumber: "12145550101", dial-rule-application: to-voicemail, dial-rule-translation-destination-user: "104" }
"#;

fn world(tenant: &str, on_dnd: &str) -> World {
    let world = World::new(tenant);
    world.write("live/pbx/acme.1.service.yaml", LIVE.replace("ON-DND", on_dnd));
    world
}

fn dnd(extension: &str) -> String {
    format!("rules: {{ \"{extension}\": {{ order: [{{ when: default, do_not_disturb: true }}] }} }}")
}

/// A note of the plan knew where callers go, and the sentence above it and the trace sent them to a mailbox.
#[test]
fn calls_go_where_the_account_sends_them() {
    let cases = [
        (
            dnd("102"),
            "Calls to extension 102 now go to +1 972 555 0199; ",
            "102",
            "102 is not to be disturbed (rule `default`): to +1 972 555 0199",
        ),
        (
            dnd("101"),
            "Calls to ",
            "101",
            "101 is not to be disturbed (rule `default`): to the mailbox of 101",
        ),
        (
            "numbers: { \"+12145550100\": { route: { voicemail: \"104\" } } }".to_owned(),
            "Calls to +1 214 555 0100 now end: the mailbox is off; ",
            "+12145550100",
            "the call ends: the mailbox is off",
        ),
        (dnd("104"), "Calls to extension 104 now get a busy tone; ", "104", "the caller hears a busy tone"),
    ];
    for (tenant, told, called, traced) in cases {
        let world = world(&tenant, "19725550199");
        let plan = world.run(&["plan"]);
        assert!(plan.out.contains(told), "{tenant}: {}{}", plan.out, plan.err);
        let trace = world.run(&["trace", &format!("acme/{called}")]);
        assert!(trace.out.contains(traced), "{tenant}: {}{}", trace.out, trace.err);
    }
}

/// Of two mailboxes that are off calls end alike, until somebody switches one on: a change from one to the other is no cosmetic one.
#[test]
fn a_mailbox_that_is_off_may_be_switched_on() {
    let world = world("numbers: { \"+12145550101\": { route: { voicemail: \"105\" } } }", "19725550199");
    let plan = world.run(&["plan"]).out;
    assert!(plan.contains("~ numbers.+12145550101  callers notice"), "{plan}");
    let told = "Once the mailbox is on, calls to +1 214 555 0101 now go to voicemail 105; they went to voicemail 104.";
    assert!(plan.contains(told), "{plan}");
}

/// A circle may close where no pointer of a file or an object leads: it is as critical as any.
#[test]
fn a_circle_by_do_not_disturb_is_found() {
    let tenant = format!("{}\ndiverts: {{ \"101\": {{ always: {{ extension: \"102\" }} }} }}", dnd("102"));
    let world = world(&tenant, "101");
    let plan = world.run(&["plan"]);
    let said = format!("{}{}", plan.out, plan.err);
    assert!(said.contains("error[divert-loop]"), "{said}");
    assert!(said.contains("critical: every call goes in a circle"), "{said}");
    let check = world.run(&["check", "--calls"]);
    assert!(
        format!("{}{}", check.out, check.err).contains("error[divert-loop]"),
        "{}{}",
        check.out,
        check.err
    );
}

/// Of an account without extension 107, where a number, a mailbox, a rule and a queue still lead to it.
const DEPARTED: &str = r#"
domain: { domain: acme.1.service, time-zone: US/Central }
users:
  - { user: "101", answerrules: [{ time-frame: "*", simultaneous-ring: { enabled: yes, parameters: ["107"] } }] }
  - { user: "102" }
  - { user: "103", answerrules: [{ time-frame: "*", forward-always: { enabled: yes, parameters: ["107"] } }] }
  - { user: "400", service-code: system-queue, answerrules: [{ time-frame: "*", forward-always: { enabled: yes, parameters: ["queue_400"] } }] }
phonenumbers:
  - { phonenumber: "12145550101", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }
  - { phonenumber: "12145550102", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "102" }
  - { phonenumber: "12145550103", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "103" }
  - { phonenumber: "12145550107", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "107" }
  - { phonenumber: "12145550108", dial-rule-application: to-voicemail, dial-rule-translation-destination-user: "107" }
  - { phonenumber: "12145550109", dial-rule-application: to-callqueue, dial-rule-translation-destination-user: "400" }
callqueues:
  - callqueue: "400"
    callqueue-dispatch-type: Ring All
    callqueue-agent-dispatch-timeout-seconds: 20
    agents: [{ callqueue-agent-id: 107@acme.1.service }]
"#;

fn departed(tenant: &str) -> World {
    let world = World::new(tenant);
    world.write("live/pbx/acme.1.service.yaml", DEPARTED);
    world
}

/// The plan said that calls to an extension which the account does not have are lost, and a trace had it ring, and somebody
/// answer. An extension that is there, and of which nothing is set, rings as ever.
#[test]
fn an_extension_that_is_not_there_does_not_ring() {
    let lost = "the call is lost: the account does not have extension 107";
    let cases = [
        ("+12145550107", lost),
        ("+12145550108", lost),
        ("+12145550103", lost),
        ("acme/107", lost),
        ("+12145550101", "the caller reaches the mailbox of 101"),
        ("+12145550109", "the caller waits in queue 400 until giving up"),
        ("+12145550102", "somebody answers at 102"),
        ("acme/102", "somebody answers at 102"),
    ];
    let world = departed("numbers: { \"+12145550107\": { label: Ben } }");
    for (called, told) in cases {
        let trace = world.run(&["trace", called, "--given", "everybody=answers@5"]);
        assert!(trace.out.contains(told), "{called}: {}{}", trace.out, trace.err);
        assert!(!trace.out.contains("107 rings"), "{called}: {}", trace.out);
    }
    let given = world.run(&["trace", "+12145550103", "--given", "107=answers@5,103=offline"]).err;
    assert_eq!(
        given.trim(),
        "warning[beside-the-call]: `--given 107=answers@5` changes nothing: the account does not have `107`",
    );
    let plan = world.run(&["plan"]).out;
    assert!(plan.contains("extension 107, which account `acme.1.service` does not have"), "{plan}");
    // Nothing of the account is read: what the files do not say is not known.
    let base = (*world).run(&["trace", "+12145550107"]);
    assert!(base.out.contains("what follows is not known"), "{}{}", base.out, base.err);
}

/// The same of what holds, of what an outage changes, of every call, and of a picture.
#[test]
fn what_is_asked_of_it_is_told() {
    let world = departed("numbers: { \"+12145550107\": { label: Ben } }");
    let test = |end: &str| {
        world.write(
            "tests/ben.yaml",
            format!(
                "tests:\n  - name: ben\n    call: \"+12145550107\"\n    given: {{ everybody: answers@5 }}\n    expect: {{ {end} }}\n"
            ),
        );
        let done = world.run(&["test", "--on", "live"]);
        (done.ending, format!("{}{}", done.out, done.err))
    };
    for (end, holds) in
        [("end: answered 107", false), ("never: dropped", false), ("end: unknown extension 107", true)]
    {
        let (ending, said) = test(end);
        assert_eq!(ending == Ending::Fine, holds, "{end}: {said}");
        assert_eq!(said.contains("the call is lost, as the account does not have that"), !holds, "{said}");
    }
    for (line, told) in [
        ("drill --extensions 101", "+1 214 555 0107  as usual   the call is lost"),
        ("drill --platform-down", "+1 214 555 0107  lost "),
        ("check --calls", "reaches nobody: the call is lost: the account does not have extension 107"),
        ("graph +12145550107", "the account does not have it"),
    ] {
        let done = world.run(&line.split(' ').collect::<Vec<_>>());
        let said = format!("{}{}", done.out, done.err);
        assert!(said.contains(told), "{line}: {said}");
    }
}

/// The user of a queue is there also where the queue is not: a call to it was told as lost, for "the account does not have it".
#[test]
fn the_user_of_a_queue_that_is_gone_is_nobody_known() {
    let live = DEPARTED
        .replace(
            "  - { user: \"102\" }",
            "  - { user: \"102\" }\n  - { user: \"401\", service-code: system-queue }",
        )
        .replace(
            "translation-destination-user: \"107\" }\n  - { phonenumber: \"12145550109",
            "translation-destination-user: \"401\" }\n  - { phonenumber: \"12145550109",
        );
    let world = World::new("numbers: { \"+12145550102\": { label: Front desk } }");
    world.write("live/pbx/acme.1.service.yaml", &live);
    let unknown = "the phone system does not say what extension 401 is";
    for (line, told) in [
        ("trace +12145550108", unknown),
        ("graph +12145550108", "the phone system does not say what it is"),
        ("drill --extensions 101", "+1 214 555 0108  not known"),
    ] {
        let done = world.run(&line.split(' ').collect::<Vec<_>>());
        let said = format!("{}{}", done.out, done.err);
        assert!(said.contains(told), "{line}: {said}");
        assert!(
            !said.contains("the call is lost: the account does not have extension 401"),
            "{line}: {said}"
        );
        assert!(!said.contains("401 rings"), "{line}: {said}");
    }
}

/// The sentences of a plan said of it that nothing is known.
#[test]
fn a_plan_says_that_calls_were_lost() {
    let world =
        departed("numbers: { \"+12145550107\": { route: { extension: \"101\" } } }\nrules: { \"101\": {} }");
    let plan = world.run(&["plan"]);
    let told = "they were lost: the account does not have extension 107";
    assert!(plan.out.contains(told), "{}{}", plan.out, plan.err);
    let world = departed("numbers: { \"+12145550102\": { route: { extension: \"107\" } } }");
    let plan = world.run(&["plan"]);
    let said = format!("{}{}", plan.out, plan.err);
    assert!(said.contains("error[no-such-extension]") && said.contains("not planned"), "{said}");
}

/// Extensions may have letters: `107a` that is there, and its device `107am`, counted as phones of a 107 that is gone, or not,
/// by which of them a list named last. What is of nobody counts as before.
#[test]
fn an_extension_with_letters_is_there() {
    let lettered = DEPARTED.replace("  - { user: \"102\" }", "  - { user: \"102\" }\n  - { user: \"107a\" }");
    let all = ["{ device: \"107am\" }", "{ device: \"107a\" }", "{ extension: \"107a\" }"];
    for turned in 0..all.len() {
        let mut phones = all;
        phones.rotate_left(turned);
        let also = phones.join(", ");
        let world = World::new(&format!(
            "rules: {{ \"101\": {{ order: [{{ when: default, ring: {{ simultaneous: {{ also: [{also}] }} }} }}] }} }}\n\
             queues: {{ \"400\": {{ agents: [\"102\", {{ device: \"107am\" }}] }} }}"
        ));
        world.write("live/pbx/acme.1.service.yaml", &lettered);
        let plan = world.run(&["plan"]).out;
        let told = "Calls to +1 214 555 0101 and extension 101 now ring 107am and 107a for 25 s, then go to voicemail 101";
        assert!(plan.contains(told), "{plan}");
        assert!(plan.contains("now ring queue 400 at 102 and 107am for 20 s"), "{plan}");
        assert!(!plan.contains("rules.101: the Default rule, `ring.simultaneous.also`"), "{plan}");
        assert!(!plan.contains("queues.400: `agents` still leads"), "{plan}");
    }
    // Nobody has 107, nor anything that begins with it.
    let world = departed(
        "rules: { \"101\": { order: [{ when: default, ring: { simultaneous: { also: [{ device: \"107am\" }] } } }] } }",
    );
    let trace = world.run(&["trace", "acme/101", "--given", "everybody=answers@5"]);
    assert!(!trace.out.contains("107am rings"), "{}{}", trace.out, trace.err);
    let plan = world.run(&["plan"]).out;
    assert!(plan.contains("extension 107, which account `acme.1.service` does not have"), "{plan}");
}

/// A queue that the files use as it is was "neither declared here nor read", and so was one that was looked for and is not there.
#[test]
fn a_queue_is_told_as_far_as_it_is_known() {
    let world =
        departed("queues: { \"400\": {} }\nnumbers: { \"+12145550109\": { route: { queue: \"400\" } } }");
    let is_of_user = |line: &&str| line.contains("user: \"400\", service-code");
    let gone: String =
        DEPARTED.lines().filter(|line| !is_of_user(line)).map(|line| format!("{line}\n")).collect();
    let gone = gone.replace("callqueue: \"400\"", "callqueue: \"401\"");
    for (live, line, told) in [
        (DEPARTED, "trace +12145550109", "queue 400 is used as it is live, which was not read"),
        (DEPARTED, "graph +12145550109", "used as it is live, not read"),
        (DEPARTED, "trace +12145550109 --sandbox", "the caller waits in queue 400"),
        (&gone, "trace +12145550109 --sandbox", "the call is lost: the account does not have queue 400"),
        (
            &gone,
            "test tests/queue.yaml --on live --sandbox",
            "the call is lost, as the account does not have that",
        ),
    ] {
        // What was live before is remembered.
        let _ = std::fs::remove_dir_all(world.path(".dialform"));
        world.write("live/pbx/acme.1.service.yaml", live);
        world.write(
            "tests/queue.yaml",
            "tests: [{ name: x, call: \"+12145550109\", expect: { end: waits 400 } }]\n",
        );
        let done = (*world).run(&line.split(' ').collect::<Vec<_>>());
        let said = format!("{}{}", done.out, done.err);
        assert!(said.contains(told), "{line}: {said}");
        assert!(!said.contains("neither declared"), "{line}: {said}");
    }
}
