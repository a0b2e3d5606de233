//! The maps of a file in one order. Lists stay: their order means something. Comments go with what they stand above.

use super::{
    UNSAFE, format,
    order::{Order, name},
};
use crate::{
    load::layout::{Layout, Part, Shape},
    path::{Path, Segment},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// A file in one form and one order.
#[derive(Debug, PartialEq, Eq)]
pub struct Sorted {
    pub text: String,
    /// The maps that keep their order: in the other one an alias would stand above its anchor.
    pub kept: Vec<Path>,
}

/// The text of a file in that form and order; `None` for one that cannot be read. An error where it would say something else.
pub fn sorted(name: &str, text: &str, schema: &Value) -> Option<Result<Sorted, &'static str>> {
    let formed = match format(name, text)? {
        Ok(formed) => formed,
        Err(why) => return Some(Err(why)),
    };
    let order = Order::of(schema);
    let sort = |formed: &str| -> Option<Sorted> {
        let mut kept = Vec::new();
        let mut layout = Layout::read(name, formed)?;
        in_brackets(&mut layout.root, &order, &Path::default(), &mut kept);
        let flat = super::format::write(&layout);
        let layout = Layout::read(name, &flat)?;
        let mut lines = Lines { all: flat.lines().map(str::to_owned).collect(), kept };
        let sorted = lines.file(&layout, &order);
        let text = format(name, &(sorted.join("\n") + "\n"))?.ok()?;
        Some(Sorted { text, kept: lines.kept })
    };
    let same = |sorted: &Sorted| says_the_same(name, &formed, &sorted.text) == Some(true);
    let stable = |sorted: &Sorted| sort(&sorted.text).is_some_and(|again| again.text == sorted.text);
    Some(sort(&formed).filter(|it| same(it) && stable(it)).ok_or(UNSAFE))
}

/// Whether two texts have the same values and the same comments.
fn says_the_same(name: &str, one: &str, other: &str) -> Option<bool> {
    let (before, after) = (super::Tree::parse(name, one).ok()?, super::Tree::parse(name, other).ok()?);
    let comments = |text: &str| -> Option<Vec<String>> {
        let mut comments: Vec<String> =
            Layout::read(name, text)?.comments.into_iter().map(|it| it.text).collect();
        comments.sort();
        Some(comments)
    };
    Some(before.root().says_as(after.root()) && comments(one)? == comments(other)?)
}

/// The new order of a map's entries, unless it has it or has to keep its own.
fn order_of(
    entries: &[(Part, Part)],
    order: &Order<'_>,
    at: &Path,
    kept: &mut Vec<Path>,
) -> Option<Vec<usize>> {
    let new = order.sorted(entries)?;
    if new.is_sorted() {
        return None;
    }
    let names: Vec<Names> = entries.iter().map(Names::of).collect();
    let mut place = vec![0; new.len()];
    new.iter().enumerate().for_each(|(to, from)| place[*from] = to);
    for (one, defines) in names.iter().enumerate() {
        for (other, uses) in names.iter().enumerate().filter(|(other, _)| *other != one) {
            let bound =
                defines.anchors.iter().any(|it| uses.aliases.contains(it) || uses.anchors.contains(it));
            if bound && (one < other) != (place[one] < place[other]) {
                kept.push(at.clone());
                return None;
            }
        }
    }
    Some(new)
}

/// The anchors of an entry, and those that its aliases name.
#[derive(Default)]
struct Names {
    anchors: BTreeSet<String>,
    aliases: BTreeSet<String>,
}

impl Names {
    fn of((key, value): &(Part, Part)) -> Self {
        let mut names = Self::default();
        names.add(key);
        names.add(value);
        names
    }

    fn add(&mut self, part: &Part) {
        self.anchors.extend(part.anchor.clone());
        match &part.shape {
            Shape::Alias(text) => drop(self.aliases.insert(text.trim_start_matches('*').to_owned())),
            Shape::Map { entries, .. } => entries.iter().for_each(|(key, value)| {
                self.add(key);
                self.add(value);
            }),
            Shape::Seq { items, .. } => items.iter().for_each(|item| self.add(item)),
            Shape::Plain(_) | Shape::Quoted(_) | Shape::Text(_) => {}
        }
    }
}

/// Sorts the maps that stand on one line. What is sorted of them has no lines of its own.
fn in_brackets(part: &mut Part, order: &Order<'_>, at: &Path, kept: &mut Vec<Path>) {
    match &mut part.shape {
        Shape::Map { flow, entries } => {
            for (key, value) in entries.iter_mut() {
                let name = name(key);
                in_brackets(value, &order.at(&name, value), &at.join(Segment::key(&name)), kept);
            }
            if *flow
                && part.first_line == part.last_line
                && let Some(new) = order_of(entries, order, at, kept)
            {
                let mut old: Vec<Option<(Part, Part)>> = entries.drain(..).map(Some).collect();
                entries.extend(new.into_iter().filter_map(|from| old[from].take()));
            }
        }
        Shape::Seq { items, .. } => {
            for (index, item) in items.iter_mut().enumerate() {
                in_brackets(item, &order.item(item), &at.join(Segment::Index(index)), kept);
            }
        }
        Shape::Plain(_) | Shape::Quoted(_) | Shape::Text(_) | Shape::Alias(_) => {}
    }
}

/// The lines of a file in its one form: there every entry of a block begins on a line of its own.
struct Lines {
    all: Vec<String>,
    kept: Vec<Path>,
}

