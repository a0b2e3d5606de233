//! Calls that come back to where they were.

use super::{
    found::{Collected, Fault, Found, Round},
    state::{ANSWERS, Sight},
};
use crate::flow::{
    met::{Circle, Met},
    network::{Network, SiteId, Target},
    state::Given,
    timeline::{Condition, End, Hop, Place, Verdict, Why},
    walk::Call,
};

impl Collected<'_> {
    /// Adds the circles that a call has met.
    pub fn circles(&mut self, sight: Sight, call: &Call, given: &Given, verdict: &Verdict, met: &Met) {
        if met.circles.is_empty() {
            return;
        }
        // With everybody there, nothing is heard and nobody is reached: that is no leg beside others.
        let answers = |party| given.phone(self.network, party) == ANSWERS;
        let is_well = met.phones.iter().all(|party| answers(*party)) && given.are_platforms_up();
        let is_whole = is_well
            && verdict.timelines.iter().all(|it| {
                it.rings.is_empty()
                    && matches!(it.end, End::Loop | End::Dropped(_) | End::RingsOn | End::Waits(_))
            });
        // What an emergency forward comes back to is told by itself.
        let is_down = |circle: &&Circle| circle.way.iter().any(|(_, why)| *why == Why::Down);
        for circle in met.circles.iter().filter(|it| !is_down(it)) {
            let mut circle = circle.clone();
            let rank = |place: Place| match place {
                Place::Receiver(_) => 0,
                Place::Queue(_) => 1,
                Place::Extension(_) => 2,
                Place::Number(_) => 3,
            };
            let key = |place: Place| (rank(place), self.network.name_of(place, sight.site));
            let least = circle.way.iter().enumerate().min_by_key(|(_, (place, _))| key(*place));
            let least = least.map_or(0, |(at, _)| at);
            circle.way.rotate_left(least);
            let fault = fault(&circle, is_whole);
            let Some((tenant, path)) = self.place(fault, &circle) else { continue };
            let way = self.network.round(&circle, tenant);
            let (mut message, help) = words(fault, &way);
            if fault == Fault::DivertLoop && circle.is_rung {
                message.push_str(", and no phone rings");
            }
            // Nobody calls a receiving number here.
            let is_called = !matches!(call.to, Target::Receiver(_));
            let example = is_called.then(|| self.example(sight, call, given, met));
            let source = |(from, why): &(Place, Why)| {
                self.network.source(&Hop { at: 0, from: *from, why: *why, to: Target::HangUp })
            };
            let mut names = circle.way.iter().map(|(place, _)| self.network.name_of(*place, sight.site));
            let first = names.next();
            let is_self = names.all(|name| Some(name) == first);
            let sources = circle.way.iter().map(source).collect();
            let help = help.to_owned();
            let round = Round::default();
            let found = Found { fault, tenant, path, message, help, example, way: sources, round, is_self };
            self.circle(fault, &circle, found);
        }
    }

    /// The value that a person would look at: where it is not the route of a number.
    fn place(&self, fault: Fault, circle: &Circle) -> Option<(SiteId, crate::path::Path)> {
        let is_always = |why: Why| matches!(why, Why::Rule(Condition::Always, _));
        let is_step = |why: Why| why != Why::Route;
        let mut way = circle.way.iter();
        let found = match fault {
            Fault::DivertLoop => way.find(|(_, why)| is_step(*why)),
            _ => way.find(|(_, why)| is_step(*why) && !is_always(*why)),
        };
        let (from, why) =
            found.or(circle.way.iter().find(|(_, why)| is_step(*why))).or(circle.way.first())?;
        Some(self.network.source(&Hop { at: 0, from: *from, why: *why, to: Target::HangUp }))
    }
}

fn fault(circle: &Circle, is_whole: bool) -> Fault {
    if circle.is_rung {
        return if is_whole { Fault::DivertLoop } else { Fault::RingLoop };
    }
    let has = |of: fn(Why) -> bool| circle.way.iter().any(|(_, why)| of(*why));
    let is_outage = |why: Why| {
        matches!(why, Why::Down | Why::Failover | Why::Unavailable | Why::Rule(Condition::Unreachable, _))
    };
    let is_busy = |why: Why| matches!(why, Why::Rule(Condition::Busy | Condition::OnCall, _));
    let is_unanswered = |why: Why| matches!(why, Why::NoAnswer | Why::Rule(Condition::NoAnswer, _));
    match () {
        () if has(is_outage) => Fault::OutageLoop,
        () if has(is_busy) => Fault::BusyLoop,
        () if has(is_unanswered) => Fault::NoAnswerLoop,
        () => Fault::DivertLoop,
    }
}

fn words(fault: Fault, way: &str) -> (String, &'static str) {
    match fault {
        Fault::NoAnswerLoop => {
            (format!("unanswered calls go in a circle: {way}"), "let one of them lead to a mailbox or a menu")
        }
        Fault::BusyLoop => (
            format!("calls that find everybody busy go in a circle: {way}"),
            "let one of them lead to a mailbox or a menu",
        ),
        Fault::OutageLoop => (
            format!("on the day of an outage calls go in a circle: {way}"),
            "let one of them lead to a mailbox, or to a number elsewhere",
        ),
        Fault::RingLoop => (
            format!("a phone that rings is the way back to where the call came from: {way}"),
            "take that number out of what rings, or name the extension itself",
        ),
        _ => (format!("every call goes in a circle: {way}"), "send one of them somewhere else"),
    }
}

impl Network {
    fn name_of(&self, place: Place, home: SiteId) -> String {
        match place {
            Place::Number(number) => self.number_text(number).to_owned(),
            Place::Extension(it) => self.party_text(self.extensions[it.at()].phone, home),
            Place::Queue(queue) => self.queue_text(queue, home),
            Place::Receiver(it) => self.party_text(self.receivers[it.at()].party, home),
        }
    }

    /// `201 -> 202 -> 201`.
    fn round(&self, circle: &Circle, home: SiteId) -> String {
        let mut names: Vec<String> = Vec::new();
        let first = circle.way.first();
        for (place, _) in circle.way.iter().chain(first) {
            let name = self.name_of(*place, home);
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
        if names.len() == 1 {
            names.extend(names.first().cloned());
        }
        names.join(" -> ")
    }
}
