//! The language of `${{ }}`: a text becomes a tree. What the host does not know, or not in that place, is refused.

use super::value::{self, Value, same};
use std::mem;

#[derive(Debug)]
pub enum Node {
    Literal(Value),
    Context(String),
    Property(Box<Node>, String),
    Index(Box<Node>, Box<Node>),
    Each(Box<Node>),
    Not(Box<Node>),
    Binary(Box<Node>, &'static str, Box<Node>),
    Call(&'static str, Vec<Node>),
}

/// Where an expression stands: which contexts and which functions of state it may name there.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    name: &'static str,
    contexts: &'static [&'static str],
    state: bool,
}

/// Keys of a workflow, with what GitHub's table "Context availability" allows to each.
impl Place {
    const fn new(name: &'static str, contexts: &'static [&'static str], state: bool) -> Self {
        Self { name, contexts, state }
    }

    pub const CONCURRENCY: Self = Self::new("concurrency", &["github", "inputs", "vars"], false);
    pub const ENV: Self = Self::new("env", &["github", "secrets", "inputs", "vars"], false);
    pub const INPUT_DEFAULT: Self =
        Self::new("on.workflow_call.inputs.*.default", &["github", "inputs", "vars"], false);
    pub const CALL_OUTPUT: Self =
        Self::new("on.workflow_call.outputs.*.value", &["github", "jobs", "vars", "inputs"], false);
    pub const JOB: Self = Self::new("jobs.*", &["github", "needs", "vars", "inputs"], false);
    pub const JOB_IF: Self = Self::new("jobs.*.if", &["github", "needs", "vars", "inputs"], true);
    pub const JOB_ENV: Self =
        Self::new("jobs.*.env", &["github", "needs", "vars", "secrets", "inputs"], false);
    pub const JOB_DEFAULTS: Self =
        Self::new("jobs.*.defaults.run", &["github", "needs", "env", "vars", "inputs"], false);
    pub const JOB_SECRETS: Self =
        Self::new("jobs.*.secrets", &["github", "needs", "secrets", "inputs", "vars"], false);
    pub const ENVIRONMENT_URL: Self = Self::new(
        "jobs.*.environment.url",
        &["github", "needs", "job", "runner", "env", "vars", "steps", "inputs"],
        false,
    );
    pub const STEP: Self = Self::new(
        "jobs.*.steps",
        &["github", "needs", "job", "runner", "env", "vars", "secrets", "steps", "inputs"],
        false,
    );
    pub const STEP_IF: Self = Self::new(
        "jobs.*.steps.if",
        &["github", "needs", "job", "runner", "env", "vars", "steps", "inputs"],
        true,
    );
    pub const ACTION_INPUT: Self =
        Self::new("inputs.*.default of an action", &["github", "job", "runner"], false);
    pub const ACTION: Self =
        Self::new("a composite action", &["github", "inputs", "steps", "job", "runner", "env"], false);
    pub const ACTION_IF: Self =
        Self::new("`if` of a composite action", &["github", "inputs", "steps", "job", "runner", "env"], true);
    /// For those who only want to look at it.
    pub const ANY: Self = Self::new(
        "anywhere",
        &["github", "needs", "job", "jobs", "runner", "env", "vars", "secrets", "steps", "inputs"],
        true,
    );
}

/// Functions with the least and the most arguments.
const FUNCTIONS: [(&str, usize, usize); 11] = [
    ("success", 0, 0),
    ("failure", 0, 0),
    ("always", 0, 0),
    ("cancelled", 0, 0),
    ("contains", 2, 2),
    ("startsWith", 2, 2),
    ("endsWith", 2, 2),
    ("format", 1, 255),
    ("join", 1, 2),
    ("toJSON", 1, 1),
    ("fromJSON", 1, 1),
];
const OF_STATE: usize = 4;

/// What binds weaker comes first.
const OPERATORS: [&[&str]; 4] = [&["||"], &["&&"], &["==", "!="], &["<=", ">=", "<", ">"]];

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Text(String),
    Number(f64),
    Name(String),
    Sign(&'static str),
}

const SIGNS: [&str; 16] =
    ["||", "&&", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ",", ".", "*"];

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let ended = |it: char| !(it.is_alphanumeric() || matches!(it, '_' | '-'));
        let after_dot = tokens.last() == Some(&Token::Sign("."));
        if first == '\'' {
            let mut word = String::new();
            rest = &rest[1..];
            loop {
                let end = rest.find('\'').unwrap_or_else(|| panic!("a text is not closed: {text}"));
                word += &rest[..end];
                rest = &rest[end + 1..];
                match rest.strip_prefix('\'') {
                    Some(more) => {
                        word.push('\'');
                        rest = more;
                    }
                    None => break,
                }
            }
            tokens.push(Token::Text(word));
        } else if !after_dot && (first.is_ascii_digit() || matches!(first, '-' | '+')) {
            let end = rest[1..]
                .find(|it: char| !(it.is_alphanumeric() || matches!(it, '.' | '-' | '+')))
                .map_or(rest.len(), |it| it + 1);
            let found = value::number(&rest[..end]);
            assert!(!found.is_nan(), "`{}` is no number: {text}", &rest[..end]);
            tokens.push(Token::Number(found));
            rest = &rest[end..];
        } else if first.is_alphabetic() || first == '_' {
            let end = rest.find(ended).unwrap_or(rest.len());
            tokens.push(Token::Name(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            let sign = SIGNS.into_iter().find(|it| rest.starts_with(it));
            let sign = sign.unwrap_or_else(|| panic!("`{first}` means nothing in an expression: {text}"));
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        }
        rest = rest.trim_start();
    }
    tokens
}

struct Parser<'a> {
    text: &'a str,
    place: Place,
    tokens: Vec<Token>,
}

