//! Timelines: the call is walked once for each way in which the choices on it can fall.

use super::{Assume, Call, Course, To};
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

/// The ids whose default is no.
const NO: [&str; 2] = ["U11", "U29"];
/// More would be a world that nobody can look at.
const MOST: usize = 50_000;

/// What a walk asks of its call: everything else makes no difference to it. Things of a tenant are named with its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    From,
    /// Of a kind of system.
    Platform(String),
    Phone(usize, String),
    Mailbox(usize, String),
    Full(usize, String),
    /// Whether a schedule is in force.
    Hours(usize, String),
}

/// In the order in which they are asked, each with what it is answered.
pub type Asked = Vec<(Question, String)>;

pub fn all(tenants: &[Value], call: &Call, assume: &Assume) -> (BTreeSet<Course>, Asked) {
    let mut courses = BTreeSet::new();
    let mut script = Vec::new();
    let asked = RefCell::default();
    for _ in 0..MOST {
        let mut run = Run::new(tenants, call, assume, script, &asked);
        courses.insert(run.course());
        script = run.script;
        // The next way: the last choice that has another one takes it, and what came after is asked anew.
        while script.last().is_some_and(|(taken, of)| taken + 1 == *of) {
            script.pop();
        }
        match script.last_mut() {
            Some((taken, _)) => *taken += 1,
            None => return (courses, asked.into_inner()),
        }
    }
    panic!("more than {MOST} timelines: {call:?}")
}

/// How a call ended, and when.
#[derive(Debug, Clone)]
pub struct End {
    pub words: String,
    pub at: Option<u64>,
}

/// One walk.
pub struct Run<'a> {
    pub tenants: &'a [Value],
    pub call: &'a Call,
    assume: &'a Assume,
    /// The tenant that was called, whose names stand alone.
    home: usize,
    /// What was chosen, of how many.
    script: Vec<(usize, usize)>,
    asked: usize,
    /// Milliseconds since the call came in.
    pub now: u64,
    pub rings: Vec<(String, u64)>,
    /// What the call has left, and why.
    pub left: BTreeSet<String>,
    /// When a phone, a mailbox, a menu or a queue took the call.
    pub lifted: Option<u64>,
    /// Whether a schedule that nobody knows is in force: the same all along.
    perhaps: BTreeMap<String, bool>,
    noted: &'a RefCell<Asked>,
}

impl<'a> Run<'a> {
    fn new(
        tenants: &'a [Value],
        call: &'a Call,
        assume: &'a Assume,
        script: Vec<(usize, usize)>,
        noted: &'a RefCell<Asked>,
    ) -> Self {
        let home = tenants.iter().position(|it| it["tenant"] == *call.tenant).expect("a tenant is called");
        Self {
            tenants,
            call,
            assume,
            home,
            script,
            asked: 0,
            now: 0,
            rings: Vec::new(),
            left: BTreeSet::new(),
            lifted: None,
            perhaps: BTreeMap::new(),
            noted,
        }
    }

    /// Notes what is asked of the call.
    pub fn ask(&self, question: Question, answer: impl ToString) {
        let mut noted = self.noted.borrow_mut();
        if !noted.iter().any(|(it, _)| *it == question) {
            noted.push((question, answer.to_string()));
        }
    }

    fn course(&mut self) -> Course {
        let End { words, at } = match &self.call.to {
            To::Number(number) => self.number(self.home, number),
            To::Extension(extension) => self.called_extension(self.home, extension),
        };
        let mut rings = std::mem::take(&mut self.rings);
        rings.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        Course { end: words, rings, at }
    }

    /// One of so many ways; each has its turn.
    pub fn choose(&mut self, of: usize) -> usize {
        if of < 2 {
            return 0;
        }
        if self.asked == self.script.len() {
            self.script.push((0, of));
        }
        let (taken, as_before) = self.script[self.asked];
        assert_eq!(of, as_before, "the same walk asks the same");
        self.asked += 1;
        taken
    }

    /// Section 9.
    pub fn yes(&self, id: &str) -> bool {
        self.assume.get(id).copied().unwrap_or(!NO.contains(&id))
    }

    pub fn end(&self, words: impl Into<String>) -> End {
        End { words: words.into(), at: Some(self.now) }
    }

    pub fn never(&self, words: impl Into<String>) -> End {
        End { words: words.into(), at: None }
    }

    /// How something of a tenant is called.
    pub fn name(&self, tenant: usize, of: &str) -> String {
        if tenant == self.home || of.starts_with('+') {
            return of.to_owned();
        }
        format!("{}/{of}", self.tenants[tenant]["tenant"].as_str().expect("a tenant has a name"))
    }

    /// Section 8: whether a schedule is in force; of one that nobody knows, both.
    pub fn in_force(&mut self, tenant: usize, name: &str) -> bool {
        // Whether it says when.
        let words = ["weekly", "dates", "monthly", "yearly", "holidays", "easter", "other"];
        let is_known =
            |it: &&Value| it["enabled"] == false || words.iter().any(|word| it.get(*word).is_some());
        let tenants = self.tenants;
        let Some(schedule) = tenants[tenant]["schedules"].get(name).filter(is_known) else {
            let key = format!("{tenant}/{name}");
            if let Some(known) = self.perhaps.get(&key) {
                return *known;
            }
            let perhaps = self.choose(2) == 0;
            self.perhaps.insert(key, perhaps);
            return perhaps;
        };
        if schedule["enabled"] == false {
            return false;
        }
        let later = if self.yes("U27") { 0 } else { self.now };
        let at =
            self.call.at + jiff::SignedDuration::from_millis(i64::try_from(later).expect("not for ever"));
        let zone = schedule["time_zone"].as_str().or(tenants[tenant]["time_zone"].as_str()).unwrap_or("UTC");
        let is_so = super::clock::is_in_force(schedule, zone, at, &|id| self.yes(id));
        self.ask(Question::Hours(tenant, name.to_owned()), is_so);
        is_so
    }
}
