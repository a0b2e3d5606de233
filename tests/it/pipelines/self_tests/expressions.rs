use crate::pipelines::{
    injections::injections,
    scope::Scope,
    syntax::Place,
    value::{Object, Value},
};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

fn scope() -> Scope {
    let event = json!({
        "number": 7, "draft": false, "title": "Fix ${{ it }}", "nothing": null,
        "labels": [{ "name": "Urgent" }, { "name": "phones" }, { "id": 3 }],
    });
    let secrets: BTreeMap<String, String> =
        [("KEY", "s3cret"), ("UNSET", "")].map(|(name, it)| (name.to_owned(), it.to_owned())).into();
    Scope::new()
        .with_closed("github", [("event", Value::json(&event)), ("ref", Value::text("refs/heads/main"))])
        .with("env", Value::Object(Object::open([("EMPTY", Value::text("")), ("NUMBER", Value::text("2"))])))
        .with("secrets", Value::texts(&secrets))
}

/// The tables of "Evaluate expressions in workflows and actions": literals, operators, loose comparison, functions.
#[test]
fn expressions_are_worth_what_the_documentation_says() {
    let table: &[(&str, Json)] = &[
        ("null", json!(null)),
        ("true", json!(true)),
        ("711", json!(711)),
        ("-9.2", json!(-9.2)),
        ("0xff", json!(255)),
        ("-2.99e-2", json!(-0.0299)),
        ("'It''s open source!'", json!("It's open source!")),
        // Property and index, in any case; what is not there is null.
        ("github.event.number", json!(7)),
        ("GitHub.EVENT['Number']", json!(7)),
        ("github.event.missing", json!(null)),
        ("github.event.missing.more.still", json!(null)),
        ("github.event.labels[1].name", json!("phones")),
        ("github.event.labels[9].name", json!(null)),
        ("github.event.labels.*.name", json!(["Urgent", "phones"])),
        ("github.event.title.more", json!(null)),
        // What binds how strongly.
        ("!github.event.draft", json!(true)),
        ("!false == true", json!(true)),
        ("!(true && false)", json!(true)),
        ("true || false && false", json!(true)),
        ("(true || false) && false", json!(false)),
        ("1 < 2 == true", json!(true)),
        ("3 < 2 < 1", json!(true)),
        // The value decides, and is the value.
        ("'' || 'default'", json!("default")),
        ("'a' || 'b'", json!("a")),
        ("'a' && 'b'", json!("b")),
        ("'' && 'b'", json!("")),
        ("env.EMPTY || 0 || null || false", json!(false)),
        ("github.ref == 'refs/heads/main' && 'live' || 'plan'", json!("live")),
        ("'false' && 'a text is true'", json!("a text is true")),
        // Kinds that differ are compared as numbers.
        ("null == 0", json!(true)),
        ("null == ''", json!(true)),
        ("null == false", json!(true)),
        ("null == 'null'", json!(false)),
        ("true == 1", json!(true)),
        ("true == '1'", json!(true)),
        ("true == 'true'", json!(false)),
        ("false == ''", json!(true)),
        ("'2' == 2", json!(true)),
        ("'0xff' == 255", json!(true)),
        ("' 2 ' == 2", json!(true)),
        ("'two' == 2", json!(false)),
        ("'two' != 2", json!(true)),
        ("'two' < 2", json!(false)),
        ("'two' >= 2", json!(false)),
        ("NaN == NaN", json!(false)),
        ("'inf' == Infinity", json!(false)),
        ("'Infinity' == Infinity", json!(true)),
        ("github.event.missing == ''", json!(true)),
        ("github.event.labels == 1", json!(false)),
        // Texts without regard to case.
        ("'Main' == 'mAIN'", json!(true)),
        ("'a' < 'B'", json!(true)),
        ("'10' < '9'", json!(true)),
        ("env.NUMBER > 1", json!(true)),
        ("2 >= 2", json!(true)),
        ("null <= null", json!(true)),
        ("null < null", json!(false)),
        // Functions.
        ("contains('Hello world', 'LLO')", json!(true)),
        ("contains(github.event.labels.*.name, 'urgent')", json!(true)),
        ("contains(github.event.labels.*.name, 'urg')", json!(false)),
        ("contains(fromJSON('[\"push\", \"pull_request\"]'), 'push')", json!(true)),
        ("contains(fromJSON('[1, null]'), '1')", json!(true)),
        ("contains(github.event, 'number')", json!(false)),
        ("contains('', '')", json!(true)),
        ("startsWith('Hello world', 'he')", json!(true)),
        ("startsWith(github.ref, 'refs/tags/')", json!(false)),
        ("endsWith('Hello world', 'LD')", json!(true)),
        ("endsWith(123, 23)", json!(true)),
        ("format('Hello {0} {1} {0}', 'Mona', 2)", json!("Hello Mona 2 Mona")),
        ("format('{{Hello {0}!}}', 'Mona')", json!("{Hello Mona!}")),
        ("join(github.event.labels.*.name, ', ')", json!("Urgent, phones")),
        ("join(github.event.labels.*.name)", json!("Urgent,phones")),
        ("join('one', ', ')", json!("one")),
        ("toJSON(fromJSON('{\"a\":[1,true]}'))", json!("{\n  \"a\": [\n    1,\n    true\n  ]\n}")),
        ("toJSON('a\"b')", json!("\"a\\\"b\"")),
        ("fromJSON('true')", json!(true)),
        ("fromJSON('{\"A\": 1}').a", json!(1)),
        ("fromJSON('[5, 6]')[1]", json!(6)),
        ("success()", json!(true)),
        ("failure()", json!(false)),
        ("always()", json!(true)),
        ("cancelled()", json!(false)),
        ("!cancelled() && 'on'", json!("on")),
        ("CONTAINS('ab', 'B')", json!(true)),
        ("secrets.key", json!("s3cret")),
    ];
    let scope = scope();
    for (expression, worth) in table {
        assert_eq!(scope.evaluate(expression, Place::ANY).to_json(), *worth, "{expression}");
    }
}

