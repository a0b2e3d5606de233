//! What of a request or an answer may stand in a log: everything but credentials and what tells who a person is.
//!
//! Redacted, by the name of the field: passwords, tokens, keys, PINs, secrets, cookies and the like, SIP passwords among
//! them; names of people and of their logins. By its look, whatever the field: e-mail addresses. Kept: phone numbers,
//! extensions, names of queues, schedules and numbers, for they are what an audit is about.

use serde_json::Value;

const SECRET: &str = "[secret]";
const PERSONAL: &str = "[personal]";

/// A document as it may stand in a log.
pub fn redacted(body: &Value) -> Value {
    within(body, "")
}

/// `parent` is the name of the field the value stands in.
fn within(value: &Value, parent: &str) -> Value {
    match value {
        Value::Object(map) => {
            let person = is_group_of_people(parent) || map.keys().any(|key| belongs_to_people(key));
            let field = |(key, value): (&String, &Value)| {
                let redacted = match value {
                    Value::Null | Value::Bool(_) => value.clone(),
                    Value::String(text) if text.is_empty() => value.clone(),
                    _ if is_secret(key) => SECRET.into(),
                    Value::String(_) if is_name_of_a_person(key) || (person && key == "name") => {
                        PERSONAL.into()
                    }
                    _ => within(value, key),
                };
                (key.clone(), redacted)
            };
            Value::Object(map.iter().map(field).collect())
        }
        Value::Array(items) => items.iter().map(|item| within(item, parent)).collect(),
        Value::String(text) => without_addresses(text).into(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// A text without e-mail addresses. `101@acme.1.service` is an extension, and `sip:101a@…` one of its phones.
pub fn without_addresses(text: &str) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"' | '\'' | '(' | ')' | '|' | '&' | '=')
    };
    text.split_inclusive(ends)
        .map(|part| {
            let word = part.trim_end_matches(ends);
            if is_address(word) { format!("{PERSONAL}{}", &part[word.len()..]) } else { part.to_owned() }
        })
        .collect()
}

fn is_address(word: &str) -> bool {
    let word = word.rsplit_once(':').map_or(word, |(_, word)| word);
    let Some((local, host)) = word.split_once('@') else { return false };
    let digits = local.chars().take_while(char::is_ascii_digit).count();
    let extension = digits >= 2 && local.len() <= digits + 3;
    !local.is_empty() && host.contains('.') && !extension
}

/// The words of a name, whatever joins them: `name-first-name`, `firstName`, `first_name`.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in key.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a field holds a credential.
pub fn is_secret(key: &str) -> bool {
    const ANYWHERE: [&str; 8] =
        ["token", "passw", "passcode", "secret", "apikey", "credential", "authoriz", "privatekey"];
    const WORDS: [&str; 12] = [
        "pin",
        "pins",
        "auth",
        "bearer",
        "cookie",
        "session",
        "signature",
        "jwt",
        "otp",
        "nonce",
        "pass",
        "pwd",
    ];
    let words = words(key);
    let joined = words.concat();
    ANYWHERE.iter().any(|it| joined.contains(it))
        || words.iter().any(|word| WORDS.contains(&word.as_str()))
        || matches!(words.as_slice(), [key] if key == "key")
        || matches!(words.as_slice(), [.., of, key] if key == "key" && matches!(of.as_str(), "access" | "encryption" | "private" | "sip"))
}

/// Whether a field holds the name of a person.
fn is_name_of_a_person(key: &str) -> bool {
    const WHOSE: [&str; 14] = [
        "first", "last", "full", "given", "family", "middle", "display", "caller", "contact", "agent",
        "user", "from", "person", "owner",
    ];
    const WHOLE: [&str; 7] =
        ["firstname", "lastname", "fullname", "surname", "displayname", "username", "login"];
    let words = words(key);
    words.iter().any(|word| WHOLE.contains(&word.as_str()))
        || (words.last().is_some_and(|word| word == "name")
            && words.iter().any(|word| WHOSE.contains(&word.as_str())))
}

/// Whether only people, and no queues or schedules, have such a field.
fn belongs_to_people(key: &str) -> bool {
    let words = words(key);
    words.iter().any(|word| word == "email" || word == "emails")
        || (is_name_of_a_person(key) && words.iter().any(|word| word.contains("first")))
}

fn is_group_of_people(key: &str) -> bool {
    let words = words(key);
    let people =
        ["agent", "agents", "user", "users", "person", "people", "contact", "contacts", "owner", "caller"];
    words.last().is_some_and(|word| people.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A log is copied into tickets: what the vendors' documents call secrets and people must not be in it, and what an
    /// audit asks for must.
    #[test]
    fn secrets_and_people_go_and_routing_stays() {
        let body = json!({
            "user": "101", "name-first-name": "Ann", "name-last-name": "Lee", "login-username": "ann@acme",
            "email-address": "ann@acme.example", "voicemail-login-pin": 1234, "voicemail-enabled": "yes",
            "device-sip-registration-password": "hunter2", "device-sip-registration-uri": "sip:101a@acme.1.service",
            "callqueue-agent-id": "101@acme.1.service", "phonenumber": "12145550100", "auth_token": { "value": "x" },
            "api-key": "k1", "key": "k2", "no-key-press": "repeat", "access_key": "AK", "secretKey": null, "token": "",
            "agents": [{ "id": 7, "name": "Ann Lee" }], "queue": { "id": 3, "name": "Reception" },
            "rows": [{ "name": "Bob", "email": "bob@acme.example" }, { "displayName": "Cy", "extension": "103" }],
            "cc": "to ann@acme.example; 102@acme.1.service",
        });
        let expected = json!({
            "user": "101", "name-first-name": PERSONAL, "name-last-name": PERSONAL, "login-username": PERSONAL,
            "email-address": PERSONAL, "voicemail-login-pin": SECRET, "voicemail-enabled": "yes",
            "device-sip-registration-password": SECRET, "device-sip-registration-uri": "sip:101a@acme.1.service",
            "callqueue-agent-id": "101@acme.1.service", "phonenumber": "12145550100", "auth_token": SECRET,
            "api-key": SECRET, "key": SECRET, "no-key-press": "repeat", "access_key": SECRET, "secretKey": null,
            "token": "",
            "agents": [{ "id": 7, "name": PERSONAL }], "queue": { "id": 3, "name": "Reception" },
            "rows": [{ "name": PERSONAL, "email": PERSONAL }, { "displayName": PERSONAL, "extension": "103" }],
            "cc": format!("to {PERSONAL}; 102@acme.1.service"),
        });
        assert_eq!(redacted(&body), expected);
    }
}
