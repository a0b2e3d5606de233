//! Whether the call that a finding names shows what the finding says: by its course, and by the reference's clock.

use super::world::World;
use crate::naive::{Call, is_in_force};
use dialform::{
    flow::{Fault, Found, Network, Point, SiteId, Timeline, Verdict, Why},
    path::{Path, Segment},
};
use serde_json::Value;

/// A call with the one course that it takes.
pub struct Shown<'a> {
    pub world: &'a World,
    pub network: &'a Network,
    pub found: &'a Found,
    pub call: &'a Call,
    pub verdict: &'a Verdict,
}

impl Shown<'_> {
    /// None of these worlds has a number that rings along: of `RingLoop` there is no call.
    pub fn is_so(&self) -> bool {
        let Found { fault, message, .. } = self.found;
        let end = self.end();
        let is_told = || message.ends_with(&self.network.end_story(self.course().end, self.found.tenant));
        match fault {
            Fault::DivertLoop | Fault::NoAnswerLoop | Fault::BusyLoop | Fault::OutageLoop => {
                // A queue is named as such, and a number by its route, beside what leads on from it.
                let goes_by = |(at, path): &(SiteId, Path)| {
                    let name = path.get(1).and_then(Segment::as_key).unwrap();
                    let forward = Path::from(["forwards", name, "to"]);
                    let is_number = path.first().and_then(Segment::as_key) == Some("numbers");
                    self.sources().iter().any(|(site, source)| {
                        site == at && (source.is_inside(path) || is_number && *source == forward)
                    })
                };
                end == "loop" && self.found.way.iter().all(goes_by)
            }
            Fault::RingLoop => false,
            Fault::NobodyThere => is_bad(&end) && is_told() && self.everybody("answers@5"),
            Fault::DeadEnd => is_bad(&end) && !end.starts_with("waits ") && is_told() && self.is_plain(),
            Fault::QueueWithoutAgents => self.is_queue_without_agents(&end) && is_told(),
            Fault::ForwardComesBack => {
                let by = (self.found.tenant, self.found.path.clone());
                let is_switched = self.call.platform.values().all(|it| it == "switched");
                is_bad(&end) && is_told() && is_switched && self.sources().contains(&by)
            }
            Fault::RuleNeverWins | Fault::HolidayBelowHours => self.is_below_a_winner(),
            Fault::PhoneNeverRings => self.is_silent(message.split(" never rings").next().unwrap()),
            Fault::FailoverNever | Fault::FailoverWithoutRequireAgents => {
                self.everybody("offline") && self.course().hops.iter().all(|hop| hop.why != Why::Failover)
            }
            Fault::ForwardInDoubt => self.verdict.assumed.contains("U2".parse::<Point>().unwrap()),
            Fault::MailboxOfAnother => {
                let number = message.split(' ').find(|it| it.starts_with('+')).unwrap();
                self.rings().any(|(who, _)| who == number)
            }
        }
    }

    fn course(&self) -> &Timeline {
        &self.verdict.timelines[0]
    }

    fn end(&self) -> String {
        self.network.end_text(self.course().end, self.home())
    }

    fn home(&self) -> SiteId {
        self.network.tenant(&self.call.tenant).unwrap()
    }

    fn rings(&self) -> impl Iterator<Item = (String, u32)> {
        self.course().rings.iter().map(|it| (self.network.party_text(it.party, self.home()), it.from))
    }

    /// Every value that sends the call on.
    fn sources(&self) -> Vec<(SiteId, Path)> {
        self.course().hops.iter().map(|hop| self.network.source(hop)).collect()
    }

    fn is_plain(&self) -> bool {
        self.call.given.is_empty() && self.call.platform.is_empty()
    }

    fn everybody(&self, state: &str) -> bool {
        self.call.given.values().all(|it| it == state) && self.call.platform.is_empty()
    }

    /// The tenant that the finding is about, and a word of its path.
    fn tenant(&self) -> &Value {
        let name = self.network.tenant_name(self.found.tenant);
        self.world.tenants.iter().find(|it| it["tenant"] == name).unwrap()
    }

    fn key(&self, at: usize) -> &str {
        self.found.path.get(at).and_then(Segment::as_key).unwrap()
    }

    fn is_queue_without_agents(&self, end: &str) -> bool {
        let tenant = self.tenant();
        let prefix = match tenant["tenant"] == self.call.tenant.as_str() {
            true => String::new(),
            false => format!("{}/", tenant["tenant"].as_str().unwrap()),
        };
        let agents = tenant["queues"][self.key(1)]["agents"].as_array().unwrap();
        let is_away = |agent: &Value| {
            let name = agent.as_str().or_else(|| agent["device"].as_str()).unwrap();
            self.call.given.get(&format!("{prefix}{name}")).is_some_and(|it| it == "offline")
        };
        agents.iter().all(is_away)
            && (end == format!("waits {prefix}{}", self.key(1))
                || ["dropped unavailable", "dropped max_wait"].contains(&end))
    }

    /// The rule is in force, and so is one above it; the call does not go by it.
    fn is_below_a_winner(&self) -> bool {
        let tenant = self.tenant();
        let order = tenant["rules"][self.key(1)]["order"].as_array().unwrap();
        let Some(Segment::Index(at)) = self.found.path.get(3) else { return false };
        let is_on = |rule: &Value| {
            let when = rule["when"].as_str().unwrap();
            let schedule = &tenant["schedules"][when];
            let zone = schedule["time_zone"].as_str().or(tenant["time_zone"].as_str()).unwrap();
            let is_now = || schedule["enabled"] != false && is_in_force(schedule, zone, self.call.at);
            rule["enabled"] != false && (when == "default" || is_now())
        };
        let winner = order[..*at].iter().find(|rule| is_on(rule));
        let is_named =
            |rule: &Value| self.found.message.contains(&format!("`{}`", rule["when"].as_str().unwrap()));
        is_on(&order[*at])
            && winner.is_some_and(is_named)
            && !self.sources().iter().any(|(_, path)| path.is_inside(&self.found.path))
    }

    /// Not before the call is elsewhere, where it may ring for another reason; an agent not at all.
    fn is_silent(&self, name: &str) -> bool {
        let left = self.course().hops.iter().map(|hop| hop.at).min();
        let until = left.filter(|_| self.key(0) == "rules").unwrap_or(u32::MAX);
        !self.rings().any(|(who, from)| who == name && from < until)
    }
}

/// Nobody and nothing is reached, and nobody wants it so.
fn is_bad(end: &str) -> bool {
    let is_meant = ["dropped blocked", "dropped spam", "dropped hang_up"].contains(&end);
    ["loop", "rings_on"].contains(&end)
        || end.starts_with("waits ")
        || (end.starts_with("dropped ") && !is_meant)
}
