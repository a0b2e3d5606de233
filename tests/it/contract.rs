//! Holds recorded traffic against the documents that say what it may be.
//!
//! This project's own contract, that of the Deskphone bridge, is checked here and always. The vendors' documents are not
//! part of the project: they are checked where they lie beside it, in the directory that `DIALFORM_CONTRACT` names
//! (`../shared` by default), by the checker that lies there with them. Named by hand, that directory has to be whole: a
//! check that cannot be made is then a failure, and otherwise it is skipped with its reason.

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    env,
    ffi::OsString,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    rc::Rc,
};

/// The contract of the Deskphone bridge, as a document of this project.
pub const BRIDGE: &str = "schema/deskphone-bridge.openapi.yaml";

/// Holds traffic, an exchange a line, against a document: this project's own below `schema/`, a vendor's below
/// `vendors/`. What does not begin with `base` belongs to somebody else.
pub fn hold(spec: &str, base: &str, strict_responses: bool, traffic: &str) {
    let verdict = if spec.starts_with("schema/") {
        let contract = Contract::read(spec);
        let found: BTreeSet<String> = traffic.lines().flat_map(|line| contract.judge(base, line)).collect();
        assert_eq!(found, BTreeSet::new(), "{spec}");
        assert!(traffic.lines().count() > 0, "{spec}: nothing was recorded");
        format!("{} checked", traffic.lines().count())
    } else {
        match beside(spec) {
            Ok(directory) => check(&directory, spec, base, strict_responses, traffic),
            Err(why) if named().is_some() => panic!("{spec} is not checked: {why}"),
            Err(why) => format!("not checked, {why}"),
        }
    };
    println!("{spec}: {verdict}");
}

/// The directory that somebody named.
fn named() -> Option<OsString> {
    env::var_os("DIALFORM_CONTRACT").filter(|name| !name.is_empty())
}

/// The directory with the vendors' documents and the checker, or why the check cannot be made.
fn beside(spec: &str) -> Result<PathBuf, String> {
    let named = named().unwrap_or_else(|| "../shared".into());
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(named);
    for file in ["contract/check_traffic.py", spec] {
        if !directory.join(file).exists() {
            return Err(format!("there is no {}", directory.join(file).display()));
        }
    }
    match Command::new("python3").args(["-c", "import yaml, jsonschema"]).output() {
        Ok(output) if output.status.success() => Ok(directory),
        _ => Err("python3 lacks pyyaml or jsonschema".to_owned()),
    }
}

/// Runs the checker of the vendors' documents and returns its last words.
fn check(directory: &Path, spec: &str, base: &str, strict_responses: bool, traffic: &str) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(traffic.as_bytes()).unwrap();
    let mut checker = Command::new("python3");
    checker.arg(directory.join("contract/check_traffic.py")).arg(directory.join(spec)).arg(file.path());
    checker.args(["--base", base]);
    if strict_responses {
        checker.arg("--strict-responses");
    }
    let output = checker.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said.trim().to_owned()
}

/// An OpenAPI document of this project.
struct Contract {
    document: Value,
    /// By schema: there are few, and many exchanges.
    validators: RefCell<BTreeMap<String, Rc<Validator>>>,
}

