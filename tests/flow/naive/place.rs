//! Sections 1, 2 and 7: numbers, destinations, and coming back to where one was.

use super::timeline::{End, Question, Run};
use serde_json::Value;

/// A forward that is there and not `off`.
pub fn set<'a>(of: &'a Value, word: &str) -> Option<&'a Value> {
    of.get(word).filter(|it| !it.is_null() && **it != "off" && **it != false)
}

/// A whole number or a word that looks like one.
pub fn seconds(it: &Value) -> Option<u64> {
    it.to_string().trim_matches('"').parse().ok()
}

impl Run<'_> {
    /// The tenant that has a number in `numbers` or `forwards`.
    pub fn owner(&self, number: &str) -> Option<usize> {
        let has = |it: &Value| ["numbers", "forwards"].iter().any(|word| it[*word].get(number).is_some());
        self.tenants.iter().position(has)
    }

    /// Section 1.
    pub fn number(&mut self, tenant: usize, number: &str) -> End {
        if !self.left.insert(format!("number {number}")) {
            return self.end("loop");
        }
        let all = &self.tenants[tenant];
        let kind = all["kind"].as_str().expect("the generator says the kind");
        let platform = self.call.platform.get(kind).map_or("up", String::as_str);
        self.ask(Question::Platform(kind.to_owned()), platform);
        let is_down = !["up", "forwards_off"].contains(&platform);
        let forward = &all["forwards"][number];
        let to = forward["to"].as_str();
        let leaves = match kind {
            "stratus" if forward["active"] == true && platform != "forwards_off" => to,
            "stratus" if platform == "switched" => to,
            "ctm" if is_down && forward["active"] != false => to,
            _ => None,
        };
        if let Some(to) = leaves {
            return self.leave_to(to);
        }
        if is_down {
            return self.end("dropped platform_down");
        }
        match all["numbers"][number].get("route") {
            Some(route) => self.go(tenant, "", route),
            None => self.end(format!("unknown number {number}")),
        }
    }

    /// Out of the system, unless a tenant has the number.
    pub fn leave_to(&mut self, number: &str) -> End {
        match self.owner(number) {
            Some(tenant) => self.number(tenant, number),
            None => self.end(format!("leaves {number}")),
        }
    }

    /// Section 7: away from a place for a reason; a second time is a loop.
    pub fn leave(&mut self, tenant: usize, place: &str, owner: &str, reason: &str, to: &Value) -> End {
        if !self.left.insert(format!("{tenant} {place} {owner} {reason}")) {
            return self.end("loop");
        }
        self.go(tenant, owner, to)
    }

    /// Section 2. `owner` is whose mailbox `voicemail` is.
    pub fn go(&mut self, tenant: usize, owner: &str, to: &Value) -> End {
        match to.as_str() {
            Some("hang_up") => return self.end("dropped hang_up"),
            Some("voicemail") => return self.mailbox(tenant, owner, "no_mailbox"),
            _ => {}
        }
        if to.get("receivers").is_some() {
            return self.receivers(tenant, to);
        }
        let (word, name) = to.as_object().and_then(|it| it.iter().next()).expect("a destination has a word");
        let name = name.as_str().expect("a destination has a name");
        match word.as_str() {
            "extension" => self.called_extension(tenant, name),
            "phone" => self.phone(tenant, name),
            "voicemail" => self.mailbox(tenant, name, "no_mailbox"),
            "queue" => self.queue(tenant, name),
            "number" => self.leave_to(name),
            "receiver" => self.receiver(tenant, name, false),
            "agent" => self.agent(tenant, name),
            _ => {
                let name = self.name(tenant, name);
                self.end(format!("menu {word} {name}"))
            }
        }
    }

    /// An extension, or the queue of that name.
    pub fn called_extension(&mut self, tenant: usize, extension: &str) -> End {
        let all = &self.tenants[tenant];
        if all["queues"].get(extension).is_some() {
            return self.queue(tenant, extension);
        }
        match all["kind"].as_str() {
            Some("stratus") => self.extension(tenant, extension),
            Some("deskphone") => self.deskphone(tenant, extension),
            _ => self.unknown("extension", tenant, extension),
        }
    }

    pub fn unknown(&self, what: &str, tenant: usize, name: &str) -> End {
        self.end(format!("unknown {what} {}", self.name(tenant, name)))
    }

    /// The mailbox of something; where it is off, `otherwise` is why the call is dropped.
    pub fn mailbox(&self, tenant: usize, owner: &str, otherwise: &str) -> End {
        let name = self.name(tenant, owner);
        let is_off = self.call.mailbox_off.contains(&name);
        self.ask(Question::Mailbox(tenant, owner.to_owned()), is_off);
        if owner.is_empty() || is_off {
            return self.end(format!("dropped {otherwise}"));
        }
        self.end(format!("voicemail {name}"))
    }
}
