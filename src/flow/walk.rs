//! One call, from place to place, until it ends.

use super::{
    choice::{Choices, MOST},
    met::{Asked, Circle, Met},
    network::{Forward, Leg, MailboxId, Network, NumberId, PartyId, ScheduleId, ScheduleState, Target, Way},
    point::{Point, Points},
    spans::Seconds,
    state::{Caller, Given, Phone, Platform},
    system::System,
    timeline::{Dropped, End, Hop, Place, Ringing, RulePlace, Timeline, Verdict, Why},
};

/// Who calls what, and when.
#[derive(Debug, Clone)]
pub struct Call {
    /// A number, an extension or a queue.
    pub to: Target,
    pub at: Seconds,
    pub caller: Caller,
}

/// How deep calls come in again at a number that a phone of several stands for.
const DEEPEST: u32 = 16;

/// How often they do in one walk: several phones that are numbers of others, which ring several again, grow beyond all bounds.
const INSIDES: u32 = 300;

/// The same where many calls are looked at: a sweep says how many of them could go more ways.
const INSIDES_OF_MANY: u32 = 40;
const MOST_OF_MANY: usize = 24;

/// What all walks of one call share.
pub(super) struct Shared<'m> {
    pub choices: Choices,
    pub asked: Points,
    /// Schedules of which nothing is known, as they are taken in this walk.
    guessed: Vec<(ScheduleId, bool)>,
    /// How often this walk has come in at a number that a phone of several stands for.
    insides: u32,
    /// Whether that was too often to look at all of it.
    is_cut: bool,
    pub met: &'m mut Met,
}

/// A call on its way.
pub(super) struct Walk<'a, 's> {
    pub network: &'a Network,
    pub given: &'a Given,
    pub call: &'a Call,
    pub shared: &'s mut Shared<'a>,
    /// Milliseconds since it came in.
    pub now: u32,
    pub rings: Vec<Ringing>,
    pub hops: Vec<Hop>,
    /// What was left for which reason.
    pub left: Vec<(Place, Why)>,
    /// Where it began.
    start: Target,
    /// How much of that was before the phones rang that led to this walk.
    outer: usize,
    /// When the caller first heard somebody or something: a queue takes the call.
    pub connected: Option<u32>,
    /// Whether no-answer routing has led to a receiving number.
    pub is_in_turn: bool,
    depth: u32,
}

pub(super) enum Next {
    Go(Target),
    End(End),
}

impl Network {
    /// Every course that a call can take.
    pub fn verdict(&self, call: &Call, given: &Given) -> Verdict {
        self.verdict_and_met(call, given, &mut Met::default())
    }

    /// The same, and what the call has met on its ways.
    pub fn verdict_and_met(&self, call: &Call, given: &Given, met: &mut Met) -> Verdict {
        met.clear();
        let mut shared = Shared {
            choices: Choices::default(),
            asked: Points::default(),
            guessed: Vec::new(),
            insides: 0,
            is_cut: false,
            met,
        };
        let most = if shared.met.is_of_many() { MOST_OF_MANY } else { MOST };
        let mut timelines = Vec::new();
        let is_cut = loop {
            shared.guessed.clear();
            shared.insides = 0;
            let mut walk = Walk {
                network: self,
                given,
                call,
                shared: &mut shared,
                now: 0,
                rings: Vec::new(),
                hops: Vec::new(),
                left: Vec::new(),
                start: call.to,
                outer: 0,
                connected: None,
                is_in_turn: false,
                depth: 0,
            };
            let (end, at) = walk.run(call.to);
            let Walk { mut rings, hops, .. } = walk;
            rings.sort_unstable();
            timelines.push(Timeline { end, at, rings, hops });
            if !shared.choices.advance() {
                break false;
            }
            if timelines.len() >= most {
                break true;
            }
        };
        timelines.sort_unstable();
        timelines.dedup();
        Verdict { timelines, assumed: shared.asked, is_cut: is_cut || shared.is_cut }
    }
}

impl Walk<'_, '_> {
    /// To the end, and when that is reached.
    fn run(&mut self, to: Target) -> (End, Option<u32>) {
        let mut to = to;
        loop {
            match self.step(to) {
                Next::Go(next) => to = next,
                Next::End(end) => {
                    let is_never = matches!(end, End::RingsOn | End::Waits(_)) || self.now == u32::MAX;
                    return (end, (!is_never).then_some(self.now));
                }
            }
        }
    }

