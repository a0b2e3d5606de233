//! Calls to what leads back to itself, in the states in which it does.

use super::{Sweep, state::Sight};
use crate::flow::{
    network::{ExtensionId, Forwards, SiteId, Target},
    possible_circles::possible_circles,
    reach::Reach,
    spans::Seconds,
    state::{Caller, Given, Phone},
    timeline::Place,
};
use std::collections::{BTreeSet, HashSet};

/// How many numbers that lead to a set of places are called: the first gives the example.
const NUMBERS: usize = 3;

fn place(of: Target) -> Option<Place> {
    match of {
        Target::Number(it) => Some(Place::Number(it)),
        Target::Extension(it) => Some(Place::Extension(it)),
        Target::Queue(it) => Some(Place::Queue(it)),
        Target::Receiver(it) => Some(Place::Receiver(it)),
        _ => None,
    }
}

impl Sweep<'_, '_> {
    /// Calls every set of places that lead to each other, in each class of windows: everybody does the same, or what keeps the call
    /// among them. What a call has come by is not called again in the same state.
    pub fn circle_calls(&mut self, is_asked: &mut dyn FnMut(SiteId) -> bool) {
        let network = self.network;
        let sets = possible_circles(network);
        if sets.is_empty() {
            return;
        }
        let only_circles = std::mem::replace(&mut self.only_circles, true);
        let numbers: Vec<(Target, Reach)> = network
            .numbers()
            .map(Target::Number)
            .map(|number| (number, Reach::all(network, number)))
            .collect();
        for set in sets {
            let members: BTreeSet<Target> = set.iter().copied().collect();
            if !members.iter().filter_map(|it| network.site_of(*it)).any(&mut *is_asked) {
                continue;
            }
            let leads = numbers
                .iter()
                .filter(|(number, reach)| !members.contains(number) && reach.seen.contains(&set[0]));
            let outer = leads.map(|(number, _)| *number).take(NUMBERS);
            let starts: Vec<Target> = outer.chain(members.iter().copied()).collect();
            let classes = self.classes(Reach::all(network, set[0]).schedules);
            let is_any_time = classes.are_any_time();
            let uniform = self.uniform();
            for (class, at) in classes.each().zip(classes.instants()) {
                let soon = class.iter().filter(|it| it.start < self.within.end);
                self.collected.windows = soon.cloned().collect();
                let staying = self.staying(&members, at);
                for given in uniform.iter().chain([&staying]) {
                    let mut seen: HashSet<Place> = HashSet::new();
                    for to in &starts {
                        if place(*to).is_some_and(|it| seen.contains(&it)) {
                            continue;
                        }
                        let Some(site) = network.site_of(*to) else { continue };
                        self.place(Sight { to: *to, site, at, is_any_time }, Caller::Unlisted, given);
                        seen.extend(self.met.places.iter().copied());
                        seen.extend(place(*to));
                    }
                }
            }
        }
        self.only_circles = only_circles;
        self.collected.windows.clear();
    }

    /// The state of each phone in which a call stays among some places, where there is one.
    fn staying(&mut self, members: &BTreeSet<Target>, at: Seconds) -> Given {
        let network = self.network;
        let mut given = self.silent.clone();
        for member in members {
            match member {
                Target::Extension(extension) => {
                    let it = &network.extensions[extension.at()];
                    if let Some(phone) = keeps(self.in_force_at(*extension, at), members) {
                        self.set(&mut given, it.phone, phone);
                    }
                }
                Target::Queue(queue) => {
                    let it = &network.queues[queue.at()];
                    let stays = |to: Option<Target>| to.is_some_and(|to| members.contains(&to));
                    if stays(it.failover) && !stays(it.no_answer) {
                        it.agents.iter().for_each(|agent| self.set(&mut given, agent.party, Phone::Offline));
                    }
                }
                _ => {}
            }
        }
        given
    }

    fn in_force_at(&mut self, extension: ExtensionId, at: Seconds) -> Forwards {
        let network = self.network;
        let it = &network.extensions[extension.at()];
        let in_force = it.rules.iter().find(|rule| {
            rule.schedule.is_none_or(|schedule| self.met.in_force(network, schedule, at).unwrap_or(false))
        });
        in_force.map_or(it.forwards, |rule| rule.forward)
    }
}

/// What a phone has to do for a call to go on to one of some places. None: it does so anyway, or never.
fn keeps(forwards: Forwards, members: &BTreeSet<Target>) -> Option<Phone> {
    let stays = |to: Option<Target>| to.is_some_and(|to| members.contains(&to));
    match forwards {
        Forwards { always, .. } if always.is_some() => None,
        Forwards { no_answer, .. } if stays(no_answer) => Some(Phone::NoAnswer),
        Forwards { busy, .. } if stays(busy) => Some(Phone::Rejects(2000)),
        Forwards { on_call, .. } if stays(on_call) => Some(Phone::OnCallBusy),
        Forwards { unreachable, .. } if stays(unreachable) => Some(Phone::Offline),
        _ => None,
    }
}