/// The tree of one expression, without its braces.
pub fn parse(text: &str, place: Place) -> Node {
    let mut tokens = tokens(text);
    tokens.reverse();
    let mut parser = Parser { text, place, tokens };
    let node = parser.binary(0);
    assert!(parser.tokens.is_empty(), "something is left over: {text}");
    node
}

impl Parser<'_> {
    fn sign(&mut self, sign: &'static str) -> bool {
        let found = self.tokens.last() == Some(&Token::Sign(sign));
        if found {
            self.tokens.pop();
        }
        found
    }

    fn needs(&mut self, sign: &'static str) {
        assert!(self.sign(sign), "`{sign}` is missing: {}", self.text);
    }

    fn binary(&mut self, level: usize) -> Node {
        let Some(signs) = OPERATORS.get(level) else { return self.unary() };
        let mut node = self.binary(level + 1);
        while let Some(sign) = signs.iter().find(|it| self.sign(it)) {
            node = Node::Binary(Box::new(node), sign, Box::new(self.binary(level + 1)));
        }
        node
    }

    fn unary(&mut self) -> Node {
        if self.sign("!") { Node::Not(Box::new(self.unary())) } else { self.postfix() }
    }

    fn postfix(&mut self) -> Node {
        let mut node = self.primary();
        loop {
            if self.sign(".") {
                node = match self.tokens.pop() {
                    Some(Token::Name(name)) => Node::Property(Box::new(node), name),
                    Some(Token::Sign("*")) => Node::Each(Box::new(node)),
                    other => panic!("{other:?} is no property: {}", self.text),
                };
            } else if self.sign("[") {
                node = match self.sign("*") {
                    true => Node::Each(Box::new(node)),
                    false => Node::Index(Box::new(node), Box::new(self.binary(0))),
                };
                self.needs("]");
            } else {
                return node;
            }
        }
    }

    fn primary(&mut self) -> Node {
        match self.tokens.pop() {
            Some(Token::Text(text)) => Node::Literal(Value::Text(text)),
            Some(Token::Number(number)) => Node::Literal(Value::Number(number)),
            Some(Token::Sign("(")) => {
                let node = self.binary(0);
                self.needs(")");
                node
            }
            Some(Token::Name(name)) if self.sign("(") => self.call(&name),
            Some(Token::Name(name)) => match name.as_str() {
                "true" | "false" => Node::Literal(Value::Bool(name == "true")),
                "null" => Node::Literal(Value::Null),
                "NaN" => Node::Literal(Value::Number(f64::NAN)),
                "Infinity" => Node::Literal(Value::Number(f64::INFINITY)),
                _ => {
                    let context = self.place.contexts.iter().find(|it| same(it, &name));
                    let context = context.unwrap_or_else(|| {
                        panic!("unrecognized named-value `{name}` in {}: {}", self.place.name, self.text)
                    });
                    Node::Context((*context).to_owned())
                }
            },
            other => panic!("{other:?} is no value: {}", self.text),
        }
    }

    fn call(&mut self, name: &str) -> Node {
        let found = FUNCTIONS.iter().position(|it| same(it.0, name));
        let at = found.unwrap_or_else(|| panic!("no function `{name}` is emulated: {}", self.text));
        let (name, least, most) = FUNCTIONS[at];
        assert!(at >= OF_STATE || self.place.state, "`{name}` in {}: {}", self.place.name, self.text);
        let mut arguments = Vec::new();
        if !self.sign(")") {
            arguments.push(self.binary(0));
            while self.sign(",") {
                arguments.push(self.binary(0));
            }
            self.needs(")");
        }
        assert!((least..=most).contains(&arguments.len()), "arguments of `{name}`: {}", self.text);
        Node::Call(name, arguments)
    }
}