    fn step(&mut self, to: Target) -> Next {
        let network = self.network;
        match to {
            Target::Number(number) => self.number(number),
            Target::Extension(extension) => {
                match network.site(network.extensions[extension.at()].site).system {
                    System::Deskphone => self.deskphone(extension),
                    _ => self.extension(extension),
                }
            }
            Target::Phone(extension) => self.phone_alone(extension),
            Target::Mailbox(mailbox) => self.mailbox(mailbox),
            Target::Queue(queue) => self.queue(queue),
            Target::Outside(party) => Next::End(End::Leaves(party)),
            Target::Receiver(receiver) => self.receiver(receiver),
            Target::Agent(party) => self.agent(party),
            Target::Menu(label) => Next::End(End::Menu(label)),
            Target::Unknown(label) => Next::End(End::Unknown(label)),
            Target::HangUp => Next::End(End::Dropped(Dropped::HangUp)),
        }
    }

    /// Goes on from a place for a reason. For the same one again, that is a loop.
    pub fn go(&mut self, from: Place, why: Why, to: Target) -> Next {
        if !self.leave(from, why) {
            return Next::End(End::Loop);
        }
        self.hops.push(Hop { at: self.now, from, why, to });
        Next::Go(to)
    }

    /// False: it was left for this reason before.
    pub fn leave(&mut self, from: Place, why: Why) -> bool {
        // By whichever rule: what counts is the condition.
        let reason = |why: Why| match why {
            Why::Rule(condition, _) => Why::Rule(condition, RulePlace::Diverts),
            _ => why,
        };
        let is_same = |it: &(Place, Why)| it.0 == from && reason(it.1) == reason(why);
        if let Some(first) = self.left.iter().position(is_same) {
            let circle = Circle { way: self.left[first..].to_vec(), is_rung: first < self.outer };
            self.shared.met.circle(circle);
            return false;
        }
        self.left.push((from, why));
        if self.shared.met.is_of_many() {
            self.shared.met.places.push(from);
        }
        true
    }

    /// Which way an unspecified point is taken; the verdict says that it was asked.
    pub fn ask(&mut self, point: Point) -> bool {
        self.shared.asked.insert(point);
        self.network.assumed.get(point)
    }

    pub fn phone(&mut self, leg: Leg) -> Phone {
        self.state(leg.party)
    }

    /// What a phone does now.
    pub fn state(&mut self, party: PartyId) -> Phone {
        if self.network.parties[party.at()].is_missing {
            return Phone::Offline;
        }
        self.shared.met.phone(party);
        self.given.phone(self.network, party)
    }

    pub fn dropped(&self, why: Dropped) -> Next {
        Next::End(End::Dropped(why))
    }

    pub fn mailbox(&mut self, mailbox: MailboxId) -> Next {
        if self.has_mailbox(mailbox) {
            Next::End(End::Voicemail(mailbox))
        } else {
            self.dropped(Dropped::NoMailbox)
        }
    }

    pub fn has_mailbox(&mut self, mailbox: MailboxId) -> bool {
        self.shared.met.asked(Asked::Mailbox(mailbox));
        !self.given.is_off(mailbox)
    }

    pub fn elapse(&mut self, ms: u32) {
        self.now = self.now.saturating_add(ms);
    }

    /// Section 1.
    fn number(&mut self, handle: NumberId) -> Next {
        let network = self.network;
        let number = &network.numbers[handle.at()];
        let place = Place::Number(handle);
        if !self.leave(place, Why::Route) {
            return Next::End(End::Loop);
        }
        let system = network.site(number.site).system;
        self.shared.met.asked(Asked::Platform(system));
        let platform = self.given.platforms[system as usize];
        let forward = number.forward;
        match system {
            System::Stratus => {
                self.shared.met.asked(Asked::Switched(handle));
                let is_switched = self.given.switched == Some(handle);
                let is_on = |it: &Forward| it.active == Some(true) || (is_switched && it.to.is_some());
                if let Some(forward) = forward.filter(is_on).filter(|_| !self.given.are_forwards_off) {
                    return match forward.to {
                        Some(to) => self.go(place, Why::Active, to),
                        None => Next::End(End::Unknown(number.unknown)),
                    };
                }
                if platform != Platform::Up {
                    let stored = forward.and_then(|it| it.to).filter(|_| platform == Platform::Switched);
                    return match stored {
                        Some(to) => self.go(place, Why::Down, to),
                        None => self.dropped(Dropped::PlatformDown),
                    };
                }
            }
            System::CallTrackingMetrics if platform != Platform::Up => {
                let fail_safe = forward.filter(|it| it.active != Some(false)).and_then(|it| it.to);
                return match fail_safe {
                    Some(to) => self.go(place, Why::Down, to),
                    None => self.dropped(Dropped::PlatformDown),
                };
            }
            System::Deskphone if platform != Platform::Up => return self.dropped(Dropped::PlatformDown),
            _ => {}
        }
        match &number.route {
            None => Next::End(End::Unknown(number.unknown)),
            Some(Way::To(to)) => {
                self.hops.push(Hop { at: self.now, from: place, why: Why::Route, to: *to });
                Next::Go(*to)
            }
            Some(Way::Receivers(pattern, receivers)) => self.receivers(place, *pattern, receivers),
        }
    }

