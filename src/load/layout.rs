//! How a file is written: its values as they stand there, and its comments.

use super::{Tree, parse::bytes_of, source::Source, span::Span};
use crate::path::{Path, Segment};
use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle};
use std::collections::{BTreeMap, BTreeSet};

/// The keys whose value is the name of an element of a list, whatever comes before it.
const NAMES: [&str; 5] = ["when", "extension", "number", "device", "agent"];

/// No value that means anything is further in.
const DEEPEST: usize = 24;

/// A file that can be read, as it is written.
#[derive(Debug)]
pub struct Layout {
    pub root: Part,
    /// In the order of the file.
    pub comments: Vec<Comment>,
    /// Whether it begins with `---`.
    pub marker: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// With its `#`.
    pub text: String,
    pub line: usize,
    /// In characters, from 0.
    pub column: usize,
    /// Whether nothing stands before it on its line.
    pub alone: bool,
}

/// A value, or a key.
#[derive(Debug)]
pub struct Part {
    /// The name of its anchor.
    pub anchor: Option<String>,
    pub first_line: usize,
    pub last_line: usize,
    /// In characters, from 0.
    pub column: usize,
    pub shape: Shape,
}

#[derive(Debug)]
pub enum Shape {
    /// Without quotes, on one line; empty where there is no value.
    Plain(String),
    /// With quotes, on one line.
    Quoted(String),
    /// Text in another form, or over several lines: what it says.
    Text(String),
    Alias(String),
    Map {
        flow: bool,
        entries: Vec<(Part, Part)>,
    },
    Seq {
        flow: bool,
        items: Vec<Part>,
    },
}

impl Layout {
    /// `None` for a file that has something wrong with it.
    pub fn read(name: &str, text: &str) -> Option<Self> {
        // What is wrong in a file is found there, and said.
        Tree::parse(name, text).ok()?;
        let source = Source::new(name, text);
        let mut options = Options::default();
        options.set_emit_comments(true);
        options.emit_anchor_events = true;
        let mut builder =
            Builder { source: &source, open: Vec::new(), root: None, comments: Vec::new(), marker: false };
        for event in Parser::new_from_str_with_options(source.text(), options) {
            let (event, span) = event.ok()?;
            builder.event(event, bytes_of(&span))?;
        }
        let Builder { root, mut comments, marker, .. } = builder;
        comments.sort_by_key(|comment| (comment.line, comment.column));
        Some(Self { root: root?, comments, marker })
    }

    /// The paths of all that begins on a line, also by each alias of it. An entry of a list is known by what it says, wherever
    /// in the list it is.
    pub fn begins_on(&self, line: usize) -> BTreeSet<Path> {
        let mut found = BTreeSet::new();
        let mut anchors = BTreeMap::new();
        self.root.anchors(&mut anchors);
        self.root.begins_on(line, &Path::default(), &anchors, &mut found);
        found
    }
}

struct Builder<'a> {
    source: &'a Source,
    open: Vec<Part>,
    root: Option<Part>,
    comments: Vec<Comment>,
    marker: bool,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Option<()> {
        match event {
            Event::DocumentStart(explicit, _) => self.marker = explicit,
            Event::Comment(..) => {
                let (line, column) = self.at(span.start());
                let start = self.source.line(line).start();
                let alone = self.source.slice(Span::new(start, span.start())).trim().is_empty();
                let text = self.source.slice(span).trim_end().to_owned();
                self.comments.push(Comment { text, line, column, alone });
            }
            Event::Scalar(text, style, ..) => {
                let raw = self.source.slice(span);
                let shape = match style {
                    _ if raw.contains(['\n', '\r']) => Shape::Text(text.into_owned()),
                    ScalarStyle::Plain => Shape::Plain(raw.to_owned()),
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Shape::Quoted(raw.to_owned()),
                    _ => Shape::Text(text.into_owned()),
                };
                let part = self.part(span, shape);
                self.add(part)?;
            }
            Event::Alias(_) => {
                let name = self.source.slice(span).to_owned();
                let part = self.part(span, Shape::Alias(name));
                self.add(part)?;
            }
            Event::Anchor(_, name) => self.last()?.anchor = Some(name.into_owned()),
            Event::SequenceStart(style, ..) => {
                let part =
                    self.part(span, Shape::Seq { flow: style == StructureStyle::Flow, items: Vec::new() });
                self.open.push(part);
            }
            Event::MappingStart(style, ..) => {
                let part =
                    self.part(span, Shape::Map { flow: style == StructureStyle::Flow, entries: Vec::new() });
                self.open.push(part);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let mut part = self.open.pop()?;
                let last = match &part.shape {
                    Shape::Map { flow: true, .. } | Shape::Seq { flow: true, .. } => {
                        Some(self.at(span.end().saturating_sub(1)).0)
                    }
                    Shape::Map { entries, .. } => entries.last().map(|(_, value)| value.last_line),
                    Shape::Seq { items, .. } => items.last().map(|item| item.last_line),
                    _ => None,
                };
                part.last_line = last.unwrap_or(part.last_line);
                self.add(part)?;
            }
            _ => {}
        }
        Some(())
    }

    /// Line and column of a byte.
    fn at(&self, at: usize) -> (usize, usize) {
        let line = self.source.line_number(at);
        let start = self.source.line(line).start();
        (line, self.source.slice(Span::new(start.min(at), at)).chars().count())
    }

    fn part(&self, span: Span, shape: Shape) -> Part {
        let (first_line, column) = self.at(span.start());
        let text = self.source.slice(span).trim_end();
        let (last_line, _) = self.at((span.start() + text.len()).saturating_sub(1).max(span.start()));
        Part { anchor: None, first_line, last_line, column, shape }
    }

    /// The part that an anchor is about: the one that was just opened, or just added.
    fn last(&mut self) -> Option<&mut Part> {
        let Some(open) = self.open.last_mut() else { return self.root.as_mut() };
        let is_new = match &open.shape {
            Shape::Map { entries, .. } => entries.is_empty(),
            Shape::Seq { items, .. } => items.is_empty(),
            _ => false,
        };
        if is_new {
            return self.open.last_mut();
        }
        match &mut self.open.last_mut()?.shape {
            Shape::Map { entries, .. } => {
                entries.last_mut().map(|(key, value)| if value.is_missing() { key } else { value })
            }
            Shape::Seq { items, .. } => items.last_mut(),
            _ => None,
        }
    }

    fn add(&mut self, part: Part) -> Option<()> {
        match self.open.last_mut() {
            None => self.root = Some(part),
            Some(Part { shape: Shape::Seq { items, .. }, .. }) => items.push(part),
            Some(Part { shape: Shape::Map { entries, .. }, .. }) => match entries.last_mut() {
                Some((_, value)) if value.is_missing() => *value = part,
                _ => {
                    let missing = Part { shape: Shape::Alias(String::new()), ..part.beside() };
                    entries.push((part, missing));
                }
            },
            Some(_) => return None,
        }
        Some(())
    }
}

