//! At no instant does a number lead to something that is not there: read off the traffic, request by request.

use crate::world::{self, System, World};
use dialform::error::Ending;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const CTM: System = System {
    live: r#"
users: [{ email: ann@acme.example }]
receiving_numbers: [{ number: "+14105550123" }]
queues: []
numbers: [{ number: "+18005550142", route: { receiving_number: ["+14105550123"] } }]
"#,
    ..world::CTM
};

const RECEIVERS: &str = r#"
receivers: { "+14105550123": {}, "+14105550124": { label: Second } }
numbers: { "+18005550142": { route: { receivers: ["+14105550123", "+14105550124"] } } }
exhaustive: [receivers]
"#;

const QUEUE: &str = r#"
receivers: { "+14105550123": {} }
queues: { Sales: { dispatch: ring_all, agents: [ann@acme.example] } }
numbers: { "+18005550142": { route: { queue: Sales } } }
exhaustive: [receivers]
"#;

/// What the account holds after each write, and where its numbers lead, as the answers of the server say.
#[derive(Default)]
struct Instant {
    receivers: BTreeSet<String>,
    queues: BTreeSet<String>,
    ids: BTreeMap<String, String>,
}

impl Instant {
    /// Takes in one exchange; the error is a number that leads nowhere.
    fn see(&mut self, exchange: &Value) -> Result<(), String> {
        let (method, path) = (exchange["method"].as_str().unwrap(), exchange["path"].as_str().unwrap());
        let (request, response) = (&exchange["request"], &exchange["response"]);
        for row in response["receiving_numbers"].as_array().into_iter().flatten() {
            self.made(&row["id"], &row["number"]);
        }
        let last = path.rsplit('/').next().unwrap_or_default();
        match (method, last) {
            ("POST", "receiving_numbers") => {
                let made = &response["receiving_number"];
                self.made(&made["id"], &made["number"]);
            }
            ("POST", "queues") => {
                self.queues.insert(response["call_queue"]["id"].as_str().unwrap().to_owned());
            }
            ("DELETE", id) => {
                let number = self.ids.get(id).cloned().unwrap_or_default();
                self.receivers.remove(&number);
                self.queues.remove(id);
            }
            ("POST", "update_number") => {
                for number in request["numbers"].as_array().into_iter().flatten() {
                    let number = format!("+1{}", number.as_str().unwrap());
                    if !self.receivers.contains(&number) {
                        return Err(format!(
                            "a number is pointed to {number}, which is not there: {exchange}"
                        ));
                    }
                }
            }
            ("PUT", "dial_routes") => {
                let queue = request["virtual_phone_number"]["call_queue_id"].as_str().unwrap().to_owned();
                if !self.queues.contains(&queue) {
                    return Err(format!("a number is pointed to queue {queue}, which is not there"));
                }
            }
            _ => {}
        }
        // Whatever was written, every route that the server shows leads to something.
        let routes = response["numbers"].as_array().into_iter().flatten().chain([response]);
        for number in routes.filter(|it| it["route_to"].is_object()) {
            let dial = &number["route_to"]["dial"];
            if dial.as_array().is_some_and(Vec::is_empty) || dial.is_null() {
                return Err(format!("a number rings nowhere: {number}"));
            }
        }
        Ok(())
    }

    fn made(&mut self, id: &Value, number: &Value) {
        let number = number.as_str().unwrap().to_owned();
        self.ids.insert(id.as_str().unwrap().to_owned(), number.clone());
        self.receivers.insert(number);
    }
}

/// The acceptance line: from two receiving numbers, one of them new, to a new queue, and back, the second receiving
/// number being deleted on the way and made again.
#[test]
fn a_number_always_leads_somewhere() {
    let world = World::on(&CTM, RECEIVERS);
    let record = world.path("traffic.jsonl");
    let apply = |body: &str| {
        world.tenant(body);
        let arguments = [
            "apply",
            "--auto-approve",
            "--fault",
            "experimental:on,requests-per-second:0",
            "--record",
            record.to_str().unwrap(),
        ];
        let applied = world.run(&arguments);
        assert_eq!(applied.ending, Ending::Fine, "{}{}", applied.out, applied.err);
    };
    apply(RECEIVERS);
    apply(QUEUE);
    apply(RECEIVERS);
    let mut instant = Instant::default();
    for exchange in world.traffic() {
        instant.see(&exchange).unwrap();
    }
    let writes: Vec<String> = world
        .traffic()
        .iter()
        .filter(|it| it["method"] != "GET")
        .map(|it| format!("{} {}", it["method"].as_str().unwrap(), shape(it["path"].as_str().unwrap())))
        .collect();
    let expected = [
        "POST receiving_numbers",
        "POST numbers/TPN/update_number",
        "POST queues",
        "PUT queues/CQU/agents",
        "PUT numbers/TPN/dial_routes",
        "DELETE receiving_numbers/RPN",
        "POST receiving_numbers",
        "POST numbers/TPN/update_number",
    ];
    assert_eq!(writes, expected);
}

/// A path without its account and with ids cut to their kind.
fn shape(path: &str) -> String {
    let parts = path.trim_start_matches("/api/v1/accounts/302341/").split('/');
    let short = |part: &str| if part.len() > 20 { part[..3].to_owned() } else { part.to_owned() };
    parts.map(short).collect::<Vec<_>>().join("/")
}
