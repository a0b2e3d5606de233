//! What serde found wrong with a node: what it is, where it is, and which part of the node it is in.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Expected, Unexpected};

use super::hints::Hints;
use super::span::Span;
use super::synonyms;
use super::syntax::short;
use super::tree::{Node, Value};
use super::until;
use crate::finding::Finding;
use crate::model::{E164, UNTIL, no_destination, numbering};
use crate::path::{Path, Segment};
use crate::text::closest;

/// What went wrong, where, and which part to take out.
#[derive(Debug)]
pub(super) struct Error(Box<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    code: &'static str,
    message: String,
    help: Option<String>,
    /// The word that is none of those known at its place, which are what help is about.
    choice: Option<(String, &'static [&'static str])>,
    pub span: Option<Span>,
    /// Whether the path has its start: the node at fault.
    located: bool,
    /// Whether the finding points at the key instead of the whole map or list.
    about_whole: bool,
    /// The node at fault had something taken out, so this may be no fault of its own.
    pub is_consequence: bool,
    /// Positions from the node at fault up to the decoded one.
    pub path: Vec<usize>,
}

impl std::ops::Deref for Error {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Error {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            help: None,
            choice: None,
            span: None,
            located: false,
            about_whole: false,
            is_consequence: false,
            path: Vec::new(),
        }))
    }

    pub fn wrong_type(expected: impl fmt::Display, found: impl fmt::Display) -> Self {
        Self::new("wrong-type", format!("expected {expected}, found {found}"))
    }

    pub fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.0.help = help.into();
        self
    }

    fn choice(mut self, word: &str, known: &'static [&'static str]) -> Self {
        self.0.choice = Some((word.to_owned(), known));
        self
    }

    /// Says which node is at fault, unless something further down already did.
    pub fn at(mut self, node: &Node) -> Self {
        if !self.located {
            self.0.located = true;
            self.0.span = self.0.span.or(Some(node.span));
            self.0.is_consequence = node.incomplete;
            self.0.about_whole = !node.is_scalar() && matches!(self.code, "missing-key" | "bad-value");
        }
        self
    }

    /// Passes from an entry or item to the map or list it is in.
    pub fn inside(self, key: Option<&Node>, value: &Node, position: usize) -> Self {
        let mut error = self.at(value);
        if let Some(key) = key.filter(|_| error.about_whole && error.path.is_empty()) {
            error.0.span = Some(key.span);
        }
        error.0.path.push(position);
        error
    }

    pub fn to_finding(&self, prefix: &[Segment], node: &Node, hints: &dyn Hints) -> Finding {
        let mut path = Path::from(prefix);
        let (mut node, mut name) = (node, "");
        // An unknown key is said to be in the map around it, not in itself.
        let own = usize::from(self.code == "unknown-key");
        for position in self.path.iter().skip(own).rev() {
            match &node.value {
                Value::Map(entries) => {
                    let Some((key, value)) = entries.get(*position) else { break };
                    path.push(Segment::key(short(key.text())));
                    name = key.text();
                    node = value;
                }
                Value::Seq(items) => {
                    let Some(item) = items.get(*position) else { break };
                    path.push(Segment::Index(*position));
                    node = item;
                }
                Value::Scalar { .. } => break,
            }
        }
        let mut message = self.message.clone();
        if matches!(self.code, "unknown-key" | "missing-key") && !path.is_empty() {
            message.push_str(&format!(" in `{path}`"));
        }
        let help = match &self.choice {
            Some((word, known)) => {
                let mut taken: Vec<&str> =
                    known.iter().copied().filter(|it| hints.takes(&path, it)).collect();
                if taken.is_empty() {
                    taken = known.to_vec();
                }
                // It is taken out before anything is decoded.
                taken.extend((own == 1 && until::may_stand_in(&path)).then_some(UNTIL));
                which(word, &taken)
            }
            None => [node.text(), name]
                .into_iter()
                .find_map(|text| self.about_number(text, hints))
                .or_else(|| self.about_destination(node.text(), &path, hints))
                .or_else(|| self.help.clone()),
        };
        let finding = Finding::error(self.code, message);
        match help {
            Some(help) => finding.help(help),
            None => finding,
        }
    }

    /// The way out where this text should be a phone number.
    fn about_number(&self, text: &str, hints: &dyn Hints) -> Option<String> {
        let error = text.parse::<E164>().err()?;
        (error.message == self.message && error.help == self.help)
            .then(|| numbering::advice(text, hints.country()))
    }
}

