//! A call queue, on Stratus (section 4 of `SEMANTICS.md`; the numbers are its steps) and on CallTrackingMetrics (section 6).

use super::{
    met::Asked,
    network::{Agent, Leg, Queue, QueueId, Target},
    point::Point,
    state::Phone,
    system::System,
    timeline::{Dropped, End, Place, Ringing, Why},
    walk::{Inside, Next, Walk},
};
use crate::model::Dispatch;

/// A time for an agent that is not declared, as U25 has it with `yes` and with `no`.
const AGENT_RING: (u32, u32) = (20_000, 15_000);

/// An agent's turn in a round: from when, and until when it may be lifted.
struct Turn {
    agent: Agent,
    from: u32,
    until: u32,
    does: Does,
    /// What the call comes to where the agent is a number of a tenant.
    inside: Option<Inside>,
}

/// What an agent does. Times are milliseconds since the round began.
#[derive(Clone, Copy)]
enum Does {
    Lifts(u32),
    Refuses(u32),
    Nothing,
}

impl Walk<'_, '_> {
    pub fn queue(&mut self, handle: QueueId) -> Next {
        let network = self.network;
        let it = &network.queues[handle.at()];
        if let Some(label) = it.unknown {
            return Next::End(End::Unknown(label)); // 0
        }
        let place = Place::Queue(handle);
        self.shared.met.queue(handle);
        if !self.leave(place, Why::Route) {
            return Next::End(End::Loop);
        }
        let is_stratus = network.site(it.site).system == System::Stratus;
        if is_stratus {
            self.shared.met.asked(Asked::Full(handle));
            if self.given.is_full(handle) {
                return self.not_taken(place, it, Why::Unavailable); // 1
            }
            if self.has_nobody(it) && (it.require_agents || !self.ask(Point::U28)) {
                return self.not_taken(place, it, Why::Failover); // 2
            }
        } else if self.has_nobody(it) && !self.ask(Point::U22) {
            return match it.no_answer {
                Some(to) => self.go(place, Why::NoAnswer, to),
                None => self.dropped(Dropped::Unavailable),
            };
        }
        self.connected.get_or_insert(self.now);
        let limit = limit(it, is_stratus);
        let agents = self.idle(it);
        let turns = self.round(it, agents);
        if let Some(end) = self.ring_agents(turns, limit) {
            return Next::End(end);
        }
        // 6
        let Some(limit) = limit else { return Next::End(End::Waits(handle)) };
        self.elapse(limit);
        let is_answered_for =
            if is_stratus { it.ring_timeout.is_some_and(|timeout| timeout <= limit) } else { true };
        match it.no_answer.filter(|_| is_answered_for) {
            Some(to) => self.go(place, Why::NoAnswer, to),
            None => self.dropped(Dropped::MaxWait),
        }
    }

    /// Whether each agent is offline or logged out.
    fn has_nobody(&mut self, queue: &Queue) -> bool {
        queue.agents.iter().all(|agent| {
            if self.network.parties[agent.party.at()].hosted.is_some() {
                return false;
            }
            let phone = self.state(agent.party);
            let is_offline = self.is_offline(agent.party) && (!agent.is_outside || !self.ask(Point::U23));
            is_offline || phone == Phone::LoggedOut
        })
    }

    /// 1 to 3: the queue takes nobody now.
    fn not_taken(&mut self, place: Place, queue: &Queue, why: Why) -> Next {
        let (own, other, other_why) = match why {
            Why::Unavailable => (queue.unavailable, queue.failover, Why::Failover),
            _ => (queue.failover, queue.unavailable, Why::Unavailable),
        };
        if let Some(to) = own {
            return self.go(place, why, to);
        }
        if let Some(to) = other
            && self.ask(Point::U7)
        {
            return self.go(place, other_why, to);
        }
        if self.has_mailbox(queue.mailbox) && self.ask(Point::U29) {
            return self.go(place, Why::Mailbox, Target::Mailbox(queue.mailbox));
        }
        self.dropped(Dropped::Unavailable)
    }

    /// 4: who can be rung.
    fn idle(&mut self, queue: &Queue) -> Vec<Agent> {
        let network = self.network;
        let mut idle = Vec::with_capacity(queue.agents.len());
        for agent in &queue.agents {
            let is_hosted = network.parties[agent.party.at()].hosted.is_some();
            let is_red = match self.state(agent.party) {
                _ if is_hosted => false,
                Phone::Answers(_) | Phone::NoAnswer | Phone::Rejects(_) | Phone::Gone => false,
                Phone::OnCallRings | Phone::OnCallBusy | Phone::Offline | Phone::Dnd | Phone::LoggedOut => {
                    true
                }
            };
            if is_red {
                continue;
            }
            let extension = agent.extension.map(|it| &network.extensions[it.at()]);
            let rule = extension.and_then(|it| self.rule_in_force(it));
            let is_disturbed = rule.is_none_or(|rule| !rule.do_not_disturb);
            let forwards = rule.map(|rule| &rule.forward).or(extension.map(|it| &it.forwards));
            let is_away = forwards.is_some_and(|it| it.always.is_some());
            if is_disturbed && (!is_away || self.ask(Point::U8)) {
                idle.push(*agent);
            }
        }
        idle
    }

