//! What fields accept, and what is said when they do not.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, DeserializeOwned, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Serialize};

use super::super::decode::{decode, decode_at};
use super::super::tree::Tree;
use super::render;
use crate::explained::decoding;
use crate::path::Segment;
use crate::text::closest;

fn run<T: DeserializeOwned>(text: &str) -> Result<T, Vec<String>> {
    let tree = Tree::parse("f", text).map_err(|findings| render(&findings))?;
    let mut findings = Vec::new();
    let value = decode(&tree, tree.root(), &mut findings);
    assert_eq!(value.is_some(), findings.is_empty(), "{text:?}: a value or findings, never both or none");
    value.ok_or_else(|| render(&findings))
}

fn errors<T: DeserializeOwned>(text: &str) -> Vec<String> {
    run::<T>(text).err().unwrap_or_default()
}

fn check<T: DeserializeOwned>(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        assert_eq!(errors::<T>(text), *expected, "{text:?}");
    }
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum To {
    Voicemail,
    Number(String),
    Queue { id: String, after: Option<u8> },
    Pair(String, String),
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Rule {
    to: To,
    timeout: Option<u32>,
    active: Option<bool>,
    label: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    next: BTreeMap<String, Rule>,
    #[serde(default)]
    order: Vec<Rule>,
}

/// The scalars of phone systems that YAML libraries retype: each must arrive verbatim, as value and as key, quoted
/// or not, in every shape a field can have.
#[test]
fn scalars_stay_verbatim_in_text_fields() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Id(String);
    #[derive(Debug, Deserialize, PartialEq)]
    struct All {
        plain: String,
        maybe: Option<String>,
        id: Id,
        to: To,
        queue: To,
        list: Vec<String>,
        keys: BTreeMap<String, String>,
        ids: BTreeMap<String, Vec<To>>,
        any: serde_json::Value,
    }
    let scalars = [
        "+15125550100",
        "0123",
        "007",
        "2001",
        "441234567890",
        "1e3",
        "yes",
        "no",
        "on",
        "off",
        "true",
        "False",
        "08:00-17:00",
        "08:30",
        "12:30:45",
        "1.10",
        "2026-12-25",
        "0x1F",
        "0o17",
        "1_000",
        ".5",
        "-0",
        "=",
        "NaN",
        ".inf",
        "2026-12-31..2027-01-01",
        "say:Hello there",
        "é 1",
    ];
    let quoted =
        ["*67", "#", "#5", "@x", "%5", "null", "~", "", " 1 ", "!x", "&a", "a: b", "\\", "- x", "[", "<<"];
    let written = scalars
        .iter()
        .flat_map(|text| {
            [(*text, (*text).to_owned()), (*text, format!("'{text}'")), (*text, format!("\"{text}\""))]
        })
        .chain(quoted.iter().map(|text| (*text, format!("'{text}'"))));
    for (text, yaml) in written {
        let document = format!(
            "plain: {yaml}\nmaybe: {yaml}\nid: {yaml}\nto: {{number: {yaml}}}\nqueue:\n  queue: {{id: {yaml}}}\n\
             list: [{yaml}]\nkeys: {{{yaml}: {yaml}}}\nids:\n  {yaml}:\n  - number: {yaml}\nany: {{{yaml}: {yaml}}}\n"
        );
        let text = text.to_owned();
        let expected = All {
            plain: text.clone(),
            maybe: Some(text.clone()),
            id: Id(text.clone()),
            to: To::Number(text.clone()),
            queue: To::Queue { id: text.clone(), after: None },
            list: vec![text.clone()],
            keys: BTreeMap::from([(text.clone(), text.clone())]),
            ids: BTreeMap::from([(text.clone(), vec![To::Number(text.clone())])]),
            any: serde_json::json!({ text.clone(): text }),
        };
        assert_eq!(run::<All>(&document), Ok(expected), "{document}");
    }
    let blocks: BTreeMap<String, String> = run("a: |\n  x\n  y\nb: >-\n  x\n  y\n").unwrap();
    assert_eq!((blocks["a"].as_str(), blocks["b"].as_str()), ("x\ny\n", "x y"));
}