/// An entry with the lines that go with it.
struct Chunk {
    /// Comments and a blank line above it.
    above: Vec<String>,
    /// From its key on.
    lines: Vec<String>,
}

impl Chunk {
    fn is_apart(&self) -> bool {
        self.above.first().is_some_and(|line| line.is_empty())
    }
}

impl Lines {
    fn file(&mut self, layout: &Layout, order: &Order<'_>) -> Vec<String> {
        let first = layout.root.first_line;
        // What is said of the whole file stays at its top: with a blank line below it, or to an editor.
        let above = &self.all[..first.saturating_sub(1)];
        let blank = above.iter().rposition(|line| line.is_empty()).map_or(0, |at| at + 1);
        let marker = above.iter().rposition(|line| line == "---").map_or(0, |at| at + 1);
        let mut head = blank.max(marker);
        while above.get(head).is_some_and(|line| line.starts_with("# yaml-language-server:")) {
            head += 1;
        }
        let mut out = self.all[..head].to_vec();
        let end = self.all.len() + 1;
        out.extend(self.part(&layout.root, order, &Path::default(), [head + 1, end]));
        out
    }

    fn slice(&self, [from, to]: [usize; 2]) -> &[String] {
        self.all.get(from - 1..to.max(from) - 1).unwrap_or_default()
    }

    /// The lines of a value, from the first to before the second.
    fn part(&mut self, part: &Part, order: &Order<'_>, at: &Path, [from, to]: [usize; 2]) -> Vec<String> {
        match &part.shape {
            Shape::Map { flow: false, entries } if !entries.is_empty() => {
                self.block(entries, order, at, [from, to])
            }
            Shape::Seq { flow: false, items } => {
                let (mut out, mut done) = (Vec::new(), from);
                for (index, item) in items.iter().enumerate() {
                    out.extend_from_slice(self.slice([done, item.first_line]));
                    done = item.last_line + 1;
                    let at = at.join(Segment::Index(index));
                    out.extend(self.part(item, &order.item(item), &at, [item.first_line, done]));
                }
                out.extend_from_slice(self.slice([done, to]));
                out
            }
            _ => self.slice([from, to]).to_vec(),
        }
    }

    fn block(
        &mut self,
        entries: &[(Part, Part)],
        order: &Order<'_>,
        at: &Path,
        [from, to]: [usize; 2],
    ) -> Vec<String> {
        let is_empty = |value: &Part| matches!(&value.shape, Shape::Plain(text) if text.is_empty());
        let last =
            |(key, value): &(Part, Part)| if is_empty(value) { key.last_line } else { value.last_line };
        let column = entries[0].0.column;
        // A comment that stands further in belongs to what is above it.
        let behind = |lines: &[String]| {
            let deeper = |line: &String| {
                let text = line.trim_start();
                text.starts_with('#') && line.len() - text.len() > column
            };
            lines.iter().rposition(deeper).map_or(0, |at| at + 1)
        };
        let mut chunks = Vec::new();
        let mut begins = from;
        for (index, entry) in entries.iter().enumerate() {
            let (key, value) = entry;
            let end = last(entry) + 1;
            let next = entries.get(index + 1).map_or(to, |(key, _)| key.first_line);
            let tail = behind(self.slice([end, next]));
            let above = self.slice([begins, key.first_line]).to_vec();
            let name = name(key);
            let mut lines = self.slice([key.first_line, key.last_line + 1]).to_vec();
            let inner = order.at(&name, value);
            let at = at.join(Segment::key(&name));
            lines.extend(self.part(value, &inner, &at, [key.last_line + 1, end]));
            lines.extend_from_slice(self.slice([end, end + tail]));
            chunks.push(Chunk { above, lines });
            begins = end + tail;
        }
        let rest = self.slice([begins, to]).to_vec();
        let cut = |chunk: &Chunk| {
            let line = chunk.lines.first().map(String::as_str).unwrap_or_default();
            let at = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
            line[..at].to_owned()
        };
        let plain = chunks.iter().enumerate().all(|(index, chunk)| {
            let dash = if index == 0 { '-' } else { ' ' };
            cut(chunk).chars().all(|c| c == ' ' || c == dash)
        });
        let new = if plain { order_of(entries, order, at, &mut self.kept) } else { None };
        if let Some(new) = new {
            let dash = cut(&chunks[0]);
            let (first, to_first) = (0, new[0]);
            if first != to_first {
                // Only the first of a block has no blank line above it.
                if chunks[to_first].is_apart() && !chunks[first].is_apart() {
                    chunks[to_first].above.remove(0);
                    chunks[first].above.insert(0, String::new());
                }
                chunks[first].lines[0].replace_range(..dash.len(), &" ".repeat(dash.len()));
                chunks[to_first].lines[0].replace_range(..dash.len(), &dash);
                // Above a dash they stand where it does.
                if let Some(indent) = dash.find('-') {
                    for line in chunks[to_first].above.iter_mut().filter(|line| !line.is_empty()) {
                        *line = format!("{}{}", " ".repeat(indent), line.trim_start());
                    }
                }
            }
            let mut old: Vec<Option<Chunk>> = chunks.into_iter().map(Some).collect();
            chunks = new.into_iter().filter_map(|from| old[from].take()).collect();
        }
        let lines = chunks.into_iter().flat_map(|chunk| chunk.above.into_iter().chain(chunk.lines));
        lines.chain(rest).collect()
    }
}
