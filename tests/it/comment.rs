//! A plan as the comment of a pull request: it fits, what matters is cut last, nobody who can name something writes a link,
//! tells a person or gives a command, and what many tenants have in common is said once.

use crate::{golden, workspace::Workspace, world::World};
use dialform::error::Ending;
use serde_json::json;

/// As many changed labels as there are numbers, in characters of four bytes, with something critical and something that goes.
fn labels(count: u64) -> World {
    let number = |n: u64| format!("+1214555{n:04}");
    let rows: Vec<_> = (0..count)
        .map(|n| {
            json!({
                "phonenumber": number(n).trim_start_matches('+'), "dial-rule-application": "to-user-residential",
                "dial-rule-translation-destination-user": "101", "dial-rule-description": "🏢".repeat(12),
            })
        })
        .collect();
    let live = json!({
        "domain": { "domain": "acme.1.service" }, "users": [{ "user": "101" }], "phonenumbers": rows,
        "carrier": [{ "number": "2145550000", "destination": "9725550199", "active": true }],
        "timeframes": [{ "timeframe-name": "night", "timeframe-type": "specific-dates", "timeframe-specific-dates-array": [] }],
    });
    let each = (0..count).map(|n| format!("  \"{}\": {{ label: {}{n} }}\n", number(n), "🏠".repeat(12)));
    let world = World::new(&format!(
        "absent: {{ schedules: [night] }}\nforwards: {{ \"{}\": {{ active: false }} }}\nnumbers:\n{}",
        number(0),
        each.collect::<String>()
    ));
    world.write("live/pbx/acme.1.service.yaml", live.to_string());
    world
}

/// GitHub refuses a longer comment, and then nobody sees the plan at all. What a person has to decide is there at every size,
/// the digest too, and it is said that something is left out.
#[test]
fn a_comment_fits_and_what_matters_is_cut_last() {
    let world = labels(2000);
    let plan = |most: &[&str]| world.run(&[&["plan", "--format", "markdown"], most].concat()).out;
    let whole = plan(&["--max-bytes", "100000000"]);
    assert!(whole.len() > 500_000 && !whole.contains(":scissors:"), "{}", whole.len());
    let digest = whole.lines().last().unwrap();
    assert!(digest.starts_with("<sub>digest <code>"), "{digest}");
    let mut rows = 0;
    for most in ["2000", "5000", "20000", "65000", "300000"] {
        let cut = plan(&["--max-bytes", most]);
        assert!(cut.len() <= most.parse().unwrap(), "{most}: {}", cut.len());
        for kept in [
            "<!-- dialform:plan:",
            "Plan: 0 to create, 2001 to update, 1 to delete.",
            "- :warning: **critical**: `acme/forwards.+12145550000` switches off an emergency forward that is active now",
            "- **delete** `acme/schedules.night`",
            ":scissors: This is too long for a comment",
            digest,
        ] {
            assert!(cut.contains(kept), "{most}: {kept}: {cut}");
        }
        let fences = cut.lines().filter(|line| line.starts_with("```")).count();
        assert_eq!(
            (fences % 2, cut.matches("<details>").count()),
            (0, cut.matches("</details>").count()),
            "{most}"
        );
        let now = cut.lines().filter(|line| line.starts_with("| update |")).count();
        assert!(now >= rows, "{most}: more room, and {now} rows after {rows}");
        rows = now;
    }
    assert!(rows > 1000, "{rows}");
    assert_eq!(plan(&[]), plan(&["--max-bytes", "65000"]));
    let refused = world.run(&["plan", "--max-bytes", "1999"]);
    assert_eq!(refused.ending, Ending::Error);
    assert!(refused.err.contains("it is a number of bytes, 2000 or more"), "{}", refused.err);
}

/// The plan with one label, as the page that a comment becomes.
fn page(label: &str) -> (String, String) {
    let world = World::new(&format!("numbers: {{ \"+12145550100\": {{ label: {} }} }}", json!(label)));
    let live = json!({
        "domain": { "domain": "acme.1.service" }, "users": [{ "user": "101", "name-first-name": label }],
        "phonenumbers": [{
            "phonenumber": "12145550100", "dial-rule-application": "to-user-residential",
            "dial-rule-translation-destination-user": "101", "dial-rule-description": format!("{label} "),
        }],
        "timeframes": [{ "timeframe-name": label, "timeframe-type": "specific-dates", "timeframe-specific-dates-array": [] }],
    });
    world.write("live/pbx/acme.1.service.yaml", live.to_string());
    let plan = world.run(&["plan", "--format", "markdown"]);
    assert_eq!(plan.ending, Ending::Fine, "{label}: {}", plan.err);
    assert!(plan.out.contains("Plan: 0 to create, 1 to update"), "{label}: {}", plan.out);
    let mut options = comrak::Options::default();
    options.extension.autolink = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.strikethrough = true;
    options.extension.footnotes = true;
    options.render.r#unsafe = true;
    let html = comrak::markdown_to_html(&plan.out, &options);
    (plan.out, html)
}

/// The tags of a page, in their order.
fn tags(html: &str) -> Vec<String> {
    let parts = html.split('<').skip(1).filter_map(|part| part.split_once('>'));
    parts.map(|(tag, _)| tag.split_whitespace().next().unwrap_or_default().to_owned()).collect()
}

/// The text of a page outside of code, where GitHub and GitLab look for people and issues.
fn prose(html: &str) -> String {
    let mut prose = String::new();
    let mut code = 0;
    for part in html.split('<') {
        let (tag, text) = part.split_once('>').unwrap_or(("", part));
        match tag.split_whitespace().next().unwrap_or_default() {
            "code" | "pre" => code += 1,
            "/code" | "/pre" => code -= 1,
            _ => {}
        }
        if code == 0 {
            // What stands between two tags is one word to them, a comment is not.
            prose.push_str(if tag.starts_with("!--") { "\u{0}" } else { "" });
            prose.push_str(text);
        }
    }
    prose
}

