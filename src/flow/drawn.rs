//! The way of calls as people draw it: boxes, and arrows with words. Pure values that know nothing of pixels.

use std::collections::{HashMap, HashSet};

/// A call flow. Equal networks give equal drawings, box for box and in the same order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    pub nodes: Vec<Node>,
    /// In the order in which people read them: by the box they leave, then by what is asked first.
    pub edges: Vec<Edge>,
}

/// A box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The same for the same thing in another drawing: `acme-dental/queue/400`.
    pub id: String,
    pub kind: Kind,
    /// "400", "holidays", "+1 214-555-0100".
    pub name: String,
    /// What else is to be said of it.
    pub lines: Vec<Line>,
    pub mark: Mark,
}

/// A line of a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub mark: Mark,
}

/// An arrow between two boxes, by their places among the nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    pub sort: Sort,
    /// "nobody answers, after 20 s". Empty: nothing is asked.
    pub text: String,
    pub mark: Mark,
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Number,
    Extension,
    /// An answering rule: what an extension does within a schedule.
    Rule,
    /// A phone or a person past all rules.
    Phone,
    Queue,
    Receiver,
    Mailbox,
    Outside,
    /// Where the model ends: menus, attendants, routers, bots, prompts.
    Menu,
    /// The system ends the call.
    End,
    /// Neither declared nor read.
    Unknown,
}

impl Kind {
    pub const ALL: [Self; 11] = [
        Self::Number,
        Self::Extension,
        Self::Rule,
        Self::Phone,
        Self::Queue,
        Self::Receiver,
        Self::Mailbox,
        Self::Outside,
        Self::Menu,
        Self::End,
        Self::Unknown,
    ];

    /// What people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Extension => "extension",
            Self::Rule => "rule",
            Self::Phone => "phone",
            Self::Queue => "queue",
            Self::Receiver => "receiving number",
            Self::Mailbox => "mailbox",
            Self::Outside => "outside number",
            Self::Menu => "menu or bot",
            Self::End => "end",
            Self::Unknown => "not known",
        }
    }
}

/// What an arrow is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// Where every call goes on.
    Leads,
    /// To the rule of a schedule, in the order in which they are asked.
    Rule,
    /// On a condition: nobody answers, there is no agent.
    Fallback,
    /// On the day of an outage.
    Emergency,
    /// Switched off: no call goes this way now.
    Off,
}

/// How something differs between two drawings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    #[default]
    Kept,
    New,
    Gone,
}

impl Node {
    /// "queue 400"
    pub fn title(&self) -> String {
        match self.kind {
            // They begin with a word of their own.
            Kind::Number | Kind::Outside | Kind::Menu | Kind::End | Kind::Phone => self.name.clone(),
            Kind::Mailbox => format!("the mailbox of {}", self.name),
            Kind::Rule => format!("rule `{}`", self.name),
            Kind::Unknown => format!("{}, which is not known", self.name),
            Kind::Extension | Kind::Queue | Kind::Receiver => format!("{} {}", self.kind.word(), self.name),
        }
    }
}

impl Drawing {
    /// Both in one: what is in the second alone is new, and what was in the first alone is gone. A box is the same by its id,
    /// a line of it by its text, and an arrow by its two boxes and its text.
    pub fn differences(before: &Self, after: &Self) -> Self {
        let mut nodes: Vec<Node> = Vec::with_capacity(after.nodes.len());
        let was: HashMap<&str, &Node> = before.nodes.iter().map(|it| (it.id.as_str(), it)).collect();
        for node in &after.nodes {
            let old = was.get(node.id.as_str());
            let mark = if old.is_some() { Mark::Kept } else { Mark::New };
            let lines = match old {
                Some(old) => lines(&old.lines, &node.lines),
                None => node.lines.clone(),
            };
            nodes.push(Node { mark, lines, ..node.clone() });
        }
        let is: HashMap<&str, usize> =
            after.nodes.iter().enumerate().map(|(at, it)| (it.id.as_str(), at)).collect();
        let mut place = Vec::with_capacity(before.nodes.len());
        for node in &before.nodes {
            place.push(is.get(node.id.as_str()).copied().unwrap_or(nodes.len()));
            if !is.contains_key(node.id.as_str()) {
                nodes.push(Node { mark: Mark::Gone, ..node.clone() });
            }
        }
        let old = before.edges.iter().map(|it| Edge { from: place[it.from], to: place[it.to], ..it.clone() });
        let old: Vec<Edge> = old.collect();
        let known: HashSet<_> = old.iter().map(Edge::key).collect();
        let kept: HashSet<_> = after.edges.iter().map(Edge::key).collect();
        let mark = |it: &Edge| if known.contains(&it.key()) { Mark::Kept } else { Mark::New };
        let mut edges: Vec<Edge> =
            after.edges.iter().map(|it| Edge { mark: mark(it), ..it.clone() }).collect();
        let gone = old.iter().filter(|it| !kept.contains(&it.key()));
        edges.extend(gone.map(|it| Edge { mark: Mark::Gone, ..it.clone() }));
        Self { nodes, edges }
    }

    /// Whether nothing in it is new or gone.
    pub fn is_unchanged(&self) -> bool {
        let node = |it: &Node| it.mark == Mark::Kept && it.lines.iter().all(|line| line.mark == Mark::Kept);
        self.nodes.iter().all(node) && self.edges.iter().all(|it| it.mark == Mark::Kept)
    }
}

impl Edge {
    /// Off and on are two arrows.
    fn key(&self) -> (usize, usize, Sort, &str) {
        (self.from, self.to, self.sort, &self.text)
    }
}

/// The lines of a box, those that are gone before those that are new.
fn lines(before: &[Line], after: &[Line]) -> Vec<Line> {
    let has = |lines: &[Line], text: &str| lines.iter().any(|it| it.text == text);
    let gone = before.iter().filter(|it| !has(after, &it.text));
    let gone = gone.map(|it| Line { mark: Mark::Gone, text: it.text.clone() });
    let (kept, new): (Vec<&Line>, Vec<&Line>) = after.iter().partition(|it| has(before, &it.text));
    let kept = kept.into_iter().map(|it| Line { mark: Mark::Kept, text: it.text.clone() });
    let new = new.into_iter().map(|it| Line { mark: Mark::New, text: it.text.clone() });
    kept.chain(gone).chain(new).collect()
}
