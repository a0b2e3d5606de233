//! Phones that never ring, mailboxes of others, and failovers that never happen.

use super::{
    Sweep,
    found::{Fault, Found, Round},
    state::Sight,
};
use crate::{
    flow::{
        network::{Extension, ExtensionId, Leg, PartyId, QueueId, Rule, Target},
        spans::Seconds,
        state::{Caller, Given, Phone},
        system::System,
        timeline::Why,
        walk::Call,
    },
    model::Dispatch,
    path::Path,
};
use std::collections::BTreeSet;

impl Sweep<'_, '_> {
    /// Has a look at what rings in a rule, at the instants at which it wins.
    pub fn legs(&mut self, handle: ExtensionId, it: &Extension, rule: &Rule, wins: &[Seconds]) {
        let Some(legs) = &rule.simultaneous else { return };
        let stands_alone = rule.forward.always.is_none() && !rule.do_not_disturb;
        if !stands_alone || wins.is_empty() {
            return;
        }
        let to = Target::Extension(handle);
        let given = self.silent.clone();
        // What is a number of a tenant rings there, and not here.
        let mut rang: BTreeSet<PartyId> = BTreeSet::new();
        let mut last = None;
        for at in wins {
            let sight = Sight { to, site: it.site, at: *at, is_any_time: false };
            let verdict = self.place(sight, Caller::Unlisted, &given);
            if verdict.is_cut {
                return;
            }
            rang.extend(verdict.timelines.iter().flat_map(|it| &it.rings).map(|it| it.party));
            last = last.max(verdict.timelines.iter().filter_map(|it| it.at).max());
        }
        let timeout = it.ring_timeout.flatten();
        for leg in legs {
            let is_hosted = self.network.parties[leg.party.at()].hosted.is_some();
            let is_late = timeout.is_some_and(|timeout| leg.delay >= timeout);
            if is_late || (!is_hosted && !rang.contains(&leg.party)) {
                self.never_rings(handle, it, rule, *leg, timeout, wins[0]);
            }
        }
        for leg in legs.iter().filter(|leg| timeout.is_none_or(|timeout| leg.delay < timeout)) {
            let party = &self.network.parties[leg.party.at()];
            if party.site.is_none() && party.hosted.is_none() && !rule.confirms {
                let message = format!(
                    "whoever answers first at {} has the call: that can be the mailbox of that phone",
                    party.name
                );
                let help = "set `confirm_external: true`, so that a person has to press 1";
                self.of_rule(
                    Fault::MailboxOfAnother,
                    handle,
                    it,
                    rule,
                    (message, help),
                    wins.first().copied(),
                );
            }
        }
    }

    fn never_rings(
        &mut self,
        handle: ExtensionId,
        it: &Extension,
        rule: &Rule,
        leg: Leg,
        timeout: Option<u32>,
        at: Seconds,
    ) {
        let name = self.network.party_text(leg.party, it.site);
        let is_missing = self.network.parties[leg.party.at()].is_missing;
        let why = match timeout.filter(|timeout| leg.delay >= *timeout) {
            Some(timeout) => {
                format!("it begins after {} s, and ringing ends after {} s", leg.delay / 1000, timeout / 1000)
            }
            None if is_missing => "the account does not have that extension".to_owned(),
            None => format!("the call is over before its {} s have passed", leg.delay / 1000),
        };
        let message = format!("{name} never rings: {why}");
        let help = match is_missing {
            true => "take it out of the list",
            false => "make its delay shorter, or `ring_timeout` longer",
        };
        let (path, to) = (self.path(it, rule).join("ring"), Target::Extension(handle));
        let given = self.silent.clone();
        let call = Call { to, at, caller: Caller::Unlisted };
        self.network.verdict_and_met(&call, &given, &mut self.met);
        let example = self.collected.example(
            Sight { to, site: it.site, at, is_any_time: false },
            &call,
            &given,
            &self.met,
        );
        // Two phones of one rule are two faults.
        let path = match self.also(rule, leg) {
            Some(index) => path.join("simultaneous").join("also").join(index),
            None => path,
        };
        self.collected.add(Found {
            fault: Fault::PhoneNeverRings,
            tenant: it.site,
            path,
            message,
            help: help.to_owned(),
            example: Some(example),
            way: Vec::new(),
            round: Round::default(),
            is_self: false,
        });
    }

