//! Serves number filters: reject lists that a write only appends to (FACTS stratus/filters).
//!
//! A user's filters are the lists of its rule `*`; the domain's are kept by themselves.

use serde_json::{Map, Value, json};

use super::call::{ApiCall, ErrorResponse, RouteResult, text};
use super::features::{self, ALLOW, REJECT};
use super::{answerrules, users};

pub fn of_user(call: &ApiCall, user: &str) -> RouteResult {
    users::find(call, if call.request.is_write() { call.held } else { call.seen }, user)?;
    if !call.request.is_write() {
        let rules = answerrules::of(call.seen, user);
        return if call.server.keeping.lists_apart {
            rows(call, &rules)
        } else {
            list(call, default(&rules))
        };
    }
    let mut rules = answerrules::of(call.held, user);
    let rule = rules.iter_mut().find(|rule| text(rule, "time-frame") == "*").and_then(Value::as_object_mut);
    change(call, rule.ok_or_else(|| ErrorResponse::new(404, "AnswerRule not found"))?)?;
    let mut next = call.held.clone();
    next.put("answerrules", user, rules.into());
    call.accept(format!("answerrules/{user}/*"), next)
}

pub fn of_domain(call: &ApiCall) -> RouteResult {
    if !call.request.is_write() {
        return list(call, Some(call.seen.single("number-filters")));
    }
    let mut lists = call.held.single("number-filters").as_object().cloned().unwrap_or_default();
    change(call, &mut lists)?;
    let mut next = call.held.clone();
    next.set("number-filters", lists.into());
    call.accept("number-filters", next)
}

/// Shows the reject list alone: an allow list lands but is never returned.
fn list(call: &ApiCall, lists: Option<&Value>) -> RouteResult {
    if call.method() != "GET" {
        return Err(ErrorResponse::no_route());
    }
    let reject = lists.and_then(|lists| lists.get(REJECT));
    call.list(reject.map(|reject| row(call, "*", reject)).into_iter().collect())
}

/// Where rules do not show the lists, each rule has a row here, the Default rule as the last.
fn rows(call: &ApiCall, rules: &[Value]) -> RouteResult {
    if call.method() != "GET" || call.server.keeping.lists_hidden {
        return Err(ErrorResponse::no_route());
    }
    let empty = json!({ "enabled": "no", "parameters": [] });
    let others = rules.iter().filter(|rule| text(rule, "time-frame") != "*");
    let rows = others.chain(default(rules)).filter_map(|rule| {
        let name = text(rule, "time-frame");
        // One that was never set is missing, as in a rule.
        let reject = rule.get(REJECT).or(Some(&empty).filter(|_| name != "*"))?;
        Some(row(call, name, reject))
    });
    call.list(rows.collect())
}

fn default(rules: &[Value]) -> Option<&Value> {
    rules.iter().find(|rule| text(rule, "time-frame") == "*")
}

fn row(call: &ApiCall, name: &str, reject: &Value) -> Value {
    json!({
        "time-frame": name,
        "domain": call.domain,
        "enabled": "yes",
        "is-active": true,
        REJECT: features::loosened(reject, call.server.mixed_types),
    })
}

/// POST and PUT append; DELETE takes out of the reject list and accepts, without effect, allow lists.
fn change(call: &ApiCall, lists: &mut Map<String, Value>) -> Result<(), ErrorResponse> {
    let body = call.body()?;
    match call.method() {
        "POST" | "PUT" => {
            for name in [REJECT, ALLOW] {
                if let Some(sent) = body.get(name) {
                    features::append(lists, name, features::parameters(name, sent)?, "no");
                }
            }
            Ok(())
        }
        "DELETE" => {
            if let Some(sent) = body.get(REJECT) {
                features::take_out(lists, REJECT, &features::parameters(REJECT, sent)?);
            }
            Ok(())
        }
        _ => Err(ErrorResponse::no_route()),
    }
}
