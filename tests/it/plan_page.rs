//! `plan --format html`: the page that somebody reads before they approve.
//!
//! What a browser makes of the pages is in `.ci/pages`, which gets them from here.

use crate::{golden, workspace::Workspace};
use dialform::{
    diff::FieldChange,
    error::Ending,
    experience::{Experience, Line, Meanwhile},
    finding::{Finding, Place},
    model::{Address, Kind},
    path::{Path, Segment},
    plan::{
        Act, Action, Class, Clicks, MadeFrom, NamedCommit, Note, Plan, Setting, Source, Step, TenantPlan,
        Unverifiable,
    },
    render::{Picture, Pictures, plan_html},
    text::escaped,
};
use proptest::{
    collection::vec,
    prelude::{Strategy, any},
    sample::select,
    strategy::Union,
    test_runner::{Config, TestRunner},
};
use scraper::{ElementRef, Html, Node, Selector};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::PathBuf};

const NOW: &str = "2026-11-29T12:00:00Z";

/// The quickstart's report.
fn quickstart() -> String {
    let done = Workspace::quickstart().run_at(NOW, &["plan", "--sandbox", "--format", "html"]);
    assert_eq!((done.ending, done.err.as_str()), (Ending::Fine, ""), "{}", done.out);
    done.out
}

fn rendered(plan: &Plan, pictures: &Pictures) -> String {
    let mut out = Vec::new();
    plan_html(&mut out, plan, pictures, false).unwrap();
    String::from_utf8(out).unwrap()
}

/// Everything somebody could have written is `words` of what it would be.
fn plan(tenants: usize, steps: usize, words: &dyn Fn(&str) -> String) -> Plan {
    let mut plan = Plan::new((0..tenants).map(|at| tenant(at, steps, words)).collect());
    let mut place = place(words);
    place.also = Some(Box::new(self::place(words)));
    let own = Finding::warning("unused", words("a warning")).at(place).help(words("what to do"));
    plan.findings.push(own);
    let commit = || {
        Some(NamedCommit {
            named: words("main"),
            commit: Some(words("0a1b2c3d4e5f60718293a4b5c6d7e8f901234567")),
        })
    };
    plan.made_from(MadeFrom {
        dialform: words("0.1.0"),
        workspace: words("telephony/"),
        environment: Some(words("production")),
        head: Some(words("a commit")),
        tenant: Some(words("acme*")),
        only: vec![words("queues.*")],
        base: commit(),
        merge: commit(),
        allow_undo: commit().into_iter().collect(),
        tree: Some(words("a tree")),
        restore: Some(words("restore.json")),
        ..MadeFrom::default()
    })
}

fn place(words: &dyn Fn(&str) -> String) -> Place {
    let source = words("    to: \"+12145550100\"");
    let length = source.chars().count().saturating_sub(2).max(1);
    Place { file: words("tenants/acme.yaml"), line: 12, column: 2, length, source, skipped: 0, also: None }
}

fn tenant(at: usize, steps: usize, words: &dyn Fn(&str) -> String) -> TenantPlan {
    let name = words(&format!("office-{at:03}"));
    let finding = || Finding::error("protected", words("an error")).at(place(words)).help(words("a way out"));
    let blocked = if at == 1 { vec![finding()] } else { Vec::new() };
    let mut plan = TenantPlan::blocked(&name, &words("dallas"), &words("account"), blocked);
    plan.findings = vec![Finding::warning("forward-on", words(&format!("a forward is on at {at}")))];
    plan.steps = (0..steps).map(|step| self::step(at, step, words)).collect();
    let address = Address::new(Kind::Queues, words("400"));
    let line = |class, given: Option<&str>| Line {
        class,
        given: given.map(words),
        to: vec![words(&format!("+1 214-555-01{at:02}"))],
        also: vec![words("the main line")],
        when: Some(words("on Saturdays")),
        now: Some(words("go to queue 400")),
        before: Some(words(&format!("rang {at}"))),
        more: 0,
    };
    plan.experience = Some(Box::new(Experience {
        lines: vec![line(Class::CallerVisible, None), line(Class::OnFailure, Some("when 101 is offline"))],
        meanwhile: vec![Meanwhile {
            to: vec![words("queue 400")],
            writes: 2,
            until_by_hand: false,
            is_lost: at == 0,
            call: words("ring nobody"),
        }],
        beyond: vec![address.clone()],
        ..Experience::default()
    }));
    plan.refused = vec![words("too many deletions")];
    plan.withheld = BTreeSet::from([address.clone()]);
    plan.notes = vec![Note { source: Some("FACTS stratus/users-3"), ..Note::new(&address, words("a note")) }];
    plan.unmanaged = vec![address.clone()];
    plan.unverifiable = vec![Unverifiable {
        address,
        fields: Vec::new(),
        critical: Some(words("it matters")),
        instructions: clicks(words),
    }];
    plan
}