/// A switch has two spellings; YAML 1.1's other twenty are where readers disagree.
#[test]
fn booleans() {
    #[derive(Debug, Deserialize)]
    struct T {
        #[expect(dead_code, reason = "only decoded")]
        a: bool,
    }
    for (yaml, found, help) in [
        ("yes", "`yes`", "write `true`"),
        ("True", "`True`", "write `true`"),
        ("\"true\"", "`\"true\"`", "write `true`"),
        ("off", "`off`", "write `false`"),
        ("0", "`0`", "write `false`"),
        ("maybe", "`maybe`", "write `true` or `false`, without quotes"),
    ] {
        let expected = format!("1:4 wrong-type: expected `true` or `false`, found {found} | {help}");
        assert_eq!(errors::<T>(&format!("a: {yaml}\n")), [expected], "{yaml}");
    }
    check::<T>(&[
        ("a: true\n", &[]),
        ("a: false\n", &[]),
        (
            "a: [true]\n",
            &["1:4 wrong-type: expected `true` or `false`, found a list | write `true` without the brackets"],
        ),
    ]);
}

/// A timeout of `1_000`, `0o7` or `"30"` means different things to different readers, so none passes.
#[test]
fn whole_numbers() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct T<N> {
        a: N,
    }
    for (yaml, number) in [("0", 0), ("30", 30), ("-1", -1)] {
        assert_eq!(run(&format!("a: {yaml}\n")), Ok(T::<i32> { a: number }), "{yaml}");
    }
    assert_eq!(run("a: 18446744073709551615\n"), Ok(T { a: u64::MAX }));
    check::<T<i8>>(&[
        ("a: \"30\"\n", &["1:4 wrong-type: expected a whole number, found `\"30\"` | write 30"]),
        ("a: 0o7\n", &["1:4 wrong-type: expected a whole number, found `0o7` | write 7"]),
        (
            "a: 1e3\n",
            &["1:4 wrong-type: expected a whole number, found `1e3` | write digits only, such as `30`"],
        ),
        ("a: 08\n", &["1:4 wrong-type: expected a whole number, found `08` | write 8"]),
        (
            "a: soon\n",
            &["1:4 wrong-type: expected a whole number, found `soon` | write digits only, such as `30`"],
        ),
        ("a: {b: 1}\n", &["1:4 wrong-type: expected a whole number, found a map"]),
        ("a: 128\n", &["1:4 bad-value: expected a whole number from -128 to 127, found `128`"]),
        (
            "a: 99999999999999999999999999999999999999999\n",
            &[
                "1:4 bad-value: expected a whole number from -128 to 127, found `99999999999999999999999999999999999999999`",
            ],
        ),
    ]);
    check::<T<u8>>(&[("a: -1\n", &["1:4 bad-value: expected a whole number from 0 to 255, found `-1`"])]);
    assert_eq!(run("a: 2.5\n"), Ok(T::<f32> { a: 2.5 }));
    check::<T<f64>>(&[("a: .nan\n", &["1:4 wrong-type: expected a number, found `.nan`"])]);
}

/// YAML libraries read `025` as 21 or as 25, and `1_000` as a number or as text. Here each is one thing: an error that names
/// the number, if it can be only one.
#[test]
fn numbers_have_one_spelling() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct T {
        a: u32,
    }
    let cases = [
        ("025", "25"),
        ("0025", "25"),
        ("+25", "25"),
        ("25.0", "25"),
        ("25.", "25"),
        ("25.00", "25"),
        ("0x19", "25"),
        ("0o31", "25"),
        ("0b11001", "25"),
        ("1_000", "1000"),
        ("1,000", "1000"),
        ("12,345,678", "12345678"),
        ("00", "0"),
        ("-0", "0"),
        ("\"25\"", "25"),
        ("' 25 '", "25"),
        ("|-\n  25", "25"),
        ("\"0x19\"", "25"),
        ("\"+25\"", "25"),
    ];
    for (written, number) in cases {
        let help = format!("| write {number}");
        let found = errors::<T>(&format!("a: {written}\n"));
        assert!(matches!(found.as_slice(), [only] if only.ends_with(&help)), "{written}: {found:?}");
        run::<T>(&format!("a: {number}\n")).unwrap();
    }
    for ambiguous in ["1.000", "25,0", "25.5", "1e3", "25s", "1_", "1,00", "0x", "0xg", "1:30"] {
        let found = errors::<T>(&format!("a: {ambiguous}\n"));
        let expected =
            format!("expected a whole number, found `{ambiguous}` | write digits only, such as `30`");
        assert_eq!(found, [format!("1:4 wrong-type: {expected}")]);
    }
    // A hint that the field refuses is none.
    let largest = "expected a whole number from 0 to 4294967295, found";
    for (written, shown) in
        [("\"4294967296\"", "`\"4294967296\"`"), ("-025", "`-025`"), ("0x100000000", "`0x100000000`")]
    {
        assert_eq!(errors::<T>(&format!("a: {written}\n")), [format!("1:4 bad-value: {largest} {shown}")]);
    }
}

