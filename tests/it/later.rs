//! Changes that callers notice later: when a schedule begins or ends in more than a year, and when an emergency forward is off. A
//! circle that closes then is found now.

use crate::workspace::Workspace;
use dialform::error::Ending;

const ACME: &str = "tenants/acme-dental.yaml";
const NOW: &str = "2026-11-30T12:00:00Z";

/// Extension 101 goes to another one while a schedule is in force.
fn tenant(schedule: &str, always: &str, on_102: &str) -> String {
    format!(
        "tenant: acme-dental\nprovider: stratus-dallas\naccount: acmedental.12345.service\ntime_zone: America/Chicago\n\
         schedules: {{ h: {schedule} }}\nrules:\n  \
         \"101\": {{ order: [{{ when: h, forward: {{ always: {always} }} }}, {{ when: default }}], ring_timeout: 20 }}\n  \
         \"102\": {{ order: [{{ when: default, forward: {{ {on_102} }} }}], ring_timeout: 20 }}\n"
    )
}

fn plan(before: &str, after: &str) -> String {
    let world = Workspace::quickstart();
    world.write(ACME, before);
    world.commit(&["."]);
    world.write(ACME, after);
    let run = world.run_at(NOW, &["plan", "--against", "HEAD", "--tenant", "acme-dental"]);
    assert_eq!(run.ending, Ending::Fine, "{}{}", run.out, run.err);
    run.out
}

/// A change that takes effect in more than a year is no cosmetic one: nobody would approve it, and callers would notice. Told is
/// from when on, for each way in which a schedule can come that late.
#[test]
fn what_takes_effect_after_a_year_is_noticed() {
    let cases = [
        (
            "{ weekly: { mon-fri: [\"09:00-17:00\"], first_day: 2028-01-03 } }",
            "from 2028-01-03, on Monday to Friday 09:00-17:00,",
        ),
        ("{ dates: [\"2027-12-24\"] }", "on 2027-12-24"),
        ("{ dates: [\"2027-12-24\", \"2031-05-02\"] }", "at times from 2027-12-24"),
        ("{ dates: [\"2060-12-24T12:00..2060-12-24T17:00\"] }", "on 2060-12-24 12:00-17:00"),
        ("{ dates: [{ date: 2026-11-28, every: 60 weeks }] }", "on 2028-01-22"),
        // No year but a leap year has it.
        ("{ yearly: [\"02-29\"] }", "on 2028-02-29"),
        ("{ monthly: [{ day: 15, first_day: 2029-03-01 }] }", "at times from 2029-03-15"),
        ("{ easter: { days: [good friday], from: 2028, years: 1 } }", "on 2028-04-14"),
    ];
    for (schedule, when) in cases {
        let of = |to: &str| tenant(schedule, to, "no_answer: voicemail");
        let out = plan(&of("voicemail"), &of("{ extension: \"102\" }"));
        assert!(out.contains("~ rules.101  callers notice"), "{schedule}: {out}");
        let told = out.lines().find(|it| it.contains("Calls to extension 101")).unwrap_or_default();
        assert!(told.contains(&format!("extension 101 {when}")), "{schedule}: {out}");
    }
}

/// The end of hours is a change as well, and what is the same then as now is not said to change.
#[test]
fn what_ends_after_a_year_is_noticed() {
    let weekly = |more: &str| format!("{{ weekly: {{ mon-fri: [\"09:00-17:00\"]{more} }} }}");
    let of = |more: &str| tenant(&weekly(more), "{ extension: \"102\" }", "no_answer: voicemail");
    let out = plan(&of(""), &of(", last_day: 2028-06-30"));
    assert!(out.contains("~ schedules.h  callers notice"), "{out}");
    assert!(out.contains("extension 101 from 2028-07-03, on Monday to Friday 09:00-17:00, now"), "{out}");
    let out = plan(&of(", first_day: 2020-01-06"), &of(", first_day: 2021-01-04"));
    assert!(out.contains("callers notice nothing"), "{out}");
}

/// A circle that closes in more than a year is found like any other, and the finding says when. Before, the rule was said to have
/// no hours at all, and to be taken out.
#[test]
fn a_circle_that_closes_after_a_year_is_found() {
    let world = Workspace::quickstart();
    let schedule = "{ weekly: { mon-fri: [\"09:00-17:00\"], first_day: 2028-01-03 } }";
    world.write(ACME, tenant(schedule, "{ extension: \"102\" }", "always: { extension: \"101\" }"));
    let run = world.run_at(NOW, &["check", "--calls", "--tenant", "acme-dental"]);
    let said = format!("{}{}", run.out, run.err);
    assert_eq!(run.ending, Ending::Error, "{said}");
    assert!(said.contains("error[divert-loop]: every call goes in a circle: 101 -> 102 -> 101"), "{said}");
    assert!(said.contains("trace acme-dental/101 --at 2028-01-03T09:00"), "{said}");
    assert!(!said.contains("does not apply within a year"), "{said}");
}

