//! What a comment that lets a warning be covers, and what of it is news to whoever approves a change.

use crate::world::{LIVE, World};
use dialform::error::Ending;
use serde_json::Value;

/// Two forwards that never apply, each on a line that reads as the other.
const TWO: &str = "diverts:\n  \"101\":\n    always: voicemail\n    no_answer: voicemail\n  \"102\":\n    always: voicemail\n    no_answer: voicemail\n";
const ALLOW: &str = "    # dialform: allow dead-forward\n";

/// `code FILE:LINE: message` of each finding that is about a comment, or about what one lets be.
fn said(world: &World, arguments: &[&str]) -> Vec<String> {
    let run = world.run(&[arguments, &["--format", "json"]].concat());
    assert_eq!(run.ending, Ending::Fine, "{}{}", run.out, run.err);
    let said: Value = serde_json::from_str(&run.out).unwrap();
    let line = |it: &Value| {
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let place = &it["place"];
        format!("{} {}:{}: {}", text(&it["code"]), text(&place["file"]), place["line"], text(&it["message"]))
    };
    let all = said["findings"].as_array().unwrap().iter().map(line);
    all.filter(|it| it.contains("allow") || it.contains("dead-forward")).collect()
}

/// The two, with the comment above the forward of one of them.
fn allowed_at(at: usize) -> String {
    let line = "    no_answer: voicemail\n";
    let mut parts: Vec<&str> = TWO.split_inclusive(line).collect();
    let held = parts[at].replace(line, &format!("{ALLOW}{line}"));
    parts[at] = &held;
    parts.concat()
}

/// Equal lines are many: who takes a comment from one object to another lets something else be.
#[test]
fn a_comment_that_goes_to_another_object_is_news() {
    let world = World::new(&allowed_at(0));
    world.commit(&["dialform.yaml", "tenants"]);
    world.tenant(&allowed_at(1));
    let expected = [
        "new-allow tenants/acme.yaml:10: `dead-forward` is allowed here from now on",
        "dead-forward tenants/acme.yaml:7: `no_answer` never applies beside `always`",
    ];
    for option in ["--base", "--changed-since"] {
        let mut found = said(&world, &["plan", option, "HEAD"]);
        found.sort_by_key(|it| it.starts_with("dead"));
        assert_eq!(found, expected, "{option}");
    }
    // What is allowed is a place in an object, whatever else comes before it, and whatever its line says.
    world
        .tenant(&format!("time_zone: America/Chicago\n{}", allowed_at(0).replace("answer: v", "answer:  v")));
    for option in ["--base", "--changed-since"] {
        let found = said(&world, &["plan", option, "HEAD"]);
        assert!(!found.iter().any(|it| it.starts_with("new-allow")), "{option}: {found:?}");
    }
}

/// A line that holds several objects lets those be that were there: one more on it is news.
#[test]
fn an_object_that_joins_an_allowed_line_is_news() {
    let line = |more: &str| {
        format!(
            "# dialform: allow dead-forward\ndiverts: {{ \"101\": {{ always: voicemail, no_answer: voicemail }}{more} }}\n"
        )
    };
    let world = World::new(&line(""));
    world.commit(&["dialform.yaml", "tenants"]);
    world.tenant(&line(", \"102\": { always: voicemail, no_answer: voicemail }"));
    for option in ["--base", "--changed-since"] {
        assert_eq!(
            said(&world, &["plan", option, "HEAD"]),
            ["new-allow tenants/acme.yaml:4: `dead-forward` is allowed here from now on"],
            "{option}"
        );
    }
}

