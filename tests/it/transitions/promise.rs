//! What a plan promises, read from what it prints.

use serde_json::Value;
use std::collections::BTreeMap;

/// What a plan says.
#[derive(Debug, Default)]
pub struct Promise {
    /// Addresses and actions, without what is left to a person.
    pub steps: BTreeMap<String, String>,
    /// What is: `address path`.
    pub manual: Vec<String>,
    /// What cannot be seen: `address field`.
    pub unverifiable: Vec<String>,
    pub critical: Vec<String>,
}

/// A plan as it is printed for programs.
pub fn read(plan: &Value) -> Promise {
    let mut promise = Promise::default();
    for step in plan["tenants"][0]["steps"].as_array().into_iter().flatten() {
        let word = |name: &str| step[name].as_str().unwrap_or_default().to_owned();
        if word("action") == "manual" {
            let changes = step["changes"].as_array().into_iter().flatten();
            let paths = changes.map(|change| change["field"].as_str().unwrap());
            promise.manual.extend(paths.map(|path| format!("{} {path}", word("address"))));
            continue;
        }
        if step.get("critical").is_some() {
            promise.critical.push(word("address"));
        }
        add(&mut promise.steps, word("address"), &word("action"));
    }
    for hidden in plan["tenants"][0]["unverifiable"].as_array().into_iter().flatten() {
        let address = hidden["address"].as_str().unwrap_or_default();
        let fields = hidden["fields"].as_array().into_iter().flatten();
        let fields = fields.map(|field| format!("{address} {}", field["field"].as_str().unwrap()));
        promise.unverifiable.extend(fields);
    }
    promise
}

/// An object in a circle is made and then given what closes the circle: `create, update`.
pub fn add(steps: &mut BTreeMap<String, String>, address: String, action: &str) {
    let actions = steps.entry(address).or_default();
    if !actions.is_empty() {
        actions.push_str(", ");
    }
    actions.push_str(action);
}
