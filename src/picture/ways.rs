//! The lines of arrows.

use super::{
    layout::{Laid, Point},
    sketch::Sketch,
};
use std::fmt::Write;

/// How long the head of an arrow is.
const HEAD: f64 = 9.0;

/// Tenths of a pixel.
pub(super) fn tenths(number: f64) -> String {
    let text = format!("{number:.1}");
    let short = text.strip_suffix(".0").unwrap_or(&text);
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// A line and its head, as SVG has paths.
pub(super) struct Way {
    pub path: String,
    pub head: String,
}

/// The lines of the arrows. What leaves a box does so side by side, in the order of where it goes; what comes to one meets there.
pub(super) fn ways(sketch: &Sketch) -> Vec<Way> {
    let Laid { boxes, reach, ways, .. } = &sketch.laid;
    let mut starts: Vec<f64> = sketch.arrows.iter().map(|it| boxes[it.from].y).collect();
    let is_back = |at: usize| matches!(ways[at].as_slice(), [first, .., last] if last.x < first.x);
    let is_own = |at: usize| sketch.arrows[at].from == sketch.arrows[at].to;
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); boxes.len()];
    for (at, arrow) in sketch.arrows.iter().enumerate() {
        if !is_own(at) && !is_back(at) {
            leaving[arrow.from].push(at);
        }
    }
    let towards = |at: usize| ways[at].get(1).map_or(0.0, |it| it.y);
    for (node, mut leaving) in leaving.into_iter().enumerate() {
        leaving.sort_by(|one, other| towards(*one).total_cmp(&towards(*other)));
        let count = f64::from(u32::try_from(leaving.len()).unwrap_or(u32::MAX));
        for (at, place) in leaving.into_iter().zip(1u32..) {
            let share = f64::from(place) / (count + 1.0) - 0.5;
            starts[at] += share * sketch.boxes[node].size.height * 0.7;
        }
    }
    let way = |at: usize| {
        let (arrow, way) = (&sketch.arrows[at], &ways[at]);
        let [_, bends @ .., _] = way.as_slice() else { return Way::new(way, 1.0) };
        if is_own(at) {
            return Way::own(way);
        }
        let ahead = if is_back(at) { -1.0 } else { 1.0 };
        let half = |node: usize| sketch.boxes[node].size.width / 2.0 * ahead;
        let (from, to) = (boxes[arrow.from], boxes[arrow.to]);
        // It begins below the box, for not every outline goes straight down there; and no bend is beside a wider box.
        let mut points = vec![
            Point { x: from.x + half(arrow.from) - 8.0 * ahead, y: starts[at] },
            Point { x: from.x + reach[arrow.from] * ahead, y: starts[at] },
        ];
        points.extend(bends);
        points.push(Point { x: to.x - (reach[arrow.to] + HEAD) * ahead, y: to.y });
        points.push(Point { x: to.x - half(arrow.to), y: to.y });
        Way::new(&points, ahead)
    };
    (0..ways.len()).map(way).collect()
}

impl Way {
    /// From a box to itself, above it: the second and the third point are how high it rises.
    fn own(way: &[Point]) -> Self {
        let [first, up, down, last] = way else { return Self::new(way, 1.0) };
        // A curve comes three quarters of the way to the points that draw it.
        let rises = |at: &Point| first.y - (first.y - at.y) / 0.75;
        let [x, y, to, up, down] = [first.x, first.y, last.x, rises(up), rises(down)].map(tenths);
        let [left, right, neck] = [last.x - 4.0, last.x + 4.0, last.y - HEAD].map(tenths);
        Self {
            path: format!("M{x} {y}C{x} {up} {to} {down} {to} {neck}"),
            head: format!("M{to} {y}L{left} {neck}L{right} {neck}Z"),
        }
    }

    /// `ahead`: 1 to the right, -1 back to the left.
    fn new(way: &[Point], ahead: f64) -> Self {
        let [first, .., last] = way else {
            return Self { path: String::new(), head: String::new() };
        };
        let neck = Point { x: last.x - 8.0 * ahead, y: last.y };
        let mut path = format!("M{} {}", tenths(first.x), tenths(first.y));
        let mut from = *first;
        let rest = way[1..way.len() - 1].iter().chain([&neck]);
        for to in rest {
            if from.y == to.y {
                let _ = write!(path, "L{} {}", tenths(to.x), tenths(to.y));
            } else {
                let half = (from.x + to.x) / 2.0;
                let [half, y, x, end] = [half, from.y, to.x, to.y].map(tenths);
                let _ = write!(path, "C{half} {y} {half} {end} {x} {end}");
            }
            from = *to;
        }
        let [tip, base, y, above, below] =
            [last.x, last.x - HEAD * ahead, last.y, last.y - 4.0, last.y + 4.0].map(tenths);
        Self { path, head: format!("M{tip} {y}L{base} {above}L{base} {below}Z") }
    }
}
