//! Builds a [`Tree`] from parser events.
//!
//! One pass, without recursion: depth, size and what aliases unfold to are bounded here, so that everything
//! after this may recurse over the tree.

use std::collections::HashMap;
use std::ops::ControlFlow;

use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle};

use super::anchors::{Anchors, Unfolded, too_many};
use super::entries::Entries;
use super::scalar::Text;
use super::source::{Collector, Source};
use super::span::Span;
use super::syntax::{self, MAX_DEPTH, too_deep};
use super::tree::{Node, Tree, Value};
use crate::finding::Finding;
use crate::text::first_hidden;

const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;
/// Lists and maps of one file. Each takes far more memory than the two bytes that it may be written with.
const MAX_OPENED: usize = 300_000;

/// How a file begins in whose place Git LFS has put a pointer.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

impl Tree {
    /// Reads a file; on an error all syntax-level findings are returned in file order.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Finding>> {
        if text.len() > MAX_FILE_BYTES {
            return Err(vec![too_large_file(file)]);
        }
        let source = Source::new(file, text);
        let mut builder = Builder::new(&source);
        for event in Parser::new_from_str_with_options(source.text(), options()) {
            let flow = match event {
                Ok((event, span)) => builder.event(event, &span),
                Err(error) => {
                    let (span, finding) =
                        syntax::explain(&source, &error, builder.open_bracket(), builder.read_to);
                    builder.stop(span, finding)
                }
            };
            if flow.is_break() {
                break;
            }
        }
        let root = builder.finish()?;
        Ok(Self::new(source, root))
    }

    /// Like [`Tree::parse`], for bytes that may not be UTF-8.
    pub fn parse_bytes(file: &str, bytes: &[u8]) -> Result<Self, Vec<Finding>> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(vec![too_large_file(file)]);
        }
        if bytes.starts_with(LFS_POINTER) {
            let finding =
                Finding::error("lfs-pointer", "Git LFS holds this file, and here is only a pointer to it");
            let place = Source::new(file, &String::from_utf8_lossy(bytes)).place(Span::new(0, 0));
            return Err(vec![finding.help("`git lfs pull` brings it").at(place)]);
        }
        let error = match std::str::from_utf8(bytes) {
            Ok(text) => return Self::parse(file, text),
            Err(error) => error,
        };
        let source = Source::new(file, &String::from_utf8_lossy(bytes));
        let message = match bytes {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "this file is UTF-16, not UTF-8",
            _ => "this is not UTF-8 text",
        };
        let finding = Finding::error("encoding", message).help("save the file as UTF-8");
        Err(vec![finding.at(source.place(Span::new(error.valid_up_to(), error.valid_up_to())))])
    }
}

fn options() -> Options {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.emit_unresolved_aliases = true;
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    options
}

fn too_large_file(file: &str) -> Finding {
    // The text is not looked at, so there is no line to show.
    Finding::error("too-large", format!("`{file}` is larger than {} MiB", MAX_FILE_BYTES >> 20))
        .help("split it into several files")
}

/// A map or list whose end has not been read yet.
struct Frame {
    span: Span,
    /// The opening bracket, for `[…]` and `{…}`.
    bracket: Option<char>,
    anchor: usize,
    content: Content,
}

enum Content {
    Map { entries: Vec<(Node, Node)>, key: Option<Node> },
    Seq(Vec<Node>),
}

struct Builder<'a> {
    source: &'a Source,
    findings: Collector<'a>,
    frames: Vec<Frame>,
    root: Option<Node>,
    documents: usize,
    /// Lists and maps so far.
    opened: usize,
    anchors: Anchors,
    /// End of the last thing read.
    read_to: usize,
    /// Whether there is a tab anywhere.
    has_tabs: bool,
}

impl<'a> Builder<'a> {
    fn new(source: &'a Source) -> Self {
        Self {
            source,
            findings: Collector::new(source),
            frames: Vec::new(),
            root: None,
            documents: 0,
            opened: 0,
            anchors: Anchors::default(),
            read_to: 0,
            has_tabs: source.text().contains('\t'),
        }
    }