fn clicks(words: &dyn Fn(&str) -> String) -> Vec<Clicks> {
    let setting = Setting {
        label: words("Fail-safe Number"),
        act: Act::Set,
        value: words("+14105550199"),
        instead_of: Some(words("nothing")),
    };
    vec![Clicks { clicks: vec![words("Numbers"), words("click it")], values: vec![setting], save: "Save" }]
}

fn step(tenant: usize, at: usize, words: &dyn Fn(&str) -> String) -> Step {
    let action = [Action::Update, Action::Create, Action::Delete, Action::Manual][at % 4];
    let change = |path: Path, old: Option<Value>, new: Option<Value>| FieldChange { path, old, new };
    let text = |it: &str| Some(Value::from(words(it)));
    let element = |it: &str| Path::from_iter([Segment::key("order"), Segment::element(words(it))]);
    let changes = vec![
        change(Path::from(["label"]), text("old"), text(&format!("new at {tenant}"))),
        change(element("storm"), None, Some(json!({ "when": words("storm"), "ring": "extension" }))),
        change(element("night"), Some(json!({ "when": words("night"), "ring": "extension" })), None),
        change(Path::from(["note"]), text(&"a long text ".repeat(9)), text(&"another long text ".repeat(9))),
    ];
    let address = Address::new(Kind::Rules, words(&format!("{}", 100 + at)));
    let source = Source { file: words("tenants/acme.yaml"), line: at + 1, also: None };
    Step {
        class: [Class::CallerVisible, Class::OnFailure, Class::Cosmetic][at % 3],
        critical: at.is_multiple_of(10).then(|| words("it forwards everything")),
        changes,
        lost: vec![words("its greetings")],
        instructions: if action == Action::Manual { clicks(words) } else { Vec::new() },
        ..Step::plain(address, action, Some(source))
    }
}

fn same(word: &str) -> String {
    word.to_owned()
}

/// All that a reader sees of an element, a blank between any two parts.
fn text(page: &Html, selector: &str) -> String {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).flat_map(|it| it.text().collect::<Vec<_>>()).collect::<Vec<_>>().join(" ")
}

/// What is approved is read here word by word: the page of the first example stands beside this test, without its style.
#[test]
fn the_page_of_the_quickstart_is_the_reviewed_one() {
    let page = quickstart();
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    // Pictures are reviewed where `dialform graph` is.
    let mut parts = body.split("<svg ");
    let mut seen = parts.next().unwrap().to_owned();
    for part in parts {
        let (picture, rest) = part.split_once("</svg>").unwrap();
        let (_, title) = picture.split_once("<title>").unwrap();
        seen.push_str(&format!("[{}]{rest}", title.split_once("</title>").unwrap().0));
    }
    golden::assert("plan_page/quickstart.html", &golden::steady(&format!("{head}<style></style>{seen}")));
}

