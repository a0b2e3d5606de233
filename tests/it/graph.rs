//! Call flows as pictures, as `dialform graph` draws them.

use crate::{golden, workspace::Workspace};
use dialform::{
    error::Ending,
    flow::{Drawing, Edge, Kind, Line, Mark, Node, Sort},
    picture,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::json;
use std::collections::BTreeSet;

/// Dates of the examples that are over would be another text.
const NOW: &str = "2026-12-01T12:00:00Z";

/// What can be drawn of the example: each tenant, and one number.
const EXAMPLES: [&str; 4] = ["acme-dental", "bright-solar", "harbour-legal", "+12145550101"];

fn drawn(workspace: &Workspace, arguments: &[&str]) -> String {
    let done = workspace.run_at(NOW, arguments);
    assert_eq!((done.ending, done.err.as_str()), (Ending::Fine, ""), "{arguments:?}");
    done.out
}

/// People look at these, and approve a change of them: to the letter, and to the tenth of a pixel.
#[test]
fn the_examples_are_drawn() {
    let workspace = Workspace::quickstart();
    for name in EXAMPLES {
        for (format, ending) in [("svg", "svg"), ("mermaid", "mmd")] {
            let file = format!("graph/{}.{ending}", name.trim_start_matches('+'));
            golden::assert(&file, &drawn(&workspace, &["graph", name, "--format", format]));
        }
    }
    golden::assert(
        "graph/harbour-legal.html",
        &drawn(&workspace, &["graph", "harbour-legal", "--format", "html"]),
    );
}

/// Everything that an arrow can say, on each phone system: what is drawn has to be what `trace` says.
const EVERYTHING: [(&str, &str); 3] = [
    (
        "stratus",
        r#"
schedules:
  hours: { weekly: { mon-fri: ["08:00-17:00"], sun: ["10:00-12:00"] } }
  storm: { dates: ["2027-01-15"], enabled: false }
  named: {}
numbers:
  "+12145550100": { route: { queue: "400" } }
  "+12145550101": { label: Front, route: { extension: "101" } }
  "+12145550102": { }
forwards:
  "+12145550100": { to: "+19725550199", active: true }
  "+12145550101": { to: "+18005550144" }
  "+12145550103": { to: "+19725550199", active: false }
rules:
  "101":
    ring_timeout: 20
    callers: { block_anonymous: true, spam: voicemail }
    order:
      - { when: storm, forward: { always: { number: "+19725550111" } } }
      - { when: named, do_not_disturb: true }
      - when: hours
        ring: { simultaneous: { own_extension: true, also: [{ extension: "102", delay: 10 }, { number: "+12145550100", delay: 5 }] } }
        forward: { on_call: { extension: "102" }, busy: { queue: "401" }, no_answer: { extension: "103" } }
  "102": { ring_timeout: unlimited, order: [{ when: default }] }
  "103": { order: [{ when: default, forward: { no_answer: { extension: "101" }, unreachable: { phone: "102" } } }] }
diverts:
  "101": { always: { attendant: "600" } }
queues:
  "400": { name: Reception, agents: ["101", "102"], require_agents: true, failover: { queue: "401" }, no_answer: voicemail, ring_timeout: 90 }
  "401": { dispatch: round_robin, agents: ["103"], require_agents: true, unavailable: { extension: "101" }, max_wait: 120 }
  "402": { dispatch: call_park, agents: [] }
"#,
    ),
    (
        "ctm",
        r#"
receivers:
  "+14105550123": { label: Desk, no_answer: { after: 15, to: { receiver: "+14105550124" } } }
  "+14105550124": { no_answer: off }
numbers:
  "+18005550142": { route: { receivers: ["+14105550123", "+14105550124"], pattern: sequential } }
  "+18005550143": { route: { receivers: ["+14105550123", "+14105550199"], pattern: simultaneous } }
  "+18005550144": { route: { queue: Sales } }
  "+18005550145": { route: { agent: a@x.example } }
forwards:
  "+18005550142": { to: "+14105550198" }
queues:
  Sales: { agents: [{ agent: a@x.example }], max_wait: 60, no_answer: { menu: Main } }
"#,
    ),
    (
        "deskphone",
        r#"
diverts:
  "2001": { always: { extension: "2002" } }
  "2002": { busy: { extension: "2001" }, unreachable: voicemail }
"#,
    ),
];

/// Every arrow that there is, in the order in which it is asked; what comes back to a box is an arrow back.
#[test]
fn every_arrow_has_its_words() {
    let workspace = Workspace::default();
    let providers = EVERYTHING.map(|(kind, _)| match kind {
        "ctm" => "  ctm: { kind: ctm, access_key: { env: K }, secret_key: { env: S } }\n".to_owned(),
        "stratus" => {
            "  stratus: { kind: stratus, url: \"https://x.example\", token: { env: T }, carrier: manual }\n"
                .to_owned()
        }
        kind => format!("  {kind}: {{ kind: {kind}, url: \"https://x.example\", token: {{ env: T }} }}\n"),
    });
    let head = format!("version: 1\nproviders:\n{}tenants: [\"tenants/*.yaml\"]\n", providers.concat());
    workspace.write("dialform.yaml", head);
    let mut charts = String::new();
    for (kind, body) in EVERYTHING {
        let account = if kind == "ctm" { "1" } else { "acme.1.service" };
        let head = format!(
            "tenant: of-{kind}\nprovider: {kind}\naccount: \"{account}\"\ntime_zone: Europe/London\n"
        );
        workspace.write(&format!("tenants/{kind}.yaml"), head + body);
    }
    for (kind, _) in EVERYTHING {
        charts += &drawn(&workspace, &["graph", &format!("of-{kind}"), "--format", "mermaid"]);
    }
    golden::assert("graph/every_arrow.txt", &charts);
}

/// What is called and nobody has is the same mistake as for `trace`; a slip in the name of a tenant is one too.
#[test]
fn what_nobody_has_is_said() {
    let workspace = Workspace::quickstart();
    for named in ["+12145550999", "acme-dental/999", "nobody/101", "999"] {
        let [graph, trace] = ["graph", "trace"].map(|command| workspace.run_at(NOW, &[command, named]));
        assert_eq!((graph.ending, graph.out, graph.err), (Ending::Error, trace.out, trace.err), "{named}");
    }
    let slip = workspace.run_at(NOW, &["graph", "acme-dentla"]);
    let expected = "error[failed]: no tenant has `acme-dentla`, and none is called so\n |\nhelp: did you mean `acme-dental`?\n";
    assert!(slip.err.starts_with(expected), "{}", slip.err);
}

/// A picture goes to a file as well; with the account read, nothing is said to be missing.
#[test]
fn a_picture_goes_to_a_file() {
    let workspace = Workspace::quickstart();
    let shown = drawn(&workspace, &["graph", "acme-dental/400", "--format", "html", "--sandbox"]);
    let file = workspace.argument("flow.html");
    let arguments = ["graph", "acme-dental/400", "--format", "html", "--sandbox", "--output", &file];
    assert_eq!(drawn(&workspace, &arguments), "");
    assert_eq!(workspace.read("flow.html"), shown);
    assert!(!shown.contains("Nothing live was read"), "{shown}");
}

/// Any two boxes of any drawing, with any words.
fn drawings(text: impl Strategy<Value = String> + Clone + 'static) -> impl Strategy<Value = Drawing> {
    let mark = prop::sample::select(vec![Mark::Kept, Mark::New, Mark::Gone]);
    let lines = prop::collection::vec((text.clone(), mark.clone()), 0..3);
    let lines = lines.prop_map(|lines| lines.into_iter().map(|(text, mark)| Line { text, mark }).collect());
    let kind = prop::sample::select(Kind::ALL.to_vec());
    let node = (kind, text.clone(), lines, mark.clone());
    let sort =
        prop::sample::select(vec![Sort::Leads, Sort::Rule, Sort::Fallback, Sort::Emergency, Sort::Off]);
    let edge = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), sort, text, mark);
    let parts = (prop::collection::vec(node, 1..12), prop::collection::vec(edge, 0..24));
    parts.prop_map(|(nodes, edges)| {
        let count = nodes.len();
        let node = |(id, (kind, name, lines, mark))| Node { id: format!("{id}"), kind, name, lines, mark };
        let edge = |(from, to, sort, text, mark): (prop::sample::Index, prop::sample::Index, _, _, _)| Edge {
            from: from.index(count),
            to: to.index(count),
            sort,
            text,
            mark,
        };
        let mut edges: Vec<Edge> = edges.into_iter().map(edge).collect();
        edges.sort_by_key(|edge| edge.from);
        Drawing { nodes: nodes.into_iter().enumerate().map(node).collect(), edges }
    })
}