    /// The place of a leg among those of `also`, which are the last ones.
    fn also(&self, rule: &Rule, leg: Leg) -> Option<usize> {
        let legs = rule.simultaneous.as_deref().unwrap_or_default();
        let own = legs.len().checked_sub(rule.also)?;
        let at = legs.iter().rposition(|it| it.party == leg.party && it.delay == leg.delay)?;
        at.checked_sub(own)
    }

    /// Has a look at a queue by itself.
    pub fn queue(&mut self, handle: QueueId) {
        let it = &self.network.queues[handle.at()];
        if it.unknown.is_some() || !it.is_declared {
            return;
        }
        self.failover(handle);
        self.agents(handle);
    }

    /// A failover that never happens, though every phone that can be is offline.
    fn failover(&mut self, handle: QueueId) {
        let it = &self.network.queues[handle.at()];
        let is_stratus = self.network.site(it.site).system == System::Stratus;
        if it.failover.is_none() || !is_stratus {
            return;
        }
        let (to, at) = (Target::Queue(handle), self.within.start);
        let given = Given::everybody(self.network, Phone::Offline);
        let sight = Sight { to, site: it.site, at, is_any_time: false };
        let verdict = self.place(sight, Caller::Unlisted, &given);
        let happens = verdict.timelines.iter().flat_map(|it| &it.hops).any(|hop| hop.why == Why::Failover);
        if happens {
            return;
        }
        let call = Call { to, at, caller: Caller::Unlisted };
        let example = Some(self.collected.example(sight, &call, &given, &self.met));
        let name = it.name.as_str();
        let path: Path = ["queues", name, "failover"].into();
        let (fault, message, help) = if it.require_agents {
            let always = it.agents.iter().find(|agent| self.network.parties[agent.party.at()].site.is_none());
            let who = always.map_or("an agent", |it| &self.network.parties[it.party.at()].name);
            (
                Fault::FailoverNever,
                format!("the failover never happens: {who} counts as an agent who is always there"),
                "a single phone that is online is enough: take that number out, or let `no_answer` take its calls",
            )
        } else {
            (
                Fault::FailoverWithoutRequireAgents,
                "the failover never fires while `require_agents` is false".to_owned(),
                "write `require_agents: true`",
            )
        };
        self.collected.add(Found {
            fault,
            tenant: it.site,
            path,
            message,
            help: help.to_owned(),
            example,
            way: Vec::new(),
            round: Round::default(),
            is_self: false,
        });
    }

    /// Agents whom no call comes to, though nobody answers.
    fn agents(&mut self, handle: QueueId) {
        let it = &self.network.queues[handle.at()];
        if it.dispatch == Dispatch::CallPark || it.agents.len() < 2 || it.agent_ring.is_none() {
            return;
        }
        let to = Target::Queue(handle);
        let given = self.silent.clone();
        let mut rang: BTreeSet<PartyId> = BTreeSet::new();
        for sight in self.sights(to, it.site) {
            let verdict = self.place(sight, Caller::Unlisted, &given);
            if verdict.is_cut {
                return;
            }
            rang.extend(verdict.timelines.iter().flat_map(|it| &it.rings).map(|it| it.party));
        }
        let sight = Sight { to, site: it.site, at: self.within.start, is_any_time: false };
        let call = Call { to, at: sight.at, caller: Caller::Unlisted };
        self.network.verdict_and_met(&call, &given, &mut self.met);
        let example = self.collected.example(sight, &call, &given, &self.met);
        for agent in &it.agents {
            let party = &self.network.parties[agent.party.at()];
            if party.hosted.is_some() || rang.contains(&agent.party) {
                continue;
            }
            let name = self.network.party_text(agent.party, it.site);
            let rules = agent.extension.map(|it| self.network.extensions[it.at()].rules.as_slice());
            let is_undisturbed = rules.into_iter().flatten().any(|rule| rule.do_not_disturb);
            let help = match (party.is_missing, is_undisturbed) {
                (true, _) => "take it out: the account does not have that extension",
                (false, true) => "its own rule says `do_not_disturb`: take that out, or the agent",
                (false, false) => "give callers more time before `no_answer`, or let agents ring shorter",
            };
            self.collected.add(Found {
                fault: Fault::PhoneNeverRings,
                tenant: it.site,
                path: Path::from(["queues", &it.name, "agents"]).join(agent.place as usize),
                message: format!("{name} never rings for queue {}, also when nobody answers", it.name),
                help: help.to_owned(),
                example: Some(example.clone()),
                way: Vec::new(),
                round: Round::default(),
                is_self: false,
            });
        }
    }
}
