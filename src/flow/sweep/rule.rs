//! Rules that never win, and forwards of which nobody knows whether they apply.

use super::{
    Sweep,
    found::{Example, Fault, Found, Round, spoken},
    state::Sight,
};
use crate::{
    flow::{
        cycle::Cycle,
        network::{Extension, ExtensionId, Forwards, Rule, ScheduleState, Target},
        point::{Point, Points},
        spans::Seconds,
        state::{Caller, Given, Phone},
        timeline::{Condition, Place, RulePlace, Why},
        walk::Call,
    },
    path::{Path, Segment},
};
use std::collections::BTreeSet;

/// Whether a rule's schedule is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InForce {
    Yes,
    No,
    Perhaps,
}

impl Sweep<'_, '_> {
    fn in_force(&self, rule: &Rule, at: Seconds) -> InForce {
        let Some(schedule) = rule.schedule else { return InForce::Yes };
        match &self.network.schedules[schedule.at()].state {
            ScheduleState::SwitchedOff => InForce::No,
            ScheduleState::Unknown => InForce::Perhaps,
            ScheduleState::Hours(hours) => {
                let mut asked = Points::default();
                let is_so = hours.are_in_force(at, &mut asked);
                match (is_so, asked.contains(Point::U14) || asked.contains(Point::U15)) {
                    (_, true) => InForce::Perhaps,
                    (true, _) => InForce::Yes,
                    (false, _) => InForce::No,
                }
            }
        }
    }

    fn rule_name(&self, rule: &Rule) -> &str {
        rule.schedule.map_or("default", |it| &self.network.schedules[it.at()].name)
    }

    fn cycle(&self, rule: &Rule) -> Cycle {
        rule.schedule.map_or(Cycle::Other, |it| self.network.schedules[it.at()].cycle)
    }

    /// Has a look at the rules of an extension.
    pub fn rules(&mut self, handle: ExtensionId) {
        let network = self.network;
        let it = &network.extensions[handle.at()];
        if it.rules.is_empty() {
            return;
        }
        let schedules: BTreeSet<_> = it.rules.iter().filter_map(|rule| rule.schedule).collect();
        let classes = self.classes(schedules);
        for (at, rule) in it.rules.iter().enumerate() {
            let above = &it.rules[..at];
            // When it is in force, with the rule above that is in force as well.
            let mut in_force = Vec::new();
            for instant in classes.instants() {
                let now = self.in_force(rule, instant);
                if now == InForce::No {
                    continue;
                }
                let winner = above.iter().find(|other| self.in_force(other, instant) == InForce::Yes);
                in_force.push((instant, now, winner));
            }
            self.never_wins(handle, it, rule, &in_force);
            self.holiday(handle, it, rule, &in_force);
            let wins = in_force.iter().filter(|(_, _, winner)| winner.is_none());
            self.legs(handle, it, rule, &wins.map(|(instant, ..)| *instant).collect::<Vec<_>>());
            let wins = in_force.iter().find(|(_, _, winner)| winner.is_none());
            self.in_doubt(handle, it, rule, wins.map(|(instant, ..)| *instant));
        }
    }

    fn never_wins(
        &mut self,
        handle: ExtensionId,
        it: &Extension,
        rule: &Rule,
        in_force: &[(Seconds, InForce, Option<&Rule>)],
    ) {
        let name = self.rule_name(rule);
        let is_plain = !rule.do_not_disturb && rule.simultaneous.is_none() && rule.forward.is_empty();
        let is_off = rule
            .schedule
            .is_some_and(|it| matches!(self.network.schedules[it.at()].state, ScheduleState::SwitchedOff));
        // Default cannot be taken away; where it says nothing, nothing is lost.
        if is_off || (rule.schedule.is_none() && is_plain) || in_force.iter().any(|it| it.2.is_none()) {
            return;
        }
        // A Default that says the same as a rule above is a safety net.
        let is_net = |winner: &Rule| {
            winner.forward == rule.forward && winner.simultaneous.is_none() && rule.simultaneous.is_none()
        };
        if rule.schedule.is_none() && in_force.iter().any(|it| it.2.is_some_and(is_net)) {
            return;
        }
        let (message, help) = if in_force.is_empty() {
            (
                format!("rule `{name}` does not apply within a year: its schedule has no hours then"),
                "take the rule out, or give the schedule hours to come",
            )
        } else {
            let winners: BTreeSet<&str> =
                in_force.iter().filter_map(|(_, _, winner)| winner.map(|it| self.rule_name(it))).collect();
            let winners: Vec<String> = winners.into_iter().map(|it| format!("`{it}`")).collect();
            let (winners, is) = (winners.join(", "), if winners.len() == 1 { "is" } else { "are" });
            (
                format!("rule `{name}` never applies: {winners} above it {is} in force whenever it is"),
                match rule.schedule {
                    Some(_) => "move it further up: the top-most rule whose schedule is in force wins",
                    None => "take hours out of the rules above if it is meant to apply",
                },
            )
        };
        let example = in_force.first().map(|(at, ..)| *at);
        self.of_rule(Fault::RuleNeverWins, handle, it, rule, (message, help), example);
    }

