//! Deskphone: a dashboard that people change meanwhile, and that may take a day to show what it accepted.

use crate::{
    workspace::outcome,
    world::{System, World},
};
use dialform::error::Ending;
use serde_json::Value;

const BRIDGE: System = System {
    provider: r#"
    kind: deskphone
    url: http://127.0.0.1:1/v1
    token: { env: NOT_NEEDED }
    limits: { requests_per_second: 1000, settle: 1, retries: 1 }"#,
    account: "harbour",
    live: r#"
people:
  - { extension: "2001", name: Reception, busy: voicemail, always: { number: "447700900123" } }
  - { extension: "2002", name: Partner }
"#,
};

const WANTED: &str = r#"diverts: { "2001": { busy: { extension: "2002" }, no_answer: voicemail } }"#;

fn document(world: &World, extension: &str) -> Value {
    let state: Value = serde_json::from_str(&world.state()).unwrap();
    state["people"][extension]["document"].clone()
}

/// Somebody in the dashboard sets the divert when busy.
fn in_the_dashboard(world: &World, destination: &str) {
    let mut state: Value = serde_json::from_str(&world.state()).unwrap();
    let busy = &mut state["people"]["2001"]["document"]["callForwarding"]["busy"];
    busy["destination"] = destination.into();
    busy["destinationVoicemailEnabled"] = false.into();
    std::fs::write(world.state_file(), state.to_string()).unwrap();
}

/// The acceptance line on a change between plan and apply. The approved plan is stale then, and so is one that was
/// approved without a digest: the step stops, says both values, and the document keeps what people put there.
#[test]
fn what_somebody_changed_meanwhile_is_not_overwritten() {
    let world = World::on(&BRIDGE, WANTED);
    let plan = world.path("plan.json");
    assert_eq!(world.run(&["plan", "--out", plan.to_str().unwrap()]).ending, Ending::Fine);
    in_the_dashboard(&world, "447700900999");
    let stale = world.run(&["apply", plan.to_str().unwrap()]);
    assert_eq!(stale.ending, Ending::Refused, "{}{}", stale.out, stale.err);

    // Between the last look and the write: the server says that it is another document.
    let world = World::on(&BRIDGE, WANTED);
    let fault = "meddle:on,visible-after:0ms";
    let applied = world.run(&["apply", "--auto-approve", "--format", "json", "--fault", fault]);
    assert_eq!(applied.ending, Ending::Partial, "{}{}", applied.out, applied.err);
    let outcome = outcome(&applied.out).unwrap();
    let step = &outcome["steps"][0];
    assert_eq!(
        (step["status"].as_str().unwrap(), step["detail"].as_str().unwrap()),
        (
            "failed",
            "changing diverts.2001: `busy` was \"voicemail\" and is {\"number\":\"+447700900999\"} now"
        )
    );
    let now = document(&world, "2001");
    assert_eq!(now["callForwarding"]["busy"]["destination"], "447700900999");
    assert_eq!(now["callForwarding"]["noAnswer"]["enabled"], false, "nothing of the step was written");
    assert_eq!(now["callForwarding"]["always"]["destination"], "447700900123");
}

/// A bridge without tags cannot tell; what was read right before the write is compared, and unmanaged diverts go back as
/// they were read.
#[test]
fn only_the_planned_conditions_are_written() {
    for fault in [
        "visible-after:0ms",
        "no-etag:on,visible-after:0ms",
        "bare-destination:on,people-page:1,visible-after:0ms",
    ] {
        let world = World::on(&BRIDGE, WANTED);
        let before = world.run(&["plan"]);
        assert_eq!(before.ending, Ending::Fine);
        let untouched = document(&world, "2002");
        let applied = world.run(&["apply", "--auto-approve", "--fault", fault]);
        assert_eq!(applied.ending, Ending::Fine, "{fault}: {}{}", applied.out, applied.err);
        let now = document(&world, "2001");
        assert_eq!(now["callForwarding"]["always"]["destination"], "447700900123", "{fault}");
        assert_eq!(now["callForwarding"]["busy"]["destination"], "2002", "{fault}");
        assert_eq!(now["callForwarding"]["noAnswer"]["numberOfRings"], 3, "{fault}");
        assert_eq!(document(&world, "2002"), untouched, "{fault}");
        assert_eq!(world.run(&["plan", "--detailed-exitcode"]).ending, Ending::Fine, "{fault}");
    }
}

