//! A drawing on its way to a picture: what stands in each box, which arrows are one, and where all of it goes.

use super::{
    layout::{self, Laid, Size},
    words::{LINE, broken, room},
};
use crate::{
    explained::Explained,
    flow::{Drawing, Edge, Kind, Mark, Sort},
};

/// How high letters are: of what a box is, of its name, of everything else.
pub(super) const KIND: f64 = 10.0;
pub(super) const NAME: f64 = 13.0;
pub(super) const PLAIN: f64 = 11.0;

/// Around the words of a box, and around those of an arrow.
const MARGIN: Size = Size { width: 14.0, height: 8.0 };
const AROUND: Size = Size { width: 5.0, height: 1.0 };
const NARROWEST: f64 = 84.0;

/// Boxes and arrows that hang together, and all of them: beyond that nobody sees anything, and the time that it takes to lay them
/// out grows with the square of the first (3 s for as many, unoptimised).
const MOST_TOGETHER: usize = 2000;
const MOST: usize = 10_000;

pub(super) struct Sketch {
    /// In the order of the nodes.
    pub boxes: Vec<Card>,
    pub arrows: Vec<Arrow>,
    pub laid: Laid,
}

/// A box.
pub(super) struct Card {
    pub rows: Vec<Row>,
    pub size: Size,
}

/// A line of a box.
pub(super) struct Row {
    pub text: String,
    pub class: &'static str,
    pub mark: Mark,
}

/// Every edge between two boxes that is drawn alike.
pub(super) struct Arrow {
    pub from: usize,
    pub to: usize,
    pub sort: Sort,
    pub mark: Mark,
    pub rows: Vec<String>,
    pub size: Size,
}

/// Before a text that is new or gone: colours alone tell nobody.
pub(super) fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Kept => "",
        Mark::New => "+ ",
        Mark::Gone => "\u{2212} ",
    }
}

/// What is said of a box or an arrow that is new or gone.
pub(super) fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Kept => "",
        Mark::New => "new",
        Mark::Gone => "gone",
    }
}

impl Sketch {
    pub fn new(drawing: &Drawing) -> Result<Self, Explained> {
        let arrows = joined(&drawing.edges);
        let ways: Vec<layout::Arrow> =
            arrows.iter().map(|it| layout::Arrow { from: it.from, to: it.to, words: it.size }).collect();
        let (all, together) =
            (drawing.nodes.len() + arrows.len(), layout::largest(drawing.nodes.len(), &ways));
        if all > MOST || together > MOST_TOGETHER {
            return Err(too_large(drawing, arrows.len(), together));
        }
        let boxes: Vec<Card> = drawing.nodes.iter().map(Card::new).collect();
        let sizes: Vec<Size> = boxes.iter().map(|it| it.size).collect();
        Ok(Self { laid: layout::lay(&sizes, &ways), boxes, arrows })
    }
}

fn too_large(drawing: &Drawing, arrows: usize, together: usize) -> Explained {
    let message = format!(
        "the picture would have {} boxes and {arrows} arrows, {together} of which hang together: no more than {MOST} are laid out, \
         and no more than {MOST_TOGETHER} that hang together",
        drawing.nodes.len()
    );
    let number =
        drawing.nodes.iter().find(|it| it.kind == Kind::Number).and_then(|it| it.id.split('/').next_back());
    let example = number.map_or_else(String::new, |it| format!(", e.g. `{it}`"));
    Explained::with_help(
        message,
        format!("draw one number{example}, or leave the layout to another program with `--format mermaid`"),
    )
}

impl Card {
    fn new(node: &crate::flow::Node) -> Self {
        let mut kind = node.kind.word().to_owned();
        if node.mark != Mark::Kept {
            kind = format!("{}{kind}, {}", sign(node.mark), word(node.mark));
        }
        let mut rows = vec![Row { text: kind, class: "kind", mark: Mark::Kept }];
        let mut add = |text: &str, size: f64, class: &'static str, mark: Mark| {
            let lines = broken(text, size);
            rows.extend(lines.iter().map(|it| Row { text: it.clone(), class, mark }));
            room(&lines, size).width
        };
        let mut widest = add(&node.name, NAME, "name", Mark::Kept);
        for line in &node.lines {
            let text = format!("{}{}", sign(line.mark), line.text);
            widest = widest.max(add(&text, PLAIN, "line", line.mark));
        }
        let inside = room(&[rows[0].text.clone()], KIND);
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let size = Size {
            width: widest.max(inside.width).max(NARROWEST) + 2.0 * MARGIN.width,
            height: f64::from(count) * LINE + 2.0 * MARGIN.height,
        };
        Self { rows, size }
    }
}

/// Arrows between the same two boxes that are drawn alike are one, with the words of all.
fn joined(edges: &[Edge]) -> Vec<Arrow> {
    let mut arrows: Vec<Arrow> = Vec::new();
    for edge in edges {
        let Edge { from, to, sort, mark, .. } = *edge;
        let words = match edge.text.as_str() {
            "" if mark == Mark::Kept => Vec::new(),
            "" => vec![format!("{}{}", sign(mark), word(mark))],
            text => broken(&format!("{}{text}", sign(mark)), PLAIN),
        };
        // Those of one box stand together.
        let own = arrows.iter_mut().rev().take_while(|it| it.from == from);
        let mut same = own.filter(|it| (it.to, it.sort, it.mark) == (to, sort, mark));
        match same.next() {
            Some(same) => same.rows.extend(words),
            None => arrows.push(Arrow { from, to, sort, mark, rows: words, size: Size::default() }),
        }
    }
    for arrow in arrows.iter_mut().filter(|it| !it.rows.is_empty()) {
        let Size { width, height } = room(&arrow.rows, PLAIN);
        arrow.size = Size { width: width + 2.0 * AROUND.width, height: height + 2.0 * AROUND.height };
    }
    arrows
}