/// What ends a text somewhere, and what somebody would like to be read behind it.
const HOSTILE: [&str; 18] = [
    "\"",
    "\"]",
    "-->",
    "`",
    "```",
    "<script>alert(1)</script>",
    "]]>",
    "\n",
    "\u{202e}",
    "👩‍⚕️",
    "end",
    "&#34;",
    "#quot;",
    "%%{init:{}}%%",
    "</style></svg>",
    "\u{0}\u{b}\u{fffe}",
    "##vso[task.complete]",
    ":::x",
];

fn hostile() -> impl Strategy<Value = String> + Clone {
    let pieces = prop::collection::vec(prop::sample::select(HOSTILE.to_vec()), 0..6);
    let pieces = pieces.prop_map(|pieces| pieces.concat());
    let long = prop::sample::select(HOSTILE.to_vec()).prop_map(|it| it.repeat(500 / it.len()));
    prop_oneof![4 => pieces, 1 => long, 2 => "\\PC{0,40}", 1 => any::<String>()]
}

/// The names of the elements and attributes of the picture of one ordinary number of everything.
const ELEMENTS: [&str; 9] = ["desc", "g", "path", "rect", "style", "svg", "text", "title", "tspan"];
const ATTRIBUTES: [&str; 12] =
    ["aria-label", "class", "d", "height", "role", "rx", "viewBox", "width", "x", "y", "xmlns", "style"];