    fn stop(&mut self, span: Span, finding: Finding) -> ControlFlow<()> {
        self.findings.push(span, finding);
        ControlFlow::Break(())
    }

    fn open_bracket(&self) -> Option<(Span, char)> {
        self.frames.last().and_then(|frame| Some((frame.span, frame.bracket?)))
    }

    fn event(&mut self, event: Event<'_>, at: &granit_parser::Span) -> ControlFlow<()> {
        let span = bytes_of(at);
        if let Event::Scalar(_, _, _, Some(tag))
        | Event::SequenceStart(_, _, Some(tag))
        | Event::MappingStart(_, _, Some(tag)) = &event
        {
            let place = at.tag_span().map_or(span, |tag| bytes_of(&tag));
            let finding = match self.source.slice(place) {
                "" => Finding::error("tag", format!("tags such as `{tag}` are not supported")),
                written => Finding::error("tag", format!("tags such as `{written}` are not supported"))
                    .help(format!("leave the tag out, or quote the text if it starts with `{written}`")),
            };
            self.findings.push(place, finding);
        }
        let flow = match event {
            Event::DocumentStart(..) => self.document(span),
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                // The parser reports an absent value as `~`, told apart by its empty span.
                let absent = plain && span.start() == span.end();
                let text = if absent { "" } else { &*text };
                // Between its quotes, if it has some.
                let inner =
                    if plain { (span.start(), span.end()) } else { (span.start() + 1, span.end() - 1) };
                let kept = Text::of(self.source.shared_text(), inner, text);
                let span = if absent { self.dash(span) } else { span };
                if let Some(hidden) = first_hidden(text) {
                    let message =
                        format!("this text holds the invisible character U+{:04X}", u32::from(hidden));
                    let finding = Finding::error("hidden-character", message);
                    self.findings.push(span, finding.help("remove it: the text is not what it looks like"));
                }
                self.complete(Node::new(span, Value::Scalar { text: kept, plain }), anchor)
            }
            Event::SequenceStart(style, anchor, _) => {
                self.open(span, style, anchor, Content::Seq(Vec::new()))
            }
            Event::MappingStart(style, anchor, _) => {
                self.open(span, style, anchor, Content::Map { entries: Vec::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                let finding = Finding::error(
                    "unknown-alias",
                    format!("there is no anchor `&{name}` above this `*{name}`"),
                )
                .help(format!("quote star codes: \"*{name}\""));
                self.findings.push(span, finding);
                self.add(Node::new(span, Value::Scalar { text: format!("*{name}").into(), plain: false }));
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Continue(()),
        };
        self.read_to = span.end().max(self.read_to);
        if self.findings.is_full() { ControlFlow::Break(()) } else { flow }
    }

    fn document(&mut self, span: Span) -> ControlFlow<()> {
        self.documents += 1;
        if self.documents == 1 {
            return ControlFlow::Continue(());
        }
        let finding = Finding::error("several-documents", "a second document starts here")
            .help("keep one document per file: move what follows into a file of its own");
        self.stop(span, finding)
    }

    fn open(
        &mut self,
        span: Span,
        style: StructureStyle,
        anchor: usize,
        content: Content,
    ) -> ControlFlow<()> {
        if self.frames.len() >= MAX_DEPTH {
            return self.stop(span, too_deep());
        }
        self.opened += 1;
        if self.opened > MAX_OPENED {
            let finding =
                Finding::error("too-large", format!("more than {MAX_OPENED} lists and maps in one file"));
            return self.stop(span, finding.help("split it into files of one tenant each"));
        }
        let text = self.source.text();
        let bracket = match style {
            StructureStyle::Flow => text.get(span.start()..).and_then(|rest| rest.chars().next()),
            StructureStyle::Block => None,
        };
        let mut span = span;
        if style == StructureStyle::Block && matches!(content, Content::Seq(_)) {
            // In a list that is not indented the parser marks the first item instead of its dash.
            let before = text.get(..span.start()).unwrap_or_default().trim_end_matches([' ', '\t']);
            if !source_dash(text, span.start()) && before.ends_with('-') {
                span = Span::new(before.len() - 1, span.end());
            }
        }
        if style == StructureStyle::Block {
            self.refuse_tab_before(span);
        }
        self.frames.push(Frame { span, bracket: bracket.filter(|c| "[{".contains(*c)), anchor, content });
        ControlFlow::Continue(())
    }

    /// Where an absent value is shown: at the dash of its list item, for behind that is nothing to point at.
    fn dash(&self, absent: Span) -> Span {
        if !matches!(self.frames.last(), Some(Frame { bracket: None, content: Content::Seq(_), .. })) {
            return absent;
        }
        let mut start = self.read_to;
        for line in self.source.slice(Span::new(self.read_to, absent.start())).split_inclusive('\n') {
            // Anything but a dash is the rest of the item before, or a comment.
            if line.trim_start().starts_with('-') {
                let dash = start + line.len() - line.trim_start().len();
                return Span::new(dash, dash + 1);
            }
            start += line.len();
        }
        absent
    }

    /// Some tabs pass as indentation when they follow spaces; how far they indent is anyone's guess.
    fn refuse_tab_before(&mut self, span: Span) {
        if !self.has_tabs {
            return;
        }
        let line = self.source.line(self.source.line_number(span.start()));
        let before = self.source.slice(Span::new(line.start(), span.start()));
        if before.contains('\t') && before.trim().is_empty() {
            let (span, finding) = syntax::tab(line.start() + before.find('\t').unwrap_or_default());
            self.findings.push(span, finding);
        }
    }

    fn close(&mut self, end: Span) -> ControlFlow<()> {
        let Some(frame) = self.frames.pop() else { return ControlFlow::Continue(()) };
        // The end of a block is only noticed at the next token, so its last child is the better measure.
        let last = match &frame.content {
            Content::Map { entries, .. } => entries.last().map(|(_, value)| value.span.end()),
            Content::Seq(items) => items.last().map(|item| item.span.end()),
        };
        let end = if frame.bracket.is_some() { end.end() } else { last.unwrap_or(frame.span.start()) };
        let span = Span::new(frame.span.start(), end.max(frame.span.start()));
        let value = match frame.content {
            Content::Map { entries, .. } => {
                if frame.bracket.is_none() {
                    entries.iter().for_each(|(key, _)| self.refuse_tab_before(key.span));
                }
                Value::Map(self.settle(entries).into())
            }
            Content::Seq(items) => Value::Seq(items.into()),
        };
        self.complete(Node::new(span, value), frame.anchor)
    }

    /// Remembers a node under its anchor, if it has one, and puts it where it belongs.
    fn complete(&mut self, node: Node, anchor: usize) -> ControlFlow<()> {
        if anchor != 0 && !self.anchors.define(anchor, &node) {
            return self.stop(node.span, too_many());
        }
        self.add(node);
        ControlFlow::Continue(())
    }

    fn alias(&mut self, id: usize, span: Span) -> ControlFlow<()> {
        match self.anchors.unfold(id) {
            Unfolded::Node(node, height) if self.frames.len() + height <= MAX_DEPTH => self.add(node),
            Unfolded::Node(..) => return self.stop(span, too_deep()),
            Unfolded::TooMany => return self.stop(span, too_many()),
            Unfolded::Unfinished => {
                let finding =
                    Finding::error("recursive-alias", "this alias is inside the value it stands for")
                        .help("write out the value instead of the alias");
                self.findings.push(span, finding);
                self.add(Node::new(span, Value::Map(Entries::default())));
            }
        }
        ControlFlow::Continue(())
    }

    fn add(&mut self, node: Node) {
        match self.frames.last_mut().map(|frame| &mut frame.content) {
            None => self.root = self.root.take().or(Some(node)),
            Some(Content::Seq(items)) => items.push(node),
            Some(Content::Map { entries, key }) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => *key = Some(node),
            },
        }
    }

    /// Checks the keys of a map and resolves its merge key.
    fn settle(&mut self, entries: Vec<(Node, Node)>) -> Vec<(Node, Node)> {
        let mut seen = Keys::with_capacity(entries.len());
        let mut own = Vec::with_capacity(entries.len());
        let mut merged = None;
        for (key, value) in entries {
            if self.findings.is_full() {
                break;
            }
            let Value::Scalar { text, plain } = &key.value else {
                let finding = Finding::error(
                    "wrong-type",
                    format!("expected text as a key, found {}", key.kind_name()),
                );
                self.findings.push(key.span, finding.help("keys are words, numbers or quoted text"));
                continue;
            };
            if let Some(first) = seen.get(text) {
                let line = self.source.line_number(first);
                let finding = Finding::error(
                    "duplicate-key",
                    format!("key `{}` is already set on line {line}", syntax::short(text)),
                );
                self.findings.push(key.span, finding.help("keep one of the two"));
                continue;
            }
            seen.insert(text.clone(), key.span.start());
            if *plain && **text == *"<<" {
                merged = Some(value);
            } else {
                own.push((key, value));
            }
        }
        for (key, value) in merged.map(|value| self.merged_entries(value)).unwrap_or_default() {
            // Own keys win over merged ones, earlier maps of a list over later ones.
            if seen.get(key.text()).is_none() {
                seen.insert(key.text().into(), key.span.start());
                own.push((key, value));
            }
        }
        own
    }

    fn merged_entries(&mut self, value: Node) -> Vec<(Node, Node)> {
        let span = value.span;
        let sources = match value.value {
            Value::Map(entries) => return entries.into_iter().collect(),
            Value::Seq(items) => items.into(),
            Value::Scalar { .. } => vec![value],
        };
        let mut all = Vec::new();
        for source in sources {
            match source.value {
                Value::Map(entries) => all.extend(entries),
                Value::Scalar { .. } | Value::Seq(_) => {
                    let finding = Finding::error(
                        "wrong-type",
                        format!("expected a map to merge, found {}", source.kind_name()),
                    );
                    self.findings
                        .push(span, finding.help("`<<` takes `*name` or `[*one, *two]` of anchored maps"));
                }
            }
        }
        all
    }

    fn finish(mut self) -> Result<Node, Vec<Finding>> {
        if self.findings.is_empty() {
            let start = Span::default();
            match self.root.take() {
                Some(root) if matches!(root.value, Value::Map(_)) => return Ok(root),
                Some(root) if !root.is_null() => {
                    let finding =
                        Finding::error("wrong-type", format!("expected a map, found {}", root.kind_name()));
                    let help = match root.is_scalar() && root.text().contains(':') {
                        true => "put a space after the colon: `key: value`",
                        false => "a file is made of `key: value` lines",
                    };
                    self.findings.push(root.span, finding.help(help));
                }
                _ => {
                    let finding = Finding::error("empty-file", "there is nothing in this file");
                    self.findings.push(start, finding.help("remove the file, or fill it"));
                }
            }
        }
        Err(self.findings.finish())
    }
}

/// The keys of a map, each with where it stands. Most maps are small, and are searched one by one.
enum Keys {
    Few(Vec<(Text, usize)>),
    Many(HashMap<Box<str>, usize>),
}

/// So many keys are few.
const FEW: usize = 8;

impl Keys {
    fn with_capacity(count: usize) -> Self {
        if count <= FEW {
            Self::Few(Vec::with_capacity(count))
        } else {
            Self::Many(HashMap::with_capacity(count))
        }
    }

    fn get(&self, key: &str) -> Option<usize> {
        match self {
            Self::Few(keys) => keys.iter().find(|(text, _)| **text == *key).map(|(_, at)| *at),
            Self::Many(keys) => keys.get(key).copied(),
        }
    }

    fn insert(&mut self, key: Text, at: usize) {
        match self {
            Self::Few(keys) if keys.len() < FEW => keys.push((key, at)),
            Self::Few(keys) => {
                let all = keys.drain(..).chain([(key, at)]);
                *self = Self::Many(all.map(|(text, at)| ((*text).into(), at)).collect());
            }
            Self::Many(keys) => {
                keys.insert((*key).into(), at);
            }
        }
    }
}

fn source_dash(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| rest.starts_with('-') && rest[1..].starts_with([' ', '\t', '\r', '\n']))
}

pub(super) fn bytes_of(span: &granit_parser::Span) -> Span {
    span.byte_range().map_or(Span::default(), |range| Span::new(range.start, range.end))
}