impl Contract {
    fn read(spec: &str) -> Self {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(spec)).unwrap();
        let mut document: Value = serde_yaml::from_str(&text).unwrap();
        close(&mut document);
        Self { document, validators: RefCell::default() }
    }

    /// What is wrong with one recorded exchange: its method, path, query and body, the status and the answer.
    fn judge(&self, base: &str, line: &str) -> Vec<String> {
        let exchange: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| exchange[name].as_str().unwrap_or_default();
        let (method, path) = (text("method"), text("path"));
        let mut wrong = Vec::new();
        let mut say = |why: String| wrong.push(format!("{method} {path}: {why}"));
        let below = path.strip_prefix(base);
        let Some((operation, parameters)) = below.and_then(|path| self.operation(method, path, &mut say))
        else {
            say("no such operation".to_owned());
            return wrong;
        };
        for (name, value) in url::form_urlencoded::parse(text("query").as_bytes()) {
            match parameters.iter().find(|it| it["in"] == "query" && it["name"] == name.as_ref()) {
                Some(parameter) => {
                    let found = self.errors(&parameter["schema"], &typed(&value));
                    found.into_iter().for_each(|why| say(format!("`{name}`: {why}")));
                }
                None => say(format!("no parameter `{name}`")),
            }
        }
        let request = self.follow(&operation["requestBody"]);
        let found = self.body(request, request["required"] == true, &exchange["request"]);
        found.into_iter().for_each(|why| say(format!("request: {why}")));
        // A connection that ended without an answer has no status.
        if let Some(status) = exchange["status"].as_u64() {
            let responses = &operation["responses"];
            let (exact, range) = (status.to_string(), format!("{}XX", status / 100));
            match responses.get(&exact).or_else(|| responses.get(&range)) {
                Some(response) => {
                    let found = self.body(self.follow(response), true, &exchange["response"]);
                    found.into_iter().for_each(|why| say(format!("answer {status}: {why}")));
                }
                None => say(format!("no answer {status}")),
            }
        }
        wrong
    }

    /// The operation of a path below the base, with its parameters. What is wrong with the path's own is told.
    fn operation(
        &self,
        method: &str,
        path: &str,
        say: &mut impl FnMut(String),
    ) -> Option<(&Value, Vec<&Value>)> {
        let segments: Vec<&str> = path.split('/').collect();
        for (template, item) in self.document["paths"].as_object().unwrap() {
            let parts: Vec<&str> = template.split('/').collect();
            let variable = |part: &str| part.strip_prefix('{').and_then(|it| it.strip_suffix('}')).is_some();
            let fits = |(part, segment): (&&str, &&str)| part == segment || variable(part);
            if parts.len() != segments.len() || !parts.iter().zip(&segments).all(fits) {
                continue;
            }
            let operation = item.get(method.to_ascii_lowercase())?;
            let lists = [&item["parameters"], &operation["parameters"]];
            let parameters: Vec<&Value> = lists
                .iter()
                .flat_map(|list| list.as_array().into_iter().flatten())
                .map(|it| self.follow(it))
                .collect();
            for (part, segment) in parts.iter().zip(&segments).filter(|(part, _)| variable(part)) {
                let name = part.trim_matches(['{', '}']);
                let parameter =
                    parameters.iter().find(|it| it["in"] == "path" && it["name"] == name).unwrap();
                let found = self.errors(&parameter["schema"], &json!(segment));
                found.into_iter().for_each(|why| say(format!("`{name}`: {why}")));
            }
            return Some((operation, parameters));
        }
        None
    }

    /// What is wrong with a body, by the description of a request or an answer. Without a description there is none.
    fn body(&self, described: &Value, required: bool, body: &Value) -> Vec<String> {
        match (described.pointer("/content/application~1json/schema"), body) {
            (None, Value::Null) => Vec::new(),
            (None, _) => vec!["a body where there is none".to_owned()],
            (Some(_), Value::Null) if required => vec!["no body".to_owned()],
            (Some(_), Value::Null) => Vec::new(),
            (Some(schema), body) => self.errors(schema, body),
        }
    }

    fn errors(&self, schema: &Value, value: &Value) -> Vec<String> {
        let build = || {
            let mut schema: Map<String, Value> = schema.as_object().unwrap().clone();
            // What a `$ref` names stands in the document.
            schema.insert("components".to_owned(), self.document["components"].clone());
            Rc::new(jsonschema::validator_for(&schema.into()).unwrap())
        };
        let validator = self.validators.borrow_mut().entry(schema.to_string()).or_insert_with(build).clone();
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// What a reference stands for.
    fn follow<'a>(&'a self, node: &'a Value) -> &'a Value {
        match node["$ref"].as_str() {
            Some(to) => self.document.pointer(to.trim_start_matches('#')).unwrap(),
            None => node,
        }
    }
}

