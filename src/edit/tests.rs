//! Each change of a file, and what of it is the same after it.

use super::*;
use crate::path::Segment;
use serde_json::json;

const FILE: &str = r##"# whose file it is
tenant: 'acme'   # the name
queues:
  # the front
  "400":
    name:   Reception # people know it
    agents: ["101", "102"] # who answers
    more:
      - when: a
        x: { y: 1, z: 2 }
      # the second one
      - when: b
  "401": { name: Billing, agents: [] }   # on one line
none: {}   # nothing yet
flow: { a: 1 }
base: &base { name: x }
alias: *base
merged: # in three forms
  a: { <<: *base }
  b:
    - <<: *base # all of it
      when: c
  c: { <<: *base, # why
       y: 1 }
block: &list
  - "1"
  - "2"
again: *list
"##;

fn tree(text: &str) -> Tree {
    Tree::parse_bytes("t.yaml", text.as_bytes()).unwrap()
}

/// `queues/=400/more/0`: keys and positions; `=` before a key of digits.
fn path(text: &str) -> Vec<Segment> {
    let segment = |part: &str| match (part.strip_prefix('='), part.parse()) {
        (Some(key), _) => Segment::key(key),
        (None, Ok(index)) => Segment::Index(index),
        (None, Err(_)) => Segment::key(part),
    };
    text.split('/').map(segment).collect()
}

/// The lines that are gone and those that have come.
fn changed(before: &str, after: &str) -> String {
    let diff = similar::TextDiff::from_lines(before, after);
    let lines = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
    lines.map(|change| format!("{}{}", change.tag(), change.value())).collect()
}

fn entry(indent: usize) -> String {
    format!("{:indent$}\"500\": {{}}\n", "")
}

type Change = fn(&Tree) -> Result<String, Refused>;

/// One place changes and no other byte; what would take a comment with it, or change another place, is refused.
#[test]
fn nothing_but_the_place_changes() {
    let table: [(&str, Change, &str); 20] = [
        (
            "a scalar",
            |it| set(it, &path("queues/=400/name"), &json!("Front")),
            "-    name:   Reception # people know it\n+    name: Front # people know it\n",
        ),
        (
            "a list on one line",
            |it| set(it, &path("queues/=400/agents"), &json!(["103"])),
            "-    agents: [\"101\", \"102\"] # who answers\n+    agents: [\"103\"] # who answers\n",
        ),
        (
            "a value between brackets",
            |it| set(it, &path("queues/=401/name"), &json!("Bills")),
            "-  \"401\": { name: Billing, agents: [] }   # on one line\n\
             +  \"401\": { name: Bills, agents: [] }   # on one line\n",
        ),
        (
            "a block with a comment",
            |it| set(it, &path("queues/=400/more"), &json!([])),
            "there are comments in it, which would be lost",
        ),
        (
            "one item of a block",
            |it| set(it, &path("queues/=400/more/1/when"), &json!("c")),
            "-      - when: b\n+      - when: c\n",
        ),
        (
            "an item taken out",
            |it| remove(it, &path("queues/=400/more/0")),
            "-      - when: a\n-        x: { y: 1, z: 2 }\n",
        ),
        (
            "an entry between brackets taken out",
            |it| remove(it, &path("queues/=400/more/0/x/y")),
            "-        x: { y: 1, z: 2 }\n+        x: { z: 2 }\n",
        ),
        (
            "the last entry between brackets",
            |it| remove(it, &path("queues/=401/agents")),
            "-  \"401\": { name: Billing, agents: [] }   # on one line\n+  \"401\": { name: Billing }   # on one line\n",
        ),
        (
            "the first of an item",
            |it| remove(it, &path("queues/=400/more/0/when")),
            "something else stands before it on its line",
        ),
        (
            "an alias",
            |it| set(it, &path("alias"), &json!({ "name": "z" })),
            "-alias: *base\n+alias: { name: z }\n",
        ),
        (
            "what is behind an alias",
            |it| set(it, &path("alias/name"), &json!("z")),
            "-alias: *base\n+alias: { <<: *base, name: z }\n",
        ),
        (
            "what is merged between brackets",
            |it| set(it, &path("merged/a/name"), &json!(["z"])),
            "-  a: { <<: *base }\n+  a: { <<: *base, name: [z] }\n",
        ),
        (
            "what is merged into an item",
            |it| set(it, &path("merged/b/0/name"), &json!("z")),
            "+      name: z\n",
        ),
        (
            "what is merged beside a comment",
            |it| set(it, &path("merged/c/name"), &json!("y")),
            "it stands in a form that cannot be added to",
        ),
        (
            "what is merged taken out",
            |it| remove(it, &path("merged/b/0/name")),
            "it is merged from elsewhere in the file",
        ),
        (
            "an alias of a block",
            |it| set(it, &path("again"), &json!(["3"])),
            "-again: *list\n+again: [\"3\"]\n",
        ),
        (
            "what is not there",
            |it| set(it, &path("queues/=409"), &json!({})),
            "it does not stand in this file",
        ),
        ("an entry more", |it| add(it, "queues", &entry), "+  \"500\": {}\n"),
        (
            "the first entry",
            |it| add(it, "none", &entry),
            "-none: {}   # nothing yet\n+none:   # nothing yet\n+  \"500\": {}\n",
        ),
        (
            "an entry more on one line",
            |it| add(it, "flow", &entry),
            "`flow` is written on one line; put each entry on a line of its own",
        ),
    ];
    for (name, change, expected) in table {
        let found = match change(&tree(FILE)) {
            Ok(after) => changed(FILE, &after),
            Err(Refused(why)) => why,
        };
        assert_eq!(found, expected, "{name}");
        // The same in a file of another system.
        let other = FILE.replace('\n', "\r\n");
        if let Ok(after) = change(&tree(&other)) {
            assert_eq!(changed(&other, &after), expected.replace('\n', "\r\n"), "{name} with CRLF");
        }
    }
}

/// A section that is not there comes at the end, also where the last line has no end.
#[test]
fn a_new_section_stands_at_the_end() {
    let text = "tenant: acme";
    let expected = "tenant: acme\n\nqueues:\n  \"500\": {}\n";
    assert_eq!(add(&tree(text), "queues", &entry), Ok(expected.to_owned()));
}

/// Comments stay where they are, blank lines are one, what a YAML 1.1 reader would take for something else is quoted; and what is
/// formatted stays as it is.
#[test]
fn a_file_is_put_into_one_form() {
    let (written, formatted) = (include_str!("tests/written.yaml"), include_str!("tests/formatted.yaml"));
    assert_eq!(format("t.yaml", written), Some(Ok(formatted.to_owned())));
    assert_eq!(format("t.yaml", formatted), Some(Ok(formatted.to_owned())));
    assert_eq!(format("t.yaml", "a: [1, 2"), None);
}

/// What is merged, commented or written over several lines belongs to what it stands in.
#[test]
fn what_is_below_an_entry_is_its_own() {
    let text = "base: &b { x: 1 }\nqueues:\n  \"400\":\n    <<: *b\n    # more of it\n\n# another\nend: 1\n";
    let added = add(&tree(text), "queues", &entry).unwrap();
    assert_eq!(changed(text, &added), "+  \"500\": {}\n");
    assert!(added.contains("    # more of it\n  \"500\": {}\n\n# another\n"), "{added}");
    let text = "a:\n  name: |-\n    One\n    two\n  # a comment\n  next: 1\n";
    let new = set(&tree(text), &path("a/name"), &json!("Three")).unwrap();
    assert_eq!(new, "a:\n  name: Three\n  # a comment\n  next: 1\n");
}