/// Whoever names a queue must not draw in somebody's browser, run anything there, or make a picture that is none.
#[test]
fn no_name_breaks_out() {
    let runner =
        TestRunner::new(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() });
    let mut runner = runner;
    let line = regex::Regex::new(
        "^(flowchart LR|  n[0-9]+[\\[({/\\\\]{1,2}\"[a-zA-Z0-9 .,:/+@_<>#;-]*\"[\\])}/\\\\]{1,2}:::df-[a-z]+|  \
         n[0-9]+ (-->|==>|-\\.->)(\\|\"[a-zA-Z0-9 .,:/+@_#;-]*\"\\|)? n[0-9]+|  classDef df-[a-z]+ [a-z0-9:#, -]+)$",
    )
    .unwrap();
    let outcome = runner.run(&(drawings(hostile()), hostile()), |(drawing, title)| {
        let svg = picture::svg(&drawing, &title).unwrap();
        let document = roxmltree::Document::parse(&svg)
            .map_err(|error| TestCaseError::fail(format!("{error}: {svg}")))?;
        let elements = || document.descendants().filter(roxmltree::Node::is_element);
        let names: BTreeSet<&str> = elements().map(|it| it.tag_name().name()).collect();
        prop_assert!(names.iter().all(|it| ELEMENTS.contains(it)), "{names:?}");
        let attributes: BTreeSet<&str> =
            elements().flat_map(|it| it.attributes()).map(|it| it.name()).collect();
        prop_assert!(attributes.iter().all(|it| ATTRIBUTES.contains(it)), "{attributes:?}");
        let boxes = elements().filter(|it| it.attribute("class").is_some_and(|it| it.starts_with("box ")));
        prop_assert_eq!(boxes.count(), drawing.nodes.len());
        prop_assert!(!svg.contains("##"), "a CI system obeys {svg}");
        prop_assert_eq!(elements().filter(|it| it.tag_name().name() == "style").count(), 1);

        let chart = picture::mermaid(&drawing);
        for it in chart.lines() {
            prop_assert!(line.is_match(it), "{it}");
            prop_assert!(
                it.replace("<br>", "").find(['<', '>']).is_none() || it.contains("->") || it.contains("=>"),
                "{it}"
            );
        }
        let html = picture::html(&drawing, &title, std::slice::from_ref(&title)).unwrap();
        let tags: BTreeSet<&str> = html
            .split('<')
            .skip(1)
            .filter_map(|it| it.split([' ', '>', '/']).find(|it| !it.is_empty()))
            .collect();
        let known =
            ["!DOCTYPE", "html", "head", "meta", "body", "main", "h1", "h2", "p", "figure", "ul", "li"];
        prop_assert!(tags.iter().all(|it| ELEMENTS.contains(it) || known.contains(it)), "{tags:?}");
        Ok(())
    });
    outcome.unwrap();
}