/// While an emergency forward is on every call goes by it, and a change of the route shows in none. It takes effect when the
/// forward goes off: it is told, and no cosmetic change.
#[test]
fn a_route_below_a_forward_that_is_on_is_noticed() {
    let of = |route: &str| {
        format!(
            "tenant: acme-dental\nprovider: stratus-dallas\naccount: acmedental.12345.service\n\
             numbers: {{ \"+12145550101\": {{ route: {{ extension: \"{route}\" }} }} }}\n\
             forwards: {{ \"+12145550101\": {{ to: \"+19725550199\", active: true }} }}\n\
             rules:\n  \"101\": {{ order: [{{ when: default }}], ring_timeout: 20 }}\n  \
             \"103\": {{ order: [{{ when: default }}], ring_timeout: 20 }}\n"
        )
    };
    let out = plan(&of("101"), &of("103"));
    assert!(out.contains("~ numbers.+12145550101  callers notice"), "{out}");
    let told = "Once the emergency forward is off, calls to +1 214 555 0101 now ring 103 for 20 s, then go to voicemail 103; they \
                rang 101 for 20 s, then went to voicemail 101.";
    assert!(out.contains(told), "{out}");
}

/// "Never" is said of what stays so: a forward or a rule that something of today keeps from working works again when that ends, or
/// works up to then.
#[test]
fn what_an_until_brings_back_is_not_never() {
    let until = "until: { at: 2027-01-16T18:00, then: ";
    let office = "schedules: { h: { weekly: { mon-fri: [\"09:00-17:00\"] } } }\n";
    let rules = |first: &str| {
        format!(
            "{office}rules: {{ \"101\": {{ order: [{{ when: h, {first} }}, {{ when: default }}], ring_timeout: 20 }} }}\n"
        )
    };
    let divert = |text: &str| format!("diverts: {{ \"103\": {{ {text} }} }}\n");
    let beside = "`no_answer` never applies beside `always`";
    let cases = [
        (divert("always: { extension: \"104\" }, no_answer: voicemail"), vec![beside]),
        (
            divert(&format!(
                "always: {{ extension: \"104\" }}, no_answer: voicemail, {until}{{ always: off }} }}"
            )),
            vec![],
        ),
        (
            divert(&format!(
                "always: off, no_answer: voicemail, {until}{{ always: {{ extension: \"104\" }} }} }}"
            )),
            vec![],
        ),
        (
            divert(&format!(
                "always: {{ extension: \"104\" }}, no_answer: voicemail, {until}{{ always: voicemail }} }}"
            )),
            vec![beside],
        ),
        (
            rules("do_not_disturb: true, forward: { no_answer: voicemail }"),
            vec!["`no_answer` never applies beside `do_not_disturb`"],
        ),
        (
            rules(&format!(
                "do_not_disturb: true, forward: {{ no_answer: voicemail }}, {until}{{ do_not_disturb: false }} }}"
            )),
            vec![],
        ),
    ];
    for (body, expected) in cases {
        let world = Workspace::quickstart();
        let head = "tenant: acme-dental\nprovider: stratus-dallas\naccount: acmedental.12345.service\ntime_zone: America/Chicago\n";
        world.write(ACME, format!("{head}{body}"));
        let run = world.run_at(NOW, &["check"]);
        let never = run.err.lines().chain(run.out.lines()).filter(|line| line.contains("never applies"));
        let said: Vec<&str> = never.filter_map(|line| line.split_once(": ").map(|it| it.1)).collect();
        assert_eq!(said, expected, "{body}{}{}", run.out, run.err);
    }
}

/// The same of a rule that no call meets as long as another one stands above it: placing every call does not look beyond the instant
/// at which a tenant becomes another.
#[test]
fn a_rule_that_wins_once_another_ends_is_not_said_never_to() {
    let of = |until: &str, on_102: &str| {
        format!(
            "tenant: acme-dental\nprovider: stratus-dallas\naccount: acmedental.12345.service\ntime_zone: America/Chicago\n\
             schedules:\n  hours: {{ weekly: {{ mon-fri: [\"08:00-17:00\"] }} }}\n  lunch: {{ weekly: {{ mon-fri: [\"12:00-13:00\"] }} }}\n\
             rules:\n  \"101\":\n    ring_timeout: 20\n    order:\n      - {{ when: hours, ring: extension{until} }}\n      \
             - {{ when: lunch, forward: {{ always: voicemail }} }}\n      - {{ when: default, forward: {{ always: voicemail }} }}\n  \
             \"102\": {{ ring_timeout: 20{on_102} }}\n"
        )
    };
    let cases = [
        ("", "", true),
        (", until: { at: 2027-02-01T00:00, then: { enabled: false } }", "", false),
        // What ends elsewhere changes nothing here.
        ("", ", until: { at: 2027-02-01T00:00, then: { ring_timeout: 30 } }", true),
    ];
    for (until, on_102, is_said) in cases {
        let world = Workspace::quickstart();
        world.write(ACME, of(until, on_102));
        let run = world.run_at(NOW, &["check", "--calls", "--tenant", "acme-dental"]);
        assert_eq!(
            run.err.contains("warning[rule-never-wins]"),
            is_said,
            "{until}{on_102}: {}{}",
            run.out,
            run.err
        );
    }
}