impl Node {
    fn children(&self) -> Vec<&Self> {
        match self {
            Self::Literal(_) | Self::Context(_) => Vec::new(),
            Self::Property(of, _) | Self::Each(of) | Self::Not(of) => vec![of],
            Self::Index(one, other) | Self::Binary(one, _, other) => vec![one, other],
            Self::Call(_, arguments) => arguments.iter().collect(),
        }
    }

    /// A condition that asks for no state is one that asks for success besides.
    pub fn asks_for_state(&self) -> bool {
        let asks = |name| FUNCTIONS[..OF_STATE].iter().any(|it| it.0 == name);
        matches!(self, Self::Call(name, _) if asks(*name))
            || self.children().iter().any(|it| it.asks_for_state())
    }

    /// `github.event.number`, where it is a plain path from a context.
    pub fn path(&self) -> Option<Vec<String>> {
        let longer = |of: &Self, name: &str| {
            let mut path = of.path()?;
            path.push(name.to_owned());
            Some(path)
        };
        match self {
            Self::Context(name) => Some(vec![name.clone()]),
            Self::Property(of, name) => longer(of, name),
            Self::Each(of) => longer(of, "*"),
            Self::Index(of, index) => match &**index {
                Self::Literal(value) => longer(of, &value.to_text()),
                _ => longer(of, "*"),
            },
            _ => None,
        }
    }

    /// Every path that it reads, the longest of each.
    pub fn paths(&self) -> Vec<Vec<String>> {
        match (self.path(), self) {
            (Some(path), _) => {
                let mut paths = vec![path];
                let mut node = self;
                while let Self::Index(of, _) | Self::Property(of, _) | Self::Each(of) = node {
                    if let Self::Index(_, index) = node {
                        paths.extend(index.paths());
                    }
                    node = of;
                }
                paths
            }
            (None, _) => self.children().into_iter().flat_map(Self::paths).collect(),
        }
    }
}

/// A text of a workflow: what stands between the expressions, and the expressions.
pub enum Piece {
    Plain(String),
    Expression(String),
}

pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${{") {
        let mut quoted = false;
        let inside = &rest[start + 3..];
        let end = inside
            .char_indices()
            .find(|(at, it)| {
                quoted ^= *it == '\'';
                !quoted && inside[*at..].starts_with("}}")
            })
            .unwrap_or_else(|| panic!("an expression is not closed: {text}"))
            .0;
        if start > 0 {
            pieces.push(Piece::Plain(rest[..start].to_owned()));
        }
        pieces.push(Piece::Expression(inside[..end].to_owned()));
        rest = &inside[end + 2..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest.to_owned()));
    }
    pieces
}

/// The expression of an `if`, which needs no braces. With text around the braces it would always be true.
pub fn condition(text: &str, place: Place) -> Node {
    let mut pieces = pieces(text.trim());
    let expression = match (pieces.len(), pieces.first_mut()) {
        (1, Some(Piece::Expression(it) | Piece::Plain(it))) => mem::take(it),
        _ => panic!("an `if` with text around an expression is always true: {text}"),
    };
    parse(&expression, place)
}
