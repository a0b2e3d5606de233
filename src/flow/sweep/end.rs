//! Calls that reach nobody.

use super::{
    Sweep,
    found::{Fault, Found, Round, spoken},
    state::{Sight, State},
};
use crate::{
    flow::{
        network::{Network, NumberId, PartyId, QueueId, SiteId, Target},
        state::{Caller, Given, Platform},
        supposed::SOMEBODY,
        system::System,
        timeline::{Dropped, End, Timeline, Verdict, Why},
        walk::Call,
    },
    path::Path,
};

/// What an end is to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// A person, a mailbox, a menu, or a number elsewhere.
    Reached,
    /// Somebody wants it so: hung up, blocked.
    Meant,
    /// The system ends the call.
    Lost,
    /// It waits or rings until the caller gives up.
    Held,
    /// It goes in a circle, which is told by itself.
    Circle,
    Unknown,
}

fn fate(network: &Network, end: End) -> Fate {
    match end {
        _ if network.leads_nowhere(end) => Fate::Lost,
        End::Answered(_) | End::Voicemail(_) | End::Leaves(_) | End::Menu(_) => Fate::Reached,
        End::Dropped(Dropped::Blocked | Dropped::Spam | Dropped::HangUp) => Fate::Meant,
        End::Dropped(_) => Fate::Lost,
        End::Waits(_) | End::RingsOn => Fate::Held,
        End::Loop => Fate::Circle,
        End::Unknown(_) => Fate::Unknown,
    }
}

/// What is wrong with a call to a number that was placed in a state, and with which of its ends.
pub fn fault(network: &Network, system: System, state: State, ends: &[End]) -> Option<(Fault, End)> {
    let fate = |end| fate(network, end);
    let first = |of: &dyn Fn(End) -> bool| ends.iter().copied().find(|end| of(*end));
    let is_bad = |end: End| matches!(fate(end), Fate::Lost | Fate::Held | Fate::Circle);
    match state {
        State::EverybodyAnswers => {
            let told = first(&|end| matches!(fate(end), Fate::Lost | Fate::Held))?;
            ends.iter().all(|end| is_bad(*end)).then_some((Fault::NobodyThere, told))
        }
        // A queue holds callers until somebody is free; a number elsewhere rings until its own mailbox answers.
        State::NobodyAnswers => {
            let is_dead = |end| match end {
                End::RingsOn => system == System::Stratus,
                _ => fate(end) == Fate::Lost,
            };
            first(&is_dead).map(|end| (Fault::DeadEnd, end))
        }
    }
}

impl Sweep<'_, '_> {
    /// Adds what is wrong with a call, and in which file: that of `tenant`.
    fn found(
        &mut self,
        fault: Fault,
        sight: Sight,
        given: &Given,
        (tenant, path): (SiteId, Path),
        message: String,
        help: &str,
    ) {
        let call = Call { to: sight.to, at: sight.at, caller: Caller::Unlisted };
        let example = Some(self.collected.example(sight, &call, given, &self.met));
        let help = help.to_owned();
        self.collected.add(Found {
            fault,
            tenant,
            path,
            message,
            help,
            example,
            way: Vec::new(),
            round: Round::default(),
            is_self: false,
        });
    }

