//! Phones that ring, one or several.

use super::timeline::{End, Question, Run};

/// What becomes of a phone that is rung.
pub enum Fate {
    /// The call is taken, and how it ends then.
    Lifts(u64, End),
    Refuses(u64, Why),
    Offline(u64),
    /// It rings, or is dialled, and nothing comes of it.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    OnCall,
    Other,
}

/// A phone that is rung.
pub struct Leg {
    pub fate: Fate,
    /// Itself, or all who ring where the call comes in.
    pub rings: Vec<(String, u64)>,
}

impl Leg {
    fn lifts(&self) -> Option<u64> {
        if let Fate::Lifts(at, _) = self.fate { Some(at) } else { None }
    }

    /// When it has refused, or was found offline.
    fn done(&self) -> Option<u64> {
        match self.fate {
            Fate::Refuses(at, _) | Fate::Offline(at) => Some(at),
            Fate::Lifts(..) | Fate::Nothing => None,
        }
    }
}

/// How the ringing ended.
pub enum Outcome {
    Lifted(End),
    Timeout,
    /// It never does.
    Forever,
    /// All have refused or were offline; whether only phones on a call have refused.
    Refused {
        only_on_call: bool,
    },
    Offline,
}

impl Run<'_> {
    /// The word of a state, and its seconds.
    pub fn state(&self, tenant: usize, who: &str) -> (&str, Option<u64>) {
        let given = |who: &str| self.call.given.get(&self.name(tenant, who));
        let word = given(who).or_else(|| extension_of(who).and_then(given));
        let word = word.map_or("no_answer", String::as_str);
        self.ask(Question::Phone(tenant, who.to_owned()), word);
        match word.split_once('@') {
            Some((word, after)) => (word, Some(after.parse().expect("seconds"))),
            None => (word, None),
        }
    }

    pub fn is(&self, tenant: usize, who: &str, words: &[&str]) -> bool {
        words.contains(&self.state(tenant, who).0)
    }

    /// What becomes of somebody who is rung at an instant. `dnd_refuses`: see U24.
    pub fn leg(&mut self, tenant: usize, who: &str, start: u64, dnd_refuses: bool) -> Leg {
        if who.starts_with('+')
            && let Some(owner) = self.owner(who)
        {
            return self.comes_in(owner, who, start);
        }
        let name = self.name(tenant, who);
        let (word, after) = self.state(tenant, who);
        let (fate, is_heard) = match word {
            "answers" => {
                let at = start + after.unwrap_or(1) * 1000;
                (Fate::Lifts(at, End { words: format!("answered {name}"), at: Some(at) }), true)
            }
            "rejects" => (Fate::Refuses(start + after.unwrap_or(2) * 1000, Why::Other), true),
            "on_call_busy" => (Fate::Refuses(start, Why::OnCall), false),
            "dnd" if dnd_refuses => (Fate::Refuses(start, Why::Other), false),
            "dnd" | "gone" => (Fate::Nothing, false),
            "offline" => (Fate::Offline(start), false),
            "no_answer" | "on_call_rings" | "logged_out" => (Fate::Nothing, true),
            word => panic!("{word} is no state"),
        };
        Leg { fate, rings: if is_heard { vec![(name, start)] } else { Vec::new() } }
    }

    /// A leg that is a number of a tenant: a call within the call, that knows where it was.
    fn comes_in(&mut self, owner: usize, number: &str, start: u64) -> Leg {
        let before = (self.now, std::mem::take(&mut self.rings), self.left.clone(), self.lifted.take());
        self.now = start;
        let end = self.number(owner, number);
        let lifted = self.lifted;
        let rings = std::mem::replace(&mut self.rings, before.1);
        (self.now, self.left, self.lifted) = (before.0, before.2, before.3);
        let first = end.words.split(' ').next().unwrap_or_default();
        let taken = match first {
            "answered" | "voicemail" | "menu" | "leaves" => lifted.or(end.at),
            _ => lifted,
        };
        let fate = match (taken, first, end.at) {
            (Some(at), ..) => Fate::Lifts(at, end),
            (None, "dropped" | "loop" | "unknown", Some(at)) => Fate::Refuses(at, Why::Other),
            _ => Fate::Nothing,
        };
        let mut rings = rings;
        if let Fate::Refuses(at, _) = &fate {
            rings.retain(|(_, start)| start < at);
        }
        Leg { fate, rings }
    }

    /// Rings until an instant, or for as long as it takes; the clock goes to when it ends.
    pub fn settle(&mut self, legs: Vec<Leg>, until: Option<u64>) -> Outcome {
        let limit = until.unwrap_or(u64::MAX);
        let first = legs.iter().filter_map(Leg::lifts).filter(|at| *at < limit).min();
        let done: Option<Vec<u64>> = legs.iter().map(Leg::done).collect();
        let done = done.map(|all| all.into_iter().max().unwrap_or(self.now));
        let stop = first.or(done).unwrap_or(limit).min(limit);
        let winners: Vec<usize> =
            (0..legs.len()).filter(|at| first.is_some() && legs[*at].lifts() == first).collect();
        let chosen = self.choose(winners.len());
        let winner = winners.get(chosen).copied();
        let only_on_call = !legs.iter().any(|leg| matches!(leg.fate, Fate::Refuses(_, Why::Other)));
        let refused = legs.iter().any(|leg| matches!(leg.fate, Fate::Refuses(..)));
        let mut end = None;
        for (at, leg) in legs.into_iter().enumerate() {
            let won = winner == Some(at);
            self.rings.extend(leg.rings.into_iter().filter(|(_, start)| won || *start < stop));
            if let (true, Fate::Lifts(lifted, ending)) = (won, leg.fate) {
                self.lifted.get_or_insert(lifted);
                end = Some(ending);
            }
        }
        if let Some(end) = end {
            return Outcome::Lifted(end);
        }
        if stop == u64::MAX {
            return Outcome::Forever;
        }
        self.now = stop;
        match () {
            () if stop == limit => Outcome::Timeout,
            () if refused => Outcome::Refused { only_on_call },
            () => Outcome::Offline,
        }
    }
}

/// `102` of the device `102wp`.
fn extension_of(device: &str) -> Option<&str> {
    let letter = device.find(|it: char| !it.is_ascii_digit())?;
    let is_device = letter > 0
        && !device.contains('@')
        && device[letter..].starts_with(|it: char| it.is_ascii_alphabetic());
    is_device.then_some(&device[..letter])
}
