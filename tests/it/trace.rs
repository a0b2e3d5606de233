//! What happens to a call, as `dialform trace` tells it.

use crate::{
    golden,
    workspace::Workspace,
    world::{STRATUS, System, World},
};
use dialform::error::Ending;

/// What each command line prints, one after the other.
fn told(workspace: &Workspace, lines: &[&str]) -> String {
    let tell = |line: &&str| {
        let done = workspace.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(done.ending, Ending::Fine, "{line}: {}", done.err);
        format!("$ dialform {line}\n{}{}\n", done.out, done.err)
    };
    let told: String = lines.iter().map(tell).collect();
    told.replace(workspace.root().to_str().unwrap(), "WORKSPACE")
}

/// Each with its whole answer: a number in hours, out of hours, on the day of an outage, over systems, for programs.
#[test]
fn calls_are_told() {
    let workspace = Workspace::quickstart();
    let asked = [
        "trace +12145550101 --at 2027-07-02T10:00",
        "trace acme-dental/101 --at 2027-07-02T10:00 --given 101=offline",
        "trace +12145550101 --at 2027-07-02T10:00 --given 101=answers@5",
        "trace +12145550101 --at 2027-07-02T10:00 --from anonymous",
        "trace +12145550101 --at 2027-07-02T10:00 --given stratus=down",
        "trace +12145550100 --at 2027-07-02T10:00 --given stratus=switched",
        "trace +12145550100 --at 2027-07-02T10:00 --given 101=logged_out,102=logged_out --given queue:400=full",
        "trace +12145550101 --at 2027-07-04T10:00",
        "trace +12145550101 --at 2027-07-02T10:00 --week",
        "trace +18005550142 --at 2027-07-02T10:00-04:00",
        "trace +18005550142 --at 2027-07-02T10:00 --given ctm=down",
        "trace harbour-legal/2001 --at 2027-07-02T10:00",
        "trace +12145550101 --at 2027-07-02T10:00 --format mermaid",
        "trace +12145550101 --at 2027-07-02T10:00 --format json",
        "trace +12145550101 --at 2027-07-02T10:00 --format case",
        "trace +12145550100 --at 2027-07-02T10:00 --sandbox",
    ];
    let told = told(&workspace, &asked);
    golden::assert("trace/told.txt", &told);
}

