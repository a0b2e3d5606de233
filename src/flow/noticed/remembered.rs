//! Calls to one place that find the same of everything that they ask for come to the same: each is placed once.
//!
//! A call asks one thing after the other, and what it asks next depends on what it has found. So what is known is a tree of
//! questions, with an answer at each branch and what comes of the call at each end.

use super::names::{Names, Shared};
use crate::flow::{
    met::{Asked, Met},
    network::{Network, PartyId},
    spans::Seconds,
    state::{Caller, Given, Phone, Platform},
    timeline::Verdict,
    walk::Call,
};
use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

/// What comes of a call.
pub struct Known {
    /// Which of those of one place it is.
    pub at: usize,
    pub verdict: Verdict,
    /// Whose states were looked at, in names that the networks share.
    pub phones: Vec<Shared>,
    pub queues: Vec<Shared>,
}

/// What comes of calls to one place in one network.
#[derive(Default)]
pub struct Remembered {
    questions: Vec<Question>,
    known: Vec<Rc<Known>>,
    first: Option<Next>,
    callers: HashMap<Caller, usize>,
}

struct Question {
    asked: Asked,
    ways: BTreeMap<Answer, Next>,
}

#[derive(Clone, Copy)]
enum Next {
    Question(usize),
    Known(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Phone(Phone),
    Is(bool),
    Platform(Platform),
    /// Of a number, at its carrier.
    Forward {
        is_switched: bool,
        is_off: bool,
    },
    /// Which of those that have called.
    Caller(usize),
    At(Seconds),
}

/// What a call finds.
struct Finding<'a> {
    network: &'a Network,
    call: &'a Call,
    given: &'a Given,
    caller: usize,
}

impl Finding<'_> {
    fn answer(&self, asked: Asked, met: &mut Met) -> Answer {
        let (network, given) = (self.network, self.given);
        match asked {
            Asked::Phone(it) => Answer::Phone(given.phone(network, it)),
            Asked::Mailbox(it) => Answer::Is(given.is_off(it)),
            Asked::Full(it) => Answer::Is(given.is_full(it)),
            Asked::Platform(it) => Answer::Platform(given.platforms[it as usize]),
            Asked::Switched(it) => {
                Answer::Forward { is_switched: given.switched == Some(it), is_off: given.are_forwards_off }
            }
            Asked::Schedule(it) => Answer::Is(met.in_force(network, it, self.call.at).unwrap_or(false)),
            Asked::Caller => Answer::Caller(self.caller),
            Asked::Time => Answer::At(self.call.at),
        }
    }
}

impl Remembered {
    fn finding<'a>(&mut self, network: &'a Network, call: &'a Call, given: &'a Given) -> Finding<'a> {
        let caller = self.callers.get(&call.caller).copied().unwrap_or_else(|| {
            let next = self.callers.len();
            self.callers.insert(call.caller.clone(), next);
            next
        });
        Finding { network, call, given, caller }
    }

    /// How many calls were placed.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// What comes of a call, where one was placed that found the same.
    pub fn find(
        &mut self,
        network: &Network,
        call: &Call,
        given: &Given,
        met: &mut Met,
    ) -> Option<Rc<Known>> {
        let finding = self.finding(network, call, given);
        let mut next = self.first?;
        loop {
            match next {
                Next::Known(at) => return self.known.get(at).map(Rc::clone),
                Next::Question(at) => {
                    let Question { asked, ways } = &self.questions[at];
                    let answer = finding.answer(*asked, met);
                    next = *ways.get(&answer)?;
                }
            }
        }
    }

    /// Places a call, and remembers what comes of it.
    pub fn place(
        &mut self,
        network: &Network,
        names: &Names,
        call: &Call,
        given: &Given,
        met: &mut Met,
    ) -> Rc<Known> {
        let mut verdict = network.verdict_and_met(call, given, met);
        if verdict.is_cut {
            // One by itself is looked at further.
            let mut own = Met::default();
            verdict = network.verdict_and_met(call, given, &mut own);
            (met.phones, met.queues, met.asked) = (own.phones, own.queues, own.asked);
        }
        let is_phone = |it: &&PartyId| network.parties[it.at()].hosted.is_none();
        // A person's phones are often all in one state.
        let whole = |it: &PartyId| [Some(*it), network.parties[it.at()].device_of].into_iter().flatten();
        let phones = met.phones.iter().filter(is_phone).flat_map(whole);
        let known = Rc::new(Known {
            at: self.known.len(),
            verdict,
            phones: phones.map(|it| names.party(it)).collect(),
            queues: met.queues.iter().map(|it| names.queue(*it)).collect(),
        });
        self.known.push(Rc::clone(&known));
        let finding = self.finding(network, call, given);
        let asked = std::mem::take(&mut met.asked);
        let answers: Vec<(Asked, Answer)> = asked.iter().map(|it| (*it, finding.answer(*it, met))).collect();
        met.asked = asked;
        self.remember(&answers, known.at);
        known
    }

    fn remember(&mut self, answers: &[(Asked, Answer)], known: usize) {
        // Where the last answer was found that is known already.
        let mut from: Option<(usize, Answer)> = None;
        let mut next = self.first;
        let mut answers = answers.iter();
        while let Some(Next::Question(at)) = next {
            // The same answers lead to the same question.
            let Some((_, answer)) = answers.next().filter(|(asked, _)| self.questions[at].asked == *asked)
            else {
                return;
            };
            from = Some((at, *answer));
            next = self.questions[at].ways.get(answer).copied();
        }
        let link = |this: &mut Self, from: Option<(usize, Answer)>, next: Next| match from {
            Some((at, answer)) => drop(this.questions[at].ways.insert(answer, next)),
            None => this.first = Some(next),
        };
        for (asked, answer) in answers {
            let at = self.questions.len();
            self.questions.push(Question { asked: *asked, ways: BTreeMap::new() });
            link(self, from, Next::Question(at));
            from = Some((at, *answer));
        }
        link(self, from, Next::Known(known));
    }
}
