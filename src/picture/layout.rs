//! Where boxes and arrows stand, from left to right: the only place that knows the library that works it out.

use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir, graph::Graph, graph::GraphOptions};
use std::collections::{BTreeMap, BTreeSet};

/// A width and a height.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Size {
    pub width: f64,
    pub height: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub x: f64,
    pub y: f64,
}

/// An arrow between two boxes, by their places, and how much room its words take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrow {
    pub from: usize,
    pub to: usize,
    pub words: Size,
}

/// Where everything stands. Points of boxes and of words are their middles.
#[derive(Debug, Default)]
pub(super) struct Laid {
    pub boxes: Vec<Point>,
    /// By box: from its middle as far as the widest of its rank reaches.
    pub reach: Vec<f64>,
    /// By arrow: where it bends.
    pub ways: Vec<Vec<Point>>,
    pub words: Vec<Point>,
    pub size: Size,
}

/// Between the ranks, between boxes above each other, and between parts that do not lead to each other.
const RANKS: f64 = 56.0;
const BOXES: f64 = 16.0;
const PARTS: f64 = 28.0;

/// A box that is not drawn, and leads to each that stands at the left; and how strongly it draws them there.
const START: &str = "start";
const HEAVY: i32 = 100;

/// Lays out boxes and arrows. What hangs together is laid out by itself, one below the other.
pub(super) fn lay(boxes: &[Size], arrows: &[Arrow]) -> Laid {
    let none = Point { x: 0.0, y: 0.0 };
    let mut laid = Laid {
        boxes: vec![none; boxes.len()],
        reach: vec![0.0; boxes.len()],
        ways: vec![Vec::new(); arrows.len()],
        words: vec![none; arrows.len()],
        size: Size::default(),
    };
    let mut inside: Vec<Vec<usize>> = vec![Vec::new(); boxes.len()];
    let part = parts(boxes.len(), arrows);
    for (at, arrow) in arrows.iter().enumerate() {
        inside[part[arrow.from]].push(at);
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, part) in part.iter().enumerate() {
        members.entry(*part).or_default().push(at);
    }
    for (part, members) in members {
        let above = if laid.size.height > 0.0 { laid.size.height + PARTS } else { 0.0 };
        let size = lay_part(boxes, arrows, &members, &inside[part], above, &mut laid);
        laid.size = Size { width: laid.size.width.max(size.width), height: above + size.height };
    }
    laid
}

/// How many boxes and arrows hang together at most.
pub(super) fn largest(boxes: usize, arrows: &[Arrow]) -> usize {
    let part = parts(boxes, arrows);
    let mut sizes = vec![0; boxes];
    part.iter().chain(arrows.iter().map(|it| &part[it.from])).for_each(|it| sizes[*it] += 1);
    sizes.into_iter().max().unwrap_or(0)
}

/// The first box of the part that each box belongs to.
fn parts(count: usize, arrows: &[Arrow]) -> Vec<usize> {
    let mut part: Vec<usize> = (0..count).collect();
    fn root(part: &mut [usize], mut at: usize) -> usize {
        while part[at] != at {
            part[at] = part[part[at]];
            at = part[at];
        }
        at
    }
    for arrow in arrows {
        let (one, other) = (root(&mut part, arrow.from), root(&mut part, arrow.to));
        part[one.max(other)] = one.min(other);
    }
    (0..count).map(|at| root(&mut part, at)).collect()
}

