//! Section 6: receiving numbers and people of CallTrackingMetrics.

use super::{
    legs::Outcome,
    place::{seconds, set},
    timeline::{End, Run},
};
use serde_json::Value;

impl Run<'_> {
    /// The route of a number that names several.
    pub fn receivers(&mut self, tenant: usize, route: &Value) -> End {
        let list = route["receivers"].as_array().expect("a list");
        let list: Vec<&str> = list.iter().map(|it| it.as_str().expect("a number")).collect();
        if let [one] = list.as_slice() {
            return self.receiver(tenant, one, false);
        }
        match route["pattern"].as_str().unwrap_or("simultaneous") {
            "simultaneous" => self.at_once(tenant, &list),
            "sequential" if self.yes("U20") => self.in_sequence(tenant, &list),
            "least_connected" => {
                let on_call = |it: &&str| {
                    self.owner(it).is_none() && self.is(tenant, it, &["on_call_rings", "on_call_busy"])
                };
                let free: Vec<&str> = list.iter().copied().filter(|it| !on_call(it)).collect();
                let of = if free.is_empty() { list } else { free };
                let chosen = self.choose(of.len());
                self.receiver(tenant, of[chosen], false)
            }
            _ => {
                let chosen = self.choose(list.len());
                self.receiver(tenant, list[chosen], false)
            }
        }
    }

    /// Step 1, and 7 where it is the target of another's no-answer routing.
    pub fn receiver(&mut self, tenant: usize, number: &str, is_target: bool) -> End {
        let nothing = is_target && !self.yes("U21");
        let declared = self.tenants[tenant]["receivers"].get(number);
        let no_answer = declared.and_then(|it| set(it, "no_answer")).filter(|_| !nothing);
        let began = self.now;
        let until = no_answer.and_then(|it| seconds(&it["after"])).map(|it| began + it * 1000);
        let leg = self.leg(tenant, number, began, true);
        let outcome = self.settle(vec![leg], until);
        match (outcome, no_answer) {
            (Outcome::Lifted(end), _) => end,
            (_, Some(routing)) => self.no_answer_of(tenant, number, &routing["to"]),
            (_, None) if declared.is_none() && !nothing => self.end(format!("unknown receiver {number}")),
            (Outcome::Forever, None) => self.never("rings_on"),
            (_, None) => self.end("dropped busy"),
        }
    }

    fn no_answer_of(&mut self, tenant: usize, number: &str, to: &Value) -> End {
        if !self.left.insert(format!("{tenant} receiver {number} no_answer")) {
            return self.end("loop");
        }
        match to["receiver"].as_str() {
            Some(next) => self.receiver(tenant, next, true),
            None => self.go(tenant, "", to),
        }
    }

    /// Step 2.
    fn at_once(&mut self, tenant: usize, list: &[&str]) -> End {
        let now = self.now;
        let legs = list.iter().map(|it| self.leg(tenant, it, now, true)).collect();
        let until = if self.yes("U19") { None } else { Some(now + 30_000) };
        match self.settle(legs, until) {
            Outcome::Lifted(end) => end,
            Outcome::Forever => self.never("rings_on"),
            Outcome::Timeout => self.end("dropped no_answer"),
            Outcome::Refused { .. } | Outcome::Offline => self.end("dropped busy"),
        }
    }

    /// U20.
    fn in_sequence(&mut self, tenant: usize, list: &[&str]) -> End {
        for (place, number) in list.iter().enumerate() {
            let is_last = place + 1 == list.len();
            let declared = self.tenants[tenant]["receivers"].get(*number);
            let no_answer = declared.and_then(|it| set(it, "no_answer"));
            let after = no_answer.and_then(|it| seconds(&it["after"])).unwrap_or(30);
            let began = self.now;
            // How long one rings that nobody knows, nobody knows.
            let until = declared.map(|_| began + after * 1000);
            let leg = self.leg(tenant, number, began, true);
            match self.settle(vec![leg], until) {
                Outcome::Lifted(end) => return end,
                Outcome::Forever => return self.end(format!("unknown receiver {number}")),
                _ if !is_last => {}
                _ if declared.is_none() => return self.end(format!("unknown receiver {number}")),
                _ => {
                    return match no_answer {
                        Some(routing) => self.no_answer_of(tenant, number, &routing["to"]),
                        None => self.end("dropped no_answer"),
                    };
                }
            }
        }
        self.end("dropped no_answer")
    }

    /// A person, on whatever phone.
    pub fn agent(&mut self, tenant: usize, email: &str) -> End {
        let leg = self.leg(tenant, email, self.now, true);
        match self.settle(vec![leg], None) {
            Outcome::Lifted(end) => end,
            Outcome::Refused { .. } | Outcome::Offline => self.end("dropped busy"),
            Outcome::Timeout | Outcome::Forever => self.never("rings_on"),
        }
    }
}