/// Whoever reads the page instead of the text misses nothing: every word of the text is on it.
#[test]
fn the_page_says_what_the_text_says() {
    let parts = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| c.is_whitespace() || "`:,;/".contains(c));
        words.filter(|it| !it.is_empty()).map(str::to_owned).collect()
    };
    let page = Html::parse_document(&quickstart());
    let page = parts(&text(&page, "body"));
    let plan = Workspace::quickstart().run_at(NOW, &["plan", "--sandbox", "--expand"]);
    // Signs, and a heading that the page has in other words.
    let drawn = [
        "~",
        "|",
        "[",
        "]",
        "digest",
        "warning[forward-on]",
        "unmanaged",
        "left",
        "alone",
        "!",
        "check",
        "cannot",
        "be",
        "read",
        "by",
        "hand",
    ];
    let missing: Vec<String> =
        parts(&plan.out).difference(&page).filter(|it| !drawn.contains(&it.as_str())).cloned().collect();
    assert_eq!(missing, Vec::<String>::new());
}

/// The elements of a page with their attributes, and its texts, in order.
fn skeleton(page: &str) -> (Vec<String>, Vec<String>) {
    let page = Html::parse_document(page);
    let (mut bones, mut texts) = (Vec::new(), Vec::new());
    fn walk(at: ElementRef<'_>, bones: &mut Vec<String>, texts: &mut Vec<String>) {
        let mut attributes: Vec<String> = at
            .value()
            .attrs()
            .map(|(name, value)| match name {
                "aria-label" => {
                    texts.push(value.to_owned());
                    name.to_owned()
                }
                _ => format!("{name}={value}"),
            })
            .collect();
        attributes.sort();
        bones.push(format!("<{} {}>", at.value().name(), attributes.join(" ")));
        // How many lines a change has follows from how long its values are.
        let is_change = at.value().name() == "pre";
        for child in at.children() {
            match child.value() {
                Node::Element(_) if is_change => {
                    texts.extend(ElementRef::wrap(child).unwrap().text().map(str::to_owned))
                }
                Node::Element(_) => walk(ElementRef::wrap(child).unwrap(), bones, texts),
                // Two texts beside each other are one to a parser.
                Node::Text(text) => texts.push(text.to_string()),
                other => bones.push(format!("{other:?}")),
            }
        }
        bones.push("</>".to_owned());
    }
    walk(page.root_element(), &mut bones, &mut texts);
    (bones, texts)
}

fn with_pictures(plan: &Plan, words: &dyn Fn(&str) -> String) -> String {
    let tenant = words("office-000");
    let each = vec![Picture {
        tenant: tenant.clone(),
        called: words("+12145550100"),
        before: None,
        after: Some("<svg></svg>".to_owned()),
    }];
    rendered(plan, &Pictures { each, left_out: vec![(tenant, words("+12145550101"))] })
}

/// Names come from files, from phone systems and from whoever opens a pull request. Whatever they are, the page has the
/// elements that it has with harmless ones, and says every word of them.
#[test]
fn no_name_leaves_its_place() {
    let pieces = [
        "</pre>",
        "</style>",
        "</title>",
        "<script>alert(1)</script>",
        "\"",
        "'",
        "`",
        "&",
        "&lt;",
        "&#x3c;",
        "<!--",
        "-->",
        "]]>",
        "<img src=x onerror=alert(1)>",
        "\" onload=\"alert(1)",
        "##[error]",
        "::set-output",
        "\n",
        "\u{202e}",
        "\u{0}",
        "=",
        "/>",
        " ",
        "<",
        ">",
        "é",
        "\u{5d0}",
        "javascript:alert(1)",
        "<svg/onload=alert(1)>",
        "<base href=//x>",
        "<plaintext>",
        "-> ",
        "+ ",
        "- ",
    ];
    let letters = any::<char>().prop_map(String::from);
    let piece = Union::new([select(pieces.to_vec()).prop_map(str::to_owned).boxed(), letters.boxed()]);
    let name = vec(piece, 1..5).prop_map(|it| it.concat());
    let name = name.prop_filter("nothing to see", |it| !escaped(it.clone()).trim().is_empty());
    let mut runner = TestRunner::new(Config { cases: 48, ..Config::default() });
    let tame = |word: &str| format!("{word}x");
    let (bones, _) = skeleton(&with_pictures(&plan(2, 4, &tame), &tame));
    runner
        .run(&name, |name| {
            let wild = |word: &str| format!("{word}{name}x");
            let page = with_pictures(&plan(2, 4, &wild), &wild);
            let (found, texts) = skeleton(&page);
            let code = |it: &&String| !it.starts_with("<code") && !it.starts_with("</>");
            // A pair of backticks makes code of what is between them.
            match name.contains('`') {
                true => assert_eq!(
                    found.iter().filter(code).collect::<Vec<_>>(),
                    bones.iter().filter(code).collect::<Vec<_>>(),
                    "{name:?}"
                ),
                false => assert_eq!(found, bones, "{name:?}"),
            }
            let all = texts.concat();
            let shown = escaped(format!("office-000{name}x"));
            assert!(all.contains(&shown), "{name:?}: {shown}");
            assert!(
                !page.contains("##") && !page.lines().any(|it| it.trim_start().starts_with("::")),
                "{name:?}"
            );
            Ok(())
        })
        .unwrap();
}