impl Part {
    /// The parts that have an anchor, by its name.
    fn anchors<'a>(&'a self, found: &mut BTreeMap<&'a str, &'a Self>) {
        if let Some(name) = &self.anchor {
            found.insert(name, self);
        }
        match &self.shape {
            Shape::Map { entries, .. } => entries.iter().for_each(|(_, value)| value.anchors(found)),
            Shape::Seq { items, .. } => items.iter().for_each(|item| item.anchors(found)),
            _ => {}
        }
    }

    fn begins_on(&self, line: usize, at: &Path, anchors: &BTreeMap<&str, &Self>, found: &mut BTreeSet<Path>) {
        let mut each = |first: &Self, value: &Self, segment: Segment| {
            let path = at.join(segment);
            // An alias stands elsewhere than what it brings in.
            let may_hold = !anchors.is_empty() || (value.first_line <= line && line <= value.last_line);
            if may_hold && path.len() < DEEPEST {
                value.begins_on(line, &path, anchors, found);
            }
            if first.first_line == line {
                found.insert(path);
            }
        };
        match &self.shape {
            Shape::Map { entries, .. } => {
                entries.iter().for_each(|(key, value)| each(key, value, Segment::key(key.says())));
            }
            Shape::Seq { items, .. } => {
                for item in items {
                    let name = item.says();
                    // Two of one name are told apart by all that is in them.
                    let is_alone = items.iter().filter(|it| it.says() == name).count() == 1;
                    let name = if is_alone { name.to_owned() } else { item.says_all() };
                    each(item, item, Segment::element(name));
                }
            }
            Shape::Alias(name) => {
                if let Some(part) = anchors.get(name.trim_start_matches('*')) {
                    part.begins_on(line, at, anchors, found);
                }
            }
            Shape::Plain(_) | Shape::Quoted(_) | Shape::Text(_) => {}
        }
    }

    /// What tells it from its neighbours: a text, what an element has for a name, or the first that is in it.
    fn says(&self) -> &str {
        match &self.shape {
            Shape::Quoted(text) => text.trim_matches(['"', '\'']),
            Shape::Plain(text) | Shape::Text(text) | Shape::Alias(text) => text,
            Shape::Map { entries, .. } => {
                let named = NAMES.iter().find_map(|name| entries.iter().find(|(key, _)| key.says() == *name));
                named.or(entries.first()).map_or("", |(_, value)| value.says())
            }
            Shape::Seq { items, .. } => items.first().map_or("", Self::says),
        }
    }

    /// All that is in it, however it is laid out.
    fn says_all(&self) -> String {
        match &self.shape {
            Shape::Map { entries, .. } => {
                let all = entries.iter().map(|(key, value)| format!("{}: {}", key.says(), value.says_all()));
                format!("{{{}}}", all.collect::<Vec<_>>().join(", "))
            }
            Shape::Seq { items, .. } => {
                format!("[{}]", items.iter().map(Self::says_all).collect::<Vec<_>>().join(", "))
            }
            _ => format!("{:?}", self.says()),
        }
    }

    /// A key whose value has not been read yet.
    fn is_missing(&self) -> bool {
        matches!(&self.shape, Shape::Alias(name) if name.is_empty())
    }

    fn beside(&self) -> Self {
        let (first_line, last_line, column) = (self.first_line, self.last_line, self.column);
        Self { anchor: None, first_line, last_line, column, shape: Shape::Plain(String::new()) }
    }
}