/// Null means "leave alone" to some tools and "erase" to others; here it is always a question back.
#[test]
fn nulls() {
    let none = "remove the key to leave the setting as it is; none is `[]` for a list, `{}` for a map, `off` for a destination, `\"\"` for a text";
    for (text, at) in [
        ("to: voicemail\nlabel:\n", "2:1 null-value: `label` has no value"),
        ("to: voicemail\nlabel: ~\n", "2:8 null-value: `label` has no value"),
        ("to: voicemail\nlabel:   # later\n", "2:1 null-value: `label` has no value"),
        ("{to: voicemail, label}\n", "1:17 null-value: `label` has no value"),
    ] {
        let got = errors::<Rule>(text);
        assert!(got.len() == 1 && got[0].starts_with(&format!("{at} | {none}")), "{text:?}: {got:?}");
    }
    check::<Rule>(&[
        ("to: voicemail\nalso: []\nnext: {}\n", &[]),
        ("to: voicemail\nlabel: \"\"\n", &[]),
        (
            "to: voicemail\nlabel: null\n",
            &[
                "2:8 null-value: `label` has no value | remove the key to leave the setting as it is; none is `[]` for a list, `{}` for a map, `off` for a destination, `\"\"` for a text; quote it if it is a name: \"null\"",
            ],
        ),
        (
            "to: {number: #}\n}\n",
            &[
                "1:6 null-value: `number` has no value | remove the key to leave the setting as it is; none is `[]` for a list, `{}` for a map, `off` for a destination, `\"\"` for a text; if `#}` is meant, quote it: \"#}\"",
            ],
        ),
        (
            "to: voicemail\nalso:\n  - x\n  -\n  - ~\n  - #5\n",
            &[
                "4:3 null-value: this list item has no value | remove the entry",
                "5:5 null-value: there is no value here | remove the entry",
                "6:3 null-value: this list item has no value | remove the entry; if `#5` is meant, quote it: \"#5\"",
            ],
        ),
        (
            "to: voicemail\nnext: {~: {to: voicemail}, null: 1}\n",
            &[
                "2:8 null-value: this key has no name | write the key before the colon, in quotes if it is the word `null`",
                "2:28 null-value: this key has no name | write the key before the colon, in quotes if it is the word `null`",
            ],
        ),
        // A required key without a value is one finding, not two.
        (
            "to:\n",
            &[
                "1:1 null-value: `to` has no value | remove the key to leave the setting as it is; none is `[]` for a list, `{}` for a map, `off` for a destination, `\"\"` for a text",
            ],
        ),
    ]);
    // The caller that decodes object by object meets null as the object itself.
    let tree = Tree::parse("f", "rules:\n").unwrap();
    let path = [Segment::from("rules")];
    let mut findings = Vec::new();
    assert_eq!(decode_at::<Vec<String>>(&tree, &path, tree.get(&path).unwrap(), &mut findings), None);
    assert_eq!(render(&findings), [format!("1:1 null-value: `rules` has no value | {none}")]);
}