impl Error {
    /// The way out where a number stands by itself in the place of a destination.
    fn about_destination(&self, text: &str, at: &Path, hints: &dyn Hints) -> Option<String> {
        if self.message != no_destination(text) {
            return None;
        }
        // Where numbers outside are entered first, a destination is one of those.
        let word = ["number", "receiver"].into_iter().find(|word| hints.takes(at, word))?;
        numbering::as_destination(text, word, hints.country())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new("bad-value", message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong_type(expected, describe(found))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        match found {
            // A message and the way out, as `explained` passes them.
            Unexpected::Other(message) => Self::new("bad-value", message).help(expected.to_string()),
            found => Self::new("bad-value", format!("expected {expected}, found {}", describe(found))),
        }
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new("bad-value", format!("expected {expected}, found {length}"))
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Self::new("unknown-value", format!("unknown value `{}`", short(variant))).choice(variant, known)
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::new("unknown-key", format!("unknown key `{}`", short(field))).choice(field, known)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("missing-key", format!("missing key `{field}`")).help(example_of(field).map(str::to_owned))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new("duplicate-key", format!("key `{field}` is set twice"))
            .help("keep one of the two".to_owned())
    }
}

/// What to write for a key that has to be there, where its name does not say it.
fn example_of(key: &str) -> Option<&'static str> {
    Some(match key {
        "version" => "write `version: 1`",
        "providers" => "write `providers: { NAME: { kind: KIND } }`; `dialform providers` lists the kinds",
        "kind" => "`dialform providers` lists the kinds",
        "tenants" => "write `tenants: [\"tenants/*.yaml\"]`",
        "tenant" => "write `tenant: NAME`: plans and `--tenant` call it so",
        "provider" => "write `provider: NAME`, one of those under `providers` in dialform.yaml",
        "account" => "write `account: NAME`, as the phone system calls it",
        "token" => "write `token: { env: NAME }`",
        "when" => "write `when: SCHEDULE`, or `when: default` for the rest of the time",
        "day" => "write `day: \"12-25\"`, or a range of days",
        "digits" => "write `digits: \"204\"`",
        "after" => "write the seconds that it rings before: `after: 20`",
        "enabled" => "write `enabled: false` to switch the rules off",
        _ => return None,
    })
}

fn describe(found: Unexpected<'_>) -> Cow<'static, str> {
    match found {
        Unexpected::Str(_) | Unexpected::Char(_) => "text".into(),
        Unexpected::Map | Unexpected::StructVariant => "a map".into(),
        Unexpected::Seq | Unexpected::TupleVariant => "a list".into(),
        Unexpected::Unsigned(number) => format!("`{number}`").into(),
        Unexpected::Signed(number) => format!("`{number}`").into(),
        Unexpected::Bool(flag) => format!("`{flag}`").into(),
        other => other.to_string().into(),
    }
}

/// The likely meaning of a word, else all that is known.
fn which(word: &str, known: &[&str]) -> Option<String> {
    if let Some(help) = synonyms::help(word, known) {
        return Some(help);
    }
    if let Some(meant) = closest(word, known.iter().copied()) {
        return Some(format!("did you mean `{meant}`?"));
    }
    one_of(known)
}

pub(super) fn one_of(known: &[&str]) -> Option<String> {
    match known {
        [] => None,
        ["extension", "simultaneous"] => {
            Some("write `extension`, or `{ simultaneous: { all_phones: true } }`".to_owned())
        }
        [only] => Some(format!("expected `{only}`")),
        _ => Some(format!("expected one of `{}`", known.join("`, `"))),
    }
}