/// Who extends a template has not read what it will say next year.
#[test]
fn a_comment_above_extends_lets_nothing_of_the_template_be() {
    let world = World::new("# dialform: allow dead-forward\nextends: ../templates/office.yaml\n");
    world.write("templates/office.yaml", TWO);
    let expected = [
        "unused-allow tenants/acme.yaml:4: `dead-forward` is not found here: this allows nothing",
        "dead-forward templates/office.yaml:4: `no_answer` never applies beside `always`",
        "dead-forward templates/office.yaml:7: `no_answer` never applies beside `always`",
    ];
    let mut found = said(&world, &["plan"]);
    found.sort_by_key(|it| !it.starts_with("unused"));
    assert_eq!(found, expected);
    // In the template it is a line of all.
    world.tenant("extends: ../templates/office.yaml\n");
    world.write("templates/office.yaml", allowed_at(1));
    assert_eq!(said(&world, &["plan"]), expected[1..2]);
}

/// A text is no comment, whatever it looks like; and between the words of one a tab is as good as a space.
#[test]
fn only_a_comment_is_one() {
    let label = "numbers:\n  \"+12145550100\":\n    label: >-\n      # dialform: allow dead-forward\n";
    let world = World::new(label);
    assert_eq!(said(&world, &["plan"]), Vec::<String>::new());
    world.tenant(&allowed_at(0).replace("allow dead", "allow\tdead"));
    assert_eq!(
        said(&world, &["plan"]),
        ["dead-forward tenants/acme.yaml:11: `no_answer` never applies beside `always`"]
    );
}

/// A file that has another name says what it said.
#[test]
fn a_file_that_moves_brings_no_news() {
    let world = World::new("");
    world.write("tenants/more.yaml", format!("tenant: acme\n{}", allowed_at(0)));
    world.commit(&["dialform.yaml", "tenants"]);
    world.git(&["mv", "tenants/more.yaml", "tenants/diverts.yaml"]);
    for option in ["--base", "--changed-since"] {
        let found = said(&world, &["plan", option, "HEAD"]);
        assert!(!found.iter().any(|it| it.starts_with("new-allow")), "{option}: {found:?}");
    }
}

/// Without a base the levels are those of the change: that it makes them laxer is a line of its plan, which no level hides.
#[test]
fn levels_that_are_laxer_are_news() {
    let world = World::new(TWO);
    let text = world.workspace();
    let lints = |lints: &str| world.write("dialform.yaml", format!("{text}lints: {{ {lints} }}\n"));
    lints("same-schedule: deny, past-date: warn");
    world.commit(&["dialform.yaml", "tenants"]);
    world.edit("tenants/acme.yaml", "diverts", "time_zone: America/Chicago\ndiverts");
    let line = text.lines().count() + 1;
    let allowed =
        |code: &str| format!("new-allow dialform.yaml:{line}: `{code}` is allowed in all files from now on");
    let mended = format!("new-allow dialform.yaml:{line}: `same-schedule` is not denied any more");
    for (now, expected) in [
        ("same-schedule: deny, past-date: warn", vec![]),
        ("same-schedule: deny, past-date: deny", vec![]),
        ("same-schedule: warn, dead-forward: allow", vec![allowed("dead-forward"), mended.clone()]),
        (
            "dead-forward: allow, new-allow: allow",
            vec![allowed("dead-forward"), allowed("new-allow"), mended],
        ),
    ] {
        lints(now);
        let found = said(&world, &["plan", "--changed-since", "HEAD"]);
        let news: Vec<String> = found.into_iter().filter(|it| it.starts_with("new-allow")).collect();
        assert_eq!(news, expected, "{now}");
    }
}

