//! The server of the toy: forwards in one table, a key, and tokens that expire.

use dialform::{
    model::Address,
    sandbox::{
        Emulation,
        document::Document,
        footprint::{Pattern, key, whole},
        vendor::{Answer, Commit, Request, Vendor, Views},
    },
};
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

pub static EMULATION: Emulation = Emulation {
    kind: "toy",
    endpoints: &[("toy", "/toy")],
    switches: &[],
    vendor: |_| Ok(Box::new(Emulated(AtomicU64::new(0)))),
};

/// Counts requests; a token is good for three of them.
#[derive(Debug)]
struct Emulated(AtomicU64);

impl Vendor for Emulated {
    fn tables(&self) -> &'static [&'static str] {
        &["forwards"]
    }

    fn seed(&self, _: &str, seed: &Map<String, Value>) -> Result<Document, String> {
        let mut document = Document::new(self.tables());
        let rows = seed.get("forwards").and_then(Value::as_object).ok_or("`forwards` is missing")?;
        rows.iter().for_each(|(number, row)| document.put("forwards", number, row.clone()));
        Ok(document)
    }

    fn footprint(&self, address: &Address) -> Vec<Pattern> {
        vec![whole(&[key("forwards"), key(&address.key)])]
    }

    fn respond(&self, request: &Request, views: &Views) -> Answer {
        let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
        let token = format!("toy-token-{}", self.0.load(Ordering::Relaxed) / 3);
        if segments == ["toy", "tokens"] && request.method == "POST" {
            return Answer::new(200, json!({ "access_token": token }));
        }
        if request.header("x-toy-key") != Some("sandbox") || request.token() != Some(&token) {
            return Answer::coded(401, "expired");
        }
        self.0.fetch_add(1, Ordering::Relaxed);
        let ["toy", account, "forwards", rest @ ..] = segments.as_slice() else {
            return Answer::coded(404, "no such path");
        };
        let Some(view) = views.get(*account) else { return Answer::coded(404, "no such account") };
        match (request.method.as_str(), rest, &request.body) {
            ("GET", [], _) => {
                let rows =
                    view.visible.table("forwards").map(|(number, row)| (number.to_owned(), row.clone()));
                Answer::new(200, rows.collect::<Map<_, _>>().into())
            }
            ("PUT", [number], Some(Value::Object(body))) => {
                let mut document = (*view.committed).clone();
                let Some(Value::Object(mut row)) = document.get("forwards", number).cloned() else {
                    return Answer::coded(404, "no such number");
                };
                row.extend(body.clone());
                row.retain(|_, value| !value.is_null());
                document.put("forwards", number, row.into());
                let (account, object) = ((*account).to_owned(), (*number).to_owned());
                Answer::new(200, json!({})).with(Commit { account, object, document })
            }
            _ => Answer::coded(405, "no such method"),
        }
    }
}