/// The acceptance line on propagation: waiting long enough it is done, not waiting it is accepted, which is no failure
/// and no success either: the next plan shows it again, and sending it again changes nothing.
#[test]
fn a_slow_dashboard_is_waited_for_or_said_to_be_slow() {
    let slow = ["--fault", "visible-after:3s"];
    let world = World::on(&BRIDGE, WANTED);
    let done = world.run(&[&["apply", "--auto-approve", "--wait", "10s"], &slow[..]].concat());
    assert_eq!(done.ending, Ending::Fine, "{}{}", done.out, done.err);
    assert!(done.out.contains("done      acme/diverts.2001\n"), "{}", done.out);

    let world = World::on(&BRIDGE, WANTED);
    let accepted = world.run(&[&["apply", "--auto-approve"], &slow[..]].concat());
    assert_eq!(accepted.ending, Ending::Fine, "{}{}", accepted.out, accepted.err);
    let said = "accepted  acme/diverts.2001: accepted, not yet visible: `busy` still reads \"voicemail\", `no_answer` still \
                reads \"off\"\n";
    assert!(accepted.out.contains(said), "{}", accepted.out);
    assert!(accepted.out.contains("Applied: 0 of 1 done, 1 accepted: Deskphone may take up to 24 hours, longer outside office hours."), "{}", accepted.out);

    assert_eq!(
        world.run(&[&["apply", "--auto-approve", "--wait", "soon"], &slow[..]].concat()).ending,
        Ending::Error
    );
}