/// An outage, rehearsed: what goes on by itself, what somebody has to switch, what has nowhere to go.
#[test]
fn outages_are_rehearsed() {
    let workspace = Workspace::quickstart();
    let asked = [
        "drill --platform-down --at 2027-07-02T10:00-05:00",
        "drill --extensions 101,102 --at 2027-07-02T10:00-05:00 --tenant acme-dental",
        "drill --platform-down --sandbox --tenant acme-dental --at 2027-07-02T10:00-05:00",
        "drill --platform-down --tenant bright-solar --at 2027-07-02T10:00-05:00 --format json",
    ];
    let told = told(&workspace, &asked);
    golden::assert("trace/drill.txt", &told);
    for (line, expected) in [
        ("drill --extensions 999", "no tenant of this run has a phone `999`"),
        ("drill --platform-down --at 2027-07-02T10:00", "`--at 2027-07-02T10:00` is not an instant"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let done = workspace.run(&words);
        assert_eq!((done.ending, done.out.as_str()), (Ending::Error, ""), "{line}");
        assert!(done.err.starts_with(&format!("error[failed]: {expected}\n")), "{}", done.err);
    }
}

/// Phones of one office: everybody waits with a mailbox, or hears nothing, while a forward is stored that would take the calls.
const OFFICE: &str = r#"
time_zone: America/Chicago
numbers:
  "+12145550100": { route: { extension: "101" } }
  "+12145550101": { route: { queue: "400" } }
  "+12145550102": { route: { extension: "102" } }
forwards:
  "+12145550100": { to: "+19725550199" }
  "+12145550101": { to: "+19725550199" }
queues: { "400": { agents: ["101"], require_agents: false } }
diverts: { "101": { unreachable: voicemail }, "102": { unreachable: { number: "+19725550111" } } }
"#;

/// Who prints the page before the storm relies on its headline: it calls nothing live that could not be read.
#[test]
fn a_drill_calls_live_what_was_read() {
    let at = "2027-07-02T10:00-05:00";
    let live = "As it is live, with the files laid over it; forwards as ";
    let none = "As the files declare it, once they are applied; nothing live could be read.";
    let unread = "  as the files declare it, forwards as well: its account could not be read";
    let declared = "  forwards as the files declare them: those that are stored were not read";
    let (stored, by_files) =
        (format!("{live}they are stored now."), format!("{live}the files declare them."));
    let some = format!("{live}they are stored now, where they were read.");
    let part = "As it is live where it could be read, with the files laid over it; elsewhere as the files declare it.";
    let quickstart = Workspace::quickstart();
    let manual = Workspace::quickstart();
    manual.switch_by_hand();
    let acme = ["--tenant", "acme-dental"];
    let dallas = ["--fault", "500:1,only:GET /_carrier"];
    let all = ["--tenant", "acme-dental", "--fault", "500:1"];
    type Case<'a> = (&'a Workspace, &'a [&'a str], &'a str, &'a [&'a str]);
    let cases: [Case<'_>; 6] = [
        (&quickstart, &acme, &stored, &[]),
        (&quickstart, &[], &stored, &[]),
        (&quickstart, &all, none, &[unread]),
        (&quickstart, &dallas, part, &[unread]),
        (&manual, &acme, &by_files, &[declared]),
        (&manual, &[], &some, &[declared]),
    ];
    for (workspace, options, headline, notes) in cases {
        let always = ["drill", "--platform-down", "--sandbox", "--at", at];
        let done = workspace.run(&[&always, options].concat());
        assert_eq!(done.out.lines().next(), Some(headline), "{options:?}: {done:?}");
        let said: Vec<&str> = done.out.lines().filter(|line| [unread, declared].contains(line)).collect();
        assert_eq!(said, notes, "{options:?}: {done:?}");
    }
}

/// What a person can do is offered where it helps, in the words that do it: the command as it was called, or the clicks.
#[test]
fn what_helps_is_offered() {
    let world = World::new(OFFICE.trim_start());
    let at = "2027-07-02T10:00-05:00";
    let offline = Workspace::at(world.root().to_owned());
    let phones = format!("drill --extensions 101,102 --at {at}");
    let all = format!("drill --platform-down --at {at}");
    let mut text = told(&offline, &[phones.as_str(), all.as_str()]);
    world.provider("\n    kind: stratus\n    url: http://127.0.0.1:1/ns-api/v2\n    token: { env: NOT_NEEDED }\n    carrier: manual");
    text += &told(&offline, &[phones.as_str(), all.as_str()]);
    text += &told(&world, &[format!("{all} --sandbox").as_str()]);
    golden::assert("trace/helps.txt", &text);
}

/// An extension that is out takes its devices along: whoever names one of them had callers answered there.
#[test]
fn a_device_is_out_with_its_extension() {
    let live = r#"
domain: { domain: acme.1.service }
users:
  - user: "102"
    voicemail-enabled: "no"
    answerrules: [{ time-frame: "*", enabled: "yes", order: 1, simultaneous-ring: { enabled: "yes", parameters: ["<OwnDevices>", "102wp"] } }]
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "102" }]
"#;
    let world = World::on(&System { live, ..STRATUS }, "numbers: { \"+12145550100\": { label: Main } }");
    for (out, expected) in
        [("102", "1 with nowhere to go"), ("103", "no tenant of this run has a phone `103`")]
    {
        let done = world.run(&["drill", "--at", "2027-07-02T10:00-05:00", "--extensions", out]);
        assert!(format!("{}{}", done.out, done.err).contains(expected), "{out}: {}{}", done.out, done.err);
    }
}

