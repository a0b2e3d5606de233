//! What `Tree::parse` accepts, refuses and says about it.

use super::super::tree::{Node, Tree, Value};
use super::render;
use crate::path::{Path, Segment};

fn errors(text: &str) -> Vec<String> {
    match Tree::parse("f.yaml", text) {
        Ok(_) => Vec::new(),
        Err(findings) => render(&findings),
    }
}

fn check(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        assert_eq!(errors(text), *expected, "{text:?}");
    }
}

/// Flow notation of a tree; quoted scalars in quotes.
fn flat(node: &Node) -> String {
    match &node.value {
        Value::Scalar { text, plain: true } => text.to_string(),
        Value::Scalar { text, plain: false } => format!("{text:?}"),
        Value::Map(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|(key, value)| format!("{}: {}", flat(key), flat(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Seq(items) => format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join(", ")),
    }
}

const LINE_UP: &str = "this line does not line up with the ones above | indent all keys of one map by the same number of spaces";
const PARTS: &str = "put a comma between its parts";

/// Beginners' YAML mistakes are the first thing a user meets; each must point at the right line and say the way out.
#[test]
fn syntax_mistakes() {
    let tab = "syntax: a tab is used as indentation | indent with spaces";
    for (text, at) in [
        ("a: 1\n\tb: 2\n", "2:1"),
        ("a: 1\r\n\tb: 2\r\n", "2:1"),
        ("a:\n\tb: 2\n", "2:1"),
        ("a:\n  \tb: 2\n", "2:3"),
        ("a: [\n\tb]\n", "2:1"),
        ("a: >\n  x\n\ty\n", "3:1"),
    ] {
        assert_eq!(errors(text), [format!("{at} {tab}")], "{text:?}");
    }
    for (text, at) in [
        ("a:\n  b: 1\n c: 2\n", "3:2"),
        ("a:\n  b: 1\n   c: 2\n", "3:4"),
        ("a: b\n c: d\n", "2:2"),
        ("a:\n- x\n b: 1\n", "3:2"),
        ("rules:\n  \"101\":\n    a: 1\n   b: 2\n", "4:4"),
    ] {
        assert_eq!(errors(text), [format!("{at} syntax: {LINE_UP}")], "{text:?}");
    }
    for (text, bracket, close) in [
        ("a: [1, 2\nb: 3\n", '[', ']'),
        ("a: {x: 1\nb: 3\n", '{', '}'),
        ("a: [1, 2", '[', ']'),
        ("a: {\"x\": 1,\n", '{', '}'),
    ] {
        let expected =
            format!("1:4 syntax: this `{bracket}` is not closed | close it with `{close}`, and {PARTS}");
        assert_eq!(errors(text), [expected], "{text:?}");
    }
    check(&[
        ("a: 'x\nb: y\n", &["1:4 syntax: this quote is never closed | close it with `'`"]),
        ("a: \"b", &["1:4 syntax: this quote is never closed | close it with `\"`"]),
        ("a: \"x\n---\n\"\n", &["1:4 syntax: this quote is never closed | close it with `\"`"]),
        ("a: 'x\nb: 'y'\n", &["1:4 syntax: this quote is not closed on its line | close it with `'`"]),
        (
            "a: 'it's'\n",
            &[
                "1:8 syntax: text after the closing quote | put the quotes around all of it; a `'` inside is written `''`",
            ],
        ),
        (
            "a: \"x\" y\n",
            &[
                "1:8 syntax: text after the closing quote | put the quotes around all of it; a `\"` inside is written `\\\"`",
            ],
        ),
        (
            "a: \"\\q\"\n",
            &[
                "1:4 syntax: unknown `\\` sequence in double quotes | write `\\\\` for a backslash, or use single quotes",
            ],
        ),
        ("b: 1\na: @x y # z\n", &["2:4 syntax: unquoted text cannot start with `@` | quote it: \"@x y\""]),
        ("a: [b, @c, d]\n", &["1:8 syntax: unquoted text cannot start with `@` | quote it: \"@c\""]),
        ("a: %5\n", &["1:4 syntax: unquoted text cannot start with `%` | quote it: \"%5\""]),
        ("%5\n", &["1:1 syntax: unquoted text cannot start with `%` | quote it: \"%5\""]),
        ("a: *\n", &["1:4 syntax: unquoted text cannot start with `*` | quote it: \"*\""]),
        ("a: ,x\n", &["1:4 syntax: unquoted text cannot start with `,` | quote it: \",x\""]),
        ("a: [1]]\n", &["1:7 syntax: this bracket closes nothing | remove it, or open it earlier"]),
        ("a: [1}\n", &["1:4 syntax: this `[` is closed by `}` | close `[` with `]`"]),
        (
            "a: {b: c d: e}\n",
            &[
                "1:11 syntax: this does not fit inside `{…}` | put a comma between the parts, or quote text that contains `: `: \"c d: e\"",
            ],
        ),
        (
            "a: b: c\n",
            &[
                "1:5 syntax: a second `: ` on one line | quote text that contains `: `, or write a map as `{ key: value }`",
            ],
        ),
        (
            "key\nother: 1\n",
            &["1:1 syntax: expected `key: value` here | put a colon and a space after the key"],
        ),
        ("a:b\nc: d\n", &["1:1 syntax: expected `key: value` here | put a colon and a space after the key"]),
        (
            "a: 1\nb\nc: 2\n",
            &["2:1 syntax: expected `key: value` here | put a colon and a space after the key"],
        ),
        (
            "- a\nb: 1\n",
            &[
                "2:1 syntax: expected another `- ` item here | a list's items all start with `- `, in one column; a key beside them does not fit",
            ],
        ),
        (
            "a: - b\n",
            &[
                "1:4 syntax: a `- ` list cannot start here | put the list on lines of its own, or write `[a, b]`",
            ],
        ),
        (
            "a: |x\n  y\n",
            &[
                "1:4 syntax: text after `|` or `>` starts on the next line | quote the text if it starts with `|` or `>`",
            ],
        ),
        (
            "a: 1 #x\n  b: 2\n",
            &[
                "1:6 syntax: the line below continues this one across a comment | check the indentation of the next line",
            ],
        ),
        ("a: \u{1}\n", &["1:4 syntax: the file contains the control character U+0001 | remove it"]),
    ]);
}

/// A file is one map; anything else is refused before a type is asked for.
#[test]
fn shape_of_a_file() {
    let empty = "1:1 empty-file: there is nothing in this file | remove the file, or fill it";
    let second = "several-documents: a second document starts here | keep one document per file: move what follows into a file of its own";
    for text in ["", "\n\n", "# only\n# comments\n", "---\n", "--- ~\n", "\u{feff}", "\u{feff}# x\r\n"] {
        assert_eq!(errors(text), [empty], "{text:?}");
    }
    for (text, at) in [
        ("a: 1\n---\nb: 2\n", "2:1"),
        ("a: 1\n---\n", "2:1"),
        ("a: 1\n...\nb: 1\n", "3:1"),
        ("---\n---\n", "2:1"),
    ] {
        assert_eq!(errors(text), [format!("{at} {second}")], "{text:?}");
    }
    check(&[
        ("text\n", &["1:1 wrong-type: expected a map, found text | a file is made of `key: value` lines"]),
        (
            "a:b\n",
            &["1:1 wrong-type: expected a map, found text | put a space after the colon: `key: value`"],
        ),
        (
            "# c\n- a\n",
            &["2:1 wrong-type: expected a map, found a list | a file is made of `key: value` lines"],
        ),
        ("a: 1\n...\n", &[]),
        ("--- # c\na: 1\n", &[]),
        ("%YAML 1.2\n---\na: 1\n", &[]),
    ]);
}

/// YAML libraries accept duplicate keys, last wins; here a lost rule would be a lost call.
#[test]
fn duplicate_and_unusable_keys() {
    check(&[
        (
            "a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\n\"b\": 4\n",
            &[
                "3:1 duplicate-key: key `a` is already set on line 1 | keep one of the two",
                "4:11 duplicate-key: key `d` is already set on line 4 | keep one of the two",
                "5:1 duplicate-key: key `b` is already set on line 2 | keep one of the two",
            ],
        ),
        (
            "\"101\": a\n101: b\n",
            &["2:1 duplicate-key: key `101` is already set on line 1 | keep one of the two"],
        ),
        ("0101: a\n101: b\n", &[]),
        (
            "x: &x {b: 1}\ny:\n  <<: *x\n  <<: *x\n",
            &["4:3 duplicate-key: key `<<` is already set on line 3 | keep one of the two"],
        ),
        (
            "? [q]\n: y\n{x: 1}: z\n",
            &[
                "1:3 wrong-type: expected text as a key, found a list | keys are words, numbers or quoted text",
                "3:1 wrong-type: expected text as a key, found a map | keys are words, numbers or quoted text",
            ],
        ),
        (
            "a: 1\na: 2\nb: [\n",
            &["3:4 syntax: this `[` is not closed | close it with `]`, and put a comma between its parts"],
        ),
    ]);
}

/// Tags change types behind the reader's back; all of a file are named at once.
#[test]
fn tags_are_refused() {
    let tag = |at: &str, tag: &str| {
        format!(
            "{at} tag: tags such as `{tag}` are not supported | leave the tag out, or quote the text if it starts with `{tag}`"
        )
    };
    let expected = [tag("1:4", "!foo"), tag("2:4", "!!str"), tag("3:4", "!bar"), tag("3:13", "!e")];
    assert_eq!(errors("a: !foo x\nb: !!str 5\nc: !bar {d: !e [1]}\n"), expected);
    check(&[("a: !h!foo x\n", &["1:4 tag: tags are not supported | quote text that starts with `!`"])]);
}

/// Anchors and merge keys are how people avoid repetition; a bare star code must not pass for an alias.
#[test]
fn aliases_and_merge_keys() {
    for (text, expected) in [
        ("a: &x [1, 2]\nb: *x\n", "{a: [1, 2], b: [1, 2]}"),
        ("a: &x k\n*x : 1\n", "{a: k, k: 1}"),
        ("a: &x 1\nb: &x 2\nc: *x\n", "{a: 1, b: 2, c: 2}"),
        ("x: &x {p: 1, q: 2}\ny: {q: 3, <<: *x}\n", "{x: {p: 1, q: 2}, y: {q: 3, p: 1}}"),
        (
            "x: &x {p: 1}\nz: &z {p: 2, q: 2}\ny: {<<: [*x, *z]}\n",
            "{x: {p: 1}, z: {p: 2, q: 2}, y: {p: 1, q: 2}}",
        ),
        (
            "x: &x {p: 1}\nz: &z {<<: *x, q: 2}\ny: {<<: *z}\n",
            "{x: {p: 1}, z: {q: 2, p: 1}, y: {q: 2, p: 1}}",
        ),
        ("y: {\"<<\": 1}\n", "{y: {\"<<\": 1}}"),
    ] {
        let tree = Tree::parse("f", text).unwrap_or_else(|findings| panic!("{text:?}: {findings:?}"));
        assert_eq!(flat(tree.root()), expected, "{text:?}");
    }
    let merge = "1:5 wrong-type: expected a map to merge, found text | `<<` takes `*name` or `[*one, *two]` of anchored maps";
    check(&[
        (
            "a: *67\nb: [x, *98]\n",
            &[
                "1:4 unknown-alias: there is no anchor `&67` above this `*67` | quote star codes: \"*67\"",
                "2:8 unknown-alias: there is no anchor `&98` above this `*98` | quote star codes: \"*98\"",
            ],
        ),
        (
            "a: *x\nb: &x 1\n",
            &["1:4 unknown-alias: there is no anchor `&x` above this `*x` | quote star codes: \"*x\""],
        ),
        (
            "a: &s [*s]\n",
            &[
                "1:8 recursive-alias: this alias is inside the value it stands for | write out the value instead of the alias",
            ],
        ),
        (
            "a: &s {<<: *s}\n",
            &[
                "1:12 recursive-alias: this alias is inside the value it stands for | write out the value instead of the alias",
            ],
        ),
        ("<<: 1\n", &[merge]),
        (
            "<<: [[1]]\n",
            &[
                "1:5 wrong-type: expected a map to merge, found a list | `<<` takes `*name` or `[*one, *two]` of anchored maps",
            ],
        ),
    ]);
}

/// Files are edited on Windows and saved by old editors.
#[test]
fn encodings_and_line_ends() {
    for text in ["\u{feff}a: 1\r\nb: [x]\r\n", "a: 1\rb: [x]\r", "a: 1\nb: [x]"] {
        let tree = Tree::parse("f", text).unwrap_or_else(|findings| panic!("{text:?}: {findings:?}"));
        assert_eq!(flat(tree.root()), "{a: 1, b: [x]}", "{text:?}");
        let place = tree.place_of(&["b".into(), 0.into()]);
        assert_eq!((place.to_string().as_str(), place.source.as_str()), ("f:2:5", "b: [x]"), "{text:?}");
    }
    let cases: &[(&[u8], &str)] = &[
        (b"a: 1\nb: \xe9t\xe9\n", "2:4 encoding: this is not UTF-8 text | save the file as UTF-8"),
        (b"\xff\xfea\0:\0", "1:1 encoding: this file is UTF-16, not UTF-8 | save the file as UTF-8"),
        (b"a: 1\n\xe2\x82", "2:1 encoding: this is not UTF-8 text | save the file as UTF-8"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(render(&Tree::parse_bytes("f", bytes).unwrap_err()), [*expected], "{bytes:?}");
    }
    assert!(Tree::parse_bytes("f", "a: é".as_bytes()).is_ok());
}

/// Lints hold paths, not spans; each path must lead somewhere sensible, gone wrong or not.
#[test]
fn paths_to_places() {
    let text = "rules:\n  \"101\":\n    order:\n      - when: x\n      - when: default\n        ring: {all: true}\nlist:\n- p\n- q\n";
    let tree = Tree::parse("f", text).unwrap();
    let path = |text: &str| -> Vec<Segment> {
        text.split_whitespace()
            .map(|part| part.parse().map_or_else(|_| Segment::key(part), Segment::Index))
            .collect()
    };
    // "101" is a key here, so it is written with a dot that is taken off again.
    let keyed =
        |text: &str| -> Vec<Segment> {
            path(text)
                .into_iter()
                .map(|seg| {
                    if let Segment::Key(key) = seg { Segment::key(key.trim_start_matches('.')) } else { seg }
                })
                .collect()
        };
    for (at, value, key) in [
        ("", "1:1+6", "1:1+6"),
        ("rules", "2:3+6", "1:1+5"),
        ("rules .101 order", "4:7+9", "3:5+5"),
        ("rules .101 order 1", "5:9+13", "5:9+13"),
        ("rules .101 order 1 when", "5:15+7", "5:9+4"),
        ("rules .101 order 1 ring", "6:15+11", "6:9+4"),
        ("rules .101 order 1 ring all", "6:21+4", "6:16+3"),
        ("rules .101 order 7", "3:5+5", "3:5+5"),
        ("rules .101 absent deeper", "2:3+5", "2:3+5"),
        ("rules 3", "1:1+5", "1:1+5"),
        ("list", "8:1+3", "7:1+4"),
        ("list 1", "9:3+1", "9:3+1"),
        ("absent", "1:1+6", "1:1+6"),
    ] {
        let show = |place: crate::finding::Place| format!("{}:{}+{}", place.line, place.column, place.length);
        assert_eq!(show(tree.place_of(&keyed(at))), value, "value of {at:?}");
        assert_eq!(show(tree.place_of_key(&keyed(at))), key, "key of {at:?}");
    }
    assert_eq!(
        Path::from(keyed("rules .101 order 1 when").as_slice()).to_string(),
        "rules.101.order[1].when"
    );
    assert_eq!(tree.get(&keyed("rules .101 order 1 when")).map(Node::text), Some("default"));
    assert!(tree.get(&keyed("rules .102")).is_none());
}