/// Without a bridge nothing is read and nothing claimed: a change of the files is a step for a person.
#[test]
fn without_a_bridge_every_change_is_by_hand() {
    let world = World::on(&BRIDGE, "diverts: { \"2001\": { busy: off } }\n");
    world.provider("\n    kind: deskphone\n    bridge: manual");
    world.commit(&["dialform.yaml", "tenants"]);
    world.tenant(WANTED);
    let plan = world.run(&["plan"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
    assert_eq!(
        plan.out,
        "acme on pbx, account harbour\n\n  to check by hand: 2 settings can only be seen in the portal\n      \
         [ ] diverts.2001: dashboard > edit beside extension 2001 > ON NO ANSWER: voicemail, ON BUSY: extension 2002 > Save\n\n\
         Nothing dialform can change. 2 settings can only be seen in the portal and were not checked: they are listed as \
         \"to check by hand\".\n"
    );
    let applied = world.run(&["apply", "--auto-approve", "--base", "HEAD"]);
    assert_eq!(applied.ending, Ending::Partial, "{}{}", applied.out, applied.err);
    let clicks = "[ ] dashboard > edit beside extension 2001 > ON NO ANSWER: voicemail, ON BUSY: extension 2002 instead of off > \
                  Save";
    assert!(applied.out.contains(clicks), "{}", applied.out);
    assert!(applied.out.contains("busy: off -> {extension: \"2002\"}"), "{}", applied.out);
}

/// How a system was reached is no part of what was declared: a base whose settings nobody reads any more is still one.
#[test]
fn a_base_with_other_settings_is_a_base() {
    let world = World::on(&BRIDGE, "diverts: { \"2001\": { busy: off } }\n");
    world.provider("\n    kind: deskphone\n    bridge: by-hand\n    experimental: true");
    world.git(&["init", "-q"]);
    world.git(&["add", "dialform.yaml", "tenants"]);
    world.git(&["commit", "-qm", "before"]);
    world.provider("\n    kind: deskphone\n    bridge: manual");
    world.tenant(WANTED);
    let plan = world.run(&["plan", "--base", "HEAD"]);
    assert_eq!(plan.ending, Ending::Fine, "{}{}", plan.out, plan.err);
    assert!(plan.out.contains("busy: off -> {extension: \"2002\"}"), "{}", plan.out);
}

/// Two people with one extension: whose diverts would be changed is anybody's guess, so that none are.
#[test]
fn an_extension_that_two_people_have_is_not_touched() {
    let system = System {
        live: "people: [{ extension: \"2001\" }, { extension: \"2001\" }, { extension: \"2002\" }]",
        ..BRIDGE
    };
    let world = World::on(&system, WANTED);
    let plan = world.run(&["plan"]);
    assert_eq!(plan.ending, Ending::Error);
    assert!(plan.out.contains("2 people in account `harbour` have extension `2001`"), "{}", plan.out);
}

/// Destinations as people leave them in a dashboard: no number with its country code, and no extension of the list. Each is
/// shown as it is, can be declared so, and comes back to the byte after an apply has switched it off or led calls
/// elsewhere.
#[test]
fn what_stands_in_the_dashboard_can_be_kept_and_restored() {
    let busy = |to: &str, mailbox: bool| {
        format!("busy: {{ enabled: true, destination: '{to}', destinationVoicemailEnabled: {mailbox} }}")
    };
    for (to, mailbox, token) in [
        ("07700900123", false, "07700900123"),
        ("00447700900123", false, "00447700900123"),
        ("07700 900 123", false, "07700 900 123"),
        ("+447700900123", false, "+447700900123"),
        ("+44 7700 900 123", false, "+44 7700 900 123"),
        (" 447700900123", false, " 447700900123"),
        ("447700900123", true, "voicemail 447700900123"),
        ("20 01", true, "voicemail 20 01"),
        ("9", false, "9"),
        ("2999", false, "2999"),
        ("2001999", false, "2001999"),
        ("2999", true, "voicemail 2999"),
        ("sip:desk@harbour.example", false, "sip:desk@harbour.example"),
    ] {
        let live = format!(
            "people: [{{ extension: '2001', document: {{ callForwarding: {{ always: {{ enabled: false }}, {}, noAnswer: {{ \
             enabled: false, numberOfRings: 3 }} }}, businessContinuity: {{ enabled: false }} }} }}]",
            busy(to, mailbox)
        );
        let system = System { live: live.leak(), ..BRIDGE };
        let world =
            World::on(&system, &format!("diverts: {{ \"2001\": {{ busy: {{ token: \"{token}\" }} }} }}"));
        let plan = world.run(&["plan", "--fault", "visible-after:0ms"]);
        assert!(plan.out.contains("No changes"), "{to}\n{}{}", plan.out, plan.err);
        let before = document(&world, "2001")["callForwarding"]["busy"].clone();
        for wanted in ["off", "{ number: \"+447700900999\" }", "voicemail"] {
            world.tenant(&format!("diverts: {{ \"2001\": {{ busy: {wanted}, no_answer: voicemail }} }}"));
            let applied = world.run(&["apply", "--auto-approve", "--fault", "visible-after:0ms"]);
            assert_eq!(applied.ending, Ending::Fine, "{to}: {wanted}\n{}{}", applied.out, applied.err);
            let files = std::fs::read_dir(world.path(".dialform/restore")).unwrap();
            let last = files.map(|file| file.unwrap().path()).max().unwrap();
            let arguments = ["apply", "--restore", last.to_str().unwrap(), "--auto-approve"];
            let restored = world.run(&[&arguments[..], &["--fault", "visible-after:0ms"]].concat());
            assert_eq!(restored.ending, Ending::Fine, "{to}: {wanted}\n{}{}", restored.out, restored.err);
            assert_eq!(document(&world, "2001")["callForwarding"]["busy"], before, "{to}: {wanted}");
        }
    }
}

/// What the system holds and would not take (FACTS deskphone/contract-10) does not come back: the plan that changes it says so.
#[test]
fn what_cannot_be_set_again_is_said_before_it_goes() {
    for (to, why) in [
        ("''", "a divert that is on without a destination cannot be set"),
        ("'2001'", "a divert of an extension to itself cannot be set"),
    ] {
        let live = format!(
            "people: [{{ extension: '2001', document: {{ callForwarding: {{ always: {{ enabled: false }}, busy: {{ enabled: true, \
             destination: {to}, destinationVoicemailEnabled: false }}, noAnswer: {{ enabled: false, numberOfRings: 3 }} }}, \
             businessContinuity: {{ enabled: false }} }} }}]"
        );
        let system = System { live: live.leak(), ..BRIDGE };
        let lost = format!("no way back with --restore: {why}");
        for (wanted, times) in [("busy: voicemail", 1), ("always: voicemail", 0)] {
            let world = World::on(&system, &format!("diverts: {{ \"2001\": {{ {wanted} }} }}"));
            let plan = world.run(&["plan"]);
            assert_eq!(plan.out.matches(&lost).count(), times, "{to}, {wanted}\n{}{}", plan.out, plan.err);
        }
    }
}

/// By busy the article means that the user is on the phone already: a divert on busy is told of that, not only of calls that
/// somebody rejects.
#[test]
fn a_divert_on_busy_is_told_of_who_is_on_a_call() {
    let system = System { live: "people: [{ extension: '2001' }]", ..BRIDGE };
    let world = World::on(&system, "diverts: { \"2001\": { busy: voicemail } }");
    let plan = world.run(&["plan"]);
    let told = "  When 2001 rejects the call or is on a call or is not to be disturbed, calls to extension 2001 now go to voicemail \
                2001; they got a busy tone.";
    assert!(plan.out.lines().any(|line| line == told), "{}{}", plan.out, plan.err);
}

/// What an apply has written may come true hours later: a restore that finds everything as it was says so.
#[test]
fn a_restore_of_what_has_not_come_true_says_that_it_still_may() {
    let live = "people: [{ extension: '2001', busy: voicemail }, { extension: '2002' }]";
    let world =
        World::on(&System { live, ..BRIDGE }, "diverts: { \"2001\": { busy: { extension: \"2002\" } } }");
    let applied = world.run(&["apply", "--auto-approve", "--fault", "accept-and-ignore:1,only:writes"]);
    assert_eq!(applied.ending, Ending::Fine, "{applied:?}");
    let file = std::fs::read_dir(world.path(".dialform/restore")).unwrap().next().unwrap().unwrap().path();
    let back = world.run(&["plan", "--restore", file.to_str().unwrap()]);
    let note = "note: diverts.2001: it is as it was before that apply, whose write may still take effect (Deskphone may take up to 24 \
                hours, longer outside office hours): plan the restore again then";
    assert!(back.out.lines().any(|line| line.trim() == note), "{}{}", back.out, back.err);
}

/// A number that stands in the dashboard with a plus or spaces is the number of the file, whichever way the file has it, and
/// so is an extension; a mailbox of another comes back after it was taken away.
#[test]
fn however_it_is_written_it_is_the_same() {
    let live = "people: [{ extension: '2001', busy: { voicemail: '2002' }, document: { callForwarding: { always: { enabled: true, \
                destination: '+44 7700 900123' }, busy: { enabled: true, destination: '2002', destinationVoicemailEnabled: true }, \
                noAnswer: { enabled: true, destination: ' 2002' } }, businessContinuity: { enabled: false } } }, { extension: '2002' }]";
    let live = live.replace("busy: { voicemail: '2002' }, ", "");
    for (always, busy, no_answer) in [
        ("{ number: \"+447700900123\" }", "{ voicemail: \"2002\" }", "{ extension: \"2002\" }"),
        ("{ token: \"+44 7700 900123\" }", "{ voicemail: \"2002\" }", "{ token: \" 2002\" }"),
        ("{ token: \"+447700900123\" }", "{ voicemail: \"2002\" }", "{ token: \"20 02\" }"),
    ] {
        let system = System { live: live.clone().leak(), ..BRIDGE };
        let as_it_is =
            format!("diverts: {{ \"2001\": {{ always: {always}, busy: {busy}, no_answer: {no_answer} }} }}");
        let world = World::on(&system, &as_it_is);
        let run = |line: &[&str]| world.run(&[line, &["--fault", "visible-after:0ms"]].concat());
        let plan = run(&["plan"]);
        assert!(plan.out.contains("No changes"), "{always}\n{}{}", plan.out, plan.err);
        let before = document(&world, "2001");
        world.tenant(
            "diverts: { \"2001\": { always: voicemail, busy: { extension: \"2002\" }, no_answer: off } }",
        );
        let applied = run(&["apply", "--auto-approve"]);
        assert_eq!(applied.ending, Ending::Fine, "{always}\n{}{}", applied.out, applied.err);
        let files = std::fs::read_dir(world.path(".dialform/restore")).unwrap();
        let last = files.map(|file| file.unwrap().path()).max().unwrap();
        let restored = run(&["apply", "--restore", last.to_str().unwrap(), "--auto-approve"]);
        assert_eq!(restored.ending, Ending::Fine, "{always}\n{}{}", restored.out, restored.err);
        let now = document(&world, "2001");
        for (section, key) in
            [("always", "destination"), ("busy", "destination"), ("noAnswer", "destination")]
        {
            assert_eq!(
                now["callForwarding"][section][key], before["callForwarding"][section][key],
                "{always}"
            );
        }
        assert_eq!(now["callForwarding"]["busy"], before["callForwarding"]["busy"], "{always}");
    }
}

/// How long an extension may be is for the list of people to say: what it has as one is one, and another extension can
/// divert there; what it does not have is none, however short.
#[test]
fn an_extension_is_what_the_list_of_people_has() {
    let system = System {
        live: "people: [{ extension: '2001', busy: { extension: '2012345678' } }, { extension: '7' }, { extension: '2012345678' }]",
        ..BRIDGE
    };
    let world = World::on(&system, "diverts: { \"2001\": { busy: { extension: \"2012345678\" } } }");
    let plan = world.run(&["plan"]);
    assert!(plan.out.contains("No changes"), "{}{}", plan.out, plan.err);
    world.tenant(
        "diverts: { \"2001\": { busy: { extension: \"7\" } }, \"2012345678\": { no_answer: voicemail } }",
    );
    let applied = world.run(&["apply", "--auto-approve", "--fault", "visible-after:0ms"]);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    assert_eq!(document(&world, "2001")["callForwarding"]["busy"]["destination"], "7");
    for (word, to, extension) in [("token", "7", "7"), ("number", "+2012345678", "2012345678")] {
        world.tenant(&format!("diverts: {{ \"2001\": {{ busy: {{ {word}: \"{to}\" }} }} }}"));
        let plan = world.run(&["plan"]);
        let line = format!("`{word}: {to}`: `{extension}` is an extension of this account");
        assert!(format!("{}{}", plan.out, plan.err).contains(&line), "{line}\n{}{}", plan.out, plan.err);
    }
    world.tenant("diverts: { \"2001\": { busy: { extension: \"8\" } } }");
    let plan = world.run(&["plan"]);
    let line = "account `harbour` has no extension `8`";
    assert!(format!("{}{}", plan.out, plan.err).contains(line), "{}{}", plan.out, plan.err);
}

/// Who has left is in no list any more, and diverts that still lead there are tokens: nothing said so, where on Stratus a note does.
/// The list is of people: what else has an extension is in none, and so is a code of the network. No call to them is said to be lost.
/// As before an import is what is live, and comes back from a restore to the letter.
#[test]
fn what_still_leads_to_somebody_who_has_left_is_said() {
    let lost = "which nobody in the list of people of `harbour` has: if that person has left, calls sent there are lost";
    for (to, mailbox, gone) in [
        ("2009", false, Some("extension 2009")),
        ("20 09", false, Some("extension 2009")),
        ("2009", true, Some("the voicemail of extension 2009")),
        // What is shorter or longer than any extension may be a number of the network.
        ("9", false, None),
        ("07700900123", false, None),
        ("sip:desk@harbour.example", false, None),
    ] {
        let live = format!(
            "people: [{{ extension: '2001', document: {{ callForwarding: {{ always: {{ enabled: false }}, busy: {{ enabled: \
             false }}, noAnswer: {{ enabled: true, destination: '{to}', destinationVoicemailEnabled: {mailbox}, \
             numberOfRings: 3 }} }}, businessContinuity: {{ enabled: false }} }} }}, {{ extension: '2002' }}]"
        );
        let system = System { live: live.leak(), ..BRIDGE };
        let world = World::on(&system, "diverts: { \"2001\": { busy: voicemail } }");
        let plan = world.run(&["plan"]).out;
        let note = format!("note: diverts.2001: `no_answer` still leads to 2009, {lost}");
        assert_eq!(plan.contains(&note), gone.is_some(), "{plan}");
        assert_eq!(plan.contains("are lost"), gone.is_some(), "{plan}");
        let asked = world.run(&["who-points-to", "extension:2009"]).out;
        let count =
            format!("0 declared pointers to extension:2009, {} live ones.", usize::from(gone.is_some()));
        assert!(asked.replace(" 1 live one.", " 1 live ones.").contains(&count), "{asked}");
        if let Some(gone) = gone {
            assert!(asked.contains(&format!("diverts.2001: `no_answer` -> {gone}")), "{asked}");
        }
        for assumed in ["U17=yes", "U17=no"] {
            let trace = world.run(&["trace", "acme/2001", "--assume", assumed]).out;
            assert!(!trace.contains("lost") && !trace.contains("does not have"), "{trace}");
            assert!(!trace.contains("U17"), "{trace}");
        }
        let before = document(&world, "2001");
        let imported = world.run(&["import", "--account", "harbour", "--only", "diverts.*", "--write"]);
        assert_eq!(imported.ending, Ending::Fine, "{}{}", imported.out, imported.err);
        let plan = world.run(&["plan"]).out;
        assert!(plan.contains("No changes"), "{plan}");
        assert_eq!(document(&world, "2001"), before);
    }
}

/// The list is of people alone: an extension that is not in it rang in a trace, as if somebody could lift there.
#[test]
fn what_nobody_in_the_list_has_is_not_known() {
    let world = World::on(&BRIDGE, "diverts: { \"2001\": { always: { extension: \"2099\" } } }");
    let told = "what follows is not known: the phone system does not say what extension 2099 is";
    let trace = world.run(&["trace", "acme/2001", "--given", "everybody=answers@5"]);
    assert!(trace.out.contains(told) && !trace.out.contains("rings"), "{}{}", trace.out, trace.err);
    let somebody = world.run(&["trace", "acme/2002", "--given", "everybody=answers@5"]);
    assert!(somebody.out.contains("somebody answers at 2002"), "{}{}", somebody.out, somebody.err);
}

/// A divert to `111` or `999` was said to lead to somebody who has left, in accounts with extensions of three digits.
#[test]
fn codes_of_the_network_are_nobody_who_has_left() {
    for (to, is_said) in [("111", false), ("999", false), ("600", true)] {
        let live = format!(
            "people: [{{ extension: '201', document: {{ callForwarding: {{ always: {{ enabled: true, destination: '{to}' }}, busy: \
             {{ enabled: false }}, noAnswer: {{ enabled: false }} }}, businessContinuity: {{ enabled: false }} }} }}]"
        );
        let system = System { live: live.leak(), ..BRIDGE };
        let world = World::on(&system, "diverts: { \"201\": { busy: voicemail } }");
        let plan = world.run(&["plan"]).out;
        assert!(plan.contains("diverts.201"), "{plan}");
        assert_eq!(plan.contains("nobody in the list of people"), is_said, "{to}: {plan}");
        let drill = world.run(&["drill", "--extensions", "201"]);
        let check = world.run(&["check", "--calls"]);
        for done in [drill, check, world.run(&["trace", "acme/201"])] {
            let said = format!("{}{}", done.out, done.err);
            assert!(!said.contains("does not have"), "{to}: {said}");
        }
    }
}

/// Whoever joins while the list of people is read moves somebody from one page to the next. One person who comes twice is one person,
/// and no two who share an extension.
#[test]
fn a_person_who_is_listed_twice_is_one_person() {
    let live = "people: [{ extension: \"2001\" }, { extension: \"2002\" }, { extension: \"2003\" }, { name: Nobody }, { extension: \"2004\" }]\n";
    let tenant = "diverts: { \"2002\": { busy: { extension: \"2003\" } }, \"2004\": { busy: voicemail } }\n";
    let world = World::on(&System { live, ..BRIDGE }, tenant);
    let applied = world.run(&["apply", "--auto-approve", "--fault", "people-again:on"]);
    assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    assert_eq!(document(&world, "2002")["callForwarding"]["busy"]["destination"], "2003");
}
