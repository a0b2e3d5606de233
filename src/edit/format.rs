//! A file in the one form that `dialform fmt` writes, which is that of `prettier`: values, comments and order stay.

use crate::{
    emit,
    load::{
        Tree,
        layout::{Comment, Layout, Part, Shape},
    },
};
use std::collections::VecDeque;

/// The longest line on which a map or a list stays.
const WIDTH: usize = 80;

/// Why a file is left as it is.
pub const UNSAFE: &str = "its form cannot be changed without changing what it says";

/// The text of a file in that form; `None` for one that cannot be read. An error where the form would say something else.
pub fn format(name: &str, text: &str) -> Option<Result<String, &'static str>> {
    let before = Tree::parse(name, text).ok()?;
    let layout = Layout::read(name, text)?;
    let new = write(&layout);
    let is_same = Tree::parse(name, &new).is_ok_and(|after| before.root().says_as(after.root()));
    let texts = |layout: &Layout| {
        let mut texts: Vec<String> = layout.comments.iter().map(|it| it.text.clone()).collect();
        texts.sort();
        texts
    };
    let again = Layout::read(name, &new);
    let is_stable = again.as_ref().is_some_and(|again| texts(again) == texts(&layout) && write(again) == new);
    Some(if is_same && is_stable { Ok(new) } else { Err(UNSAFE) })
}

/// A file as it is laid out, in that form.
pub(super) fn write(layout: &Layout) -> String {
    let mut writer =
        Writer { out: String::new(), comments: layout.comments.iter().cloned().collect(), last_line: 0 };
    if layout.marker {
        writer.comments_before(marker_line(layout), 0, 0);
        writer.out.push_str("---\n");
        writer.last_line = marker_line(layout);
    }
    writer.block(&layout.root, 0, false);
    writer.comments_before(usize::MAX, 0, 0);
    writer.out
}

/// The marker stands above what follows it; only comments stand above it.
fn marker_line(layout: &Layout) -> usize {
    layout.root.first_line.saturating_sub(1)
}

struct Writer {
    out: String,
    /// Those that are not written yet.
    comments: VecDeque<Comment>,
    /// The line of the file of what was written last.
    last_line: usize,
}

impl Writer {
    /// The comments above a line, and the blank line that was there.
    fn comments_before(&mut self, line: usize, indent: usize, column: usize) {
        while let Some(comment) = self.comments.pop_front_if(|it| it.line < line) {
            self.blank_before(comment.line);
            // One that stands further in belongs to what is above it.
            let deeper = comment.column > column && line != usize::MAX;
            let at =
                if line == usize::MAX { comment.column.min(2) } else { indent + 2 * usize::from(deeper) };
            self.out.push_str(&" ".repeat(at));
            self.out.push_str(&comment.text);
            self.out.push('\n');
            self.last_line = comment.line;
        }
        if line != usize::MAX {
            self.blank_before(line);
        }
    }

