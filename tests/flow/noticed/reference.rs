//! What the reference says of every call in one configuration. It is asked once for each way that calls can go: what it has not
//! asked of a call makes no difference to it, so that it need not be asked again.

use super::compared::named;
use crate::naive::{self, Call, Course, Question, To};
use jiff::Timestamp;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

/// Somebody or something of a tenant, by its place. Outside numbers are of the first.
pub type Who = (usize, String);

/// How everything is, by names that mean the same in every configuration.
#[derive(Debug, Clone, Default)]
pub struct State {
    pub others: &'static str,
    pub set: BTreeMap<Who, &'static str>,
    pub mailboxes_off: bool,
    pub full: Option<Who>,
    /// Of the system that has the number.
    pub platform: Option<&'static str>,
    pub from: Option<String>,
}

/// What is called: a number, or an extension or a queue of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Number(String),
    Dialled(usize, String),
}

/// Which schedules are in force at an instant.
pub type Hours = HashMap<Who, bool>;

/// What comes of a call, and whose states that rests on.
#[derive(Debug)]
pub struct Judged {
    pub courses: BTreeSet<Course>,
    pub asked: BTreeSet<Question>,
}

enum Node {
    Open,
    Asks(Question, HashMap<String, usize>),
    Ends(Rc<Judged>),
}

pub struct Reference<'a> {
    tenants: &'a [Value],
    /// Everybody who has a state.
    everybody: &'a BTreeSet<Who>,
    nodes: Vec<Node>,
    first: HashMap<Place, usize>,
    pub walked: usize,
    pub told: usize,
}

pub fn who(tenant: usize, name: &str) -> Who {
    (if name.starts_with('+') { 0 } else { tenant }, name.to_owned())
}

impl<'a> Reference<'a> {
    pub fn new(tenants: &'a [Value], everybody: &'a BTreeSet<Who>) -> Self {
        Self { tenants, everybody, nodes: Vec::new(), first: HashMap::new(), walked: 0, told: 0 }
    }

    pub fn tenant_name(&self, tenant: usize) -> &str {
        self.tenants[tenant]["tenant"].as_str().unwrap()
    }

    /// The tenant that a call comes in at. None: nobody has the number.
    fn home(&self, place: &Place) -> Option<usize> {
        match place {
            Place::Dialled(tenant, _) => Some(*tenant),
            Place::Number(number) => {
                let has =
                    |it: &Value| ["numbers", "forwards"].iter().any(|word| it[*word].get(number).is_some());
                self.tenants.iter().position(has)
            }
        }
    }

    /// None: nobody has the number.
    pub fn judge(
        &mut self,
        place: &Place,
        at: Timestamp,
        hours: &Hours,
        state: &State,
    ) -> Option<Rc<Judged>> {
        let home = self.home(place)?;
        let kind = self.tenants[home]["kind"].as_str().unwrap();
        self.told += 1;
        let mut node = match self.first.get(place) {
            Some(node) => *node,
            None => {
                self.nodes.push(Node::Open);
                self.first.insert(place.clone(), self.nodes.len() - 1);
                self.nodes.len() - 1
            }
        };
        loop {
            let next = match &self.nodes[node] {
                Node::Open => break,
                Node::Ends(judged) => {
                    let judged = judged.clone();
                    // Now and then it is asked all the same.
                    if self.told.is_multiple_of(997) {
                        assert_eq!(self.walk(place, home, at, state).0, judged.courses);
                    }
                    return Some(judged);
                }
                Node::Asks(question, next) => next.get(answer(question, kind, hours, state)),
            };
            match next {
                Some(next) => node = *next,
                None => break,
            }
        }
        Some(self.learn(place, home, at, state))
    }

    /// Walks, and remembers by which answers.
    fn learn(&mut self, place: &Place, home: usize, at: Timestamp, state: &State) -> Rc<Judged> {
        let (courses, asked) = self.walk(place, home, at, state);
        self.walked += 1;
        let questions = asked.iter().map(|(question, _)| question.clone()).collect();
        let judged = Rc::new(Judged { courses, asked: questions });
        let mut at = self.first[place];
        for (question, answer) in asked {
            if matches!(self.nodes[at], Node::Open) {
                self.nodes[at] = Node::Asks(question.clone(), HashMap::new());
            }
            let new = self.nodes.len();
            let Node::Asks(same, next) = &mut self.nodes[at] else { panic!("the same walk asks the same") };
            assert_eq!(*same, question, "the same walk asks the same");
            at = *next.entry(answer).or_insert(new);
            if at == new {
                self.nodes.push(Node::Open);
            }
        }
        assert!(matches!(self.nodes[at], Node::Open), "what is known is not asked again");
        self.nodes[at] = Node::Ends(judged.clone());
        judged
    }

