//! Serves the domain's dial rules, where aliases such as `vmail_101` live, and its attendants (FACTS stratus/aliases).

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Value, json};

use super::call::{ApiCall, ErrorResponse, RouteResult, domain_of, text};
use super::{fields, tables};
use crate::sandbox::document::Document;

pub fn route(call: &ApiCall, plan: &str, path: &[&str]) -> RouteResult {
    let domain = call.seen.single("domain");
    if plan != "~" && plan != call.domain && plan != text(domain, "dial-plan") {
        return Err(ErrorResponse::missing());
    }
    let rules = call.seen.single("dialrules").as_array().map_or(&[][..], Vec::as_slice);
    match (call.method(), path) {
        ("GET", []) => call.list(rules.iter().map(|rule| render(call, rule)).collect()),
        ("POST", []) => create(call),
        ("DELETE", [id]) => delete(call, id),
        _ => Err(ErrorResponse::no_route()),
    }
}

fn stored(document: &Document) -> Vec<Value> {
    document.single("dialrules").as_array().cloned().unwrap_or_default()
}

/// Puts a rule where it stands by its word, whichever came first.
fn insert(rules: &mut Vec<Value>, rule: Value) {
    let word = |rule: &Value| text(rule, "dial-rule-matching-to-uri").to_owned();
    let before = rules.iter().rposition(|other| word(other) <= word(&rule));
    rules.insert(before.map_or(0, |at| at + 1), rule);
}

fn create(call: &ApiCall) -> RouteResult {
    let rule = record(&Value::from(call.body()?.clone()))?;
    if text(&rule, "dial-rule-matching-to-uri").is_empty() {
        return Err(ErrorResponse::invalid("Invalid value for dial-rule-matching-to-uri."));
    }
    let mut rules = stored(call.held);
    if rules.iter().any(|other| id(other) == id(&rule)) {
        return Err(ErrorResponse::new(409, "Dial rule already exists"));
    }
    let shown = render(call, &rule);
    let object = format!("dialrules/{}", id(&rule));
    insert(&mut rules, rule);
    let mut next = call.held.clone();
    next.set("dialrules", rules.into());
    call.created(object, next, shown)
}

fn delete(call: &ApiCall, wanted: &str) -> RouteResult {
    let (gone, kept): (Vec<Value>, Vec<Value>) =
        stored(call.held).into_iter().partition(|rule| id(rule) == wanted);
    if gone.is_empty() {
        return Err(ErrorResponse::missing());
    }
    let mut next = call.held.clone();
    next.set("dialrules", kept.into());
    call.accept(format!("dialrules/{wanted}"), next)
}

/// Makes the alias that starts a queue, where there is none.
pub fn start_of(document: &mut Document, queue: &str) -> Result<(), ErrorResponse> {
    let word = format!("queue_{queue}");
    let mut rules = stored(document);
    if rules.iter().any(|rule| text(rule, "dial-rule-matching-to-uri") == word) {
        return Ok(());
    }
    let note = format!("Portal Created: Call Queue - {queue}");
    insert(&mut rules, alias(domain_of(document), &word, "to-callqueue", queue, &note)?);
    document.set("dialrules", rules.into());
    Ok(())
}

/// Makes the aliases the portal makes: a voicemail box per user, a start per queue (FACTS stratus/places-4).
pub fn portal_made(document: &Document) -> Result<Vec<Value>, ErrorResponse> {
    let domain = domain_of(document);
    let mut rules = Vec::new();
    for (user, _) in document.table("users") {
        let note = format!("Portal Created: Voicemail - {user}");
        rules.push(alias(domain, &format!("vmail_{user}"), "to-voicemail-residential", user, &note)?);
    }
    for (queue, _) in document.table("callqueues") {
        let note = format!("Portal Created: Call Queue - {queue}");
        rules.push(alias(domain, &format!("queue_{queue}"), "to-callqueue", queue, &note)?);
    }
    Ok(rules)
}

/// Refuses a forward to a word that may lead nowhere: `aa_NAME` or `phone_EXT` without a dial rule of that name. What the
/// rule has already may be sent again.
pub fn check_words(
    call: &ApiCall,
    body: &Map<String, Value>,
    now: Option<&Map<String, Value>>,
) -> Result<(), ErrorResponse> {
    let rules = call.held.single("dialrules").as_array().map_or(&[][..], Vec::as_slice);
    let known = |word: &str| rules.iter().any(|rule| text(rule, "dial-rule-matching-to-uri") == word);
    let forwards = body.iter().filter(|(name, feature)| {
        name.starts_with("forward-") && now.and_then(|now| now.get(*name)) != Some(*feature)
    });
    let words = forwards.filter_map(|(_, feature)| feature.get("parameters")?.as_array()).flatten();
    let mut words = words.filter_map(Value::as_str);
    let strange = |word: &&str| (word.starts_with("aa_") || word.starts_with("phone_")) && !known(word);
    match words.find(strange).filter(|_| call.server.forms.plain_dial_words) {
        Some(word) => Err(ErrorResponse::invalid(format!("The dial plan has no rule {word}."))),
        None => Ok(()),
    }
}

fn alias(domain: &str, word: &str, application: &str, to: &str, note: &str) -> Result<Value, ErrorResponse> {
    let body = json!({
        "dial-rule-matching-to-uri": word,
        "dial-rule-application": application,
        "dial-rule-translation-destination-user": to,
        "dial-rule-translation-destination-host": domain,
        "dial-rule-description": note,
    });
    record(&body)
}

/// Makes a dial rule's record from a body.
pub fn record(body: &Value) -> Result<Value, ErrorResponse> {
    let body = body.as_object().ok_or_else(|| ErrorResponse::invalid("a dial rule is a mapping"))?;
    Ok(fields::create(tables::DIAL_RULE, body)?.into())
}

/// What a rule is known by: all that it matches.
fn id(rule: &Value) -> String {
    let key = ["to-uri", "from-uri", "day-of-week", "start-date", "end-date", "start-time", "end-time"]
        .map(|part| text(rule, &format!("dial-rule-matching-{part}")));
    BASE64_STANDARD.encode(key.join("||"))
}

fn render(call: &ApiCall, rule: &Value) -> Value {
    let mut shown = Map::new();
    shown.insert("domain".into(), call.domain.as_str().into());
    shown.insert("dialrule".into(), id(rule).into());
    shown.insert("dial-rule-dial-plan".into(), call.domain.as_str().into());
    fields::render(tables::DIAL_RULE, rule, call.server.mixed_types, &mut shown);
    shown.into()
}

/// Lists auto attendants, one row per user and prompt.
pub fn attendants(call: &ApiCall) -> RouteResult {
    if call.method() != "GET" {
        return Err(ErrorResponse::no_route());
    }
    let row = |attendant: &Value| {
        let mut shown = Map::new();
        fields::render(tables::ATTENDANT, attendant, call.server.mixed_types, &mut shown);
        let (user, prompt) = (text(attendant, "user"), text(attendant, "starting-prompt"));
        let path = format!("/ns-api/v2/domains/{}/attendants/{user}/{prompt}", call.domain);
        shown.insert("read-path".into(), path.into());
        Value::from(shown)
    };
    call.list(call.seen.single("autoattendants").as_array().into_iter().flatten().map(row).collect())
}