/// The findings serde knows only as sentences without a place.
#[test]
fn keys_types_and_variants() {
    let keys = "expected one of `to`, `timeout`, `active`, `label`, `also`, `next`, `order`";
    let words = "expected one of `voicemail`, `number`, `queue`, `pair`";
    check::<Rule>(&[
        ("to: voicemail\ntimeot: 5\n", &["2:1 unknown-key: unknown key `timeot` | did you mean `timeout`?"]),
        (
            "to: voicemail\nTimeout: 5\n",
            &["2:1 unknown-key: unknown key `Timeout` | did you mean `timeout`?"],
        ),
        ("to: voicemail\ncolour: 5\n", &[&format!("2:1 unknown-key: unknown key `colour` | {keys}")]),
        (
            "to: voicemail\nnext:\n  \"101\":\n    to: voicemail\n    order:\n    - {to: voicemail, lable: x}\n",
            &["6:23 unknown-key: unknown key `lable` in `next.101.order[0]` | did you mean `label`?"],
        ),
        ("timeout: 5\n", &["1:1 missing-key: missing key `to`"]),
        ("to: voicemail\nnext:\n  a:\n    timeout: 1\n", &["3:3 missing-key: missing key `to` in `next.a`"]),
        ("to: voicemail\norder:\n- timeout: 1\n", &["3:3 missing-key: missing key `to` in `order[0]`"]),
        ("to: voicemal\n", &["1:5 unknown-value: unknown value `voicemal` | did you mean `voicemail`?"]),
        ("to: {sip: x}\n", &[&format!("1:6 unknown-value: unknown value `sip` | {words}")]),
        ("to: [x]\n", &[&format!("1:5 wrong-type: expected text or a map, found a list | {words}")]),
        (
            "to: {number: x, queue: y}\n",
            &[&format!("1:5 wrong-type: expected one key, found 2: `number`, `queue` | {words}")],
        ),
        ("to: {}\n", &[&format!("1:5 wrong-type: expected one key, found none | {words}")]),
        ("to: number\n", &["1:5 wrong-type: `number` needs a value | write `{ number: … }`"]),
        ("to: {voicemail: x}\n", &["1:17 wrong-type: `voicemail` takes no value | write just `voicemail`"]),
        ("to: {queue: {after: 1}}\n", &["1:6 missing-key: missing key `id` in `to.queue`"]),
        (
            "to: {queue: {id: 1, after: 300}}\n",
            &["1:28 bad-value: expected a whole number from 0 to 255, found `300`"],
        ),
        ("to: {pair: [a, b, c]}\n", &["1:6 bad-value: expected a list of 2, found 3"]),
        ("to: {pair: [a]}\n", &["1:6 bad-value: expected tuple variant To::Pair with 2 elements, found 1"]),
        ("to: voicemail\nalso: x\n", &["2:7 wrong-type: expected a list, found text | write `[x]`"]),
        ("to: voicemail\nnext: x\n", &["2:7 wrong-type: expected a map, found text"]),
        (
            "to: voicemail\nlabel: [x]\n",
            &["2:8 wrong-type: expected text, found a list | write `x` without the brackets"],
        ),
        ("to: voicemail\nlabel:\n  x: 1\n", &["3:3 wrong-type: expected text, found a map"]),
    ]);
    assert_eq!(run::<Rule>("to: {pair: [a, b]}\n").unwrap().to, To::Pair("a".into(), "b".into()));
}

/// One run shows everything: a person fixing a file should not have to run once per mistake.
#[test]
fn all_findings_of_an_object_at_once() {
    check::<Rule>(&[
        (
            "timeout: soon\nactive: yes\ncolour: red\nalso: [[x], y, {z: 1}]\nto: {number: [1]}\nlabel:\n",
            &[
                "1:10 wrong-type: expected a whole number, found `soon` | write digits only, such as `30`",
                "2:9 wrong-type: expected `true` or `false`, found `yes` | write `true`",
                "3:1 unknown-key: unknown key `colour` | expected one of `to`, `timeout`, `active`, `label`, `also`, `next`, `order`",
                "4:8 wrong-type: expected text, found a list | write `x` without the brackets",
                "4:16 wrong-type: expected text, found a map",
                "5:14 wrong-type: expected text, found a list | write `1` without the brackets",
                "6:1 null-value: `label` has no value | remove the key to leave the setting as it is; none is `[]` for a list, `{}` for a map, `off` for a destination, `\"\"` for a text",
            ],
        ),
        // What is missing after something was taken out is no news, but its siblings are looked at.
        (
            "to: voicemail\nnext:\n  a: {too: voicemail}\n  b: {timeout: 1}\n  c: {to: {queue: {idd: 1}}}\n  d: {to: {queue: {}}}\n",
            &[
                "3:7 unknown-key: unknown key `too` in `next.a` | did you mean `to`?",
                "4:3 missing-key: missing key `to` in `next.b`",
                "5:12 missing-key: missing key `id` in `next.c.to.queue`",
                "6:12 missing-key: missing key `id` in `next.d.to.queue`",
            ],
        ),
    ]);
    // What one alias repeats is said once.
    let text =
        "to: voicemail\nnext:\n  a: &a {to: voicemail, timeout: x}\n  b: *a\n  c: {<<: *a, label: c}\n";
    assert_eq!(
        errors::<Rule>(text),
        ["3:34 wrong-type: expected a whole number, found `x` | write digits only, such as `30`"]
    );
    // Bounded: a list with a thousand mistakes gives the first fifty.
    let many = format!("to: voicemail\nalso: [{}]\n", "[x], ".repeat(1000));
    assert_eq!(errors::<Rule>(&many).len(), 50);
}