    pub fn in_force(&mut self, schedule: ScheduleId) -> bool {
        let is_by_call = self.network.assumed.get(Point::U27);
        if matches!(self.network.schedules[schedule.at()].state, ScheduleState::Hours(_)) {
            self.shared.met.asked(if is_by_call { Asked::Schedule(schedule) } else { Asked::Time });
        }
        if is_by_call && let Some(is_so) = self.shared.met.in_force(self.network, schedule, self.call.at) {
            return is_so;
        }
        match &self.network.schedules[schedule.at()].state {
            ScheduleState::SwitchedOff => false,
            ScheduleState::Unknown => {
                if let Some((_, guess)) = self.shared.guessed.iter().find(|(it, _)| *it == schedule) {
                    return *guess;
                }
                let guess = self.shared.choices.choose(2) == 1;
                self.shared.guessed.push((schedule, guess));
                guess
            }
            ScheduleState::Hours(hours) => {
                let at = self.call.at;
                let there = at + Seconds::from(self.now / 1000);
                let (mut asked, mut asked_there) = (Points::default(), Points::default());
                let when_it_came = hours.are_in_force(at, &mut asked);
                let when_it_is_there = hours.are_in_force(there, &mut asked_there);
                let by_call = if when_it_came == when_it_is_there {
                    self.network.assumed.get(Point::U27)
                } else {
                    self.ask(Point::U27)
                };
                let (is_so, asked) =
                    if by_call { (when_it_came, asked) } else { (when_it_is_there, asked_there) };
                self.shared.asked = self.shared.asked.union(asked);
                is_so
            }
        }
    }

    /// What a call that comes in at a number of a tenant comes to there, beginning so much later.
    pub fn inside(&mut self, number: NumberId, delay: u32) -> Inside {
        self.shared.insides += 1;
        let most = if self.shared.met.is_of_many() { INSIDES_OF_MANY } else { INSIDES };
        if self.depth >= DEEPEST || self.shared.insides > most {
            self.shared.is_cut = true;
            return Inside {
                end: End::Loop,
                lifted: None,
                over: self.now.saturating_add(delay),
                rings: Vec::new(),
                hops: Vec::new(),
            };
        }
        let mut left = self.left.clone();
        let here = self.hops.last().map_or(self.start, |hop| hop.to);
        left.extend(place(here).map(|it| (it, Why::Rings)));
        let mut walk = Walk {
            network: self.network,
            given: self.given,
            call: self.call,
            shared: &mut *self.shared,
            now: self.now.saturating_add(delay),
            rings: Vec::new(),
            hops: Vec::new(),
            start: Target::Number(number),
            outer: left.len(),
            left,
            connected: None,
            is_in_turn: false,
            depth: self.depth + 1,
        };
        let (end, at) = walk.run(Target::Number(number));
        let reached = walk.now;
        walk.shared.met.is_unknown |= walk.network.is_not_known(end);
        let lifted = match end {
            End::Answered(_) | End::Voicemail(_) | End::Menu(_) | End::Leaves(_) => Some(reached),
            _ => None,
        };
        let lifted = walk.connected.or(lifted);
        let Walk { rings, hops, .. } = walk;
        Inside { end, lifted, over: at.unwrap_or(u32::MAX), rings, hops }
    }
}

/// What rings phones.
fn place(rings: Target) -> Option<Place> {
    match rings {
        Target::Number(number) => Some(Place::Number(number)),
        Target::Extension(extension) | Target::Phone(extension) => Some(Place::Extension(extension)),
        Target::Queue(queue) => Some(Place::Queue(queue)),
        Target::Receiver(receiver) => Some(Place::Receiver(receiver)),
        _ => None,
    }
}

/// What became of a call that came in at a number of a tenant.
pub(super) struct Inside {
    pub end: End,
    /// When it was as if somebody had lifted.
    pub lifted: Option<u32>,
    /// When it was over. Never: the largest.
    pub over: u32,
    pub rings: Vec<Ringing>,
    pub hops: Vec<Hop>,
}