/// Where an expression stands alone it keeps its kind. Otherwise all becomes text.
#[test]
fn a_text_has_expressions_in_it() {
    let table = [
        ("plain", json!("plain")),
        ("${{ 7 }}", json!(7)),
        (" ${{ 7 }}", json!(" 7")),
        (
            "a${{ true }}b${{ null }}c${{ github.event.labels }}${{ github.event }}",
            json!("atruebcArrayObject"),
        ),
        ("${{ 'a }} b' }}", json!("a }} b")),
        // Nothing is expanded twice.
        ("${{ github.event.title }}!", json!("Fix ${{ it }}!")),
        ("$HOME {{ }} ${x}", json!("$HOME {{ }} ${x}")),
        ("${{ 0.5 }}${{ -0 }}${{ 1e3 }}", json!("0.501000")),
    ];
    for (text, worth) in table {
        assert_eq!(scope().value(text, Place::ANY).to_json(), worth, "{text}");
    }
}

/// A condition that does not ask how it went is one that asks for success.
#[test]
fn a_condition_asks_for_success_unless_it_asks() {
    // Condition; whether it holds where all went well, after a failure, and after something was skipped.
    let table = [
        (None, [true, false, false]),
        (Some("true"), [true, false, false]),
        (Some("${{ true }}"), [true, false, false]),
        (Some("'x' && 0"), [false, false, false]),
        (Some("always()"), [true, true, true]),
        (Some("${{ !cancelled() }}"), [true, true, true]),
        (Some("failure()"), [false, true, false]),
        (Some("success() || failure()"), [true, true, false]),
        (Some("github.ref == 'x' || always()"), [true, true, true]),
        (Some("contains(format('{0}', failure()), 'true')"), [false, true, false]),
    ];
    for (condition, holds) in table {
        let states = [(true, false), (false, true), (false, false)];
        let found = states.map(|(success, failure)| {
            let mut scope = scope();
            (scope.success, scope.failure) = (success, failure);
            scope.holds(condition, Place::ANY)
        });
        assert_eq!(found, holds, "{condition:?}");
    }
}

/// Tests of pipelines say by this which job touched which secret.
#[test]
fn secrets_that_are_asked_for_are_written_down() {
    let table: [(&str, &[&str]); 8] = [
        ("'KEY'", &[]),
        ("secrets.KEY", &["KEY"]),
        ("secrets['key'] != ''", &["KEY"]),
        ("secrets[format('{0}EY', 'K')]", &["KEY"]),
        ("secrets.UNSET || secrets.MISSING", &[]),
        ("false && secrets.KEY", &[]),
        ("toJSON(secrets)", &["KEY"]),
        ("secrets.*", &["KEY"]),
    ];
    for (expression, names) in table {
        let scope = scope().unseen();
        scope.evaluate(expression, Place::ANY);
        assert_eq!(Vec::from_iter(scope.seen()), names, "{expression}");
    }
}

/// A title of a pull request that is written into a script is a command of whoever opened it.
#[test]
fn text_of_strangers_in_a_script_is_found() {
    let text = "
on: push
defaults: { run: { shell: bash } }
jobs:
  one:
    steps:
      - name: title
        env: { TITLE: '${{ github.event.pull_request.title }}' }
        run: echo \"$TITLE\" ${{ github.run_id }} ${{ runner.temp }}
      - run: echo ${{ github.event.pull_request.title }}
      - id: all
        run: |
          echo ${{ github.head_ref || github.ref_name }} ${{ format('{0}', inputs.x) }}
          echo ${{ steps.a.outputs.b }}${{ needs['a'].outputs.b }} ${{ secrets.KEY }} ${{ env.X }}
      - run: echo ${{ toJSON(github) }} ${{ github[inputs.x] }}
runs:
  steps: [{ run: 'echo ${{ inputs.y }}' }]
";
    let found = [
        "jobs/one/steps/1: github.event.pull_request.title",
        "jobs/one/steps/all: github.head_ref",
        "jobs/one/steps/all: github.ref_name",
        "jobs/one/steps/all: inputs.x",
        "jobs/one/steps/all: steps.a.outputs.b",
        "jobs/one/steps/all: needs.a.outputs.b",
        "jobs/one/steps/all: secrets.KEY",
        "jobs/one/steps/all: env.X",
        "jobs/one/steps/3: github",
        "jobs/one/steps/3: github.*",
        "jobs/one/steps/3: inputs.x",
        "runs/steps/0: inputs.y",
    ];
    assert_eq!(injections(text), found);
}