/// For `.ci/pages`, where the package that draws these charts for people reads them: those of the examples, and of hostile names.
/// How many boxes and arrows it finds has to be what was drawn.
#[test]
#[ignore = "for .ci/pages"]
fn charts_for_mermaid() {
    let file = std::env::var_os("DIALFORM_CHARTS").unwrap();
    let mut lines = Vec::new();
    let mut add = |name: String, chart: String, count: Option<[usize; 2]>| {
        // Inside of words these marks are escaped.
        let arrows =
            || ["-->", "==>", "-.->"].iter().map(|it| chart.matches(&format!(" {it}")).count()).sum();
        let boxes = || chart.matches(":::df-").count().max(chart.matches("[\"").count());
        let [boxes, arrows] = count.unwrap_or_else(|| [boxes(), arrows()]);
        lines.push(json!({ "name": name, "chart": chart, "boxes": boxes, "arrows": arrows }).to_string());
    };
    let workspace = Workspace::quickstart();
    for name in EXAMPLES {
        add(name.to_owned(), drawn(&workspace, &["graph", name, "--format", "mermaid"]), None);
    }
    let traced = ["+12145550101", "+12145550100", "+18005550142", "+18005550143", "harbour-legal/2001"];
    for called in traced {
        let arguments = ["trace", called, "--at", "2027-07-02T10:00", "--format", "mermaid"];
        add(format!("trace {called}"), drawn(&workspace, &arguments), None);
    }
    let mut runner = TestRunner::deterministic();
    for at in 0..200 {
        let drawing = drawings(hostile()).new_tree(&mut runner).unwrap().current();
        let count = [drawing.nodes.len(), drawing.edges.len()];
        add(format!("hostile {at}"), picture::mermaid(&drawing), Some(count));
    }
    std::fs::write(file, lines.join("\n") + "\n").unwrap();
}

fn node(id: &str, lines: &[&str]) -> Node {
    let line = |text: &&str| Line { text: (*text).to_owned(), mark: Mark::Kept };
    let lines = lines.iter().map(line).collect();
    Node { id: id.to_owned(), kind: Kind::Queue, name: id.to_owned(), lines, mark: Mark::Kept }
}

fn edge(from: usize, to: usize, text: &str) -> Edge {
    Edge { from, to, sort: Sort::Fallback, text: text.to_owned(), mark: Mark::Kept }
}

/// A reviewer looks at what a plan changes in a picture: boxes, lines of boxes and arrows, each new, gone or as it was.
#[test]
fn two_drawings_differ() {
    let before = Drawing {
        nodes: vec![node("a", &["rings 101", "Reception"]), node("b", &[]), node("c", &[])],
        edges: vec![edge(0, 1, "nobody answers"), edge(0, 2, "busy"), edge(2, 0, "")],
    };
    // The places of boxes are others, and nothing follows from that.
    let after = Drawing {
        nodes: vec![node("d", &[]), node("c", &[]), node("a", &["Reception", "rings 102"])],
        edges: vec![edge(2, 1, "busy"), edge(2, 0, "nobody answers"), edge(1, 2, "")],
    };
    let differs = Drawing::differences(&before, &after);
    let mut told = Vec::new();
    for it in &differs.nodes {
        let lines: Vec<String> = it.lines.iter().map(|it| format!("{:?} {}", it.mark, it.text)).collect();
        told.push(format!("{:?} {} {lines:?}", it.mark, it.id));
    }
    let name = |at: usize| differs.nodes[at].id.as_str();
    let tell = |it: &Edge| format!("{:?} {}-{} {}", it.mark, name(it.from), name(it.to), it.text);
    told.extend(differs.edges.iter().map(tell));
    let expected = [
        "New d []",
        "Kept c []",
        r#"Kept a ["Kept Reception", "Gone rings 101", "New rings 102"]"#,
        "Gone b []",
        "Kept a-c busy",
        "New a-d nobody answers",
        "Kept c-a ",
        "Gone a-b nobody answers",
    ];
    assert_eq!(told, expected);
    assert!(!differs.is_unchanged());
    for same in [&before, &after] {
        let none = Drawing::differences(same, same);
        assert_eq!((&none, none.is_unchanged()), (same, true));
    }
    golden::assert("graph/differences.svg", &picture::svg(&differs, "what changes").unwrap());
    golden::assert("graph/differences.mmd", &picture::mermaid(&differs));
}