#[derive(Debug, PartialEq)]
enum Ring {
    Word(String),
    Map(BTreeMap<String, String>),
}

impl<'de> Deserialize<'de> for Ring {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Ring;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a map")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Ring, E> {
                match word {
                    "" => Err(decoding("ring what?", "write `ring: extension`")),
                    "loud" => Err(E::custom("too loud")),
                    word => Ok(Ring::Word(word.to_owned())),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Ring, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(Ring::Map)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(try_from = "BTreeMap<String, u8>")]
struct Checked(BTreeMap<String, u8>);

impl TryFrom<BTreeMap<String, u8>> for Checked {
    type Error = String;
    fn try_from(map: BTreeMap<String, u8>) -> Result<Self, String> {
        if map.is_empty() { Err("say at least one".to_owned()) } else { Ok(Self(map)) }
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct Phone(String);

impl TryFrom<String> for Phone {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.starts_with('+') { Ok(Self(text)) } else { Err(format!("`{text}` is no phone number")) }
    }
}

/// Model types check themselves (`try_from`, hand-written visitors); their words must reach the user at the right place.
#[test]
fn errors_of_model_types() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct T {
        #[serde(default)]
        ring: Vec<Ring>,
        #[serde(default)]
        checked: BTreeMap<String, Checked>,
        #[serde(default)]
        phones: BTreeMap<Phone, Phone>,
    }
    check::<T>(&[
        ("ring: [x, {a: +1}]\nchecked: {x: {a: 1}}\nphones: {+1: \"+2\"}\n", &[]),
        ("ring: [\"\"]\n", &["1:8 bad-value: ring what? | write `ring: extension`"]),
        (
            "ring:\n- loud\n- [x]\n",
            &["2:3 bad-value: too loud", "3:3 wrong-type: expected a word or a map, found a list"],
        ),
        (
            "ring:\n- {a: [1]}\n",
            &["2:7 wrong-type: expected text, found a list | write `1` without the brackets"],
        ),
        ("checked:\n  y:\n    {}\n", &["2:3 bad-value: say at least one"]),
        // Empty only because its one entry was taken out: said once.
        (
            "checked:\n  y:\n    a: x\n",
            &["3:8 wrong-type: expected a whole number, found `x` | write digits only, such as `30`"],
        ),
        (
            "phones: {\"1\": +2, +3: 4, +5: +6}\n",
            &["1:10 bad-value: `1` is no phone number", "1:23 bad-value: `4` is no phone number"],
        ),
    ]);
}

/// A suggestion is only worth making when it is likely right.
#[test]
fn suggestions() {
    let known =
        ["timeout", "ring_timeout", "do_not_disturb", "to", "forward", "no_answer", "ann@acme.example"];
    for (word, expected) in [
        ("timeot", Some("timeout")),
        ("do-not-disturb", Some("do_not_disturb")),
        ("No Answer", Some("no_answer")),
        ("forwards", Some("forward")),
        ("fwd", None),
        ("colour", None),
        ("x", None),
        ("", None),
        // Another person of the same house is nobody's slip.
        ("gone@acme.example", None),
        ("an@acme.example", Some("ann@acme.example")),
        ("ann@acme.exampel", None),
    ] {
        assert_eq!(closest(word, known.iter().copied()), expected, "{word}");
    }
}