/// A bridge may show more than the contract names; the emulation and the provider say nothing that it does not name.
fn close(node: &mut Value) {
    match node {
        Value::Object(map) => {
            map.values_mut().for_each(close);
            if map.get("properties").is_some_and(Value::is_object) {
                map.entry("additionalProperties").or_insert(false.into());
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}

/// A value of a query as what it stands for.
fn typed(text: &str) -> Value {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text {
        "true" => true.into(),
        "false" => false.into(),
        _ if digits => text.parse::<u64>().map_or_else(|_| text.into(), Value::from),
        _ => text.into(),
    }
}

/// A check that lets a wrong exchange pass would let the provider and the emulation drift together.
#[test]
fn wrong_exchanges_are_caught() {
    let contract = Contract::read(BRIDGE);
    let off = json!({"enabled": false, "destination": "", "destinationVoicemailEnabled": false});
    let document = json!({
        "callForwarding": {"always": off, "busy": off, "noAnswer": off},
        "businessContinuity": {"enabled": true, "destination": "447700900123", "destinationVoicemailEnabled": false},
    });
    let without = |pointer: &str, name: &str| {
        let mut less = document.clone();
        less.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(name).unwrap();
        less
    };
    let with = |pointer: &str, name: &str, value: Value| {
        let mut more = document.clone();
        more.pointer_mut(pointer).unwrap()[name] = value;
        more
    };
    let busy = "/callForwarding/busy";
    let error = json!({"message": "x", "errors": [{"description": "x"}], "trackingId": "x"});
    let diverts = "/v1/people/cC0x/features/callForwarding";
    let none = Value::Null;
    let people = json!({"items": [{"id": "cC0x", "displayName": "x"}]});
    let exchange = |line: &str, request: &Value, status: u16, response: &Value| {
        let (method, target) = line.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        json!({"method": method, "path": path, "query": query, "request": request, "status": status, "response": response})
    };
    let get = |target: &str, status: u16, response: &Value| {
        exchange(&format!("GET {target}"), &none, status, response)
    };
    let put = |request: &Value| exchange(&format!("PUT {diverts}"), request, 204, &none);
    let table: &[(Value, &[&str])] = &[
        (get("/v1/people?callingData=true&max=1000&start=3", 200, &people), &[]),
        (get("/v1/people/cC0x", 502, &error), &[]),
        (get(diverts, 200, &document), &[]),
        (put(&document), &[]),
        (exchange(&format!("PUT {diverts}"), &json!({}), 412, &error), &[]),
        (get("/v2/people", 404, &error), &["no such operation"]),
        (get("/v1/peoples", 404, &error), &["no such operation"]),
        (exchange("POST /v1/people", &none, 405, &error), &["no such operation"]),
        (get("/v1/people/c@x", 404, &error), &["`personId`: "]),
        (get("/v1/people?limit=3", 200, &people), &["no parameter `limit`"]),
        (get("/v1/people?max=1001", 200, &people), &["`max`: "]),
        (get("/v1/people?callingData=1", 200, &people), &["`callingData`: "]),
        (exchange("GET /v1/people", &json!({}), 200, &people), &["request: a body where there is none"]),
        (get("/v1/people", 302, &none), &["no answer 302"]),
        (get("/v1/people", 200, &none), &["answer 200: no body"]),
        (get("/v1/people", 200, &json!({"items": [{"id": 7}]})), &["answer 200: /items/0"; 2]),
        (get(diverts, 404, &json!({"message": "x"})), &["answer 404: : "; 2]),
        (get(diverts, 200, &without(busy, "enabled")), &["answer 200: /callForwarding/busy: "]),
        (get(diverts, 200, &without("", "businessContinuity")), &["answer 200: : "]),
        (
            exchange(&format!("PUT {diverts}"), &document, 204, &error),
            &["answer 204: a body where there is none"],
        ),
        (exchange(&format!("PUT {diverts}"), &none, 400, &error), &["request: no body"]),
        (put(&without(busy, "enabled")), &["request: /callForwarding/busy: "]),
        (put(&with(busy, "voicemail", json!(true))), &["request: /callForwarding/busy: "]),
        (put(&with(busy, "enabled", json!("yes"))), &["request: /callForwarding/busy/enabled: "]),
        (
            put(&with(busy, "destination", json!("0".repeat(65)))),
            &["request: /callForwarding/busy/destination: "],
        ),
        (put(&with(busy, "destination", none.clone())), &["request: /callForwarding/busy/destination: "]),
    ];
    for (line, expected) in table {
        let found = contract.judge("/v1", &line.to_string());
        let at = format!("{} {}", line["method"].as_str().unwrap(), line["path"].as_str().unwrap());
        let expected: Vec<String> = expected.iter().map(|why| format!("{at}: {why}")).collect();
        let same =
            found.len() == expected.len() && found.iter().zip(&expected).all(|(a, b)| a.starts_with(b));
        assert!(same, "{line}: {found:#?}");
    }
    // The connection ended before the answer.
    let mut lost = put(&document);
    lost["status"] = none.clone();
    assert_eq!(contract.judge("/v1", &lost.to_string()), [""; 0]);
}

/// The examples are what somebody who builds a bridge copies first.
#[test]
fn the_examples_obey_the_contract() {
    let contract = Contract::read(BRIDGE);
    let (mut seen, mut wrong) = (0, Vec::new());
    let mut look = |schema: &Value, example: &Value| {
        seen += 1;
        wrong.extend(contract.errors(schema, example));
    };
    fn media<'a>(node: &'a Value, found: &mut Vec<&'a Value>) {
        match node {
            Value::Object(map) => {
                if map.contains_key("schema") && (map.contains_key("example") || map.contains_key("examples"))
                {
                    found.push(node);
                }
                map.values().for_each(|inner| media(inner, found));
            }
            Value::Array(list) => list.iter().for_each(|inner| media(inner, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    media(&contract.document["paths"], &mut found);
    for node in found {
        node.get("example").into_iter().for_each(|example| look(&node["schema"], example));
        for example in node["examples"].as_object().into_iter().flat_map(|map| map.values()) {
            look(&node["schema"], &example["value"]);
        }
    }
    for schema in contract.document["components"]["schemas"].as_object().unwrap().values() {
        schema["examples"].as_array().into_iter().flatten().for_each(|example| look(schema, example));
    }
    assert_eq!(wrong, [""; 0]);
    assert_eq!(seen, 11);
}