    /// Single days below hours that come every week.
    fn holiday(
        &mut self,
        handle: ExtensionId,
        it: &Extension,
        rule: &Rule,
        in_force: &[(Seconds, InForce, Option<&Rule>)],
    ) {
        if self.cycle(rule) != Cycle::Days || in_force.iter().all(|it| it.2.is_some()) {
            return;
        }
        let below = in_force.iter().find_map(|(at, now, winner)| {
            let winner = (*winner)?;
            (self.cycle(winner) == Cycle::Weekly).then_some((*at, *now, winner))
        });
        let Some((at, now, winner)) = below else { return };
        let (name, winner) = (self.rule_name(rule), self.rule_name(winner));
        // Of the provider's holidays nobody here knows the dates.
        let when = match now {
            InForce::Perhaps => "within its hours".to_owned(),
            _ => format!("on {}", spoken(self.network, it.site, at)),
        };
        let message =
            format!("rule `{name}` is below `{winner}`, which wins {when}: days off are then like any other");
        let help = "move it further up: the top-most rule whose schedule is in force wins";
        let shown = (now == InForce::Yes).then_some(at);
        self.of_rule(Fault::HolidayBelowHours, handle, it, rule, (message, help), shown);
    }

    fn in_doubt(&mut self, handle: ExtensionId, it: &Extension, rule: &Rule, at: Option<Seconds>) {
        let Forwards { always, busy, no_answer, .. } = rule.forward;
        // Where both lead to the same place it does not matter.
        let is_same = busy == no_answer.or(Some(Target::Mailbox(it.mailbox)));
        let is_told = always.is_some() || rule.do_not_disturb || is_same;
        let Some(legs) = rule.simultaneous.as_ref().filter(|_| rule.forward.busy.is_some() && !is_told)
        else {
            return;
        };
        let example = at.map(|at| self.doubted(handle, it, rule, at));
        // What a number that rings comes to refuses for reasons of its own.
        let is_hosted = legs.iter().any(|leg| self.network.parties[leg.party.at()].hosted.is_some());
        // Where not every phone can refuse, it never applies, and of that there is no doubt.
        let is_dead = matches!(example, Some(None)) && !is_hosted;
        if is_dead && legs.is_empty() {
            return;
        }
        let path = self.path(it, rule).join("forward").join("busy");
        let message = match is_dead {
            true => "`busy` never applies: not every phone of this ring can refuse before it is over",
            false => "whether `busy` applies beside a simultaneous ring is nowhere documented",
        };
        let help =
            "one phone that refuses does not end the ringing: set what is to happen as `no_answer` as well";
        self.collected.add(Found {
            fault: Fault::ForwardInDoubt,
            tenant: it.site,
            path,
            message: message.to_owned(),
            help: help.to_owned(),
            example: example.flatten(),
            way: Vec::new(),
            round: Round::default(),
            is_self: false,
        });
    }

    /// A call that follows a rule's `busy`, since every phone refuses: by hand, or at once.
    fn doubted(&mut self, handle: ExtensionId, it: &Extension, rule: &Rule, at: Seconds) -> Option<Example> {
        let call = Call { to: Target::Extension(handle), at, caller: Caller::Unlisted };
        let why = Why::Rule(Condition::Busy, RulePlace::Order(rule.place));
        [Phone::Rejects(2000), Phone::OnCallBusy, Phone::Dnd].into_iter().find_map(|phone| {
            let given = Given::everybody(self.network, phone);
            let verdict = self.network.verdict_and_met(&call, &given, &mut self.met);
            let mut hops = verdict.timelines.iter().flat_map(|it| &it.hops);
            let is_followed = hops.any(|hop| (hop.from, hop.why) == (Place::Extension(handle), why));
            let sight = Sight { to: call.to, site: it.site, at, is_any_time: false };
            is_followed.then(|| self.collected.example(sight, &call, &given, &self.met))
        })
    }

    pub fn path(&self, it: &Extension, rule: &Rule) -> Path {
        let name = &self.network.parties[it.phone.at()].name;
        Path::from(["rules", name, "order"]).join(Segment::Index(rule.place as usize))
    }

    pub fn of_rule(
        &mut self,
        fault: Fault,
        handle: ExtensionId,
        it: &Extension,
        rule: &Rule,
        (message, help): (String, &str),
        at: Option<Seconds>,
    ) {
        let (path, to) = (self.path(it, rule), Target::Extension(handle));
        let given = self.silent.clone();
        let example = at.map(|at| {
            let call = Call { to, at, caller: Caller::Unlisted };
            self.network.verdict_and_met(&call, &given, &mut self.met);
            self.collected.example(
                Sight { to, site: it.site, at, is_any_time: false },
                &call,
                &given,
                &self.met,
            )
        });
        let help = help.to_owned();
        self.collected.add(Found {
            fault,
            tenant: it.site,
            path,
            message,
            help,
            example,
            way: Vec::new(),
            round: Round::default(),
            is_self: false,
        });
    }
}