    /// One blank line where there were some, but not at the beginning of a block.
    fn blank_before(&mut self, line: usize) {
        let begins = self.out.is_empty() || self.out.trim_end().ends_with(':');
        if line > self.last_line + 1 && !begins && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// The comment behind what ends on a line.
    fn end_line(&mut self, line: usize) {
        if let Some(comment) = self.comments.pop_front_if(|it| it.line == line && !it.alone) {
            self.out.push(' ');
            self.out.push_str(&comment.text);
        }
        self.out.push('\n');
        self.last_line = line;
    }

    /// A map or a list, entry by entry. `begun`: the first one stands behind a dash.
    fn block(&mut self, part: &Part, indent: usize, begun: bool) {
        match &part.shape {
            Shape::Map { entries, .. } => {
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 || !begun {
                        self.comments_before(key.first_line, indent, key.column);
                        self.out.push_str(&" ".repeat(indent));
                    }
                    self.entry(key, value, indent);
                }
            }
            Shape::Seq { items, .. } => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 || !begun {
                        self.comments_before(item.first_line, indent, item.column.saturating_sub(2));
                        self.out.push_str(&" ".repeat(indent));
                    }
                    self.out.push_str("- ");
                    self.value(item, item.first_line, indent + 2, true);
                }
            }
            _ => {}
        }
    }

    fn entry(&mut self, key: &Part, value: &Part, indent: usize) {
        let start = self.out.len();
        self.out.push_str(&anchored(key, flow(key)));
        self.out.push(':');
        // How far the value is from the beginning of its line, behind the key and a blank.
        let taken = indent + self.out[start..].chars().count();
        if matches!(&value.shape, Shape::Plain(text) if text.is_empty()) && value.anchor.is_none() {
            return self.end_line(key.last_line);
        }
        let line = key.last_line;
        if self.on_one_line(value, taken + 1) {
            self.out.push(' ');
        } else if let Some(anchor) = &value.anchor {
            self.out.push_str(&format!(" &{anchor}"));
        }
        self.value_behind(value, line, indent, taken + 1);
    }

    /// A value behind its key: on its line, or as a block below.
    fn value_behind(&mut self, value: &Part, line: usize, indent: usize, taken: usize) {
        if self.on_one_line(value, taken) {
            self.out.push_str(&anchored(value, flow(value)));
            return self.end_line(value.last_line);
        }
        self.end_line(line);
        self.block(value, indent + 2, false);
    }

    /// An item behind its dash.
    fn value(&mut self, item: &Part, line: usize, indent: usize, begun: bool) {
        if self.on_one_line(item, indent) {
            self.out.push_str(&anchored(item, flow(item)));
            return self.end_line(item.last_line);
        }
        match &item.anchor {
            Some(anchor) => {
                self.out.push_str(&format!("&{anchor}"));
                self.end_line(line);
                self.block(item, indent, false);
            }
            None => self.block(item, indent, begun),
        }
    }

    /// Whether a value is put on one line of which so much is taken: it was, it fits, and no comment is inside of it.
    fn on_one_line(&self, value: &Part, taken: usize) -> bool {
        let nested = match &value.shape {
            Shape::Map { flow, entries } => Some(*flow || entries.is_empty()),
            Shape::Seq { flow, items } => Some(*flow || items.is_empty()),
            _ => None,
        };
        let inside = |it: &Comment| it.line >= value.first_line && it.line < value.last_line;
        let is_empty = matches!(&value.shape, Shape::Map { entries, .. } if entries.is_empty())
            || matches!(&value.shape, Shape::Seq { items, .. } if items.is_empty());
        match nested {
            None => true,
            Some(flow_style) => {
                let text = anchored(value, flow(value));
                let fits = is_empty || taken + text.chars().count() <= WIDTH;
                flow_style && fits && !self.comments.iter().any(inside)
            }
        }
    }
}

fn anchored(part: &Part, text: String) -> String {
    match &part.anchor {
        Some(anchor) if text.is_empty() => format!("&{anchor}"),
        Some(anchor) => format!("&{anchor} {text}"),
        None => text,
    }
}

/// A part on one line.
fn flow(part: &Part) -> String {
    let inner = |part: &Part| anchored(part, flow(part));
    match &part.shape {
        Shape::Alias(text) => text.clone(),
        Shape::Plain(text) if means_itself(text) => text.clone(),
        // What a reader of YAML 1.1 takes for something else: `off`, a date, `12:30`, `+1…`.
        Shape::Plain(text) => emit::text(text),
        Shape::Quoted(text) => emit::quoted(text),
        Shape::Text(text) => emit::text(text),
        Shape::Map { entries, .. } if entries.is_empty() => "{}".to_owned(),
        Shape::Map { entries, .. } => {
            let pair = |(key, value): &(Part, Part)| {
                let value = inner(value);
                if value.is_empty() { format!("{}:", inner(key)) } else { format!("{}: {value}", inner(key)) }
            };
            format!("{{ {} }}", entries.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
        Shape::Seq { items, .. } => format!("[{}]", items.iter().map(inner).collect::<Vec<_>>().join(", ")),
    }
}

/// What is no text without quotes, to every reader: nothing, a switch, a number; and the key that merges.
fn means_itself(text: &str) -> bool {
    let is_number =
        |text: &str| text.parse::<f64>().is_ok() && (text == "0" || !text.starts_with(['0', '+']));
    matches!(text, "" | "~" | "null" | "Null" | "NULL" | "true" | "false" | "<<") || is_number(text)
}