    fn walk(
        &self,
        place: &Place,
        home: usize,
        at: Timestamp,
        state: &State,
    ) -> (BTreeSet<Course>, naive::Asked) {
        let call = self.call(place, home, at, state);
        let (courses, asked) = naive::judge_asking(self.tenants, &call);
        let full = |(name, from): (String, u64)| (self.full(home, &name), from);
        let courses = courses.into_iter().map(|it| {
            let mut rings: Vec<(String, u64)> = it.rings.into_iter().map(full).collect();
            rings.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
            // One who rings twice at once is heard once.
            rings.dedup();
            Course { end: self.end(home, &it.end), rings, at: it.at }
        });
        (courses.collect(), asked)
    }

    /// A name with its tenant's.
    pub fn full(&self, home: usize, name: &str) -> String {
        let is_full = |it: &Value| {
            name.strip_prefix(it["tenant"].as_str().unwrap()).is_some_and(|rest| rest.starts_with('/'))
        };
        if name.starts_with('+') || self.tenants.iter().any(is_full) {
            return name.to_owned();
        }
        format!("{}/{name}", self.tenant_name(home))
    }

    /// An end with the full name of whatever it names.
    pub fn end(&self, home: usize, words: &str) -> String {
        let first = words.split(' ').next().unwrap();
        let is_named = ["answered", "voicemail", "leaves", "waits", "menu", "unknown"].contains(&first);
        match words.rsplit_once(' ').filter(|_| is_named) {
            Some((before, name)) => format!("{before} {}", self.full(home, name)),
            None => words.to_owned(),
        }
    }

    /// The call in the words of the reference.
    pub fn call(&self, place: &Place, home: usize, at: Timestamp, state: &State) -> Call {
        let own = |who: &Who| match who {
            (tenant, name) if *tenant == home || name.starts_with('+') => name.clone(),
            (tenant, name) => format!("{}/{name}", self.tenant_name(*tenant)),
        };
        let kind = self.tenants[home]["kind"].as_str().unwrap();
        let given = |who: &Who| state.set.get(who).copied().unwrap_or(state.others).to_owned();
        let mut all = BTreeSet::new();
        if state.mailboxes_off {
            for (tenant, it) in self.tenants.iter().enumerate() {
                all.extend(named(it).into_iter().map(|name| own(&(tenant, name))));
            }
        }
        Call {
            tenant: self.tenant_name(home).to_owned(),
            to: match place {
                Place::Number(number) => To::Number(number.clone()),
                Place::Dialled(_, name) => To::Extension(name.clone()),
            },
            at,
            from: state.from.clone().unwrap_or_else(|| UNLISTED.to_owned()),
            given: self.everybody.iter().map(|it| (own(it), given(it))).collect(),
            mailbox_off: all,
            full: state.full.iter().map(own).collect(),
            platform: state.platform.map(|it| (kind.to_owned(), it.to_owned())).into_iter().collect(),
        }
    }
}

const UNLISTED: &str = "+13125550000";

fn answer<'s>(question: &Question, kind: &str, hours: &Hours, state: &'s State) -> &'s str {
    let word = |is_so: bool| if is_so { "true" } else { "false" };
    match question {
        Question::From => state.from.as_deref().unwrap_or(UNLISTED),
        Question::Platform(of) => state.platform.filter(|_| of == kind).unwrap_or("up"),
        Question::Phone(tenant, name) => state.set.get(&who(*tenant, name)).copied().unwrap_or(state.others),
        Question::Mailbox(..) => word(state.mailboxes_off),
        Question::Full(tenant, name) => word(state.full.as_ref() == Some(&(*tenant, name.clone()))),
        Question::Hours(tenant, name) => word(hours[&(*tenant, name.clone())]),
    }
}