/// What tells somebody, links to an issue, or is a command of GitLab at the beginning of a line.
fn acts(markdown: &str, html: &str) -> usize {
    let prose = prose(html);
    let after = |c: char, next: fn(char) -> bool| {
        let mut before = ' ';
        let mut found = 0;
        let mut all = prose.chars().peekable();
        while let Some(now) = all.next() {
            let begins = !before.is_alphanumeric();
            found += usize::from(now == c && begins && all.peek().is_some_and(|it| next(*it)));
            before = now;
        }
        found
    };
    let lines = markdown.split(['\n', '\r']).map(str::trim_start);
    let commands = lines.filter(|line| line.starts_with('/') && line[1..].starts_with(char::is_alphabetic));
    after('@', |c| c.is_alphanumeric()) + after('#', |c| c.is_ascii_digit()) + commands.count()
}

/// Names and labels come from whoever can sign in to a portal, and a comment is read by many.
#[test]
fn a_name_is_a_name_and_nothing_else() {
    let (markdown, html) = page("x");
    let (expected, quiet) = (tags(&html), acts(&markdown, &html));
    assert!(expected.iter().any(|tag| tag == "table"), "{html}");
    let hostile = [
        "@octocat",
        "me@example.com",
        "#1",
        "GH-1",
        "owner/repo#1",
        "!1",
        "%1",
        "$1",
        "~bug",
        "&1",
        "/close",
        "/assign @me",
        "x\r/close",
        "x\n/close",
        "\u{2028}/close",
        "https://example.com",
        "www.example.com",
        "http://x",
        "mailto:a@b.c",
        "[a](https://x.y)",
        "![a](https://x.y/z.png)",
        "<https://x.y>",
        "[a]: https://x.y",
        "[^1]",
        "<a href=x>",
        "<b>x</b>",
        "<!-- x",
        "-->",
        "<script>",
        "&lt;b&gt;",
        "&#60;b",
        "`",
        "``",
        "```",
        "```\nx",
        "~~~",
        "| x |",
        "\\|",
        "a | b",
        "*x*",
        "**x**",
        "_x_",
        "__x__",
        "~~x~~",
        "~x~",
        ":tada:",
        "# x",
        "- [ ] x",
        "1. x",
        "> x",
        "---",
        "===",
        "</details>",
        "</summary>",
        "<details>",
        "x</code>",
        "$x$",
        "$$x$$",
        "\\",
        "\\\\",
        "\\`",
        "x\\",
        "{{x}}",
        "{% x %}",
        "=1+1",
        "::error::x",
        "x\\| @octocat www.evil.example",
        "o/r#1",
        "group/project!2",
        "joe@evil.example",
        "##[error]x",
        "👩‍👩‍👧",
        "🏢🏢🏢🏢",
        "e\u{301}",
    ];
    let mut wrong = Vec::new();
    for text in hostile {
        let written: Vec<char> = text.chars().filter(|c| dialform::text::is_unseen(*c)).collect();
        // What is not seen cannot stand in a file.
        if !written.is_empty() {
            continue;
        }
        let (markdown, html) = page(text);
        if tags(&html) != expected || acts(&markdown, &html) != quiet {
            wrong.push(format!("{text:?}: {} {html}", acts(&markdown, &html)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Three hundred offices of one template.
fn fleet(count: usize, hours: &str) -> Workspace {
    let workspace = Workspace::default();
    workspace.write(
        "dialform.yaml",
        "version: 1\nproviders:\n  pbx: { kind: stratus, url: \"http://127.0.0.1:1/ns-api/v2\", token: { env: NOT_NEEDED } }\ntenants: [\"tenants/*.yaml\"]\n",
    );
    template(&workspace, hours);
    for n in 0..count {
        workspace.write(
            &format!("tenants/office-{n:03}.yaml"),
            format!(
                "tenant: office-{n:03}\naccount: office{n:03}.1.service\nextends: ../templates/office.yaml\n"
            ),
        );
    }
    workspace.commit(&["."]);
    workspace
}

fn template(workspace: &Workspace, hours: &str) {
    workspace.write(
        "templates/office.yaml",
        format!("provider: pbx\nschedules:\n  business-hours: {{ weekly: {{ mon-thu: [\"08:00-17:00\"], fri: [\"08:00-{hours}\"] }} }}\n"),
    );
}

/// One line of a template that three hundred offices have: one block says so, on a terminal and in a comment, and the
/// one that differs stands by itself.
#[test]
fn what_many_tenants_have_in_common_is_said_once() {
    let workspace = fleet(300, "17:00");
    template(&workspace, "16:00");
    workspace.write(
        "tenants/office-007.yaml",
        "tenant: office-007\naccount: office007.1.service\nextends: ../templates/office.yaml\nschedules: { business-hours: { weekly: { fri: [\"08:00-12:00\"] } } }\n",
    );
    for (format, file) in [("text", "fleet.txt"), ("markdown", "fleet.md")] {
        let plan = workspace.run(&["plan", "--against", "HEAD", "--format", format]);
        assert_eq!(plan.ending, Ending::Fine, "{}", plan.err);
        golden::assert(&format!("comment/{file}"), &golden::steady(&plan.out));
        let each = workspace
            .run(&["plan", "--against", "HEAD", "--format", format, "--expand", "--max-bytes", "10000000"])
            .out;
        let blocks = each.matches("schedules.business-hours").count();
        assert!(blocks >= 300, "{blocks}");
    }
}