/// A plan of a thousand changes is one file that a mail takes, with every change in it once.
#[test]
fn a_thousand_changes_are_one_small_file() {
    let page = rendered(&plan(100, 10, &same), &Pictures::default());
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    let html = Html::parse_document(&page);
    assert_eq!(html.select(&Selector::parse("article.step").unwrap()).count(), 1000);
    assert_eq!(html.select(&Selector::parse("select#tenant option").unwrap()).count(), 101);
}

/// A page that is opened from a mail must load nothing and run nothing.
#[test]
fn nothing_leads_out_of_the_page() {
    for page in [quickstart(), with_pictures(&plan(2, 4, &same), &same)] {
        let html = Html::parse_document(&page);
        let outside =
            Selector::parse("script, link, img, iframe, object, embed, form, base, [src], [style], [srcset]")
                .unwrap();
        assert_eq!(html.select(&outside).count(), 0);
        for link in html.select(&Selector::parse("[href]").unwrap()) {
            let target = link.value().attr("href").unwrap();
            let id = target.strip_prefix('#').unwrap_or_else(|| panic!("{target} leads out"));
            assert_eq!(
                html.select(&Selector::parse(&format!("[id=\"{id}\"]")).unwrap()).count(),
                1,
                "{target}"
            );
        }
        assert!(!page.contains("url(") && !page.contains("@import"));
    }
}

/// A job without credentials makes the same page of what the files say.
#[test]
fn it_needs_no_credential() {
    let workspace = Workspace::quickstart();
    workspace.commit(&["."]);
    workspace.edit(
        "tenants/acme-dental.yaml",
        r#"route: { queue: "402" }"#,
        r#"route: { extension: "105" }"#,
    );
    let done = workspace.run_at(NOW, &["plan", "--against", "HEAD", "--format", "html"]);
    assert_eq!((done.ending, done.err.as_str()), (Ending::Fine, ""), "{}", done.out);
    let page = Html::parse_document(&done.out);
    let summary = text(&page, "#summary");
    assert!(
        summary.contains("Compared with HEAD; no phone system was asked, and what is live may differ."),
        "{summary}"
    );
    let changes = text(&page, "#changes");
    assert!(changes.contains(r#"route: {queue: "402"} -> {extension: "105"}"#), "{changes}");
    assert_eq!(text(&page, "#numbers h3").trim(), "+1 214 555 0103");
    let drawn = Selector::parse("#numbers figure svg.call-flow").unwrap();
    assert_eq!(page.select(&drawn).count(), 2);
}

/// The pages for `.ci/pages`, where `DIALFORM_REPORTS` says.
#[test]
#[ignore = "for .ci/pages"]
fn pages_for_a_browser() {
    let into = PathBuf::from(std::env::var_os("DIALFORM_REPORTS").unwrap());
    fs::create_dir_all(&into).unwrap();
    let wild = |word: &str| {
        format!(
            "{word}\"'></pre></style><script>document.title='broken'</script><img src=http://127.0.0.1:9/x>"
        )
    };
    let pages = [
        ("quickstart", quickstart()),
        ("many", rendered(&plan(100, 10, &same), &Pictures::default())),
        ("hostile", with_pictures(&plan(2, 4, &wild), &wild)),
    ];
    for (name, page) in pages {
        fs::write(into.join(name).with_extension("html"), page).unwrap();
    }
}
