//! A write that the server has sent away to come back later: what was looked at before is old by then.

use crate::{
    served::{client, options},
    workspace::outcome,
    world::World,
};
use dialform::sandbox::{Recorder, Sandbox};
use serde_json::{Value, json};
use std::{process::Stdio, sync::Arc, thread, time::Duration};
use tokio::runtime::Runtime;

const NUMBER: &str = "12145550100";

/// The number as it is live, with these instead.
fn number(of: Value) -> Value {
    let mut number = json!({
        "phonenumber": NUMBER, "enabled": "yes", "dial-rule-application": "to-user-residential",
        "dial-rule-translation-destination-user": "101", "dial-rule-description": "Main",
    });
    number.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
    number
}

/// What becomes of a new label: how the step ended, the number afterwards, and what was sent to it. The first write is
/// answered 429, and while it waits somebody makes the number this.
fn labelled(meanwhile: Value) -> (String, Value, Vec<String>) {
    let world = World::new("");
    let live = json!({
        "domain": { "domain": "acme.1.service" }, "users": [{ "user": "101" }, { "user": "104" }],
        "phonenumbers": [number(json!({}))],
    });
    world.write("seed/acme.1.service.yaml", live.to_string());
    let tenant = json!({
        "tenant": "acme", "provider": "pbx", "account": "acme.1.service",
        "numbers": { format!("+{NUMBER}"): { "label": "New" } },
    });
    world.write("tenants/acme.yaml", tenant.to_string());
    let runtime = Runtime::new().unwrap();
    let behaviour = "429:1,retry-after:3,only:writes,at-most:1,requests-per-second:0,visible-after:0ms";
    let mut options = options("stratus", &world.path("seed"), &world.path("state"), behaviour);
    options.record = Some(Arc::new(Recorder::open(&world.path("traffic.jsonl")).unwrap()));
    let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
    let base = format!("{}/ns-api/v2", sandbox.url());
    world.provider(&format!(
        "\n    kind: stratus\n    url: {base}\n    token: {{ env: TOKEN }}\n    carrier: manual\n    limits: {{ requests_per_second: 1000, settle: 1 }}"
    ));
    let apply = world
        .process(&["apply", "--auto-approve", "--format", "json"])
        .env("TOKEN", "nsd_0123456789")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    while !world.traffic().iter().any(|it| it["status"] == 429) {
        thread::sleep(Duration::from_millis(10));
    }
    let url = format!("{base}/domains/acme.1.service/phonenumbers/{NUMBER}");
    let somebody = client().put(url).bearer_auth("nsd_key").json(&number(meanwhile)).send();
    assert_eq!(runtime.block_on(somebody).unwrap().status().as_u16(), 202);
    let said = String::from_utf8(apply.wait_with_output().unwrap().stdout).unwrap();
    let step = &outcome(&said).unwrap()["steps"][0];
    let ended = [step["status"].as_str(), step["detail"].as_str()].into_iter().flatten();
    let now = runtime.block_on(async { sandbox.snapshot("acme.1.service").unwrap() });
    let sent = world.traffic();
    let sent = sent
        .iter()
        .skip_while(|it| it["method"] == "GET")
        .map(|it| format!("{} {}", it["method"].as_str().unwrap(), it["status"]));
    (ended.collect::<Vec<_>>().join(": "), now["phonenumbers"][NUMBER].clone(), sent.collect())
}

/// What somebody sets while a write waits is kept where the step is not about it, and stops the step where it is.
#[test]
fn what_somebody_sets_while_a_write_waits_is_kept() {
    let (ended, now, sent) = labelled(json!({ "dial-rule-translation-destination-user": "104" }));
    let beside = r#"not_applied: accepted, but not applied by the provider: after 1 second `route` still reads {"extension":"104"}"#;
    assert_eq!(ended, beside, "what has moved beside it is said");
    assert_eq!(now["dial-rule-translation-destination-user"], "104");
    assert_eq!(now["dial-rule-description"], "New");
    assert_eq!(sent[..4], ["PUT 429", "PUT 202", "GET 200", "PUT 202"], "one look more");

    let (ended, now, sent) = labelled(json!({ "dial-rule-description": "Late" }));
    assert_eq!(ended, r#"failed: `label` was "Main" and is "Late" now"#);
    assert_eq!(now["dial-rule-description"], "Late");
    assert_eq!(sent, ["PUT 429", "PUT 202", "GET 200"]);
}