    /// Judges where a call ends.
    pub fn end(&mut self, sight: Sight, given: &Given, state: State, verdict: &Verdict) {
        let Target::Number(number) = sight.to else { return };
        // What goes in a circle is told by itself.
        if self.only_circles || verdict.is_cut || self.met.is_unknown || !self.met.circles.is_empty() {
            return;
        }
        let ends: Vec<End> = verdict.timelines.iter().map(|it| it.end).collect();
        let Some((fault, end)) = fault(self.network, self.network.system_of(number), state, &ends) else {
            return;
        };
        // Where nothing rings it is the same with everybody there, which is told.
        let is_lost = self.network.leads_nowhere(end);
        if is_lost && fault == Fault::DeadEnd && verdict.timelines.iter().all(|it| it.rings.is_empty()) {
            return;
        }
        let name = self.network.number_text(number);
        let story = self.network.end_story(end, sight.site);
        let (message, help) = match fault {
            Fault::NobodyThere => {
                let at = spoken(self.network, sight.site, sight.at);
                (
                    format!("with everybody there, a call to {name} on {at} reaches nobody: {story}"),
                    "send it to a person or a mailbox then",
                )
            }
            _ => (
                format!("a call to {name} that nobody answers reaches no mailbox: {story}"),
                "set a `no_answer`, or a time after which ringing ends",
            ),
        };
        let help = if is_lost { "send it to something that the account has" } else { help };
        let place = (sight.site, ["numbers", name, "route"].into());
        self.found(fault, sight, given, place, message, help);
    }

    /// Judges a call that comes to a queue without agents.
    pub fn without_agents(&mut self, sight: Sight, given: &Given, queue: QueueId, verdict: &Verdict) {
        let it = &self.network.queues[queue.at()];
        let system = self.network.site(it.site).system;
        // Of somebody outside nobody knows; where `require_agents` is not set, that is told by itself.
        let is_ours = |party: PartyId| {
            let party = &self.network.parties[party.at()];
            party.site.is_some() && party.name != SOMEBODY
        };
        let is_told = it.failover.is_some() && !it.require_agents && system == System::Stratus;
        if is_told || it.agents.is_empty() || !it.agents.iter().all(|agent| is_ours(agent.party)) {
            return;
        }
        // Another queue, in which an agent of this one is missed, may end the call as well.
        let is_here = |timeline: &&Timeline| {
            let mut steps = timeline.hops.iter().rev().filter(|hop| hop.why != Why::Rings);
            steps.next().map_or(sight.to, |hop| hop.to) == Target::Queue(queue)
        };
        let is_bad =
            |end: &End| matches!(end, End::Waits(_) | End::Dropped(Dropped::Unavailable | Dropped::MaxWait));
        let bad = verdict.timelines.iter().filter(is_here).map(|it| it.end).find(is_bad);
        let Some(end) = bad else { return };
        let (name, site) = (it.name.as_str(), it.site);
        let story = self.network.end_story(end, site);
        let help = match (system, it.no_answer.is_some(), it.max_wait.is_some()) {
            (System::Stratus, ..) => "set `require_agents: true` and a `failover`",
            (_, true, false) => "set a `max_wait`: `no_answer` is followed after it",
            (_, false, true) => "set a `no_answer`",
            _ => "set a `max_wait` and a `no_answer` to a person or a mailbox",
        };
        let message = format!("while queue {name} has no agent: {story}");
        let place = (site, ["queues", name].into());
        self.found(Fault::QueueWithoutAgents, sight, given, place, message, help);
    }

    /// Judges a call while the phone system of its number is down.
    pub fn down(
        &mut self,
        sight: Sight,
        given: &Given,
        number: NumberId,
        platform: Platform,
        verdict: &Verdict,
    ) {
        let it = &self.network.numbers[number.at()];
        let leads_back = matches!(it.forward.and_then(|it| it.to), Some(Target::Number(_)));
        if !leads_back || platform != Platform::Switched || self.met.is_unknown {
            return;
        }
        let is_bad = |end: End| matches!(fate(self.network, end), Fate::Lost | Fate::Held | Fate::Circle);
        let Some(end) = verdict.timelines.iter().map(|it| it.end).find(|end| is_bad(*end)) else { return };
        let name = self.network.number_text(number);
        let story = self.network.end_story(end, sight.site);
        let message = format!("the emergency forward of {name} leads to what is down as well: {story}");
        let help = "name a number on another platform";
        let place = (sight.site, ["forwards", name, "to"].into());
        self.found(Fault::ForwardComesBack, sight, given, place, message, help);
    }
}