/// A rectangle of a picture: left, top, right, bottom.
type Frame = [f64; 4];

/// The boxes of a picture and the words of its arrows.
fn frames(svg: &str) -> (Vec<Frame>, Vec<Frame>) {
    let document = roxmltree::Document::parse(svg).unwrap();
    let number = |it: roxmltree::Node, name: &str| -> f64 { it.attribute(name).unwrap().parse().unwrap() };
    let frame = |it: roxmltree::Node| match it.attribute("d") {
        Some(d) => {
            let points = d.trim_end_matches('Z').split(['M', 'L']).filter(|it| !it.is_empty());
            let points: Vec<[f64; 2]> = points
                .map(|it| it.split_once(' ').unwrap())
                .map(|(x, y)| [x.parse().unwrap(), y.parse().unwrap()])
                .collect();
            let least = |at: usize| points.iter().map(|it| it[at]).fold(f64::INFINITY, f64::min);
            let most = |at: usize| points.iter().map(|it| it[at]).fold(f64::NEG_INFINITY, f64::max);
            [least(0), least(1), most(0), most(1)]
        }
        None => {
            let (x, y) = (number(it, "x"), number(it, "y"));
            [x, y, x + number(it, "width"), y + number(it, "height")]
        }
    };
    let of = |class: &str| {
        let all = document.descendants().filter(|it| it.attribute("class") == Some(class));
        all.map(frame).collect::<Vec<_>>()
    };
    (of("shape"), of("words"))
}

/// Nothing stands on something else, and nothing outside of the picture: whatever leads where, in circles and to itself. Drawn
/// again it is the same picture.
#[test]
fn nothing_overlaps() {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() });
    let outcome = runner.run(&drawings("[a-z ]{0,60}"), |drawing| {
        let svg = picture::svg(&drawing, "any").unwrap();
        prop_assert_eq!(&picture::svg(&drawing, "any").unwrap(), &svg);
        let (boxes, words) = frames(&svg);
        prop_assert_eq!(boxes.len(), drawing.nodes.len());
        let meet = |one: &Frame, other: &Frame| {
            // A tenth of a pixel is lost in writing.
            (0..2).all(|at| one[at] + 0.2 < other[at + 2] && other[at] + 0.2 < one[at + 2])
        };
        let all: Vec<&Frame> = boxes.iter().chain(&words).collect();
        for (at, one) in all.iter().enumerate() {
            for other in &all[at + 1..] {
                prop_assert!(!meet(one, other), "{one:?} {other:?}\n{svg}");
            }
        }
        let document = roxmltree::Document::parse(&svg).unwrap();
        let view = document.root_element().attribute("viewBox").unwrap();
        let view: Vec<f64> = view.split(' ').map(|it| it.parse().unwrap()).collect();
        for it in all {
            let is_inside = it[0] >= view[0] && it[1] >= view[1];
            prop_assert!(
                is_inside && it[2] <= view[0] + view[2] && it[3] <= view[1] + view[3],
                "{it:?} {view:?}"
            );
        }
        Ok(())
    });
    outcome.unwrap();
}

/// A tenant of hundreds of extensions hangs nobody's terminal: what is too large to be looked at is refused, with the way out.
#[test]
fn what_nobody_could_look_at_is_refused() {
    let mut nodes: Vec<Node> = (0..1001).map(|at| node(&format!("a/queue/{at}"), &[])).collect();
    nodes[0] = Node { id: "number/+12145550100".to_owned(), kind: Kind::Number, ..nodes[0].clone() };
    let edges = (0..1000).map(|at| edge(at, at + 1, "")).collect();
    let drawing = Drawing { nodes, edges };
    let refused = picture::svg(&drawing, "all").unwrap_err();
    assert_eq!(
        (refused.message.as_str(), refused.help.as_deref()),
        (
            "the picture would have 1001 boxes and 1000 arrows, 2001 of which hang together: no more than 10000 are laid out, \
             and no more than 2000 that hang together",
            Some(
                "draw one number, e.g. `+12145550100`, or leave the layout to another program with `--format mermaid`"
            )
        )
    );
    assert_eq!(picture::mermaid(&drawing).lines().count(), 1 + 1001 + 1000 + 1);
}
