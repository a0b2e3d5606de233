//! Section 3: an extension of Stratus.

use super::{
    legs::{Fate, Leg, Outcome},
    place::{seconds, set},
    timeline::{End, Question, Run},
};
use serde_json::{Value, json};

impl Run<'_> {
    pub fn extension(&mut self, tenant: usize, extension: &str) -> End {
        let all = &self.tenants[tenant];
        let rules = &all["rules"][extension];
        if rules.is_null() && all["diverts"].get(extension).is_none() {
            return self.unknown("extension", tenant, extension);
        }
        let (callers, from) = (&rules["callers"], self.call.from.as_str());
        self.ask(Question::From, from);
        let names =
            |word: &str| callers[word].as_array().is_some_and(|list| list.iter().any(|it| it == from));
        let allowed = names("allow");
        if !allowed {
            if names("block") || (from == "anonymous" && callers["block_anonymous"] == true) {
                return self.end("dropped blocked");
            }
            if from == "spam" && self.yes("U16") {
                match callers["spam"].as_str() {
                    Some("voicemail") => return self.mailbox(tenant, extension, "no_mailbox"),
                    Some("drop") => return self.end("dropped spam"),
                    _ => {}
                }
            }
        }
        let Some(rule) = self.rule(tenant, extension) else {
            return self.unknown("rules", tenant, extension);
        };
        let forward = &rule["forward"];
        let do_not_disturb = rule["do_not_disturb"] == true && !allowed;
        let always = set(forward, "always").filter(|_| !do_not_disturb || self.yes("U1"));
        if let Some(to) = always {
            return self.leave(tenant, "extension", extension, "always", to);
        }
        if do_not_disturb {
            return self.mailbox(tenant, extension, "busy");
        }
        let devices = self.devices(tenant, extension);
        let mut phones = std::iter::once(extension).chain(devices.iter().map(String::as_str));
        let is_on_call = phones.any(|phone| self.is(tenant, phone, &["on_call_rings", "on_call_busy"]));
        if let Some(to) = set(forward, "on_call").filter(|_| is_on_call) {
            return self.leave(tenant, "extension", extension, "on_call", to);
        }
        let simultaneous = rule["ring"].get("simultaneous");
        let mut phones = std::iter::once(extension).chain(devices.iter().map(String::as_str));
        let is_offline = phones.all(|phone| self.is(tenant, phone, &["offline"]));
        let is_asked = simultaneous.is_none() || self.yes("U3");
        if let Some(to) = set(forward, "unreachable").filter(|_| is_asked && is_offline) {
            return self.leave(tenant, "extension", extension, "unreachable", to);
        }
        let mut who = Vec::new();
        match simultaneous {
            None => who.push((extension.to_owned(), 0)),
            Some(ring) => {
                if ring["own_extension"] == true || ring["all_phones"] == true {
                    who.push((extension.to_owned(), 0));
                }
                if ring["all_phones"] == true {
                    who.extend(devices.into_iter().map(|device| (device, 0)));
                }
                for also in ring["also"].as_array().into_iter().flatten() {
                    let name = ["extension", "device", "number"].iter().find_map(|it| also[*it].as_str());
                    let delay = seconds(&also["delay"]).unwrap_or(0) * 1000;
                    who.push((name.expect("a phone is named").to_owned(), delay));
                }
            }
        }
        match self.ring_phones(tenant, extension, who) {
            Outcome::Lifted(end) => end,
            Outcome::Forever => self.never("rings_on"),
            Outcome::Timeout => self.not_answered(tenant, extension, forward),
            Outcome::Refused { only_on_call } => {
                let counts = (simultaneous.is_none() || self.yes("U2")) && (!only_on_call || self.yes("U6"));
                match set(forward, "busy").filter(|_| counts) {
                    Some(to) => self.leave(tenant, "extension", extension, "busy", to),
                    None => self.nothing_set(tenant, extension, forward),
                }
            }
            Outcome::Offline if !is_offline => self.not_answered(tenant, extension, forward),
            Outcome::Offline => match set(forward, "unreachable") {
                Some(to) => self.leave(tenant, "extension", extension, "unreachable", to),
                None => self.nothing_set(tenant, extension, forward),
            },
        }
    }

    /// U4.
    fn nothing_set(&mut self, tenant: usize, extension: &str, forward: &Value) -> End {
        if self.yes("U4") {
            return self.not_answered(tenant, extension, forward);
        }
        self.mailbox(tenant, extension, "no_mailbox")
    }

    /// Step 11.
    fn not_answered(&mut self, tenant: usize, extension: &str, forward: &Value) -> End {
        match set(forward, "no_answer") {
            Some(to) => self.leave(tenant, "extension", extension, "no_answer", to),
            None => self.mailbox(tenant, extension, "no_answer"),
        }
    }

    /// Section 2, `phone`.
    pub fn phone(&mut self, tenant: usize, extension: &str) -> End {
        match self.ring_phones(tenant, extension, vec![(extension.to_owned(), 0)]) {
            Outcome::Lifted(end) => end,
            Outcome::Forever => self.never("rings_on"),
            _ if self.yes("U5") => self.mailbox(tenant, extension, "no_mailbox"),
            _ => self.end("dropped no_answer"),
        }
    }

    /// Phones, each with its delay, for the ring timeout of the extension.
    fn ring_phones(&mut self, tenant: usize, extension: &str, who: Vec<(String, u64)>) -> Outcome {
        let timeout = match &self.tenants[tenant]["rules"][extension]["ring_timeout"] {
            it if *it == "unlimited" => None,
            Value::Null => Some(if self.yes("U25") { 60 } else { 25 }),
            it => seconds(it),
        };
        let until = timeout.map(|it| self.now + it * 1000);
        let (now, refuses) = (self.now, self.yes("U24"));
        let legs = who.into_iter().map(|(who, delay)| match until {
            // It does not ring, but it has not refused either.
            Some(until) if now + delay >= until => Leg { fate: Fate::Nothing, rings: Vec::new() },
            _ => self.leg(tenant, &who, now + delay, refuses),
        });
        let legs = legs.collect();
        self.settle(legs, until)
    }

    /// Step 4. None where nobody knows.
    pub fn rule(&mut self, tenant: usize, extension: &str) -> Option<Value> {
        let all = &self.tenants[tenant];
        let diverts = all["diverts"].get(extension);
        let alone = json!({ "forward": diverts.cloned().unwrap_or(json!({})) });
        let Some(order) = all["rules"][extension]["order"].as_array() else {
            return self.yes("U26").then_some(alone);
        };
        for rule in order {
            let when = rule["when"].as_str().expect("a rule has a schedule");
            let enabled = rule["enabled"] != false;
            if enabled && (when == "default" || self.in_force(tenant, when)) {
                return Some(rule.clone());
            }
            if when == "default" {
                break;
            }
        }
        Some(alone)
    }

    /// What the tenant names that begins with an extension and goes on with a letter.
    pub fn devices(&self, tenant: usize, extension: &str) -> Vec<String> {
        let mut named = Vec::new();
        collect(&self.tenants[tenant], &mut named);
        let is_own = |it: &String| {
            let rest = it.strip_prefix(extension);
            rest.is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_alphabetic()))
        };
        named.retain(is_own);
        named.sort();
        named.dedup();
        named
    }
}

/// Every `device` in a file.
fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (word, value) in map {
                match value.as_str() {
                    Some(name) if word == "device" => found.push(name.to_owned()),
                    _ => collect(value, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|it| collect(it, found)),
        _ => {}
    }
}