/// A list knows its rules by `when`, in whatever order their fields are written: the comment and what it lets be go to another
/// rule together.
#[test]
fn a_comment_that_goes_to_another_element_is_news() {
    let rule = |first: &str, when: &str, held: bool| {
        let held =
            if held { "        do_not_disturb: true\n        # dialform: allow dead-forward\n" } else { "" };
        format!("      - {first}when: {when}\n{held}        forward: {{ busy: {{ extension: \"102\" }} }}\n")
    };
    let body = |first: &str, at: usize| {
        let days = |it: &str| format!("{{ weekly: {{ {it}: [\"09:00-17:00\"] }} }}");
        let rules = ["h", "w", "default"].iter().enumerate();
        let rules: String = rules.map(|(rule_at, when)| rule(first, when, rule_at == at)).collect();
        let (h, w) = (days("mon-fri"), days("sat-sun"));
        format!(
            "time_zone: America/Chicago\nschedules:\n  h: {h}\n  w: {w}\nrules:\n  \"101\":\n    order:\n{rules}"
        )
    };
    for first in ["", "enabled: true\n        "] {
        let world = World::new(&body(first, 0));
        world.commit(&["dialform.yaml", "tenants"]);
        for (at, expected) in [(0, 0), (1, 1)] {
            world.tenant(&body(first, at));
            for option in ["--base", "--changed-since"] {
                let found = said(&world, &["plan", option, "HEAD"]);
                let news = found.iter().filter(|it| it.starts_with("new-allow")).count();
                assert_eq!(news, expected, "{first:?} {at} {option}: {found:?}");
            }
        }
    }
}

/// The file of then is that of the same tenant, whatever it was called: what another tenant was allowed is news.
#[test]
fn what_another_tenant_was_allowed_is_news() {
    let tenant =
        |name: &str, body: &str| format!("tenant: {name}\nprovider: pbx\naccount: {name}.1.service\n{body}");
    let held = allowed_at(0);
    let template = "templates/office.yaml";
    for (what, change, expected) in [
        ("the name of another tenant's file", "swap", 1),
        ("another tenant in the same file", "rename", 1),
        ("a template that another tenant has", "extend", 1),
        ("a file by another name", "move", 0),
    ] {
        let world = World::new("");
        world.write(template, &held);
        for name in ["a", "b", "c", "n"] {
            world.write(
                &format!("live/pbx/{name}.1.service.yaml"),
                LIVE.replace("acme.1", &format!("{name}.1")),
            );
        }
        world.write("tenants/a.yaml", tenant("a", TWO));
        world.write("tenants/b.yaml", tenant("b", &held));
        world.write("tenants/c.yaml", tenant("c", "extends: ../templates/office.yaml\n"));
        world.commit(&["dialform.yaml", "tenants", "templates"]);
        match change {
            "swap" => {
                world.git(&["rm", "-q", "tenants/b.yaml"]);
                world.git(&["mv", "tenants/a.yaml", "tenants/b.yaml"]);
                world.write("tenants/b.yaml", tenant("a", &held));
            }
            "rename" => world.write("tenants/b.yaml", tenant("n", &held)),
            "extend" => world.write("tenants/a.yaml", tenant("a", "extends: ../templates/office.yaml\n")),
            _ => {
                world.git(&["mv", "tenants/b.yaml", "tenants/d.yaml"]);
            }
        }
        for option in ["--base", "--changed-since"] {
            let found = said(&world, &["plan", option, "HEAD"]);
            let news = found.iter().filter(|it| it.starts_with("new-allow")).count();
            assert_eq!(news, expected, "{what} {option}: {found:?}");
        }
    }
}

/// Who uses what has an anchor takes the comment in it along: one more object that it lets be is news.
#[test]
fn an_alias_of_what_is_allowed_is_news() {
    let body = |more: &str| {
        format!(
            "x-quiet: &quiet\n  always: voicemail\n  # dialform: allow dead-forward\n  no_answer: voicemail\ndiverts:\n  \"101\": *quiet\n{more}"
        )
    };
    for more in ["  \"102\": *quiet\n", "  \"102\":\n    <<: *quiet\n"] {
        let world = World::new(&body(""));
        world.commit(&["dialform.yaml", "tenants"]);
        for option in ["--base", "--changed-since"] {
            world.tenant(&body("time_zone: America/Chicago\n"));
            assert_eq!(said(&world, &["plan", option, "HEAD"]), Vec::<String>::new(), "{option}");
            world.tenant(&body(more));
            let news = ["new-allow tenants/acme.yaml:6: `dead-forward` is allowed here from now on"];
            assert_eq!(said(&world, &["plan", option, "HEAD"]), news, "{option} {more}");
        }
    }
}
