//! Section 4, and step 6 of section 6: queues.

use super::{
    legs::{Fate, Leg, Outcome},
    place::{seconds, set},
    timeline::{End, Question, Run},
};
use serde_json::Value;

struct Agent {
    who: String,
    order: u64,
    is_extension: bool,
}

const ONE_BY_ONE: [&str; 6] = ["linear_hunt", "round_robin", "sticky", "weighted", "smart", "longest_wait"];

impl Run<'_> {
    pub fn queue(&mut self, tenant: usize, name: &str) -> End {
        let all = &self.tenants[tenant];
        let queue = &all["queues"][name];
        let Some(agents) = queue["agents"].as_array() else {
            return self.unknown("queue", tenant, name);
        };
        if !self.left.insert(format!("{tenant} queue {name}")) {
            return self.end("loop");
        }
        let agents = agents.iter().zip(1..).map(|(it, place)| agent(it, place)).collect::<Vec<_>>();
        let is_ctm = all["kind"] == "ctm";
        let is_full = self.call.full.contains(&self.name(tenant, name));
        self.ask(Question::Full(tenant, name.to_owned()), is_full);
        let nobody = agents.iter().all(|it| self.is_away(tenant, &it.who));
        if is_ctm {
            if nobody && !self.yes("U22") {
                return match set(queue, "no_answer") {
                    Some(to) => self.leave(tenant, "queue", name, "no_answer", to),
                    None => self.end("dropped unavailable"),
                };
            }
        } else if is_full {
            return self.not_taken(tenant, name, queue, "unavailable", "failover");
        } else if nobody && (queue["require_agents"] == true || !self.yes("U28")) {
            return self.not_taken(tenant, name, queue, "failover", "unavailable");
        }
        self.lifted.get_or_insert(self.now);
        let entered = self.now;
        let no_answer = set(queue, "no_answer");
        let after = |word: &str| seconds(&queue[word]).map(|it| entered + it * 1000);
        let (patience, end) =
            if is_ctm { (after("max_wait"), None) } else { (after("ring_timeout"), after("max_wait")) };
        let patience = patience.filter(|_| no_answer.is_some());
        let limit = patience.into_iter().chain(end).min();
        let ringing: Vec<Agent> = agents.into_iter().filter(|it| self.is_rung(tenant, it, is_ctm)).collect();
        if let Some(end) = self.round(tenant, queue, ringing, limit.unwrap_or(u64::MAX)) {
            return end;
        }
        match (limit, no_answer) {
            (None, _) => {
                let name = self.name(tenant, name);
                self.never(format!("waits {name}"))
            }
            (Some(at), Some(to)) if patience == Some(at) => {
                self.now = at;
                self.leave(tenant, "queue", name, "no_answer", to)
            }
            (Some(at), _) => {
                self.now = at;
                self.end("dropped max_wait")
            }
        }
    }

    /// Steps 1 to 3.
    fn not_taken(&mut self, tenant: usize, name: &str, queue: &Value, own: &str, other: &str) -> End {
        let word = if set(queue, own).is_none() && self.yes("U7") { other } else { own };
        match set(queue, word) {
            Some(to) => self.leave(tenant, "queue", name, word, to),
            None if self.yes("U29") => self.mailbox(tenant, name, "unavailable"),
            None => self.end("dropped unavailable"),
        }
    }

    /// Step 2: offline or logged out.
    fn is_away(&self, tenant: usize, who: &str) -> bool {
        if self.owner(who).is_some() {
            return false;
        }
        let is_never_offline = who.starts_with('+') && self.yes("U23");
        let away: &[&str] = if is_never_offline { &["logged_out"] } else { &["offline", "logged_out"] };
        // An extension is offline where all its devices are.
        let online = |device: &String| !self.is(tenant, device, &["offline"]);
        let has_device = self.is(tenant, who, &["offline"]) && self.devices(tenant, who).iter().any(online);
        self.is(tenant, who, away) && !has_device
    }

    /// Step 4.
    fn is_rung(&mut self, tenant: usize, agent: &Agent, is_ctm: bool) -> bool {
        if self.owner(&agent.who).is_some() {
            return true;
        }
        let cannot = ["offline", "logged_out", "on_call_rings", "on_call_busy", "dnd"];
        if self.is(tenant, &agent.who, &cannot) {
            return false;
        }
        if !agent.is_extension || is_ctm {
            return true;
        }
        match self.rule(tenant, &agent.who) {
            Some(rule) => {
                let forwards_all = set(&rule["forward"], "always").is_some();
                rule["do_not_disturb"] != true && (!forwards_all || self.yes("U8"))
            }
            None => true,
        }
    }

    /// One round; nobody in it is nobody ever. Who rings is told of this round alone.
    fn round(&mut self, tenant: usize, queue: &Value, agents: Vec<Agent>, limit: u64) -> Option<End> {
        let usual = if self.yes("U25") { 20 } else { 15 };
        let ring = seconds(&queue["agent_ring"]).unwrap_or(usual) * 1000;
        let dispatch = queue["dispatch"].as_str().unwrap_or("ring_all");
        let mut agents = agents;
        if dispatch != "ring_all" {
            // A stable sort: the place in the list is what is left.
            agents.sort_by_key(|it| it.order);
        }
        let legs = match dispatch {
            "call_park" => Vec::new(),
            "linear_cascade" => self.cascade(tenant, agents, ring, limit),
            "tiered_round_robin" => {
                let mut turns = Vec::new();
                while let Some(order) = agents.first().map(|it| it.order) {
                    let later = agents.split_off(agents.iter().take_while(|it| it.order == order).count());
                    let first = self.choose(agents.len());
                    agents.rotate_left(first);
                    turns.append(&mut agents);
                    agents = later;
                }
                return self.one_by_one(tenant, turns, ring, limit);
            }
            it if ONE_BY_ONE.contains(&it) => {
                if it != "linear_hunt" {
                    let first = self.choose(agents.len());
                    agents.rotate_left(first);
                }
                return self.one_by_one(tenant, agents, ring, limit);
            }
            "ring_all" => {
                let now = self.now;
                let legs = agents.iter().map(|it| self.leg(tenant, &it.who, now, true));
                legs.map(|leg| (leg, now + ring)).collect()
            }
            it => panic!("{it} is no dispatch"),
        };
        let until = legs.iter().map(|(_, until)| *until).max().unwrap_or(limit).min(limit);
        let legs: Vec<Leg> = legs.into_iter().map(|(leg, _)| leg).collect();
        if legs.is_empty() {
            return None;
        }
        if let Outcome::Lifted(end) = self.settle(legs, Some(until)) { Some(end) } else { None }
    }

    /// Those of one order begin together, `ring` after those before, who go on; each with when the round ends.
    fn cascade(&mut self, tenant: usize, agents: Vec<Agent>, ring: u64, limit: u64) -> Vec<(Leg, u64)> {
        let mut start = self.now;
        let mut legs = Vec::new();
        for tier in agents.chunk_by(|a, b| a.order == b.order) {
            if start >= limit {
                break;
            }
            let over = start + ring;
            for agent in tier {
                legs.push((self.leg(tenant, &agent.who, start, true), over));
            }
            start = over;
        }
        legs
    }

    fn one_by_one(&mut self, tenant: usize, agents: Vec<Agent>, ring: u64, limit: u64) -> Option<End> {
        for agent in agents {
            if self.now >= limit {
                break;
            }
            let over = self.now + ring;
            let leg = self.leg(tenant, &agent.who, self.now, true);
            let is_passed_over = match leg.fate {
                Fate::Refuses(..) => self.yes("U32"),
                _ => true,
            };
            if let Outcome::Lifted(end) = self.settle(vec![leg], Some(over.min(limit))) {
                return Some(end);
            }
            if !is_passed_over {
                self.now = over;
            }
        }
        None
    }
}

fn agent(it: &Value, place: u64) -> Agent {
    let of = |who: &str, is_extension| Agent {
        who: who.to_owned(),
        order: seconds(&it["order"]).unwrap_or(place),
        is_extension,
    };
    if let Some(short) = it.as_str() {
        return of(short, !short.contains('@'));
    }
    let named =
        ["extension", "device", "number", "agent"].iter().find_map(|word| Some((*word, it[*word].as_str()?)));
    let (word, who) = named.expect("an agent is named");
    of(who, word == "extension")
}