/// What is live alone has no line, also within an object that the files declare in part; and a state of somebody whom the call
/// cannot come to is no answer to anything.
#[test]
fn what_only_the_account_has_is_live() {
    let live = r#"
domain: { domain: acme.1.service }
users:
  - user: "101"
    answerrules:
      - { time-frame: night, enabled: "yes", order: 1, forward-always: { enabled: "yes", parameters: ["102"] } }
      - { time-frame: "*", enabled: "yes", order: 2, forward-no-answer: { enabled: "yes", parameters: ["102"] }, forward-on-busy: { enabled: "yes", parameters: ["103"] } }
  - { user: "102" }
  - { user: "103" }
phonenumbers: [{ phonenumber: "12145550100", dial-rule-application: to-user-residential, dial-rule-translation-destination-user: "101" }]
timeframes: [{ timeframe-name: night, timeframe-type: specific-dates, timeframe-specific-dates-array: [] }]
"#;
    let declared = "numbers: { \"+12145550100\": { label: Main } }\n\
                    rules: { \"101\": { ring_timeout: 20 } }\n\
                    diverts: { \"101\": { busy: { extension: \"102\" } }, \"104\": { busy: off } }";
    let world = World::on(&System { live, ..STRATUS }, declared);
    let at = "--at 2027-07-02T10:00Z --sandbox";
    let asked = [
        format!("trace +12145550100 {at}"),
        format!("trace +12145550100 {at} --given 101=rejects,104=offline,mailbox:104=off,ctm=down"),
    ];
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    golden::assert("trace/live.txt", &told(&world, &asked));
}

/// A week in which clocks are changed has the same time twice; clocks have an end, and a week before it is told up to there.
#[test]
fn weeks_are_told_to_the_end() {
    let world = World::new(
        "time_zone: America/Chicago\n\
         numbers: { \"+12145550100\": { route: { extension: \"101\" } } }\n\
         schedules: { night: { weekly: { sun: [\"01:30-04:00\"] } } }\n\
         rules: { \"101\": { order: [{ when: night, do_not_disturb: true }, { when: default }] } }",
    );
    let offline = Workspace::at(world.root().to_owned());
    let asked = [
        "trace +12145550100 --at 2026-11-01T00:00 --week --given 101=answers",
        "trace +12145550100 --at 9999-12-29T10:00 --week --given 101=answers",
        "trace +12145550100 --at 9999-12-29T10:00 --given 101=answers",
        "drill --platform-down --at 9999-12-30T00:00Z",
    ];
    golden::assert("trace/weeks.txt", &told(&offline, &asked));
}

/// What cannot be understood is said, with the way out, and nothing is guessed.
#[test]
fn slips_are_told() {
    let workspace = Workspace::quickstart();
    let asked = [
        "trace +12145550199",
        "trace 12145550101",
        "trace nobody/101",
        "trace acme-dental/999",
        "trace +12145550101 --at tomorrow",
        "trace +12145550101 --at 2027-03-14T02:30",
        "trace +12145550101 --from me",
        "trace +12145550101 --given 101",
        "trace +12145550101 --given 101=asleep",
        "trace +12145550101 --given 101=offline@3",
        "trace +12145550101 --given 101=answers@soon",
        "trace +12145550101 --given 999=offline",
        "trace +12145550101 --given mailbox:101=on",
        "trace +12145550101 --given queue:400=busy",
        "trace +12145550101 --given door:1=open",
        "trace +12145550101 --given stratus=gone",
        "trace +12145550101 --assume U99=yes",
        "trace +12145550101 --assume U4=perhaps",
    ];
    let mut told = String::new();
    for line in asked {
        let words: Vec<&str> = line.split(' ').collect();
        let done = workspace.run(&words);
        assert_eq!((done.ending, done.out.as_str()), (Ending::Error, ""), "{line}");
        told += &format!("$ dialform {line}\n{}\n", done.err);
    }
    golden::assert("trace/slips.txt", &told);
}

/// People paste a number as it was shown to them: every command that takes one means the same by it.
#[test]
fn a_number_is_taken_in_groups() {
    let workspace = Workspace::quickstart();
    for (before, number, after) in [
        ("trace ", "+12145550101", " --at 2027-07-02T10:00"),
        ("trace acme-dental/101 --at 2027-07-02T10:00 --from ", "+13125550123", ""),
        ("graph ", "+12145550101", " --format mermaid"),
        ("who-points-to number:", "+12145550101", ""),
        ("plan --sandbox --only acme-dental/numbers.", "+12145550101", ""),
    ] {
        let run = |number: &str| {
            let mut arguments: Vec<String> = before.split(' ').map(str::to_owned).collect();
            arguments.last_mut().unwrap().push_str(number);
            arguments.extend(after.split_whitespace().map(str::to_owned));
            let done = workspace.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
            (done.ending, done.out, done.err)
        };
        let (plain, shown) = (run(number), run(&dialform::text::grouped(number)));
        assert_eq!(plain.0, Ending::Fine, "{before}: {}", plain.2);
        assert_eq!(shown, plain, "{before}");
    }
}
