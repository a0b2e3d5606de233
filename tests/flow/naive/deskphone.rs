//! Section 5: an extension of Deskphone.

use super::{
    legs::Outcome,
    place::set,
    timeline::{End, Run},
};
use serde_json::Value;

const RINGS: u64 = 300_000;

impl Run<'_> {
    pub fn deskphone(&mut self, tenant: usize, extension: &str) -> End {
        let Some(diverts) = self.tenants[tenant]["diverts"].get(extension) else {
            return self.unknown("extension", tenant, extension);
        };
        if set(diverts, "always").is_some() {
            return self.divert(tenant, extension, diverts, "always");
        }
        if self.is(tenant, extension, &["offline", "logged_out"]) {
            return self.divert(tenant, extension, diverts, "unreachable");
        }
        if self.is(tenant, extension, &["on_call_rings", "on_call_busy"]) {
            return self.divert(tenant, extension, diverts, "busy");
        }
        let leg = self.leg(tenant, extension, self.now, true);
        match self.settle(vec![leg], Some(self.now + RINGS)) {
            Outcome::Lifted(end) => end,
            Outcome::Refused { .. } if self.yes("U18") => self.divert(tenant, extension, diverts, "busy"),
            _ => self.divert(tenant, extension, diverts, "no_answer"),
        }
    }

    fn divert(&mut self, tenant: usize, extension: &str, diverts: &Value, reason: &str) -> End {
        match set(diverts, reason) {
            None if reason != "no_answer" => self.end("dropped busy"),
            None if self.yes("U30") => self.end("dropped no_answer"),
            None => self.never("rings_on"),
            Some(to) => match to["extension"].as_str() {
                Some(other) if !self.yes("U17") => self.plain_phone(tenant, other),
                _ => self.leave(tenant, "extension", extension, reason, to),
            },
        }
    }

    /// The other way of U17.
    fn plain_phone(&mut self, tenant: usize, extension: &str) -> End {
        let leg = self.leg(tenant, extension, self.now, true);
        match self.settle(vec![leg], Some(self.now + RINGS)) {
            Outcome::Lifted(end) => end,
            Outcome::Refused { .. } | Outcome::Offline => self.end("dropped busy"),
            Outcome::Timeout | Outcome::Forever => self.end("dropped no_answer"),
        }
    }
}
