//! Queues. Section 4 of `SEMANTICS.md`, and step 6 of section 6.

use super::{
    accounts::Phone,
    extension::set,
    maker::{Maker, Site},
    plan::{Leg, Step, Test},
};
use crate::{
    flow::System,
    model::{Agent, Dispatch, Limit, Queue, Ringable},
};
use std::fmt::Write;

/// How long an agent rings where nothing is declared.
const AGENT_RING: u32 = 20;

impl Maker<'_> {
    pub fn build_queue(&mut self, site: usize, name: &str) -> Vec<Step> {
        let Site { tenant, system, .. } = self.site(site);
        let shown = self.name(site, name);
        let Some((queue, agents)) = tenant.queues.get(name).and_then(|it| Some((it, it.agents.as_ref()?)))
        else {
            return vec![Step::Goto(self.unknown(site, "queue", name))];
        };
        let own = self.queue_count;
        self.queue_count += 1;
        let is_stratus = *system != System::CallTrackingMetrics;
        let mut steps = vec![self.once(format!("{site} queue {name}"))];
        self.declare(own, site, name, queue, agents, is_stratus, &mut steps);
        let no_answer = set(queue.no_answer.as_ref());
        let limit = |it: Option<Limit>| it.and_then(Limit::number);
        let ring = limit(queue.ring_timeout).filter(|_| is_stratus && no_answer.is_some());
        let wait = limit(queue.max_wait);
        let seconds = [ring, wait].into_iter().flatten().min();
        steps.push(self.say(format!("waits in queue {shown}"), false));
        steps.push(Step::Queue { queue: own, seconds });
        let first = [("JOINEMPTY", true), ("FULL", false)];
        for (status, is_empty) in first {
            let of = |is_failover: bool| match is_failover {
                true => set(queue.failover.as_ref()).map(|it| ("failover", it)),
                false => set(queue.unavailable.as_ref()).map(|it| ("unavailable", it)),
            };
            let to = match of(is_empty).or_else(|| of(!is_empty)) {
                Some((why, to)) => self.forwarded(site, name, why, to),
                None => self.end("dropped unavailable", false),
            };
            steps.push(Step::GotoIf(Test::Queued(status), to));
        }
        let is_unanswered = match is_stratus {
            true => ring.is_some() && ring == seconds,
            false => true,
        };
        let to = match no_answer.filter(|_| is_unanswered) {
            Some(to) => self.forwarded(site, name, "unanswered", to),
            None => self.end("dropped max_wait", false),
        };
        steps.extend([Step::GotoIf(Test::Queued("TIMEOUT"), to), Step::HangUpBusy]);
        steps
    }

    /// Its part of queues.conf.
    #[expect(clippy::too_many_arguments, reason = "it is a part of `build_queue`, which has them at hand")]
    fn declare(
        &mut self,
        own: usize,
        site: usize,
        name: &str,
        queue: &Queue,
        agents: &[Agent],
        is_stratus: bool,
        steps: &mut Vec<Step>,
    ) {
        let shown = self.name(site, name);
        let strategy = match queue.dispatch.unwrap_or(Dispatch::RingAll) {
            Dispatch::RingAll | Dispatch::CallPark => "ringall",
            Dispatch::LinearHunt => "linear",
            Dispatch::LinearCascade => {
                self.notes.insert(format!(
                    "queue {shown} rings its agents together here, and one more at a time there"
                ));
                "ringall"
            }
            _ => {
                self.notes
                    .insert(format!("queue {shown} rings its agents in turn, beginning with any of them"));
                "rrmemory"
            }
        };
        let empty = match is_stratus && queue.require_agents == Some(true) {
            true => "unavailable,invalid,unknown",
            false => "yes",
        };
        let mut text = format!(
            "[q{own}]\nstrategy={strategy}\nretry=1\nringinuse=no\nautofill=yes\nleavewhenempty=no\n"
        );
        let _ = writeln!(text, "timeout={}\njoinempty={empty}", queue.agent_ring.unwrap_or(AGENT_RING));
        if let Some(most) = queue.max_callers.and_then(Limit::number) {
            let _ = writeln!(text, "maxlen={most}");
        }
        let mut sorted: Vec<(u32, &Agent)> =
            agents.iter().zip(1..).map(|(agent, place)| (agent.order.unwrap_or(place), agent)).collect();
        sorted.sort_by_key(|(order, _)| *order);
        // Those who are rung by nobody keep callers waiting.
        let rung = sorted.into_iter().filter(|_| queue.dispatch != Some(Dispatch::CallPark));
        let known = self.site(site);
        for (_, agent) in rung.filter(|(_, agent)| !known.lacks_phone(&agent.target)) {
            let phone = match &agent.target {
                Ringable::Number(number) => Phone::Outside(number.clone()),
                Ringable::Extension(it) | Ringable::Device(it) => Phone::Own(site, it.as_str().to_owned()),
                Ringable::Agent(it) | Ringable::DialString(it) => Phone::Own(site, it.clone()),
            };
            // Whether a phone is there and free goes by its own state; one outside always is.
            let state = match &phone {
                Phone::Own(..) => format!(",0,,PJSIP/{}", self.phones.account(phone.clone())),
                Phone::Outside(_) => String::new(),
            };
            let member: Leg = self.leg(phone, 0, false);
            let _ = writeln!(text, "member => {member}{state}");
            if let Ringable::Extension(extension) = &agent.target
                && is_stratus
                && self.is_red(site, extension)
            {
                steps.push(Step::Pause { queue: own, member });
            }
        }
        self.queues += &text;
    }

    /// An agent of CallTrackingMetrics, on whatever phone.
    pub fn build_agent(&mut self, site: usize, name: &str) -> Vec<Step> {
        let account = self.phones.account(Phone::Own(site, name.to_owned()));
        let shown = self.name(site, name);
        let busy = self.end("dropped busy", false);
        vec![
            self.say(format!("{shown} rings"), false),
            Step::Dial { legs: vec![Leg::Phone(account)], seconds: None, is_confirmed: false },
            Step::Goto(busy),
        ]
    }
}
