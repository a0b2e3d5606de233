//! A tenant over its template: what comes of every pair of the two, and what is said where that cannot be.

use super::super::{
    files::Files,
    forms::Forms,
    library::Library,
    merge::Merge,
    template::Extent,
    tree::{Node, Tree, Value},
};
use crate::{finding::Finding, path::Path};

/// A value of a tree, as one line of YAML.
fn flow(node: &Node) -> String {
    match &node.value {
        Value::Scalar { text, .. } => text.to_string(),
        Value::Seq(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}: {}", key.text(), flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The codes of findings, or what it came to.
fn or_codes(value: String, findings: &[Finding]) -> String {
    match findings {
        [] => value,
        _ => findings.iter().map(|it| it.code).collect::<Vec<_>>().join(" "),
    }
}

/// What stands under `key` when one text is laid over another.
fn merged(template: &str, tenant: &str) -> String {
    let sources = Tree::parse("f", "a: b").unwrap();
    let [mut below, own] = [template, tenant].map(|text| Tree::parse("f", text).unwrap().root().clone());
    let mut findings = Vec::new();
    let mut merge = Merge { sources: sources.sources(), findings: &mut findings };
    if let Some(without) = own.get("without") {
        merge.leave_out(without, &mut below);
    }
    let root = merge.over(own, below, &Forms::tenant(), &Path::default());
    or_codes(root.get("key").map_or("absent".to_owned(), flow), &findings)
}

/// The whole meaning of `extends`, and the table that the guide shows. Who changes a row changes what 300 files mean.
#[test]
fn every_pair_of_template_and_tenant() {
    const ABSENT: &str = "tenant: a";
    const EMPTY_LIST: &str = "key: []";
    const EMPTY_MAP: &str = "key: {}";
    const WITHOUT: &str = "without: [key]";
    const WITHOUT_AND_MAP: &str = "{ without: [key], key: { c: 3 } }";
    const WITHOUT_AND_NONE: &str = "{ without: [key], key: {} }";
    let not = "provider: p";
    let (scalar, map, list) = ("key: 1", "key: { a: 1, b: { x: 1 }, l: [1] }", "key: [1, 2]");
    let table = [
        // The template has not.
        (not, ABSENT, "absent"),
        (not, "key: 2", "2"),
        (not, "key: { b: 2 }", "{b: 2}"),
        (not, EMPTY_LIST, "[]"),
        (not, EMPTY_MAP, "{}"),
        (not, WITHOUT, "bad-without"),
        // A single value.
        (scalar, ABSENT, "1"),
        (scalar, "key: 2", "2"),
        (scalar, "key: { b: 2 }", "{b: 2}"),
        (scalar, EMPTY_LIST, "[]"),
        (scalar, EMPTY_MAP, "{}"),
        (scalar, WITHOUT, "absent"),
        (scalar, WITHOUT_AND_MAP, "{c: 3}"),
        // A map.
        (map, ABSENT, "{a: 1, b: {x: 1}, l: [1]}"),
        (map, "key: 2", "2"),
        (map, "key: { b: { y: 2 }, c: 3 }", "{b: {y: 2, x: 1}, c: 3, a: 1, l: [1]}"),
        (map, "key: { b: 2, l: [] }", "{b: 2, l: [], a: 1}"),
        (map, EMPTY_LIST, "[]"),
        (map, EMPTY_MAP, "inherited-map"),
        (map, WITHOUT, "absent"),
        (map, WITHOUT_AND_MAP, "{c: 3}"),
        (map, WITHOUT_AND_NONE, "{}"),
        (map, "without: [key.b]", "{a: 1, l: [1]}"),
        (map, "without: [key.b.x]", "{a: 1, b: {}, l: [1]}"),
        (map, "without: [key.c]", "bad-without"),
        // A list.
        (list, ABSENT, "[1, 2]"),
        (list, "key: 2", "2"),
        (list, "key: [3]", "[3]"),
        (list, EMPTY_LIST, "[]"),
        (list, EMPTY_MAP, "{}"),
        (list, WITHOUT, "absent"),
        (list, "{ without: [key], key: [3] }", "[3]"),
        (list, "without: ['key[0]']", "bad-without"),
        // An empty map is none already.
        ("key: {}", EMPTY_MAP, "{}"),
        ("key: {}", ABSENT, "{}"),
    ];
    for (template, tenant, expected) in table {
        assert_eq!(merged(template, tenant), expected, "{template} and {tenant}");
    }
}

/// The guide shows the table; this runs each of its cells.
#[test]
fn the_table_of_the_guide_is_true() {
    let page = include_str!("../../guide/fleets.md");
    let (_, rest) = page.split_once("\n| template, tenant | nothing |").unwrap();
    let table = rest.split("\n\n").next().unwrap();
    let cells = |row: &str| -> Vec<String> {
        row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    };
    let mut rows = table.lines().map(cells);
    let tenants = rows.next().unwrap();
    let text = |cell: &str| match cell {
        "nothing" => "other: 1".to_owned(),
        "without" => "without: [key]".to_owned(),
        value => format!("key: {value}"),
    };
    let mut ran = 0;
    for row in rows.skip(1) {
        let (template, expected) = row.split_first().unwrap();
        for (tenant, expected) in ["nothing".to_owned()].iter().chain(&tenants).zip(expected) {
            let found = merged(&text(template), &text(tenant));
            let found = match found.as_str() {
                "absent" => "nothing".to_owned(),
                "bad-without" | "inherited-map" => "an error".to_owned(),
                value => value.replace('{', "{ ").replace('}', " }").replace("{  }", "{}"),
            };
            assert_eq!(found, *expected, "{template} and {tenant}");
            ran += 1;
        }
    }
    assert_eq!(ran, 28);
}

/// Where a call goes is one thing: a map of two destinations would be refused, and one of both forms of a number's route as
/// well. What the types take together is merged.
#[test]
fn what_cannot_be_one_map_is_replaced() {
    let cases = [
        (
            "numbers: { '+1': { route: { queue: '400' }, label: x } }",
            "numbers: { '+1': { route: { extension: '101' } } }",
            "{numbers: {+1: {route: {extension: 101}, label: x}}}",
        ),
        (
            "numbers: { '+1': { route: { receivers: [a], pattern: sequential } } }",
            "numbers: { '+1': { route: { pattern: round_robin } } }",
            "{numbers: {+1: {route: {pattern: round_robin, receivers: [a]}}}}",
        ),
        (
            "numbers: { '+1': { route: { receivers: [a], pattern: sequential } } }",
            "numbers: { '+1': { route: { queue: Sales } } }",
            "{numbers: {+1: {route: {queue: Sales}}}}",
        ),
        (
            "diverts: { '1': { busy: { extension: '2' }, always: off } }",
            "diverts: { '1': { busy: { number: '+1' } } }",
            "{diverts: {1: {busy: {number: +1}, always: off}}}",
        ),
        (
            "queues: { S: { failover: { number: '+1' }, agents: ['1'] } }",
            "queues: { S: { failover: { queue: T }, name: S } }",
            "{queues: {S: {failover: {queue: T}, name: S, agents: [1]}}}",
        ),
        (
            "rules: { '1': { callers: { block: [a] } } }",
            "rules: { '1': { callers: { allow: [b] } } }",
            "{rules: {1: {callers: {allow: [b], block: [a]}}}}",
        ),
    ];
    for (template, tenant, expected) in cases {
        let sources = Tree::parse("f", "a: b").unwrap();
        let [below, own] = [template, tenant].map(|text| Tree::parse("f", text).unwrap().root().clone());
        let mut findings = Vec::new();
        let mut merge = Merge { sources: sources.sources(), findings: &mut findings };
        let root = merge.over(own, below, &Forms::tenant(), &Path::default());
        assert_eq!(or_codes(flow(&root), &findings), expected, "{template} and {tenant}");
    }
}

/// A directory with these files; what comes of `tenants/a.yaml`, and the findings with both of their places.
fn composed(files: &[(&str, &str)]) -> (Option<String>, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let root = Files::Directory(directory.path().to_owned());
    let mut findings = Vec::new();
    let none = Tree::parse("dialform.yaml", "a: b").unwrap();
    let patterns = ["shared/*.yaml".to_owned()];
    let patterns =
        if files.iter().any(|(name, _)| name.starts_with("shared/")) { &patterns[..] } else { &[] };
    let mut library = Library::read(&root, patterns, &none, &mut findings);
    let bytes = root.read("tenants/a.yaml", 1 << 20).unwrap();
    let tree = Tree::parse_bytes("tenants/a.yaml", &bytes).map_err(|found| findings.extend(found)).ok();
    let found = tree.map(|tree| library.tenant(&root, (tree, true), &mut findings));
    let whole = found.filter(|(_, extent)| *extent == Extent::Whole).map(|(tree, _)| flow(tree.root()));
    let said = findings.iter().map(|finding| {
        let at = finding.place.as_ref().map_or("-".to_owned(), |at| {
            let also = at.also.as_ref().map(|also| format!(" + {}:{}", also.file, also.line));
            format!("{}:{}:{}{}", at.file, at.line, at.column, also.unwrap_or_default())
        });
        let help = finding.help.as_ref().map_or(String::new(), |help| format!(" | {help}"));
        format!("{at} {}: {}{help}", finding.code, finding.message)
    });
    (whole, said.collect())
}

/// A variable is one value, wherever it stands: it becomes no list, no map and no second key, and `$(` can be written.
#[test]
fn variables_are_put_in_as_values() {
    let template = "vars:
  main: { type: number }
  front: { type: extension, default: '0101' }
  rings: { type: integer, default: 25 }
  town: { type: text, default: 'a: [b]' }
  on: { type: boolean, default: true }
numbers: { $(main): { label: \"$(town), $(front) $$(main) $ ( $(town)\", route: { extension: $(front) } } }
rules: { $(front): { ring_timeout: $(rings) } }
forwards: { $(main): { active: \"$(on)\" } }
";
    let tenant =
        "tenant: a\nextends: ../t.yaml\nvars: { main: +12145550100 }\nnumbers: { +12145550100: { x: 1 } }\n";
    let (whole, said) = composed(&[("t.yaml", template), ("tenants/a.yaml", tenant)]);
    assert_eq!(said, Vec::<String>::new());
    assert_eq!(
        whole.unwrap(),
        "{tenant: a, extends: ../t.yaml, vars: {main: +12145550100}, numbers: {+12145550100: {x: 1, label: a: [b], \
         0101 $(main) $ ( a: [b], route: {extension: 0101}}}, rules: {0101: {ring_timeout: 25}}, forwards: \
         {+12145550100: {active: true}}}"
    );
}

/// A chain of templates: the nearer one wins, in variables too, and leaves out what it does not want.
#[test]
fn templates_extend_templates() {
    let files = [
        (
            "t/base.yaml",
            "vars: { zone: { type: text } }\ntime_zone: $(zone)\nx-a: &a [1]\nqueues: { '1': { agents: *a }, '2': {} }\n",
        ),
        (
            "t/office.yaml",
            "extends: base.yaml\nvars: { zone: { default: UTC } }\nwithout: [queues.2]\ncountry: US\n",
        ),
        ("tenants/a.yaml", "tenant: a\nextends: ../t/office.yaml\n"),
    ];
    let (whole, said) = composed(&files);
    assert_eq!(said, Vec::<String>::new());
    assert_eq!(
        whole.unwrap(),
        "{tenant: a, extends: ../t/office.yaml, country: US, time_zone: UTC, queues: {1: {agents: [1]}}}"
    );
}

/// A shared schedule is the tenant's own under its own name; one that uses it has its days as well, and what comes to the
/// shared one later comes to it, too.
#[test]
fn shared_schedules_become_the_tenants_own() {
    let shared = "schedules:\n  holidays: { dates: [d1, d2], enabled: true, holidays: { country: US, days: [Labor Day] } }\n  lunch: {}\n";
    // The files are decoded, so that their days are real ones.
    let shared = shared.replace("d1", "2026-12-25").replace("d2", "2027-01-01");
    let tenant = "tenant: a
rules: { '1': { order: [{ when: shared/lunch }, { when: shared/holidays }, { when: shared-x }] } }
receivers: { r: { tagging_hours: shared/lunch } }
numbers: { n: { label: shared/lunch } }
bulk: [{ schedule: shared/lunch }]
schedules:
  holidays: { use: [shared/holidays], dates: [2026-12-31], enabled: false, holidays: [{ country: GB }] }
";
    let (whole, said) = composed(&[("shared/days.yaml", &shared), ("tenants/a.yaml", tenant)]);
    assert_eq!(said, Vec::<String>::new());
    assert_eq!(
        whole.unwrap(),
        "{tenant: a, rules: {1: {order: [{when: lunch}, {when: holidays}, {when: shared-x}]}}, receivers: {r: \
         {tagging_hours: lunch}}, numbers: {n: {label: shared/lunch}}, bulk: [{schedule: lunch}], schedules: {holidays: \
         {dates: [2026-12-31, 2026-12-25, 2027-01-01], enabled: false, holidays: [{country: GB}, {country: US, days: [Labor Day]}]}, \
         lunch: {}}}"
    );
    // Without shared files the name is one like any other.
    let tenant = "tenant: a\nrules: { '1': { order: [{ when: shared/lunch }] } }\n";
    let (whole, said) = composed(&[("tenants/a.yaml", tenant)]);
    assert_eq!(
        (whole.as_deref(), said.len()),
        (Some("{tenant: a, rules: {1: {order: [{when: shared/lunch}]}}}"), 0)
    );
}

/// What is wrong is said where it stands, and where the tenant or the template has its part in it.
#[test]
fn what_is_wrong_is_said_in_both_places() {
    let tenant = |rest: &str| format!("tenant: a\nextends: ../t.yaml\n{rest}");
    let template = "vars:\n  main: { type: number, pattern: \"[+]1.*\" }\n  n: { type: integer, default: 1 }\nqueues:\n  $(main): { agents: [a] }\n  $(n): {}\n";
    let cases: &[(&str, &str, &[&str])] = &[
        (
            template,
            "vars: { man: 1 }\n",
            &[
                "tenants/a.yaml:3:1 + t.yaml:2 missing-var: the template needs a value for `main`, a number | add it: `vars: { main: … }`",
                "tenants/a.yaml:3:9 unknown-var: the template has no variable `man` | did you mean `main`?",
            ],
        ),
        (
            template,
            "",
            &[
                "tenants/a.yaml:2:10 + t.yaml:2 missing-var: the template needs a value for `main`, a number | add it: `vars: { main: … }`",
            ],
        ),
        (
            template,
            "vars: { main: +441632960100, n: \"01\" }\n",
            &[
                "tenants/a.yaml:3:15 + t.yaml:2 bad-var: `main` is a number: `+441632960100` does not match `[+]1.*` | the pattern is about the whole value",
                "tenants/a.yaml:3:33 + t.yaml:3 bad-var: `n` is a whole number: `01` is not a whole number | write digits only, such as `30`",
            ],
        ),
        (
            template,
            "vars: { main: +12145550100 }\nwithout: [queues.+12145550101, queues.1]\nqueues: {}\n",
            &[
                "tenants/a.yaml:4:11 + t.yaml:1 bad-without: the template has no `queues.+12145550101` | it has `queues.+12145550100`, `queues.+12145550100.agents`, `queues.1`, …; `dialform show TENANT` shows all of it",
                "tenants/a.yaml:5:9 + t.yaml:5 inherited-map: `queues: {}` says that there is none, and the template has some | to have what the template has, leave it out; to have none, add `without: [queues]`, and keep `{}`",
            ],
        ),
        (
            "queues: { a: *b }\n",
            "",
            &[
                "t.yaml:1:14 + tenants/a.yaml:2 unknown-alias: there is no anchor `&b` above this `*b` | quote star codes: \"*b\"",
            ],
        ),
        (
            "vars: { n: { type: txt }, m: { type: text, default: a, required: true }, o: { type: text, required: false }, p: { type: text, pattern: \"(\" }, 'q r': {} }\ncountry: $(x)\n",
            "",
            &[
                "t.yaml:1:20 + tenants/a.yaml:2 unknown-value: unknown value `txt` | did you mean `text`?",
                "t.yaml:1:27 + tenants/a.yaml:2 bad-var: `required` and `default` exclude each other | keep one of the two",
                "t.yaml:1:74 + tenants/a.yaml:2 bad-var: what is not required needs a `default` | say what holds where a tenant gives no value",
                "t.yaml:1:136 + tenants/a.yaml:2 bad-value: `(` is not a regular expression that can be used | write one such as `1[0-9]{2}`; it is about the whole value",
                "t.yaml:1:143 + tenants/a.yaml:2 bad-value: `q r` is no name of a variable | a name has letters, digits, `_` and `-`",
            ],
        ),
        (
            "vars: { name: { type: text, default: a } }\ncountry: $(nane)\n",
            "",
            &[
                "t.yaml:2:10 + tenants/a.yaml:2 unknown-var: there is no variable `nane` | did you mean `$(name)`?",
            ],
        ),
        (
            "vars: { a: { type: text }, b: { type: text } }\nqueues: { $(a): {}, $(b): {} }\n",
            "vars: { a: x, b: x }\n",
            &[
                "t.yaml:2:21 + tenants/a.yaml:3 duplicate-key: two keys of the template come to `x` | the other one is in line 2; give the variables different values",
            ],
        ),
        (
            "extends: tenants/../t.yaml\n",
            "",
            &[
                "t.yaml:1:10 + tenants/a.yaml:2 bad-extends: `tenants/../t.yaml` is this file itself | name another one, or take `extends` out",
            ],
        ),
        (
            "extends: u.yaml\n",
            "",
            &[
                "u.yaml:1:10 + tenants/a.yaml:2 template-cycle: `t.yaml` -> `u.yaml` -> `t.yaml` extend one another | take one `extends` out",
            ],
        ),
        (
            "extends: ../x.yaml\n",
            "",
            &[
                "t.yaml:1:10 + tenants/a.yaml:2 bad-extends: `../x.yaml` points outside the workspace | templates are files below the directory of `dialform.yaml`, named relative to the file that extends them",
            ],
        ),
        (
            "extends: none.yaml\n",
            "",
            &[
                "t.yaml:1:10 + tenants/a.yaml:2 unreadable-file: cannot read the template `none.yaml`: there is no such file | it is looked for relative to this file",
            ],
        ),
    ];
    for (template, rest, expected) in cases {
        let tenant = tenant(rest);
        let files = [("t.yaml", *template), ("u.yaml", "extends: t.yaml\n"), ("tenants/a.yaml", &tenant)];
        let (whole, said) = composed(&files);
        assert_eq!(said, *expected, "{template}\n{rest}");
        assert_eq!(whole, None);
    }
    let alone: &[(&str, &str)] = &[
        (
            "vars: { a: 1 }\n",
            "tenants/a.yaml:1:1 no-template: `vars` is about a template, and there is no `extends` | name one: `extends: ../templates/small-office.yaml`, or take it out",
        ),
        (
            "extends: [a]\n",
            "tenants/a.yaml:1:10 bad-extends: `extends` names one file | write `extends: ../templates/small-office.yaml`",
        ),
        (
            "extends: ../../t.yaml\n",
            "tenants/a.yaml:1:10 bad-extends: `../../t.yaml` points outside the workspace | templates are files below the directory of `dialform.yaml`, named relative to the file that extends them",
        ),
        (
            "extends: /etc/passwd\n",
            "tenants/a.yaml:1:10 bad-extends: `/etc/passwd` is no path of a template | templates are files below the directory of `dialform.yaml`, named relative to the file that extends them",
        ),
        (
            "extends: ..\n",
            "tenants/a.yaml:1:10 unreadable-file: cannot read the template ``: it is a directory | it is looked for relative to this file",
        ),
        (
            "schedules: { a: { use: [b] } }\n",
            "tenants/a.yaml:1:25 unknown-shared: `b` is no shared schedule | write `shared/b`; the tenant's own schedules cannot be taken from",
        ),
        (
            "schedules: { a: { use: [shared/b] } }\n",
            "tenants/a.yaml:1:25 unknown-shared: there is no shared schedule `b` | name the files of shared schedules in `dialform.yaml`: `shared: [\"shared/*.yaml\"]`",
        ),
    ];
    for (tenant, expected) in alone {
        assert_eq!(composed(&[("tenants/a.yaml", tenant)]), (None, vec![(*expected).to_owned()]), "{tenant}");
    }
}

/// The chain is as long as it is, in whatever order tenants are read.
#[test]
fn a_chain_of_templates_ends() {
    let text =
        |next: usize| if next == 0 { "country: US\n".to_owned() } else { format!("extends: t{next}.yaml\n") };
    for (first, fine) in [(4, true), (5, false)] {
        let mut files: Vec<(String, String)> =
            (1..=first).map(|n| (format!("t{n}.yaml"), text(n - 1))).collect();
        files.push(("tenants/a.yaml".to_owned(), format!("extends: ../t{first}.yaml\n")));
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let (whole, said) = composed(&files);
        assert_eq!((whole.is_some(), said.len()), (fine, usize::from(!fine)), "{said:?}");
    }
}

/// What is wrong with shared schedules and with what a tenant takes from them.
#[test]
fn shared_schedules_that_cannot_be_used() {
    let shared =
        "schedules:\n  a: { easter: { days: [good friday], from: 2027, years: 1 } }\n  b: { nonsense: 1 }\n";
    let fine = "schedules:\n  a: { easter: { days: [good friday], from: 2027, years: 1 } }\n  b: { dates: [2027-01-01] }\n";
    let cases: &[(&str, &str, &[&str])] = &[
        (
            shared,
            "rules: { '1': { order: [{ when: shared/x }] } }\n",
            &[
                "shared/s.yaml:3:8 unknown-key: unknown key `nonsense` in `schedules.b` | expected one of `weekly`, `dates`, `monthly`, `yearly`, `holidays`, `easter`, `other`, `extension`, `time_zone`, `enabled`, `protect`",
            ],
        ),
        (
            fine,
            "rules: { '1': { order: [{ when: shared/c }] } }\n",
            &[
                "tenants/a.yaml:1:33 unknown-shared: there is no shared schedule `c` | there are `shared/a`, `shared/b`",
            ],
        ),
        (
            fine,
            "rules: { '1': { order: [{ when: shared/a }] } }\nschedules: { a: { dates: [] } }\n",
            &[
                "tenants/a.yaml:2:14 + tenants/a.yaml:1 shared-and-own: `shared/a` would be `a` here, and the tenant has another `a` | let it take from the shared one, `use: [shared/a]`, or give it another name",
            ],
        ),
        (
            fine,
            "schedules: { a: { use: [shared/a], easter: { days: [] } } }\n",
            &[
                "tenants/a.yaml:1:36 + shared/s.yaml:2 shared-and-own: `shared/a` has `easter` as well, and a schedule has one | take `easter` out of one of the two",
            ],
        ),
        (
            fine,
            "schedules: { a: { use: shared/a } }\n",
            &["tenants/a.yaml:1:24 wrong-type: expected a list, found text | write `use: [shared/holidays]`"],
        ),
        (
            fine,
            "schedules: { shared/a: {} }\nbulk: [{ schedule: shared/a }]\n",
            &[
                "tenants/a.yaml:2:20 unknown-shared: `shared/a` is a schedule of this tenant, and the name of a shared one | give the tenant's another name; with `shared` in `dialform.yaml`, `shared/…` is one of those files",
            ],
        ),
    ];
    for (shared, tenant, expected) in cases {
        let (whole, said) = composed(&[("shared/s.yaml", shared), ("tenants/a.yaml", tenant)]);
        assert_eq!(said, *expected, "{tenant}");
        assert_eq!(whole, None, "{tenant}");
    }
}