    /// 5: one round.
    fn round(&mut self, queue: &Queue, mut agents: Vec<Agent>) -> Vec<Turn> {
        if agents.is_empty() {
            return Vec::new();
        }
        let ring = match queue.agent_ring {
            Some(ring) => ring,
            None if self.ask(Point::U25) => AGENT_RING.0,
            None => AGENT_RING.1,
        };
        match queue.dispatch {
            Dispatch::CallPark => Vec::new(),
            Dispatch::RingAll => agents.into_iter().map(|agent| self.turn(agent, 0, ring)).collect(),
            Dispatch::LinearHunt => self.one_by_one(agents, ring),
            Dispatch::LinearCascade => {
                let mut from: u32 = 0;
                let mut order = None;
                let mut begins = Vec::with_capacity(agents.len());
                for agent in agents {
                    if order.replace(agent.order).is_some_and(|last| last != agent.order) {
                        from = from.saturating_add(ring);
                    }
                    begins.push((agent, from));
                }
                let until = from.saturating_add(ring);
                begins.into_iter().map(|(agent, from)| self.turn(agent, from, until)).collect()
            }
            Dispatch::RoundRobin
            | Dispatch::Sticky
            | Dispatch::Weighted
            | Dispatch::Smart
            | Dispatch::LongestWait => {
                let first = self.shared.choices.choose(agents.len());
                agents.rotate_left(first);
                self.one_by_one(agents, ring)
            }
            Dispatch::TieredRoundRobin => {
                for tier in agents.chunk_by_mut(|a, b| a.order == b.order) {
                    let first = self.shared.choices.choose(tier.len());
                    tier.rotate_left(first);
                }
                self.one_by_one(agents, ring)
            }
        }
    }

    fn one_by_one(&mut self, agents: Vec<Agent>, ring: u32) -> Vec<Turn> {
        let mut from: u32 = 0;
        let last = agents.len().saturating_sub(1);
        let mut turns = Vec::with_capacity(agents.len());
        for (at, agent) in agents.into_iter().enumerate() {
            let until = from.saturating_add(ring);
            let turn = self.turn(agent, from, until);
            from = match turn.does {
                Does::Refuses(refused) if refused < until && at < last && self.ask(Point::U32) => refused,
                _ => until,
            };
            turns.push(turn);
        }
        turns
    }

    fn turn(&mut self, agent: Agent, from: u32, until: u32) -> Turn {
        let began = self.now;
        let hosted = self.network.parties[agent.party.at()].hosted;
        let inside = hosted.map(|number| self.inside(number, from));
        let does = match &inside {
            Some(inside) => match (inside.lifted, inside.end) {
                (Some(at), _) => Does::Lifts(at.saturating_sub(began)),
                (None, End::Dropped(_) | End::Loop | End::Unknown(_)) => {
                    Does::Refuses(inside.over.saturating_sub(began))
                }
                _ => Does::Nothing,
            },
            None => match self.phone(Leg { party: agent.party, delay: 0 }) {
                Phone::Answers(after) => Does::Lifts(from.saturating_add(after)),
                Phone::Rejects(after) => Does::Refuses(from.saturating_add(after)),
                _ => Does::Nothing,
            },
        };
        Turn { agent, from, until, does, inside }
    }

    /// Rings a round's agents; who lifts first within the limit has the call.
    fn ring_agents(&mut self, mut turns: Vec<Turn>, limit: Option<u32>) -> Option<End> {
        let began = self.now;
        let lifts = |turn: &Turn| match turn.does {
            Does::Lifts(at) => {
                Some(at).filter(|at| *at < turn.until && limit.is_none_or(|limit| *at < limit))
            }
            _ => None,
        };
        let first = turns.iter().filter_map(lifts).min();
        let winner = first.map(|first| {
            let has = |(at, turn): (usize, &Turn)| (lifts(turn) == Some(first)).then_some(at);
            let same: Vec<usize> = turns.iter().enumerate().filter_map(has).collect();
            same[self.shared.choices.choose(same.len())]
        });
        let stop = first.or(limit);
        let absolute = |at: u32| began.saturating_add(at);
        let mut end = None;
        for (at, turn) in turns.iter_mut().enumerate() {
            let has_it = winner == Some(at);
            let ends = stop.map_or(turn.until, |stop| stop.min(turn.until));
            // What refused is over then.
            let ends = match (&turn.inside, turn.does) {
                (Some(_), Does::Refuses(at)) => ends.min(at),
                _ => ends,
            };
            if let Some(inside) = &mut turn.inside {
                let is_heard = |ring: &Ringing| has_it || ring.from < absolute(ends);
                let heard = inside.rings.drain(..).filter(is_heard).map(|mut ring| {
                    if !has_it {
                        ring.until = ring.until.into_iter().chain([absolute(ends)]).min();
                    }
                    ring
                });
                self.rings.extend(heard);
                if has_it {
                    self.hops.append(&mut inside.hops);
                    end = Some((inside.end, inside.over));
                }
                continue;
            }
            let party = turn.agent.party;
            if has_it {
                end = Some((End::Answered(party), first.map_or(began, absolute)));
            }
            let is_silent = self.state(party) == Phone::Gone;
            if is_silent || turn.from >= ends {
                continue;
            }
            let own = match turn.does {
                Does::Refuses(at) => ends.min(at),
                _ => ends,
            };
            self.rings.push(Ringing { from: absolute(turn.from), until: Some(absolute(own)), party });
        }
        let (end, at) = end?;
        self.now = at;
        Some(end)
    }
}

/// How long a caller stays. None: until the caller gives up.
fn limit(queue: &Queue, is_stratus: bool) -> Option<u32> {
    if !is_stratus {
        return queue.max_wait.filter(|_| queue.no_answer.is_some());
    }
    let timeout = queue.ring_timeout.filter(|_| queue.no_answer.is_some());
    timeout.into_iter().chain(queue.max_wait).min()
}