/// Lays out one part, that far below the top, and says how large it is.
fn lay_part(
    boxes: &[Size],
    arrows: &[Arrow],
    members: &[usize],
    inside: &[usize],
    above: f64,
    laid: &mut Laid,
) -> Size {
    let name = |at: usize| at.to_string();
    let mut graph: Graph<NodeLabel, EdgeLabel> =
        Graph::with_options(GraphOptions { directed: true, multigraph: true, compound: false });
    for at in members {
        let Size { width, height } = boxes[*at];
        graph.set_node(name(*at), Some(NodeLabel { width, height, ..NodeLabel::default() }));
    }
    for at in inside {
        let Arrow { from, to, words } = arrows[*at];
        let label = EdgeLabel {
            width: words.width,
            height: words.height,
            labelpos: dagre::layout::types::LabelPos::Center,
            ..EdgeLabel::default()
        };
        graph.set_edge(name(from), name(to), Some(label), Some(&name(*at)));
    }
    // What nothing leads to stands at the left, however far on the first of its arrows leads.
    let led_to: BTreeSet<usize> = inside.iter().map(|at| arrows[*at].to).collect();
    let starts = members.iter().filter(|at| !led_to.contains(at));
    for at in starts {
        graph.set_node(START, Some(NodeLabel::default()));
        graph.set_edge(START, name(*at), Some(EdgeLabel { weight: HEAVY, ..EdgeLabel::default() }), None);
    }
    dagre::layout(
        &mut graph,
        Some(LayoutOptions {
            rankdir: RankDir::LR,
            nodesep: BOXES,
            edgesep: BOXES,
            ranksep: RANKS,
            ..LayoutOptions::default()
        }),
    );
    let edge_of = |(x, half): (Option<f64>, f64)| x.unwrap_or(0.0) - half;
    let left = members.iter().filter_map(|at| Some((graph.node(&name(*at))?.x, boxes[*at].width / 2.0)));
    let left = left.map(edge_of).fold(f64::INFINITY, f64::min);
    let left = if left.is_finite() { left } else { 0.0 };
    let point =
        |x: Option<f64>, y: Option<f64>| Point { x: x.unwrap_or(0.0) - left, y: y.unwrap_or(0.0) + above };
    let mut size = Size::default();
    let mut widen = |at: Point, room: Size| {
        size.width = size.width.max(at.x + room.width / 2.0);
        size.height = size.height.max(at.y + room.height / 2.0 - above);
    };
    for at in members {
        let Some(node) = graph.node(&name(*at)) else { continue };
        laid.boxes[*at] = point(node.x, node.y);
        widen(laid.boxes[*at], boxes[*at]);
    }
    let mut ranks = Ranks::default();
    members.iter().for_each(|at| ranks.widen(laid.boxes[*at].x, boxes[*at].width));
    for at in inside {
        let Arrow { from, to, words } = arrows[*at];
        let Some(edge) = graph.edge(&name(from), &name(to), Some(&name(*at))) else { continue };
        laid.ways[*at] = edge.points.iter().map(|it| point(Some(it.x), Some(it.y))).collect();
        if words.width > 0.0 {
            laid.words[*at] = point(edge.x, edge.y);
            ranks.widen(laid.words[*at].x, words.width);
            widen(laid.words[*at], words);
        }
        laid.ways[*at].iter().for_each(|it| widen(*it, Size::default()));
    }
    for at in inside.iter().filter(|at| arrows[**at].from != arrows[**at].to) {
        laid.ways[*at] = ranks.straight(&laid.ways[*at]);
    }
    for at in members {
        laid.reach[*at] = ranks.half(laid.boxes[*at].x);
    }
    let in_order = members.windows(2).map(|pair| (laid.boxes[pair[1]].y - laid.boxes[pair[0]].y).signum());
    if in_order.sum::<f64>() < 0.0 {
        // What comes first stands at the top.
        let turn = |it: &mut Point| it.y = 2.0 * above + size.height - it.y;
        members.iter().for_each(|at| turn(&mut laid.boxes[*at]));
        for at in inside {
            turn(&mut laid.words[*at]);
            laid.ways[*at].iter_mut().for_each(turn);
        }
    }
    size
}

/// How wide each rank is, by its middle: what passes a rank goes straight through it, or it would touch its boxes.
#[derive(Default)]
struct Ranks(BTreeMap<u64, f64>);

impl Ranks {
    fn widen(&mut self, middle: f64, width: f64) {
        let half = self.0.entry(middle.to_bits()).or_default();
        *half = half.max(width / 2.0);
    }

    fn half(&self, middle: f64) -> f64 {
        self.0.get(&middle.to_bits()).copied().unwrap_or(0.0)
    }

    fn straight(&self, way: &[Point]) -> Vec<Point> {
        let [first, bends @ .., last] = way else { return way.to_vec() };
        let back = if last.x < first.x { -1.0 } else { 1.0 };
        let mut straight = vec![*first];
        for Point { x, y } in bends {
            let half = self.half(*x) * back;
            straight.extend([x - half, x + half].map(|x| Point { x, y: *y }));
        }
        straight.push(*last);
        straight
    }
}
